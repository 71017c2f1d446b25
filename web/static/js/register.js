// The register: what is looked for is found as it is chosen, and the address says what it is.

import { filled, show } from "./swap.js";

const ask = document.getElementById("ask");
const PAUSE_MS = 250;
let waiting = 0;

const look = () => {
  const url = new URL(ask.action);
  url.search = filled(ask);
  return show(url, { done: (part) => part.querySelector("#tally")?.textContent.trim() ?? "" });
};

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
ask.addEventListener("change", (event) => {
  if (event.target.type !== "search") look();
});
ask.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(look, PAUSE_MS);
});
document.body.dataset.ready = "yes";

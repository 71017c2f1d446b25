// The page that compares: a change asks at once, a measure's name sorts in place, and the address says it all.

import { draw, forget } from "./charts.js";
import { t } from "./i18n.js";
import { answer, filled, say, show } from "./swap.js";

const ask = document.getElementById("ask");
const compare = (url) => show(url, { before: forget, after: furnish, busy: t("Comparing …"), done: () => t("Compared.") });

// Put the columns in order by one row's numbers; what is not known comes last.
function sort(button) {
  const table = document.getElementById("figures-table");
  const heading = button.closest("th");
  const row = button.closest("tr");
  const metric = button.value.replace(/-$/, "");
  const descending = heading.getAttribute("aria-sort") === "ascending";
  const at = new Map([...row.querySelectorAll("td")].map((cell) => [cell.dataset.route, cell.dataset.at ? Number(cell.dataset.at) : null]));
  const order = [...at.keys()].sort((a, b) => {
    const [x, y] = [at.get(a), at.get(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    return descending ? y - x : x - y;
  });
  for (const line of table.querySelectorAll("tr:not(.group)")) {
    const cells = new Map([...line.querySelectorAll("[data-route]")].map((cell) => [cell.dataset.route, cell]));
    line.append(...order.map((route) => cells.get(route)));
  }
  for (const other of table.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  for (const other of table.querySelectorAll(".sort")) other.value = other.value.replace(/-$/, "");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  if (!descending) button.value = `${metric}-`;
  const url = new URL(window.location.href);
  url.searchParams.set("sort", metric);
  if (descending) url.searchParams.set("order", "desc");
  else url.searchParams.delete("order");
  window.history.replaceState(null, "", url);
  say(descending
    ? t("In order by {name}, the largest first.", { name: button.textContent.trim() })
    : t("In order by {name}, the smallest first.", { name: button.textContent.trim() }));
  keep();
}

// Downloads and forms follow the address.
function keep() {
  const here = new URL(window.location.href);
  for (const link of document.querySelectorAll("[data-keep=query]")) {
    const url = new URL(link.href);
    for (const name of ["sort", "order"]) {
      if (here.searchParams.has(name)) url.searchParams.set(name, here.searchParams.get(name));
      else url.searchParams.delete(name);
    }
    link.href = url.href;
  }
}

function submitted(form, submitter = null) {
  const url = new URL(form.action);
  const query = filled(form, submitter);
  const here = new URLSearchParams(window.location.search);
  for (const name of ["sort", "order", "x", "y"]) if (here.has(name) && !query.has(name)) query.set(name, here.get(name));
  url.search = query;
  url.hash = "";
  return url;
}

async function furnish() {
  const part = answer();
  part.querySelector("#sorting")?.addEventListener("submit", (event) => {
    event.preventDefault();
    sort(event.submitter);
  });
  const axes = part.querySelector("[data-axes]");
  axes?.addEventListener("submit", (event) => { event.preventDefault(); compare(submitted(axes)); });
  axes?.addEventListener("change", () => compare(submitted(axes)));
  await draw(part);
}

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  compare(submitted(ask));
});
ask.addEventListener("change", () => compare(submitted(ask)));
await furnish();
document.body.dataset.ready = "yes";

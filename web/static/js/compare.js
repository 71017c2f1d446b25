// The page that compares: a change asks at once, a measure's name sorts in place, and the address says it all.

import { draw, forget } from "./charts.js";
import { t } from "./i18n.js";

const ask = document.getElementById("ask");
const working = document.getElementById("working");
const answer = () => document.getElementById("answer");
let latest = 0;

const compact = (form, submitter = null) => {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (value) found.append(name, value);
  return found;
};

// Ask the server for the same page with another query, and put its answer in place of ours.
async function show(url, { push = true } = {}) {
  latest += 1;
  const mine = latest;
  answer().setAttribute("aria-busy", "true");
  working.textContent = t("Comparing …");
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.getElementById("answer");
    if (mine !== latest) return;
    if (!next) throw new Error("no answer");
    forget(answer());
    answer().replaceWith(document.adoptNode(next));
    if (push) window.history.pushState(null, "", response.url);
    working.textContent = next.querySelector("[role=alert]") ? "" : t("Compared.");
    await furnish();
  } catch {
    if (mine !== latest) return;
    answer().removeAttribute("aria-busy");
    working.textContent = t("No answer came. Check the connection, then press Compare.");
  }
}

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
  working.textContent = descending
    ? t("In order by {name}, the largest first.", { name: button.textContent.trim() })
    : t("In order by {name}, the smallest first.", { name: button.textContent.trim() });
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
  const query = compact(form, submitter);
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
  axes?.addEventListener("submit", (event) => { event.preventDefault(); show(submitted(axes)); });
  axes?.addEventListener("change", () => show(submitted(axes)));
  await draw(part);
}

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  show(submitted(ask));
});
ask.addEventListener("change", () => show(submitted(ask)));
window.addEventListener("popstate", () => window.location.reload());
await furnish();
document.body.dataset.ready = "yes";

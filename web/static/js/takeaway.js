// What is taken away is what is shown: at the moment of the click each link gets the page's own address.

const OWN = ["format", "paper", "dpi"];

function address(link, route) {
  const page = new URLSearchParams(window.location.search);
  for (const name of OWN) page.delete(name);
  // A page of one route shows it as it is, whatever else its address says.
  const state = route ? new URLSearchParams([["route", route], ...[...page].filter(([name]) => name === "lang")]) : page;
  const asked = new URLSearchParams([["format", link.dataset.format]]);
  if (link.dataset.paper) asked.set("paper", link.dataset.paper);
  for (const [name, value] of state) asked.append(name, value);
  return `/download?${asked.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

for (const menu of document.querySelectorAll("[data-takeaway]")) {
  const renew = (event) => {
    const link = event.target.closest?.("a[data-format]");
    if (link) link.href = address(link, menu.dataset.takeaway);
  };
  for (const moment of ["pointerdown", "focusin", "click"]) menu.addEventListener(moment, renew, { capture: true });
}

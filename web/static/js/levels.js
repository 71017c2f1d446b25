// What the panel says of one segment, one provision, one crossing: built of texts, never of HTML.

import { link, t } from "./i18n.js";

export function element(name, { text = null, className = "", attributes = {} } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== null) made.textContent = text;
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const heading = (text) => element("h2", { text, attributes: { tabindex: "-1" } });

function factList(facts) {
  const list = element("dl", { className: "facts" });
  for (const [label, text] of facts) list.append(element("dt", { text: label }), element("dd", { text }));
  return list;
}

// The badge is copied from the page, where the server drew one of each kind.
function badge(kind) {
  const model = document.querySelector(`.badge-${kind.replaceAll(" ", "-")}`);
  const row = element("span");
  row.append(model ? model.cloneNode(true) : element("span", { className: "badge", text: kind }));
  return row;
}

function back(data, route) {
  const owner = data.routes.find(({ id }) => id === route);
  const attributes = { href: link("/"), "data-back": owner ? "route" : "" };
  return element("a", { text: owner ? owner.title : t("All ways across"), className: "back", attributes });
}

function provisionLink(data, id) {
  const { title, kind, verb, status, last_seen: seen } = data.provisions[id];
  const made = element("a", { attributes: { href: link(`/provisions/${encodeURIComponent(id)}`), "data-provision": id } });
  const words = t("{verb} it; {status}; last seen {day}", { verb, status, day: seen });
  made.append(badge(kind), element("b", { text: title }), element("span", { className: "quiet", text: ` ${words}` }));
  return element("li", {}, made);
}

function provisionList(data, ids) {
  if (!ids.length) return element("p", { className: "quiet", text: t("None found.") });
  return element("ul", { className: "provisions" }, ...ids.map((id) => provisionLink(data, id)));
}

// A button that closes something and asks everything again; where it is closed already, one that opens it again.
function closing(target, title, closed) {
  const shut = closed.includes(target);
  const text = shut ? t("Open “{name}” again", { name: title }) : t("Close “{name}” and ask again", { name: title });
  return element("button", { text, className: "button", attributes: { type: "button", [shut ? "data-reopen" : "data-close"]: target } });
}

export function segmentLevel(data, route, id, closed) {
  const segment = data.routes.find((entry) => entry.id === route)?.segments.find((entry) => entry.id === id);
  if (!segment) return null;
  const buttons = element("p", { className: "downloads" }, closing(...segment.closure, closed));
  if (segment.url) buttons.append(element("a", { className: "button", text: t("Sources of these figures"), attributes: { href: link(segment.url) } }));
  const parts = [back(data, route), heading(segment.title), factList(segment.facts), buttons];
  parts.push(element("h3", { text: t("Provisions that govern or concern it") }), provisionList(data, segment.provisions));
  if (segment.works.length) {
    parts.push(element("h3", { text: t("Works on it") }), element("ul", { className: "plain" }, ...segment.works.map((text) => element("li", { text }))));
  }
  return parts;
}

function passing(data, routes, words) {
  const rows = routes.map(({ route, text }) => {
    const owner = data.routes.find(({ id }) => id === route);
    if (!owner) return null;
    const made = element("a", { text: owner.title, attributes: { href: link(owner.url ?? "/"), "data-route": route } });
    return element("li", {}, made, element("span", { className: "km", text }));
  }).filter(Boolean);
  return rows.length ? element("ul", { className: "plain" }, ...rows) : element("p", { className: "quiet", text: words });
}

export function provisionLevel(data, route, id) {
  const { title, kind, verb, status, last_seen: seen, text, url, routes } = data.provisions[id];
  return [
    back(data, route),
    heading(title),
    element("p", {}, badge(kind), element("span", { text: ` ${status} ` }), element("span", { className: "quiet", text: `(${t("last seen {day}", { day: seen })})` })),
    element("p", { text }),
    element("p", { className: "downloads" }, element("a", { className: "button", text: t("Full record and sources"), attributes: { href: link(url) } })),
    element("h3", { text: t("What it {verb}", { verb }) }),
    passing(data, routes.map(({ route: key, length, segments }) => ({ route: key, text: segments.length ? length : t("crossings") })), t("No segment of any way across.")),
  ];
}

export function crossingLevel(data, route, id, closed) {
  const crossing = data.crossings.find((entry) => entry.id === id);
  if (!crossing) return null;
  const governing = Object.values(data.provisions).filter(({ crossings }) => crossings.includes(id)).map(({ id: key }) => key);
  const parts = [back(data, route), heading(crossing.title), factList(crossing.facts)];
  if (crossing.declared) parts.push(element("p", { className: "downloads" }, closing(`crossing:${id}`, crossing.title, closed)));
  parts.push(element("h3", { text: t("Ways that pass it") }), passing(data, crossing.routes.map((key) => ({ route: key, text: "" })), t("None.")));
  parts.push(element("h3", { text: t("Provisions that govern or concern it") }), provisionList(data, governing));
  return parts;
}

// One line of the whole network.
export function lineLevel(data, edge, closed) {
  const { title, facts, way_id: way } = edge.properties;
  const target = way === null ? `edge:${edge.id}` : `way:${way}`; // a generalised network has no ways of OpenStreetMap
  const buttons = element("p", { className: "downloads" }, closing(target, title, closed));
  return [back(data, null), heading(title), factList(facts), buttons];
}

// The crossings for the list twin of the map.
export function crossingRows(data) {
  return data.crossings.map((crossing) => {
    const gate = element("span", { className: `gate crossing crossing-${crossing.status.replaceAll(" ", "-")}`, attributes: { "aria-hidden": "true" } });
    const words = element("span", {}, element("span", { text: crossing.title }), element("span", { className: "quiet", text: ` ${crossing.words}` }));
    return element("li", {}, element("a", { attributes: { href: link(`/?crossing=${encodeURIComponent(crossing.id)}`), "data-crossing": crossing.id } }, gate, words));
  });
}

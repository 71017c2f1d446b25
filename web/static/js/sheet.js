// The map sheet: brings Folium's map to life and keeps panel, map, profile and address in step.

import { Candidates, distanceAt, pointAt } from "./lines.js";
import { Labels } from "./labels.js";
import { Panel } from "./panel.js";
import { Profile } from "./profile.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("sheet-data");
const drawing = read("sheet-map");
const map = window[drawing.name];
const phone = window.matchMedia("(max-width: 760px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const routes = new Map(data.routes.map((route) => [route.id, route]));

const candidates = new Candidates(map, drawing.layers, data);
const labels = new Labels(map, candidates, data, window[drawing.layers.rivers]);
const strip = document.getElementById("profile-strip");
const stripHome = strip.parentElement;
const state = { route: null, segment: null, provision: null };
let profile = null;
let track = null;

const dot = L.circleMarker([0, 0], { radius: 7, className: "here", interactive: false, pane: "labels" });

const panel = new Panel(data, {
  go: (change) => go(change),
  hover: (route) => { if (!state.route) candidates.emphasise({ route }); },
  resized: () => {},
});

// -- what is shown --------------------------------------------------------------------------------------------------

function shownState() {
  const asked = new URLSearchParams(window.location.search);
  const route = routes.has(asked.get("route")) ? asked.get("route") : null;
  const segments = route ? routes.get(route).segments : [];
  const segment = segments.some(({ id }) => id === asked.get("segment")) ? asked.get("segment") : null;
  const provision = Object.hasOwn(data.provisions, asked.get("provision") ?? "") ? asked.get("provision") : null;
  return { route, segment, provision };
}

function go(change, { push = true, focus = true } = {}) {
  Object.assign(state, change);
  const asked = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
  const address = asked.size ? `?${asked}` : window.location.pathname;
  if (push) window.history.pushState(null, "", address);
  show({ focus });
}

function governedBy(provision) {
  return new Set(data.provisions[provision].routes.flatMap(({ segments }) => segments));
}

function show({ focus = true, zoom = true } = {}) {
  const lit = state.provision ? governedBy(state.provision) : null;
  candidates.emphasise({ route: state.route, lit: lit?.size ? lit : null, segment: state.segment });
  data.crossings.forEach((crossing, i) => {
    const icon = window[drawing.layers[`crossing_${i}`]].getElement();
    const governed = state.provision !== null && data.provisions[state.provision].crossings.includes(crossing.id);
    icon.classList.toggle("is-lit", governed);
    icon.classList.toggle("is-faded", !governed && state.route !== null && !crossing.routes.includes(state.route));
  });
  labels.chosen = state.route;
  panel.show(state, { focus });
  showProfile();
  if (zoom) frame(lit);
  labels.place();
}

function showProfile() {
  const route = routes.get(state.route);
  if (profile?.route === route && route) return;
  profile?.close();
  profile = null;
  dot.remove();
  const wanted = Boolean(route) && !route.broken;
  strip.hidden = !wanted;
  if (wanted) {
    const detail = panel.detail(route.id);
    if (phone.matches) detail.querySelector(".strip").after(strip);
    else stripHome.querySelector(".margin").before(strip);
    track = candidates.track(route);
    profile = new Profile(document.getElementById("profile"), route, { onHover: markMap });
  }
  map.invalidateSize({ animate: false });
}

function markMap(distance) {
  const point = distance === null ? null : pointAt(track, distance);
  if (!point) { dot.remove(); return; }
  dot.setLatLng(point).addTo(map);
  dot.getElement().classList.add(`line-${routes.get(state.route).row}`);
}

function governedBounds(lit) {
  const box = candidates.bounds(lit);
  const { crossings } = data.provisions[state.provision];
  for (const { id, at } of data.crossings) if (crossings.includes(id)) box.extend([at[1], at[0]]);
  return box;
}

function frame(lit) {
  const route = routes.get(state.route);
  let box = null;
  if (state.segment) box = candidates.bounds(new Set([state.segment]));
  else if (state.provision && data.provisions[state.provision].routes.length) box = governedBounds(lit);
  else if (route?.bounds) box = L.latLngBounds([route.bounds[1], route.bounds[0]], [route.bounds[3], route.bounds[2]]);
  else if (!state.route) box = L.latLngBounds([data.extent[1], data.extent[0]], [data.extent[3], data.extent[2]]);
  if (!box?.isValid()) return;
  const below = phone.matches ? panel.seen() : 0;
  map.fitBounds(box, {
    paddingTopLeft: [28, 40], paddingBottomRight: [phone.matches ? 28 : 48, below + 40], maxZoom: 12.5,
    animate: !still.matches, duration: 0.25,
  });
}

// -- what answers ---------------------------------------------------------------------------------------------------

candidates.onClick = (route, segment) => go({ route: route.id, segment: segment.id, provision: null });
candidates.onHover = (route) => panel.hover(route?.id ?? null);
candidates.onMove = (route, segment, point) => {
  if (profile && route.id === state.route) profile.mark(distanceAt(track, point));
};
map.on("click", () => { if (state.segment || state.provision) go({ segment: null, provision: null }, { focus: false }); });

data.crossings.forEach((crossing, i) => {
  const marker = window[drawing.layers[`crossing_${i}`]];
  const text = `${crossing.title}: ${crossing.words}`;
  const tip = document.createElement("div");
  tip.textContent = text;
  marker.bindTooltip(tip, { className: "tip", direction: "top", offset: [0, -8] });
  marker.getElement().setAttribute("aria-label", text);
  marker.on("click", () => {
    const route = crossing.routes.includes(state.route) ? state.route : crossing.routes[0];
    go({ route, segment: null, provision: null });
  });
});

const tiles = document.getElementById("tiles-switch");
tiles?.addEventListener("change", () => {
  const layer = window[drawing.layers.tiles];
  if (tiles.checked) layer.addTo(map); else layer.remove();
  document.getElementById("tile-credit").hidden = !tiles.checked;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (state.segment || state.provision) go({ segment: null, provision: null });
  else if (state.route) go({ route: null });
});
window.addEventListener("popstate", () => { Object.assign(state, shownState()); show(); });
phone.addEventListener("change", () => { profile?.close(); profile = null; show({ focus: false }); });
window.addEventListener("resize", () => map.invalidateSize({ animate: false }));

document.querySelector(".legend").open = !phone.matches;
Object.assign(state, shownState());
map.invalidateSize({ animate: false });
show({ focus: false });
document.body.dataset.ready = "yes";

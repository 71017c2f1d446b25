// The map sheet: brings Folium's map to life and keeps panel, map, profile, slider and address in step.

import { Ask } from "./ask.js";
import { Chokes } from "./chokes.js";
import { Crossings } from "./crossings.js";
import { Ends } from "./ends.js";
import { Filter } from "./filter.js";
import { link, t } from "./i18n.js";
import { Labels } from "./labels.js";
import { Candidates, distanceAt, pointAt } from "./lines.js";
import { Panel } from "./panel.js";
import { Profile } from "./profile.js";
import { State } from "./state.js";
import { Time } from "./time.js";
import { Views, place } from "./view.js";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const data = read("sheet-data");
const drawing = read("sheet-map");
const now = read("sheet-now"); // where the address asks for more than the candidates as they are
const map = window[drawing.name];
const phone = window.matchMedia("(max-width: 760px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const strip = document.getElementById("profile-strip");
const legend = document.querySelector(".legend");
const low = window.matchMedia("(max-height: 1000px)");
const stripHome = strip.parentElement;
const dot = L.circleMarker([0, 0], { radius: 7, className: "here", interactive: false, pane: "labels" });
const NONE = { segment: null, provision: null, crossing: null, line: null };

const state = new State(() => arrive({ focus: true }));
if (now) take(now);
const candidates = new Candidates(map, drawing.layers, data);
const crossings = new Crossings(map, drawing, data);
if (now) { candidates.draw(now.features); crossings.draw(data.crossings); }
const ends = new Ends(map);
ends.draw(now?.ends ?? null);
const labels = new Labels(map, candidates, data, window[drawing.layers.rivers]);
const chokes = new Chokes(map, state);
const panel = new Panel(data, { go, hover: hovered, focusOn });
const views = new Views({ busy: document.getElementById("busy") });
const ask = new Ask(map, state, { go, picking: (begun) => { if (phone.matches) panel.height(begun ? "peek" : "half"); } });
const filter = new Filter(map, drawing, state, { go });
const time = new Time(state, { go, prepare, announce: (text) => panel.announce(text) });
let shown = state.question();
let profile = null;
let track = null;
let serial = 0;
let line = null; // of the whole network, as it was picked

// -- what is shown --------------------------------------------------------------------------------------------------

// Make what the server answered the data of this page.
function take(found) {
  Object.assign(data, { routes: found.routes, crossings: found.crossings });
  for (const [id, governed] of Object.entries(found.governed)) Object.assign(data.provisions[id], governed);
}

const routeOf = (id) => data.routes.find((route) => route.id === id) ?? null;

// The part of the state that names what there is; an address may name what there is not.
function seen() {
  const route = routeOf(state.get("route"));
  const segment = route?.segments.find(({ id }) => id === state.get("segment")) ?? null;
  const provision = Object.hasOwn(data.provisions, state.get("provision") ?? "") ? state.get("provision") : null;
  const crossing = data.crossings.find(({ id }) => id === state.get("crossing")) ?? null;
  return { route: route?.id ?? null, segment: segment?.id ?? null, provision, crossing: crossing?.id ?? null, line: line && String(line.id) === state.get("line") ? line : null };
}

function go(change, { push = true, focus = true, zoom = true } = {}) {
  state.change(change, { push });
  return arrive({ focus, zoom });
}

async function arrive(options) {
  const question = state.question();
  if (question !== shown) {
    const found = await views.get(question);
    if (!found || state.question() !== question) return;
    shown = question;
    put(found);
    show(options);
    panel.announce(found.says);
    const problem = document.querySelector('[data-part="problem"] [role=alert]');
    const heading = problem ?? (state.get("from") && options.focus && !state.get("route") ? document.getElementById("answer-title") : null);
    heading?.scrollIntoView({ block: "nearest", behavior: "auto" });
    if (heading && options.focus) heading.focus?.({ preventScroll: true });
    return;
  }
  if (state.get("line") && String(line?.id) !== state.get("line")) line = await filter.line(state.get("line"));
  show(options);
}

function put(found) {
  place(found.html);
  take(found);
  candidates.draw(found.features);
  crossings.draw(data.crossings);
  ends.draw(found.ends);
  document.body.classList.toggle("asks", data.routes.some(({ url }) => url === null));
  time.fill(found);
  ask.fill(found);
  document.getElementById("to-compare").href = link(`/compare?${found.elsewhere}`);
  panel.fillTwin();
  profile?.close();
  profile = null;
}

function prepare(changes) {
  const mine = (serial += 1);
  const questions = changes.map((change) => {
    const asked = new URLSearchParams(state.question());
    for (const [name, value] of Object.entries(change)) if (value) asked.set(name, value); else asked.delete(name);
    return ordered(asked);
  });
  const run = async () => { for (const question of questions) if (mine === serial) await views.prepare([question]); };
  (window.requestIdleCallback ?? setTimeout)(run);
}

// The same order of names as the state writes, so that what was prepared is found.
function ordered(asked) {
  const before = new Map(state.values);
  for (const name of ["as_of"]) if (asked.get(name)) state.values.set(name, asked.get(name)); else state.values.delete(name);
  const question = state.question();
  state.values = before;
  return question;
}

function show({ focus = true, zoom = true } = {}) {
  const now_ = seen();
  const lit = now_.provision ? governedBy(now_.provision) : null;
  emphasise(now_, lit);
  labels.chosen = now_.route;
  panel.show(now_, { focus, closed: state.list("close") });
  filter.show();
  filter.highlight(now_.line);
  showProfile(now_.route);
  chokes.show(state.get("choke") ? now_.route : null, state.get("choke") && now_.route ? panel.detail(now_.route)?.querySelector("[data-chokes]") : null);
  if (zoom) frame(now_, lit);
  labels.settle(zoom ? 0 : undefined); // with a slider, once it rests
}

function governedBy(provision) {
  return new Set(data.provisions[provision].routes.flatMap(({ segments }) => segments));
}

function emphasise({ route, segment, provision, crossing }, lit) {
  candidates.emphasise({ route, lit: lit?.size ? lit : null, segment });
  const marked = provision ? data.provisions[provision].crossings : [];
  crossings.emphasise(data.crossings, {
    lit: ({ id }) => marked.includes(id) || id === crossing,
    faded: ({ routes }) => route !== null && !routes.includes(route),
  });
}

function hovered(route) {
  if (!state.get("route")) candidates.emphasise({ route });
  panel.hover(route);
}

// What is pointed at in a list is marked on the map; by the keyboard it is also brought into view.
function focusOn(what) {
  const now_ = seen();
  chokes.mark(what?.choke ?? null);
  if (!what) { emphasise(now_, now_.provision ? governedBy(now_.provision) : null); return; }
  emphasise({ ...now_, route: what.route ?? now_.route, segment: what.segment ?? now_.segment, crossing: what.crossing ?? now_.crossing }, null);
  if (!what.byKeyboard) return;
  const at = data.crossings.find(({ id }) => id === what.crossing)?.at;
  const box = what.segment ? candidates.bounds(new Set([what.segment])) : what.choke !== null && what.choke !== undefined ? chokes.bounds(what.choke) : at ? L.latLng(at[1], at[0]).toBounds(200) : null;
  if (box?.isValid() && !map.getBounds().contains(box)) map.panTo(box.getCenter(), { animate: false });
}

function showProfile(id) {
  const route = routeOf(id);
  if (profile && profile.route === route) return;
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
    profile = new Profile(document.getElementById("profile"), route, { onHover: (distance) => markMap(route, distance) });
  } else if (!stripHome.contains(strip)) stripHome.querySelector(".margin").before(strip);
  unfoldLegend();
  map.invalidateSize({ animate: false });
}

// In a low window the map keeps its room: the profile takes that of the legend, until the reader asks for it.
function unfoldLegend() {
  if (!legend.dataset.asked) legend.open = !phone.matches && (strip.hidden || !low.matches);
}
legend.querySelector("summary").addEventListener("click", () => { legend.dataset.asked = "yes"; });

function markMap(route, distance) {
  const point = distance === null ? null : pointAt(track, distance);
  if (!point) { dot.remove(); return; }
  dot.setStyle({ className: "here" }).setLatLng(point).addTo(map);
  dot.getElement().setAttribute("class", `here line-${route.row}`);
}

const boxOf = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

function frame({ route, segment, provision, crossing }, lit) {
  const chosen = routeOf(route);
  let box = null;
  if (segment) box = candidates.bounds(new Set([segment]));
  else if (crossing) { const { at } = data.crossings.find(({ id }) => id === crossing); box = L.latLng(at[1], at[0]).toBounds(30_000); }
  else if (provision && data.provisions[provision].routes.length) {
    box = candidates.bounds(lit);
    for (const { id, at } of data.crossings) if (data.provisions[provision].crossings.includes(id)) box.extend([at[1], at[0]]);
  } else if (chosen?.bounds) box = boxOf(chosen.bounds);
  else if (!route) {
    const own = data.routes.filter(({ url, bounds }) => url === null && bounds);
    box = ends.bounds() ?? boxOf(data.extent);
    for (const { bounds } of own) box.extend(boxOf(bounds));
  }
  if (!box?.isValid()) return;
  const below = phone.matches ? panel.seen() : 0;
  map.fitBounds(box, {
    paddingTopLeft: [28, phone.matches ? 84 : 40], paddingBottomRight: [phone.matches ? 28 : 48, below + 40], maxZoom: 12.5,
    animate: !still.matches, duration: 0.25,
  });
}

const deep = () => ["segment", "provision", "crossing", "line"].some((name) => state.get(name));

// -- what answers ---------------------------------------------------------------------------------------------------

candidates.onClick = (route, segment, point) => { if (!ask.took(point)) go({ ...NONE, route: route.id, segment: segment.id }); };
candidates.onHover = (route) => panel.hover(route?.id ?? null);
candidates.onMove = (route, _segment, point) => { if (profile && route.id === state.get("route")) profile.mark(distanceAt(track, point)); };
crossings.onClick = (crossing) => { if (!ask.took(L.latLng(crossing.at[1], crossing.at[0]))) go({ ...NONE, crossing: crossing.id }); };
map.on("click", async ({ latlng }) => {
  if (ask.took(latlng)) return;
  const found = await filter.lineAt(latlng);
  if (found) { line = found; go({ ...NONE, route: null, line: String(found.id) }, { zoom: false }); return; }
  if (deep()) go(NONE, { focus: false });
});

// Buttons of the panel's parts, which come and go.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a[data-state]");
  if (!button) return;
  const { close, reopen, findChokes, state: address } = button.dataset;
  const closed = state.list("close");
  if (close) go({ close: [...closed, close], ...NONE });
  else if (reopen) go({ close: closed.filter((target) => target !== reopen), ...NONE });
  else if (findChokes) go({ choke: "1" }, { focus: false, zoom: false });
  else if ("clear" in button.dataset) go({ ...state.cleared(), ...NONE, route: null, choke: null });
  else if ("swap" in button.dataset) go(state.swapped(), { focus: false, zoom: false });
  else if ("uncompare" in button.dataset) go(state.alone(), { focus: false, zoom: false });
  else if (address && !event.ctrlKey && !event.metaKey) { event.preventDefault(); go({ ...state.questionOf(address), ...NONE, route: null }); }
});

document.getElementById("copy-link").addEventListener("click", async () => {
  const says = document.getElementById("copy-says");
  try {
    await navigator.clipboard.writeText(window.location.href);
    says.textContent = t("The link is copied: whoever opens it sees this view.");
  } catch {
    says.textContent = t("This browser does not let the page copy. The link is: {link}", { link: window.location.href });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (ask.picking) ask.pick(ask.picking);
  else if (deep()) go(NONE);
  else if (state.get("route")) go({ route: null, choke: null });
});
phone.addEventListener("change", () => { profile?.close(); profile = null; arrange(); show({ focus: false }); });
window.addEventListener("resize", () => map.invalidateSize({ animate: false }));

// On a phone the slider is in the panel, folded; beside the map it lies under it.
function arrange() {
  const slider = document.getElementById("time");
  const slot = document.getElementById("slot-time");
  if (slider && phone.matches) slot.append(slider);
  else if (slider) strip.before(slider);
  slot.hidden = !slider || !phone.matches;
}

unfoldLegend();
arrange();
panel.fillTwin();
time.fill(drawing);
map.invalidateSize({ animate: false });
show({ focus: false });
labels.place();
if (state.get("line")) arrive({ focus: false, zoom: false });
document.body.dataset.ready = "yes";

// Pages with a small map or a profile: one route, or one provision.

import { Candidates, distanceAt, pointAt } from "./lines.js";
import { Labels } from "./labels.js";
import { Profile } from "./profile.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("sheet-data");
const drawing = read("sheet-map");
const map = drawing.name ? window[drawing.name] : null;
let candidates = null;

if (map) {
  candidates = new Candidates(map, drawing.layers, data);
  const labels = new Labels(map, candidates, data, window[drawing.layers.rivers]);
  map.scrollWheelZoom.disable(); // a page that scrolls must not be caught by its map
  const lit = document.getElementById("lit")?.dataset.lit;
  const marked = lit ? data.provisions[lit].crossings : [];
  const governed = lit ? new Set(data.provisions[lit].routes.flatMap(({ segments }) => segments)) : null;
  if (governed?.size) candidates.emphasise({ lit: governed });
  const drawn = data.routes.map(({ bounds }) => bounds).filter(Boolean);
  const box = governed?.size ? candidates.bounds(governed) : L.latLngBounds(drawn.flatMap(([w, s, e, n]) => [[s, w], [n, e]]));
  if (box.isValid()) map.fitBounds(box, { padding: [30, 30], maxZoom: 12, animate: false });
  labels.place();
  data.crossings.forEach(({ id }, i) => {
    window[drawing.layers[`crossing_${i}`]]?.getElement().classList.toggle("is-lit", marked.includes(id));
  });
  candidates.onClick = (route, segment) => {
    window.location.assign(`/?${new URLSearchParams({ route: route.id, segment: segment.id })}`);
  };
  data.crossings.forEach((crossing, i) => {
    const marker = window[drawing.layers[`crossing_${i}`]];
    if (!marker) return; // a crossing of other routes
    const tip = document.createElement("div");
    tip.textContent = `${crossing.title}: ${crossing.words}`;
    marker.bindTooltip(tip, { className: "tip", direction: "top", offset: [0, -8] });
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", tip.textContent);
  });
  const tiles = document.getElementById("tiles-switch");
  tiles?.addEventListener("change", () => {
    const layer = window[drawing.layers.tiles];
    if (tiles.checked) layer.addTo(map); else layer.remove();
  });
}

const box = document.getElementById("profile");
if (box) {
  const route = data.routes.find(({ id }) => id === box.dataset.route);
  const track = candidates.track(route);
  const dot = L.circleMarker([0, 0], { radius: 7, className: "here", interactive: false, pane: "labels" });
  const profile = new Profile(box, route, {
    height: 190,
    onHover: (distance) => {
      const point = distance === null ? null : pointAt(track, distance);
      if (!point) { dot.remove(); return; }
      dot.setLatLng(point).addTo(map);
      dot.getElement().classList.add(`line-${route.row}`);
    },
  });
  candidates.onMove = (_route, _segment, point) => profile.mark(distanceAt(track, point));
}
document.body.dataset.ready = "yes";

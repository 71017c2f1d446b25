// Candidates on the map: casings, the patterns that need more than a dash, what answers to the pointer, and emphasis.

// Ticks of a railway fall on the dashes of its status, never between them.
const TICKS = {
  open: { dashArray: "1.4 10.6" },
  construction: { dashArray: "1.4 13.6", dashOffset: "-4.3" },
  disused: { dashArray: "1.4 14.6", dashOffset: "-0.8" },
  abandoned: { dashArray: "1.4 19.6" },
};
const BRIDGES_FROM = 12; // zoom from which a bridge is long enough to carry its bars
const DASHES = { construction: "10 5", disused: "3 5", abandoned: "1 6" };
const STATES = ["is-chosen", "is-faded", "is-lit", "is-segment"];

// The legend filters by these classes; every shape of a segment carries them.
const kinds = ({ status, mode, in: territory }) => `st-${status} mode-${mode} in-${territory}`;

function lineOver(layer, options) {
  return L.polyline(layer.getLatLngs(), {
    interactive: false,
    smoothFactor: layer.options.smoothFactor,
    shift: layer.feature.properties.shift,
    lineCap: "butt",
    ...options,
    className: `${options.className} ${kinds(layer.feature.properties)}`,
  });
}

// A route's features as the page was sent them, drawn as Folium draws those of the first view.
function group(features, row) {
  return L.geoJSON(features, {
    pane: "lines",
    smoothFactor: 0.6,
    style: ({ properties }) => ({
      className: `candidate line-${row} ${kinds(properties)}`, weight: 4, lineCap: "butt", dashArray: DASHES[properties.status] ?? null,
    }),
  });
}

// Dots alone are lost where a line is long and the map small: a faint line of the same colour lies under them.
function underlayOf(layer, row) {
  if (layer.feature.properties.status !== "abandoned") return [];
  return [lineOver(layer, { pane: "lines", className: `underlay line-${row}`, weight: 4 })];
}

// Marks that lie on top of a line: ticks of a railway, the middle of a double line, the hollow of a tunnel.
function marksOn(layer, row) {
  const { mode, status, structure } = layer.feature.properties;
  const marks = [];
  const over = (name, options) => marks.push(lineOver(layer, { pane: "marks", className: `${name} line-${row}`, ...options }));
  if (status === "proposed") over("hollow", { weight: 1.8 });
  else if (structure === "tunnel") over("hollow", { weight: 1.6 });
  if (mode === "rail" && TICKS[status]) over("ticks", { weight: 9, ...TICKS[status] });
  if (structure === "bridge") over("bars", { weight: 10, dashArray: "1.6 100000" });
  return marks;
}

export class Candidates {
  constructor(map, layers, data) {
    this.map = map;
    this.data = data;
    this.tracks = new Map();
    this.groups = new Map();
    this.drawn = new Map(); // route id -> [{segment, shapes, layer}]
    map.createPane("hits").style.zIndex = 425;
    const close = () => map.getContainer().classList.toggle("is-close", map.getZoom() >= BRIDGES_FROM);
    map.on("zoomend", close);
    close();
    for (const route of data.routes) {
      const drawn = window[layers[`route_${route.row}`]];
      this.groups.set(route.id, drawn);
      this.drawn.set(route.id, drawn ? this.#dress(drawn, route) : []);
    }
  }

  // Draw other lines in place of those that are there: features by route.
  draw(features) {
    for (const entries of this.drawn.values()) for (const { shapes } of entries) for (const shape of shapes) shape.remove();
    for (const drawn of this.groups.values()) drawn?.remove();
    this.drawn.clear();
    this.groups.clear();
    this.tracks.clear();
    // The first candidates matter most, so they come last and lie on top; the ways of an answer lie over them all.
    const [study, own] = [true, false].map((stated) => this.data.routes.filter(({ url }) => (url !== null) === stated));
    for (const route of [...study.reverse(), ...own.reverse()]) {
      const drawn = features[route.id] ? group(features[route.id], route.row).addTo(this.map) : null;
      this.groups.set(route.id, drawn);
      this.drawn.set(route.id, drawn ? this.#dress(drawn, route) : []);
    }
  }

  #dress(group, route) {
    const found = [];
    group.eachLayer((layer) => {
      const casing = lineOver(layer, { pane: "casings", className: `casing line-${route.row}`, weight: 7 });
      const hit = lineOver(layer, { pane: "hits", className: "hit", weight: 20, opacity: 0, interactive: true, lineCap: "round" });
      const shapes = [casing, ...underlayOf(layer, route.row), layer, ...marksOn(layer, route.row), hit];
      for (const shape of shapes) {
        if (shape !== layer) shape.addTo(this.map);
        else if (layer.feature.properties.status === "abandoned") layer.bringToFront(); // over its own underlay
      }
      const segment = route.segments[layer.feature.properties.segment];
      const entry = { segment, shapes, layer, route };
      for (const target of [hit, layer]) {
        target.on("click", (event) => { L.DomEvent.stop(event); this.onClick?.(route, segment, event.latlng); });
        target.on("mouseover", () => this.onHover?.(route, segment));
        target.on("mouseout", () => this.onHover?.(null, null));
        target.on("mousemove", (event) => this.onMove?.(route, segment, event.latlng));
      }
      hit.bindTooltip(this.#tip(route, segment), { sticky: true, className: "tip", direction: "top", offset: [0, -8] });
      hit.getElement()?.setAttribute("tabindex", "-1"); // the list beside the map is the keyboard's way to it
      found.push(entry);
    });
    // A layer keeps the order in which it was drawn, which is the order along the way.
    return found;
  }

  #tip(route, segment) {
    const box = document.createElement("div");
    const title = document.createElement("b");
    title.textContent = route.title;
    const rest = document.createElement("span");
    rest.textContent = `${segment.title} · ${this.data.statuses[segment.status] ?? segment.status}`;
    box.append(title, rest);
    return box;
  }

  // What stands out: a chosen route, segments that a provision governs, one segment.
  emphasise({ route = null, lit = null, segment = null }) {
    const asked = this.data.routes.some(({ url }) => url === null); // then the study's own ways stand back
    for (const [id, entries] of this.drawn) {
      const back = asked && route === null && entries.some((entry) => entry.route.url !== null);
      for (const entry of entries) {
        const governed = lit?.has(entry.segment.id) ?? false;
        const state = {
          "is-chosen": id === route,
          "is-faded": lit ? !governed : back || (route !== null && id !== route),
          "is-lit": governed,
          "is-segment": entry.segment.id === segment,
        };
        for (const shape of entry.shapes) {
          const path = shape.getElement();
          if (path) for (const name of STATES) path.classList.toggle(name, state[name]);
          if (path && (id === route || governed || (asked && route === null && !back))) shape.bringToFront();
        }
      }
    }
  }

  // Points along a route with the distance at each, for labels, the profile's dot and its reverse.
  track(route) {
    if (!this.tracks.has(route.id)) this.tracks.set(route.id, this.#track(route));
    return this.tracks.get(route.id);
  }

  #track(route) {
    const entries = this.drawn.get(route.id);
    const lines = new Map();
    for (const { segment, layer } of entries) {
      if (!lines.has(segment)) lines.set(segment, []);
      lines.get(segment).push(...layer.getLatLngs());
    }
    const track = [];
    for (const [segment, points] of lines) {
      const steps = points.map((point, i) => (i ? this.map.distance(points[i - 1], point) : 0));
      const total = steps.reduce((sum, step) => sum + step, 0) || 1;
      let along = 0;
      points.forEach((point, i) => {
        along += steps[i];
        track.push({ point, distance: segment.from_m + ((segment.to_m - segment.from_m) * along) / total });
      });
    }
    return track.sort((a, b) => a.distance - b.distance);
  }

  bounds(segments) {
    const box = L.latLngBounds([]);
    for (const entries of this.drawn.values()) {
      for (const { segment, layer } of entries) if (segments.has(segment.id)) box.extend(layer.getBounds());
    }
    return box;
  }
}

export function pointAt(track, distance) {
  const after = track.findIndex((step) => step.distance >= distance);
  if (after <= 0) return track[after === 0 ? 0 : track.length - 1]?.point ?? null;
  const [a, b] = [track[after - 1], track[after]];
  const share = (distance - a.distance) / (b.distance - a.distance || 1);
  return L.latLng(a.point.lat + (b.point.lat - a.point.lat) * share, a.point.lng + (b.point.lng - a.point.lng) * share);
}

export function distanceAt(track, point) {
  const scale = Math.cos((point.lat * Math.PI) / 180);
  let [best, least] = [0, Infinity];
  for (const step of track) {
    const gap = Math.hypot(step.point.lat - point.lat, (step.point.lng - point.lng) * scale);
    if (gap < least) [best, least] = [step.distance, gap];
  }
  return best;
}

// Names on the map, placed anew once the map rests: what matters most first, nothing over anything else.

import { Crowd, bestBaseline, even } from "./baseline.js";
import { Outline, Scatter } from "./outline.js";

const SVG = "http://www.w3.org/2000/svg";
const LONGEST = 14; // letters of a territory's name on one line
const NEAR_LINE = 6; // pixels that a territory's name keeps from a line
const AROUND = 300; // pixels about the view where lines count: more than a name's line is smoothed over
const REST_MS = 200; // until a map that moved, or a slider, is taken to rest
const PLACE_SIZES = { 1: 13.5, 2: 12, 3: 11 };

function element(name, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

// A long name goes on several lines, and what is in brackets on one of its own.
function broken(name) {
  const lines = [];
  for (const word of name.replace(/ \(/, "\n(").split(/[ ]|(?=\n)/)) {
    const last = lines[lines.length - 1];
    if (last === undefined || word.startsWith("\n") || (last + word).length >= LONGEST || last.startsWith("(")) lines.push(word.trim());
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

export class Labels {
  constructor(map, candidates, data, rivers = null) {
    this.rivers = rivers;
    this.map = map;
    this.candidates = candidates;
    this.data = data;
    this.pane = map.getPane("labels");
    this.svg = element("svg", { class: "labels", "aria-hidden": "true" });
    this.pane.append(this.svg);
    this.measure = document.createElement("canvas").getContext("2d");
    this.family = getComputedStyle(document.body).fontFamily;
    this.widths = new Map();
    this.chosen = null;
    map.on("zoomstart viewprereset", () => this.#hide());
    map.on("moveend zoomend resize", () => this.settle());
  }

  width(text, size, weight = 400, spacing = 0) {
    const font = `${weight} ${size}px ${this.family}`;
    const key = `${font} ${text}`;
    if (!this.widths.has(key)) {
      this.measure.font = font;
      this.widths.set(key, this.measure.measureText(text).width);
    }
    return this.widths.get(key) + spacing * text.length;
  }

  // A zoom takes the names from where they were.
  #hide() {
    this.svg.classList.add("is-moving");
    this.#forget();
  }

  #forget() {
    clearTimeout(this.resting);
    cancelAnimationFrame(this.frame);
    this.resting = null;
    this.frame = null;
  }

  // Names go along with a map that is moved and are placed anew once it rests; those that are hidden, in the next frame.
  // Placing them measures the page, so it comes after a frame: by then what else moved has been laid out once.
  settle(rest_ms = this.svg.classList.contains("is-moving") ? 0 : REST_MS) {
    if (this.frame && rest_ms === 0) return;
    this.#forget();
    const soon = () => { this.frame = requestAnimationFrame(() => { this.resting = setTimeout(() => this.place()); }); };
    if (rest_ms) this.resting = setTimeout(soon, rest_ms); else soon();
  }

  place() {
    this.#forget();
    const { x: width, y: height } = this.map.getSize();
    this.view = [0, 0, width, height];
    this.origin = this.map.containerPointToLayerPoint([0, 0]);
    this.taken = [];
    this.drawn = document.createDocumentFragment();
    this.#controls();
    this.#crossings();
    this.#places((size_) => size_ === 1);
    this.#routes();
    this.#territories();
    this.#places((size_) => size_ === 2);
    this.#riverNames();
    if (this.map.getZoom() >= 8.5) this.#places((size_) => size_ >= 3);
    L.DomUtil.setPosition(this.svg, this.origin);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.replaceChildren(this.drawn);
    this.svg.classList.remove("is-moving");
  }

  #at(lon, lat) {
    return this.map.latLngToLayerPoint([lat, lon]).subtract(this.origin);
  }

  #inside(box) {
    return box[0] > this.view[0] && box[1] > this.view[1] && box[2] < this.view[2] && box[3] < this.view[3];
  }

  #free(box) {
    return this.#inside(box) && !this.taken.some((other) => overlap(box, other));
  }

  #text(text, x, y, attributes) {
    const halo = element("text", { ...attributes, x, y, class: `${attributes.class} halo` }, text);
    this.drawn.append(halo, element("text", { ...attributes, x, y }, text));
  }

  // What lies over the map hides the names under it.
  #controls() {
    const home = this.map.getContainer().getBoundingClientRect();
    for (const control of document.querySelectorAll(".leaflet-control, .margin, .panel")) {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      if (right > left) this.taken.push([left - home.left, top - home.top, right - home.left, bottom - home.top]);
    }
  }

  #crossings() {
    for (const crossing of this.data.crossings) {
      const { x, y } = this.#at(...crossing.at);
      this.taken.push([x - 9, y - 9, x + 9, y + 9]);
    }
  }

  // A territory's name must lie wholly inside its own borders: anywhere else it would say something else.
  #territories() {
    const lines = new Scatter(this.runs.flat(2), this.view);
    for (const { name, rings } of Object.values(this.data.territories)) {
      const outlines = rings.map((ring) => new Outline(ring.map(([lon, lat]) => { const { x, y } = this.#at(lon, lat); return [x, y]; }), this.view));
      const rows = broken(name);
      for (const size of [12, 10]) {
        const spacing = size / 4;
        const width = Math.max(...rows.map((row) => this.width(row.toUpperCase(), size, 500, spacing))) + 8;
        const leading = size * 1.35;
        const spot = this.#spotInside(outlines, lines, width, rows.length * leading + 6);
        if (!spot) continue;
        rows.forEach((row, i) => {
          const second = row.startsWith("(") ? " is-second" : "";
          const style = { class: `territory-name territory-name-${size}${second}`, "text-anchor": "middle" };
          this.#text(row, (spot[0] + spot[2]) / 2, spot[1] + 2 + size + i * leading, style);
        });
        this.taken.push(spot);
        break;
      }
    }
  }

  // The box nearest to the middle of what is seen of a territory that holds no line, no name and no border.
  #spotInside(outlines, lines, width, height) {
    // The outlines are coarse by so many degrees; that many pixels on either side may not be what they seem.
    const { lat } = this.map.getCenter();
    const clear = Math.abs(this.#at(0, lat).x - this.#at(this.data.outline_detail, lat).x);
    const spots = outlines.flatMap((outline) => outline.boxes(width, height).map((spot) => ({ ...spot, outline })));
    const fits = ({ box: [left, top, right, bottom], outline }) =>
      this.#free([left, top, right, bottom])
      && !lines.within([left - NEAR_LINE, top - NEAR_LINE, right + NEAR_LINE, bottom + NEAR_LINE])
      && outline.contains([left - clear, top - clear, right + clear, bottom + clear]);
    return spots.sort((a, b) => a.off - b.off).find(fits)?.box ?? null;
  }

  #places(wanted) {
    for (const place of Object.values(this.data.places)) {
      if (!wanted(place.size)) continue;
      const { x, y } = this.#at(...place.at);
      if (!this.#inside([x, y, x, y])) continue;
      const size = PLACE_SIZES[place.size] ?? PLACE_SIZES[3];
      // The reader's name with the local one under it, or alone where both do not find room.
      if (!(place.local && this.#named(place, size, x, y, place.local))) this.#named(place, size, x, y, "");
    }
  }

  #named(place, size, x, y, local) {
    const small = size - 1.5;
    const below = local ? small + 2 : 0;
    const width = Math.max(this.width(place.name, size, place.size === 1 ? 600 : 400), local ? this.width(local, small) : 0);
    const gap = 7;
    const spots = [
      [x + gap, y + size / 3, "start"], [x - gap, y + size / 3, "end"], [x, y - gap - 1 - below, "middle"], [x, y + gap + size - 2, "middle"],
      [x + gap, y - gap - below, "start"], [x + gap, y + gap + size / 2, "start"], [x - gap, y - gap - below, "end"], [x - gap, y + gap + size / 2, "end"],
    ];
    for (const [left, base, anchor] of spots) {
      const start = anchor === "start" ? left : anchor === "end" ? left - width : left - width / 2;
      const box = [start - 2, base - size, start + width + 2, base + below + 3];
      if (!this.#free(box)) continue;
      this.#text(place.name, left, base, { class: `place-name place-name-${place.size}`, "text-anchor": anchor });
      if (local) this.#text(local, left, base + below, { class: "place-local", "text-anchor": anchor, "font-size": small });
      this.taken.push(box);
      return true;
    }
    return false;
  }

  // Points in pixels, evenly spaced, of what is in or near the view.
  #even(lines) {
    const [left, top, right, bottom] = this.view;
    const near = [left - AROUND, top - AROUND, right + AROUND, bottom + AROUND];
    return even(lines.map((line) => line.map((point) => this.map.latLngToLayerPoint(point).subtract(this.origin))), near);
  }

  #routes() {
    const asked = this.data.routes.some(({ url }) => url === null); // the ways of an answer are named first
    const worth = (route) => 2 * (route.id === this.chosen) + (route.url === null);
    const order = [...this.data.routes].sort((a, b) => worth(b) - worth(a));
    this.runs = order.map((route) => this.#even([this.candidates.track(route).map(({ point }) => point)]));
    this.crowd = new Crowd(this.runs, this.view);
    order.forEach((route, i) => {
      const best = this.#best(this.width(route.title, 13, 600) + 10, this.runs[i], i);
      const faded = (this.chosen ? this.chosen !== route.id : asked && route.url !== null) ? " is-faded" : "";
      if (best) this.#along(route.title, `name-of-${route.row}`, `route-name line-${route.row} mode-${route.mode}${faded}`, best);
    });
  }

  #riverNames() {
    this.rivers?.getLayers().forEach((layer, row) => {
      const name = this.data.rivers[row];
      if (!name) return;
      const parts = layer.getLatLngs();
      const runs = this.#even(Array.isArray(parts[0]) ? parts : [parts]);
      const best = this.#best(this.width(name, 12) + 10, runs, null);
      if (best) this.#along(name, `name-of-river-${row}`, "river-name", best);
    });
  }

  #best(width, runs, own) {
    return bestBaseline({ width, runs, own, view: this.view, crowd: this.crowd, free: (box) => this.#free(box) });
  }

  #along(name, id, style, { base, boxes }) {
    this.drawn.append(element("path", { id, d: `M${base.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`, fill: "none" }));
    for (const halo of [" halo", ""]) {
      const text = element("text", { class: `${style}${halo}`, dy: "0.35em" });
      text.append(element("textPath", { href: `#${id}`, startOffset: "50%", "text-anchor": "middle" }, name));
      this.drawn.append(text);
    }
    this.taken.push(...boxes);
  }
}

// Names on the map, placed anew at each zoom: what matters most first, nothing over anything else.

import { Crowd, bestBaseline, even } from "./baseline.js";

const SVG = "http://www.w3.org/2000/svg";
const LONGEST = 14; // letters of a territory's name on one line
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

function inside(ring, x, y) {
  let found = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) found = !found;
  }
  return found;
}

// Whether a ring holds a whole box: its edge points are inside, and no corner of the ring is in the box.
function contains(ring, [left, top, right, bottom]) {
  for (let i = 0; i <= 6; i += 1) {
    const x = left + ((right - left) * i) / 6;
    if (!inside(ring, x, top) || !inside(ring, x, bottom)) return false;
  }
  return !ring.some(([x, y]) => x > left && x < right && y > top && y < bottom);
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
    this.chosen = null;
    map.on("zoomstart", () => this.svg.classList.add("is-moving"));
    map.on("moveend zoomend resize", () => this.place());
  }

  width(text, size, weight = 400, spacing = 0) {
    this.measure.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    return this.measure.measureText(text).width + spacing * text.length;
  }

  place() {
    const size = this.map.getSize();
    const margin = 0; // names stay whole: none is cut by the edge of the view
    const from = this.map.containerPointToLayerPoint([-size.x * margin, -size.y * margin]);
    const span = size.multiplyBy(1 + 2 * margin);
    L.DomUtil.setPosition(this.svg, from);
    this.svg.setAttribute("width", span.x);
    this.svg.setAttribute("height", span.y);
    this.view = [0, 0, span.x, span.y];
    this.origin = from;
    this.taken = [];
    this.svg.replaceChildren();
    this.#controls();
    this.#crossings();
    this.#places((size_) => size_ === 1);
    this.#routes();
    this.#territories();
    this.#places((size_) => size_ === 2);
    this.#riverNames();
    if (this.map.getZoom() >= 8.5) this.#places((size_) => size_ >= 3);
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
    this.svg.append(halo, element("text", { ...attributes, x, y }, text));
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
    for (const { name, rings } of Object.values(this.data.territories)) {
      const shapes = rings.map((ring) => ring.map(([lon, lat]) => { const { x, y } = this.#at(lon, lat); return [x, y]; }));
      for (const size of [12, 10]) {
        const lines = broken(name);
        const spacing = size / 4;
        const width = Math.max(...lines.map((line) => this.width(line.toUpperCase(), size, 500, spacing))) + 8;
        const leading = size * 1.35;
        const spot = this.#spotInside(shapes, width, lines.length * leading + 6);
        if (!spot) continue;
        lines.forEach((line, i) => {
          const second = line.startsWith("(") ? " is-second" : "";
          const style = { class: `territory-name territory-name-${size}${second}`, "text-anchor": "middle" };
          this.#text(line, (spot[0] + spot[2]) / 2, spot[1] + 2 + size + i * leading, style);
        });
        this.taken.push(spot);
        break;
      }
    }
  }

  #spotInside(shapes, width, height) {
    let [best, most] = [null, -Infinity];
    // The outlines are coarse by so many degrees; that many pixels on either side may not be what they seem.
    const clear = Math.abs(this.#at(0, this.map.getCenter().lat).x - this.#at(this.data.outline_detail, this.map.getCenter().lat).x);
    for (const shape of shapes) {
      const xs = shape.map(([x]) => x);
      const ys = shape.map(([, y]) => y);
      const [left, right] = [Math.max(Math.min(...xs), 0), Math.min(Math.max(...xs), this.view[2])];
      const [top, bottom] = [Math.max(Math.min(...ys), 0), Math.min(Math.max(...ys), this.view[3])];
      const step = [Math.max((right - left - width) / 24, 4), Math.max((bottom - top - height) / 24, 4)];
      for (let x = left; x <= right - width; x += step[0]) {
        for (let y = top; y <= bottom - height; y += step[1]) {
          const box = [x, y, x + width, y + height];
          const wide = [x - clear, y - clear, x + width + clear, y + height + clear];
          if (!this.#free(box) || !contains(shape, wide) || this.#crossed(box)) continue;
          const worth = -Math.hypot(x + width / 2 - (left + right) / 2, y + height / 2 - (top + bottom) / 2);
          if (worth > most) [best, most] = [box, worth];
        }
      }
    }
    return best;
  }

  // Whether a line runs through a box.
  #crossed([left, top, right, bottom]) {
    for (const points of this.runs) {
      if (points.some(([x, y]) => x > left - 6 && x < right + 6 && y > top - 6 && y < bottom + 6)) return true;
    }
    return false;
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

  // Points in pixels, evenly spaced.
  #even(latlngs) {
    return even(latlngs.map((point) => this.map.latLngToLayerPoint(point).subtract(this.origin)));
  }

  #routes() {
    const asked = this.data.routes.some(({ url }) => url === null); // the ways of an answer are named first
    const worth = (route) => 2 * (route.id === this.chosen) + (route.url === null);
    const order = [...this.data.routes].sort((a, b) => worth(b) - worth(a));
    this.runs = order.map((route) => this.#even(this.candidates.track(route).map(({ point }) => point)));
    this.crowd = new Crowd(this.runs);
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
      const points = (Array.isArray(parts[0]) ? parts : [parts]).flatMap((part) => this.#even(part));
      const best = this.#best(this.width(name, 12) + 10, points, null);
      if (best) this.#along(name, `name-of-river-${row}`, "river-name", best);
    });
  }

  #best(width, points, own) {
    return bestBaseline({ width, points, own, view: this.view, crowd: this.crowd, free: (box) => this.#free(box) });
  }

  #along(name, id, style, { base, boxes }) {
    this.svg.append(element("path", { id, d: `M${base.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`, fill: "none" }));
    for (const halo of [" halo", ""]) {
      const text = element("text", { class: `${style}${halo}`, dy: "0.35em" });
      text.append(element("textPath", { href: `#${id}`, startOffset: "50%", "text-anchor": "middle" }, name));
      this.svg.append(text);
    }
    this.taken.push(...boxes);
  }
}

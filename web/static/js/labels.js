// Names on the map, placed anew at each zoom: what matters most first, nothing over anything else.

const SVG = "http://www.w3.org/2000/svg";
const STEP = 6; // pixels between the points of a line that a name is tried along
const PLACE_SIZES = { 1: 13.5, 2: 12, 3: 11 };

function element(name, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

export class Labels {
  constructor(map, candidates, data) {
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
    const margin = 0.25; // of the view, so that a short drag finds names already there
    const from = this.map.containerPointToLayerPoint([-size.x * margin, -size.y * margin]);
    const span = size.multiplyBy(1 + 2 * margin);
    L.DomUtil.setPosition(this.svg, from);
    this.svg.setAttribute("width", span.x);
    this.svg.setAttribute("height", span.y);
    this.view = [0, 0, span.x, span.y];
    this.origin = from;
    this.taken = [];
    this.svg.replaceChildren();
    this.#crossings();
    this.#places((size_) => size_ === 1);
    this.#routes();
    this.#territories();
    this.#places((size_) => size_ === 2);
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

  #crossings() {
    for (const crossing of this.data.crossings) {
      const { x, y } = this.#at(...crossing.at);
      this.taken.push([x - 9, y - 9, x + 9, y + 9]);
    }
  }

  #territories() {
    for (const { name, at } of Object.values(this.data.territories)) {
      const { x, y } = this.#at(...at);
      const [first, second] = name.split(/ (?=\()/); // a bracketed part goes on a line of its own
      const width = Math.max(...[first, second ?? ""].map((line) => this.width(line.toUpperCase(), 12, 500, 3)));
      for (const [dx, dy] of [[0, 0], [0, -60], [0, 60], [-90, 0], [90, 0], [-90, -70], [90, 70], [0, -120], [0, 120]]) {
        const box = [x + dx - width / 2, y + dy - 16, x + dx + width / 2, y + dy + (second ? 20 : 8)];
        if (!this.#free(box)) continue;
        const style = { class: "territory-name", "text-anchor": "middle" };
        this.#text(first, x + dx, y + dy, style);
        if (second) this.#text(second, x + dx, y + dy + 15, { class: "territory-name is-second", "text-anchor": "middle" });
        this.taken.push(box);
        break;
      }
    }
  }

  #places(wanted) {
    for (const place of Object.values(this.data.places)) {
      if (!wanted(place.size)) continue;
      const { x, y } = this.#at(...place.at);
      if (!this.#inside([x, y, x, y])) continue;
      const size = PLACE_SIZES[place.size] ?? PLACE_SIZES[3];
      const width = this.width(place.name, size, place.size === 1 ? 600 : 400);
      const gap = 7;
      const spots = [
        [x + gap, y + size / 3, "start"], [x - gap, y + size / 3, "end"], [x, y - gap - 1, "middle"], [x, y + gap + size - 2, "middle"],
        [x + gap, y - gap, "start"], [x + gap, y + gap + size / 2, "start"], [x - gap, y - gap, "end"], [x - gap, y + gap + size / 2, "end"],
      ];
      for (const [left, base, anchor] of spots) {
        const start = anchor === "start" ? left : anchor === "end" ? left - width : left - width / 2;
        const box = [start - 2, base - size, start + width + 2, base + 3];
        if (!this.#free(box)) continue;
        this.#text(place.name, left, base, { class: `place-name place-name-${place.size}`, "text-anchor": anchor });
        this.taken.push(box);
        break;
      }
    }
  }

  // A line's points in pixels, evenly spaced, where the view shows it.
  #run(route) {
    const track = this.candidates.track(route);
    const points = track.map(({ point }) => this.map.latLngToLayerPoint(point).subtract(this.origin));
    const even = [];
    let left = 0;
    for (let i = 1; i < points.length; i += 1) {
      const length = points[i - 1].distanceTo(points[i]);
      for (; left <= length && length > 0; left += STEP) {
        const share = left / length;
        even.push([points[i - 1].x + (points[i].x - points[i - 1].x) * share, points[i - 1].y + (points[i].y - points[i - 1].y) * share]);
      }
      left -= length;
    }
    return even;
  }

  #routes() {
    const order = [...this.data.routes].sort((a, b) => (b.id === this.chosen) - (a.id === this.chosen));
    const lines = new Map(order.map((route) => [route, this.#run(route)]));
    for (const route of order) {
      const others = order.filter((other) => other !== route).map((other) => lines.get(other));
      const best = this.#best(route, lines.get(route), others);
      if (best) this.#along(route, best);
    }
  }

  // The straightest stretch long enough for the name, away from other names and from other lines.
  #best(route, points, others) {
    const size = 13;
    const width = this.width(route.title, size, 600) + 10;
    const count = Math.ceil(width / STEP);
    const near = new Set();
    for (const line of others) for (const [x, y] of line) near.add(`${Math.round(x / 14)},${Math.round(y / 14)}`);
    let [best, least] = [null, Infinity];
    for (let start = 0; start + count < points.length; start += 3) {
      const run = points.slice(start, start + count + 1);
      const [a, b] = [run[0], run[run.length - 1]];
      const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (chord < width * 0.72) continue;
      const slope = Math.abs(b[1] - a[1]) / chord;
      for (const side of [-1, 1]) {
        const base = baseline(run, width, side * 11);
        if (!base) continue;
        const boxes = boxesAlong(base, 7);
        if (!boxes.every((box) => this.#free(box))) continue;
        const crowd = base.filter(([x, y]) => near.has(`${Math.round(x / 14)},${Math.round(y / 14)}`)).length / base.length;
        const centre = run[Math.floor(run.length / 2)];
        const off = Math.hypot(centre[0] - this.view[2] / 2, centre[1] - this.view[3] / 2) / this.view[2];
        const cost = (1 - chord / width) * 4 + slope * 0.5 + crowd * 2.5 + off * 0.8 + bend(base) * 2;
        if (cost < least) [best, least] = [{ base, boxes }, cost];
      }
    }
    return best;
  }

  #along(route, { base, boxes }) {
    const id = `name-of-${route.row}`;
    this.svg.append(element("path", { id, d: `M${base.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`, fill: "none" }));
    for (const halo of [" halo", ""]) {
      const faded = this.chosen && this.chosen !== route.id ? " is-faded" : "";
      const text = element("text", { class: `route-name line-${route.row}${halo}${faded}`, dy: "0.35em" });
      const path = element("textPath", { href: `#${id}`, startOffset: "50%", "text-anchor": "middle" }, route.title);
      text.append(path);
      this.svg.append(text);
    }
    this.taken.push(...boxes);
  }
}

// A smooth line beside a run of points, from left to right, for the middle of the letters.
function baseline(run, width, side) {
  const window = 9;
  const smooth = run.map((_, i) => {
    const part = run.slice(Math.max(0, i - window), i + window + 1);
    return [part.reduce((sum, p) => sum + p[0], 0) / part.length, part.reduce((sum, p) => sum + p[1], 0) / part.length];
  });
  const points = smooth[0][0] <= smooth[smooth.length - 1][0] ? smooth : smooth.reverse();
  const moved = [];
  for (let i = 0; i < points.length; i += 2) {
    const [a, b] = [points[Math.max(0, i - 4)], points[Math.min(points.length - 1, i + 4)]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    moved.push([points[i][0] - ((b[1] - a[1]) / length) * side, points[i][1] + ((b[0] - a[0]) / length) * side]);
  }
  let total = 0;
  for (let i = 1; i < moved.length; i += 1) {
    if (moved[i][0] < moved[i - 1][0] - 1) return null; // letters would turn over
    total += Math.hypot(moved[i][0] - moved[i - 1][0], moved[i][1] - moved[i - 1][1]);
  }
  return total >= width - 12 ? moved : null;
}

function bend(points) {
  let most = 0;
  for (let i = 4; i < points.length - 4; i += 1) {
    const before = Math.atan2(points[i][1] - points[i - 4][1], points[i][0] - points[i - 4][0]);
    const after = Math.atan2(points[i + 4][1] - points[i][1], points[i + 4][0] - points[i][0]);
    most = Math.max(most, Math.abs(after - before));
  }
  return most;
}

function boxesAlong(points, half) {
  const boxes = [];
  for (let i = 0; i < points.length; i += 1) {
    const [x, y] = points[i];
    if (i % 1 === 0) boxes.push([x - half, y - half, x + half, y + half]);
  }
  return boxes;
}

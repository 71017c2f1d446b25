// Elevation profile: terrain as a fill, the line in its colour and pattern, territories as a band, crossings as ticks.

import { t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const PAD = { left: 46, right: 14, top: 20, bottom: 36 };
const BAND = 15;
const KM = 1000;

function element(name, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

function steps(low, high, wanted) {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found;
}

const thousands = (value) => Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

export class Profile {
  constructor(box, route, { onHover = () => {}, height = 168 } = {}) {
    this.box = box;
    this.route = route;
    this.onHover = onHover;
    this.height = height;
    this.draw();
    this.watch = new ResizeObserver(() => { if (Math.abs(box.clientWidth - this.width) > 1) this.draw(); });
    this.watch.observe(box);
  }

  close() {
    this.watch.disconnect();
    this.box.replaceChildren();
  }

  draw() {
    const { profile, length_m: length } = this.route;
    this.width = this.box.clientWidth;
    this.box.replaceChildren();
    if (!profile || this.width < 100) {
      const note = document.createElement("p");
      note.className = "quiet";
      note.textContent = profile ? "" : "Elevation is not known: this network carries no relief.";
      this.box.append(note);
      return;
    }
    this.end = length || profile.distance_m[profile.distance_m.length - 1];
    const low = Math.min(...profile.ele_m);
    const high = Math.max(...profile.ele_m);
    const room = Math.max(high - low, 300) * 0.08;
    this.low = Math.max(Math.min(low - room, low), low < 0 ? low - room : 0);
    this.high = high + room;
    this.x = (m) => PAD.left + (m / this.end) * (this.width - PAD.left - PAD.right);
    this.y = (m) => this.height - PAD.bottom - ((m - this.low) / (this.high - this.low || 1)) * (this.height - PAD.top - PAD.bottom);
    const said = { name: this.route.title, low: thousands(low), high: thousands(high), km: thousands(this.end / KM) };
    const title = t("Elevation profile of {name}: {low} to {high} metres above sea level over {km} kilometres. Use the arrow keys to read it.", said);
    this.svg = element("svg", { class: "profile", width: this.width, height: this.height, tabindex: "0", "aria-label": title });
    const slider = { role: "slider", "aria-valuemin": 0, "aria-valuemax": Math.round(this.end / KM), "aria-valuenow": 0 };
    for (const [key, value] of Object.entries(slider)) this.svg.setAttribute(key, value);
    this.#axes();
    this.#fill();
    this.#line();
    this.#territories();
    this.#crossings();
    this.#cursor();
    this.box.append(this.svg);
    if (profile.caveat) {
      const note = document.createElement("p");
      note.className = "quiet caveat";
      note.textContent = profile.caveat;
      this.box.append(note);
    }
  }

  #axes() {
    for (const value of steps(this.low, this.high, 3)) {
      this.svg.append(element("line", { class: "grid", x1: PAD.left, x2: this.width - PAD.right, y1: this.y(value), y2: this.y(value) }));
      this.svg.append(element("text", { class: "tick", x: PAD.left - 6, y: this.y(value) + 4, "text-anchor": "end" }, thousands(value)));
    }
    this.svg.append(element("text", { class: "tick", x: PAD.left - 6, y: 11, "text-anchor": "end" }, t("m")));
    for (const value of steps(0, this.end / KM, Math.max(3, this.width / 130))) {
      const x = this.x(value * KM);
      const base = this.height - PAD.bottom + BAND;
      this.svg.append(element("line", { class: "axis", x1: x, x2: x, y1: base, y2: base + 4 }));
      if (x < this.width - 40) this.svg.append(element("text", { class: "tick", x, y: this.height - 4, "text-anchor": "middle" }, thousands(value)));
    }
    this.svg.append(element("text", { class: "tick", x: this.width - PAD.right, y: this.height - 4, "text-anchor": "end" }, t("km")));
  }

  #between(from, to) {
    const { distance_m: d, ele_m: z } = this.route.profile;
    const points = [[from, this.heightAt(from)]];
    d.forEach((m, i) => { if (m > from && m < to) points.push([m, z[i]]); });
    points.push([to, this.heightAt(to)]);
    return points.map(([m, e]) => `${this.x(m).toFixed(1)} ${this.y(e).toFixed(1)}`);
  }

  #fill() {
    const base = this.height - PAD.bottom;
    let from = 0;
    const solid = [];
    for (const [start, end] of [...this.route.profile.tunnels].sort((a, b) => a[0] - b[0])) {
      if (start > from) solid.push([from, start]);
      from = Math.max(from, end);
    }
    if (from < this.end) solid.push([from, this.end]);
    for (const [start, end] of solid) {
      const top = this.#between(start, end);
      const d = `M${this.x(start).toFixed(1)} ${base}L${top.join("L")}L${this.x(end).toFixed(1)} ${base}Z`;
      this.svg.append(element("path", { class: "terrain", d }));
    }
  }

  #line() {
    // Neighbouring segments of one status are one run: its pattern would start anew at each of them.
    const runs = [];
    for (const { from_m: from, to_m: to, status } of this.route.segments) {
      const last = runs[runs.length - 1];
      if (last && last.status === status) last.to = to;
      else runs.push({ from, to, status });
    }
    for (const { from, to, status } of runs) {
      const d = `M${this.#between(from, to).join("L")}`;
      this.svg.append(element("path", { class: `profile-line line-${this.route.row} st-${status}`, d }));
      if (status === "abandoned") this.svg.append(element("path", { class: `profile-line underlay line-${this.route.row}`, d }));
      if (status === "proposed") this.svg.append(element("path", { class: "profile-hollow", d }));
    }
  }

  #territories() {
    const top = this.height - PAD.bottom;
    this.route.profile.territories.forEach(({ from_m: from, to_m: to, key, name }, i) => {
      const [left, right] = [this.x(from), this.x(to)];
      const group = element("g", { class: `territory-band ${i % 2 ? "is-odd" : ""}` });
      group.append(element("rect", { x: left, y: top, width: Math.max(right - left, 0.5), height: BAND }));
      group.append(element("title", {}, name));
      const text = [name, name.split(" (")[0], key].find((words) => words.length * 6.2 + 8 < right - left);
      if (text) group.append(element("text", { x: (left + right) / 2, y: top + 11, "text-anchor": "middle" }, text));
      this.svg.append(group);
    });
  }

  #crossings() {
    for (const { title, status, at_m: at } of this.route.crossings) {
      const x = this.x(at);
      const group = element("g", { class: `profile-crossing crossing-${status.replaceAll(" ", "-")}` });
      group.append(element("line", { x1: x, x2: x, y1: PAD.top - 6, y2: this.height - PAD.bottom }));
      group.append(element("circle", { cx: x, cy: PAD.top - 9, r: 4 }));
      group.append(element("title", {}, `${title}: ${status}`));
      this.svg.append(group);
    }
  }

  heightAt(distance) {
    const { distance_m: d, ele_m: z } = this.route.profile;
    const after = d.findIndex((m) => m >= distance);
    if (after <= 0) return after === 0 ? z[0] : z[z.length - 1];
    const share = (distance - d[after - 1]) / (d[after] - d[after - 1] || 1);
    return z[after - 1] + (z[after] - z[after - 1]) * share;
  }

  #cursor() {
    this.cursor = element("g", { class: "cursor", visibility: "hidden" });
    this.cursorLine = element("line", { y1: PAD.top - 4, y2: this.height - PAD.bottom });
    this.cursorDot = element("circle", { r: 4, class: `line-${this.route.row}` });
    this.cursorText = element("text", { y: 11 });
    this.cursor.append(this.cursorLine, this.cursorDot, this.cursorText);
    this.svg.append(this.cursor);
    this.svg.addEventListener("pointermove", (event) => {
      const x = event.clientX - this.svg.getBoundingClientRect().left;
      this.#go(((x - PAD.left) / (this.width - PAD.left - PAD.right)) * this.end);
    });
    this.svg.addEventListener("pointerleave", () => this.#go(null));
    this.svg.addEventListener("blur", () => this.#go(null));
    this.svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#go((this.at ?? 0) + (step * this.end) / 100);
    });
  }

  #go(distance) {
    const at = distance === null ? null : Math.min(Math.max(distance, 0), this.end);
    this.mark(at);
    this.onHover(at);
  }

  // Show where a distance lies; null shows nothing.
  mark(distance) {
    this.at = distance;
    if (!this.cursor) return;
    this.cursor.setAttribute("visibility", distance === null ? "hidden" : "visible");
    if (distance === null) return;
    const [x, height] = [this.x(distance), this.heightAt(distance)];
    const here = this.route.profile.territories.find(({ from_m: from, to_m: to }) => distance >= from && distance <= to);
    const near = Math.round(height / 10) * 10; // corridor-scale relief bears no more
    this.cursorLine.setAttribute("x1", x);
    this.cursorLine.setAttribute("x2", x);
    this.cursorDot.setAttribute("cx", x);
    this.cursorDot.setAttribute("cy", this.y(height));
    this.cursorText.setAttribute("x", Math.min(Math.max(x, PAD.left + 60), this.width - 90));
    this.cursorText.setAttribute("text-anchor", "middle");
    this.svg.setAttribute("aria-valuenow", Math.round(distance / KM));
    this.cursorText.textContent = [`${(distance / KM).toFixed(0)} ${t("km")}`, `${thousands(near)} ${t("m")}`, here?.name].filter(Boolean).join(" · ");
    this.svg.setAttribute("aria-valuetext", this.cursorText.textContent);
  }
}

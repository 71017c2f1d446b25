// Choke points of the chosen way: worked out when asked for, listed in the panel and marked on the map.

import { link, t } from "./i18n.js";

export class Chokes {
  constructor(map, state) {
    [this.map, this.state] = [map, state];
    this.marks = L.layerGroup().addTo(map);
    this.points = [];
    this.shown = null;
    map.createPane("chokes").style.zIndex = 415; // over the casings, under the lines
  }

  // Show those of a way, or none.
  async show(route, box) {
    const question = route ? `${this.state.question()}&route=${encodeURIComponent(route)}` : null;
    if (question === this.shown && (!box || box.dataset.filled === question)) return;
    this.shown = question;
    this.marks.clearLayers();
    this.points = [];
    if (!question || !box) return;
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = t("Working out what the closure of each piece would cost…");
    box.replaceChildren(words);
    try {
      const response = await fetch(link(`/api/view/chokepoints?${question}`));
      const found = await response.json();
      if (!response.ok) throw new Error(found.detail);
      if (this.shown !== question) return;
      box.innerHTML = found.html; // written by our server's template, which escapes every text
      box.dataset.filled = question;
      this.#draw(found.points);
    } catch (error) {
      this.shown = null;
      words.textContent = t("The choke points could not be worked out ({why}).", { why: error.message });
    }
  }

  #draw(points) {
    this.points = points.map(({ line, title, where, barred }) => {
      const at = line.map(([lon, lat]) => [lat, lon]);
      const shape = L.polyline(at, { pane: "chokes", className: `choke${barred ? " is-barred" : ""}`, weight: 13, interactive: false, lineCap: "round" });
      const icon = L.divIcon({ className: `choke-mark${barred ? " is-barred" : ""}`, iconSize: [16, 16], iconAnchor: [8, 8] });
      const mark = L.marker(at[Math.floor(at.length / 2)], { icon, keyboard: false });
      const tip = document.createElement("div");
      tip.textContent = `${title}: ${where}`;
      mark.bindTooltip(tip, { className: "tip", direction: "top" });
      this.marks.addLayer(shape).addLayer(mark);
      return shape;
    });
  }

  // Mark one of them; null marks none.
  mark(row) {
    this.points.forEach((shape, i) => shape.getElement()?.classList.toggle("is-lit", row !== null && Number(row) === i));
  }

  bounds(row) {
    return this.points[row]?.getBounds() ?? null;
  }
}

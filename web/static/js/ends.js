// Where a question begins and ends, and where its answer breaks.

import { t } from "./i18n.js";

const LONE_M = 40_000; // what is shown around a question that leads nowhere

export class Ends {
  constructor(map) {
    this.marks = L.layerGroup().addTo(map);
    this.box = null;
  }

  draw(ends) {
    this.marks.clearLayers();
    this.box = null;
    if (!ends) return;
    this.box = L.latLngBounds([]);
    for (const [letter, { at }, words] of [["A", ends.from, t("From {name}", ends.from)], ["B", ends.to, t("To {name}", ends.to)]]) {
      this.#mark(at, `end end-${letter.toLowerCase()}`, words, letter);
      this.box.extend(L.latLng(at[1], at[0]));
    }
    const [first, last] = ends.breaks;
    if (!first) return;
    const line = ends.breaks.map(([lon, lat]) => [lat, lon]);
    if (String(first) !== String(last)) this.marks.addLayer(L.polyline(line, { className: "gap", weight: 3, interactive: false, pane: "lines" }));
    for (const at of String(first) === String(last) ? [first] : ends.breaks) {
      this.#mark(at, "break", ends.why, "×");
      this.box.extend(L.latLng(at[1], at[0]));
    }
    if (this.box.getNorthEast().equals(this.box.getSouthWest())) this.box = this.box.getCenter().toBounds(LONE_M);
  }

  #mark(at, className, words, letter) {
    const box = document.createElement("span");
    box.textContent = letter;
    const icon = L.divIcon({ className, html: box, iconSize: [22, 22], iconAnchor: [11, 11] });
    const mark = L.marker([at[1], at[0]], { icon, keyboard: false, zIndexOffset: 500 });
    const tip = document.createElement("div");
    tip.textContent = words;
    mark.bindTooltip(tip, { className: "tip", direction: "top", offset: [0, -10] });
    this.marks.addLayer(mark);
    mark.getElement()?.setAttribute("aria-hidden", "true"); // the panel says it
  }

  bounds() {
    return this.box && L.latLngBounds(this.box.getSouthWest(), this.box.getNorthEast());
  }
}

// Crossings on the map: marks whose shape says the status. They stand too close for 24 px of each, so that a keyboard
// reaches them, and everything else on the map, in the list beside it.

export class Crossings {
  constructor(map, drawing, data) {
    this.map = map;
    this.markers = new Map();
    const drawn = data.crossings.map((_crossing, i) => window[drawing.layers[`crossing_${i}`]]);
    data.crossings.forEach((crossing, i) => { if (drawn[i]) this.#dress(drawn[i], crossing); });
  }

  // Show other crossings, or the same with another status.
  draw(crossings) {
    for (const marker of this.markers.values()) marker.remove();
    this.markers.clear();
    for (const crossing of crossings) {
      const className = `crossing crossing-${crossing.status.replaceAll(" ", "-")}`;
      const icon = L.divIcon({ className, iconSize: [18, 18], iconAnchor: [9, 9] });
      this.#dress(L.marker([crossing.at[1], crossing.at[0]], { icon, keyboard: false }).addTo(this.map), crossing);
    }
  }

  #dress(marker, crossing) {
    const text = `${crossing.title}: ${crossing.words}`;
    const tip = document.createElement("div");
    tip.textContent = text;
    marker.bindTooltip(tip, { className: "tip", direction: "top", offset: [0, -8] });
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", text);
    marker.on("click", () => this.onClick?.(crossing));
    this.markers.set(crossing.id, marker);
  }

  // Which are marked, and which fade: functions of a crossing.
  emphasise(crossings, { lit, faded }) {
    for (const crossing of crossings) {
      const icon = this.markers.get(crossing.id)?.getElement();
      icon?.classList.toggle("is-lit", lit(crossing));
      icon?.classList.toggle("is-faded", !lit(crossing) && faded(crossing));
    }
  }
}

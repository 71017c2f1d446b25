// The legend as a filter, and the layers that it switches on: the whole network, tiles of another host.

import { language, link } from "./i18n.js";

const KINDS = ["rail", "road", "open", "construction", "proposed", "disused", "abandoned"];
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

export class Filter {
  constructor(map, drawing, state, { go }) {
    [this.map, this.state] = [map, state];
    this.boxes = [...document.querySelectorAll("[data-hide]")];
    for (const box of this.boxes) {
      box.addEventListener("change", () => go({ hide: this.boxes.filter(({ checked }) => !checked).map(({ dataset }) => dataset.hide) }, { push: false, focus: false, zoom: false }));
    }
    this.network = null;
    this.switch = document.getElementById("network-switch");
    this.switch?.addEventListener("change", () => go({ network: this.switch.checked ? "1" : null }, { push: false, focus: false, zoom: false }));
    this.#tiles(drawing);
  }

  // Show the state: what is hidden, and whether the whole network is there.
  show() {
    const hidden = this.state.list("hide");
    for (const box of this.boxes) {
      const out = hidden.includes(box.dataset.hide);
      box.checked = !out;
      document.body.classList.toggle(`hide-${KINDS.includes(box.dataset.hide) ? "" : "in-"}${slug(box.dataset.hide)}`, out);
    }
    this.#network(hidden);
  }

  async #network(hidden) {
    const wanted = Boolean(this.state.get("network"));
    if (this.switch) this.switch.checked = wanted;
    if (!wanted) { this.network?.remove(); return; }
    if (!this.network) {
      const { networkLayer } = await import("./network.js"); // 390 px phones need not load what they do not show
      this.network ??= networkLayer(this.map, { lang: language, note: true });
    }
    const left = (keys) => keys.filter((key) => !hidden.includes(key));
    const territories = this.boxes.map(({ dataset }) => dataset.hide).filter((key) => !KINDS.includes(key));
    const out = territories.some((key) => hidden.includes(key));
    this.network.filter({ modes: left(KINDS.slice(0, 2)), statuses: left(KINDS.slice(2)), territories: out ? left(territories) : null });
    this.network.addTo(this.map);
  }

  // The line of the network at a point: where it is clicked, or by the id that an address states; null for none.
  async lineAt(point) {
    return this.network && this.state.get("network") ? this.network.pick(point) : null;
  }

  async line(id) {
    const response = await fetch(link(`/api/network/edges/${encodeURIComponent(id)}`));
    return response.ok ? response.json() : null;
  }

  highlight(edge) {
    this.network?.highlight(edge);
  }

  #tiles(drawing) {
    const tiles = document.getElementById("tiles-switch");
    tiles?.addEventListener("change", () => {
      const layer = window[drawing.layers.tiles];
      if (tiles.checked) layer.addTo(this.map); else layer.remove();
      document.getElementById("tile-credit").hidden = !tiles.checked;
    });
  }
}

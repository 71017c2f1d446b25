// The whole network under the candidates: tiles of lines drawn on canvas, a few a frame, and the edge at a point.

import { language, number, t, tn } from "./i18n.js";
import { decode, paint, palette } from "./network-paint.js";

const FRAME_MS = 6; // of each frame for drawing tiles: what is left is for moving the map
const PANES = [["network", 405], ["network-chosen", 408]]; // over borders, under the candidates
const NEAR_PX = { fine: 10, coarse: 22 };

const within = (list, value) => !list || list.includes(value);

const NetworkLayer = L.GridLayer.extend({
  options: {
    tileSize: 512, minZoom: 5, maxNativeZoom: 18, maxZoom: 20, keepBuffer: 1, updateWhenZooming: false,
    pane: "network", className: "network-tiles", note: true, modes: null, statuses: null, territories: null,
  },

  initialize(options) {
    L.setOptions(this, options);
    this.queue = [];
    this.failed = false;
    this.theme = window.matchMedia("(prefers-color-scheme: dark)");
    this.redrawn = () => this.repaint();
  },

  onAdd(map) {
    this.colours = palette(map.getContainer());
    this.theme.addEventListener("change", this.redrawn);
    this.on("loading load tileunload", this.tell, this);
    if (this.options.note) this.note = noteOn(map);
    L.GridLayer.prototype.onAdd.call(this, map);
    this.tell();
    return this;
  },

  onRemove(map) {
    this.theme.removeEventListener("change", this.redrawn);
    this.off("loading load tileunload", this.tell, this);
    this.highlight(null);
    this.note?.remove();
    this.queue.length = 0;
    L.GridLayer.prototype.onRemove.call(this, map);
    return this;
  },

  // What the server says of its network, asked once.
  about() {
    this.said ??= read("/api/network").catch((error) => { this.said = null; throw error; });
    return this.said;
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const stop = new AbortController();
    canvas.stop = () => stop.abort();
    this.about()
      .then(({ tiles }) => read(L.Util.template(tiles, { z: coords.z - 1, x: coords.x, y: coords.y }), stop.signal))
      .then((tile) => {
        this.failed = false;
        this.queue.push({ canvas, tile, zoom: coords.z, done });
        this.nextFrame();
      })
      .catch((error) => {
        if (error.name === "AbortError") return;
        this.failed = true;
        done(error, canvas);
        this.tell();
      });
    return canvas;
  },

  _removeTile(key) {
    this._tiles[key]?.el.stop?.();
    L.GridLayer.prototype._removeTile.call(this, key);
  },

  // Draws as many waiting tiles as fit into a frame, at least one, and leaves the rest to the next.
  nextFrame() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const end = performance.now() + FRAME_MS;
      do {
        const waiting = this.queue.shift();
        if (!waiting) break;
        const { canvas, tile, zoom, done } = waiting;
        canvas.tile ??= decode(tile);
        canvas.zoom = zoom;
        this.draw(canvas);
        done?.(null, canvas);
      } while (performance.now() < end);
      if (this.queue.length) this.nextFrame();
    });
  },

  draw(canvas) {
    const { modes, statuses, territories } = this.options;
    paint(canvas, canvas.tile, canvas.zoom, this.colours, (group) =>
      within(modes, group.kind === "rail" ? "rail" : "road") && within(statuses, group.status) && within(territories, group.territory));
  },

  repaint() {
    if (!this._map) return;
    this.colours = palette(this._map.getContainer());
    for (const { el: canvas } of Object.values(this._tiles)) {
      if (canvas.tile) this.queue.push({ canvas, tile: canvas.tile, zoom: canvas.zoom });
    }
    this.nextFrame();
  },

  // filter({ modes, statuses, territories }): lists of what to show; null shows all.
  filter(wanted) {
    L.setOptions(this, wanted);
    this.repaint();
    return this;
  },

  // The edge at a point as a GeoJSON feature, or null; `statuses` and `modes` of the filter count here too.
  async pick(latlng) {
    const { lat, lng } = latlng.wrap();
    const near = window.matchMedia("(pointer: coarse)").matches ? NEAR_PX.coarse : NEAR_PX.fine;
    const asked = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6), zoom: Math.round(this._map.getZoom()), tolerance_px: near });
    for (const [name, list] of [["mode", this.options.modes], ["status", this.options.statuses]]) {
      if (list && !list.length) return null;
      if (list) asked.set(name, list.join());
    }
    if (language !== "en") asked.set("lang", language);
    const { features } = await read(`/api/network/at?${asked}`);
    const [edge = null] = features;
    return edge && within(this.options.territories, edge.properties.territory ?? "") ? edge : null;
  },

  highlight(edge) {
    this.chosen?.remove();
    this.chosen = null;
    if (!edge || !this._map) return;
    const color = getComputedStyle(this._map.getContainer()).getPropertyValue("--accent").trim() || "#14507d";
    const line = edge.geometry.coordinates.map(([lon, lat]) => [lat, lon]);
    this.chosen = L.polyline(line, { pane: "network-chosen", interactive: false, color, weight: 6, opacity: 0.85, className: "network-chosen" }).addTo(this._map);
  },

  // What is not on the map, in words.
  async tell() {
    const text = this.failed ? t("The network could not be loaded; move the map to try again.") : await this.about().then((said) => this.words(said), () => "");
    if (!this._map || text === this.told) return;
    this.told = text;
    if (this.note) Object.assign(this.note.getContainer(), { textContent: text, hidden: !text });
    this.fire("note", { text });
  },

  words({ kinds }) {
    if (!this._map) return "";
    if (this.isLoading() && !Object.values(this._tiles).some(({ el }) => el.tile)) return t("Loading the network…");
    const shown = Object.values(this._tiles).filter(({ el, current }) => current && el.tile);
    const left = shown.flatMap(({ el }) => el.tile.left_out).reduce((sum, { edges }) => sum + edges, 0);
    if (left) return tn("{n} line of small roads is left out here for want of room: zoom in.", "{n} lines of small roads are left out here for want of room: zoom in.", left, { n: number(left) });
    const later = kinds.filter(({ from_zoom: from }) => from > this._tileZoom);
    return later.length ? t("Smaller roads appear as you zoom in.") : "";
  },
});

async function read(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

function noteOn(map) {
  const note = L.control({ position: "bottomright" });
  note.onAdd = () => {
    const box = document.createElement("p");
    box.setAttribute("role", "status");
    box.className = "network-note";
    Object.assign(box.style, { margin: "0 8px 8px", padding: "2px 8px", maxWidth: "260px", background: "var(--panel)", color: "var(--ink)", border: "1px solid var(--rule)", borderRadius: "3px", fontSize: ".8rem" });
    box.hidden = true;
    return box;
  };
  return note.addTo(map);
}

// networkLayer(map, options): a layer that may be added to the map and removed; see the options above.
export function networkLayer(map, options = {}) {
  for (const [name, level] of PANES) {
    const pane = map.getPane(name) ?? map.createPane(name);
    Object.assign(pane.style, { zIndex: level, pointerEvents: "none" });
  }
  return new NetworkLayer(options);
}

window.araxes = { ...window.araxes, networkLayer };

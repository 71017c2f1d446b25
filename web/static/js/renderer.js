// Lines are drawn wider than the view, and drawn anew only when the view leaves what is drawn: Leaflet does so after each
// movement, which is most of the work of panning. Loaded before Folium's script draws any line.
(() => {
  const { getEvents } = L.Renderer.prototype;

  L.SVG.mergeOptions({ padding: 0.35 }); // of the view's size, on each side
  L.SVG.addInitHook(function remember() {
    this.on("update", () => { this._drawnFrom = this._map.getPixelOrigin(); });
  });
  L.SVG.include({
    getEvents() {
      return { ...getEvents.call(this), moveend: this._moved };
    },

    _moved() {
      if (!this._isDrawn()) this._update();
    },

    _isDrawn() {
      const { _map: map, _bounds: drawn, options: { padding } } = this;
      const size = map.getSize();
      const from = map.containerPointToLayerPoint([0, 0]);
      return map.getZoom() === this._zoom && map.getPixelOrigin().equals(this._drawnFrom)
        && drawn.getSize().equals(size.multiplyBy(1 + 2 * padding).round()) && drawn.contains(L.bounds(from, from.add(size)));
    },
  });
})();

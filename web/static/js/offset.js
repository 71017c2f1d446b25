// Candidates that share a way are drawn side by side. Leaflet projects a line to pixels in one place; here the
// pixels of a line that carries a shift are moved to its right. Loaded before Folium's script draws any line.
(() => {
  const project = L.Polyline.prototype._projectLatlngs;
  const LEAST_STEP = 3; // pixels; nearer vertices would turn a shifted line into knots

  function thin(ring) {
    const kept = [ring[0]];
    for (const point of ring.slice(1, -1)) {
      if (point.distanceTo(kept[kept.length - 1]) >= LEAST_STEP) kept.push(point);
    }
    kept.push(ring[ring.length - 1]);
    return kept;
  }

  function direction(a, b) {
    const length = a.distanceTo(b) || 1;
    return [(b.x - a.x) / length, (b.y - a.y) / length];
  }

  function moved(ring, shift) {
    const points = thin(ring);
    return points.map((point, i) => {
      const before = points[Math.max(i - 1, 0)];
      const after = points[Math.min(i + 1, points.length - 1)];
      const [x, y] = direction(before, after);
      return L.point(point.x - y * shift, point.y + x * shift);
    });
  }

  L.Polyline.include({
    _projectLatlngs(latlngs, result, bounds) {
      project.call(this, latlngs, result, bounds);
      const shift = this.options.shift ?? this.feature?.properties?.shift;
      if (!shift || !(latlngs[0] instanceof L.LatLng)) return;
      const ring = result[result.length - 1];
      if (ring.length > 1) result[result.length - 1] = moved(ring, shift);
    },
  });
})();

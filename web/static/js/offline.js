// The map of an offline copy: draws what the file holds. Every text is set as text, and nothing is ever fetched.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const DASHES = { construction: "10 5", disused: "3 5", abandoned: "1 6" };
  const TICKS = {
    open: { dashArray: "1.4 10.6" },
    construction: { dashArray: "1.4 13.6", dashOffset: "-4.3" },
    disused: { dashArray: "1.4 14.6", dashOffset: "-0.8" },
    abandoned: { dashArray: "1.4 19.6" },
  };
  const CASING = "#fdfcf9";
  const map = L.map("map", { attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 6, maxZoom: 15 });
  for (const [name, level] of [["relief", 210], ["ground", 220], ["casings", 405], ["lines", 420], ["marks", 430], ["names", 450]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    if (name !== "lines") pane.style.pointerEvents = "none";
  }
  L.control.scale({ imperial: false }).addTo(map);

  if (data.relief) L.imageOverlay(data.relief.url, data.relief.bounds, { pane: "relief", className: "relief" }).addTo(map);
  L.geoJSON(data.rivers, { pane: "ground", interactive: false, style: { color: "#8fb3c9", weight: 1.6, fill: false } }).addTo(map);
  L.geoJSON(data.borders, { pane: "ground", interactive: false, style: { color: "#5b5b5b", weight: 1.1, dashArray: "9 3 1.5 3", fill: false } }).addTo(map);

  // Texts in lines of their own; the first is the heading.
  function lines(texts) {
    const box = document.createElement("div");
    texts.filter(Boolean).forEach((text, row) => {
      const line = document.createElement(row ? "span" : "b");
      line.textContent = text;
      box.append(line);
    });
    return box;
  }

  const groups = new Map();
  for (const route of [...data.routes].reverse()) {
    const group = L.featureGroup();
    for (const { geometry, properties } of route.features) {
      const { mode, status, structure, segment, shift } = properties;
      const at = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
      const draw = (pane, options) => L.polyline(at, { pane, shift, lineCap: "butt", interactive: pane === "lines", color: route.colour, ...options }).addTo(group);
      draw("casings", { color: CASING, weight: 7 });
      if (status === "abandoned") draw("lines", { weight: 4, opacity: 0.35, interactive: false });
      draw("lines", { weight: 4, dashArray: DASHES[status] ?? null }).bindPopup(() => lines([route.title, ...route.segments[segment]]));
      if (status === "proposed" || structure === "tunnel") draw("marks", { color: CASING, weight: 1.8 });
      if (mode === "rail" && TICKS[status]) draw("marks", { weight: 9, ...TICKS[status] });
      if (structure === "bridge") draw("marks", { weight: 10, dashArray: "1.6 100000" });
    }
    groups.set(route.id, group.addTo(map));
  }

  for (const { title, status, words, at } of data.crossings) {
    const kind = status.replaceAll(" ", "-");
    const icon = L.divIcon({ className: `crossing crossing-${kind}`, iconSize: [14, 14], html: lines([status === "not known" ? "?" : ""]) });
    L.marker(at, { icon, keyboard: false }).bindPopup(() => lines([title, words])).addTo(map);
  }

  for (const { name, local, at, size } of data.places) {
    const mark = document.createElement("div");
    const label = document.createElement("b");
    label.textContent = name;
    if (local) {
      const below = document.createElement("small");
      below.textContent = local;
      label.append(below);
    }
    mark.append(document.createElement("i"), label);
    L.marker(at, { icon: L.divIcon({ className: `place place-${size}`, iconSize: [0, 0], html: mark }), interactive: false, keyboard: false, pane: "names" }).addTo(map);
  }

  function depth() {
    const zoom = map.getZoom();
    map.getContainer().classList.toggle("far", zoom < 7.5);
    map.getContainer().classList.toggle("near", zoom >= 7.5 && zoom < 9);
  }
  map.on("zoomend", depth);

  function show(groupsShown) {
    const bounds = L.latLngBounds([]);
    for (const group of groupsShown) if (group.getLayers().length) bounds.extend(group.getBounds());
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], animate: false });
    else map.setView(data.places[0]?.at ?? [0, 0], 8);
    depth();
  }
  show(groups.values());
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => show([groups.get(button.dataset.show)]));
  }
  document.body.dataset.ready = "";
})();

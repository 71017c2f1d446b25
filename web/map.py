"""The map: Folium draws relief, rivers, borders, candidates, places and crossings; our scripts bring it to life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
from folium.map import CustomPane
from markupsafe import Markup

from routes.model import CROSSING_STATUSES
from web import linework
from web.escape import for_folium
from web.words import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from web.contents import Contents

# Panes from the ground up: name, z-index, whether its shapes answer to the pointer.
PANES = (
    ("relief", 210, False),
    ("ground", 220, False),
    ("rivers", 230, False),
    ("borders", 240, False),
    ("casings", 410, False),
    ("lines", 420, True),
    ("marks", 430, False),
    ("places", 440, False),
    ("labels", 640, False),
)
_BORDER = {"weight": 1.1, "color": "#5b5b5b", "dashArray": "9 3 1.5 3", "fill": False}
_RIVER = {"weight": 1.4, "color": "#8fb3c9", "fill": False}
_LINE_WEIGHT = 4


@dataclass(frozen=True)
class TileServer:
    """
    A server of raster tiles, the only other host that a page may ever load from, and only when a reader asks for it.

    Attributes
    ----------
    url
        Address with {z}, {x} and {y}.
    attribution
        Whom to name, as plain text.
    """

    url: str = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    attribution: str = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Drawing:
    """
    A map ready to be put into a page.

    Attributes
    ----------
    name
        Name of the map: id of its element and of its variable in the page.
    styles
        Style sheet for the map's element.
    body
        The element.
    script
        What draws the map; goes into a script element that carries the page's nonce.
    layers
        Variable that holds each layer, by our own name for it.
    """

    name: str
    styles: Markup
    body: Markup
    script: Markup
    layers: Mapping[str, str]


class _Sheet(folium.Map):
    """A Folium map that brings no scripts or styles of its own: the page links our server's copies."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- Folium's own options
        super().__init__(**options)
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []


def draw(
    contents: Contents,
    routes: Iterable[str] | None = None,
    tiles: TileServer | None = None,
    shade_url: str | None = None,
) -> Drawing:
    """
    Draw the map of a study.

    Parameters
    ----------
    contents
        What to show.
    routes
        Ids of the candidates to draw; all when left out.
    tiles
        An optional base layer, off until asked for; None for none.
    shade_url
        Where our server gives the hillshade; None for none.

    Returns
    -------
    drawing
        The parts of the map.
    """
    west, south, east, north = contents.extent
    sheet = _Sheet(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, zoom_start=8, min_zoom=6, max_zoom=16,
        zoom_control="topright", control_scale=True, zoom_snap=0.25, zoom_delta=0.5, wheel_px_per_zoom_level=120,
        max_bounds=True, min_lat=south - 8, max_lat=north + 8, min_lon=west - 10, max_lon=east + 10,
        attribution_control=False,
    )  # fmt: skip
    sheet._name, sheet._id = "map", "sheet"  # noqa: SLF001 -- the page's scripts find it by this name
    for name, level, answers in PANES:
        CustomPane(name, z_index=level, pointer_events=answers).add_to(sheet)
    layers = _Layers(sheet)
    if shade_url and contents.hillshade:
        w, s, e, n = contents.hillshade[1]
        shade = folium.raster_layers.ImageOverlay(
            np.zeros((1, 1)), [[s, w], [n, e]], pixelated=False, pane="relief", class_name="hillshade"
        )
        shade.url = shade_url  # Folium would embed any picture that has no address on another host
        layers.add("relief", shade)
    _ground(layers, contents)
    chosen = list(contents.routes) if routes is None else list(routes)
    _candidates(layers, contents, chosen)
    _points(layers, contents, chosen)
    if tiles:
        base = folium.TileLayer(tiles.url, attr=for_folium(tiles.attribution), name="tiles", show=False, max_zoom=19)
        layers.add("tiles", base)
    figure = folium.Figure()
    sheet.add_to(figure)
    sheet.render()
    style = f"#{sheet.get_name()} {{ position: absolute; inset: 0; }}"
    return Drawing(
        sheet.get_name(), Markup(style), Markup(figure.html.render()), Markup(figure.script.render()), layers.names  # noqa: S704 -- Folium's own output; all text in it is escaped
    )  # fmt: skip


class _Layers:
    """Adds layers under names that stay the same, so that the same study gives the same page."""

    def __init__(self, sheet: folium.Map) -> None:
        self.sheet = sheet
        self.names: dict[str, str] = {}

    def add(self, name: str, layer: Any) -> None:  # noqa: ANN401 -- any Folium layer
        layer._name, layer._id = "layer", name  # noqa: SLF001 -- Folium has no other way to name a variable
        layer.add_to(self.sheet)
        self.names[name] = layer.get_name()


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [{**f, "id": str(row)} for row, f in enumerate(features)]}


def _styled(features: list[dict[str, Any]], style: Any, pane: str, **options: Any) -> folium.GeoJson:  # noqa: ANN401
    return folium.GeoJson(
        _collection(features),
        style_function=style,
        smooth_factor=options.pop("smooth_factor", 1.0),
        pane=pane,
        **options,
    )


def _ground(layers: _Layers, contents: Contents) -> None:
    """Rivers and borders."""
    if contents.rivers:
        rivers = linework.rivers(contents.rivers, contents.extent)
        layers.add("rivers", _styled(rivers, lambda _f: {**_RIVER, "className": "river"}, "rivers", interactive=False))
    borders = [
        {"type": "Feature", "properties": {}, "geometry": f["geometry"]}
        for f in linework.borders(contents.boundaries, contents.extent)
    ]
    layers.add("borders", _styled(borders, lambda _f: {**_BORDER, "className": "border"}, "borders", interactive=False))


def features(contents: Contents, chosen: Iterable[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """
    Give what a map draws of each route.

    Parameters
    ----------
    contents
        What to show.
    chosen
        Ids of the routes; all when left out. Those that share a way are drawn side by side.

    Returns
    -------
    features
        GeoJSON features by route: each a part of a segment, with the row of its segment, what its pattern and the
        legend depend on, and by how many pixels it is shifted.
    """
    resolved = [key for key in (contents.routes if chosen is None else chosen) if contents.segments[key]]
    parts = linework.side_by_side([contents.routes[key].segments.geometry for key in resolved])
    return {
        route_id: [
            {
                "type": "Feature",
                "properties": {
                    "segment": row,
                    "status": record["status"],
                    "structure": record["structure"],
                    "mode": record["mode"],
                    "in": slug(record["territory"]),
                    "shift": part["shift"],
                },
                "geometry": {"type": "LineString", "coordinates": part["coordinates"]},
            }
            for row, (record, drawn) in enumerate(zip(contents.segments[route_id], segments, strict=True))
            for part in drawn
        ]
        for route_id, segments in zip(resolved, parts, strict=True)
    }


def _candidates(layers: _Layers, contents: Contents, chosen: list[str]) -> None:
    """One layer a candidate; each feature is a drawn part of a segment."""
    order = list(contents.routes)
    # The first candidates of a study matter most, so they are drawn last and lie on top.
    for route_id, drawn in reversed(features(contents, chosen).items()):
        if not drawn:
            continue
        row = order.index(route_id)
        style = _line_style(row, contents.colours[route_id])
        layers.add(f"route_{row}", _styled(drawn, style, "lines", smooth_factor=0.6))


def _line_style(row: int, colour: str) -> Any:  # noqa: ANN401 -- a function of a feature
    def style(feature: dict[str, Any]) -> dict[str, Any]:
        own = feature["properties"]
        status = own["status"]
        return {
            "className": f"candidate line-{row} st-{status} mode-{own['mode']} in-{own['in']}",
            "color": colour,
            "weight": _LINE_WEIGHT,
            "dashArray": DASHES.get(status),
            "lineCap": "butt",
        }

    return style


DASHES = {"construction": "10 5", "disused": "3 5", "abandoned": "1 6"}


def _points(layers: _Layers, contents: Contents, chosen: list[str]) -> None:
    """Places by size, and crossings by status; their names are set by our scripts, as text."""
    places = [
        {
            "type": "Feature",
            "properties": {"place": place.id, "size": place.size},
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        }
        for place in sorted(contents.study.places.values(), key=lambda p: (p.size or 0, p.id))
        if place.size
    ]
    dot = folium.CircleMarker(radius=3)
    dot.options["pane"] = "places"  # Folium hands a layer's pane to its lines, not to its points
    layers.add("places", _styled(places, _place_style, "places", marker=dot, interactive=False))
    for row, crossing in enumerate(crossings(contents)):
        if not set(chosen) & set(crossing["routes"]):
            continue
        icon = folium.DivIcon(
            class_name=f"crossing crossing-{crossing['status'].replace(' ', '-')}",
            icon_size=(18, 18),
            icon_anchor=(9, 9),
        )
        layers.add(f"crossing_{row}", folium.Marker([crossing["lat"], crossing["lon"]], icon=icon, keyboard=False))


def _place_style(feature: dict[str, Any]) -> dict[str, Any]:
    size = int(feature["properties"]["size"])
    return {
        "className": f"place place-{size}",
        "radius": {1: 4.0, 2: 3.0}.get(size, 2.2),
        "weight": 1.2,
        "color": "#3a3a38",
        "fillColor": "#ffffff",
        "fillOpacity": 1,
    }


def crossings(contents: Contents) -> list[dict[str, Any]]:
    """
    List the crossings that any candidate passes, each once.

    Parameters
    ----------
    contents
        What the window shows.

    Returns
    -------
    crossings
        As the routes give them, with `routes`: ids of the candidates that pass.
    """
    found: dict[str, dict[str, Any]] = {}
    for route_id, properties in contents.properties.items():
        for crossing in properties.get("crossings") or []:
            key = crossing.get("id") or f"{crossing['lon']:.4f},{crossing['lat']:.4f}"
            status = crossing["status"] if crossing["status"] in CROSSING_STATUSES else "not known"
            entry = found.setdefault(key, {**crossing, "status": status, "routes": []})
            entry["routes"].append(route_id)
    return list(found.values())

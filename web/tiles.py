"""The whole network for the map: tiles by zoom and place, the edge that a reader points at, and edges of an area."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request
from shapely.geometry import mapping

from geo.errors import InputError, NotFoundError
from geo.network import LENGTH_BASES, MODES, STATUSES, STRUCTURES
from web import figures
from web.api import answer, shown
from web.escape import plain
from web.language import gettext as _
from web.tilegrid import TILE_PX
from web.tilework import MAX_ZOOM, MIN_ZOOM, MOST, NAMES, NetworkTiles
from web.words import BASIS, MODE, STATUS, STRUCTURE, sentence, words

if TYPE_CHECKING:
    from flask import Flask

tiles = Blueprint("tiles", __name__)

MOST_EDGES = 10_000
"""Edges in one answer: about 5 MB of GeoJSON, and what a browser draws without a pause."""
_TOLERANCE_PX = 10.0
_MOST_TOLERANCE_PX = 50.0
_YEAR_S = 31_536_000
_TEXTS = (
    "class",
    "name",
    "ref",
    "maxspeed",
    "surface",
    "lanes",
    "gauge",
    "electrified",
    "geometry_basis",
    "source",
    "note",
)


def offer(app: Flask) -> None:
    """
    Offer the network that an app shows as tiles.

    Parameters
    ----------
    app
        The app, its contents made. The index is made when first asked for, or by `network_tiles(app).warm()`.
    """
    app.extensions["araxes-tiles"] = NetworkTiles(app.extensions["araxes"].network)
    app.register_blueprint(tiles)


def network_tiles(app: Flask | None = None) -> NetworkTiles:
    """
    Give the tiles of an app's network.

    Parameters
    ----------
    app
        The app; the one that answers the request when left out.

    Returns
    -------
    tiles
        The tiles.
    """
    found: NetworkTiles = (app or current_app).extensions["araxes-tiles"]
    return found


@tiles.get("/api/network")
def describe() -> Response:
    """Say what network is shown, and how to draw it."""
    drawn = network_tiles()
    network = drawn.network
    return answer(
        {
            "title": network.meta.get("title"),
            "version": drawn.version,
            "edges": network.edge_count,
            "nodes": network.node_count,
            "data_date": network.data_date,
            "generalised": bool(network.meta.get("generalised")),
            "sources": network.meta.get("sources") or [],
            "bounds": drawn.bounds,
            "min_zoom": MIN_ZOOM,
            "max_zoom": MAX_ZOOM,
            "tiles": f"/api/network/tiles/{drawn.version}/{{z}}/{{x}}/{{y}}.json",
            "tile_px": TILE_PX,
            "most_lines_a_tile": MOST,
            "most_edges_an_answer": MOST_EDGES,
            "kinds": [{"kind": name, "from_zoom": drawn.shown_from(row)} for row, name in enumerate(NAMES)],
        }
    )


@tiles.get("/api/network/tiles/<version>/<int:z>/<int:x>/<int:y>.json")
def tile(version: str, z: int, x: int, y: int) -> Response:
    """Give one tile; it never changes, since its address names the network."""
    drawn = network_tiles()
    if version != drawn.version:
        message = f"the network shown is {drawn.version}, not {plain(version)}; /api/network says where its tiles are"
        raise NotFoundError(message)
    if not MIN_ZOOM - 1 <= z <= MAX_ZOOM - 1 or not (x < 2**z and y < 2**z):
        message = (
            f"there is no tile {z}/{x}/{y}; z runs from {MIN_ZOOM - 1} to {MAX_ZOOM - 1}, x and y from 0 to 2^z - 1"
        )
        raise NotFoundError(message)
    body = json.dumps(drawn.tile(z, x, y), separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_S
    response.cache_control.immutable = True
    return response


@tiles.get("/api/network/at")
def at() -> Response:
    """Give the edge that is nearest to a point, of those that the map shows at a zoom."""
    lon, lat = _number("lon", -180, 180), _number("lat", -85, 85)
    zoom = round(_number("zoom", 0, 30))
    tolerance_px = _number("tolerance_px", 1, _MOST_TOLERANCE_PX, _TOLERANCE_PX)
    edge = network_tiles().nearest(
        lon,
        lat,
        min(max(zoom, MIN_ZOOM), MAX_ZOOM),
        tolerance_px,
        modes=_codes("mode", MODES),
        statuses=_codes("status", STATUSES),
    )
    return _collection([] if edge is None else [edge])


@tiles.get("/api/network/edges/<int:edge>")
def one(edge: int) -> Response:
    """Give one edge."""
    count = network_tiles().network.edge_count
    if edge >= count:
        message = f"there is no edge {edge} in this network; it has {count:,}, from 0"
        raise NotFoundError(message)
    return answer(feature(edge), "application/geo+json")


@tiles.get("/api/network/edges")
def some() -> Response:
    """Give the edges of an area, as many as one answer may hold."""
    parts = request.args.get("bbox", "").split(",")
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        message = "edges are asked for by `bbox`: west,south,east,north in degrees"
        raise InputError(message) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 -- degrees
        message = "`bbox` must be west,south,east,north in degrees, west before east and south before north"
        raise InputError(message)
    drawn = network_tiles()
    network, rows = drawn.network, drawn.within(west, south, east, north)
    for name, codes, column in (("mode", MODES, network.mode), ("status", STATUSES, network.status)):
        if chosen := _codes(name, codes):
            rows = rows[[code in chosen for code in column[rows].tolist()]]
    if classes := _listed("class"):
        rows = rows[network.text["class"].isin(classes)[rows]]
    if len(rows) > MOST_EDGES:
        message = (
            f"the area holds {len(rows):,} edges, and an answer at most {MOST_EDGES:,}; give a smaller bbox, or a "
            "mode, status or class"
        )
        raise InputError(message)
    return _collection(rows.tolist())


def _collection(rows: list[int]) -> Response:
    return answer({"type": "FeatureCollection", "features": [feature(row) for row in rows]}, "application/geo+json")


def feature(edge: int) -> dict[str, Any]:
    """
    Describe one edge of the network shown.

    Parameters
    ----------
    edge
        Its row.

    Returns
    -------
    feature
        GeoJSON. Its id holds for this network alone. `facts` are labels and texts in the reader's language.
    """
    network = network_tiles().network
    texts = {name: _word(name, edge) for name in (*_TEXTS, "territory")}
    accuracy_m = float(network.accuracy_m[edge])
    way_id = int(network.way_id[edge])
    properties: dict[str, Any] = {
        "id": edge,
        "title": texts["name"] or texts["ref"] or sentence(words(texts["class"] or "line", {})),
        "mode": MODES[network.mode[edge]],
        "status": STATUSES[network.status[edge]],
        "structure": STRUCTURES[network.structure[edge]],
        **texts,
        "length_m": round(float(network.length_m[edge]), 2),
        "length_basis": LENGTH_BASES[network.length_basis[edge]],
        "oneway": bool(network.oneway[edge]),
        "accuracy_m": None if math.isnan(accuracy_m) else accuracy_m,
        "way_id": way_id or None if "OpenStreetMap" in (texts["source"] or "") else None,
        "data_date": network.data_date,
        "network": network_tiles().version,
    }
    properties["facts"] = _facts(properties)
    line = network.lines([edge])[0]  # type: ignore[arg-type]  # a list is as good as an array
    return {"type": "Feature", "id": edge, "geometry": mapping(line), "properties": properties}


def _facts(of: dict[str, Any]) -> list[list[str]]:
    """Write what a reader wants to know of an edge first, in the reader's language."""
    names = shown().territories
    not_known = _("not known")
    known = (
        (
            _("Class"),
            f"{_(words(of['mode'], MODE))}, {words(of['class'], {})}" if of["class"] else _(words(of["mode"], MODE)),
        ),
        (_("Status"), f"{_(words(of['status'], STATUS))} ({figures.as_of(of['data_date'])})"),
        (_("Where"), plain(names.get(of["territory"], of["territory"])) if of["territory"] else not_known),
        (_("Length"), f"{figures.length(of['length_m'])}, {_(words(of['length_basis'], BASIS))}"),
        (_("Number"), of["ref"]),
        (_("Structure"), _(words(of["structure"], STRUCTURE)) if of["structure"] != "none" else None),
        (_("Direction"), _("one way") if of["oneway"] else None),
        (_("Speed limit"), of["maxspeed"]),
        (_("Surface"), words(of["surface"], {}) if of["surface"] else None),
        (_("Gauge"), of["gauge"]),
        (_("Position"), _("within %(about)s", about=figures.about(of["accuracy_m"])) if of["accuracy_m"] else None),
        (_("Source"), f"{of['source'] or not_known}{_(', way %(id)s', id=of['way_id']) if of['way_id'] else ''}"),
    )
    return [[label, plain(text)] for label, text in known if text]


def _word(name: str, edge: int) -> str | None:
    column = network_tiles().network.text[name]
    return plain(column.words[column.codes[edge]]) or None if column.words else None


def _number(name: str, least: float, most: float, default: float | None = None) -> float:
    text = request.args.get(name, "")
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        message = f"`{name}` must be a number from {least:g} to {most:g}, not {plain(text)!r}"
        raise InputError(message)
    return value


def _listed(name: str) -> list[str]:
    return [part.strip() for value in request.args.getlist(name) for part in value.split(",") if part.strip()]


def _codes(name: str, known: tuple[str, ...]) -> tuple[int, ...]:
    for word in (given := _listed(name)):
        if word not in known:
            message = f"there is no {name} {plain(word)!r}; there are {', '.join(known)}"
            raise InputError(message)
    return tuple(known.index(word) for word in given)

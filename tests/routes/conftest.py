"""A made-up corridor between two states, and routes built edge by edge."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.network import STATUSES, STRUCTURES, Network
from geo.tags import WayTags
from geo.ways import Ways, assemble
from geo.words import Words
from routes.ground import Ground
from routes.journey import Journey
from routes.model import Place
from routes.permit import CLASSES, USABLE, Permit
from routes.route import Route
from routes.study import Study

BOUNDARIES = """\
{"type": "FeatureCollection", "id": "made-up", "title": "Two states", "border_tolerance_m": 500, "source": "made up",
 "licence": "CC0", "notice": "Indicative.", "features": [
 {"type": "Feature", "properties": {"territory": "ONE"}, "geometry": {"type": "Polygon", "coordinates":
  [[[10.0, 40.0], [10.5, 40.0], [10.5, 40.5], [10.0, 40.5], [10.0, 40.0]]]}},
 {"type": "Feature", "properties": {"territory": "TWO"}, "geometry": {"type": "Polygon", "coordinates":
  [[[10.5, 40.0], [11.0, 40.0], [11.0, 40.5], [10.5, 40.5], [10.5, 40.0]]]}}]}
"""
NETWORK = """\
{"type": "FeatureCollection", "title": "Made-up network", "data_date": "2026-01-02", "generalised": true,
 "sources": [{"id": "survey", "title": "Survey", "publisher": "A & B", "licence": "ODbL 1.0", "date": "2026-01-02"}],
 "features": [
 {"type": "Feature", "properties": {"mode": "road", "class": "primary", "status": "open", "stretch": "west",
  "source": "survey", "accuracy_m": 100, "name": "=West <Road>"},
  "geometry": {"type": "LineString", "coordinates": [[10.1, 40.2], [10.3, 40.25], [10.5, 40.2]]}},
 {"type": "Feature", "properties": {"mode": "road", "class": "secondary", "status": "construction", "stretch": "east",
  "source": "survey", "accuracy_m": 200, "length_km": 40},
  "geometry": {"type": "LineString", "coordinates": [[10.5, 40.2], [10.9, 40.2]]}},
 {"type": "Feature", "properties": {"mode": "rail", "class": "rail", "status": "open", "source": "survey"},
  "geometry": {"type": "LineString", "coordinates": [[10.1, 40.3], [10.2, 40.3]]}}]}
"""
PLACES = """\
id,name_en,name_local,territory,lon,lat,elev_m,role,size,source,note
a,Alpha,,ONE,10.1,40.2,,end,1,survey,
m,Middle,,ONE,10.5,40.2,,border,,survey,
b,Beta,,TWO,10.9,40.2,,end,1,survey,
far,Far,,TWO,10.9,40.45,,off the network,,survey,
"""
STUDY = """\
id = "made-up"
title = "A made-up corridor"
facts_until = "2026-06-01"
area = [9.5, 39.5, 11.5, 41.0]

[[crossings]]
id = "gate"
title = "The Gate"
mode = "road"
territories = ["ONE", "TWO"]
lon = 10.5
lat = 40.2
radius_m = 1000
status = "closed"
dwell_min = {lorry = [10, 20, 60]}
sources = ["survey"]

[[stretches]]
id = "west"
title = "West"
mode = "road"
from = "a"
to = "m"

[[stretches]]
id = "east"
title = "East"
mode = "road"
from = "m"
to = "b"

[[stretches]]
id = "detour"
title = "Detour"
mode = "road"
from = "b"
to = "far"

[[candidates]]
id = "way"
title = "The way"
mode = "road"
colour = "#0072B2"
stretches = ["west", "east"]
crossings = ["gate"]

[[candidates]]
id = "nowhere"
title = "The way that breaks"
mode = "road"
colour = "#D55E00"
stretches = ["west", "east", "detour"]
crossings = ["gate"]

[vehicles.lorry]
title = "Lorry"
mode = "road"
limit_kmh = 80
source = "survey"
gradient = [[0.0, 1.0], [0.1, 0.5]]
[vehicles.lorry.speed_kmh]
primary = [30, 60, 90]
"*" = [20, 40, 60]

[vehicles.train]
title = "Train"
mode = "rail"
limit_kmh = 120
[vehicles.train.speed_kmh]
"*" = [40, 60, 80]
"""
WORKS = """\
[[works]]
id = "W-1"
title = "Building the east"
modes = ["road"]
territory = ["TWO"]
stretches = ["east"]
status = "under construction"
last_seen = "2026-05-01"
sources = ["survey"]

[[works]]
id = "W-2"
title = "A gas pipe, no alignment published"
modes = ["pipeline"]
territory = ["TWO"]
status = "planned"
last_seen = "2026-05"
sources = ["survey"]

[[works]]
id = "W-3"
title = "A cable that concerns another candidate"
modes = ["fibre"]
territory = ["TWO"]
candidates = ["nowhere"]
status = "planned"
last_seen = "2026"
sources = ["survey"]

[standing.way]
standing = "offered"
sources = ["survey"]
"""
PROVISIONS = """\
after_facts = "Nothing later is known."

[[instruments]]
id = "PACT"
title = "The Pact of Two States"
short = "The Pact"
date = "2025-08-08"
parties = ["One", "Two"]
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
sources = ["survey"]

[[provisions]]
id = "PACT-1"
instrument = "PACT"
clause = "point 1"
date = "2025-08-08"
parties = ["One", "Two"]
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
modes = ["road"]
where = "in Two"
text = "Roads in Two shall be built."
verification = "verified"
sources = ["survey"]
[[provisions.applies]]
territory = ["TWO"]
status = ["construction", "proposed"]
reason = "It speaks of roads to build in Two."

[[provisions]]
id = "PACT-2"
instrument = "PACT"
clause = "point 2"
date = "2025-08-08"
parties = ["One", "Two"]
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
modes = ["border"]
where = "the Gate"
text = "The Gate shall be opened."
verification = "verified"
sources = ["survey"]
[[provisions.applies]]
crossing = ["gate"]
candidate = ["way"]
reason = "It names the Gate."

[[provisions]]
id = "PACT-3"
instrument = "PACT"
clause = "point 3"
date = "2025-08-08"
parties = ["One", "Two"]
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
modes = ["general"]
where = "nowhere"
text = ""
verification = "content not verified"
sources = ["survey"]
"""
SOURCES = """\
[[sources]]
id = "survey"
publisher = "A & B"
title = "Survey"
url = "https://example.org/survey"
date = "2026-01-02"
licence = "ODbL 1.0"
supports = "everything"
last_looked = "2026-06-01"
"""
FILES = {
    "study.toml": STUDY,
    "boundaries.geojson": BOUNDARIES,
    "network.geojson": NETWORK,
    "places.csv": PLACES,
    "works.toml": WORKS,
    "provisions.toml": PROVISIONS,
    "sources.toml": SOURCES,
}
EDGE: dict[str, Any] = {
    "km": 1.0,
    "territory": "ONE",
    "status": "open",
    "structure": "none",
    "class": "primary",
    "maxspeed": "",
    "surface": "",
    "stretch": "",
    "zone": None,
    "near": ("", 0.0),
    "heights": None,
    "forward": True,
}
LINE: dict[str, Any] = {
    "m": None,
    "mode": "road",
    "class": "primary",
    "status": "open",
    "oneway": False,
    "territory": "ONE",
}
WEST_AND_EAST = {"ONE": (10.0, 40.0, 10.5, 40.5), "TWO": (10.5, 40.0, 11.0, 40.5)}


@pytest.fixture(scope="session")
def corridor_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a study of two states with one closed crossing, The Gate, between them."""
    folder = tmp_path_factory.mktemp("corridor")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def corridor(corridor_folder: Path) -> Study:
    """That study, opened."""
    return Study.open(corridor_folder)


@pytest.fixture(scope="session")
def way(corridor: Study) -> Route:
    """Its candidate that resolves: open in ONE, then the closed Gate, then 40 km (published) to build in TWO."""
    return corridor.route("way")


@pytest.fixture(scope="session")
def nowhere(corridor: Study) -> Route:
    """Its candidate that breaks: no road leads to its last place."""
    return corridor.route("nowhere")


@pytest.fixture(scope="session")
def make_route(corridor: Study) -> Callable[..., Route]:
    """A function that builds a route of given edges in a row, each a dict that overrides `EDGE`."""

    def make(edges: Sequence[dict[str, Any]], *, mode: str = "road", relief_cell_m: float = 30.0) -> Route:
        rows = [{**EDGE, **edge} for edge in edges]
        network = _network(rows, mode, relief_cell_m)
        count = len(rows)
        return Route(
            study=corridor,
            network=network,
            id="built",
            title="Built",
            mode=mode,
            candidate=None,
            edges=np.arange(count),
            forward=np.array([row["forward"] for row in rows], dtype=bool),
            zone=np.array([row["zone"] or row["territory"] for row in rows], dtype=object),
            stretch=np.array([row["stretch"] for row in rows], dtype=object),
            link=np.full(count, "", dtype=object),
            passed=(),
            broken=None,
        )

    return make


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Study]:
    """
    A function that opens a study of nothing but what a test states.

    Lines are lists of lon, lat, or dicts with a key `line` and properties; places are (territory, lon, lat) by id;
    areas are (west, south, east, north) or rings by territory; the rest are tables of study.toml.
    """

    def make(
        lines: Sequence[Any],
        places: Mapping[str, tuple[str, float, float]],
        *,
        areas: Mapping[str, Sequence[Any]] = WEST_AND_EAST,
        tolerance_m: float = 500,
        **tables: Sequence[Mapping[str, Any]],
    ) -> Study:
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        features = [_feature(line) for line in lines]
        collection = {"type": "FeatureCollection", "id": "made-up", "title": "Made up"}
        header = 'id = "small"\ntitle = "Small"\nfacts_until = "2026-06-01"\narea = [9, 39, 12, 42]\n'
        texts = {
            "network.geojson": json.dumps(collection | {"features": features}),
            "boundaries.geojson": _boundaries(areas, tolerance_m),
            "places.csv": "id,name_en,territory,lon,lat\n"
            + "".join(f"{id_},{id_.title()},{where},{lon},{lat}\n" for id_, (where, lon, lat) in places.items()),
            "study.toml": header + "".join(_toml(name, row) for name, rows in tables.items() for row in rows),
            "works.toml": "",
            "provisions.toml": "",
            "sources.toml": "",
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        return Study.open(folder)

    return make


@pytest.fixture(scope="session")
def make_boundaries() -> Callable[[Mapping[str, Sequence[Any]], float], str]:
    """A function that writes a boundaries.geojson of areas, as `make_study` takes them, with a tolerance in metres."""
    return _boundaries


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """A function that builds a network of edges, dicts of from and to (node numbers) that may override `LINE`."""
    return _lines


@pytest.fixture(scope="session")
def make_journey(corridor: Study) -> Callable[..., Journey]:
    """A function that asks for a journey over a network, every border open, from one of its nodes to another."""

    def make(network: Network, start: int, end: int, mode: str = "road") -> Journey:
        ground = Ground(corridor, network)
        graph = ground.graph(mode)
        permit = Permit(mode, CLASSES[mode], frozenset(USABLE), borders=frozenset({"any"}))
        usable = np.isfinite(ground.weights(permit).weight)
        nodes = np.unique(graph.node)
        states = [np.flatnonzero(graph.node == nodes[number % len(nodes)]) for number in (start, end)]
        places = [Place(id=name, names={}, territory="", lon=0.0, lat=0.0) for name in ("start", "end")]
        return Journey(ground, places[0], places[1], permit, graph, usable, states[0], states[1])

    return make


def _feature(line: Any) -> dict[str, Any]:
    given = line if isinstance(line, dict) else {"line": line}
    properties = {"mode": "road", "class": "primary", "status": "open", **given}
    points = properties.pop("line")
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in points]},
    }


def _boundaries(areas: Mapping[str, Sequence[Any]], tolerance_m: float) -> str:
    rings = {key: area if len(area) != 4 else _box(*area) for key, area in areas.items()}
    polygons = [
        {"type": "Feature", "properties": {"territory": key}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for key, ring in rings.items()
    ]
    collection = {"type": "FeatureCollection", "id": "made-up", "title": "Made up", "features": polygons}
    return json.dumps(collection | {"border_tolerance_m": tolerance_m})


def _box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _toml(table: str, row: Mapping[str, Any]) -> str:
    """One table of an array; strings, numbers and lists are written alike in JSON and TOML."""
    return f"[[{table}]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in row.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


def _lines(edges: Sequence[dict[str, Any]], points: Mapping[int, tuple[float, float]] | None = None) -> Network:
    """Node n lies at points[n], or else some metres from the others; a loop gets a vertex of its own."""
    rows = [{**LINE, **edge} for edge in edges]
    ends = {row[end] for row in rows for end in ("from", "to")}
    known = points or {n: (10.1 + 0.001 * (n % 10), 40.1 + 0.001 * (n // 10)) for n in ends}
    known = {n: known[n] for n in ends}
    bends = {1000 + i: known[row["from"]] for i, row in enumerate(rows) if row["from"] == row["to"]}
    known |= {n: (lon + 0.0005, lat + 0.0005) for n, (lon, lat) in bends.items()}
    ids = sorted(known)
    e7 = np.rint(np.array([known[n] for n in ids]) * 1e7).astype(np.int32)
    ways = Ways(np.array(ids, dtype=np.int64), e7[:, 0], e7[:, 1])
    for i, row in enumerate(rows):
        nodes = [row["from"], *([1000 + i] if 1000 + i in known else []), row["to"]]
        tags = WayTags(row["mode"], row["class"], row["status"], direction=int(row["oneway"]))
        ways.add(tags, nodes, way_id=i + 1)
    network = assemble(ways, {"title": "Made up", "data_date": None, "generalised": False, "sources": []})
    text = dict(network.text)
    text["territory"] = Words.encode([row["territory"] for row in rows])
    length_m = [shape if row["m"] is None else row["m"] for row, shape in zip(rows, network.length_m, strict=True)]
    return replace(network, text=text, length_m=np.array(length_m, dtype=np.float64))


def _network(rows: list[dict[str, Any]], mode: str, relief_cell_m: float) -> Network:
    """Lay the edges end to end along a parallel; lengths are the published kilometres that the rows give."""
    count = len(rows)
    lon_e7 = (100_000_000 + 100_000 * np.arange(count + 1)).astype(np.int32)
    ways = Ways(np.arange(1, count + 2, dtype=np.int64), lon_e7, np.full(count + 1, 400_000_000, dtype=np.int32))
    for number, row in enumerate(rows, start=1):
        nodes = [number, number + 1] if row["forward"] else [number + 1, number]
        tags = WayTags(mode, row["class"], row["status"], maxspeed=row["maxspeed"], surface=row["surface"])
        ways.add(tags, nodes, way_id=number, length_m=row["km"] * 1000, source="survey")
    network = assemble(ways, {"title": "Built", "data_date": None, "generalised": False, "sources": []})
    text = dict(network.text)
    text["territory"] = Words.encode([row["territory"] for row in rows])
    text["near_territory"] = Words.encode([row["near"][0] for row in rows])
    status = np.array([STATUSES.index(row["status"]) for row in rows], dtype=np.uint8)
    structure = np.array([STRUCTURES.index(row["structure"]) for row in rows], dtype=np.uint8)
    near_m = network.shape_length_m * np.array([row["near"][1] for row in rows])
    network = replace(network, text=text, status=status, structure=structure, near_m=near_m)
    if rows[0]["heights"] is None:
        return network
    heights = [row["heights"] if row["forward"] else row["heights"][::-1] for row in rows]
    return replace(
        network,
        sample_offset=np.concatenate(([0], np.cumsum([len(h) for h in heights]))).astype(np.int64),
        sample_ele_m=np.concatenate(heights).astype(np.float32),
        meta={**network.meta, "relief": {"title": "Made up", "cell_m": relief_cell_m, "source": "made up"}},
    )

"""Proposed links: the shortest join of the two sides' largest parts, and nothing that anybody mistakes for a road."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from geo.network import STATUSES, Network
from geo.territory import split
from routes.links import LINK_SOURCE, join_links
from routes.metrics import properties
from routes.study import Study

MakeStudy = Callable[..., Study]
LINK = {
    "id": "link",
    "title": "The Link",
    "mode": "road",
    "territories": ["ONE", "TWO"],
    "lon": 10.5,
    "lat": 40.2,
    "search_m": 5000,
    "max_length_m": 3000,
}
GATE = {
    "id": "gate",
    "title": "Gate",
    "mode": "road",
    "territories": ["ONE", "TWO"],
    "lon": 10.5,
    "lat": 40.2,
    "radius_m": 3000,
    "status": "open",
    "dwell_min": {},
}
WEST = [(10.4, 40.2), (10.48, 40.2), (10.49, 40.2)]
EAST = [(10.51, 40.2), (10.52, 40.2), (10.6, 40.2)]
PLACES = {"a": ("ONE", 10.4, 40.2), "b": ("TWO", 10.6, 40.2)}
STRETCH = {"id": "s", "title": "S", "mode": "road", "from": "a", "to": "b"}
WAY = {"id": "way", "title": "Way", "mode": "road", "colour": "#000000", "stretches": ["s"], "crossings": ["gate"]}
TABLES: dict[str, Any] = {"links": [LINK], "crossings": [GATE], "stretches": [STRETCH]}


def linked(study: Study, network: Network | None = None) -> tuple[Network, np.ndarray[Any, np.dtype[np.intp]]]:
    """The network with its links, and the rows of the links' edges."""
    joined = join_links(study.network() if network is None else network, study)
    return joined, np.flatnonzero(joined.text["source"].isin((LINK_SOURCE,)))


def shape(network: Network, rows: np.ndarray[Any, np.dtype[np.intp]]) -> shapely.LineString:
    merged = shapely.line_merge(shapely.MultiLineString(list(network.lines(rows))))
    assert isinstance(merged, shapely.LineString)
    return merged


def test_a_link_joins_the_two_sides_and_is_cut_at_the_border(make_study: MakeStudy) -> None:
    network, rows = linked(make_study([WEST, EAST], PLACES, **TABLES))
    assert network.text["territory"].take(rows).decode().tolist() == ["ONE", "TWO"]
    assert {STATUSES[code] for code in network.status[rows]} == {"proposed"}
    assert set(network.text["geometry_basis"].take(rows).words) == {"proposed link"}
    assert set(network.text["stretch"].take(rows).words) == {"link"}
    assert sorted(shape(network, rows).coords) == [(10.49, 40.2), (10.5, 40.2), (10.51, 40.2)]


def test_a_candidate_uses_the_link_that_it_names(make_study: MakeStudy) -> None:
    named, unnamed = WAY | {"links": ["link"]}, WAY | {"id": "without"}
    study = make_study([WEST, EAST], PLACES, candidates=[named, unnamed], **TABLES)
    route = study.route("way")
    assert route.link.tolist() == ["", "link", "link", ""]
    assert route.stretch.tolist() == ["s", "", "", "s"]
    assert [c["id"] for c in route.crossings] == ["gate"]
    without = study.route("without")
    assert without.broken is not None
    assert without.broken.gap_m == pytest.approx(1703, abs=1)


@pytest.mark.parametrize("statuses", [None, ["open", "proposed"]])
def test_a_free_query_never_uses_a_link(make_study: MakeStudy, statuses: list[str] | None) -> None:
    study = make_study([WEST, EAST], PLACES, **TABLES)
    asked = study.plan("a", "b", mode="road", through=["any"], statuses=statuses)
    assert asked.broken is not None
    assert study.ground().stretch(study.stretches["s"]).broken is not None


def test_a_link_ends_on_the_largest_part_of_each_side(make_study: MakeStudy) -> None:
    stub = [(10.495, 40.2), (10.497, 40.201)]  # nearer to the border, and joined to nothing
    network, rows = linked(make_study([WEST, EAST, stub], PLACES, **TABLES))
    assert shape(network, rows).bounds[0] == 10.49


def test_a_link_is_the_shortest_join(make_study: MakeStudy) -> None:
    bent = [(10.4, 40.2), (10.49, 40.21), (10.49, 40.22)]
    east = [(10.505, 40.22), (10.51, 40.2), (10.52, 40.2), (10.6, 40.2)]
    places = PLACES | {"m": ("TWO", 10.51, 40.2)}
    network, rows = linked(make_study([bent, east], places, **TABLES))
    ends = {shape(network, rows).coords[0], shape(network, rows).coords[-1]}
    assert ends == {(10.49, 40.22), (10.505, 40.22)}


@pytest.mark.parametrize("change", [{"max_length_m": 1000}, {"search_m": 500}, {"mode": "rail"}])
def test_there_is_no_link_where_the_gap_is_wider_or_no_line_near(make_study: MakeStudy, change: dict[str, Any]) -> None:
    tables = TABLES | {"links": [LINK | change]}
    network, rows = linked(make_study([WEST, EAST], PLACES, **tables))
    assert len(rows) == 0
    assert network.edge_count == 2


def test_sides_that_meet_need_no_link(make_study: MakeStudy) -> None:
    through = [(10.4, 40.2), (10.5, 40.2), (10.6, 40.2)]
    study = make_study([through], PLACES, candidates=[WAY | {"links": ["link"]}], **TABLES)
    assert len(linked(study)[1]) == 0
    assert study.route("way").broken is None


CORNER: dict[str, Any] = {
    "ONE": (10.0, 40.0, 10.5, 40.5),
    "TWO": (10.5, 40.0, 11.0, 40.5),
    # A bend of a river: the third state's land reaches up to 40.203 between the two.
    "THREE": [[10.4985, 39.5], [10.5015, 39.5], [10.5015, 40.203], [10.4985, 40.203], [10.4985, 39.5]],
}


def test_a_link_goes_around_the_corner_of_a_third_state(make_study: MakeStudy) -> None:
    third = shapely.Polygon(CORNER["THREE"])
    rest = {}
    for key in ("ONE", "TWO"):
        land = shapely.box(*CORNER[key]).difference(third)
        rest[key] = [list(point) for point in land.exterior.coords]
    study = make_study([WEST, EAST], PLACES, areas=CORNER | rest, **TABLES)
    network, rows = linked(study)
    line = shape(network, rows)
    assert not line.intersects(third)
    assert set(network.text["territory"].take(rows).words) == {"ONE", "TWO"}
    length_m = network.length_m[rows].sum()
    assert 1703 < length_m < 2500  # straight on it would be 1703 m
    assert {line.coords[0], line.coords[-1]} == {(10.49, 40.2), (10.51, 40.2)}
    assert line.is_simple


def test_a_link_climbs_straight_between_the_heights_of_its_ends(
    make_study: MakeStudy, make_network: Callable[..., Network]
) -> None:
    study = make_study([WEST, EAST], PLACES, **TABLES)
    points = {1: (10.4, 40.2), 2: (10.49, 40.2), 3: (10.51, 40.2), 4: (10.6, 40.2)}
    flat = make_network([{"from": 1, "to": 2}, {"from": 3, "to": 4}], points)
    draped = replace(
        split(flat, study.boundaries()),
        sample_offset=np.array([0, 3, 5]),
        sample_ele_m=np.array([500, 520, 600, 800, 700], dtype=np.float32),
    )
    network, rows = linked(study, draped)
    heights = [network.heights(int(row)).tolist() for row in rows]
    assert heights in ([[600, 700], [700, 800]], [[800, 700], [700, 600]])


def test_a_study_without_links_leaves_a_network_as_it_is(make_study: MakeStudy) -> None:
    study = make_study([WEST, EAST], PLACES)
    assert join_links(study.network(), study) is study.network()


# -- what a route lists ----------------------------------------------------------------------------------------------

GAP = {"line": [WEST[-1], (10.5, 40.2), EAST[0]], "status": "proposed"}


def listed(study: Study) -> list[tuple[str | None, str, float]]:
    return [(row["id"], row["title"], row["length_m"]) for row in properties(study.route("way"))["links"]]


def test_a_gap_that_the_network_draws_at_a_declared_link_is_listed_as_that_link(make_study: MakeStudy) -> None:
    study = make_study([WEST, GAP, EAST], PLACES, candidates=[WAY], **TABLES)
    route = study.route("way")
    assert set(route.link) == {""}  # it is a line of the network, which needs no leave to be used
    ((id_, title, length_m),) = listed(study)
    assert (id_, title) == ("link", "The Link")
    assert length_m == pytest.approx(route.length_m[route.status == "proposed"].sum(), abs=1e-3)
    assert properties(route)["notice"].endswith("not open, among them The Link.")


@pytest.mark.parametrize(
    "change",
    [
        {"lon": 10.3, "territories": ["ONE", "TWO"], "search_m": 9000},
        {"mode": "rail"},
        {"territories": ["ONE", "THREE"]},
    ],
)
def test_a_proposed_line_that_is_no_declared_link_is_listed_by_its_name(
    make_study: MakeStudy, change: dict[str, Any]
) -> None:
    areas = {"ONE": (10, 40, 10.5, 41), "TWO": (10.5, 40, 11, 41), "THREE": (10, 41, 11, 41.5)}
    tables = TABLES | {"links": [LINK | change]}
    study = make_study([WEST, GAP | {"name": "New road"}, EAST], PLACES, areas=areas, candidates=[WAY], **tables)
    assert [(id_, title) for id_, title, _ in listed(study)] == [(None, "New road")]
    unnamed = make_study([WEST, GAP, EAST], PLACES, areas=areas, candidates=[WAY], **tables)
    assert [(id_, title) for id_, title, _ in listed(unnamed)] == [(None, "S")]
    assert properties(unnamed.route("way"))["notice"].endswith("not open, among them S (proposed).")


def test_a_link_that_the_study_joins_is_listed_once_with_both_its_sides(make_study: MakeStudy) -> None:
    study = make_study([WEST, EAST], PLACES, candidates=[WAY | {"links": ["link"]}], **TABLES)
    assert [(id_, title) for id_, title, _ in listed(study)] == [("link", "The Link")]

"""Missing links: closed borders, lines not in use and gaps, each with what it would change."""

from collections.abc import Callable

import numpy as np
import pytest

from geo.errors import InputError
from geo.network import Network
from routes.journey import Journey
from routes.missing import missing_links, table
from routes.rules import Rules, pose
from routes.study import Study

OPEN = frozenset({"open"})


def shut(journey: Journey, edge: int) -> Journey:
    """The journey as if an edge were not to be used."""
    return Journey(
        journey.ground, journey.origin, journey.destination, journey.permit, journey.graph,
        journey.open & (journey.graph.edge != edge), journey.starts, journey.ends,
    )  # fmt: skip


def test_a_line_not_in_use_saves_what_it_shortens(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    lines = [
        {"from": 1, "to": 2, "m": 3000.0, "status": "disused"},
        {"from": 1, "to": 3, "m": 4000.0},
        {"from": 3, "to": 2, "m": 4000.0},
    ]
    journey = shut(make_journey(make_network(lines), 0, 1), 0)
    (link,) = missing_links(journey)
    assert (link.kind, link.status, link.length_m) == ("line", "disused", 3000.0)
    assert (link.before_m, link.after_m, link.saving_m) == (8000.0, 3000.0, 5000.0)
    assert not link.needed


def test_links_are_ranked_by_the_cost_that_is_asked_for(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    """The disused line is longer than the open one, and yet there is nothing to build on it."""
    lines = [
        {"from": 1, "to": 2, "m": 9000.0, "status": "disused"},
        {"from": 1, "to": 2, "m": 4000.0, "status": "proposed"},
    ]
    journey = shut(make_journey(make_network(lines), 0, 1), 0)
    assert missing_links(journey) == []  # it shortens nothing
    journey = shut(make_journey(make_network([lines[0] | {"status": "open"}, lines[1]]), 0, 1), 0)
    (link,) = missing_links(journey, cost="build")
    assert (link.before, link.after, link.saving) == (4_000_000, 0.0, 4_000_000)
    assert (link.before_m, link.saving_m) == (None, None)  # these would be metres of the journey
    assert table([link]).saving_to_build_km.tolist() == [4.0]


def test_where_there_is_no_way_the_largest_part_of_what_is_missing_comes_first(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    lines = [
        {"from": 1, "to": 2, "m": 2000.0, "status": "construction"},
        {"from": 2, "to": 3, "m": 1000.0},
        {"from": 3, "to": 4, "m": 5000.0, "status": "abandoned"},
    ]
    journey = shut(shut(make_journey(make_network(lines), 0, 3), 0), 2)
    links = missing_links(journey, reach_m=1.0)  # the made-up nodes lie side by side
    assert [(link.status, link.length_m) for link in links] == [("abandoned", 5000.0), ("construction", 2000.0)]
    assert all(link.needed and link.before_m is None and link.after_m is None for link in links)


def test_a_gap_between_a_dead_end_and_a_line_nearby_is_found_and_makes_a_link(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    points = {1: (10.10, 40.1), 2: (10.20, 40.1), 3: (10.21, 40.1), 4: (10.30, 40.1)}
    lines = [{"from": 1, "to": 2, "m": 9000.0}, {"from": 3, "to": 4, "m": 8000.0}]
    journey = make_journey(make_network(lines, points), 0, 3)
    (link,) = missing_links(journey)
    assert link.kind == "gap"
    assert link.length_m == pytest.approx(853, abs=3)  # 0.01 degree at 40.1 north
    assert link.after_m == pytest.approx(17_853, abs=3)
    added = link.addition()
    assert (added.from_place, added.to_place) == ("10.200000 40.100000", "10.210000 40.100000")
    assert missing_links(journey, reach_m=500.0) == []


def test_a_closed_crossing_is_named_and_is_to_be_opened_not_built(corridor: Study) -> None:
    journey = pose(corridor, "a", "b", Rules("road"))
    (link,) = missing_links(journey)
    assert (link.kind, link.crossing, link.needed) == ("border", "gate", True)
    assert link.after_m is not None
    with pytest.raises(InputError, match="gate is a closed border; open the crossing"):
        link.addition()


def test_with_open_lines_only_the_unfinished_road_and_the_border_are_both_missing(corridor: Study) -> None:
    journey = pose(corridor, "a", "b", Rules("road", statuses=OPEN), from_any_line=True)
    links = missing_links(journey)
    assert [(link.kind, link.stretch or link.crossing) for link in links] == [("line", "east"), ("border", "gate")]
    listed = table(links)
    assert listed["rank"].tolist() == [1, 2]
    assert listed.geometry.geom_type.tolist() == ["LineString", "Point"]
    assert np.isclose(listed.length_m[0], 40_000, rtol=1e-6)


def test_a_reach_of_nothing_is_refused(corridor: Study) -> None:
    with pytest.raises(InputError, match="both must be above 0"):
        missing_links(pose(corridor, "a", "b", Rules("road")), reach_m=0.0)

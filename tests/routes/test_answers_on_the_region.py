"""The answers on the real extract of Syunik and its neighbours: what planners ask there."""

from pathlib import Path

import numpy as np
import pytest

from geo.network import Network
from routes.alternatives import alternatives
from routes.band import near_optimal
from routes.chokepoints import choke_points
from routes.costs import arc_cost
from routes.journey import Journey
from routes.loading import load_network
from routes.metrics import properties
from routes.missing import missing_links
from routes.pareto import EPSILON, front
from routes.rules import Rules, plan, pose
from routes.study import Study

EVERY = frozenset({"any"})
ENDS = "46.34242,39.51080", "46.24312,38.90121"  # Goris and Meghri


@pytest.fixture(scope="module")
def region(shared_data: Path, study: Study) -> Network:
    return load_network([shared_data / "osm" / "syunik-region-2021.osm.pbf"], study=study)


@pytest.fixture(scope="module")
def road(study: Study, region: Network) -> Journey:
    """Goris to Meghri as it is open today."""
    return pose(study, *ENDS, Rules("road"), region)


def test_three_distinct_ways_from_goris_to_meghri(road: Journey) -> None:
    found = alternatives(road, arc_cost(road, "distance"), 3)
    assert len(found.routes) == 3
    assert found.notice is None
    for place, route in enumerate(found.routes):
        assert route.length_m.sum() <= 1.4 * found.routes[0].length_m.sum()
        for other in found.routes[:place]:
            common = route.network.length_m[np.intersect1d(route.edges, other.edges)].sum()
            assert common <= 0.6 * min(route.length_m.sum(), other.length_m.sum())


def test_the_band_and_the_choke_points_from_goris_to_meghri(road: Journey) -> None:
    cost = arc_cost(road, "distance")
    exact, near = near_optimal(road, cost, 0.0), near_optimal(road, cost, 0.05)
    found = choke_points(road, cost)
    assert found is not None
    assert set(exact.edges.tolist()) == set(found.route.edges.tolist())  # the shortest way is unique here
    assert set(near.edges.tolist()) > set(exact.edges.tolist())
    rng = np.random.default_rng(1)
    for place in rng.choice(len(found.closed), 12, replace=False).tolist():
        without = np.where(road.graph.edge == found.route.edges[place], -1, cost)
        way = road.weigh(without).shortest(road.starts, road.ends)
        assert found.closed[place] == (np.inf if way is None else way[0])


def test_two_costs_are_exact_and_every_point_a_route(road: Journey) -> None:
    found = front(road, ["distance", "climb"])
    assert found.epsilon == 0
    assert len(found.ways) > 1
    assert found.table.length_m.is_monotonic_increasing
    assert found.table.climb_m.is_monotonic_decreasing
    assert all(route.broken is None for route in found.routes)


def test_three_costs_are_proven_within_half_a_per_cent(study: Study, region: Network, road: Journey) -> None:
    """Also where time jumps, as at the crossings between Horadiz and Nakhchivan."""
    across = pose(study, "horadiz", "nakhchivan", Rules("road", through=EVERY), region)
    for journey in (road, across):
        found = front(journey, ["distance", "time", "climb"])
        assert found.epsilon == EPSILON
        assert len(found.ways) > 3
        costs = np.array([way.cost for way in found.ways])
        for number in range(3):  # the least in each cost is among them
            least = journey.weigh(arc_cost(journey, found.costs[number])).shortest(journey.starts, journey.ends)
            assert least is not None
            assert costs[:, number].min() <= least[0] * (1 + EPSILON)


def test_a_railway_that_keeps_within_45_km_of_armenia_and_none_within_40(study: Study, region: Network) -> None:
    for cap_km, keeps in ((45.0, True), (40.0, False)):
        rules = Rules("rail", avoid=frozenset({"IR"}), cap_km={"AM": cap_km}, through=EVERY)
        journey = pose(study, "horadiz_stn", "nakhchivan_stn", rules, region)
        route = plan(journey, arc_cost(journey, "distance"), rules)
        if keeps:
            lengths = properties(route)["length_by_territory_m"]
            assert lengths["AM"] == pytest.approx(43_920, abs=500)
            assert "IR" not in lengths
        else:
            assert route.broken is not None
            assert "keeps within 40 km in AM; the least is 43.9 km in AM" in route.broken.reason


def test_with_open_track_alone_the_araxes_railway_is_what_is_missing(study: Study, region: Network) -> None:
    rules = Rules("rail", statuses=frozenset({"open"}))
    journey = pose(study, "horadiz_stn", "nakhchivan_stn", rules, region, from_any_line=True)
    links = missing_links(journey, most=20)
    stretches = {"horadiz-mincivan-rail", "mincivan-aghband-rail", "aghband-meghri-rail", "meghri-agarak-rail"}
    assert {link.stretch for link in links if link.kind == "line"} == stretches | {"agarak-ordubad-rail"}
    assert {link.crossing for link in links if link.kind == "border"} == {
        "aghband-nrnadzor-rail",
        "agarak-ordubad-rail",
    }
    assert all(link.needed for link in links)
    lengths = [link.length_m for link in links]
    assert lengths == sorted(lengths, reverse=True)
    disused = sum(link.length_m for link in links if link.status == "disused")
    assert disused == pytest.approx(28_430 + 21_600 + 34_610 + 8_360 + 12_500, abs=1500)

"""Where journeys begin: the nearest vertex of the largest part of the network, at home, within reach."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pyproj import Geod

from geo.network import Network
from routes.model import Place
from routes.permit import CLASSES, USABLE, Permit
from routes.snapping import component_by_length, cut_at_places, home, nearest_vertices, within_reach

GEOD = Geod(ellps="WGS84")
ROADS = Permit("road", CLASSES["road"], frozenset(USABLE))


@pytest.fixture
def network(make_network: Callable[..., Network]) -> Network:
    """ONE has a long road 1-2-3 and a short one 4-5 north of it; TWO has the longest of all, 6-7."""
    points = {
        1: (10.0, 40.0),
        2: (10.02, 40.0),
        3: (10.04, 40.0),
        4: (10.01, 40.02),
        5: (10.02, 40.02),
        6: (10.0, 40.04),
        7: (10.2, 40.04),
    }
    edges = [{"from": a, "to": b} for a, b in ((1, 2), (2, 3), (4, 5))]
    return make_network([*edges, {"from": 6, "to": 7, "territory": "TWO"}], points)


def vertex(network: Network, lon: float, lat: float, reach_m: float = 5_000, territory: str = "") -> tuple[int, int]:
    usable = np.ones(network.edge_count, dtype=bool)
    edges, vertices = nearest_vertices(network, usable, [(lon, lat)], reach_m, territory)
    assert len(edges) == len(vertices) == 1
    return int(edges[0]), int(vertices[0])


def test_the_largest_part_within_reach_is_chosen_before_the_nearest(network: Network) -> None:
    assert vertex(network, 10.011, 40.021, territory="ONE") == (0, 1)  # 2.3 km away, the short road is at hand
    assert vertex(network, 10.011, 40.021, 500, "ONE") == (2, 0)


def test_only_the_territory_asked_for_is_looked_at(network: Network) -> None:
    assert vertex(network, 10.011, 40.021) == (3, 0)  # the longest road of all lies in TWO
    assert vertex(network, 10.011, 40.021, territory="ONE")[0] < 3


def test_nothing_stands_for_a_point_out_of_reach(network: Network) -> None:
    usable = np.ones(network.edge_count, dtype=bool)
    edges, _vertices = nearest_vertices(network, usable, [(10.0, 40.5), (10.0, 40.0)], 5_000)
    assert edges.tolist() == [3]  # of the two points the second alone has one
    edges, _vertices = nearest_vertices(network, ~usable, [(10.0, 40.0)], 5_000)
    assert edges.tolist() == []


def test_parts_are_ranked_by_length_of_line(network: Network) -> None:
    rank = component_by_length(network, np.arange(network.edge_count))
    assert rank.tolist() == [1, 1, 1, 2, 2, 0, 0]


def test_a_distance_is_that_on_the_ellipsoid() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.uniform(44, 48, 4000), rng.uniform(38, 41, 4000)
    metres = np.array([GEOD.inv(46.0, 39.0, a, b)[2] for a, b in zip(x, y, strict=True)])
    close, away_m = within_reach(x, y, 46.0, 39.0, 30_000)
    assert close.tolist() == np.flatnonzero(metres <= 30_000).tolist()
    assert away_m == pytest.approx(metres[close])


def test_a_network_is_cut_once_at_the_nearest_vertex_of_a_place(make_network: Callable[..., Network]) -> None:
    network = make_network([{"from": 1, "to": 1}], {1: (10.0, 40.0)})  # out to 10.0005, 40.0005 and back
    place = Place("p", {}, "ONE", 10.0006, 40.0006)
    cut = cut_at_places(network, [(place, ROADS), (place, ROADS)])
    assert (cut.edge_count, cut.node_count) == (2, 2)
    assert cut.length_m.sum() == pytest.approx(network.length_m.sum())
    assert cut_at_places(cut, [(place, ROADS)]) is cut
    assert cut_at_places(network, []) is network


def test_home_is_the_territory_of_a_place_where_the_network_knows_it(network: Network) -> None:
    place = Place("p", {}, "THREE", 10.0, 40.0)
    assert home(network, replace(place, territory="TWO")) == "TWO"
    assert home(network, place) == ""  # split by boundaries that call it something else
    known = replace(network, meta={"boundaries": {"territories": ["ONE", "THREE", "TWO"]}})
    assert home(known, place) == "THREE"  # it exists, and no line lies in it

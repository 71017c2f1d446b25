"""The belt along the borders: a short way round exact geometry that changes nothing."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import borders
from geo.belt import Belt
from geo.measure import to_e7
from geo.network import Network
from geo.osm import read_osm
from geo.tags import WayTags
from geo.territory import BoundarySet, split
from geo.ways import Ways, assemble

# A state with a hole, a state in the hole, and a neighbour beyond a crooked border; elsewhere is no state.
HOLE = shapely.box(46.04, 39.04, 46.06, 39.06)
CROOKED = [(46.1, 39.0), (46.12, 39.03), (46.09, 39.06), (46.1, 39.1)]
AROUND = shapely.Polygon([(46.0, 39.0), *CROOKED, (46.0, 39.1)], [HOLE.exterior.coords])
BEYOND = shapely.Polygon([(46.2, 39.0), (46.2, 39.1), *reversed(CROOKED)])


def states(tolerance_m: float) -> BoundarySet:
    return BoundarySet(
        id="made",
        title="Made up",
        border_tolerance_m=tolerance_m,
        source="made up",
        licence="CC0",
        notice="Indicative.",
        territories=("A", "H", "B"),
        areas=np.array([AROUND, HOLE, BEYOND], dtype=object),
    )


def network(lines: list[list[tuple[float, float]]], accuracy_m: float = np.nan) -> Network:
    e7 = to_e7(np.array([point for line in lines for point in line]))
    ways = Ways(np.arange(len(e7)), e7[:, 0], e7[:, 1])
    first = 0
    for row, line in enumerate(lines):
        refs = list(range(first, first + len(line)))
        ways.add(WayTags("road", "primary", "open"), refs, way_id=row, accuracy_m=accuracy_m)
        first += len(line)
    return assemble(ways, {})


def content(found: Network, folder: Path) -> bytes:
    found.save(folder / "out.net")
    return (folder / "out.net").read_bytes()


def every_pair(circles, _borders, owner, _tolerance_m):
    """Say of no edge and no area whether one is near the other."""
    count, areas = len(circles[0]), np.unique(owner)
    pairs = count * len(areas)
    return np.repeat(np.arange(count), len(areas)), np.tile(areas, count), np.zeros(pairs, dtype=bool)


def require_exact(found: Network, boundaries: BoundarySet, folder: Path) -> None:
    """Split with the belt, and with every edge meeting exact geometry; compare all that is saved."""
    with_belt = content(split(found, boundaries), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Belt, "parts", lambda _self, network: np.zeros(network.edge_count, dtype=np.int32))
        patch.setattr(borders, "_within", every_pair)
        assert content(split(found, boundaries), folder) == with_belt


points = st.tuples(st.floats(45.95, 46.25), st.floats(38.97, 39.13))


@settings(max_examples=30)
@given(
    lines=st.lists(st.lists(points, min_size=2, max_size=6), min_size=1, max_size=8),
    tolerance_m=st.sampled_from([0.0, 50.0, 500.0, 3000.0]),
    accuracy_m=st.sampled_from([np.nan, 1200.0]),
)
def test_whatever_the_lines_are_the_belt_changes_nothing(lines, tolerance_m, accuracy_m, tmp_path_factory):
    require_exact(network(lines, accuracy_m), states(tolerance_m), tmp_path_factory.mktemp("split"))


def test_nor_on_real_roads_along_a_border_river(shared_data, root, tmp_path):
    real = read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"])
    require_exact(real, BoundarySet.read(root / "data" / "nakhchivan" / "boundaries.geojson"), tmp_path)


def test_most_of_a_wide_land_lies_outside_the_belt():
    """Else there would be nothing gained by it."""
    rng = np.random.default_rng(7)
    starts = rng.uniform((46.0, 39.0), (46.2, 39.1), (500, 2))
    short = [[(x, y), (x + 0.001, y + 0.001)] for x, y in starts.tolist()]
    rows, area = borders.in_reach(network(short), states(100.0))
    far = np.setdiff1d(np.arange(500), rows)
    assert len(far) > 250
    assert set(area[far].tolist()) == {0, 1, 2}

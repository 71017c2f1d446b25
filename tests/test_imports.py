"""What loads slowly is loaded only by who needs it: each command, and a load, begins without the others' libraries."""

import subprocess
import sys
from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Way

TABLES = {"pandas", "geopandas", "pyogrio"}
OTHERS = {"networkx", "osmnx", "rasterio", "requests", "dask", "altair", "folium", "flask"}
SPARSE = {"scipy.sparse", "scipy.spatial", "scipy.ndimage"}

LOAD = """
from pathlib import Path
import sys
from routes.engine import Engine
from routes.loading import load_network, save_network
from routes.permit import ANY, CLASSES, Permit
from routes.study import Study

osm, saved = map(Path, sys.argv[1:])
study = Study.open("nakhchivan")
network = load_network([osm], boundaries=study.folder / "boundaries.geojson")
save_network(network, saved)
permit = Permit("road", CLASSES["road"], frozenset({"open"}), borders=frozenset({ANY}))
way = Engine.build(study.ground(network), permit).route((45.701, 39.0), (45.703, 39.0))
assert way is not None and way.length_m > 100
"""


def loaded_by(code: str, *arguments: Path) -> set[str]:
    """Run some code in a process of its own, and list what it has imported."""
    told = f"{code}\nimport sys; print(*sys.modules)"
    command = [sys.executable, "-c", told, *map(str, arguments)]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


def test_the_door_opens_without_what_a_single_command_needs():
    found = loaded_by("import app")
    assert "numpy" in found
    assert not found & (TABLES | OTHERS | SPARSE | {"numba"})


@pytest.mark.parametrize("modules", ["geo.network, geo.osm, geo.territory", "routes.loading, routes.engine"])
def test_no_table_and_no_sparse_matrix_is_at_hand_before_it_is_asked_for(modules):
    assert not loaded_by(f"import {modules}") & (TABLES | OTHERS | SPARSE)


def test_a_network_is_loaded_saved_and_asked_without_tables(tmp_path):
    """Arrow and DuckDB load pandas by themselves where they can; see `geo.osm_columns`."""
    osm = tmp_path / "made.osm.pbf"
    with osmium.SimpleWriter(str(osm)) as writer:
        for number in range(4):
            writer.add_node(Node(id=number + 1, location=(45.7 + number / 1000, 39.0)))
        writer.add_way(Way(id=1, nodes=[1, 2, 3, 4], tags={"highway": "primary", "name": "A road", "lanes": "2"}))
        writer.add_way(Way(id=2, nodes=[2, 1], tags={"railway": "rail", "gauge": "1520"}))
    found = loaded_by(LOAD, osm, tmp_path / "made.net")
    assert {"numba", "shapely"} <= found
    assert not found & (TABLES | OTHERS)

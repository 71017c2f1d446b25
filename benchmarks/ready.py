"""
From an OSM file to a first answer, in one process: read, split, save, hierarchy, weights, way.

    python -m benchmarks.ready FILE.osm.pbf NETWORK [--heights]

Without --heights no relief is draped: the routers beside it have none. Prints the seconds of each step, as JSON, in
its last line.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.door import STUDY, Door
from routes.loading import load_network, save_network
from routes.study import Study


def main() -> None:
    """Load the file named first, save it as the file named second, and answer a first question on it."""
    osm, saved = (Path(name) for name in sys.argv[1:3])
    heights = "--heights" in sys.argv[3:]
    times = [("imports", time.perf_counter())]
    study = Study.open(STUDY)
    asked = {"study": study} if heights else {"boundaries": study.folder / "boundaries.geojson"}
    network = load_network([osm], **asked)
    times.append(("read and split", time.perf_counter()))
    save_network(network, saved)
    times.append(("save", time.perf_counter()))
    door = Door.over(study, network)
    times.append(("ground, hierarchy, weights", time.perf_counter()))
    door.first()
    times.append(("first way", time.perf_counter()))
    steps = {name: now - before for (_name, before), (name, now) in pairwise(times)}
    print(json.dumps(steps))


if __name__ == "__main__":
    main()

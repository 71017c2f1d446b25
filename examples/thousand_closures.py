"""What if each of the lines near a way were closed, one at a time? Answers by the thousand, with the engine alone."""

from __future__ import annotations

import sys
from time import perf_counter

import pandas as pd

from geo.network import Network
from routes.engine import Engine
from routes.study import Study

study = Study.open("nakhchivan")
network = Network.load(sys.argv[1]) if len(sys.argv) > 1 else None  # one that `load` saved; else the built-in one
engine = Engine.build(study.ground(network), study.permit("road", statuses=["open"]), cost="time")
goris, meghri = (engine.stops.at(study.places[name]) for name in ("goris", "meghri"))
best = engine.route(goris, meghri)
if best is None:
    sys.exit("There is no way from Goris to Meghri on open roads in this network.")

vehicle = engine.columns.vehicles[0]
started, rows = perf_counter(), []
for edge in best.edges:
    with engine.closed([edge]):
        way = engine.route(goris, meghri)
    rows.append(
        {
            "edge": int(edge),
            "later_min": None if way is None else (way.cost - best.cost) / 60_000,  # the cost of time is milliseconds
            "longer_km": None if way is None else (way.length_m - best.length_m) / 1000,
        }
    )
table = pd.DataFrame(rows)
print(f"{vehicle}: {best.length_m / 1000:.1f} km, {best.cost / 3_600_000:.1f} h at the central speeds")
print(f"{len(table)} closures in {perf_counter() - started:.2f} s; {int(table['later_min'].isna().sum())} leave no way")
print(table.sort_values("later_min", ascending=False).head().to_string(index=False))

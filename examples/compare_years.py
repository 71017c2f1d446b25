"""Compare the candidates as of 2027 and 2032: one tidy table for both years, and what changes between them."""

import numpy as np
import pandas as pd

from routes.comparison import compare
from routes.study import Study

YEARS = ("2027", "2032")
CASES = ["low", "central", "high"]
KEY_FIGURES = ["to_build_m", "crossings.not_open", "goods_time_s", "whole_year"]

study = Study.open("nakhchivan")

# One row for each metric of each route in each year, with unit, range, formula, sources, and a reason where not known.
tidy = pd.concat(
    [compare(*study.routes(scenario=study.asked(as_of=year))).assign(as_of=year) for year in YEARS], ignore_index=True
)
print(f"{len(tidy)} rows: {tidy['route'].nunique()} routes, {tidy['metric'].nunique()} metrics, {len(YEARS)} years")

# The years side by side. A figure that is not known stays so: it is never 0.
numbers = tidy[tidy["unit"] != ""]
figures = numbers.pivot(index=["route", "metric", "unit"], columns="as_of", values=CASES)  # noqa: PD010  (keeps unknowns)
shown = figures.loc[figures.index.isin(KEY_FIGURES, level="metric")]
print("\nKey figures")
print(shown.to_string(na_rep="not known", float_format="{:.0f}".format))
unknown = tidy[tidy["metric"].isin(KEY_FIGURES) & tidy["central"].isna()]
print(*sorted({f"{row.route}, {row.metric}: {row.reason}" for row in unknown.itertuples()}), sep="\n")

# What changes: a low, central or high value is another one in the later year.
before, after = (figures.loc[:, [(case, year) for case in CASES]].to_numpy() for year in YEARS)
changed = ((before != after) & ~(np.isnan(before) & np.isnan(after))).any(axis=1)
changes = figures["central"][changed]
print(f"\n{len(changes)} figures change from {YEARS[0]} to {YEARS[1]} (central values; -: none, or not known)")
print(changes.to_string(na_rep="-", float_format="{:.0f}".format))

moved = set(changes.index.get_level_values("route"))
print(f"\nNothing changes for: {', '.join(route for route in study.candidates if route not in moved) or 'none'}")
print(f"Facts until {study.facts_until}; what opens later is announced or assumed, and taken at its central year.")

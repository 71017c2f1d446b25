"""Where a network's status contradicts a newer sourced fact, both are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routes.route import Route

_SMALL_M = 100.0  # a status that holds for less of a stretch is no contradiction: ends never fit exactly


def status_conflicts(route: Route) -> list[dict[str, Any]]:
    """
    Compare the statuses of a route's stretches with the works on them.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    conflicts
        For each stretch and work that differ: `work`, `stretch`, `fact_status` (life-cycle word), `fact` (the works
        record's words), `fact_date`, `sources`, `network_status_m` (metres of the stretch by the network's status)
        and `network_date` (None where not known). Empty where the network is newer than the fact, or agrees.
    """
    found = []
    for name in dict.fromkeys(route.stretch.tolist()):
        for work in route.study.works:
            if name and name in work.get("stretches", ()) and work.get("line_status"):
                conflict = _compared(route, name, work)
                if conflict is not None:
                    found.append(conflict)
    return found


def _compared(route: Route, stretch: str, work: Mapping[str, Any]) -> dict[str, Any] | None:
    dated = route.network.data_date
    if dated is not None and dated >= str(work["status_date"]):
        return None
    here = (route.stretch == stretch) & np.isin(route.territory, work["territory"])
    metres = {
        status: float(route.length_m[here & (route.network_status == status)].sum())
        for status in set(route.network_status[here])
    }
    if sum(m for status, m in metres.items() if status != work["line_status"]) <= _SMALL_M:
        return None
    return {
        "work": work["id"],
        "stretch": stretch,
        "fact_status": work["line_status"],
        "fact": work["status"],
        "fact_date": str(work["status_date"]),
        "sources": list(work.get("sources", ())),
        "network_status_m": {status: round(m, 3) for status, m in sorted(metres.items())},
        "network_date": dated,
    }

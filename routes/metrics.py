"""What a route measures: each figure a pure function; `properties` gives them all, rounded, with reasons and basis."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.profile import ascent_estimate, highest_estimate, smoothing_window_m
from routes.basis import basis
from routes.freshness import status_conflicts
from routes.lengths import (
    NOT_KNOWN,
    geodesic_m,
    length_by,
    length_by_territory_range_m,
    length_m,
    length_range_m,
    near_border_m,
    proposed_lines,
    shape_length_m,
    sinuosity,
    to_build_m,
)
from routes.obstacles import condition, obstacle, usable_today
from routes.opening import whole_year
from routes.register import provisions_of
from routes.rounding import shares, to_mm
from routes.travel import travel_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.profile import AscentEstimate, HighestEstimate
    from routes.route import Route
    from routes.travel import Estimate, TravelTime

_NO_RELIEF = "not known: the network has no relief"
_BETWEEN = ("low", "central", "high")


def climb(route: Route) -> AscentEstimate | None:
    """
    Estimate ascent and descent.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    estimate
        See `geo.profile.ascent_estimate`, smoothed over three cells of the relief; None where there is no relief.
    """
    profile = route.profile
    if profile is None:
        return None
    return ascent_estimate(profile["distance_m"], profile["ele_m"], smoothing_window_m(profile["cell_m"]))


def highest(route: Route) -> HighestEstimate | None:
    """
    Estimate the highest point.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    estimate
        See `geo.profile.highest_estimate`, smoothed over three cells of the relief; None where there is no relief.
    """
    profile = route.profile
    if profile is None:
        return None
    return highest_estimate(profile["distance_m"], profile["ele_m"], smoothing_window_m(profile["cell_m"]))


def accuracy_m(route: Route) -> float | None:
    """
    Say how far the geometry may lie from the truth.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    accuracy_m
        Metres, the worst of the edges that state it; None where none does.
    """
    stated = route.network.accuracy_m[route.edges]
    stated = stated[~np.isnan(stated)]
    return float(stated.max()) if len(stated) else None


def properties(route: Route) -> dict[str, Any]:
    """
    Give everything that is known of a route, ready for JSON.

    Parameters
    ----------
    route
        A route, resolved or broken.

    Returns
    -------
    properties
        By the names that API, exports and tables share; units are in the names. Rounded here and only here: lengths
        to the millimetre, such that the parts by territory, status, class, structure and basis still add up to
        `length_m`; heights to 0.1 m, times to the second. What is not known is null, its reason in `reasons`; `basis`
        gives formula and sources.
    """
    meta = route.network.meta
    standing = None if route.candidate is None else route.candidate.standing.get("standing")
    reasons = {} if standing else {"standing": "a query has no standing" if route.candidate is None else NOT_KNOWN}
    measured, why = _unmeasured(route) if route.broken else _measured(route)
    return {
        "id": route.id,
        "title": route.title,
        "mode": route.mode,
        "standing": standing,
        **measured,
        "works": route.study.register.works_of(route),
        "status_conflicts": status_conflicts(route),
        "broken": route.broken.record() if route.broken else None,
        "network": {
            "title": meta.get("title"),
            "data_date": meta.get("data_date"),
            "generalised": bool(meta.get("generalised")),
            "accuracy_m": accuracy_m(route),
        },
        "facts_until": route.study.facts_until,
        "scenario": _scenario(route),
        "reasons": {**reasons, **why},
        "basis": basis(route),
    }


def _measured(route: Route) -> tuple[dict[str, Any], dict[str, str]]:
    total_m = to_mm(length_m(route))
    by_territory_m = shares(length_by(route, "territory"), total_m)
    straight = sinuosity(route)
    times = [travel_time(route, v) for v in route.study.vehicles.values() if v.mode == route.mode]
    heights, why = _heights(route)
    notice = obstacle(route)
    whole, why_not_whole = whole_year(route)
    measured = {
        "length_m": total_m,
        "length_range_m": [to_mm(metres) for metres in length_range_m(route)],
        "length_by_territory_m": by_territory_m,
        "length_by_territory_range_m": _ranges(route, by_territory_m),
        "length_near_border_m": to_mm(fsum(near_border_m(route).values())),
        "length_by_status_m": shares(length_by(route, "status"), total_m),
        "length_by_class_m": shares(length_by(route, "class"), total_m),
        "length_by_structure_m": shares(length_by(route, "structure"), total_m),
        "length_by_basis_m": shares(length_by(route, "length_basis"), total_m),
        "shape_length_m": to_mm(shape_length_m(route)),
        "geodesic_m": to_mm(geodesic_m(route)),
        "sinuosity": None if straight is None else round(straight, 4),
        "to_build_m": to_mm(to_build_m(route)),
        "time_s": {time.vehicle: _seconds(time.time_s) for time in times},
        "moving_s": {time.vehicle: _seconds(time.moving_s) for time in times},
        "dwell_s": {time.vehicle: _seconds(time.dwell_s) for time in times},
        "time_condition": condition(route),
        **heights,
        "crossings": [{**crossing, "at_m": to_mm(crossing["at_m"])} for crossing in route.crossings],
        "provisions": [{**row, "length_m": to_mm(row["length_m"])} for row in provisions_of(route)],
        "links": [
            {"id": line.id, "title": line.title, "length_m": to_mm(line.length_m)} for line in proposed_lines(route)
        ],
        "ends": [str(key) or None for key in (route.territory[0], route.territory[-1])],
        "whole_year": whole,
        "usable": notice is None,
        "usable_today": usable_today(route),
        "notice": notice,
    }
    if straight is None:
        why["sinuosity"] = "the route ends where it begins"
    if why_not_whole is not None:
        why["whole_year"] = why_not_whole
    return measured, {**why, **_why_no_time(times)}


def _unmeasured(route: Route) -> tuple[dict[str, Any], dict[str, str]]:
    """Null every figure of a broken route, with the break as the reason."""
    names = [
        *("length_m", "length_range_m", "length_by_territory_m", "length_by_territory_range_m", "length_near_border_m"),
        *("length_by_status_m", "length_by_class_m", "length_by_structure_m", "length_by_basis_m", "shape_length_m"),
        *("geodesic_m", "sinuosity", "to_build_m", "time_s", "moving_s", "dwell_s", "time_condition", "ascent_m"),
        *("ascent_range_m", "descent_m", "descent_range_m", "highest_m", "highest_range_m", "crossings", "provisions"),
        *("links", "ends", "whole_year", "usable", "usable_today"),
    ]
    reason = route.broken.reason if route.broken else NOT_KNOWN
    notice = f"Not resolved on this network: {reason}"
    return dict.fromkeys(names) | {"notice": notice}, dict.fromkeys(names, f"not resolved on this network: {reason}")


def _scenario(route: Route) -> dict[str, Any] | None:
    """Say what the route was found under, and what that changed: all of it, for a change elsewhere can move a route."""
    scenario = route.scenario
    if scenario is None or route.ground is None or route.ground.overlay is None:
        return None
    return {
        "id": scenario.id or None,
        "title": scenario.label,
        "text": scenario.text,
        "as_of": None if scenario.as_of is None else scenario.as_of.isoformat(),
        "case": scenario.case,
        "changes": [{**change, "length_m": to_mm(change["length_m"])} for change in route.ground.overlay.changes],
    }


def _heights(route: Route) -> tuple[dict[str, Any], dict[str, str]]:
    summed, top = climb(route), highest(route)
    judged = {
        name: (
            getattr(summed, f"{name}_m", None),
            getattr(summed, f"{name}_range_m", None),
            getattr(summed, f"{name}_reason", None),
        )
        for name in ("ascent", "descent")
    }
    judged["highest"] = (None, None, None) if top is None else (top.highest_m, top.range_m, top.reason)
    values: dict[str, Any] = {}
    why: dict[str, str] = {}
    for name, (value, limits, reason) in judged.items():
        values[f"{name}_m"] = None if value is None else round(value, 1)
        values[f"{name}_range_m"] = None if limits is None else [round(limit, 1) for limit in limits]
        why |= {key: reason or _NO_RELIEF for key in (f"{name}_m", f"{name}_range_m") if values[key] is None}
    return values, why


def _why_no_time(times: list[TravelTime]) -> dict[str, str]:
    if not times:
        return {"time_s": "the study states no vehicle of this mode"}
    reasons = dict.fromkeys(time.reason for time in times if time.reason)
    return {"time_s": "; ".join(reasons), "dwell_s": "; ".join(reasons)} if reasons else {}


def _ranges(route: Route, by_territory_m: Mapping[str, float]) -> dict[str, list[float]]:
    """Round the ranges so that they hold the rounded value, and equal it where nothing is in doubt."""
    exact = length_by(route, "territory")
    ranges = {}
    for key, (low, high) in length_by_territory_range_m(route).items():
        here, value = exact.get(key, 0.0), by_territory_m.get(key, 0.0)
        ranges[key] = [to_mm(max(value - (here - low), 0.0)), to_mm(value + (high - here))]
    return ranges


def _seconds(estimate: Estimate | None) -> dict[str, int] | None:
    return None if estimate is None else {name: round(getattr(estimate, name)) for name in _BETWEEN}

"""Routes as GeoJSON (RFC 7946): candidates as features, or one route by its segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from routes.metrics import properties
from routes.rounding import to_mm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routes.route import Route

_DECIMALS = 7  # degrees: as exact as a network keeps them


def route_collection(routes: Sequence[Route]) -> dict[str, Any]:
    """
    Give routes as one feature each.

    Parameters
    ----------
    routes
        Routes, broken ones included: their geometry is null.

    Returns
    -------
    collection
        A FeatureCollection; properties as in `routes.metrics.properties`, and what a file must say of itself.
    """
    records = [properties(route) for route in routes]
    features = [_feature(route.id, route.line, row) for route, row in zip(routes, records, strict=True)]
    about = provenance(routes[0], records) if routes else {}
    return {"type": "FeatureCollection", **_bbox([r.line for r in routes]), **about, "features": features}


def segment_collection(route: Route, *, profile: bool = False) -> dict[str, Any]:
    """
    Give one route by its segments.

    Parameters
    ----------
    route
        A route; a broken one is a single feature without geometry.
    profile
        Whether to add the heights along it.

    Returns
    -------
    collection
        A FeatureCollection with the member `route` (its properties) and, where asked for, `profile`.
    """
    whole = properties(route)
    if route.broken:
        features = [_feature(route.id, None, {"id": route.id, "route": route.id, "broken": whole["broken"]})]
    else:
        features = [
            _feature(row["id"], line, row)
            for row, line in zip(segment_rows(route), route.segments.geometry, strict=True)
        ]
    members = {"name": route.id, **_bbox([route.line]), **provenance(route, [whole]), "route": whole}
    if profile:
        members["profile"] = profile_record(route)
    return {"type": "FeatureCollection", **members, "features": features}


def segment_rows(route: Route) -> list[dict[str, Any]]:
    """
    Give a route's segments as plain rows.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    rows
        The columns of `route.segments` but its geometry; what is not known is None. Lengths are rounded to the
        millimetre such that a segment is as long as the distance from its begin to its end.
    """
    rows = []
    for row in route.segments.drop(columns="geometry").to_dict("records"):
        plain = {str(name): _plain(value) for name, value in row.items()}
        plain["from_m"], plain["to_m"] = to_mm(plain["from_m"]), to_mm(plain["to_m"])
        plain["length_m"] = to_mm(plain["to_m"] - plain["from_m"])
        plain["shape_length_m"], plain["near_m"] = to_mm(plain["shape_length_m"]), to_mm(plain["near_m"])
        rows.append(plain)
    return rows


def profile_record(route: Route) -> dict[str, Any] | None:
    """
    Give a route's heights as plain data.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    profile
        As `route.profile`: distances to 0.1 m, heights to 0.1 m, None where a height is not known; None where there
        is no relief.
    """
    profile = route.profile
    if profile is None:
        return None
    heights = np.asarray(profile["ele_m"], dtype=np.float64)
    return {
        **profile,
        "distance_m": [round(float(metres), 1) for metres in profile["distance_m"]],
        "ele_m": [None if np.isnan(metres) else round(float(metres), 1) for metres in heights],
        "tunnels": [[to_mm(float(a)), to_mm(float(b))] for a, b in profile["tunnels"]],
        "territories": [[to_mm(float(a)), to_mm(float(b)), key] for a, b, key in profile["territories"]],
    }


def provenance(route: Route, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """
    Say what a file of routes must say of itself.

    Parameters
    ----------
    route
        One of the routes: they share study and network.
    records
        Properties of the routes.

    Returns
    -------
    members
        attribution, boundary_notice, facts_until, network (title, data_date, generalised), and sources: the records
        of those that the figures name.
    """
    study, meta = route.study, route.network.meta
    boundaries = meta.get("boundaries") or {}
    listed = [*meta.get("sources", ()), *([boundaries] if boundaries else [])]
    named = dict.fromkeys(tag for record in records for entry in record["basis"].values() for tag in entry["sources"])
    keys = ("id", "title", "publisher", "licence", "date")
    sources = {s.get("id", s.get("title")): {key: s[key] for key in keys if key in s} for s in listed}
    for row in (study.sources[tag] for tag in named if tag in study.sources):  # by its own id: two aliases are one
        sources[row["id"]] = {**row, **sources.get(row["id"], {})}
    return {
        "attribution": attribution(route),
        "boundary_notice": boundaries.get("notice"),
        "facts_until": study.facts_until,
        "network": {name: meta.get(name) for name in ("title", "data_date", "generalised")},
        "sources": list(sources.values()),
    }


def attribution(route: Route) -> str:
    """
    Name whom the data of a route is owed to.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    attribution
        Title and publisher of each of the network's sources and of the boundary set, and the licence, said once for
        those that share it.
    """
    meta = route.network.meta
    under: dict[str, dict[str, None]] = {}  # a licence that several share is said once
    for s in meta.get("sources", ()):
        owed = f"{s.get('title', 'not known')}: {s.get('publisher', 'not known')}"
        under.setdefault(str(s.get("licence", "not known")), {})[owed] = None
    if boundaries := meta.get("boundaries"):
        under.setdefault(str(boundaries["licence"]), {})[f"{boundaries['title']}: {boundaries['source']}"] = None
    return "; ".join(f"{' and '.join(owed)}, {licence}" for licence, owed in under.items())


def _feature(id_: str, line: shapely.LineString | None, row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": id_, "properties": row, "geometry": _geometry(line)}


def _geometry(line: shapely.LineString | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {"type": "LineString", "coordinates": np.round(shapely.get_coordinates(line), _DECIMALS).tolist()}


def _bbox(lines: Sequence[shapely.LineString | None]) -> dict[str, list[float]]:
    """West, south, east, north of what there is; RFC 7946 has no bbox of nothing."""
    there = [line for line in lines if line is not None]
    if not there:
        return {}
    return {"bbox": np.round(shapely.total_bounds(np.array(there, dtype=object)), _DECIMALS).tolist()}


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever a column of segments holds)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value

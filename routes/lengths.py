"""Lengths of a route: whole, by what the edges are, near borders, straight, and still to build."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from geo.measure import geodesic_m as geodesics_m
from geo.network import LENGTH_BASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.route import Route

NOT_KNOWN = "not known"


def length_m(route: Route) -> float:
    """
    Measure a route.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    length_m
        Metres: sum of length_m of its edges, published where there is one, else of the shape.
    """
    return fsum(route.length_m)


def length_range_m(route: Route) -> tuple[float, float]:
    """
    Say between what the length may lie.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    low_m, high_m
        Metres: published lengths and detailed shapes count as they are, estimated ones between the estimate's low and
        high factor on the shape. See `geo.estimate`.
    """
    factors = route.network.meta.get("length_estimates", {}).get(route.mode)
    total_m = length_m(route)
    if not factors:
        return total_m, total_m
    shape_m = fsum(route.network.shape_length_m[route.edges][_column(route, "length_basis") == "estimated"])
    central = factors["central"]
    return total_m - (central - factors["low"]) * shape_m, total_m + (factors["high"] - central) * shape_m


def shape_length_m(route: Route) -> float:
    """
    Measure a route's geometry.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    shape_length_m
        Metres on the WGS84 ellipsoid: sum of shape_length_m of its edges.
    """
    return fsum(route.network.shape_length_m[route.edges])


def length_by(route: Route, column: str) -> dict[str, float]:
    """
    Share a route's length over the words of a column.

    Parameters
    ----------
    route
        A resolved route.
    column
        territory, status, structure, class or length_basis.

    Returns
    -------
    length_by_m
        Metres by word, sorted; the edges of a word, summed without error, so that the words add up to the length.
        What is not tagged counts as "not known".
    """
    words = _column(route, column)
    return {str(word) or NOT_KNOWN: fsum(route.length_m[words == word]) for word in sorted(set(words))}


def near_border_m(route: Route) -> dict[tuple[str, str], float]:
    """
    Measure where a route weaves along a border within tolerance.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    near_m
        Metres by pair (territory of the edge, territory across the border). Only pairs of territories between which
        the route weaves count: where it changes sides without a crossing. An edge's share within tolerance, which is
        measured on its shape, is taken of its length.
    """
    woven = {frozenset(pair) for pair in zip(route.zone, route.territory, strict=True) if pair[0] != pair[1]}
    other = route.network.text["near_territory"].take(route.edges).decode()
    shape_m = route.network.shape_length_m[route.edges]
    share = np.divide(route.network.near_m[route.edges], shape_m, out=np.zeros(len(shape_m)), where=shape_m > 0)
    near_m: dict[tuple[str, str], list[float]] = {}
    for pair, metres in zip(zip(route.territory, other, strict=True), share * route.length_m, strict=True):
        if metres > 0 and frozenset(pair) in woven:
            near_m.setdefault(pair, []).append(float(metres))
    return {pair: fsum(parts) for pair, parts in sorted(near_m.items())}


def length_by_territory_range_m(route: Route) -> dict[str, tuple[float, float]]:
    """
    Give the range that each territory's kilometres could take, were the border elsewhere within its tolerance.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    range_m
        Low and high metres by territory: its length less what of it lies near a border along which the route weaves;
        its length and what lies near it on the other side.
    """
    lengths, near_m = length_by(route, "territory"), near_border_m(route)
    keys = sorted({*lengths, *(key for pair in near_m for key in pair)})
    return {
        key: (
            lengths.get(key, 0.0) - fsum(m for (own, _), m in near_m.items() if own == key),
            lengths.get(key, 0.0) + fsum(m for (_, other), m in near_m.items() if other == key),
        )
        for key in keys
    }


def geodesic_m(route: Route) -> float:
    """
    Measure from one end of a route straight to the other.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    geodesic_m
        Metres on the WGS84 ellipsoid.
    """
    points = route.coordinates()
    return float(geodesics_m(*(np.array([value]) for value in (*points[0], *points[-1])))[0])


def sinuosity(route: Route) -> float | None:
    """
    Compare a route's shape with the straight line between its ends.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    sinuosity
        shape_length_m / geodesic_m, no unit, at least 1; None where the ends are one place.
    """
    straight_m = geodesic_m(route)
    return shape_length_m(route) / straight_m if straight_m > 0 else None


def to_build_m(route: Route) -> float:
    """
    Measure what must be built or rebuilt.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    to_build_m
        Metres: length of the edges whose status is not open, proposed links included.
    """
    return fsum(route.length_m[route.status != "open"])


def link_lengths_m(route: Route) -> dict[str, float]:
    """
    Measure the proposed links on a route.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    length_m
        Metres by id of the link, in order of travel.
    """
    return {str(link): fsum(route.length_m[route.link == link]) for link in dict.fromkeys(route.link) if link}


def _column(route: Route, name: str) -> NDArray[np.object_]:
    if name == "class":
        return route.network.text["class"].take(route.edges).decode()
    if name == "length_basis":
        return np.array(LENGTH_BASES, dtype=object)[route.network.length_basis[route.edges]]
    columns = {"territory": route.territory, "status": route.status, "structure": route.structure}
    return columns[name]

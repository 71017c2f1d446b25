"""Lengths of a route: whole, by what the edges are, near borders, straight, and still to build."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.measure import flat_frame
from geo.measure import geodesic_m as geodesics_m
from geo.network import LENGTH_BASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.route import Route

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class ProposedLine:
    """
    A line on a route that does not exist.

    Attributes
    ----------
    id
        Of the link that the study declares, or of the line that a scenario adds; None for another line that the
        network shows as proposed.
    title
        Of the link; else the line's name, or the title of its stretch.
    length_m
        Metres on this route.
    opened
        True where the route's scenario has opened all of it.
    """

    id: str | None
    title: str
    length_m: float
    opened: bool = False


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


def proposed_lines(route: Route) -> list[ProposedLine]:
    """
    List the lines on a route that are only proposed.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    lines
        In order of travel: each link that the study declares once, whether the study joined it to the network or the
        network draws it, and each other run of proposed edges. A run of edges of status proposed stands for the nearest
        declared link of its mode that joins the territories it passes, if the link's point lies within its `search_m`
        of the run. What a scenario opens is still listed: it does not exist.
    """
    ids = _link_ids(route)
    proposed = (route.network_status == "proposed") | (route.link != "")
    found: dict[str | int, ProposedLine] = {}
    for a, b in route.runs(ids, proposed):
        if not proposed[a]:
            continue
        metres, opened = fsum(route.length_m[a:b]), bool((route.status[a:b] == "open").all())
        key: str | int = str(ids[a]) or a
        line = ProposedLine(str(ids[a]) or None, _title(route, str(ids[a]), a, b), metres, opened)
        if key in found:
            line = replace(line, length_m=found[key].length_m + metres, opened=found[key].opened and opened)
        found[key] = line
    return list(found.values())


def _link_ids(route: Route) -> NDArray[np.object_]:
    """For each edge, the link that it is: as the study joined it, or as the run of proposed edges lies by one."""
    ids = route.link.copy()
    drawn = (route.network_status == "proposed") & (ids == "")
    for a, b in route.runs(drawn):
        if drawn[a]:
            ids[a:b] = _declared_link(route, a, b)
    return ids


def _declared_link(route: Route, a: int, b: int) -> str:
    """Find the link that a run of edges stands for; empty where none is declared near it between its territories."""
    lines = route.network.lines(route.edges[a:b])
    sides = set(route.zone[a:b]) - {""}
    near: dict[str, float] = {}
    for link in route.study.links.values():
        if link.mode == route.mode and sides <= set(link.territories):
            here = shapely.transform(lines, flat_frame(link.lon, link.lat))
            near[link.id] = float(shapely.distance(here, shapely.Point(0, 0)).min())
    within = {id_: metres for id_, metres in near.items() if metres <= route.study.links[id_].search_m}
    return min(within, key=lambda id_: within[id_], default="")


def _title(route: Route, link: str, a: int, b: int) -> str:
    """Name a run of proposed edges: by its link, else as the network or the study names the line."""
    if link:
        return route.links[link].title
    names = dict.fromkeys(route.network.text["name"].take(route.edges[a:b]).decode())
    stretches = (route.study.stretches.get(str(id_)) for id_ in dict.fromkeys(route.stretch[a:b]))
    titles = [name for name in names if name] or [stretch.title for stretch in stretches if stretch]
    return " and ".join(titles) or "Proposed line without a name"


def _column(route: Route, name: str) -> NDArray[np.object_]:
    if name == "class":
        return route.network.text["class"].take(route.edges).decode()
    if name == "length_basis":
        return np.array(LENGTH_BASES, dtype=object)[route.network.length_basis[route.edges]]
    columns = {"territory": route.territory, "status": route.status, "structure": route.structure}
    return columns[name]

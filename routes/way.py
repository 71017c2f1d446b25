"""A way found by the engine: its edges, its geometry and its measures as arrays, ready in well under a millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from geo.kernel import kernel
from geo.measure import E7, geodesic_m
from geo.network import LENGTH_BASES, STATUSES, STRUCTURES, gather
from geo.profile import ascent_estimate, highest_estimate, smoothing_window_m
from routes.graph import zone_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.profile import AscentEstimate, HighestEstimate
    from routes.ground import Ground
    from routes.model import Vehicle

    I32: TypeAlias = NDArray[np.int32]
    I64: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]

_NOT_KNOWN = "not known"
_ROUNDING = 1e-9  # of a share
_OPEN = STATUSES.index("open")


@dataclass(frozen=True, eq=False)
class Way:
    """
    The cheapest way between two points, as arrays.

    Attributes
    ----------
    cost
        In the integers of the search.
    edges, forward, share
        Rows of the network's edges in order, whether each is taken along its geometry, and what share of it is: 1 but
        for a first or last edge that the way enters or leaves on the way.
    zone
        Code of the territory that the traveller counts as being in on each edge.
    at_m
        How far along the way each edge begins, metres; one more entry for the end.
    lon, lat
        Vertices in the direction of travel, degrees.
    measures
        The metrics of `routes.metrics.properties` that hold for any way, by the same names: lengths in metres by
        territory, status, class, structure and basis, sinuosity, `to_build_m`, `time_s` by vehicle, crossings. Ascent
        and the highest point are worked out when asked for; see `climb` and `highest`.
    network
        The network.
    """

    cost: int
    edges: I32
    forward: NDArray[np.bool_]
    share: NDArray[np.float64]
    zone: I32
    at_m: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    measures: Mapping[str, Any]
    network: Network

    @cached_property
    def profile(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Distances along the way and heights there, metres; None where the network has no relief."""
        network = self.network
        if not network.meta.get("relief") or not network.has_relief or len(self.edges) == 0:
            return None
        offset, index = gather(network.sample_offset, self.edges.astype(np.intp))
        count = np.diff(offset)
        along = np.arange(len(index)) - np.repeat(offset[:-1], count)
        part = along / np.repeat(np.maximum(count - 1, 1), count)
        onward = np.repeat(self.forward, count)
        last = np.repeat(offset[1:] - 1 + offset[:-1], count) - np.arange(len(index))
        ele_m = network.sample_ele_m[index[np.where(onward, np.arange(len(index)), last)]].astype(np.float64)
        # Of an edge that is entered or left on the way, the share that is taken lies at its end or at its beginning.
        share = np.repeat(self.share, count)
        before = np.zeros(len(self.edges))
        before[0] = 1.0 - self.share[0] if len(self.edges) > 1 else 0.0
        taken = part - np.repeat(before, count)
        kept = (taken >= -_ROUNDING) & (taken <= share + _ROUNDING)
        step_m = np.repeat(network.length_m[self.edges], count)
        distance_m = (np.repeat(self.at_m[:-1], count) + np.clip(taken, 0.0, share) * step_m)[kept]
        return np.maximum.accumulate(distance_m), ele_m[kept]

    @property
    def climb(self) -> AscentEstimate | None:
        """Ascent and descent, see `geo.profile.ascent_estimate`; None where the network has no relief."""
        if self.profile is None:
            return None
        return ascent_estimate(*self.profile, smoothing_window_m(self.network.meta["relief"]["cell_m"]))

    @property
    def highest(self) -> HighestEstimate | None:
        """The highest point, see `geo.profile.highest_estimate`; None where the network has no relief."""
        if self.profile is None:
            return None
        return highest_estimate(*self.profile, smoothing_window_m(self.network.meta["relief"]["cell_m"]))

    @property
    def length_m(self) -> float:
        """Length in metres; published where there is one, else of the shape."""
        return float(self.at_m[-1])


@dataclass(frozen=True, eq=False)
class Columns:
    """
    What measuring a way needs of each edge, worked out once.

    Attributes
    ----------
    network
        The network.
    zones
        Territory keys by zone code.
    own, near
        Code of each edge's territory, and of the one across the border that it lies near; -1 where there is none.
    group
        For each edge, the number of its combination of territory, status, class, structure and length basis.
    words
        The words of each combination, in that order.
    vehicles
        Their ids.
    seconds
        Seconds for each edge by vehicle: low, central, high; shape (vehicles, edges, 3). Gradients are not counted.
    """

    network: Network
    zones: tuple[str, ...]
    own: I32
    near: I32
    group: I32
    words: tuple[tuple[str, ...], ...]
    vehicles: tuple[str, ...]
    seconds: NDArray[np.float64]

    @classmethod
    def of(cls, ground: Ground, vehicles: Mapping[str, Vehicle]) -> Columns:
        """
        Work them out.

        Parameters
        ----------
        ground
            A study on a network.
        vehicles
            By id; all of one mode.

        Returns
        -------
        columns
            Of the ground's network.
        """
        from routes.travel import edge_seconds  # noqa: PLC0415

        network = ground.network
        zones, own, near = zone_codes(network)
        class_ = network.text["class"]
        codes: list[NDArray[Any]] = [own, network.status, class_.codes, network.structure, network.length_basis]
        tables: list[tuple[str, ...]] = [zones, STATUSES, class_.words, STRUCTURES, LENGTH_BASES]
        key = np.zeros(network.edge_count, dtype=np.int64)
        for code, table in zip(codes, tables, strict=True):
            key = key * len(table) + code
        _keys, first, group = np.unique(key, return_index=True, return_inverse=True)
        words = tuple(
            tuple(str(table[code[row]]) or _NOT_KNOWN for code, table in zip(codes, tables, strict=True))
            for row in first
        )
        seconds = np.empty((len(vehicles), network.edge_count, 3))
        for place, vehicle in enumerate(vehicles.values()):
            seconds[place] = edge_seconds(network, vehicle)
        return cls(network, zones, own, near, group.astype(np.int32), words, tuple(vehicles), seconds)

    def lengths(self, metres: NDArray[np.float64]) -> dict[str, dict[str, float]]:
        """
        Share a length over territories, statuses, classes, structures and bases.

        Parameters
        ----------
        metres
            Length of each combination that the way meets; NaN for the others.

        Returns
        -------
        length_m
            Metres by the name of the metric, and by word.
        """
        names = ("territory", "status", "class", "structure", "basis")
        found: dict[str, dict[str, float]] = {f"length_by_{name}_m": {} for name in names}
        for group in np.flatnonzero(~np.isnan(metres)).tolist():
            for by, word in zip(found.values(), self.words[group], strict=True):
                by[word] = by.get(word, 0.0) + float(metres[group])
        return found

    def near_border_m(self, edges: I32, zone: I32, length_m: NDArray[np.float64]) -> dict[tuple[str, str], float]:
        """
        Measure where a way weaves along a border within tolerance; see `routes.lengths.near_border_m`.

        Parameters
        ----------
        edges, zone
            Of the way.
        length_m
            What counts of each edge, metres.

        Returns
        -------
        near_m
            Metres by pair (territory of the edge, territory across the border).
        """
        own, across = self.own[edges], self.near[edges]
        weaving = np.flatnonzero(zone != own)
        if len(weaving) == 0:
            return {}
        count = len(self.zones)
        woven = np.zeros((count, count), dtype=bool)
        woven[zone[weaving], own[weaving]] = woven[own[weaving], zone[weaving]] = True
        hit = np.flatnonzero(across >= 0)
        hit = hit[woven[own[hit], across[hit]]]
        shape_m = self.network.shape_length_m[edges[hit]]
        share = np.divide(self.network.near_m[edges[hit]], shape_m, out=np.zeros(len(hit)), where=shape_m > 0)
        pair = own[hit] * count + across[hit]
        metres = np.bincount(pair, weights=share * length_m[hit], minlength=count * count)
        found = np.flatnonzero(metres).tolist()
        return {(self.zones[number // count], self.zones[number % count]): float(metres[number]) for number in found}


def measure(
    columns: Columns,
    edges: I32,
    forward: NDArray[np.bool_],
    share: NDArray[np.float64],
    zone: I32,
    trim: tuple[int, int] = (0, 0),
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """
    Measure a way.

    Parameters
    ----------
    columns
        Of the network.
    edges, forward, share, zone
        Of the way; see `Way`.
    trim
        How many vertices of its first and last edge lie before its beginning and behind its end.

    Returns
    -------
    at_m, lon, lat, measures
        See `Way`; without crossings and dwell.
    """
    network = columns.network
    at_m, shape_m, to_build_m, groups, moving_s = _sums(
        edges, share, (network.length_m, network.shape_length_m), network.status, columns.group, len(columns.words),
        columns.seconds,
    )  # fmt: skip
    traced = _trace(network.vertex_offset, network.vertex_lon_e7, network.vertex_lat_e7, edges, forward)
    lon, lat = (part[trim[0] : len(part) - trim[1]] / E7 for part in traced)
    near_m = columns.near_border_m(edges, zone, np.diff(at_m))
    lengths = columns.lengths(groups)
    by_territory = lengths["length_by_territory_m"]
    keys = {*by_territory, *(key for pair in near_m for key in pair)}
    straight_m = float(geodesic_m(lon[:1], lat[:1], lon[-1:], lat[-1:])[0]) if len(lon) else 0.0
    measures: dict[str, Any] = {
        "length_m": float(at_m[-1]),
        **lengths,
        "length_by_territory_range_m": {
            key: [
                by_territory.get(key, 0.0) - sum(m for (own, _), m in near_m.items() if own == key),
                by_territory.get(key, 0.0) + sum(m for (_, other), m in near_m.items() if other == key),
            ]
            for key in sorted(keys)
        },
        "length_near_border_m": sum(near_m.values()),
        "shape_length_m": shape_m,
        "geodesic_m": straight_m,
        "sinuosity": shape_m / straight_m if straight_m > 0 else None,
        "to_build_m": to_build_m,
        "moving_s": dict(zip(columns.vehicles, moving_s, strict=True)),
    }
    return at_m, lon, lat, measures


@kernel
def _sums(
    edges: I32,
    share: Floats,
    metres: tuple[Floats, Floats],
    status: NDArray[np.uint8],
    group: I32,
    groups: int,
    seconds: Floats,
) -> tuple[Floats, float, float, Floats, Floats]:
    """Add up in one pass: where edges begin, the shape, what is not open, each combination, each vehicle's time."""
    length_m, shape_length_m = metres
    at_m = np.zeros(len(edges) + 1)
    shape_m, to_build_m = 0.0, 0.0
    by_group = np.full(groups, np.nan)
    moving_s = np.zeros((len(seconds), 3))
    for k in range(len(edges)):
        e = edges[k]
        along_m = length_m[e] * share[k]
        at_m[k + 1] = at_m[k] + along_m
        shape_m += shape_length_m[e] * share[k]
        if status[e] != _OPEN:
            to_build_m += along_m
        if np.isnan(by_group[group[e]]):
            by_group[group[e]] = 0.0
        by_group[group[e]] += along_m
        for vehicle in range(len(seconds)):
            for bound in range(3):
                moving_s[vehicle, bound] += seconds[vehicle, e, bound] * share[k]
    return at_m, shape_m, to_build_m, by_group, moving_s


@kernel
def _trace(offset: I64, lon: I32, lat: I32, edges: I32, forward: NDArray[np.bool_]) -> tuple[I32, I32]:
    """Give the vertices of edges end to end, each edge in the direction in which it is taken."""
    count = 1
    for k in range(len(edges)):
        count += offset[edges[k] + 1] - offset[edges[k]] - 1
    x, y = np.empty(count, np.int32), np.empty(count, np.int32)
    n = 0
    for k in range(len(edges)):
        first, last = offset[edges[k]], offset[edges[k] + 1]
        for i in range(first if n == 0 else first + 1, last):
            j = i if forward[k] else last - 1 - (i - first)
            x[n], y[n] = lon[j], lat[j]
            n += 1
    return x[:n].copy(), y[:n].copy()

"""Peers' ways traced on our own network: the same roads measured twice, and the borders that they pass."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from geo.measure import geodesic_m
from routes.permit import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

_HALF, _LOW = 32, 0xFFFFFFFF
_AROUND = [(0, 0), (0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)]
_CHUNK_BITS, _CHUNK_MASK, _ASCII, _LAST = 5, 0x1F, 63, 0x20
_POLYLINE = 1e6
_SHORT_M = 300.0  # a road that weaves along a border is in the other territory for less than this at a time
_M_PER_KM = 1000


@dataclass(frozen=True, eq=False)
class Trace:
    """
    A way of a peer on our network.

    Attributes
    ----------
    shape_m
        Length of the peer's geometry, measured by us on the ellipsoid, metres.
    matched_m
        How much of it runs along edges of our network, from vertex to vertex.
    edges
        Edge of each piece that does, in order.
    piece_m
        Length of each such piece.
    """

    shape_m: float
    matched_m: float
    edges: NDArray[np.intp]
    piece_m: NDArray[np.float64]

    def territories(self, network: Network) -> list[str]:
        """
        List the territories that it passes through.

        Parameters
        ----------
        network
            The network.

        Returns
        -------
        keys
            In order; without visits shorter than 300 m, as of a road that weaves along a border.
        """
        keys = network.text["territory"].take(self.edges).decode()
        runs = [(key, sum(m for _key, m in run)) for key, run in groupby(zip(keys, self.piece_m, strict=True), _first)]
        long = [key for key, length_m in runs if key and length_m >= _SHORT_M]
        return [key for key, _run in groupby(long)]

    def barred_km(self, network: Network) -> dict[str, float]:
        """
        Say how much of it lies on classes that a search here leaves out.

        Parameters
        ----------
        network
            The network.

        Returns
        -------
        barred_km
            By class, kilometres.
        """
        classes = network.text["class"].take(self.edges).decode()
        barred: dict[str, float] = {}
        for class_, length_m in zip(classes, self.piece_m.tolist(), strict=True):
            if class_ not in CLASSES["road"]:
                barred[class_] = barred.get(class_, 0.0) + length_m / _M_PER_KM
        return barred


class Tracer:
    """
    Finds a network's edges under other programs' geometry, vertex by vertex.

    Parameters
    ----------
    network
        The network; its vertices are OSM's nodes, as the peers' are.
    """

    def __init__(self, network: Network) -> None:
        keys = _pack(network.vertex_lon_e7.astype(np.int64), network.vertex_lat_e7.astype(np.int64))
        self._keys, point = np.unique(keys, return_inverse=True)
        lon_e7, lat_e7 = self._keys >> _HALF, self._keys & _LOW
        rounded = _pack(_to_e6(lon_e7), _to_e6(lat_e7))
        self._by_e6 = np.argsort(rounded, kind="stable")
        self._e6 = rounded[self._by_e6]
        inner = np.ones(len(point), dtype=bool)
        inner[network.vertex_offset[1:] - 1] = False
        begin = np.flatnonzero(inner)
        start, end = point[begin], point[begin + 1]
        pieces = np.concatenate((_pack(start, end), _pack(end, start)))
        order = np.argsort(pieces, kind="stable")
        self._pieces = pieces[order]
        edge = np.repeat(np.arange(network.edge_count), np.diff(network.vertex_offset))[begin]
        self._edge = np.concatenate((edge, edge))[order]

    def trace(self, shape: str) -> Trace:
        """
        Trace a way.

        Parameters
        ----------
        shape
            Its geometry, an encoded polyline of 1e-6 degree.

        Returns
        -------
        trace
            Its first and last piece, which begin or end between two nodes, are not matched.
        """
        lon, lat = decode_polyline(shape)
        hop_m = geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
        point = self._points(lon, lat)
        steps = [self._step(int(a), int(b)) for a, b in pairwise(point)]
        edges = np.array(steps, dtype=np.intp)
        good = edges >= 0
        return Trace(float(hop_m.sum()), float(hop_m[good].sum()), edges[good], hop_m[good])

    def _points(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.intp]:
        """Find the points of the network that peers round to these, which some of them cut off instead; -1 for none."""
        x, y = np.rint(lon * _POLYLINE).astype(np.int64), np.rint(lat * _POLYLINE).astype(np.int64)
        found = np.full(len(x), -1, dtype=np.intp)
        for east, north in _AROUND:
            wanted = _pack(x + east, y + north)
            place = np.minimum(np.searchsorted(self._e6, wanted), len(self._e6) - 1)
            hit = (found < 0) & (self._e6[place] == wanted)
            found[hit] = self._by_e6[place[hit]]
        return found

    def _step(self, start: int, end: int) -> int:
        """Find the edge from one point to the next; a border cut may lie between. -1 where there is none."""
        if start < 0 or end < 0:
            return -1
        direct = self._piece(start, end)
        if direct >= 0:
            return direct
        low, high = np.searchsorted(self._pieces, (start << _HALF, (start + 1) << _HALF))
        beside = zip(self._pieces[low:high].tolist(), self._edge[low:high].tolist(), strict=True)
        return next((edge for piece, edge in beside if self._piece(piece & _LOW, end) >= 0), -1)

    def _piece(self, start: int, end: int) -> int:
        wanted = (start << _HALF) + end
        place = int(np.searchsorted(self._pieces, wanted))
        return int(self._edge[place]) if place < len(self._pieces) and self._pieces[place] == wanted else -1


def decode_polyline(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Decode Google's polyline format, with six digits [1]_.

    Parameters
    ----------
    text
        Encoded.

    Returns
    -------
    lon, lat
        Degrees.

    References
    ----------
    .. [1] https://developers.google.com/maps/documentation/utilities/polylinealgorithm
    """
    numbers, value, shift = [], 0, 0
    for letter in text:
        chunk = ord(letter) - _ASCII
        value |= (chunk & _CHUNK_MASK) << shift
        shift += _CHUNK_BITS
        if chunk < _LAST:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    table = np.array(numbers, dtype=np.int64).reshape(-1, 2).cumsum(axis=0) / _POLYLINE
    return table[:, 1], table[:, 0]


def _first(pair: tuple[str, float]) -> str:
    return pair[0]


def _pack(high: NDArray[np.int64], low: NDArray[np.int64]) -> NDArray[np.int64]:
    """Make one number of two that are not negative: these benchmarks stay north of the equator, east of Greenwich."""
    return (high.astype(np.int64) << _HALF) + low


def _to_e6(e7: NDArray[np.int64]) -> NDArray[np.int64]:
    return (e7 + 5) // 10

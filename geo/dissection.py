"""Nested dissection: in which order to take a network's nodes away, so that little new has to be joined."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from geo.elimination import neighbour_lists, shed

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    import pymetis
except ImportError:  # pragma: no cover  (no wheel for this platform: cut by coordinates instead)
    pymetis = None  # type: ignore[assignment,unused-ignore]

HAS_METIS = pymetis is not None
"""Whether METIS is installed."""

_WHOLE = 8  # parts of so few nodes are not cut further
_BALANCE = 0.3  # no side of a cut is smaller than this share
_DIRECTIONS = 4  # in which a part may be cut
# METIS: one side may outweigh the other by 400 thousandths; loose is quick, and no worse here.
_OPTIONS = {"ufactor": 400, "niter": 4, "compress": 0, "seed": 0}
# What a process of its own runs: METIS holds the interpreter's lock, so that no thread would go on beside it.
_ALONE = """
import json, sys
import numpy as np, pymetis
begin, among = np.load(sys.stdin.buffer), np.load(sys.stdin.buffer)
adjacency, options = pymetis.CSRAdjacency(begin, among), pymetis.Options(**json.loads(sys.argv[1]))
np.save(sys.stdout.buffer, np.asarray(pymetis.nested_dissection(adjacency, options=options)[1], dtype=np.int32))
"""


def neighbours(
    count: int, u: NDArray[np.integer], v: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """
    List the neighbours of each node.

    Parameters
    ----------
    count
        Number of nodes.
    u, v
        Nodes that are joined; the same pair may come more than once, and a node may be joined to itself.

    Returns
    -------
    first
        Where each node's neighbours begin; shape (nodes + 1,).
    neighbour
        Each pair of different nodes once a side, sorted by node.
    """
    return neighbour_lists(u.astype(np.int32, copy=False), v.astype(np.int32, copy=False), count)


def dissection(
    first: NDArray[np.int64], neighbour: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int32]:
    """
    Rank the nodes of a graph for elimination.

    Dead ends and the inside of chains go first; they cost nothing. What remains, the true junctions, is ranked by
    nested dissection [1]_: a few nodes whose absence cuts the graph in two go last, and so on in each half. METIS [2]_
    finds them where it is installed; elsewhere the graph is cut by coordinates, which joins about twice as much.

    Parameters
    ----------
    first, neighbour
        See `neighbours`.
    x, y
        Where the nodes lie, in any unit, the same for both.

    Returns
    -------
    rank
        Of each node: 0 is eliminated first.

    References
    ----------
    .. [1] A. George, "Nested dissection of a regular finite element mesh", SIAM J. Numer. Anal. 10, 1973; for road
       networks J. Dibbelt, B. Strasser and D. Wagner, "Customizable contraction hierarchies", JEA 21, 2016.
    .. [2] G. Karypis and V. Kumar, "A fast and high quality multilevel scheme for partitioning irregular graphs",
       SIAM J. Sci. Comput. 20, 1998.
    """
    left = neighbour.copy()
    early, gone, degree = shed(first, left)
    core = np.flatnonzero(~gone)
    rank = np.empty(len(gone), dtype=np.int32)
    rank[early] = np.arange(len(early))
    if len(core):
        begin, among = _part(first, left, core, degree)
        late = _by_metis(begin, among) if HAS_METIS else by_coordinates(begin, among, x[core], y[core])
        rank[core] = len(early) + late
    return rank


class Dissecting:
    """
    A dissection under way in a process of its own, so that other work goes on beside it.

    Parameters
    ----------
    count
        Number of nodes.
    u, v
        Nodes that are joined, see `neighbours`.
    """

    def __init__(self, count: int, u: NDArray[np.integer], v: NDArray[np.integer]) -> None:
        first, left = neighbours(count, u, v)
        self._early, gone, degree = shed(first, left)
        self._core = np.flatnonzero(~gone)
        begin, among = _part(first, left, self._core, degree)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the process)
        np.save(self._file, begin.astype(np.int32))
        np.save(self._file, among)
        self._file.flush()
        self._file.seek(0)
        self._answer = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603  (this interpreter, and a text of our own)
            [sys.executable, "-c", _ALONE, json.dumps(_OPTIONS)], stdin=self._file, stdout=self._answer
        )

    def rank(self) -> NDArray[np.int32]:
        """
        Wait for the dissection.

        Returns
        -------
        rank
            Of each node; empty where the process failed, so that who needs it dissects again.
        """
        if self._process.wait():
            return np.empty(0, dtype=np.int32)
        self._answer.seek(0)
        late = np.load(self._answer)
        rank = np.empty(len(self._early) + len(self._core), dtype=np.int32)
        rank[self._early] = np.arange(len(self._early))
        rank[self._core] = len(self._early) + late
        return rank

    def close(self) -> None:
        """End the process, whether it is done or not."""
        self._process.kill()
        self._process.wait()
        self._file.close()
        self._answer.close()


def _part(
    first: NDArray[np.int64], neighbour: NDArray[np.int32], core: NDArray[np.intp], degree: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the core lists of neighbours of its own."""
    begin = np.concatenate(([0], np.cumsum(degree[core]))).astype(np.int64)
    index = np.arange(begin[-1]) + np.repeat(first[core] - begin[:-1], degree[core])
    number = np.full(len(degree), -1, dtype=np.int32)
    number[core] = np.arange(len(core))
    return begin, number[neighbour[index]]


def _by_metis(begin: NDArray[np.int64], among: NDArray[np.int32]) -> NDArray[np.int32]:
    if len(among) == 0:  # METIS knows no graph without edges
        return np.arange(len(begin) - 1, dtype=np.int32)
    adjacency = pymetis.CSRAdjacency(begin.astype(np.int32), among)
    options = pymetis.Options(**_OPTIONS)
    _order, rank = pymetis.nested_dissection(adjacency, options=options)
    return np.asarray(rank, dtype=np.int32)


def by_coordinates(
    begin: NDArray[np.int64], among: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int32]:
    """
    Rank nodes by nested dissection along straight lines, all parts of one depth at once.

    Parameters
    ----------
    begin, among
        See `neighbours`.
    x, y
        Where the nodes lie.

    Returns
    -------
    rank
        Of each node.
    """
    count = len(begin) - 1
    one = np.repeat(np.arange(count), np.diff(begin))
    u, v = (column[one < among] for column in (one, among.astype(np.intp)))
    depth = np.full(count, -1)
    part = np.zeros(count, dtype=np.int64)
    level = 0
    while True:
        nodes = np.flatnonzero(depth < 0)
        _keys, label, size = np.unique(part[nodes], return_inverse=True, return_counts=True)
        depth[nodes[size[label] <= _WHOLE]] = np.iinfo(np.int64).max
        nodes = nodes[size[label] > _WHOLE]
        if len(nodes) == 0:
            break
        kept = (depth[u] < 0) & (depth[v] < 0)
        u, v = u[kept], v[kept]
        side = _sides(nodes, part, (u, v), (x, y))
        depth[_separator(nodes, part, (u, v), side)] = level
        part = 2 * part + side
        kept = (depth[u] < 0) & (depth[v] < 0) & (side[u] == side[v])
        u, v = u[kept], v[kept]
        level += 1
    rank = np.empty(count, dtype=np.int32)
    rank[np.argsort(-depth, kind="stable")] = np.arange(count)
    return rank


def _sides(
    nodes: NDArray[np.intp],
    part: NDArray[np.int64],
    edges: tuple[NDArray[np.intp], NDArray[np.intp]],
    place: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Cut each part across the direction, and at the place, in which the fewest edges are cut."""
    _keys, label = np.unique(part[nodes], return_inverse=True)
    size = np.bincount(label)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    share = (np.arange(len(nodes)) - np.repeat(first, size) + 1) / np.repeat(size, size)
    central = (share >= _BALANCE) & (share <= 1 - _BALANCE)
    side = np.zeros(len(part), dtype=bool)
    fewest = np.full(len(size), np.inf)
    position = np.empty(len(part), dtype=np.int64)
    for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
        along = place[0][nodes] * np.cos(angle) + place[1][nodes] * np.sin(angle)
        position[nodes[np.lexsort((along, label))]] = np.arange(len(nodes))
        ends = np.sort(np.stack([position[edge] for edge in edges]), axis=0)
        steps = [np.bincount(end, minlength=len(nodes)) for end in ends]
        cut = np.where(central, np.cumsum(steps[0] - steps[1]), np.inf)  # edges from up to here to beyond
        least = np.minimum.reduceat(cut, first)
        at = np.minimum.reduceat(np.where(cut == np.repeat(least, size), np.arange(len(nodes)), len(nodes)), first)
        better = least < fewest
        fewest[better] = least[better]
        chosen = better[label]
        side[nodes[chosen]] = position[nodes[chosen]] > at[label[chosen]]
    return side


def _separator(
    nodes: NDArray[np.intp],
    part: NDArray[np.int64],
    edges: tuple[NDArray[np.intp], NDArray[np.intp]],
    side: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Take the ends of the cut edges on that side of each part where there are fewer."""
    _keys, label = np.unique(part[nodes], return_inverse=True)
    number = np.zeros(len(part), dtype=np.int64)
    number[nodes] = label
    u, v = edges
    across = side[u] != side[v]
    ends = np.unique(np.concatenate((u[across], v[across])))
    many = [np.bincount(number[ends[side[ends] == s]], minlength=int(label.max()) + 1) for s in (False, True)]
    return np.asarray(ends[side[ends] == (many[1] < many[0])[number[ends]]])

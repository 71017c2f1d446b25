"""A customizable contraction hierarchy: built once for a graph, weighed anew in a moment, asked in microseconds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo import climbing
from geo.climbing import FAR
from geo.dissection import dissection, neighbours
from geo.elimination import eliminate, place_arcs
from geo.weighing import NEVER, Shape, customize, update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """
    What remains of a graph as its nodes are eliminated, whatever its weights [1]_.

    Attributes
    ----------
    rank
        When each node is eliminated; 0 first.
    first, above, parent
        Higher nodes joined to each node, and the lowest of them; see `geo.elimination`.
    slot
        Weight of the hierarchy that each arc may set.
    tail, head
        Nodes that each arc joins.

    References
    ----------
    .. [1] J. Dibbelt, B. Strasser and D. Wagner, "Customizable contraction hierarchies", ACM Journal of Experimental
       Algorithmics 21, 2016.
    """

    rank: NDArray[np.int32]
    first: NDArray[np.int64]
    above: NDArray[np.int32]
    parent: NDArray[np.int32]
    slot: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]

    @classmethod
    def build(
        cls,
        tail: NDArray[np.int32],
        head: NDArray[np.int32],
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        wanted: NDArray[np.int32] | None = None,
    ) -> Hierarchy:
        """
        Build the hierarchy of a graph.

        Parameters
        ----------
        tail, head
            Nodes that each arc joins.
        x, y
            Where the nodes lie, in one unit; as many as there are nodes.
        wanted
            A rank of the nodes that was worked out before, equal ranks allowed; see `geo.dissection` when left out.

        Returns
        -------
        hierarchy
            Without weights; see `Hierarchy.weigh`.
        """
        first, neighbour = neighbours(len(x), tail, head)
        if wanted is None:
            rank = dissection(first, neighbour, x, y)
        else:
            rank = np.empty(len(x), dtype=np.int32)
            rank[np.argsort(wanted, kind="stable")] = np.arange(len(x))
        begin, above, parent = eliminate(first, neighbour, rank, 2 * len(neighbour))
        slot = place_arcs(tail, head, rank, begin, above)
        return cls(rank, begin, above, parent, slot, tail, head)

    @cached_property
    def below(self) -> NDArray[np.int32]:
        """Lower end of each edge of the hierarchy."""
        return np.repeat(np.arange(len(self.rank), dtype=np.int32), np.diff(self.first))

    @cached_property
    def arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Arcs that may set each weight: where each weight's begin, and the arcs, in order."""
        order = np.argsort(self.slot, kind="stable").astype(np.int32)
        begin = np.zeros(2 * len(self.above) + 1, dtype=np.int32)
        np.cumsum(np.bincount(self.slot[self.slot >= 0], minlength=2 * len(self.above)), out=begin[1:])
        return begin + np.int32(np.count_nonzero(self.slot < 0)), order

    @cached_property
    def down(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Edges down from each node, sorted by their lower ends: where each node's begin, and the edges."""
        begin = np.zeros(len(self.rank) + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.above, minlength=len(self.rank)), out=begin[1:])
        return begin, np.argsort(self.above, kind="stable").astype(np.int32)

    @cached_property
    def _pool(self) -> list[_Room]:
        return []

    @contextmanager
    def _room(self) -> Iterator[_Room]:
        """Lend out arrays for one question; they come back as they were, so that no question clears them all."""
        try:
            room = self._pool.pop()
        except IndexError:
            room = _Room(len(self.rank))
        yield room
        self._pool.append(room)

    def weigh(self, cost: NDArray[np.integer] | NDArray[np.float64]) -> Metric:
        """
        Give every arc its weight.

        Parameters
        ----------
        cost
            Integer, 0 or more, one an arc; infinite or `geo.weighing.NEVER` where it may not be taken.

        Returns
        -------
        metric
            Ready to be asked.

        Raises
        ------
        ValueError
            A weight is negative, or too large to tell from never.
        """
        if np.any(cost < 0) or np.any((cost >= NEVER) & (cost != NEVER) & (cost != np.inf)):
            message = f"a weight lies outside 0 to {NEVER - 1}; weigh in larger units"
            raise ValueError(message)
        exact = np.minimum(cost, NEVER).astype(np.int32)
        weight = np.empty(2 * len(self.above), dtype=np.int32)
        through = np.empty(2 * len(self.above), dtype=np.int32)
        customize(self.first, self.above, self.slot, exact, weight, through)
        return Metric(self, exact, weight, through)


@dataclass(frozen=True, eq=False)
class Metric:
    """
    A hierarchy with weights.

    Attributes
    ----------
    hierarchy
        Of the graph.
    cost
        Weight of each arc.
    weight, through
        Of the hierarchy; see `geo.weighing.customize`.
    """

    hierarchy: Hierarchy
    cost: NDArray[np.int32]
    weight: NDArray[np.int32]
    through: NDArray[np.int32]

    def costs(self) -> NDArray[np.float64]:
        """
        Give the arcs' weights as numbers.

        Returns
        -------
        cost
            One an arc; infinite where it may not be taken.
        """
        cost = self.cost.astype(np.float64)
        cost[self.cost == NEVER] = np.inf
        return cost

    def shortest(
        self,
        starts: NDArray[np.integer],
        ends: NDArray[np.integer],
        already: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
    ) -> tuple[int, NDArray[np.intp]] | None:
        """
        Find the cheapest way from any of some nodes to any of others.

        Parameters
        ----------
        starts, ends
            Nodes.
        already
            What it costs to be at each start, and to go on from each end; nothing when left out.

        Returns
        -------
        found
            Cost, and the arcs in order; None where there is no way.
        """
        tree = self.hierarchy
        columns = tree.first, tree.above, tree.parent, self.weight
        roots = tree.rank[starts], tree.rank[ends]
        before = _nothing(starts, ends) if already is None else already
        with tree._room() as room:  # noqa: SLF001  (one module)
            climbing.climb(*columns, 0, roots[0], before[0], room.forth, room.by_forth)
            climbing.climb(*columns, 1, roots[1], before[1], room.back, room.by_back)
            cost, top = climbing.meet(tree.parent, roots[0], room.forth, room.back)
            steps = climbing.steps_over(top, tree.below, room.by_forth, room.by_back) if top >= 0 else None
            climbing.forget(tree.parent, roots[0], room.forth, room.by_forth)
            climbing.forget(tree.parent, roots[1], room.back, room.by_back)
        if steps is None:
            return None
        steps = climbing.unpack(tree.first, tree.above, tree.below, self.through, steps)
        return int(cost), climbing.cheapest_arcs(steps, *tree.arcs, self.cost, self.weight)

    def distances(
        self, roots: NDArray[np.integer], *, backwards: bool = False, already: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """
        Give the cost of the cheapest way from any of some nodes to every node [1]_.

        Parameters
        ----------
        roots
            Nodes.
        backwards
            Give instead that from every node to any of these.
        already
            What it costs to be at each root; nothing when left out.

        Returns
        -------
        cost
            One a node; `geo.climbing.FAR` where there is no way.

        References
        ----------
        .. [1] D. Delling, A. Goldberg, A. Nowatzyk and R. Werneck, "PHAST: hardware-accelerated shortest path trees",
           JPDC 73, 2013; here over the whole hierarchy, in its order.
        """
        tree = self.hierarchy
        found = np.full(len(tree.rank), FAR, dtype=np.int64)
        by = np.empty(len(tree.rank), dtype=np.int32)
        side = int(backwards)
        before = np.zeros(len(roots), dtype=np.int64) if already is None else already
        climbing.climb(tree.first, tree.above, tree.parent, self.weight, side, tree.rank[roots], before, found, by)
        climbing.descend(tree.first, tree.above, self.weight, 1 - side, found)
        return found[tree.rank]

    def tree(
        self, roots: NDArray[np.integer], *, backwards: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """
        Grow a tree of cheapest ways from some nodes to all others.

        Parameters
        ----------
        roots
            Nodes.
        backwards
            Grow against the arcs: ways to the roots.

        Returns
        -------
        cost
            Of each node; infinite where there is no way.
        arc
            The last arc of the way to each node (backwards: the first of the way from it); -1 for the roots and where
            there is no way.
        """
        tree = self.hierarchy
        cost = self.distances(roots, backwards=backwards)
        ends = (tree.head, tree.tail) if backwards else (tree.tail, tree.head)
        arc = climbing.last_arcs(*ends, self.cost, cost, np.asarray(roots, dtype=np.int64))
        found = cost.astype(np.float64)
        found[cost == FAR] = np.inf
        return found, arc

    @contextmanager
    def changed(self, arcs: NDArray[np.integer], cost: int = NEVER) -> Iterator[Metric]:
        """
        Give some arcs another weight for a while; nobody else may ask this metric meanwhile.

        Parameters
        ----------
        arcs
            Which.
        cost
            Their weight; closed when left out.

        Yields
        ------
        metric
            The same, weighed anew where the change bears on it.
        """
        tree = self.hierarchy
        before = self.cost[arcs]
        self.cost[arcs] = cost
        slots = np.unique(tree.slot[arcs])
        shape = Shape(tree.first, tree.above, tree.below, *tree.down, *tree.arcs)
        undo = update(shape, self.cost, self.weight, self.through, slots[slots >= 0])
        try:
            yield self
        finally:
            self.cost[arcs] = before
            self.weight[undo[0]] = undo[1]
            self.through[undo[0]] = undo[2]


class _Room:
    """Distances and last edges of two climbs; all far, but for those of the question that is being answered."""

    def __init__(self, count: int) -> None:
        self.forth, self.back = (np.full(count, FAR, dtype=np.int64) for _ in range(2))
        self.by_forth, self.by_back = (np.full(count, -1, dtype=np.int32) for _ in range(2))


def _nothing(*nodes: NDArray[np.integer]) -> tuple[NDArray[np.int64], ...]:
    return tuple(np.zeros(len(those), dtype=np.int64) for those in nodes)

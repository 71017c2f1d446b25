"""What a search by several costs need not follow: what another way beats, and what finished ways already cover."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy  # what is used of it loads when it is first used

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAIRS = 6  # mixes of two costs, for each two
_MIXES = 25  # mixes of all costs
_MIX_UNITS = 1e11  # keeps every mixed cost an integer that a float holds exactly


@dataclass(frozen=True, eq=False)
class Problem:
    """
    A graph whose arcs have several costs.

    Attributes
    ----------
    states
        How many there are.
    tail, head
        States that each arc joins.
    arc
        What the caller calls each arc.
    cost
        Shape (arcs, costs): integers, 0 or more.
    starts, ends
        States in which a way may begin and end.
    """

    states: int
    tail: NDArray[np.intp]
    head: NDArray[np.intp]
    arc: NDArray[np.intp]
    cost: NDArray[np.int64]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    def least(self, number: int, *, backwards: bool = True) -> NDArray[np.float64]:
        """
        Give the least of one cost between each state and the ends (or the starts).

        Parameters
        ----------
        number
            Which cost.
        backwards
            To the ends; from the starts where false.

        Returns
        -------
        least
            One a state; infinite where there is no way.
        """
        tail, head = (self.head, self.tail) if backwards else (self.tail, self.head)
        weight = self.cost[:, number]
        order = np.lexsort((weight, head, tail))
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
        order = order[fresh]
        data = weight[order].astype(np.float64)
        matrix = scipy.sparse.csr_matrix((data, (tail[order], head[order])), shape=(self.states, self.states))
        roots = self.ends if backwards else self.starts
        return np.asarray(scipy.sparse.csgraph.dijkstra(matrix, indices=roots, min_only=True), dtype=np.float64)

    def keep(self, kept: NDArray[np.bool_]) -> Problem:
        """
        Drop arcs.

        Parameters
        ----------
        kept
            One an arc.

        Returns
        -------
        problem
            The same states with fewer arcs.
        """
        return Problem(
            self.states, self.tail[kept], self.head[kept], self.arc[kept], self.cost[kept], self.starts, self.ends
        )


@dataclass(frozen=True, eq=False)
class Way:
    """
    A way and what it costs.

    Attributes
    ----------
    cost
        One integer a cost.
    arcs
        In order, as the caller calls them.
    """

    cost: tuple[int, ...]
    arcs: NDArray[np.intp]


class Label(NamedTuple):
    """A way to a state: what it costs with the least that the rest can cost, the state, and what it costs so far."""

    full: tuple[int, ...]
    state: int
    spent: tuple[int, ...]


class Two:
    """Dominance among ways of two costs: they come by the first, so that the least second so far decides."""

    def __init__(self) -> None:
        self._least: dict[int, int] = {}
        self._best: float = np.inf

    def beaten(self, state: int, spent: tuple[int, ...]) -> bool:
        """Say whether another way to the state costs no more in any cost."""
        least = self._least.get(state)
        return least is not None and spent[1] >= least

    def settle(self, state: int, spent: tuple[int, ...]) -> None:
        """Remember a way to a state."""
        self._least[state] = spent[1]

    def finished(self, label: Label) -> bool:
        """Say whether finished ways cover whatever the label can still become."""
        return self._best <= label.full[1]

    def finish(self, spent: tuple[int, ...]) -> None:
        """Remember what a finished way costs."""
        self._best = spent[1]


class Many:
    """Dominance among ways of several costs: all but the first are compared."""

    def __init__(self) -> None:
        self._front: dict[int, list[tuple[int, ...]]] = {}
        self._done: list[tuple[int, ...]] = []

    def beaten(self, state: int, spent: tuple[int, ...]) -> bool:
        """Say whether another way to the state costs no more in any cost."""
        rest = spent[1:]
        return any(_within(other, rest) for other in self._front.get(state, ()))

    def settle(self, state: int, spent: tuple[int, ...]) -> None:
        """Remember a way to a state."""
        rest = spent[1:]
        front = self._front.get(state, [])
        self._front[state] = [rest, *(other for other in front if not _within(rest, other))]

    def finished(self, label: Label) -> bool:
        """Say whether finished ways cover whatever the label can still become."""
        return any(_within(other, label.full[1:]) for other in self._done)

    def finish(self, spent: tuple[int, ...]) -> None:
        """Remember what a finished way costs."""
        self._done.append(spent[1:])


@dataclass(frozen=True, eq=False)
class Seeds:
    """
    Ways that are best for some mix of the costs, and the mixes.

    Attributes
    ----------
    ways
        None beats another.
    mix
        Integer weights, shape (mixes, costs).
    bound
        Least of each mix from each state to the ends; shape (states, mixes).
    """

    ways: list[Way]
    mix: NDArray[np.float64]
    bound: NDArray[np.float64]

    @classmethod
    def sow(cls, problem: Problem, bounds: list[NDArray[np.float64]]) -> Seeds:
        """
        Solve one Dijkstra for each of some mixes.

        Parameters
        ----------
        problem
            With the costs.
        bounds
            Least of each cost alone.

        Returns
        -------
        seeds
            The same each time.
        """
        count = problem.cost.shape[1]
        random = np.random.default_rng(0)
        pairs = np.eye(count)[[pair for pair in combinations(range(count), 2) for _share in range(_PAIRS)]]
        pair_shares = random.dirichlet((1.0, 1.0), len(pairs))[:, :, None]
        share = np.vstack((np.eye(count), (pairs * pair_shares).sum(axis=1), random.dirichlet(np.ones(count), _MIXES)))
        scale = np.array([max(1.0, b[problem.starts].min(initial=np.inf)) for b in bounds])
        mix = np.rint(share * _MIX_UNITS / scale)
        found, bound = [], []
        for weights in mix:
            cost, way = _best_of_mix(problem, weights)
            bound.append(cost)
            if way is not None:
                found.append(way)
        return cls(undominated(found), mix, np.column_stack(bound))


def _best_of_mix(problem: Problem, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], Way | None]:
    weight = problem.cost @ weights
    order = np.lexsort((weight, problem.head, problem.tail))
    tail, head = problem.tail[order], problem.head[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    order, tail, head = order[fresh], tail[fresh], head[fresh]
    matrix = scipy.sparse.csr_matrix((weight[order], (head, tail)), shape=(problem.states, problem.states))
    cost, after, _root = scipy.sparse.csgraph.dijkstra(
        matrix, indices=problem.ends, min_only=True, return_predecessors=True
    )
    state = int(problem.starts[np.argmin(cost[problem.starts])])
    if not np.isfinite(cost[state]):
        return cost, None
    rows = []
    key = tail * problem.states + head
    while (then := int(after[state])) >= 0:
        rows.append(int(order[np.searchsorted(key, state * problem.states + then)]))
        state = then
    spent = problem.cost[rows].sum(axis=0, dtype=np.int64)
    return cost, Way(tuple(spent.tolist()), problem.arc[rows])


def undominated(ways: list[Way]) -> list[Way]:
    """
    Keep what no other way beats or equals.

    Parameters
    ----------
    ways
        In any order.

    Returns
    -------
    ways
        In the order of their costs; of equal ones the first.
    """
    kept: list[Way] = []
    for way in sorted(ways, key=lambda w: w.cost):  # what beats a way comes before it
        if not any(_within(other.cost, way.cost) for other in kept):
            kept.append(way)
    return kept


def _within(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))

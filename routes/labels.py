"""
Label setting: the ways that no other way beats on every cost at once, or the cheapest within caps.

A label is a way from the start to a state. Labels leave a heap in lexicographic order of what they cost so far plus the
least that the rest can cost, which one backward Dijkstra for each cost gives. One that another at its state, or a
finished way, beats or equals is dropped. Sources: Martins, "On a multicriteria shortest path problem" (European Journal
of Operational Research 16, 1984); the heap order and the checks by all but the first cost are those of NAMOA* with
dimensionality reduction (Pulido, Mandow, Perez de la Cruz, Computers & Operations Research 64, 2015) and, for two
costs, of BOA* (Hernandez Ulloa et al., ICAPS 2020). Fronts of three or four costs are covers within 0, see
`routes.apex`.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from routes.dominance import Label, Many, Problem, Seeds, Two, Way, undominated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_LABELS = 6_000_000
"""A search gives up beyond so many labels: about 2 GB and a minute or two."""

MOST_COVERING = 4_000_000
"""A search for a cover tries a larger share beyond so many labels: about half a GB and some seconds."""

_TOO_MANY = f"the search needs more than {MOST_LABELS:,} labels; ask for fewer costs or a shorter journey"

_Arcs = list[tuple[int, int, tuple[int, ...]]]


def efficient(problem: Problem) -> list[Way]:
    """
    Find every combination of costs that no other way beats or equals, each with one way.

    Parameters
    ----------
    problem
        With two costs or more.

    Returns
    -------
    ways
        Exact; by the first cost, ascending. Empty where there is no way.

    Raises
    ------
    InputError
        There are more than `MOST_LABELS` labels.
    """
    bounds = [problem.least(number) for number in range(problem.cost.shape[1])]
    problem = _within_reach(problem, bounds)
    if problem.cost.shape[1] == 2:  # noqa: PLR2004  (two costs leave one to check)
        return _search(_within_box(problem, bounds), bounds, Two())
    seeds = Seeds.sow(problem, bounds)
    ways = _cover(problem, bounds, seeds, 0.0, MOST_LABELS)
    if ways is None:
        raise InputError(_TOO_MANY)
    return ways


def covering(problem: Problem, epsilon: float) -> tuple[list[Way], float]:
    """
    Find ways such that for every way there is one of them that costs little more in any cost.

    Within epsilon by construction, see `routes.apex`. Where that takes too many labels epsilon is doubled.

    Parameters
    ----------
    problem
        With two costs or more.
    epsilon
        Share aimed at, such as 0.005.

    Returns
    -------
    ways
        None beats another; by the first cost. Empty where there is no way.
    proven
        For every way there is one of these that costs at most (1 + proven) times as much in each cost: the share
        aimed at, or more where that took too many labels; infinite where even a share of 1 did.
    """
    bounds = [problem.least(number) for number in range(problem.cost.shape[1])]
    problem = _within_reach(problem, bounds)
    seeds = Seeds.sow(problem, bounds)
    if not seeds.ways:
        return [], 0.0
    while epsilon <= 1:
        ways = _cover(problem, bounds, seeds, epsilon, MOST_COVERING)
        if ways is not None:
            return ways, epsilon
        epsilon *= 2
    return seeds.ways, float(np.inf)


def _cover(
    problem: Problem, bounds: list[NDArray[np.float64]], seeds: Seeds, epsilon: float, most: int
) -> list[Way] | None:
    """Add to the seeds what it takes to cover every way; None where that takes too many labels."""
    from routes.apex import covering_ways  # noqa: PLC0415  (the compiler takes longer to load than most questions)

    found = covering_ways(problem, bounds, seeds, epsilon, most)
    if found is None:
        return None
    costs = [tuple(problem.cost[rows].sum(axis=0, dtype=np.int64).tolist()) for rows in found]
    ways = [Way(cost, problem.arc[rows]) for cost, rows in zip(costs, found, strict=True)]
    return undominated([*seeds.ways, *ways])


def cheapest_within(problem: Problem, caps: Sequence[int]) -> Way | None:
    """
    Find the way that costs least in the first cost while each further cost stays within its cap.

    Parameters
    ----------
    problem
        With the cost to make least first, then one cost a cap.
    caps
        Most that each further cost may be.

    Returns
    -------
    way
        Exact; None where there is none.

    Raises
    ------
    InputError
        There are more than `MOST_LABELS` labels.
    """
    bounds = [problem.least(number) for number in range(problem.cost.shape[1])]
    problem = _within_reach(problem, bounds)
    for number, cap in enumerate(caps, start=1):
        ahead = problem.least(number, backwards=False)
        through = ahead[problem.tail] + problem.cost[:, number] + bounds[number][problem.head]
        problem = problem.keep(through <= cap)
    bounds = [problem.least(number) for number in range(problem.cost.shape[1])]
    found = _search(_within_reach(problem, bounds), bounds, Two() if len(caps) == 1 else Many(), caps)
    return found[0] if found else None


def _within_reach(problem: Problem, bounds: list[NDArray[np.float64]]) -> Problem:
    ahead = problem.least(0, backwards=False)
    return problem.keep(np.isfinite(bounds[0][problem.head]) & np.isfinite(ahead[problem.tail]))


def _within_box(problem: Problem, bounds: list[NDArray[np.float64]]) -> Problem:
    """Of two costs, neither need be more than where the other is least: drop arcs that only lie on dearer ways."""
    for number in (0, 1):
        ahead = problem.least(number, backwards=False)
        corner = Problem(
            problem.states,
            problem.tail,
            problem.head,
            problem.arc,
            problem.cost[:, [1 - number, number]],
            problem.starts,
            problem.ends,
        )
        most = _least_second(corner, bounds[1 - number])
        through = ahead[problem.tail] + problem.cost[:, number] + bounds[number][problem.head]
        problem = problem.keep(through <= most)
    return problem


def _least_second(problem: Problem, bound: NDArray[np.float64]) -> float:
    """Give the least second cost among the ways of least first cost: a search on the tight arcs alone."""
    ahead = problem.least(0, backwards=False)
    best = ahead[problem.ends].min(initial=np.inf)
    tight = problem.keep(ahead[problem.tail] + problem.cost[:, 0] + bound[problem.head] <= best)
    ends = problem.ends[ahead[problem.ends] == best]
    return float(tight.least(1, backwards=False)[ends].min(initial=np.inf))


def _search(
    problem: Problem, bounds: list[NDArray[np.float64]], check: Two | Many, caps: Sequence[int] | None = None
) -> list[Way]:
    """Set labels; with caps, stop at the first way."""
    arcs = _arcs_of(problem)
    least = list(zip(*(np.where(np.isfinite(b), b, -1).astype(np.int64).tolist() for b in bounds), strict=True))
    ends = set(problem.ends.tolist())
    nothing = (0,) * problem.cost.shape[1]
    starts = [s for s in problem.starts.tolist() if min(least[s]) >= 0 and _fits(least[s], caps)]
    heap = [(Label(least[start], start, nothing), 0, -1) for start in starts]
    heapify(heap)
    past = [(-1, -1)]  # of each label set: the label before it, and the arc between
    found: list[Way] = []
    while heap:
        label, parent, arc = heappop(heap)
        if check.beaten(label.state, label.spent) or check.finished(label):
            continue
        check.settle(label.state, label.spent)
        past.append((parent, arc))
        if label.state in ends:
            found.append(Way(label.spent, _trace(past)))
            check.finish(label.spent)
            if caps is not None:
                return found
            continue
        for name, head, cost in arcs.get(label.state, ()):
            spent = tuple(map(int.__add__, label.spent, cost))
            full = tuple(map(int.__add__, spent, least[head]))
            if _fits(full, caps) and not check.beaten(head, spent):
                heappush(heap, (Label(full, head, spent), len(past) - 1, name))
        if len(heap) + len(past) > MOST_LABELS:
            raise InputError(_TOO_MANY)
    return found


def _fits(cost: tuple[int, ...], caps: Sequence[int] | None) -> bool:
    return caps is None or all(value <= cap for value, cap in zip(cost[1:], caps, strict=True))


def _arcs_of(problem: Problem) -> dict[int, _Arcs]:
    """List the arcs that leave each state."""
    order = np.argsort(problem.tail, kind="stable")
    leaving: dict[int, _Arcs] = {}
    columns = (problem.tail[order].tolist(), problem.arc[order].tolist(), problem.head[order].tolist())
    for tail, arc, head, cost in zip(*columns, map(tuple, problem.cost[order].tolist()), strict=True):
        leaving.setdefault(tail, []).append((arc, head, cost))
    return leaving


def _trace(past: list[tuple[int, int]]) -> NDArray[np.intp]:
    """List the arcs of the way that the last label stands for."""
    arcs = []
    label, arc = past[-1]
    while arc >= 0:
        arcs.append(arc)
        label, arc = past[label]
    return np.asarray(arcs[::-1], dtype=np.intp)

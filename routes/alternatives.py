"""
Alternatives: ways that differ from each other in earnest and cost little more than the best.

Candidates are via-node ways (Abraham, Delling, Goldberg and Werneck, "Alternative routes in road networks", Journal of
Experimental Algorithmics 18, 2013): for each state that the tree from the start and the tree to the end reach, the way
of the one tree on to that of the other. A stretch that both trees share, a plateau, is one candidate; long plateaus of
cheap ways come first. The penalty method gives more (Bader, Dees, Geisberger and Sanders, "Alternative route graphs in
road networks", TAPAS 2011): what was found so far is made dearer, and the search repeated. Of all these the cheapest is
kept, then ever the next that is distinct from those kept before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from routes.journey import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.route import Route
    from routes.search import Weights

SHARE = 0.6
STRETCH = 0.4
_VIAS = 400  # plateaus looked at
_ROUNDS = 40  # of penalties
_FIRST = 8  # of them that are always gone through
_PENALTY = 0.3  # by how much a used edge grows dearer each time


@dataclass(frozen=True, eq=False)
class Alternatives:
    """
    Distinct ways, the best first.

    Attributes
    ----------
    routes
        As many as were found.
    cost
        Of each, in the integers of the search.
    share
        For each, the largest share of length that it has in common with one before it; 0 for the first.
    wanted
        How many were asked for.
    """

    routes: tuple[Route, ...]
    cost: tuple[int, ...]
    share: tuple[float, ...]
    wanted: int

    @property
    def stretch(self) -> tuple[float, ...]:
        """For each, by what share it costs more than the best."""
        return tuple(cost / self.cost[0] - 1 if self.cost[0] else 0.0 for cost in self.cost)

    @property
    def notice(self) -> str | None:
        """One sentence where fewer were found than asked for."""
        count = len(self.routes)
        if count >= self.wanted:
            return None
        if count == 0:
            return "There is no way, so there are no alternatives."
        return f"Only {count} of {self.wanted} were found that differ and stretch no more than asked."


def alternatives(
    journey: Journey, cost: NDArray[np.int64], k: int, *, share: float = SHARE, stretch: float = STRETCH
) -> Alternatives:
    """
    Find distinct ways.

    Parameters
    ----------
    journey
        The question.
    cost
        Integer, one an arc.
    k
        How many, the best included; 1 or more.
    share
        Largest share of length that two of them have in common: common length over that of the shorter; 0 to 1.
    stretch
        Largest share by which one costs more than the best, 0 or more.

    Returns
    -------
    alternatives
        Each keeps both promises. Fewer than k where no more were found: the methods do not try every way.

    Raises
    ------
    InputError
        k, share or stretch lies outside its range.
    """
    _check(k, share, stretch)
    weights = journey.weigh(cost)
    found = weights.shortest(journey.starts, journey.ends)
    if found is None or len(found[1]) == 0:
        return Alternatives((), (), (), k)
    best, arcs = found
    most = best + np.floor(best * stretch)
    tried = [arcs]
    kept, shares = [arcs], [0.0]
    trees = Tree.grow(weights, journey.starts), Tree.grow(weights, journey.ends, backwards=True)
    penalised = _under_penalties(_near(journey, weights, trees, most), weights, arcs)
    # Some of both kinds are always looked at, so that the cheapest are kept; the rest only where ways are missing.
    for candidates in (chain(_over_plateaus(weights, trees, most), islice(penalised, _FIRST)), penalised):
        tried += [way for way in candidates if weights.weight[way].sum() <= most and _simple(journey, way)]
        kept, shares = _distinct(journey, weights, tried, k, share)
        if len(kept) == k:
            break
    routes = [journey.route(way, str(number), f"way {number}") for number, way in enumerate(kept, start=1)]
    costs = [int(weights.weight[way].sum()) for way in kept]
    return Alternatives(tuple(routes), tuple(costs), tuple(shares), k)


def _distinct(
    journey: Journey, weights: Weights, tried: list[NDArray[np.intp]], k: int, share: float
) -> tuple[list[NDArray[np.intp]], list[float]]:
    """Keep the cheapest ways that are distinct from all cheaper ones kept, and say what each shares with those."""
    kept, shares = [tried[0]], [0.0]
    rest = tried[1:]
    for place in np.argsort([weights.weight[way].sum() for way in rest], kind="stable").tolist():
        if len(kept) == k:
            break
        common = max(_common(journey, rest[place], other) for other in kept)
        if common <= share:
            kept.append(rest[place])
            shares.append(common)
    return kept, shares


def _check(k: int, share: float, stretch: float) -> None:
    if k < 1:
        message = f"{k} alternatives were asked for; ask for 1 or more"
        raise InputError(message)
    if not 0 <= share <= 1:
        message = f"the share in common is {share:g}; it must be 0 to 1, such as 0.6 for 60 %"
        raise InputError(message)
    if not (np.isfinite(stretch) and stretch >= 0):
        message = f"the stretch is {stretch:g}; it must be 0 or more, such as 0.4 for 40 %"
        raise InputError(message)


def _under_penalties(journey: Journey, weights: Weights, best: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Make what was found dearer, search, and do it again."""
    used = np.zeros(journey.ground.network.edge_count)
    step = journey.graph.edge >= 0
    found: tuple[float, NDArray[np.intp]] | None = (0.0, best)
    for _round in range(_ROUNDS):
        if found is not None:
            edges = journey.graph.edge[found[1]]
            used[edges[edges >= 0]] += 1
        factor = np.ones(len(step))
        factor[step] = 1 + _PENALTY * used[journey.graph.edge[step]]
        dearer = np.where(np.isfinite(weights.weight), np.rint(np.minimum(weights.weight, 2**40) * factor), -1)
        found = journey.weigh(dearer.astype(np.int64)).shortest(journey.starts, journey.ends)
        if found is not None:
            yield found[1]


def _near(journey: Journey, weights: Weights, trees: tuple[Tree, Tree], most: float) -> Journey:
    """Close what lies on no way that is cheap enough: a search under penalties would only lose itself there."""
    ahead, behind = trees
    through = ahead.cost[journey.graph.tail] + weights.weight + behind.cost[journey.graph.head]
    return replace(journey, open=journey.open & (through <= most))


def _over_plateaus(weights: Weights, trees: tuple[Tree, Tree], most: float) -> Iterator[NDArray[np.intp]]:
    ahead, behind = trees
    total = ahead.cost + behind.cost
    # A step of both trees belongs to a plateau: its first state is one that no plateau leads to.
    states = np.flatnonzero(total <= most)
    then = behind.before[states]
    shared = (then >= 0) & (ahead.before[np.maximum(then, 0)] == states)
    begins = np.setdiff1d(states[shared], then[shared])
    after = np.full(len(total), -1, dtype=np.intp)
    after[states[shared]] = then[shared]
    scored = []
    for begin in begins.tolist():
        end = begin
        while after[end] >= 0:
            end = int(after[end])
        plateau = ahead.cost[end] - ahead.cost[begin]
        scored.append((float(total[begin] - plateau), begin))
    for _score, via in sorted(scored)[:_VIAS]:
        yield weights.arcs([*ahead.walk(via)[::-1], *behind.walk(via)[1:]])


def _simple(journey: Journey, arcs: NDArray[np.intp]) -> bool:
    """Say whether a way uses no edge twice and comes to no node twice but to pass its border."""
    edges = journey.graph.edge[arcs]
    edges = edges[edges >= 0]
    nodes = journey.graph.node[journey.graph.head[arcs[journey.graph.edge[arcs] >= 0]]]
    return len(np.unique(edges)) == len(edges) and len(np.unique(nodes)) == len(nodes)


def _common(journey: Journey, one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Give the length in common over that of the shorter way."""
    length_m = journey.ground.network.length_m
    first, second = (np.unique(edges[edges >= 0]) for edges in (journey.graph.edge[one], journey.graph.edge[other]))
    shorter = min(length_m[first].sum(), length_m[second].sum())
    return float(length_m[np.intersect1d(first, second)].sum() / shorter) if shorter > 0 else 1.0

"""Choke points: what the closure of each edge of a route would cost, in both directions; see `routes.detours`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.frames import frame
from routes.journey import Tree
from routes.search import Weights

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.route import Route


@dataclass(frozen=True, eq=False)
class ChokePoints:
    """
    A cheapest route, and what closing each of its edges would cost.

    Attributes
    ----------
    journey
        The question.
    route
        Its cheapest way.
    best
        What that costs, in the integers of the search.
    closed
        For each edge of the route, what the cheapest way costs with the edge closed; infinite where there is no way
        round.
    bridge
        For each edge, whether its closure cuts the usable network in two, one-way signs aside.
    searched
        How many edges took a search of their own.
    """

    journey: Journey
    route: Route
    best: int
    closed: NDArray[np.float64]
    bridge: NDArray[np.bool_]
    searched: int

    @property
    def detour(self) -> NDArray[np.float64]:
        """What each closure adds, in the integers of the search; infinite where there is no way round."""
        return self.closed - self.best

    @property
    def worst(self) -> tuple[int, float] | None:
        """Place in the route and detour of the edge whose closure adds most and yet leaves a way; None if none does."""
        finite = np.flatnonzero(np.isfinite(self.closed))
        if len(finite) == 0:
            return None
        place = int(finite[np.argmax(self.closed[finite])])
        return place, float(self.detour[place])

    @cached_property
    def table(self) -> gpd.GeoDataFrame:
        """One row an edge (WGS84): edge, from_m, to_m, detour (None: no way round), no_way_round, bridge and so on."""
        route, network = self.route, self.route.network
        names = network.text["name"].take(route.edges).decode()
        columns: dict[str, Any] = {
            "edge": route.edges,
            "from_m": route.at_m[:-1],
            "to_m": route.at_m[1:],
            "detour": [float(d) if np.isfinite(d) else None for d in self.detour],
            "no_way_round": ~np.isfinite(self.closed),
            "bridge": self.bridge,
            "territory": [key or None for key in route.territory],
            "status": route.status,
            "name": [name or None for name in names],
        }
        return frame(columns, network.lines(route.edges))


def choke_points(journey: Journey, cost: NDArray[np.int64] | Weights) -> ChokePoints | None:
    """
    Say for each edge of the cheapest route what its closure costs.

    Parameters
    ----------
    journey
        The question.
    cost
        Integer, one an arc; or weights that were made already.

    Returns
    -------
    chokepoints
        Exact, one-way edges included; None where there is no way at all, or both ends are one point.
    """
    from routes.bridges import bridges  # noqa: PLC0415  (the compiler takes longer to load than most questions)
    from routes.detours import detours  # noqa: PLC0415

    weights = cost if isinstance(cost, Weights) else journey.weigh(cost)
    ahead = Tree.grow(weights, journey.starts)
    end = int(journey.ends[np.argmin(ahead.cost[journey.ends])])
    states = ahead.walk(end)[::-1]
    if not np.isfinite(ahead.cost[end]) or len(states) == 1:
        return None
    behind = Tree.grow(weights, journey.ends, backwards=True)
    found = detours(weights, ahead, behind, journey.ends, np.array(states))
    route = journey.route(found.arcs)
    return ChokePoints(journey, route, int(ahead.cost[end]), found.closed, bridges(journey, route), found.searched)

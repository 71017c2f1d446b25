"""The near-optimal band: every edge on some way that costs little more than the best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.errors import InputError
from geo.frames import frame
from geo.network import STATUSES
from routes.search import Weights

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from routes.journey import Journey

WIDTH_M = 500.0
"""How far the polygon of a band reaches to either side of its lines."""


@dataclass(frozen=True, eq=False)
class Band:
    """
    Edges on ways that cost at most a stated share more than the best.

    Attributes
    ----------
    journey
        The question.
    tolerance
        The share: 0.05 for 5 %.
    best
        What the best way costs, in the integers of the search.
    edges
        Rows of the edges of the journey's network, ascending.
    slack
        For each edge, what the best way over it costs more than the best.
    """

    journey: Journey
    tolerance: float
    best: int
    edges: NDArray[np.intp]
    slack: NDArray[np.int64]

    @cached_property
    def table(self) -> gpd.GeoDataFrame:
        """One row an edge (WGS84): edge, slack_share (of the best), territory, status, class, name, length_m."""
        network = self.journey.ground.network
        text = {name: network.text[name].take(self.edges).decode() for name in ("territory", "class", "name")}
        columns: dict[str, Any] = {
            "edge": self.edges,
            "slack_share": self.slack / max(1, self.best),
            "status": np.array(STATUSES, dtype=object)[network.status[self.edges]],
            "length_m": network.length_m[self.edges],
            **{name: [value or None for value in values] for name, values in text.items()},
        }
        return frame(columns, network.lines(self.edges))

    def polygon(self, width_m: float = WIDTH_M) -> shapely.MultiPolygon | shapely.Polygon:
        """
        Draw the band as an area.

        Parameters
        ----------
        width_m
            How far it reaches to either side of the lines, metres.

        Returns
        -------
        polygon
            In degrees; empty where there is no way.
        """
        if len(self.edges) == 0:
            return shapely.Polygon()
        import geopandas as gpd  # noqa: PLC0415  (see `geo.frames`)

        lines = self.table.geometry
        flat = lines.to_crs(lines.estimate_utm_crs())
        area = shapely.union_all(shapely.buffer(shapely.simplify(flat.to_numpy(), width_m / 20), width_m, quad_segs=4))
        area = shapely.simplify(area, width_m / 20)
        polygon: shapely.MultiPolygon | shapely.Polygon = gpd.GeoSeries([area], crs=flat.crs).to_crs(lines.crs).iloc[0]
        return polygon


def near_optimal(journey: Journey, cost: NDArray[np.int64] | Weights, tolerance: float) -> Band:
    """
    Find the band: edges (u, v) with d(start, u) + cost + d(v, end) at most (1 + tolerance) times the best.

    Both distances come from one search each. A dead end, which no way can leave but by turning back in it, is left
    out although the sum may be small.

    Parameters
    ----------
    journey
        The question.
    cost
        Integer, one an arc; or weights that were made already.
    tolerance
        Share of the best, 0 or more: 0 gives the union of the cheapest ways.

    Returns
    -------
    band
        Empty where there is no way.

    Raises
    ------
    InputError
        The tolerance is negative or no number.
    """
    if not (np.isfinite(tolerance) and tolerance >= 0):
        message = f"the tolerance of a band is {tolerance:g} ({tolerance * 100:g} %); it must be 0 or more"
        raise InputError(message)
    weights = cost if isinstance(cost, Weights) else journey.weigh(cost)
    through, best = ways_over(journey, weights)
    if not np.isfinite(best):
        return Band(journey, tolerance, 0, np.empty(0, dtype=np.intp), np.empty(0, dtype=np.int64))
    near = np.flatnonzero((through <= best + np.floor(best * tolerance)) & (journey.graph.edge >= 0))
    near = near[_no_dead_ends(journey, near)]
    edges = journey.graph.edge[near]
    least = np.full(journey.ground.network.edge_count, np.inf)
    np.minimum.at(least, edges, through[near])
    rows = np.unique(edges).astype(np.intp)
    return Band(journey, tolerance, int(best), rows, (least[rows] - best).astype(np.int64))


def ways_over(journey: Journey, weights: Weights) -> tuple[NDArray[np.float64], float]:
    """
    Say what the best way over each arc costs.

    Parameters
    ----------
    journey
        The question.
    weights
        Of its graph.

    Returns
    -------
    through
        One an arc; infinite where no way leads over it.
    best
        The least of all; infinite where there is no way.
    """
    graph = journey.graph
    ahead = weights.distances(journey.starts)
    behind = weights.distances(journey.ends, backwards=True)
    return ahead[graph.tail] + weights.weight + behind[graph.head], float(ahead[journey.ends].min())


def _no_dead_ends(journey: Journey, arcs: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which arcs stay when edges that end where no other goes on are taken away, again and again."""
    network, graph = journey.ground.network, journey.graph
    edges, place = np.unique(graph.edge[arcs], return_inverse=True)
    u, v = network.u[edges], network.v[edges]
    anchor = np.zeros(network.node_count, dtype=bool)
    anchor[graph.node[journey.starts]] = True
    anchor[graph.node[journey.ends]] = True
    kept = np.ones(len(edges), dtype=bool)
    while True:
        degree = np.bincount(np.concatenate((u[kept], v[kept])), minlength=network.node_count)
        dead = kept & (((degree[u] == 1) & ~anchor[u]) | ((degree[v] == 1) & ~anchor[v]))
        if not dead.any():
            return kept[place]
        kept &= ~dead

"""Bridges of a network: the edges of a route without which its two sides hang together no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.components import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.route import Route


def bridges(journey: Journey, route: Route) -> NDArray[np.bool_]:
    """
    Say which edges of a route are bridges of the usable network, one-way signs aside.

    Parameters
    ----------
    journey
        States what is usable.
    route
        A route of this journey's ground that passes no node twice.

    Returns
    -------
    bridge
        One an edge of the route: nothing that stays when the whole route is gone joins its one side to the other.
    """
    graph, network = journey.graph, journey.ground.network
    usable = np.zeros(network.edge_count, dtype=np.bool_)
    usable[graph.edge[journey.open & (graph.edge >= 0)]] = True
    usable[route.edges] = False
    first = np.where(route.forward, network.u[route.edges], network.v[route.edges])
    last = np.where(route.forward, network.v[route.edges], network.u[route.edges])
    along = np.concatenate((first[:1], last))
    parts = components(network.u, network.v, np.flatnonzero(usable), network.node_count)[along]
    # Each part that the route touches joins all that lies between its first and its last touch.
    _names, place = np.unique(parts, return_inverse=True)
    lowest, highest = np.full(place.max() + 1, len(parts)), np.zeros(place.max() + 1, dtype=np.intp)
    np.minimum.at(lowest, place, np.arange(len(parts)))
    np.maximum.at(highest, place, np.arange(len(parts)))
    joined = np.zeros(len(parts) + 1, dtype=np.intp)
    np.add.at(joined, lowest, 1)
    np.add.at(joined, highest, -1)
    return np.asarray(np.cumsum(joined)[: len(route.edges)] == 0)

"""Proposed links: declared at a border point, snapped to the largest component on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo.measure import flat_frame
from geo.network import MODES, STATUSES
from geo.tags import RAIL_CLASSES, ROAD_CLASSES, WayTags
from geo.territory import split
from geo.ways import Ways, assemble, join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.model import Link
    from routes.study import Study

LINK_SOURCE = "study: proposed link"
_TOGETHER_M = 1.0  # sides that already meet need no link
_CLASSES = {"rail": RAIL_CLASSES, "road": ROAD_CLASSES - {"service", "track"}}


def join_links(network: Network, study: Study) -> Network:
    """
    Add a study's proposed links to a network, each as edges of status proposed.

    Parameters
    ----------
    network
        What there is.
    study
        States the links.

    Returns
    -------
    network
        With the links that could be snapped; the others are left out, and a route that needs one breaks there.
    """
    pairs = [(link, pair) for link in study.links.values() if (pair := _snap(network, link)) is not None]
    if not pairs:
        return network
    nodes = np.unique([node for _link, pair in pairs for node in pair])
    ways = Ways(nodes.astype(np.int64), network.node_lon_e7[nodes], network.node_lat_e7[nodes])
    for link, (a, b) in pairs:
        ways.add(
            WayTags(mode=link.mode, class_="rail" if link.mode == "rail" else "road", status="proposed", name=link.title),
            [a, b],
            stretch=link.id,
            geometry_basis="proposed link",
            source=LINK_SOURCE,
        )
    # Row 0 is a node too, and 0 in a node id means "made by a border cut": so ids are rows, plus one.
    ways.node_id = nodes.astype(np.int64) + 1
    ways.node_ref = [ref + 1 for ref in ways.node_ref]
    links = assemble(ways, network.meta)
    if network.meta.get("boundaries"):
        links = split(links, study.boundaries())
    return join(network, links, (links.node_osm_id - 1).astype(np.int32))


def _snap(network: Network, link: Link) -> tuple[int, int] | None:
    """Find the shortest join between the largest components of the two sides near the declared point."""
    project = flat_frame(link.lon, link.lat)
    sides = []
    for territory in link.territories:
        nodes = _largest(network, link.mode, territory)
        points = project(np.column_stack((network.node_lon[nodes], network.node_lat[nodes])))
        near = np.hypot(*points.T) <= link.search_m if len(nodes) else np.zeros(0, dtype=bool)
        sides.append((nodes[near], points[near]))
    (nodes_a, points_a), (nodes_b, points_b) = sides
    if len(nodes_a) == 0 or len(nodes_b) == 0:
        return None
    distance, nearest = KDTree(points_b).query(points_a)
    best = int(np.argmin(distance))
    if not _TOGETHER_M < distance[best] <= link.max_length_m:
        return None
    return int(nodes_a[best]), int(nodes_b[nearest[best]])


def _largest(network: Network, mode: str, territory: str) -> NDArray[np.intp]:
    """Nodes of the largest component of one mode inside one territory, by length of line."""
    use = (
        (network.mode == MODES.index(mode))
        & network.text["territory"].isin((territory,))
        & (network.status != STATUSES.index("razed"))
        & network.text["class"].isin(_CLASSES[mode])
    )
    rows = np.flatnonzero(use)
    if len(rows) == 0:
        return np.empty(0, dtype=np.intp)
    u, v = network.u[rows], network.v[rows]
    graph = csr_matrix((np.ones(len(rows)), (u, v)), shape=(network.node_count, network.node_count))
    _count, label = connected_components(graph, directed=False)
    metres = np.bincount(label[u], weights=network.length_m[rows])
    inside = np.zeros(network.node_count, dtype=bool)
    inside[u] = True
    inside[v] = True
    return np.flatnonzero(inside & (label == np.argmax(metres)))

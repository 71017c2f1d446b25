"""Bridges and tunnels as lines between their portals, however many edges they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from geo.network import MODES, STRUCTURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

STRAIGHT = ("bridge", "tunnel")
"""Structures that leave the terrain; a ford does not."""

_LEAST_M = 0.01  # metres: an edge of no length still has two ends


@dataclass(frozen=True, eq=False)
class Lines:
    """
    Heights of bridges and tunnels.

    Attributes
    ----------
    rows
        The edges that are bridge or tunnel.
    at_u_m, at_v_m
        Height at the start and the end of each, metres; between them the edge climbs evenly.
    inner_m
        Height of each node that lies within a structure, not at a portal; shape (modes, nodes), NaN elsewhere.
    """

    rows: NDArray[np.intp]
    at_u_m: NDArray[np.float64]
    at_v_m: NDArray[np.float64]
    inner_m: NDArray[np.float64]


def lines(network: Network, terrain_m: NDArray[np.float64]) -> Lines:
    """
    Draw every bridge and tunnel straight between its portals.

    Edges of one mode and one structure that meet at nodes are one structure, also where a border or a junction
    cuts it; its portals are its ends (nodes with one of its edges), and they lie on the terrain. Where a structure
    forks, its inner nodes take the heights at which every arm is straight: each is the mean of its neighbours,
    weighted by one over the distance, which on a structure without forks is the straight line itself. A structure
    with fewer than two ends (a roundabout on a viaduct) has its portals where other edges meet it, or else at all
    of its nodes.

    Parameters
    ----------
    network
        Any network.
    terrain_m
        Height of the terrain at each node, metres; NaN where not known.

    Returns
    -------
    lines
        Heights at the ends of each bridge and tunnel edge; NaN throughout a structure with a portal that has no
        height.
    """
    rows = np.flatnonzero(np.isin(network.structure, [STRUCTURES.index(name) for name in STRAIGHT]))
    inner_m = np.full((len(MODES), network.node_count), np.nan)
    if len(rows) == 0:
        none = np.empty(0)
        return Lines(rows, none, none, inner_m)
    kind = network.mode[rows].astype(np.int64) * len(STRUCTURES) + network.structure[rows]
    # A node that touches a bridge and a tunnel, or road and rail, counts once for each.
    both = np.concatenate((network.u[rows], network.v[rows])) + np.tile(kind, 2) * network.node_count
    keys, ends = np.unique(both, return_inverse=True)
    u, v = ends[: len(rows)], ends[len(rows) :]
    node, mode = keys % network.node_count, keys // network.node_count // len(STRUCTURES)
    weight = 1.0 / np.maximum(network.shape_length_m[rows], _LEAST_M)
    count = len(keys)
    weight[u == v] = 0.0  # a loop ties a node to nothing but itself
    links = sparse.csr_array((np.tile(weight, 2), (ends, np.concatenate((v, u)))), shape=(count, count))
    _, part = connected_components(links, directed=False)
    portal = _portals(network, part, np.bincount(ends, minlength=count), node, mode)
    height_m = _between(links, part, portal, np.where(portal, terrain_m[node], np.nan))
    inner_m[mode[~portal], node[~portal]] = height_m[~portal]
    return Lines(rows, height_m[u], height_m[v], inner_m)


def _portals(
    network: Network,
    part: NDArray[np.int32],
    degree: NDArray[np.int64],
    node: NDArray[np.int64],
    mode: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Say which nodes of the structures are portals."""
    touching = np.bincount(
        np.concatenate((network.u, network.v)) + np.tile(network.mode.astype(np.int64), 2) * network.node_count,
        minlength=len(MODES) * network.node_count,
    )
    meets_others = touching[mode * network.node_count + node] > degree
    portal = degree == 1
    portal |= meets_others & (np.bincount(part, weights=portal) < 2)[part]  # noqa: PLR2004  (a line has two ends)
    portal |= (np.bincount(part, weights=portal) == 0)[part]
    return np.asarray(portal)


def _between(
    links: sparse.csr_array, part: NDArray[np.int32], portal: NDArray[np.bool_], at_portal_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Solve for the inner nodes' heights, given the portals'."""
    unknown = np.bincount(part, weights=portal & np.isnan(at_portal_m)) > 0
    height_m = np.where(portal & ~np.isnan(at_portal_m), at_portal_m, 0.0)
    inner = np.flatnonzero(~portal)
    if len(inner):
        among = sparse.diags_array(links.sum(axis=1)[inner]) - links[inner][:, inner]
        height_m[inner] = spsolve(among.tocsc(), links[inner] @ height_m)
    height_m[unknown[part]] = np.nan
    return height_m

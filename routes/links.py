"""Proposed links: declared at a border point, snapped to the largest component on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy  # what is used of it loads when it is first used
import shapely
import shapely.ops

from geo.measure import flat_frame, to_e7
from geo.network import MODES, STATUSES
from geo.tags import WayTags
from geo.territory import split
from geo.ways import Ways, assemble, join
from routes.permit import CLASSES
from routes.snapping import component_by_length, within_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.territory import BoundarySet
    from routes.model import Link
    from routes.study import Study

LINK_SOURCE = "study: proposed link"
_TOGETHER_M = 50.0  # sides that already meet need no link
_ROUGH_M = 1_000.0  # more than a flat frame and a geodesic can differ by within a link's reach
_AROUND_DEG = 0.05  # how far around a link other territories are looked at
_CLEAR_M = 30.0  # how far a link keeps from a third territory whose corner it goes around


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
    boundaries = study.boundaries()
    sides = {(link.mode, territory) for link in study.links.values() for territory in link.territories}
    mains = {side: _largest(network, *side) for side in sorted(sides)}
    pairs = [(link, pair) for link in study.links.values() if (pair := _snap(network, link, mains)) is not None]
    if not pairs:
        return network
    shapes = [_shape(network, pair, boundaries, link.territories) for link, pair in pairs]
    # Row 0 is a node too, and 0 in a node id means "made by a border cut": so an id is a row, plus one.
    bends = np.cumsum([0, *(len(shape) - 2 for shape in shapes)]) + network.node_count + 1
    ids = [
        [a + 1, *range(low, high), b + 1] for (_link, (a, b)), low, high in zip(pairs, bends, bends[1:], strict=False)
    ]
    node_id, first = np.unique(np.concatenate(ids), return_index=True)
    points = to_e7(np.vstack(shapes))[first]
    ways = Ways(node_id.astype(np.int64), points[:, 0], points[:, 1])
    for (link, _pair), refs in zip(pairs, ids, strict=True):
        ways.add(
            WayTags(
                mode=link.mode, class_="rail" if link.mode == "rail" else "road", status="proposed", name=link.title
            ),
            refs,
            stretch=link.id,
            geometry_basis="proposed link",
            source=LINK_SOURCE,
        )
    links = assemble(ways, network.meta)
    if network.meta.get("boundaries"):
        links = split(links, boundaries)
    known = links.node_osm_id <= network.node_count
    return join(network, links, np.where(known, links.node_osm_id - 1, -1).astype(np.int32))


def _snap(network: Network, link: Link, mains: Mapping[tuple[str, str], NDArray[np.intp]]) -> tuple[int, int] | None:
    """Find the shortest join between the largest components of the two sides near the declared point."""
    lon, lat = network.node_lon, network.node_lat
    project = flat_frame(link.lon, link.lat)
    sides = []
    for territory in link.territories:
        nodes = mains[link.mode, territory]
        close, _away = within_reach(lon[nodes], lat[nodes], link.lon, link.lat, link.search_m + _ROUGH_M)
        nodes = nodes[close]
        points = project(np.column_stack((network.node_lon[nodes], network.node_lat[nodes])))
        near = np.hypot(*points.T) <= link.search_m if len(nodes) else np.zeros(0, dtype=bool)
        sides.append((nodes[near], points[near]))
    (nodes_a, points_a), (nodes_b, points_b) = sides
    if len(nodes_a) == 0 or len(nodes_b) == 0:
        return None
    tree = shapely.STRtree(shapely.points(points_b))
    (a, b), distance = tree.query_nearest(shapely.points(points_a), return_distance=True)
    best = np.lexsort((b, a, distance))[0]
    if not _TOGETHER_M < distance[best] <= link.max_length_m:
        return None
    return int(nodes_a[a[best]]), int(nodes_b[b[best]])


def _shape(
    network: Network, pair: tuple[int, int], boundaries: BoundarySet, territories: tuple[str, str]
) -> NDArray[np.float64]:
    """Draw a link straight, but around the corner of a third territory that it would cut (a bend of a border river)."""
    ends = np.column_stack((network.node_lon[list(pair)], network.node_lat[list(pair)]))
    west, south = ends.min(axis=0) - _AROUND_DEG
    east, north = ends.max(axis=0) + _AROUND_DEG
    foreign = [a for a, key in zip(boundaries.areas, boundaries.territories, strict=True) if key not in territories]
    project = flat_frame(*ends.mean(axis=0))
    line = shapely.transform(shapely.LineString(ends), project)
    third = shapely.transform(shapely.union_all(shapely.clip_by_rect(foreign, west, south, east, north)), project)
    ring = shapely.get_parts(third.buffer(_CLEAR_M, quad_segs=2))
    crossed = [part.exterior for part in ring if part.exterior.intersection(line).geom_type == "MultiPoint"]
    if not crossed or not third.intersects(line):
        return ends
    cuts = np.sort([line.project(point) for point in shapely.get_parts(crossed[0].intersection(line))])
    enter, leave = (crossed[0].project(line.interpolate(at)) for at in (cuts[0], cuts[-1]))
    along = shapely.ops.substring(crossed[0], enter, leave)
    around = (
        shapely.ops.substring(crossed[0], max(enter, leave), crossed[0].length),
        shapely.ops.substring(crossed[0], 0, min(enter, leave)),
    )
    other = np.vstack([shapely.get_coordinates(part) for part in around])
    other = other if enter > leave else other[::-1]
    path = shapely.get_coordinates(along)
    best = path if along.length <= crossed[0].length / 2 else other
    return np.vstack((ends[:1], _degrees(best, ends, project), ends[1:]))


def _degrees(
    points_m: NDArray[np.float64],
    ends: NDArray[np.float64],
    project: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Turn flat metres back to degrees; over a few kilometres the frame is a scaling to within a metre."""
    centre = ends.mean(axis=0)
    step = project(centre + np.array([[0.01, 0.0], [0.0, 0.01]]))
    return np.asarray(centre + 0.01 * points_m / np.array([step[0, 0], step[1, 1]]), dtype=np.float64)


def _largest(network: Network, mode: str, territory: str) -> NDArray[np.intp]:
    """Nodes of the largest component of one mode inside one territory, by length of line."""
    use = (
        (network.mode == MODES.index(mode))
        & network.text["territory"].isin((territory,))
        & (network.status != STATUSES.index("razed"))
        & network.text["class"].isin(CLASSES[mode])
    )
    rows = np.flatnonzero(use)
    if len(rows) == 0:
        return np.empty(0, dtype=np.intp)
    component = component_by_length(network, rows)
    inside = np.zeros(network.node_count, dtype=bool)
    inside[network.u[rows]] = True
    inside[network.v[rows]] = True
    return np.flatnonzero(inside & (component == component[network.u[rows]].min()))


def drawn_links(network: Network, study: Study) -> NDArray[np.object_]:
    """
    Say which lines that a network draws as proposed stand for a link that its study declares.

    Parameters
    ----------
    network
        A network; a text network draws the gap that a link closes as a line of its own.
    study
        States the links.

    Returns
    -------
    ids
        One an edge: the nearest link of the mode whose point lies within its `search_m` of the drawn line that the
        edge is part of, where that line keeps to the link's territories; empty elsewhere, and for links that the study
        itself joined.
    """
    ids = np.full(network.edge_count, "", dtype=object)
    nearest = np.full(network.edge_count, np.inf)
    drawn = (network.status == STATUSES.index("proposed")) & ~network.text["source"].isin((LINK_SOURCE,))
    for mode in {link.mode for link in study.links.values()}:
        rows = np.flatnonzero(drawn & (network.mode == MODES.index(mode)))
        if len(rows) == 0:
            continue
        size = network.node_count
        joined = scipy.sparse.csr_matrix((np.ones(len(rows)), (network.u[rows], network.v[rows])), shape=(size, size))
        part = scipy.sparse.csgraph.connected_components(joined, directed=False)[1][network.u[rows]]
        territory, lines = network.text["territory"].take(rows).decode(), network.lines(rows)
        for link in study.links.values():
            if link.mode != mode:
                continue
            outside = np.unique(part[~np.isin(territory, ["", *link.territories])])
            here = shapely.transform(lines, flat_frame(link.lon, link.lat))
            away_m = np.full(part.max() + 1, np.inf)
            np.minimum.at(away_m, part, shapely.distance(here, shapely.Point(0, 0)))
            away_m[outside] = np.inf
            closer = (away_m[part] <= link.search_m) & (away_m[part] < nearest[rows])
            ids[rows[closer]], nearest[rows[closer]] = link.id, away_m[part][closer]
    return ids

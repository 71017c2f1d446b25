"""Lines that a scenario adds: drawn straight between two places, behind the edges that a network has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.measure import to_e7
from geo.tags import WayTags
from geo.territory import split
from geo.ways import Ways, assemble, join
from routes.links import LINK_SOURCE
from routes.permit import ANY, CLASSES, USABLE, Permit
from routes.places import find_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network import Network
    from routes.ground import Ground
    from routes.scenario import Addition

_DEFAULT = {"road": "road", "rail": "rail"}  # the class of a proposed link
_KM = 1000


def join_additions(ground: Ground, additions: Sequence[Addition]) -> Network:
    """
    Add a scenario's lines to a network, each as edges of status proposed.

    Parameters
    ----------
    ground
        A study on a network.
    additions
        What to add; each end is the node of its mode nearest to a place.

    Returns
    -------
    network
        The network's own edges keep their rows; the additions' follow.

    Raises
    ------
    InputError
        No line of its mode lies within reach of an end, or both ends are one node.
    NotFoundError
        A place that does not exist.
    """
    network = ground.network
    ends = [_ends(ground, addition) for addition in additions]
    nodes = np.unique(np.array(ends, dtype=np.int64))
    points = to_e7(np.column_stack((network.node_lon[nodes], network.node_lat[nodes])))
    ways = Ways(nodes + 1, points[:, 0], points[:, 1])  # a node id of 0 means: made by a border cut
    for addition, (first, last) in zip(additions, ends, strict=True):
        speed = addition.maxspeed_kmh
        ways.add(
            WayTags(
                mode=addition.mode,
                class_=addition.class_ or _DEFAULT[addition.mode],
                status="proposed",
                name=addition.title,
                maxspeed="" if speed is None else f"{speed:g}",
            ),
            [first + 1, last + 1],
            length_m=float("nan") if addition.length_km is None else addition.length_km * _KM,
            stretch=addition.id,
            geometry_basis="proposed link",
            source=LINK_SOURCE,
        )
    added = assemble(ways, network.meta)
    if network.meta.get("boundaries"):
        added = split(added, ground.study.boundaries())
    known = added.node_osm_id > 0
    return join(network, added, np.where(known, added.node_osm_id - 1, -1).astype(np.int32))


def _ends(ground: Ground, addition: Addition) -> tuple[int, int]:
    first, last = (_node(ground, addition, text) for text in (addition.from_place, addition.to_place))
    if first == last:
        message = f"the addition {addition.id} begins and ends at one node; give two places that lie further apart"
        raise InputError(message)
    return first, last


def _node(ground: Ground, addition: Addition, text: str) -> int:
    place = find_place(ground.study, ",".join(text.split()) if text[:1].isdigit() or text[:1] == "-" else text)
    usable = frozenset(USABLE)
    permit = Permit(addition.mode, CLASSES[addition.mode], usable, borders=frozenset({ANY}))
    states = ground.ends(permit, place) if ground.holds(addition.mode) else np.empty(0, dtype=np.intp)
    if len(states) == 0:
        message = f"the addition {addition.id} has no {addition.mode} near its end {place.title} on this network"
        raise InputError(message)
    return int(ground.graph(addition.mode).node[states[0]])

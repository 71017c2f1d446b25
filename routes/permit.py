"""What a search may use: classes, statuses, territories, crossings and proposed links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.network import MODES, STATUSES
from geo.tags import RAIL_CLASSES, ROAD_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.model import Stretch

CLASSES = {"rail": RAIL_CLASSES, "road": ROAD_CLASSES - {"service", "track"}}
USABLE = tuple(status for status in STATUSES if status != "razed")
ANY = "any"


@dataclass(frozen=True)
class Permit:
    """
    What a search may use.

    Attributes
    ----------
    mode
        road or rail.
    classes, statuses
        Of edges.
    territories
        Only these may be entered; empty means all.
    avoid
        Territories that are never entered.
    crossings
        Ids of crossings that may be passed whatever their status; open ones always may.
    borders
        Pairs of territories, such as AM-AZ, whose undeclared crossings may be passed; "any" for all.
    links
        Ids of proposed links that may be used.
    """

    mode: str
    classes: frozenset[str]
    statuses: frozenset[str]
    territories: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    crossings: frozenset[str] = frozenset()
    borders: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


def default_permit(stretch: Stretch) -> Permit:
    """
    Say what a stretch may use when nothing bars it.

    Parameters
    ----------
    stretch
        The stretch.

    Returns
    -------
    permit
        Its own classes, statuses and territories; every crossing, no proposed link.
    """
    return Permit(
        mode=stretch.mode,
        classes=frozenset(stretch.classes) or CLASSES[stretch.mode],
        statuses=frozenset(stretch.statuses) or frozenset(USABLE),
        territories=frozenset(stretch.territories),
        borders=frozenset({ANY}),
    )


def permitted(network: Network, permit: Permit) -> NDArray[np.bool_]:
    """
    Say which edges a search may use, proposed links aside.

    Parameters
    ----------
    network
        Any network.
    permit
        What it may use.

    Returns
    -------
    permitted
        One an edge.
    """
    territory = network.text["territory"]
    statuses = np.isin(network.status, [STATUSES.index(s) for s in permit.statuses])
    may = statuses & (network.mode == MODES.index(permit.mode)) & network.text["class"].isin(permit.classes)
    may &= ~territory.isin(permit.avoid)
    if permit.territories:
        may &= territory.isin(permit.territories)
    return np.asarray(may, dtype=bool)

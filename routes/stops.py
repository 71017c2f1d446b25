"""Where a way may begin or end: the point of a network that stands for a place, found in microseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.cells import Cells, share_before
from geo.errors import InputError
from routes.permit import permitted
from routes.snapping import REACH_M, component_by_length, home

if TYPE_CHECKING:
    from routes.ground import Ground
    from routes.model import Place
    from routes.permit import Permit


@dataclass(frozen=True)
class Stop:
    """
    A point of the network at which a way may begin or end.

    Attributes
    ----------
    edge
        Row of its edge.
    vertex
        Number of the vertex along the edge.
    share
        Share of the edge's length that lies before it.
    away_m
        How far it is from the point that was asked for, metres.
    """

    edge: int
    vertex: int
    share: float
    away_m: float


class Stops:
    """
    The points of a ground's network at which ways may begin and end.

    Parameters
    ----------
    ground
        A study on a network.
    permit
        What a way may use.
    """

    def __init__(self, ground: Ground, permit: Permit) -> None:
        self._network = ground.base.network  # a scenario moves nothing: a journey begins where it did
        self._permit = permit
        self._cells: Cells = ground.cells
        self._usable = permitted(self._network, permit)
        self._component = component_by_length(self._network, np.flatnonzero(self._usable))
        self._in_territory = {"": self._usable}

    def at(self, place: Place | tuple[float, float]) -> Stop:
        """
        Find the point of the network that stands for a place: the nearest vertex of the largest component in reach.

        Parameters
        ----------
        place
            A place, which must be met in its own territory; or lon and lat in degrees.

        Returns
        -------
        stop
            Where a way may begin or end.

        Raises
        ------
        InputError
            Nothing that may be used lies within reach.
        """
        network = self._network
        lon, lat, territory = (*place, "") if isinstance(place, tuple) else (place.lon, place.lat, home(network, place))
        if territory not in self._in_territory:
            here = network.text["territory"].isin((territory,))
            self._in_territory[territory] = self._usable & here
        found = self._cells.nearest(lon, lat, REACH_M, self._in_territory[territory], self._component)
        if found is None:
            title = f"{lon:g}, {lat:g}" if isinstance(place, tuple) else place.title
            message = (
                f"no {self._permit.mode} that may be used lies within {REACH_M / 1000:.0f} km of {title} on this "
                "network; choose another place, or allow more"
            )
            raise InputError(message)
        edge, vertex, away_m = found
        return Stop(edge, vertex, self._share(edge, vertex), away_m)

    def _share(self, edge: int, vertex: int) -> float:
        network = self._network
        first, last = network.vertex_offset[edge], network.vertex_offset[edge + 1]
        if vertex in {0, last - first - 1}:
            return float(vertex > 0)
        return float(share_before(network.vertex_lon_e7, network.vertex_lat_e7, first, first + vertex, last))

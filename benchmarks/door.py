"""How the benchmarks ask Araxes: a saved network, the engine on it, and the questions that are measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.tags import ROAD_CLASSES
from routes.alternatives import alternatives
from routes.engine import Engine
from routes.loading import open_network
from routes.model import Place
from routes.pareto import front
from routes.permit import ANY, CLASSES, Permit
from routes.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.record import Pair
    from geo.network import Network
    from routes.ground import Ground
    from routes.way import Way

STUDY = "nakhchivan"
SAVED = "region.net"
_TOLERANCE = 0.05
_ALTERNATIVES = 3
_COSTS = ("distance", "crossings")
_SEED = 2026
_PATIENCE = 10  # edges that are tried before the largest component is looked for


def permit(classes: frozenset[str] = CLASSES["road"]) -> Permit:
    """
    Say what the benchmarks may use: open roads, and every border as if it were open, as the peers do.

    Parameters
    ----------
    classes
        Of roads; those for cars when left out.

    Returns
    -------
    permit
        To search with.
    """
    return Permit(mode="road", classes=classes, statuses=frozenset({"open"}), borders=frozenset({ANY}))


@dataclass(frozen=True, eq=False)
class Door:
    """
    Araxes, ready to be asked.

    Attributes
    ----------
    ground
        The built-in study on the network that was loaded.
    engine
        By length, in millimetres.
    """

    ground: Ground
    engine: Engine

    @classmethod
    def open(cls, folder: Path) -> Door:
        """
        Open what was loaded.

        Parameters
        ----------
        folder
            That holds the saved network.

        Returns
        -------
        door
            Ready for a first question.
        """
        study = Study.open(STUDY)
        return cls.over(study, open_network(folder / SAVED, study))

    @classmethod
    def over(cls, study: Study, network: Network) -> Door:
        """
        Build the engine.

        Parameters
        ----------
        study
            The built-in one.
        network
            That was loaded.

        Returns
        -------
        door
            Ready for a first question.
        """
        ground = study.ground(network)
        return cls(ground, Engine.build(ground, permit()))

    def first(self) -> Way:
        """
        Answer a first question: between the ends of the first and the last edge that a way joins.

        A part of a file may begin on an island; then the edges of the largest component are asked.

        Returns
        -------
        way
            The way; what answers need is worked out by now.
        """
        network = self.network
        ends = np.flatnonzero(np.isfinite(self.engine.weights.weight) & (self.engine.graph.edge >= 0))
        for turn, arc in enumerate(ends[::-1]):
            if turn == _PATIENCE:
                main = self.engine.weights.component == 0
                ends = ends[main[self.engine.graph.tail[ends]]]
                arc = ends[-1]  # noqa: PLW2901  (the last edge of the largest component)
            nodes = network.u[self.engine.graph.edge[[ends[0], arc]]]
            one, other = ((float(network.node_lon[node]), float(network.node_lat[node])) for node in nodes)
            way = self.engine.route(one, other)
            if way is not None and way.length_m > 0:
                return way
        message = "no two places are joined on this network"
        raise RuntimeError(message)

    @property
    def network(self) -> Network:
        """The network that is searched."""
        return self.ground.network

    @cached_property
    def length_mm(self) -> NDArray[np.int64]:
        """Length of each edge in whole millimetres: the cost of a search by length."""
        return self.ground.cost_mm

    # -- ways ----------------------------------------------------------------------------------------------------

    def way(self, pair: Pair, engine: Engine | None = None) -> Way:
        """
        Find a way, from two positions to geometry and metrics.

        Parameters
        ----------
        pair
            Two positions.
        engine
            Another than this door's own.

        Returns
        -------
        way
            As arrays.

        Raises
        ------
        RuntimeError
            There is none.
        """
        found = (engine or self.engine).route(pair.origin, pair.destination)
        if found is None:
            message = f"there is no way from {pair.title}"
            raise RuntimeError(message)
        return found

    def geojson(self, way: Way) -> str:
        """
        Write a way as GeoJSON.

        Parameters
        ----------
        way
            The way.

        Returns
        -------
        text
            A Feature with the metrics as its properties.
        """
        line = np.column_stack((way.lon, way.lat)).round(7).tolist()
        geometry = {"type": "LineString", "coordinates": line}
        properties = {name: _plain(value) for name, value in way.measures.items()}
        return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties}, ensure_ascii=False)

    def shortest_m(self, pair: Pair) -> float:
        """
        Measure the shortest way over every class of road.

        Parameters
        ----------
        pair
            Two positions.

        Returns
        -------
        length_m
            Metres.
        """
        return self.way(pair, self.every_class).length_m

    @cached_property
    def every_class(self) -> Engine:
        """The engine over every class of road."""
        return Engine.build(self.ground, permit(ROAD_CLASSES))

    # -- from state to state, for comparing engines ----------------------------------------------------------------

    def costs(self, weight: NDArray[np.int64], source: int, targets: Sequence[int]) -> list[int | None]:
        """
        Say what the cheapest ways from a state cost under weights.

        Parameters
        ----------
        weight
            Of each edge of the network; negative where it is closed.
        source, targets
            States of the graph that is searched.

        Returns
        -------
        cost
            One a target; None where there is no way.
        """
        metric = self.engine.weighed(np.where(weight >= 0, weight, np.inf)).metric
        found = [metric.shortest(np.array([source]), np.array([target])) for target in targets]
        return [None if answer is None else answer[0] for answer in found]

    # -- questions -----------------------------------------------------------------------------------------------

    def questions(self, pair: Pair) -> list[tuple[str, Callable[[], Any], str]]:
        """
        List the larger questions of a pair.

        Parameters
        ----------
        pair
            Two positions.

        Returns
        -------
        questions
            Operation, what to time, and what that is in words.
        """
        way = self.way(pair)
        middle = int(way.edges[len(way.edges) // 2])
        random = np.random.default_rng(_SEED)
        slower = self.length_mm * random.integers(1, 3, len(self.length_mm))
        ends = _place("from", pair.origin), _place("to", pair.destination)
        journey = self.engine.journey(*ends)
        cost = self._arc_mm
        return [
            ("reweigh", partial(self._reweigh, pair, slower), "random factors on all edges, and the way with metrics"),
            ("close", partial(self._close, pair, middle), "the edge half way; the way round with metrics; open again"),
            ("chokepoints", partial(self.engine.choke_points, *ends), f"{len(way.edges)} edges, each exactly"),
            ("band", partial(self.engine.band, *ends, _TOLERANCE), "every edge of it with its slack"),
            ("alternatives", partial(alternatives, journey, cost, _ALTERNATIVES), f"{_ALTERNATIVES} distinct ways"),
            ("pareto", partial(front, journey, _COSTS), f"by {' and '.join(_COSTS)}"),
        ]

    def _reweigh(self, pair: Pair, cost: NDArray[np.int64]) -> Way:
        return self.way(pair, self.engine.weighed(cost))

    def _close(self, pair: Pair, edge: int) -> Way | None:
        with self.engine.closed([edge]) as engine:
            return engine.route(pair.origin, pair.destination)

    @cached_property
    def _arc_mm(self) -> NDArray[np.int64]:
        graph = self.engine.graph
        return np.where(graph.edge >= 0, self.length_mm[graph.edge], 0)


def _place(id_: str, position: tuple[float, float]) -> Place:
    return Place(id=id_, names={}, territory="", lon=position[0], lat=position[1])


def _plain(value: Any) -> Any:  # noqa: ANN401  (anything that a measure can be)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value

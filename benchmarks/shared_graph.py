"""The graph of our own network, handed as plain arrays to the libraries that search any graph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SharedGraph:
    """
    A directed graph with integer weights.

    Attributes
    ----------
    tail, head
        Nodes that each arc joins; at most one arc between two nodes, the cheapest.
    weight
        Of each arc; a positive integer.
    lon, lat
        Of each node, degrees.
    case
        Ids of the pairs.
    start, end
        Node at which each pair begins and ends.
    cost
        What we say that the cheapest way costs.
    unit
        What a weight of 1 stands for, such as "mm".
    every_tail, every_head, every_weight, every_edge
        All arcs, parallel ones too, and the edge of our network that each is a direction of; -1 for the passing of a
        border.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    case: tuple[str, ...]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    cost: NDArray[np.int64]
    unit: str
    every_tail: NDArray[np.int32]
    every_head: NDArray[np.int32]
    every_weight: NDArray[np.int64]
    every_edge: NDArray[np.int32]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.lon)

    def with_costs(self, cost: list[int]) -> SharedGraph:
        """
        Say what the cheapest ways cost.

        Parameters
        ----------
        cost
            One a pair.

        Returns
        -------
        graph
            The same, with these.
        """
        return replace(self, cost=np.array(cost, dtype=np.int64))

    def save(self, path: Path) -> None:
        """
        Write it.

        Parameters
        ----------
        path
            An .npz file.
        """
        columns = {name: getattr(self, name) for name in _COLUMNS}
        np.savez(path, **columns, case=np.array(self.case), unit=np.array(self.unit))

    @classmethod
    def load(cls, path: Path) -> SharedGraph:
        """
        Read it.

        Parameters
        ----------
        path
            What `save` wrote.

        Returns
        -------
        graph
            The graph.
        """
        with np.load(path, allow_pickle=False) as arrays:
            columns = {name: arrays[name] for name in _COLUMNS}
            return cls(**columns, case=tuple(arrays["case"].tolist()), unit=str(arrays["unit"]))


_COLUMNS = (
    *("tail", "head", "weight", "lon", "lat", "start", "end", "cost"),
    *("every_tail", "every_head", "every_weight", "every_edge"),
)


def cheapest_arcs(
    tail: NDArray[np.int32], head: NDArray[np.int32], weight: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """
    Keep the cheapest of parallel arcs, and none that leads back to its own tail: no library here needs more.

    Parameters
    ----------
    tail, head, weight
        Of each arc.

    Returns
    -------
    tail, head, weight
        Sorted by tail and head.
    """
    order = np.lexsort((weight, head, tail))
    order = order[tail[order] != head[order]]
    tail, head, weight = tail[order], head[order], weight[order]
    fresh = np.ones(len(tail), dtype=bool)
    fresh[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[fresh], head[fresh], weight[fresh]

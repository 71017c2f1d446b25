"""A journey: one question put on the ground once, for every answer that is more than one shortest way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from routes.resolve import Question, route_of
from routes.search import NEVER, Weights
from routes.snapping import REACH_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.graph import Graph
    from routes.ground import Ground
    from routes.model import Break, Place
    from routes.permit import Permit
    from routes.route import Route


@dataclass(frozen=True, eq=False)
class Journey:
    """
    Two points, and what may be used between them, on a graph.

    Attributes
    ----------
    ground
        The study on a network that has a node at either point.
    origin, destination
        Where from and to.
    permit
        What may be used.
    graph
        The graph of the permit's mode.
    open
        Which arcs may be taken; one an arc.
    starts, ends
        States in which the journey may begin and end.
    """

    ground: Ground
    origin: Place
    destination: Place
    permit: Permit
    graph: Graph
    open: NDArray[np.bool_]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    @classmethod
    def pose(cls, ground: Ground, origin: Place, destination: Place, permit: Permit) -> Journey:
        """
        Put a question on the ground.

        Parameters
        ----------
        ground
            The study on a network.
        origin, destination
            Where from and to.
        permit
            What may be used.

        Returns
        -------
        journey
            Ready to be answered; whether there is any way shows in the answers.

        Raises
        ------
        InputError
            Nothing that may be used lies near one of the points.
        """
        ground = ground.cut_also_at((origin, destination), permit)
        if not ground.holds(permit.mode):
            message = f"the network {ground.network.meta.get('title', '')!r} holds no {permit.mode}; load one that does"
            raise InputError(message)
        weights = ground.weights(permit)
        ends = []
        for place in (origin, destination):
            ends.append(ground.ends(permit, place))
            if len(ends[-1]) == 0:
                message = (
                    f"no {permit.mode} that may be used lies within {REACH_M / 1000:.0f} km of {place.title} on this "
                    "network; choose another place, or allow more"
                )
                raise InputError(message)
        usable = np.isfinite(weights.weight)
        return cls(ground, origin, destination, permit, weights.graph, usable, ends[0], ends[1])

    @property
    def question(self) -> Question:
        """What is asked."""
        return Question.free(self.origin, self.destination, self.permit)

    @property
    def id(self) -> str:
        """Origin, destination and mode in one word."""
        return self.question.id

    @property
    def title(self) -> str:
        """Origin, destination and mode in words."""
        return self.question.title

    def weigh(self, cost: NDArray[np.int64]) -> Weights:
        """
        Give every arc its cost; those that may not be taken stay closed.

        Parameters
        ----------
        cost
            Integer, one an arc; an arc of negative cost (not known) stays closed too.

        Returns
        -------
        weights
            To search with.
        """
        return Weights(self.graph, np.where(self.open & (cost >= 0), cost, NEVER))

    def route(self, arcs: NDArray[np.intp], suffix: str = "", title: str = "") -> Route:
        """
        Make a route of arcs.

        Parameters
        ----------
        arcs
            Arcs of the graph in order.
        suffix
            Goes behind the journey's id, after a point.
        title
            Goes behind the journey's title, after a colon.

        Returns
        -------
        route
            Of this journey's ground.
        """
        id_ = f"{self.id}.{suffix}" if suffix else self.id
        name = f"{self.title}: {title}" if title else self.title
        question = replace(self.question, id=id_, title=name)
        return route_of(self.ground, question, arcs, np.full(len(arcs), "", dtype=object))

    def broken(self) -> Break | None:
        """
        Say why there is no way at all.

        Returns
        -------
        broken
            Where the journey breaks; None where it does not.
        """
        return self.ground.between(self.origin, self.destination, self.permit).broken


@dataclass(frozen=True, eq=False)
class Tree:
    """
    Cheapest ways from some states to all others, or from all others to them.

    Attributes
    ----------
    cost
        Of each state; infinite where there is no way.
    before
        The state before it on its way (backwards: the one after it); negative for the roots and where there is no way.
    """

    cost: NDArray[np.float64]
    before: NDArray[np.int32]

    @classmethod
    def grow(cls, weights: Weights, roots: NDArray[np.intp], *, backwards: bool = False) -> Tree:
        """
        Grow a tree of cheapest ways.

        Parameters
        ----------
        weights
            The graph and its weights.
        roots
            States.
        backwards
            Grow against the arcs: ways to the roots.

        Returns
        -------
        tree
            See `routes.search.Weights.tree`.
        """
        return cls(*weights.tree(roots, backwards=backwards))

    def walk(self, state: int) -> list[int]:
        """
        Follow the tree from a state to its root.

        Parameters
        ----------
        state
            Where to begin.

        Returns
        -------
        states
            From the state to the root, both included.
        """
        states = [state]
        while (before := int(self.before[states[-1]])) >= 0:
            states.append(before)
        return states

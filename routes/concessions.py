"""Concessions: where a question has no answer, the smallest change to it that has one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo.errors import AraxesError
from routes.query import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.network import Network
    from routes.query import Query
    from routes.route import Route
    from routes.study import Study


@dataclass(frozen=True, eq=False)
class Concession:
    """
    One rule given up, and the way that this allows.

    Attributes
    ----------
    kind
        crossings (those that are not open may be passed), status (lines of any status may be used), avoid (a territory
        may be entered), avoid_border (a border may be passed), cap (no cap holds), require (no territory must be
        entered), forbid_class (any class may be used), scenario (nothing is closed or dated), all (every rule is given
        up).
    name
        The territory, border or crossings that it is about; empty where it is about all of a kind.
    query
        The question with it.
    route
        Its best way.
    """

    kind: str
    name: str
    query: Query
    route: Route


def concessions(study: Study, query: Query, network: Network | None = None) -> list[Concession]:
    """
    Find what would have to be given up for a question without an answer to have one.

    Parameters
    ----------
    study
        What is studied.
    query
        A question that has no answer.
    network
        The built-in one when left out.

    Returns
    -------
    concessions
        Every single one that suffices, the shortest way first. Where none does, each again together with passing
        crossings that are not open; where none of those does, all at once; empty where even that does not help.
    """
    single = list(_answered(study, _single(query), network))
    if not single:
        passing = replace(query, through=("any",), avoid_border=query.avoid_border)
        single = list(_answered(study, _single(passing), network))
    if not single:
        free = replace(
            query, through=("any",), statuses=(), avoid=(), avoid_border=(), cap=(), require=(), forbid_class=(),
            scenario=None, as_of=None, case=None,
        )  # fmt: skip
        single = list(_answered(study, iter([("all", "", free)]), network))
    return sorted(single, key=lambda found: float(found.route.length_m.sum()))


def _single(query: Query) -> Iterator[tuple[str, str, Query]]:
    if not query.through:
        yield "crossings", "", replace(query, through=("any",))
    if query.statuses:
        yield "status", "", replace(query, statuses=())
    for key in query.avoid:
        yield "avoid", key, replace(query, avoid=tuple(other for other in query.avoid if other != key))
    for name in query.avoid_border:
        left = tuple(other for other in query.avoid_border if other != name)
        yield "avoid_border", name, replace(query, avoid_border=left)
    if query.cap:
        yield "cap", "", replace(query, cap=())
    if query.require:
        yield "require", "", replace(query, require=())
    if query.forbid_class:
        yield "forbid_class", "", replace(query, forbid_class=())
    if query.scenario or query.as_of:
        yield "scenario", "", replace(query, scenario=None, as_of=None, case=None)


def _answered(study: Study, tried: Iterator[tuple[str, str, Query]], network: Network | None) -> Iterator[Concession]:
    for kind, name, query in tried:
        try:
            route = put(study, query, network).best()
        except AraxesError:  # a change may contradict another rule; then it is no way out
            continue
        if route.broken is None:
            yield Concession(kind, name, query, route)

"""Beside the candidates of a comparison: every way of the network between the same ends that no other beats."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from geo.errors import AraxesError
from routes.pareto import EXACT_ARCS, front
from routes.query import Query, put

if TYPE_CHECKING:
    from routes.comparison import Comparison
    from web.compare_state import Question
    from web.contents import Contents

# Criteria that a search along the network weighs as a comparison does: climb along it is summed without smoothing, and
# it knows no crossings that are closed.
_SAME = {"time", "distance", "build", "crossings"}
_KEPT = 64


@lru_cache(maxsize=_KEPT)
def unbeaten(
    contents: Contents, question: Question, comparison: Comparison, axes: tuple[str, str]
) -> tuple[str, tuple[tuple[float, float], ...]]:
    """
    Find the Pareto front of the network between the ends that most of the routes compared have.

    Parameters
    ----------
    contents
        What the window shows.
    question
        What was compared; the front is that of the same scenario and date.
    comparison
        The answer.
    axes
        Two criteria.

    Returns
    -------
    mode, values
        road or rail, and the values of each way in the criteria's units, the least of the first one first; whatever the
        status of its lines and crossings. No values where the criteria are not both costs of a search, where the
        network is too large to be searched while a reader waits, or where it has no such way.
    """
    whole = [route for route in comparison.routes if not route.broken]
    if not set(axes) <= _SAME or not whole or contents.network.edge_count > EXACT_ARCS:
        return "", ()
    mode = Counter(route.mode for route in whole).most_common(1)[0][0]
    start, end = next(route for route in whole if route.mode == mode).coordinates()[[0, -1]]
    query = Query(
        origin=f"{start[0]:.7f},{start[1]:.7f}", destination=f"{end[0]:.7f},{end[1]:.7f}", mode=mode, through=("any",),
        scenario=question.scenario or None, as_of=question.as_of or None, case=question.case or None,
    )  # fmt: skip
    try:
        found = front(put(contents.study, query, contents.network, single=False).journey, axes)
    except AraxesError:  # nowhere to search: the candidates stand alone
        return "", ()
    first, second = found.table.columns[:2]
    return mode, tuple(
        (float(x), float(y)) for x, y in zip(found.table[first], found.table[second], strict=True)
    )  # fmt: skip

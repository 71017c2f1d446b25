"""What a comparison is asked, as its address states it: every state of the page can be read from there and shared."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from geo.errors import InputError, NotFoundError
from routes.ranking import CRITERIA, read_weights
from routes.scenario import CASES
from web.escape import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from web.contents import Contents

WEIGHT = "weight-"
"""Beginning of the names of the form's fields for weights; the address states them all as `weights`."""

_ASKED = ("routes", "scenario", "as_of", "case", "baseline", "weights")
_VIEWED = ("sort", "order", "x", "y")
_OTHERS = ("lang", "theme", "download")
_X, _Y = "time", "build"
_LARGEST_FIRST = "-"  # behind the metric that a button of the table sends


@dataclass(frozen=True)
class Question:
    """
    What decides a comparison.

    Attributes
    ----------
    routes
        Ids of candidates, in the study's order.
    scenario, as_of, case
        See `routes.study.Study.asked`; empty where not asked for.
    baseline
        Id of the route that differences are taken from; empty for none.
    weights
        As `routes.ranking.read_weights` reads them; empty for equal ones.
    """

    routes: tuple[str, ...]
    scenario: str = ""
    as_of: str = ""
    case: str = ""
    baseline: str = ""
    weights: str = ""

    @property
    def stated(self) -> Mapping[str, float] | None:
        """Weights by criterion; None for equal ones. InputError where they cannot be read."""
        return read_weights(self.weights) if self.weights else None


@dataclass(frozen=True)
class State:
    """
    A comparison and how it is looked at.

    Attributes
    ----------
    question
        What decides the figures.
    every
        Ids of all candidates that could be compared, in the study's order.
    sort
        Metric that the routes are put in order by; empty for the study's order.
    descending
        Whether the largest comes first.
    x, y
        Criteria of the plot of two objectives.
    """

    question: Question
    every: tuple[str, ...]
    sort: str = ""
    descending: bool = False
    x: str = _X
    y: str = _Y

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The state's query but for the order of the columns: what a form of the page carries along."""
        return [pair for pair in parse_qsl(self.query()) if pair[0] not in {"sort", "order"}]

    @property
    def command(self) -> str:
        """The command line that gives the same answer."""
        asked = self.question
        options = {"as-of": asked.as_of, "case": asked.case, "scenario": asked.scenario, "baseline": asked.baseline}
        options["weights"] = asked.weights
        named = [] if asked.routes == self.every else list(asked.routes)
        parts = ["python app.py compare", *named, *(f"--{name} {shlex.quote(v)}" for name, v in options.items() if v)]
        return " ".join(parts)

    def query(self, **changes: Any) -> str:  # noqa: ANN401 -- values of fields
        """
        Write the state as a query string; what is as when nothing is asked is left out.

        Parameters
        ----------
        **changes
            Fields of the state or of its question that are to be different.

        Returns
        -------
        query
            Without the question mark; empty where nothing is asked.
        """
        own = {name: changes.pop(name) for name in list(changes) if name in Question.__dataclass_fields__}
        state = replace(self, **changes)
        asked = replace(self.question, **own)
        routes = "" if asked.routes == self.every else ",".join(asked.routes)
        found = {"routes": routes, **{name: getattr(asked, name) for name in _ASKED[1:]}}
        found |= {"sort": state.sort, "order": "desc" if state.sort and state.descending else ""}
        if (state.x, state.y) != (_X, _Y):
            found |= {"x": state.x, "y": state.y}
        return urlencode({name: value for name, value in found.items() if value}, safe=",:=")


def canonical(contents: Contents, arguments: MultiDict[str, str]) -> str | None:
    """
    Turn what a form sends into the one address of its state.

    Parameters
    ----------
    contents
        What the window shows.
    arguments
        The query.

    Returns
    -------
    query
        The query that says the same; None where the given one does already.
    """
    given = {name: ",".join(filter(None, arguments.getlist(name))) for name in arguments}
    weights = {name.removeprefix(WEIGHT): v.strip() for name, v in given.items() if name.startswith(WEIGHT)}
    if weights:
        stated = ",".join(f"{name}={value}" for name, value in weights.items() if value)
        equal = all(weights.get(name) == "1" for name in CRITERIA)
        given["weights"] = "" if equal else stated
    if given.get("sort", "").endswith(_LARGEST_FIRST):
        given |= {"sort": given["sort"].removesuffix(_LARGEST_FIRST), "order": "desc"}
    kept = {name: given[name] for name in (*_ASKED, *_VIEWED, *_OTHERS) if given.get(name)}
    chosen = list(dict.fromkeys(kept.get("routes", "").split(",")))
    if kept.get("baseline") and "routes" in kept and kept["baseline"] not in chosen:
        chosen.append(kept["baseline"])  # a difference is taken from a route that is there
        kept["routes"] = ",".join(key for key in contents.routes if key in chosen)
    if kept.get("routes") == ",".join(contents.routes):
        del kept["routes"]
    if "case" in kept and "as_of" not in kept and "scenario" not in kept:
        del kept["case"]  # it chooses among years that count only as of a date
    return None if sorted(kept.items()) == sorted(arguments.items(multi=True)) else urlencode(kept, safe=",:=")


def read(contents: Contents, arguments: Mapping[str, str]) -> State:
    """
    Read the state that a query asks for.

    Parameters
    ----------
    contents
        What the window shows.
    arguments
        The query.

    Returns
    -------
    state
        Names are checked; whether they make an answer shows once it is computed.

    Raises
    ------
    InputError, NotFoundError
        A route, baseline, criterion, case or weights that there are not.
    """
    given = {name: arguments.get(name, "").strip() for name in (*_ASKED, *_VIEWED)}
    every = tuple(contents.routes)
    routes = tuple(dict.fromkeys(filter(None, (part.strip() for part in given["routes"].split(","))))) or every
    for name in (*routes, *filter(None, [given["baseline"]])):
        if name not in contents.routes:
            message = f"there is no route {plain(name)!r} in this study; it has {', '.join(every)}"
            raise NotFoundError(message)
    if given["baseline"] and given["baseline"] not in routes:
        routes = (*routes, given["baseline"])
    for axis in ("x", "y"):
        if given[axis] and given[axis] not in CRITERIA:
            message = f"there is no criterion {plain(given[axis])!r}; there are {', '.join(CRITERIA)}"
            raise InputError(message)
    if given["case"] and given["case"] not in CASES:
        message = f"{plain(given['case'])!r} is not a case of the openings; it must be {', '.join(CASES)}"
        raise InputError(message)
    question = Question(
        tuple(key for key in every if key in routes), **{name: given[name] for name in _ASKED[1:]}
    )  # fmt: skip
    if question.weights:
        read_weights(question.weights)
    x, y = given["x"] or _X, given["y"] or _Y
    if x == y:  # one objective twice is none; keep the first
        y = _Y if x != _Y else _X
    return State(question, every, given["sort"], given["order"] == "desc", x, y)

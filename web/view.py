"""A view: everything that the map page shows for one question, worked out once and kept for whoever asks again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from geo.errors import AraxesError
from routes import metrics
from web import ask
from web.contents import Contents
from web.escape import plain
from web.language import language
from web.question import Situation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from routes.route import Route
    from routes.scenario import Scenario
    from web.ask import Answer
    from web.question import Question

_KEPT = 96  # views; a year of the slider is one
# What depends on the study and its network alone, and takes time to work out: every view shares it.
_SHARED = (
    *(
        "boundaries",
        "territory_names",
        "sources",
        "source_rows",
        "anchors",
        "hillshade",
        "extent",
        "licences",
        "rivers",
    ),
)


@dataclass(frozen=True, eq=False)
class View:
    """
    What a page shows.

    Attributes
    ----------
    question
        What was asked; what could not be answered is left out of it.
    contents
        The candidates under the question's circumstances, and the ways of its answer behind them.
    base
        The candidates as the network and the facts show them.
    other
        The candidates under the circumstances that are compared with; None where nothing is.
    scenario, other_scenario
        The circumstances; None for none.
    answer, other_answer
        Of the free question, here and under the other circumstances; None where nothing was asked.
    problem
        One sentence on what could not be answered; empty where all could.
    """

    question: Question
    contents: Contents
    base: Contents
    other: Contents | None
    scenario: Scenario | None
    other_scenario: Scenario | None
    answer: Answer | None
    other_answer: Answer | None
    problem: str

    @property
    def candidates(self) -> list[str]:
        """Ids of the candidates."""
        return list(self.base.routes)

    @property
    def ways(self) -> list[str]:
        """Ids of the answer's ways."""
        return [] if self.answer is None else [way.id for way in self.answer.ways]

    @property
    def plain(self) -> bool:
        """Whether it shows no more than the candidates as they are."""
        return self.contents is self.base and self.answer is None


class _Kept:
    """Views of one window, the least used leaving first."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        self.under: dict[str, Contents] = {}
        self.lock = Lock()

    def keep(self, table: dict[str, Any], key: str, made: Any) -> None:  # noqa: ANN401 -- views or contents
        with self.lock:
            table.pop(key, None)
            table[key] = made
            for old in list(table)[:-_KEPT]:
                table.pop(old, None)


def _kept_of(base: Contents) -> _Kept:
    """Give the views of a window; they stand beside its cached properties, and leave with it."""
    kept: _Kept = base.__dict__.setdefault("kept_views", _Kept())
    return kept


def view(base: Contents, question: Question) -> View:
    """
    Work out what a page shows.

    Parameters
    ----------
    base
        The candidates as they are.
    question
        What is asked.

    Returns
    -------
    view
        The same object for the same question, while it is kept. A part that cannot be answered does not spoil the
        rest: it is left out, and `problem` says why.
    """
    kept = _kept_of(base)
    key = f"{language()} {question.key}"  # the ways of an answer have names
    found = kept.views.get(key)
    if found is None:
        found = _made(base, question, kept)
        kept.keep(kept.views, key, found)
    return found


def _made(base: Contents, question: Question, kept: _Kept) -> View:
    problems: list[str] = []
    here, scenario, question = _here(base, question, kept, problems)
    other, other_scenario = None, None
    if question.other is not None:
        try:
            other_scenario = question.other.settled(base.study).resolve(base.study)
            other = under(base, other_scenario, kept)
        except AraxesError as error:
            problems.append(plain(error))
            question = replace(question, other=None)
    answer = other_answer = None
    if question.query is not None:
        try:
            answer = ask.answer(base, ask.circumstances(question.query, question, scenario), question.ways)
            if other is not None and question.other is not None:
                asked = replace(question, here=question.other)
                other_answer = ask.answer(base, ask.circumstances(question.query, asked, other_scenario), 1)
        except AraxesError as error:
            problems.append(plain(error))
    contents = here if answer is None or not answer.ways else _with_ways(here, answer.ways)
    return View(
        question, contents, base, other, scenario, other_scenario, answer, other_answer, " ".join(map(_ended, problems))
    )


def _here(
    base: Contents, question: Question, kept: _Kept, problems: list[str]
) -> tuple[Contents, Scenario | None, Question]:
    try:
        scenario = question.here.settled(base.study).resolve(base.study)
        return under(base, scenario, kept), scenario, question
    except AraxesError as error:
        problems.append(plain(error))
        return base, None, replace(question, here=Situation())


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def under(base: Contents, scenario: Scenario | None, kept: _Kept | None = None) -> Contents:
    """
    Resolve all candidates under a scenario.

    Parameters
    ----------
    base
        The candidates as they are.
    scenario
        What is different.
    kept
        Where results are kept; the window's own when left out.

    Returns
    -------
    contents
        The base itself where nothing is different.

    Raises
    ------
    InputError, NotFoundError
        The scenario names what does not exist, or contradicts itself.
    """
    if scenario is None:
        return base
    kept = kept or _kept_of(base)
    key = f"{scenario.id}|{scenario.title}|{scenario.text}"
    found = kept.under.get(key)
    if found is None:
        routes = {route.id: route for route in base.study.routes(base.network, scenario)}
        properties = {key: metrics.properties(route) for key, route in routes.items()}
        found = _sharing(base, routes, properties)
        kept.keep(kept.under, key, found)
    return found


def _with_ways(here: Contents, ways: tuple[Route, ...]) -> Contents:
    routes = {**here.routes, **{way.id: way for way in ways}}
    properties = {**here.properties, **{way.id: metrics.properties(way) for way in ways}}
    return _sharing(here, routes, properties)


def _sharing(base: Contents, routes: Mapping[str, Route], properties: Mapping[str, dict[str, Any]]) -> Contents:
    """Make contents that share with others what depends on study and network alone."""
    made = Contents(base.study, base.network, routes, properties)
    for name in _SHARED:
        made.__dict__[name] = getattr(base, name)  # where a cached property keeps its value
    colours = dict(base.colours)
    ways = [key for key in routes if key not in colours]
    made.__dict__["colours"] = colours | {key: ask.COLOURS[row % len(ask.COLOURS)] for row, key in enumerate(ways)}
    return made

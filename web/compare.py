"""The page that compares routes, its charts as pictures, and the script that draws them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from geo.errors import AraxesError, InputError, NotFoundError
from routes import comparison
from routes.ranking import CRITERIA
from routes.scenario import CASES
from web import figures, verdict
from web.api import shown
from web.compare_state import WEIGHT, Question, State, canonical, read
from web.compare_table import tabulate
from web.language import N_
from web.language import gettext as _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from routes.comparison import Comparison
    from web.contents import Contents

compare = Blueprint("compare", __name__)

FILES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
}
# Words for the criteria of `routes.ranking`, as things that are weighed.
WEIGHED = {
    "time": N_("Time for goods"),
    "distance": N_("Length"),
    "build": N_("Kilometres to build"),
    "climb": N_("Ascent"),
    "crossings": N_("Crossings"),
    "closed": N_("Crossings not open"),
}
_KEPT = 64
_YEAR_S = 31_536_000
_BAD, _MISSING = 400, 404


@lru_cache(maxsize=_KEPT)
def compared(contents: Contents, question: Question) -> Comparison:
    """
    Answer a comparison, or give the answer that was computed before.

    Parameters
    ----------
    contents
        What the window shows.
    question
        What is asked.

    Returns
    -------
    comparison
        The same that `python app.py compare` gives.

    Raises
    ------
    InputError, NotFoundError
        A scenario, date or weights that mean nothing here.
    """
    study, network = contents.study, contents.network
    scenario = study.asked(question.scenario or None, question.as_of or None, question.case or None)
    if scenario is None:
        routes = [contents.routes[name] for name in question.routes]
    else:
        routes = [study.route(name, network, scenario) for name in question.routes]
    return comparison.weigh(routes, question.stated, baseline=question.baseline or None)


@compare.get("/compare/")
@compare.get("/compare")
def page() -> str | tuple[str, int] | Redirect:
    """Compare candidates: a table, their order and how sure it is, and charts."""
    from web import charts_files, compare_charts  # noqa: PLC0415 -- Altair loads for most of a second

    contents = shown()
    plain_query = canonical(contents, request.args)
    if plain_query is not None:
        return redirect(f"/compare?{plain_query}" if plain_query else "/compare")
    try:
        state = read(contents, request.args)
        found = compared(contents, state.question)
        table = tabulate(contents, found, state.sort, descending=state.descending)
        charts = compare_charts.draw(contents, found, state, table.routes)
    except AraxesError as error:
        status = _MISSING if isinstance(error, NotFoundError) else _BAD
        state = read(contents, MultiDict())
        form = _form(contents, state)
        return render_template("compare.html", contents=contents, state=state, form=form, error=str(error)), status
    scenario = found.routes[0].scenario
    return render_template(
        "compare.html", contents=contents, state=state, form=_form(contents, state), table=table, charts=charts,
        sentences=verdict.sentences(found), criteria=compare_charts.CRITERIA, script=charts_files.SCRIPT_NAME,
        scenario_label="" if scenario is None else scenario.label,
    )  # fmt: skip


@compare.get("/compare/comparison.<fmt>")
def file(fmt: str) -> Response:
    """Give the comparison as a file: the tidy table, everything, or the routes with their places in the order."""
    if fmt not in FILES:
        message = f"a comparison can be had as {', '.join(FILES)}, not as {fmt!r}"
        raise NotFoundError(message)
    state = read(shown(), request.args)
    content = comparison.render(compared(shown(), state.question), fmt)
    return _file(content, FILES[fmt], f"comparison.{fmt}")


@compare.get("/compare/chart/<name>.<fmt>")
def chart(name: str, fmt: str) -> Response:
    """Give one chart of the comparison as a picture, light unless `theme=dark`; to keep with `download`."""
    from web import charts_files, compare_charts  # noqa: PLC0415 -- see `page`

    contents = shown()
    theme = request.args.get("theme", "light")
    if fmt not in charts_files.FORMATS or theme not in {"light", "dark"}:
        message = f"a chart can be had as {' or '.join(charts_files.FORMATS)}, light or dark"
        raise InputError(message)
    state = read(contents, request.args)
    found = compared(contents, state.question)
    table = tabulate(contents, found, state.sort, descending=state.descending)
    drawn = {one.name: one for one in compare_charts.draw(contents, found, state, table.routes)}
    if name not in drawn:
        message = f"this comparison has no chart {name!r}; it has {', '.join(drawn) or 'none'}"
        raise NotFoundError(message)
    content = charts_files.picture(drawn[name].file(theme, _notes(contents, found, drawn[name].text)), fmt)
    return _file(content, charts_files.FORMATS[fmt], f"{name}.{fmt}" if "download" in request.args else "")


@compare.get("/static/vega/<name>")
def script(name: str) -> Response:
    """Give the script that draws charts, under a name that holds its version."""
    from web import charts_files  # noqa: PLC0415 -- see `page`

    if name != charts_files.SCRIPT_NAME:
        message = "there is no such script"
        raise NotFoundError(message)
    response = Response(charts_files.script(), mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, content_type=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.add_etag()
    response.make_conditional(request)
    return response


def _notes(contents: Contents, found: Comparison, text: str) -> list[str]:
    """Say under the heading of a file what it shows and what it rests on: a file travels alone."""
    notes = _wrapped(text)
    scenario = found.routes[0].scenario
    if scenario is not None:
        notes.append(_("Scenario: %(name)s.", name=scenario.label))
    meta = contents.network.meta
    rests = _(
        "Network: %(network)s, %(data)s. Facts end on %(date)s. Boundaries are indicative.",
        network=meta.get("title") or _("untitled network"),
        data=figures.as_of(contents.network.data_date),
        date=figures.day(contents.study.facts_until),
    )
    return [*notes, *_wrapped(rests)]


def _wrapped(text: str, width: int = 130) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _form(contents: Contents, state: State) -> dict[str, Any]:
    """Give what the form offers, and what of it is chosen."""
    study, question = contents.study, state.question
    try:
        weights = question.stated
    except InputError:
        weights = None
    years = sorted({year for opening in study.openings for year in opening.years})
    offered = [str(year) for year in range(years[0], years[-1] + 1)] if years else []
    if question.as_of and question.as_of not in offered:
        offered.insert(0, question.as_of)
    scenarios = [(key, scenario.title) for key, scenario in study.scenarios.items()]
    if question.scenario and question.scenario not in study.scenarios:
        scenarios.insert(0, (question.scenario, question.scenario))
    return {
        "years": offered,
        "scenarios": scenarios,
        "cases": CASES,
        "weights": [(f"{WEIGHT}{name}", _(WEIGHED[name]), _weight(weights, name)) for name in CRITERIA],
    }


def _weight(weights: Any, name: str) -> str:  # noqa: ANN401 -- a mapping or None
    return "1" if weights is None else f"{weights.get(name, 0):g}"

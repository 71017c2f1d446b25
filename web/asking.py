"""The map page for any question: rendered whole for an address, and in parts for a page that is already open."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request, url_for
from jinja2.utils import htmlsafe_json_dumps

from geo.errors import AraxesError
from geo.network import STATUSES
from web import ask, chokes, differences, gazetteer, timeline
from web.api import answer, shown
from web.escape import plain
from web.language import ENGLISH, keep, language, ngettext
from web.language import gettext as _
from web.map import Drawing, TileServer, draw, features
from web.names import name_of
from web.question import MODES, MOST_WAYS, Question, hidden, read
from web.sheet import changing, sheet
from web.view import View, view
from web.words import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask
    from werkzeug.datastructures import MultiDict

    from web.contents import Contents

asking = Blueprint("asking", __name__)

PARTS = ("problem", "answer", "ways", "details", "twin", "when", "differences")
"""Parts of the page that depend on the question: each is a template, and an element of the page."""

_KEPT = 128
_drawings: dict[tuple[Any, ...], Any] = {}
_lock = Lock()


def _once(key: tuple[Any, ...], make: Any) -> Any:  # noqa: ANN401 -- whatever is kept
    """Keep what takes time to write, by what it was written of."""
    found = _drawings.get(key)
    if found is None:
        found = make()
        with _lock:
            _drawings[key] = found
            for old in list(_drawings)[:-_KEPT]:
                _drawings.pop(old, None)
    return found


def _drawn(contents: Contents, *, lines: bool) -> Drawing:
    """Draw the map: with the candidates as they are, or the ground alone for the page's own script to draw on."""
    tiles: TileServer | None = current_app.config["TILES"]
    shade = url_for("pages.shade")
    made: Drawing = _once((contents, "map", lines, tiles), lambda: draw(contents, None if lines else (), tiles, shade))
    return made


def question(args: MultiDict[str, str]) -> tuple[Question, str]:
    """
    Read what a page is asked, whatever it is asked.

    Parameters
    ----------
    args
        Parameters of the query string.

    Returns
    -------
    question, problem
        The question without what cannot be read, and a sentence on that; empty where all can.
    """
    try:
        return read(args), ""
    except AraxesError as error:
        kept = args.copy()
        for name in ("from", "to", "alternatives", "mode"):
            kept.pop(name, None)
        return read(kept), plain(error)


def page() -> str:
    """
    Write the map page for the address that was asked for.

    Returns
    -------
    html
        The state of the query string, so that a colleague's browser shows it without another request.
    """
    base = shown()
    asked, problem = question(request.args)
    found = view(base, asked)
    data = _once((base, "sheet", language()), lambda: htmlsafe_json_dumps(sheet(base)))
    wanted = request.args.get("route", "")
    missing = wanted if wanted and wanted not in found.contents.routes else None
    return render_template(
        "map.html",
        **_words(found, problem),
        drawing=_drawn(base, lines=found.plain),
        data=data,
        shown_now=None
        if found.plain
        else _once((found, "lines", language()), lambda: htmlsafe_json_dumps(_lines(found))),
        missing=missing,
        chosen=None if missing else wanted or None,
        deeper=any(request.args.get(name) for name in ("segment", "provision", "crossing", "line")),
        hide=hidden(request.args),
        vehicles=base.study.vehicles,
        territories=base.territories,
        shown_territories=_passed(found),
        choices=_choices(base),
    )


def _words(found: View, problem: str = "") -> dict[str, Any]:
    """Gather what the parts of the page are written of."""
    return {
        "view": found,
        "contents": found.contents,
        "problem": " ".join(filter(None, (problem, found.problem))),
        "asked": dict(found.question.journey),
        "line": timeline.timeline(found),
        "ask": ask,
        "timeline": timeline,
        "differences": differences,
        "sentence_now": said(found),
        "closed": [(key, timeline.target_title(found.base, key)) for key in found.question.here.close],
        "conceded": _conceded(found),
        "with_state": lambda **changes: _address(found.question, changes),
        "way_colours": ask.COLOURS,
        "MODES": MODES,
        "MOST_WAYS": MOST_WAYS,
        "query_string": found.question.key,
        "elsewhere": _elsewhere(found),
        "named": _named(found),
    }


def _elsewhere(found: View) -> str:
    """Give the circumstances as other pages take them: closures go into the scenario's text."""
    here, scenario = found.question.here, found.scenario
    pairs = [("scenario", scenario.text)] if here.close and scenario else here.settled(found.base.study).pairs()
    return urlencode(pairs, safe=",:")


def _named(found: View) -> dict[str, str]:
    """Name origin and destination as the reader would."""
    query = found.question.query
    places = found.base.study.places
    given = {} if query is None else {"from": query.origin, "to": query.destination}
    return {key: name_of(places[text].names, text) if text in places else text for key, text in given.items()}


def _conceded(found: View) -> list[tuple[str, str, str]]:
    """List the ways out of a question without an answer: address, change, result."""
    if found.answer is None:
        return []
    rows = []
    for entry in found.answer.conceded:
        lifted = entry.kind in {"scenario", "all"}
        here = type(found.question.here)() if lifted else found.question.here
        asked = Question(here, found.question.other, entry.query, found.question.ways)
        rows.append((f"/?{asked.key}", *ask.way_out(found.contents, entry)))
    return rows


def _address(asked: Question, changes: Mapping[str, str]) -> str:
    """Give the page's address with other circumstances."""
    kept = dict(part.partition("=")[::2] for part in asked.key.split("&") if part)
    kept.update(changes)
    return "/?" + "&".join(f"{name}={value}" for name, value in kept.items() if value)


def said(found: View) -> str:
    """
    Say in one sentence what can be used under the circumstances.

    Parameters
    ----------
    found
        What the page shows.

    Returns
    -------
    sentence
        For example "Can be used end to end: the railway; 5 others cannot."
    """
    usable = [
        plain(found.base.routes[key].title) for key in found.candidates if found.contents.properties[key].get("usable")
    ]
    others = len(found.candidates) - len(usable)
    if not usable:
        return _("None of the ways across can be used end to end.")
    if not others:
        return _("All of the ways across can be used end to end.")
    return ngettext(
        "Can be used end to end: %(names)s; %(n)s other cannot.",
        "Can be used end to end: %(names)s; %(n)s others cannot.",
        others,
        names=ask.listed(usable),
    )


def _choices(base: Contents) -> dict[str, Any]:
    """List what a question may name."""
    study = base.study
    keys = [key for key in base.territories if key]
    return {
        "statuses": [status for status in STATUSES if status != "razed"],
        "territories": keys,
        "crossings": list(study.crossings.values()),
        "scenarios": list(study.scenarios.values()),
    }


def _passed(found: View) -> set[str]:
    """List the territories that any line on the map lies in: the legend filters by these."""
    return {key for records in found.contents.segments.values() for record in records if (key := record["territory"])}


def _lines(found: View) -> dict[str, Any]:
    contents = found.contents
    return {**changing(contents), "features": features(contents), "ends": _ends(found)}


def _ends(found: View) -> dict[str, Any] | None:
    """Give where a question begins and ends, and where its answer breaks."""
    asked = found.answer
    if asked is None:
        return None
    broken = asked.broken.broken if asked.broken else None
    return {
        "from": {"at": asked.points[0], "name": asked.ends[0]},
        "to": {"at": asked.points[1], "name": asked.ends[1]},
        "breaks": [list(point) for point in broken.nearest] if broken and broken.nearest else [],
        "why": plain(broken.reason) if broken else "",
    }


def _part(name: str, words: Mapping[str, Any]) -> str:
    """Write a part of the page; its links keep the reader's language, as those of a page do."""
    html = render_template(name, **words)
    return html if language() == ENGLISH else keep(html)


def _kept_answer(key: tuple[Any, ...], make: Callable[[], dict[str, Any]]) -> Response:
    """Answer with JSON that is written once: a slider asks for the same years again and again."""
    body: bytes = _once(key, lambda: answer(make()).get_data())
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@asking.get("/api/view")
def parts() -> Response:
    """Give the parts of the map page that depend on the question, for a page that is already open."""
    base = shown()
    asked, problem = question(request.args)
    found = view(base, asked)

    def make() -> dict[str, Any]:
        words = _words(found, problem)
        html = {name: _part(f"map/{name}.html", words) for name in PARTS}
        line = words["line"]
        return {
            "html": html,
            "elsewhere": words["elsewhere"],
            "named": words["named"],
            "says": f"{timeline.when(found)}: {words['sentence_now']}",
            "year": line.year if line else None,
            "case": line.case if line else None,
            **_lines(found),
        }

    return _kept_answer((found, "parts", language(), problem), make)


@asking.get("/api/view/chokepoints")
def choke_list() -> Response:
    """Give the choke points of one way, as a list in words and as lines."""
    found = view(shown(), question(request.args)[0])
    route_id = request.args.get("route", "")

    def make() -> dict[str, Any]:
        points = chokes.chokes(found, route_id)
        html = _part("map/chokes.html", {"chokes": points, "route_id": route_id})
        return {
            "html": html,
            "points": [{"title": p.title, "where": p.where, "line": p.line, "barred": p.barred} for p in points.points],
        }

    return _kept_answer((found, "chokes", language(), route_id), make)


def furnish_asking(app: Flask) -> None:
    """
    Give an app the map page's parts.

    Parameters
    ----------
    app
        The app.
    """
    app.register_blueprint(asking)
    app.jinja_env.globals.update(territory_slug=slug)
    app.jinja_env.filters["names_of"] = gazetteer.names

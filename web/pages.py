"""The pages: the map with its panel, one page a route and a provision, the register, and what it all rests on."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from geo.errors import InputError, NotFoundError
from routes.published import CONFLICT
from routes.travel import GRADIENT_WINDOW_M, UNPAVED_FACTOR
from web import figures, register, strips, words
from web.api import answer, shown
from web.asking import page
from web.escape import plain
from web.language import language
from web.map import DASHES, Drawing, TileServer, draw
from web.measures import Measure, measures, transit
from web.sentences import said
from web.sheet import profile, segment_digits, segment_title, sheet
from web.tiles import network_tiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.wrappers import Response as Redirect

    from web.contents import Contents

pages = Blueprint("pages", __name__)

_MAX_AGE_S = 3600
_KEPT_DRAWINGS = 64


@lru_cache(maxsize=_KEPT_DRAWINGS)
def _drawing(contents: Contents, routes: tuple[str, ...] | None, tiles: TileServer | None, shade: str) -> Drawing:
    return draw(contents, routes, tiles, shade)


def _data(contents: Contents, routes: tuple[str, ...] | None) -> Markup:
    return _data_in(language(), contents, routes)


@lru_cache(maxsize=_KEPT_DRAWINGS)
def _data_in(_language: str, contents: Contents, routes: tuple[str, ...] | None) -> Markup:
    return htmlsafe_json_dumps(sheet(contents, routes))


def _map(routes: Iterable[str] | None = None) -> Drawing:
    tiles: TileServer | None = current_app.config["TILES"]
    return _drawing(shown(), None if routes is None else tuple(routes), tiles, url_for("pages.shade"))


def rows(contents: Contents, route_id: str) -> list[Measure]:
    """
    Give the measures of one route as rows.

    Parameters
    ----------
    contents
        What the window shows.
    route_id
        Id of the route.

    Returns
    -------
    rows
        Every measure with value, basis and sources.
    """
    vehicles = {key: plain(vehicle.title) for key, vehicle in contents.study.vehicles.items()}
    return measures(
        contents.properties[route_id],
        contents.territories,
        vehicles,
        contents.digits[route_id],
        contents.drawn_m[route_id],
    )


@pages.get("/")
def index() -> str:
    """Show all candidates on the map, with the panel that lists them and answers questions."""
    return page()


@pages.get("/routes/")
@pages.get("/routes")
def all_routes() -> Redirect:
    """Lead to the list of candidates, which is the map's panel."""
    return redirect(url_for("pages.index"))


@pages.get("/routes/<route_id>")
def route(route_id: str) -> str:
    """Show everything about one candidate, each figure with what it rests on."""
    contents = shown()
    found = contents.route(route_id)
    touching = [
        work
        for work in contents.study.works
        if work["id"] in (contents.properties[route_id].get("works") or [])
        or route_id in (work.get("candidates") or [])
    ]
    return render_template(
        "route.html",
        contents=contents,
        route=found,
        properties=contents.properties[route_id],
        rows=rows(contents, route_id),
        segments=contents.segments[route_id],
        profile=profile(found, contents.territories),
        works=touching,
        lengths=contents.lengths[route_id],
        speeds=contents.speeds[route_id],
        drawing=_map([route_id]),
        data=_data(contents, (route_id,)),
    )


@pages.get("/provisions/")
@pages.get("/provisions")
def provisions() -> str | tuple[str, int] | Redirect:
    """Show the register of instruments and provisions, or what of it a reader looks for."""
    contents = shown()
    query = register.canonical(request.args)
    if query is not None:
        return redirect(f"/provisions?{query}" if query else "/provisions")
    offered = register.offered(contents)
    try:
        wanted = register.read(contents, request.args)
    except InputError as error:
        blank = register.Wanted()
        return render_template(
            "provisions.html", contents=contents, offered=offered, wanted=blank, error=str(error)
        ), 400  # fmt: skip
    groups = register.sought(contents, wanted)
    return render_template(
        "provisions.html",
        contents=contents,
        offered=offered,
        wanted=wanted,
        groups=groups,
        count=sum(map(len, groups.values())),
        years=register.dated(contents, list(groups)),
    )


@pages.get("/provisions/<provision_id>")
def provision(provision_id: str) -> str:
    """Show one provision: what it says, how far it has come, and which segments it governs."""
    contents = shown()
    record = contents.provision(provision_id)
    governed = contents.governed.get(provision_id, [])
    touched = [entry["route"] for entry in governed]
    return render_template(
        "provision.html",
        contents=contents,
        provision=record,
        instrument=contents.study.register.instruments.get(record["instrument"], {}),
        governed=governed,
        topics=strips.topics(contents, provision_id),
        history=register.history(contents, provision_id),
        siblings=[r for r in contents.study.register.provisions.values() if r["instrument"] == record["instrument"]],
        records={item["id"]: item for key in touched for item in contents.segments[key]},
        drawing=_map(touched) if touched else None,
        data=_data(contents, tuple(touched)),
    )


@pages.get("/about")
def about() -> str:
    """Show sources, licences, accuracy, freshness and the boundary notice."""
    return render_template("about.html", contents=shown(), tiles=current_app.config["TILES"])


@pages.get("/hillshade.png")
def shade() -> Response:
    """Give the study's relief as a picture."""
    found = shown().hillshade
    if found is None:
        message = "this study has no shaded relief"
        raise NotFoundError(message)
    return send_file(found[0], mimetype="image/png", max_age=_MAX_AGE_S)


@pages.get("/healthz")
def health() -> Response:
    """Say that the server is up, and what it shows."""
    contents = shown()
    broken = [key for key, found in contents.routes.items() if found.broken]
    drawn = network_tiles()
    return answer(
        {
            "status": "ok",
            "study": contents.study.id,
            "routes": len(contents.routes),
            "broken": broken,
            "workers": current_app.config.get("WORKERS", 1),
            "process": os.getpid(),
            "network": {
                "title": drawn.network.meta.get("title"),
                "edges": drawn.network.edge_count,
                "nodes": drawn.network.node_count,
                "data_date": drawn.network.data_date,
                "checksum": f"sha256:{drawn.checksum}",
            },
        }
    )


def _tile_credit() -> str:
    tiles: TileServer | None = current_app.config["TILES"]
    return tiles.attribution if tiles else ""


def source_links(tags: object) -> Markup:
    """
    Link the tags of sources to the page that describes them.

    Parameters
    ----------
    tags
        One tag, a list of tags, or None.

    Returns
    -------
    html
        Links in the order given; a tag that the study does not describe stays plain text.
    """
    listed = [tag.strip() for tag in tags.split(";")] if isinstance(tags, str) else list(tags or [])  # type: ignore[call-overload]  # templates pass what data hold
    anchors, sources, register = shown().anchors, shown().sources, shown().study.register
    links = []
    for tag in listed:
        if tag in anchors:
            title = plain(sources[tag].get("title") or sources[tag].get("publisher") or tag)
            address = url_for("pages.about", _anchor=f"source-{anchors[tag]}")
            links.append(Markup('<a class="source" href="{}" title="{}">{}</a>').format(address, title, plain(tag)))
        elif tag in register.instruments:  # a figure may rest on an instrument of the register itself
            address = url_for("pages.provisions", _anchor=f"instrument-{words.slug(tag)}")
            links.append(Markup('<a class="source" href="{}">{}</a>').format(address, plain(tag)))
        else:
            links.append(Markup('<span class="source">{}</span>').format(plain(tag)))
    return Markup(", ").join(links)


def furnish(app: Flask) -> None:
    """
    Give templates the figures, words and links that they use.

    Parameters
    ----------
    app
        The app.
    """
    env = app.jinja_env
    env.filters.update(
        km=figures.length,
        about=figures.about,
        kmh=figures.speed,
        span=lambda limits: figures.length_range(*limits),
        duration=figures.duration,
        day=figures.day,
        figure=figures.figure,
        slug=words.slug,
        sentence=words.sentence,
        said=said,
    )
    env.globals.update(
        {
            name: getattr(words, name)
            for name in ("STATUS", "MODE", "BADGE", "KIND", "CLASS", "STANDING", "CROSSING", "BASIS", "STRUCTURE")
        },
        VERIFICATION=words.VERIFICATION,
        DASHES=DASHES,
        words=words.words,
        clause=words.clause,
        governs=words.governs,
        CONFLICT=CONFLICT,
        UNPAVED_FACTOR=UNPAVED_FACTOR,
        GRADIENT_WINDOW_M=GRADIENT_WINDOW_M,
        web_address=words.web_address,
        unknown=figures.unknown,
        as_of=figures.as_of,
        sources=source_links,
        shown=shown,
        rows=rows,
        transit=transit,
        segment_title=segment_title,
        segment_digits=segment_digits,
        strips=strips.strips,
        first_time=strips.first_time,
        weaving=strips.weaving,
        differing=strips.differing,
        tile_credit=_tile_credit,
    )
    # Marks that turn the direction of text cannot be seen, and would reorder what follows them.
    env.finalize = lambda value: plain(value) if type(value) is str else value

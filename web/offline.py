"""A map in one file: it opens from a disk, asks for nothing, and says what the page said when it was taken away."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import render_template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from PIL import Image

from web import brief_facts as facts
from web import brief_tables as tables
from web import figures, linework
from web.brief_tables import headline
from web.contents import plain_value
from web.escape import plain
from web.language import gettext as _
from web.language import language
from web.map import crossings, features
from web.names import local_of, place_name
from web.sentences import said
from web.sheet import segment_title
from web.words import CROSSING, STATUS, words

if TYPE_CHECKING:
    from web.contents import Contents
    from web.download_subject import Subject

_STATIC = Path(__file__).parent / "static"
_LEAFLET = Path(str(files("js_lib_leaflet"))) / "static" / "js_lib_leaflet"
_SCRIPT_END = re.compile(r"</(?=script)", re.IGNORECASE)
_ADDRESS = re.compile(r"url\([^)]*\)")


def offline(subject: Subject) -> bytes:
    """
    Write a map that needs no network.

    Parameters
    ----------
    subject
        What it shows.

    Returns
    -------
    content
        One HTML file: Leaflet, styles, relief and data inside, and a content policy that allows no request. The same
        subject gives the same bytes.
    """
    contents = subject.contents
    scripts = [
        _script(_LEAFLET / "leaflet.js"),
        *(_script(_STATIC / "js" / f"{name}.js") for name in ("offset", "renderer", "offline")),
    ]
    html = render_template(
        "offline.html",
        subject=subject,
        contents=contents,
        language=language(),
        scripts=scripts,
        styles=_styles(),
        policy=_policy(scripts),
        data=htmlsafe_json_dumps(plain_value(_data(subject)), dumps=_compact),
        ways=[_way(contents, key) for key in subject.chosen],
        provisions=facts.provisions(contents, subject.chosen),
        sources=facts.sources(contents, subject.chosen),
    )
    return html.encode()


def _compact(found: Any, **_options: Any) -> str:  # noqa: ANN401 -- what json.dumps takes
    return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)


@cache
def _script(path: Path) -> Markup:
    """Read a script of ours or of Leaflet's, so that it can stand inside a page."""
    text = path.read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    return Markup(_SCRIPT_END.sub(r"<\\/", text))  # noqa: S704 -- files that ship with the code


@cache
def _styles() -> Markup:
    """Read the style sheets; pictures that Leaflet would fetch are left out."""
    leaflet = _ADDRESS.sub("none", (_LEAFLET / "leaflet.css").read_text(encoding="utf-8"))
    return Markup(leaflet + (_STATIC / "css" / "offline.css").read_text(encoding="utf-8"))  # noqa: S704 -- as above


def _policy(scripts: list[Markup]) -> str:
    """Allow these scripts alone, and no request at all."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    rules = ("default-src 'none'", f"script-src {hashes}", "style-src 'unsafe-inline'", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _data(subject: Subject) -> dict[str, Any]:
    """Gather what the script draws; every text is set as text."""
    contents, chosen = subject.contents, subject.chosen
    drawn = features(contents, chosen)
    return {
        "routes": [
            {
                "id": key,
                "title": plain(contents.routes[key].title),
                "colour": contents.colours[key],
                "features": drawn.get(key, []),
                "segments": [_segment(contents, key, row) for row in range(len(contents.segments[key]))],
            }
            for key in chosen
        ],
        "crossings": [
            {
                "title": plain(crossing["title"]),
                "status": crossing["status"],
                "words": _(words(crossing["status"], CROSSING)),
                "at": [crossing["lat"], crossing["lon"]],
            }
            for crossing in crossings(contents)
            if set(crossing["routes"]) & set(chosen)
        ],
        "places": [
            {
                "name": place_name(place),
                "local": local_of(place.names, place.id),
                "at": [place.lat, place.lon],
                "size": place.size,
            }
            for place in contents.study.places.values()
            if place.size
        ],
        "borders": [f["geometry"] for f in linework.borders(contents.boundaries, contents.extent, margin=0.8)],
        "rivers": [f["geometry"] for f in linework.rivers(contents.rivers, contents.extent)] if contents.rivers else [],
        "relief": _relief(contents),
        "words": {"map": _("Map; the list beside it leads to everything that it shows")},
    }


def _segment(contents: Contents, key: str, row: int) -> list[str]:
    """Name a segment in three lines."""
    record = contents.segments[key][row]
    where = plain(contents.territories.get(record["territory"], record["territory"] or _("not known")))
    long = figures.length(record["length_m"], contents.digits[key])
    return [segment_title(contents, record), f"{_(words(record['status'], STATUS))} · {long}", where]


def _relief(contents: Contents) -> dict[str, Any] | None:
    """Put the relief into the file as it is served."""
    if contents.hillshade is None:
        return None
    path, (west, south, east, north) = contents.hillshade
    with Image.open(path) as picture:
        kind = (picture.format or "PNG").lower()
    address = f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    return {"url": address, "bounds": [[south, west], [north, east]]}


def _way(contents: Contents, key: str) -> dict[str, Any]:
    """Say of a route what the list beside the map says."""
    record = contents.properties[key]
    return {
        "id": key,
        "title": plain(contents.routes[key].title),
        "colour": contents.colours[key],
        "notice": plain(said(record.get("notice"))),
        "broken": plain((record.get("broken") or {}).get("reason")),
        "figures": [] if record.get("broken") else headline(contents, key),
        "crossings": tables.crossings(contents, key),
        "segments": [_segment(contents, key, row) for row in range(len(contents.segments[key]))],
    }

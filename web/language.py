"""The reader's language: chosen by `?lang=`, kept on every link of a page; catalogues are text, compiled when read."""

from __future__ import annotations

import io
import json
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, has_request_context, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

ENGLISH = "en"
# Each language by its own name for itself. English is the language of the sources, and has no catalogue.
LANGUAGES = {ENGLISH: "English", "az": "Azərbaycanca", "hy": "Հայերեն"}
# Translated without a native speaker's review: every page in one of these says so, in that language and in English.
DRAFTS = frozenset({"az", "hy"})
PARAMETER = "lang"
FOLDER = Path(__file__).parent / "locales"

_LOCALES = {ENGLISH: "en_GB"}
_chosen: ContextVar[str | None] = ContextVar("language", default=None)
# What a page links to inside the window, apart from files and the API, which are the same in every language.
_LINK = re.compile(r'(<a\b[^<>]*?\shref=")((?:/(?!/|static/|api/|api\b)|\?)[^"]*)(")')
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LEFT_TO_RIGHT_MARK = "\u200e"
_FORM = re.compile(r"<form\b(?![^<>]*\bmethod=\"post\")[^<>]*>", re.IGNORECASE)


def language() -> str:
    """
    Give the language of the text that is being written.

    Returns
    -------
    language
        A key of `LANGUAGES`: that of `speaking`, else `?lang=` of the request, else English.
    """
    if (chosen := _chosen.get()) is not None:
        return chosen
    asked = request.args.get(PARAMETER, ENGLISH) if has_request_context() else ENGLISH
    return asked if asked in LANGUAGES else ENGLISH


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """
    Write in a language whatever the request says, for example while a file is made.

    Parameters
    ----------
    chosen
        A key of `LANGUAGES`; any other counts as English.
    """
    token = _chosen.set(chosen if chosen in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _chosen.reset(token)


def locale() -> Locale:
    """
    Give the locale by which numbers and dates are written.

    Returns
    -------
    locale
        Babel's locale; British for English.
    """
    return _locale(language())


@cache
def _locale(chosen: str) -> Locale:
    return Locale.parse(_LOCALES.get(chosen, chosen))


def read_catalogue(chosen: str) -> Catalog:
    """
    Read a catalogue's source.

    Parameters
    ----------
    chosen
        A key of `LANGUAGES` other than English.

    Returns
    -------
    catalogue
        Every text with its translation.
    """
    with (FOLDER / chosen / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=chosen)


@cache
def _translations(chosen: str) -> Translations:
    if chosen == ENGLISH:
        return Translations()
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(chosen))
    compiled.seek(0)
    return Translations(compiled)


def gettext(text: str, /, **values: Any) -> str:  # noqa: ANN401 -- whatever a text has room for
    """
    Write a text in the reader's language.

    Parameters
    ----------
    text
        The English text, with `%(name)s` for each value. A per cent sign is doubled only beside values.
    values
        What to put in; where one of them is Markup, so is the result, and the others are escaped.

    Returns
    -------
    text
        The text; the English one where the catalogue does not have it.
    """
    # The empty text is where a catalogue keeps its header.
    return _filled(_translations(language()).ugettext(text) if text else "", values)


def ngettext(one: str, many: str, n: int, /, **values: Any) -> str:  # noqa: ANN401
    """
    Write a text that counts something.

    Parameters
    ----------
    one, many
        The English texts for one and for many, with `%(n)s` or `%(num)s` for the count.
    n
        The count.
    values
        As for `gettext`.

    Returns
    -------
    text
        The text in the form that the language has for this count.
    """
    return _filled(_translations(language()).ungettext(one, many, n), {"n": n, "num": n, **values})


def pgettext(context: str, text: str, /, **values: Any) -> str:  # noqa: ANN401
    """
    Write a text whose English has several meanings.

    Parameters
    ----------
    context
        Which of them, for the translator.
    text, values
        As for `gettext`.

    Returns
    -------
    text
        The text.
    """
    found: str = _translations(language()).upgettext(context, text)
    return _filled(found, values)


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for it
    """
    Mark a text of a table for translation; it is translated where it is used, by `gettext(TABLE[key])`.

    Parameters
    ----------
    text
        The English text.

    Returns
    -------
    text
        The same.
    """
    return text


# What a document in a language of `DRAFTS` says of itself, in that language and in English.
DRAFT = N_("Draft translation, not reviewed by a native speaker.")


def _filled(text: str, values: dict[str, Any]) -> str:
    if not values:
        return text
    values = {key: _kept_apart(value) for key, value in values.items()}
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text) % values
    return text % values


def _kept_apart(value: Any) -> Any:  # noqa: ANN401
    """Keep a name that runs from right to left from drawing the words and numbers beside it along."""
    if type(value) is str and _RIGHT_TO_LEFT.search(value):
        return f"{_LEFT_TO_RIGHT_MARK}{value}{_LEFT_TO_RIGHT_MARK}"
    return value


def link(path: str, chosen: str | None = None) -> str:
    """
    Put the language into an address of this window.

    Parameters
    ----------
    path
        Path, with or without a query and a fragment.
    chosen
        The language; the reader's when left out.

    Returns
    -------
    path
        The same with `lang=`; without it for English.
    """
    chosen = chosen or language()
    parts = urlsplit(path)
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != PARAMETER]
    if chosen != ENGLISH:
        pairs.append((PARAMETER, chosen))
    return parts._replace(query=urlencode(pairs, safe=",:")).geturl() or "?"


def switches() -> list[tuple[str, str, str]]:
    """
    List the languages with the address of this very page in each.

    Returns
    -------
    switches
        Code, the language's own name, address.
    """
    here = request.full_path if request.query_string else request.path
    return [(code, name, link(here, code)) for code, name in LANGUAGES.items()]


@cache
def _for_scripts(chosen: str) -> Markup:
    """Give the texts of our scripts as JSON: the scripts ask for them by the English ones."""
    if chosen == ENGLISH:
        return Markup("{}")
    found: dict[str, Any] = {}
    for message in read_catalogue(chosen):
        if message.id and message.string and any(path.endswith(".js") for path, _line in message.locations):
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = message.string if isinstance(message.string, str) else list(message.string)
    return htmlsafe_json_dumps(found, dumps=_compact)


def _compact(found: Any, **_options: Any) -> str:  # noqa: ANN401 -- what json.dumps takes
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def script_texts() -> Markup:
    """
    Give what the scripts of a page say, for its `<script type="application/json" id="texts">`.

    Returns
    -------
    json
        Translation (a list of forms where it counts) by English text; empty for English.
    """
    return _for_scripts(language())


def _as_html(text: str, /, **values: Any) -> Markup:  # noqa: ANN401
    """Write a constant text of a template, which may hold tags (`{% trans %}`); its values are escaped."""
    values = {key: _kept_apart(value) for key, value in values.items()}
    return Markup(_translations(language()).ugettext(text)) % values  # noqa: S704 -- a test holds these to constants


def _as_html_counted(one: str, many: str, n: int, /, **values: Any) -> Markup:  # noqa: ANN401
    counted = {"n": n, "num": n, **values}
    return Markup(_translations(language()).ungettext(one, many, n)) % counted  # noqa: S704


def _as_html_meant(context: str, text: str, /, **values: Any) -> Markup:  # noqa: ANN401
    return Markup(_translations(language()).upgettext(context, text)) % values  # noqa: S704


def speak(app: Flask) -> None:
    """
    Teach an app the languages: gettext in its templates, and links that keep the reader's choice.

    Parameters
    ----------
    app
        The app; its other `after_request` functions that read the answer must have been registered before.
    """
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the extension
    # `_` also stands around texts that are no constants (words of a code): what it gives is escaped like any text.
    env.globals.update(
        _=gettext,
        gettext=_as_html,
        ngettext=_as_html_counted,
        pgettext=_as_html_meant,
        language=language,
        languages=switches,
        is_draft=lambda: language() in DRAFTS,
        script_texts=script_texts,
        link=link,
    )
    app.after_request(_kept)


def _kept(response: Response) -> Response:
    """Put the reader's language into every link, form and redirection of an answer."""
    if language() == ENGLISH:
        return response
    if "Location" in response.headers and response.location and not urlsplit(response.location).netloc:
        response.location = link(response.location)
    ready = response.direct_passthrough or "Content-Encoding" in response.headers  # a kept page has its links already
    if response.mimetype == "text/html" and not ready:
        response.set_data(keep(response.get_data(as_text=True)))
    return response


def keep(html: str) -> str:
    """
    Put the reader's language into the links and forms of a page that lead to other pages of this window.

    Parameters
    ----------
    html
        The page.

    Returns
    -------
    html
        The same; a link that states a language already stays as it is.
    """

    def linked(found: re.Match[str]) -> str:
        path = unescape(found[2])
        if "hreflang=" in found[1] or re.search(rf"[?&]{PARAMETER}=", path):
            return found[0]
        return f"{found[1]}{escape(link(path))}{found[3]}"

    hidden = f'<input type="hidden" name="{PARAMETER}" value="{language()}">'
    return _FORM.sub(lambda found: found[0] + hidden, _LINK.sub(linked, html))

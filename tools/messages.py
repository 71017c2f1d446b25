"""Collects every text that the window shows and brings the catalogues in web/locales/ up to date: `make messages`."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from web.language import ENGLISH, FOLDER, LANGUAGES, read_catalogue

ROOT = Path(__file__).resolve().parents[1]
_METHODS = [
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/static/js/**.js", "javascript"),
    ("**.py", "python"),
]
_OPTIONS = {
    "**/templates/**.html": {"newstyle_gettext": "true", "silent": "false"},
    "**/static/js/**.js": {"template_string": "true"},
}
_KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "t": None,
    "tn": (1, 2),
}


def collect() -> Catalog:
    """
    Collect the texts of the window.

    Returns
    -------
    template
        A catalogue without translations; each text with the files, but not the lines, that it stands in.
    """
    template = Catalog(project="Araxes", header_comment="# Texts of Araxes's window.", fuzzy=False)
    found = extract_from_dir(
        ROOT / "web", _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for path, line, text, comments, context in found:
        template.add(text, None, [(f"web/{path}", line)], auto_comments=comments, context=context)
    return template


def update() -> None:
    """Bring every catalogue up to date: new texts come in empty, those that are gone go."""
    template = collect()
    for chosen in (code for code in LANGUAGES if code != ENGLISH):
        path = FOLDER / chosen / "LC_MESSAGES" / "messages.po"
        catalogue = read_catalogue(chosen) if path.exists() else Catalog(locale=chosen)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.header_comment = (
            f"# {LANGUAGES[chosen]}: texts of Araxes's window. Draft, not reviewed by a native speaker."
        )
        catalogue.fuzzy = False
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        empty = sum(1 for message in catalogue if message.id and not all(forms(message)))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {empty} without a translation")


def forms(message: Message) -> list[str]:
    """
    List what a text is translated to.

    Parameters
    ----------
    message
        A text of a catalogue.

    Returns
    -------
    forms
        One translation, or one a form where the text counts something; empty ones where there is none yet.
    """
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string or ""]


if __name__ == "__main__":
    update()

"""The reader's language: chosen in the address, kept on every link; catalogues are complete and up to date."""

import re

import pytest

from tools.messages import collect, forms
from web.language import DRAFTS, LANGUAGES, gettext, keep, link, ngettext, read_catalogue, speaking
from web.sentences import said

TRANSLATED = [code for code in LANGUAGES if code != "en"]
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


@pytest.fixture(scope="module")
def template():
    return collect()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_holds_exactly_the_texts_of_the_window(template, code):
    asked = {(message.context, message.id) for message in template if message.id}
    held = {(message.context, message.id) for message in read_catalogue(code) if message.id}
    assert asked - held == set(), "make messages"
    assert held - asked == set(), "make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated_with_the_same_holes(code):
    for message in read_catalogue(code):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        assert all(forms(message)), message.id
        assert not message.fuzzy, message.id
        wanted = [set(HOLE.findall(text)) for text in ids]  # the form for one may leave the number out
        assert all(set(HOLE.findall(form)) in wanted for form in forms(message)), message.id
        assert all(form.strip() != "" and form == form.strip() for form in forms(message) if ids[0] == ids[0].strip())


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_is_in_the_language_of_its_address(client, code):
    page = client.get("/about", query_string={"lang": code}).get_data(as_text=True)
    assert f'<html lang="{code}">' in page
    assert ('class="draft"' in page) == (code in DRAFTS)
    if code in DRAFTS:
        assert '<span lang="en">Draft, not reviewed by a native speaker.</span>' in page
    inner = re.findall(r'<a (?![^>]*hreflang)[^>]*href="(/[^"]*)"', page)
    assert inner
    assert all((f"lang={code}" in href) == (code != "en") for href in inner if not href.startswith(("/api", "/static")))


def test_a_language_that_is_not_there_is_english(client):
    assert '<html lang="en">' in client.get("/about?lang=xx").get_data(as_text=True)


def test_the_switch_keeps_the_rest_of_the_address(client):
    page = client.get("/?route=araxes-rail&lang=hy").get_data(as_text=True)
    assert 'href="/?route=araxes-rail&amp;lang=az"' in page
    assert 'href="/?route=araxes-rail"' in page


def test_links_and_forms_keep_the_language():
    with speaking("az"):
        assert link("/compare?sort=time_s#table") == "/compare?sort=time_s&lang=az#table"
        assert link("/about?lang=hy") == "/about?lang=az"
        assert keep('<a class="x" href="/about#words">') == '<a class="x" href="/about?lang=az#words">'
        assert keep('<a href="?a=1&amp;b=2">') == '<a href="?a=1&amp;b=2&amp;lang=az">'
        for alone in (
            '<a href="/api/routes">',
            '<a href="//other">',
            '<a href="/x?lang=hy">',
            '<link href="/static/a">',
        ):
            assert keep(alone) == alone
        assert keep('<form action="/x">') == '<form action="/x"><input type="hidden" name="lang" value="az">'


def test_english_texts_are_filled_in():
    assert gettext("%(km)s km, 5 %%", km=3) == "3 km, 5 %"
    assert ngettext("%(n)s way", "%(n)s ways", 1) == "1 way"
    assert ngettext("%(n)s way", "%(n)s ways", 2) == "2 ways"


def test_a_name_from_right_to_left_keeps_its_neighbours_in_their_order():
    assert gettext("%(name)s: %(n)s", name="\u062c\u0644\u0641\u0627", n=5) == "\u200e\u062c\u0644\u0641\u0627\u200e: 5"
    assert gettext("%(name)s: %(n)s", name="Kapan", n=5) == "Kapan: 5"


def test_sentences_of_the_engine_are_said_in_the_reader_s_language(app):
    notices = [properties["notice"] for properties in app.extensions["araxes"].properties.values()]
    assert any(notices)
    for notice in filter(None, notices):
        assert said(notice) == notice
        with speaking("hy"):
            assert said(notice).startswith("Այսօր հնարավոր չէ օգտագործել")
            assert not re.search(r"are not open|is not known|exists at|closed|planned", said(notice))
    with speaking("az"):
        assert said("a sentence that is not known here") == "a sentence that is not known here"
        assert said("about 1.5 km are not open") == "təqribən 1,5 km açıq deyil"


def test_no_template_calls_gettext_by_its_long_name_on_what_is_no_constant(root):
    # Only `_` escapes what it gives; `gettext` (which {% trans %} calls) trusts its text.
    for path in (root / "web" / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for name, first in re.findall(r"\b([np]?gettext)\((.)", text):
            assert first in "\"'", f"{path.name}: {name}({first}"
            assert name != "gettext", f"{path.name}: write _()"

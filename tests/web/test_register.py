"""The register: what a reader looks for is found, with its place on the map, its course and the parties' positions."""

import re

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from web import register
from web.register import Wanted


def page_of(client: FlaskClient, path: str = "/provisions", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def listed(page: str) -> set[str]:
    return set(re.findall(r'<p class="clause-head"><a href="/provisions/([^"]+)"', page))


def test_everything_is_there_until_a_reader_looks_for_something(client, study):
    page = page_of(client)
    assert listed(page) == set(study.register.provisions)
    assert page.count('<section class="instrument"') == len(study.register.instruments)
    assert f"{len(study.register.provisions)} provisions" in page


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("instrument=TIF2026", lambda record: record["instrument"] == "TIF2026"),
        ("status=initialed", lambda record: record["kind"] == "initialed"),
        ("status=signed,in force", lambda record: record["kind"] in {"signed", "in force"}),
        ("mode=pipeline,power", lambda record: {"pipeline", "power"} & set(record["modes"])),
        ("status=framework&mode=rail", lambda r: r["kind"] == "framework" and "rail" in r["modes"]),
    ],
)
def test_each_choice_narrows_the_register(client, study, query, fits):
    wanted = {key for key, record in study.register.provisions.items() if fits(record)}
    assert 0 < len(wanted) < len(study.register.provisions)
    assert listed(page_of(client, f"/provisions?{query}")) == wanted


def test_a_stretch_and_a_way_across_find_what_holds_there(client, app):
    contents = app.extensions["araxes"]
    on_way = {key for key, entries in contents.governed.items() if any(e["route"] == "araxes-rail" for e in entries)}
    assert listed(page_of(client, "/provisions?route=araxes-rail")) == on_way
    on_stretch = listed(page_of(client, "/provisions?stretch=aghband-meghri-rail"))
    assert on_stretch
    assert on_stretch < on_way
    assert "TA-1" in on_stretch


def test_words_are_found_wherever_they_stand(client):
    assert "TIF-4" in listed(page_of(client, "/provisions?q=exclusive+RIGHT"))
    assert listed(page_of(client, "/provisions?q=nothingofthekind")) == set()
    assert "Nothing in the register fits" in page_of(client, "/provisions?q=nothingofthekind")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("q=&instrument=&status=signed&status=initialed&mode=", "status=signed,initialed"),
        ("q=&instrument=&route=&stretch=", ""),
    ],
)
def test_what_the_form_sends_becomes_one_address_to_share(client, sent, kept):
    answer = client.get(f"/provisions?{sent}")
    assert (answer.status_code, answer.location) == (302, f"/provisions?{kept}" if kept else "/provisions")


@pytest.mark.parametrize("query", ["instrument=<b>", "status=void", "mode=sea", "stretch=nowhere", "route=x"])
def test_what_the_register_does_not_know_is_said_above_a_form_that_works(client, query):
    page = page_of(client, f"/provisions?{query}", 400)
    assert "The register knows no" in page
    assert '<form id="ask"' in page
    assert "<b>'" not in page


def test_the_time_line_tells_each_instrument_with_its_date_and_badge(client, study):
    when = page_of(client).split('<ol class="years">', 1)[1].split('<details class="events"', 1)[0]
    for row in study.register.instruments.values():
        (line,) = re.findall(rf'<li class="moment[^>]*>(?:(?!</li>).)*{re.escape(escape(row["short"]))}.*?</li>', when)
        assert f'badge-{row["kind"].replace(" ", "-")}"' in line
    years = re.findall(r'<b class="year">(\d+)</b>', when)
    assert years == sorted(years, reverse=True)


def test_badges_tell_statuses_of_law_apart_by_shape_and_by_word(client):
    page = page_of(client)
    badges = dict(re.findall(r'<span class="badge badge-([a-z-]+)"[^>]*>(<svg.*?</svg>[^<]+)</span>', page, re.DOTALL))
    assert set(badges) == {"announced", "framework", "initialed", "signed", "in-force", "historic"}
    assert len(set(badges.values())) == len({badge.split("</svg>")[0] for badge in badges.values()}) == 6
    assert badges["framework"].endswith("framework (non-binding)")


def test_a_provision_tells_its_course_until_the_facts_end(app):
    steps = register.history(app.extensions["araxes"], "AP2025-1")
    assert [step["date"] for step in steps] == sorted(step["date"] for step in steps)
    assert steps[0]["kind"] == "initialed"
    assert any("publish the initialed text" in step["text"] and step["sources"] for step in steps)
    page = page_of(app.test_client(), "/provisions/AP2025-1")
    assert "Status as last seen: Initialed; not signed, not ratified." in page
    assert "Facts end" in page.split('id="history"', 1)[1]


def test_a_provision_and_the_segments_that_it_governs_lead_to_each_other(client):
    page = page_of(client, "/provisions/TA-1")
    (link,) = set(re.findall(r'href="(/routes/araxes-rail#segment-\d+)">Aghband-Meghri', page))
    path, _, fragment = link.partition("#")
    row = page_of(client, path).split(f'<tr id="{fragment}">', 1)[1].split("</tr>", 1)[0]
    assert 'href="/provisions/TA-1"' in row
    assert 'href="/?route=araxes-rail&amp;provision=TA-1"' in page


def test_the_positions_of_the_parties_stand_side_by_side(client, study):
    page = page_of(client, "/provisions/TIF-5")
    for position in study.register.provisions["TIF-5"]["positions"]:
        assert escape(position["position"]) in page
    assert page.count('<section class="side">') >= 2


def test_one_that_is_not_verified_is_only_said_to_exist(client, app):
    contents = app.extensions["araxes"]
    for key, record in contents.study.register.provisions.items():
        if record["verification"] == "content not verified":
            assert register.places_of(contents, key) == {}
            assert "not verified" in page_of(client, f"/provisions/{key}")
    assert register.sought(contents, Wanted(status=("announced",), mode=("rail",))) == {}

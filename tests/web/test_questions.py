"""What an address asks, the gazetteer, when ways become whole, and what two states differ in: without a browser."""

from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from geo.errors import InputError
from web import chokes, differences, timeline
from web.contents import Contents
from web.gazetteer import search
from web.question import Situation, read
from web.view import View, view


@pytest.fixture(scope="module")
def contents(study) -> Contents:
    """The candidates as they are."""
    return Contents.make(study)


def seen(contents: Contents, **asked: str) -> View:
    """What a page with these parameters shows; from and to come as from_ and to."""
    return view(contents, read(MultiDict({name.rstrip("_"): value for name, value in asked.items()})))


def test_an_address_is_read_and_written_the_same():
    query = "scenario=snow&as_of=2030&close=way:7&vs=1&vs_case=low"
    query += "&from=a&to=b&mode=rail&avoid=X,Y&through=any&alternatives=3"
    asked = read(MultiDict(parse_qsl(query)))
    assert asked.key == query
    assert asked.query is not None
    assert (asked.query.avoid, asked.ways, asked.here.close) == (("X", "Y"), 3, ("way:7",))
    assert asked.other == Situation(case="low")


@pytest.mark.parametrize("asked", [{"mode": "air"}, {"alternatives": "many"}, {"alternatives": "0"}])
def test_what_no_question_can_hold_is_refused(asked):
    with pytest.raises(InputError):
        read(MultiDict({"from": "a", "to": "b", **asked}))


def test_closures_are_added_to_a_stated_scenario(study):
    stated = study.scenario("snow")
    scenario = Situation(scenario="snow", close=("way:7",)).resolve(study)
    assert scenario is not None
    assert scenario.close == (*stated.close, "way:7")
    assert "way:7" in scenario.label
    assert Situation().resolve(study) is None
    assert Situation(case="low").settled(study) == Situation()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Գորիս", "goris"),
        ("naxcivan", "nakhchivan"),
        ("NAXÇ", "nakhchivan"),
        ("Xankəndi", "khankendi"),
        ("xankendi", "khankendi"),
    ],
)
def test_a_place_is_found_in_any_of_its_languages_accents_aside(study, typed, wanted):
    assert search(study, typed)[0].place.id == wanted


def test_whole_names_come_first_and_nothing_finds_nothing(study):
    names = [found.place.title for found in search(study, "ordubad")]
    assert names[0] == "Ordubad"
    assert len(names) > 1
    assert search(study, "") == search(study, "qqqq") == []


def test_places_are_searched_through_the_api(client):
    found = client.get("/api/places?q=megr").get_json()["features"]
    assert found == [] or all(place["properties"]["label"] for place in found)
    first = client.get("/api/places?q=Մեղրի").get_json()["features"][0]
    assert first["id"] == "meghri"
    assert first["properties"]["matched"] == "Մեղրի"
    assert first["properties"]["where"] == "Armenia"


def test_a_plan_takes_the_rules_of_the_command_line(client):
    query = "from=horadiz&to=nakhchivan&mode=road&through=any"
    best = client.get(f"/api/plan?{query}").get_json()["route"]
    assert "IR" in best["length_by_territory_m"]
    without = client.get(f"/api/plan?{query}&avoid=IR").get_json()["route"]
    assert "IR" not in without["length_by_territory_m"]
    assert without["length_m"] > best["length_m"]
    closed = client.get(f"/api/plan?{query}&close=stretch:horadiz-aghband-road").get_json()["route"]
    assert closed["length_m"] > best["length_m"]
    ways = client.get(f"/api/plan?{query}&alternatives=3").get_json()
    lengths = [way["properties"]["length_m"] for way in ways["features"]]
    assert len(lengths) == 3
    assert lengths == sorted(lengths)


def test_a_view_is_worked_out_once_and_shares_what_does_not_change(contents):
    first, again = seen(contents, as_of="2030"), seen(contents, as_of="2030")
    assert first is again
    assert first.contents.boundaries is contents.boundaries
    assert seen(contents).plain
    assert seen(contents).contents is contents


def test_the_ways_of_an_answer_stand_behind_the_candidates_with_colours_of_their_own(contents):
    found = seen(contents, from_="goris", to="meghri", alternatives="2")
    assert list(found.contents.routes) == [*contents.routes, "way-1", "way-2"]
    colours = list(found.contents.colours.values())
    assert len(set(colours)) == len(colours)


def test_without_a_way_the_smallest_change_that_gives_one_is_named(contents):
    found = seen(contents, from_="horadiz", to="nakhchivan")
    assert found.answer is not None
    assert found.answer.broken is not None
    assert [concession.kind for concession in found.answer.conceded] == ["crossings"]
    assert found.answer.conceded[0].route.broken is None


def test_a_line_that_is_closed_must_be_opened_again(contents):
    found = seen(
        contents, from_="goris", to="kapan", close="stretch:goris-kapan-road,stretch:goris-tatev-kapan-road", avoid="AZ"
    )
    assert found.answer is not None
    if found.answer.broken is not None:
        assert "scenario" in {concession.kind for concession in found.answer.conceded}


def test_the_slider_spans_the_works_and_says_what_is_assumed(contents):
    line = timeline.timeline(seen(contents, as_of="2030", case="high"))
    assert line is not None
    assert (line.year, line.case) == (2030, "high")
    years = [year for opening in contents.study.openings for year in opening.years]
    assert line.first <= min(years)
    assert line.last == max(years)
    railway = line.whole[0]
    assert railway.years == (2028, 2030, 2034)
    assert timeline.said(railway) == "2030 (2028–2034), assumed"
    assert all(whole.reason for whole in line.whole if whole.years is None)
    assert (line.at(line.now), line.at(line.last)) == (0, 100)


def test_two_states_differ_in_words_and_numbers(contents):
    found = seen(contents, as_of="2030", vs="1")
    said = differences.sentences(found)
    assert any("it can be used here, and not there" in text for text in said)
    turned = differences.sentences(seen(contents, vs="1", vs_as_of="2030"))
    assert any("it cannot be used here, but there" in text for text in turned)
    same = seen(contents, vs="1")
    assert not any(row.differs for row in differences.rows(same))
    assert len(differences.sentences(same)) == 1


def test_choke_points_of_a_candidate_and_of_a_broken_one(contents):
    found = chokes.chokes(seen(contents), "araxes-rail")
    assert found.sentence == "Closing any piece of it leaves no way between its ends."
    assert [point.barred for point in found.points] == [True]
    broken = chokes.chokes(seen(contents, close="stretch:meghri-agarak-rail"), "araxes-rail")
    assert broken.points == ()
    assert "breaks" in broken.sentence

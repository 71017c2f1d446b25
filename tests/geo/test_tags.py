"""What a way's tags say: mode, class, life cycle, structure and direction."""

import pytest

from geo.tags import classify


def reading(**tags: str) -> tuple[str, str, str]:
    """Read tags that make one road or one railway; a colon in a key is written as two underscores."""
    (found,) = classify({key.replace("__", ":"): value for key, value in tags.items()})
    return found.mode, found.class_, found.status


# -- life cycle --------------------------------------------------------------------------------------------------------


def test_a_line_in_use_is_open():
    assert reading(railway="rail") == ("rail", "rail", "open")
    assert reading(highway="primary") == ("road", "primary", "open")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("construction", "construction"),
        ("proposed", "proposed"),
        ("planned", "proposed"),
        ("disused", "disused"),
        ("abandoned", "abandoned"),
        ("razed", "razed"),
        ("demolished", "razed"),
        ("dismantled", "razed"),
        ("removed", "razed"),
    ],
)
@pytest.mark.parametrize(
    ("key", "was", "mode"), [("railway", "narrow_gauge", "rail"), ("highway", "secondary_link", "road")]
)
def test_every_spelling_of_a_life_cycle_says_the_same(word, status, key, was, mode):
    expected = (mode, was, status)
    assert reading(**{key: word, word: was}) == expected  # railway=disused + disused=rail
    assert reading(**{f"{word}__{key}": was}) == expected  # disused:railway=rail
    assert reading(**{key: word, f"{word}__{key}": was}) == expected
    assert reading(**{key: word, word: "yes", f"{word}__{key}": was}) == expected


def test_a_word_alone_gives_the_plainest_class():
    assert reading(railway="abandoned") == ("rail", "rail", "abandoned")
    assert reading(railway="disused", disused="yes") == ("rail", "rail", "disused")
    assert reading(highway="construction") == ("road", "road", "construction")


@pytest.mark.parametrize(("word", "status"), [("disused", "disused"), ("abandoned", "abandoned"), ("razed", "razed")])
def test_the_oldest_spelling_is_a_word_with_yes(word, status):
    assert reading(railway="rail", **{word: "yes"}) == ("rail", "rail", status)
    assert reading(highway="track", **{word: "yes"}) == ("road", "track", status)
    assert reading(railway="rail", **{word: "no"}) == ("rail", "rail", "open")


def test_works_on_a_road_in_use_do_not_close_it():
    assert reading(highway="primary", construction="yes") == ("road", "primary", "open")
    assert reading(highway="primary", construction="minor") == ("road", "primary", "open")


def test_what_stands_today_outlives_what_stood_before():
    assert reading(railway="rail", abandoned__railway="narrow_gauge") == ("rail", "rail", "open")


def test_what_was_never_a_road_or_a_railway_here_is_none_now():
    for tags in (
        {"railway": "disused", "disused": "tram"},
        {"railway": "abandoned", "abandoned": "yes", "abandoned:railway": "tram"},
        {"highway": "construction", "construction": "footway"},
        {"abandoned:railway": "platform"},
        {"highway": "footway"},
        {"railway": "platform"},
        {"waterway": "river"},
        {},
    ):
        assert classify(tags) == (), tags


def test_a_square_is_no_road():
    assert classify({"highway": "service", "area": "yes"}) == ()
    assert reading(highway="service", area="no") == ("road", "service", "open")


# -- two at once -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rails",
    [
        {"railway": "abandoned"},
        {"abandoned:railway": "rail"},
        {"railway": "abandoned", "abandoned": "yes"},
        {"abandoned:railway": "rail", "abandoned": "yes"},
        {"railway": "abandoned", "abandoned": "rail"},
    ],
)
def test_a_track_on_an_abandoned_railway_is_an_open_road_too(rails):
    rail, road = classify({"highway": "track", **rails})
    assert (rail.mode, rail.class_, rail.status) == ("rail", "rail", "abandoned")
    assert (road.mode, road.class_, road.status) == ("road", "track", "open")


def test_a_path_on_an_abandoned_railway_is_only_the_railway():
    assert reading(highway="cycleway", abandoned__railway="rail") == ("rail", "rail", "abandoned")


# -- structures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("bridge", "yes"),
        ("bridge", "viaduct"),
        ("bridge", "movable"),
        ("tunnel", "yes"),
        ("tunnel", "avalanche_protector"),
        ("tunnel", "building_passage"),
        ("ford", "yes"),
        ("ford", "stepping_stones"),
    ],
)
def test_a_structure_keeps_its_kind(key, kind):
    (road,) = classify({"highway": "primary", key: kind})
    assert (road.structure, road.structure_kind) == (key, kind)


@pytest.mark.parametrize("key", ["bridge", "tunnel", "ford"])
def test_a_structure_that_is_denied_is_none(key):
    (road,) = classify({"highway": "primary", key: "no"})
    assert (road.structure, road.structure_kind) == ("none", "")


# -- direction ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "primary", "oneway": "yes"}, 1),
        ({"highway": "primary", "oneway": "1"}, 1),
        ({"highway": "primary", "oneway": "no"}, 0),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "primary", "oneway": "reverse"}, -1),
        ({"highway": "primary", "oneway": "alternating"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway", "oneway": "-1"}, -1),
        ({"highway": "construction", "construction": "motorway"}, 1),
        ({"highway": "motorway_link"}, 0),
        ({"highway": "residential", "junction": "roundabout"}, 1),
        ({"highway": "residential", "junction": "circular"}, 1),
        ({"highway": "residential", "junction": "roundabout", "oneway": "no"}, 0),
    ],
)
def test_direction_is_what_the_way_or_its_kind_says(tags, direction):
    (road,) = classify(tags)
    assert road.direction == direction


# -- other tags --------------------------------------------------------------------------------------------------------


def test_other_tags_are_kept_as_they_are_and_empty_where_there_are_none():
    (rail,) = classify({"railway": "rail", "name": "Yerevan–Julfa", "gauge": "1520", "electrified": "contact_line"})
    assert (rail.name, rail.gauge, rail.electrified) == ("Yerevan–Julfa", "1520", "contact_line")
    assert (rail.ref, rail.maxspeed, rail.surface, rail.lanes) == ("", "", "", "")

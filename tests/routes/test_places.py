"""Places as people name them: by id, in any language, or by coordinates."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from geo.errors import InputError, NotFoundError
from routes.places import find_place, folded
from routes.study import Study


@pytest.mark.parametrize(
    ("asked", "id_"),
    [
        ("meghri", "meghri"),
        ("Meghri", "meghri"),
        ("MEGHRI", "meghri"),
        (" Meghri ", "meghri"),
        ("Մեղրի", "meghri"),
        ("Naxçıvan", "nakhchivan"),
        ("naxcivan", "nakhchivan"),
        ("NAXÇIVAN", "nakhchivan"),
        ("Horadiz", "horadiz"),
    ],
)
def test_a_place_is_found_by_id_or_by_its_name_in_any_language_accents_and_case_aside(
    study: Study, asked: str, id_: str
) -> None:
    assert find_place(study, asked).id == id_


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Şuşa", "susa"),
        ("Mincivan", "MİNCİVAN"),
        ("Ağbənd", "agband"),
        ("Iğdır", "igdir"),
        ("Sədərək", "sadarak"),
        ("  Goris", "goris"),
    ],
)
def test_spellings_that_differ_in_accents_and_case_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_coordinates_stand_for_themselves_in_the_territory_where_they_lie(study: Study) -> None:
    place = find_place(study, " 46.2431, 38.9012 ")
    assert (place.lon, place.lat, place.territory) == (46.2431, 38.9012, "AM")
    assert find_place(study, "45.4;39.2").territory == "AZ-NX"
    assert find_place(study, "46,39").id == "46,39"


def test_coordinates_that_look_swapped_are_said_to_be(study: Study) -> None:
    with pytest.raises(InputError, match=r"38\.9,46\.2 lies outside .*lon and lat look swapped: give 46\.2,38\.9"):
        find_place(study, "38.9,46.2")


def test_coordinates_elsewhere_are_refused_with_the_limits(study: Study) -> None:
    with pytest.raises(InputError, match=r"give lon,lat within 42\.5 to 50\.5 and 38 to 42") as refused:
        find_place(study, "2.35,48.85")
    assert "swapped" not in str(refused.value)


def test_an_unknown_name_is_met_with_names_that_begin_alike(study: Study) -> None:
    with pytest.raises(NotFoundError, match=r"there is no place 'Meghry' in the study nakhchivan; did you mean Meghri"):
        find_place(study, "Meghry")
    with pytest.raises(NotFoundError, match=r"there is no place 'Qqqq' .*; give lon,lat or a place of the study"):
        find_place(study, "Qqqq")


@pytest.mark.parametrize("asked", ["", "  ", ",", "46.2", "46.2,", "46,2;38,9", "1e3,2"])
def test_what_is_neither_a_name_nor_coordinates_is_refused_in_one_sentence(study: Study, asked: str) -> None:
    with pytest.raises((InputError, NotFoundError)) as refused:
        find_place(study, asked)
    assert "\n" not in str(refused.value)


def renamed(study: Study, names: dict[str, dict[str, str]]) -> Study:
    for id_, by_language in names.items():
        study.places[id_] = replace(study.places[id_], names=by_language)
    return study


@pytest.fixture
def two_places(make_study: Callable[..., Study]) -> Study:
    return make_study([[(10.1, 40.1), (10.2, 40.1)]], {"a": ("ONE", 10.1, 40.1), "b": ("ONE", 10.2, 40.1)})


def test_a_name_that_two_places_share_asks_for_an_id(two_places: Study) -> None:
    study = renamed(two_places, {"a": {"en": "Mount Same", "az": "Same"}, "b": {"en": "Same"}})
    with pytest.raises(NotFoundError, match=r"'same' is the name of 2 places; give one of the ids a, b"):
        find_place(study, "same")
    assert find_place(study, "Mount Same").id == "a"


def test_another_position_of_the_same_place_gives_way_to_the_place(two_places: Study) -> None:
    study = renamed(two_places, {"a": {"en": "Same (other position)", "az": "Eyni"}, "b": {"en": "Same", "az": "Eyni"}})
    assert find_place(study, "Eyni").id == "b"
    assert find_place(study, "Same (other position)").id == "a"


def test_a_point_may_be_a_pair_of_numbers(corridor: Study) -> None:
    assert find_place(corridor, (10.2, 40.1)) == find_place(corridor, "10.2,40.1")


@pytest.mark.parametrize("point", [(10.2,), (10.2, 40.1, 3.0), ("east", 40.1), (None, 40.1), 10.2])
def test_a_pair_that_is_no_point_is_refused_in_one_sentence(corridor: Study, point: Any) -> None:
    with pytest.raises(InputError, match="give a pair of numbers"):
        find_place(corridor, point)


def test_a_pair_outside_the_area_is_refused(corridor: Study) -> None:
    with pytest.raises(InputError, match="look swapped"):
        find_place(corridor, (40.1, 10.2))
    with pytest.raises(InputError, match="outside the area"):
        find_place(corridor, (float("nan"), 40.1))

"""The built-in study, as planners will read it: figures that add up, each led to its source."""

import json
import math
from typing import Any

import pytest

from routes.metrics import properties
from routes.register import provisions_of
from routes.route import Route
from routes.study import Study
from routes.tables import comparison

CANDIDATES = [
    "araxes-rail",
    "araxes-road",
    "kapan-kajaran-road",
    "goris-yeraskh-road",
    "bichenek-road",
    "iran-bank-road",
]


@pytest.fixture(scope="module")
def routes(study: Study) -> dict[str, Route]:
    return {route.id: route for route in study.routes()}


@pytest.fixture(scope="module")
def figures(routes: dict[str, Route]) -> dict[str, dict[str, Any]]:
    return {id_: properties(route) for id_, route in routes.items()}


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_law_1_kilometres_add_up(figures: dict[str, dict[str, Any]], candidate: str) -> None:
    found = figures[candidate]
    for column in ("territory", "status", "structure", "class", "basis"):
        assert math.fsum(found[f"length_by_{column}_m"].values()) == pytest.approx(found["length_m"], abs=1e-6)
    for key, (low, high) in found["length_by_territory_range_m"].items():
        assert 0 <= low <= found["length_by_territory_m"].get(key, 0.0) <= high


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_law_9_every_figure_leads_to_a_source(
    study: Study, routes: dict[str, Route], figures: dict[str, dict[str, Any]], candidate: str
) -> None:
    found = figures[candidate]
    meta = routes[candidate].network.meta
    known = {*study.sources, meta["boundaries"]["id"], "assumed", *(s.get("id") for s in meta["sources"])}
    for name, entry in found["basis"].items():
        assert entry["formula"], name
        assert set(entry["sources"]) <= known, name
    numbers = {name for name, value in found.items() if name.endswith(("_m", "_s")) and value not in (None, {}, [])}
    assert {name for name in numbers if name.removesuffix("_range_m") == name} <= found["basis"].keys()


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_what_is_null_has_its_reason(figures: dict[str, dict[str, Any]], candidate: str) -> None:
    found = figures[candidate]
    null = {name for name, value in found.items() if value is None} - {"broken", "time_condition", "notice", "scenario"}
    assert null <= found["reasons"].keys()
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("candidate", CANDIDATES)
def test_no_candidate_can_be_used_today_and_each_says_why(figures: dict[str, dict[str, Any]], candidate: str) -> None:
    found = figures[candidate]
    assert found["usable_today"] is False
    assert found["notice"].startswith("Cannot be used today: ")
    assert found["time_condition"].startswith("if opened; ")
    assert all(crossing["declared"] for crossing in found["crossings"])
    assert len(found["crossings"]) == 2


def test_only_the_railway_is_linked_to_the_tripp_framework(routes: dict[str, Route]) -> None:
    governed = {id_: {row["id"] for row in provisions_of(route)} for id_, route in routes.items()}
    assert {id_ for id_, ids in governed.items() if "TIF-1" in ids} == {"araxes-rail"}
    assert {id_ for id_, ids in governed.items() if "JD2025-3" in ids} == set(CANDIDATES) - {"iran-bank-road"}


def test_tripp_governs_the_railway_in_armenia_and_nothing_else(
    study: Study, routes: dict[str, Route], figures: dict[str, dict[str, Any]]
) -> None:
    (place,) = study.register.segments_of("TIF-1", list(routes.values()))
    assert place["route"] == "araxes-rail"
    assert place["length_m"] == pytest.approx(figures["araxes-rail"]["length_by_territory_m"]["AM"], abs=0.01)
    segments = routes["araxes-rail"].segments
    assert set(segments.loc[segments["id"].isin(place["segments"]), "territory"]) == {"AM"}


@pytest.mark.parametrize("provision", ["TS2020-9", "OSCE2025-1", "S907-1", "AP2025-12"])
def test_instruments_that_govern_no_line_are_in_the_register_and_on_no_segment(
    study: Study, routes: dict[str, Route], provision: str
) -> None:
    assert provision in study.register.provisions
    assert study.register.segments_of(provision, list(routes.values())) == []


def test_works_without_an_alignment_show_on_the_candidates_that_they_concern(
    study: Study, routes: dict[str, Route]
) -> None:
    works = {id_: study.register.works_of(route) for id_, route in routes.items()}
    assert {id_ for id_, ids in works.items() if "P-3" in ids} == set(CANDIDATES) - {"iran-bank-road"}
    assert {id_ for id_, ids in works.items() if "H-AM-7" in ids} >= {"goris-yeraskh-road"}
    assert not any("P-3" in edge for route in routes.values() for edge in route.work_ids)


def test_a_car_keeps_about_the_published_speed_on_the_m2(study: Study) -> None:
    found = properties(study.plan("Goris", "Yeghegnadzor", mode="road"))
    speed_kmh = found["length_m"] / found["moving_s"]["car"]["central"] * 3.6
    assert speed_kmh == pytest.approx(50, abs=5)


def test_the_comparison_has_a_row_a_candidate(routes: dict[str, Route], figures: dict[str, dict[str, Any]]) -> None:
    table = comparison(list(routes.values()))
    assert table.index.tolist() == CANDIDATES
    assert table["length_m"].tolist() == [figures[id_]["length_m"] for id_ in CANDIDATES]

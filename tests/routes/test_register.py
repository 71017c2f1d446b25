"""Rules link provisions to segments and crossings, both ways; broken records are refused at the door."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import DataError, NotFoundError
from routes.provision import Rule
from routes.register import Register, provisions_of
from routes.route import Route
from routes.study import Study

INSTRUMENT = """
[[instruments]]
id = "PACT"
title = "The Pact"
short = "Pact"
date = "2025-08-08"
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
sources = ["s"]
"""
PROVISION = """
[[provisions]]
id = "PACT-1"
instrument = "PACT"
clause = "point 1"
date = "2025-08"
status = "signed"
kind = "signed"
last_seen = "2026-06-01"
modes = ["road"]
where = "everywhere"
text = "A text."
verification = "verified"
sources = ["s"]
"""
RULE = """
[[provisions.applies]]
territory = ["ONE"]
reason = "Because."
"""


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({"territory": "ONE", "mode": "rail"}, True),
        ({"territory": "TWO", "mode": "rail"}, True),
        ({"territory": "ONE", "mode": "road"}, False),
        ({"territory": "", "mode": "rail"}, False),
        ({"mode": "rail"}, False),
        ({"territory": "ONE", "mode": "rail", "crossing": "gate"}, False),
    ],
)
def test_keys_of_a_rule_all_match_and_lists_hold_alternatives(facts: dict[str, str], *, holds: bool) -> None:
    rule = Rule(territory=frozenset({"ONE", "TWO"}), mode=frozenset({"rail"}))
    assert rule.matches(**facts) is holds


def test_a_rule_on_crossings_links_crossings_alone_and_may_be_narrowed_to_candidates() -> None:
    rule = Rule(crossing=frozenset({"gate"}), candidate=frozenset({"way"}))
    assert rule.matches(crossing="gate", candidate="way")
    assert not rule.matches(crossing="gate", candidate="other")
    assert not rule.matches(crossing="bridge", candidate="way")
    assert not rule.matches(candidate="way")
    assert not rule.matches(crossing="gate", candidate=None)


def test_a_segment_knows_its_provisions(way: Route) -> None:
    segments = way.segments.set_index("territory")
    assert segments.loc["ONE", "provisions"] == []
    assert segments.loc["TWO", "provisions"] == ["PACT-1"]
    assert way.crossings[0]["provisions"] == ["PACT-2"]


def test_a_provision_knows_its_segments_and_kilometres(corridor: Study, way: Route, nowhere: Route) -> None:
    found = corridor.register.segments_of("PACT-1", [nowhere, way])
    assert found == [
        {"route": "way", "title": "The way", "segments": ["way.2"], "length_m": pytest.approx(40_000), "crossings": []}
    ]
    assert corridor.register.segments_of("PACT-3", [way]) == []


def test_a_provision_on_a_crossing_governs_no_kilometres(corridor: Study, way: Route) -> None:
    found = corridor.register.segments_of("PACT-2", [way])
    assert found == [{"route": "way", "title": "The way", "segments": [], "length_m": 0.0, "crossings": ["gate"]}]


def test_provisions_of_a_route_come_with_their_kilometres(way: Route) -> None:
    assert provisions_of(way) == [
        {"id": "PACT-1", "length_m": pytest.approx(40_000), "crossings": []},
        {"id": "PACT-2", "length_m": 0.0, "crossings": ["gate"]},
    ]


def test_a_provision_that_does_not_exist_is_named(corridor: Study, way: Route) -> None:
    with pytest.raises(NotFoundError, match=r"^there is no provision 'PACT-9'"):
        corridor.register.segments_of("PACT-9", [way])


def test_works_touch_by_stretch_by_candidate_and_without_alignment_by_territory(
    corridor: Study, way: Route, nowhere: Route, make_route: Callable[..., Route]
) -> None:
    assert corridor.register.works_of(way) == ["W-1", "W-2"]
    assert corridor.register.works_of(nowhere) == ["W-3"]
    query = make_route([{"territory": "TWO"}])
    assert corridor.register.works_of(query) == ["W-2", "W-3"]
    assert corridor.register.works_of(make_route([{"territory": "ONE"}])) == []


def test_works_lie_only_in_the_territory_that_they_name(make_route: Callable[..., Route]) -> None:
    route = make_route([{"territory": "ONE", "stretch": "east"}, {"territory": "TWO", "stretch": "east"}])
    assert route.work_ids == [(), ("W-1",)]


def test_each_edge_is_answered_in_the_order_of_the_register(make_route: Callable[..., Route]) -> None:
    edges: list[dict[str, Any]] = [
        {"territory": territory, "status": status}
        for territory in ("ONE", "TWO", "")
        for status in ("open", "construction", "razed")
    ]
    route = make_route(edges)
    governed = np.array([ids == ("PACT-1",) for ids in route.provision_ids])
    assert [edges[i] for i in np.flatnonzero(governed)] == [{"territory": "TWO", "status": "construction"}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[instruments]]\n", r"register.toml: instrument number 1 has no id"),
        (INSTRUMENT + INSTRUMENT, r"register.toml: instrument PACT is there twice"),
        (INSTRUMENT.replace('kind = "signed"', 'kind = "agreed"'), r"instrument PACT names the kind 'agreed'"),
        (INSTRUMENT.replace("2025-08-08", "8 August 2025"), r"instrument PACT has the date '8 August 2025'"),
        (INSTRUMENT.replace('["s"]', "[]"), r"instrument PACT has no sources"),
        (INSTRUMENT + PROVISION.replace('instrument = "PACT"', 'instrument = "X"'), r"PACT-1 names the instrument 'X'"),
        (INSTRUMENT + PROVISION.replace('"road"', '"canal"'), r"provision PACT-1 names the mode 'canal'"),
        (INSTRUMENT + PROVISION.replace('clause = "point 1"', ""), r"provision PACT-1 has no clause"),
        (INSTRUMENT + PROVISION.replace('"verified"', '"content not verified"'), r"PACT-1 is marked content not veri"),
        (INSTRUMENT + PROVISION.replace('"verified"', '"number not verified"'), r"PACT-1 is marked number not veri"),
        (INSTRUMENT + PROVISION + RULE.replace("territory", "teritory"), r"PACT-1, rule 1 names the key 'teritory'"),
        (INSTRUMENT + PROVISION + RULE.replace('["ONE"]', "[]"), r"PACT-1, rule 1 has an empty territory"),
        (INSTRUMENT + PROVISION + RULE.replace('["ONE"]', '"ONE"'), r"PACT-1, rule 1 has territory = 'ONE'"),
        (INSTRUMENT + PROVISION + RULE.replace('territory = ["ONE"]', ""), r"PACT-1, rule 1 names nothing"),
        (INSTRUMENT + PROVISION + RULE + 'crossing = ["gate"]', r"rule 1 names crossings and territory"),
        (INSTRUMENT + PROVISION + RULE + 'status = ["shut"]', r"rule 1 names the status 'shut'"),
        ("[[instruments", r"register.toml is no TOML"),
    ],
)
def test_a_broken_record_is_refused_with_file_and_id(write: Callable[[str, str], Path], text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        Register.read(write("register.toml", text))


def test_a_whole_record_is_read(write: Callable[[str, str], Path]) -> None:
    register = Register.read(write("register.toml", INSTRUMENT + PROVISION + RULE))
    provision = register.provisions["PACT-1"]
    assert provision["clause"] == "point 1"
    assert dict(provision)["applies"] == [{"territory": ["ONE"], "reason": "Because."}]
    assert provision.rules == (Rule(reason="Because.", territory=frozenset({"ONE"})),)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"territory": ["THREE"]}, r"a rule of the provision PACT-1 names the territory 'TWO'"),
        ({"crossing": []}, r"a rule of the provision PACT-2 names the crossing 'gate'"),
        ({"stretch": ["west"]}, r"the work W-1 names the stretch 'east'"),
        ({"candidate": ["way"]}, r"the work W-3 names the candidate 'nowhere'"),
        ({"source": ["another"]}, r"the record 'PACT' names the source 'survey'"),
    ],
)
def test_names_that_the_study_does_not_state_are_refused(
    corridor: Study, known: dict[str, list[str]], reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        corridor.register.check_names(known)

"""Scenarios: what they may say, what they change, and what they leave alone (laws 2 and 8)."""

import shutil
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError, InputError, NotFoundError
from geo.network import EDGE_COLUMNS, STATUSES, TEXT_COLUMNS
from geo.tags import WayTags
from geo.ways import Ways, assemble
from routes.costs import arc_cost
from routes.ground import Ground
from routes.metrics import properties
from routes.model import Place
from routes.permit import ANY, CLASSES, Permit
from routes.rules import Rules, plan, pose
from routes.scenario import Scenario, parse_scenario, read_day, read_scenarios
from routes.study import Study

OPENING = """
[works.opening]
low = 2026
central = 2028
high = 2031
announced = false
basis = "Assumed."
crossings_basis = "Assumed: it opens with the road."
stretches = ["east"]
crossings = ["gate"]
upgrades = [{stretches = ["west"], maxspeed_kmh = 100, basis = "Assumed."}]
adds = [{id = "spur", mode = "road", from = "b", to = "a", title = "Spur", basis = "Assumed.", length_km = 70}]
sources = ["survey"]
"""
SCENARIOS = """
[[scenarios]]
id = "shut"
title = "The Gate stays shut"
as_of = 2028
close = ["crossing:gate"]
"""


@pytest.fixture(scope="module")
def dated(corridor_folder, tmp_path_factory):
    """The made-up corridor, whose eastern road and Gate open by the end of 2028, and which states one scenario."""
    folder = tmp_path_factory.mktemp("dated") / "study"
    shutil.copytree(corridor_folder, folder)
    works = (folder / "works.toml").read_text(encoding="utf-8")
    first, second = works.split('\n[[works]]\nid = "W-2"')
    (folder / "works.toml").write_text(f'{first}{OPENING}\n[[works]]\nid = "W-2"{second}', encoding="utf-8")
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(SCENARIOS)
    return Study.open(folder)


# ---- the short text


def test_a_scenario_is_read_from_a_short_text():
    found = parse_scenario("as_of=2030; case=high; close=a,b; open=gate; upgrade=c:trunk:80; add=rail:x:y")
    assert found.as_of == date(2030, 12, 31)
    assert (found.case, found.close, found.open) == ("high", ("a", "b"), ("gate",))
    assert (found.upgrade[0].target, found.upgrade[0].class_, found.upgrade[0].maxspeed_kmh) == ("c", "trunk", 80)
    assert (found.add[0].mode, found.add[0].from_place, found.add[0].to_place) == ("rail", "x", "y")


@given(
    day=st.none() | st.dates(date(2026, 6, 2), date(2090, 1, 1)),
    case=st.sampled_from(["low", "central", "high"]),
    names=st.lists(st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True), unique=True, max_size=4),
    speed=st.none() | st.integers(5, 400),
)
def test_its_text_says_the_same_scenario_again(day, case, names, speed):
    upgrade = f";upgrade=way:7:trunk:{speed}" if speed else ""
    first = Scenario(day, case, close=tuple(names[:2]), open=tuple(names[2:]))
    once = parse_scenario(first.text + upgrade)
    assert parse_scenario(once.text) == once


def test_a_year_or_a_month_stands_for_its_last_day():
    assert read_day("2028") == date(2028, 12, 31)
    assert read_day("2028-02") == date(2028, 2, 29)
    assert read_day("2028-02-01") == date(2028, 2, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("as_of=soon", "is no date"),
        ("as_of=2030-13", "is no date"),
        ("as_of=2030;as_of=2031", "once"),
        ("shut=west", "cannot hold 'shut=west'"),
        ("close", "cannot hold 'close'"),
        ("case=usual;as_of=2030", "not a case"),
        ("open=west;close=west", "both opens and closes 'west'"),
        ("upgrade=west", "TARGET:CLASS"),
        ("upgrade=west:fast:slow", "neither a class nor a speed"),
        ("upgrade=west:-5", "neither a class nor a speed"),
        ("add=boat:a:b", "MODE:PLACE:PLACE"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_in_one_sentence(text, reason):
    with pytest.raises(InputError, match=reason):
        parse_scenario(text)


def test_a_study_states_scenarios(dated):
    assert dated.scenario("shut") == dated.scenarios["shut"]
    assert dated.scenarios["shut"].label == "The Gate stays shut, as of 2028-12-31 (central openings)"
    assert dated.scenario("close=west").close == ("west",)
    with pytest.raises(NotFoundError, match="states no scenario 'open'; it states shut"):
        dated.scenario("open")
    with pytest.raises(DataError, match="scenarios number 1: it needs an id"):
        read_scenarios([{"title": "No id"}])


# ---- what it may name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("close=nowhere", "no stretch, crossing or link"),
        ("close=edge:99", "the network has the edges 0 to 2"),
        ("close=way:123", "no edge of the OSM way 123"),
        ("close=edge:x", "must give a number"),
        ("upgrade=gate:80", "a crossing, which has no class or speed"),
        ("upgrade=west:superfast", "no class of a road or a railway"),
        ("add=road:a:a", "begins and ends at one node"),
        ("add=rail:b:a", "has no rail near its end Beta"),
        ("as_of=2026-05-31", "before the facts of the study, which end on 2026-06-01"),
        ("as_of=2025", "before the facts"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_sentence(dated, text, reason):
    with pytest.raises((InputError, NotFoundError), match=reason):
        dated.route("way", scenario=dated.scenario(text))


# ---- what it changes


def test_a_work_opens_its_stretch_and_its_crossing_in_its_year(dated):
    before, after = (dated.route("way", scenario=dated.scenario(f"as_of={year}")) for year in (2027, 2028))
    assert properties(before)["to_build_m"] == 40_000
    assert properties(after)["to_build_m"] == 0
    assert [c["status"] for route in (before, after) for c in route.crossings] == ["closed", "open"]
    assert properties(before)["notice"].startswith("Cannot be used as of 2027-12-31: The Gate is closed; 40.0 km")
    assert properties(after)["notice"] is None
    assert (properties(after)["usable"], properties(after)["usable_today"]) == (True, False)


def test_the_case_decides_which_year_counts(dated):
    open_in = {
        case: next(
            year
            for year in range(2026, 2033)
            if properties(dated.route("way", scenario=dated.scenario(f"as_of={year};case={case}")))["usable"]
        )
        for case in ("low", "central", "high")
    }
    assert open_in == {"low": 2026, "central": 2028, "high": 2031}
    assert properties(dated.route("way"))["whole_year"] == open_in


def test_a_route_says_under_which_scenario_it_was_found_and_what_that_changed(dated):
    found = properties(dated.route("way", scenario=dated.scenario("as_of=2028")))["scenario"]
    assert (found["as_of"], found["case"], found["title"]) == (
        "2028-12-31",
        "central",
        "as of 2028-12-31 (central openings)",
    )
    work = found["changes"][0]
    assert (work["work"], work["year"], work["crossings"]) == ("W-1", 2028, ["gate"])
    assert work["length_m"] == 40_000 + 70_000  # the eastern road and the spur
    assert properties(dated.route("way"))["scenario"] is None


def test_a_segment_that_opens_keeps_what_the_network_says(dated):
    segments = dated.route("way", scenario=dated.scenario("as_of=2028")).segments
    assert list(zip(segments["status"], segments["network_status"], strict=True)) == [
        ("open", "open"),
        ("open", "construction"),
    ]


def test_a_signed_speed_changes_the_time_and_nothing_else(dated):
    slow, fast = (dated.route("way", scenario=dated.scenario(t)) for t in ("open=gate", "open=gate;upgrade=west:20"))
    one, other = properties(slow), properties(fast)
    assert other["moving_s"]["lorry"]["central"] > one["moving_s"]["lorry"]["central"]
    assert {key for key in one if one[key] != other[key]} == {"moving_s", "time_s", "scenario", "basis"}


def test_what_is_closed_breaks_a_candidate_and_says_so(dated):
    for text in ("close=east", "close=gate", "as_of=2028;close=crossing:gate", "close=edge:1"):
        broken = dated.route("way", scenario=dated.scenario(text)).broken
        assert broken is not None, text
        assert broken.reason.startswith("The scenario closes the way at 10.5"), text


def test_a_line_that_is_added_is_proposed_until_it_is_opened(dated):
    query = {"mode": "road", "statuses": ["open"]}
    there = dated.plan("b", "a", **query, scenario=dated.scenario("as_of=2028"))
    assert properties(there)["links"] == [{"id": "spur", "title": "Spur", "length_m": 70_000.0}]
    assert dated.plan("b", "a", **query, scenario=dated.scenario("add=road:b:a")).broken is not None
    opened = dated.plan("b", "a", **query, through=["any"], scenario=dated.scenario("add=road:b:a;open=add-b-a-road"))
    assert opened.link.tolist() == ["add-b-a-road"] * 2  # cut at the border
    assert set(opened.status) == {"open"}


def test_a_query_between_two_points_knows_the_scenario(dated):
    ask = {"mode": "road", "statuses": ["open"]}
    assert dated.plan("10.31,40.25", "10.88,40.2", **ask).broken is not None
    found = dated.plan("10.31,40.25", "10.88,40.2", **ask, scenario=dated.scenario("open=east,gate"))
    assert found.broken is None
    assert found.scenario == dated.scenario("open=east,gate")


def test_a_journey_with_rules_knows_the_scenario(dated):
    rules = Rules("road", statuses=frozenset({"open"}))
    journey = pose(dated, "a", "b", rules, scenario=dated.scenario("as_of=2028"))
    found = plan(journey, arc_cost(journey, "distance"), rules)
    assert found.broken is None
    assert found.scenario == dated.scenario("as_of=2028")
    later = arc_cost(pose(dated, "a", "b", rules, scenario=dated.scenario("open=east,gate")), "build")
    now = pose(dated, "a", "b", Rules("road", through=frozenset({"gate"})))
    assert later.sum() == 0 < arc_cost(now, "build").sum()


# ---- the built-in study


def test_the_railway_is_built_step_by_step(study):
    by_year = [
        properties(study.route("araxes-rail", scenario=study.scenario(f"as_of={year}"))) for year in (2026, 2029, 2032)
    ]
    metres = [found["to_build_m"] for found in by_year]
    assert metres == sorted(metres, reverse=True)
    assert metres[0] > metres[1] > metres[2] == 0
    assert [found["usable"] for found in by_year] == [False, False, True]
    year = by_year[0]["whole_year"]
    assert year["low"] < year["central"] < year["high"]
    assert {found["length_m"] for found in by_year} == {by_year[0]["length_m"]}


@pytest.mark.parametrize("name", ["araxes-road", "kapan-kajaran-road", "goris-yeraskh-road", "bichenek-road"])
def test_a_candidate_with_a_crossing_that_nobody_opens_has_no_year(study, name):
    found = properties(study.route(name))
    assert found["whole_year"] is None
    assert "the crossing" in found["reasons"]["whole_year"]


# ---- laws

SIDE = 4
STEP_DEG = 0.2  # further apart than a place may be from its node
PERMIT = Permit("road", CLASSES["road"], frozenset({"open"}), borders=frozenset({ANY}))


def grid(statuses, lengths_km):
    """A grid of SIDE x SIDE nodes, its edges with these statuses and lengths."""
    number = np.arange(SIDE * SIDE)
    lon, lat = 10 + STEP_DEG * (number % SIDE), 40 + STEP_DEG * (number // SIDE)
    ways = Ways(number + 1, np.rint(lon * 1e7).astype(np.int32), np.rint(lat * 1e7).astype(np.int32))
    pairs = [(n, n + 1) for n in number if n % SIDE < SIDE - 1] + [(n, n + SIDE) for n in number[: -SIDE or None]]
    for (a, b), status, km in zip(pairs, statuses, lengths_km, strict=True):
        ways.add(WayTags("road", "primary", status), [int(a) + 1, int(b) + 1], length_m=km * 1000.0, source="survey")
    return assemble(ways, {"title": "Grid", "data_date": "2026-01-01", "generalised": False, "sources": []})


EDGES = 2 * SIDE * (SIDE - 1)
STATUS = st.lists(st.sampled_from(["open", "open", "construction", "abandoned"]), min_size=EDGES, max_size=EDGES)
LENGTHS = st.lists(st.integers(1, 99), min_size=EDGES, max_size=EDGES)
SOME = st.sets(st.integers(0, EDGES - 1), max_size=8).map(sorted)


def best_m(ground):
    """Length of the best route from the first corner to the last; infinite where there is none."""
    network = ground.root.network
    ends = [Place(str(n), {}, "", float(network.node_lon[n]), float(network.node_lat[n])) for n in (0, SIDE * SIDE - 1)]
    route = ground.between(*ends, PERMIT)
    return np.inf if route.broken else float(route.length_m.sum())


@settings(max_examples=40)
@given(STATUS, LENGTHS, SOME, SOME)
def test_law_2_opening_never_makes_the_best_worse_and_closing_never_better(corridor, statuses, lengths, opened, closed):
    ground = Ground(corridor, grid(statuses, lengths))
    now = best_m(ground)
    wider = Scenario(open=tuple(f"edge:{row}" for row in opened))
    narrower = Scenario(close=tuple(f"edge:{row}" for row in closed))
    assert best_m(ground.under(wider)) <= now + 1e-6
    assert best_m(ground.under(narrower)) >= now - 1e-6
    # And they do what they say: the same as a network that was so from the start.
    for scenario, rows, status in ((wider, opened, "open"), (narrower, closed, "abandoned")):
        edited = [status if row in rows else given for row, given in enumerate(statuses)]
        assert best_m(ground.under(scenario)) == pytest.approx(best_m(Ground(corridor, grid(edited, lengths))))


@settings(max_examples=40)
@given(STATUS, LENGTHS, SOME, SOME, SOME)
def test_law_8_a_scenario_keeps_what_it_leaves_alone(corridor, statuses, lengths, opened, closed, better):
    base = Ground(corridor, grid(statuses, lengths))
    closed = [row for row in closed if row not in opened]
    text = ";".join(
        f"{key}={','.join(f'edge:{row}{tail}' for row in rows)}"
        for key, rows, tail in (("open", opened, ""), ("close", closed, ""), ("upgrade", better, ":trunk:70"))
        if rows
    )
    found = base.under(parse_scenario(text)).network
    for name in (*EDGE_COLUMNS, "sample_ele_m", "sample_offset", "vertex_lon_e7", "vertex_lat_e7", "node_lon_e7"):
        assert name == "status" or getattr(found, name) is getattr(base.network, name)
    for name in TEXT_COLUMNS:
        kept = np.setdiff1d(np.arange(EDGES), better) if name in {"class", "maxspeed"} else np.arange(EDGES)
        assert found.text[name].decode()[kept].tolist() == base.network.text[name].decode()[kept].tolist()
    others = np.setdiff1d(np.arange(EDGES), opened)
    assert found.status[others].tolist() == base.network.status[others].tolist()
    assert (found.status[opened] == STATUSES.index("open")).all()


@pytest.mark.parametrize("link", ["link-agarak-ordubad-road", "link-aghband-nrnadzor-road", "link-bichenek-road"])
def test_a_link_that_the_network_draws_is_opened_by_its_name(study, link):
    candidate = "bichenek-road" if "bichenek" in link else "araxes-road"
    before = properties(study.route(candidate))
    (line,) = (each for each in before["links"] if each["id"] == link)
    after = properties(study.route(candidate, None, study.scenario(f"open={link}")))
    assert after["to_build_m"] == pytest.approx(before["to_build_m"] - line["length_m"], abs=0.01)
    assert study.links[link].title not in after["notice"]
    assert after["length_m"] == before["length_m"]


def test_law_8_on_the_built_in_network(study):
    base, later = (study.ground(scenario=s) for s in (None, study.scenario("as_of=2030")))
    for name in EDGE_COLUMNS:
        assert name == "status" or getattr(later.network, name) is getattr(base.network, name)
    assert later.network.sample_ele_m is base.network.sample_ele_m
    assert later.network.text["territory"] is base.network.text["territory"]
    assert later.network.text["source"] is base.network.text["source"]

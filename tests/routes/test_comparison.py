"""Routes compared: every figure with unit and reason, differences, the order, and what would change it."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from routes.comparison import COLUMNS, compare, record, render, weigh
from routes.metrics import properties
from routes.ranking import Table, ranking, read_weights
from routes.verdict import Verdict


def by_metric(*routes, **options) -> Any:
    """The tidy table, looked up by route and metric."""
    return compare(*routes, **options).set_index(["route", "metric"])


@pytest.fixture(scope="module")
def routes(study):
    return study.routes()


def table(rows, criteria=("time", "distance")):
    values = np.array(rows, dtype=np.float64)
    ids = tuple("abcdef"[: len(rows)])
    return Table(ids, criteria, values[:, :, 0], values[:, :, 1], values[:, :, 2], {})


# ---- the tidy table


def test_each_metric_of_each_route_is_one_row(routes):
    found = compare(*routes)
    assert tuple(found.columns) == COLUMNS
    assert not found.duplicated(["route", "metric"]).any()
    assert set(found["route"]) == {route.id for route in routes}


def test_a_figure_has_a_unit_and_a_range_or_a_reason(routes, nowhere):
    for row in compare(*routes, nowhere).to_dict("records"):
        if not row["unit"]:
            continue
        if np.isnan(row["central"]):
            assert row["reason"], row
        else:
            assert row["low"] <= row["central"] <= row["high"], row
            assert row["formula"] or row["metric"].startswith("crossings"), row


def test_what_is_not_known_is_never_0(nowhere, way):
    found = by_metric(way, nowhere)
    assert np.isnan(found.loc[("nowhere", "length_m"), "central"])
    assert "not resolved" in found.loc[("nowhere", "length_m"), "reason"]
    assert found.loc[("way", "to_build_m"), "central"] == 40_000


def test_differences_are_taken_from_the_baseline(routes):
    found = by_metric(*routes, baseline="araxes-rail")
    lengths = {route.id: properties(route)["length_m"] for route in routes}
    for name, metres in lengths.items():
        assert found.loc[(name, "length_m"), "difference"] == pytest.approx(metres - lengths["araxes-rail"])
    own = found.loc["araxes-rail"]
    assert (own["difference"].dropna() == 0).all()
    time = found.loc[("bichenek-road", "goods_time_s")]
    assert time["difference_low"] < time["difference"] < time["difference_high"]


def test_what_changes_with_the_year_is_in_the_figures(study):
    before, after = (by_metric(*study.routes(scenario=study.scenario(f"as_of={year}"))) for year in (2027, 2032))
    rail = [t.loc["araxes-rail"] for t in (before, after)]
    assert [part.loc["to_build_m", "central"] > 0 for part in rail] == [True, False]
    assert [part.loc["crossings.not_open", "central"] for part in rail] == [2, 0]
    assert [part.loc["usable", "words"] for part in rail] == ["no", "yes"]
    road = [t.loc[("kapan-kajaran-road", "goods_time_s"), "central"] for t in (before, after)]
    assert road[1] < road[0]


@pytest.mark.parametrize(
    ("ids", "baseline", "reason"),
    [([], None, "no route"), (["a", "a"], None, "twice"), (["a"], "b", "not among the routes")],
)
def test_a_comparison_that_means_nothing_is_refused(make_route, ids, baseline, reason):
    given = [replace(make_route([{}]), id=name) for name in ids]
    with pytest.raises(InputError, match=reason):
        compare(*given, baseline=baseline)


# ---- the order


def test_routes_come_in_the_order_of_their_weighted_utilities():
    # Time spans 0 to 10, distance 0 to 4: b is best in distance, a in time, c in neither.
    found = ranking(table([[(0, 0, 0), (4, 4, 4)], [(5, 5, 5), (0, 0, 0)], [(10, 10, 10), (2, 2, 2)]]), {"time": 2})
    assert found["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert found["score"].to_dict() == {"a": 1.0, "b": 0.5, "c": 0.0}


def test_a_route_whose_criterion_is_not_known_has_no_rank():
    found: Any = ranking(table([[(1, 1, 1), (1, 1, 1)], [(np.nan,) * 3, (0, 0, 0)]]), {"time": 1, "distance": 1})
    assert found.loc["a", "rank"] == 1
    assert found["rank"].isna()["b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("time=-1", "the weight of time is -1; a weight must be 0 or more"),
        ("time=nan", "must be 0 or more"),
        ("time=0", "every weight is 0"),
        ("beauty=1", "no criterion 'beauty'"),
        ("time", "cannot hold 'time'"),
        ("time=1,time=2", "cannot hold 'time=2'"),
        ("time=much", "cannot hold 'time=much'"),
    ],
)
def test_weights_that_mean_nothing_are_refused(text, reason):
    with pytest.raises(InputError, match=reason):
        read_weights(text)


def test_it_says_at_which_value_and_weight_the_order_changes():
    # Utilities: a has 1 of time and 0.5 of distance; b 0.5 and 1. With equal weights they tie; with 3 to 1 a leads.
    rows = [[(0, 0, 8), (5, 5, 5)], [(0, 4, 6), (0, 0, 0)], [(8, 8, 8), (10, 10, 10)]]
    criteria = table(rows)
    first, second, third = Verdict.of(criteria, {"time": 3, "distance": 1}).sentences()
    assert first == "a comes first (0.88 of 1) with the weights time 75%, distance 25%."
    assert "time weighed less than 50% (now 75%)" in second
    assert third.startswith(("c would come before a if a's time", "No single weight"))


def test_the_stated_value_is_where_the_scores_meet():
    hour = 3600
    rows = [[(2 * hour, 4 * hour, 12 * hour), (100e3,) * 3], [(3 * hour, 8 * hour, 10 * hour), (90e3,) * 3]]
    sentence = Verdict.of(table(rows), {"time": 1}).sentences()[1]
    # By time alone, b is first once it takes less than a's 4 h, or once a takes more than b's 8 h.
    assert "its time were under 4.0 h (estimate: 3.0 h to 10.0 h, central 8.0 h)" in sentence
    assert "a's time were over 8.0 h (estimate: 2.0 h to 12.0 h, central 4.0 h)" in sentence


def test_what_is_better_in_everything_stays_first():
    sentences = Verdict.of(table([[(0, 0, 0)] * 2, [(9, 9, 9)] * 2]), {"time": 1, "distance": 1}).sentences()
    assert sentences[1] == "No single weight or value within its range would put b before a."


def test_an_order_takes_two_routes(way, nowhere):
    found = weigh([way, nowhere])
    assert found.order is None
    assert "takes two routes" in found.sentences[0]
    assert json.loads(render(found, "json"))["smaa"] is None


# ---- files


@pytest.fixture(scope="module")
def comparison(study):
    routes = study.routes(scenario=study.scenario("as_of=2032"))
    return weigh(routes, {"time": 2, "distance": 1}, baseline="araxes-rail", samples=500)


def test_every_format_names_scenario_network_and_facts(comparison):
    for fmt in ("table", "csv", "json"):
        text = render(comparison, fmt).decode()
        assert "as of 2032-12-31 (central openings)" in text, fmt
        assert "2026-06-01" in text, fmt
        assert "Generalised network" in text, fmt


def test_the_same_comparison_gives_the_same_bytes(study, comparison):
    again = weigh(comparison.routes, {"time": 2, "distance": 1}, baseline="araxes-rail", samples=500)
    for fmt in ("table", "csv", "json", "geojson"):
        assert render(again, fmt) == render(comparison, fmt)


def test_geojson_gives_each_route_its_place(comparison):
    collection = json.loads(render(comparison, "geojson"))
    ranks = {f["properties"]["id"]: f["properties"]["rank"] for f in collection["features"]}
    assert sorted(ranks.values()) == [1, 2, 3, 4, 5, 6]
    assert ranks == {row["route"]: row["rank"] for row in record(comparison)["order"]}
    for feature in collection["features"]:
        assert sum(feature["properties"]["rank_acceptability"]) == pytest.approx(1)


def test_csv_is_the_tidy_table(comparison):
    rows = list(csv.DictReader(io.StringIO(render(comparison, "csv").decode())))
    assert len(rows) == len(comparison.table)
    assert list(rows[0])[: len(COLUMNS)] == list(COLUMNS)


def test_the_text_shows_ranges_differences_and_what_is_not_known(comparison):
    text = render(comparison, "table").decode()
    assert "difference to araxes-rail" in text
    assert "2030 (2028-2034)" in text
    assert "not known" in text
    assert "R-AM-1" in text
    assert "assumed" in text


def test_an_unknown_format_is_refused(comparison):
    with pytest.raises(InputError, match="no format 'xml'"):
        render(comparison, "xml")


# ---- references


def test_a_reference_is_compared_but_not_listed_among_the_candidates(study, routes):
    assert set(study.references) & {route.id for route in routes} == set()
    for name, reference in study.references.items():
        route = study.route(name)
        assert reference.reference
        assert route.broken is None, name
        assert reference.standing["standing"] in {"historic", "reference"}
    branch = by_metric(study.route("araxes-rail"), study.route("kapan-branch-rail"), baseline="araxes-rail")
    assert branch.loc[("kapan-branch-rail", "length_m"), "central"] == pytest.approx(120_000)
    assert branch.loc[("kapan-branch-rail", "to_build_m"), "central"] == pytest.approx(120_000)
    away = "kapan-branch-rail does not join the places that araxes-rail joins: it is another journey."
    both = [study.route("araxes-rail"), study.route("kapan-branch-rail")]
    assert weigh(both, samples=10).sentences[-1] == away
    assert not any("another journey" in sentence for sentence in weigh(routes, samples=10).sentences)
    assert "mincivan-kapan-rail" in branch.loc[("kapan-branch-rail", "whole_year"), "reason"]

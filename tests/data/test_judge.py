"""The built-in network against a real OpenStreetMap extract, which it was not made from."""

import pytest

from geo.osm import read_osm
from tools import facts, judge


@pytest.fixture(scope="module")
def verdicts(shared_data):
    network = read_osm([shared_data / "osm" / "syunik-region-2021.osm.pbf"])
    return {each.name: each for each in judge.judge(network)}


def test_the_judge_measures_the_extract_as_others_have_measured_it(verdicts):
    for row in facts.read("judged"):
        assert verdicts[row["stretch"]].extract_km == pytest.approx(float(row["extract_km"]), rel=0.003)


def test_nine_tenths_of_every_line_lie_within_its_own_accuracy(verdicts):
    for verdict in verdicts.values():
        line, share = verdict.worst
        assert share >= 0.9, line


def test_the_araxes_railway_by_shape_is_as_long_as_the_real_one(verdicts):
    whole = verdicts["araxes-rail, Horadiz to Nakhchivan"]
    assert whole.extract_km == pytest.approx(252.39, rel=0.003)
    assert whole.shape_km == pytest.approx(whole.extract_km, rel=0.05)
    assert whole.mean_m < 500


def test_published_lengths_stand_beside_the_extracts_where_they_differ(verdicts):
    # 32 km by the kilometre posts of Meghri and Ordubad, 26.9 km in the extract: neither is bent to the other.
    assert "conflict" in verdicts["agarak-ordubad-rail"].conflict
    assert verdicts["agarak-ordubad-rail"].length_km == verdicts["agarak-ordubad-rail"].published_km
    assert verdicts["kapan-kajaran-road"].conflict == ""


def test_the_table_has_a_line_for_every_stretch(verdicts):
    lines = judge.table([*verdicts.values(), "a road: not in the extract"]).splitlines()
    assert len(lines) == 1 + len(verdicts) + 1
    assert lines[-1] == "a road: not in the extract"

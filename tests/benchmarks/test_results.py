"""Benchmarks without peers: records, ratios, growth, the report, and the parts of a file."""

import json
import math
import sys
from pathlib import Path

import osmium
import pytest

from benchmarks import parts, report, targets
from benchmarks.growth import curves
from benchmarks.plot import draw
from benchmarks.process import run
from benchmarks.record import Record, merge, percentile, read_pairs, records_in
from benchmarks.results import Results, exponent, note_skipped
from benchmarks.run import plan


def results(*records: Record) -> Results:
    return Results(records, {})


def test_the_seven_pairs_are_places_of_the_region() -> None:
    pairs = read_pairs()
    assert [pair.id for pair in pairs] == [
        "baku-horadiz",
        "yerevan-meghri",
        "nakhchivan-julfa",
        "goris-kapan",
        "baku-tabriz",
        "yerevan-tabriz",
        "meghri-tabriz",
    ]
    assert all(44 < lon < 50 and 38 < lat < 41 for pair in pairs for lon, lat in (pair.origin, pair.destination))


def test_a_record_is_found_among_what_else_a_peer_prints() -> None:
    record = Record(
        peer="OSRM", operation="route", case="goris-kapan", seconds=(0.2, 0.1, 0.3), answer={"length_m": 1.5}
    )
    output = f"[info] loading\n@record {record.line()}\ndone"
    assert list(records_in(output)) == [record]
    assert json.loads(record.line())["median_s"] == 0.2


def test_rounds_are_put_together_by_what_was_measured() -> None:
    first = Record(peer="OSRM", operation="route", seconds=(1.0, 3.0), peak_rss_kb=10)
    second = Record(peer="OSRM", operation="route", seconds=(2.0,), peak_rss_kb=30)
    other = Record(peer="OSRM", operation="build", seconds=(9.0,))
    assert [(r.operation, r.seconds, r.peak_rss_kb) for r in merge([first, other, second])] == [
        ("route", (1.0, 3.0, 2.0), 30),
        ("build", (9.0,), None),
    ]


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0
    assert math.isnan(percentile([], 0.5))


def test_a_ratio_within_its_limit_is_met_and_one_beyond_is_not() -> None:
    build = Record(peer="Araxes", operation="build", seconds=(7.0,), peak_rss_kb=2000)
    valhalla = Record(peer="Valhalla", operation="build", seconds=(28.0,))
    osrm = Record(peer="OSRM", operation="build", seconds=(35.0,))
    extract = Record(peer="OSRM", operation="extract", seconds=(30.0,), peak_rss_kb=1000)
    found = [(v.measured, v.met) for v in targets.verdicts(results(build, valhalla, osrm, extract)) if v.number == 1]
    assert found == [(0.25, True), (0.2, False), (2.0, False)]


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {verdict.met for verdict in targets.verdicts(results())} == {None}


def test_the_median_over_the_pairs_needs_every_pair() -> None:
    records = [
        Record(peer="OSRM", operation="route", case=pair.id, seconds=(float(place),))
        for place, pair in enumerate(read_pairs())
    ]
    assert results(*records).over_pairs("OSRM", "route") == 3.0
    assert results(*records[1:]).over_pairs("OSRM", "route") is None


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = (100, 200, 400, 800)
    assert exponent(sizes, [3 * size**1.5 for size in sizes]) == pytest.approx(1.5)
    assert exponent(sizes[:2], (1, 2)) is None


def test_the_report_holds_ratios_and_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    lines = [
        Record(peer="Araxes", operation="build", seconds=(5.0,), size=1000, peak_rss_kb=1024),
        Record(peer="Valhalla", operation="build", seconds=(20.0,), size=1000, version="3.9.1"),
        Record(peer="Araxes", operation="close", seconds=(0.003,), note="one edge"),
        Record(peer="agreement", operation="check", note="1,000 of 1,000 pairs cost the same."),
        Record(peer="Araxes", operation="sweep", case="serial", answer={"scenarios": 10000, "per_s": 512.5}),
    ]
    text = "".join(f"{record.line()}\n" for record in lines)
    (tmp_path / "results" / "all.jsonl").write_text(text, encoding="utf-8")
    note_skipped(tmp_path, {"pandana==0.8": "no wheel"})
    page = report.render(Results.read(tmp_path), "some.osm.pbf")
    assert "| 1 | Load to query-ready / Valhalla's build | 5 s | 20 s | 0.35 | 0.25 | met |" in page
    assert "| 3 | Closing one edge and the answer | 3 ms |  | 2 ms | 3 ms | **not met** |" in page
    assert "| Valhalla | tiles | 20 s | 4 | not measured |" in page
    assert "- Left out: pandana==0.8: no wheel." in page
    assert "- 1,000 of 1,000 pairs cost the same." in page
    assert "| serial | 10,000 | 512.5 |" in page
    assert "`some.osm.pbf`, 1,000 nodes" in page


def test_growth_is_drawn_from_the_parts_of_the_file(tmp_path: Path) -> None:
    sizes = {share: round(800 * share) for share in parts.SHARES}
    records = [
        Record(peer="Araxes", operation="build", share=share, size=size, seconds=(size / 100,), peak_rss_kb=size)
        for share, size in sizes.items()
    ]
    (curve,) = curves(results(*records))
    assert curve.time_exponent == pytest.approx(1)
    assert draw(results(*records), tmp_path / "growth.svg")
    assert "Load or build, ms" in (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert not draw(results(), tmp_path / "none.svg")


def test_the_memory_of_a_process_and_its_children_is_seen_together() -> None:
    script = "import subprocess, sys; hold = bytearray(80 << 20); subprocess.run([sys.executable, '-c', CHILD])"
    child = "import time; hold = bytearray(80 << 20); time.sleep(0.3); print('held')"
    done = run([sys.executable, "-c", script.replace("CHILD", repr(child))]).require("the script")
    assert done.output == "held\n"
    assert done.peak_rss_kb > (80 if sys.platform != "linux" else 160) << 10
    with pytest.raises(RuntimeError, match=r"nothing ended with status 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"]).require("nothing")


def test_parts_hold_whole_ways_around_the_middle(tmp_path: Path) -> None:
    source = tmp_path / "row.osm"
    nodes = "".join(f'<node id="{1000 - i}" version="1" lon="{i / 100}" lat="{i / 100}"/>' for i in range(80))
    ways = "".join(
        f'<way id="{i + 1}" version="1"><nd ref="{1000 - i}"/><nd ref="{999 - i}"/><tag k="highway" v="road"/></way>'
        for i in range(79)
    )
    source.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    cut = parts.cut(source, tmp_path / "cut")
    assert [part.nodes for part in cut] == [12, 22, 42, 80]  # the boxes' 10, 20, 40 and the ways' other ends
    for part in cut[:-1]:
        present = {thing.id for thing in osmium.FileProcessor(str(part.osm), osmium.osm.NODE)}
        for way in osmium.FileProcessor(str(part.osm), osmium.osm.WAY):
            assert isinstance(way, osmium.osm.Way)
            assert {node.ref for node in way.nodes} <= present
    assert cut[0].osm.with_name("part.osm").exists()
    assert cut[-1].osm == source
    assert parts.cut(source, tmp_path / "cut") == cut


def test_every_part_is_built_before_it_is_asked() -> None:
    order = [(task.peer, task.share, task.operation) for stage in plan() for task in stage]
    for peer, share, operation in order:
        if operation == "route" and (peer, share, "build") in order:
            assert order.index((peer, share, "build")) < order.index((peer, share, "route"))
    assert ("osrm", 1.0, "route") in order

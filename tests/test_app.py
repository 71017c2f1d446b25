"""The door: results on standard output, everything else on standard error, one sentence and exit 2 for bad input."""

import csv
import functools
import hashlib
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import waitress
from flask import Flask

from geo.network import Network
from routes import layers
from web import server

OSM = """\
<osm version="0.6">
  <node id="1" lon="{west}" lat="{lat}"/>
  <node id="2" lon="{east}" lat="{lat}"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
  <way id="2"><nd ref="1"/><nd ref="2"/><tag k="railway" v="disused"/></way>
</osm>
"""
CANDIDATES = [
    "araxes-rail",
    "araxes-road",
    "kapan-kajaran-road",
    "goris-yeraskh-road",
    "bichenek-road",
    "iran-bank-road",
]


@pytest.fixture
def osm_file(write: Callable[[str, str], Path]) -> Path:
    """A road and a disused railway near Meghri."""
    return write("meghri.osm", OSM.format(west=46.2, east=46.3, lat=38.95))


# -- answers ---------------------------------------------------------------------------------------------------------


def test_load_saves_a_network_and_prints_its_kilometres(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path
) -> None:
    code, out, err = run("load", osm_file, "--data-date", "2026-05-01", "-o", tmp_path / "meghri.net")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["mode", "status", "AM", "km", "total", "km"]
    assert [line.split()[:2] for line in lines[2:]] == [["road", "open"], ["rail", "disused"]]
    assert err.strip() == f"{tmp_path / 'meghri.net'}: 2 edges, 2 nodes"
    network = Network.load(tmp_path / "meghri.net")
    assert network.data_date == "2026-05-01"
    assert network.has_relief


def test_load_shows_progress_on_standard_error_where_asked(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path
) -> None:
    _code, out, err = run("load", osm_file, "--progress", "-o", tmp_path / "a.net")
    assert "reading meghri.osm: 100%" in err
    assert "reading" not in out


def test_load_without_a_study_takes_any_place_and_knows_no_territory(
    run: Callable[..., tuple[int, str, str]], write: Callable[[str, str], Path], tmp_path: Path
) -> None:
    path = write("helsinki.osm", OSM.format(west=24.9, east=25.0, lat=60.2))
    code, out, _err = run("load", path, "--study", "none", "-o", tmp_path / "helsinki.net")
    assert code == 0
    assert out.splitlines()[0].split() == ["mode", "status", "not", "known", "km", "total", "km"]


def test_routes_compare_every_candidate(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("routes")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[2:8]] == CANDIDATES


@pytest.mark.parametrize("fmt", ["json", "csv", "geojson"])
def test_routes_in_every_format_give_the_same_candidates_and_the_same_bytes(
    run: Callable[..., tuple[int, str, str]], fmt: str
) -> None:
    _code, out, _err = run("routes", "--format", fmt)
    rows = {
        "json": lambda: json.loads(out),
        "csv": lambda: list(csv.DictReader(io.StringIO(out))),
        "geojson": lambda: [feature["properties"] for feature in json.loads(out)["features"]],
    }[fmt]()
    assert [row["id"] for row in rows] == CANDIDATES
    assert run("routes", "--format", fmt)[1] == out


def test_routes_on_a_network_of_ones_own_name_the_gaps(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path
) -> None:
    run("load", osm_file, "-o", tmp_path / "meghri.net")
    code, out, _err = run("routes", "--network", tmp_path / "meghri.net", "--format", "json")
    assert code == 0
    found = {route["id"]: route for route in json.loads(out)}
    assert found["araxes-rail"]["broken"]["reason"]
    assert found["araxes-rail"]["length_m"] is None


def test_compare_orders_every_candidate_and_says_how_sure_that_is(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("compare", "--as-of", "2032", "--samples", 200, "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert sorted(row["route"] for row in found["order"]) == sorted(CANDIDATES)
    assert found["scenario"]["as_of"] == "2032-12-31"
    for shares in found["smaa"]["ranks"].values():
        assert sum(shares) == pytest.approx(1)
    assert run("compare", "--as-of", "2032", "--samples", 200, "--format", "json")[1] == out


def test_compare_takes_routes_weights_a_baseline_and_a_scenario(run: Callable[..., tuple[int, str, str]]) -> None:
    ask = ("araxes-rail", "kapan-branch-rail", "--weights", "time=2,distance=1", "--baseline", "araxes-rail")
    code, out, _err = run("compare", *ask, "--scenario", "late-2032", "--samples", 200)
    assert code == 0
    assert "difference to araxes-rail" in out
    assert "time 67%, distance 33%" in out
    assert "2032, works open in their latest years" in out
    rows = list(csv.DictReader(io.StringIO(run("compare", *ask, "--format", "csv", "--samples", 10)[1])))
    assert {row["route"] for row in rows} == {"araxes-rail", "kapan-branch-rail"}
    geojson = json.loads(run("compare", *ask, "--format", "geojson", "--samples", 10)[1])
    assert {feature["properties"]["rank"] for feature in geojson["features"]} == {1, 2}


def test_the_year_changes_what_routes_find(run: Callable[..., tuple[int, str, str]]) -> None:
    by_year = {
        year: {route["id"]: route for route in json.loads(run("routes", "--as-of", year, "--format", "json")[1])}
        for year in (2027, 2032)
    }
    assert by_year[2027]["araxes-rail"]["to_build_m"] > by_year[2032]["araxes-rail"]["to_build_m"] == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("compare", "nowhere", "araxes-rail"), "no route 'nowhere'"),
        (("compare", "araxes-rail", "araxes-rail"), "twice"),
        (("compare", "--weights", "time=-1"), "a weight must be 0 or more"),
        (("compare", "--weights", "climbing=1"), "no criterion 'climbing'"),
        (("compare", "--baseline", "elsewhere"), "not among the routes"),
        (("compare", "--samples", "0"), "cannot be drawn"),
        (("routes", "--as-of", "2020"), "before the facts"),
        (("routes", "--as-of", "soon"), "is no date"),
        (("routes", "--case", "high"), "count only as of a date"),
        (("routes", "--scenario", "nothing"), "states no scenario 'nothing'"),
        (("routes", "--scenario", "close=nothing"), "no stretch, crossing or link"),
    ],
)
def test_a_comparison_or_scenario_that_means_nothing_is_one_sentence(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], reason: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert reason in err
    assert err.count("\n") == 1


def test_plan_goes_round_by_land_only_where_it_may(run: Callable[..., tuple[int, str, str]]) -> None:
    ways = {
        through: json.loads(
            run("plan", "--from", "Meghri", "--to", "Ordubad", "--mode", "road", "--format", "json", *through)[1]
        )[0]
        for through in ((), ("--through", "any"), ("--through", "AM-AZ-NX"), ("--through", "agarak-ordubad-road"))
    }
    direct = ways["--through", "agarak-ordubad-road"]
    assert direct["length_by_territory_m"].keys() == {"AM", "AZ-NX"}
    assert direct["usable_today"] is False
    assert ways["--through", "AM-AZ-NX"]["length_m"] == direct["length_m"]
    assert ways["--through", "any"]["length_m"] <= direct["length_m"]
    assert ways[()]["broken"] or ways[()]["length_m"] > direct["length_m"]


def test_plan_takes_lists_with_commas_and_repeated_options(run: Callable[..., tuple[int, str, str]]) -> None:
    ask = ("plan", "--from", "Meghri", "--to", "Kapan", "--mode", "road", "--format", "json", "--through", "any")
    repeated = run(*ask, "--status", "open", "--status", "proposed", "--avoid", "IR", "--avoid", "TR")
    listed = run(*ask, "--status", "open,proposed", "--avoid", "IR, TR")
    assert repeated == listed
    assert json.loads(listed[1])[0]["length_by_status_m"].keys() <= {"open", "proposed"}


def test_plan_as_geojson_and_gpx_gives_segments_and_a_track(run: Callable[..., tuple[int, str, str]]) -> None:
    ask = ("plan", "--from", "Meghri", "--to", "Kapan", "--mode", "road", "--format")
    found = json.loads(run(*ask, "geojson")[1])
    assert found["features"][0]["properties"]["territory"] == "AM"
    assert run(*ask, "gpx")[1].startswith('<?xml version="1.0" encoding="UTF-8"?>')


@pytest.mark.parametrize("fmt", ["geojson", "csv", "gpx"])
def test_export_writes_what_it_prints(run: Callable[..., tuple[int, str, str]], tmp_path: Path, fmt: str) -> None:
    path = tmp_path / f"way.{fmt}"
    assert run("export", "araxes-rail", "--format", fmt, "-o", path) == (0, "", "")
    assert path.read_text(encoding="utf-8") == run("export", "araxes-rail", "--format", fmt)[1]


@pytest.mark.parametrize("fmt", layers.FORMATS)
def test_a_candidate_or_a_plan_opens_in_a_gis_by_segments(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, fmt: str
) -> None:
    for ask in (
        ("export", "araxes-rail"),
        ("plan", "--from", "Meghri", "--to", "Kapan", "--mode", "road"),
    ):
        path = tmp_path / f"way.{fmt}"
        assert run(*ask, "--format", fmt, "-o", path) == (0, "", "")
        frame = gpd.read_parquet(path) if fmt == "parquet" else pyogrio.read_dataframe(path, layer=0)
        segments = json.loads(run(*ask, "--format", "geojson")[1])["features"]
        assert frame.crs == "EPSG:4326"
        assert sorted(frame["id"]) == sorted(segment["id"] for segment in segments)


def test_kml_is_printed_as_it_is_written(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = tmp_path / "all.kml"
    assert run("routes", "--format", "kml", "-o", path) == (0, "", "")
    assert run("routes", "--format", "kml") == (0, path.read_text(encoding="utf-8"), "")


def test_without_a_command_it_serves(run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def serve(_app: Flask, host: str, port: int, workers: int, ready: Callable[[], None]) -> None:
        served.append((host, port))
        ready()

    monkeypatch.setattr(server, "serve", serve)
    code, out, err = run()
    assert (code, out) == (0, "")
    assert "http://127.0.0.1:8000" in err
    run("serve", "--port", 9000)
    assert served == [("127.0.0.1", 8000), ("127.0.0.1", 9000)]


# -- downloads, from a server of the test's own ----------------------------------------------------------------------


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server of two extracts with their checksums, and its folder."""
    folder = tmp_path / "mirror"
    (folder / "asia").mkdir(parents=True)
    for name in ("armenia", "azerbaijan"):
        content = f"an extract of {name}".encode()
        (folder / "asia" / f"{name}-latest.osm.pbf").write_bytes(content)
        checksum = hashlib.md5(content).hexdigest()  # noqa: S324  (what the publisher gives)
        (folder / "asia" / f"{name}-latest.osm.pbf.md5").write_text(f"{checksum}  {name}-latest.osm.pbf\n")
    handler = functools.partial(_QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_download_fetches_the_extracts_and_prints_where_they_are(
    run: Callable[..., tuple[int, str, str]], mirror: tuple[str, Path], tmp_path: Path
) -> None:
    code, out, err = run("download", "--to", tmp_path / "extracts", "--base-url", mirror[0])
    assert code == 0
    paths = [Path(line) for line in out.splitlines()]
    assert [path.read_text() for path in paths] == ["an extract of armenia", "an extract of azerbaijan"]
    assert err == "Now make a network of them: python app.py load FILE... -o NETWORK\n"


def test_a_download_that_fails_its_checksum_is_refused(
    run: Callable[..., tuple[int, str, str]], mirror: tuple[str, Path], tmp_path: Path
) -> None:
    (mirror[1] / "asia" / "armenia-latest.osm.pbf").write_bytes(b"something else")
    code, out, err = run("download", "--to", tmp_path / "extracts", "--base-url", mirror[0])
    assert (code, out) == (2, "")
    assert "does not match its published checksum" in err
    assert list((tmp_path / "extracts").glob("*.pbf")) == []


# -- bad input: one sentence, exit 2, nothing written ----------------------------------------------------------------


def _refused(result: tuple[int, str, str], *words: str) -> None:
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plot",), ["No such command 'plot'"]),
        (("routes", "--colour"), ["--colour"]),
        (("routes", "--format", "xml"), ["'xml' is not one of"]),
        (("routes", "--study", "atlantis"), ["there is no study 'atlantis'", "nakhchivan"]),
        (("routes", "--network", "missing.net"), ["missing.net does not exist"]),
        (("serve", "--port", "0"), ["0 is not in the range"]),
        (("export", "silk-road", "--format", "gpx"), ["there is no route 'silk-road'", "araxes-rail"]),
        (("export", "araxes-rail", "--format", "gpx", "-o", "no/such/folder/a.gpx"), ["cannot be written"]),
        (("load", "-o", "a.net"), ["OSM_FILE"]),
        (("load", "missing.osm", "-o", "a.net"), ["missing.osm does not exist"]),
        (("load", "missing.osm", "-o", "no/such/folder/a.net"), ["no/such/folder/a.net cannot be written"]),
        (("load", "missing.osm", "--data-date", "yesterday", "-o", "a.net"), ["yesterday"]),
        (("load", "missing.osm", "--boundaries", "b.geojson", "-o", "a.net"), ["b.geojson does not exist"]),
        (("load", "missing.osm", "--dem", "d.tif", "-o", "a.net"), ["d.tif"]),
    ],
)
def test_bad_options_and_missing_files_are_named(
    run: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    _refused(run(*arguments), *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "Atlantis", "--to", "Kapan", "--mode", "road"), ["there is no place 'Atlantis'"]),
        (("--from", "Meghri", "--to", "Kapan", "--mode", "canal"), ["'canal' is not one of"]),
        (("--from", "Meghri", "--to", "Kapan"), ["--mode"]),
        (("--from", "38.9,46.2", "--to", "Kapan", "--mode", "road"), ["lon and lat look swapped", "46.2,38.9"]),
        (("--from", "4.9,52.4", "--to", "Kapan", "--mode", "road"), ["outside the area of the study"]),
        (("--from", "Meghri", "--to", "Kapan", "--mode", "road", "--avoid", "XX"), ["there is no territory 'XX'"]),
        (("--from", "Meghri", "--to", "Kapan", "--mode", "road", "--status", "shut"), ["there is no status 'shut'"]),
        (("--from", "Meghri", "--to", "Kapan", "--mode", "road", "--through", "styx"), ["there is no crossing 'styx'"]),
    ],
)
def test_a_plan_that_cannot_be_asked_is_refused(
    run: Callable[..., tuple[int, str, str]], options: tuple[str, ...], words: list[str]
) -> None:
    _refused(run("plan", *options), *words)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.osm.pbf", b"This is no map.", ["notes.osm.pbf cannot be read as OSM data"]),
        ("notes.txt", b"This is no map.", ["notes.txt is not named like an OSM file"]),
        ("empty.osm", b'<osm version="0.6"><node id="1" lon="46.2" lat="38.9"/></osm>', ["no road and no railway"]),
        ("cut.osm", OSM.format(west=46.2, east=46.3, lat=38.9).encode()[:200], ["cut.osm cannot be read"]),
        ("bomb.osm", b'<!DOCTYPE x [<!ENTITY a "aa">]><osm version="0.6">&a;</osm>', ["bomb.osm cannot be read"]),
        ("far.osm", OSM.format(west=4.8, east=4.9, lat=52.4).encode(), ["outside the area of the study nakhchivan"]),
        ("swapped.osm", OSM.format(west=38.8, east=38.9, lat=46.2).encode(), ["look swapped"]),
    ],
)
def test_a_file_that_cannot_be_loaded_writes_nothing(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, name: str, content: bytes, words: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    _refused(run("load", tmp_path / name, "-o", tmp_path / "out.net"), *words)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_failed_load_leaves_the_earlier_network_in_place(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.net"
    run("load", osm_file, "-o", saved)
    before = saved.read_bytes()
    osm_file.write_text("<osm>")
    _refused(run("load", osm_file, "-o", saved))
    assert saved.read_bytes() == before


def test_a_corrupt_network_is_refused(run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.net"
    run("load", osm_file, "-o", saved)
    content = saved.read_bytes()
    half = len(content) // 2
    saved.write_bytes(content[:half] + bytes(byte ^ 0xFF for byte in content[half:]))
    _refused(run("routes", "--network", saved), "saved.net is damaged")


def test_a_network_of_another_place_is_refused(
    run: Callable[..., tuple[int, str, str]], write: Callable[[str, str], Path], tmp_path: Path
) -> None:
    path = write("amsterdam.osm", OSM.format(west=4.8, east=4.9, lat=52.4))
    run("load", path, "--study", "none", "-o", tmp_path / "amsterdam.net")
    _refused(run("routes", "--network", tmp_path / "amsterdam.net"), "outside the area of the study nakhchivan")


def test_a_network_without_territories_is_refused(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path
) -> None:
    run("load", osm_file, "--study", "none", "-o", tmp_path / "plain.net")
    _refused(run("routes", "--network", tmp_path / "plain.net"), "loaded without territories", "--study nakhchivan")


def test_a_disk_that_takes_no_more_is_said(
    run: Callable[..., tuple[int, str, str]], osm_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Network, "save", full)
    _refused(run("load", osm_file, "-o", tmp_path / "a.net"), "a.net cannot be written (No space left on device)")


def test_a_study_with_a_missing_place_is_refused(
    run: Callable[..., tuple[int, str, str]], root: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(root / "data" / "nakhchivan", tmp_path / "study")
    lines = (folder / "places.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("horadiz,")]
    assert len(kept) == len(lines) - 1
    (folder / "places.csv").write_text("".join(kept), encoding="utf-8")
    _refused(run("routes", "--study", folder), "'horadiz'", "stretches")


def test_a_port_that_is_taken_is_named_and_no_address_is_given_out(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_args: object, **_options: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(waitress, "create_server", taken)
    code, _out, err = run("serve")
    assert code == 2
    assert err.splitlines()[-1].startswith("Error: cannot listen on 127.0.0.1:8000 (Address already in use)")
    assert "http://" not in err

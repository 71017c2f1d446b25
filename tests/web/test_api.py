"""The JSON API on the built-in study."""

import csv
import io
import json
import math
from typing import Any

import numpy as np
import pytest

from geo.network import MODES
from web import create_app


def problem(answer: Any) -> dict[str, Any]:
    """An error for programs: RFC 9457, one sentence."""
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.get_json(force=True)
    assert body["status"] == answer.status_code
    assert body["detail"]
    return body


def test_routes_are_features_with_their_measures(client, study):
    answer = client.get("/api/routes")
    assert answer.mimetype == "application/geo+json"
    body = answer.get_json(force=True)
    assert [feature["id"] for feature in body["features"]] == list(study.candidates)
    assert "crs" not in body
    for feature in body["features"]:
        assert feature["geometry"]["type"] == "LineString"
        measured = feature["properties"]
        assert sum(measured["length_by_territory_m"].values()) == pytest.approx(measured["length_m"], abs=0.002)
        assert measured["facts_until"] == "2026-06-01"


def test_one_route_comes_by_segments_that_add_up(client):
    body = client.get("/api/routes/araxes-rail").get_json(force=True)
    lengths = [feature["properties"]["length_m"] for feature in body["features"]]
    assert math.fsum(lengths) == pytest.approx(body["route"]["length_m"], abs=0.01)
    assert body["features"][0]["id"] == "araxes-rail.1"
    assert len(body["profile"]["distance_m"]) == len(body["profile"]["ele_m"])


def test_segments_name_their_provisions_and_provisions_their_segments(client):
    by_segment = {
        feature["id"]
        for feature in client.get("/api/routes/araxes-rail").get_json(force=True)["features"]
        if "JD2025-4" in feature["properties"]["provisions"]
    }
    provision = client.get("/api/provisions/JD2025-4").get_json()
    (governed,) = [entry for entry in provision["routes"] if entry["route"] == "araxes-rail"]
    assert set(governed["segments"]) == by_segment
    assert governed["length_m"] > 0
    assert provision["instrument_record"]["id"] == provision["instrument"]


def test_every_provision_carries_what_a_reader_needs_to_check_it(client):
    body = client.get("/api/provisions").get_json()
    assert len(body["provisions"]) > 40
    for provision in body["provisions"]:
        for entry in ("instrument", "clause", "date", "status", "last_seen", "sources"):
            assert provision[entry], (provision["id"], entry)


def test_downloads_are_named_after_the_route(client):
    answer = client.get("/api/routes/araxes-rail?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="araxes-rail.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0]["id"] == "araxes-rail.1"
    assert b"<trk>" in client.get("/api/routes/araxes-rail/export?format=gpx").data
    assert json.loads(client.get("/api/routes/araxes-rail?format=geojson").data)["type"] == "FeatureCollection"


def test_places_are_points_with_names(client, study):
    body = client.get("/api/places").get_json(force=True)
    assert len(body["features"]) == len(study.places)
    assert all(feature["properties"]["names"] for feature in body["features"])


def test_a_plan_is_a_route_by_segments(client):
    body = client.get("/api/plan?from=nakhchivan&to=julfa&mode=rail").get_json(force=True)
    assert body["route"]["broken"] is None
    assert {feature["properties"]["mode"] for feature in body["features"]} == {"rail"}


def test_a_plan_never_passes_a_border_that_is_not_open_unless_asked_to(client):
    asked = "/api/plan?from=meghri&to=ordubad&mode=rail"
    shut = client.get(asked).get_json(force=True)
    assert shut["route"]["broken"]["reason"]
    assert [feature["geometry"] for feature in shut["features"]] == [None]
    through = client.get(asked + "&through=agarak-ordubad-rail").get_json(force=True)
    assert [c["id"] for c in through["route"]["crossings"]] == ["agarak-ordubad-rail"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/routes/nowhere", 404, "'nowhere'"),
        ("/api/provisions/nothing", 404, "'nothing'"),
        ("/api/routes/araxes-rail?format=shp", 400, "geojson"),
        ("/api/plan?from=goris", 400, "`to`"),
        ("/api/plan?from=goris&to=kapan&mode=air", 400, "air"),
        ("/api/plan?from=atlantis&to=kapan", 404, "atlantis"),
        ("/api/plan?from=39.2,46.4&to=kapan", 400, "swapped"),
        ("/api/plan?from=goris&to=kapan&avoid=XX", 404, "XX"),
        ("/api/nothing", 404, ""),
    ],
)
def test_errors_are_one_sentence_for_programs(client, path, status, says):
    answer = client.get(path)
    assert answer.status_code == status
    assert says in problem(answer)["detail"]


def test_hostile_parameters_come_back_as_data(client):
    answer = client.get("/api/routes/%3Cscript%3Ealert(1)%3C%2Fscript%3E?format=<b>")
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_reading_is_offered(client):
    answer = client.post("/api/routes")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    problem(answer)


def test_what_did_not_change_is_not_sent_again(client):
    tag = client.get("/api/provisions").headers["ETag"]
    again = client.get("/api/provisions", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""


def test_the_same_question_gets_the_same_bytes(client):
    assert client.get("/api/routes").data == client.get("/api/routes").data


def test_health_names_what_is_served(client):
    assert client.get("/healthz").get_json()["study"] == "nakhchivan"


def test_a_candidate_that_breaks_is_a_feature_without_geometry(study):
    network = study.network()
    roads_here = (network.mode == MODES.index("road")) & network.text["territory"].isin(["AM"])
    client = create_app(study, network.take(np.flatnonzero(~roads_here))).test_client()
    features = {f["id"]: f for f in client.get("/api/routes").get_json(force=True)["features"]}
    road = features["kapan-kajaran-road"]
    assert road["geometry"] is None
    assert road["properties"]["length_m"] is None
    assert road["properties"]["reasons"]["length_m"]
    assert road["properties"]["broken"]["from"]
    assert features["araxes-rail"]["geometry"] is not None
    for path in ("/", "/routes/kapan-kajaran-road", "/provisions/JD2025-3"):
        page = client.get(path)
        assert page.status_code == 200, path
    assert "cannot be resolved" in client.get("/routes/kapan-kajaran-road").get_data(as_text=True)


# -- scenarios -------------------------------------------------------------------------------------------------------


def test_routes_of_a_later_year_are_measured_as_of_then(client):
    def rail(query):
        features = client.get(f"/api/routes?{query}").get_json(force=True)["features"]
        return next(feature["properties"] for feature in features if feature["id"] == "araxes-rail")

    now, later = rail(""), rail("as_of=2032")
    assert now["scenario"] is None
    assert later["scenario"]["as_of"] == "2032-12-31"
    assert now["to_build_m"] > later["to_build_m"] == 0
    assert (now["usable"], later["usable"], later["usable_today"]) == (False, True, False)
    assert rail("as_of=2032&case=high")["usable"] is False


def test_a_route_and_a_plan_take_a_scenario_too(client):
    body = client.get("/api/routes/araxes-rail?scenario=in-2027").get_json(force=True)
    assert body["route"]["scenario"]["id"] == "in-2027"
    assert {feature["properties"]["network_status"] for feature in body["features"]} > {"construction"}
    plan = client.get("/api/plan?from=sisian&to=meghri&status=open&as_of=2032").get_json(force=True)
    assert [link["id"] for link in plan["route"]["links"]] == ["sisian-kajaran-road"]


def test_scenarios_and_openings_are_listed(client, study):
    body = client.get("/api/scenarios").get_json()
    assert [scenario["id"] for scenario in body["scenarios"]] == list(study.scenarios)
    for opening in body["openings"]:
        assert opening["low"] <= opening["central"] <= opening["high"]
        assert opening["basis"]
        assert opening["sources"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("as_of=2020", 400), ("as_of=soon", 400), ("case=high", 400), ("scenario=none", 404), ("scenario=close%3Dx", 404)],
)
def test_a_scenario_that_means_nothing_is_one_sentence(client, query, status):
    answer = client.get(f"/api/routes?{query}")
    assert problem(answer)["status"] == status

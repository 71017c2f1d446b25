"""The question on a real extract: OpenStreetMap of Syunik and around, as of August 2021."""

from pathlib import Path

import numpy as np
import pytest

from geo.network import Network
from geo.osm import read_osm
from geo.territory import split
from routes.export import render
from routes.lengths import length_by, length_by_territory_range_m, near_border_m
from routes.metrics import properties
from routes.model import Place, Stretch
from routes.route import Route
from routes.study import Study

# End points and figures of the extract's own description: measured on it by an independent program, shortest path by
# length on the WGS84 ellipsoid. Kilometres; statuses as far as they are given there.
HORADIZ, MINCIVAN, AGHBAND = (47.33480, 39.44476), (46.72191, 39.02812), (46.57405, 38.89564)
MEGHRI_STATION, AGARAK, ORDUBAD = (46.26557, 38.89370), (46.19694, 38.85439), (46.03152, 38.87556)
JULFA, NAKHCHIVAN, KAPAN_STATION = (45.62970, 38.95741), (45.39675, 39.19547), (46.41058, 39.20353)
GORIS, KAPAN, KAJARAN, MEGHRI = (46.34242, 39.51080), (46.40685, 39.20769), (46.15680, 39.15089), (46.24312, 38.90121)
STRETCHES = {
    "horadiz-mincivan-rail": (
        HORADIZ,
        MINCIVAN,
        80.88,
        {"construction": 39.29, "disused": 28.43, "abandoned": 11.36, "open": 1.80},
    ),
    "mincivan-aghband-rail": (MINCIVAN, AGHBAND, 21.60, {"disused": 21.60}),
    "aghband-meghri-rail": (AGHBAND, MEGHRI_STATION, 34.61, {"disused": 34.61}),
    "meghri-agarak-rail": (MEGHRI_STATION, AGARAK, 8.36, {"disused": 8.36}),
    "agarak-ordubad-rail": (AGARAK, ORDUBAD, 18.55, {"disused": 12.50, "open": 6.05}),
    "ordubad-julfa-rail": (ORDUBAD, JULFA, 41.71, {"open": 41.71}),
    "julfa-nakhchivan-rail": (JULFA, NAKHCHIVAN, 47.65, {"open": 47.65}),
    "mincivan-kapan-rail": (MINCIVAN, KAPAN_STATION, 39.29, {"disused": 39.29}),
    "goris-kapan-road": (GORIS, KAPAN, 64.52, {"open": 64.52}),
    "kapan-kajaran-road": (KAPAN, KAJARAN, 26.61, {"open": 26.61}),
    "kajaran-meghri-road": (KAJARAN, MEGHRI, 45.38, {"open": 45.38}),
}
TUNNELS = {"mincivan-aghband-rail": 0.09, "aghband-meghri-rail": 1.18}


@pytest.fixture(scope="session")
def region(shared_data: Path, study: Study) -> Network:
    network = read_osm([shared_data / "osm" / "syunik-region-2021.osm.pbf"])
    return split(network, study.boundaries())


def place(study: Study, point: tuple[float, float]) -> Place:
    return Place(f"{point}", {}, study.boundaries().territory_at(*point), *point)


def resolved(study: Study, region: Network, stretch: str) -> Route:
    first, last, *_figures = STRETCHES[stretch]
    return study.ground(region).stretch(study.stretches[stretch], (place(study, first), place(study, last)))


def km(route: Route, column: str) -> dict[str, float]:
    return {key: metres / 1000 for key, metres in length_by(route, column).items()}


def total_km(route: Route) -> float:
    return float(route.length_m.sum() / 1000)


# -- stretches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stretch", STRETCHES)
def test_a_stretch_has_the_length_and_the_statuses_that_are_there(study: Study, region: Network, stretch: str) -> None:
    route = resolved(study, region, stretch)
    _first, _last, length_km, status_km = STRETCHES[stretch]
    assert total_km(route) == pytest.approx(length_km, rel=0.003)
    assert km(route, "status") == pytest.approx(status_km, abs=0.5)
    if stretch in TUNNELS:
        assert km(route, "structure")["tunnel"] == pytest.approx(TUNNELS[stretch], abs=0.02)


def test_the_whole_railway_has_its_length_in_each_state(study: Study, region: Network) -> None:
    whole = Stretch("whole", "Whole", "rail", "horadiz_stn", "nakhchivan_stn")
    route = study.ground(region).stretch(whole, (place(study, HORADIZ), place(study, NAKHCHIVAN)))
    assert total_km(route) == pytest.approx(252.39, rel=0.003)
    territory_km = km(route, "territory")
    assert set(territory_km) == {"AM", "AZ", "AZ-NX"}
    assert territory_km["AM"] == pytest.approx(43.92, abs=0.1)
    assert territory_km["AZ"] + territory_km["AZ-NX"] == pytest.approx(208.47, abs=0.5)


def test_the_border_road_crosses_no_border_and_says_how_sure_its_territories_are(study: Study, region: Network) -> None:
    """Goris-Kapan of 2021 changes sides 94 times if it is cut naively."""
    route = resolved(study, region, "goris-kapan-road")
    assert route.crossings == ()
    assert set(route.zone) == {"AM"}
    sides = np.count_nonzero(route.territory[1:] != route.territory[:-1])
    assert sides > 60
    ranges = {key: (low / 1000, high / 1000) for key, (low, high) in length_by_territory_range_m(route).items()}
    length_km = km(route, "territory")
    assert length_km["AZ"] == pytest.approx(11.5, abs=1)
    for key in ("AM", "AZ"):
        low, high = ranges[key]
        assert low < length_km[key] < high
    assert ranges["AZ"][0] == pytest.approx(0, abs=0.01)
    assert ranges["AM"][1] == pytest.approx(total_km(route))
    near = near_border_m(route)
    assert set(near) == {("AM", "AZ"), ("AZ", "AM")}
    assert 27.3 < sum(near.values()) / 1000 < total_km(route)  # 27.3 km lie within 500 m; the tolerance is wider


# -- candidates --------------------------------------------------------------------------------------------------------


def test_the_araxes_railway(study: Study, region: Network) -> None:
    route = study.route("araxes-rail", region)
    assert total_km(route) == pytest.approx(252.4, rel=0.01)
    territory_km = km(route, "territory")
    assert territory_km["AM"] == pytest.approx(43.9, abs=0.5)
    assert set(territory_km) == {"AM", "AZ", "AZ-NX"}
    assert [c["id"] for c in route.crossings] == ["aghband-nrnadzor-rail", "agarak-ordubad-rail"]
    assert [(c["from"], c["to"]) for c in route.crossings] == [("AZ", "AM"), ("AM", "AZ-NX")]
    assert near_border_m(route) == {}


@pytest.mark.parametrize("candidate", ["araxes-rail", "kapan-kajaran-road", "goris-yeraskh-road", "bichenek-road"])
def test_candidates_resolve_with_short_proposed_links_that_are_listed(
    study: Study, region: Network, candidate: str
) -> None:
    route = study.route(candidate, region)
    assert route.broken is None
    declared = study.candidates[candidate]
    assert [c["id"] for c in route.crossings] == list(declared.crossings)
    links = {link["id"]: link["length_m"] for link in properties(route)["links"]}
    assert set(links) == set(declared.links)
    assert all(0 < length_m < 5_000 for length_m in links.values())
    assert set(route.status[route.link != ""]) <= {"proposed"}
    assert set(route.stretch[route.link == ""]) == set(declared.stretches)


def test_every_candidate_resolves_or_names_the_gap(study: Study, region: Network) -> None:
    for route in study.routes(region):
        assert route.broken is None or route.broken.reason
        zones = [route.zone[0], *(c["to"] for c in route.crossings)] if route.broken is None else ["AZ", "AZ-NX"]
        assert (zones[0], zones[-1]) == ("AZ", "AZ-NX")


# -- borders that are closed -------------------------------------------------------------------------------------------


def test_without_proposed_links_no_road_joins_ordubad_and_meghri_but_through_iran(
    study: Study, region: Network
) -> None:
    through_iran = study.plan("ordubad", "meghri", mode="road", through=["any"], network=region)
    assert 114 < total_km(through_iran) < 116
    assert [(c["from"], c["to"]) for c in through_iran.crossings] == [("AZ-NX", "IR"), ("IR", "AM")]
    around = study.plan("ordubad", "meghri", mode="road", through=["any"], avoid=["IR"], network=region)
    assert around.broken is not None
    asked = study.plan("ordubad", "meghri", mode="road", network=region)
    assert asked.broken is not None
    assert "Julfa-Jolfa (julfa-jolfa-road), whose status is not known" in asked.broken.reason


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("zangilan", "kapan"), ("lachin", "goris"), ("yeraskh", "sadarak"), ("bichenek", "angeghakot")],
)
def test_a_free_query_passes_no_closed_border(study: Study, region: Network, origin: str, destination: str) -> None:
    assert study.plan(origin, destination, mode="road", network=region).broken is not None


# -- law 7 -------------------------------------------------------------------------------------------------------------


def test_law_7_the_same_input_gives_the_same_bytes(study: Study, region: Network, tmp_path: Path) -> None:
    saved, again = tmp_path / "one.net", tmp_path / "two.net"
    region.save(saved)
    loaded = Network.load(saved)
    loaded.save(again)
    assert saved.read_bytes() == again.read_bytes()
    other = Study.open("nakhchivan")
    for fmt in ("geojson", "csv", "gpx"):
        assert render(study.route("kapan-kajaran-road", region), fmt) == render(
            other.route("kapan-kajaran-road", loaded), fmt
        )

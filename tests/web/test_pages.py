"""The pages on the built-in study, without a browser."""

import gzip
import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from routes.loading import load_network
from web import TileServer, create_app

PAGES = ["/", "/routes/araxes-rail", "/routes/goris-yeraskh-road", "/provisions", "/provisions/JD2025-3", "/about"]


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def text_between(text: str, start: str, end: str) -> str:
    assert start in text, start
    return text.split(start, 1)[1].split(end, 1)[0]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_when_its_facts_end_and_leads_to_the_boundary_notice(client, path):
    page = text_of(client, path)
    assert "1\u00a0June 2026" in page
    assert 'id="boundaries"' in page or "/about#boundaries" in page


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_script_style_or_picture_of_another_host(client, path):
    page = text_of(client, path)
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(url.startswith("/") for url in loaded)


@pytest.mark.parametrize("path", PAGES)
def test_inline_scripts_carry_the_nonce_and_there_are_no_inline_handlers(client, path):
    answer = client.get(path)
    page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    for attributes in re.findall(r"<(?:script|style)([^>]*)>", page):
        assert "src=" in attributes or f'nonce="{nonce}"' in attributes or "application/json" in attributes
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"<[^>]+\son\w+=", markup)
    assert not re.search(r"<[^>]+\sstyle=", markup)
    assert "unsafe" not in policy


def test_a_nonce_is_used_once(client):
    first, second = (client.get("/about").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_only_the_tile_server_may_give_pictures_and_only_where_one_is_configured(client, study):
    assert "img-src 'self' data: https://tile.openstreetmap.org;" in client.get("/").headers["Content-Security-Policy"]
    without = create_app(study, tiles=None).test_client().get("/")
    assert "img-src 'self' data:;" in without.headers["Content-Security-Policy"]
    assert "tiles-switch" not in without.get_data(as_text=True)
    other = create_app(study, tiles=TileServer("https://{s}.tiles.example/{z}/{x}/{y}.png", "<b>Somebody</b>"))
    page = other.test_client().get("/")
    assert "img-src 'self' data: https://*.tiles.example;" in page.headers["Content-Security-Policy"]
    assert "<b>Somebody</b>" not in page.get_data(as_text=True)


def test_the_map_lists_every_candidate_and_says_what_network_it_shows(client, study):
    page = text_of(client, "/")
    for candidate in study.candidates.values():
        assert f'href="/routes/{candidate.id}"' in page
        assert candidate.title in page
    assert "generalised" in page
    assert "python app.py load" in page


def test_the_same_study_gives_the_same_map(client):
    def drawing() -> str:
        return re.sub(r'nonce="[^"]+"', "", text_of(client, "/"))

    assert drawing() == drawing()
    assert "var map_sheet = L.map(" in drawing()


@pytest.mark.parametrize("route", ["araxes-rail", "kapan-kajaran-road", "iran-bank-road"])
def test_every_figure_of_a_candidate_leads_to_its_source(client, route):
    page = text_of(client, f"/routes/{route}")
    anchors = set(re.findall(r'id="(source-[^"]+)"', text_of(client, "/about")))
    register = set(re.findall(r'id="(instrument-[^"]+)"', text_of(client, "/provisions")))
    rows = re.findall(r'<tr id="basis-([^"]+)">(.*?)</tr>', page, flags=re.DOTALL)
    assert {"length_m", "time_s", "ascent_m", "to_build_m"} <= {key for key, _row in rows}
    for key, row in rows:
        assert re.search(r'class="source"', row), key
    for link in re.findall(r'class="source" href="([^"]+)"', page):
        path, _, fragment = unquote(link).partition("#")
        assert fragment in (anchors if path == "/about" else register), link


def test_figures_in_the_panel_lead_to_what_they_rest_on(client):
    panel = text_of(client, "/")
    basis = set(re.findall(r'id="(basis-[^"]+)"', text_of(client, "/routes/araxes-rail")))
    links = re.findall(r'class="how" href="/routes/araxes-rail#(basis-[^"]+)"', panel)
    assert links
    assert set(links) <= basis


def test_a_provision_shows_clause_date_status_parties_and_sources(client, study):
    record = study.register.provisions["JD2025-3"]
    page = text_of(client, "/provisions/JD2025-3")
    for entry in (record["clause"], record["status"], "8\u00a0August 2025", *record["parties"]):
        assert entry in page, entry
    assert "last seen" in page
    assert "Where the parties differ" in page
    assert 'href="/about#source-' in page


def test_a_provision_whose_content_is_not_verified_is_not_paraphrased(client, study):
    records = [r for r in study.register.provisions.values() if r["verification"] == "content not verified"]
    assert records
    for record in records:
        page = text_of(client, f"/provisions/{record['id']}")
        assert "not verified" in page
        assert 'class="paraphrase"' not in page


def test_the_register_lists_every_instrument_even_one_without_clauses(client, study):
    page = text_of(client, "/provisions")
    for instrument in study.register.instruments.values():
        assert f"instrument-{instrument['id'].lower()}" in page


def test_about_lists_every_source_and_the_exclaves_left_out(client, study):
    page = text_of(client, "/about")
    rows = re.findall(r'<tr id="(source-[^"]+)">', page)
    assert len(rows) == len(set(rows)) >= len({source["id"] for source in study.sources.values()})
    assert not [tag for tag in study.sources if escape(tag) not in page]
    assert "exclaves" in page


@pytest.mark.parametrize("path", ["/nowhere", "/routes/nowhere", "/provisions/nothing"])
def test_a_page_that_is_not_there_says_so_and_leads_on(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert 'href="/"' in answer.get_data(as_text=True)
    assert "Content-Security-Policy" in answer.headers


def test_an_error_of_our_own_is_a_page_that_hides_its_cause(study):
    app = create_app(study)

    @app.get("/broken")
    def broken() -> str:
        message = "secret"
        raise RuntimeError(message)

    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_the_window_knows_no_place_by_name(root, study):
    product = {"Araxes"}  # the product's own name, which is a river's too
    names = (
        {place.names.get("en", "") for place in study.places.values()} | set(study.candidates) | set(study.crossings)
    )
    names = {name for name in names if len(name) > 4} - product
    files = [path for path in (root / "web").rglob("*") if path.suffix in {".py", ".html", ".js", ".css"}]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)], path


def test_leaflet_and_the_hillshade_come_from_here(client):
    with client.get("/static/leaflet/leaflet.js") as script:
        assert script.status_code == 200
    with client.get("/hillshade.png") as shade:
        assert shade.mimetype == "image/png"
        assert "max-age" in shade.headers["Cache-Control"]


def test_a_network_that_holds_little_of_the_area_gives_pages_that_say_what_breaks(shared_data, study):
    network = load_network([shared_data / "osm" / "meghri-2021.osm.pbf"], study=study)
    client = create_app(study, network).test_client()
    page = text_of(client, "/")
    assert page.count("Breaks between") >= 1
    for candidate in study.candidates:
        assert text_of(client, f"/routes/{candidate}")


def test_every_source_has_one_row_whatever_names_it_goes_by(app):
    contents = app.extensions["araxes"]
    own = [source["id"] for source in contents.study.sources.values()]
    assert len(own) > len(set(own))
    assert [tags for tags, source in contents.source_rows if source.get("id") and tags[0] != source["id"]] == []
    for tag, source in contents.study.sources.items():
        assert contents.anchors[tag] == contents.anchors[source["id"]]


@pytest.mark.parametrize("route", ["araxes-rail", "araxes-road", "goris-yeraskh-road"])
def test_a_travel_time_leads_to_the_speeds_signs_gradients_and_waits_that_it_rests_on(client, study, route):
    page = text_of(client, f"/routes/{route}")
    row = text_between(page, '<tr class="wide" id="times">', '<a href="/about#vehicles">')
    for vehicle in (v for v in study.vehicles.values() if v.mode == study.candidates[route].mode):
        said = text_between(row, f"<h3>{vehicle.title}</h3>", "</ul>")
        for words in ("Moving", "waiting at crossings", "By a sign", "assumed", "A sign gives the speed on"):
            assert words in said
        assert "radients" in said
        if vehicle.source != "assumed":
            assert 'href="/about#source-' in said
        for speed in next(iter(vehicle.speed_kmh.values())) if len(vehicle.speed_kmh) == 1 else ():
            assert f"<b>{speed:g}</b>" in said


def test_about_gives_the_full_tables_of_every_vehicle(client, study):
    section = text_between(text_of(client, "/about"), '<h2 id="vehicles">', "<h2 ")
    for vehicle in study.vehicles.values():
        said = text_between(section, f"<h3>{vehicle.title}</h3>", "</ul>")
        for speeds in vehicle.speed_kmh.values():
            assert all(f"<b>{speed:g}</b>" in said for speed in speeds)
        assert f"<b>{vehicle.limit_kmh:g}</b>" in said


def test_a_route_shows_the_published_lengths_that_its_kilometres_rest_on(client):
    page = text_of(client, "/routes/araxes-rail")
    meghri, ordubad = (
        text_between(page, f'<tr id="stretch-{stretch}-rail">', "</tr>")
        for stretch in ("meghri-agarak", "agarak-ordubad")
    )
    for row in (meghri, ordubad):
        assert "differ by more than 5 %" in row
        assert "<b>23.0</b>" in row
        assert 'href="/about#source-' in row
    assert "<b>9.0</b>" in meghri
    assert "of it here" in meghri
    assert "within 5 %" in text_between(page, '<tr id="stretch-mincivan-aghband-rail">', "</tr>")


def test_a_territory_whose_published_length_differs_from_the_line_drawn_shows_both(client):
    row = text_between(text_of(client, "/routes/araxes-rail"), '<tr id="basis-length_by_territory_m">', "</tr>")
    assert re.search(r"<b>39\.0</b>.*?published; 43\.\d\u202fkm drawn", row)


def test_what_sources_say_differently_names_its_subject_once(client, study):
    (work,) = (work for work in study.works if work["id"] == "R-AZ-1")
    row = text_between(text_of(client, "/routes/araxes-rail"), '<tr id="work-r-az-1">', "</tr>")
    plain = re.sub(r"<[^>]+>", "", row)
    assert re.search(r"stations: 8 \(.+\) or 9 \(", plain)
    subjects = {conflict["what"] for conflict in work["conflicts"]}
    assert all(plain.count(f"{subject}: ") == 1 for subject in subjects)


def test_a_text_that_binds_nobody_concerns_what_a_binding_one_governs(client, study):
    pages = {
        record["kind"]: text_of(client, f"/provisions/{record['id']}") for record in study.register.provisions.values()
    }
    assert {"framework", "initialed", "signed"} <= set(pages)
    for kind, page in pages.items():
        verb, other = (
            ("concerns", "governs") if kind in {"framework", "initialed", "announced"} else ("governs", "concerns")
        )
        assert f"What it {verb}" in page
        assert f"What it {other}" not in page
    assert "Provisions that govern or concern it" in text_of(client, "/routes/araxes-rail")


def test_an_unknown_way_across_is_named_above_the_list(client):
    page = text_of(client, "/?route=<b>nope")
    assert "There is no way across called “&lt;b&gt;nope”" in page
    assert "There is no way across" not in text_of(client, "/?route=araxes-rail")


def test_a_route_that_weaves_along_a_border_says_why_its_kilometres_are_a_range(client):
    assert "without a crossing" in text_of(client, "/routes/goris-yeraskh-road")
    assert "It weaves along" not in text_of(client, "/routes/araxes-rail")


@pytest.mark.parametrize("path", ["/", "/api/routes", "/static/css/base.css"])
def test_text_is_compressed_for_whoever_can_read_that(client, path):
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as small, client.get(path) as plain:
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in small.vary
        assert "Accept-Encoding" in plain.vary
        if path != "/":  # a page carries a number of its own that is used once
            assert gzip.decompress(small.data) == plain.data
        assert len(small.data) < len(plain.data) / 2
        tag = small.headers.get("ETag")
    if tag:
        with client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tag}) as again:
            assert again.status_code == 304

"""The page that compares: the same answer as the command line's, for whoever has scripts and whoever has none."""

import re
from urllib.parse import parse_qsl

import altair as alt
import pytest
from flask.testing import FlaskClient

from routes.comparison import weigh
from web.compare_charts import draw
from web.compare_state import read
from web.compare_table import Cells, signed, written

CHARTS = ["ranks", "multiples", "profiles", "pareto"]


def page_of(client: FlaskClient, path: str = "/compare", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def columns(page: str) -> list[str]:
    head = page.split('class="figures-table"', 1)[1].split("</thead>", 1)[0]
    return re.findall(r'<th scope="col"[^>]* data-route="([^"]+)"', head)


def row(page: str, label: str) -> list[str]:
    table = page.split('class="figures-table"', 1)[1].split("</table>", 1)[0]
    (found,) = [r for r in table.split("<tr") if re.search(rf">{re.escape(label)}(<svg|</th)", r)]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found, flags=re.DOTALL)]


def test_every_candidate_stands_in_the_table_with_units_ranges_and_reasons(client, study):
    page = page_of(client)
    assert columns(page) == list(study.candidates)
    assert row(page, "Length")[0] == "252\u202fkm"
    assert re.fullmatch(r"260\u202fkm \(?230–350\)?", row(page, "Length")[1])
    assert "Freight train" in row(page, "Time for goods")[0]
    number = re.search(r"not known(\d+)", row(page, "Ascent")[0])
    assert number
    assert re.search(rf'<li id="why-{number[1]}">Smoothing over', page)


def test_the_page_says_what_the_comparison_says(client, study):
    found = weigh(study.routes(), None)
    page = page_of(client)
    assert found.order is not None
    assert found.sure is not None
    order = [study.candidates[name].title for name in found.order.index]
    assert f"{order[0]} comes first" in page
    assert all(f"{title} would come before {order[0]}" in page for title in order[1:])
    shares = [f"{share:.0f}\u202f%" for share in 100 * found.sure.ranks.iloc[0]]
    ranks = page.split('id="ranks"', 1)[1].split("</section>", 1)[0]
    assert all(share in ranks for share in shares if share != "0\u202f%")


@pytest.mark.parametrize(("language", "says"), [("az", "birinci yerdədir"), ("hy", "երթուղին առաջինն է")])
def test_what_comes_first_and_what_would_change_it_are_said_in_the_reader_s_language(client, language, says):
    page = page_of(client, f"/compare?as_of=2032&lang={language}")
    verdict = page.split('class="lead verdict">')[1].split("</p>")[0]
    changes = page.split('class="changes">')[1].split("</ul>")[0]
    assert says in verdict
    assert changes.count("<li>") == 5
    assert not re.search(r"comes first|would come|No single|weighed|estimate", verdict + changes)


def test_differences_are_taken_from_the_baseline_and_from_no_other(client):
    page = page_of(client, "/compare?baseline=araxes-rail")
    length = row(page, "Length")
    assert "+" not in length[0]
    assert re.search(r"\+\d+\u202fkm \(−\d+ to \+\d+\)", length[1])
    assert row(page, "In Iran")[-1].endswith("+110\u202fkm")  # the baseline never enters it
    assert 'class="difference"' not in page_of(client)


def test_routes_are_put_in_order_by_a_metric_without_scripts_and_unknown_ones_come_last(client):
    assert columns(page_of(client, "/compare?sort=length_m"))[0] == "araxes-rail"
    assert columns(page_of(client, "/compare?sort=length_m&order=desc"))[0] == "goris-yeraskh-road"
    by_ascent = columns(page_of(client, "/compare?sort=ascent_m&order=desc"))
    assert by_ascent[:3] == ["goris-yeraskh-road", "bichenek-road", "kapan-kajaran-road"]
    page = page_of(client, "/compare?sort=length_m")
    assert page.count("aria-sort=") == 1
    assert 'aria-sort="ascending"' in page
    assert 'value="length_m-"' in page  # once more turns it round


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("routes=araxes-rail&routes=araxes-road&baseline=&case=", "routes=araxes-rail,araxes-road"),
        ("weight-time=2&weight-distance=1&weight-build=", "weights=time=2,distance=1"),
        ("weight-time=1&weight-distance=1&weight-build=1&weight-climb=1&weight-crossings=1&weight-closed=1", ""),
        ("sort=to_build_m-", "sort=to_build_m&order=desc"),
        ("case=high", ""),
        ("routes=araxes-rail&baseline=araxes-road", "routes=araxes-rail,araxes-road&baseline=araxes-road"),
        ("weight-time=1&lang=az", "weights=time=1&lang=az"),
    ],
)
def test_what_a_form_sends_becomes_one_address_to_share(client, sent, kept):
    answer = client.get(f"/compare?{sent}")
    assert answer.status_code == 302
    path, _, query = answer.location.partition("?")
    assert path == "/compare"
    assert sorted(parse_qsl(query)) == sorted(parse_qsl(kept))
    assert client.get(answer.location).status_code == 200


def test_a_date_and_a_scenario_change_the_figures_and_are_named(client):
    page = page_of(client, "/compare?as_of=2032")
    assert "Under a scenario" in page
    assert row(page, "To build or rebuild") != row(page_of(client), "To build or rebuild")
    assert "The roads offered on 11 March 2026 are open" in page_of(client, "/compare?scenario=offer-of-march-2026")


def test_weights_change_the_order(client):
    assert "Araxes railway comes first" in page_of(client, "/compare?weights=distance=1")
    assert 'name="weight-distance" value="1"' in page_of(client, "/compare?weights=distance=1")


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("routes=nowhere", 404, "There is no route"),
        ("weights=beauty=1", 400, "There is no criterion"),
        ("as_of=soon", 400, "is no date"),
        ("scenario=close=nothing", 404, "nothing"),
        ("x=beauty", 400, "There is no criterion"),
        ("as_of=2030&case=never", 400, "is not a case"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_sentence_above_a_form_that_works(client, query, status, said):
    page = page_of(client, f"/compare?{query}", status)
    assert 'role="alert"' in page
    assert said in page
    assert '<form id="ask"' in page


def test_one_route_has_figures_but_no_order(client):
    page = page_of(client, "/compare?routes=araxes-rail")
    assert columns(page) == ["araxes-rail"]
    assert 'id="ranks"' not in page
    assert "An order takes two ways across" in page


@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_has_words_a_table_and_pictures(client, name):
    page = page_of(client)
    section = page.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]
    assert re.search(r"<figcaption[^>]*>[A-Z]", section)
    assert section.count("<tr>") == 7  # a heading and six routes
    for fmt, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        assert f'href="/compare/chart/{name}.{fmt}?download=1"' in section
        answer = client.get(f"/compare/chart/{name}.{fmt}?download=1")
        assert answer.data.startswith(start)
        assert f"{name}.{fmt}" in answer.headers["Content-Disposition"]
    drawn = client.get(f"/compare/chart/{name}.svg").get_data(as_text=True)
    assert "Facts end on 1\u00a0June 2026" in drawn  # a file travels alone
    assert "Araxes railway" in drawn
    assert drawn != client.get(f"/compare/chart/{name}.svg?theme=dark").get_data(as_text=True)


def test_the_plot_of_two_objectives_names_those_that_nothing_beats(client):
    page = page_of(client, "/compare?x=distance&y=build")
    section = page.split('id="pareto"', 1)[1].split("</section>", 1)[0]
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>.*?<td class="num">([^<]*)</td></tr>', section))
    assert rows["Araxes railway"] == "none"  # the shortest
    assert rows["Goris-Yeraskh road"] == "none"  # the least to build
    assert "Bichenek road" in rows["Kapan-Kajaran road"]


@pytest.mark.parametrize("path", ["/compare/chart/nothing.svg", "/compare/comparison.xls", "/static/vega/vega-0.js"])
def test_files_that_there_are_not_are_not_found(client, path):
    assert client.get(path).status_code == 404
    assert client.get("/compare/chart/ranks.gif").status_code == 400


@pytest.mark.parametrize("fmt", ["csv", "json", "geojson"])
def test_the_figures_can_be_taken_away_as_the_command_line_writes_them(client, study, fmt):
    from routes.comparison import render  # noqa: PLC0415

    answer = client.get(f"/compare/comparison.{fmt}?baseline=araxes-road&weights=time=1")
    found = weigh(study.routes(), {"time": 1.0}, baseline="araxes-road")
    assert answer.data == render(found, fmt)
    again = client.get(answer.request.full_path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_script_that_draws_charts_is_loaded_on_this_page_alone_and_kept_for_ever(client):
    (path,) = re.findall(r'src="(/static/vega/[^"]+)"', page_of(client))
    for other in ("/", "/routes/araxes-rail", "/provisions", "/about"):
        assert "/static/vega/" not in client.get(other).get_data(as_text=True)
    answer = client.get(path)
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"expressionInterpreter" in answer.data


def test_every_chart_keeps_to_the_schema_of_vega_lite(app, study):
    contents, found = app.extensions["araxes"], weigh(study.routes(), None, baseline="araxes-rail")
    state = read(contents, {})
    with app.test_request_context("/compare"):
        drawn = draw(contents, found, state, list(study.candidates))
        assert [chart.name for chart in drawn] == CHARTS
        for chart in drawn:
            for _title, spec in chart.specs:
                alt.Chart.from_dict(spec, validate=True)
            alt.Chart.from_dict(chart.file("dark", ["a note"]), validate=True)


def test_a_difference_shows_no_more_digits_than_its_parts_bear():
    table = {"unit": "m", "difference_low": 13_499.0, "difference": 13_499.0, "difference_high": 13_499.0}
    assert signed("length_m", {**table, "central": 20_000.0}) == "+13.5\u202fkm"
    table["central"] = 265_000.0
    assert signed("length_m", table) == "+13\u202fkm"
    assert signed("length_m", table, 2) == "+10\u202fkm"
    wide = {**table, "difference_low": -16_100.0, "difference_high": 98_300.0}
    assert signed("length_m", wide) == "+10\u202fkm (−20 to +100)"
    assert written("crossings", {"unit": "1", "low": 2.0, "central": 2.0, "high": 2.0}) == "2"


def test_a_territory_that_a_route_never_enters_counts_nothing(study):
    cells = Cells(weigh(study.routes(), None, baseline="iran-bank-road"))
    found, base = (cells.row("length_by_territory_m.IR", name) for name in ("araxes-rail", "iran-bank-road"))
    assert found is not None
    assert base is not None
    assert found["central"] == 0
    assert found["difference"] == -base["central"] < 0

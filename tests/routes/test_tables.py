"""Candidates side by side: a DataFrame, and a table for a terminal."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from routes.route import Route
from routes.study import Study
from routes.tables import as_text, comparison, grid


def test_one_row_a_route_with_the_names_of_the_properties(way: Route, nowhere: Route) -> None:
    table = comparison([way, nowhere])
    assert table.index.tolist() == ["way", "nowhere"]
    one, other = table.to_dict("records")
    assert one["time_s.lorry.low"] < one["time_s.lorry.central"] < one["time_s.lorry.high"]
    assert one["length_by_territory_range_m.TWO.high"] == 40_000
    assert one["network.data_date"] == "2026-01-02"
    assert one["sources"] == "survey; made-up; assumed"
    assert pd.isna(other["length_m"])
    assert "length_m: not resolved" in other["reasons"]


def test_columns_of_one_property_stand_together(way: Route, make_route: Callable[..., Route]) -> None:
    table = comparison([way, make_route([{"territory": "THREE"}])])
    places = [number for number, name in enumerate(table.columns) if name.startswith("length_by_territory_m.")]
    assert [table.columns[place] for place in places] == [
        f"length_by_territory_m.{key}" for key in ("ONE", "TWO", "THREE")
    ]
    assert places == list(range(places[0], places[0] + 3))


def test_the_terminal_shows_what_is_not_known(way: Route, nowhere: Route) -> None:
    lines = as_text([way, nowhere]).splitlines()
    header, first, second = lines[0], lines[2], lines[3]
    assert header.split()[:6] == ["route", "km", "ONE", "km", "TWO", "km"]
    assert first.split()[:5] == ["way", "75.8", "35.8", "40.0", "40.0"]
    assert "lorry 1.9" in first
    assert second.count("not known") == 7
    assert "way: Cannot be used today: The Gate is closed; 40.0 km are not open." in lines
    assert lines[-1] == "Network: Made-up network (generalised, data of 2026-01-02). Facts until 2026-06-01."


def test_stops_that_are_not_known_are_said_beside_the_time_on_the_move(
    way: Route, corridor: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corridor, "vehicles", {"bus": replace(corridor.vehicles["lorry"], id="bus")})
    assert "bus 1.6 (1.1-3.2) + stops not known" in as_text([way])


def test_kilometres_in_doubt_show_their_range(make_route: Callable[..., Route]) -> None:
    route = make_route([{"km": 9, "near": ("TWO", 1.0)}, {"km": 1, "territory": "TWO", "zone": "ONE"}])
    assert "9.0 (0.0-9.0)" in as_text([route])


def test_an_empty_list_of_routes_is_an_empty_table() -> None:
    assert as_text([]).splitlines()[0].split()[0] == "route"


def test_grid_lines_up_words_left_and_numbers_right() -> None:
    assert grid(["a", "km"], [["bb", "1.0"], ["c", "10.0"]], numbers=[1]) == "a     km\n--  ----\nbb   1.0\nc   10.0"

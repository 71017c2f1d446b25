"""Figures for people."""

from datetime import date

import pytest

from web import figures


def spoken(text: str) -> str:
    """Plain spaces read better in a test."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (0, "0 km"),
        (349, "350 m"),
        (946, "950 m"),
        (951, "1.0 km"),
        (43_920, "43.9 km"),
        (99_960, "100 km"),
        (252_390, "252 km"),
        (1_234_567, "1 235 km"),
    ],
)
def test_lengths_carry_three_digits_at_most(metres, text):
    assert spoken(figures.length(metres)) == text


@pytest.mark.parametrize(
    ("metres", "text"), [(349, "350 m"), (8_640, "8.6 km"), (43_920, "44 km"), (127_869, "130 km"), (414_148, "410 km")]
)
def test_estimated_lengths_carry_two(metres, text):
    assert spoken(figures.length(metres, figures.ESTIMATED)) == text


def test_an_estimated_length_shows_its_range_and_a_measured_one_none():
    assert spoken(figures.estimated_length(414_148, [363_288, 559_463])) == "410 km (360–560)"
    assert spoken(figures.estimated_length(252_100, [252_100, 252_100])) == "252 km"
    assert spoken(figures.estimated_length(252_100, None)) == "252 km"


def test_a_range_that_shows_the_same_at_both_ends_is_one_length():
    assert spoken(figures.length_range(43_910, 43_930)) == "43.9 km"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (17_500, 20_100, "17.5–20.1 km"),
        (32_600, 84_600, "33–85 km"),
        (84_000, 100_200, "84–100 km"),
        (363_288, 559_463, "360–560 km"),
    ],
)
def test_a_range_of_lengths_is_as_coarse_as_it_is_wide(low, high, text):
    assert spoken(figures.length_range(low, high)) == text


def test_a_range_of_estimated_lengths_bears_two_digits():
    assert spoken(figures.length_range(201_600, 210_400, figures.ESTIMATED)) == "200–210 km"
    assert spoken(figures.length_range(0, 5_200, figures.ESTIMATED)) == "0–5 km"


def test_a_time_shows_its_central_value_then_its_range():
    assert spoken(figures.duration({"low": 11_160, "central": 14_040, "high": 17_280})) == "3.9 h (3.1–4.8)"
    assert spoken(figures.duration({"low": 1800, "central": 2700, "high": 3500})) == "45 min (30–58)"


def test_a_wide_time_shows_whole_hours_but_never_tens():
    assert spoken(figures.duration({"low": 6 * 3600, "central": 14.2 * 3600, "high": 60 * 3600})) == "14 h (6–60)"


def test_a_time_that_is_not_known_has_no_words():
    assert figures.duration(None) == ""
    assert figures.duration({"low": None, "central": None, "high": None}) == ""


def test_a_climb_is_as_coarse_as_its_range():
    assert spoken(figures.climb(3412.7, [2918.0, 4077.0])) == "3 400 m (2 900–4 100)"


def test_heights_are_given_to_ten_metres():
    assert spoken(figures.height(2346.4)) == "2 350 m"


@pytest.mark.parametrize(("metres", "text"), [(12, "50 m"), (580, "600 m"), (1_400, "1.5 km"), (3_000, "3 km")])
def test_an_accuracy_is_no_more_than_a_judgement(metres, text):
    assert spoken(figures.about(metres)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-06-01", "1 June 2026"),
        (date(2025, 8, 8), "8 August 2025"),
        ("2026-03", "March 2026"),
        ("2026", "2026"),
        ("2025-13-40", "2025-13-40"),
        (None, ""),
        ("n.d.", "n.d."),
    ],
)
def test_dates_are_written_in_words_as_far_as_they_are_known(value, text):
    assert spoken(figures.day(value)) == text


def test_units_are_set_lighter_than_numbers():
    html = figures.figure(figures.length(43_920))
    assert html == '<span class="figure"><b>43.9</b><span class="unit">\u202fkm</span></span>'


def test_what_is_not_known_says_why_and_escapes_it():
    html = figures.unknown("no <relief>")
    assert "not known" in html
    assert "no &lt;relief&gt;" in html
    assert 'tabindex="0"' in html

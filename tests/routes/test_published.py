"""Published lengths beside the line drawn: which ones a route's kilometres rest on, and where the two differ."""

from math import fsum

import pytest

from routes.published import differ, drawn_by_territory_m, stretch_lengths
from routes.route import Route
from routes.study import Study


@pytest.fixture(scope="module")
def railway(study: Study) -> Route:
    return study.route("araxes-rail")


@pytest.mark.parametrize(
    ("published_m", "shape_m", "said"),
    [(105, 100, "agree"), (95, 100, "agree"), (106, 100, "differ"), (94, 100, "differ"), (0, 0, "agree")],
)
def test_more_than_5_percent_of_the_line_drawn_is_a_conflict(published_m: float, shape_m: float, said: str) -> None:
    assert ("differ" if differ(published_m, shape_m) else "agree") == said


def test_a_published_length_far_from_its_line_is_a_conflict_and_an_unpublished_one_is_none(way: Route) -> None:
    west, east = stretch_lengths(way)
    assert (west.stretch, west.published_m, west.differs) == ("west", 0, False)
    assert (east.stretch, east.published_m, east.length_m) == ("east", 40_000, 40_000)
    assert east.shape_length_m < 35_000
    assert east.differs
    assert east.sources == ("survey",)


def test_territories_say_what_is_drawn_only_where_all_is_published_and_differs(way: Route) -> None:
    _west, east = stretch_lengths(way)
    assert drawn_by_territory_m(way) == {"TWO": pytest.approx(east.shape_length_m)}


def test_stretches_of_the_railway_add_up_to_it(railway: Route) -> None:
    found = stretch_lengths(railway)
    assert fsum(stretch.length_m for stretch in found) == pytest.approx(fsum(railway.length_m))
    assert fsum(stretch.published_m for stretch in found) == pytest.approx(fsum(railway.length_m))


def test_every_stretch_of_the_railway_names_the_published_lengths_that_its_kilometres_come_from(
    railway: Route,
) -> None:
    for stretch in stretch_lengths(railway):
        used = [
            (1.0 if record.whole else record.share or 0.0) * record.length_m
            for record in stretch.published
            if record.sources
        ]
        assert used, stretch.stretch
        assert max(used) <= stretch.length_m * 1.1


def test_a_part_that_reaches_into_the_next_stretch_is_shown_with_its_share_on_both(railway: Route) -> None:
    found = {stretch.stretch: stretch for stretch in stretch_lengths(railway)}
    meghri, ordubad = found["meghri-agarak-rail"], found["agarak-ordubad-rail"]
    assert [record.length_m for record in meghri.published if record.share == pytest.approx(1)] == [9000]
    shares = [
        record.share for stretch in (meghri, ordubad) for record in stretch.published if record.length_m == 23_000
    ]
    assert len(shares) == 2
    assert fsum(share or 0 for share in shares) == pytest.approx(1)
    assert meghri.differs
    assert ordubad.differs
    assert not found["mincivan-aghband-rail"].differs

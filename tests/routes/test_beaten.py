"""Which routes of a comparison no other beats."""

import numpy as np
import pytest

from geo.errors import InputError
from routes.beaten import beaten_by
from routes.ranking import Table


def table(rows: dict[str, tuple[float, float]]) -> Table:
    values = np.array(list(rows.values()), dtype=float)
    return Table(tuple(rows), ("time", "distance"), values, values, values, {})


def test_a_route_is_beaten_by_those_that_are_better_in_one_thing_and_worse_in_none():
    found = beaten_by(table({"short": (9, 1), "fast": (1, 9), "middling": (5, 5), "poor": (6, 5), "worst": (9, 9)}))
    assert found["short"] == found["fast"] == found["middling"] == ()
    assert found["poor"] == ("middling",)
    assert set(found["worst"]) == {"short", "fast", "middling", "poor"}


def test_equals_do_not_beat_each_other():
    assert beaten_by(table({"a": (1, 1), "b": (1, 1)})) == {"a": (), "b": ()}


def test_what_is_not_known_neither_beats_nor_is_beaten():
    found = beaten_by(table({"a": (1, 1), "b": (float("nan"), 0), "c": (2, 2)}))
    assert found == {"a": (), "c": ("a",)}


def test_fewer_criteria_leave_fewer_unbeaten():
    three = table({"short": (9, 1), "fast": (1, 9)})
    assert beaten_by(three, ["time"]) == {"short": ("fast",), "fast": ()}
    with pytest.raises(InputError, match="climb"):
        beaten_by(three, ["climb"])

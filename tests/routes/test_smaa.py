"""How sure an order is: shares add up, repeat with the seed, and say what a reader can check by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from routes.ranking import Table
from routes.smaa import acceptability

VALUE = st.tuples(*[st.floats(0, 1e6)] * 3).map(sorted)
UNKNOWN = st.just([np.nan] * 3)


def table(rows, reasons=None):
    """A table of routes a, b, ... over time, distance and build from one (low, central, high) a criterion."""
    values = np.array(rows, dtype=np.float64)
    criteria = ("time", "distance", "build")[: values.shape[1]]
    return Table(
        tuple("abcdef"[: len(rows)]), criteria, values[:, :, 0], values[:, :, 1], values[:, :, 2], reasons or {}
    )


def exactly(*values):
    return [(value, value, value) for value in values]


@settings(max_examples=50)
@given(
    rows=st.integers(1, 3).flatmap(
        lambda k: st.lists(st.lists(VALUE | UNKNOWN, min_size=k, max_size=k), min_size=2, max_size=5)
    ),
    seed=st.integers(0, 1000),
)
def test_acceptabilities_add_up_to_1_for_each_rank_and_each_route(rows, seed):
    rows = [[(0.0, 1.0, 2.0)] * len(rows[0]), *rows]  # a criterion that nobody knows tells nothing
    ranks = acceptability(table(rows), samples=50, seed=seed).ranks.to_numpy()
    assert ranks.shape == (len(rows), len(rows))
    assert ranks.sum(axis=0) == pytest.approx(np.ones(len(rows)))
    assert ranks.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (ranks >= 0).all()


def test_the_same_seed_repeats_and_another_does_not():
    rows = [[(1, 2, 3), (1, 2, 9)], [(1, 2, 4), (2, 2, 3)]]
    one, same, other = (acceptability(table(rows), samples=500, seed=seed) for seed in (7, 7, 8))
    assert one.ranks.equals(same.ranks)
    assert one.central_weights.equals(same.central_weights)
    assert one.confidence.equals(same.confidence)
    assert not one.ranks.equals(other.ranks)


def test_what_is_better_in_everything_always_comes_first():
    found: Any = acceptability(table([exactly(1, 1), exactly(2, 3)]), samples=200)
    assert found.ranks.to_numpy().tolist() == [[1, 0], [0, 1]]
    assert found.confidence["a"] == 1
    assert found.central_weights.loc["b"].isna().all()
    assert np.isnan(found.confidence["b"])


def test_what_is_better_in_one_of_two_comes_first_with_half_of_all_weights():
    found: Any = acceptability(table([exactly(0, 1), exactly(1, 0)]), samples=20_000)
    assert found.ranks.loc["a", 1] == pytest.approx(0.5, abs=0.02)
    # Uniform weights of time above one half have the mean three quarters.
    assert found.central_weights.loc["a"].tolist() == pytest.approx([0.75, 0.25], abs=0.01)
    assert found.central_weights.loc["b"].tolist() == pytest.approx([0.25, 0.75], abs=0.01)


def test_routes_that_are_alike_share_the_ranks():
    found: Any = acceptability(table([exactly(1, 1), exactly(1, 1), exactly(2, 2)]), samples=10)
    assert found.ranks.to_numpy().tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]


def test_a_range_that_does_not_overlap_changes_nothing():
    found: Any = acceptability(table([[(1, 2, 3)], [(4, 5, 6)]]), samples=500)
    assert found.ranks.loc["a", 1] == 1


def test_a_triangle_is_drawn_as_one():
    # b is 1; a is triangular over 0, 0, 2, and is below 1 in three quarters of all draws.
    found: Any = acceptability(table([[(0, 0, 2)], [(1, 1, 1)]]), samples=20_000)
    assert found.ranks.loc["a", 1] == pytest.approx(0.75, abs=0.01)


def test_what_is_not_known_may_be_anything_and_is_said_to_be():
    reasons = {("a", "time"): "the network has no relief", ("z",): "it is broken"}
    found: Any = acceptability(table([[(np.nan,) * 3], [(0, 0, 0)], [(4, 4, 4)]], reasons), samples=20_000)
    assert found.ranks.loc["a"].tolist() == pytest.approx([0, 1, 0])
    assert "The time of a is drawn from the range of all the others (the network has no relief)." in found.notes
    assert "z is left out: it is broken" in found.notes


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"samples": 10**7}, {"seed": -1}])
def test_draws_that_mean_nothing_are_refused(wrong):
    with pytest.raises(InputError, match="cannot be drawn"):
        acceptability(table([exactly(1), exactly(2)]), **wrong)

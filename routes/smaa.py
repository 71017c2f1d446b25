"""How sure an order is: stochastic multicriteria acceptability analysis over the estimates' ranges and all weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from routes.ranking import Table

SAMPLES = 10_000
SEED = 20260601
_MOST = 1_000_000
_BLOCK = 2_000  # samples that are ranked at a time


@dataclass(frozen=True, eq=False)
class Acceptability:
    """
    How often each route comes at each rank.

    Attributes
    ----------
    ranks
        Rank acceptability: one row a route, one column a rank (1 is best), shares of the samples; rows and columns
        each add up to 1. Where routes tie they share the ranks equally.
    central_weights
        For each route, the mean of the weights with which it comes first, by criterion; NaN where it never does.
    confidence
        For each route, the share of the samples of the values in which it comes first with its central weights; NaN
        where it has none.
    samples, seed
        What it was drawn with.
    notes
        What was assumed, one sentence each.
    """

    ranks: pd.DataFrame
    central_weights: pd.DataFrame
    confidence: pd.Series[float]
    samples: int
    seed: int
    notes: tuple[str, ...]


def acceptability(table: Table, *, samples: int = SAMPLES, seed: int = SEED) -> Acceptability:
    """
    Draw values and weights, and count the ranks.

    SMAA-2: Lahdelma, R. and Salminen, P. (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group
    decision making, Operations Research 49(3), 444-454. Weights are uniform over all that add up to 1; values are
    triangular over low, central and high, drawn independently of each other; utilities are linear between the best
    and the worst value that any route might have.

    Parameters
    ----------
    table
        Criteria of the routes. A value that is not known may be anything between the best and the worst value that
        any of the others might have.
    samples
        How many draws; 1 to 1,000,000.
    seed
        The same seed gives the same draws.

    Returns
    -------
    acceptability
        Of each route.

    Raises
    ------
    InputError
        No or too many samples, a negative seed, or no criteria.
    """
    import pandas as pd  # noqa: PLC0415  (see `geo.frames`)

    if not 1 <= samples <= _MOST or seed < 0 or not table.criteria:
        message = (
            f"{samples} samples with the seed {seed} over {len(table.criteria)} criteria cannot be drawn; "
            f"ask for 1 to {_MOST} samples, a seed of 0 or more and at least one criterion"
        )
        raise InputError(message)
    generator = np.random.default_rng(seed)
    weights = generator.dirichlet(np.ones(len(table.criteria)), size=samples)
    utility = table.utility(_draw(table, generator, samples))
    places = _places(np.einsum("srk,sk->sr", utility, weights))
    first = places[:, :, 0]
    wins = first.sum(axis=0)
    known = wins > 0
    central = np.full((len(table.routes), len(table.criteria)), np.nan)
    central[known] = (first.T @ weights)[known] / wins[known, None]
    confidence = np.full(len(table.routes), np.nan)
    for row in np.flatnonzero(known):
        confidence[row] = _places(utility @ central[row])[:, row, 0].mean()
    index = pd.Index(table.routes, name="route")
    return Acceptability(
        ranks=pd.DataFrame(places.mean(axis=0), index=index, columns=range(1, len(index) + 1)),
        central_weights=pd.DataFrame(central, index=index, columns=list(table.criteria)),
        confidence=pd.Series(confidence, index=index, name="confidence"),
        samples=samples,
        seed=seed,
        notes=_notes(table.reasons),
    )


def _draw(table: Table, generator: np.random.Generator, samples: int) -> NDArray[np.float64]:
    """Draw values, shape (samples, routes, criteria), by the inverse of the triangular distribution."""
    best, worst = table.bounds
    unknown = np.isnan(table.central)
    low, high = np.where(unknown, best, table.low), np.where(unknown, worst, table.high)
    central = np.where(unknown, (best + worst) / 2, table.central)
    drawn = generator.random((samples, *low.shape))
    span = high - low
    peak = np.divide(central - low, span, out=np.full_like(span, 0.5), where=span > 0)
    rising = low + np.sqrt(drawn * peak) * span
    falling = high - np.sqrt((1 - drawn) * (1 - peak)) * span
    values = np.where(drawn < peak, rising, falling)
    return np.asarray(np.where(unknown, low + drawn * span, np.clip(values, low, high)), dtype=np.float64)


def _places(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each sample's shares of routes in ranks, shape (samples, routes, ranks): 1 at its rank, split where tied."""
    parts = []
    for start in range(0, len(score), _BLOCK):
        part = score[start : start + _BLOCK]
        ahead = (part[:, None, :] > part[:, :, None]).sum(axis=2)[:, :, None]
        tied = (part[:, None, :] == part[:, :, None]).sum(axis=2)[:, :, None]
        rank = np.arange(part.shape[1])[None, None, :]
        parts.append(((rank >= ahead) & (rank < ahead + tied)) / tied)
    return np.concatenate(parts)


def _notes(reasons: Mapping[tuple[str, ...], str]) -> tuple[str, ...]:
    notes = ["Values are drawn independently; in truth speeds and stops err alike on all routes, so ranks are surer."]
    for name, reason in reasons.items():
        if len(name) == 1:
            notes.append(f"{name[0]} is left out: {reason}")
        else:
            notes.append(f"The {name[1]} of {name[0]} is drawn from the range of all the others ({reason}).")
    return tuple(notes)

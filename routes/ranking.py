"""Routes in order: criteria with their ranges, and stated weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from routes.metrics import properties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from routes.route import Route

CRITERIA: dict[str, tuple[str, str]] = {
    "time": ("s", "time of the first vehicle that the study states for the route's mode"),
    "distance": ("m", "length"),
    "build": ("m", "length that is not open"),
    "climb": ("m", "ascent"),
    "crossings": ("1", "borders passed"),
    "closed": ("1", "crossings that are not open"),
}
"""By name: unit, and what it is. Less is better for each."""

_CASES = ("low", "central", "high")


@dataclass(frozen=True, eq=False)
class Table:
    """
    Criteria of routes.

    Attributes
    ----------
    routes
        Ids of the routes, one a row; broken ones are left out.
    criteria
        Names, one a column.
    low, central, high
        Shape (routes, criteria), in the units of `CRITERIA`; NaN where not known.
    reasons
        By route and criterion: why a value is not known. By route alone: why it is left out.
    """

    routes: tuple[str, ...]
    criteria: tuple[str, ...]
    low: NDArray[np.float64]
    central: NDArray[np.float64]
    high: NDArray[np.float64]
    reasons: Mapping[tuple[str, ...], str]

    @classmethod
    def of(cls, routes: Sequence[Route], criteria: Sequence[str] | None = None) -> Table:
        """
        Read criteria off routes.

        Parameters
        ----------
        routes
            Resolved or broken.
        criteria
            Names among `CRITERIA`; when left out, all that are known of every resolved route and in which they
            differ.

        Returns
        -------
        table
            The table.

        Raises
        ------
        InputError
            There is no such criterion, it is known of none of the routes, or fewer than two could be resolved.
        """
        for name in criteria or ():
            if name not in CRITERIA:
                message = f"there is no criterion {name!r}; there are {', '.join(CRITERIA)}"
                raise InputError(message)
        whole = [route for route in routes if not route.broken]
        if len(whole) < 2:  # noqa: PLR2004  (to compare takes two)
            message = f"an order takes two routes that could be resolved; there {'is' if whole else 'are'} {len(whole)}"
            raise InputError(message)
        records = [properties(route) for route in whole]
        names = tuple(criteria or CRITERIA)
        values = np.array([[_estimate(record, name) for name in names] for record in records], dtype=np.float64)
        if criteria is None:
            telling = np.ptp(values, axis=(0, 2)) > 0  # NaN, not known, tells nothing either
            names, values = tuple(name for name, keep in zip(names, telling, strict=True) if keep), values[:, telling]
        reasons: dict[tuple[str, ...], str] = {(r.id,): r.broken.reason for r in routes if r.broken}
        for record, row in zip(records, values, strict=True):
            unknown = [name for name, value in zip(names, row, strict=True) if np.isnan(value[1])]
            reasons |= {(record["id"], name): _reason(record, name) for name in unknown}
        for name in (names[column] for column in np.flatnonzero(np.isnan(values[:, :, 1]).all(axis=0))):
            message = f"{name} is known of none of the routes ({_reason(records[0], name)}); weigh something else"
            raise InputError(message)
        low, central, high = (values[:, :, case] for case in range(3))
        return cls(tuple(route.id for route in whole), names, low, central, high, reasons)

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Best and worst value of each criterion over all routes and their ranges: what utilities are scaled by."""
        return np.nanmin(self.low, axis=0), np.nanmax(self.high, axis=0)

    def utility(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Scale values to utilities.

        Parameters
        ----------
        values
            In the criteria's units; the criteria are the last axis.

        Returns
        -------
        utility
            (worst - value) / (worst - best): 1 at the best value that any route might have, 0 at the worst; 1
            throughout where all have one value.
        """
        best, worst = self.bounds
        span = worst - best
        flat = np.where(np.isnan(values), np.nan, 1.0)
        return np.asarray(np.divide(worst - values, span, out=flat, where=span > 0))


def read_weights(text: str) -> dict[str, float]:
    """
    Read weights from a short text.

    Parameters
    ----------
    text
        Such as time=2,distance=1.

    Returns
    -------
    weights
        As stated, see `check_weights`.

    Raises
    ------
    InputError
        It cannot be read, or says the same criterion twice.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        try:
            number = float(value)
        except ValueError:
            equals = ""
        if not equals or name in weights:
            message = f"weights cannot hold {part!r}; write each criterion once, as time=2,distance=1"
            raise InputError(message)
        weights[name] = number
    check_weights(weights)
    return weights


def check_weights(weights: Mapping[str, float]) -> None:
    """
    Refuse weights that mean nothing.

    Parameters
    ----------
    weights
        By criterion.

    Raises
    ------
    InputError
        A criterion does not exist, a weight is negative or no number, or none is above 0.
    """
    for name, weight in weights.items():
        if name not in CRITERIA:
            message = f"there is no criterion {name!r}; there are {', '.join(CRITERIA)}"
            raise InputError(message)
        if not isfinite(weight) or weight < 0:
            message = f"the weight of {name} is {weight:g}; a weight must be 0 or more"
            raise InputError(message)
    if not any(weights.values()):
        message = "every weight is 0; give at least one criterion a weight above 0"
        raise InputError(message)


def ranking(table: Table, weights: Mapping[str, float]) -> pd.DataFrame:
    """
    Put routes in order under stated weights.

    Parameters
    ----------
    table
        Criteria of the routes; it holds every weighted one.
    weights
        By criterion; their scale does not matter.

    Returns
    -------
    ranking
        One row a route, best first: `rank` (equal scores share one; missing where a criterion is not known), `score`
        (weighted mean of the utilities of the central values, 0 to 1), and for each criterion what it adds to the
        score.

    Raises
    ------
    InputError
        See `check_weights`.
    """
    import pandas as pd  # noqa: PLC0415  (see `geo.frames`)

    share = shares(table, weights)
    added = table.utility(table.central) * share
    score = added.sum(axis=1)
    frame = pd.DataFrame(added, index=pd.Index(table.routes, name="route"), columns=list(table.criteria))
    frame.insert(0, "score", score)
    frame.insert(0, "rank", frame["score"].rank(ascending=False, method="min").astype("Int64"))
    return frame.sort_values(["rank", "score"], kind="stable")


def shares(table: Table, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """
    Scale stated weights so that they sum to 1.

    Parameters
    ----------
    table
        Criteria of the routes; it holds every weighted one.
    weights
        By criterion.

    Returns
    -------
    shares
        One a criterion of the table.

    Raises
    ------
    InputError
        See `check_weights`; or the table lacks a weighted criterion.
    """
    check_weights(weights)
    missing = [name for name, weight in weights.items() if weight > 0 and name not in table.criteria]
    if missing:
        message = f"the table lacks the criterion {missing[0]!r}"
        raise InputError(message)
    given = np.array([weights.get(name, 0.0) for name in table.criteria])
    return np.asarray(given / given.sum(), dtype=np.float64)


def _estimate(record: Mapping[str, Any], name: str) -> tuple[float, float, float]:
    """Give low, central and high of a criterion; NaN where not known."""
    if name == "time":
        return goods_time(record)[1]
    if name == "climb":
        low, high = record["ascent_range_m"] or (None, None)
        return _three(low, record["ascent_m"], high)
    if name == "distance":
        low, high = record.get("length_range_m") or (record["length_m"],) * 2
        return _three(low, record["length_m"], high)
    crossings = record["crossings"] or ()
    value = {
        "build": record["to_build_m"],
        "crossings": len(crossings),
        "closed": sum(crossing["status"] != "open" for crossing in crossings),
    }[name]
    return _three(value, value, value)


def goods_time(record: Mapping[str, Any]) -> tuple[str | None, tuple[float, float, float]]:
    """
    Give a route's time for comparisons across modes: that of the first vehicle that the study states for its mode.

    Parameters
    ----------
    record
        As `routes.metrics.properties` gives it.

    Returns
    -------
    vehicle
        Its id; None where the study states none.
    time_s
        Low, central, high; NaN where not known.
    """
    for vehicle, time in (record["time_s"] or {}).items():
        return vehicle, _three(*(time[case] for case in _CASES)) if time else _three(None, None, None)
    return None, _three(None, None, None)


def _three(*values: float | None) -> tuple[float, float, float]:
    low, central, high = (float("nan") if value is None else float(value) for value in values)
    return low, central, high


def _reason(record: Mapping[str, Any], name: str) -> str:
    key = {"time": "time_s", "climb": "ascent_m"}[name]
    return str(record["reasons"].get(key, "not known"))

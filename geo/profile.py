"""What a height profile can tell: ascent, descent and gradient over a stated length, and when it cannot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WINDOW_CELLS = 3.0
"""A window must be at least as long as this many cells of the relief, or it sees the cells and not the ground."""

LEAST_WINDOW_M = 100.0
"""Shorter windows than this measure a road's surface, which no relief knows."""

_GRID_PARTS = 10  # places looked at in each window length
_MM = 1000.0  # millimetres in a metre
_KM = 1000.0  # metres in a kilometre
_CM_DECIMALS = 2
_LARGEST_SHARE = 0.5  # of the value: a wider range makes it "not known"
_HIGHEST_SHARE, _HIGHEST_LEAST_M = 0.05, 50.0  # the same for a highest point: share of the value, but no less than this


@dataclass(frozen=True)
class AscentEstimate:
    """
    Ascent and descent, each with the range that another smoothing would give.

    Attributes
    ----------
    ascent_m, descent_m
        Metres after smoothing over `window_m`; None where not known.
    ascent_range_m, descent_range_m
        Least and most of the values after smoothing over half, once and double `window_m`; None where not known.
    window_m
        The length smoothed over, metres.
    ascent_reason, descent_reason
        Why the value is None; None where it is known.
    """

    ascent_m: float | None
    descent_m: float | None
    ascent_range_m: tuple[float, float] | None
    descent_range_m: tuple[float, float] | None
    window_m: float
    ascent_reason: str | None
    descent_reason: str | None


@dataclass(frozen=True)
class HighestEstimate:
    """
    The highest point of a profile, with the range that the smoothing leaves.

    Attributes
    ----------
    highest_m
        Metres above sea level after smoothing over `window_m`; None where not known.
    range_m
        From the least of the highest heights after smoothing over half, once and double `window_m`, to as far above the
        highest height as the lowest within the window around it lies below; None where not known.
    window_m
        The length smoothed over, metres.
    reason
        Why the value is None; None where it is known.
    """

    highest_m: float | None
    range_m: tuple[float, float] | None
    window_m: float
    reason: str | None


@dataclass(frozen=True, eq=False)
class Gradient:
    """
    Gradients along a profile.

    Attributes
    ----------
    share
        Rise over run at each place, along the profile (0.05 is 5 % up); NaN where not known.
    reason
        Why nothing is known; None where some of it is.
    """

    share: NDArray[np.float64]
    reason: str | None


def smoothing_window_m(cell_m: float) -> float:
    """
    Choose the length that a profile from some relief is smoothed over.

    Parameters
    ----------
    cell_m
        Longest side of the relief's cells, metres.

    Returns
    -------
    window_m
        Three cells, not below 100 m.
    """
    return max(LEAST_WINDOW_M, round(WINDOW_CELLS * cell_m, 1))


def ascent(distance_m: ArrayLike, ele_m: ArrayLike, window_m: float) -> tuple[float, float]:
    """
    Sum up the metres climbed and descended, after smoothing.

    The profile is taken as straight from point to point, and each place as the mean of the profile over `window_m`
    around it. Near its ends the window shrinks to what fits, so ascent less descent is the difference of the ends.
    The same profile reversed gives the same two numbers, exchanged.

    Parameters
    ----------
    distance_m
        Distance from the start of each point, metres, never falling.
    ele_m
        Height of each point, metres.
    window_m
        Length to smooth over, metres.

    Returns
    -------
    ascent_m, descent_m
        Metres, both positive, to the centimetre; NaN where a height is not known.

    Raises
    ------
    InputError
        Distances fall, the two differ in number, or the window is no length.
    """
    profile = _Profile.make(distance_m, ele_m)
    _require_window(window_m)
    if len(profile.ele_m) == 0 or np.isnan(profile.ele_m).any():
        return math.nan, math.nan
    steps = np.diff(profile.smoothed(window_m))
    up = round(float(steps[steps > 0].sum()), _CM_DECIMALS)
    down = round(abs(float(steps[steps < 0].sum())), _CM_DECIMALS)
    return (down, up) if profile.turned else (up, down)


def ascent_estimate(distance_m: ArrayLike, ele_m: ArrayLike, window_m: float) -> AscentEstimate:
    """
    Estimate ascent and descent, and say "not known" where smoothing decides them more than the ground does.

    Parameters
    ----------
    distance_m, ele_m, window_m
        See `ascent`.

    Returns
    -------
    estimate
        A value is None, with the reason, where heights are missing, or where the values after smoothing over half
        and over double the window lie further apart than half of it.

    Raises
    ------
    InputError
        See `ascent`.
    """
    values = [ascent(distance_m, ele_m, window_m * factor) for factor in (1.0, 0.5, 2.0)]
    if math.isnan(values[0][0]):
        reason = _missing(distance_m, ele_m)
        return AscentEstimate(None, None, None, None, window_m, reason, reason)
    up, up_range, up_reason = _judged([value[0] for value in values], window_m)
    down, down_range, down_reason = _judged([value[1] for value in values], window_m)
    return AscentEstimate(up, down, up_range, down_range, window_m, up_reason, down_reason)


def highest_estimate(distance_m: ArrayLike, ele_m: ArrayLike, window_m: float) -> HighestEstimate:
    """
    Estimate the highest point, and say "not known" where the relief cannot tell.

    Beside a gorge a sample of coarse relief stands on the wall, and on a pass beside the saddle: the ground differs
    from a sample as much as samples that lie side by side differ from each other. Smoothing takes a summit away, which
    gives the lower limit; the upper one is the highest sample and that difference.

    Parameters
    ----------
    distance_m, ele_m, window_m
        See `ascent`.

    Returns
    -------
    estimate
        The value is None, with the reason, where heights are missing, or where the range is wider than 5 % of the value
        and than 50 m.

    Raises
    ------
    InputError
        See `ascent`.
    """
    _require_window(window_m)
    profile = _Profile.make(distance_m, ele_m)
    if len(profile.ele_m) == 0 or np.isnan(profile.ele_m).any():
        return HighestEstimate(None, None, window_m, _missing(distance_m, ele_m))
    floor_m = float(profile.ele_m.min())  # from which the smoothed profile counts its heights
    value_m, *others_m = (floor_m + float(profile.smoothed(window_m * f).max()) for f in (1.0, 0.5, 2.0))
    low_m, high_m = min(value_m, *others_m), profile.highest_m + profile.drop_around_highest_m(window_m)
    if high_m - low_m <= max(_HIGHEST_SHARE * abs(value_m), _HIGHEST_LEAST_M):
        return HighestEstimate(value_m, (low_m, high_m), window_m, None)
    reason = (
        f"not known: smoothing over {window_m / 2:.0f}, {window_m:.0f} and {window_m * 2:.0f} m, and how much heights "
        f"differ within {window_m:.0f} m around the highest, give {low_m:.0f} to {high_m:.0f} m, a range wider than "
        f"{_HIGHEST_SHARE * 100:.0f} % of the value and {_HIGHEST_LEAST_M:.0f} m"
    )
    return HighestEstimate(None, None, window_m, reason)


def gradient(distance_m: ArrayLike, ele_m: ArrayLike, window_m: float, *, cell_m: float) -> Gradient:
    """
    Measure the gradient at each place, over a window around it.

    Parameters
    ----------
    distance_m, ele_m
        See `ascent`.
    window_m
        Length that the gradient is measured over, metres; near the ends of the profile, the part that it holds.
    cell_m
        Longest side of the relief's cells, metres.

    Returns
    -------
    gradient
        One value for each point; "not known" where the cells are longer than a third of the window.

    Raises
    ------
    InputError
        See `ascent`.
    """
    profile = _Profile.make(distance_m, ele_m)
    unknown = np.full(len(profile.ele_m), np.nan)
    if not cell_m * WINDOW_CELLS <= window_m:
        cells = f"not known: the relief's cells are {cell_m:.0f} m long"
        return Gradient(unknown, f"{cells}, more than a third of the {window_m:.0f} m that the gradient is asked for")
    if len(unknown) == 0 or profile.length_m == 0:
        return Gradient(unknown, "not known: the profile has no length")
    begin = np.maximum(profile.distance_m - window_m / 2, 0.0)
    end = np.minimum(profile.distance_m + window_m / 2, profile.length_m)
    share = (profile.height_at(end) - profile.height_at(begin)) / (end - begin)
    reason = _missing(distance_m, ele_m) if bool(np.isnan(share).all()) else None
    return Gradient(-share[::-1] if profile.turned else share, reason)


def resample(distance_m: ArrayLike, ele_m: ArrayLike, step_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Take a profile at even steps, both ends included; reversed, it gives the same heights in reverse.

    Parameters
    ----------
    distance_m, ele_m
        See `ascent`.
    step_m
        Longest step wanted, metres; the steps are as long as fits evenly.

    Returns
    -------
    distance_m, ele_m
        The new points; heights are straight between the old ones, NaN beside one that is not known.

    Raises
    ------
    InputError
        See `ascent`.
    """
    profile = _Profile.make(distance_m, ele_m)
    if not step_m > 0:
        message = f"a profile cannot be taken every {step_m:g} m; give a length above 0"
        raise InputError(message)
    if len(profile.ele_m) == 0:
        return profile.distance_m, profile.ele_m
    place = profile.places(step_m)
    ele = profile.height_at(place)
    return place, ele[::-1] if profile.turned else ele


@dataclass(frozen=True, eq=False)
class _Profile:
    """
    A profile in the one of its two directions that comes first in order.

    Sums of floating-point numbers depend on their order. Reckoning always in the same direction, with steps rounded to
    the millimetre, makes a profile and its reverse the same reckoning; `turned` says that the caller's is the other.
    """

    distance_m: NDArray[np.float64]
    ele_m: NDArray[np.float64]
    turned: bool

    @classmethod
    def make(cls, distance_m: ArrayLike, ele_m: ArrayLike) -> _Profile:
        distance, ele = (np.asarray(values, dtype=np.float64) for values in (distance_m, ele_m))
        if distance.shape != ele.shape or distance.ndim != 1:
            message = f"a profile has one height for each distance; these are {distance.size} and {ele.size}"
            raise InputError(message)
        step_mm = np.rint(np.diff(distance) * _MM)
        if not (step_mm >= 0).all():
            message = "the distances of a profile must never fall from one point to the next"
            raise InputError(message)
        # As -0.0 and 0.0 are the same height but not the same bytes, and NaN is no number to compare.
        forward = np.nan_to_num(ele + 0.0, nan=np.inf).tolist(), step_mm.tolist()
        backward = forward[0][::-1], forward[1][::-1]
        turned = backward < forward
        if turned:
            step_mm, ele = step_mm[::-1], ele[::-1]
        place = np.concatenate((np.zeros(min(len(ele), 1)), np.cumsum(step_mm) / _MM))
        return cls(place, ele, turned)

    @property
    def length_m(self) -> float:
        return float(self.distance_m[-1])

    def places(self, step_m: float) -> NDArray[np.float64]:
        steps = max(1, math.ceil(self.length_m / step_m))
        return np.arange(steps + 1) / steps * self.length_m

    def height_at(self, place_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.interp(place_m, self.distance_m, self.ele_m))

    @property
    def highest_m(self) -> float:
        return float(self.ele_m.max())

    def drop_around_highest_m(self, window_m: float) -> float:
        """Say how far the lowest point within a window around the highest lies below it."""
        tops = self.distance_m[self.ele_m == self.highest_m]
        ends = np.clip(np.concatenate((tops - window_m / 2, tops + window_m / 2)), 0.0, self.length_m)
        after = np.searchsorted(tops, self.distance_m)
        nearest = np.minimum(
            np.abs(self.distance_m - tops[np.minimum(after, len(tops) - 1)]),
            np.abs(self.distance_m - tops[np.maximum(after - 1, 0)]),
        )
        within = self.ele_m[nearest <= window_m / 2]
        return self.highest_m - float(min(within.min(), self.height_at(ends).min()))

    def smoothed(self, window_m: float) -> NDArray[np.float64]:
        """Give the exact mean of the piecewise straight profile around evenly spaced places."""
        place = self.places(window_m / _GRID_PARTS)
        half = np.minimum(window_m / 2, np.minimum(place, self.length_m - place))
        above = self.ele_m - self.ele_m.min()  # small numbers sum more exactly
        hop = np.diff(self.distance_m)
        area = np.concatenate(([0.0], np.cumsum(hop * (above[1:] + above[:-1]) / 2)))

        def area_until(where: NDArray[np.float64]) -> NDArray[np.float64]:
            before = np.clip(np.searchsorted(self.distance_m, where, side="right") - 1, 0, max(len(hop) - 1, 0))
            past = where - self.distance_m[before]
            return np.asarray(area[before] + past * (above[before] + np.interp(where, self.distance_m, above)) / 2)

        wide = half > 0
        mean = np.interp(place, self.distance_m, above)
        mean[0], mean[-1] = above[0], above[-1]
        mean[wide] = (area_until((place + half)[wide]) - area_until((place - half)[wide])) / (2 * half[wide])
        return np.asarray(mean)


def _require_window(window_m: float) -> None:
    if not window_m > 0 or not math.isfinite(window_m):
        message = f"a profile cannot be smoothed over {window_m:g} m; give a length above 0"
        raise InputError(message)


def _judged(values: list[float], window_m: float) -> tuple[float | None, tuple[float, float], str | None]:
    low, high = min(values), max(values)
    if high - low <= _LARGEST_SHARE * values[0]:
        return values[0], (low, high), None
    reason = (
        f"not known: smoothing over {window_m / 2:.0f}, {window_m:.0f} and {window_m * 2:.0f} m gives "
        f"{low:.0f} to {high:.0f} m, a range wider than half the value"
    )
    return None, (low, high), reason


def _missing(distance_m: ArrayLike, ele_m: ArrayLike) -> str:
    distance, missing = np.asarray(distance_m, dtype=np.float64), np.isnan(np.asarray(ele_m, dtype=np.float64))
    if len(distance) == 0:
        return "not known: the profile is empty"
    gap_m = float(np.diff(distance)[missing[1:] | missing[:-1]].sum())
    all_m = float(distance[-1] - distance[0])
    return f"not known: the relief has no heights along {gap_m / _KM:.1f} of {all_m / _KM:.1f} km"

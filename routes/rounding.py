"""Rounding that keeps sums: parts of a length still add up to it."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MM = 1000


def to_mm(metres: float) -> float:
    """
    Round a length to the millimetre.

    Parameters
    ----------
    metres
        Metres.

    Returns
    -------
    metres
        With three decimals.
    """
    return round(metres, 3)


def shares(parts: Mapping[str, float], total_m: float) -> dict[str, float]:
    """
    Round the parts of a length to the millimetre such that they add up: the largest remainders are rounded up.

    Parameters
    ----------
    parts
        Metres by key; they add up to the total but for its own rounding.
    total_m
        The total, rounded to the millimetre.

    Returns
    -------
    parts
        Metres by key, in the same order.
    """
    whole = {key: floor(metres * _MM) for key, metres in parts.items()}
    spare = round(total_m * _MM) - sum(whole.values())
    for key in sorted(parts, key=lambda k: (whole[k] - parts[k] * _MM, k))[:spare]:
        whole[key] += 1
    return {key: millimetres / _MM for key, millimetres in whole.items()}

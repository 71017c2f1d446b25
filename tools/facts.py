"""Read the facts that the build starts from: text tables in ``tools/inputs``, each row with its source."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

INPUTS = Path(__file__).parent / "inputs"


@cache
def read(name: str) -> tuple[dict[str, str], ...]:
    """
    Read one table of facts.

    Parameters
    ----------
    name
        The table's name, without its ending.

    Returns
    -------
    rows
        One mapping a row, empty fields as "".
    """
    with (INPUTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def number(text: str) -> float | None:
    """
    Read a number that may be missing.

    Parameters
    ----------
    text
        A decimal number, or "".

    Returns
    -------
    number
        The number, or None when the field is empty.
    """
    return float(text) if text else None

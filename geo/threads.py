"""Work shared between the machine's cores, where NumPy or a library lets go of the interpreter's lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """
    Do the same work on many items, as many at once as there are cores.

    Parameters
    ----------
    work
        What to do with one item; must not change what another one's work reads.
    items
        The items.

    Returns
    -------
    results
        One for each item, in the same order.
    """
    if len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, items))

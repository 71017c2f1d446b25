"""Which compared routes no other beats: the Pareto front of a comparison, on the criteria that are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from routes.ranking import CRITERIA, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def beaten_by(table: Table, criteria: Sequence[str] | None = None) -> Mapping[str, tuple[str, ...]]:
    """
    Say of each route which others are as good in every criterion, and better in one.

    Parameters
    ----------
    table
        Criteria of the routes; less is better for each.
    criteria
        Which of them to look at; all when left out.

    Returns
    -------
    others
        By route, in the table's order: the routes that beat it on the central values, none where it lies on the Pareto
        front. A route of which a criterion is not known is left out, for it can neither beat nor be beaten.

    Raises
    ------
    InputError
        The table does not have such a criterion.
    """
    names = table.criteria if criteria is None else tuple(criteria)
    for name in names:
        if name not in table.criteria:
            message = f"there is no criterion {name!r} here; there are {', '.join(table.criteria or CRITERIA)}"
            raise InputError(message)
    values = table.central[:, [table.criteria.index(name) for name in names]]
    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    found = {}
    for row in known:
        no_worse = (values[known] <= values[row]).all(axis=1)
        better = (values[known] < values[row]).any(axis=1)
        found[table.routes[row]] = tuple(table.routes[other] for other in known[no_worse & better])
    return found

"""The jobs of a sweep: scenarios x pairs x vehicles x dates, in words."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import InputError
from routes.study import Study

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Job:
    """
    One question of a sweep, in words.

    Attributes
    ----------
    origin, destination
        Ids or names of places, or "lon,lat".
    mode
        road or rail.
    scenario, as_of
        See `Study.asked`; empty: the network as it is.
    vehicle
        Whose time the cost "time" is; empty: the study's first of the mode.
    cost
        What to make least; see `routes.costs.arc_cost`.
    avoid, statuses, through
        See `Study.plan`; several with semicolons between.
    """

    origin: str
    destination: str
    mode: str = "road"
    scenario: str = ""
    as_of: str = ""
    vehicle: str = ""
    cost: str = "distance"
    avoid: str = ""
    statuses: str = ""
    through: str = ""


NAMES = {"from": "origin", "to": "destination", "status": "statuses"}
"""Columns of a CSV file that have another name than the field of a job."""


def read_jobs(path: Path) -> tuple[Job, ...]:
    """
    Read jobs from a CSV file.

    Parameters
    ----------
    path
        With a header: from and to, and any other field of `Job`; an empty cell is the field's default.

    Returns
    -------
    jobs
        One a row.

    Raises
    ------
    InputError
        The file cannot be read, or has a column that no job has, or lacks one.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{path} cannot be read as CSV in UTF-8 ({error}); give a file with the columns from and to"
        raise InputError(message) from None
    known = {field.name for field in fields(Job)}
    columns = {column: NAMES.get(column or "", column or "") for column in (rows[0] if rows else ())}
    odd = [column for column, name in columns.items() if name not in known]
    missing = {"origin", "destination"} - set(columns.values())
    if not rows or odd or missing:
        wrong = f"the column {odd[0]!r} is not known" if odd else "it needs the columns from and to, and a row"
        others = ", ".join(sorted(known - set(NAMES.values())))
        message = f"{path} holds no jobs: {wrong}; columns may be {', '.join(NAMES)}, {others}"
        raise InputError(message)
    cells = [{columns[c]: v.strip() for c, v in row.items() if c in columns and v and v.strip()} for row in rows]
    lame = next((number for number, row in enumerate(cells) if not {"origin", "destination"} <= set(row)), None)
    if lame is not None:
        message = f"row {lame + 2} of {path} lacks its from or its to; give both in every row"
        raise InputError(message)
    return tuple(Job(**row) for row in cells)


def from_options(
    pairs: Sequence[tuple[str, str]],
    *,
    mode: str = "road",
    scenarios: Sequence[str] = (),
    vehicles: Sequence[str] = (),
    dates: Sequence[str] = (),
    cost: str = "distance",
    statuses: Sequence[str] = (),
    through: Sequence[str] = (),
) -> tuple[Job, ...]:
    """
    Multiply pairs, scenarios, vehicles and dates.

    Parameters
    ----------
    pairs
        From and to.
    scenarios, vehicles, dates
        See `Job`; where none are given there is one, the default.
    mode, cost, statuses, through
        Of all jobs.

    Returns
    -------
    jobs
        In the order pairs, scenarios, vehicles, dates.
    """
    same = {"mode": mode, "cost": cost, "statuses": ";".join(statuses), "through": ";".join(through)}
    return tuple(
        Job(*pair, scenario=scenario, vehicle=vehicle, as_of=as_of, **same)
        for pair, scenario, vehicle, as_of in product(pairs, scenarios or ("",), vehicles or ("",), dates or ("",))
    )


@dataclass(frozen=True)
class Sweep:
    """
    Jobs, and what they are asked of.

    Attributes
    ----------
    study
        Name or folder.
    network
        A saved network; None: the study's own.
    jobs
        In order; a result names its job by its place.
    """

    study: str
    network: str | None
    jobs: tuple[Job, ...]

    @property
    def digest(self) -> str:
        """Name the sweep by its content: the study's files, the network's bytes and the jobs."""
        parts = hashlib.sha256()
        for file in sorted(Study.open(self.study).folder.iterdir()):
            if file.is_file():
                parts.update(file.name.encode() + file.read_bytes())
        if self.network is not None:
            with Path(self.network).open("rb") as saved:
                parts.update(hashlib.file_digest(saved, "sha256").digest())
        parts.update(json.dumps([list(asdict(job).values()) for job in self.jobs]).encode())
        return parts.hexdigest()

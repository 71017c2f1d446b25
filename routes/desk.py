"""The desk that answers the jobs of a sweep, one in each process."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geo.errors import InputError, NotFoundError
from geo.network import MODES, Network
from routes.band import ways_over
from routes.engine import Engine
from routes.jobs import Job
from routes.overlay import check_scenario
from routes.places import find_place
from routes.scenario import Scenario
from routes.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routes.model import Vehicle
    from routes.permit import Permit
    from routes.stops import Stop
    from routes.way import Way

_EDGE = "edge:"
_BOUNDS = ("low", "central", "high")
_WAYS = 64  # best ways kept by a desk
_ENGINES = 6  # kept by a desk: each holds the weights of a whole network


class Desk:
    """
    Answers the jobs of one study on one network.

    Parameters
    ----------
    study
        Name or folder.
    network
        A saved network; None: the study's own.
    """

    def __init__(self, study: str, network: str | None) -> None:
        self.study = Study.open(study)
        self.network = None if network is None else Network.load(network, verify=False)
        self.ground = self.study.ground(self.network)
        self._engines: dict[tuple[object, ...], Engine] = {}
        self._best: dict[tuple[object, ...], tuple[Stop, Stop, Way | None]] = {}

    def check(self, jobs: Iterable[Job]) -> None:
        """
        Refuse jobs that cannot be asked, before any is answered.

        Parameters
        ----------
        jobs
            Of a sweep.

        Raises
        ------
        InputError, NotFoundError
            The first that names what does not exist; the sentence says which job.
        """
        seen: set[Job] = set()
        for number, job in enumerate(jobs):
            try:
                scenario, _rows = self._parted(job)
                plain = replace(job, scenario=repr(scenario))
                if plain not in seen:
                    seen.add(plain)
                    self._check(job, scenario)
            except (InputError, NotFoundError) as error:
                message = f"job {number} ({job.origin} to {job.destination}): {error}"
                raise type(error)(message) from None

    def _check(self, job: Job, scenario: Scenario | None) -> None:
        if job.mode not in MODES:
            message = f"{job.mode!r} is not a mode of a network; it must be {' or '.join(MODES)}"
            raise InputError(message)
        self._permit(job)
        self._vehicle(job)
        for name in (job.origin, job.destination):
            find_place(self.study, name)
        if scenario is not None:
            check_scenario(scenario, self.study, self.ground.network)

    def answer(self, job: Job) -> dict[str, Any]:
        """
        Answer one job.

        Parameters
        ----------
        job
            That `check` let pass.

        Returns
        -------
        row
            By the names of `schema`, without the job's own fields. Lengths in metres, times in seconds; None where
            not known. What cannot be reached has `found` False and a reason.
        """
        scenario, closed = self._parted(job)
        key = (replace(job, scenario="", as_of=""), scenario)
        try:
            if key not in self._best:
                for old in list(self._best)[: 1 - _WAYS]:
                    del self._best[old]
                engine = self._engine(job, scenario)
                ends = [engine.stops.at(find_place(self.study, name)) for name in (job.origin, job.destination)]
                self._best[key] = ends[0], ends[1], engine.route(*ends)
        except InputError as error:
            return self._row(None, str(error))
        origin, destination, way = self._best[key]
        # Closing what the best way does not use leaves it the best (law 2): only the others are searched anew.
        if way is not None and len(closed) and np.isin(closed, way.edges).any():
            with self._engine(job, scenario).closed(closed) as engine:
                way = engine.route(origin, destination)
        return self._row(way, None if way is not None else "there is no way")

    def edges_about(self, job: Job) -> list[int]:
        """
        List the edges that may be used, nearest to a job's best way first.

        Parameters
        ----------
        job
            That `check` let pass.

        Returns
        -------
        edges
            Rows of the ground's network: those of the best way, then by the cost of the best way over each.

        Raises
        ------
        InputError
            There is no way.
        """
        scenario, _closed = self._parted(job)
        engine = self._engine(job, scenario)
        ends = [find_place(self.study, name) for name in (job.origin, job.destination)]
        way = engine.route(*ends)
        if way is None:
            message = f"there is no way from {ends[0].title} to {ends[1].title}, so no closure can lengthen it"
            raise InputError(message)
        through, _best = ways_over(engine.journey(*ends), engine.weights)
        step = np.flatnonzero((engine.graph.edge >= 0) & np.isfinite(through))
        order = step[np.argsort(through[step], kind="stable")]
        return list(dict.fromkeys([*way.edges.tolist(), *engine.graph.edge[order].tolist()]))

    def _parted(self, job: Job) -> tuple[Scenario | None, list[int]]:
        """Part a scenario from the single edges that it closes: these need no weighing anew."""
        scenario = self.study.asked(job.scenario or None, job.as_of or None)
        if scenario is None:
            return None, []
        single = [name for name in scenario.close if name.startswith(_EDGE)]
        check_scenario(Scenario(close=tuple(single)), self.study, self.ground.network)
        rest = replace(scenario, id="", title="", close=tuple(name for name in scenario.close if name not in single))
        return (None if rest.empty else rest), [int(name.removeprefix(_EDGE)) for name in single]

    def _engine(self, job: Job, scenario: Scenario | None) -> Engine:
        key = (job.mode, job.avoid, job.statuses, job.through, job.cost, job.vehicle, scenario)
        if key not in self._engines:
            for old in list(self._engines)[: 1 - _ENGINES]:
                del self._engines[old]
            ground = self.ground.under(scenario)
            self._engines[key] = Engine.build(ground, self._permit(job), cost=job.cost, vehicle=self._vehicle(job))
        return self._engines[key]

    def _permit(self, job: Job) -> Permit:
        avoid, statuses, through = (
            [value.strip() for value in text.split(";") if value.strip()]
            for text in (job.avoid, job.statuses, job.through)
        )
        return self.study.permit(job.mode, avoid, statuses or None, through)

    def _vehicle(self, job: Job) -> Vehicle | None:
        if job.vehicle and job.vehicle not in self.study.vehicles:
            message = f"there is no vehicle {job.vehicle!r}; there are {', '.join(self.study.vehicles)}"
            raise NotFoundError(message)
        return self.study.vehicles[job.vehicle] if job.vehicle else None

    @property
    def territories(self) -> tuple[str, ...]:
        """Territories that have a column of their own."""
        return tuple(sorted(self.study.boundaries().territories))

    def _row(self, way: Way | None, reason: str | None) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(schema(self.territories).names)
        row |= {"found": way is not None, "reason": reason}
        if way is None:
            return row
        measures = way.measures
        by_territory = measures["length_by_territory_m"]
        row |= {
            "search_cost": way.cost,
            "length_m": round(measures["length_m"], 3),
            "to_build_m": round(measures["to_build_m"], 3),
            "crossings": len(measures["crossings"]),
            "crossings_not_open": sum(crossing["status"] != "open" for crossing in measures["crossings"]),
            **{f"length_{key}_m": round(by_territory.get(key, 0.0), 3) for key in self.territories},
        }
        times = {name: time for name, time in measures["time_s"].items() if time is not None}
        row["time_s"] = [
            {"vehicle": name, **{bound: round(float(t), 1) for bound, t in zip(_BOUNDS, time, strict=True)}}
            for name, time in times.items()
        ]
        return row


def schema(territories: Sequence[str]) -> pa.Schema:
    """
    Give the columns of a sweep's results.

    Parameters
    ----------
    territories
        Keys.

    Returns
    -------
    schema
        The job's place and fields; whether a way was found, and why not; its figures. Units are in the names.
    """
    time = pa.struct([("vehicle", pa.string()), *((bound, pa.float64()) for bound in _BOUNDS)])
    return pa.schema(
        [
            ("job", pa.int64()),
            *((field.name, pa.string()) for field in fields(Job)),
            ("found", pa.bool_()),
            ("reason", pa.string()),
            ("search_cost", pa.int64()),
            ("length_m", pa.float64()),
            ("to_build_m", pa.float64()),
            ("crossings", pa.int32()),
            ("crossings_not_open", pa.int32()),
            *((f"length_{key}_m", pa.float64()) for key in territories),
            ("time_s", pa.list_(time)),
        ]
    )


@lru_cache(maxsize=1)
def desk(study: str, network: str | None) -> Desk:
    """
    Give this process's desk for a study on a network; it is set up once.

    Parameters
    ----------
    study, network
        See `Desk`.

    Returns
    -------
    desk
        Ready.
    """
    return Desk(study, network)


def answer_chunk(study: str, network: str | None, first: int, jobs: tuple[Job, ...]) -> pa.Table:
    """
    Answer some jobs; what a worker does, in this process or in another.

    Parameters
    ----------
    study, network
        See `Desk`.
    first
        Place of the first job in its sweep.
    jobs
        The jobs.

    Returns
    -------
    table
        One row a job; see `schema`.
    """
    here = desk(study, network)
    columns = schema(here.territories)
    rows = [here.answer(job) | {"job": first + place} | asdict(job) for place, job in enumerate(jobs)]
    return pa.Table.from_pylist(rows, schema=columns)


def closures(study: str, network: str | None, job: Job, most: int) -> tuple[Job, ...]:
    """
    Write out a job once for each single edge that may be closed: those of its best way, then those nearest to it.

    Parameters
    ----------
    study, network
        See `Desk`.
    job
        What is asked; its scenario is kept.
    most
        How many closures.

    Returns
    -------
    jobs
        The edges of the best way in order of travel, then the other edges that may be used by the cost of the best way
        over them; fewer where the network holds no more.

    Raises
    ------
    InputError, NotFoundError
        The job cannot be asked, or there is no way.
    """
    here = desk(study, network)
    here.check([job])
    edges = here.edges_about(job)[:most]
    extra = f"{job.scenario};" if job.scenario else ""
    return tuple(replace(job, scenario=f"{extra}close={_EDGE}{edge}") for edge in edges)

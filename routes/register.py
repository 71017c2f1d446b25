"""The register: instruments, their provisions and the works, and the rules that link them to the ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import NotFoundError
from geo.network import MODES
from routes.provision import RULE_KEYS, SUBJECTS, Provision, check_instrument, check_sources, read_provision, sources_of
from routes.records import keyed, read_toml, require_dates, require_known, require_texts, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from routes.route import Route


@dataclass(frozen=True, eq=False)
class Register:
    """
    What governs a study's lines, and what is built on them.

    Attributes
    ----------
    instruments, provisions, works
        By id, in the order of the files.
    positions
        Topics on which the parties differ.
    events
        Dated events.
    after_facts
        What was not known when the facts ended, one sentence; empty where nothing is said.
    """

    instruments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    provisions: Mapping[str, Provision] = field(default_factory=dict)
    positions: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    works: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    after_facts: str = ""

    @classmethod
    def read(cls, path: Path, works: Iterable[dict[str, Any]] = ()) -> Register:
        """
        Read a study's register.

        Parameters
        ----------
        path
            File of instruments, provisions, positions and events.
        works
            Records of works, as the works file states them.

        Returns
        -------
        register
            The register. That what it names exists is left to `check_names`.

        Raises
        ------
        DataError
            A record is broken; the message names file and id.
        """
        content, name = read_toml(path), path.name
        instruments = keyed(content.get("instruments", []), where=f"{name}: instrument")
        for id_, row in instruments.items():
            check_instrument(row, where=f"{name}: instrument {id_}")
        rows = keyed(content.get("provisions", []), where=f"{name}: provision")
        provisions = {
            id_: read_provision(row, instruments, where=f"{name}: provision {id_}") for id_, row in rows.items()
        }
        positions = keyed(content.get("positions", []), where=f"{name}: position")
        for id_, row in positions.items():
            where = f"{name}: position {id_}"
            require_texts(row, ["topic"], where=where)
            require_known(texts(row, "provisions", where=where), provisions, what="provision", where=where)
            check_sources(row, where=where)
        events = content.get("events", [])
        for number, row in enumerate(events, start=1):
            where = f"{name}: event number {number}"
            require_texts(row, ["date", "event"], where=where)
            require_dates(row, ["date", "date_end"], where=where)
            check_sources(row, where=where)
        return cls(
            instruments=instruments,
            provisions=provisions,
            positions=tuple(positions.values()),
            events=tuple(events),
            works={id_: _work(row, where=f"work {id_}") for id_, row in keyed(works, where="work").items()},
            after_facts=str(content.get("after_facts", "")),
        )

    def check_names(self, known: Mapping[str, Collection[str]]) -> None:
        """
        Refuse a register that names what its study does not state.

        Parameters
        ----------
        known
            What the study states, by `territory`, `stretch`, `crossing`, `candidate` and `source`; a kind that is
            left out is not checked.

        Raises
        ------
        DataError
            A name that is not among them; the message says in which record.
        """
        for id_, provision in self.provisions.items():
            for rule in provision.rules:
                for kind in set(RULE_KEYS) & set(known):
                    where = f"a rule of the provision {id_}"
                    require_known(sorted(getattr(rule, kind)), known[kind], what=kind, where=where)
        for id_, work in self.works.items():
            for kind, name in (("territory", "territory"), ("stretch", "stretches"), ("candidate", "candidates")):
                if kind in known:
                    require_known(work.get(name, ()), known[kind], what=kind, where=f"the work {id_}")
        if "source" in known:
            records = [*self.instruments.values(), *self.provisions.values(), *self.positions, *self.works.values()]
            for row in (*records, *self.events):
                where = f"the record {row.get('id') or row['event']!r}"
                require_known(sources_of(row), known["source"], what="source", where=where)

    # -- from the ground to the register ---------------------------------------------------------------------------

    def provisions_of_segment(self, **facts: str | None) -> tuple[str, ...]:
        """
        Say which provisions govern a piece of line.

        Parameters
        ----------
        **facts
            territory, status, stretch, mode, candidate; see `Rule.matches`.

        Returns
        -------
        ids
            Ids of provisions, in the register's order.
        """
        return tuple(id_ for id_, p in self.provisions.items() if any(rule.matches(**facts) for rule in p.rules))

    def provisions_of_crossing(self, crossing: str, route: Route) -> tuple[str, ...]:
        """
        Say which provisions govern a crossing on a route.

        Parameters
        ----------
        crossing
            Id of a declared crossing; nothing governs one that the study does not declare.
        route
            The route that passes it: a rule may hold for some candidates or modes only.

        Returns
        -------
        ids
            Ids of provisions, in the register's order.
        """
        return self.provisions_of_segment(crossing=crossing, mode=route.mode, candidate=_candidate(route))

    def works_of(self, route: Route) -> list[str]:
        """
        Say which works touch a route.

        Parameters
        ----------
        route
            A route.

        Returns
        -------
        ids
            Ids, in the register's order, of the works that lie on one of its stretches or name its candidate. A work
            of another mode (gas, power, fibre) that names neither stretches nor candidates touches every route
            through its territories, and so does one that names no stretch for a route that is no candidate.
        """
        by_stretch = {id_ for ids in works_of_edges(route) for id_ in ids}
        candidate, territories = _candidate(route), set(route.territory)

        def touches(id_: str, work: Mapping[str, Any]) -> bool:
            if id_ in by_stretch or candidate in work.get("candidates", ()):
                return True
            placed = bool(work["stretches"]) or (candidate is not None and "candidates" in work)
            return not placed and not set(work["modes"]) <= set(MODES) and bool(territories & set(work["territory"]))

        return [id_ for id_, work in self.works.items() if touches(id_, work)]

    # -- from the register to the ground ---------------------------------------------------------------------------

    def segments_of(self, provision: str, routes: Sequence[Route]) -> list[dict[str, Any]]:
        """
        Say where a provision holds.

        Parameters
        ----------
        provision
            Its id.
        routes
            Routes to look through.

        Returns
        -------
        places
            For each route that it touches: `route` and `title`, `segments` (their ids), `length_m`, and `crossings`
            (ids; a crossing has no length).

        Raises
        ------
        NotFoundError
            There is no such provision.
        """
        if provision not in self.provisions:
            message = f"there is no provision {provision!r} in the register; `/provisions` lists them"
            raise NotFoundError(message)
        places = []
        for route in routes:
            held = np.fromiter((provision in ids for ids in route.provision_ids), dtype=bool)
            crossings = [c["id"] for c in route.crossings if provision in c["provisions"]]
            if not held.any() and not crossings:
                continue
            segments = route.segments
            places.append(
                {
                    "route": route.id,
                    "title": route.title,
                    "segments": [
                        s for s, ids in zip(segments["id"], segments["provisions"], strict=True) if provision in ids
                    ],
                    "length_m": fsum(route.length_m[held]),
                    "crossings": crossings,
                }
            )
        return places


def provisions_of(route: Route) -> list[dict[str, Any]]:
    """
    List the provisions that govern a route.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    provisions
        For each, in the register's order: `id`, `length_m` (of the edges that it governs; 0 where it governs only
        crossings) and `crossings` (ids).
    """
    lengths: dict[str, list[float]] = {}
    for ids, length_m in zip(route.provision_ids, route.length_m, strict=True):
        for id_ in ids:
            lengths.setdefault(id_, []).append(float(length_m))
    crossings: dict[str, list[str]] = {}
    for crossing in route.crossings:
        for id_ in crossing["provisions"]:
            crossings.setdefault(id_, []).append(crossing["id"])
    return [
        {"id": id_, "length_m": fsum(lengths.get(id_, ())), "crossings": crossings.get(id_, [])}
        for id_ in route.study.register.provisions
        if id_ in lengths or id_ in crossings
    ]


def provisions_of_edges(route: Route) -> list[tuple[str, ...]]:
    """
    Say which provisions govern each edge of a route.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    ids
        For each edge the ids of its provisions, in the register's order. Rules on crossings take no part.
    """
    register, candidate = route.study.register, _candidate(route)

    def govern(territory: str, status: str, stretch: str) -> tuple[str, ...]:
        return register.provisions_of_segment(
            territory=territory, status=status, stretch=stretch, mode=route.mode, candidate=candidate
        )

    return _by_combination(govern, route.territory, route.status, route.stretch)


def works_of_edges(route: Route) -> list[tuple[str, ...]]:
    """
    Say which works lie on each edge of a route: those that name its stretch (and, where they do, its territory).

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    ids
        For each edge the ids of its works, in the register's order.
    """
    works = {id_: work for id_, work in route.study.register.works.items() if route.mode in work["modes"]}

    def lie(territory: str, stretch: str) -> tuple[str, ...]:
        return tuple(
            id_
            for id_, work in works.items()
            if stretch in work["stretches"] and (not work["territory"] or territory in work["territory"])
        )

    return _by_combination(lie, route.territory, route.stretch)


def _candidate(route: Route) -> str | None:
    return None if route.candidate is None else route.candidate.id


def _by_combination(answer: Callable[..., tuple[str, ...]], *columns: NDArray[np.object_]) -> list[tuple[str, ...]]:
    """Answer once for each combination of words: a route has thousands of edges but few combinations."""
    keys = list(zip(*columns, strict=True))
    answers = {key: answer(*key) for key in dict.fromkeys(keys)}
    return [answers[key] for key in keys]


def _work(row: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Check a work, and give it the lists that it leaves out; without `candidates` it touches by territory."""
    require_texts(row, ["title", "status", "last_seen"], where=where)
    require_dates(row, ["status_date", "last_seen"], where=where)
    check_sources(row, where=where)
    texts(row, "candidates", where=where)
    lists = {name: list(texts(row, name, where=where)) for name in ("modes", "territory", "stretches")}
    require_known(lists["modes"], SUBJECTS, what="mode", where=where)
    return {**row, **lists}

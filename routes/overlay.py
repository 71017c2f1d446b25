"""A scenario laid over a network: the columns that it changes, every other one shared with the network as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError, NotFoundError
from geo.network import STATUSES
from geo.tags import RAIL_CLASSES, ROAD_CLASSES
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.ground import Ground
    from routes.model import Crossing
    from routes.opening import Opening
    from routes.scenario import Addition, Scenario, Upgrade
    from routes.study import Study

_OPEN = STATUSES.index("open")
_CLASSES = ROAD_CLASSES | RAIL_CLASSES | {"road"}


@dataclass(frozen=True, eq=False)
class Overlay:
    """
    What a scenario makes of a network.

    Attributes
    ----------
    scenario
        What was asked.
    network
        The network with the statuses, classes and signed speeds that the scenario gives; all other columns are the
        very arrays of the network that it lies over.
    closed
        True for each edge that may not be used.
    crossings
        The study's crossings, with the statuses that the scenario gives.
    barred
        Ids of the crossings that it closes.
    opened
        True for each edge of a proposed link that it opens.
    changes
        What it did, one record each: what (open, close, upgrade, add), name; work, its year and whether that is
        announced (None where the scenario itself asked for it); length_m (of the edges that changed), crossings, note
        (None, or why nothing changed).
    """

    scenario: Scenario
    network: Network
    closed: NDArray[np.bool_]
    crossings: Mapping[str, Crossing]
    barred: frozenset[str]
    opened: NDArray[np.bool_]
    changes: tuple[dict[str, Any], ...]


def works_by(study: Study, scenario: Scenario) -> list[Opening]:
    """
    List the works that are open in a scenario.

    Parameters
    ----------
    study
        States the works.
    scenario
        Says as of when.

    Returns
    -------
    openings
        In the order of their years.
    """
    day = scenario.as_of
    if day is None:
        return []
    done = [opening for opening in study.openings if opening.is_open(day, scenario.case)]
    return sorted(done, key=lambda opening: opening.year(scenario.case))


def additions(study: Study, scenario: Scenario) -> tuple[Addition, ...]:
    """
    List the lines that a scenario adds.

    Parameters
    ----------
    study
        States the works.
    scenario
        What is asked.

    Returns
    -------
    additions
        Those of the works that are open, then its own.
    """
    return (*(addition for opening in works_by(study, scenario) for addition in opening.adds), *scenario.add)


def check_scenario(scenario: Scenario, study: Study, network: Network) -> None:
    """
    Refuse a scenario that a study and a network cannot answer.

    Parameters
    ----------
    scenario
        What is asked.
    study
        States what it may name.
    network
        Its date bounds the day.

    Raises
    ------
    InputError
        It is as of a day before the facts or the data, names a class that no edge can have, or an edge that is not
        there.
    NotFoundError
        It names what the study does not state.
    """
    day = None if scenario.as_of is None else scenario.as_of.isoformat()
    begins = {"the facts of the study, which end on": study.facts_until, "the network's data of": network.data_date}
    for what, begin in begins.items():
        if day is not None and begin and day < begin:
            message = f"a scenario as of {day} lies before {what} {begin}; ask for a later date"
            raise InputError(message)
    new = {addition.id for addition in additions(study, scenario)}
    for name in (*scenario.close, *scenario.open, *(upgrade.target for upgrade in scenario.upgrade)):
        _require_known(name, study, network, new)
    for upgrade in scenario.upgrade:
        if upgrade.target in study.crossings and upgrade.target not in study.stretches:
            message = f"{upgrade.target!r} is a crossing, which has no class or speed; upgrade a stretch"
            raise InputError(message)
    for class_ in (*(upgrade.class_ for upgrade in scenario.upgrade), *(added.class_ for added in scenario.add)):
        if class_ and class_ not in _CLASSES:
            message = f"{class_!r} is no class of a road or a railway; give one such as motorway, trunk or rail"
            raise InputError(message)


def _require_known(name: str, study: Study, network: Network, added: Collection[str]) -> None:
    kind, _, rest = name.partition(":")
    if rest and kind in {"way", "edge"}:
        if not rest.isdecimal():
            message = f"{name!r} must give a number: way:ID is an OSM way, edge:ROW a row of the network"
            raise InputError(message)
        if kind == "edge" and int(rest) >= network.edge_count:
            message = f"there is no {name!r}: the network has the edges 0 to {network.edge_count - 1}"
            raise NotFoundError(message)
        if kind == "way" and not bool((network.way_id == int(rest)).any()):
            message = f"the network has no edge of the OSM way {rest}"
            raise NotFoundError(message)
        return
    known = {
        "stretch": set(study.stretches),
        "crossing": set(study.crossings),
        "": {*study.stretches, *study.crossings, *study.links, *added},
    }
    if (rest or name) not in known.get(kind if rest else "", set()):
        message = (
            f"the scenario names {name!r}, which is no stretch, crossing or link of the study {study.id}; "
            f"a stretch is, for example, {next(iter(study.stretches), 'way:ID')!r}"
        )
        raise NotFoundError(message)


def lay(ground: Ground, scenario: Scenario) -> Overlay:
    """
    Lay a scenario over a ground.

    Parameters
    ----------
    ground
        A study on a network, without a scenario.
    scenario
        Checked by `check_scenario`.

    Returns
    -------
    overlay
        Works come first, in the order of their years; then what the scenario itself opens and upgrades; what it
        closes stays closed.
    """
    work = _Work(ground, scenario)
    for opening in works_by(ground.study, scenario):
        work.open_work(opening)
    for name in scenario.open:
        work.open_named(name)
    for upgrade in scenario.upgrade:
        work.upgrade(upgrade)
    for name in scenario.close:
        work.close(name)
    for addition in scenario.add:
        work.note("add", addition.id, work.rows(addition.id))
    return work.overlay()


class _Work:
    """The columns while they change."""

    def __init__(self, ground: Ground, scenario: Scenario) -> None:
        self.ground, self.scenario = ground, scenario
        network = ground.network
        self.status = network.status.copy()
        self.closed = np.zeros(network.edge_count, dtype=bool)
        self.opened = np.zeros(network.edge_count, dtype=bool)
        self.crossings: dict[str, Crossing] = dict(ground.study.crossings)
        self.barred: set[str] = set()
        self.texts: dict[str, dict[int, str]] = {"class": {}, "maxspeed": {}}
        self.changes: list[dict[str, Any]] = []

    def rows(self, name: str) -> NDArray[np.intp]:
        """Give the edges that a name stands for; none for a crossing."""
        network, study = self.ground.network, self.ground.study
        kind, _, rest = name.partition(":")
        if kind == "edge" and rest:
            return np.array([int(rest)], dtype=np.intp)
        if kind == "way" and rest:
            return np.flatnonzero(network.way_id == int(rest))
        if kind == "crossing" and rest:
            return np.empty(0, dtype=np.intp)
        plain = rest or name
        return self.ground.edges_of(plain) if plain in study.stretches else self.ground.edges_of_link(plain)

    def crossing(self, name: str) -> str | None:
        kind, _, rest = name.partition(":")
        plain = rest if kind == "crossing" else name
        return plain if plain in self.crossings else None

    def open_work(self, opening: Opening) -> None:
        rows = self.ground.opened_by(opening)
        metres = self._open(rows)
        for crossing in opening.crossings:
            self._open_crossing(crossing, f"Open by the end of {opening.year(self.scenario.case)}: {opening.basis}")
        for upgrade in opening.upgrades:
            self._better(self.ground.within(self.rows(upgrade.target), opening.territory), upgrade)
        for addition in opening.adds:
            rows = np.concatenate((rows, self.rows(addition.id)))
            metres += self._open(self.rows(addition.id))
        note = None
        if opening.upgrades:
            better = ", ".join(dict.fromkeys(u.target for u in opening.upgrades))
            note = f"better: {better}; length and climb stay those of the network"
        elif not metres and not opening.crossings:
            note = self._unchanged(opening, rows)
        self.changes.append(
            {
                "what": "open",
                "name": opening.title,
                "work": opening.work,
                "year": opening.year(self.scenario.case),
                "announced": opening.announced,
                "length_m": metres,
                "crossings": list(opening.crossings),
                "note": note,
            }
        )

    def _unchanged(self, opening: Opening, rows: NDArray[np.intp]) -> str:
        if not (opening.stretches or opening.links or opening.adds):
            return "lies on no stretch of the study"
        return "open on this network already" if len(rows) else "not found on this network"

    def open_named(self, name: str) -> None:
        rows = self.rows(name)
        self.note("open", name, rows, self._open(rows))
        if crossing := self.crossing(name):
            self._open_crossing(crossing, "Open in the scenario.")

    def close(self, name: str) -> None:
        rows = self.rows(name)
        self.closed[rows] = True
        self.note("close", name, rows)
        if crossing := self.crossing(name):
            self.barred.add(crossing)
            before = self.crossings[crossing]
            self.crossings[crossing] = replace(before, status="closed", note=f"Closed in the scenario. {before.note}")

    def upgrade(self, upgrade: Upgrade) -> None:
        rows = self.rows(upgrade.target)
        self._better(rows, upgrade)
        self.note("upgrade", upgrade.target, rows)

    def note(self, what: str, name: str, rows: NDArray[np.intp], length_m: float | None = None) -> None:
        crossing = None if what in {"upgrade", "add"} else self.crossing(name)
        total = float(self.ground.network.length_m[rows].sum()) if length_m is None else length_m
        note = None if len(rows) or crossing else "not found on this network"
        record = {"what": what, "name": name, "work": None, "year": None, "announced": None, "length_m": total}
        self.changes.append({**record, "crossings": [crossing] if crossing else [], "note": note})

    def _open(self, rows: NDArray[np.intp]) -> float:
        """Open edges; give the metres that were not open before."""
        fresh = rows[self.status[rows] != _OPEN]
        self.status[fresh] = _OPEN
        self.opened[rows] |= self.ground.link[rows] != ""
        return float(self.ground.network.length_m[fresh].sum())

    def _open_crossing(self, name: str, note: str) -> None:
        before = self.crossings[name]
        self.crossings[name] = replace(before, status="open", note=f"{note} {before.note}".strip())

    def _better(self, rows: NDArray[np.intp], upgrade: Upgrade) -> None:
        for row in rows.tolist():
            if upgrade.class_:
                self.texts["class"][row] = upgrade.class_
            if upgrade.maxspeed_kmh is not None:
                self.texts["maxspeed"][row] = f"{upgrade.maxspeed_kmh:g}"

    def overlay(self) -> Overlay:
        network = self.ground.network
        text = dict(network.text)
        for name, changed in self.texts.items():
            if changed:
                text[name] = _with(text[name], changed)
        same = np.array_equal(self.status, network.status)
        return Overlay(
            scenario=self.scenario,
            network=replace(network, status=network.status if same else self.status, text=text),
            closed=self.closed,
            crossings=self.crossings,
            barred=frozenset(self.barred),
            opened=self.opened,
            changes=tuple(self.changes),
        )


def _with(column: Words, changed: Mapping[int, str]) -> Words:
    """Give a text column with some rows changed."""
    words = tuple(sorted({*column.words, *changed.values()}))
    index = {word: code for code, word in enumerate(words)}
    codes = np.array([index[word] for word in column.words], dtype=np.int32)[column.codes]
    codes[list(changed)] = [index[word] for word in changed.values()]
    return Words(codes, words)

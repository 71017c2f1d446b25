"""When works open, and what they open: stretches, crossings, better lines; and when a route first becomes whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import DataError
from routes.provision import sources_of
from routes.records import require_known, require_texts, texts
from routes.scenario import CASES, Addition, Upgrade

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from routes.route import Route

_OPENS = ("stretches", "links")


@dataclass(frozen=True)
class Opening:
    """
    The stated opening of a work.

    Attributes
    ----------
    work, title
        Which work.
    years
        Low, central and high year; the work counts as open from the end of that year.
    announced
        True where those who build it gave the central year; else it is an assumption of the study, see `basis`.
    basis
        What each of the three years rests on, in words.
    sources
        Ids of sources.
    territory
        Its stretches are its own only in these territories; empty: everywhere.
    stretches, links, crossings
        What becomes open.
    crossings_basis
        Why its crossings are taken to open with it.
    upgrades
        Lines that become better, with what that rests on.
    adds
        Lines that come into being.
    """

    work: str
    title: str
    years: tuple[int, int, int]
    announced: bool
    basis: str
    sources: tuple[str, ...]
    territory: tuple[str, ...] = ()
    stretches: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    crossings: tuple[str, ...] = ()
    crossings_basis: str = ""
    upgrades: tuple[Upgrade, ...] = ()
    adds: tuple[Addition, ...] = ()

    def year(self, case: str) -> int:
        """
        Give its year.

        Parameters
        ----------
        case
            low, central or high.

        Returns
        -------
        year
            At the end of which it is open.
        """
        return self.years[CASES.index(case)]

    def is_open(self, as_of: date, case: str) -> bool:
        """
        Say whether it is open.

        Parameters
        ----------
        as_of
            The day.
        case
            Which of its years counts.

        Returns
        -------
        open
            True from the last day of that year on.
        """
        return date(self.year(case), 12, 31) <= as_of


def read_openings(works: Iterable[Mapping[str, Any]], known: Mapping[str, Collection[str]]) -> tuple[Opening, ...]:
    """
    Read the openings of a study's works.

    Parameters
    ----------
    works
        Records of works; those without an `opening` have none that is known.
    known
        What they may name: stretches, links, crossings and places.

    Returns
    -------
    openings
        In the file's order.

    Raises
    ------
    DataError
        An opening is broken; the sentence says of which work.
    """
    return tuple(_opening(work, work["opening"], known) for work in works if "opening" in work)


def _opening(work: Mapping[str, Any], row: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> Opening:
    where = f"the opening of the work {work['id']}"
    years = tuple(row.get(case) for case in CASES)
    if not all(isinstance(year, int) for year in years) or list(years) != sorted(years):  # type: ignore[type-var]
        message = f"{where} has the years {years}; give low, central and high in ascending order"
        raise DataError(message)
    if not isinstance(row.get("announced"), bool):
        message = f"{where} must say whether it is announced: true or false"
        raise DataError(message)
    require_texts(row, ["basis"], where=where)
    names = {kind: texts(row, kind, where=where) for kind in (*_OPENS, "crossings")}
    for kind, values in names.items():
        require_known(values, known[kind], what=kind, where=where)
    if names["crossings"]:
        require_texts(row, ["crossings_basis"], where=where)
    upgrades = [_upgrade(entry, known, f"an upgrade in {where}") for entry in row.get("upgrades", ())]
    return Opening(
        work=work["id"],
        title=work["title"],
        years=years,  # type: ignore[arg-type]
        announced=row["announced"],
        basis=row["basis"],
        sources=tuple(sources_of(row)),
        territory=tuple(work.get("territory", ())),
        crossings_basis=row.get("crossings_basis", ""),
        upgrades=tuple(upgrade for entry in upgrades for upgrade in entry),
        adds=tuple(_addition(entry, known, f"an addition in {where}") for entry in row.get("adds", ())),
        **names,
    )


def _upgrade(row: Mapping[str, Any], known: Mapping[str, Collection[str]], where: str) -> list[Upgrade]:
    require_texts(row, ["basis"], where=where)
    names = texts(row, "stretches", where=where)
    require_known(names, known["stretches"], what="stretch", where=where)
    if not names or not {"class", "maxspeed_kmh"} & set(row):
        message = f"{where} must name stretches, and a class or maxspeed_kmh"
        raise DataError(message)
    return [Upgrade(name, row.get("class"), row.get("maxspeed_kmh")) for name in names]


def _addition(row: Mapping[str, Any], known: Mapping[str, Collection[str]], where: str) -> Addition:
    require_texts(row, ["id", "mode", "from", "to", "title", "basis"], where=where)
    require_known([row["from"], row["to"]], known["places"], what="place", where=where)
    line = (row.get("class"), row.get("maxspeed_kmh"), row.get("length_km"), row["title"])
    return Addition(row["id"], row["mode"], row["from"], row["to"], *line, tuple(sources_of({"dates": [row]})))


def whole_year(route: Route) -> tuple[dict[str, int] | None, str | None]:
    """
    Find the year at whose end a route first becomes whole: every edge and every crossing open.

    Parameters
    ----------
    route
        A resolved route. A scenario that it was found under takes no part: what counts is what the network and the
        study show, and the openings that the study's works state.

    Returns
    -------
    year
        By case, low, central and high: the latest of the earliest openings of its parts, and no earlier than the
        year of the facts, which it is where all is open already. None where a part has no stated opening.
    reason
        Why it is None: what has none.
    """
    closed = route.network_status != "open"
    unstated = [f"{metres / 1000:.1f} km of {name}" for name, metres in _unstated(route, closed).items()]
    years = [route.opens[closed]] if closed.any() else []
    for crossing in route.crossings:
        declared = route.study.crossings.get(crossing["id"])
        status = declared.status if declared else "not known"
        found = [opening.years for opening in route.study.openings if crossing["id"] in opening.crossings]
        if status == "open":
            continue
        if found:
            years.append(np.min(np.array(found, dtype=np.float64), axis=0)[None, :])
        else:
            unstated.append(f"the crossing {crossing['title']} ({status})")
    if unstated:
        return None, f"not known: no opening is stated for {'; '.join(unstated)}"
    first = int(route.study.facts_until[:4])
    latest = np.max(np.vstack([np.full((1, 3), first), *years]), axis=0)
    return dict(zip(CASES, (int(year) for year in latest), strict=True)), None


def _unstated(route: Route, closed: Any) -> dict[str, float]:  # noqa: ANN401  (a mask)
    """Sum the metres that are not open and have no stated opening, by stretch or link."""
    rows = np.flatnonzero(closed & np.isnan(route.opens[:, 0]))
    found: dict[str, float] = {}
    for row in rows:
        name = str(route.stretch[row] or route.link[row] or "no stretch")
        found[name] = found.get(name, 0.0) + float(route.length_m[row])
    return found

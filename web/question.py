"""What a page is asked to show: the one reading of its query string, for pages, the API and the links between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from geo.errors import InputError
from routes.query import Query
from routes.scenario import Scenario
from web.escape import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from routes.study import Study

MODES = ("road", "rail")
MOST_WAYS = 5
OTHER = "vs"
"""What the parameters of the state that a page compares with begin with; the parameter of that name switches it on."""

_RULES = ("avoid", "require", "cap", "avoid_border", "price", "through", "status", "forbid_class")


@dataclass(frozen=True)
class Situation:
    """
    Under which circumstances a question is asked.

    Attributes
    ----------
    scenario
        Id of a scenario that the study states, or the text of one; empty for none.
    as_of, case
        A date, and which year of the openings counts; empty for none.
    close
        What the reader has closed as well: stretches, crossings, links, way:ID.
    """

    scenario: str = ""
    as_of: str = ""
    case: str = ""
    close: tuple[str, ...] = ()

    def resolve(self, study: Study) -> Scenario | None:
        """
        Make the scenario.

        Parameters
        ----------
        study
            States the scenarios that may be named.

        Returns
        -------
        scenario
            None where nothing differs from the network and the facts as they are.

        Raises
        ------
        InputError, NotFoundError
            A part that cannot be read, or that contradicts another.
        """
        asked = study.asked(self.scenario or None, self.as_of or None, self.case or None)
        if not self.close:
            return asked
        stated = asked or Scenario()
        # A title would hide what the reader has closed: the label then lists it all.
        return replace(stated, id="", title="", note="", close=tuple(dict.fromkeys((*stated.close, *self.close))))

    def settled(self, study: Study) -> Situation:
        """
        Leave out the case where there is no date for it: on a page a reader may choose either first.

        Parameters
        ----------
        study
            States the scenarios that may be named.

        Returns
        -------
        situation
            The same where it has a date, its scenario's included.

        Raises
        ------
        InputError, NotFoundError
            Its scenario cannot be read.
        """
        dated = self.as_of or (self.scenario and study.scenario(self.scenario).as_of)
        return self if dated else replace(self, case="")

    def pairs(self, prefix: str = "") -> list[tuple[str, str]]:
        """
        Write it as parameters.

        Parameters
        ----------
        prefix
            Goes before each name.

        Returns
        -------
        pairs
            Names and values; none for what is empty.
        """
        found = {"scenario": self.scenario, "as_of": self.as_of, "case": self.case, "close": ",".join(self.close)}
        return [(prefix + name, value) for name, value in found.items() if value]


@dataclass(frozen=True)
class Question:
    """
    What a page is asked.

    Attributes
    ----------
    here
        The circumstances.
    other
        Those that the page compares with; None where it does not.
    query
        From where to where; None where nothing is asked.
    ways
        How many distinct ways to find.
    """

    here: Situation
    other: Situation | None
    query: Query | None
    ways: int

    @property
    def key(self) -> str:
        """The question as a query string: equal for equal questions."""
        pairs = self.here.pairs()
        if self.other is not None:
            pairs += [(OTHER, "1"), *self.other.pairs(f"{OTHER}_")]
        return urlencode(pairs + self.journey, safe=",:")

    @property
    def journey(self) -> list[tuple[str, str]]:
        """The parameters of the query alone."""
        query = self.query
        if query is None:
            return []
        given = {"from": query.origin, "to": query.destination, "mode": query.mode, "vehicle": query.vehicle or ""}
        given |= {"cost": "" if query.cost == "distance" else query.cost}
        given |= {name: ",".join(getattr(query, "statuses" if name == "status" else name)) for name in _RULES}
        given |= {"alternatives": "" if self.ways == 1 else str(self.ways)}
        return [(name, value) for name, value in given.items() if value]


def read(args: MultiDict[str, str]) -> Question:
    """
    Read a query string.

    Parameters
    ----------
    args
        Its parameters.

    Returns
    -------
    question
        Names are not looked up yet.

    Raises
    ------
    InputError
        A number that is none, or a mode that does not exist.
    """
    other = _situation(args, f"{OTHER}_") if args.get(OTHER) else None
    origin, destination = (args.get(name, "").strip() for name in ("from", "to"))
    ways = _ways(args.get("alternatives", ""))
    query = read_query(args) if origin and destination else None
    return Question(_situation(args), other, query, ways)


def _situation(args: MultiDict[str, str], prefix: str = "") -> Situation:
    texts = {name: args.get(prefix + name, "").strip() for name in ("scenario", "as_of", "case")}
    return Situation(**texts, close=listed(args, f"{prefix}close"))


def read_query(args: MultiDict[str, str]) -> Query:
    """
    Read from where to where, by what rules.

    Parameters
    ----------
    args
        Parameters of a query string; the circumstances are left to `Situation`.

    Returns
    -------
    query
        As the command line would put it.

    Raises
    ------
    InputError
        Origin or destination is missing, or there is no such mode.
    """
    origin, destination = (args.get(name, "").strip() for name in ("from", "to"))
    if not origin or not destination:
        message = "a plan needs `from` and `to`, each a place of this study or lon,lat in degrees"
        raise InputError(message)
    mode = args.get("mode") or MODES[0]
    if mode not in MODES:
        message = f"there is no mode {plain(mode)!r}; it must be {' or '.join(MODES)}"
        raise InputError(message)
    return Query(
        origin,
        destination,
        mode,
        avoid=listed(args, "avoid"),
        require=listed(args, "require"),
        cap=listed(args, "cap"),
        avoid_border=listed(args, "avoid_border"),
        price=listed(args, "price"),
        through=listed(args, "through"),
        statuses=listed(args, "status"),
        forbid_class=listed(args, "forbid_class"),
        cost=args.get("cost", "").strip() or "distance",
        vehicle=args.get("vehicle", "").strip() or None,
    )


def listed(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """
    Read a parameter that may be repeated, or list several values with commas.

    Parameters
    ----------
    args
        Parameters of a query string.
    name
        Which.

    Returns
    -------
    values
        Each once, in order.
    """
    values = (part.strip() for value in args.getlist(name) for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, values)))


def _ways(text: str) -> int:
    if not text.strip():
        return 1
    if not text.strip().isdecimal() or not 1 <= int(text) <= MOST_WAYS:
        message = f"{plain(text)!r} alternatives cannot be found; ask for 1 to {MOST_WAYS}"
        raise InputError(message)
    return int(text)


def hidden(args: Mapping[str, str]) -> frozenset[str]:
    """
    Read what the legend leaves out.

    Parameters
    ----------
    args
        Parameters of a query string; `hide` lists modes, statuses and territories.

    Returns
    -------
    hidden
        Their keys.
    """
    return frozenset(part.strip() for part in args.get("hide", "").split(",") if part.strip())

"""A study: a folder that states one corridor question, opened and checked once at the door."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import DataError, InputError, NotFoundError
from geo.territory import BoundarySet
from routes.compiled import compiled
from routes.declared import read_candidates, read_crossings, read_links, read_stretches, read_vehicles
from routes.ground import Ground
from routes.opening import Opening, read_openings
from routes.permit import CLASSES, USABLE, Permit
from routes.places import find_place, read_places
from routes.records import keyed, read_toml, require_texts
from routes.register import Register
from routes.scenario import Scenario, parse_scenario, read_day, read_scenarios

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.network import Network
    from geo.relief import Relief
    from routes.model import Candidate, Crossing, Link, Place, Stretch, Vehicle
    from routes.route import Route

STUDIES = Path(__file__).resolve().parent.parent / "data"
_KEPT = 4  # networks that stay prepared: each holds as much again as the network itself


class Study:
    """
    One corridor question.

    Parameters
    ----------
    folder
        Holds study.toml and the files that it names.

    Attributes
    ----------
    id, title, facts_until
        What is studied, and the day on which its facts end.
    area
        West, south, east, north in degrees.
    extracts
        OpenStreetMap extracts that hold the area: id, title, publisher, url, licence.
    places, crossings, stretches, links, candidates, vehicles
        What the study states, by id.
    works, lengths, standing
        Works, published lengths and the candidates' standing, as the works file states them.
    register
        Instruments and provisions.
    sources
        By id.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._raw = read_toml(folder / "study.toml")
        try:
            self.id: str = self._raw["id"]
            self.title: str = self._raw["title"]
            self.facts_until: str = str(self._raw["facts_until"])
            west, south, east, north = (float(value) for value in self._raw["area"])
            if not (west < east and south < north):
                raise ValueError(self._raw["area"])  # noqa: TRY301  (said below)
        except (KeyError, TypeError, ValueError) as error:
            message = (
                f"{folder / 'study.toml'} lacks a valid entry {error}; "
                "it needs id, title, facts_until and area = [west, south, east, north]"
            )
            raise DataError(message) from None
        self.area = (west, south, east, north)
        self.extracts: list[dict[str, str]] = self._raw.get("extracts", [])
        for extract in self.extracts:
            require_texts(extract, ["id", "url"], where=f"study.toml: extract {extract.get('id', '')}".rstrip())
        self.sources: dict[str, dict[str, Any]] = _with_aliases(
            keyed(
                self._table("sources").get("sources", []), where=f"{self._raw.get('sources', 'sources.toml')}, source"
            )
        )
        self.places: dict[str, Place] = read_places(folder / self._raw.get("places", "places.csv"))
        works = self._table("works")
        self.works: list[dict[str, Any]] = works.get("works", [])
        self.lengths: list[dict[str, Any]] = works.get("lengths", [])
        self.standing: dict[str, dict[str, Any]] = works.get("standing", {})
        self.register = Register.read(folder / self._raw.get("provisions", "provisions.toml"), self.works)
        self.vehicles: dict[str, Vehicle] = read_vehicles(self._raw)
        self.stretches: dict[str, Stretch] = read_stretches(self._raw, self.places)
        self._grounds: dict[int, tuple[Network, Ground]] = {}  # the network is held, so that its id stays its own

    @classmethod
    def open(cls, name: str | Path) -> Study:
        """
        Open a study.

        Parameters
        ----------
        name
            Name of a built-in study, such as nakhchivan, or the path of a study folder.

        Returns
        -------
        study
            Checked.

        Raises
        ------
        NotFoundError
            There is no such study.
        DataError
            A file of it is missing or broken; the sentence says which, and where.
        """
        for folder in (Path(name), STUDIES / str(name)):
            if (folder / "study.toml").is_file():
                study = cls(folder.resolve())
                study._check()
                return study
        built_in = ", ".join(sorted(p.parent.name for p in STUDIES.glob("*/study.toml")))
        message = f"there is no study {str(name)!r}; give the path of a study folder or one of: {built_in}"
        raise NotFoundError(message)

    def __repr__(self) -> str:
        """Name the study in one line."""
        return f"Study({self.id!r}, {len(self.candidates)} candidates)"

    def _check(self) -> None:
        """Refuse a study whose parts name what is not there: at the door, not on the first page view."""
        self.register.check_names(
            {
                "territory": self.boundaries().territories,
                "stretch": self.stretches,
                "crossing": self.crossings,
                "candidate": self.candidates,
                "source": self.sources,
            }
        )
        _ = self.openings, self.scenarios, self.references

    def _table(self, name: str) -> dict[str, Any]:
        return read_toml(self.folder / self._raw.get(name, f"{name}.toml"))

    # -- what depends on boundaries ------------------------------------------------------------------------------

    @cached_property
    def _boundaries(self) -> BoundarySet:
        return BoundarySet.read(self.folder / self._raw.get("boundaries", "boundaries.geojson"))

    def boundaries(self) -> BoundarySet:
        """
        Give the study's own boundary set.

        Returns
        -------
        boundaries
            Read once.
        """
        return self._boundaries

    def relief(self) -> Relief | None:
        """
        Give the study's own relief.

        Returns
        -------
        relief
            Opened, nothing but its header read; None where the study has none.
        """
        path = self.folder / self._raw.get("relief", "relief.tif")
        if not path.is_file():
            return None
        from geo.relief import Relief  # noqa: PLC0415  (rasters are read only where there is relief)

        return Relief.open([path], source=self._raw.get("relief_source"))

    @cached_property
    def crossings(self) -> dict[str, Crossing]:
        """Declared crossings by id."""
        return read_crossings(self._raw, self.places, self._boundaries)

    @cached_property
    def links(self) -> dict[str, Link]:
        """Proposed links by id."""
        return read_links(self._raw, self.places, self._boundaries)

    @cached_property
    def candidates(self) -> dict[str, Candidate]:
        """Candidates by id, in the study's order."""
        return read_candidates(self._raw, self.stretches, self.crossings, self.links, self.standing)

    @cached_property
    def references(self) -> dict[str, Candidate]:
        """Ways for comparison alone, by id: `routes` leaves them out, `route` finds them."""
        stated = {"candidates": [{**row, "reference": True} for row in self._raw.get("references", ())]}
        found = read_candidates(stated, self.stretches, self.crossings, self.links, self.standing)
        twice = sorted(set(found) & set(self.candidates))
        if twice:
            message = f"study.toml, references {twice[0]}: the id is that of a candidate; give another"
            raise DataError(message)
        return found

    # -- scenarios -----------------------------------------------------------------------------------------------

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Stated openings of the works, in the file's order; a work without one has none that is known."""
        known: dict[str, Collection[str]] = {
            "stretches": self.stretches,
            "links": self.links,
            "crossings": self.crossings,
            "places": self.places,
        }
        return read_openings(self.works, known)

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Scenarios that the study states, by id."""
        return read_scenarios(self._raw.get("scenarios", ()))

    def scenario(self, text: str) -> Scenario:
        """
        Find or make a scenario.

        Parameters
        ----------
        text
            Id of one that the study states, or a short text, see `routes.scenario.parse_scenario`.

        Returns
        -------
        scenario
            Looked up, or read; names in it are checked when it is put on a network.

        Raises
        ------
        InputError, NotFoundError
            It is neither.
        """
        if text in self.scenarios:
            return self.scenarios[text]
        if "=" not in text:
            stated = f"; it states {', '.join(self.scenarios)}" if self.scenarios else ""
            message = f"the study {self.id} states no scenario {text!r}{stated}; or write one, such as as_of=2030"
            raise NotFoundError(message)
        return parse_scenario(text)

    def asked(self, text: str | None = None, as_of: str | None = None, case: str | None = None) -> Scenario | None:
        """
        Read the scenario that a command line or a URL asks for.

        Parameters
        ----------
        text
            As for `scenario`.
        as_of
            A date that takes the place of the scenario's own, see `routes.scenario.read_day`.
        case
            low, central or high: which year of the openings counts.

        Returns
        -------
        scenario
            None where nothing is asked for.

        Raises
        ------
        InputError, NotFoundError
            A part that cannot be read, or a case without a date.
        """
        day = read_day(as_of) if as_of else None
        scenario = (self.scenario(text) if text else Scenario()).dated(day, case or None)
        if case and scenario.as_of is None:
            message = f"the case {case!r} chooses among the years of openings, which count only as of a date; give one"
            raise InputError(message)
        return None if scenario.empty else scenario

    # -- networks ------------------------------------------------------------------------------------------------

    @cached_property
    def _network(self) -> Network:
        names = ("network", "network.geojson"), ("boundaries", "boundaries.geojson"), ("relief", "relief.tif")
        text, *others = (self.folder / self._raw.get(name, default) for name, default in names)
        return compiled(self, text, others, self._raw.get("relief_source"))

    def network(self) -> Network:
        """
        Give the study's built-in network.

        Returns
        -------
        network
            Generalised; compiled from text when first opened, then kept in the user's cache folder.
        """
        return self._network

    def ground(self, network: Network | None = None, scenario: Scenario | None = None) -> Ground:
        """
        Put the study on a network.

        Parameters
        ----------
        network
            The built-in one when left out.
        scenario
            What is different from it; nothing when left out.

        Returns
        -------
        ground
            Built once for each network; kept for the last four that were asked for.
        """
        network = self._network if network is None else network
        held = self._grounds.pop(id(network), None) or (network, Ground.prepare(self, network))
        self._grounds[id(network)] = held  # last: the one that was asked for longest ago makes room
        for old in list(self._grounds)[:-_KEPT]:
            self._grounds.pop(old, None)
        return held[1].under(scenario)

    # -- answers -------------------------------------------------------------------------------------------------

    def routes(self, network: Network | None = None, scenario: Scenario | None = None) -> list[Route]:
        """
        Resolve every candidate.

        Parameters
        ----------
        network
            The built-in one when left out.
        scenario
            What is different from it; nothing when left out.

        Returns
        -------
        routes
            In the study's order, broken ones included.
        """
        ground = self.ground(network, scenario)
        return [ground.candidate(candidate) for candidate in self.candidates.values()]

    def route(self, candidate_id: str, network: Network | None = None, scenario: Scenario | None = None) -> Route:
        """
        Resolve one candidate.

        Parameters
        ----------
        candidate_id
            Its id.
        network
            The built-in one when left out.
        scenario
            What is different from it; nothing when left out.

        Returns
        -------
        route
            Resolved or broken.

        Raises
        ------
        NotFoundError
            The study has no such candidate.
        """
        known = {**self.candidates, **self.references}
        if candidate_id not in known:
            message = f"there is no route {candidate_id!r} in the study {self.id}; it has {', '.join(known)}"
            raise NotFoundError(message)
        return self.ground(network, scenario).candidate(known[candidate_id])

    def plan(
        self,
        origin: str | tuple[float, float],
        destination: str | tuple[float, float],
        *,
        mode: str,
        avoid: Collection[str] = (),
        statuses: Collection[str] | None = None,
        through: Collection[str] = (),
        network: Network | None = None,
        scenario: Scenario | None = None,
    ) -> Route:
        """
        Find the shortest way between two points.

        Parameters
        ----------
        origin, destination
            "lon,lat" in degrees, the same as a pair of numbers, or the id or a name of a place.
        mode
            road or rail.
        avoid
            Territories never to enter.
        statuses
            Only edges of these; every status but razed when left out.
        through
            Ids of crossings to pass whatever their status, pairs such as AM-AZ, or "any".
        network
            The built-in one when left out.
        scenario
            What is different from it; nothing when left out.

        Returns
        -------
        route
            Resolved or broken; a border is passed only at an open crossing unless `through` names another.

        Raises
        ------
        InputError, NotFoundError
            A point, territory, status or crossing that does not exist.
        """
        permit = self.permit(mode, avoid, statuses, through)
        ground = self.ground(network, scenario)
        ends = find_place(self, origin), find_place(self, destination)
        if not ground.large(mode):
            return ground.between(*ends, permit)
        from routes.errand import Errand  # noqa: PLC0415  (the compiler is loaded only for large networks)

        return Errand.answer(ground, *ends, permit)

    def permit(
        self,
        mode: str,
        avoid: Collection[str] = (),
        statuses: Collection[str] | None = None,
        through: Collection[str] = (),
    ) -> Permit:
        """
        Say what a free query may use.

        Parameters
        ----------
        mode, avoid, statuses, through
            See `Study.plan`.

        Returns
        -------
        permit
            With every class of the mode that a route may use.

        Raises
        ------
        NotFoundError
            A territory, status or crossing that does not exist.
        """
        territories = set(self.boundaries().territories)
        pairs = {"-".join(sorted((a, b))) for a in territories for b in territories if a != b}
        named = {canonical_border(name, territories) for name in through}
        require_known("territory", avoid, territories)
        require_known("status", statuses or (), set(USABLE))
        require_known("crossing", named, {*self.crossings, "any"} | pairs)
        return Permit(
            mode=mode,
            classes=CLASSES.get(mode, frozenset()),
            statuses=frozenset(statuses or USABLE),
            avoid=frozenset(avoid),
            crossings=frozenset(named & set(self.crossings)),
            borders=frozenset(named - set(self.crossings)),
        )


def canonical_border(name: str, territories: Collection[str]) -> str:
    """
    Put a pair of territories in order.

    Parameters
    ----------
    name
        A pair such as AZ-AM, or the id of a crossing.
    territories
        All keys; one may itself hold a hyphen, so that "AZ-NX-AM" is AM-AZ-NX.

    Returns
    -------
    name
        The pair in alphabetical order; any other name as it is.
    """
    for a in territories:
        if name.startswith(f"{a}-") and name[len(a) + 1 :] in territories:
            return "-".join(sorted((a, name[len(a) + 1 :])))
    return name


def require_known(what: str, given: Collection[str], known: Collection[str]) -> None:
    """
    Refuse a name that does not exist.

    Parameters
    ----------
    what
        What it should be, for the message.
    given
        Names to check.
    known
        Names that exist.

    Raises
    ------
    NotFoundError
        A name is unknown; the sentence lists those that exist.
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        message = f"there is no {what} {unknown[0]!r}; there are {', '.join(sorted(known)[:40])}"
        raise NotFoundError(message)


def _with_aliases(sources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Key sources by each alias too: two files may call one source by two names."""
    return {name: row for row in sources.values() for name in (row["id"], *row.get("aliases", ()))}

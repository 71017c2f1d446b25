"""What one window shows: a study resolved on one network, worked out once and kept."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import NotFoundError
from routes import metrics
from routes.geojson import segment_rows
from routes.published import drawn_by_territory_m, stretch_lengths
from routes.speeds import speeds
from web.escape import plain
from web.figures import ESTIMATED, MEASURED
from web.names import name_of
from web.words import colour, slugs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geo.network import Network
    from geo.territory import BoundarySet
    from routes.published import StretchLengths
    from routes.route import Route
    from routes.speeds import Speeds
    from routes.study import Study

    Box = tuple[float, float, float, float]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


@dataclass(frozen=True, eq=False)
class Contents:
    """
    A study, the network that it is shown on, and the routes that came of it.

    Attributes
    ----------
    study
        The study.
    network
        The network shown.
    routes
        Every candidate by id, in the study's order, broken ones included.
    properties
        For each route what `routes.metrics.properties` says of it.
    """

    study: Study
    network: Network
    routes: Mapping[str, Route]
    properties: Mapping[str, dict[str, Any]]

    @classmethod
    def make(cls, study: Study, network: Network | None = None) -> Contents:
        """
        Resolve all candidates of a study.

        Parameters
        ----------
        study
            The study.
        network
            The network to use; the study's own when left out.

        Returns
        -------
        contents
            Everything that pages and the API show.
        """
        network = study.network() if network is None else network
        routes = {route.id: route for route in study.routes(network)}
        return cls(study, network, routes, {key: metrics.properties(route) for key, route in routes.items()})

    def route(self, route_id: str) -> Route:
        """
        Find a candidate's route.

        Parameters
        ----------
        route_id
            Its id.

        Returns
        -------
        route
            The route, broken or not.

        Raises
        ------
        NotFoundError
            The study has no such candidate.
        """
        if route_id not in self.routes:
            known = ", ".join(self.routes)
            message = f"there is no route {plain(route_id)!r} in this study; it has {known}"
            raise NotFoundError(message)
        return self.routes[route_id]

    def provision(self, provision_id: str) -> Mapping[str, Any]:
        """
        Find a provision.

        Parameters
        ----------
        provision_id
            Its id, such as "JD2025-3".

        Returns
        -------
        provision
            Its record.

        Raises
        ------
        NotFoundError
            The register has no such provision.
        """
        provisions = self.study.register.provisions
        if provision_id not in provisions:
            message = f"there is no provision {plain(provision_id)!r} in the register; /provisions lists them"
            raise NotFoundError(message)
        found: Mapping[str, Any] = provisions[provision_id]
        return found

    @cached_property
    def boundaries(self) -> BoundarySet:
        """The boundary set that the study names."""
        return self.study.boundaries()

    @property
    def territories(self) -> Mapping[str, str]:
        """Name of each territory by key, in the reader's language; its key where the boundary set does not name it."""
        return {key: name_of(names, key) for key, names in self.territory_names.items()}

    @cached_property
    def territory_names(self) -> Mapping[str, Mapping[str, str]]:
        """Names of each territory by key and language; none where the boundary set does not name it."""
        names: dict[str, Mapping[str, str]] = {key: {} for key in self.boundaries.territories}
        study = tomllib.loads((self.study.folder / "study.toml").read_text(encoding="utf-8"))
        path = self.study.folder / study.get("boundaries", "boundaries.geojson")
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            own = feature["properties"]
            names[own["territory"]] = {
                key.removeprefix("name_"): str(name) for key, name in own.items() if key.startswith("name_") and name
            }
        return names

    @cached_property
    def digits(self) -> Mapping[str, int]:
        """How many digits the lengths of each route bear, by id: fewer where some of them are estimated."""
        return {
            key: ESTIMATED if (found.get("length_by_basis_m") or {}).get("estimated") else MEASURED
            for key, found in self.properties.items()
        }

    @cached_property
    def colours(self) -> Mapping[str, str]:
        """Colour of each route by id; a route without a valid colour of its own takes the next of the palette."""
        return {
            key: colour(route.candidate.colour if route.candidate else "", PALETTE[row % len(PALETTE)])
            for row, (key, route) in enumerate(self.routes.items())
        }

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """Every source by tag: the study's, the network's own, the boundary set and the relief."""
        found: dict[str, Mapping[str, Any]] = dict(self.study.sources)
        for source in self.network.meta.get("sources") or ():
            if source.get("id"):
                found.setdefault(source["id"], source)
        bounds = self.network.meta.get("boundaries")
        if bounds:
            found.setdefault(bounds["id"], {**bounds, "publisher": bounds["source"], "supports": "Borders"})
        relief = self.network.meta.get("relief")
        if relief:
            found.setdefault(str(relief.get("source") or relief["title"]), {**relief, "supports": "Heights"})
        return found

    @cached_property
    def source_rows(self) -> list[tuple[list[str], Mapping[str, Any]]]:
        """Every source once, with the tags that it goes by: the first is its own, the others are aliases."""
        rows: dict[str, tuple[list[str], Mapping[str, Any]]] = {}
        for tag, source in self.sources.items():
            own = str(source.get("id") or tag)
            rows.setdefault(own, ([own], source))[0].extend([tag] if tag != own else [])
        return list(rows.values())

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """Fragment of each source on the page of sources, by any of the source's tags."""
        fragments = slugs(tags[0] for tags, _source in self.source_rows)
        return {tag: fragments[tags[0]] for tags, _source in self.source_rows for tag in tags}

    @cached_property
    def lengths(self) -> Mapping[str, tuple[StretchLengths, ...]]:
        """For each route, its lengths and the published ones by stretch; none for a broken route."""
        return {key: () if route.broken else stretch_lengths(route) for key, route in self.routes.items()}

    @cached_property
    def drawn_m(self) -> Mapping[str, Mapping[str, float]]:
        """For each route, metres drawn in the territories where they are in conflict with the published length."""
        return {key: {} if route.broken else drawn_by_territory_m(route) for key, route in self.routes.items()}

    @cached_property
    def speeds(self) -> Mapping[str, list[Speeds]]:
        """For each route, what the times of the vehicles of its mode rest on; none for a broken route."""
        vehicles = self.study.vehicles.values()
        return {
            key: [] if route.broken else [speeds(route, vehicle) for vehicle in vehicles if vehicle.mode == route.mode]
            for key, route in self.routes.items()
        }

    @cached_property
    def segments(self) -> Mapping[str, list[dict[str, Any]]]:
        """Segments of each route by id: plain records without geometry, in order."""
        return {key: [] if route.broken else segment_rows(route) for key, route in self.routes.items()}

    @cached_property
    def governed(self) -> Mapping[str, list[dict[str, Any]]]:
        """For each provision, the routes that it governs: route, segments, metres and crossings."""
        routes, register = list(self.routes.values()), self.study.register
        return {key: register.segments_of(key, routes) for key in register.provisions}

    @property
    def accuracy_m(self) -> float | None:
        """The worst accuracy of any line shown, metres; None where not known."""
        values = [p["network"]["accuracy_m"] for p in self.properties.values() if p.get("network")]
        values = [value for value in values if value is not None]
        return max(values) if values else None

    @cached_property
    def hillshade(self) -> tuple[Path, Box] | None:
        """The study's shaded relief and its bounds (west, south, east, north); None where it has none."""
        picture, note = self.study.folder / "hillshade.png", self.study.folder / "hillshade.json"
        if not (picture.is_file() and note.is_file()):
            return None
        west, south, east, north = json.loads(note.read_text(encoding="utf-8"))["bounds"]
        return picture, (west, south, east, north)

    @cached_property
    def extent(self) -> Box:
        """West, south, east, north of all routes, or of the study where none could be resolved."""
        lines = [route.line.bounds for route in self.routes.values() if route.line is not None]
        if not lines:
            return self.study.area
        west, south, east, north = zip(*lines, strict=True)
        return min(west), min(south), max(east), max(north)

    @cached_property
    def licences(self) -> list[str]:
        """Licences of what the map draws, each once: what its margin must name."""
        drawn = [*(self.network.meta.get("sources") or ()), {"licence": self.boundaries.licence}]
        return list(dict.fromkeys(str(source["licence"]) for source in drawn if source.get("licence")))

    @cached_property
    def rivers(self) -> dict[str, Any] | None:
        """The study's rivers as GeoJSON; None where it has none."""
        path = self.study.folder / "rivers.geojson"
        if not path.is_file():
            return None
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content


def plain_value(value: Any) -> Any:  # noqa: ANN401 -- whatever a table holds
    """
    Turn a value of a table into what JSON can say.

    Parameters
    ----------
    value
        A value of any type.

    Returns
    -------
    value
        NumPy numbers and arrays as Python's own, NaN as None, anything else as it is.
    """
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [plain_value(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value

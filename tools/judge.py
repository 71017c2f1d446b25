"""
Judge the built-in network against an OpenStreetMap extract, which it was not made from.

Usage, from the project's root, in the project's own environment::

    python -m tools.judge ../shared/data/osm/syunik-region-2021.osm.pbf [--roads]

For each stretch it says the published length, the network's own with its basis, the length by shape alone, that of the
extract, how far the network's shape lies from the extract's line, and how much of it lies within its accuracy.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.network import MODES, STATUSES
from geo.osm import read_osm
from tools import facts, plane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.network import Network

DATA = Path(__file__).parent.parent / "data" / "nakhchivan"

LINK_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")
CAR_CLASSES = {*LINK_CLASSES, *(f"{each}_link" for each in LINK_CLASSES)} | {
    "unclassified",
    "residential",
    "living_street",
    "road",
}
RAIL_STATUSES = {"open", "construction", "disused", "abandoned"}

STEP_M = 100.0
"""A line is compared every so many metres."""

CONFLICT = 0.05
"""Lengths that differ by more than this, as a ratio, are in conflict: both are shown."""


@dataclass(frozen=True)
class Verdict:
    """
    What the comparison of one stretch or line found.

    Attributes
    ----------
    name
        Id of the stretch or line.
    published_km, published_share
        The published length, None where none is; the share of the shape that it covers.
    length_km
        The network's length: published where it is, else by shape.
    shape_km, extract_km
        Length by shape alone, and of the extract's line.
    mean_m, p95_m
        Mean and 95th percentile of the distance of the network's shape from the extract's line.
    within
        Share of the shape that lies within its own accuracy.
    worst
        The line of the stretch with the smallest such share, and that share.
    compared
        False where the extract's length is not that of the same line from end to end.
    """

    name: str
    published_km: float | None
    published_share: float
    length_km: float
    shape_km: float
    extract_km: float
    mean_m: float
    p95_m: float
    within: float
    worst: tuple[str, float]
    compared: bool = True

    @property
    def conflict(self) -> str:
        """Both lengths, where the published one and the extract's differ too much."""
        if self.published_km is None or not self.compared or abs(self.published_km / self.extract_km - 1) <= CONFLICT:
            return ""
        return f"conflict: published {self.published_km:.1f}, extract {self.extract_km:.1f} km"


class Extract:
    """
    The vertices of one mode of an extract as a graph, searched by plain Dijkstra.

    Parameters
    ----------
    network
        The extract as read by `geo.osm.read_osm`.
    mode
        "road": open roads for cars, without tracks and service roads; "rail": railways of any status but proposed and
        razed.
    """

    def __init__(self, network: Network, mode: str) -> None:
        class_ = network.text["class"]
        if mode == "road":
            allowed = np.isin(class_.codes, [i for i, word in enumerate(class_.words) if word in CAR_CLASSES])
            allowed &= np.isin(network.status, [STATUSES.index("open"), STATUSES.index("construction")])
        else:
            allowed = np.isin(network.status, [STATUSES.index(each) for each in RAIL_STATUSES])
            allowed &= np.isin(class_.codes, [i for i, word in enumerate(class_.words) if word == "rail"])
        rows = np.flatnonzero(allowed & (network.mode == MODES.index(mode)))
        lines = [network.coordinates(int(row)) for row in rows]
        vertices, number = np.unique(np.vstack(lines), axis=0, return_inverse=True)
        last = np.cumsum([len(line) for line in lines]) - 1
        starts = np.delete(np.arange(len(number)), last)
        a, b = number.ravel()[starts], number.ravel()[starts + 1]
        a, b, length = _shortest(a, b, plane.lengths_m(vertices[a], vertices[b]))
        size = len(vertices)
        self._graph = coo_matrix((length, (a, b)), shape=(size, size)).tocsr()
        _, part = connected_components(self._graph, directed=False)
        self._main = np.flatnonzero(part == np.bincount(part).argmax())
        self._lonlat = vertices
        self._near = cKDTree(plane.to_plane(vertices[self._main]))

    def line(self, places: Sequence[Sequence[float]]) -> tuple[NDArray[np.float64], float] | None:
        """
        Find the shortest line through places.

        Parameters
        ----------
        places
            Longitude and latitude of each, degrees; each is moved to the nearest vertex of the largest component.

        Returns
        -------
        found
            Shape (n, 2) in degrees, and the length in km; None where the extract does not join them.
        """
        _, nearest = self._near.query(plane.to_plane(np.asarray(places, dtype=np.float64)))
        stops = self._main[nearest]
        pieces, km = [], 0.0
        for start, end in pairwise(stops):
            far, before = dijkstra(self._graph, directed=False, indices=start, return_predecessors=True)
            if not np.isfinite(far[end]):
                return None
            path = [int(end)]
            while path[-1] != start:
                path.append(int(before[path[-1]]))
            pieces.append(self._lonlat[path[::-1]])
            km += float(far[end]) / 1000
        return np.vstack(pieces), km


def judge(network: Network, data: Path = DATA) -> list[Verdict]:
    """
    Judge the stretches of ``inputs/judged.csv``, and the Araxes railway as a whole.

    Parameters
    ----------
    network
        The extract as read by `geo.osm.read_osm`.
    data
        The folder of the built-in study.

    Returns
    -------
    verdicts
        In the order of the table, the whole railway last.
    """
    features = _features(data)
    extracts = {mode: Extract(network, mode) for mode in ("rail", "road")}
    verdicts, whole = [], []
    for row in facts.read("judged"):
        ends = [[float(row[f"{end}_{axis}"]) for axis in ("lon", "lat")] for end in ("from", "to")]
        found = extracts[row["stretch"].rsplit("-", 1)[1]].line(ends)
        if found is None:
            message = f"the extract does not join the ends of {row['stretch']}"
            raise ValueError(message)
        own = [each for each in features if each["properties"]["stretch"] == row["stretch"]]
        whole.append((row["stretch"], own, found))
    rail = [(own, found) for name, own, found in whole if name.endswith("-rail") and name != "mincivan-kapan-rail"]
    line = np.vstack([found[0] for _, found in rail])
    through = extracts["rail"].line([rail[0][1][0][0], rail[-1][1][0][-1]])
    km = through[1] if through else float("nan")
    for name, own, found in whole:
        # A station's place differs between the two: a line is compared with the whole railway, not only its own piece.
        on_rail = any(own is each for each, _ in rail)
        verdicts.append(_verdict(name, own, line if on_rail else found[0], found[1]))
    every = [each for own, _ in rail for each in own]
    return [*verdicts, _verdict("araxes-rail, Horadiz to Nakhchivan", every, line, km)]


def judge_roads(network: Network, data: Path = DATA) -> list[Verdict | str]:
    """
    Judge every road of the network that the extract has, between the places that the road is led through.

    Parameters
    ----------
    network
        The extract as read by `geo.osm.read_osm`.
    data
        The folder of the built-in study.

    Returns
    -------
    verdicts
        A verdict a road, or the reason why there is none. The extract's kilometres are longer here than the road, by
        the way into each village and out again.
    """
    with (data / "places.csv").open(encoding="utf-8", newline="") as lines:
        places = {row["id"]: [float(row["lon"]), float(row["lat"])] for row in csv.DictReader(lines)}
    drawn = {each["properties"]["id"]: each for each in _features(data)}
    extract = Extract(network, "road")
    verdicts: list[Verdict | str] = []
    for row in facts.read("ways"):
        for piece, via in _pieces(row, drawn):
            if piece.endswith("-gap") or row["status"] == "proposed" or "after 2021" in row["note"]:
                verdicts.append(f"{piece}: not in an extract of 2021")
                continue
            crow = np.hypot(*np.diff(plane.to_plane(np.array([places[each] for each in via])), axis=0).T).sum() / 1000
            found = extract.line([places[each] for each in via])
            if found is None or found[1] > 3 * crow + 5:
                verdicts.append(f"{piece}: not joined in the extract but by a long way round")
                continue
            verdicts.append(replace(_verdict(piece, [drawn[piece]], *found), compared=False))
    return verdicts


def table(verdicts: Sequence[Verdict | str]) -> str:
    """
    Write verdicts as a table.

    Parameters
    ----------
    verdicts
        Verdicts, or reasons why there is none.

    Returns
    -------
    text
        One line a verdict.
    """
    head = (
        "stretch",
        "publ. km",
        "length km",
        "basis",
        "shape km",
        "extr. km",
        "mean m",
        "p95 m",
        "within",
        "worst line",
    )
    form = "{:36} {:>8} {:>9} {:>10} {:>8} {:>8} {:>6} {:>6} {:>7}  {}"
    lines = [form.format(*head)]
    for each in verdicts:
        if isinstance(each, str):
            lines.append(each)
            continue
        share = each.published_share
        cells = (
            each.name,
            "-" if each.published_km is None else f"{each.published_km:.2f}",
            f"{each.length_km:.2f}",
            "published" if share == 1 else "shape" if share == 0 else "both",
            f"{each.shape_km:.2f}",
            f"{each.extract_km:.2f}",
            f"{each.mean_m:.0f}",
            f"{each.p95_m:.0f}",
            f"{each.within:.1%}",
            f"{each.worst[0]} {each.worst[1]:.0%}",
        )
        lines.append(form.format(*cells) + (f"  {each.conflict}" if each.conflict else ""))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """
    Print the table.

    Parameters
    ----------
    arguments
        The command line's arguments; those of this process when None.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.judge", description="Judge the built-in network.")
    parser.add_argument("extract", type=Path, help="an OSM file of the region")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the built-in study")
    parser.add_argument("--roads", action="store_true", help="judge every road too")
    options = parser.parse_args(arguments)
    network = read_osm([options.extract])
    print(table(judge(network, options.data)))
    if options.roads:
        print()
        print(table(judge_roads(network, options.data)))


def _features(data: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads((data / "network.geojson").read_text(encoding="utf-8"))["features"]
    return features


def _shortest(
    a: NDArray[np.intp], b: NDArray[np.intp], length: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Keep the shortest of parallel pieces: a sparse matrix would add them up."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    first = np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    kept = first & (low != high) & (length > 0)
    return low[kept], high[kept], length[kept]


def _pieces(row: Mapping[str, str], drawn: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Name the lines that a road was drawn as, each with the places that it is led through."""
    via = row["via"].split()
    if not row["gap_km"]:
        return [(row["id"], via)]
    ids = [f"{row['id']}-{suffix}" for suffix in ("1", "gap", "2")]
    return [(each, [drawn[each]["properties"][end] for end in ("from", "to")]) for each in ids]


def _verdict(name: str, own: Sequence[Mapping[str, Any]], line: NDArray[np.float64], extract_km: float) -> Verdict:
    """Compare lines of the network with a line of the extract."""
    truth = shapely.LineString(plane.to_plane(line))
    shapely.prepare(truth)
    away, within, shape_km, length_km, published_km = [], {}, 0.0, 0.0, 0.0
    published_shape_km = 0.0
    for each in own:
        lonlat = np.array(each["geometry"]["coordinates"])
        drawn = shapely.LineString(plane.to_plane(lonlat))
        count = max(2, round(drawn.length / STEP_M) + 1)
        gap = shapely.distance(shapely.line_interpolate_point(drawn, np.linspace(0, drawn.length, count)), truth)
        away.append(gap)
        within[each["properties"]["id"]] = float((gap <= each["properties"]["accuracy_m"]).mean())
        km = plane.length_m(lonlat) / 1000
        shape_km += km
        published = each["properties"].get("length_km")
        length_km += km if published is None else published
        published_km += published or 0.0
        published_shape_km += 0.0 if published is None else km
    every = np.concatenate(away)
    held = sum(share * len(gap) for share, gap in zip(within.values(), away, strict=True)) / len(every)
    worst = min(within, key=lambda key: within[key])
    covered = published_shape_km / shape_km
    return Verdict(
        name=name,
        published_km=published_km if covered == 1 else None,
        published_share=covered,
        length_km=length_km,
        shape_km=shape_km,
        extract_km=extract_km,
        mean_m=float(every.mean()),
        p95_m=float(np.percentile(every, 95)),
        within=held,
        worst=(worst, within[worst]),
    )


if __name__ == "__main__":
    main()

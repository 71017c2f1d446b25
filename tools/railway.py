"""Draw the railways: along the bank, through their stations, which stand by the published chainage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tools import facts, overland, paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.bank import Bank
    from tools.nodes import Atlas

RAIL_OFF_M = 120.0
"""A railway in a gorge runs this far from the middle of the river, which is the border."""

HUGS_WITHIN_M = 3000.0
"""A line between stations nearer than this to the river keeps to it as its published length asks."""

ALONG_BANK = ("alat-julfa", "julfa-nakhchivan")
"""The railways that run beside the border river."""

TOLERANCE = 0.05
"""A published length nearer than this to the drawn one says nothing of where the line runs."""

SOURCE = "chainage"
"""Where the kilometres of the stations are from."""


@dataclass(frozen=True)
class Leg:
    """
    A piece of railway between two neighbouring stations.

    Attributes
    ----------
    line
        The id of the railway in ``inputs/stations.csv``.
    start, end
        Place ids of its ends, in the order of the table.
    path
        Shape (n, 2), metres.
    length_km
        The published length, None where none is published.
    note
        How the length was come by, where that is not plain.
    """

    line: str
    start: str
    end: str
    path: NDArray[np.float64]
    length_km: float | None
    note: str


@dataclass
class _Stop:
    """A station while its railway is being drawn; what is not known of it is NaN."""

    row: dict[str, str]
    km: float
    at_m: float = np.nan

    @property
    def measured(self) -> bool:
        """Whether a kilometre is published for it."""
        return not np.isnan(self.km)


def legs(atlas: Atlas) -> list[Leg]:
    """
    Draw every railway and cut it at its stations.

    Parameters
    ----------
    atlas
        Places and banks; the stations are added to it.

    Returns
    -------
    legs
        In the order of ``inputs/stations.csv``.
    """
    found: list[Leg] = []
    for line in dict.fromkeys(row["line"] for row in facts.read("stations")):
        stops = [_Stop(row, float(row["km"] or "nan")) for row in facts.read("stations") if row["line"] == line]
        path = _along_bank(atlas, stops) if line in ALONG_BANK else _overland(atlas, stops)
        _settle(atlas, stops, path)
        found += _cut(line, stops, path)
    return found


def via(line: str) -> list[str]:
    """
    List the places that a railway is led through.

    Parameters
    ----------
    line
        The id of the railway in ``inputs/stations.csv``.

    Returns
    -------
    via
        Place ids in order.
    """
    rows = (row for row in facts.read("stations") if row["line"] == line)
    return [place for row in rows for place in row["place"].split()]


def _along_bank(atlas: Atlas, stops: list[_Stop]) -> NDArray[np.float64]:
    """Draw a railway beside the river through the stations whose place is known."""
    bank = atlas.banks["north"]
    anchors = [stop for stop in stops if stop.row["anchor"] in ("centre", "bank")]
    along, off = np.array([bank.locate(atlas.xy(stop.row["place"])) for stop in anchors]).T
    off[[stop.row["anchor"] == "bank" for stop in anchors]] = RAIL_OFF_M
    measured = [i for i, stop in enumerate(anchors) if stop.measured]
    pieces = []
    for first, last in pairwise(measured):
        published = 1000 * abs(anchors[last].km - anchors[first].km)
        pieces.append(_piece(bank, along[first : last + 1], off[first : last + 1], published))
    return np.vstack(pieces)


def _piece(bank: Bank, along: NDArray[np.float64], off: NDArray[np.float64], published_m: float) -> NDArray[np.float64]:
    """
    Draw a line between two stations, keeping to the river as closely as its published length asks.

    The straighter a line cuts the river's bends, the shorter it is. Where the line drawn evenly from station to station
    comes out shorter than published, it comes down to the bank sooner and leaves it later until the length is reached.
    Between stations far from the river the length says nothing of that.
    """
    even = bank.follow(along, off)
    if paths.length_m(even) >= (1 - TOLERANCE) * published_m or max(off[0], off[-1]) > HUGS_WITHIN_M:
        return even
    short, long = 0.1, 1.0
    for _ in range(20):
        ramp = (short + long) / 2
        if paths.length_m(bank.follow(*_ramped(along, off, ramp))) < published_m:
            long = ramp
        else:
            short = ramp
    return bank.follow(*_ramped(along, off, long))


def _ramped(along: NDArray[np.float64], off: NDArray[np.float64], ramp: float) -> NDArray[np.float64]:
    """Come down to the bank, and leave it, over this share of each piece between two anchors."""
    share = np.linspace(0, 1, 41)[:-1]
    at = (along[:-1, None] + np.diff(along)[:, None] * share).ravel()
    down = off[:-1, None] * np.maximum(1 - share / ramp, 0)
    up = off[1:, None] * np.maximum(1 - (1 - share) / ramp, 0)
    least = np.minimum(np.minimum(off[:-1], off[1:]), RAIL_OFF_M)[:, None]
    ramped = np.maximum(np.maximum(down, up), least).ravel()
    return np.array([np.append(at, along[-1]), np.append(ramped, off[-1])])


def _overland(atlas: Atlas, stops: list[_Stop]) -> NDArray[np.float64]:
    """Draw a railway away from the border through the places known on it."""
    places = [place for stop in stops for place in stop.row["place"].split()]
    return overland.draw(atlas, places, overland.RAIL)


def _settle(atlas: Atlas, stops: list[_Stop], path: NDArray[np.float64]) -> None:
    """Put every station somewhere along the drawn line: by its place, by the border, or by its kilometre."""
    length = paths.length_m(path)
    for stop in stops:
        if stop.row["place"] and stop.row["anchor"]:
            stop.at_m = paths.locate(path, atlas.xy(stop.row["place"]))
        elif stop.row["anchor"].startswith("border"):
            _, left, entered = stop.row["anchor"].split()
            both = [set(np.round(paths.crossings(path, atlas.territories[key]), 1)) for key in (left, entered)]
            (stop.at_m,) = both[0] & both[1]
    stops[0].at_m, stops[-1].at_m = 0.0, length
    known = [(stop.km, stop.at_m) for stop in stops if stop.measured and not np.isnan(stop.at_m)]
    km, at = np.array(sorted(known)).T
    for stop in stops:
        if np.isnan(stop.at_m):
            stop.at_m = float(np.interp(stop.km, km, at))
    for before, after in pairwise(stops):
        if before.at_m >= after.at_m:
            message = f"{before.row['station']} does not come before {after.row['station']} on the line as drawn"
            raise ValueError(message)
    for stop in stops:
        source = "derived: on the line as drawn, by place, border or published kilometre"
        point = paths.cut(path, stop.at_m, stop.at_m + 1)[0] if stop is not stops[-1] else path[-1]
        atlas.derive(stop.row["station"], point, stop.row["name_en"], "station", source, stop.row["note"])


def _cut(line: str, stops: list[_Stop], path: NDArray[np.float64]) -> list[Leg]:
    """Cut the line at its stations; share a published length over the pieces that it covers."""
    found = []
    measured = [i for i, stop in enumerate(stops) if stop.measured]
    for first, last in pairwise(measured):
        published = abs(stops[last].km - stops[first].km)
        drawn = stops[last].at_m - stops[first].at_m
        for start, end in zip(stops[first:last], stops[first + 1 : last + 1], strict=True):
            share = (end.at_m - start.at_m) / drawn
            note = ""
            if share < 1:
                ends = f"{stops[first].row['name_en']} to {stops[last].row['name_en']}"
                note = f"share of the published {published:g} km from {ends}, by shape"
            piece = paths.cut(path, start.at_m, end.at_m)
            length = round(published * share, 3)
            found.append(Leg(line, start.row["station"], end.row["station"], piece, length, note))
    return found

"""A map sheet for paper, drawn without a browser: ground, candidates, crossings, names, and a margin that explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from web import drawing_ground as ground
from web import drawing_letters as letters
from web import drawing_lines, drawing_margin, figures
from web.drawing_lines import CASING, Line, Run
from web.drawing_margin import FINE_LEADING, INK, LEADING, QUIET, RULE, Entry, Gate
from web.drawing_plane import Plane
from web.drawing_room import Room
from web.drawing_svg import Canvas
from web.escape import plain
from web.language import gettext as _
from web.map import crossings
from web.names import local_of, place_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from routes.model import Place
    from web.contents import Contents

    Box = tuple[float, float, float, float]

PAPERS = {"a4": (841.89, 595.28), "a3": (1190.55, 841.89)}
"""Width and height of sheets, landscape, points."""

MOST_GATES = 14
MOST_WAYS = 12

_MARGIN = 28.0
_TITLE = 43.0
_GAP = 13.0  # between the frame and the legend; degrees are written there
_PLACE = {1: (9.6, "bold", 2.7, 7.4), 2: (8.2, "regular", 2.1, 6.7), 3: (7.0, "regular", 1.55, 6.0)}
_PLACE_INK, _LOCAL_INK, _LAND_INK = "#23211d", "#6a665c", "#8b8472"
_MOST_FINE = 8  # lines
_DODGE = 8.0  # points between the marks of crossings that stand at one place
_TERRITORY = 10.5
_LAND_LEADING = 1.22


@dataclass(frozen=True, eq=False)
class Sheet:
    """
    What a sheet shows and says.

    Attributes
    ----------
    contents
        Study, network and routes.
    chosen
        Ids of the routes on it.
    title, subtitle
        What it is, and under which circumstances.
    notes
        What must stand on it: dates, notices, sources, attribution.
    facts
        What stands below the candidates in the legend: label and text.
    """

    contents: Contents
    chosen: tuple[str, ...]
    title: str
    subtitle: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()


def sheet(shown: Sheet, paper: str = "a4", *, outlined: bool = False, crisp: bool = False) -> Canvas:
    """
    Draw a whole sheet.

    Parameters
    ----------
    shown
        What it shows and says.
    paper
        A key of `PAPERS`.
    outlined
        Draw letters as shapes, see `Canvas`.
    crisp
        See `drawing_ground.shade`.

    Returns
    -------
    canvas
        Ready to be written.
    """
    width, height = PAPERS[paper]
    canvas = Canvas(width, height, outlined=outlined)
    canvas.rect(0, 0, width, height, fill="#ffffff")
    inner = width - 2 * _MARGIN
    fine = min(sum(len(letters.lines(text, inner, drawing_margin.SMALL)) for text in shown.notes), _MOST_FINE)
    listed = len(shown.chosen[:MOST_WAYS]) + len(shown.facts)
    rows = max(listed, _signs(shown), min(len(_passed(shown)), MOST_GATES), 4)
    legend = drawing_margin.HEAD + 1 + LEADING * (rows + 0.4)
    foot = _GAP + legend + 5 + fine * FINE_LEADING
    frame = (_MARGIN, _MARGIN + _TITLE, inner, height - 2 * _MARGIN - _TITLE - foot)
    _title(canvas, shown, inner)
    plane, lines, gates = map_on(canvas, shown, frame, crisp=crisp)
    top = frame[1] + frame[3] + _GAP
    _legend(canvas, shown, (lines, gates), plane, (_MARGIN, top, inner, legend))
    drawing_margin.fine_print(canvas, _MARGIN, top + legend + 5, inner, shown.notes, fine)
    return canvas


def _signs(shown: Sheet) -> int:
    """Count the rows of the legend's signs before anything is drawn: the frame takes what they leave."""
    rows = [row for key in shown.chosen[:MOST_WAYS] for row in shown.contents.segments[key]]
    runs = [Run(np.empty((0, 2)), str(row["status"]), str(row["structure"]), str(row["mode"])) for row in rows]
    whole = [Line("", "", "", tuple(runs))]
    return len(drawing_margin.signs(whole, river=bool(shown.contents.rivers)))


def map_on(canvas: Canvas, shown: Sheet, frame: Box, *, crisp: bool = False) -> tuple[Plane, list[Line], list[Gate]]:
    """
    Draw the map itself, with its frame.

    Parameters
    ----------
    canvas
        What to draw on.
    shown
        What to show.
    frame
        x, y, width, height, points.
    crisp
        See `drawing_ground.shade`.

    Returns
    -------
    plane, lines, gates
        The projection, the candidates as drawn, and the crossings with their numbers.
    """
    contents = shown.contents
    plane = Plane.fit(extent(contents, shown.chosen), frame)
    lines = drawing_lines.lay(contents, shown.chosen[:MOST_WAYS], plane)
    gates = _gates(shown, plane)
    width = drawing_lines.WIDTH if len(lines) > 1 else drawing_lines.WIDTH + 0.5
    with canvas.group(clip=frame):
        canvas.rect(*frame, fill=ground.PAPER)
        ground.shade(canvas, plane, contents.study.relief(), crisp=crisp)
        degrees = ground.graticule(canvas, plane)
        rivers = ground.rivers(canvas, plane, contents)
        borders = ground.borders(canvas, plane, contents)
        drawing_lines.draw(canvas, lines, width)
        room = Room(plane.window, [*((line.shape, width + 1.4) for line in lines), *((b, 1.0) for b in borders)])
        _marks(canvas, room, gates)
        places = _place_marks(canvas, room, contents, plane)
        _place_names(canvas, room, places, {1, 2})
        _line_names(canvas, room, lines, width)
        _place_names(canvas, room, places, {3})
        _river_names(canvas, room, rivers)
        _territory_names(canvas, room, contents, plane)
    drawing_margin.frame(canvas, plane, degrees)
    return plane, lines, gates


def extent(contents: Contents, chosen: Sequence[str]) -> Box:
    """
    Say which area a map of routes must show.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    area
        West, south, east, north, degrees; the study's own area where none of them has a line.
    """
    bounds = [contents.routes[key].line.bounds for key in chosen if contents.routes[key].line is not None]  # type: ignore[union-attr]  # checked
    gaps = [contents.routes[key].broken for key in chosen]
    ends = [point for gap in gaps if gap is not None and gap.nearest for point in gap.nearest]
    bounds += [(lon, lat, lon, lat) for lon, lat in ends]
    if not bounds:
        return contents.study.area
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


# -- marks and names -------------------------------------------------------------------------------------------------


def _passed(shown: Sheet) -> list[dict[str, Any]]:
    """List the crossings of the routes chosen."""
    return [crossing for crossing in crossings(shown.contents) if set(crossing["routes"]) & set(shown.chosen)]


def _gates(shown: Sheet, plane: Plane) -> list[Gate]:
    """Place the crossings; those that stand at one place move apart."""
    found: list[Gate] = []
    for crossing in _passed(shown)[:MOST_GATES]:
        x, y = plane.points([[crossing["lon"], crossing["lat"]]])[0].tolist()
        crowd = [other for other in found if abs(other.x - x) < _DODGE and abs(other.y - y) < _DODGE]
        if crowd:
            x = max(other.x for other in crowd) + _DODGE
        found.append(Gate(len(found) + 1, plain(crossing["title"]), crossing["status"], x, y))
    return found


def _marks(canvas: Canvas, room: Room, gates: Sequence[Gate]) -> None:
    """Draw the crossings, then their numbers where there is room."""
    for found in gates:
        drawing_margin.gate(canvas, found.status, found.x, found.y)
        room.take(shapely.Point(found.x, found.y).buffer(4.6))
    for found in gates:
        text = str(found.number)
        spot = room.beside(found.x, found.y, 4.4, [(text, 7.4, "bold")], tolerance=1.0)
        if spot:
            canvas.text(spot.x, spot.y, text, 7.4, "bold", spot.anchor, fill=INK, **_halo(2.6))


def _halo(width: float) -> dict[str, Any]:
    return {"stroke": CASING, "stroke_width": width, "stroke_linejoin": "round", "paint_order": "stroke"}


def _place_marks(canvas: Canvas, room: Room, contents: Contents, plane: Plane) -> list[tuple[Place, float, float]]:
    """Draw the places that the frame shows, the largest first."""
    labelled = [place for place in contents.study.places.values() if place.size]
    labelled.sort(key=lambda place: (place.size or 9, place.id))
    found = []
    for place in labelled:
        x, y = plane.points([[place.lon, place.lat]])[0].tolist()
        if not plane.window.contains(shapely.Point(x, y)):
            continue
        radius = _PLACE[min(place.size or 3, 3)][2]
        canvas.circle(x, y, radius, fill="#ffffff", stroke=_PLACE_INK, stroke_width=1.0)
        if place.size == 1:
            canvas.circle(x, y, radius * 0.4, fill=_PLACE_INK)
        found.append((place, x, y))
    room.take(*(shapely.Point(x, y).buffer(_PLACE[min(place.size or 3, 3)][2] + 0.6) for place, x, y in found))
    return found


def _place_names(canvas: Canvas, room: Room, places: Sequence[tuple[Place, float, float]], sizes: set[int]) -> None:
    """Write the names of places, and below the local one where it is another."""
    for place, x, y in places:
        rank = min(place.size or 3, 3)
        if rank not in sizes:
            continue
        size, face, radius, small = _PLACE[rank]
        name, local = place_name(place), local_of(place.names, place.id)
        local = local if letters.holds(local) else ""
        texts = [(name, size, face)] + ([(local, small, "regular")] if local else [])
        spot = room.beside(x, y, radius, texts, tolerance={1: 1.0, 2: 0.8}.get(rank, 0.35))
        if spot is None and local:
            texts, spot = texts[:1], room.beside(x, y, radius, texts[:1], tolerance=0.6)
        if spot is None:
            continue
        halo = _halo(2.4)
        canvas.text(spot.x, spot.y, name, size, face, spot.anchor, fill=_PLACE_INK, **halo)
        if len(texts) > 1:
            canvas.text(spot.x, spot.y + small * 1.12, local, small, "regular", spot.anchor, fill=_LOCAL_INK, **halo)


def _line_names(canvas: Canvas, room: Room, lines: Sequence[Line], width: float) -> None:
    """Write each candidate's name along it, where it runs apart from the others."""
    for row, line in enumerate(lines):
        points = shapely.get_coordinates(line.shape)
        if len(points) < 2:  # noqa: PLR2004 -- a line has two ends
            continue
        # Each looks for room at another share of its way, so that names do not crowd.
        middle = 0.35 + 0.3 * (row % 3) / 2
        others = shapely.union_all([other.shape for other in lines if other is not line])
        base = room.along(points, plain(line.title), 8.2, "bold", gap=width / 2 + 2.0, middle=middle, others=others)
        if base is not None:
            ink = _darker(line.colour)
            canvas.text_along(base, line.title, 8.2, "bold", fill=ink, **_halo(2.6))


def _darker(colour: str) -> str:
    """Darken a colour of a line until letters in it can be read on paper: 4.5 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    for _step in range(40):
        if 1.05 / (_luminance(red, green, blue) + 0.05) >= 5.2:  # noqa: PLR2004 -- paper is not quite white
            break
        red, green, blue = (round(value * 0.94) for value in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(red: int, green: int, blue: int) -> float:
    """Give the relative luminance of WCAG 2."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB
        for value in (red / 255, green / 255, blue / 255)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _river_names(canvas: Canvas, room: Room, rivers: Sequence[tuple[str, BaseGeometry]]) -> None:
    for name, line in rivers:
        longest = max(shapely.get_parts(line), key=lambda part: part.length)
        base = room.along(shapely.get_coordinates(longest), plain(name), 7.6, "italic", gap=2.4, middle=0.75)
        if base is not None:
            canvas.text_along(base, name, 7.6, "italic", fill=ground.RIVER_INK, **_halo(2.0))


def _territory_names(canvas: Canvas, room: Room, contents: Contents, plane: Plane) -> None:
    for key, parts in ground.territories(plane, contents):
        if not parts:
            continue
        name, _bracket, rest = plain(contents.territories.get(key, key)).partition(" (")
        for texts in _settings(name, rest.rstrip(")")):
            at = room.inside(parts[0], texts)
            if at is None:
                continue
            y = at[1]
            for text, size, face, spacing in texts:
                canvas.text(at[0], y, text, size, face, "middle", fill=_LAND_INK, letter_spacing=spacing, **_halo(1.6))
                y += size * _LAND_LEADING
            break


def _settings(name: str, rest: str) -> Iterator[list[tuple[str, float, str, float]]]:
    """Give the ways to set a territory's name, the best first: wide, in two lines, small."""
    first, _space, second = name.partition(" ")
    for size in (_TERRITORY, _TERRITORY - 2, _TERRITORY - 4):
        more = [(rest, max(size - 2.5, 5.5), "regular", 0.4)] if rest else []
        yield [(name.upper(), size, "regular", size * 0.28), *more]
        if second:
            yield [(first.upper(), size, "regular", size * 0.28), (second.upper(), size * 0.75, "regular", 1.2), *more]
            yield [(first.upper(), size, "regular", size * 0.28)]


# -- the margin ------------------------------------------------------------------------------------------------------


def _title(canvas: Canvas, shown: Sheet, inner: float) -> None:
    title = letters.shortened(shown.title, inner * 0.72, 16.5, "bold")
    canvas.text(_MARGIN, _MARGIN + 13, title, 16.5, "bold", fill=INK)
    canvas.text(_MARGIN, _MARGIN + 26.5, letters.shortened(shown.subtitle, inner * 0.8, 8.6), 8.6, fill=QUIET)
    right = _MARGIN + inner
    canvas.text(right, _MARGIN + 13, "Araxes", 11, "bold", "end", fill=INK)
    until = _("facts until %(day)s", day=figures.day(shown.contents.study.facts_until))
    canvas.text(right, _MARGIN + 26.5, until, 7.6, "regular", "end", fill=QUIET)


def _legend(canvas: Canvas, shown: Sheet, drawn: tuple[list[Line], list[Gate]], plane: Plane, box: Box) -> None:
    lines, gates = drawn
    x, y, wide, tall = box
    columns = (0.33, 0.2, 0.29, 0.18) if gates else (0.45, 0.3, 0.0, 0.25)
    starts = [x + wide * sum(columns[:row]) for row in range(4)]
    for row in range(1, 4):
        if columns[row]:
            canvas.path(f"M{starts[row] - 9:.2f} {y + 1}V{y + tall - 3:.2f}", stroke=RULE, stroke_width=0.5)
    entries = [Entry(line, figure(shown.contents, line.id)) for line in lines]
    below = drawing_margin.legend_ways(canvas, starts[0], y, wide * columns[0] - 20, entries)
    drawing_margin.legend_facts(canvas, starts[0], y + below, wide * columns[0] - 20, shown.facts)
    signs = drawing_margin.signs(lines, river=bool(shown.contents.rivers))
    drawing_margin.legend_signs(canvas, starts[1], y, signs)
    drawing_margin.legend_gates(canvas, starts[2], y, wide * columns[2] - 20, gates)
    drawing_margin.scale(canvas, starts[3], y, plane, wide * columns[3])


def figure(contents: Contents, route_id: str) -> str:
    """
    Say in a few words how long a route is and what of it is not open.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of the route.

    Returns
    -------
    text
        For example "252 km, 168 km not open".
    """
    record: Mapping[str, Any] = contents.properties[route_id]
    if not figures.known(record.get("length_m")):
        return _("length not known")
    digits = contents.digits[route_id]
    long = figures.length(record["length_m"], digits)
    build = record.get("to_build_m")
    return _("%(length)s, %(part)s not open", length=long, part=figures.length(build, digits)) if build else long

"""Build ``boundaries.geojson``: territories as time-zone areas made from OpenStreetMap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from timezonefinder import TimezoneFinder

from tools import formats
from tools.area import AREA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

BORDER_TOLERANCE_M = 1000
"""Two runs on either side of a border, both this near to it, are not a crossing.

The old road Goris-Kapan, which follows the border for 30 km, runs up to 0.95 km inside the other side by these areas.
"""

NAKHCHIVAN_EAST = 46.2
"""The part of Azerbaijan that lies west of this meridian is Nakhchivan."""

ZONES = {
    "AM": "Asia/Yerevan",
    "AZ": "Asia/Baku",
    "IR": "Asia/Tehran",
    "GE": "Asia/Tbilisi",
    "TR": "Europe/Istanbul",
}
"""Here a time zone ends where the state does; Azerbaijan's is cut into mainland and Nakhchivan."""

NAMES = {
    "AM": ("Armenia", "Հայաստան", "Հայաստան", "Ermənistan"),
    "AZ": ("Azerbaijan (mainland)", "Azərbaycan", "Ադրբեջան (հիմնական մաս)", "Azərbaycan (əsas hissə)"),
    "AZ-NX": (
        "Nakhchivan Autonomous Republic (Azerbaijan)",
        "Naxçıvan Muxtar Respublikası",
        "Նախիջևանի Ինքնավար Հանրապետություն (Ադրբեջան)",
        "Naxçıvan Muxtar Respublikası (Azərbaycan)",
    ),
    "GE": ("Georgia", "საქართველო", "Վրաստան", "Gürcüstan"),
    "IR": ("Iran", "ایران", "Իրան", "İran"),
    "TR": ("Türkiye", "Türkiye", "Թուրքիա", "Türkiyə"),
}
"""English, local, Armenian and Azerbaijani name of each territory."""

NOTICE = (
    "Indicative only; delimitation in progress. Time-zone areas made from OpenStreetMap, not a legal source. "
    "Armenia is one polygon, Azerbaijan two (mainland and Nakhchivan): the exclaves that the other side has held since "
    "the 1990s (Karki/Tigranashen on the M2 among them) are left out. Russia, in the area's north-east, is left out."
)


def territories() -> dict[str, BaseGeometry]:
    """
    Read the territories, round them and cut them at the study's area.

    Returns
    -------
    territories
        A MultiPolygon in degrees for each key (AM, AZ, AZ-NX, GE, IR, TR), sorted by key. Neighbours share their
        border vertex for vertex.

    Raises
    ------
    ValueError
        If neighbours overlap or leave a gap, which would make a crossing of nothing.
    """
    finder = TimezoneFinder(in_memory=True)
    found: dict[str, list[Polygon]] = {}
    for key, zone in ZONES.items():
        for rings in finder.get_geometry(tz_name=zone, coords_as_pairs=True):
            # Rounded before it is cut: the same vertex of two neighbours rounds to the same place.
            outer, *holes = (np.round(np.array(ring), formats.DECIMALS) for ring in rings)
            for part in _polygons(Polygon(outer, holes).intersection(box(*AREA))):
                found.setdefault(_key(key, part), []).append(part)
    joined = {key: formats.rounded(MultiPolygon(found[key])) for key in sorted(found)}
    cut = {key: shapely.orient_polygons(area.normalize()) for key, area in joined.items()}
    if not shapely.coverage_is_valid(list(cut.values())):
        message = "territories overlap or leave gaps after rounding: see shapely.coverage_invalid_edges for where"
        raise ValueError(message)
    return cut


def build(cut: Mapping[str, BaseGeometry]) -> bytes:
    """
    Write the territories as GeoJSON.

    Parameters
    ----------
    cut
        The territories of `territories`.

    Returns
    -------
    content
        The content of ``boundaries.geojson``.
    """
    members = {
        "id": "tz-2026c",
        "title": "Time-zone areas 2026c, made from OpenStreetMap",
        "border_tolerance_m": BORDER_TOLERANCE_M,
        "source": "timezonefinder-data 3.2026.3.post1 (timezone-boundary-builder 2026c)",
        "licence": "ODbL 1.0, (c) OpenStreetMap contributors",
        "notice": NOTICE,
    }
    features = []
    for key, area in cut.items():
        names = dict(zip(("name_en", "name_local", "name_hy", "name_az"), NAMES[key], strict=True))
        properties = {"territory": key, **names}
        parts = _polygons(area)
        features.append(formats.feature(properties, parts[0] if len(parts) == 1 else area))
    return formats.geojson(members, features)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Take the polygons out of what a cut leaves."""
    return [part for part in shapely.get_parts(geometry).tolist() if isinstance(part, Polygon)]


def _key(state: str, part: Polygon) -> str:
    """Name a state's part."""
    return "AZ-NX" if state == "AZ" and part.bounds[2] < NAKHCHIVAN_EAST else state

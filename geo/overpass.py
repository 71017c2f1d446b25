"""Small areas of OpenStreetMap from an Overpass server, through OSMnx."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyproj
import requests
import shapely

from geo.connection import require_secure, user_agent
from geo.errors import DownloadError, InputError, NotFoundError
from geo.osmnx_graph import WAY_KEYS, from_osmnx
from geo.progress import silent
from geo.tags import KEYS, LIFE_CYCLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    import networkx as nx

    from geo.network import Network
    from geo.progress import Progress

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org"
LARGEST_AREA_KM2 = 25_000.0
"""Larger areas are not asked of a public Overpass server: a country extract is quicker for both sides."""

_BUSY = (429, 504)
_LONGEST_WAIT_S = 600.0
_OK = 200
_OSMNX = threading.Lock()  # OSMnx's settings are one set for the whole process


def download_area(
    place_or_box: str | tuple[float, float, float, float],
    *,
    endpoint: str = OVERPASS,
    geocoder: str = NOMINATIM,
    contact: str | None = None,
    attempts: int = 3,
    pause_s: float = 30.0,
    progress: Progress = silent,
) -> Network:
    """
    Download the roads and railways of a small area.

    Parameters
    ----------
    place_or_box
        A name that the geocoder knows as an area, or west, south, east and north in degrees.
    endpoint
        Overpass server, without "/interpreter" at its end.
    geocoder
        Nominatim server; asked only for a name.
    contact
        How the servers' keepers can reach the user, sent along with the name of the program.
    attempts
        How often a server that says that it is busy is asked.
    pause_s
        How long to wait before the second time, seconds, unless the server says how long; doubled each time.
    progress
        Hears how many queries were answered.

    Returns
    -------
    network
        Roads and railways of every life-cycle status, unconnected ones too; not yet split by territory.
        Source: the server's copy of OpenStreetMap, (c) OpenStreetMap contributors, ODbL 1.0; `data_date` is its date.

    Raises
    ------
    DownloadError
        A server cannot be reached, is busy, gave up, or answered with something else than data.
    NotFoundError
        The geocoder does not know the place.
    InputError
        The box is none, is too large, or has no road and no railway in it.
    """
    for url in (endpoint, geocoder):
        require_secure(url)
    if not isinstance(place_or_box, str):
        _require_box(place_or_box)
    answers = _Answers(progress)
    with (
        _OSMNX,
        tempfile.TemporaryDirectory(prefix="araxes-overpass-") as cache,
        _osmnx(
            {
                "overpass_url": endpoint.rstrip("/"),
                "nominatim_url": geocoder.rstrip("/") + "/",
                "http_user_agent": user_agent(contact),
                "cache_folder": cache,
                "requests_kwargs": {"hooks": {"response": answers.hear}, "allow_redirects": False},
            }
        ) as osmnx,
    ):
        graph = _patiently(lambda: _graph(osmnx, place_or_box), attempts, pause_s)
    title = place_or_box if isinstance(place_or_box, str) else "{:g}, {:g} to {:g}, {:g}".format(*place_or_box)
    return from_osmnx(graph, title=title, data_date=answers.data_date)


class _BusyError(Exception):
    """A server asks to be left alone for a while."""

    def __init__(self, host: str, status: int, wait_s: float | None) -> None:
        super().__init__(host)
        self.host = host
        self.status = status
        self.wait_s = wait_s


class _Answers:
    """
    Hears every answer before OSMnx does.

    OSMnx waits and asks again without end when a server is busy, and takes what a server sent before it gave up for
    the whole.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._dates: list[str] = []
        self._count = 0

    @property
    def data_date(self) -> str | None:
        """The oldest date that the answers give for their data."""
        return min(self._dates)[:10] if self._dates else None

    def hear(self, response: requests.Response, **_: object) -> None:
        """Take note of an answer, or refuse it."""
        if urlsplit(response.url).path.endswith("/status"):
            return  # how long to wait, which OSMnx reads itself
        host = urlsplit(response.url).netloc
        if response.status_code in _BUSY:
            after = response.headers.get("Retry-After", "")
            raise _BusyError(host, response.status_code, float(after) if after.isdigit() else None)
        if response.status_code != _OK:
            message = f"{host} answered {response.status_code} {response.reason}; check the endpoint"
            raise DownloadError(message)
        try:
            answer = response.json()
        except requests.exceptions.JSONDecodeError:
            message = f"{host} answered with something that is not JSON; check the endpoint"
            raise DownloadError(message) from None
        if isinstance(answer, dict):
            if "remark" in answer:
                message = f"{host} gave up on the query ({answer['remark']}); ask for a smaller area or try again later"
                raise DownloadError(message)
            if date := answer.get("osm3s", {}).get("timestamp_osm_base"):
                self._dates.append(str(date))
            self._count += 1
            self._progress(f"asking {host}", self._count, None)


def _patiently(ask: Any, attempts: int, pause_s: float) -> nx.MultiDiGraph:  # noqa: ANN401  (a call without arguments)
    for attempt in range(attempts):
        try:
            return ask()
        except _BusyError as busy:
            if attempt == attempts - 1:
                message = (
                    f"{busy.host} is busy (answered {busy.status}, asked {attempts} times); "
                    "try again later, or name another endpoint"
                )
                raise DownloadError(message) from None
            time.sleep(min(pause_s * 2**attempt if busy.wait_s is None else busy.wait_s, _LONGEST_WAIT_S))
        except requests.RequestException as error:
            host = urlsplit(error.request.url or "").netloc if error.request is not None else "the server"
            message = f"{host} cannot be reached ({type(error).__name__}); check the connection and the endpoint"
            raise DownloadError(message) from None
    raise AssertionError


def _graph(osmnx: ModuleType, place_or_box: str | tuple[float, float, float, float]) -> nx.MultiDiGraph:
    area = _polygon_of(osmnx, place_or_box) if isinstance(place_or_box, str) else shapely.box(*place_or_box)
    _require_small(area)
    try:
        return osmnx.graph_from_polygon(
            area, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=_filters()
        )
    except ValueError as error:  # how OSMnx says "nothing there"
        message = f"no road and no railway was found in that area ({error}); choose another"
        raise InputError(message) from None


def _polygon_of(osmnx: ModuleType, place: str) -> shapely.Polygon | shapely.MultiPolygon:
    try:
        area: shapely.Polygon | shapely.MultiPolygon = osmnx.geocode_to_gdf(place).union_all()
    except TypeError:
        message = f"{place!r} is known as a point, not as an area; give a box: west, south, east, north"
        raise InputError(message) from None
    except ValueError:
        message = f"the geocoder knows no place {place!r}; check its spelling, or give a box: west, south, east, north"
        raise NotFoundError(message) from None
    return area


def _filters() -> list[str]:
    """Write the ways wanted in Overpass QL: classes, old spellings of the life cycle, and its prefixes."""
    words = "|".join(LIFE_CYCLE)
    plain = [f'["{key}"~"^({"|".join(sorted(classes))}|{words})$"]' for key, (_, classes, _) in KEYS.items()]
    return [*plain, f'[~"^({words}):({"|".join(KEYS)})$"~"."]']


@contextmanager
def _osmnx(settings: Mapping[str, Any]) -> Iterator[ModuleType]:
    """
    Lend OSMnx with settings, and put back everything that it changes in the process.

    It looks up host names itself, over HTTPS at Google where that fails, and then changes how the whole process looks
    names up; names are left to the system here.
    """
    import osmnx  # noqa: PLC0415  (heavy, and needed by nobody but who downloads)

    fixed = {
        "all_oneway": True,  # ways in the order and with the oneway tag of OSM, each once
        "doh_url_template": None,
        "http_referer": "",
        "log_console": False,
        "log_file": False,
        "use_cache": True,
        "useful_tags_way": list(WAY_KEYS),
    }
    before = {name: value for name, value in vars(osmnx.settings).items() if name in {*fixed, *settings}}
    lookup = socket.getaddrinfo
    try:
        for name, value in {**fixed, **settings}.items():
            setattr(osmnx.settings, name, value)
        yield osmnx
    finally:
        socket.getaddrinfo = lookup
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _require_box(box: tuple[float, float, float, float]) -> None:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        message = f"{west:g}, {south:g}, {east:g}, {north:g} is no box; give west, south, east and north in degrees"
        raise InputError(message)


def _require_small(area: shapely.Polygon | shapely.MultiPolygon) -> None:
    km2 = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(area)[0]) / 1e6
    if km2 > LARGEST_AREA_KM2:
        message = (
            f"the area has {km2:,.0f} km2, too much for an Overpass server (at most {LARGEST_AREA_KM2:,.0f} km2); "
            "use a country extract: `python app.py download`"
        )
        raise InputError(message)

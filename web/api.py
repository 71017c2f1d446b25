"""The JSON API: routes, segments, provisions and places, as RFC 7946 GeoJSON where there is a geometry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request

from geo.errors import InputError
from routes.alternatives import STRETCH, alternatives
from routes.geojson import route_collection, segment_collection
from routes.query import put
from routes.scenario import CASES
from web.contents import Contents, plain_value
from web.download_files import MEDIA, data
from web.escape import plain
from web.gazetteer import search
from web.names import name_of
from web.question import read, read_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routes.model import Place
    from routes.opening import Opening
    from routes.route import Route
    from routes.scenario import Scenario

api = Blueprint("api", __name__, url_prefix="/api")

FORMATS = MEDIA


def shown() -> Contents:
    """
    Give what this app shows.

    Returns
    -------
    contents
        Study, network and routes.
    """
    found: Contents = current_app.extensions["araxes"]
    return found


def answer(data: Any, mimetype: str = "application/json") -> Response:  # noqa: ANN401 -- any JSON-ready value
    """
    Write JSON; it gets a tag on its way out, by which a client can ask whether it changed.

    Parameters
    ----------
    data
        JSON-ready data; dates are written as ISO 8601.
    mimetype
        Media type.

    Returns
    -------
    response
        200, to be asked again whenever it is shown.
    """
    body = json.dumps(plain_value(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default)
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _default(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    message = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(message)


def _geojson(data: Mapping[str, Any]) -> Response:
    return answer(data, "application/geo+json")


@api.get("")
def landing() -> Response:
    """Say what there is."""
    return answer(
        {
            "title": shown().study.title,
            "facts_until": shown().study.facts_until,
            "links": {
                "routes": "/api/routes",
                "route": "/api/routes/{id}",
                "download": "/api/routes/{id}?format={geojson|gpx|kml|gpkg|csv|fgb|parquet}",
                "provisions": "/api/provisions",
                "provision": "/api/provisions/{id}",
                "places": "/api/places",
                "place by name": "/api/places?q={beginning of a name in any language}",
                "network": "/api/network",
                "line of the network at a point": "/api/network/at?lon={degrees}&lat={degrees}&zoom={0 to 30}",
                "lines of an area": "/api/network/edges?bbox={west,south,east,north}&mode={road|rail}&class={class}",
                "scenarios": "/api/scenarios",
                "plan": "/api/plan?from={place or lon,lat}&to={place or lon,lat}&mode={road|rail}&avoid={territory}"
                "&status={status}&through={crossing}&avoid_border={pair or crossing}&require={territory}"
                "&cap={territory=km}&price={border=n}&forbid_class={class}&cost={cost}&vehicle={vehicle}"
                "&alternatives={1 to 5}",
                "under a scenario": "routes, a route and a plan also take as_of={date}, case={low|central|high}, "
                "close={stretch, crossing, link or way:ID} and "
                "scenario={id or close=ID;open=ID;upgrade=ID:KMH;add=MODE:PLACE:PLACE}",
            },
        }
    )


@api.get("/routes")
def list_routes() -> Response:
    """List every candidate with its measures."""
    scenario = _scenario()
    found = shown().routes.values() if scenario is None else shown().study.routes(shown().network, scenario)
    return _geojson(route_collection(list(found)))


@api.get("/routes/<route_id>")
def show_route(route_id: str) -> Response:
    """Give one candidate by segments, or as a file with `format`."""
    route = _route(route_id)
    wanted = request.args.get("format")
    if wanted is not None:
        return download(route, wanted)
    return _geojson(segment_collection(route, profile=True))


@api.get("/routes/<route_id>/export")
def export_route(route_id: str) -> Response:
    """Give one candidate as a file."""
    return download(_route(route_id), request.args.get("format", "geojson"))


def download(route: Route, wanted: str) -> Response:
    """
    Give a route as a file.

    Parameters
    ----------
    route
        The route.
    wanted
        One of `FORMATS`.

    Returns
    -------
    response
        The file, named after the route.

    Raises
    ------
    InputError
        There is no such format.
    """
    if wanted not in FORMATS:
        message = f"there is no format {plain(wanted)!r}; it must be one of {', '.join(FORMATS)}"
        raise InputError(message)
    response = Response(data([route], wanted), content_type=FORMATS[wanted])
    response.headers["Content-Disposition"] = f'attachment; filename="{route.id}.{wanted}"'
    return response


@api.get("/provisions")
def list_provisions() -> Response:
    """List the register: instruments, and provisions with the kilometres that they govern."""
    register = shown().study.register
    return answer(
        {
            "facts_until": shown().study.facts_until,
            "instruments": [dict(record) for record in register.instruments.values()],
            "provisions": [_provision(key) for key in register.provisions],
        }
    )


@api.get("/provisions/<provision_id>")
def show_provision(provision_id: str) -> Response:
    """Give one provision with its instrument, its segments and their kilometres."""
    record = shown().provision(provision_id)
    instrument = shown().study.register.instruments.get(record["instrument"])
    return answer({**_provision(provision_id), "instrument_record": instrument and dict(instrument)})


def _provision(provision_id: str) -> dict[str, Any]:
    record = dict(shown().provision(provision_id))
    record.pop("rules", None)  # the rules as the study wrote them are in `applies`
    return {**record, "routes": shown().governed.get(provision_id, [])}


@api.get("/places")
def list_places() -> Response:
    """List the study's places; with `q`, those that have a name of that beginning, the best match first."""
    study, text = shown().study, request.args.get("q")
    found = (
        [(p, None) for p in study.places.values()] if text is None else [(f.place, f.name) for f in search(study, text)]
    )
    features = [
        {
            "type": "Feature",
            "id": place.id,
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {
                "id": place.id,
                "names": dict(place.names),
                "territory": place.territory,
                "ele_m": place.ele_m,
                "role": place.role,
                "size": place.size,
                "source": place.source,
                "note": place.note,
                **({} if name is None else _found(place, name)),
            },
        }
        for place, name in found
    ]
    return _geojson({"type": "FeatureCollection", "features": features})


def _found(place: Place, name: str) -> dict[str, str]:
    """Say what a list of finds shows: the place in the reader's language, the name that matched, the territory."""
    shown_as, where = name_of(place.names, place.id), shown().territories.get(place.territory, place.territory)
    return {"label": shown_as, "matched": "" if name == shown_as else name, "where": plain(where)}


@api.get("/plan")
def plan() -> Response:
    """Find the best way between two points, and give it by segments; or distinct ways, one feature each."""
    query, ways = read_query(request.args), read(request.args).ways
    scenario = _scenario()
    asked = replace(query, scenario=scenario.text) if scenario else query
    if ways == 1:
        return _geojson(segment_collection(put(shown().study, asked, shown().network).best(), profile=True))
    posed = put(shown().study, asked, shown().network, single=False)
    found = alternatives(*posed.near(STRETCH), ways)
    about = {"says": [found.notice] if found.notice else [], "common": found.share, "longer": found.stretch}
    return _geojson({**route_collection(list(found.routes or [posed.best()])), **about})


@api.get("/scenarios")
def list_scenarios() -> Response:
    """List the scenarios that the study states, and when its works open."""
    study = shown().study
    stated = [
        {"id": s.id, "title": s.title, "label": s.label, "text": s.text, "note": s.note}
        for s in study.scenarios.values()
    ]
    openings = [{**dict(zip(CASES, o.years, strict=True)), **_opening(o)} for o in study.openings]
    return answer({"facts_until": study.facts_until, "scenarios": stated, "openings": openings})


def _opening(opening: Opening) -> dict[str, Any]:
    return {
        "work": opening.work,
        "title": opening.title,
        "announced": opening.announced,
        "basis": opening.basis,
        "stretches": list(opening.stretches),
        "links": list(opening.links),
        "crossings": list(opening.crossings),
        "crossings_basis": opening.crossings_basis,
        "sources": list(opening.sources),
    }


def _scenario() -> Scenario | None:
    """Read the circumstances that a request asks for: scenario, date, case, and what is closed as well."""
    return read(request.args).here.resolve(shown().study)


def _route(route_id: str) -> Route:
    scenario = _scenario()
    if scenario is None:
        return shown().route(route_id)
    return shown().study.route(route_id, shown().network, scenario)

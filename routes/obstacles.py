"""What of a route is not open: whether it can be used today, and on what condition its times hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routes.route import Route

_NOT_OPEN = {
    "closed": ("{} is closed", "{} are closed"),
    "planned": ("{} is only planned", "{} are only planned"),
    "none": ("no crossing exists at {}", "no crossing exists at {}"),
    "not known": ("the status of {} is not known", "the status of {} is not known"),
}


def usable_today(route: Route) -> bool:
    """
    Say whether a route can be used as the network and the study show it, whatever its scenario.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    usable
        True where every crossing and every edge is open.
    """
    declared = route.study.crossings
    crossings = (declared[c["id"]].status if c["id"] in declared else "not known" for c in route.crossings)
    return bool((route.network_status == "open").all()) and all(status == "open" for status in crossings)


def obstacle(route: Route) -> str | None:
    """
    Say why a route cannot be used: today, or under its scenario.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    notice
        One sentence; None where every crossing and every edge is open.
    """
    by_status: dict[str, list[str]] = {}
    for crossing in route.crossings:
        if crossing["status"] != "open":
            by_status.setdefault(crossing["status"], []).append(crossing["title"])
    parts = [_NOT_OPEN[status][len(titles) > 1].format(_listed(titles)) for status, titles in by_status.items()]
    closed_m = float(route.length_m[route.status != "open"].sum())
    if closed_m > 0:
        parts.append(f"{closed_m / 1000:.1f} km are not open")
    day = None if route.scenario is None else route.scenario.as_of
    when = "today" if route.scenario is None else "in this scenario" if day is None else f"as of {day}"
    return f"Cannot be used {when}: {'; '.join(parts)}." if parts else None


def condition(route: Route) -> str | None:
    """
    State the condition under which a route's times hold.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    condition
        One clause that begins "if opened"; None where every crossing and every edge is open.
    """
    crossings = sum(c["status"] != "open" for c in route.crossings)
    closed_km = float(route.length_m[route.status != "open"].sum()) / 1000
    parts = []
    if crossings:
        parts.append(f"{crossings} crossing{'s' if crossings > 1 else ''}")
    if closed_km:
        parts.append(f"{closed_km:.1f} km")
    if not parts:
        return None
    assumed = any(c["dwell_source"] == "assumed" for c in route.crossings)
    one = crossings == 1 and not closed_km
    return f"if opened; {' and '.join(parts)} {'is' if one else 'are'} not open{', dwell assumed' if assumed else ''}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

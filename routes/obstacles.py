"""What of a route is not open: whether it can be used today, and on what condition its times hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.network import LENGTH_BASES
from routes.lengths import proposed_lines

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
        One sentence; None where every crossing and every edge is open. It begins "Cannot be used", but "Not known to be
        usable" where nothing is known to close the route. Lengths are in whole kilometres where any of them is
        estimated, else to 0.1 km; lines that are only proposed are named.
    """
    by_status: dict[str, list[str]] = {}
    for crossing in route.crossings:
        if crossing["status"] != "open":
            by_status.setdefault(crossing["status"], []).append(crossing["title"])
    parts = [_NOT_OPEN[status][len(titles) > 1].format(_listed(titles)) for status, titles in by_status.items()]
    closed = _not_open(route)
    if closed:
        proposed = [line for line in proposed_lines(route) if not line.opened]
        names = [line.title if line.id else f"{line.title} (proposed)" for line in proposed]
        parts.append(f"{closed} not open{', among them ' * bool(names)}{_listed(names)}")
    day = None if route.scenario is None else route.scenario.as_of
    when = "today" if route.scenario is None else "in this scenario" if day is None else f"as of {day}"
    begin = "Cannot be used" if closed or set(by_status) - {"not known"} else "Not known to be usable"
    return f"{begin} {when}: {'; '.join(parts)}." if parts else None


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
    closed = _not_open(route)
    assumed = ", dwell assumed" if any(c["dwell_source"] == "assumed" for c in route.crossings) else ""
    passed = f"{crossings} crossing{'s' if crossings > 1 else ''}"
    if crossings and closed:
        return f"if opened; {passed} and {closed.rpartition(' ')[0]} are not open{assumed}"
    if closed:
        return f"if opened; {closed} not open{assumed}"
    return f"if opened; {passed} {'are' if crossings > 1 else 'is'} not open{assumed}" if crossings else None


def _not_open(route: Route) -> str:
    """Say how much is not open, and the verb, with no more digits than the lengths bear; empty where all is open."""
    closed = route.status != "open"
    km = float(route.length_m[closed].sum()) / 1000
    if km == 0:
        return ""
    estimated = route.network.length_basis[route.edges][closed] == LENGTH_BASES.index("estimated")
    if not estimated.any():
        return f"{km:.1f} km are" if round(km, 1) else "less than 0.1 km is"
    return f"about {km:.0f} km {'is' if round(km) == 1 else 'are'}" if round(km) else "less than 1 km is"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

"""What comes first, and what would change it, in the reader's language and by the names of the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routes.verdict import SHOWN, Valued, Weighed
from web import figures
from web.language import N_
from web.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routes.comparison import Comparison
    from routes.verdict import Change, Rival, Verdict

MEASURES = {
    "time": N_("time for goods"),
    "distance": N_("length"),
    "build": N_("length to build"),
    "climb": N_("ascent"),
    "crossings": N_("number of crossings"),
    "closed": N_("number of crossings not open"),
}
"""Words for the criteria of `routes.ranking` within a sentence."""


def sentences(found: Comparison) -> list[str]:
    """
    Say what comes first, and what would have to be true for another order.

    Parameters
    ----------
    found
        Routes compared.

    Returns
    -------
    sentences
        The first says what comes first, or why nothing does.
    """
    names = {route.id: route.title for route in found.routes}
    start = next((names[route.id] for route in found.routes if not route.broken), "")
    return [
        *_verdict(names, found.verdict),
        *(
            _(
                "%(route)s does not join the places that %(first)s joins: it is another journey.",
                route=names[one],
                first=start,
            )
            for one in found.elsewhere
        ),
    ]


def _verdict(names: Mapping[str, str], verdict: Verdict | None) -> list[str]:
    if verdict is None:
        return [_("An order takes two ways across that could be resolved.")]
    if verdict.first is None:
        return [_("No way across can be put in order: none has every weighed measure known.")]
    first = names[verdict.first]
    weights = ", ".join(f"{_(MEASURES[name])} {_percent(share)}" for name, share in verdict.weights.items())
    score = figures.number(verdict.score, 2)
    text = _(
        "%(route)s comes first (%(score)s of 1) with the weights: %(weights)s.",
        route=first,
        score=score,
        weights=weights,
    )
    return [text, *(_rival(names, first, rival) for rival in verdict.rivals)]


def _rival(names: Mapping[str, str], first: str, rival: Rival) -> str:
    route = names[rival.route]
    if rival.level:
        return _("%(route)s shares the first place.", route=route)
    if not rival.changes:
        return _(
            "No single weight or value within its range would put %(route)s before %(first)s.", route=route, first=first
        )
    ways = _("; or if ").join(_change(names, change) for change in rival.changes)
    return _("%(route)s would come before %(first)s if %(ways)s.", route=route, first=first, ways=ways)


def _change(names: Mapping[str, str], change: Change) -> str:
    return _weighed(change) if isinstance(change, Weighed) else _valued(names, change)


def _weighed(change: Weighed) -> str:
    measure = _(MEASURES[change.criterion])
    if change.anything:
        return _("%(measure)s weighed anything at all (now 0 %%)", measure=measure)
    share, now = (_percent(part, change.digits) for part in (change.flip, change.now))
    if change.more:
        return _("%(measure)s weighed more than %(share)s (now %(now)s)", measure=measure, share=share, now=now)
    return _("%(measure)s weighed less than %(share)s (now %(now)s)", measure=measure, share=share, now=now)


def _valued(names: Mapping[str, str], change: Valued) -> str:
    said = {"route": names[change.route], "measure": _(MEASURES[change.criterion])}
    said |= {case: _value(change.criterion, getattr(change, case)) for case in ("flip", "low", "central", "high")}
    if change.over:
        return _(
            "%(route)s had its %(measure)s over %(flip)s (estimate: %(low)s to %(high)s, central %(central)s)", **said
        )
    return _(
        "%(route)s had its %(measure)s under %(flip)s (estimate: %(low)s to %(high)s, central %(central)s)", **said
    )


def _value(criterion: str, value: float) -> str:
    scale, unit, digits = SHOWN[criterion]
    number = figures.number(value / scale, digits)
    return f"{number}{figures.THIN}{figures.unit(unit)}" if unit else number


def _percent(share: float, digits: int = 0) -> str:
    return f"{figures.number(100 * share, digits)}{figures.THIN}%"

"""Routes side by side: a DataFrame with a row a route, and the same as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routes.metrics import properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from routes.route import Route

_NOT_KNOWN = "not known"
_HOUR = 3600
_KM = 1000
_BOUNDS = ("low", "high")


def comparison(routes: Sequence[Route]) -> pd.DataFrame:
    """
    Put routes side by side.

    Parameters
    ----------
    routes
        Routes, broken ones included.

    Returns
    -------
    table
        One row a route, its id as the index. Columns are the names of `routes.metrics.properties`, nested ones
        joined by a point: length_by_territory_m.AM, time_s.lorry.low, network.data_date. Lists are joined by
        semicolons; `reasons` says why a figure is missing, `sources` names what the figures rest on.
    """
    import pandas as pd  # noqa: PLC0415  (see `geo.frames`)

    rows = [_flat(properties(route)) for route in routes]
    order = {name: place for place, name in enumerate(dict.fromkeys(n.split(".")[0] for row in rows for n in row))}
    # Stable: columns of one property stay together, in the order in which they first appear.
    names = sorted(dict.fromkeys(n for row in rows for n in row), key=lambda name: order[name.split(".")[0]])
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names}
    return pd.DataFrame(columns).convert_dtypes().set_index("id", drop=False)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in record.items():
        if name == "basis":
            row["sources"] = _joined(dict.fromkeys(tag for entry in value.values() for tag in entry["sources"]))
        elif name == "reasons":
            row["reasons"] = _joined(f"{key}: {reason}" for key, reason in value.items())
        elif name == "crossings":
            row["crossings"] = None if value is None else _joined(_crossing(c) for c in value)
        elif name in {"provisions", "links"}:
            row[name] = None if value is None else _joined(item["id"] or item["title"] for item in value)
        elif name == "works":
            row[name] = _joined(value)
        else:
            row |= _spread(name, value)
    return row


def _spread(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401  (what a property may hold)
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in _spread(f"{name}.{key}", inner).items()}
    if name.endswith("_range_m") or "_range_m." in name:
        low, high = value or (None, None)
        return dict(zip((f"{name}.{bound}" for bound in _BOUNDS), (low, high), strict=True))
    return {name: _joined(str(item) for item in value) if isinstance(value, list) else value}


def _crossing(crossing: Mapping[str, Any]) -> str:
    return f"{crossing['id'] or crossing['title']} ({crossing['status']})"


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


# -- for a terminal --------------------------------------------------------------------------------------------------


def as_text(routes: Sequence[Route]) -> str:
    """
    Write routes as a table that a terminal shows.

    Parameters
    ----------
    routes
        Routes of one study on one network.

    Returns
    -------
    text
        Key figures, one line a route; then a line for each that cannot be used or resolved; then what the figures
        rest on. "not known" stands where there is no figure, a dash where there is nothing to state.
    """
    records = [properties(route) for route in routes]
    territories = sorted({key for r in records for key in r["length_by_territory_m"] or {}})
    header = ["route", "km", *(f"{key} km" for key in territories), "to build km", "time h (low-high)", "ascent m"]
    header += ["highest m", "crossings", "standing"]
    rows = [
        [
            record["id"],
            _ranged(record["length_m"], record["length_range_m"]),
            *(_territory(record, key) for key in territories),
            _km(record["to_build_m"]),
            _time(record),
            _whole(record["ascent_m"]),
            _whole(record["highest_m"]),
            "; ".join(_crossing(c) for c in record["crossings"] or ()) or "-",
            record["standing"] or "-",
        ]
        for record in records
    ]
    lines = [grid(header, rows, numbers=range(1, len(header) - 2))]
    lines += [f"{record['id']}: {record['notice']}" for record in records if record["notice"]]
    if any(record["time_condition"] for record in records):
        lines.append(
            "Times are given as if everything were open; dwell at the crossings is assumed where no source gives it."
        )
    if records:
        if records[0]["scenario"]:
            lines.append(f"Scenario: {records[0]['scenario']['title']}.")
        network = records[0]["network"]
        kind = "generalised" if network["generalised"] else "full detail"
        lines.append(
            f"Network: {network['title']} ({kind}, data of {network['data_date'] or 'a date not known'}). "
            f"Facts until {records[0]['facts_until']}."
        )
    return "\n".join(lines) + "\n"


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Iterable[int]) -> str:
    """
    Line up cells in columns.

    Parameters
    ----------
    header
        Names of the columns.
    rows
        Cells.
    numbers
        Columns that are flush right.

    Returns
    -------
    text
        Lines without a final newline; a rule below the header.
    """
    right = set(numbers)
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in (header, ["-" * w for w in widths], *rows)
    ]
    return "\n".join(line.rstrip() for line in lines)


def _km(metres: float | None) -> str:
    return _NOT_KNOWN if metres is None else f"{metres / _KM:.1f}"


def _whole(metres: float | None) -> str:
    return _NOT_KNOWN if metres is None else f"{metres:.0f}"


def _ranged(metres: float | None, limits: Sequence[float] | None) -> str:
    if metres is None or limits is None or limits[0] == limits[1]:
        return _km(metres)
    return f"{_km(metres)} ({_km(limits[0])}-{_km(limits[1])})"


def _territory(record: Mapping[str, Any], key: str) -> str:
    if record["length_by_territory_m"] is None:
        return _NOT_KNOWN
    return _ranged(record["length_by_territory_m"].get(key, 0.0), record["length_by_territory_range_m"].get(key))


def _time(record: Mapping[str, Any]) -> str:
    """Show the first vehicle that the study states for the mode."""
    if not record["time_s"]:
        return _NOT_KNOWN
    vehicle, time = next(iter(record["time_s"].items()))
    shown = time or record["moving_s"][vehicle]
    low, central, high = (f"{shown[key] / _HOUR:.1f}" for key in ("low", "central", "high"))
    return f"{vehicle} {central} ({low}-{high}){'' if time else ' + stops not known'}"

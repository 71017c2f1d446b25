"""One clause of an instrument, the rules that link it to the ground, and the checks of a register's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import DataError
from geo.network import MODES, STATUSES
from routes.records import require_dates, require_known, require_texts, texts

KINDS = ("announced", "framework", "initialed", "signed", "in force", "historic")
SUBJECTS = (*MODES, "pipeline", "power", "fibre", "border", "general")
VERIFICATIONS = ("verified", "number not verified", "content not verified")
RULE_KEYS = ("territory", "mode", "stretch", "crossing", "candidate", "status")
_NOT_KNOWN = "not known"
# Lists in a record whose items name sources of their own
_SOURCED = ("conflicts", "positions", "others", "progress", "lengths", "costs", "capacity", "dates")


@dataclass(frozen=True)
class Rule:
    """
    One link from a provision to the ground: all keys that it names must match.

    Attributes
    ----------
    reason
        Why the provision holds there.
    territory, mode, stretch, crossing, candidate, status
        Values allowed; an empty set allows any. A rule that names crossings links crossings, and only them; every
        other rule links segments.
    """

    reason: str = ""
    territory: frozenset[str] = frozenset()
    mode: frozenset[str] = frozenset()
    stretch: frozenset[str] = frozenset()
    crossing: frozenset[str] = frozenset()
    candidate: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()

    def matches(self, **facts: str | None) -> bool:
        """
        Say whether the rule holds somewhere.

        Parameters
        ----------
        **facts
            What is there, by the names of the keys: territory="AM", mode="rail". For a segment leave `crossing` out:
            a rule on crossings then does not hold. A fact that is not known (left out, None or empty) matches only
            a rule that does not ask for it.

        Returns
        -------
        holds
            True where every key of the rule allows what is there.
        """
        if bool(self.crossing) != bool(facts.get("crossing")):
            return False
        return all(not (allowed := getattr(self, key)) or facts.get(key) in allowed for key in RULE_KEYS)


@dataclass(frozen=True, eq=False)
class Provision(Mapping[str, Any]):
    """
    One clause of an instrument: its record as it stands in the study, and its rules.

    Attributes
    ----------
    record
        id, instrument, clause, date, parties, status, kind, last_seen, modes, where, text, verification, sources and
        more; `provision["clause"]` reads one.
    rules
        Where it holds: any rule is enough; none means that it governs no segment.
    """

    record: Mapping[str, Any]
    rules: tuple[Rule, ...] = ()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  (a record holds texts, lists and tables)
        """Read one entry of the record."""
        return self.record[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names of the record's entries."""
        return iter(self.record)

    def __len__(self) -> int:
        """Count the record's entries."""
        return len(self.record)


def check_sources(row: Mapping[str, Any], *, where: str) -> None:
    """
    Refuse a record that leads to no source.

    Parameters
    ----------
    row
        Its record.
    where
        File, table and id, for the message.

    Raises
    ------
    DataError
        Something is missing or names what does not exist.
    """
    if not texts(row, "sources", where=where):
        message = f"{where} has no sources; every record must lead to one"
        raise DataError(message)


def sources_of(row: Mapping[str, Any]) -> list[str]:
    """
    List every source that a record names, its conflicts, positions and figures included.

    Parameters
    ----------
    row
        A record of the register.

    Returns
    -------
    sources
        Tags, in order, each once.
    """
    said = [item.get("source", []) for name in _SOURCED for item in row.get(name, [])]
    tags = [*row.get("sources", []), *(tag for tags in said for tag in ([tags] if isinstance(tags, str) else tags))]
    return list(dict.fromkeys(tags))


def check_instrument(row: Mapping[str, Any], *, where: str) -> None:
    """
    Refuse an instrument that is not whole.

    Parameters
    ----------
    row
        Its record.
    where
        File, table and id, for the message.

    Raises
    ------
    DataError
        Something is missing or names what does not exist.
    """
    require_texts(row, ["title", "short", "date", "status", "kind", "last_seen"], where=where)
    require_dates(row, ["date", "last_seen"], where=where)
    require_known([row["kind"]], KINDS, what="kind", where=where)
    texts(row, "parties", where=where)
    check_sources(row, where=where)


def read_provision(
    row: Mapping[str, Any],
    instruments: Mapping[str, Mapping[str, Any]],
    *,
    where: str,
) -> Provision:
    """
    Make a provision of its record.

    Parameters
    ----------
    row
        Its record.
    instruments
        The instruments that there are, by id.
    where
        File, table and id, for the message.

    Returns
    -------
    provision
        The provision, its rules read.

    Raises
    ------
    DataError
        Something is missing, names what does not exist, or breaks the rule on marks: content that is not verified
        is neither paraphrased nor linked, and a number that is not verified is not shown.
    """
    require_texts(row, ["instrument", "clause", "date", "status", "kind", "last_seen", "verification"], where=where)
    require_texts(row, ["text", "where"], where=where, empty=True)
    require_dates(row, ["date", "last_seen"], where=where)
    require_known([row["instrument"]], instruments, what="instrument", where=where)
    require_known([row["kind"]], KINDS, what="kind", where=where)
    require_known([row["verification"]], VERIFICATIONS, what="verification", where=where)
    require_known(texts(row, "modes", where=where), SUBJECTS, what="mode", where=where)
    texts(row, "parties", where=where)
    check_sources(row, where=where)
    rules = tuple(_rule(rule, where=f"{where}, rule {n}") for n, rule in enumerate(row.get("applies", []), start=1))
    if row["verification"] == "content not verified" and (row["text"] or rules):
        message = f"{where} is marked content not verified; such a record has no paraphrase and governs nothing"
        raise DataError(message)
    if row["verification"] == "number not verified" and not row["clause"].startswith(_NOT_KNOWN):
        message = f"{where} is marked number not verified; its clause must read 'not known (number not verified)'"
        raise DataError(message)
    return Provision(row, rules)


def _rule(row: Mapping[str, Any], *, where: str) -> Rule:
    require_known(row, (*RULE_KEYS, "reason"), what="key", where=where)
    require_texts(row, ["reason"], where=where)
    keys = {key: frozenset(texts(row, key, where=where)) for key in RULE_KEYS if key in row}
    empty = [key for key, values in keys.items() if not values]
    if not keys or empty:
        message = f"{where} {f'has an empty {empty[0]}' if empty else 'names nothing'}; a rule names what it holds for"
        raise DataError(message)
    for key, words in (("mode", MODES), ("status", STATUSES)):
        require_known(sorted(keys.get(key, ())), words, what=key, where=where)
    wide = sorted(set(keys) - {"crossing", "candidate", "mode"})
    if "crossing" in keys and wide:
        message = f"{where} names crossings and {wide[0]}; beside crossings a rule may name candidates and modes only"
        raise DataError(message)
    return Rule(reason=row["reason"], **keys)

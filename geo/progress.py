"""How long work says how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHOLE = 1000


class Progress(Protocol):
    """Hears how far a long piece of work has come."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """
        Take a report.

        Parameters
        ----------
        stage
            What is being done, in words.
        done
            How much is done.
        total
            Of how much; None where that is not known.
        """


def silent(stage: str, done: int, total: int | None) -> None:
    """
    Hear a report and say nothing.

    Parameters
    ----------
    stage, done, total
        See `Progress`.
    """


def as_one(progress: Progress, whole: str, stages: Sequence[tuple[str, float]]) -> Progress:
    """
    Report the stages of a piece of work as parts of one, so that what is left can be told from what is done.

    Parameters
    ----------
    progress
        Hears "whole: stage" in thousandths of the whole; a stage that is not foreseen, or does not know its own total,
        is passed on as it is.
    whole
        What is being done, in words.
    stages
        How the name of each stage begins, in their order, and its share of the time; any unit.

    Returns
    -------
    report
        What the stages report to.
    """
    shares = [share for _, share in stages]
    current = 0

    def report(stage: str, done: int, total: int | None) -> None:
        nonlocal current
        later = range(current, len(stages))
        found = next((number for number in later if stage.startswith(stages[number][0])), None)
        if found is None or not total:
            progress(stage, done, total)
            return
        current = found
        part = sum(shares[:found]) + shares[found] * min(done / total, 1.0)
        progress(f"{whole}: {stage}", round(_WHOLE * part / sum(shares)), _WHOLE)

    return report

"""How long work says how far it has come."""

from __future__ import annotations

from typing import Protocol


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

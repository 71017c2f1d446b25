"""What takes time to make and is asked for again: made once, whoever asks, and kept while it is among the latest."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Kept(Generic[T]):
    """
    The latest of some things, by what they are for.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: dict[Hashable, T] = {}
        self._lock = RLock()  # a server's threads share it: of two that ask for the same, one makes it

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """
        Give a thing, made when it is not at hand.

        Parameters
        ----------
        key
            What it is for.
        make
            Makes it.

        Returns
        -------
        thing
            The same for all who ask while it is kept.
        """
        with self._lock:
            found = self._found.pop(key) if key in self._found else make()
            self._found[key] = found  # last: what was asked for longest ago makes room
            while len(self._found) > self.most:
                del self._found[next(iter(self._found))]
            return found

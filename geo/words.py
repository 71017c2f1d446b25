"""Text columns, dictionary encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Words:
    """
    One text column, dictionary encoded.

    Attributes
    ----------
    codes
        For each row, which word; int32.
    words
        The distinct words, sorted. The empty word means: not tagged, not known.
    """

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    @classmethod
    def encode(cls, values: list[str]) -> Words:
        """
        Encode one text for each row.

        Parameters
        ----------
        values
            The texts.

        Returns
        -------
        column
            The encoded column.
        """
        words = tuple(sorted(set(values)))
        index = {word: code for code, word in enumerate(words)}
        return cls(np.fromiter((index[v] for v in values), dtype=np.int32, count=len(values)), words)

    @classmethod
    def constant(cls, word: str, rows: int) -> Words:
        """
        Make a column that holds one word throughout.

        Parameters
        ----------
        word
            The word.
        rows
            How many rows.

        Returns
        -------
        column
            The encoded column.
        """
        return cls(np.zeros(rows, dtype=np.int32), (word,))

    def decode(self) -> NDArray[np.object_]:
        """
        Give the text of every row.

        Returns
        -------
        values
            One str for each row.
        """
        if not self.words:
            return np.empty(0, dtype=object)
        return np.asarray(np.array(self.words, dtype=object)[self.codes], dtype=object)

    def isin(self, words: tuple[str, ...] | list[str] | set[str] | frozenset[str]) -> NDArray[np.bool_]:
        """
        Say which rows hold one of some words.

        Parameters
        ----------
        words
            The words to look for.

        Returns
        -------
        mask
            True where the row's word is among them.
        """
        wanted = np.fromiter((w in words for w in self.words), dtype=bool, count=len(self.words))
        return wanted[self.codes] if len(self.words) else np.zeros(0, dtype=bool)

    def take(self, rows: NDArray[np.intp]) -> Words:
        """
        Pick rows, keeping only the words that are still used.

        Parameters
        ----------
        rows
            Row numbers.

        Returns
        -------
        column
            The picked rows.
        """
        if len(self.words) == 1 and len(rows):  # a column that says the same of every row, as many do
            return Words(np.zeros(len(rows), dtype=np.int32), self.words)
        codes = self.codes[rows]
        # Counting words is many times as fast as sorting rows, and there are rarely more words than rows.
        used = np.flatnonzero(np.bincount(codes, minlength=len(self.words)))
        if len(used) == len(self.words):
            return Words(codes, self.words)
        recode = np.zeros(len(self.words), dtype=np.int32)
        recode[used] = np.arange(len(used), dtype=np.int32)
        return Words(recode[codes], tuple(self.words[i] for i in used))

    def join(self, other: Words) -> Words:
        """
        Put another column's rows behind this one's.

        Parameters
        ----------
        other
            The rows to add.

        Returns
        -------
        column
            Both.
        """
        words = tuple(sorted(set(self.words) | set(other.words)))
        index = {word: code for code, word in enumerate(words)}
        recode = [np.array([index[w] for w in column.words], dtype=np.int32) for column in (self, other)]
        parts = [r[c.codes] if len(r) else c.codes for r, c in zip(recode, (self, other), strict=True)]
        return Words(np.concatenate(parts), words)

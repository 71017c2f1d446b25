"""Which boxes touch a window: a packed tree of two levels over columns, quick to build and small to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Window = tuple[int, int, int, int]

_LEAF = 128  # boxes a leaf: about the square root of the number of boxes in a country's roads
_CELLS = 1 << 16  # a side of the grid along whose Morton curve the boxes lie


@dataclass(frozen=True, eq=False)
class Boxes:
    """
    Boxes in the order of a curve that keeps neighbours together, and the box of each run of them.

    Attributes
    ----------
    rows
        Which row of the caller's each box is, in the order of the curve.
    sides
        West, south, east, north of each box in that order; shape (boxes, 4), int32, any unit.
    leaves
        The same for each run of boxes; shape (leaves, 4).
    """

    rows: NDArray[np.intp]
    sides: NDArray[np.int32]
    leaves: NDArray[np.int32]

    @classmethod
    def of(cls, sides: NDArray[np.int32], rows: NDArray[np.intp]) -> Boxes:
        """
        Pack some of the caller's boxes.

        Parameters
        ----------
        sides
            West, south, east, north of every box; shape (all boxes, 4), see `around`.
        rows
            The boxes to take.

        Returns
        -------
        boxes
            One for each row.
        """
        rows = np.asarray(rows, dtype=np.intp)
        if not len(rows):
            none = np.empty((0, 4), dtype=np.int32)
            return cls(rows, none, none)
        order = np.argsort(_curve(sides[rows]), kind="stable")
        rows = rows[order]
        kept = sides[rows]
        firsts = np.arange(0, len(rows), _LEAF)
        low = np.minimum.reduceat(kept[:, :2], firsts, axis=0)
        high = np.maximum.reduceat(kept[:, 2:], firsts, axis=0)
        return cls(rows, kept, np.column_stack((low, high)))

    def touching(self, window: Window) -> NDArray[np.intp]:
        """
        Find the boxes that have a point in common with a window.

        Parameters
        ----------
        window
            West, south, east, north in the boxes' unit.

        Returns
        -------
        rows
            The caller's rows, in the order of the curve.
        """
        leaves = np.flatnonzero(_touch(self.leaves, window))
        if not len(leaves):
            return self.rows[:0]
        index = (leaves[:, None] * _LEAF + np.arange(_LEAF)).ravel()
        index = index[index < len(self.rows)]
        return np.asarray(self.rows[index[_touch(self.sides[index], window)]], dtype=np.intp)


def around(offset: NDArray[np.int64], x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.int32]:
    """
    Put a box around each line.

    Parameters
    ----------
    offset
        Line i has vertices offset[i] to offset[i + 1]; each line has at least one.
    x, y
        The vertices, such as degrees times 1e7.

    Returns
    -------
    sides
        West, south, east, north; shape (lines, 4).
    """
    if len(offset) <= 1:
        return np.empty((0, 4), dtype=np.int32)
    return np.column_stack([pick.reduceat(axis, offset[:-1]) for pick in (np.minimum, np.maximum) for axis in (x, y)])


def _touch(sides: NDArray[np.int32], window: Window) -> NDArray[np.bool_]:
    west, south, east, north = window
    return np.asarray(
        (sides[:, 0] <= east) & (sides[:, 2] >= west) & (sides[:, 1] <= north) & (sides[:, 3] >= south), dtype=bool
    )


def _curve(sides: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Place the middles of boxes along a Morton curve."""
    middle = (sides[:, :2].astype(np.int64) + sides[:, 2:]) // 2
    low = middle.min(axis=0)
    span = np.maximum(middle.max(axis=0) - low, 1)
    cell = ((middle - low) * (_CELLS - 1) // span).astype(np.uint32)
    return np.asarray(_spread(cell[:, 0]) | (_spread(cell[:, 1]) << np.uint32(1)), dtype=np.uint32)


def _spread(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Put a zero between each two of the sixteen lowest bits."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << np.uint32(shift))) & np.uint32(mask)
    return bits

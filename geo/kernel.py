"""Functions over arrays that Numba compiles: loops that no NumPy expression says, at the speed of C."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def kernel(function: F) -> F:
    """
    Compile a function when it is first called; what was compiled is kept for the next start.

    Parameters
    ----------
    function
        Of arrays and numbers, in the part of Python that Numba takes.

    Returns
    -------
    compiled
        Called in the same way. It lets other threads run. Where nothing may be written, beside the code or in the
        user's cache folder, it is compiled anew in each process.
    """
    try:
        return cast("F", numba.njit(function, cache=True, nogil=True))
    except RuntimeError:  # Numba found no folder to keep it in
        return cast("F", numba.njit(function, nogil=True))

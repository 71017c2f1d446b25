"""Lengths of generalised lines that nobody published: estimated from those of the same network that somebody did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.network import LENGTH_BASES, MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

_ENOUGH = 5  # published lines of a mode from which a ratio can be told


def estimate_lengths(network: Network) -> Network:
    """
    Estimate the length of every line of a generalised network that has no published one.

    A generalised line cuts the bends of the road that it stands for. By how much is told by the lines of the same mode
    whose length is published: the estimate is the shape times the median of their ratios, published to shape.

    Parameters
    ----------
    network
        A text network, not yet split.

    Returns
    -------
    network
        Estimated edges have `length_basis` estimated. `meta["length_estimates"]` says for each mode the factors: low
        (1, the shape itself), central (the median) and high (the largest ratio), and from how many lines. A mode with
        fewer than five published lines, or with nothing to estimate, is left alone.
    """
    length_m, basis = network.length_m.copy(), network.length_basis.copy()
    factors: dict[str, dict[str, Any]] = {}
    published = basis == LENGTH_BASES.index("published")
    for code, mode in enumerate(MODES):
        of_mode = network.mode == code
        ratios = _ratios(network, of_mode & published)
        open_ = of_mode & ~published
        if len(ratios) < _ENOUGH or not open_.any():
            continue
        central = round(float(np.median(ratios)), 2)
        factors[mode] = {"low": 1.0, "central": central, "high": round(float(ratios.max()), 2), "lines": len(ratios)}
        length_m[open_] = network.shape_length_m[open_] * central
        basis[open_] = LENGTH_BASES.index("estimated")
    meta = {**network.meta, "length_estimates": factors}
    return replace(network, length_m=length_m, length_basis=basis, meta=meta)


def _ratios(network: Network, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Divide published lengths by shapes, one a line (a line can be several edges)."""
    lines, index = np.unique(network.way_id[rows], return_inverse=True)
    told = np.bincount(index, weights=network.length_m[rows], minlength=len(lines))
    drawn = np.bincount(index, weights=network.shape_length_m[rows], minlength=len(lines))
    return np.asarray(told / drawn, dtype=np.float64)

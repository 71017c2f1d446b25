"""Tables with a geometry, for whoever asks for one: the libraries that make them load only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray


def frame(
    columns: Mapping[str, Any],
    shapes: Sequence[Any] | NDArray[np.object_],
    *,
    objects: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """
    Put columns and geometry together.

    Parameters
    ----------
    columns
        Values by name.
    shapes
        One geometry a row, degrees.
    objects
        Names of the columns that keep their values as they are: None stays None, and text stays str.

    Returns
    -------
    frame
        In WGS84.
    """
    import geopandas as gpd  # noqa: PLC0415  (with pandas it takes longer to load than most answers take to find)
    import pandas as pd  # noqa: PLC0415

    typed = {name: pd.Series(values, dtype="object") if name in objects else values for name, values in columns.items()}
    return gpd.GeoDataFrame(typed, geometry=shapes, crs="EPSG:4326")

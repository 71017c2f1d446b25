"""Small networks that the tests of the ground share."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from geo.network import Network
from geo.osm import read_osm

Tags = dict[str, str]
Osm = Callable[..., Path]


def xml(nodes: dict[int, tuple[float, float]], ways: dict[int, tuple[list[int], Tags]], *, nodes_last: bool) -> str:
    """Write OSM's own format: nodes with lon and lat, and ways with their nodes and tags."""
    points = [f'  <node id="{key}" lon="{lon}" lat="{lat}"/>' for key, (lon, lat) in nodes.items()]
    lines = []
    for key, (refs, tags) in ways.items():
        inner = [f'<nd ref="{ref}"/>' for ref in refs] + [
            f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()
        ]
        lines.append(f'  <way id="{key}">{"".join(inner)}</way>')
    body = lines + points if nodes_last else points + lines
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">', *body, "</osm>", ""])


@pytest.fixture
def osm(tmp_path: Path) -> Osm:
    """A function that writes nodes {id: (lon, lat)} and ways {id: ([node ids], tags)} to an .osm file."""

    def write_file(
        nodes: dict[int, tuple[float, float]],
        ways: dict[int, tuple[list[int], Tags]],
        name: str = "made.osm",
        *,
        nodes_last: bool = False,
    ) -> Path:
        path = tmp_path / name
        path.write_text(xml(nodes, ways, nodes_last=nodes_last), encoding="utf-8")
        return path

    return write_file


@pytest.fixture(scope="session")
def hatfield_file() -> Path:
    """Real OSM that every machine has: 10 kB of Hatfield in England, which the wheel of pyogrio ships (ODbL)."""
    path = Path(str(resources.files("pyogrio"))) / "tests" / "fixtures" / "sample.osm.pbf"
    if not path.is_file():
        pytest.skip(f"this build of pyogrio comes without {path.name}: install its wheel from PyPI")
    return path


@pytest.fixture(scope="session")
def hatfield(hatfield_file: Path) -> Network:
    """The network of it: a motorway in a tunnel, town streets, and an abandoned railway."""
    return read_osm([hatfield_file])

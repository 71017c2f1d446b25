"""Lengths that nobody published are estimated from those of the same network that somebody did."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.estimate import estimate_lengths
from geo.lines import read_lines

Write = Callable[[str, str], Path]


def network_text(lengths_km: list[float | None], mode: str = "road") -> str:
    """Lines side by side, each one hundredth of a degree of longitude: about 0.86 km at 39 degrees north."""
    features = []
    for number, length_km in enumerate(lengths_km):
        lat = 39 + number / 10
        properties: dict[str, object] = {"id": f"line-{number}", "mode": mode, "class": "primary"}
        properties["status"] = "open"
        if length_km is not None:
            properties["length_km"] = length_km
        line = {"type": "LineString", "coordinates": [[46.0, lat], [46.01, lat]]}
        features.append({"type": "Feature", "properties": properties, "geometry": line})
    return json.dumps({"type": "FeatureCollection", "title": "Lines", "features": features})


def test_a_line_without_a_published_length_gets_the_median_ratio(write: Write) -> None:
    network = read_lines(write("network.geojson", network_text([0.9, 1.0, 1.1, 1.2, 1.5, None])))
    ratios = network.length_m[:5] / network.shape_length_m[:5]
    estimated = estimate_lengths(network)
    factor = estimated.meta["length_estimates"]["road"]
    assert factor["central"] == pytest.approx(np.median(ratios), abs=0.005)
    assert factor["high"] == pytest.approx(ratios.max(), abs=0.005)
    assert factor["low"] == 1.0
    assert factor["lines"] == 5
    assert estimated.length_m[5] == pytest.approx(network.shape_length_m[5] * factor["central"])
    assert estimated.edges["length_basis"].tolist() == ["published"] * 5 + ["estimated"]
    np.testing.assert_array_equal(estimated.length_m[:5], network.length_m[:5])
    np.testing.assert_array_equal(estimated.shape_length_m, network.shape_length_m)


def test_four_published_lines_are_too_few_to_tell_a_ratio(write: Write) -> None:
    network = read_lines(write("network.geojson", network_text([0.9, 1.0, 1.1, 1.2, None])))
    estimated = estimate_lengths(network)
    np.testing.assert_array_equal(estimated.length_m, network.length_m)
    assert estimated.meta["length_estimates"] == {}


def test_one_mode_says_nothing_of_the_other(write: Write) -> None:
    content = json.loads(network_text([0.9, 1.0, 1.1, 1.2, 1.5, None]))
    content["features"][5]["properties"]["mode"] = "rail"
    network = read_lines(write("network.geojson", json.dumps(content)))
    assert estimate_lengths(network).edges["length_basis"].tolist()[5] == "shape"

"""Saved networks: what goes there and back, and what happens to a file that is broken."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import main
from geo import storage
from geo.errors import DataError, InputError
from geo.network import Network
from geo.words import Words

META = {
    "title": "Hatfield – Հատֆիլդ",
    "data_date": "2026-05-01",
    "sources": [{"id": "osm", "date": None}],
    "boundaries": {"id": "tz", "border_tolerance_m": 500.0},
    "relief": None,
    "generalised": False,
}


@pytest.fixture
def network(hatfield: Network) -> Network:
    """A real network with something in every column."""
    edges = hatfield.edge_count
    samples = np.arange(3 * edges, dtype=np.float32)
    samples[5] = np.nan
    return replace(
        hatfield,
        accuracy_m=np.where(np.arange(edges) % 2, np.nan, 250).astype(np.float32),
        near_m=np.linspace(0, 90, edges),
        sample_offset=3 * np.arange(edges + 1),
        sample_ele_m=samples,
        text={**hatfield.text, "territory": Words.encode(["AM", "AZ-NX"] * (edges // 2))},
        meta=META,
    )


@pytest.fixture
def saved(network: Network, tmp_path: Path) -> Path:
    network.save(tmp_path / "town.net")
    return tmp_path / "town.net"


def sections(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, first and last byte of each section of a file."""
    raw = path.read_bytes()
    lead = len(storage.MAGIC) + 8 + 32
    size = int.from_bytes(raw[len(storage.MAGIC) :][:8], "little")
    start = lead + size + -(lead + size) % storage.ALIGN
    for row in json.loads(raw[lead : lead + size])["sections"]:
        count = int(np.prod(row["shape"])) * np.dtype(row["dtype"]).itemsize
        yield row["name"], start + row["offset"], start + row["offset"] + count


def rewrite(path: Path, *, without: str = "", **more: np.ndarray) -> None:
    """Write a file again with fewer or more sections."""
    arrays, header, vocabulary = storage.read(path, verify=True)
    kept = {name: array.copy() for name, array in arrays.items() if name != without and not name.startswith("words.")}
    words = {name: list(values) for name, values in vocabulary.items() if f"words.{name}" != without}
    storage.write(path, kept | more, header, words)


# -- there and back ----------------------------------------------------------------------------------------------------


def test_there_and_back_every_array_text_and_word_of_the_header_is_the_same(network, saved):
    back = Network.load(saved)
    for name, array in vars(network).items():
        if name == "text":
            for column, words in array.items():
                assert back.text[column].decode().tolist() == words.decode().tolist(), column
        elif name == "meta":
            assert back.meta == META
        else:
            loaded = getattr(back, name)
            assert loaded.dtype == array.dtype, name
            np.testing.assert_array_equal(loaded, array, err_msg=name)


def test_saved_again_the_bytes_are_the_same(saved, tmp_path):
    Network.load(saved).save(tmp_path / "again.net")
    assert (tmp_path / "again.net").read_bytes() == saved.read_bytes()


def test_a_network_may_be_saved_over_the_file_that_it_is_mapped_from(network, saved):
    before = saved.read_bytes()
    loaded = Network.load(saved)
    loaded.save(saved)
    assert saved.read_bytes() == before
    np.testing.assert_array_equal(loaded.length_m, network.length_m)


def test_a_loaded_network_cannot_be_changed(saved):
    with pytest.raises(ValueError, match="read-only"):
        Network.load(saved).length_m[0] = 1.0


def test_a_network_without_edges_goes_there_and_back(network, tmp_path):
    network.take(np.array([], dtype=np.intp)).save(tmp_path / "empty.net")
    back = Network.load(tmp_path / "empty.net")
    assert (back.edge_count, back.node_count) == (0, 0)
    assert back.text["territory"].decode().tolist() == []


def test_sections_of_a_later_version_are_ignored(network, saved):
    rewrite(saved, hierarchy=np.arange(1000))
    assert "hierarchy" in [name for name, _, _ in sections(saved)]
    assert Network.load(saved).edge_count == network.edge_count


# -- broken files ------------------------------------------------------------------------------------------------------


def refused(path: Path, *, verify: bool = True) -> str:
    with pytest.raises(DataError) as caught:
        Network.load(path, verify=verify)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


def test_a_changed_byte_in_any_section_is_found(saved):
    good = saved.read_bytes()
    for name, first, last in sections(saved):
        if first == last:  # an empty section has no byte to change
            continue
        for place in {first, (first + last) // 2, last - 1}:
            bad = bytearray(good)
            bad[place] ^= 0x10
            saved.write_bytes(bad)
            assert f"section {name} fails its checksum" in refused(saved)


def test_a_changed_byte_anywhere_in_the_header_is_found(saved):
    good = saved.read_bytes()
    header = len(storage.MAGIC) + 8 + 32 + int.from_bytes(good[len(storage.MAGIC) :][:8], "little")
    for place in range(0, header, 7):
        bad = bytearray(good)
        bad[place] ^= 0x01
        saved.write_bytes(bad)
        assert "python app.py load" in refused(saved)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("verify", [True, False])
def test_a_file_that_is_cut_short_is_refused(saved, share, verify):
    good = saved.read_bytes()
    last = max(end for _, _, end in sections(saved))  # only padding may be behind it
    saved.write_bytes(good[: int(last * share)])
    assert refused(saved, verify=verify)
    saved.write_bytes(good[: last - 1])
    assert "cut short" in refused(saved, verify=verify)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 5000, b"ARAXES", b"ARAXES-NET-2\n" + b"\0" * 500, b"PK\x03\x04 an archive", b'{"nodes": []}'],
)
def test_a_file_that_is_no_network_is_refused(tmp_path, content):
    (tmp_path / "other.net").write_bytes(content)
    assert refused(tmp_path / "other.net")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "does not exist" in refused(tmp_path / "missing.net")
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("name", ["u", "length_m", "vertex_offset", "node_osm_id", "text.name", "words.territory"])
def test_a_missing_section_is_named(saved, name):
    rewrite(saved, without=name)
    assert f"lacks the section {name}" in refused(saved)


def test_damaged_words_are_refused_even_when_checksums_are_not_looked_at(saved):
    bad = bytearray(saved.read_bytes())
    first = next(first for name, first, _ in sections(saved) if name == "words.name")
    bad[first] = ord("{")
    saved.write_bytes(bad)
    assert "damaged" in refused(saved, verify=False)


def test_the_command_refuses_a_broken_network_with_exit_2(saved, capsys):
    saved.write_bytes(saved.read_bytes()[:-3000])
    assert main(["routes", "--network", str(saved)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"Error: {saved}")
    assert err.count("\n") == 1


# -- writing -----------------------------------------------------------------------------------------------------------


def test_a_failed_save_leaves_the_old_file_and_nothing_else(network, saved):
    before = saved.read_bytes()
    with pytest.raises(TypeError):
        replace(network, meta={"title": object()}).save(saved)

    def failing() -> Iterator[bytes]:
        yield b"half of it"
        message = "the disk is full"
        raise OSError(message)

    with pytest.raises(OSError, match="disk is full"):
        storage.replace_file(saved, failing())
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_place_that_cannot_be_written_to_is_named(network, tmp_path):
    with pytest.raises(InputError, match=r"town\.net cannot be written \(No such file or directory\)"):
        network.save(tmp_path / "nowhere" / "town.net")
    with pytest.raises(InputError, match="cannot be written"):
        network.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_saved_file_may_be_read_by_others(saved):
    assert saved.stat().st_mode & 0o044


def test_every_section_is_aligned_and_carries_its_own_checksum(saved):
    arrays, _header, _vocabulary = storage.read(saved, verify=True)
    raw = saved.read_bytes()
    rows: dict[str, Any] = {
        row["name"]: row for row in json.loads(raw[53:][: int.from_bytes(raw[13:21], "little")])["sections"]
    }
    for name, first, last in sections(saved):
        assert first % storage.ALIGN == 0
        assert hashlib.sha256(raw[first:last]).hexdigest() == rows[name]["sha256"]
        assert arrays[name].nbytes == last - first


@pytest.mark.parametrize("section", ["text.note", "words.note"])
def test_a_network_saved_before_lines_had_notes_must_be_loaded_again(saved, section):
    rewrite(saved, without=section)
    with pytest.raises(DataError, match=rf"lacks the section {section}; make it again with `python app.py load`"):
        Network.load(saved)

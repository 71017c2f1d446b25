"""One file for one network: a JSON header, then aligned arrays in named sections that can be memory-mapped."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import DataError, InputError
from geo.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

MAGIC = b"ARAXES-NET-1\n"
ALIGN = 64
_LENGTH_BYTES = 8
_DIGEST_BYTES = 32


def write(
    path: Path | str,
    columns: Mapping[str, NDArray[Any]],
    header: Mapping[str, Any],
    vocabulary: Mapping[str, list[str]],
) -> None:
    """
    Write arrays under a header; the file appears only when it is complete.

    Parameters
    ----------
    path
        Where to.
    columns
        One section an array.
    header
        What else the file says; must be JSON.
    vocabulary
        Words of the text columns, each one more section.

    Raises
    ------
    InputError
        The file cannot be written there.
    """
    sections = dict(columns)
    for name, words in vocabulary.items():
        encoded = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        sections[f"words.{name}"] = np.frombuffer(encoded, dtype=np.uint8)
    names = sorted(sections)
    arrays = [np.ascontiguousarray(sections[name]) for name in names]
    contents = [array.data.cast("B") if array.size else b"" for array in arrays]
    table: list[dict[str, Any]] = []
    position = 0
    for name, array, digest in zip(names, arrays, in_threads(_digest, contents), strict=True):
        row = {"name": name, "dtype": array.dtype.str, "shape": list(array.shape)}
        table.append({**row, "offset": position, "sha256": digest})
        position += array.nbytes + -array.nbytes % ALIGN
    head = json.dumps({**header, "sections": table}, ensure_ascii=False, sort_keys=True).encode()
    lead = MAGIC + len(head).to_bytes(_LENGTH_BYTES, "little") + hashlib.sha256(head).digest() + head
    try:
        replace_file(path, _blocks(lead, contents))
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); give a file in a folder that you may write to"
        raise InputError(message) from None


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()  # for more than a few bytes it lets go of the interpreter's lock


def _blocks(lead: bytes, contents: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    yield lead + b"\0" * (-len(lead) % ALIGN)
    for content in contents:
        yield content
        yield b"\0" * (-len(content) % ALIGN)


def replace_file(path: Path | str, blocks: Iterable[bytes | memoryview]) -> None:
    """
    Write a file beside its place, then move it there: a failure leaves what was there before.

    Parameters
    ----------
    path
        Where to.
    blocks
        The content.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(blocks)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path | str, *, verify: bool) -> tuple[dict[str, NDArray[Any]], dict[str, Any], dict[str, list[str]]]:
    """
    Map a file that `write` made.

    Parameters
    ----------
    path
        The file.
    verify
        Check the sections against their checksums.

    Returns
    -------
    arrays
        Sections by name, read-only views of the mapped file.
    header
        The header.
    vocabulary
        Words of the text columns.

    Raises
    ------
    DataError
        Not such a file, cut short, or damaged.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        message = f"{path} does not exist; make it with `python app.py load OSM_FILE -o {path.name}`"
        raise DataError(message) from None
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as a saved network ({error}); make it again with `python app.py load`"
        raise DataError(message) from None
    header, start = _header(path, view)
    table = header.pop("sections")
    parts: dict[str, memoryview] = {}
    for row in table:
        first = start + row["offset"]
        last = first + np.dtype(row["dtype"]).itemsize * int(np.prod(row["shape"]))
        if last > len(view):
            message = f"{path} is cut short: section {row['name']} is missing; make it again with `python app.py load`"
            raise DataError(message)
        parts[row["name"]] = view[first:last]
    if verify:
        for row, digest in zip(table, in_threads(_digest, list(parts.values())), strict=True):
            if digest != row["sha256"]:
                fault = f"{path} is damaged: section {row['name']} fails its checksum"
                message = f"{fault}; make it again with `python app.py load`"
                raise DataError(message)
    arrays = {row["name"]: np.frombuffer(parts[row["name"]], dtype=row["dtype"]).reshape(row["shape"]) for row in table}
    words = {name.removeprefix("words."): a for name, a in arrays.items() if name.startswith("words.")}
    try:
        return arrays, header, {name: json.loads(array.tobytes()) for name, array in words.items()}
    except ValueError:
        message = f"{path} is damaged: its words cannot be read; make it again with `python app.py load`"
        raise DataError(message) from None


def _header(path: Path, view: memoryview) -> tuple[dict[str, Any], int]:
    lead = len(MAGIC) + _LENGTH_BYTES + _DIGEST_BYTES
    if bytes(view[: len(MAGIC)]) != MAGIC:
        message = f"{path} is not a saved network (or one of another version); make it with `python app.py load`"
        raise DataError(message)
    size = int.from_bytes(view[len(MAGIC) : len(MAGIC) + _LENGTH_BYTES], "little")
    head = bytes(view[lead : lead + size])
    if hashlib.sha256(head).digest() != bytes(view[lead - _DIGEST_BYTES : lead]):
        message = f"{path} is damaged: its header fails its checksum; make it again with `python app.py load`"
        raise DataError(message)
    return json.loads(head), lead + size + -(lead + size) % ALIGN


def require(path: Path | str, arrays: Mapping[str, NDArray[Any]], names: Iterable[str]) -> None:
    """
    Refuse a file in which a section that must be there is missing.

    Parameters
    ----------
    path
        The file, for the message.
    arrays
        What it holds.
    names
        What it must hold.

    Raises
    ------
    DataError
        A section is missing.
    """
    missing = sorted(set(names) - set(arrays))
    if missing:
        message = f"{path} lacks the section {missing[0]}; make it again with `python app.py load`"
        raise DataError(message)

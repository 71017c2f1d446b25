"""DuckDB with its spatial extension, as far as this platform has them."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import duckdb
    import duckdb_extension_spatial as spatial
except ImportError:  # no wheel for this platform: pyosmium reads every file
    THERE = False
else:
    THERE = True

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotPlainError(Exception):
    """The file is not for DuckDB: it cannot read it, or not as it is meant."""


@contextmanager
def opened(memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open an empty database that can read OpenStreetMap files (`ST_ReadOSM`), for the length of a `with` block.

    Parameters
    ----------
    memory_limit
        The most that it may hold in memory, such as 600MB; what is more goes to a temporary folder.

    Yields
    ------
    connection
        The database.

    Raises
    ------
    NotPlainError
        DuckDB is not there, or failed in the block.
    """
    if not THERE:
        message = "DuckDB has no wheel for this platform"
        raise NotPlainError(message)
    # DuckDB takes an extension of its own version alone.
    own = f"extensions/v{duckdb.__version__}/spatial.duckdb_extension"
    extension = Path(str(resources.files(spatial))) / own
    with tempfile.TemporaryDirectory(prefix="araxes-") as folder:
        settings: dict[str, Any] = {"temp_directory": folder}
        if memory_limit:
            settings["memory_limit"] = memory_limit
        # What cannot be kept in memory is a file from the start.
        place = f"{folder}/rows.duckdb" if memory_limit else ":memory:"
        try:
            with duckdb.connect(place, config=settings) as connection:
                # The wheel carries the extension with its signature; nothing is fetched.
                connection.load_extension(str(extension))
                connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
                yield connection
        except duckdb.Error as error:
            raise NotPlainError(str(error).partition("\n")[0]) from error


def quoted(text: str) -> str:
    """
    Write a text as a query does.

    It stands in for a parameter: DuckDB loads pandas to see whether a parameter is of it, which takes longer than to
    read a small country.

    Parameters
    ----------
    text
        Any.

    Returns
    -------
    literal
        In single quotes.
    """
    return "'" + text.replace("'", "''") + "'"


def percent(connection: duckdb.DuckDBPyConnection) -> int:
    """
    Say how much of the running query is done.

    Parameters
    ----------
    connection
        A database.

    Returns
    -------
    percent
        0 to 100; 0 where it cannot tell.
    """
    return max(0, round(connection.query_progress()))

"""A study to begin with: a folder of commented files about a made-up corridor, whole enough to open at once."""

from __future__ import annotations

from pathlib import Path

from geo.errors import InputError

TEMPLATE = Path(__file__).resolve().parent / "template"


def new_study(folder: Path) -> list[Path]:
    """
    Write a commented study folder.

    Parameters
    ----------
    folder
        Where to; it is made, with the folders above it. It must not exist, or be empty.

    Returns
    -------
    files
        What was written, by name: a study that opens, of two made-up states and two ways between them.

    Raises
    ------
    InputError
        Something is there already, or nothing can be written there; then nothing is written, and nothing replaced.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        message = f"{folder} is already there and not empty; give a folder that does not exist yet"
        raise InputError(message)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(path for path in TEMPLATE.iterdir() if path.is_file()):
            content, path = source.read_bytes(), folder / source.name
            with path.open("xb") as file:  # x: a file that came in the meantime is not replaced
                written.append(path)
                file.write(content)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        message = f"{folder} cannot be written ({error.strerror}); give a folder that may be written to"
        raise InputError(message) from None
    return written

"""OpenStreetMap data from the network: country extracts as they are published, and small areas (`geo.overpass`)."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pooch
import requests

from geo.connection import require_secure, require_secure_way, user_agent
from geo.errors import DownloadError
from geo.overpass import download_area
from geo.progress import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.progress import Progress

__all__ = ["download_area", "download_extracts"]

_TIMEOUT_S = (15.0, 60.0)  # to connect; between two blocks of a file
_BLOCK_BYTES = 1 << 16
_STALE_S = 86_400.0


def download_extracts(
    extracts: Iterable[Mapping[str, str]],
    folder: Path | str,
    *,
    base_url: str | None = None,
    progress: Progress = silent,
) -> list[Path]:
    """
    Download published extracts, each verified by the checksum published beside it.

    A file that has the published checksum already is left alone. Any other is replaced only when its successor is
    complete and verified: a failure leaves the earlier one in place.

    Parameters
    ----------
    extracts
        What to fetch; of each, `url` is where it is published, with its MD5 checksum at the same address and ".md5".
    folder
        Where to put them; made where missing.
    base_url
        Server to fetch from in place of the publisher's, such as a mirror; the path stays.
    progress
        Hears how many bytes of a file have come.

    Returns
    -------
    paths
        The files, in the order given.

    Raises
    ------
    DownloadError
        An extract or its checksum cannot be fetched, or they do not match.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(folder)
    paths = []
    for extract in extracts:
        url = extract["url"]
        if base_url is not None:
            url = base_url.rstrip("/") + urlsplit(url).path
        require_secure(url)
        paths.append(_fetch(url, folder, progress))
    return paths


def _fetch(url: str, folder: Path, progress: Progress) -> Path:
    path = folder / PurePosixPath(urlsplit(url).path).name
    checksum = _published_checksum(url)
    if path.is_file() and pooch.file_hash(str(path), alg="md5") == checksum:
        return path
    partial = Path(tempfile.mkdtemp(prefix=".download-", dir=folder))
    talk = pooch.get_logger()
    level = talk.level
    talk.setLevel(logging.WARNING)
    try:
        fetched = pooch.retrieve(
            url, f"md5:{checksum}", fname=path.name, path=partial, downloader=_Stream(path.name, progress)
        )
        umask = os.umask(0)
        os.umask(umask)
        Path(fetched).chmod(0o666 & ~umask)
        Path(fetched).replace(path)
    except requests.RequestException as error:
        raise DownloadError(_broken(url, error)) from None
    except ValueError:  # how pooch says that the checksum differs
        message = f"{url} does not match its published checksum (MD5 {checksum}); nothing was changed: try again later"
        raise DownloadError(message) from None
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}); make room, or choose another folder"
        raise DownloadError(message) from None
    finally:
        talk.setLevel(level)
        shutil.rmtree(partial, ignore_errors=True)
    return path


def _published_checksum(url: str) -> str:
    try:
        response = requests.get(f"{url}.md5", timeout=_TIMEOUT_S, headers={"User-Agent": user_agent()})
        require_secure_way(response)
        response.raise_for_status()
    except requests.RequestException as error:
        raise DownloadError(_broken(f"{url}.md5", error)) from None
    found = re.match(r"\s*([0-9a-fA-F]{32})\b", response.text)
    if found is None:
        message = f"{url}.md5 holds no MD5 checksum, so the extract cannot be verified; check the address"
        raise DownloadError(message)
    return found[1].lower()


class _Stream:
    """Fetches a file for pooch, block by block, over secure connections alone."""

    def __init__(self, name: str, progress: Progress) -> None:
        self._stage = f"downloading {name}"
        self._progress = progress

    def __call__(self, url: str, output_file: Any, pooch: object) -> None:  # noqa: ANN401, ARG002  (pooch's protocol)
        headers = {"User-Agent": user_agent(), "Accept-Encoding": "identity"}
        with requests.get(url, stream=True, timeout=_TIMEOUT_S, headers=headers) as response:
            require_secure_way(response)
            response.raise_for_status()
            total = int(response.headers.get("Content-Length", 0)) or None
            done = 0
            with Path(output_file).open("wb") as file:
                for block in response.iter_content(_BLOCK_BYTES):
                    file.write(block)
                    done += len(block)
                    self._progress(self._stage, done, total)


def _broken(url: str, error: requests.RequestException) -> str:
    if error.response is not None:
        return f"{url} cannot be fetched: the server answered {error.response.status_code} {error.response.reason}"
    return f"{url} cannot be fetched: the connection failed or broke off ({type(error).__name__}); try again"


def _clear_leftovers(folder: Path) -> None:
    """Remove what a download that was killed left behind; a running one of somebody else is younger than a day."""
    for leftover in folder.glob(".download-*"):
        if time.time() - leftover.stat().st_mtime > _STALE_S:
            shutil.rmtree(leftover, ignore_errors=True)

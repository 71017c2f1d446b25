"""Connections to other servers: who asks, and over which addresses."""

from __future__ import annotations

import importlib.metadata
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from geo.errors import DownloadError

if TYPE_CHECKING:
    import requests


def user_agent(contact: str | None = None) -> str:
    """
    Say who asks.

    Parameters
    ----------
    contact
        An address of the user.

    Returns
    -------
    user_agent
        Name and version of the program, and the address.
    """
    try:
        version = importlib.metadata.version("araxes")
    except importlib.metadata.PackageNotFoundError:
        version = "unreleased"
    return f"Araxes/{version}" + (f" ({contact})" if contact else "")


def require_secure(url: str) -> None:
    """
    Refuse an address that others on the way could read and change.

    Parameters
    ----------
    url
        The address: https, or a server on this machine.

    Raises
    ------
    DownloadError
        It is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts.hostname or "")):
        return
    message = f"{url} is not a secure address; give one that begins with https:// (http:// only on this machine)"
    raise DownloadError(message)


def require_secure_way(response: requests.Response) -> None:
    """
    Refuse an answer that came through an address that is not secure.

    Parameters
    ----------
    response
        The answer, with the redirections that led to it.

    Raises
    ------
    DownloadError
        One of the addresses is not secure.
    """
    for step in (*response.history, response):
        require_secure(step.url)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

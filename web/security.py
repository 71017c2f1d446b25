"""Headers that every answer carries: a strict content policy with a nonce for Folium's own scripts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import g

if TYPE_CHECKING:
    from flask import Flask, Response

_NONCE_BYTES = 16


def nonce() -> str:
    """
    Give this request's nonce; the same one however often it is asked for.

    Returns
    -------
    nonce
        A random word, new with each request.
    """
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return str(g.nonce)


def tile_host(template: str | None) -> str:
    """
    Give the source expression for a tile server.

    Parameters
    ----------
    template
        The tile address, such as "https://tile.example.org/{z}/{x}/{y}.png"; None for no tiles.

    Returns
    -------
    source
        Scheme and host, subdomains as a wildcard; empty without tiles or where the address is not http(s).
    """
    if not template:
        return ""
    parts = urlsplit(template.replace("{s}.", "*."))
    if parts.scheme not in {"http", "https"} or not parts.netloc or any(c in parts.netloc for c in " ;,'\"{}"):
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def policy(script_nonce: str, tiles: str = "") -> str:
    """
    Write the content security policy: our own files, scripts with the nonce, images of one tile server.

    Parameters
    ----------
    script_nonce
        This request's nonce.
    tiles
        Source expression of the tile server; empty for none.

    Returns
    -------
    policy
        The header's value. It has neither 'unsafe-inline' nor 'unsafe-eval'.
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{script_nonce}'",
        "style-src": f"'self' 'nonce-{script_nonce}'",
        "img-src": f"'self' data: {tiles}".strip(),
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def protect(app: Flask, tiles: str | None) -> None:
    """
    Put the headers on every answer of an app, and the nonce within reach of its templates.

    Parameters
    ----------
    app
        The app.
    tiles
        Address of the optional tile server; None for no tiles.
    """
    host = tile_host(tiles)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy(nonce(), host)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Tile servers ask to be told which site uses them; nothing more than the host is told.
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
        return response

    app.jinja_env.globals["nonce"] = nonce

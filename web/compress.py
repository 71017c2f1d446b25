"""Smaller answers: text goes out compressed to whoever says that it can read that."""

from __future__ import annotations

import gzip
from http import HTTPStatus

from flask import Flask, Response, request

_LEVEL = 6
_WORTH_BYTES = 1500  # about one packet: smaller answers gain nothing
_TEXT = ("text/", "application/json", "application/geo+json", "application/gpx+xml", "image/svg+xml")


def compress(app: Flask) -> None:
    """
    Make an app compress its text with gzip.

    Parameters
    ----------
    app
        The app. Its answers to clients that do not accept gzip stay as they are.
    """
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if (response.mimetype or "").startswith(_TEXT):
        response.vary.add("Accept-Encoding")
        wanted = request.method == "GET" and request.accept_encodings.quality("gzip") > 0
        if wanted and response.status_code == HTTPStatus.OK:
            _shrink(response)
    return response


def _shrink(response: Response) -> None:
    if "Content-Encoding" in response.headers or "Content-Range" in response.headers:
        return
    response.direct_passthrough = False  # a file is read here instead of by the server
    body = response.get_data()
    if len(body) < _WORTH_BYTES:
        return
    response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)  # the same data in other bytes

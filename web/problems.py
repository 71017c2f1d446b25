"""Errors for people and for programs: one sentence, as a page or as application/problem+json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from geo.errors import AraxesError, DataError, InputError, NotFoundError
from web.escape import plain
from web.language import N_
from web.language import gettext as _

if TYPE_CHECKING:
    from flask import Flask

_STATUS = ((NotFoundError, 404), (InputError, 400), (DataError, 500))
_TITLES = {
    400: N_("Bad request"),
    404: N_("Not found"),
    405: N_("Method not allowed"),
    500: N_("Something went wrong here"),
}
_NOT_FOUND = 404


def problem(status: int, title: str, detail: str) -> Response:
    """
    Write an error for programs (RFC 9457).

    Parameters
    ----------
    status
        HTTP status.
    title
        What kind of error it is.
    detail
        One sentence: what was wrong, where, what would be right.

    Returns
    -------
    response
        application/problem+json.
    """
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")


def _answer(status: int, detail: str) -> Response:
    title = _(_TITLES.get(status, N_("Error")))
    if request.path.startswith("/api/") or request.path in {"/api", "/healthz"}:
        return problem(status, title, detail)
    name = "404.html" if status == _NOT_FOUND else "500.html"
    return Response(render_template(name, title=title, detail=detail, status=status), status)


def handle(app: Flask) -> None:
    """
    Make every error of an app answer in its own form.

    Parameters
    ----------
    app
        The app.
    """

    @app.errorhandler(AraxesError)
    def on_known(error: AraxesError) -> Response:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        return _answer(status, plain(error))

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        status = error.code or 500
        if isinstance(error, InternalServerError):
            return _answer(500, _("The server could not answer; its log says why. Other pages still work."))
        answer = _answer(status, plain(error.description))
        answer.headers.extend({k: v for k, v in error.get_headers() if k in {"Allow", "Location"}})
        return answer

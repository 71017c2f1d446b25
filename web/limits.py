"""What one request may take: seconds of work and bytes of answer, stated, and refused in one sentence beyond."""

from __future__ import annotations

import ctypes
import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, request

from geo.errors import AraxesError
from web.language import gettext as _
from web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

TIME_LIMIT_S = 20.0
"""Long enough for any question that the pages ask, of a country's network on a slow machine."""
MOST_BYTES = 32_000_000
"""A whole answer before compression: larger ones are files to make on the command line, with -o."""
_LOOK_S = 0.2
_RETRY_S = 5

_until: dict[int, float] = {}  # by thread; each step on it is one that no other thread can come between
_watchers: dict[str, threading.Thread] = {}


class TimeLimitError(AraxesError, TimeoutError):
    """A request took longer than one may."""

    def __str__(self) -> str:
        """Say what to do next."""
        return _(
            "this takes longer than the %(seconds)g s that one request may; ask for less (a nearer destination, fewer "
            "alternatives, a smaller tolerance), or run it on the command line",
            seconds=current_app.config.get("TIME_LIMIT_S") or TIME_LIMIT_S,
        )


class Limited(Flask):
    """
    A Flask app whose views may take so long and no longer.

    `TIME_LIMIT_S` in its config overrides the constant,
    and None there sets no limit.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, and stop it at the limit: the error handlers then answer."""
        seconds = self.config.get("TIME_LIMIT_S", TIME_LIMIT_S)
        if seconds is None:
            return super().dispatch_request()
        with limited(float(seconds)):
            return super().dispatch_request()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """
    Stop the work of this thread at a time limit, wherever it is in Python.

    Parameters
    ----------
    seconds
        The limit. A single step outside Python (one search over a network, some tenths of a second) is not cut short:
        it is stopped when it returns.

    Raises
    ------
    TimeLimitError
        In the work, where the limit is passed.

    Notes
    -----
    Any thread may run the work, on any platform, so there is no signal to use; Python can raise an exception in another
    thread (`PyThreadState_SetAsyncExc`), and a single thread looks a few times a second whether one is due. Whoever
    takes the entry out of `_until` decides: the work, which then ends as if there were no limit, or the watcher.
    """
    me = threading.get_ident()
    _until[me] = time.monotonic() + seconds
    _watch()
    try:
        yield
    finally:
        if _until.pop(me, None) is None:
            # The watcher was first: its exception has come, or comes now, and must not come later.
            for _wait in range(10):
                time.sleep(_LOOK_S / 10)


def _watch() -> None:
    """Start the watcher where this process has none: threads do not come along when a process forks."""
    watcher = _watchers.get("it")
    if watcher is None or not watcher.is_alive():
        _watchers["it"] = watcher = threading.Thread(target=_look, name="time limit", daemon=True)
        watcher.start()


def _look() -> None:
    while True:
        time.sleep(_LOOK_S)
        now = time.monotonic()
        for thread, until in list(_until.items()):
            if now > until and _until.pop(thread, None) is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimeLimitError))


def bound(app: Flask) -> None:
    """
    Make an app state its limits: an answer that is too large, or work that takes too long, is a problem instead.

    Parameters
    ----------
    app
        The app.
    """
    app.config.setdefault("MAX_CONTENT_LENGTH", 1_000_000)  # nothing that a reader sends is larger

    @app.errorhandler(TimeLimitError)
    def on_late(error: TimeLimitError) -> Response:
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, _("Too much for one request"), str(error))
        answer.headers["Retry-After"] = str(_RETRY_S)
        return answer

    @app.after_request
    def weigh(response: Response) -> Response:
        size = response.content_length if response.direct_passthrough else response.calculate_content_length()
        most = int(app.config.get("MOST_BYTES", MOST_BYTES))
        if size is None or size <= most or request.path.startswith("/static/"):
            return response
        detail = _(
            "the answer has %(size)g MB, and one may have %(most)g MB; ask for less, or make it on the command line",
            size=round(size / 1e6, 1),
            most=round(most / 1e6, 1),
        )
        return problem(HTTPStatus.BAD_REQUEST, _("Too much for one answer"), detail)

"""Answers sent once, or not at all: tags that name their bytes, 304 for who has them, gzip, and a small store."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from web.security import nonce
from web.stitched import Stitched

if TYPE_CHECKING:
    from collections.abc import Callable

_LEVEL = 6
_WORTH_BYTES = 1500  # about one packet: smaller answers gain nothing
_TEXT = ("text/", "application/json", "application/geo+json", "application/gpx+xml", "image/svg+xml")
_KEPT_BYTES = 32_000_000  # a process: some thousands of tiles, or some hundreds of planned routes
_LARGEST_KEPT = 4_000_000
_ASKED_AGAIN = "/api/"
_OWN_FILES = ("/static/", "/healthz")
_WAIT_S = 20.0  # as long as a request may take
_OWN_TO_A_REQUEST = {"content-length", "content-security-policy", "date", "set-cookie"}


@dataclass(frozen=True)
class Kept:
    """An answer as it went out; a page as it may go out again, with a nonce of its own."""

    body: bytes | Stitched
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.body.size if isinstance(self.body, Stitched) else len(self.body)


@dataclass
class Store:
    """
    Answers by question, the ones asked for longest ago making room.

    Attributes
    ----------
    most_bytes
        How much it holds, so that a process does not grow with its readers.
    """

    most_bytes: int = _KEPT_BYTES
    _answers: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _working: dict[str, threading.Event] = field(default_factory=dict)

    def begin(self, question: str) -> bool:
        """
        Say that an answer is being worked out, or wait for whoever is at it: a crowd asks for the same page at once.

        Parameters
        ----------
        question
            What was asked.

        Returns
        -------
        mine
            True for who is to work it out, and to say `done` then; False after a wait.
        """
        with self._lock:
            other = self._working.get(question)
            if other is None:
                self._working[question] = threading.Event()
                return True
        other.wait(_WAIT_S)
        return False

    def done(self, question: str) -> None:
        """
        Let those go on who wait for an answer, whether there is one or not.

        Parameters
        ----------
        question
            What was asked.
        """
        with self._lock:
            mine = self._working.pop(question, None)
        if mine is not None:
            mine.set()

    def get(self, question: str) -> Kept | None:
        """
        Look an answer up.

        Parameters
        ----------
        question
            What was asked.

        Returns
        -------
        answer
            None where it is not held.
        """
        with self._lock:
            found = self._answers.get(question)
            if found is not None:
                self._answers.move_to_end(question)
            return found

    def put(self, question: str, answer: Kept) -> None:
        """
        Keep an answer.

        Parameters
        ----------
        question
            What was asked.
        answer
            The answer; one that is too large by itself is not kept.
        """
        if answer.size > min(_LARGEST_KEPT, self.most_bytes):
            return
        with self._lock:
            old = self._answers.pop(question, None)
            self._size += answer.size - (old.size if old else 0)
            self._answers[question] = answer
            while self._size > self.most_bytes:
                _question, dropped = self._answers.popitem(last=False)
                self._size -= dropped.size

    def find(self, question: str, make: Callable[[], bytes]) -> bytes:
        """
        Give some bytes, made once.

        Parameters
        ----------
        question
            What they answer.
        make
            Makes them.

        Returns
        -------
        body
            The bytes.
        """
        found = self.get(question)
        if found is not None and isinstance(found.body, bytes):
            return found.body
        body = make()
        self.put(question, Kept(body, ()))
        return body


def compress(app: Flask) -> None:
    """
    Make an app tag, compress and remember its answers.

    Parameters
    ----------
    app
        The app. Its pages, and what it answers under /api/, must follow from the address alone, as long as it runs: the
        network and the study are immutable. Pages carry a nonce of their own request, so they have no tag.
    """
    store = Store()
    app.extensions["araxes-store"] = store

    app.before_request(lambda: _again(store))

    @app.teardown_request
    def let_others_on(_error: BaseException | None) -> None:
        if "working" in g:
            store.done(g.pop("working"))

    @app.after_request
    def deliver(response: Response) -> Response:
        asked = request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK
        answer = _delivered(response, store) if asked and not g.get("kept") else response
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            answer.close()  # the file whose bytes nobody reads
        return answer


def _again(store: Store) -> Response | None:
    """Give an answer that is remembered, or take it on to work it out."""
    if request.method != "GET" or request.path.startswith(_OWN_FILES):
        return None
    question = _question()
    found = store.get(question)
    if found is None and store.begin(question):
        g.working = question
        return None
    found = found or store.get(question)
    if found is None:
        return None
    g.kept = True
    if isinstance(found.body, Stitched):
        return Response(found.body.with_nonce(nonce().encode()), headers=list(found.headers))
    return _conditional(Response(found.body, headers=list(found.headers)))


def _question() -> str:
    return f"{request.full_path} {'gzip' if _reads_gzip() else 'plain'}"


def _reads_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _delivered(response: Response, store: Store) -> Response:
    text = (response.mimetype or "").startswith(_TEXT)
    if text:
        response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or "Content-Range" in response.headers:
        return response
    if response.mimetype == "text/html":
        return _page(response, store)
    tag = _tag(response)
    if text and _reads_gzip():
        tag = _shrink(response, tag, store)
    response.set_etag(tag)
    if request.method == "GET" and request.path.startswith(_ASKED_AGAIN):
        store.put(_question(), Kept(response.get_data(), _lasting(response)))
    return _conditional(response)


def _page(response: Response, store: Store) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    if request.method == "GET" and _reads_gzip():
        kept = Stitched.make(response.get_data(), nonce().encode())
        response.set_data(kept.with_nonce(nonce().encode()))
        response.headers["Content-Encoding"] = "gzip"
        store.put(_question(), Kept(kept, _lasting(response)))
    return response


def _tag(response: Response) -> str:
    """Name the bytes of an answer: a file by its own tag, made of time and size, anything else by its content."""
    tag, _weak = response.get_etag()
    if tag and response.direct_passthrough:
        return tag
    return hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()


def _shrink(response: Response, tag: str, store: Store) -> str:
    """Compress an answer that is worth it, and name the bytes that it then has."""
    if response.direct_passthrough:
        stream = response.response

        def read() -> bytes:
            response.direct_passthrough = False
            return gzip.compress(response.get_data(), _LEVEL, mtime=0)

        body = store.find(f"file {request.path} {tag}", read)
        if hasattr(stream, "close"):
            stream.close()
    else:
        whole = response.get_data()
        if len(whole) < _WORTH_BYTES:
            return tag
        body = gzip.compress(whole, _LEVEL, mtime=0)
    response.direct_passthrough = False
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    return f"{tag}-gzip"


def _lasting(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in response.headers if name.lower() not in _OWN_TO_A_REQUEST)


def _conditional(response: Response) -> Response:
    response.make_conditional(request.environ)
    return response

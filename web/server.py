"""The servers: one process anywhere, or several that share one network where processes can fork."""

from __future__ import annotations

import gc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import waitress

from geo.errors import InputError
from web.limits import TIME_LIMIT_S
from web.tiles import network_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    Ready = Callable[[], None]

_THREADS = 8
_WORKER_THREADS = 4
_KEEPALIVE_S = 5
_SILENT_S = 60  # three times the limit of a request: a worker that does not even beat is stuck
_GRACE_S = 25  # more than the limit of a request, so that a stop cuts none short
_MOST_REQUESTS = 100_000  # then a worker makes way for a new one, whatever its libraries have kept
_BACKLOG = 2048
# Asked once before the workers part: what they prepare is then shared, and no worker's first reader waits for it. None
# of them draws a chart: the engine that does has threads of its own, which do not come along when a process forks.
_COMPRESSED = {".css", ".js", ".svg"}
_WARM = ("/", "/compare", "/provisions", "/about", "/api/routes", "/api/provisions", "/api/places", "/api/network")


def serve(
    app: Flask, host: str = "127.0.0.1", port: int = 8000, *, workers: int = 1, ready: Ready | None = None
) -> None:
    """
    Serve an app until interrupted.

    Parameters
    ----------
    app
        What `create_app` made.
    host, port
        Where to listen.
    workers
        How many processes. One is served by waitress, on any system. More are served by gunicorn: the app and its
        network are loaded, and the network's checksums verified, once, before the workers fork; they share that memory.
    ready
        Called once the port is this server's, before it answers.

    Raises
    ------
    OSError
        The port is taken, or the host is not this machine's.
    InputError
        Several workers are asked for where processes cannot fork.
    """
    app.config["WORKERS"] = workers
    if workers > 1:
        _serve_workers(app, host, port, workers, ready)
        return
    server = waitress.create_server(app, host=host, port=port, threads=_THREADS, ident="araxes")
    if ready is not None:
        ready()
    server.run()


def _serve_workers(app: Flask, host: str, port: int, workers: int, ready: Ready | None) -> None:
    if not hasattr(os, "fork"):
        message = f"several workers need processes that fork, which {sys.platform} does not have; leave out --workers"
        raise InputError(message)
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 -- there is none where processes do not fork

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))  # ours, so that a taken port is said in the same way with one worker and with many
    warm(app)

    class Workers(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            for name, value in _options(listener.fileno(), workers, ready).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Workers().run()


def _options(listener: int, workers: int, ready: Ready | None) -> dict[str, Any]:
    def on_ready(_arbiter: object) -> None:
        # What stands now is never garbage: a collection in a worker would write to every page that it looks at.
        gc.collect()
        gc.freeze()
        if ready is not None:
            ready()

    def on_exit(_arbiter: object, worker: Any) -> None:  # noqa: ANN401 -- gunicorn has no types
        # A worker that ends has nothing to tidy up, and libraries whose threads stayed behind at the fork abort when
        # they do. The arbiter calls this too, of a worker that is gone.
        if worker.pid == os.getpid() and worker.booted:
            os._exit(0)

    beats = Path("/dev/shm")  # noqa: S108 -- the beat of a worker must not wait for a disk
    return {
        "bind": f"fd://{listener}",
        "backlog": _BACKLOG,
        "workers": workers,
        "worker_class": "gthread",
        "threads": _WORKER_THREADS,
        "preload_app": True,
        "keepalive": _KEEPALIVE_S,
        "timeout": _SILENT_S,
        "graceful_timeout": _GRACE_S,
        "max_requests": _MOST_REQUESTS,
        "max_requests_jitter": _MOST_REQUESTS // 10,
        "worker_tmp_dir": str(beats) if os.access(beats, os.W_OK) else None,
        "control_socket_disable": True,
        "proc_name": "araxes",
        "loglevel": "warning",
        "when_ready": on_ready,
        "worker_exit": on_exit,
    }


def warm(app: Flask) -> None:
    """
    Prepare what every worker needs.

    Parameters
    ----------
    app
        What `create_app` made.
    """
    network_tiles(app).warm()
    limit = app.config.get("TIME_LIMIT_S")
    app.config["TIME_LIMIT_S"] = None  # it is kept by a thread, and a process with threads should not fork
    client = app.test_client()
    for address in (*_WARM, *_plans(app), *_texts(app)):
        client.get(address, headers={"Accept-Encoding": "gzip"}).close()
    app.config["TIME_LIMIT_S"] = limit or TIME_LIMIT_S


def _plans(app: Flask) -> Iterator[str]:
    """List a question of each mode, so that what all others of that mode need is shared: graph, hierarchy, weights."""
    contents = app.extensions["araxes"]
    ends = {stretch.mode: (stretch.from_place, stretch.to_place) for stretch in contents.study.stretches.values()}
    for mode, (origin, destination) in ends.items():
        asked = {"mode": mode, "from": origin, "to": destination}
        yield f"/api/plan?{urlencode(asked)}"
        yield f"/api/plan?{urlencode(asked | {'through': 'any'})}"


def _texts(app: Flask) -> Iterator[str]:
    """List the addresses of the files that go out compressed."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] != "static":
            continue
        holder = app.blueprints.get(rule.endpoint.rpartition(".")[0], app)
        folder = Path(str(holder.static_folder))
        for file in sorted(folder.rglob("*")):
            if file.suffix in _COMPRESSED:
                yield rule.rule.replace("<path:filename>", file.relative_to(folder).as_posix())

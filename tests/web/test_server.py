"""Several workers that share one network: they answer, outlive one of them, and stop when told."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="several workers need processes that fork")


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int

    def get(self, address: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask it once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                "GET", address, headers={name.replace("_", "-"): value for name, value in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        found: dict[str, Any] = json.loads(self.get("/healthz")[2])
        return found


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    """The product, served by two workers on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "stop with" in line:
                break
        yield Served(process, port)
        if process.poll() is None:
            process.kill()


def test_workers_answer_alike_outlive_one_of_them_and_stop_when_told(served):
    health = served.health()
    assert health["workers"] == 2
    assert health["network"]["checksum"].startswith("sha256:")
    status, headers, body = served.get("/api/plan?from=Goris&to=Kapan&mode=road", Accept_Encoding="gzip")
    assert status == 200
    # Every worker knows the answer by the same tag.
    for _time in range(8):
        again, _headers, empty = served.get(
            "/api/plan?from=Goris&to=Kapan&mode=road", Accept_Encoding="gzip", If_None_Match=headers["ETag"]
        )
        assert (again, empty) == (304, b"")
    assert len(body) == int(headers["Content-Length"])

    os.kill(health["process"], signal.SIGKILL)
    until = time.monotonic() + 60
    seen: set[int] = set()
    while len(seen) < 2 and time.monotonic() < until:
        now = served.health()
        assert now["network"] == health["network"]
        seen.add(now["process"])
    assert len(seen) == 2, "the lost worker was not replaced"
    assert health["process"] not in seen

    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0
    said = served.process.stderr.read().splitlines()
    assert [line for line in said if "SIGKILL" not in line] == []  # that one is of the worker that was killed above


def test_a_taken_port_is_said_as_with_one_worker(root):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "app.py", "serve", "--port", str(port), "--workers", "2"]
        second = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=250, check=False)
    assert second.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
    assert "Traceback" not in second.stderr

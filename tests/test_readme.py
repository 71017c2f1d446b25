"""
Every command and every line of Python that the README shows is run, in its order, in a folder of its own.

The door is called within this process, as `test_app` does: a start of Python for each command would take longer than
what it answers. What needs a shell, or processes of its own, has them.
"""

from __future__ import annotations

import hashlib
import os
import re
import runpy
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import osmium
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOOR = "python app.py "
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [content for kind, content in BLOCK.findall(README) if kind == language]


def commands() -> list[str]:
    return [line for block in blocks("bash") for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the door and the data in it, where commands may leave their files."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("app.py", "data", "routes", "geo", "web"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").write_text("# the tests' own Python stands in\n", encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve two small extracts as the publisher does: the file, and its MD5 checksum beside it."""
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "asia").mkdir()
    write_extract(folder / "asia" / "armenia-latest.osm.pbf", [(46.20, 38.88), (46.25, 38.90), (46.40, 39.20)], first=1)
    write_extract(folder / "asia" / "azerbaijan-latest.osm.pbf", [(46.66, 39.08), (47.33, 39.45)], first=101)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def write_extract(path: Path, points: list[tuple[float, float]], *, first: int) -> None:
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat) in enumerate(points):
            writer.add_node(osmium.osm.mutable.Node(id=first + number, location=(lon, lat), version=1))
        refs = [first + number for number in range(len(points))]
        writer.add_way(osmium.osm.mutable.Way(id=first, nodes=refs, tags={"highway": "primary"}, version=1))
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    Path(f"{path}.md5").write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def in_a_shell(command: str, desk: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=desk, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert "Traceback" not in done.stderr, command


def within(run: Run, command: str, mirror: str) -> None:
    """Call the door with what the command line gives it; its output goes where the line sends it."""
    line, _, file = command.partition(" > ")
    arguments = shlex.split(line.removeprefix(DOOR))
    code, out, err = run(*arguments, *(["--base-url", mirror] if arguments[0] == "download" else []))
    assert code == 0, f"{command}\n{err}"
    if file:
        Path(file.strip()).write_text(out, encoding="utf-8")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answer_of_server(command: list[str], folder: Path, port: int) -> str:
    """Start a server, wait for it to say that it is well, and stop it again."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, process_group=0)
    try:
        for _attempt in range(240):
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    return str(answer.read().decode())
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.25)
        message = f"{command} did not come up within a minute"
        raise AssertionError(message)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def test_the_readme_has_commands_to_run() -> None:
    assert len(commands()) > 10
    assert len(blocks("python")) == 1


@pytest.mark.timeout(900)  # many commands, one after the other, and machines are shared
def test_the_commands_of_the_readme_work(desk: Path, mirror: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    for command in commands():
        if command.startswith("make ") or " serve" in command:
            continue  # servers have a test of their own, and `make test` is what runs this
        if not command.startswith(DOOR) or " --workers " in command:
            in_a_shell(command, desk)
        else:
            within(run, command, mirror)
    for made in ("candidates.csv", "araxes-rail.geojson", "goris-yeraskh-road.gpx", "region.net"):
        assert (desk / made).stat().st_size > 0, made


def test_make_serve_brings_the_map_up() -> None:
    if not (ROOT / ".venv" / "installed").exists():
        pytest.skip("make has not installed this checkout (no .venv/installed)")
    port = free_port()
    assert "make serve" in commands()
    assert '"status":"ok"' in answer_of_server(["make", "serve", f"PORT={port}"], ROOT, port)


def test_a_command_of_the_readme_gives_a_shell_what_it_gives_here(
    desk: Path, mirror: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    command = next(command for command in commands() if " > " in command)
    file = desk / command.partition(" > ")[2]
    within(run, command, mirror)
    here = file.read_bytes()
    in_a_shell(command, desk)
    assert file.read_bytes() == here


def test_a_loaded_network_can_be_served(desk: Path, mirror: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    served = next(command for command in commands() if "serve --network" in command)
    for command in commands():
        if " download " in command or " load " in command:
            within(run, command, mirror)
    port = free_port()
    arguments = served.replace("python", sys.executable, 1).split()
    assert '"status":"ok"' in answer_of_server([*arguments, "--port", str(port)], desk, port)


def test_the_python_of_the_readme_works(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    (desk / "example.py").write_text(blocks("python")[0], encoding="utf-8")
    runpy.run_path("example.py", run_name="__main__")
    assert "araxes-rail" in capsys.readouterr().out

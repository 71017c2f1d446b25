"""The house itself: locked requirements, the choice of a Python, the layers, and the CI script on a bare machine."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return {_normal(name): version for name, version in PIN.findall(path.read_text(encoding="utf-8"))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# tools/ joins in as soon as it has requirements of its own
HOUSE = Path(__file__).resolve().parents[1]
LOCKED = [folder for folder in (HOUSE, HOUSE / "tools") if (folder / "requirements.txt").exists()]


@pytest.mark.parametrize("folder", LOCKED, ids=["service", "tools"][: len(LOCKED)])
def test_lock_holds_what_the_requirements_ask_for(folder: Path) -> None:
    locked = pins(folder / "requirements.lock")
    asked = pins(folder / "requirements.txt")
    assert asked
    assert {name: locked.get(name) for name in asked} == asked


@pytest.mark.parametrize("folder", LOCKED, ids=["service", "tools"][: len(LOCKED)])
def test_every_locked_package_has_a_hash(folder: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (folder / "requirements.lock").read_text(encoding="utf-8"))
    without = [entry.split()[0] for entry in entries if PIN.match(entry) and "--hash=sha256:" not in entry]
    assert without == []


def test_every_library_that_the_code_imports_is_pinned_by_name(root: Path) -> None:
    own = {"app", "benchmarks", "geo", "routes", "web", "tools", "tests", "__future__"}
    files = [
        root / "app.py",
        *(path for part in ("geo", "routes", "web", "tests") for path in (root / part).rglob("*.py")),
    ]
    imported = {name for path in files if path.exists() for name in _imports(path)} - own - sys.stdlib_module_names
    providers = packages_distributions()
    pinned = pins(root / "requirements.txt")
    unpinned = {name for name in imported if not any(_normal(project) in pinned for project in providers.get(name, []))}
    assert unpinned == set()


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("statement", ["import app", "from tools import build", "import pickle"])
def test_lint_refuses_the_imports_that_the_house_forbids(root: Path, statement: str) -> None:
    lint = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", "routes/stretch.py", "-"]
    result = subprocess.run(lint, input=f"{statement}\n", capture_output=True, text=True, cwd=root, check=False)
    assert result.returncode == 1
    assert "TID251" in result.stdout


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as outgoing, pytest.raises(PermissionError, match=r"tried to reach 192\.0\.2\.1"):
        outgoing.connect(("192.0.2.1", 80))


# --- The Makefile and .ci/run, on a machine made of a few commands


def script(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder to use as the whole PATH, with make and the shell's few needs."""
    if shutil.which("make") is None:
        pytest.skip("no make on the PATH")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("make", "bash", "cat", "dirname", "echo", "rm"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def run_on(machine: Path, root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(
        command, env=keep | {"PATH": str(machine)}, cwd=root, capture_output=True, text=True, check=False, timeout=60
    )


def test_make_passes_over_a_python_that_does_not_run(machine: Path, root: Path) -> None:
    script(machine, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    script(machine, "python3", f'exec "{sys.executable}" "$@"')
    result = run_on(machine, root, "make", "--eval", "chosen: ; @echo $(PYTHON)", "chosen")
    assert result.stdout == "python3\n"


def test_make_says_what_it_needs_when_no_python_will_do(machine: Path, root: Path, tmp_path: Path) -> None:
    script(machine, "python3", "exit 1")
    result = run_on(machine, root, "make", "install", f"VENV={tmp_path}/venv")
    assert result.returncode == 2
    assert result.stderr.startswith("Araxes needs Python 3.11, 3.12 or 3.13 with its venv module")
    assert not (tmp_path / "venv").exists()


def test_ci_goes_on_and_says_so_where_it_cannot_install(machine: Path, root: Path) -> None:
    (machine / "make").unlink()
    script(machine, "make", 'echo "make $*"')
    script(machine, "id", "echo 1000")
    script(machine, "python3", "exit 0")
    result = run_on(machine, root, "bash", ".ci/run")
    assert result.returncode == 0
    assert result.stdout == "make test\n"
    assert "cannot install them here: chromium-headless-shell gdal-bin" in result.stderr

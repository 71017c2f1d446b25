"""The peers' own Pythons: made here, with what can be installed; what cannot is said and left out."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NEWER = ("python3.13", "python3.12", "python3.14", "python3")
_CAN = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < (3, 12))"
_SAID = 200


@dataclass(frozen=True)
class Venv:
    """
    A virtual environment for some peers.

    Attributes
    ----------
    folder
        Where it is.
    missing
        Requirements that could not be installed, with the reason.
    """

    folder: Path
    missing: dict[str, str]

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    def lacks(self, project: str) -> str | None:
        """
        Say why a project is not here.

        Parameters
        ----------
        project
            Its name.

        Returns
        -------
        reason
            None where it is here.
        """
        return next((why for pin, why in self.missing.items() if pin.split("==")[0] == project), None)


def prepare(name: str, requirements: Path, *, newer: bool = False, root: Path = ROOT) -> Venv:
    """
    Make a venv and install into it what can be installed, one requirement at a time so that one cannot stop another.

    Parameters
    ----------
    name
        Of its folder.
    requirements
        Exact pins, one a line.
    newer
        Whether it needs Python 3.12 or later; else it is of the Python that runs this.
    root
        Where to make it.

    Returns
    -------
    venv
        As an earlier run left it, where the requirements and the Python are the same.
    """
    folder = root / name
    pins = _pins(requirements)
    python = _newer_python() if newer else sys.executable
    if python is None:
        return Venv(folder, dict.fromkeys(pins, "no Python 3.12 or later with its venv module was found"))
    stamp = folder / "installed.json"
    wanted = hashlib.sha256(f"{requirements.read_text(encoding='utf-8')}{python}{folder}".encode()).hexdigest()
    if stamp.exists():
        noted = json.loads(stamp.read_text(encoding="utf-8"))
        if noted["wanted"] == wanted and not noted["missing"] and (folder / "bin" / "python").exists():
            return Venv(folder, {})
    print(f"Making {name} (a few minutes the first time)", file=sys.stderr)
    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
    missing = {pin: why for pin in pins if (why := _install(folder, pin)) is not None}
    stamp.write_text(json.dumps({"wanted": wanted, "missing": missing}), encoding="utf-8")
    return Venv(folder, missing)


def _pins(requirements: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def _newer_python() -> str | None:
    names = [os.environ.get("BENCH_PYTHON") or "", *_NEWER]
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    pyenv = sorted(str(path) for path in home.glob("3.1[2-9]*/bin/python"))  # not on the PATH unless chosen there
    for found in (*(shutil.which(name) for name in names if name), *pyenv):
        if found and subprocess.run([found, "-c", _CAN], capture_output=True, check=False).returncode == 0:
            return found
    return None


def _install(folder: Path, pin: str) -> str | None:
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--only-binary=:all:", pin]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    print(f"{pin} cannot be installed here and is left out", file=sys.stderr)
    return (said[-1] if said else "pip failed")[:_SAID]

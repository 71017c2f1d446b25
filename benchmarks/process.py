"""Run a command and see how long it took and how much memory it and its children held. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EVERY_S = 0.02
_KB = 1024
_LAST_LINES = 12


@dataclass(frozen=True)
class Finished:
    """
    A command that has run.

    Attributes
    ----------
    seconds
        From start to end.
    peak_rss_kb
        Largest resident memory, kB: of the process and its children together where /proc tells (memory that several
        share is counted in each), of the largest of them elsewhere.
    code
        Its exit status; negative for a signal.
    output
        What it printed, standard error with it.
    """

    seconds: float
    peak_rss_kb: int
    code: int
    output: str

    def require(self, what: str) -> Finished:
        """
        Stop where the command failed.

        Parameters
        ----------
        what
            Its name in the message.

        Returns
        -------
        self
            For the next call.

        Raises
        ------
        RuntimeError
            It ended with another status than 0.
        """
        if self.code != 0:
            tail = "\n".join(self.output.splitlines()[-_LAST_LINES:])
            message = f"{what} ended with status {self.code}:\n{tail}"
            raise RuntimeError(message)
        return self


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit_s: float | None = None,
) -> Finished:
    """
    Run a command to its end.

    Parameters
    ----------
    command
        Program and arguments.
    folder
        Where to run it.
    environment
        What to add to the environment.
    limit_s
        End it after so many seconds.

    Returns
    -------
    finished
        How it went.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        watch = _Watch(child, limit_s)
        watch.start()
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)  # else Popen would wait for it again
        watch.stop()
        output.seek(0)
        text = output.read().decode(errors="replace")
    unit = _KB if sys.platform == "darwin" else 1
    return Finished(seconds, max(watch.peak_kb, usage.ru_maxrss // unit), child.returncode, text)


class _Watch(threading.Thread):
    """Looks at a process and its children every few milliseconds, and ends them all when their time is up."""

    def __init__(self, child: subprocess.Popen[bytes], limit_s: float | None) -> None:
        super().__init__(daemon=True)
        self._child = child
        self._end = None if limit_s is None else time.monotonic() + limit_s
        self._over = threading.Event()
        self.peak_kb = 0

    def run(self) -> None:
        while not self._over.wait(_EVERY_S):
            processes = family(self._child.pid)
            self.peak_kb = max(self.peak_kb, sum(resident_kb(process) for process in processes))
            if self._end is not None and time.monotonic() > self._end:
                for process in reversed(processes):
                    _end(process)

    def stop(self) -> None:
        self._over.set()
        self.join()


def family(process: int) -> list[int]:
    """
    List a process and all that it started, directly or not.

    Parameters
    ----------
    process
        Its id.

    Returns
    -------
    processes
        Ids, parents before children; the process alone where there is no /proc.
    """
    found = [process]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:  # it has ended meanwhile
                continue
    return found


def resident_kb(process: int) -> int:
    """
    Read the resident memory of a process.

    Parameters
    ----------
    process
        Its id.

    Returns
    -------
    memory_kb
        kB; 0 where it has ended or there is no /proc.
    """
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // _KB


def _end(process: int) -> None:
    try:
        os.kill(process, 9)
    except ProcessLookupError:
        return

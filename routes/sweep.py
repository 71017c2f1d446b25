"""A sweep: many jobs answered by one process, several, or a Dask cluster, streamed to Parquet, resumed after a kill."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import InputError
from geo.progress import silent
from routes.desk import answer_chunk, desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.progress import Progress
    from routes.jobs import Job, Sweep

CHUNK = 250
"""Jobs that are answered and written together: what a kill can cost."""
PATIENCE = "10s"
"""How long a Dask scheduler may take to answer."""
_AHEAD = 2  # chunks handed out for each worker, so that none waits
_DIGEST = b"araxes.sweep"

Submit: TypeAlias = Callable[..., "Future[pa.Table]"]


def run(
    sweep: Sweep,
    output: Path,
    *,
    workers: int = 1,
    dask: str | None = None,
    chunk: int = CHUNK,
    progress: Progress = silent,
) -> pa.Table:
    """
    Answer every job of a sweep, whoever answers it, to one Parquet file.

    Chunks are written one by one beside the output; a sweep that was stopped, even by a kill, goes on where it was
    when it is run again. The file is the same, byte for byte, however it came about.

    Parameters
    ----------
    sweep
        The jobs.
    output
        The file; it appears when all is answered.
    workers
        Local processes; 1 answers in this one.
    dask
        Address of a Dask scheduler, such as tcp://10.0.0.1:8786; its workers must find the study and the network at
        the same paths.
    chunk
        Jobs that are answered and written together.
    progress
        Hears how many jobs are done.

    Returns
    -------
    table
        Of the file.

    Raises
    ------
    InputError, NotFoundError
        A job cannot be asked; the output belongs to another sweep, or cannot be written.
    """
    if chunk < 1 or workers < 1:
        message = f"a sweep needs at least one worker and one job a chunk, not {workers} and {chunk}"
        raise InputError(message)
    here = desk(sweep.study, sweep.network)
    here.check(sweep.jobs)
    digest = f"{sweep.digest}/{chunk}"
    if output.exists():
        return _finished(output, digest)
    parts = output.with_name(f"{output.name}.parts")
    _claim(parts, digest)
    chunks = {at: sweep.jobs[at : at + chunk] for at in range(0, len(sweep.jobs), chunk)}
    missing = {at: jobs for at, jobs in chunks.items() if not _part(parts, at).exists()}
    done = len(sweep.jobs) - sum(len(jobs) for jobs in missing.values())
    progress("answering jobs", done, len(sweep.jobs))
    with _crew(workers, dask) as (submit, hands):
        for at, table in _answers(sweep, missing, submit, hands):
            _write(table, _part(parts, at))
            done += len(table)
            progress("answering jobs", done, len(sweep.jobs))
    return _join(parts, [_part(parts, at) for at in chunks], output, digest)


def _answers(
    sweep: Sweep, missing: dict[int, tuple[Job, ...]], submit: Submit | None, hands: int
) -> Iterator[tuple[int, pa.Table]]:
    """Hand out chunks, a few at a time, and give them back as they are answered."""
    if submit is None:
        for at, jobs in missing.items():
            yield at, answer_chunk(sweep.study, sweep.network, at, jobs)
        return
    left = iter(missing.items())
    out: dict[Future[pa.Table], int] = {}
    while True:
        for at, jobs in left:
            out[submit(answer_chunk, sweep.study, sweep.network, at, jobs)] = at
            if len(out) >= _AHEAD * hands:
                break
        if not out:
            return
        answered, _waiting = wait(out, return_when=FIRST_COMPLETED)
        for future in answered:
            yield out.pop(future), future.result()


@contextmanager
def _crew(workers: int, dask: str | None) -> Iterator[tuple[Submit | None, int]]:
    """Give what answers chunks: this process (None), local processes, or the workers of a Dask cluster."""
    if dask is not None:
        from distributed import Client  # noqa: PLC0415  (only who has a cluster pays for the import)

        try:
            client = Client(dask, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except OSError:
            message = f"no Dask scheduler answers at {dask}; start one with `dask scheduler` and give its address"
            raise InputError(message) from None
        with client:
            hands = len(client.scheduler_info(n_workers=-1)["workers"])
            if not hands:
                message = f"the Dask scheduler at {dask} has no workers; start some with `dask worker {dask}`"
                raise InputError(message)
            executor: Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
            yield executor.submit, hands
    elif workers > 1:
        with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
            yield pool.submit, workers
    else:
        yield None, 1


def _context() -> Any:  # noqa: ANN401  (multiprocessing's own types differ by platform)
    """Fork where that works, so that workers share the network and its hierarchy; else start anew."""
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


# -- files -----------------------------------------------------------------------------------------------------------


def _part(parts: Path, at: int) -> Path:
    return parts / f"{at:09d}.parquet"


def _claim(parts: Path, digest: str) -> None:
    """Make the folder of chunks, or take up the one that a stopped run of the same sweep left."""
    mine = {"sweep": digest}
    note = parts / "sweep.json"
    try:
        parts.mkdir(parents=True, exist_ok=True)
        if not note.exists():
            _replace(note, json.dumps(mine).encode())
        theirs = json.loads(note.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{parts} cannot be used for the chunks of this sweep ({error}); remove it, or give another output"
        raise InputError(message) from None
    if theirs != mine:
        message = (
            f"{parts} holds chunks of another sweep (other jobs, another network or another chunk size); finish that "
            "one, remove it, or give another output"
        )
        raise InputError(message)


def _finished(output: Path, digest: str) -> pa.Table:
    """Give a file that is there already, if it is this sweep's."""
    try:
        table = pq.read_table(output)
    except (pa.ArrowInvalid, OSError):
        table = None
    if table is None or (table.schema.metadata or {}).get(_DIGEST) != digest.encode():
        message = f"{output} is there already and is not this sweep's; give another output, or move it away"
        raise InputError(message)
    return table


def _write(table: pa.Table, path: Path) -> None:
    part = path.with_suffix(".writing")
    pq.write_table(table, part, compression="zstd")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _join(parts: Path, files: list[Path], output: Path, digest: str) -> pa.Table:
    tables = [pq.read_table(file) for file in files]
    table = pa.concat_tables(tables)
    table = table.replace_schema_metadata({_DIGEST: digest.encode()})
    _write(table, output)
    shutil.rmtree(parts)
    return table


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(".writing")
    part.write_bytes(content)
    part.replace(path)

"""A sweep gives the same file however it came about: in one process, in several, by Dask, or after a kill."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from geo.errors import InputError, NotFoundError
from routes import desk as work
from routes import sweep as sweeping
from routes.desk import closures
from routes.jobs import Job, Sweep, from_options, read_jobs
from routes.study import Study

STUDY = "nakhchivan"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def some():
    """A few dozen closures between Goris and Meghri, and a question that has no answer."""
    shut = closures(STUDY, None, Job("goris", "meghri", statuses="open"), 24)
    return Sweep(STUDY, None, (*shut, Job("meghri", "ordubad", statuses="open")))


@pytest.fixture(scope="module")
def undisturbed(some, tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "serial.parquet"
    sweeping.run(some, path, chunk=4)
    return path


def test_each_closure_is_answered_as_a_plan_under_its_scenario_is(some, undisturbed):
    study, table = Study.open(STUDY), pd.read_parquet(undisturbed)
    assert len(table) == len(some.jobs)
    assert table["job"].tolist() == list(range(len(table)))
    for row, job in zip(table.itertuples(), some.jobs, strict=True):
        scenario = study.asked(job.scenario or None)
        route = study.plan(job.origin, job.destination, mode="road", statuses=["open"], scenario=scenario)
        assert row.found == (route.broken is None)
        if row.found:
            assert row.length_m == pytest.approx(route.length_m.sum(), abs=0.01)
    assert table["length_m"].nunique() > 2
    assert table.iloc[-1]["reason"] == "there is no way"
    assert pd.isna(table.iloc[-1]["length_m"])


def test_two_processes_write_the_same_bytes(some, undisturbed, tmp_path):
    sweeping.run(some, tmp_path / "two.parquet", workers=2, chunk=4)
    assert (tmp_path / "two.parquet").read_bytes() == undisturbed.read_bytes()


@pytest.mark.filterwarnings("ignore")
def test_dask_writes_the_same_bytes(some, undisturbed, tmp_path):
    from distributed import LocalCluster  # noqa: PLC0415  (only this test pays for the import)

    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        sweeping.run(some, tmp_path / "dask.parquet", dask=cluster.scheduler_address, chunk=4)
    assert (tmp_path / "dask.parquet").read_bytes() == undisturbed.read_bytes()


def test_a_sweep_that_was_killed_goes_on_where_it_was(some, undisturbed, tmp_path, monkeypatch):
    output = tmp_path / "again.parquet"
    answered: list[int] = []
    answer = work.answer_chunk

    def dies(study, network, first, jobs):
        if len(answered) == 3:
            raise KeyboardInterrupt
        answered.append(first)
        return answer(study, network, first, jobs)

    monkeypatch.setattr(sweeping, "answer_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        sweeping.run(some, output, chunk=4)
    assert not output.exists()
    before = list(answered)

    def goes_on(study, network, first, jobs):
        answered.append(first)
        return answer(study, network, first, jobs)

    monkeypatch.setattr(sweeping, "answer_chunk", goes_on)
    sweeping.run(some, output, chunk=4)
    assert sorted(answered) == list(range(0, len(some.jobs), 4)), "nothing lost, nothing repeated"
    assert before == answered[:3]
    assert output.read_bytes() == undisturbed.read_bytes()
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_the_command_survives_a_real_kill(tmp_path, run):
    output = tmp_path / "killed.parquet"
    command = [sys.executable, str(ROOT / "app.py"), "sweep", "--pair", "goris", "meghri", "--closures", "40"]
    command += ["--chunk", "1", "--no-progress", "-o", str(output)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = output.with_name("killed.parquet.parts")
    while process.poll() is None and len(list(parts.glob("*.parquet"))) < 2:
        time.sleep(0.02)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert run(*command[2:])[0] == 0
    anew = tmp_path / "anew.parquet"
    assert run(*command[2:-1], anew)[0] == 0
    assert output.read_bytes() == anew.read_bytes()
    assert pq.read_table(output).num_rows == 40


def test_a_sweep_that_is_done_is_not_done_again(some, undisturbed, monkeypatch):
    monkeypatch.setattr(sweeping, "answer_chunk", None)
    assert sweeping.run(some, undisturbed, chunk=4).num_rows == len(some.jobs)


def test_another_sweeps_file_is_left_alone(some, undisturbed, tmp_path):
    other = replace(some, jobs=some.jobs[:3])
    content = undisturbed.read_bytes()
    with pytest.raises(InputError, match="is there already and is not this sweep's"):
        sweeping.run(other, undisturbed, chunk=4)
    assert undisturbed.read_bytes() == content
    (tmp_path / "x.parquet.parts").mkdir()
    (tmp_path / "x.parquet.parts" / "sweep.json").write_text('{"sweep": "another"}')
    with pytest.raises(InputError, match="holds chunks of another sweep"):
        sweeping.run(other, tmp_path / "x.parquet", chunk=4)


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (Job("goris", "atlantis"), r"job 0 \(goris to atlantis\): .*atlantis"),
        (Job("goris", "meghri", scenario="close=edge:999999"), "there is no 'edge:999999'"),
        (Job("goris", "meghri", vehicle="sledge"), "there is no vehicle 'sledge'"),
        (Job("goris", "meghri", mode="boat"), "'boat' is not a mode"),
        (Job("goris", "meghri", statuses="razed"), "there is no status 'razed'"),
    ],
)
def test_a_job_that_cannot_be_asked_is_refused_before_any_is_answered(job, sentence, tmp_path):
    with pytest.raises((InputError, NotFoundError), match=sentence):
        sweeping.run(Sweep(STUDY, None, (job,)), tmp_path / "x.parquet")
    assert not list(tmp_path.iterdir())


def test_jobs_come_from_a_csv_file(tmp_path):
    (tmp_path / "jobs.csv").write_text("from,to,scenario,status\ngoris,meghri,,open\nkapan,meghri,as_of=2030,\n")
    assert read_jobs(tmp_path / "jobs.csv") == (
        Job("goris", "meghri", statuses="open"),
        Job("kapan", "meghri", scenario="as_of=2030"),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("from,to,colour\na,b,red\n", "the column 'colour' is not known"),
        ("from\na\n", "it needs the columns from and to"),
        ("from,to\ngoris,\n", "row 2 of .* lacks its from or its to"),
        ("", "it needs the columns from and to, and a row"),
    ],
)
def test_a_csv_file_that_holds_no_jobs_is_refused_in_one_sentence(text, sentence, tmp_path):
    (tmp_path / "jobs.csv").write_text(text)
    with pytest.raises(InputError, match=sentence):
        read_jobs(tmp_path / "jobs.csv")


def test_options_multiply():
    found = from_options([("a", "b"), ("c", "d")], scenarios=["x", "y"], dates=["2027", "2032"])
    assert len(found) == 8
    assert found[1] == Job("a", "b", scenario="x", as_of="2032")


def test_no_scheduler_is_one_clear_sentence(some, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "PATIENCE", "1s")
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        sweeping.run(some, tmp_path / "x.parquet", dask="tcp://127.0.0.1:9")

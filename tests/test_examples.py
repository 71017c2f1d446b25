"""The examples as their readers run them: the scripts from a folder of their own, the notebook cell by cell."""

import json
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))


@pytest.fixture
def run_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """A function that runs a script in another folder, as its own program would be, and gives what it prints."""

    def run(script: str, *arguments: str) -> str:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        runpy.run_path(str(EXAMPLES / script), run_name="__main__")
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


def test_every_example_has_its_line() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for name in [*SCRIPTS, *(path.name for path in EXAMPLES.glob("*.ipynb"))]:
        assert listed.count(f"]({name})") == 1, name


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_read_in_one_go(script: str) -> None:
    assert len((EXAMPLES / script).read_text(encoding="utf-8").splitlines()) < 60


def test_a_script_is_a_program_of_its_own(tmp_path: Path, run_script: Callable[..., str]) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "compare_years.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, run_script("compare_years.py"), "")


def test_compare_years_says_what_changes(run_script: Callable[..., str]) -> None:
    out = run_script("compare_years.py")
    assert "6 routes" in out
    assert "2 years" in out
    figures, changes = out.split("figures change from 2027 to 2032")
    built = next(line for line in changes.splitlines() if "to_build_m" in line)
    assert built.split()[-2:] == ["57000", "0"]
    assert "araxes-road, whole_year: not known: no opening is stated for" in figures
    unmoved = next(line for line in changes.splitlines() if line.startswith("Nothing changes for: "))
    assert "araxes-road" in unmoved
    assert "araxes-rail" not in unmoved


def test_weak_points_leaves_files_that_gdal_opens(tmp_path: Path, run_script: Callable[..., str]) -> None:
    out = run_script("weak_points.py", "weak")
    assert "goris-meghri-road.1: " in out
    assert "The worst closure that leaves a way adds " in out
    assert "Written to weak: band.geojson, chokepoints.geojson, alternatives.geojson" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["weak"]
    for name, least in (("alternatives", 3), ("band", 2), ("chokepoints", 2)):
        file = tmp_path / "weak" / f"{name}.geojson"
        assert len(pyogrio.read_dataframe(file)) >= least
        assert json.loads(file.read_text(encoding="utf-8"))["attribution"]


def test_weak_points_names_the_folder_that_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_script: Callable[..., str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    out = run_script("weak_points.py", "--from", "Kapan", "--to", "Kajaran")
    (folder,) = tmp_path.iterdir()
    assert f"Written to {folder}: band.geojson" in out
    assert (folder / "band.geojson").is_file()


def test_what_if_answers_under_its_scenario(run_script: Callable[..., str]) -> None:
    out = run_script("what_if.py")
    assert out.startswith("Scenario: as of 2030-12-31 (central openings); open link-agarak-ordubad-road")
    assert "kapan-kajaran-road, to_build_m: 69.0 km -> 0.0 km" in out
    assert "ways that no other beats. Exact: " in out
    assert "horadiz-nakhchivan-road.1" in out
    assert "5 missing links between Horadiz station and Nakhchivan station." in out
    assert out.count("\nto add: Link ") == 5


def test_thousand_closures_counts_what_it_closed(run_script: Callable[..., str]) -> None:
    out = run_script("thousand_closures.py")
    assert "lorry: 128.8 km" in out
    assert "16 closures in " in out
    assert "later_min" in out


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLES / "first_look.ipynb").read_text(encoding="utf-8"))
    return content


def test_the_notebook_stores_no_outputs(notebook: dict[str, Any]) -> None:
    assert notebook["nbformat"] == 4
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_the_cells_of_the_notebook_run_in_order(
    notebook: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102  (the project's own cells)
    out = capsys.readouterr().out
    assert "6 candidates, facts until 2026-06-01" in out
    assert "Aghband" in out
    assert set(names["key"]["route"]) == set(names["study"].candidates)
    assert names["unknown"]["reason"].str.len().gt(0).all()
    assert names["by_status"]["length_m"].sum() == pytest.approx(names["route"].length_m.sum())
    assert list(tmp_path.iterdir()) == []

"""`new-study`: a folder that opens at once, and never in place of what is there."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from routes.metrics import properties
from routes.study import Study
from web import window

Run = Callable[..., tuple[int, str, str]]
FILES = {
    "boundaries.geojson",
    "network.geojson",
    "places.csv",
    "provisions.toml",
    "sources.toml",
    "study.toml",
    "works.toml",
}


@pytest.fixture
def begun(run: Run, tmp_path: Path) -> Path:
    """A study folder, just begun."""
    folder = tmp_path / "mine"
    assert run("new-study", folder)[0] == 0
    return folder


def test_it_writes_every_file_and_says_what_to_do_next(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mine"
    code, out, err = run("new-study", folder)
    assert (code, out) == (0, f"{folder}\n")
    assert err == f"Now open it: python app.py routes --study {folder}\n"
    assert {path.name for path in folder.iterdir()} == FILES


def test_its_candidates_resolve_at_once(run: Run, begun: Path) -> None:
    code, out, err = run("routes", "--study", begun)
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["valley-road", "saddle-road"]
    valley, saddle = (properties(route) for route in Study.open(begun).routes())
    assert valley["broken"] is None
    assert valley["length_by_territory_m"] == {"ONE": pytest.approx(34_700, abs=200), "TWO": 35_000}
    assert valley["to_build_m"] == 35_000
    assert [row["id"] for row in valley["provisions"]] == ["PACT-1", "PACT-2"]
    assert valley["works"] == ["W-1"]
    assert [link["id"] for link in saddle["links"]] == ["link-saddle-road"]
    assert (valley["standing"], saddle["standing"]) == ("under way", "not announced")


def test_its_work_opens_and_its_scenario_closes(begun: Path) -> None:
    study = Study.open(begun)
    assert properties(study.route("valley-road", scenario=study.scenario("as_of=2028")))["to_build_m"] == 0
    assert study.route("valley-road", scenario=study.scenario("gate-closed")).broken is not None


@pytest.mark.parametrize("page", ["/", "/routes/valley-road", "/provisions", "/about", "/api/routes"])
def test_its_pages_open(begun: Path, page: str) -> None:
    client = window.create_app(Study.open(begun), None).test_client()
    assert client.get(page).status_code == 200


def test_every_line_that_is_commented_out_is_one_that_the_study_takes(begun: Path) -> None:
    path = begun / "study.toml"
    text = path.read_text(encoding="utf-8")
    optional = [line for line in text.splitlines() if line.startswith("# ") and (" = " in line or "[[" in line)]
    table = "\n".join(line.removeprefix("# ") for line in optional if not line.startswith("# [[references"))
    assert tomllib.loads(table.partition("\nstatuses")[0])["extracts"][0]["id"] == "andorra"
    for line in ('statuses = ["open", "construction"]', 'classes = ["trunk", "primary"]', "as_of = 2030"):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    path.write_text(text, encoding="utf-8")
    study = Study.open(begun)
    assert study.stretches["alpha-middle-road"].classes == ("trunk", "primary")
    assert study.scenarios["gate-closed"].as_of is not None


def test_an_empty_folder_is_filled(run: Run, tmp_path: Path) -> None:
    assert run("new-study", tmp_path)[0] == 0
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_a_folder_with_something_in_it_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    code, out, err = run("new-study", tmp_path)
    assert (code, out) == (2, "")
    assert err == f"Error: {tmp_path} is already there and not empty; give a folder that does not exist yet\n"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_its_place_is_not_replaced(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine", encoding="utf-8")
    for folder in (file, file / "deeper"):
        code, out, err = run("new-study", folder)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert str(folder) in err
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_disk_that_takes_no_more_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def full(self: Path, mode: str = "r", *args: object, **options: object) -> object:
        if mode == "xb" and self.name == "sources.toml":
            raise OSError(28, "No space left on device")
        return real(self, mode, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    code, _out, err = run("new-study", tmp_path / "mine")
    assert code == 2
    assert "(No space left on device)" in err
    assert list((tmp_path / "mine").iterdir()) == []


def test_the_help_says_the_next_steps(run: Run) -> None:
    code, out, _err = run("new-study", "--help")
    assert code == 0
    for step in ("routes --study DIR", "serve --study DIR", "load FILE... --study DIR"):
        assert f"python app.py {step}" in out

"""The engine knows no place by name: what it knows of a corridor stands in that corridor's study."""

import ast
import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo.territory import BoundarySet

ENGINE = ("geo", "routes")
LEAST = 5  # shorter names, such as Lori, are words of other languages and parts of the code's own
STATES = {"Armenia", "Azerbaijan", "Georgia", "Iran", "Nakhchivan", "Russia", "Turkey", "Türkiye", "TRIPP"}
WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8  # of the longest name that is looked for
OWN = {"araxes"}  # the product's own name


@pytest.fixture(scope="module")
def names(root: Path) -> set[str]:
    """Ids and names of the built-in study's places, and names of its states, as `plain` gives them."""
    with (root / "data" / "nakhchivan" / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {row[key] for row in rows for key in row if key == "id" or key.startswith("name_")}
    return {plain(name) for name in cells | STATES if len(name) >= LEAST or name in STATES} - OWN


@pytest.fixture(scope="module")
def keys(root: Path) -> set[str]:
    """Keys of its territories."""
    return set(BoundarySet.read(root / "data" / "nakhchivan" / "boundaries.geojson").territories)


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """Give what a module works with, by line: its names and texts. Docstrings and comments may explain."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explained = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in explained:
                yield node.lineno, text
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text) | ast.FunctionDef(name=text):
                yield node.lineno, text
            case _:
                pass


def plain(text: str) -> str:
    """Give the words of a text in lower case, a blank between them; an underscore parts words too."""
    return " ".join(WORD.findall(text.casefold()))


def named(text: str, names: set[str]) -> set[str]:
    """Find the names that stand in a text as words of their own."""
    words = plain(text).split()
    runs = {" ".join(words[i : i + many]) for i in range(len(words)) for many in range(1, MOST_WORDS + 1)}
    return runs & names


def test_the_names_to_look_for_are_many_and_would_be_found(names: set[str]) -> None:
    assert len(names) > 300
    assert named("the way to Meghri", names) == {"meghri"}
    assert named("MEGHRI_GORGE", names) == {"meghri"}
    assert [name for name in names if name not in named(name, names)] == []
    assert named("Port d'Envalira", names) == set()


def test_texts_and_names_count_and_explanations_do_not(names: set[str], write: Callable[[str, str], Path]) -> None:
    module = write("module.py", '"""Such as Meghri."""\n# as at Goris\nKAPAN_M = 3\nx = f"{KAPAN_M} m to Julfa"\n')
    assert {name for _line, text in spoken(module) for name in named(text, names)} == {"kapan", "julfa"}


@pytest.mark.parametrize("part", ENGINE)
def test_no_module_works_with_a_place_of_the_built_in_study(
    root: Path, part: str, names: set[str], keys: set[str]
) -> None:
    modules = sorted((root / part).rglob("*.py"))
    assert modules
    found = [
        f"{path.relative_to(root)}:{line}: {text!r}"
        for path in modules
        for line, text in spoken(path)
        if named(text, names) or text in keys
    ]
    assert found == []


def test_the_template_names_none_either(root: Path, names: set[str]) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (root / "routes" / "template").iterdir()}
    assert len(texts) == 7
    assert {name: found for name, text in texts.items() if (found := named(text, names))} == {}

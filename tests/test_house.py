"""The house: folders in the order in which data flows, arrows that run down, and a picture that says so."""

import ast
import re
from collections import Counter
from graphlib import TopologicalSorter

import pytest

from benchmarks.map import MAP, ROOMS, arrows_up, as_svg, between_rooms, imports_of, modules_in
from tests.conftest import ROOT

_MOST_MODULES = 16  # of a folder
_MODULES = modules_in(ROOT)
_FOLDERS = sorted({path.parent for path in _MODULES.values()})


def test_every_folder_is_a_room_on_the_map() -> None:
    assert set(between_rooms(imports_of(_MODULES))) == {room.name for room in ROOMS}


def test_there_are_no_circles_between_modules() -> None:
    TopologicalSorter(imports_of(_MODULES)).prepare()


def test_there_are_no_circles_between_rooms_and_arrows_run_down() -> None:
    uses = between_rooms(imports_of(_MODULES))
    assert not arrows_up(uses)
    TopologicalSorter(uses).prepare()


def test_no_folder_is_full() -> None:
    sizes = Counter(path.parent.relative_to(ROOT).as_posix() for path in _MODULES.values())
    assert not {name: size for name, size in sizes.items() if size > _MOST_MODULES}


@pytest.mark.parametrize("folder", [path.relative_to(ROOT).as_posix() for path in _FOLDERS])
def test_every_folder_says_what_it_is_for(folder: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text(encoding="utf-8")))
    assert said and len(said.split()) > 3, "its __init__.py is a docstring: what comes in, what goes out"


def test_the_library_knows_neither_prefect_nor_the_command_line() -> None:
    for path in (ROOT / "src" / "extract").rglob("*.py"):
        assert not re.search(
            r"^\s*(?:from|import) (?:prefect|click|rich|pipelines)", path.read_text(encoding="utf-8"), re.MULTILINE
        ), path


def test_the_map_is_that_of_the_code() -> None:
    assert MAP.read_text(encoding="utf-8") == as_svg(_MODULES), "draw it anew: make map"

"""The documentation says what the code does."""

import ast
import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import get_args

import click
import pytest
import yaml

from benchmarks.map import modules_in
from extract.changes.attribution import _ABOUT_SEVERAL
from extract.dataset.dictionary import as_markdown
from extract.problems import ANY, codes, codes_as_markdown, problem
from extract.reading.formats import FORMATS
from extract.records import Severity
from extract.settings import Settings
from pipelines.commands.cli import main
from pipelines.store import LIMITS, MAY_PASS
from tests.conftest import ROOT

_WHAT = ("what", "'has ", "'is ", "f'has ", "f'is ", 'f"has ', 'f"is ')  # how it begins that says what is wrong

_ANEW = "write it anew: make docs"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_data_dictionary_is_that_of_the_records() -> None:
    assert read("docs/data-dictionary.md") == as_markdown(title="Data dictionary"), _ANEW


COMMANDS = main.commands | {
    f"{name} {sub}": command
    for name, group in main.commands.items()
    if isinstance(group, click.Group)
    for sub, command in group.commands.items()
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert f"manifesto {command}" in read("docs/commands.md")
    assert COMMANDS[command].help
    for parameter in COMMANDS[command].params:
        assert isinstance(parameter, click.Argument) or parameter.help  # type: ignore[attr-defined]


def test_the_readme_is_read_in_five_minutes_and_leads_to_every_page() -> None:
    readme = read("README.md")
    assert len(readme.split()) <= 1_200
    for page in [*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        assert f"({page.relative_to(ROOT).as_posix()})" in readme


@pytest.mark.parametrize(
    "page", [path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))]
)
def test_what_pages_link_to_is_there(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)#]+)", read(page)):
        assert ((ROOT / page).parent / link).exists(), link


def test_all_that_the_map_of_the_code_names_is_there() -> None:
    page = read("docs/architecture.md")
    named = re.findall(r"`([\w/.-]+(?:/|\.(?:py|md|csv|json|html|sql)))`", page)
    assert len(named) > 50
    assert [each for each in named if not any((ROOT / above / each).exists() for above in ("", "src/extract"))] == []
    folders = {path.parent.relative_to(ROOT).as_posix() for path in modules_in(ROOT).values()}
    rows = re.findall(r"^\| `([\w/]+)/`", page, re.MULTILINE)
    assert {each if (ROOT / each).exists() else f"src/extract/{each}" for each in rows} == folders


def test_every_setting_is_documented() -> None:
    documented = re.findall(r"^\| (\w+) \|", read("docs/settings.md"), re.MULTILINE)[1:]
    assert documented == [field.name for field in dataclasses.fields(Settings)]


def test_every_format_is_documented() -> None:
    said = read("docs/adding.md").partition("\n## A digest")[0]
    assert [each.name for each in FORMATS if each.name not in said] == []


def test_every_problem_code_is_documented() -> None:
    assert list(codes()) == sorted(codes())
    assert {each.severity for each in codes().values()} == set(get_args(Severity))
    assert read("docs/problems.md") == codes_as_markdown(), _ANEW


def test_the_codes_of_problems_are_those_of_the_table() -> None:
    modules = dict(parsed_modules())
    takers = {(name, taker): at for name, tree in modules.items() for taker, at in takers_of_codes(tree)}
    raised = {code for name, tree in modules.items() for code in raised_codes(name, tree, takers)}
    assert raised == set(codes())
    assert raised >= MAY_PASS | LIMITS | _ABOUT_SEVERAL


def test_a_problem_has_a_code_of_the_table_and_a_stage() -> None:
    with pytest.raises(KeyError):
        problem("no-such-code", "It is wrong.", path="x.txt")
    with pytest.raises(ValueError, match="say which"):
        problem("stage-failed", "It is wrong.", path="x.txt")
    for code, known in codes().items():
        given = problem(code, "It is wrong.", path="x.txt", stage=None if known.stage != ANY else "split")
        assert (given.severity, given.stage) == (known.severity, known.stage if known.stage != ANY else "split")


def parsed_modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of library and pipelines, by name."""
    for root, folder in ((ROOT / "src", "extract"), (ROOT, "pipelines")):
        for path in (root / folder).rglob("*.py"):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def takers_of_codes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the functions and classes of a module that take the code of a Problem, and its place among arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]
            made = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
            names = [each.arg for each in made[0].args.args[1:]] if made else fields
        elif isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args]
        else:
            continue
        if "code" in names:
            yield node.name, names.index("code")


def raised_codes(name: str, tree: ast.Module, takers: dict[tuple[str, str], int]) -> Iterator[str]:
    """Yield the codes that a module states where one is taken, and in pairs of a code and what is wrong."""
    known = {taker: at for (module, taker), at in takers.items() if module == name}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found = {each.name: takers.get((node.module, each.name)) for each in node.names}
            known |= {taker: at for taker, at in found.items() if at is not None}
    for node in ast.walk(tree):
        stated: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            stated = node.args[known[node.func.id] :][:1] + [each.value for each in node.keywords if each.arg == "code"]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and ast.unparse(node.elts[1]).startswith(_WHAT):
            stated = node.elts[:1]
        elif isinstance(node, ast.Compare) and ast.unparse(node.left) == "code":
            stated = [part for each in node.comparators for part in getattr(each, "elts", [each])]
        yield from (each.value for each in stated if isinstance(each, ast.Constant) and isinstance(each.value, str))


def test_the_deployment_names_a_flow_and_a_schedule() -> None:
    (deployment,) = yaml.safe_load(read("prefect.yaml"))["deployments"]
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert set(deployment["parameters"]) <= set(flow.parameters.properties)
    assert deployment["schedules"][0]["cron"] == "0 6 * * *"


def test_nothing_loads_at_import() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import extract.records, sys; print('spacy' in sys.modules, 'sklearn' in sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]

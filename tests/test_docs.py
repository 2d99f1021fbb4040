"""The documentation says what the code does."""

import dataclasses
import re
import subprocess
import sys

import click
import pytest
import yaml

from extract.dataset.dictionary import as_markdown
from extract.settings import Settings
from pipelines.commands.cli import main
from tests.conftest import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_data_dictionary_is_that_of_the_records() -> None:
    assert read("docs/data-dictionary.md") == as_markdown(title="Data dictionary")


COMMANDS = main.commands | {
    f"{name} {sub}": command
    for name, group in main.commands.items()
    if isinstance(group, click.Group)
    for sub, command in group.commands.items()
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_has_help(command: str) -> None:
    assert f"manifesto {command}" in read("README.md")
    assert COMMANDS[command].help
    for parameter in COMMANDS[command].params:
        assert isinstance(parameter, click.Argument) or parameter.help  # type: ignore[attr-defined]


def test_every_setting_is_documented() -> None:
    documented = re.findall(r"^\| (\w+) \|", read("docs/settings.md"), re.MULTILINE)[1:]
    assert documented == [field.name for field in dataclasses.fields(Settings)]


def test_every_problem_code_is_documented() -> None:
    paths = [*ROOT.glob("src/extract/**/*.py"), *ROOT.glob("pipelines/**/*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    functions = r"(?:problem|_problem|_refusal|_refused|_about|Unread)\(\s*(?:[\w.]+(?:\([^\n]*\))?,\s*)?"
    raised = set(re.findall(functions + '"([a-z]+(?:-[a-z]+)*)"', source))
    raised |= set(re.findall(r'\(\s*"([a-z]+(?:-[a-z]+)*)", (?:what|f?"(?:has|is))', source))
    table = re.findall(r"^\| ([a-z-]+) \| \w+ \| (?:error|warning|note) \|", read("docs/problems.md"), re.MULTILINE)
    assert sorted(table) == table and raised == set(table)


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

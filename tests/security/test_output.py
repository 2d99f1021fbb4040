"""What strangers wrote in files stays text: in spreadsheets, and on the terminal."""

import csv
import io
import json
import re
from itertools import chain, product
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from extract.dataset.versions import publish, write_draft
from extract.dataset.writing import csv_bytes
from extract.extraction import Resources, extract_document
from extract.labels.contexts import Reading
from extract.labels.explanations import Explanation, Reason
from extract.parties import load_register
from extract.problems import problem
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.spreadsheets import guarded, guarded_column, unguarded
from extract.tables import rows_of
from pipelines.commands.cli import main
from pipelines.commands.showing import show
from pipelines.commands.why import Explained, show_explanation
from pipelines.progress import shown_on, tell
from pipelines.terminal import Console
from tests.conftest import ROOT
from tests.dataset.test_dataset import RUN

SIGNS = tuple("=+-@＝＋－＠")
BEFORE = ("", " ", '"', "'", "a;", 'a;"', "a; ", "a\t", "a\n", "a\r\n", "a;;", 'a;"b";', "a'; '", "a,")
HOSTILE = [
    f"{before}{sign}cmd|' /C calc'!A0{behind}" for before, sign, behind in product(BEFORE, SIGNS, ("", ";", '"'))
]
HONEST = [
    "Wij willen 10-15% meer; niet minder.",
    "Zorg; 's avonds ook - en 's nachts",
    "e-mail: a@b.nl",
    "1 + 1 = 2",
    "a;b=c",
    "",
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_spreadsheet_finds_a_formula_whatever_its_separator(separator: str) -> None:
    ids = [f"s{at}" for at in range(len(HOSTILE))]
    numbers = pa.array([-0.5] * len(HOSTILE))
    table = pa.table({"id": ids, "text": HOSTILE, "number": numbers, "last": HOSTILE[::-1]})
    lines = io.StringIO(csv_bytes(table).decode("utf-8"), newline="")
    cells = [cell for cell in chain.from_iterable(csv.reader(lines, delimiter=separator)) if cell != "-0.5"]
    assert len(cells) > len(HOSTILE) and not [cell for cell in cells if cell.lstrip(' "').startswith(SIGNS)]


def test_the_guard_can_be_taken_away() -> None:
    wild = ["".join(each) for size in range(5) for each in product(";\t\n '\"=-a", repeat=size)]
    for text in (*HOSTILE, *HONEST, *wild):
        assert unguarded(guarded(text)) == text
    column = pa.chunked_array([[*HOSTILE, *HONEST, *wild, None]])
    assert guarded_column(column).to_pylist() == [*map(guarded, (*HOSTILE, *HONEST, *wild)), None]


def test_honest_texts_stand_in_the_file_as_they_are() -> None:
    assert [guarded(text) for text in HONEST] == HONEST


# --- the terminal -----------------------------------------------------------------------------------------------------

ESCAPES = "\x1b]0;mine\x07\x1b[2J\x1b]8;;http://evil.example\x1b\\link\r\x08\x9b31m\x7f\u202egpj\u2066\u061c\u200f"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NAME = f"BIJ1_2025_{ESCAPES.replace('/', '')}.txt"
WORDS = "Wij willen meer bomen"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory, resources: Resources) -> tuple[Path, Path]:
    """Two versions of a dataset, each with a text whose name, words and Problems try to move the cursor."""
    folders = []
    for text in (f"{WORDS} {ESCAPES} en gras.\n", f"{WORDS} {ESCAPES} en zand.\n"):
        document, problems = document_in(
            (text + 20 * "\nDe partij wil minder regels en meer groen in de stad.\n").encode(),
            name=NAME,
            facts=Facts(),
            max_characters=10**6,
        )
        assert document, problems
        lost = problem("encrypted", f"{NAME} asks for a password.", path=NAME, stage="read", severity="error")
        folder = tmp_path_factory.mktemp("processed")
        rows = [rows_of(extract_document(document, resources=resources))]
        draft = write_draft(rows, parties=load_register().parties, problems=[lost], processed=folder)
        folders.append(publish(draft, RUN, folder))
    return folders[0], folders[1]


def command(*words: object) -> str:
    """What a command says on both streams."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False).output


@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_what_commands_say_of_texts_moves_no_cursor(json_too: tuple[str, ...], versions: tuple[Path, Path]) -> None:
    old, new = versions
    history = [
        {"event": "began", "run_id": "a", "at": "2025-01-01T00:00:00", "reasons": [], "documents": {NAME: "read"}},
        {"event": "ended", "run_id": "a", "at": "2025-01-01T00:00:00", "result": "failed", "message": ESCAPES},
    ]
    (old.parent / "runs.jsonl").write_text("".join(json.dumps(each) + "\n" for each in history), encoding="utf-8")
    for words in (("find", WORDS, "--dataset", old), ("diff", old, new), ("runs", "--processed", old.parent)):
        said = command(*words, *json_too)
        assert said.strip() and not UNSEEN.search(said), words
        if json_too:
            assert "\\u202e" in said and "\u202e" in json.dumps(json.loads(said), ensure_ascii=False)
        else:
            assert "\N{SYMBOL FOR ESCAPE}" in said
    (new / "texts" / f"x{ESCAPES.replace('/', '')}.txt").write_text("", encoding="utf-8")
    said = command("check", new, *json_too)
    assert "x" in said and not UNSEEN.search(said)


def test_errors_and_names_that_were_given_move_no_cursor(tmp_path: Path) -> None:
    for words in (
        ("open", tmp_path / ESCAPES),
        ("evaluate", "x", "--on", ESCAPES),
        ("diff", ESCAPES, "y", "--processed", tmp_path),
        ("runs", "--processed", tmp_path / ESCAPES),
    ):
        said = command(*words)
        assert re.search(r"\N{SYMBOL FOR ESCAPE}|\\x1b", said) and not UNSEEN.search(said), words  # click quotes names


@pytest.mark.parametrize("terminal", [False, True])
def test_what_a_run_says_moves_no_cursor(terminal: bool, versions: tuple[Path, Path]) -> None:
    out, log = io.StringIO(), io.StringIO()
    console = Console(file=out, force_terminal=terminal, color_system=None, width=200, highlight=False)
    with shown_on(console, log):
        tell("began", stage="read", documents=1)
        tell("warns", why=f"{NAME} was lost.")
    show(console, versions[0])
    reading = Reading(text=f"Wij {ESCAPES} willen", before="", after="", heading="")
    reason = Reason(part="text", words=f"{ESCAPES}", effect=1.0, char_start=4)
    explanation = Explanation(label="a", probability=0.9, runner_up="b", runner_up_probability=0.1, reasons=(reason,))
    show_explanation(console, Explained(reading, {"x": explanation}))
    said = out.getvalue()
    own = re.sub(r"\x1b\[[0-9?;]*[A-Za-z]|\r", "", said) if terminal else said  # of the bar and its colours
    assert own.count("\N{SYMBOL FOR ESCAPE}") >= 3 * ESCAPES.count("\x1b") and not UNSEEN.search(own)
    assert "mine" in said and "\x1b[2J" not in said and "\x1b]" not in said
    assert not UNSEEN.search(log.getvalue()) and NAME in json.loads(log.getvalue().splitlines()[-1])["why"]


def test_one_mouth() -> None:
    """Modules of commands print by way of the one that makes controls visible."""
    for path in (ROOT / "pipelines").rglob("*.py"):
        if path.stem != "terminal" and path.parent.name != "training":  # where developers' tools are
            assert not re.search(r"click\.echo\(|rich\.console|(?<![\w.])print\(", path.read_text(encoding="utf-8")), (
                path
            )

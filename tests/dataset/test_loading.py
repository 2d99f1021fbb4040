"""Every block of docs/loading.md runs, and all tools give the same answer."""

import csv
import io
import re
import shlex
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from extract.dataset.writing import csv_bytes, csv_header
from extract.extraction import Resources, extract_document
from extract.problems import problem
from extract.records import TABLES, Document, Label, columns_of
from extract.tables import table_of
from tests.conftest import ROOT, read_tables
from tests.dataset.test_dataset import write

PAGE = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# What a spreadsheet would take for a formula, a date, a number or a quote mark, and what an eight-bit set would spoil.
WILD = (
    "=1+1",
    "+31",
    "-2",
    "@x",
    "'q",
    "\t=1",
    "1-2-2025",
    "0.873",
    "5e12345678901234",
    "",
    "ë “q” €",
    'a "b", c',
    "NA",
    "a;=1+1",
    'a; "\'=1+1";b',
    "a\t@x\n-2",
    ' "=1',
    "＝1+1",
)
ENGLISH, DUTCH = "1033", "1043"  # as LibreOffice numbers languages
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Counts = dict[tuple[str, str], int]


@pytest.fixture(scope="module")
def home(digest: Document, resources: Resources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a dataset was made, with a Problem for each wild text."""
    folder = tmp_path_factory.mktemp("home")
    problems = [problem("party-unknown", text, path=f"p{at}", stage="s") for at, text in enumerate(WILD)]
    write([extract_document(digest, resources=resources)], folder / "processed", problems=problems)
    return folder


@pytest.fixture
def dataset(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dataset; the working folder is the one in which it was made."""
    monkeypatch.chdir(home)
    return home / "processed" / (home / "processed" / "current.txt").read_text(encoding="utf-8").strip()


@pytest.fixture
def expected(dataset: Path) -> Counts:
    tables = read_tables(dataset)
    names = dict(zip(tables["parties"].party_id, tables["parties"].name, strict=True))
    pairs = zip(tables["proposals"].party_id, tables["proposals"].theme, strict=True)
    counts = Counter((names[party_id], theme) for party_id, theme in pairs if not pd.isna(theme))
    assert len(counts) > 50 and sum(counts.values()) < len(tables["proposals"])
    return dict(counts)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_every_block_is_run_by_a_test() -> None:
    assert Counter(language for language, _ in BLOCKS) == {"python": 5, "sql": 1, "r": 2, "sh": 1}
    assert len(BLOCKS) * 2 == PAGE.count("```")


def test_python_tools_agree(dataset: Path, expected: Counts) -> None:
    names: dict[str, Any] = {}
    answers = []
    for block in blocks("python"):
        exec(block, names)
        if (counts := names.pop("counts", None)) is not None:
            answers.append(as_counts(counts))
    assert answers == [expected] * 3
    assert list(names["problems"].message) == list(read_tables(dataset)["problems"].message)


def as_counts(found: Any) -> Counts:
    """What pandas, Polars or DuckDB calls rows."""
    if isinstance(found, pd.DataFrame):
        rows = found.itertuples(index=False)
    else:
        rows = found.rows() if hasattr(found, "rows") else found.fetchall()
    return {(name, theme): count for name, theme, count in rows}


def test_sqlite_agrees(dataset: Path, expected: Counts) -> None:
    (query,) = blocks("sql")
    with closing(sqlite3.connect(dataset / "dataset.sqlite")) as database:
        assert {(name, theme): count for name, theme, count in database.execute(query)} == expected


@pytest.mark.parametrize("block", blocks("r"))
def test_r_agrees(dataset: Path, expected: Counts, block: str) -> None:
    rows = run_r(block, packages=re.findall(r"library\((\w+)\)|(\w+)::", block), give="counts")
    assert {(name, theme): int(count) for name, theme, count in rows} == expected


def test_r_reads_texts_as_they_are(dataset: Path) -> None:
    block = next(each for each in blocks("r") if "unguard" in each)
    rows = run_r(block, packages=[("readr",), ("dplyr",)], give='read_table_of("problems") |> select(path, message)')
    messages = {path: message for path, message in rows if path.startswith("p")}
    assert messages == {f"p{at}": text for at, text in enumerate(WILD)}


def run_r(block: str, *, packages: list[tuple[str, ...]], give: str) -> list[list[str]]:
    """The rows of what an expression gives after a block."""
    if not (rscript := shutil.which("Rscript")):
        pytest.skip("R is not installed")
    for package in filter(None, (name for names in packages for name in names)):
        ask = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
        if subprocess.run([rscript, "-e", ask], check=False, capture_output=True).returncode:
            pytest.skip(f"the R package {package} is not installed")
    Path("block.R").write_text(f'{block}\nwrite.csv({give}, "out.csv", row.names = FALSE, na = "")\n', encoding="utf-8")
    done = subprocess.run([rscript, "--encoding=UTF-8", "block.R"], check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return list(csv.reader(io.StringIO(Path("out.csv").read_text(encoding="utf-8"))))[1:]


def test_the_page_names_the_columns_with_decimals() -> None:
    decimals = {column.name for record in TABLES.values() for column in columns_of(record) if column.type is float}
    (sentence,) = re.findall(r"They are (.+?)\. This is what", PAGE, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == decimals


@pytest.mark.parametrize("language", [ENGLISH, DUTCH])
def test_spreadsheets_have_the_cells_of_the_rows(dataset: Path, tmp_path: Path, language: str) -> None:
    paths = sorted((dataset / "csv").glob("*.csv"))
    converted = convert(paths, tmp_path, language=language)
    assert len(converted) == len(TABLES)
    for path in paths:
        columns = list(columns_of(TABLES[path.stem]))
        exact = [at for at, column in enumerate(columns) if language == ENGLISH or column.type is str]
        header, *rows = sheet(converted[path.stem])
        assert header == [column.name for column in columns]
        cells = pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy()
        expected = [[as_cell(row[at], columns[at].type) for at in exact] for row in cells]
        assert [[row[at] for at in exact] for row in rows] == expected


def test_who_imports_without_looking_gets_no_formula(dataset: Path, tmp_path: Path) -> None:
    naked = tmp_path / "naked.csv"
    naked.write_text('message\n"=1+1"\n', encoding="utf-8")
    paths = [*(dataset / "csv").glob("*.csv"), naked]
    converted = convert(paths, tmp_path, language=DUTCH, quoted_is_text=False)
    for name in TABLES:
        assert list(sheet(converted[name]))
    with pytest.raises(AssertionError, match="is a formula"):
        list(sheet(converted["naked"]))


def test_dutch_settings_spoil_decimals(tmp_path: Path) -> None:
    said = dict.fromkeys(("sentence_id", "codebook", "label", "runner_up", "model_id"), "x")
    label = Label(**said, probability=0.873, runner_up_probability=0.8731, abstained=False)
    rows = table_of("labels", [label])
    (tmp_path / "labels.csv").write_bytes(csv_header(rows.schema.names) + csv_bytes(rows))
    cells = {}
    for language in (ENGLISH, DUTCH):
        names, row = sheet(convert([tmp_path / "labels.csv"], tmp_path / language, language=language)["labels"])
        cells[language] = [row[names.index(name)] for name in ("probability", "runner_up_probability")]
    assert cells == {ENGLISH: [0.873, 0.8731], DUTCH: [873.0, "0.8731"]}


def convert(paths: list[Path], folder: Path, *, language: str, quoted_is_text: bool = True) -> dict[str, Path]:
    """What the command of the page makes of CSV files, or what it would with other choices in the import dialog."""
    (command,) = blocks("sh")
    told = f",{ENGLISH},true"
    assert told in command and command.endswith(" csv/proposals.csv\n")
    program, *words = shlex.split(command.replace(told, f",{language},{str(quoted_is_text).lower()}"))[:-1]
    if not (found := shutil.which(program)):
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').absolute().as_uri()}"
    arguments = [found, profile, *words, "--outdir", folder, *paths]
    done = subprocess.run(arguments, check=False, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {path.stem: path for path in folder.glob("*.xlsx")}


def sheet(path: Path) -> Iterator[list[object]]:
    """The cells of a sheet, row by row, as many as the first has; a formula fails."""
    with zipfile.ZipFile(path) as file:
        shared = etree.fromstring(file.read("xl/sharedStrings.xml"))
        rows = etree.fromstring(file.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
    strings = ["".join(each.itertext(f"{SHEET}t")) for each in shared]
    width = 0
    for row in rows:
        cells: dict[int, object] = {}
        for cell in row:
            assert cell.find(f"{SHEET}f") is None, f"{path.name} {cell.get('r')} is a formula"
            if value := cell.findtext(f"{SHEET}v"):
                kind = cell.get("t", "n")
                cells[place(cell.get("r"))] = (
                    strings[int(value)] if kind == "s" else value == "1" if kind == "b" else float(value)
                )
        width = width or len(cells)
        yield [cells.get(at) for at in range(width)]


def place(reference: str) -> int:
    """0-based column of a cell such as AB12."""
    at = 0
    for letter in reference.rstrip("0123456789"):
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def as_cell(text: str, type_: type) -> object:
    """What a cell of a CSV file should be in a spreadsheet."""
    if not text:
        return None
    return text if type_ is str else text == "true" if type_ is bool else float(text)

import json
import re
import shutil
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc
import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extract.dataset import writing
from extract.dataset.checks import check_dataset
from extract.dataset.database import SEARCHED
from extract.dataset.reader import current_version
from extract.dataset.versions import Draft, publish, remove_unfinished, write_draft
from extract.dataset.writing import csv_bytes
from extract.extraction import Resources, extract_document
from extract.parties import load_register
from extract.problems import problem
from extract.records import TABLES, Document, Extraction, Problem, Run
from extract.spreadsheets import guarded_column_before_0_8
from extract.tables import ACROSS_DOCUMENTS, rows_of, schema_of, table_of
from extract.verification.examination import certify, digest_of
from tests.conftest import read_tables

RUN = Run(
    run_id="r1", started_at="2025-01-01T00:00:00+00:00", ended_at="2025-01-01T00:00:01+00:00", code_version="0",
    settings_sha256="0", models="m", language_pipeline="blank", packages="p", documents_read=1,
    documents_relabelled=0, documents_reused=0, documents_failed=0,
)  # fmt: skip


NOTED = problem("copy", "x.txt has the same bytes as y.txt.", path="x.txt", stage="read", severity="note")


@pytest.fixture(scope="module")
def extraction(digest: Document, resources: Resources) -> Extraction:
    return extract_document(digest, resources=resources)


@pytest.fixture(scope="module")
def written(extraction: Extraction, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write([extraction], tmp_path_factory.mktemp("processed"))


def draft_of(
    extractions: Iterable[Extraction],
    processed: Path,
    *,
    across: Iterable[tuple[str, pa.Table]] = (),
    problems: Iterable[Problem] = (NOTED,),
) -> Draft:
    parties = load_register().parties
    return write_draft(
        map(rows_of, extractions), parties=parties, across=across, problems=problems, processed=processed
    )


def write(
    extractions: Iterable[Extraction], processed: Path, *, problems: Iterable[Problem] = (NOTED,), run: Run = RUN
) -> Path:
    extractions = list(extractions)
    across = certificates_of(extractions)
    return publish(draft_of(extractions, processed, across=across, problems=problems), run, processed)


def certificates_of(extractions: Iterable[Extraction]) -> list[tuple[str, pa.Table]]:
    digests = [each for found in extractions if (each := digest_of(rows_of(found).tables))]
    certified = certify(digests, [], register=load_register())
    return [(name, table_of(name, getattr(certified, name))) for name in ACROSS_DOCUMENTS]


def copies(extraction: Extraction, count: int) -> Iterator[Extraction]:
    """The same document under other ids."""
    assert extraction.document
    old = extraction.document.document_id
    for number in range(count):
        new = f"{number:016x}"

        def renamed(record: Any, new: str = new) -> Any:
            values = {name: getattr(record, name) for name in record.__slots__}
            ids = {name: value for name, value in values.items() if isinstance(value, str) and value.startswith(old)}
            return replace(record, **{name: value.replace(old, new) for name, value in ids.items()})

        tables = {name: tuple(map(renamed, getattr(extraction, name))) for name in extraction.__slots__[1:]}
        layer = extraction.document.layer_sha256  # here that of the file, from which the id is taken
        document = replace(renamed(extraction.document), path=f"{number:04}.txt", layer_sha256=layer)
        yield Extraction(document=document, **tables)


def test_a_dataset_checks_out(written: Path) -> None:
    assert check_dataset(written) == []


def test_all_formats_hold_the_same_rows(written: Path) -> None:
    connection = sqlite3.connect(written / "dataset.sqlite")
    for name, frame in read_tables(written).items():
        rows = [tuple(row) for row in frame.astype(object).where(frame.notna(), None).to_numpy()]
        from_csv = pd.read_csv(written / "csv" / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(from_csv.columns) == list(frame.columns)
        assert [tuple(row) for row in from_csv.to_numpy()] == [tuple(as_csv(cell) for cell in row) for row in rows]
        if name != "runs":
            assert sorted(connection.execute(f"SELECT * FROM {name}"), key=str) == sorted(rows, key=str)
    connection.close()


def as_csv(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(cell).removesuffix(".0")
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "'"))
    return "" if cell is None else f"'{cell}" if risky else str(cell)


def test_foreign_keys_are_real(written: Path) -> None:
    connection = sqlite3.connect(written / "dataset.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM documents")
    connection.close()


def test_every_text_can_be_searched(written: Path, tmp_path: Path) -> None:
    shutil.copy(written / "dataset.sqlite", tmp_path)
    connection = sqlite3.connect(tmp_path / "dataset.sqlite")
    for name in SEARCHED:
        connection.execute(f"INSERT INTO {name}_fts ({name}_fts, rank) VALUES ('integrity-check', 1)")
        query = (
            f"SELECT text FROM {name} WHERE rowid IN (SELECT rowid FROM {name}_fts WHERE {name}_fts MATCH 'digitaal')"
        )
        found = [text for (text,) in connection.execute(query)]
        wanted = [text for (text,) in connection.execute(f"SELECT text FROM {name}") if "digitaal" in words_of(text)]
        assert sorted(found) == sorted(wanted) != []
    connection.close()


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def test_the_data_package_is_valid(written: Path) -> None:
    report = frictionless.validate(str(written / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    package = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} == set(TABLES)
    assert [source["title"] for source in package["sources"]] == list(read_tables(written)["documents"]["title"])


def test_the_data_package_tells_a_changed_file(written: Path, tmp_path: Path) -> None:
    folder = damaged(written, tmp_path)
    path = folder / "csv" / "quotes.csv"
    path.write_bytes(path.read_bytes().replace(b"Nederland", b"Nergensland", 1))
    (task,) = (task for task in frictionless.validate(str(folder / "datapackage.json")).tasks if not task.valid)
    assert task.name == "quotes" and "hash-count" in {error.type for error in task.errors}


def test_same_input_same_bytes(extraction: Extraction, tmp_path: Path) -> None:
    for name, run in (("a", RUN), ("b", replace(RUN, run_id="r2"))):
        write([extraction], tmp_path / name, run=run)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    differing = [path for path in files if (tmp_path / "a" / path).read_bytes() != (tmp_path / "b" / path).read_bytes()]
    assert {path.stem for path in differing} == {"runs", "ro-crate-metadata"}


def test_memory_does_not_grow_with_the_number_of_documents(
    extraction: Extraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.dataset.writing.ROW_GROUP", 1000)  # so that 10 documents fill it
    peaks: dict[int, int] = {}
    default = pa.default_memory_pool()
    draft_of(copies(extraction, 1), tmp_path)  # what is loaded once
    for count in (10, 40):
        counted = pa.proxy_memory_pool(default)
        pa.set_memory_pool(counted)
        tracemalloc.start()
        try:
            draft_of(copies(extraction, count), tmp_path)
            peaks[count] = tracemalloc.get_traced_memory()[1] + counted.max_memory()
        finally:
            tracemalloc.stop()
            pa.set_memory_pool(default)
    assert peaks[40] < 1.3 * peaks[10]


def test_row_groups_do_not_depend_on_documents(
    extraction: Extraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.dataset.writing.ROW_GROUP", 1000)
    folder = write(copies(extraction, 5), tmp_path)
    for name in ("sentences", "labels"):
        found = pq.ParquetFile(folder / "tables" / f"{name}.parquet").metadata
        *full, last = (found.row_group(at).num_rows for at in range(found.num_row_groups))
        assert set(full) == {1000} and 0 < last <= 1000
    assert check_dataset(folder) == []


def test_problems_may_tell_of_what_was_in_the_documents(extraction: Extraction, tmp_path: Path) -> None:
    passed: list[str] = []

    def extractions() -> Iterator[Extraction]:
        for each in copies(extraction, 2):
            yield each
            passed.append(each.document.path if each.document else "")

    problems = (problem("party-unknown", path, path=path, stage="s") for path in passed)
    folder = write(extractions(), tmp_path, problems=problems)
    assert read_tables(folder)["problems"]["path"].tolist() == ["0000.txt", "0001.txt"]


def test_what_breaks_a_reference_is_found(extraction: Extraction, tmp_path: Path) -> None:
    stray = replace(extraction.labels[0], sentence_id="none.sen.0-1")
    folder = write([replace(extraction, labels=(*extraction.labels[1:], stray))], tmp_path)
    found = [finding.message for finding in check_dataset(folder)]
    assert any("refer to no row of sentences" in each for each in found)
    assert any("foreign keys are broken" in each for each in found)


def test_a_row_that_is_twice_is_not_written(extraction: Extraction, tmp_path: Path) -> None:
    with pytest.raises(adbc.Error, match="UNIQUE"):
        write([replace(extraction, labels=(*extraction.labels, extraction.labels[0]))], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_texts_can_be_cited(written: Path) -> None:
    tables = read_tables(written)
    for row in tables["sentences"].itertuples():
        text = (written / "texts" / f"{row.document_id}.txt").read_text(encoding="utf-8")
        assert text[row.char_start : row.char_end] == row.text


def damaged(written: Path, folder: Path) -> Path:
    return Path(shutil.copytree(written, folder / "damaged"))


@pytest.mark.parametrize("name", ["csv/quotes.csv", "tables/labels.parquet", "dataset.sqlite", "README.md"])
def test_a_changed_file_is_found(written: Path, tmp_path: Path, name: str) -> None:
    folder = damaged(written, tmp_path)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / name).write_bytes(data)
    assert any(name in finding.message for finding in check_dataset(folder))


def test_another_name_or_other_content_is_found(written: Path, tmp_path: Path) -> None:
    renamed = Path(shutil.copytree(written, tmp_path / "v000000000000"))
    assert [finding.rule for finding in check_dataset(renamed)] == ["version"]
    connection = sqlite3.connect(renamed / "dataset.sqlite")
    with connection:
        connection.execute("UPDATE sentences SET text = 'iets anders'")
    connection.close()
    assert "formats" in {finding.rule for finding in check_dataset(renamed)}


@pytest.mark.parametrize(
    ("name", "data"),
    [("texts", b"\xff\xfe\xff"), ("SHA256SUMS", b"\xff\xfe"), ("datapackage.json", b"{}"), ("csv/runs.csv", b"")],
)
def test_a_file_of_any_bytes_is_a_finding(written: Path, tmp_path: Path, name: str, data: bytes) -> None:
    folder = damaged(written, tmp_path)
    path = next((folder / name).iterdir()) if name == "texts" else folder / name
    path.write_bytes(data)
    assert check_dataset(folder)


def test_a_table_of_another_version_is_a_finding(written: Path, tmp_path: Path) -> None:
    folder = damaged(written, tmp_path)
    frame = pd.read_parquet(folder / "tables" / "labels.parquet")
    frame.drop(columns="codebook").to_parquet(folder / "tables" / "labels.parquet")
    assert "columns" in {finding.rule for finding in check_dataset(folder)}


def test_a_missing_text_is_found(written: Path, tmp_path: Path) -> None:
    folder = damaged(written, tmp_path)
    next((folder / "texts").iterdir()).unlink()
    assert {finding.rule for finding in check_dataset(folder)} >= {"files", "texts", "offsets"}


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("sentences", "char_start", 3, "offsets"),
        ("sentences", "party_id", "nobody", "references"),
        ("passages", "char_end", 9, "coverage"),
        ("labels", "sentence_id", "none.sen.0-1", "references"),
        ("quotes", "text", "iets anders", "offsets"),
        ("certificates", "status", "verbatim", "certificates"),
        ("evidence", "rank", 7, "certificates"),
        ("readings", "doubts", "text-twice", "readings"),
        ("readings", "grade", "E", "columns"),
        ("documents", "characters", 5, "texts"),
        ("passages", "kind", "poem", "columns"),
    ],
)
def test_a_wrong_row_is_found(written: Path, tmp_path: Path, table: str, column: str, value: object, rule: str) -> None:
    folder = damaged(written, tmp_path)
    frame = read_tables(folder)[table]
    frame.loc[0, column] = value
    schema = schema_of(TABLES[table])
    pq.write_table(pa.Table.from_pandas(frame, schema, preserve_index=False), folder / "tables" / f"{table}.parquet")
    assert rule in {finding.rule for finding in check_dataset(folder)}


def test_a_document_that_nothing_says_how_well_it_was_read_is_found(written: Path, tmp_path: Path) -> None:
    folder = damaged(written, tmp_path)
    path = folder / "tables" / "readings.parquet"
    pq.write_table(pq.read_table(path)[:0], path)
    assert "1 documents have no row in readings" in "".join(each.message for each in check_dataset(folder))


@pytest.mark.parametrize("table", ["sentences", "labels", "problems", "readings"])
def test_a_row_that_is_twice_or_not_there_is_found(written: Path, tmp_path: Path, table: str) -> None:
    for name, take in (("twice", lambda rows: pa.concat_tables([rows, rows[:1]])), ("gone", lambda rows: rows[1:])):
        folder = damaged(written, tmp_path / name)
        path = folder / "tables" / f"{table}.parquet"
        pq.write_table(take(pq.read_table(path)), path)
        found = [finding for finding in check_dataset(folder) if table in finding.message]
        assert {finding.rule for finding in found} >= ({"formats", "keys"} if name == "twice" else {"formats"})
        assert len([finding for finding in found if finding.rule == "formats"]) == 2  # CSV and database


def test_cells_cannot_become_formulas(extraction: Extraction, tmp_path: Path) -> None:
    texts = ("=1+1", "+31", "-2", "@x", "'q", "gewoon", "\t=1")
    problems = [problem("party-unknown", text, path=f"p{at}", stage="s") for at, text in enumerate(texts)]
    folder = write([extraction], tmp_path, problems=problems)
    cells = list(pd.read_csv(folder / "csv" / "problems.csv", keep_default_na=False)["message"])
    assert cells == ["'=1+1", "'+31", "'-2", "'@x", "''q", "gewoon", "'\t'=1"]  # a tab separates, too


@pytest.mark.parametrize("counts", [(0, 2), (2, 0), (0, 2, 0, 2), (0,), (0, 0)])
def test_a_document_without_rows_leaves_no_trace_in_a_csv_file(counts: Sequence[int]) -> None:
    rows = pa.table({"a": ["x", "y"], "b": [1, 2]})
    together = pa.concat_tables(rows.slice(0, count) for count in counts)
    assert csv_bytes(together) == b'"x",1\n"y",2\n' * (sum(counts) // 2)


@pytest.mark.parametrize(
    "step", ["writing._write_text", "database._create_indexes", "versions.checksums", "versions._flush"]
)
def test_a_reader_sees_the_old_version_until_the_new_one_is_whole(
    extraction: Extraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    older = write([extraction], tmp_path, problems=())

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"extract.dataset.{step}", fail)
    with pytest.raises(OSError, match="No space"):
        write([extraction], tmp_path)
    monkeypatch.undo()
    assert current_version(tmp_path) == older.name
    assert check_dataset(older) == []
    remove_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current.txt", older.name]


def test_a_disk_that_the_database_fills_is_said_like_any_other(
    extraction: Extraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = ("PRAGMA max_page_count = 1", "CREATE TABLE one_more (text)")
    monkeypatch.setattr("extract.dataset.database._create_indexes", lambda name: full)
    with pytest.raises(OSError, match="disk is full"):
        write([extraction], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_version_moved_aside_comes_back(
    extraction: Extraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write([extraction], tmp_path)
    draft = draft_of([extraction], tmp_path, across=certificates_of([extraction]))
    assert draft.version == folder.name
    whole = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path == draft.folder:
            raise KeyboardInterrupt
        return whole(path, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(draft, RUN, tmp_path)
    monkeypatch.undo()
    assert not folder.exists()
    remove_unfinished(tmp_path)
    assert current_version(tmp_path) == folder.name and check_dataset(folder) == []


def test_a_damaged_version_is_replaced(extraction: Extraction, tmp_path: Path) -> None:
    folder = write([extraction], tmp_path)
    (folder / "csv" / "quotes.csv").write_text("", encoding="utf-8")
    write([extraction], tmp_path)
    assert check_dataset(folder) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current.txt", folder.name]


def test_a_version_of_an_earlier_release_can_be_checked(
    document_of: Callable[..., Document], resources: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 0.8 a formula behind a semicolon was left as it is, and columns were described in other words."""
    found = extract_document(document_of("VVD\n\nWij willen zorg;=1+1 is twee.\n"), resources=resources)
    with monkeypatch.context() as before:
        before.setattr(writing, "csv_bytes", partial(writing.csv_bytes, guard=guarded_column_before_0_8))
        folder = write([found], tmp_path)
    sentences = (folder / "csv" / "sentences.csv").read_text(encoding="utf-8")
    package = folder / "datapackage.json"
    said = package.read_text(encoding="utf-8")
    package.write_text(said.replace("spreadsheet", "table program"), encoding="utf-8")
    rules = {finding.rule for finding in check_dataset(folder)}
    assert ";=1+1" in sentences and rules == {"crate", "files"}  # which hold the words, too, to what they were
    spoilt = sentences.replace(";=1+1", ";=1+2")
    (folder / "csv" / "sentences.csv").write_text(spoilt, encoding="utf-8")
    assert any("csv/sentences.csv does not hold the rows" in finding.message for finding in check_dataset(folder))

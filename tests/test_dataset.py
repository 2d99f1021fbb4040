import contextlib
import io
import json
import shutil
import sqlite3
from pathlib import Path

import frictionless
import pandas as pd
import pytest

from extract.checks import check_dataset, read_tables
from extract.dataset import (
    Dataset,
    build_dataset,
    csv_bytes,
    current_version,
    publish,
    remove_unfinished,
    table_of,
    version_of,
    write_files,
)
from extract.extraction import Resources, extract_document
from extract.parties import load_register
from extract.problems import problem
from extract.records import TABLES, Document, Run

RUN = Run(
    run_id="r1", started_at="2025-01-01T00:00:00+00:00", ended_at="2025-01-01T00:00:01+00:00", code_version="0",
    settings_sha256="0", models="m", language_pipeline="blank", packages="p", documents_read=1, documents_reused=0,
    documents_failed=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def dataset(digest: Document, resources: Resources) -> Dataset:
    noted = problem("copy", "x.txt has the same bytes as y.txt.", path="x.txt", stage="read", severity="note")
    return build_dataset(
        [extract_document(digest, resources=resources)], parties=load_register().parties, problems=[noted]
    )


@pytest.fixture(scope="module")
def written(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(dataset, RUN, tmp_path_factory.mktemp("processed"))


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
            assert connection.execute(f"SELECT * FROM {name}").fetchall() == rows
    connection.close()


def as_csv(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "'"))
    return "" if cell is None else f"'{cell}" if risky else str(cell)


def test_foreign_keys_are_real(written: Path) -> None:
    connection = sqlite3.connect(written / "dataset.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM documents")
    connection.close()


def test_the_data_package_is_valid(written: Path) -> None:
    report = frictionless.validate(str(written / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    package = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} == set(TABLES)


def test_same_input_same_bytes(dataset: Dataset, tmp_path: Path) -> None:
    later = RUN.__class__(**{name: getattr(RUN, name) for name in RUN.__slots__} | {"run_id": "r2"})
    for name, run in (("a", RUN), ("b", later)):
        (tmp_path / name).mkdir()
        write_files(dataset, run, tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    differing = [path for path in files if (tmp_path / "a" / path).read_bytes() != (tmp_path / "b" / path).read_bytes()]
    assert {path.stem for path in differing} == {"runs"}


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


def test_another_name_or_other_content_is_found(written: Path, dataset: Dataset, tmp_path: Path) -> None:
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
        ("documents", "characters", 5, "texts"),
        ("passages", "kind", "poem", "columns"),
    ],
)
def test_a_wrong_row_is_found(
    dataset: Dataset, tmp_path: Path, table: str, column: str, value: object, rule: str
) -> None:
    frame = dataset.tables[table].copy()
    frame.loc[0, column] = value
    wrong = Dataset(dataset.version, {**dataset.tables, table: frame}, dataset.texts, dataset.ledgers)
    # the database refuses what breaks a key: then check the other files
    with contextlib.suppress(sqlite3.IntegrityError):
        write_files(wrong, RUN, tmp_path)
    assert rule in {finding.rule for finding in check_dataset(tmp_path)}


def test_cells_cannot_become_formulas() -> None:
    rows = [problem("c", text, path="p", stage="s") for text in ("=1+1", "+31", "-2", "@x", "'q", "gewoon", "\t=1")]
    written = csv_bytes(table_of(rows, TABLES["problems"]), TABLES["problems"]).decode()
    cells = list(pd.read_csv(io.StringIO(written), keep_default_na=False)["message"])
    assert cells == ["'=1+1", "'+31", "'-2", "'@x", "''q", "gewoon", "'\t=1"]


def test_a_reader_sees_the_old_version_until_the_new_one_is_whole(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {**dataset.tables, "problems": dataset.tables["problems"].iloc[:0]}
    older = Dataset(version_of(tables, dataset.texts), tables, dataset.texts, dataset.ledgers)
    publish(older, RUN, tmp_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("extract.dataset._write_sqlite", fail)
    with pytest.raises(OSError, match="No space"):
        publish(dataset, RUN, tmp_path)
    assert current_version(tmp_path) == older.version
    assert check_dataset(tmp_path / older.version) == []
    remove_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current.txt", older.version]


def test_a_version_moved_aside_comes_back(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = publish(dataset, RUN, tmp_path)
    whole = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path.name == f".unfinished-{dataset.version}":
            raise KeyboardInterrupt
        return whole(path, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(dataset, RUN, tmp_path)
    monkeypatch.undo()
    assert not folder.exists()
    remove_unfinished(tmp_path)
    assert current_version(tmp_path) == dataset.version and check_dataset(folder) == []


def test_a_damaged_version_is_replaced(dataset: Dataset, tmp_path: Path) -> None:
    folder = publish(dataset, RUN, tmp_path)
    (folder / "csv" / "quotes.csv").write_text("", encoding="utf-8")
    publish(dataset, RUN, tmp_path)
    assert check_dataset(folder) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current.txt", dataset.version]

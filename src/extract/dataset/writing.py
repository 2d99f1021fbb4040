"""Rows → tables as Parquet, CSV and SQLite, and texts, ledgers and CoNLL-U, some documents at a time.

Memory holds the documents and, of each table, the rows that do not fill a row group yet; it does not grow with the
number of documents, but for Problems.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from extract.dataset.conllu import as_conllu
from extract.dataset.database import DATABASE, database
from extract.dataset.files import CONLLU, UNTIMED
from extract.records import TABLES, Party, Problem, Token
from extract.spreadsheets import guarded_column
from extract.tables import OF_A_DOCUMENT, Rows, schema_of, table_of

ROW_GROUP = 10_000
"""Rows of a row group of a Parquet file. Fixed, so that the bytes do not depend on how rows arrived; few enough that
what waits to be written is some 10 MB, and enough that a column compresses as well as in one piece."""

_MOST_TOGETHER = 100  # documents, however little is in them


def write_tables(
    found: Iterable[Rows],
    parties: Iterable[Party],
    across: Iterable[tuple[str, pa.Table]],
    problems: Iterable[Problem],
    folder: Path,
) -> Counter[str]:
    """Write all rows and texts; return the number of rows of each table."""
    for name in ("tables", "csv", "texts", "ledgers"):
        (folder / name).mkdir()
    count: Counter[str] = Counter()
    met: list[Problem] = []
    with database(folder / DATABASE) as insert, ExitStack() as files:
        tables = {name: files.enter_context(table_writer(name, folder)) for name in UNTIMED}

        def add(name: str, rows: pa.Table) -> None:
            tables[name](rows)
            insert(name, rows)
            count[name] += rows.num_rows

        add("parties", table_of("parties", parties))
        for group in _groups(found):
            for rows in group:
                _write_text(rows, folder)
                _write_conllu(rows, folder)
                met += [Problem(**cells) for cells in rows.tables["problems"].to_pylist()]
            for name in OF_A_DOCUMENT:
                if name != "problems":
                    add(name, pa.concat_tables(rows.tables[name] for rows in group))
        for name, rows in across:
            add(name, rows)
        add("problems", table_of("problems", sorted([*met, *problems], key=_problem_order)))
    return count


def _groups(found: Iterable[Rows]) -> Iterator[list[Rows]]:
    """Documents together, until they would fill a row group: one by one, each costs some ten calls of libraries."""
    group: list[Rows] = []
    sentences = 0
    for rows in found:
        group.append(rows)
        sentences += rows.tables["sentences"].num_rows
        if sentences >= ROW_GROUP or len(group) >= _MOST_TOGETHER:
            yield group
            group, sentences = [], 0
    if group:
        yield group


def _write_text(rows: Rows, folder: Path) -> None:
    if document_id := rows.document_id:
        for name, text in ((f"texts/{document_id}.txt", rows.text), (f"ledgers/{document_id}.csv", rows.ledger)):
            (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def _write_conllu(rows: Rows, folder: Path) -> None:
    if rows.tables["tokens"].num_rows:
        (folder / CONLLU).mkdir(exist_ok=True)
        with (folder / CONLLU / f"{rows.document_id}.conllu").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(conllu_of(rows.tables["sentences"], rows.tables["tokens"]))


def conllu_of(sentences: pa.Table, tokens: pa.Table) -> Iterator[str]:
    """The rows of a document's sentences and tokens as CoNLL-U."""
    (document_id,) = tokens["document_id"].unique().to_pylist()
    texts = dict(zip(sentences["sentence_id"].to_pylist(), sentences["text"].to_pylist(), strict=True))
    return as_conllu(document_id, texts, (Token(**cells) for cells in tokens.to_pylist()))


def _problem_order(problem: Problem) -> tuple[str, int, str]:
    return problem.path, problem.char_start or 0, problem.problem_id


@contextmanager
def table_writer(name: str, folder: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that adds rows to the Parquet and the CSV file of a table."""
    schema = schema_of(TABLES[name])
    waiting = schema.empty_table()
    with (
        pq.ParquetWriter(folder / "tables" / f"{name}.parquet", schema, compression="zstd") as parquet,
        (folder / "csv" / f"{name}.csv").open("wb") as file,
    ):
        file.write(csv_header(schema.names))

        def add(rows: pa.Table) -> None:
            nonlocal waiting
            file.write(csv_bytes(rows))
            waiting = pa.concat_tables([waiting, rows])
            while waiting.num_rows >= ROW_GROUP:
                parquet.write_table(waiting.slice(0, ROW_GROUP).combine_chunks())
                waiting = waiting.slice(ROW_GROUP)

        yield add
        if waiting.num_rows:
            parquet.write_table(waiting.combine_chunks())


def csv_bytes(table: pa.Table, *, guard: Callable[[pa.ChunkedArray], pa.ChunkedArray] = guarded_column) -> bytes:
    """Rows as CSV: UTF-8, comma, text in quotes; what a spreadsheet would take for a formula gets a ' before it."""
    columns = [guard(column) if field.type == pa.string() else column
               for column, field in zip(table.columns, table.schema, strict=True)]  # fmt: skip
    out = io.BytesIO()
    # In one piece: where the first is empty, as that of a document without entities, Arrow 26 writes a buffer as it is.
    guarded = pa.Table.from_arrays(columns, names=table.schema.names).combine_chunks()
    pacsv.write_csv(guarded, out, pacsv.WriteOptions(include_header=False))
    return out.getvalue()


def csv_header(names: Iterable[str]) -> bytes:
    """The first line of a CSV file."""
    return (",".join(names) + "\n").encode("utf-8")

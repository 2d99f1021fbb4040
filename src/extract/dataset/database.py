"""Rows → `dataset.sqlite`: all tables but those that carry time, with foreign keys and indexes for full-text search."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from extract.dataset.files import UNTIMED
from extract.records import TABLES, columns_of
from extract.tables import keys_of

DATABASE = "dataset.sqlite"
SEARCHED = ("sentences", "quotes", "proposals")
"""Tables whose texts can be searched: the table with _fts behind its name is an index of SQLite's, without the text."""

# Whatever stops the writing of the database costs the whole draft, and the disk takes that as a whole, so SQLite need
# see to neither. Foreign keys are real but not enforced here, which would take a quarter of the time: rows come from
# code, and `manifesto check` looks at all of them.
_SETTINGS = (
    "page_size = 16384", "cache_size = -65536", "locking_mode = EXCLUSIVE", "temp_store = MEMORY", "journal_mode = OFF",
    "synchronous = OFF", "foreign_keys = OFF",
)  # fmt: skip
# Tables that are stored by their key alone, so that their long keys are there once, not twice.
_BY_KEY = frozenset({"labels", "tokens"})
_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "INTEGER"}


def read_database(folder: Path) -> sqlite3.Connection:
    """The database of a version, to read from."""
    return sqlite3.connect(f"file:{quote((folder / DATABASE).as_posix())}?mode=ro", uri=True)


@contextmanager
def database(path: Path) -> Iterator[Callable[[str, pa.Table], None]]:
    """Give a function that adds rows to a new database; they are indexed and committed, all at once, at the end."""
    import adbc_driver_sqlite.dbapi as adbc  # not above: it loads data frames, and who only reads need not

    try:
        with adbc.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.executescript(f"PRAGMA {setting}")
            connection.adbc_connection.set_autocommit(False)
            for name in UNTIMED:
                cursor.execute(_create_table(name))

            def add(name: str, rows: pa.Table) -> None:
                if rows.num_rows:
                    cursor.adbc_ingest(name, rows, mode="append")

            yield add
            for name in UNTIMED:
                for statement in (*_create_indexes(name), *_create_search(name)):
                    cursor.execute(statement)
            connection.adbc_connection.commit()
    except adbc.Error as error:
        if "constraint" in str(error):  # a row that is twice: no fault of the disk
            raise
        raise OSError(f"{path.name}: {error}") from error  # a full disk, above all


def _create_table(name: str) -> str:
    columns = list(columns_of(TABLES[name]))
    lines = [
        f"{column.name} {_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}"
        + (f" REFERENCES {column.references} ({', '.join(keys_of(column.references))})" if column.references else "")
        for column in columns
    ]
    lines.append(f"PRIMARY KEY ({', '.join(keys_of(name))})")
    return f"CREATE TABLE {name} (\n  " + ",\n  ".join(lines) + "\n)" + (" WITHOUT ROWID" if name in _BY_KEY else "")


def _create_indexes(name: str) -> Iterator[str]:
    """An index for each reference but the one that the primary key begins with, which finds it as well."""
    for column in columns_of(TABLES[name]):
        if column.references and column.name != keys_of(name)[0]:
            yield f"CREATE INDEX {name}_{column.name} ON {name} ({column.name})"


def _create_search(name: str) -> Iterator[str]:
    if name in SEARCHED:
        yield (
            f"CREATE VIRTUAL TABLE {name}_fts USING fts5 "
            f'(text, content="{name}", tokenize="unicode61 remove_diacritics 2")'
        )
        yield f"INSERT INTO {name}_fts ({name}_fts) VALUES ('rebuild')"

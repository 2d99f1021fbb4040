"""manifestos.csv, completed: a line for each raw file, with what was found of it, and all that stood there as it was.

Nothing that somebody wrote is changed. A line whose blank cells get no value stays the same to the byte; of another the
cells that were filled in stay what they were. What a spreadsheet would take for a formula is written with a ' before
it, which `read_facts` takes off again.
"""

import csv
import io
import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.layout.layers import Unread
from extract.problems import ManifestoError
from extract.reading.facts import (
    FACTS_COLUMNS,
    FACTS_FILE,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_LINES,
    fault_of,
    file_named,
    separator_of,
)
from extract.reading.raw_files import read_raw
from extract.spreadsheets import csv_line, guarded

FOUND_COLUMNS = ("party", "election", "status", "title")
"""The columns that are filled in where they are blank."""

_SIGN = "\ufeff"  # by which spreadsheets know UTF-8
_SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class Completed:
    """What manifestos.csv is to hold, and the bytes that it holds now; None where there is none."""

    text: str
    before: bytes | None
    lines_added: int
    cells_filled: int

    @property
    def changed(self) -> bool:
        """Whether it is to hold anything else."""
        return self.before != self.text.encode("utf-8")


def complete_facts(raw: Path, found: Mapping[str, Mapping[str, str]]) -> Completed:
    """What `raw/manifestos.csv` is to hold; `found` has, by the path of each raw file, what was found, by column."""
    path = raw / FACTS_FILE
    before: bytes | None = None
    if os.path.lexists(path):
        if path.is_symlink():
            raise ManifestoError(f"{path} is a link, and is not written to. Put the file itself there.")
        data = read_raw(path, raw=raw, most=MOST_BYTES)
        if isinstance(data, Unread):
            raise ManifestoError(f"{path} {data.what} Nothing was written.")
        before = data
    try:
        completed = _completed((before or b"").decode("utf-8"), found)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ManifestoError(
            f"{path} cannot be read ({error}). Save it as UTF-8 CSV, and try again. Nothing was written."
        ) from error
    text, added, filled = completed
    if len(text.encode("utf-8")) > MOST_BYTES or text.count("\n") > MOST_LINES:
        raise ManifestoError(
            f"{path} would have over {MOST_BYTES:,} bytes or {MOST_LINES:,} lines, which is more than is read. Split "
            "the raw folder. Nothing was written."
        )
    return Completed(text, before, added, filled)


def _completed(text: str, found: Mapping[str, Mapping[str, str]]) -> tuple[str, int, int]:
    """The text completed, how many lines were added, and how many blank cells of others filled in."""
    if not text.removeprefix(_SIGN).strip():
        text = _SIGN + csv_line(FACTS_COLUMNS, _SEPARATOR) + "\r\n"
    sign, text = (_SIGN, text[1:]) if text.startswith(_SIGN) else ("", text)
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    separator = separator_of(text)
    records = list(_records(text, separator))
    header, as_written = records[0]
    if "file" not in header:
        raise csv.Error("its first line does not name the column file")
    columns = list(header)
    if new := [each for each in FOUND_COLUMNS if each not in header]:
        # Behind all cells that are there, so that none gets a heading that it did not have.
        columns += [""] * (max(len(cells) for cells, _ in records) - len(header)) + new
        as_written = csv_line(columns, separator) + end
    if len(columns) > MOST_COLUMNS:
        raise csv.Error(f"it would have over {MOST_COLUMNS} columns")
    place = {column: index for index, column in enumerate(columns)}  # of two of one name the last counts, as when read
    parts = [as_written]
    listed: set[str] = set()
    filled = 0
    for cells, written in records[1:]:
        row = [*cells, *[""] * (len(columns) - len(cells))]
        name = file_named(row[place["file"]], found) if cells else ""
        listed.add(name)
        missing = {
            column: value
            for column, value in found.get(name, {}).items()
            if column in FOUND_COLUMNS and value and not row[place[column]].strip()
        }
        filled += len(missing)
        for column, value in missing.items():
            row[place[column]] = guarded(value)
        parts.append(csv_line(row, separator) + end if missing else written)
    if not parts[-1].endswith(("\n", "\r")):
        parts[-1] += end
    added = [name for name in found if name not in listed]
    for name in added:
        said = {"file": name, **found[name]}
        parts.append(csv_line((guarded(said.get(column, "")) for column in columns), separator) + end)
    return sign + "".join(parts), len(added), filled


def writable(column: str, value: str | None) -> str:
    """A value as manifestos.csv may have it; blank where `read_facts` would not take it as it is."""
    return value if value and value == value.strip() and fault_of(column, value) is None else ""


def _records(text: str, separator: str) -> Iterator[tuple[list[str], str]]:
    """Yield the cells of each line of a CSV text, and the line as it is written."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=separator)
    start = 0
    for cells in reader:
        yield cells, "".join(lines[start : reader.line_num])
        start = reader.line_num


def blank_columns(text: str, names: Container[str], columns: Sequence[str] = FOUND_COLUMNS) -> dict[str, list[str]]:
    """The files, of those with these names, for which a column of manifestos.csv is blank, by column."""
    lines = csv.DictReader(io.StringIO(text.removeprefix(_SIGN), newline=""), delimiter=separator_of(text))
    rows = {file_named(row["file"], names): row for row in lines if row["file"]}  # of two lines the last counts
    return {column: [name for name, row in rows.items() if not (row.get(column) or "").strip()] for column in columns}

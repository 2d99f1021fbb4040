"""What `manifestos.csv` says of the raw files beside it."""

import csv
import io
import os
import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from extract.elections import is_election
from extract.layout.layers import Unread
from extract.problems import problem
from extract.reading.raw_files import read_raw
from extract.records import Problem, Status
from extract.spreadsheets import unguarded

STAGE = "read"
FACTS_FILE = "manifestos.csv"
FACTS_COLUMNS = ("file", "party", "election", "status", "title", "source_url", "licence", "retrieved_on")

MOST_BYTES = 4 * 2**20
"""Of manifestos.csv: 20,000 lines of 200 bytes, some for each Dutch manifesto since 1888."""
MOST_LINES = 100_000
MOST_COLUMNS = 100

_MOST_CELL = 100_000  # characters; csv has a limit, too, which anybody may set
_MOST_FAULTS = 1_000  # listed one by one
_MOST_NAME_BYTES = 255  # of a file or folder, in all common file systems
_MOST_PATH_BYTES = 4_096
# In characters. The longest title of 447 manifestos has under 200; an address longer than this fails in browsers.
_MOST_CHARACTERS = {"party": 200, "title": 500, "licence": 500, "source_url": 2_000}
_SHOWN = 60  # characters of a wrong cell, in a message
# Characters that hide in a line or turn its direction: what is seen is then not what is there.
_HIDING = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What `manifestos.csv` says about a raw file; None where it says nothing."""

    party: str | None = None
    election: str | None = None
    status: Status = "unknown"
    title: str | None = None
    source_url: str | None = None
    licence: str | None = None
    retrieved_on: str | None = None


def read_facts(raw: Path, *, names: Container[str]) -> tuple[dict[str, Facts], list[Problem]]:
    """Facts by path relative to `raw`, from `raw/manifestos.csv` if it is there; `names` are those of the raw files."""
    if not os.path.lexists(raw / FACTS_FILE):
        return {}, []
    data = read_raw(raw / FACTS_FILE, raw=raw, most=MOST_BYTES)
    if isinstance(data, Unread):
        return {}, [_unreadable(data.what)]
    facts: dict[str, Facts] = {}
    problems: list[Problem] = []
    more = 0
    try:
        for line, row in enumerate(_rows(data.decode("utf-8-sig")), start=2):
            name, said, faults = _facts(row, names)
            for code, what in [*faults, *_misplaced(name, names, facts)]:
                if len(problems) < _MOST_FAULTS:
                    problems.append(_problem(FACTS_FILE, code, f"{FACTS_FILE}, line {line}: {what}"))
                else:
                    more += 1
            if name in names:
                facts[name] = said
    except (UnicodeDecodeError, csv.Error) as error:
        return {}, [_unreadable(f"cannot be read ({error}). Make it readable, as UTF-8 CSV.")]
    if more:
        what = f"{FACTS_FILE} has {more:,} more faults, which are not listed. Correct the first {_MOST_FAULTS:,} first."
        problems.append(_problem(FACTS_FILE, "facts-invalid", what))
    return facts, problems


def is_web_address(address: str) -> bool:
    """Whether a text is an address of http or https, and so one that nothing runs that opens it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not _hides(address)


def _rows(text: str) -> Iterator[dict[str | None, str | None]]:
    """Yield the rows of a CSV text with a header; separated by semicolons, if a Dutch spreadsheet wrote it."""
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    if len(reader.fieldnames or ()) > MOST_COLUMNS:
        raise csv.Error(f"over {MOST_COLUMNS} columns")
    for row in reader:
        if reader.line_num > MOST_LINES:
            raise csv.Error(f"over {MOST_LINES:,} lines")
        if any(isinstance(cell, str) and len(cell) > _MOST_CELL for cell in row.values()):
            raise csv.Error(f"a cell of over {_MOST_CELL:,} characters")
        yield row


def _facts(row: dict[str | None, str | None], names: Container[str]) -> tuple[str, Facts, list[tuple[str, str]]]:
    """The file that a row is about (empty if none can be), what it says, and (code, what is wrong) of its cells."""
    cells = {
        key: unguarded(value).strip() if key != "file" else file_named(value, names)
        for key, value in row.items()
        if key and isinstance(value, str) and value.strip()
    }
    wrong = [f"there is no column {_shown(key)}." for key in cells if key not in FACTS_COLUMNS]
    for column, fault in [(column, fault_of(column, cells[column])) for column in FACTS_COLUMNS if column in cells]:
        if fault:
            wrong.append(f"{column} is {_shown(cells.pop(column))}; {fault}")
    if "file" not in row or not (row["file"] or "").strip():
        wrong.append("the file is not named.")
    name = cells.pop("file", "")
    if "election" in cells:
        cells["election"] = cells["election"].upper()
    status = cells.pop("status", "unknown")
    given = {key: cells.get(key) for key in FACTS_COLUMNS if key not in ("file", "status")}
    return name, Facts(status=status, **given), [("facts-invalid", what) for what in wrong]  # type: ignore[arg-type]


def _misplaced(name: str, names: Container[str], facts: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (code, what is wrong) of the file that a row is about, as far as the other files and rows tell."""
    if name and name not in names:
        what = f"there is no file {_shown(name) if _hides(name) else name} in the raw folder. Correct the name."
        yield ("facts-without-file", what)
    if name in facts:
        what = f"{name} is listed twice; this line counts."
        yield ("facts-repeated", what)


def file_named(cell: str, names: Container[str]) -> str:
    """The raw file that a cell of the column file means, as its path is written; `names` are those that there are.

    A spreadsheet may have got a ' before the name, a person may have put spaces around it or ./ before it.
    """
    bare = unguarded(cell)
    tries = (cell, bare, cell.strip(), bare.strip(), str(PurePosixPath(bare.strip())))
    return next((each for each in tries if each in names), tries[-1])


def separator_of(text: str) -> str:
    """What stands between the cells of a CSV text: a semicolon, if a Dutch spreadsheet wrote it, or a comma."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def fault_of(column: str, value: str) -> str | None:
    """What a cell must be, if it is something else."""
    if column == "file":
        return None if _can_be_below(value) else "it must be a path below the raw folder, such as 2025/cda.pdf."
    if column == "status":
        return None if value in ("draft", "final", "unknown") else "it must be draft, final or unknown."
    if column == "retrieved_on":
        return None if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "it must be a date such as 2025-10-29."
    if column == "election":
        return None if is_election(value) else "it must be two letters and a year, such as TK2025."
    if len(value) > _MOST_CHARACTERS[column]:
        return f"it has {len(value):,} characters; the limit is {_MOST_CHARACTERS[column]:,}."
    if column == "source_url" and not is_web_address(value):
        return "it must be an address that begins with http:// or https://."
    return "it has a character that cannot be seen. Type it anew." if _hides(value) else None


def _can_be_below(name: str) -> bool:
    """Whether a name can be that of a file below a folder, by what it says alone."""
    parts = re.split(r"[/\\]", name)
    size = max(len(part.encode("utf-8", "surrogatepass")) for part in parts)
    return (
        "\0" not in name and ".." not in parts and not (Path(name).is_absolute() or Path(name).anchor)
        and size <= _MOST_NAME_BYTES and len(name.encode("utf-8", "surrogatepass")) <= _MOST_PATH_BYTES
    )  # fmt: skip


def _hides(value: str) -> bool:
    return bool(_HIDING.search(value)) or any(unicodedata.category(each) == "Cc" for each in value)


def _shown(value: str) -> str:
    """A text in quotes as a message may have it: cut, and with what cannot be seen written out."""
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")


def _unreadable(what: str) -> Problem:
    return _problem(FACTS_FILE, "facts-unreadable", f"{FACTS_FILE} {what} The files are read without it.")


def _problem(path: str, code: str, message: str) -> Problem:
    return problem(code, message, path=path, stage=STAGE)

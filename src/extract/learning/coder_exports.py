"""Exports of the Manifesto Project → CodedUnits: quasi-sentences and the codes that its native coders gave them.

An export is a CSV as a user downloads it from the project's site: a column `text` or `content`, a column `cmp_code`,
and sometimes `eu_code`; some begin with lines about the document, above the header. The file is named PARTY_YEAR.csv.
Codes are those of the handbook (Werner, Lacewell and Volkens; Volkens et al. for its fifth version): three figures, and
since the fifth handbook a subcategory behind a point, "416.2". H is a heading; 0, 000 and NA are no code.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.parts import read_part
from extract.problems import ManifestoError

CODES = tuple(
    str(code)
    for first, last in ((101, 110), (201, 204), (301, 305), (401, 416), (501, 507), (601, 608), (701, 706))
    for code in range(first, last + 1)
)
"""The 56 categories of the main scheme, in their order. The first figure is the domain."""

DOMAINS = tuple(dict.fromkeys(code[0] for code in CODES))
"""The seven domains, by their figure."""

_TEXT_COLUMNS = ("text", "content")
_CODE_COLUMN = "cmp_code"
_MOST_BYTES = 64 * 2**20  # of an export; the longest here has 340 kB
_MOST_ABOVE = 50  # lines above the header
_SEPARATORS = (",", ";", "\t")
_CODE = re.compile(r"(\d{3})(?:\.(\d))?")
_NO_CODE = frozenset({"", "0", "000", "0.0", "NA", "N/A", "NAN", "NULL"})
_HEADING = "H"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedUnit:
    """A quasi-sentence as a coder of the Manifesto Project cut it, or a heading, and the code it was given."""

    manifesto: str  # the file's name without ending, "gl_2017"
    party: str
    year: str
    position: int  # row below the header, from 0
    text: str
    code: str | None  # of the main scheme; None for headings and what was not coded
    fine_code: str | None  # with the subcategory of the fifth handbook, where there is one
    is_heading: bool


def read_exports(folder: Path) -> list[CodedUnit]:
    """The units of all exports in a folder, in the order of their names; a ManifestoError where there are none."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise ManifestoError(f"There is no export in {folder}.\nPut files named PARTY_YEAR.csv there.")
    return [unit for file in files for unit in read_export(file)]


def read_export(path: Path) -> list[CodedUnit]:
    """The units of an export in their order; rows without text are left out. A ManifestoError says what is wrong."""
    party, _, year = path.stem.rpartition("_")
    if not party or not re.fullmatch(r"\d{4}", year):
        raise ManifestoError(f"{path} does not say whose manifesto it is, and of when.\nName it PARTY_YEAR.csv.")
    rows, header = _table(path)
    names = [name.strip().lower() for name in rows[header][1]]
    text_column = next(names.index(name) for name in _TEXT_COLUMNS if name in names)
    code_column = names.index(_CODE_COLUMN)
    units = []
    for position, (line, row) in enumerate(rows[header + 1 :]):
        if not any(map(str.strip, row)):
            continue
        if len(row) <= max(text_column, code_column):
            raise ManifestoError(
                f"{path}, line {line}: the row has {len(row)} columns, and the header {len(names)}.\n"
                "Download the export anew, or put the missing column there."
            )
        text = " ".join(row[text_column].split())
        said = row[code_column].strip().upper()
        code, fine_code = _codes(said, path, line)
        if text:
            units.append(
                CodedUnit(
                    manifesto=path.stem,
                    party=party,
                    year=year,
                    position=position,
                    text=text,
                    code=code,
                    fine_code=fine_code,
                    is_heading=said == _HEADING,
                )
            )
    return units


_Rows = Sequence[tuple[int, list[str]]]
"""Rows, each with the line of the file on which it ends."""


def _table(path: Path) -> tuple[_Rows, int]:
    """The rows of an export, and which of them is the header."""
    try:
        text = read_part(path, most=_MOST_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise ManifestoError(f"{path} cannot be read: {error}.\nSave it as CSV in UTF-8.") from error
    for separator in _SEPARATORS:
        rows = _rows(text, separator, path)
        for place, (_, row) in enumerate(rows[: _MOST_ABOVE + 1]):
            names = {name.strip().lower() for name in row}
            if _CODE_COLUMN in names and names & set(_TEXT_COLUMNS):
                return rows, place
    raise ManifestoError(
        f"{path} has no header with {_CODE_COLUMN} and {' or '.join(_TEXT_COLUMNS)} in its first {_MOST_ABOVE} lines.\n"
        "Download it as CSV from the Manifesto Project's site, or give the columns these names."
    )


def _rows(text: str, separator: str, path: Path) -> _Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ManifestoError(f"{path}, line {reader.line_num}: {error}.\nSave it as CSV anew.") from error


def _codes(said: str, path: Path, line: int) -> tuple[str | None, str | None]:
    """Code of the main scheme and code with subcategory that a cell gives; two times None for a heading or no code."""
    if said in _NO_CODE or said == _HEADING:
        return None, None
    found = _CODE.fullmatch(said)
    if found is None or found[1] not in CODES:
        raise ManifestoError(
            f"{path}, line {line}: {said[:20]!r} is no code of the main scheme.\n"
            f"Codes are {CODES[0]} to {CODES[-1]}, also with a subcategory; {_HEADING} for a heading, NA for none."
        )
    fine = said if found[2] not in (None, "0") else found[1]
    return found[1], fine


def headings_above(units: Iterable[CodedUnit]) -> list[str]:
    """For each unit of a manifesto the heading above it; that of the lines of one heading, joined. '' where none is."""
    above: list[str] = []
    heading: list[str] = []
    running = False  # whether the unit before was a heading
    for unit in units:
        if unit.is_heading and not running:
            heading = []
        above.append(" ".join(heading))
        if unit.is_heading:
            heading.append(unit.text)
        running = unit.is_heading
    return above

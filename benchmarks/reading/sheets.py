"""Sheets on which readers mark pages of PDFs, and what they marked as rows of `tests/gold`.

    python -m benchmarks.reading.sheets draw --texts FOLDER --sheets FOLDER
    python -m benchmarks.reading.sheets check SHEET.marks …
    python -m benchmarks.reading.sheets enter SHEET.marks … --reader NAME

A sheet is a picture of a page, small pictures of the pages around it, and the pieces of its text layer, numbered: each
line of the layer, cut where a sentence could end, a bullet stands or a wide gap is, whether or not anything ends
there. Nothing of what this project makes of the page is on it. A reader writes a file `.marks`, a line per block in
reading order:

    heading 2: 1
    body: < 2-4a / 4b-7 >
    list-item: 8, 12-13

The kind (with the level of a heading), then its sentences parted by /, each as numbers of pieces; `<` says that the
first goes on from before the page, `>` that the last goes on behind it. `4b@"een woord"` is a place within a piece: as
a start it begins at these words, as an end it ends behind them.
"""

import argparse
import csv
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from benchmarks.reading.marks import is_scan, marked_letters
from benchmarks.shared import GOLD, MOST_CHARACTERS
from extract.layout.layers import Layer
from extract.reading.formats import read_layer
from extract.reading.pdf_pages import page_text

ITEM_COLUMNS = ("item", "set", "file", "sha256", "page", "letter_start", "letter_count", "letters_sha256")
MARK_COLUMNS = (
    "item", "reader", "block", "kind", "level", "sentence", "goes_on", "continues", "letter_start", "letter_end"
)  # fmt: skip
_LIST = "sheets.csv"
_DOTS = 1400  # of the longer side of a page's picture
_THUMB_DOTS = 330  # of the longer side of a small one
_THUMBS = 12  # pages around, in small
_FEWEST_LETTERS = 40  # on a page that is drawn
_TEST_PAGES = (1, 20)  # of each file, and how many files give one more
_DEVELOPMENT_PAGES = (3, 0)
_TWICE = 30  # pages that two readers mark
_CUT = re.compile(r"(?<=[.!?…:;])[\"'”’»)\]]*\s+|\s+(?=[•▪■●▶►➢✓*◦·][ ]?\w)")
_WIDE_GAP = 1.5  # of the type size
_ENDS = r'(\d+)([a-z]{0,2})(?:@"([^"]+)"|@(\S+?))?'
_RANGE = re.compile(rf"\s*{_ENDS}(?:\s*-\s*{_ENDS})?\s*")
_HEAD = re.compile(r"(heading|body|list-item|quote|contents|furniture|other)(?:\s+(\d))?\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line of a page's text: its number ("4b"), and where it stands in the text of the page."""

    number: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that is to be marked: its name, set, and file."""

    name: str
    part: str
    path: Path
    sha256: str
    page: int
    twice: bool


def draw(texts: Path) -> Iterator[Sheet]:
    """Files go to the two sets by their hash, born-digital ones and scans apart; so do pages, and who reads twice."""
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(texts.rglob("*.pdf"))}
    strata: dict[bool, list[tuple[str, Path]]] = {True: [], False: []}
    for sha256, path in by_hash.items():
        layer, _ = read_layer(path.read_bytes(), path.name, max_characters=MOST_CHARACTERS)
        if isinstance(layer, Layer):
            strata[is_scan(layer)].append((sha256, path))
    files = [
        (("wide-test", "wide-development")[rank % 2], sha256, path)
        for each in strata.values()
        for rank, (sha256, path) in enumerate(sorted(each))
    ]
    for part, (pages, more) in (("wide-test", _TEST_PAGES), ("wide-development", _DEVELOPMENT_PAGES)):
        chosen = [(sha256, path) for named, sha256, path in files if named == part]
        chosen.sort(key=lambda each: _rank(each[0], "file"))
        for place, (sha256, path) in enumerate(chosen):
            for rank, page in enumerate(_pages(path, sha256)[: pages + (place < more)]):
                twice = rank == 0 and place < _TWICE // 2
                yield Sheet(f"{sha256[:8]}-p{page}", part, path, sha256, page, twice)


def _rank(sha256: str, what: str) -> str:
    return hashlib.sha256(f"{sha256} {what}".encode()).hexdigest()


def _pages(path: Path, sha256: str) -> list[int]:
    """The pages of a file that have text, in the order in which they are drawn."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    numbers = [
        number for number in range(1, len(pdf) + 1)
        if len(marked_letters(page_text(pdf[number - 1].get_textpage()))[0]) >= _FEWEST_LETTERS
    ]  # fmt: skip
    return sorted(numbers, key=lambda number: _rank(sha256, f"page {number}"))


def pieces_of(textpage: Any) -> tuple[str, list[Piece]]:
    """The text of a page, and its numbered pieces."""
    text = page_text(textpage)
    pieces: list[Piece] = []
    number = 0
    for line in re.finditer(r"[^\r\n\ufffe\u0002]+[\ufffe\u0002]?", text):
        if not line.group().strip():
            continue
        number += 1
        cuts = sorted({line.start(), *_cuts(textpage, line.group(), line.start()), line.end()})
        spans = [(start, end) for start, end in zip(cuts, cuts[1:], strict=False) if text[start:end].strip()]
        for rank, (start, end) in enumerate(spans):
            pieces.append(Piece(f"{number}{_letters(rank) if len(spans) > 1 else ''}", start, end))
    return text, pieces


def _letters(rank: int) -> str:
    return chr(97 + rank) if rank < 26 else chr(96 + rank // 26) + chr(97 + rank % 26)


def _cuts(textpage: Any, line: str, offset: int) -> Iterator[int]:
    for match in _CUT.finditer(line):
        yield offset + match.end()
    before: tuple[float, float] | None = None
    for index, character in enumerate(line):
        if character.isspace():
            continue
        left, bottom, right, top = textpage.get_charbox(offset + index, loose=True)
        if before and left - before[0] > _WIDE_GAP * max(1.0, top - bottom):
            yield offset + index
        before = right, top - bottom


def write_sheet(sheet: Sheet, folder: Path) -> None:
    """Write the pictures and the numbered pieces of a page."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(sheet.path)
    page = pdf[sheet.page - 1]
    page.render(scale=_DOTS / max(page.get_size())).to_pil().convert("L").save(folder / f"{sheet.name}.png")
    first = max(0, min(sheet.page - 1 - _THUMBS // 2, len(pdf) - _THUMBS))
    _thumbs(pdf, range(first, min(len(pdf), first + _THUMBS))).save(folder / f"{sheet.name}-around.png")
    text, pieces = pieces_of(page.get_textpage())
    lines = [f"{each.number}\t{text[each.start : each.end].strip()}" for each in pieces]
    head = f"page {sheet.page} of {len(pdf)} of {sheet.path.parent.name}/{sheet.path.name}"
    (folder / f"{sheet.name}.txt").write_text("\n".join([head, "", *lines, ""]), encoding="utf-8")


def _thumbs(pdf: Any, numbers: range) -> Any:
    from PIL import Image

    small = [pdf[each].render(scale=_THUMB_DOTS / max(pdf[each].get_size())).to_pil().convert("L") for each in numbers]
    wide, high = max(each.width for each in small), max(each.height for each in small)
    columns = min(6, len(small))
    sheet = Image.new("L", (columns * wide, -(-len(small) // columns) * high), 255)
    for rank, each in enumerate(small):
        sheet.paste(each, (rank % columns * wide, rank // columns * high))
    return sheet


# What a reader wrote

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence as marked: block, kind, level, whether it goes on from before or behind, and its spans in the page."""

    block: int
    kind: str
    level: str
    goes_on: bool
    continues: bool
    spans: tuple[Span, ...]


def parse_marks(marks: str, text: str, pieces: Sequence[Piece]) -> list[Marked]:
    """What a reader marked on a page; raises ValueError that says all that is wrong with it."""
    found: list[Marked] = []
    wrong: list[str] = []
    for number, line in enumerate(marks.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        head = _HEAD.fullmatch(line.strip())
        if not head:
            wrong.append(f"line {number}: begins with no kind: {line}")
            continue
        body = head[3].strip()
        goes_on, continues = body.startswith("<"), body.endswith(">")
        parts = body.strip("<> ").split("/")
        for rank, part in enumerate(parts):
            try:
                spans = tuple(_span(each, text, pieces) for each in part.split(","))
            except ValueError as error:
                wrong.append(f"line {number}: {error}")
                continue
            first, last = goes_on and rank == 0, continues and rank == len(parts) - 1
            found.append(Marked(number, head[1], head[2] or "", first, last, spans))
    wrong += _not_once(found, text, pieces)
    if wrong:
        raise ValueError("\n".join(wrong))
    return found


def _span(written: str, text: str, pieces: Sequence[Piece]) -> Span:
    match = _RANGE.fullmatch(written)
    if not match:
        raise ValueError(f"{written!r} is no range of pieces")
    first = _place(match.groups()[:4], text, pieces, end=False)
    last = _place(match.groups()[4:] if match[5] else match.groups()[:4], text, pieces, end=True)
    if match[3] and not match[5]:
        last = _place((match[1], match[2], None, None), text, pieces, end=True)
    if first >= last:
        raise ValueError(f"{written!r} ends before it begins")
    return first, last


def _place(where: Sequence[str | None], text: str, pieces: Sequence[Piece], *, end: bool) -> int:
    """Where a range begins or ends that is written as a piece, all pieces of a line, or words in either."""
    line, letter, quoted, bare = where
    numbers = {each: each.number if letter else each.number.rstrip(ascii_lowercase) for each in pieces}
    named = [each for each, number in numbers.items() if number == f"{line}{letter}"]
    if not named:
        raise ValueError(f"there is no piece {line}{letter}")
    words = quoted or bare
    if not words:
        return named[-1].end if end else named[0].start
    at = text.find(words, named[0].start, named[-1].end)
    if at < 0:
        raise ValueError(f"piece {line}{letter} has no {words!r}")
    return at + len(words) if end else at


def _not_once(found: Sequence[Marked], text: str, pieces: Sequence[Piece]) -> Iterator[str]:
    """Which letters of a page are in no sentence, or in two."""
    count = [0] * len(text)
    for each in found:
        for start, end in each.spans:
            for place in range(start, end):
                count[place] += 1
    for piece in pieces:
        letters = [place for place in range(piece.start, piece.end) if text[place].isalnum()]
        missing = [place for place in letters if not count[place]]
        double = [place for place in letters if count[place] > 1]
        for what, places in (("in no block", missing), ("twice", double)):
            if places:
                yield f"piece {piece.number} is {what}: {text[places[0] : places[-1] + 1]!r}"


def _sheet_page(sheet: Sheet) -> Any:
    import pypdfium2

    return pypdfium2.PdfDocument(sheet.path)[sheet.page - 1].get_textpage()


def rows_of(sheet: Sheet, marks: str, reader: str) -> list[dict[str, Any]]:
    """Rows of `marks.csv`: places are counted in letters of the page."""
    text, pieces = pieces_of(_sheet_page(sheet))
    _, offsets = marked_letters(text)
    rows = []
    blocks: dict[int, int] = {}
    for rank, each in enumerate(parse_marks(marks, text, pieces)):
        block = blocks.setdefault(each.block, len(blocks))
        for start, end in each.spans:
            inside = [place for place, offset in enumerate(offsets) if start <= offset < end]
            if inside:
                rows.append({
                    "item": sheet.name, "reader": reader, "block": block, "kind": each.kind, "level": each.level,
                    "sentence": rank, "goes_on": "1" if each.goes_on else "",
                    "continues": "1" if each.continues else "",
                    "letter_start": inside[0], "letter_end": inside[-1] + 1,
                })  # fmt: skip
    return rows


def item_of(sheet: Sheet) -> dict[str, Any]:
    """The row of `items.csv`."""
    letters, _ = marked_letters(pieces_of(_sheet_page(sheet))[0])
    return {
        "item": sheet.name, "set": sheet.part, "file": f"{sheet.path.parent.name}/{sheet.path.name}",
        "sha256": sheet.sha256, "page": sheet.page, "letter_start": 0, "letter_count": len(letters),
        "letters_sha256": hashlib.sha256(letters.encode()).hexdigest(),
    }  # fmt: skip


def read_sheets(folder: Path) -> dict[str, Sheet]:
    """The sheets that were drawn into a folder, by name."""
    with (folder / _LIST).open(encoding="utf-8", newline="") as file:
        rows = [
            Sheet(row["name"], row["part"], Path(row["path"]), row["sha256"], int(row["page"]), bool(row["twice"]))
            for row in csv.DictReader(file)
        ]
    return {sheet.name: sheet for sheet in rows}


def check(path: Path, sheet: Sheet) -> str:
    """What is wrong with a file of marks, "" for nothing."""
    try:
        parse_marks(path.read_text(encoding="utf-8"), *pieces_of(_sheet_page(sheet)))
    except ValueError as error:
        return f"{path.name}:\n{error}"
    return ""


def enter(paths: Sequence[Path], sheets: Mapping[str, Sheet], reader: str) -> None:
    """Write what a reader marked to `tests/gold`, in place of what this reader marked on these pages before."""
    named = {path.stem for path in paths}
    items = [row for row in _rows("items.csv") if row["item"] not in named]
    items += [item_of(sheets[path.stem]) for path in paths]
    marks = [row for row in _rows("marks.csv") if row["item"] not in named or row["reader"] != reader]
    for path in paths:
        marks += rows_of(sheets[path.stem], path.read_text(encoding="utf-8"), reader)
    _write("items.csv", items, ITEM_COLUMNS)
    _write("marks.csv", marks, MARK_COLUMNS)


def _rows(name: str) -> list[dict[str, Any]]:
    with (GOLD / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    with (GOLD / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Draw sheets, check what was marked on them, or enter it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("draw", "check", "enter"))
    parser.add_argument("marks", nargs="*", type=Path)
    parser.add_argument("--texts", type=Path, metavar="FOLDER")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="default: sheets, beside the folder of the marks")
    parser.add_argument("--reader", default="first")
    arguments = parser.parse_args()
    if arguments.what == "draw":
        _draw(arguments.texts, arguments.sheets)
        return
    sheets = read_sheets(arguments.sheets or arguments.marks[0].parent.parent / "sheets")
    wrong = [each for path in arguments.marks if (each := check(path, sheets[path.stem]))]
    sys.stdout.write("\n".join(wrong or ["all right"]) + "\n")
    if arguments.what == "enter" and not wrong:
        enter(arguments.marks, sheets, arguments.reader)
    sys.exit(bool(wrong))


def _draw(texts: Path, folder: Path) -> None:
    sheets = list(draw(texts))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LIST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "part", "path", "sha256", "page", "twice"])
        for each in sheets:
            writer.writerow([each.name, each.part, each.path, each.sha256, each.page, "1" if each.twice else ""])
    for each in sheets:
        write_sheet(each, folder)


if __name__ == "__main__":
    main()

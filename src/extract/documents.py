"""Raw files → Documents: bytes, hash, text, and what `manifestos.csv` says about the file."""

import codecs
import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from charset_normalizer import from_bytes

from extract.problems import problem
from extract.records import Document, Problem, Status

STAGE = "read"
FACTS_FILE = "manifestos.csv"
FACTS_COLUMNS = (
    "file", "party", "election", "status", "title", "source_url", "licence", "retrieved_on",
)  # fmt: skip
TEXT_TYPES = {".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", "": "text/plain"}

_ELECTION = re.compile(r"(?<![a-z0-9])(tk|ek|ep|ps|gr)[-_ ]?((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_DRAFT = re.compile(r"concept|draft", re.IGNORECASE)
_FINAL = re.compile(r"definitief|vastgesteld|final", re.IGNORECASE)
# Years with an election to the Tweede Kamer since 1888 (Kiesraad, Databank Verkiezingsuitslagen).
_TK_YEARS = frozenset(
    [1888, 1891, 1894, 1897, 1901, 1905, 1909, 1913, 1917, 1918, 1922, 1925, 1929, 1933, 1937, 1946, 1948, 1952, 1956,
     1959, 1963, 1967, 1971, 1972, 1977, 1981, 1982, 1986, 1989, 1994, 1998, 2002, 2003, 2006, 2010, 2012, 2017, 2021,
     2023, 2025]
)  # fmt: skip
# Words of a file name that are not the party's: what is left is looked up in the register.
_NO_NAME = re.compile(
    r"(?:verkiezings|partij)?programma|manifesto?|concept|draft|definitief|vastgesteld|final|versie|"
    r"tweede[-_ ]kamer(?:verkiezing\w*|\s*$)|(?<![a-z])(?:tk|v\d+|pdf|def)(?![a-z])|\(\d+\)|"
    rf"(?<!\d)(?:{'|'.join(map(str, sorted(_TK_YEARS)))})(?!\d)",
    re.IGNORECASE,
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ["cp1252", "cp850", "mac_roman"]
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Share of control characters above which bytes are not a text. Of 447 manifestos two have any: one .018, where each
# stands for a space, and one .5, where a broken font made them of the letters.
_BINARY_SHARE = 0.05
_MOST_BYTES = 4  # of a character, in any character set; a file that must be over the limit is not read at all
_LONG_LINE = 100_000  # characters; a line this long has lost its paragraphs


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


def find_raw_files(raw: Path) -> tuple[list[Path], list[Problem]]:
    """Every file below `raw` to read, in a fixed order, and a Problem for each folder that cannot be looked into.

    Hidden files and folders, and the facts file, are not sources.
    """
    problems: list[Problem] = []

    def refuse(error: OSError) -> None:
        what = f"cannot be looked into ({error.strerror}). Get the right to read it, or remove it."
        problems.append(_refusal(raw_name(Path(error.filename), raw), "folder-unreadable", what))

    files: list[Path] = []
    for folder, folders, names in os.walk(raw, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(folder) / name).is_symlink():
                what = "is a link to a folder, which is not followed. Put the texts themselves in the raw folder."
                problems.append(_refusal(raw_name(Path(folder) / name, raw), "folder-link", what))
        files += [Path(folder) / name for name in names if not name.startswith(".")]
    return sorted(path for path in files if path != raw / FACTS_FILE), problems


def raw_name(path: Path, raw: Path) -> str:
    """Path relative to the raw folder, as text; bytes of a name that are not UTF-8 are written as \\x…."""
    return os.fsencode(path.relative_to(raw).as_posix()).decode("utf-8", "backslashreplace")


def read_facts(raw: Path) -> tuple[dict[str, Facts], list[Problem]]:
    """Facts by path relative to `raw`, from `raw/manifestos.csv` if it is there."""
    path = raw / FACTS_FILE
    if not path.exists():
        return {}, []
    try:
        text = path.read_bytes().decode("utf-8-sig")
        separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = f"{FACTS_FILE} cannot be read ({error}). Make it readable, as UTF-8 CSV. The files are read without it."
        return {}, [_problem(FACTS_FILE, "facts-unreadable", what)]
    facts: dict[str, Facts] = {}
    problems: list[Problem] = []
    for line, row in enumerate(rows, start=2):
        place = f"{FACTS_FILE}, line {line}"
        name, said, wrong = _facts(row)
        problems += [_problem(FACTS_FILE, "facts-invalid", f"{place}: {what}") for what in wrong]
        if name and not (raw / name).exists():
            what = f"{place}: there is no file {name} in the raw folder. Correct the name."
            problems.append(_problem(FACTS_FILE, "facts-without-file", what))
        if name in facts:
            problems.append(
                _problem(FACTS_FILE, "facts-repeated", f"{place}: {name} is listed twice; this line counts.")
            )
        if name:
            facts[name] = said
    return facts, problems


def read_document(path: Path, *, raw: Path, facts: Facts, max_characters: int) -> tuple[Document | None, list[Problem]]:
    """Read one raw file. Without a Document there is at least one Problem that says why.

    The text is decoded, line ends become one newline, control characters become spaces and characters are composed
    (NFC), so that offsets are the same in every tool that reads the text as UTF-8.
    """
    name = raw_name(path, raw)
    media_type = TEXT_TYPES.get(path.suffix.lower())
    if media_type is None:
        what = f"is a {path.suffix} file; this version reads plain text and Markdown. Save it as .txt in UTF-8."
        return None, [_refusal(name, "type-unknown", what)]
    try:
        if path.exists() and not path.is_file():
            return None, [_refusal(name, "not-a-file", "is no file but a device, pipe or the like. Remove it.")]
        if path.stat().st_size > _MOST_BYTES * max_characters:
            what = f"has {path.stat().st_size:,} bytes; the limit is {_MOST_BYTES * max_characters:,}. Split the file."
            return None, [_refusal(name, "too-long", what)]
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be opened ({error.strerror or error}). Check that it is there and that you may read it."
        return None, [_refusal(name, "file-unreadable", what)]
    text, encoding, wrong = decode(data)
    if text is None:
        return None, [_refusal(name, *(wrong or ("empty", "has no text.")))]
    if len(text) > max_characters:
        what = (
            f"has {len(text):,} characters; the limit is {max_characters:,}. A whole manifesto has under a million: "
            "split the file, or raise max_characters in the settings."
        )
        return None, [_refusal(name, "too-long", what)]
    document = _document(name, data, text, f"{media_type}; charset={encoding}", facts)
    notes = [_problem(name, wrong[0], f"{name} {wrong[1]}", document_id=document.document_id)] if wrong else []
    return document, notes + list(_doubts(document))


def decode(data: bytes) -> tuple[str | None, str, tuple[str, str] | None]:
    """Text, its character set, and (code, what is wrong) if anything is; text is None where bytes are no text."""
    encoding = _marked_encoding(data) or _wide_encoding(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = _legacy_encoding(data) if encoding == "utf-8" else encoding
        text = data.decode(encoding, "replace")
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None, encoding, ("empty", "has no text. If it should have, save it again; else remove it.")
    if len(_CONTROLS.findall(text)) > _BINARY_SHARE * len(text):
        return None, encoding, ("not-text", "is not a text file, whatever its name says. Export it as plain text.")
    wrong = None
    if encoding in _LEGACY:
        what = f"is not UTF-8 and was read as {encoding}. Look at its accents and quote marks, and save it as UTF-8."
        wrong = ("encoding-guessed", what)
    elif lost := text.count("\ufffd"):
        wrong = ("characters-lost", f"has {lost:,} characters that could not be read (U+FFFD). Look for a better copy.")
    return _CONTROLS.sub(" ", text), encoding, wrong


def _marked_encoding(data: bytes) -> str | None:
    return next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: in Dutch every second byte is then zero."""
    sample = data[:65_536]
    if sample.count(0) <= len(sample) // 4:
        return None
    high, low = sample[1::2].count(0), sample[::2].count(0)
    if max(high, low) < 4 * min(high, low) + 1:
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def _legacy_encoding(data: bytes) -> str:
    """The best of three eight-bit character sets for bytes that are not UTF-8."""
    best = from_bytes(data[:65_536], cp_isolation=_LEGACY).best()
    return best.encoding if best else "cp1252"


def _document(name: str, data: bytes, text: str, media_type: str, facts: Facts) -> Document:
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(
        document_id=sha256[:16],
        path=name,
        sha256=sha256,
        kind="digest",  # provisional: the sections decide
        title=facts.title or Path(name).stem,
        election=facts.election or _election(name),
        status=facts.status if facts.status != "unknown" else _status(name),
        media_type=media_type,
        bytes=len(data),
        characters=len(text),
        source_url=facts.source_url,
        licence=facts.licence,
        retrieved_on=facts.retrieved_on,
        text=text,
        stated_party=facts.party,
        name_in_path=_name_in(name),
    )


def _doubts(document: Document) -> Iterator[Problem]:
    start = 0
    for line in document.text.split("\n"):
        end = start + len(line)
        if len(line) > _LONG_LINE:
            what = (
                f"{document.path} has a line of {len(line):,} characters: its paragraphs are lost, so parties and "
                "quotes in it are found by chance. Restore the line ends."
            )
            place = {"document_id": document.document_id, "char_start": start, "char_end": end}
            yield _problem(document.path, "line-too-long", what, **place)
        start = end + 1


def _election(name: str) -> str | None:
    """The election that a file name states: "tk2025", or the year of an election to the Tweede Kamer."""
    stated = _ELECTION.search(name)
    if stated:
        return stated[1].upper() + stated[2]
    years = [year for year in map(int, _YEAR.findall(Path(name).stem)) if year in _TK_YEARS]
    return f"TK{years[-1]}" if years else None


def _status(name: str) -> Status:
    stem = Path(name).stem
    return "draft" if _DRAFT.search(stem) else "final" if _FINAL.search(stem) else "unknown"


def _name_in(name: str) -> str | None:
    """What a file name says besides year, election and status, which may be a party's name."""
    rest = _NO_NAME.sub(" ", Path(name).stem.replace("_", " "))
    return " ".join(rest.split()).strip(" -–.,") or None


def _facts(row: dict[str | None, str | None]) -> tuple[str, Facts, list[str]]:
    cells = {key: value.strip() for key, value in row.items() if key and value and value.strip()}
    wrong = [f"there is no column '{key}'." for key in cells if key not in FACTS_COLUMNS]
    status = cells.get("status", "unknown")
    if status not in ("draft", "final", "unknown"):
        wrong.append(f"status is '{status}'; it must be draft, final or unknown.")
        status = "unknown"
    if "file" not in cells:
        wrong.append("the file is not named.")
    if "retrieved_on" in cells and not re.fullmatch(r"\d{4}-\d\d-\d\d", cells["retrieved_on"]):
        wrong.append(f"retrieved_on is '{cells['retrieved_on']}'; it must be a date such as 2025-10-29.")
        del cells["retrieved_on"]
    given = {key: cells.get(key) for key in FACTS_COLUMNS if key not in ("file", "status")}
    return str(PurePosixPath(cells["file"])) if "file" in cells else "", Facts(status=status, **given), wrong  # type: ignore[arg-type]


def _refusal(name: str, code: str, what: str) -> Problem:
    return _problem(name, code, f"{name} {what}", severity="error")


def _problem(path: str, code: str, message: str, **more: object) -> Problem:
    return problem(code, message, path=path, stage=STAGE, **more)  # type: ignore[arg-type]

"""What is known of a raw file from outside it: `manifestos.csv`, and the name of the file."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from extract.problems import problem
from extract.records import Problem, Status

STAGE = "read"
FACTS_FILE = "manifestos.csv"
FACTS_COLUMNS = ("file", "party", "election", "status", "title", "source_url", "licence", "retrieved_on")

_ELECTION = re.compile(r"(?<![a-z0-9])(tk|ek|ep|ps|gr)[-_ ]?((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_DRAFT = re.compile(r"concept|draft", re.IGNORECASE)
_FINAL = re.compile(r"definitief|vastgesteld|final", re.IGNORECASE)
# Years with an election to the Tweede Kamer since 1888 (Kiesraad, Databank Verkiezingsuitslagen).
TK_YEARS = frozenset(
    [1888, 1891, 1894, 1897, 1901, 1905, 1909, 1913, 1917, 1918, 1922, 1925, 1929, 1933, 1937, 1946, 1948, 1952, 1956,
     1959, 1963, 1967, 1971, 1972, 1977, 1981, 1982, 1986, 1989, 1994, 1998, 2002, 2003, 2006, 2010, 2012, 2017, 2021,
     2023, 2025]
)  # fmt: skip
# Words of a file name that are not the party's: what is left is looked up in the register.
_NO_NAME = re.compile(
    r"(?:verkiezings|partij)?programma|manifesto?|concept|draft|definitief|vastgesteld|final|versie|"
    r"tweede[-_ ]kamer(?:verkiezing\w*|\s*$)|(?<![a-z])(?:tk|v\d+|pdf|def)(?![a-z])|\(\d+\)|"
    rf"(?<!\d)(?:{'|'.join(map(str, sorted(TK_YEARS)))})(?!\d)",
    re.IGNORECASE,
)


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


def election_in(name: str) -> str | None:
    """The election that a file name states: "tk2025", or the year of an election to the Tweede Kamer."""
    stated = _ELECTION.search(name)
    if stated:
        return stated[1].upper() + stated[2]
    years = [year for year in map(int, _YEAR.findall(Path(name).stem)) if year in TK_YEARS]
    return f"TK{years[-1]}" if years else None


def status_in(name: str) -> Status:
    """Whether a name says that what it names is a draft, or final."""
    stem = Path(name).stem
    return "draft" if _DRAFT.search(stem) else "final" if _FINAL.search(stem) else "unknown"


def name_in(name: str) -> str | None:
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


def _problem(path: str, code: str, message: str) -> Problem:
    return problem(code, message, path=path, stage=STAGE)

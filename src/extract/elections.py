"""Elections, drafts and final texts: the years, and the words by which a file name or a title page states them."""

import re
from collections.abc import Sequence
from pathlib import Path

from extract.records import Status

# Years with an election to the Tweede Kamer since 1888 (Kiesraad, Databank Verkiezingsuitslagen).
TK_YEARS = frozenset(
    [1888, 1891, 1894, 1897, 1901, 1905, 1909, 1913, 1917, 1918, 1922, 1925, 1929, 1933, 1937, 1946, 1948, 1952, 1956,
     1959, 1963, 1967, 1971, 1972, 1977, 1981, 1982, 1986, 1989, 1994, 1998, 2002, 2003, 2006, 2010, 2012, 2017, 2021,
     2023, 2025]
)  # fmt: skip

_LISTED = re.compile(r"[A-Za-z]{2}(?:18|19|20)[0-9]{2}")
_ELECTION = re.compile(r"(?<![a-z0-9])(tk|ek|ep|ps|gr)[-_ ]?((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_TERM = re.compile(r"(?<!\d)((?:18|19|20)\d\d)\s*(?:[-–—/]|tot|t/m)\s*(?:(?:19|20)?\d\d)(?!\d)")
_ABOUT = re.compile(r"programma|verkiezing|manifest|tweede.?kamer", re.IGNORECASE)
_MADE = re.compile(r"D:((?:19|20)\d\d)")  # the date of a PDF

# In the name of a file any of these words says it; in a line of a text they have other meanings, too ("het concept van
# duurzaamheid", "een vastgesteld tarief"), so there they stand alone or before what they are said of.
_DRAFT_WORDS, _FINAL_WORDS = "concept|draft", "definitief|vastgesteld|final"
_DRAFT_NAME = re.compile(_DRAFT_WORDS, re.IGNORECASE)
_FINAL_NAME = re.compile(_FINAL_WORDS, re.IGNORECASE)
_DRAFT = re.compile(r"\b(?:concept|ontwerp)[- ]?(?:verkiezings|partij|kern)?(?:programma|versie)?\b", re.IGNORECASE)
_FINAL = re.compile(r"\b(?:vastgesteld|definitieve? (?:versie|programma|tekst))\b", re.IGNORECASE)

# Words of a file name that are not the party's: what is left is looked up in the register.
_NO_NAME = re.compile(
    rf"(?:verkiezings|partij)?programma|manifesto?|{_DRAFT_WORDS}|{_FINAL_WORDS}|versie|"
    r"tweede[-_ ]kamer(?:verkiezing\w*|\s*$)|(?<![a-z])(?:tk|v\d+|pdf|def)(?![a-z])|\(\d+\)|"
    rf"(?<!\d)(?:{'|'.join(map(str, sorted(TK_YEARS)))})(?!\d)",
    re.IGNORECASE,
)


def is_election(text: str) -> bool:
    """Whether a text names an election as the dataset does, with two letters and a year: "TK2025"."""
    return bool(_LISTED.fullmatch(text))


def year_of(election: str | None) -> int | None:
    """The year of an election; None for none."""
    return int(election[2:]) if election else None


# In the name of a file


def election_in(name: str) -> str | None:
    """The election that a file name states: "tk2025", or the year of an election to the Tweede Kamer."""
    stated = _ELECTION.search(name)
    if stated:
        return stated[1].upper() + stated[2]
    years = _tk_years(Path(name).stem)
    return f"TK{years[-1]}" if years else None


def status_in(name: str) -> Status:
    """Whether a name says that what it names is a draft, or final."""
    stem = Path(name).stem
    return "draft" if _DRAFT_NAME.search(stem) else "final" if _FINAL_NAME.search(stem) else "unknown"


def name_in(name: str) -> str | None:
    """What a file name says besides year, election and status, which may be a party's name."""
    rest = _NO_NAME.sub(" ", Path(name).stem.replace("_", " "))
    return " ".join(rest.split()).strip(" -–.,") or None


# On title pages, and in what a file says of itself


def year_on_title_pages(lines: Sequence[str]) -> int | None:
    """The election's year: the first of a term ("2025 - 2029"), or one beside a word such as verkiezingsprogramma."""
    for line in lines:
        if (term := _TERM.search(line)) and int(term[1]) in TK_YEARS:
            return int(term[1])
    for line in lines:
        years = _tk_years(line)
        if years and _ABOUT.search(line):
            return years[-1]
    return None


def status_on_title_pages(lines: Sequence[str]) -> Status:
    """Whether title pages say that a text is a draft, which counts first, or final."""
    if any(_DRAFT.search(line) for line in lines):
        return "draft"
    return "final" if any(_FINAL.search(line) for line in lines) else "unknown"


def year_made(metadata: str) -> int | None:
    """The year in which a file was made, or that its title names, if there was an election in it."""
    made = [year for year in map(int, _MADE.findall(metadata)) if year in TK_YEARS]
    return next(iter([*made, *_tk_years(metadata)]), None)


def _tk_years(text: str) -> list[int]:
    return [year for year in map(int, _YEAR.findall(text)) if year in TK_YEARS]

"""Elections, drafts and final texts: when there were any, and the words in which names and title pages state them."""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from extract.records import Evidence, Status
from extract.word_lists import read_list

TK = "TK"
"""The Tweede Kamer, as an election names it."""

# Elections to the Tweede Kamer since 1888, year and month (Kiesraad, Databank Verkiezingsuitslagen).
TK_MONTHS = frozenset(
    [(1888, 3), (1891, 6), (1894, 4), (1897, 6), (1901, 6), (1905, 6), (1909, 6), (1913, 6), (1917, 6), (1918, 7),
     (1922, 7), (1925, 7), (1929, 7), (1933, 4), (1937, 5), (1946, 5), (1948, 7), (1952, 6), (1956, 6), (1959, 3),
     (1963, 5), (1967, 2), (1971, 4), (1972, 11), (1977, 5), (1981, 5), (1982, 9), (1986, 5), (1989, 9), (1994, 5),
     (1998, 5), (2002, 5), (2003, 1), (2006, 11), (2010, 6), (2012, 9), (2017, 3), (2021, 3), (2023, 11), (2025, 10)]
)  # fmt: skip
TK_YEARS = frozenset(year for year, _ in TK_MONTHS)

_LISTED = re.compile(r"[A-Za-z]{2}(?:18|19|20)[0-9]{2}")
_CODE = re.compile(r"(?<![a-z0-9])(tk|ek|ep|ps|gr|ws)(?![a-z])", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:18|19|20)\d\d)[-_. ](0[1-9]|1[0-2])(?![-_. ]?\d)")
# The day on which a file was made or fetched is no election: 2021-03-04, 20210304, 04-03-2021.
_DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_. ]?(?:0[1-9]|1[0-2])[-_. ]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:[0-3]?\d)[-_. ](?:[01]?\d)[-_. ](?:19|20)\d\d)(?!\d)"
)
_TERM = re.compile(r"(?<!\d)((?:18|19|20)\d\d)\s*(?:[-–—/]|tot|t/m)\s*((?:(?:19|20)\d\d|(?:1[3-9]|[2-9]\d)))(?!\d)")
_LONGEST_TERM = 6  # years; the longest between two elections since 1918 are the 5 of 1981 to 1986, but for the war
# The same as it is set in type and misread: "1998 . 2002", "1998 ii 2002".
_TERM_SET = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)\W{0,3}\w{0,3}\W{0,3}((?:18|19|20)\d\d)(?!\d)")
_BARE = re.compile(r"(?<!\d)(?<![-–=—])(?<![-–=—]\s)((?:18|19|20)\d\d)(?!\d)")
_VOTE = re.compile(r"verkiezing(?:en)?\b|stem\w*\b.*\blijst\b", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"(?:verkiezing(?:en)?|program(?:ma)?|kamer|periode)\W{1,4}(?:(?:van|in|op|voor|de|\d{1,2}|[a-z]{3,9})\s+){0,3}"
    r"((?:18|19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"programma|verkiezing|manifest|tweede.?kamer", re.IGNORECASE)
_MADE = re.compile(r"D:((?:19|20)\d\d)")  # the date of a PDF

# In the name of a file any of these words says it; in a line of a text they have other meanings, too ("het concept van
# duurzaamheid", "een vastgesteld tarief"), so there they stand alone or before what they are said of.
_DRAFT_WORDS, _FINAL_WORDS = "concept|draft", "definitief|definitieve|vastgesteld|final"
_DRAFT_NAME = re.compile(_DRAFT_WORDS, re.IGNORECASE)
_FINAL_NAME = re.compile(rf"{_FINAL_WORDS}|(?<![^\W_])def(?![^\W_])", re.IGNORECASE)
_DRAFT = re.compile(
    r"\W*(?:\d+\W+)?(?:concept|ontwerp)\W*|.*\b(?:concept|ontwerp)\W{0,3}(?:(?-i:[A-Z])\w+\W{1,3})?"
    r"(?:verkiezings?|partij|kern)?\W?(?:program|manifest|versie)(?!eur).*",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r".*\bvastgesteld\s+(?:te|ter|in|op|door|tijdens)\b.*(?:vergadering|congres|ledenraad|partijraad|bondsdag).*"
    r"|.*\bdefinitieve? (?:versie|programma|tekst)\b.*",
    re.IGNORECASE,
)

# Words of a file name that are not the party's: what is left is looked up in the register.
_NO_NAME = re.compile(
    rf"(?:verkiezings|partij)?programma?(?!\w*partij)|manifesto?|{_DRAFT_WORDS}|{_FINAL_WORDS}|versie|"
    r"tweede[-_ ]kamer(?:verkiezing\w*|\s*$)|(?<![a-z])(?:tk|v\d+|pdf|def)(?![a-z])|\(\d+\)|"
    rf"(?<!\d)(?:{'|'.join(map(str, sorted(TK_YEARS)))})(?!\d)",
    re.IGNORECASE,
)
_TAG = re.compile(r"\s*#.*")  # what collectors note of a file: "KVP #Untrimmed"
_EDGE = " -–.,_"


@dataclass(frozen=True, slots=True)
class Said:
    """What a name says of an election: the bodies that it names, and the elections to the Tweede Kamer or years."""

    bodies: frozenset[str]
    years: frozenset[int]  # any year that it names but in the date of a day
    tk_years: frozenset[int]  # years in which it can mean an election to the Tweede Kamer


def is_election(text: str) -> bool:
    """Whether a text names an election as the dataset does, with two letters and a year: "TK2025"."""
    return bool(_LISTED.fullmatch(text))


def year_of(election: str | None) -> int | None:
    """The year of an election; None for none."""
    return int(election[2:]) if election else None


def in_time(election: str) -> tuple[str, str]:
    """What elections are ordered by: year, then body; an empty text, for none, comes first."""
    return election[2:], election


def month_of(election: str | None) -> str | None:
    """Year and month of an election to the Tweede Kamer, "201703"; None for others, and where two were in a year."""
    months = [month for year, month in TK_MONTHS if election == f"{TK}{year}"]
    return f"{election[2:]}{months[0]:02}" if election and len(months) == 1 else None


# In the names of a file and of the folders that it lies in


def election_in(path: str, *, is_party: Callable[[str], object] = lambda _: False) -> tuple[str | None, Evidence]:
    """The election that the path of a file states, and whether the file's name does or a folder's.

    The nearest name counts that names one election: "tk2025", the year of an election to the Tweede Kamer, its year
    and month ("2003-01"), a term that begins with it ("2010-2014"). A folder says it only where its name holds nothing
    else but such words and perhaps a party. Where any of them names another body, such as a municipal council, a year
    is that of an election to it.
    """
    file, *folders = _names_in(path)
    names = [file, *(each for each in folders if _is_of_election(each, is_party))]
    said = [said_in(each) for each in names]
    bodies = body_in(path)
    if len(bodies) > 1:
        return None, "none"
    body = next(iter(bodies), TK)
    for place, each in enumerate(said):
        years = each.tk_years if body == TK else each.years
        if len(years) == 1:
            is_of_file = place == 0 and (not bodies or body in each.bodies)
            return f"{body}{next(iter(years))}", "file-name" if is_of_file else "folder-name"
    return None, "none"


def election_of(
    path: str, listed: str | None, *, is_party: Callable[[str], object] = lambda _: False
) -> tuple[str | None, Evidence]:
    """The election that manifestos.csv or a path states; where both say the same, the path shows it."""
    named, evidence = election_in(path, is_party=is_party)
    return (listed, "listed") if listed and listed != named else (named, evidence)


def body_in(path: str) -> frozenset[str]:
    """The body for which a path says that a text was written, such as TK or EP: that of the nearest name with one."""
    return next((bodies for each in _names_in(path) if (bodies := said_in(each).bodies)), frozenset())


def said_in(name: str) -> Said:
    """What the name of a file or folder says of an election."""
    bodies = {code.upper() for code in _CODE.findall(name)} | bodies_named(name)
    rest = _DAY.sub(" ", name)
    years, tk_years = set[int](), set[int]()
    for match in [*_TERM.finditer(rest)]:
        if _is_term(int(match[1]), match[2]):
            years.add(int(match[1]))
            tk_years |= {int(match[1])} & TK_YEARS
            rest = rest.replace(match[0], " ")
    for match in [*_MONTH.finditer(rest)]:
        years.add(int(match[1]))
        tk_years |= {int(match[1])} if (int(match[1]), int(match[2])) in TK_MONTHS else set()
        rest = rest.replace(match[0], " ")
    bare = {int(each) for each in _YEAR.findall(rest)}
    to_come = {year for year in bare if year > max(TK_YEARS)} if TK in bodies else set()
    return Said(frozenset(bodies), frozenset(years | bare), frozenset(tk_years | (bare & TK_YEARS) | to_come))


def bodies_named(text: str) -> set[str]:
    """The bodies, such as TK or GR, that a text names in words."""
    lowered = re.sub(r"[-_\s]+", " ", text.lower())
    return {role for word, role in _bodies() if word in lowered}


def status_in(name: str) -> Status:
    """Whether a name says that what it names is a draft, or final."""
    return "draft" if _DRAFT_NAME.search(name) else "final" if _FINAL_NAME.search(name) else "unknown"


def status_in_path(path: str) -> tuple[Status, Evidence]:
    """What a path says of the status, and whether the file's name does or a folder's."""
    for place, name in enumerate(_names_in(path)):
        if (status := status_in(name)) != "unknown":
            return status, "folder-name" if place else "file-name"
    return "unknown", "none"


def status_of(path: str, listed: Status) -> tuple[Status, Evidence]:
    """The status that manifestos.csv or a path states; where both say the same, the path shows it."""
    named, evidence = status_in_path(path)
    return (listed, "listed") if listed not in ("unknown", named) else (named, evidence)


def names_in(name: str) -> Iterator[str]:
    """What a file or folder name says besides year, election and status, which may be a party's name; first the most.

    A number may be part of a name ("Senioren 2000"), a hyphen stand for a space.
    """
    bare = _TAG.sub("", unicodedata.normalize("NFC", name).replace("_", " "))
    rest = _NO_NAME.sub(" ", bare)
    without_years = _YEAR.sub(
        " ", _NO_NAME.sub(" ", _CODE.sub(" ", _MONTH.sub(" ", _TERM.sub(" ", _DAY.sub(" ", bare)))))
    )
    seen: set[str] = set()
    for each in (bare, rest, without_years, rest.replace("-", " "), without_years.replace("-", " ")):
        found = " ".join(each.split()).strip(_EDGE)
        if found and found not in seen:
            seen.add(found)
            yield found


def folders_in(path: str) -> list[str]:
    """The names of the folders that a file lies in, the nearest first."""
    return _names_in(path)[1:]


def file_in(path: str) -> str:
    """The name of a file, without its ending."""
    return _names_in(path)[0]


def _names_in(path: str) -> list[str]:
    """The name of a file without its ending, and those of its folders, the nearest first."""
    pure = PurePosixPath(path)
    return [pure.stem, *(each.name for each in pure.parents if each.name)]


def _is_of_election(folder: str, is_party: Callable[[str], object]) -> bool:
    """Whether the name of a folder is about elections and programmes, and nothing else but a party."""
    rest = re.sub(r"[_\s]+", " ", folder)
    for pattern in (_DAY, _TERM, _MONTH, _YEAR, _CODE, _words()):
        rest = pattern.sub(" ", rest)
    rest = " ".join(rest.split()).strip(_EDGE)
    return not rest or bool(is_party(rest))


def _is_term(first: int, last: str) -> bool:
    end = int(last) if len(last) == len("2025") else first - first % 100 + int(last)
    return 0 < end - first <= _LONGEST_TERM


@functools.cache
def _bodies() -> tuple[tuple[str, str], ...]:
    rows = read_list("election-words")
    return tuple((row["word"], row["role"]) for row in rows if row["role"] != "programme")


@functools.cache
def _words() -> re.Pattern[str]:
    words = [re.escape(row["word"]).replace(r"\ ", "[-_ ]?") + r"\w*" for row in read_list("election-words")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})", re.IGNORECASE)


def may_be_for(path: str, year: int) -> bool:
    """Whether a path leaves room for an election to the Tweede Kamer in a year that the text itself names.

    It leaves none where it names another body, or another year, or that year's month without such an election.
    """
    if body_in(path) - {TK}:
        return False
    file, *folders = _names_in(path)
    said = (said_in(each) for each in [file, *(each for each in folders if _is_of_election(each, lambda _: False))])
    return all(year in each.tk_years for each in said if each.years)


# On title pages, in running titles, in running text, and in what a file says of itself


def years_on_title_pages(lines: Sequence[str]) -> Iterator[int]:
    """Yield the years of elections that lines state, most telling first.

    That is the first of a term ("2025 - 2029"), else one beside a word such as verkiezingsprogramma. A year in the date
    of a day is none, nor is one behind a dash, whose other half the text layer may have lost. Lines that name several
    are of no use: then all are given.
    """
    terms: set[int] = set()
    bare: set[int] = set()
    for line in map(_without_days, lines):
        rest = line
        for match in _TERM_SET.finditer(line):
            if _is_term(int(match[1]), match[2]):
                terms |= {int(match[1])} & TK_YEARS
                rest = rest.replace(match[0], " ")
        if _ABOUT.search(line):
            bare |= set(map(int, _BARE.findall(rest))) & TK_YEARS
    yield from sorted(terms) or sorted(bare)


def is_named_beside_election(lines: Sequence[str], year: int) -> bool:
    """Whether a line names an election in a year, not only a programme: "Tweede Kamerverkiezing 2002"."""
    return any(_VOTE.search(line) and str(year) in line for line in map(_without_days, lines))


def is_used_again(year: int) -> bool:
    """Whether there was another election within a year, for which parties used their programmes again."""
    return year + 1 in TK_YEARS


def other_bodies(lines: Sequence[str]) -> set[str]:
    """Bodies other than the Tweede Kamer for which lines say that a programme was written."""
    found: set[str] = set()
    for line in lines:
        bodies = bodies_named(line)
        if TK not in bodies and (_ABOUT.search(line) or _YEAR.search(line)):
            found |= bodies
    return found


def years_in_text(text: str) -> list[int]:
    """Years of elections that a text names as that of its programme or its term, the most frequent first: a guess."""
    found = Counter(int(match[1]) for match in _IN_TEXT.finditer(text) if int(match[1]) in TK_YEARS)
    return [year for year, _ in found.most_common()]


def status_on_title_pages(lines: Sequence[str]) -> Status:
    """Whether lines say that a programme is a draft, which counts first, or that it was adopted."""
    if any(_DRAFT.fullmatch(line) for line in lines):
        return "draft"
    return "final" if any(_FINAL.fullmatch(line) for line in lines) else "unknown"


def year_in_title(title: str) -> int | None:
    """The one year of an election that a title names, as a file gives it, if it is the title of a programme."""
    years = said_in(title).tk_years if _ABOUT.search(title) and not bodies_named(title) - {TK} else frozenset[int]()
    return next(iter(years)) if len(years) == 1 else None


def year_made(date: str) -> int | None:
    """The year in which a file was made, if there was an election in it: a guess, for that of a scan is any year."""
    return next((year for year in map(int, _MADE.findall(date)) if year in TK_YEARS), None)


def _without_days(line: str) -> str:
    return _DAY.sub(" ", line)

"""Amounts, years and deadlines in a text, by rules over characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_THOUSANDS = re.compile(r"\d{1,3}(?:[. \u00a0]\d{3}){1,8}(?:,\d+)?")  # a longer row of numbers is a table
NUMBER = rf"{_THOUSANDS.pattern}|\d+(?:[.,]\d+)?"
"""A number in digits, with its thousands and decimals as Dutch writes them: a pattern."""
_NUMBER_WORDS = {
    "een": 1, "één": 1, "anderhalf": 1.5, "anderhalve": 1.5, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6,
    "zeven": 7, "acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "vijftien": 15, "twintig": 20,
    "vijfentwintig": 25, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
    "negentig": 90, "honderd": 100, "duizend": 1000,
}  # fmt: skip
_SPELT = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_SCALES = {"duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9, "biljoen": 1e12}
_COUNT = rf"(?P<number>{NUMBER}|\b(?:{_SPELT})\b)(?:\s*(?P<scale>{'|'.join(_SCALES)})\b\.?)?"

_UNITS = {
    "euro": r"euro(?:['’]s)?\b|€",
    "eurocent": r"(?:euro)?cent\b",
    "dollar": r"dollars?\b",
    "guilder": r"guldens?\b|gld\b\.?",
    "percentage point": r"procentpunt(?:en)?\b|%-?punt(?:en)?\b",
    # scans have "pet." for "pct."
    "percent": r"procent\b|percent\b|%|(?:(?<=\d)|(?<=\d\s))p[ce]t\b\.?|ten\s+honderd\b",
}
_UNIT = "|".join(f"(?P<{unit.replace(' ', '_')}>{form})" for unit, form in _UNITS.items())
_AMOUNTS = (
    re.compile(rf"(?<![\w.,]){_COUNT}[\s-]*(?:{_UNIT})", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)(?:(?P<euro>€|EUR\b|euro\b)|(?P<guilder>ƒ|H?fl\b\.?))\s*{_COUNT}(?:,[-–—=]{{1,2}})?(?![\d.,]*\d)",
        re.IGNORECASE,
    ),
    # "f 2.500", but no item of a list ("f. 10 woningen"), nor an aircraft ("F16")
    re.compile(
        rf"(?<![\w.])(?P<guilder>f)(?:\s+(?=\d)|\.\s*(?=[\d.,]*,[-–—=])){_COUNT}(?:,[-–—=]{{1,2}})?(?![\d.,]*\d)"
    ),
)

_YEAR_NUMBER = r"(?:1[89]|20)\d\d"
# "2017-2021" and "1940-'45" are one. No year of a telephone number, an amount, a post code ("1815 AB Alkmaar"), a box.
_YEAR = re.compile(
    rf"""(?: (?<![\w.,€]) | (?<=\b[Ii]n) ) (?<!\d-) (?<!\d\s-) (?<!\d\s-\s)
    (?<![Pp]ostbus\s) (?<!\b[Nn]r\s) (?<!\b[Nn]r\.\s)
    (?P<year>{_YEAR_NUMBER}) (?: \s?[-–—/]\s? (?: {_YEAR_NUMBER} | ['’]?\d\d ) (?!\d) )?
    (?! [\w-] | [.,]\d | \s[A-Z]{{2}}\s+[A-Z][a-z] )""",
    re.VERBOSE,
)
_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
# "eind '93", but not "de jaren '90", which is no year.
_SHORT_YEAR = re.compile(
    rf"\b(?:in|sinds|eind|begin|medio|na|van|voor|per|najaar|voorjaar|zomer|{_MONTH})\s*(?P<short>['’‘](?P<year>\d\d))(?![\w'’-])",
    re.IGNORECASE,
)
_CENTURY_TURNS = 30  # '93 is 1993, '29 is 2029: manifestos shorten no years of before 1930
# "Tot 2030" is how long something lasts.
_DEADLINE = re.compile(
    rf"""\b(?:
        (?: (?: uiterlijk | vóór | voor | tegen | vanaf | per | met\ ingang\ van )
            (?: \s+(?: in | op | voor | vóór | het\ jaar | eind | begin | medio )){{0,8}}
          | (?P<plain> eind | begin | medio | in\ de\ loop\ van | (?:in|op) (?:\ het\ jaar)? ) )
        \s+ (?: \d{{1,2}}\s+ )? (?: (?:{_MONTH})\s+ )? (?P<year>{_YEAR_NUMBER}) (?! [\w-] | [.,]\d )
      | binnen\s+ (?: nu\s+en\s+ )? (?: \d+ | {_SPELT} | enkele | een\ paar ) \s+
        (?: jaar | jaren | maanden | maand | weken | dagen )\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


# What is planned or reckoned for a year is to be had in it, not by it.
_RECKONED = re.compile(r"\b(?:raming|begroting|vooruitzicht|prognose|cijfer|bedrag)\w*\s+$", re.IGNORECASE)
_LONGEST_RECKONED = 30  # characters before a deadline that are looked at for such a word
# "In 2030" alone may be a forecast, or a date that is fixed: so are a fifth of those of years to come.
_GOAL = re.compile(
    r"\b(?:moet(?:en)?|wil(?:len)?|dien(?:t|en)|doel(?:en|stelling\w*)?|streef\w*|streven|min(?:stens|imaal)|ten\s+minste|halver\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, year or deadline: its place, number (of a deadline the year, None for a term) and unit."""

    kind: Literal["amount", "year", "deadline"]
    start: int
    end: int
    value: float | None
    unit: str | None = None


def find_figures(text: str, *, now: int | None = None) -> Iterator[Figure]:
    """Yield what may be a figure; two may overlap: "uiterlijk in 2030" holds a year. `now` is the year of the text."""
    for pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            yield Figure("amount", *match.span(), value_of(match["number"], match["scale"]), _unit(match))
    is_goal = _GOAL.search(text) is not None
    for match in _DEADLINE.finditer(text):
        year = float(match["year"]) if match["year"] else None
        reckoned = _RECKONED.search(text, max(0, match.start() - _LONGEST_RECKONED), match.start())
        is_wanted = is_goal or not match["plain"]
        if not reckoned and (year is None or (is_wanted and _is_to_come(year, now, is_plain=bool(match["plain"])))):
            yield Figure("deadline", *match.span(), year)
    for match in _YEAR.finditer(text):
        yield Figure("year", *match.span(), float(match["year"]))
    for match in _SHORT_YEAR.finditer(text):
        century = 2000 if int(match["year"]) < _CENTURY_TURNS else 1900
        yield Figure("year", *match.span("short"), float(century + int(match["year"])))


def _is_to_come(year: float, now: int | None, *, is_plain: bool) -> bool:
    """Whether a year lies behind that of the text; where only "in" makes it a deadline, that must be known."""
    if is_plain:
        return now is not None and year > now
    return now is None or year >= now


def value_of(number: str, scale: str | None) -> float:
    """The value of a number in digits or words, times its scale, such as "miljoen"."""
    number = number.lower()
    if number in _NUMBER_WORDS:
        value = float(_NUMBER_WORDS[number])
    else:
        digits = re.sub(r"[. \u00a0]", "", number) if _THOUSANDS.fullmatch(number) else number
        value = float(digits.replace(",", "."))
    return value * _SCALES.get((scale or "").lower(), 1)


def _unit(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return next(unit for unit in _UNITS if groups.get(unit.replace(" ", "_")))

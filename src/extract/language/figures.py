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
    "negentig": 90, "honderd": 100,
}  # fmt: skip
_SPELT = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_SCALES = {"duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9, "biljoen": 1e12}
_COUNT = rf"(?P<number>{NUMBER}|\b(?:{_SPELT})\b)(?:\s*(?P<scale>{'|'.join(_SCALES)})\b\.?)?"

_UNITS = {
    "euro": r"euro(?:['’]s)?\b|€",
    "eurocent": r"(?:euro)?cent\b",
    "dollar": r"dollars?\b",
    "guilder": r"guldens?\b",
    "percentage point": r"procentpunt(?:en)?\b|%-?punt(?:en)?\b",
    "percent": r"procent\b|percent\b|%",
}
_UNIT = "|".join(f"(?P<{unit.replace(' ', '_')}>{form})" for unit, form in _UNITS.items())
_AMOUNTS = (
    re.compile(rf"(?<![\w.,]){_COUNT}[\s-]*(?:{_UNIT})", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)(?:(?P<euro>€|EUR\b|euro\b)|(?P<guilder>ƒ|fl\.))\s*{_COUNT}(?![\d.,]*\d)",
        re.IGNORECASE,
    ),
)

_YEAR_NUMBER = r"(?:1[89]|20)\d\d"
_YEAR = re.compile(rf"(?<![\w.,€-]){_YEAR_NUMBER}(?![\w-]|[.,]\d)")
_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_DEADLINE = re.compile(
    rf"""\b(?:
        (?: (?: uiterlijk | vóór | voor | tegen | vanaf | per | tot\ en\ met | tot )
            (?: \s+(?: in | op | voor | vóór | het\ jaar | eind | begin | medio )){{0,8}}
          | eind | begin | medio | in\ de\ loop\ van )
        \s+ (?: \d{{1,2}}\s+ )? (?: (?:{_MONTH})\s+ )? (?P<year>{_YEAR_NUMBER}) (?! [\w-] | [.,]\d )
      | binnen\s+ (?: nu\s+en\s+ )? (?: \d+ | {_SPELT} | enkele | een\ paar ) \s+
        (?: jaar | jaren | maanden | maand | weken | dagen )\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, year or deadline: its place, number (of a deadline the year, None for a term) and unit."""

    kind: Literal["amount", "year", "deadline"]
    start: int
    end: int
    value: float | None
    unit: str | None = None


def find_figures(text: str) -> Iterator[Figure]:
    """Yield what may be a figure; two may overlap: "uiterlijk in 2030" holds a year."""
    for pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            yield Figure("amount", *match.span(), value_of(match["number"], match["scale"]), _unit(match))
    for match in _DEADLINE.finditer(text):
        yield Figure("deadline", *match.span(), float(match["year"]) if match["year"] else None)
    for match in _YEAR.finditer(text):
        yield Figure("year", *match.span(), float(match.group()))


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

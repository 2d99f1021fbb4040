"""The number or letter that a block begins with, by which items are told that follow each other."""

import re

_NUMBER = re.compile(
    r"""\W{0,2}
    ([A-Z]?\d{1,3}(?:[.,]\d{1,2})*                             # 3  3.2  A3
     |[a-z]
     |[IVXL]{1,5})
    (?=[.):,\s]|[A-Z])                                         # some files have no space behind it: "3Zorg"
    """,
    re.VERBOSE,
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}


def number_of(text: str) -> tuple[str, int] | None:
    """The number that a text begins with: what comes before its last part, and that part ("3.2" is "3" and 2).

    Letters and Roman numbers count as well, each among their own kind.
    """
    match = _NUMBER.match(text)
    if not match:
        return None
    written = match[1].replace(",", ".")
    head, _, last = written.rpartition(".")
    digits = re.sub(r"\D", "", last)
    if digits:
        return head + re.sub(r"\d", "", last), int(digits)
    return head + ("a" if last.islower() else "I"), ord(last[0]) - 96 if last.islower() else _roman(last)


def _roman(written: str) -> int:
    values = [_ROMAN[letter] for letter in written]
    return sum(-one if one < two else one for one, two in zip(values, [*values[1:], 1], strict=True))

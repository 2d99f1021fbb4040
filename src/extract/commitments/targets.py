"""How much a commitment wants, and by when: the first quantity and the first deadline of its text, by rules."""

import re
from dataclasses import dataclass

from extract.language.figures import NUMBER, find_figures, value_of

# A count is a target where a word says so ("tot 21 jaar"), or where it is so large that nobody counts by hand.
_SAID = r"tot|naar|op|maximaal|minimaal|minstens|tenminste|ten\s+minste|hoogstens|ten\s+hoogste|extra"
_COUNT = re.compile(
    rf"(?:\b(?P<said>{_SAID})\s+)?(?<![\w.,€-])(?P<count>{NUMBER})(?:\s*(?P<scale>duizend|miljoen|mln|miljard|mld)\b)?"
    r"\s+(?:(?:nieuwe|extra|betaalbare|sociale|volledige|meer)\s+){0,2}(?P<unit>[a-zà-ÿ]{3,}(?:/[a-z]+)?)",
    re.IGNORECASE,
)
_LARGE = 1_000
_NO_UNITS = frozenset({"jarige", "januari", "procent", "euro", "van", "het", "een", "die", "voor", "met", "per", "wil"})


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity to be reached or given, its unit, and the words that say by when; None for what is not said."""

    value: float | None = None
    unit: str | None = None
    deadline: str | None = None


def target_in(text: str, *, now: int | None = None) -> Target:
    """The target of a commitment: its first amount of money or per cent, else its first count; and its deadline.

    `now` is the year of the text, where that is known.
    """
    figures = sorted(find_figures(text, now=now), key=lambda each: each.start)
    deadline = next((text[each.start : each.end] for each in figures if each.kind == "deadline"), None)
    amount = next((each for each in figures if each.kind == "amount"), None)
    if amount:
        return Target(amount.value, amount.unit, deadline)
    for match in _COUNT.finditer(text):
        value, unit = value_of(match["count"], match["scale"]), match["unit"].lower()
        is_age = unit == "jaar" and (match["said"] or "").lower() == "tot"  # "kinderen tot 18 jaar"
        is_said = match["said"] is not None and unit not in _NO_UNITS and not is_age
        if is_said or (value >= _LARGE and unit not in _NO_UNITS and not 1800 <= value <= 2100):
            return Target(value, unit, deadline)
    return Target(deadline=deadline)

"""Lines of plain text → what is measured of them: how wide they are set, whether they were broken, how they begin."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from extract.layout.lines import is_final, is_stopped, starts_lower

_WINDOW = 12  # lines on either side that tell how wide a text is set just here
_WIDE = 0.85  # quantile of their widths that counts as the width
_NARROWEST = 25  # characters; lines that are all shorter were not broken to a width
_WIDEST = 0.9  # quantile of widths that is compared with it; the last tenth may be of another kind
_BROKEN = 0.7  # of the width: a line at least this wide may have been broken
_BROKEN_SHARE = 0.4  # of the lines that another follows at once, when lines are broken to a width
_BROKEN_SHARE_UNSURE = 0.5  # the same, where sentences do not start with capitals
_SMALL_STARTS = 0.25  # of the lines behind a full stop that may start with a small letter
_ITEM_LINES = 25  # that an item with a number may have
_PLAIN_NUMBER = re.compile(r"(\d{1,2})\s+[A-ZÀ-Þ]")


def could_be_broken(text: str) -> bool:
    """Whether a line is so long that somebody may have broken it to a width."""
    return len(text) > _NARROWEST


def widths(texts: Sequence[str], flow: Sequence[int]) -> dict[int, float]:
    """For each line the width to which the text around it was broken, in characters."""
    margins: dict[int, float] = {}
    lengths = [len(texts[rank]) for rank in flow]
    for place, rank in enumerate(flow):
        around = sorted(lengths[max(0, place - _WINDOW) : place + _WINDOW + 1])
        margins[rank] = float(around[min(len(around) - 1, int(_WIDE * len(around)))])
    return margins


def is_wrapped(
    texts: Sequence[str],
    newlines: Sequence[int],
    flow: Sequence[int],
    margins: Mapping[int, float],
    *,
    sentence_capitals: bool,
) -> bool:
    """Whether lines of plain text were broken to a width: most that another follows at once end no sentence."""
    followed = [one for one, two in pairwise(flow) if two - one == 1 and newlines[one] == 1]
    if not followed:
        return False
    widths = sorted(len(texts[rank]) for rank in followed)
    broken = sum(len(texts[rank]) >= _BROKEN * margins[rank] and not is_stopped(texts[rank]) for rank in followed)
    share = _BROKEN_SHARE if sentence_capitals else _BROKEN_SHARE_UNSURE
    return widths[int(_WIDEST * len(widths))] > _NARROWEST and broken > share * len(followed)


def has_sentence_capitals(texts: Sequence[str], flow: Iterable[int]) -> bool:
    """Whether a text writes capitals where sentences start."""
    starts = [
        starts_lower(texts[two]) for one, two in pairwise(flow) if is_final(texts[one]) or texts[one].endswith(")")
    ]
    return sum(starts) <= _SMALL_STARTS * len(starts)


def counted_lines(texts: Sequence[str], flow: Iterable[int]) -> set[int]:
    """Lines that begin with a number without a point, where the number before or behind it is near."""
    numbers = [(rank, int(match[1])) for rank in flow if (match := _PLAIN_NUMBER.match(texts[rank]))]
    counted: set[int] = set()
    for (rank, number), (later, following) in pairwise(numbers):
        if following == number + 1 and later - rank <= _ITEM_LINES:
            counted |= {rank, later}
    return counted

"""Stretches that a quote shares with a text → the chain of them that says most of the quote, in its order."""

from collections.abc import Sequence
from itertools import pairwise

from extract.verification.stretches import Shared

_MOST = 60  # stretches that are looked at, the longest ones; a quote that is there has fewer
# What a jump in the text costs, in letters of the quote that must be won by it: one for so many letters that are
# jumped over, up to a limit, so that a few frequent words far away do not count as a part of the quote.
_JUMPED_PER_LETTER = 100
_MOST_PER_JUMP = 30


def best_chain(stretches: Sequence[Shared]) -> list[Shared]:
    """The stretches, in the order of both quote and text, that cover most letters of the quote with few jumps.

    They come in the order of the text, and so do those that are returned. The method is the chaining of alignment
    anchors (Ohlebusch and Abouelhoda 2006) with a loop over all pairs.
    """
    if len(stretches) > _MOST:
        longest = sorted(stretches, key=lambda each: -each.length)[:_MOST]
        stretches = sorted(longest, key=lambda each: each.place)
    scores: list[float] = []
    before: list[int | None] = []
    for number, each in enumerate(stretches):
        score, earlier = float(each.length), None
        for other in range(number):
            # A chain can only become better by letters of this stretch.
            if scores[other] + each.length > score and (new := _new_letters(stretches[other], each)) > 0:
                gained = scores[other] + new - _cost(stretches[other], each)
                if gained > score:
                    score, earlier = gained, other
        scores.append(score)
        before.append(earlier)
    chain: list[Shared] = []
    at: int | None = max(range(len(scores)), key=scores.__getitem__, default=None)
    while at is not None:
        chain.append(stretches[at])
        at = before[at]
    return chain[::-1]


def near_groups(stretches: Sequence[Shared], width: int) -> list[list[Shared]]:
    """The stretches in groups, in the order of the text: those that begin no further apart than so many letters."""
    groups: list[list[Shared]] = []
    for each in stretches:
        if groups and each.place - groups[-1][-1].place <= width:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def covered(chain: Sequence[Shared]) -> int:
    """Letters of the quote that a chain covers."""
    return sum(each.length for each in chain[:1]) + sum(_new_letters(*pair) for pair in pairwise(chain))


def most_within(stretches: Sequence[Shared], width: int) -> int:
    """The most letters that stretches have in any part of the text of so many letters; overlaps count twice."""
    most = total = first = 0
    for each in stretches:
        total += each.length
        while each.place - stretches[first].place > width:
            total -= stretches[first].length
            first += 1
        most = max(most, total)
    return most


def _new_letters(first: Shared, second: Shared) -> int:
    """Letters of the second stretch that lie behind the first one, in the quote and in the text; 0 or less if none."""
    if first.at >= second.at or first.place >= second.place:
        return 0
    overlap = max(first.at + first.length - second.at, first.place + first.length - second.place, 0)
    return second.length - overlap


def _cost(first: Shared, second: Shared) -> float:
    jumped = abs((second.place - first.place) - (second.at - first.at))
    return min(_MOST_PER_JUMP, jumped / _JUMPED_PER_LETTER)

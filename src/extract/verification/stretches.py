"""Which stretches of letters needles share with a text, and which chain of them says most of a needle, in its order.

Stretches come from an index over the n-grams of the needles and one pass of the text. Time grows with the letters of
the needles plus those of the text, and with what they share; not with their product. The scheme is that of Karp and
Rabin (1987), with array operations for the loop over the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from extract.verification.letters import Codes, Letters

# Letters of an n-gram: two or three words. Between two changed words of a quote there are mostly more.
NGRAM = 12

# A needle is looked at in a text only where so many of its letters, or this share of them, stand in two blocks.
_BLOCK = 1024
_DENSE_LETTERS = 64
_DENSE_SHARE = 0.3

# Times that one n-gram may be met in a text, counted with those in needles. A text that says one thing over and over is
# looked at where it begins to, or memory would grow with the product of both.
_MOST_HITS = 20_000
# Times that all n-grams together may be: each takes some 80 bytes while they are sorted. 3,200 quotes have fewer than
# half a million in a manifesto.
_MOST_TOGETHER = 4_000_000

_MOST_CHAINED = 60  # stretches that may be in a chain, the longest ones; a quote that is there has fewer
# What a jump in the text costs, in letters of the quote that must be won by it: one for so many letters that are
# jumped over, up to a limit, so that a few frequent words far away do not count as a part of the quote.
_JUMPED_PER_LETTER = 100
_MOST_PER_JUMP = 30

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed; sums wrap around, as hashes may
_FILTER_BITS = 22
_FILTER_SHIFT = np.uint64(64 - _FILTER_BITS)

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shared:
    """A stretch of letters that a needle and the text share: where it begins in each, counted in letters."""

    at: int
    place: int
    length: int


class NgramIndex:
    """The n-grams of some needles, and where each stands in which."""

    def __init__(self, needles: Sequence[Letters]) -> None:
        found = [_ngram_hashes(each.codes) for each in needles]
        owners = np.repeat(np.arange(len(needles)), [len(each) for each in found])
        offsets = np.concatenate([np.arange(len(each)) for each in found]) if found else np.empty(0, np.int64)
        hashes = np.concatenate(found) if found else np.empty(0, np.uint64)
        order = np.argsort(hashes, kind="stable")
        self._needles = needles
        self._lengths = np.array([len(each) for each in needles])
        self._hashes, self._owners, self._offsets = hashes[order], owners[order], offsets[order]
        self._filter = np.zeros(2**_FILTER_BITS, dtype=bool)
        self._filter[self._hashes >> _FILTER_SHIFT] = True
        self._short = [number for number, each in enumerate(needles) if 0 < len(each) < NGRAM]

    def shared_with(self, text: Letters, *, least: npt.NDArray[np.float64]) -> dict[int, list[Shared]]:
        """For each needle, by number, the stretches that it shares with a text, in the order of the text.

        They are as long as they can be. Left out are needles of which fewer letters than `least` (shape: needles) are
        in any of them, and stretches by themselves, which every text has: frequent words side by side. Needles shorter
        than an n-gram share all of themselves or nothing.
        """
        owners, offsets, places = self._hits(_ngram_hashes(text.codes))
        # Hits that follow each other on one diagonal are one stretch.
        diagonals = places - offsets
        order = np.lexsort((places, diagonals, owners))
        owners, offsets, places, diagonals = (each[order] for each in (owners, offsets, places, diagonals))
        follows = (np.diff(owners) == 0) & (np.diff(diagonals) == 0) & (np.diff(places) == 1)
        starts = np.flatnonzero(np.concatenate(([True], ~follows))) if len(owners) else np.empty(0, np.int64)
        lengths = np.diff(np.append(starts, len(owners))) + NGRAM - 1
        owners, offsets, places = owners[starts], offsets[starts], places[starts]
        kept = self._are_dense(owners, places, lengths)
        kept &= (_covered(owners, offsets, lengths, len(self._needles)) >= least)[owners]
        found: dict[int, list[Shared]] = {}
        for owner, *stretch in zip(*(each[kept].tolist() for each in (owners, offsets, places, lengths)), strict=True):
            found.setdefault(owner, []).append(Shared(*stretch))
        for owner in self._short:
            if whole := _places_of(self._needles[owner].codes, text.codes):
                found[owner] = whole
        return {owner: sorted(stretches, key=lambda each: each.place) for owner, stretches in found.items()}

    def _are_dense(self, owners: Offsets, places: Offsets, lengths: Offsets) -> npt.NDArray[np.bool_]:
        """Whether each stretch stands where enough letters of its needle are: in its block of the text and the next,
        or the one before."""
        if not len(owners):
            return np.empty(0, bool)
        blocks = places // _BLOCK
        keys, which = np.unique(owners * (int(blocks.max()) + 2) + blocks, return_inverse=True)
        letters = np.bincount(which, weights=lengths)
        both = letters + np.where(np.diff(keys, append=-1) == 1, np.append(letters[1:], 0), 0)
        wanted = np.minimum(_DENSE_LETTERS, _DENSE_SHARE * self._lengths)[keys // (int(blocks.max()) + 2)]
        dense = both >= wanted
        follower = np.concatenate(([False], dense[:-1] & (np.diff(keys) == 1)))
        result: npt.NDArray[np.bool_] = (dense | follower)[which]
        return result

    def _hits(self, hashes: Hashes) -> tuple[Offsets, Offsets, Offsets]:
        """Each n-gram of the text that a needle has: the needle, where it stands there, and where in the text."""
        candidates = np.flatnonzero(self._filter[hashes >> _FILTER_SHIFT])
        first = np.searchsorted(self._hashes, hashes[candidates], side="left")
        counts = np.searchsorted(self._hashes, hashes[candidates], side="right") - first
        most, meetings = _MOST_HITS, _ranks(first) * counts
        while counts[meetings < most].sum() > _MOST_TOGETHER and most:
            most //= 2
        some = meetings < most
        candidates, first, counts = candidates[some], first[some], counts[some]
        places = np.repeat(candidates, counts)
        # The entries of the index that each candidate has: first, first + 1, …
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        entries = np.repeat(first, counts) + within
        return self._owners[entries], self._offsets[entries], places


def _ranks(values: Offsets) -> Offsets:
    """For each value how many equal ones stand before it."""
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=-1))
    ranks = np.empty_like(values)
    ranks[order] = np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    return ranks


def _covered(owners: Offsets, offsets: Offsets, lengths: Offsets, needles: int) -> npt.NDArray[np.float64]:
    """How many letters of each needle are in any stretch, of shape (needles,)."""
    order = np.lexsort((offsets, owners))
    owners, offsets, ends = owners[order], offsets[order], (offsets + lengths)[order]
    # The furthest end so far within a needle: needles are kept apart by adding a multiple of more than any end.
    apart = owners * (int(ends.max(initial=0)) + 1)
    before = np.concatenate(([0], np.maximum.accumulate(apart + ends)[:-1])) - apart if len(ends) else ends
    new = np.maximum(0, ends - np.maximum(before, offsets))
    return np.bincount(owners, weights=new, minlength=needles).astype(np.float64)


def _ngram_hashes(codes: Codes) -> Hashes:
    """A hash for each n-gram, of shape (n - NGRAM + 1,): sums by halves, so that 12 letters take four steps."""
    if len(codes) < NGRAM:
        return np.empty(0, np.uint64)
    one = codes.astype(np.uint64)
    two = one[:-1] * _BASE + one[1:]
    four = two[:-2] * _BASE ** np.uint64(2) + two[2:]
    eight = four[:-4] * _BASE ** np.uint64(4) + four[4:]
    twelve: Hashes = eight[:-4] * _BASE ** np.uint64(4) + four[8:]
    return twelve


def _places_of(needle: Codes, text: Codes) -> list[Shared]:
    """Where a short needle stands in a text."""
    if len(text) < len(needle):
        return []
    windows = np.lib.stride_tricks.sliding_window_view(text, len(needle))
    places = np.flatnonzero((windows == needle).all(axis=1))
    return [Shared(0, place, len(needle)) for place in places.tolist()]


def best_chain(stretches: Sequence[Shared]) -> list[Shared]:
    """The stretches, in the order of both quote and text, that cover most letters of the quote with few jumps.

    They come in the order of the text, and so do those that are returned. The method is the chaining of alignment
    anchors (Ohlebusch and Abouelhoda 2006) with a loop over all pairs.
    """
    if len(stretches) > _MOST_CHAINED:
        longest = sorted(stretches, key=lambda each: -each.length)[:_MOST_CHAINED]
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

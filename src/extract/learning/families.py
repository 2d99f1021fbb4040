"""Groups of annotations whose texts repeat each other: a draft, a next edition, the same manifesto as another file.

What a classifier learnt from one of them it would find again in the other, so they are held out together.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from itertools import combinations

SHARED = 0.1
"""Of the sentences of the shorter of two texts, the share that has to stand in the longer one."""
FEWEST_LETTERS = 40
"""Of a sentence that two texts share by more than chance."""

_MOST_TEXTS = 20  # that share a sentence; what more have is a phrase of the trade


def families(sentences: Mapping[str, Set[str]]) -> dict[str, str]:
    """For each group the first, by its name, of those that its texts repeat or are repeated by, directly or in a row.

    `sentences` are the letters of the sentences of each group, those with FEWEST_LETTERS at least.
    """
    having: dict[str, list[str]] = defaultdict(list)
    for group in sorted(sentences):
        for each in sentences[group]:
            having[each].append(group)
    shared = Counter(
        pair for groups in having.values() if len(groups) <= _MOST_TEXTS for pair in combinations(groups, 2)
    )
    first = {group: group for group in sentences}
    for (one, other), count in sorted(shared.items()):
        if count >= SHARED * min(len(sentences[one]), len(sentences[other])):
            low, high = sorted((first[one], first[other]))
            first = {group: low if each == high else each for group, each in first.items()}
    return first

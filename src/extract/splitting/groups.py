"""Lines of a digest that belong together: groups and items, what heads them, and the sources of quotes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.records import Passage
from extract.splitting.boundaries import sentence_starts
from extract.splitting.marks import quoted_stretches
from extract.splitting.names import Names, Subject
from extract.splitting.subjects import is_capitalised, is_heading_like, lone_party, source_line, speaker

HEAD_CHARACTERS = 120  # of a line that heads the group of lines below it
"""Of a line that heads the group of lines below it."""
FEWEST_GROUPS = 3
"""Of groups, rows, labels or items, from which on they show how a text is made."""
_HEADED_SHARE = 0.4  # of the parties that a text names have headings, if headings decide in it
_BEHIND_SHARE = 0.6  # of the lines that may be sources or headings close a quote, if they are sources
_FEWEST_BEHIND = 2  # lines behind quotes, from which on they are their sources
ITEM = re.compile(r"\s*(?:#+\s*)?(?:\*\*)?(?P<number>\d{1,2})(?:[.)]|\s)\s*\S")
"""A passage that begins with the number of an item."""


def sources_behind(texts: Sequence[str], names: Names) -> dict[int, Subject]:
    """The lines that give the source of the quotes above them, by position; `texts` are those of all passages.

    "Bron: FVD" says what it is. "PVV" and "> PVV" may also head what is below: they are sources where a quote comes
    first, and most such lines end a group of lines or stand between two quotes.
    """
    found = {at: source for at in range(len(texts)) if (source := source_line(texts[at], names))}
    quotes = {at for at in range(len(texts)) if at not in found and is_bare_quote(texts[at])}
    starts = {group.start for group in groups_of(texts)} | {len(texts)}

    def is_behind(at: int) -> bool:
        return at - 1 in quotes and at not in starts

    unsaid = [at for at, (_, is_said) in found.items() if not is_said]
    closing = [at for at in unsaid if is_behind(at) and (at + 1 in quotes or at + 1 in starts)]
    is_quoted_first = bool(quotes) and bool(unsaid) and min(quotes) < min(unsaid)
    are_behind = is_quoted_first and len(closing) >= max(_FEWEST_BEHIND, _BEHIND_SHARE * len(unsaid))
    behind = {
        at: subject
        for at, (subject, is_said) in found.items()
        if is_behind(at) and (is_said or (are_behind and at in closing))
    }
    if are_behind:
        behind |= {
            at: Subject(None, texts[at].strip(), "attribution")
            for at in range(len(texts))
            if at not in found and at not in quotes and is_behind(at) and is_capitalised(texts[at])
        }
    return behind


def heads_of_groups(
    texts: Sequence[str], passages: Sequence[Passage], headings: Mapping[int, Subject], names: Names
) -> dict[int, Subject]:
    """Short first lines of groups of lines that name one party, and questions about one, by position.

    Those are the headings of interviews and of lists of answers.
    """

    def heads(at: int) -> Subject | None:
        line = texts[at].strip()
        if len(line) > HEAD_CHARACTERS or passages[at].kind == "quote" or speaker(line):
            return None
        lone = lone_party(line, names) if line[-1:] in "?:" or is_heading_like(line) else None
        return replace(lone, evidence="heading") if lone else None

    groups = [group for group in groups_of(texts) if len(group) > 1]
    found = {group.start: each for group in groups if group.start not in headings and (each := heads(group.start))}
    headed = len(found) + sum(group.start in headings for group in groups)
    if headed < len(groups) / 2:
        found = {}
    found |= {
        at: each
        for at in range(len(texts) - 1)
        if at not in headings
        and texts[at].strip().endswith("?")
        and not texts[at + 1].strip().endswith("?")
        and sum(1 for _ in sentence_starts(texts[at])) == 1
        and (each := heads(at))
    }
    return found if len({each.party_id for each in found.values()}) >= FEWEST_GROUPS else {}


def headings_decide(headings: Mapping[int, Subject], text: str, names: Names) -> bool:
    """Whether what parties say stands under headings with their names: of most parties that are named at all."""
    headed = {each.party_id or each.as_written for each in headings.values()}
    named = {mention.party_id for mention in names.mentions(text)}
    return len(headings) > 1 and len(headed) >= _HEADED_SHARE * len(named)


def groups_of(texts: Sequence[str], *, by_items: bool = True) -> list[range]:
    """Runs of passages without a blank line, or the number of an item, between them."""
    items = frozenset(items_of(texts) if by_items else ())
    blank = [
        at
        for at in range(1, len(texts))
        if at in items
        or texts[at - 1][len(texts[at - 1].rstrip()) :].count("\n") > 1
        or not texts[at - 1].strip("> \t\n")
    ]
    return [range(start, end) for start, end in pairwise([0, *blank, len(texts)])] if texts else []


def is_bare_quote(text: str) -> bool:
    """Whether a passage is a quote that has no source on its own line."""
    stretches = quoted_stretches(text)
    return bool(stretches) and not (text[: stretches[0].start] + text[stretches[-1].end :]).strip(" \n\t>*_.-–—•")


def items_of(texts: Sequence[str]) -> list[int]:
    """Passages that begin with the numbers of one list, from 1 on."""
    items: list[int] = []
    for at, text in enumerate(texts):
        number = ITEM.match(text)
        if number and int(number["number"]) == len(items) + 1:
            items.append(at)
    return items if len(items) >= FEWEST_GROUPS else []

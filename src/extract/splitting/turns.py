"""Whom each passage of a digest is about, one after the other: who opens, who goes on, and where nobody has a say.

A digest may be told party by party, and then what says nothing else goes on about whoever came before. Others are
told theme by theme, or are lists of quotes, debates, tables, a journalist's prose: there each paragraph stands for
itself. The rule above all: no paragraph about one party goes to another. Where it cannot be told, it goes to none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.layout.lines import is_numbered
from extract.records import ASIDE, Document, Passage
from extract.splitting.groups import (
    FEWEST_GROUPS,
    HEAD_CHARACTERS,
    ITEM,
    groups_of,
    headings_decide,
    is_bare_quote,
    items_of,
)
from extract.splitting.names import Names, Subject, words
from extract.splitting.rows import Rows, is_name_like, party_column
from extract.splitting.subjects import (
    attribution,
    is_capitalised,
    is_heading_like,
    is_label,
    lone_party,
    names_anaphor,
    opens_with_anaphor,
    paragraph_subject,
    speaker,
    unquoted,
)

# Where the party changes in this share of the paragraphs that name one, each stands for itself. In digests told party
# by party it changes in .62 of them at most, in lists, debates and tables in .74 or more (of 26 cases and 15 texts).
_CHANGING = 0.7
_FEWEST_PARAGRAPHS = 8  # of which that can be said

_FEWEST_SOURCES = 3  # behind quotes, from which on a name in their place is a party too
_OTHER_GROUPS = 0.25  # for each group that a party heads, groups between them that none heads, at most
_LISTED = 3  # parties in one paragraph, from which on it is about none of them
_QUOTED_SHARE = 0.15  # of the passages of a digest told party by party are quotes; .29 in the least of 14 cases
_TURNS_EACH = 1.5  # of those who speak in a debate, at least
_SPEAKING = 0.3  # of the paragraphs of a debate begin with who speaks, at least
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_ROW_BELOW = re.compile(r"\s*\|\s*\|")  # whose first cell is empty: it is that of the row above
_RULE = re.compile(r"[\s|:=_*~♥\u2500-\u257f\-–—]*")
_PROSE = frozenset({"body", "list-item"})


@dataclass(frozen=True, slots=True)
class Turn:
    """What a passage does: it is about `subject`, or about nobody that can be told where that is None."""

    subject: Subject | None


def _heads_rows(texts: Sequence[str], at: int) -> bool:
    """Whether a row stands above a rule, as the names of columns do."""
    below = texts[at + 1] if at + 1 < len(texts) else ""
    return bool(_RULE.fullmatch(below)) and bool(below.strip())


class Reader:
    """Reads the passages of one digest: their text, what heads them, and what each names."""

    def __init__(
        self,
        document: Document,
        passages: Sequence[Passage],
        subjects: Mapping[int, Subject],
        headings: Mapping[int, Subject],
        sources: Mapping[int, Subject],
        names: Names,
        *,
        told_by_party: bool,
    ) -> None:
        self.passages = passages
        self.texts = [document.text[each.char_start : each.char_end] for each in passages]
        self.names = names
        self.named = [frozenset(each.party_id for each in names.mentions(unquoted(text))) for text in self.texts]
        self.headings = headings
        self.sources = sources
        self.under_headings = headings_decide(headings, document.text, names)
        self.own = dict(subjects)
        self.own |= self._attributed()
        rows = Rows(document)
        self.cells = [rows.cells(each.char_start, each.char_end) for each in passages]
        self.own |= self._rows()
        self.groups = groups_of(self.texts)
        is_told = told_by_party and self._are_quoted() and not self._items_have_parties() and not self._changes_often()
        self.is_loose = not self.under_headings and not is_told
        if self.is_loose:
            self.own |= {at: lone for at in range(len(passages)) if (lone := self._lone(at))}
        else:
            self.own |= {at: late for at in range(len(passages)) if (late := self._late(at))}
        self.is_grouped = self._parties_have_groups() or self._themes_have_groups() or self._items_have_parties()
        self.is_debate = self._is_debate()
        if not self.under_headings and not self.is_debate:
            self.own |= self._unknown_labels()
        self.owners = sorted(self.own)

    def turns(self) -> dict[int, Turn]:
        """What each passage does that does not go on about whoever came before, by position."""
        turns: dict[int, Turn] = {}
        current: Subject | None = None
        is_tail = False  # behind the parts that parties head
        heads = {group.start: group for group in self.groups} if self.is_grouped else {}
        told_later: Subject | None = None
        for at, passage in enumerate(self.passages):
            if passage.kind in ASIDE:
                continue
            is_tail = is_tail and at not in self.headings
            subject = self.own.get(at) or (self._in_tail(at) if is_tail else None)
            if at in heads:
                told_later = self._told_later(heads[at])
            if subject is None and (at in heads or self.is_loose):
                subject = told_later
            if subject is None and not self.is_loose and not self.under_headings:
                subject = self._told_next(at)
            if subject:
                turns[at] = Turn(subject)
                current = subject
            elif current and self._closes(at, current, is_head=at in heads, is_alone=is_tail or self.is_loose):
                turns[at] = Turn(None)
                current = None
                is_tail = self.under_headings
        return turns

    def _in_tail(self, at: int) -> Subject | None:
        """Whom a passage is about that stands under no party's heading."""
        text = self.texts[at]
        if self.passages[at].kind == "quote" or opens_with_anaphor(text):
            return None
        return paragraph_subject(text, self.names) or lone_party(text, self.names)

    def _attributed(self) -> dict[int, Subject]:
        """Quotes with a source behind them, on their line or on the next."""
        found: dict[int, Subject] = {}
        for at, text in enumerate(self.texts):
            if at in self.headings:
                continue
            subject = attribution(text, self.names)
            if subject:
                found[at] = subject
        self.is_attributing = len(found) + len(self.sources) >= _FEWEST_SOURCES
        if self.is_attributing:
            for at in range(len(self.passages)):
                stranger = attribution(self.texts[at], self.names, strangers=True)
                if at not in self.headings and at not in self.own and stranger:
                    found.setdefault(at, stranger)
        for at, source in self.sources.items():
            found[at] = source
            before = at - 1
            while before >= 0 and before not in self.sources and is_bare_quote(self.texts[before]):
                found[before] = source
                before -= 1
        return found

    def _rows(self) -> dict[int, Subject]:
        """Rows of tables in which one column has the names of parties: other names in it are parties not known."""
        found: dict[int, Subject] = {}
        for table in self._tables():
            cells = [self.cells[at] for at in table]
            known = [[self.names.party_standing(cell) for cell in row] for row in cells]
            column = party_column(cells, [[party_id is not None for party_id in row] for row in known])
            if column is None:
                continue
            is_below = False  # the names of the columns
            for at, row, parties in zip(table, cells, known, strict=True):
                if column >= len(row):
                    continue
                is_below = is_below or parties[column] is not None
                if is_below and is_name_like(row[column]) and not _heads_rows(self.texts, at):
                    found[at] = Subject(parties[column], row[column], "label")
        return found

    def _is_in_table(self, at: int) -> bool:
        return at in self.own and self.own[at].evidence == "label"

    def _tables(self) -> Iterator[range]:
        """Runs of rows without a blank line between them."""
        for group in groups_of(self.texts, by_items=False):
            start: int | None = None
            for at in [*group, group.stop]:
                is_row = at < group.stop and bool(self.cells[at])
                if is_row and start is None:
                    start = at
                elif not is_row and start is not None:
                    yield range(start, at)
                    start = None

    def _are_quoted(self) -> bool:
        """Whether quotes stand between the paragraphs, as in digests in which claims go on about one party."""
        return sum(each.kind == "quote" for each in self.passages) >= _QUOTED_SHARE * len(self.passages)

    def _items_have_parties(self) -> bool:
        """Whether the items of a numbered list are about a party each, not headed by it."""
        items = [group for group in self.groups if ITEM.match(self.texts[group.start])]
        if self.under_headings or not items_of(self.texts):
            return False
        named = [
            parties for group in items if len(parties := frozenset[str]().union(*(self.named[at] for at in group))) == 1
        ]
        return len(set(named)) >= FEWEST_GROUPS and len(named) >= len(items) / 2

    def _changes_often(self) -> bool:
        """Whether paragraphs mostly are about another party, or others, than the one before them."""
        prose = [at for at, each in enumerate(self.passages) if each.kind in _PROSE or at in self.own]
        told = [about for at in prose if (about := self._about(at))]
        changes = sum(one != two for one, two in pairwise(told))
        return len(told) >= _FEWEST_PARAGRAPHS and changes >= _CHANGING * len(told)

    def _about(self, at: int) -> object:
        """The party of a passage that has one, or several that it is about, as something to compare."""
        if at in self.own:
            return self._party(at)
        if opens_with_anaphor(self.texts[at]):
            return None
        lone = lone_party(self.texts[at], self.names)
        return lone.party_id if lone else self.named[at]

    def _lone(self, at: int) -> Subject | None:
        """The only party that a passage names, where each passage stands for itself."""
        if at in self.own or self.passages[at].kind in {*ASIDE, "quote"}:
            return None
        if opens_with_anaphor(self.texts[at]) or self.cells[at]:
            return None
        return lone_party(self.texts[at], self.names)

    def _late(self, at: int) -> Subject | None:
        """A party that a paragraph sets late as the one it is about, where parties have no headings."""
        if self.under_headings or at in self.own or self.passages[at].kind not in _PROSE:
            return None
        if opens_with_anaphor(self.texts[at]):
            return None
        text = self.texts[at].strip()
        is_question = text.endswith("?") and len(text) <= HEAD_CHARACTERS
        return lone_party(text, self.names, late=not is_question)

    def _parties_have_groups(self) -> bool:
        """Whether each party has one group of lines, opened by its name."""
        opened = [
            rank for rank, group in enumerate(self.groups) if group.start in self.own and self.own[group.start].party_id
        ]
        if len(opened) < FEWEST_GROUPS:
            return False
        between = self.groups[opened[0] : opened[-1] + 1]
        others = [group for group in between if group.start not in self.own and not self._goes_on(group.start)]
        return len(others) <= _OTHER_GROUPS * len(opened) and self._are_long()

    def _themes_have_groups(self) -> bool:
        """Whether groups of lines are about a theme each, and have several parties in them."""
        several = [group for group in self.groups if len({self._party(at) for at in group if at in self.own}) > 1]
        return len(several) >= FEWEST_GROUPS and self._are_long()

    def _are_long(self) -> bool:
        return sum(len(group) for group in self.groups if len(group) > 1) > len(self.passages) / 2

    def _party(self, at: int) -> str:
        return self.own[at].party_id or self.own[at].as_written

    def _told_later(self, group: range) -> Subject | None:
        """The one party that a group is about and names, further down in it."""
        found = {self._party(at): self.own[at] for at in group if at in self.own}
        named = frozenset[str]().union(*(self.named[at] for at in group))
        return next(iter(found.values())) if len(found) == 1 and named <= set(found) else None

    def _told_next(self, at: int) -> Subject | None:
        """The one party that a paragraph names, where the next that is about a party is about that one."""
        if self.passages[at].kind not in _PROSE or opens_with_anaphor(self.texts[at]):
            return None
        lone = lone_party(self.texts[at], self.names)
        later = bisect_right(self.owners, at)
        following = self.own[self.owners[later]] if later < len(self.owners) else None
        return lone if lone and following and lone.party_id == following.party_id else None

    def _goes_on(self, at: int) -> bool:
        """Whether a passage leans on the one before it; a quote does not where each has its source."""
        text = self.texts[at]
        if not any(map(str.isalnum, text)) or _ROW_BELOW.match(text):
            return True
        if is_bare_quote(text) or self.passages[at].kind == "quote":
            return not self.is_attributing
        return opens_with_anaphor(text)

    def _closes(self, at: int, current: Subject, *, is_head: bool, is_alone: bool) -> bool:
        """Whether a passage without a subject of its own ends what was said of a party.

        It does not where it goes on about that party. `is_head` says that it opens a group of lines where groups are
        about a party or a theme each, `is_alone` that paragraphs here stand for themselves.
        """
        text, passage = self.texts[at], self.passages[at]
        if not any(map(str.isalnum, text)):
            return False
        others = {mention.party_id for mention in self.names.mentions(text)} - {current.party_id}
        is_quote = passage.kind == "quote"
        if self.cells[at] or (at and self.cells[at - 1] and self._is_in_table(at - 1)):
            return not self._goes_on(at)
        if is_quote and self.is_attributing and not self.under_headings:
            return True
        if not is_quote and _closing_words(text) and current.party_id not in self.named[at]:
            return True
        if not is_quote and len(others) >= _LISTED:
            return True
        if is_head or is_alone:
            return not self._goes_on(at) or (is_alone and not is_quote and bool(others))
        if self.is_debate and (_BRACKETED.fullmatch(text) or is_label(text, self.names, known=False)):
            return True
        if not self.under_headings and not is_quote:
            if len(others) == 1 and current.party_id not in self.named[at] and not names_anaphor(text):
                return lone_party(text, self.names) is not None
            return passage.kind == "heading" or (is_heading_like(text.strip()) and _is_alone(text))
        return False

    def _unknown_labels(self) -> dict[int, Subject]:
        """Labels with names not known, between labels of parties: those are parties too."""
        known = {at for at, each in self.own.items() if each.evidence == "label" and each.party_id}
        if len({self._party(at) for at in known}) < FEWEST_GROUPS:
            return {}
        found: dict[int, Subject] = {}
        for at in range(min(known), len(self.passages)):
            name = speaker(self.texts[at]) if at not in self.own and not self.cells[at] else None
            if name and is_capitalised(name) and self.passages[at].kind != "quote":
                found[at] = Subject(None, name, "label")
        return found

    def _is_debate(self) -> bool:
        """Whether parties take turns: labels with their names come back."""
        labelled = [self._party(at) for at in self.own if self.own[at].evidence == "label"]
        if len(set(labelled)) > 1 and len(labelled) >= _TURNS_EACH * len(set(labelled)):
            return True
        speakers = [name for text in self.texts if (name := speaker(text))]
        return (
            not self.under_headings
            and len(speakers) >= _SPEAKING * len(self.texts)
            and len(speakers) >= _TURNS_EACH * len(set(speakers))
        )


def _closing_words(text: str) -> bool:
    """Whether a paragraph opens as those do in which the makers of a digest speak of it, not of a party."""
    opening = " ".join(re.findall(r"[\w©’']+", text[:60].casefold())[:4])
    return any(opening == each or opening.startswith(each + " ") for each in words("closing"))


def _is_alone(text: str) -> bool:
    return len(text.strip()) <= HEAD_CHARACTERS and text.strip()[:1].isupper() and not is_numbered(text)

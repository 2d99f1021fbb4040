"""The names that parties go by in one text: the register's, other spellings, people, unknown ones."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from extract.parties import Mention, Register
from extract.word_lists import read_list
from extract.word_lists import words as listed_words

SHORT_FORM = re.compile(r"\s*\((?P<short>[\w’'&+/ -]{2,30})\)")
"""An abbreviation in brackets behind a name."""

WORD = re.compile(r"[^\W_][\w’'-]*")
NAME_WORDS = 6
BEFORE_NAME = 60  # characters before a name in which it is seen how it is spoken of
_PERSON_BEFORE = re.compile(
    r"(?P<name>[A-ZÀ-Ý][\w’'-]+(?:\s(?:van|de|der|den|ten|ter|el|al))*(?:\s(?P<last>(?:[A-ZÀ-Ý][\w’'-]+)))+)"
    r"(?:\s\(|,?\s(?:\w+\s)?van\s(?:(?:de|het)\s)?)$"
    r"|(?<=\n)(?P<alone>[A-ZÀ-Ý][\w’'-]+)\s\($"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a paragraph is about: a party of the register, or a name it does not know (`party_id` None)."""

    party_id: str | None
    as_written: str
    evidence: str  # heading, label, subject or attribution
    short: str | None = None  # the abbreviation behind a name: "Partij Zonneschijn (PZ)"


words = functools.partial(listed_words, "subject-words")
"""The Dutch words of a role in `data/subject-words.csv`, in lower case."""


class Names:
    """The names that parties go by in one document: the register's, and unknown ones as they turn up."""

    def __init__(self, register: Register, text: str, *, in_digest: bool = False) -> None:
        self._register = register
        self._unknown: dict[str, str] = {}
        self._lower_words = frozenset(re.findall(r"(?<![\w’'-])[a-zà-ÿ][\w-]*", text))
        self._in_digest = in_digest
        self._people = _people(text, register) if in_digest else {}
        self._people_pattern = _pattern_of(self._people) if self._people else None

    def learn(self, subject: Subject) -> None:
        """Remember an unknown party's name and abbreviation, so that later paragraphs are recognised."""
        if subject.party_id is None:
            for name in (subject.as_written, subject.short):
                if name:
                    self._unknown.setdefault(name, subject.as_written)

    def at(self, text: str, position: int) -> Mention | None:
        """The party name that begins at a position."""
        mention = self._register.mention_at(text, position)
        if mention:
            return mention
        if self._in_digest and (found := _byname_pattern().match(text, position)):
            return _byname(found)
        if self._people_pattern and (found := self._people_pattern.match(text, position)):
            return Mention(self._people[found.group()], found.group(), found.start(), found.end())
        for word in islice(WORD.finditer(text, position), NAME_WORDS):
            as_written = self._unknown.get(text[position : word.end()])
            if as_written:
                return Mention("", as_written, position, word.end())
        return None

    def mentions(self, text: str) -> list[Mention]:
        """The parties of the register that a text names; in a digest also by other names than their own."""
        mentions = self._register.mentions(text)
        if not self._in_digest:
            return mentions
        taken = [range(each.start, each.end) for each in mentions]
        others = [_byname(each) for each in _byname_pattern().finditer(text)]
        if self._people_pattern:
            found = self._people_pattern.finditer(text)
            others += [Mention(self._people[each.group()], each.group(), each.start(), each.end()) for each in found]
        others = [each for each in others if not any(each.start in span or each.end - 1 in span for span in taken)]
        return sorted([*mentions, *others], key=lambda each: each.start)

    def party_named(self, name: str) -> str | None:
        """party_id of a name that stands alone."""
        return self._register.party_named(name)

    def party_labelled(self, name: str) -> str | None:
        """party_id of a name set off from the text behind it."""
        if party_id := self._register.party_labelled(name):
            return party_id
        return self._people.get(name) or _bynames().get(name.casefold()) if self._in_digest else None

    def party_standing(self, name: str) -> str | None:
        """party_id of a name in a cell or a label of its own, its abbreviation behind it or not."""
        long, short = split_short_form(name)
        return next((found for each in (name, long, short) if each and (found := self.party_named(each))), None)

    def is_common_word(self, word: str) -> bool:
        """Whether the document also uses a word in lower case, so that it is no name."""
        return word.lower() in self._lower_words


@functools.cache
def _bynames() -> dict[str, str]:
    return {row["name"].casefold(): row["party_id"] for row in read_list("party-bynames")}


@functools.cache
def _byname_pattern() -> re.Pattern[str]:
    return _pattern_of(row["name"] for row in read_list("party-bynames"))


def _pattern_of(names: Iterable[str]) -> re.Pattern[str]:
    by_length = sorted(names, key=lambda each: (-len(each), each))
    return re.compile(rf"(?<![\w-])(?<!\w['’])(?:{'|'.join(map(re.escape, by_length))})(?![\w-]|['’]\w)")


def _people(text: str, register: Register) -> dict[str, str]:
    """The people of whom a text says for which party they speak, by full name and by last name.

    "Pieter Omtzigt (NSC)", "Rutte (VVD)", "Jimmy Dijk van de SP". A name that goes with two parties is nobody's.
    """
    found: dict[str, set[str]] = {}
    for mention in register.mentions(text):
        before = text[max(0, mention.start - BEFORE_NAME) : mention.start]
        person = _PERSON_BEFORE.search(before)
        full = person["name"] or person["alone"] if person else None
        if person and full and register.party_named(full) is None:
            for name in {full, person["last"] or full}:
                found.setdefault(name, set()).add(mention.party_id)
    return {
        name: next(iter(parties))
        for name, parties in found.items()
        if len(parties) == 1 and not register.mentions(name) and name.lower() not in words("not-a-party")
    }


def _byname(found: re.Match[str]) -> Mention:
    return Mention(_bynames()[found.group().casefold()], found.group(), found.start(), found.end())


def split_short_form(name: str) -> tuple[str, str | None]:
    """A name without the abbreviation in brackets behind it, and that."""
    short = SHORT_FORM.search(name)
    if short and short.end() == len(name):
        return name[: short.start()].strip(), short["short"]
    return name, None

"""The register of parties: who they are, under which names texts speak of them, and where a text does."""

import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extract.records import Party
from extract.word_lists import read_list

# A name ends where its word ends: not inside "VVD-leider", "D66'er" or "CDA’ers".
_BEFORE = r"(?<![\w-])(?<!\w['’])"
_AFTER = r"(?![\w-]|['’]\w)"
_LIST_SIGN = re.compile(r"\s*(?:[;,/&]|\+(?=\s*[A-Za-z]))\s*")  # between the members of a joint list
_LONG_NAME = 9  # letters; from this length on a name is itself in any case ("partij voor de dieren")

# Years before and after those of the register in which a name that one party alone bears is still its: the register
# need not know the first and last election of a small party. The nearest that share a name are 17 years apart.
_APART = 12

Bearers = dict[str, list[tuple[str, range]]]
"""By name, as `_fold` writes it, the parties that bear it, with the years in which they do."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A party named in a text: `text[start:end] == as_written`. Its id is empty where none or several can be meant."""

    party_id: str
    as_written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Register:
    """All parties known, and the patterns that find their names in running text."""

    parties: tuple[Party, ...]
    pattern: re.Pattern[str]
    party_of_name: dict[str, str]  # names of running text
    standing: Bearers  # names that stand alone
    expected: Bearers  # the same, and ordinary words, which are names where a party is expected, such as a file's name
    own_pattern: re.Pattern[str]  # of all names that no ordinary word has
    own: Bearers  # those names
    members: dict[str, frozenset[str]]  # of joint lists
    called: dict[str, re.Pattern[str]]  # by party_id, the names of a party as its own texts write them
    written: dict[str, str]  # by name, as `_fold` writes it, how the register writes it

    def mention_at(self, text: str, position: int) -> Mention | None:
        """The party name that begins at a position of a text, the longest if there are several."""
        match = self.pattern.match(text, position)
        return self._mention(match) if match else None

    def party_named(self, name: str, year: int | None = None, *, expected: bool = False) -> str | None:
        """party_id for a name that stands alone, as a heading does; without a year the latest to bear it.

        Where a party is `expected`, as in the name of a file, it may be a word that means something else in a heading
        ("Oprecht"), and accents may lack. "ARP; CHU; KVP" is the joint list with those members, in any order.
        """
        bearers = self.expected.get(_fold(name)) or self.expected.get(_plain(name), []) if expected else None
        bearers = self.standing.get(_fold(name), []) if bearers is None else bearers
        party_id = _latest(bearers, year)
        return party_id or self._joint_list(name, year, expected)

    def party_named_for_sure(self, name: str, year: int | None = None) -> str | None:
        """The same for a name that stands alone, but none where several bore it and no year tells which."""
        bearers = self.standing.get(_fold(name), [])
        return None if year is None and len(bearers) > 1 else self.party_named(name, year)

    def party_labelled(self, name: str) -> str | None:
        """party_id for a name of running text, in any case."""
        return self.party_of_name.get(_fold(name))

    def is_same(self, one: str | None, other: str | None) -> bool:
        """Whether two party_ids mean one party, or one a joint list of which the other is a member."""
        if one is None or other is None:
            return False
        return one == other or one in self.members.get(other, ()) or other in self.members.get(one, ())

    def mentions(self, text: str) -> list[Mention]:
        """The party names in a text, in order."""
        return [self._mention(match) for match in self.pattern.finditer(text)]

    def own_mentions(self, text: str, year: int | None = None) -> Iterator[Mention]:
        """Yield the parties in a text of one party, also those of old, by names that no ordinary word has.

        A name that several parties bore, and bear in that year, is nobody's.
        """
        for match in self.own_pattern.finditer(text):
            bearers = self.own[_fold(match.group())]
            found = {party_id for party_id, years in bearers if year is None or year in years}
            if len(found) == 1:
                yield Mention(found.pop(), match.group(), match.start(), match.end())

    def named(self, text: str, *, year: int | None = None, own: str | None = None) -> Iterator[Mention]:
        """Yield the parties that a text of some year names, those of the past too; two may overlap.

        A name that several bear has no party_id. In a text of party `own` its names count where they are ordinary words
        as well ("Code Oranje"), are dotted ("P.P.V.O."), or stand glued to others, as scans have them ("DeCPN").
        """
        if own in self.called:
            for match in self.called[own].finditer(text):
                yield Mention(own, match.group(), match.start(), match.end())
        for match in self.own_pattern.finditer(text):
            name = _fold(match.group())
            meant = _possible(self.own[name], year)
            if meant and _is_written_as_name(match.group(), self.written[name]):
                yield Mention(meant.pop() if len(meant) == 1 else "", match.group(), match.start(), match.end())

    def stood_in(self, party_id: str, year: int) -> bool:
        """Whether a party bore its names in a year."""
        return any(year in years for bearers in self.expected.values() for each, years in bearers if each == party_id)

    def _joint_list(self, name: str, year: int | None, expected: bool) -> str | None:
        parts = [part for part in _LIST_SIGN.split(name) if part]
        members = {self.party_named(part, year, expected=expected) for part in parts} if len(parts) > 1 else set()
        lists = (party for party in self.parties if party.members)
        return next((party.party_id for party in lists if set((party.members or "").split("|")) == members), None)

    def _mention(self, match: re.Match[str]) -> Mention:
        party_id = self.party_of_name[_fold(match.group())]
        return Mention(party_id, match.group(), match.start(), match.end())


@functools.cache
def load_register() -> Register:
    """The register that ships with the package, `data/parties.csv`."""
    return read_register(read_list("parties"))


def read_register(rows: Iterable[dict[str, str]]) -> Register:
    """A register from rows with the columns of `data/parties.csv`."""
    parties: list[Party] = []
    party_of_name: dict[str, str] = {}
    standing, expected, own = (defaultdict[str, list[tuple[str, range]]](list) for _ in range(3))
    names: list[str] = []
    own_names: list[str] = []
    called: dict[str, re.Pattern[str]] = {}
    for row in rows:
        party = _party(row)
        parties.append(party)
        bearer = (party.party_id, _years(row["years"]))
        running = [party.name, party.full_name, *_split(row["aliases"])]
        in_files = [*running, party.party_id, *_split(row["other_names"]), *_split(row["file_names"])]
        words = set(map(_fold, _split(row["file_names"])))
        called[party.party_id] = _called_pattern(running, [*_split(row["other_names"]), *_split(row["file_names"])])
        for name in dict.fromkeys(map(_fold, in_files)):
            expected[name].append(bearer)
            if name not in words:
                standing[name].append(bearer)
        if row["in_text"] == "yes":
            party_of_name |= {_fold(name): party.party_id for name in running if _fold(name) not in party_of_name}
            names += running
        if row["in_text"] != "no":
            distinct = [name for name in running if _fold(name) not in words]
            own_names += distinct
            for name in dict.fromkeys(map(_fold, distinct)):
                own[name].append(bearer)
    for name in list(expected):
        if (plain := _plain(name)) not in expected:
            expected[plain] = expected[name]
    members = {party.party_id: frozenset(party.members.split("|")) for party in parties if party.members}
    return Register(
        parties=tuple(parties),
        pattern=_names_pattern(names),
        party_of_name=party_of_name,
        standing=dict(standing),
        expected=dict(expected),
        own_pattern=_names_pattern(own_names),
        own=dict(own),
        members=members,
        called=called,
        written={_fold(name): name for name in reversed(own_names)},
    )


def _years(cell: str) -> range:
    """Years in which a party bore its names: "1972-", "-1946", "1967", or empty for always."""
    first, dash, last = cell.partition("-")
    return range(int(first or 0), int(last or (9_999 if dash or not first else first)) + 1)


def _party(row: dict[str, str]) -> Party:
    return Party(
        party_id=row["party_id"],
        name=row["name"],
        full_name=row["full_name"],
        members=row["members"] or None,
        partyfacts_id=int(row["partyfacts_id"]) if row["partyfacts_id"] else None,
        parlgov_id=int(row["parlgov_id"]) if row["parlgov_id"] else None,
        manifesto_project_id=int(row["manifesto_project_id"]) if row["manifesto_project_id"] else None,
        wikidata_id=row["wikidata_id"] or None,
    )


def _names_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """One alternation, longest name first, so that "GroenLinks-PvdA" is never read as "GroenLinks"."""
    by_length = sorted(set(names), key=lambda name: (-len(name), name))
    return re.compile(f"{_BEFORE}(?:{'|'.join(map(_name_pattern, by_length))}){_AFTER}")


def _name_pattern(name: str) -> str:
    pattern = _name_in_case(name)
    return f"(?i:{pattern})" if sum(map(str.isalpha, name)) >= _LONG_NAME else pattern


def _name_in_case(name: str) -> str:
    return "".join(_CHARACTER_PATTERNS.get(each, re.escape(each)) for each in name)


def _called_pattern(running: Iterable[str], others: Iterable[str]) -> re.Pattern[str]:
    """The names of a party as its own texts write them. One of the `others` that is a word ("Trots") is left out."""
    others = [name for name in others if name != name.lower() and (" " in name or sum(map(str.isupper, name)) > 1)]
    names = sorted({*running, *others}, key=lambda name: (-len(name), name))
    short = [name for name in names if _ABBREVIATION.fullmatch(name)]
    glued = [name for name in short if len(name) > 2 and name.isupper()]
    dotted = [r"\.\s?".join(name) for name in short]
    either = [rf"{_BEFORE}(?:{'|'.join(map(_name_in_case, names))}){_AFTER}"]
    if short:
        either.append(rf"(?<![\w.-])(?i:{'|'.join(dotted)})(?:\.|{_AFTER})")
    if glued:
        either.append(rf"(?<![^\Wa-zà-ÿ])(?<![.-])(?:{'|'.join(glued)})(?!ers?\b|[^\Wa-zà-ÿ]|-|['’]\w)")
    return re.compile("|".join(either))


_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z]{2,6}")
_FEWEST_WORDS = 3  # of a name with "partij" that is itself in small letters: "een sociaal-democratische partij" is none


def _is_written_as_name(as_written: str, name: str) -> bool:
    """Whether words stand there as a name; not so "in het belang van Nederland", "een nieuw sociaal contract"."""

    def capitals(of: str) -> int:
        return sum(word[0].isupper() for word in of.split())

    is_party = "Partij" in as_written or ("partij" in as_written and len(as_written.split()) >= _FEWEST_WORDS)
    return is_party or capitals(as_written) >= capitals(name)


_CHARACTER_PATTERNS = {" ": r"\s+", "-": r"[-\u2010\u2011]", "'": "['’]", "’": "['’]"}


def _latest(bearers: Sequence[tuple[str, range]], year: int | None) -> str | None:
    """Who of those that bear a name does in a year; without one, who did last, and first of these in the register."""
    fitting = [(each, years) for each, years in bearers if year is None or year in years]
    if not fitting and year is not None and len(bearers) == 1:
        fitting = [
            (each, years) for each, years in bearers if year + _APART >= years.start and year - _APART < years.stop
        ]
    return max(fitting, key=lambda each: each[1].stop)[0] if fitting else None


def _possible(bearers: Sequence[tuple[str, range]], year: int | None) -> set[str]:
    """Who can be meant by a name in a text of a year: who bears it then, else who did in the past."""
    fitting = {each for each, years in bearers if year is None or year in years}
    return fitting or {each for each, years in bearers if year is not None and year + _APART >= years.start}


def _plain(name: str) -> str:
    """A name without accents, as files are named."""
    return "".join(each for each in unicodedata.normalize("NFD", _fold(name)) if not unicodedata.combining(each))


def _fold(name: str) -> str:
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip().casefold()
    return folded.replace("’", "'").replace("\u2010", "-").replace("\u2011", "-")


def _split(cell: str) -> list[str]:
    return [each for each in cell.split("|") if each]

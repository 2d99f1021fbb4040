"""The register of parties: who they are, under which names texts speak of them, and where a text does."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from extract.records import Party
from extract.word_lists import read_list

# A name ends where its word ends: not inside "VVD-leider", "D66'er" or "CDA’ers".
_BEFORE = r"(?<![\w-])(?<!\w['’])"
_AFTER = r"(?![\w-]|['’]\w)"
_LIST_SIGN = re.compile(r"\s*(?:[;,/&]|\+(?=\s*[A-Za-z]))\s*")  # between the members of a joint list
_LONG_NAME = 9  # letters; from this length on a name is itself in any case ("partij voor de dieren")


@dataclass(frozen=True, slots=True)
class Mention:
    """A party named in a text: `text[start:end] == as_written`."""

    party_id: str
    as_written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Register:
    """All parties known, and the pattern that finds their names in running text."""

    parties: tuple[Party, ...]
    pattern: re.Pattern[str]
    party_of_name: dict[str, str]  # names of running text
    standing: dict[str, list[tuple[str, range]]]  # names that stand alone, with the years in which they meant whom
    members: dict[str, frozenset[str]]  # of joint lists

    def mention_at(self, text: str, position: int) -> Mention | None:
        """The party name that begins at a position of a text, the longest if there are several."""
        match = self.pattern.match(text, position)
        return self._mention(match) if match else None

    def party_named(self, name: str, year: int | None = None) -> str | None:
        """party_id for a name that stands alone, as a heading or in a file name; without a year the latest to bear it.

        "ARP; CHU; KVP" is the joint list with those members, in any order.
        """
        bearers = self.standing.get(_fold(name), [])
        party_id = next((each for each, years in bearers if year is None or year in years), None)
        return party_id or self._joint_list(name, year)

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

    def _joint_list(self, name: str, year: int | None) -> str | None:
        parts = [part for part in _LIST_SIGN.split(name) if part]
        members = {self.party_named(part, year) for part in parts} if len(parts) > 1 else set()
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
    standing: dict[str, list[tuple[str, range]]] = defaultdict(list)
    names: list[str] = []
    for row in rows:
        party = _party(row)
        parties.append(party)
        running = [party.name, party.full_name, *_split(row["aliases"])]
        for name in dict.fromkeys(map(_fold, (*running, party.party_id, *_split(row["other_names"])))):
            standing[name].append((party.party_id, _years(row["years"])))
        if row["in_text"] == "yes":
            party_of_name |= {_fold(name): party.party_id for name in running if _fold(name) not in party_of_name}
            names += running
    members = {party.party_id: frozenset(party.members.split("|")) for party in parties if party.members}
    return Register(tuple(parties), _names_pattern(names), party_of_name, dict(standing), members)


def _years(cell: str) -> range:
    """Years in which a party bore its names: "1972-", "-1946", or empty for always."""
    first, _, last = cell.partition("-")
    return range(int(first or 0), int(last or 9_999) + 1)


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
    pattern = "".join(_CHARACTER_PATTERNS.get(each, re.escape(each)) for each in name)
    return f"(?i:{pattern})" if sum(map(str.isalpha, name)) >= _LONG_NAME else pattern


_CHARACTER_PATTERNS = {" ": r"\s+", "-": r"[-\u2010\u2011]", "'": "['’]", "’": "['’]"}


def _fold(name: str) -> str:
    folded = re.sub(r"\s+", " ", name).strip().casefold()
    return folded.replace("’", "'").replace("\u2010", "-").replace("\u2011", "-")


def _split(cell: str) -> list[str]:
    return [each for each in cell.split("|") if each]

"""The register of parties: who they are, under which names texts speak of them, and where a text does."""

import csv
import functools
import importlib.resources
import re
from collections.abc import Iterable
from dataclasses import dataclass

from extract.records import Party

# A name ends where its word ends: not inside "VVD-leider", "D66'er" or "CDA’ers".
_BEFORE = r"(?<![\w-])(?<!\w['’])"
_AFTER = r"(?![\w-]|['’]\w)"
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
    party_of_name: dict[str, str]
    headings: dict[str, str]

    def mention_at(self, text: str, position: int) -> Mention | None:
        """The party name that begins at a position of a text, the longest if there are several."""
        match = self.pattern.match(text, position)
        return self._mention(match) if match else None

    def party_named(self, name: str) -> str | None:
        """party_id for a name that stands alone, such as a heading; also by names no running text uses."""
        return self.headings.get(_fold(name))

    def party_labelled(self, name: str) -> str | None:
        """party_id for a name of running text, in any case."""
        return self.party_of_name.get(_fold(name))

    def mentions(self, text: str) -> list[Mention]:
        """The party names in a text, in order."""
        return [self._mention(match) for match in self.pattern.finditer(text)]

    def _mention(self, match: re.Match[str]) -> Mention:
        party_id = self.party_of_name[_fold(match.group())]
        return Mention(party_id, match.group(), match.start(), match.end())


@functools.cache
def load_register() -> Register:
    """The register that ships with the package, `data/parties.csv`."""
    source = importlib.resources.files("extract") / "data" / "parties.csv"
    return read_register(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


def read_register(rows: Iterable[dict[str, str]]) -> Register:
    """A register from rows with the columns of `data/parties.csv`."""
    parties: list[Party] = []
    party_of_name: dict[str, str] = {}
    headings: dict[str, str] = {}
    names: list[str] = []
    for row in rows:
        party = _party(row)
        parties.append(party)
        running = [party.name, party.full_name, *_split(row["aliases"])]
        for name in running:
            party_of_name.setdefault(_fold(name), party.party_id)
        for name in (*running, party.party_id, *_split(row["other_names"])):
            headings.setdefault(_fold(name), party.party_id)
        names += running
    return Register(tuple(parties), _names_pattern(names), party_of_name, headings)


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

"""What a dataset version has to say of itself at the end of a run: parties and Problems, asked of its database."""

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extract.dataset.database import read_database
from extract.records import THEMES
from extract.verification.statuses import IN_DRAFT, VERIFIED
from pipelines.plan import Outcome, Plan

_SHOWN_THEMES = 3  # most frequent themes shown per party
_MOST_ROWS = 500  # of a table at Prefect's server; the rest is in the dataset

# Parties that are not known go by the name that the text gives them.
_PARTY_OF = """
CREATE TEMP TABLE party_of AS
SELECT section_id, coalesce(name, party_as_written, '(unknown)') AS party
FROM sections LEFT JOIN parties USING (party_id)
"""
# What is counted per party. Rows stand in the order of the documents: the first of a party says where it comes.
COUNTED = {
    "sentences": "SELECT rowid AS place, section_id FROM sentences",
    "quotes": "SELECT rowid AS place, section_id FROM quotes WHERE kind = 'statement'",
    "proposals": "SELECT proposals.rowid AS place, section_id FROM proposals JOIN sentences USING (sentence_id)",
}
_COUNT = """
SELECT coalesce(party, '(before the first party)'), count(*)
FROM ({rows}) LEFT JOIN party_of USING (section_id)
GROUP BY 1 ORDER BY min(place)
"""
_THEMES = f"""
SELECT coalesce(party, '(before the first party)'), label, count(*)
FROM labels JOIN sentences USING (sentence_id) LEFT JOIN party_of USING (section_id)
WHERE codebook = '{THEMES}' AND NOT abstained AND label <> 'none'
GROUP BY 1, 2 ORDER BY 3 DESC, 2
"""
_CERTIFIED = """
SELECT coalesce(party, '(before the first party)'), status, best, count(*)
FROM certificates JOIN quotes USING (quote_id) LEFT JOIN party_of USING (section_id)
GROUP BY 1, 2, 3
"""


# The documents that were read worst: those without an estimate after those with one of the same grade.
_WORST = """
SELECT path, grade, sentence_f1, sentence_f1_low, sentence_f1_high, doubts, whole_share, known_share
FROM readings JOIN documents USING (document_id) WHERE grade <> 'A' OR doubts IS NOT NULL
ORDER BY grade DESC, coalesce(sentence_f1, 1), doubts IS NULL, path LIMIT ?
"""
_SHOWN_WORST = 3
_LOW = 0.9  # of whole_share and known_share; of nine manifestos in ten the second is .91 or more


@dataclass(frozen=True, slots=True)
class ReadingSummary:
    """How well a document was read, and why not better."""

    path: str
    grade: str
    sentence_f1: float | None
    sentence_f1_low: float | None
    sentence_f1_high: float | None
    doubts: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class PartySummary:
    """A row of the summary. Quotes of digests are `verified` if the party's manifesto has them."""

    party: str
    sentences: int
    quotes: int
    proposals: int
    verified: int
    in_draft: int  # quotes of digests that only a draft has
    without_manifesto: int  # quotes of digests for which there is none of that party and election
    to_verify: int  # quotes of digests
    themes: str

    @property
    def said(self) -> str:
        """How many of its quotes are verified, in words."""
        there = self.to_verify - self.without_manifesto
        if not there:
            return "no manifesto" if self.to_verify else ""
        if self.in_draft == there:
            return f"{there} in draft"
        return f"{self.verified} of {there}" + (f", {self.in_draft} in draft" if self.in_draft else "")


def as_records(folder: Path) -> dict[str, Any]:
    """The summary of a dataset version for machines: a record per party, and the Problems."""
    columns = ("severity", "code", "path", "message")
    with closing(read_database(folder)) as database:
        problems = database.execute(f"SELECT {', '.join(columns)} FROM problems ORDER BY rowid").fetchall()
        return {
            "parties": [asdict(row) for row in by_party(database)],
            "worst_read": [asdict(row) for row in worst_read(database)],
            "problems": [dict(zip(columns, row, strict=True)) for row in problems],
        }


def worst_read(database: sqlite3.Connection) -> list[ReadingSummary]:
    """The documents that were read worst, the worst first; none that was read well and has no doubts."""
    found = []
    for path, grade, f1, low, high, codes, whole, known in database.execute(_WORST, (_SHOWN_WORST,)):
        doubts = tuple(codes.split("|")) if codes else ()
        why = [each.replace("-", " ") for each in doubts]
        if whole is not None and whole < _LOW:
            why.append(f"{1 - whole:.0%} of its sentences do not begin or end as sentences do")
        if known is not None and known < _LOW:
            why.append(f"{1 - known:.0%} of its words are in no list of Dutch words")
        found.append(ReadingSummary(path, grade, f1, low, high, doubts, "; ".join(why)))
    return found


def leave_artifacts(folder: Path, plan: Plan, outcome: Outcome) -> None:
    """Leave at Prefect's server what a run did that made or confirmed the dataset version in `folder`."""
    from prefect.artifacts import create_link_artifact, create_table_artifact  # not above: a command may do without

    summary = as_records(folder)
    version = f"dataset {outcome.version}"
    create_table_artifact(summary["parties"][:_MOST_ROWS], key="summary", description=f"Parties in {version}")
    create_table_artifact(summary["problems"][:_MOST_ROWS], key="problems", description=f"Problems in {version}")
    reasons = [{"action": action, "why": why, "documents": count} for (action, why), count in plan.reasons().items()]
    create_table_artifact(reasons, key="documents", description="What was done with documents, and why")
    readme = (folder / "README.md").absolute()
    create_link_artifact(readme.as_uri(), key="report", link_text=f"{version}: {readme}")


def by_party(database: sqlite3.Connection) -> list[PartySummary]:
    """A row per party in the order in which they first occur."""
    database.execute(_PARTY_OF)
    counts = {name: dict(database.execute(_COUNT.format(rows=rows))) for name, rows in COUNTED.items()}
    themes: dict[str, list[str]] = {}
    for party, label, count in database.execute(_THEMES):
        themes.setdefault(party, []).append(f"{label} {count}")
    certified: dict[str, Counter[str]] = defaultdict(Counter)
    for party, status, best, count in database.execute(_CERTIFIED):
        certified[party]["without manifesto"] += count if status == "no-source" else 0
        certified[party]["quotes"] += count if best else 0
        certified[party]["verified"] += count if best and status in VERIFIED else 0
        certified[party]["draft"] += count if best and status in IN_DRAFT else 0
    return [
        PartySummary(
            party=party,
            verified=certified[party]["verified"],
            in_draft=certified[party]["draft"],
            without_manifesto=certified[party]["without manifesto"],
            to_verify=certified[party]["quotes"],
            themes=", ".join(themes.get(party, ())[:_SHOWN_THEMES]),
            **{name: found.get(party, 0) for name, found in counts.items()},
        )
        for party in dict.fromkeys(party for found in counts.values() for party in found)
    ]

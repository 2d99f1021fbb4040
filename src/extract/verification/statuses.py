"""What can be said of a quote and a manifesto: THE table of statuses, from what says most to what says least.

The types of the columns `certificates.status` and `certificates.match` list the same ids. Words, colours and queries
that show them, and docs/certificates.md, are held to this table by tests/verification/test_statuses.py.
"""

from dataclasses import dataclass
from typing import get_args

from extract.records import CertificateStatus, Match


@dataclass(frozen=True, slots=True)
class Status:
    """What a status says of a quote."""

    meaning: str
    verified: bool = False  # a quote whose best certificate has it counts as verified
    in_draft: bool = False  # and with this, as one that only a draft has
    doubt: str = ""  # what a Problem then says of the quote; nothing where it has no Problem


STATUSES: dict[CertificateStatus, Status] = {
    "verbatim": Status(
        "the same words, capitals and punctuation. What a page does to a text does not count: line ends, hyphens at "
        "line ends, page furniture, bullets, a heading or pull quote in between, the shape of quote marks and dashes, "
        "words torn or run together by the file",
        verified=True,
    ),
    "near": Status(
        "no other word, but another mark (punctuation, hyphen, quote marks), capital or accent; or cut at an end, so "
        "that a sentence looks finished which is not",
        verified=True,
    ),
    "elided": Status(
        'text was left out, and "..." says so, also at an end; what is quoted is there, in this order, within two '
        "pages",
        verified=True,
    ),
    "draft": Status(
        "verbatim, near or elided (see `match`), but found only in a text whose `source_status` is draft",
        in_draft=True,
    ),
    "other-election": Status(
        "the same, but found only in the party's manifesto for another election (`source_election`)",
        doubt="stands only in a manifesto for another election",
    ),
    "elided-unmarked": Status(
        "one or more whole sentences between two others were left out, and nothing says so",
        doubt="leaves out sentences without a mark",
    ),
    "altered": Status(
        "a word was changed, added or left out inside; words stand in another order; parts more than two pages apart "
        "were joined; or an end was cut so that the sentence says something else",
        doubt="stands there in other words",
    ),
    "other-party": Status(
        "verbatim, near or elided, but found only in a manifesto of another party than the digest names, or where it "
        "names none that is known",
        doubt="stands in the manifesto of another party",
    ),
    "no-source": Status(
        "there is no manifesto of this party for this election in the raw folder (or it could not be searched, and a "
        "Problem says so)"
    ),
    "not-found": Status("there is one, and nothing in it is enough like the quote", doubt="is not to be found"),
}

VERIFIED = frozenset(name for name, status in STATUSES.items() if status.verified)
"""Statuses of the best certificate with which a quote counts as verified."""

IN_DRAFT = frozenset(name for name, status in STATUSES.items() if status.in_draft)
"""Statuses of the best certificate with which a quote counts as one that only a draft has."""

MATCHES: tuple[Match, ...] = get_args(Match)
"""Statuses that say how exactly a quote stands in a text, whoever's and of whenever it is."""

_RANKS = {name: rank for rank, name in enumerate(STATUSES)}


def rank_of(status: CertificateStatus) -> int:
    """0 for what says most of a quote, more for each status that says less."""
    return _RANKS[status]

"""What tests of certificates share: a source from a text, a quote from a text, and its best certificate."""

from collections.abc import Iterable, Sequence

from extract.certificates import Claimed
from extract.certification import Digest, certify
from extract.documents import document_of
from extract.extraction import Resources, split
from extract.facts import Facts
from extract.parties import load_register
from extract.records import Certificate, Extraction, Quote
from extract.sources import Source, source_of
from extract.tables import rows_of


def source(text: str, resources: Resources, *, name: str = "VVD_2021.txt", facts: Facts | None = None) -> Source:
    """A manifesto with this text; party and election are those of the file name."""
    document, problems = document_of(text.encode(), name=name, facts=facts or Facts(), max_characters=10**7)
    assert document, problems
    found = source_of(rows_of(split(Extraction(document=document), resources=resources)))
    assert found
    return found


def quote(text: str, *, party_id: str | None = "vvd", quote_id: str = "d.quo.0-1") -> Quote:
    """A quote of a digest."""
    return Quote(
        quote_id=quote_id,
        passage_id="",
        document_id="d",
        party_id=party_id,
        kind="statement",
        char_start=0,
        char_end=len(text),
        text=text,
        opening_mark="“",
    )


def certificates(claimed: Sequence[Claimed], sources: Iterable[Source]) -> list[Certificate]:
    """The certificates of quotes, in their order."""
    return list(certify([Digest("digest.txt", tuple(claimed), ())], sources, register=load_register()).certificates)


def best(text: str, *sources: Source, party_id: str | None = "vvd", election: str | None = "TK2021") -> Certificate:
    """The best certificate of a quote."""
    rows = certificates([Claimed(quote(text, party_id=party_id), election)], sources)
    (row,) = [row for row in rows if row.best]
    return row

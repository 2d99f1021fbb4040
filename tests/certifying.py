"""What tests of certificates share: a source from a text, and the best certificate of a quote."""

from extract.extraction import Resources, split
from extract.parties import load_register
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.records import Certificate, Extraction
from extract.tables import rows_of
from extract.verification.certificates import claim
from extract.verification.examination import Digest, certify
from extract.verification.sources import Source, source_of


def source(text: str, resources: Resources, *, name: str = "VVD_2021.txt", facts: Facts | None = None) -> Source:
    """A manifesto with this text; party and election are those of the file name."""
    document, problems = document_in(text.encode(), name=name, facts=facts or Facts(), max_characters=10**7)
    assert document, problems
    found = source_of(rows_of(split(Extraction(document=document), resources=resources)))
    assert found
    return found


def best(text: str, *sources: Source, party_id: str | None = "vvd", election: str | None = "TK2021") -> Certificate:
    """The best certificate of a quote."""
    claimed = claim(text, party_id=party_id, election=election, quote_id="d.quo.0-1")
    found = certify([Digest("digest.txt", (claimed,), ())], sources, register=load_register())
    (row,) = [row for row in found.certificates if row.best]
    return row

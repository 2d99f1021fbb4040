"""Sentences → Proposals: those in which a party commits to something."""

from collections.abc import Iterable, Iterator

from extract.records import Document, Label, Proposal, Quote, Sentence, place_id

COMMITMENT = "commitment"  # label of codebook statement


def extract_proposals(
    document: Document,
    sentences: Iterable[Sentence],
    labels: Iterable[Label],
    quotes: Iterable[Quote],
) -> Iterator[Proposal]:
    """Yield a Proposal per sentence labelled as commitment, in order, with its theme and policy area.

    `sentences` and `quotes` come in the order of the text.
    """
    given = {(label.sentence_id, label.codebook): label.label for label in labels if not label.abstained}
    remaining = (quote for quote in quotes if quote.kind == "statement")
    quote = next(remaining, None)
    for sentence in sentences:
        while quote and quote.char_end <= sentence.char_start:
            quote = next(remaining, None)
        if given.get((sentence.sentence_id, "statement")) != COMMITMENT:
            continue
        quoted = quote and quote.char_start <= sentence.char_start and sentence.char_end <= quote.char_end
        yield Proposal(
            proposal_id=place_id(document.document_id, "pro", sentence.char_start, sentence.char_end),
            sentence_id=sentence.sentence_id,
            quote_id=quote.quote_id if quote and quoted else None,
            party_id=sentence.party_id,
            document_id=document.document_id,
            theme=given.get((sentence.sentence_id, "digitalisation")),
            policy_area=given.get((sentence.sentence_id, "policy-areas")),
            page=sentence.page,
            char_start=sentence.char_start,
            char_end=sentence.char_end,
            text=sentence.text,
        )

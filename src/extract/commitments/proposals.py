"""Sentences → Proposals: those in which a party commits to something, and to what."""

from collections.abc import Iterable, Iterator, Mapping

from extract.commitments.actions import Action
from extract.commitments.targets import target_in
from extract.elections import year_of
from extract.records import (
    COMMITMENT,
    POLICY_AREAS,
    STATEMENTS,
    THEMES,
    Document,
    Label,
    Proposal,
    Quote,
    Sentence,
    place_id,
)

NO_ACTION = Action()


def commitments(sentences: Iterable[Sentence], labels: Iterable[Label]) -> list[Sentence]:
    """The sentences labelled as commitment, in their order."""
    committed = {
        each.sentence_id
        for each in labels
        if each.codebook == STATEMENTS and each.label == COMMITMENT and not each.abstained
    }
    return [each for each in sentences if each.sentence_id in committed]


def extract_proposals(
    document: Document,
    committed: Iterable[Sentence],
    labels: Iterable[Label],
    quotes: Iterable[Quote],
    actions: Mapping[str, Action],
) -> Iterator[Proposal]:
    """Yield a Proposal per sentence that commits, in order: its theme and policy area, what it wants done.

    Sentences and `quotes` come in the order of the text; `actions` are by sentence_id.
    """
    given = {(label.sentence_id, label.codebook): label.label for label in labels if not label.abstained}
    year = year_of(document.election)
    remaining = (quote for quote in quotes if quote.kind == "statement")
    quote = next(remaining, None)
    for sentence in committed:
        while quote and quote.char_end <= sentence.char_start:
            quote = next(remaining, None)
        quoted = quote and quote.char_start <= sentence.char_start and sentence.char_end <= quote.char_end
        action = actions.get(sentence.sentence_id, NO_ACTION)
        acted_on, target = action.object, target_in(sentence.text, now=year)
        yield Proposal(
            proposal_id=place_id(document.document_id, "pro", sentence.char_start, sentence.char_end),
            sentence_id=sentence.sentence_id,
            quote_id=quote.quote_id if quote and quoted else None,
            party_id=sentence.party_id,
            document_id=document.document_id,
            theme=given.get((sentence.sentence_id, THEMES)),
            policy_area=given.get((sentence.sentence_id, POLICY_AREAS)),
            action=action.verb,
            action_probability=action.verb_probability,
            polarity=action.polarity,
            polarity_probability=action.polarity_probability,
            object=document.text[acted_on.char_start : acted_on.char_end] if acted_on else None,
            object_lemma=acted_on.lemma if acted_on else None,
            object_start=acted_on.char_start if acted_on else None,
            object_end=acted_on.char_end if acted_on else None,
            object_probability=action.object_probability,
            actor=action.actor,
            actor_probability=action.actor_probability,
            direction=action.direction,
            direction_probability=action.direction_probability,
            target_value=target.value,
            target_unit=target.unit,
            deadline=target.deadline,
            pledge_key=action.pledge_key,
            page=sentence.page,
            char_start=sentence.char_start,
            char_end=sentence.char_end,
            text=sentence.text,
        )

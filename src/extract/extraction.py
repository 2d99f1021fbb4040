"""The stages that a document passes, in their order: one place for the flow, notebooks and tests.

    read → split → annotate → classify → extract → place

Each takes an Extraction and gives one with more in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language

from extract.commitments.action_models import load_action_models
from extract.commitments.actions import Action, find_actions
from extract.commitments.proposals import commitments, extract_proposals
from extract.elections import year_of
from extract.labels.models import Model, label_sentences, load_models
from extract.language.entities import find_entities
from extract.language.parsing import Name, parse_sentences, vectors_of
from extract.language.pipeline import OURS, load_language
from extract.parties import Register, load_register
from extract.positions.positions import place_manifesto
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.readings.readings import read_well
from extract.records import Document, Extraction, Sentence, Token
from extract.settings import Settings
from extract.splitting.occasions import file_occasion
from extract.splitting.passages import split_passages
from extract.splitting.quotes import STAGE as QUOTES_STAGE
from extract.splitting.quotes import extract_quotes
from extract.splitting.sections import split_sections
from extract.splitting.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Resources:
    """What is expensive to load, loaded once and passed in."""

    settings: Settings
    register: Register
    nlp: Language | None  # None where the setting says blank
    models: tuple[Model, ...]
    parser: Language | None = None  # that proposals are parsed with, whatever `nlp` is; None where that is blank


def load_resources(settings: Settings, *, models: Path) -> Resources:
    """Load the register, the language pipeline, and the classifiers in the folder `models`."""
    nlp = load_language(settings.language_pipeline, models=models, ner=settings.annotate)
    is_ours = nlp is not None and nlp.meta["name"] == OURS.removeprefix("nl_")
    return Resources(
        settings=settings,
        register=load_register(),
        nlp=nlp,
        parser=nlp if nlp is None or is_ours else load_language(OURS, models=models),
        models=load_models(models, sorted(settings.codebooks)),
    )


def read(data: bytes, *, name: str, facts: Facts, settings: Settings) -> Extraction:
    """Read the bytes of a raw file; `name` is its path relative to the raw folder."""
    document, problems = document_in(data, name=name, facts=facts, max_characters=settings.max_characters)
    return Extraction(document=document, problems=tuple(problems))


def split(extraction: Extraction, *, resources: Resources) -> Extraction:
    """Find passages, party sections and sentences, and say how well that went."""
    if extraction.document is None:
        return extraction
    passages = split_passages(extraction.document)
    found = split_sections(extraction.document, passages, register=resources.register)
    sentences = split_sentences(found.document, found.passages, found.sections)
    done = replace(
        extraction,
        document=found.document,
        occasions=(file_occasion(found.document, found.sections),),
        passages=found.passages,
        sections=found.sections,
        sentences=tuple(sentences),
    )
    readings, doubts = read_well(done)
    return replace(done, readings=readings, problems=extraction.problems + found.problems + doubts)


def annotate(extraction: Extraction, *, resources: Resources) -> Extraction:
    """Find entities; with the setting `annotate` also the tokens of all sentences, and what the pipeline's NER adds."""
    names: dict[str, tuple[Name, ...]] = {}
    tokens: list[Token] = []
    if resources.settings.annotate and resources.nlp:
        for sentence, parse in zip(
            extraction.sentences, parse_sentences(extraction.sentences, nlp=resources.nlp), strict=True
        ):
            tokens += parse.tokens
            names[sentence.sentence_id] = parse.names
    year = year_of(extraction.document.election) if extraction.document else None
    entities = find_entities(extraction.sentences, names, register=resources.register, year=year)
    return replace(extraction, tokens=tuple(tokens), entities=tuple(entities))


def classify(extraction: Extraction, *, resources: Resources) -> Extraction:
    """Label every sentence under every codebook. Labels that a model gave before are kept, those of others are not."""
    given = {(label.sentence_id, label.model_id): label for label in extraction.labels}
    used = {model_id for _, model_id in given}
    models = [model for model in resources.models if model.model_id not in used]
    if models:
        made = label_sentences(extraction.sentences, extraction.passages, models)
        given |= {(each.sentence_id, each.model_id): each for each in made}
    labels = (given[each.sentence_id, model.model_id] for each in extraction.sentences for model in resources.models)
    return replace(extraction, labels=tuple(labels))


def extract(extraction: Extraction, *, resources: Resources) -> Extraction:
    """Extract quotes and proposals, in place of what was extracted before."""
    document = extraction.document
    if document is None:
        return extraction
    quotes, found = extract_quotes(document, extraction.passages, extraction.sections)
    committed = commitments(extraction.sentences, extraction.labels)
    actions = _actions(committed, extraction.tokens, resources)
    proposals = extract_proposals(document, committed, extraction.labels, quotes, actions)
    met = tuple(each for each in extraction.problems if each.stage != QUOTES_STAGE)
    return replace(extraction, quotes=tuple(quotes), proposals=tuple(proposals), problems=met + tuple(found))


def place(extraction: Extraction, *, resources: Resources) -> Extraction:
    """Place a manifesto on the scales that its labels give, instead of where it was placed before."""
    document = extraction.document
    if document is None:
        return extraction
    found = place_manifesto(
        document,
        extraction.passages,
        extraction.sentences,
        extraction.labels,
        extraction.readings,
        resources.models,
    )
    return replace(extraction, positions=tuple(found))


def _actions(committed: Sequence[Sentence], annotated: Sequence[Token], resources: Resources) -> dict[str, Action]:
    """What each of some sentences commits to, by sentence_id.

    Their tokens are those that all sentences were annotated with where that was done by the same pipeline.
    """
    parser = resources.parser
    if parser is None:
        return {}
    if annotated and resources.nlp is parser:
        wanted = {each.sentence_id for each in committed}
        tokens = [each for each in annotated if each.sentence_id in wanted]
    else:
        tokens = [token for parse in parse_sentences(committed, nlp=parser) for token in parse.tokens]
    return find_actions(tokens, models=load_action_models(), vectors=vectors_of(parser))


Stage = Callable[..., Extraction]
STAGES: dict[str, Stage] = {
    "split": split,
    "annotate": annotate,
    "classify": classify,
    "extract": extract,
    "place": place,
}
"""What happens to a document once it is read, in order."""


def extract_document(document: Document, *, resources: Resources) -> Extraction:
    """Everything that a document gives: the same stages, in the same order, as in the flow."""
    extraction = Extraction(document=document)
    for stage in STAGES.values():
        extraction = stage(extraction, resources=resources)
    return extraction

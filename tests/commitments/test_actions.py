"""Action, polarity and object of commitments, by the pipeline that comes along."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from spacy.language import Language

from extract.commitments.action_models import load_action_models
from extract.commitments.actions import Action, actions_of
from extract.language.infinitives import infinitive
from extract.language.parsing import parse_sentences, vectors_of
from extract.language.pipeline import OURS, load_language
from extract.records import Sentence
from tests.conftest import MODELS
from tests.test_cases import CASES, cases


@pytest.fixture(scope="module")
def nlp() -> Iterator[Language]:
    loaded = load_language(OURS, models=MODELS)
    assert loaded
    yield loaded


def sentence(text: str, start: int = 0) -> Sentence:
    end = start + len(text)
    return Sentence(
        sentence_id="s", passage_id="p", document_id="d", position=0, char_start=start, char_end=end, text=text
    )


def found(text: str, nlp: Language, start: int = 0) -> Action:
    (parse,) = parse_sentences([sentence(text, start)], nlp=nlp)
    (action,) = actions_of([parse.tokens], models=load_action_models(), vectors=vectors_of(nlp))
    return action


@pytest.mark.parametrize("case", list(cases("actions.json")))
def test_actions(case: dict[str, Any], nlp: Language) -> None:
    action = found(case["text"], nlp)
    acted_on = case["text"][action.object.char_start : action.object.char_end] if action.object else None
    assert (action.verb, action.polarity, acted_on) == (case["action"], case["polarity"], case["object"])


def test_the_place_of_an_object_is_one_in_the_document(nlp: Language) -> None:
    action = found("We verbieden vuurwerk.", nlp, start=100)
    assert action.object and (action.object.char_start, action.object.char_end) == (113, 121)


def test_nothing_is_said_of_no_words(nlp: Language) -> None:
    (action,) = actions_of([[]], models=load_action_models(), vectors=vectors_of(nlp))
    assert action.verb is None and action.object is None


@pytest.mark.parametrize(("form", "expected"), json.loads((CASES / "infinitives.json").read_text("utf-8")).items())
def test_infinitives(form: str, expected: str) -> None:
    assert infinitive(form, form) == expected


def test_a_form_of_no_known_verb_keeps_its_lemma() -> None:
    assert infinitive("blubberde", "blubberen") == "blubberen"

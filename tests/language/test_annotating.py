"""Tokens of sentences, in the table and as CoNLL-U, and what a check makes of changed ones."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from spacy.training.converters import conllu_to_docs

from extract.changes.attribution import OF_LANGUAGE
from extract.dataset.checks import check_dataset
from extract.extraction import Resources, extract_document, load_resources
from extract.language.parsing import parse_sentences
from extract.language.pipeline import OURS
from extract.records import Document, Extraction
from extract.settings import Settings
from tests.conftest import MODELS, read_tables
from tests.dataset.test_dataset import write

TEXT = (
    """\
De VVD wil  de btw op "groente" verlagen, e.d. Wij schaffen de Eerste Kamer af.
“Er komt een verbod op reclame.”
Het CDA ziet €3.000 als grens: 1) a; 2) b.
"""
    + "woord" * 2_000
)  # which no parser should see as a sentence


@pytest.fixture(scope="module")
def annotating() -> Resources:
    return load_resources(Settings(language_pipeline=OURS, annotate=True), models=MODELS)


@pytest.fixture
def annotated(annotating: Resources, document_of: Callable[..., Document]) -> Extraction:
    return extract_document(document_of(TEXT), resources=annotating)


def test_tokens_are_whole_trees_of_their_sentences(annotated: Extraction) -> None:
    assert annotated.document
    tokens = pd.DataFrame([{name: getattr(each, name) for name in each.__slots__} for each in annotated.tokens])
    for sentence in annotated.sentences[:-1]:
        of = tokens[tokens.sentence_id == sentence.sentence_id]
        assert list(of.position) == list(range(1, len(of) + 1)) and list(of["head"]).count(0) == 1
        assert (of["dependency"] == "root").equals(of["head"] == 0)
        head = dict(zip(of.position, of["head"], strict=True))
        for position in of.position:
            above, steps = position, 0
            while above and steps <= len(of):
                above, steps = head[above], steps + 1
            assert above == 0, "a word depends on itself"
        assert "".join(of.text) == "".join(sentence.text.split())
        for row in of.itertuples():
            assert annotated.document.text[row.char_start : row.char_end] == row.text
    assert (
        len(annotated.sentences[-1].text) > 5_000
        and not (tokens.sentence_id == annotated.sentences[-1].sentence_id).any()
    )


def test_lemmas_of_separable_verbs_are_whole(annotated: Extraction) -> None:
    lemmas = {each.text: each.lemma for each in annotated.tokens}
    assert lemmas["schaffen"] == "afschaffen" and not any("_" in lemma for lemma in lemmas.values())


def test_a_sentence_is_parsed_the_same_in_any_company(annotated: Extraction, annotating: Resources) -> None:
    assert annotating.nlp
    together = list(parse_sentences(annotated.sentences, nlp=annotating.nlp))
    alone = [parse for each in annotated.sentences for parse in parse_sentences([each], nlp=annotating.nlp)]
    assert together == alone


def test_actions_do_not_depend_on_annotate(annotated: Extraction, document_of: Callable[..., Document]) -> None:
    plain = load_resources(Settings(language_pipeline=OURS), models=MODELS)
    found = extract_document(document_of(TEXT), resources=plain)
    assert found.proposals == annotated.proposals and found.entities == annotated.entities
    assert found.tokens == () and any(each.action for each in found.proposals)
    without = extract_document(document_of(TEXT), resources=replace(plain, nlp=None, parser=None))
    unclear = dict.fromkeys(OF_LANGUAGE | {"object_start", "object_end"})
    assert [replace(each, **unclear) for each in found.proposals] == list(without.proposals)


def test_conllu_holds_the_tokens(annotated: Extraction, tmp_path: Path) -> None:
    folder = write([annotated], tmp_path)
    assert check_dataset(folder) == []
    assert annotated.document
    text = (folder / "conllu" / f"{annotated.document.document_id}.conllu").read_text(encoding="utf-8")
    docs = list(conllu_to_docs(text, n_sents=1, no_print=True))
    words = [token for doc in docs for token in doc]
    rows = read_tables(folder)["tokens"]
    assert [token.text for token in words] == rows["text"].tolist()
    assert [token.lemma_ for token in words] == rows["lemma"].tolist()
    assert [str(token.morph) or None for token in words] == [
        None if pd.isna(each) else each for each in rows["morphology"]
    ]
    assert [0 if token.head == token else token.head.i + 1 for token in words] == rows["head"].tolist()


@pytest.mark.parametrize("change", ["removed", "other"])
def test_conllu_that_says_otherwise_is_found(annotated: Extraction, tmp_path: Path, change: str) -> None:
    folder = write([annotated], tmp_path / "processed")
    (path,) = (folder / "conllu").iterdir()
    if change == "removed":
        shutil.rmtree(path.parent)
    else:
        path.write_text(path.read_text(encoding="utf-8").replace("afschaffen", "aanschaffen"), encoding="utf-8")
    assert "conllu" in " ".join(each.message for each in check_dataset(folder) if each.rule == "formats")

"""Training the classifier of coders' codes, from exports that were imported, on made-up manifestos."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extract.labels.codebooks import CODEBOOK_FILE, KEYWORDS_FILE, METRICS_FILE, MODEL_FILE, read_codebook
from extract.labels.contexts import Reading
from extract.labels.encoders import OURS
from extract.labels.models import CodeModel, label_readings, label_sentences, load_models
from extract.learning.annotations import ANNOTATIONS_FILE, write_annotations
from extract.learning.coder_exports import CodedUnit
from extract.learning.coder_matching import match_units, raw_texts
from extract.positions.positions import place_manifesto
from extract.problems import ManifestoError
from extract.records import MANIFESTO_PROJECT, Document, Passage, Sentence
from pipelines.paths import CARD_FILE, MODELS
from pipelines.training.codes import Coded, prepare_codes, train_codes

_SAID = {
    "501": ("Wij willen schone lucht en een gezond klimaat", "Meer natuur en bos in het hele land is nodig"),
    "504": ("De zorg moet voor iedereen betaalbaar blijven", "Ouderen krijgen goede zorg in hun eigen buurt"),
    "605": ("Meer politie op straat tegen de criminaliteit", "Boeven krijgen hogere straffen van de rechter"),
}
_PLACES = ("Zwolle", "Breda", "Assen", "Venlo", "Gouda", "Hoorn", "Delft", "Tiel", "Weert", "Goes", "Sneek", "Ede")
PARTIES = ("een", "twee", "drie", "vier", "vijf", "zes")


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Coded]:
    """A folder of models in which six made-up manifestos were imported, and what is learnt from."""
    folder = tmp_path_factory.mktemp("coded")
    texts, models = folder / "texts", folder / "models"
    texts.mkdir()
    (models / MANIFESTO_PROJECT).mkdir(parents=True)
    shutil.copy(MODELS / MANIFESTO_PROJECT / CODEBOOK_FILE, models / MANIFESTO_PROJECT)
    for name in (OURS, "nl_manifesto"):
        shutil.copytree(MODELS / name, models / name)
    units = []
    for number, party in enumerate(PARTIES):
        random = np.random.default_rng(number)
        codes = [code for code in random.permutation(list(_SAID)) for _ in range(random.integers(4, 20))]
        said = [str(random.choice(_SAID[code])) for code in codes]
        lines = [f"{each} in {random.choice(_PLACES)} en {random.choice(_PLACES)}." for each in said]
        (texts / f"{party}.txt").write_text(f"PROGRAMMA VAN {party.upper()}\n\n" + "\n".join(lines) + "\n", "utf-8")
        units += [
            CodedUnit(manifesto=f"{party}_{2010 + number % 2}", party=party, year=str(2010 + number % 2), position=at,
                      text=line, code=code, fine_code=code, is_heading=False)
            for at, (line, code) in enumerate(zip(lines, codes, strict=True))
        ]  # fmt: skip
    codebook = read_codebook(models / MANIFESTO_PROJECT / CODEBOOK_FILE)
    found = match_units(units, raw_texts([texts]), label_of=codebook.codes)
    write_annotations(models / MANIFESTO_PROJECT / ANNOTATIONS_FILE, found.annotations)
    return models, prepare_codes(models / MANIFESTO_PROJECT, [texts])


@pytest.fixture(scope="module")
def model(coded: tuple[Path, Coded]) -> CodeModel:
    """The model that is trained on them."""
    models, data = coded
    card = train_codes(models / MANIFESTO_PROJECT, data)
    assert card == (models / MANIFESTO_PROJECT / CARD_FILE).read_text("utf-8")
    (found,) = load_models(models, [MANIFESTO_PROJECT])
    assert isinstance(found, CodeModel)
    return found


def test_documents_are_found_with_their_codes_in_the_order_of_the_text(coded: tuple[Path, Coded]) -> None:
    _, data = coded
    assert [(each.party, each.year) for each in data.documents] == sorted(
        (party, str(2010 + number % 2)) for number, party in enumerate(PARTIES)
    )
    assert all(set(each.codes) == set(_SAID) for each in data.documents)
    assert data.missing == 0


def test_a_trained_model_tells_codes_and_says_how_often_it_is_right(
    coded: tuple[Path, Coded], model: CodeModel
) -> None:
    metrics = json.loads((coded[0] / MANIFESTO_PROJECT / METRICS_FILE).read_text("utf-8"))
    for held_out in ("manifesto", "party", "year"):
        assert metrics[f"by_{held_out}"]["classifier"]["accuracy"] > 0.8
    assert metrics["domains_confused"]["fabric-of-society"]["fabric-of-society"] > 20
    assert set(metrics["scales"]) > {"rile", "domain-economy"} and metrics["scales"]["rile"]["manifestos"] == 6
    said = label_readings([Reading("Meer politie op straat tegen de criminaliteit in Goes en Tiel.")], [model])
    assert said[0][0][0] == "law-and-order"


def test_a_document_is_labelled_whole_and_each_party_by_itself(model: CodeModel) -> None:
    texts = [("a", "body", _SAID["504"][0]), ("a", "heading", "Veiligheid"), ("a", "body", _SAID["605"][0]),
             ("b", "body", _SAID["501"][0])]  # fmt: skip
    passages = [
        Passage(passage_id=str(at), document_id="d", section_id=section, position=at, kind=kind, char_start=at,
                char_end=at + 1)  # type: ignore[arg-type]
        for at, (section, kind, _) in enumerate(texts)
    ]  # fmt: skip
    sentences = [
        Sentence(sentence_id=str(at), passage_id=str(at), document_id="d", section_id=section, position=at,
                 char_start=at, char_end=at + 1, text=text)
        for at, (section, _, text) in enumerate(texts)
    ]  # fmt: skip
    labels = {each.sentence_id: each for each in label_sentences(sentences, passages, [model])}
    assert [labels[at].label for at in "023"] == [
        "welfare-state-expansion", "law-and-order", "environmental-protection",
    ]  # fmt: skip
    alone = {each.sentence_id: each for each in label_sentences(sentences[3:], passages, [model])}
    assert alone["3"] == labels["3"]


def test_what_is_written_has_no_text_and_no_code_of_a_sentence(coded: tuple[Path, Coded], model: CodeModel) -> None:
    folder = coded[0] / MANIFESTO_PROJECT
    for name in (MODEL_FILE, METRICS_FILE, CARD_FILE, KEYWORDS_FILE):
        data = (folder / name).read_bytes()
        assert not any(place.encode() in data for place in _PLACES)
        assert b"criminaliteit" not in data


def test_without_codes_training_says_where_they_are_had(tmp_path: Path) -> None:
    shutil.copy(MODELS / MANIFESTO_PROJECT / CODEBOOK_FILE, tmp_path)
    with pytest.raises(ManifestoError, match=r"manifesto-project.wzb.eu.*\n.*import"):
        prepare_codes(tmp_path, [tmp_path])


def test_labels_of_a_document_place_it(model: CodeModel, document_of: Callable[..., Document]) -> None:
    text = document_of(" ".join(f"{line}." for line in _SAID["605"] * 6) + "\n")
    passage = Passage(passage_id="p", document_id=text.document_id, section_id=None, position=0, kind="body",
                      char_start=0, char_end=len(text.text))  # fmt: skip
    sentences = [
        Sentence(sentence_id=str(at), passage_id="p", document_id=text.document_id, section_id=None, position=at,
                 char_start=at, char_end=at + 1, text=line)
        for at, line in enumerate(_SAID["605"] * 6)
    ]  # fmt: skip
    labels = list(label_sentences(sentences, [passage], [model]))
    found = place_manifesto(replace(text, kind="manifesto"), [passage], sentences, labels, (), [model])
    places = {each.scale: each for each in found}
    assert places["rile"].value > 50
    assert all(each.low <= each.value <= each.high for each in places.values())
    assert "education" not in places  # of which no coded manifesto spoke

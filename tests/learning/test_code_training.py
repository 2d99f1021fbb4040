"""The classifier of the Manifesto Project's codes, on made-up manifestos about three subjects."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from extract.labels.code_classifier import (
    CodeClassifier,
    codes_in,
    save_codes,
)
from extract.labels.contexts import Reading
from extract.labels.document_features import faded, neighbours, shifted
from extract.labels.encoders import OURS, PieceEncoder, load_encoder
from extract.labels.word_vectors import WordVectors, load_vectors
from extract.learning.code_training import CodedDocument, coded_documents, fit_codes, held_out_scores, temperature_of
from extract.learning.coder_exports import CODES, read_exports
from pipelines.paths import MODELS

_SUBJECTS = {
    "501": [
        "Wij beschermen de natuur.",
        "Bomen en bossen zijn belangrijk.",
        "Schone lucht is gezond.",
        "De zee is vol.",
    ],
    "506": ["Leraren verdienen meer.", "Kleine klassen op school.", "Elk kind leert lezen.", "Scholen krijgen geld."],
    "104": ["Defensie krijgt tanks.", "Soldaten zijn nodig.", "De krijgsmacht groeit.", "Wij kopen vliegtuigen."],
}
_UNHEARD = Reading("De natuur en het bos worden beschermd.")


def _document(number: int) -> CodedDocument:
    random = np.random.default_rng(number)
    codes = [code for code in random.permutation(list(_SUBJECTS)) for _ in range(6)]
    readings = tuple(Reading(str(random.choice(_SUBJECTS[code])), heading="Programma") for code in codes)
    given = tuple(None if row == 4 else str(code) for row, code in enumerate(codes))
    return CodedDocument(f"m{number}", f"p{number % 3}", str(2000 + number % 2), readings, given)


@pytest.fixture(scope="module")
def meaning() -> dict[str, PieceEncoder | WordVectors]:
    encoder, vectors = load_encoder(OURS, MODELS), load_vectors(MODELS)
    assert isinstance(encoder, PieceEncoder)
    assert vectors is not None
    return {"encoder": encoder, "vectors": vectors}


@pytest.fixture(scope="module")
def documents() -> list[CodedDocument]:
    return [_document(number) for number in range(6)]


@pytest.fixture(scope="module")
def classifier(documents, meaning) -> CodeClassifier:
    return fit_codes(documents, temperature=1.5, **meaning)


def test_each_sentence_gets_a_probability_for_each_of_the_56_codes(classifier, documents, meaning) -> None:
    found = classifier.predict(documents[0].readings, **meaning)
    assert found.shape == (18, 56)
    assert np.allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()


def test_what_was_learnt_is_known_again(classifier, documents, meaning) -> None:
    found = classifier.predict(documents[0].readings, **meaning).argmax(axis=1)
    pairs = [(CODES[said], code) for said, code in zip(found, documents[0].codes, strict=True) if code]
    assert sum(said == code for said, code in pairs) >= 0.9 * len(pairs)


def test_a_code_that_no_coder_gave_is_never_said(classifier, documents, meaning) -> None:
    unseen = [column for column, code in enumerate(CODES) if code not in _SUBJECTS]
    assert classifier.predict(documents[0].readings, **meaning)[:, unseen].max() < 1e-9


def test_a_higher_temperature_makes_no_other_label_and_less_sure(classifier, documents, meaning) -> None:
    warm = CodeClassifier(classifier.codes, classifier.linear, classifier.networks, classifier.bias, 3.0)
    cold, found = (each.predict(documents[0].readings, **meaning) for each in (classifier, warm))
    assert (cold.argmax(axis=1) == found.argmax(axis=1)).all()
    assert found.max(axis=1).mean() < cold.max(axis=1).mean()


def test_what_stands_around_a_sentence_counts(classifier, meaning) -> None:
    said = Reading("Daar gaan wij voor.")
    schools, tanks = ([*map(Reading, _SUBJECTS[code]), said, *map(Reading, _SUBJECTS[code])] for code in ("506", "104"))
    first, second = (classifier.predict(each, **meaning)[4] for each in (schools, tanks))
    assert first[CODES.index("506")] > second[CODES.index("506")]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_short_documents_are_read(classifier, meaning, count: int) -> None:
    assert classifier.predict([_UNHEARD] * count, **meaning).shape == (count, 56)


def test_a_sentence_without_a_letter_is_read(classifier, meaning) -> None:
    assert np.isfinite(classifier.predict([Reading(""), Reading("…")], **meaning)).all()


def test_a_stored_classifier_says_the_same(classifier, documents, meaning, tmp_path: Path) -> None:
    save_codes(classifier, tmp_path / "model.skops")
    loaded = codes_in((tmp_path / "model.skops").read_bytes())
    readings = documents[1].readings
    assert np.array_equal(loaded.predict(readings, **meaning), classifier.predict(readings, **meaning))
    save_codes(loaded, tmp_path / "again.skops")
    assert (tmp_path / "again.skops").read_bytes() == (tmp_path / "model.skops").read_bytes()


def test_fitting_again_gives_the_same_bytes(classifier, documents, meaning, tmp_path: Path) -> None:
    save_codes(classifier, tmp_path / "first.skops")
    save_codes(fit_codes(documents, temperature=1.5, **meaning), tmp_path / "second.skops")
    assert (tmp_path / "first.skops").read_bytes() == (tmp_path / "second.skops").read_bytes()


def test_a_damaged_file_is_refused(classifier, tmp_path: Path) -> None:
    save_codes(classifier, tmp_path / "model.skops")
    with pytest.raises(zipfile.BadZipFile):
        codes_in((tmp_path / "model.skops").read_bytes()[:5000])


def test_weights_for_other_codes_than_are_named_are_refused(classifier, tmp_path: Path) -> None:
    fewer = CodeClassifier(CODES[:55], classifier.linear, classifier.networks, classifier.bias, 1.0)
    save_codes(fewer, tmp_path / "model.skops")
    with pytest.raises(ValueError, match="another number of codes"):
        codes_in((tmp_path / "model.skops").read_bytes())


@pytest.mark.parametrize(("held_out", "folds"), [("name", 3), ("party", 3), ("year", 2)])
def test_scores_of_what_is_held_out_give_a_temperature(documents, meaning, held_out: str, folds: int) -> None:
    scores = held_out_scores(documents, held_out=held_out, folds=folds, **meaning)
    assert [each.shape for each in scores] == [(18, 56)] * len(documents)
    assert 0.1 < temperature_of(documents, scores) < 8


def test_headings_of_an_export_are_read_above_sentences(tmp_path: Path) -> None:
    (tmp_path / "abc_2017.csv").write_text("text,cmp_code\nZorg,H\nEen.,504\nTwee.,NA\n", encoding="utf-8")
    (document,) = coded_documents(read_exports(tmp_path))
    assert document.readings == (Reading("Een.", heading="Zorg"), Reading("Twee.", heading="Zorg"))
    assert document.codes == ("504", None)
    assert (document.name, document.party, document.year) == ("abc_2017", "abc", "2017")


def test_neighbours_are_weighed_by_distance_and_end_with_the_document() -> None:
    rows = csr_matrix(np.eye(4, dtype=np.float32))
    assert neighbours(rows, {1: 1.0, 2: 0.5}).toarray().tolist() == [
        [0, 1, 0.5, 0], [1, 0, 1, 0.5], [0.5, 1, 0, 1], [0, 0.5, 1, 0],
    ]  # fmt: skip


def test_what_fades_is_a_mean_of_all_others() -> None:
    rows = np.array([[1.0], [2.0], [4.0]], np.float32)
    near, far = np.exp(-1 / 4), np.exp(-2 / 4)
    expected = [(2 * near + 4 * far) / (near + far), (1 + 4) / 2, (1 * far + 2 * near) / (near + far)]
    assert faded(rows, 4.0).ravel() == pytest.approx(expected, rel=1e-5)


def test_shifted_rows_are_those_before_and_after() -> None:
    rows = np.array([[1.0], [2.0], [3.0]], np.float32)
    assert [shifted(rows, places).ravel().tolist() for places in (-1, 1, 3)] == [[0, 1, 2], [2, 3, 0], [0, 0, 0]]

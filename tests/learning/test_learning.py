"""Annotations, keyword lists, classifiers, their evaluation and their cards."""

import csv
import json
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
import skops.io
from click.testing import CliRunner
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from extract.labels.classifier import calibrate, features_of, fit_features, save_model
from extract.labels.codebooks import (
    CODEBOOK_FILE,
    HASHED,
    KEYWORDS_FILE,
    METRICS_FILE,
    MODEL_FILE,
    hashes_of,
    model_id,
    read_codebook,
)
from extract.labels.contexts import Reading
from extract.labels.features import Meaning
from extract.labels.keywords import keyword_labels, keyword_weights
from extract.labels.models import label_sentences, load_models
from extract.learning.annotations import Annotation, agreement, letters, read_annotations, settled_labels
from extract.learning.calibration import calibration_error, fit_temperature, with_temperature
from extract.learning.card import write_card
from extract.learning.evaluation import abstention_threshold, coverage, majority, out_of_fold, score
from extract.learning.examples import find_examples
from extract.problems import ManifestoError
from extract.records import Sentence
from pipelines.commands.cli import main
from pipelines.training.classifiers import read_sources
from tests.conftest import DIGEST, MODELS, copy_encoder

CODEBOOKS = ["digitalisation", "policy-areas", "statement"]
LISTING = "keyword,label,weight\nalgoritm*,ai,2\n*belasting*,tax,1\n*wet,law,1\ner komt,law,2\neuro,tax,1\n"
TEXTS = ["Er komt een algoritme.", "De belasting stijgt.", "Een algoritme beslist.", "De btw-belasting daalt."] * 6
LABELS = ["ai", "tax", "ai", "tax"] * 6


def toy_model() -> Pipeline:
    readings = [Reading(text) for text in TEXTS]
    return fit_features(features_of(readings, keywords=LISTING, meaning=Meaning()), LABELS, by_form=False)


def annotation(sentence: str, reader: str, label: str) -> Annotation:
    return Annotation(
        sentence=sentence, source="a.txt", source_sha256="0", letter_start=0, letter_count=1, letters_sha256="0",
        stratum="random", group="CDA 2021", reader=reader, label=label, confidence=2,
    )  # fmt: skip


def test_keywords_match_words_beginnings_ends_parts_and_phrases() -> None:
    assert keyword_labels(LISTING) == ("ai", "law", "tax")
    texts = [
        "Algoritmes en een algoritmewet",
        "de inkomstenbelastingen",
        "Er  komt niets",
        "eurocent",
        "",
        "De wet: er komt 1 euro",
    ]
    assert keyword_weights(texts, listing=LISTING).tolist() == [
        [2, 1, 0], [0, 0, 1], [0, 2, 0], [0, 0, 0], [0, 0, 0], [0, 3, 1],
    ]  # fmt: skip


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_keyword_lists_use_the_labels_of_their_codebook(codebook: str) -> None:
    listing = (MODELS / codebook / "keywords.csv").read_text(encoding="utf-8")
    assert set(keyword_labels(listing)) <= set(read_codebook(MODELS / codebook / CODEBOOK_FILE).labels)


def test_letters_know_where_they_came_from() -> None:
    stream, offsets = letters("Eén ﬁets-\npad 3")
    assert stream == "eenfietspad"
    assert offsets == [0, 1, 2, 4, 4, 5, 6, 7, 10, 11, 12]


def test_settled_labels_and_agreement() -> None:
    given = [
        annotation("a", "one", "x"), annotation("a", "two", "x"),
        annotation("b", "one", "x"), annotation("b", "two", "y"), annotation("b", "settled", "y"),
        annotation("c", "one", "x"), annotation("c", "two", "y"), annotation("d", "one", "y"),
    ]  # fmt: skip
    assert {sentence: each.label for sentence, each in settled_labels(given).items()} == {"a": "x", "b": "y", "d": "y"}
    read, kappa, confused = agreement(given)
    assert read == 3 and kappa == pytest.approx(0.0) and confused == {("x", "y"): 2}


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_annotations_of_the_digest_are_all_found(codebook: str) -> None:
    annotations = [each for each in read_annotations(MODELS / codebook / "annotations.csv") if each.stratum == "digest"]
    examples, missing = find_examples(annotations, [DIGEST.parent], read=read_sources)
    assert len(examples) == 558 and missing == []
    text = " ".join(DIGEST.read_text(encoding="utf-8").split())
    assert all(example.reading.text in text for example in examples)
    assert sum(bool(example.reading.before) for example in examples) > 500


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_annotations_of_manifestos_are_all_found(codebook: str, texts: Path) -> None:
    annotations = read_annotations(MODELS / codebook / "annotations.csv")
    examples, missing = find_examples(annotations, [texts, DIGEST.parent], read=lambda paths: [[] for _ in paths])
    assert missing == [] and len(examples) == json.loads((MODELS / codebook / METRICS_FILE).read_text())["examples"]


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_labels_are_those_of_the_codebook(codebook: str) -> None:
    labels = read_codebook(MODELS / codebook / CODEBOOK_FILE).labels
    assert {each.label for each in read_annotations(MODELS / codebook / "annotations.csv")} <= set(labels)


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_the_card_says_what_was_measured(codebook: str) -> None:
    folder = MODELS / codebook
    metrics = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))
    annotations, readers = (
        read_annotations(folder / "annotations.csv"),
        (folder / "readers.md").read_text(encoding="utf-8"),
    )
    card = write_card(read_codebook(folder / CODEBOOK_FILE), annotations, metrics, readers=readers)
    assert (folder / "card.md").read_text(encoding="utf-8") == card
    assert hashes_of(folder, HASHED | {"annotations_sha256": "annotations.csv"}).items() <= metrics.items()
    for held_out in ("by_manifesto", "by_party"):
        figures = metrics[held_out]
        assert figures["classifier"]["macro_f1"] > figures["keywords"]["macro_f1"] > figures["majority"]["macro_f1"]


def test_models_are_small() -> None:
    assert sum((MODELS / codebook / MODEL_FILE).stat().st_size for codebook in CODEBOOKS) < 20_000_000


def test_a_model_is_the_same_in_bytes_and_after_loading(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save_model(toy_model(), tmp_path / name)
    assert (tmp_path / "a" / MODEL_FILE).read_bytes() == (tmp_path / "b" / MODEL_FILE).read_bytes()
    folder = toy_codebook(tmp_path)
    models = load_models(tmp_path, [folder.name])
    sentences = [sentence("Het algoritme"), sentence("Meer belasting")]
    assert [(each.label, each.abstained) for each in label_sentences(sentences, [], models)] == [
        ("ai", False),
        ("tax", False),
    ]
    before = model_id(folder)
    (folder / METRICS_FILE).write_text('{"threshold": 0.6}', encoding="utf-8")
    assert model_id(folder) != before


def toy_codebook(folder: Path) -> Path:
    made = folder / "toy"
    made.mkdir()
    labels = "".join(f'[[labels]]\nid = "{name}"\nnl = "{name}"\n' for name in ("ai", "tax", "law"))
    (made / CODEBOOK_FILE).write_text(f'id = "toy"\nversion = "1"\nquestion = "?"\n{labels}', encoding="utf-8")
    (made / KEYWORDS_FILE).write_text(LISTING, encoding="utf-8")
    save_model(toy_model(), made)
    (made / METRICS_FILE).write_text(json.dumps({"threshold": 0.5} | hashes_of(made)), encoding="utf-8")
    return made


def sentence(text: str) -> Sentence:
    return Sentence(
        sentence_id=text, passage_id="p", document_id="d", position=0, char_start=0, char_end=len(text), text=text
    )


@pytest.mark.parametrize("what", ["foreign", "broken", "missing", "changed", "codebook", "keywords", "labels"])
def test_a_model_that_cannot_be_trusted_is_refused(tmp_path: Path, what: str) -> None:
    folder = toy_codebook(tmp_path)
    if what == "foreign":
        foreign = toy_model()
        foreign.steps[0] = ("features", skops.io.loads(skops.io.dumps(DecisionTreeClassifier())))
        foreign.planted = print  # any function that is not among the trusted types
        skops.io.dump(foreign, folder / MODEL_FILE)
        metrics = {"threshold": 0.5} | hashes_of(folder)  # of one who knows how
        (folder / METRICS_FILE).write_text(json.dumps(metrics), encoding="utf-8")
    elif what == "broken":
        (folder / MODEL_FILE).write_bytes((folder / MODEL_FILE).read_bytes()[:1_000])
    elif what == "missing":
        (folder / MODEL_FILE).unlink()
    elif what == "changed":
        changed = toy_model()
        changed.named_steps["regression"].intercept_ += 1
        save_model(changed, folder)
    elif what == "codebook":
        book = (folder / CODEBOOK_FILE).read_text(encoding="utf-8")
        (folder / CODEBOOK_FILE).write_text(book.replace('"tax"', '"levy"'), encoding="utf-8")
    elif what == "labels":  # of a codebook, and hashes, that were made to fit each other
        book = (folder / CODEBOOK_FILE).read_text(encoding="utf-8")
        (folder / CODEBOOK_FILE).write_text(book.replace('"tax"', '"levy"'), encoding="utf-8")
        (folder / METRICS_FILE).write_text(json.dumps({"threshold": 0.5} | hashes_of(folder)), encoding="utf-8")
    else:
        (folder / KEYWORDS_FILE).write_text(LISTING + "ai,robots,1\n", encoding="utf-8")
    with pytest.raises(ManifestoError, match="manifesto train toy"):
        load_models(tmp_path, ["toy"])


def test_macro_f1_is_that_of_scikit_learn_and_lies_in_its_interval() -> None:
    random = np.random.default_rng(1)
    truth = random.choice(["a", "b", "c"], size=600, p=[0.6, 0.3, 0.1])
    labels = np.where(random.random(600) < 0.7, truth, random.choice(["a", "b", "c"], size=600))
    found = score(truth, labels, random.integers(40, size=600).astype(str))
    assert found.macro_f1 == pytest.approx(f1_score(truth, labels, average="macro"))
    assert found.low < found.macro_f1 < found.high and found.accuracy == pytest.approx((truth == labels).mean())


def test_no_group_is_in_training_and_test() -> None:
    parties = np.array([f"party {i % 5}" for i in range(100)])
    truth, labels = np.array(list("ab") * 50), np.array(["a", "b", "c"])

    def predict(training: np.ndarray, test: np.ndarray) -> np.ndarray:
        assert not set(parties[training]) & set(parties[test])
        return majority(truth, labels)(training, test)

    found = out_of_fold(truth, parties, predict, labels, np.arange(100))
    assert found.shape == (100, 3) and found[:, :2].sum(axis=1).tolist() == [1] * 100


def test_the_threshold_lies_above_what_is_more_often_wrong_than_right() -> None:
    probabilities = np.repeat([0.22, 0.32, 0.42, 0.52], 100)
    right = np.concatenate([np.arange(100) < share for share in (20, 40, 45, 80)])
    labels = np.where(right, "a", "b")
    assert abstention_threshold(np.array(["a"] * 400), labels, probabilities) == 0.45
    assert abstention_threshold(np.array(["a"] * 400), np.array(["a"] * 400), probabilities) == 0.0


def test_training_writes_a_model_a_card_and_metrics(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MODELS / "statement", tmp_path / "statement"))
    copy_encoder(tmp_path)
    rows = (folder / "annotations.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    digest = rows[:1] + [row for row in rows if row.startswith("d")]
    (folder / "annotations.csv").write_text("".join(digest), encoding="utf-8")
    before = model_id(folder)
    arguments = ["train", "statement", "--models", str(tmp_path), "--texts", str(DIGEST.parent)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0 and "558 of stratum digest" in result.output
    assert model_id(folder) != before and load_models(tmp_path, ["statement"])
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(main, [*arguments[:-1], str(tmp_path / "empty")])
    assert result.exit_code == 1 and "source_sha256" in result.output


def test_a_temperature_makes_probabilities_honest_and_changes_no_label() -> None:
    random = np.random.default_rng(2)
    honest = random.dirichlet([1.0] * 4, size=4_000)
    truth = np.array([random.choice(4, p=row) for row in honest])
    boastful = with_temperature(honest, 0.4)
    temperature = fit_temperature(boastful, truth)
    mended = with_temperature(boastful, temperature)
    assert temperature == pytest.approx(2.5, rel=0.1)
    assert (mended.argmax(axis=1) == honest.argmax(axis=1)).all()
    error_of = {
        name: calibration_error(each.max(axis=1), each.argmax(axis=1) == truth)
        for name, each in {"boastful": boastful, "mended": mended}.items()
    }
    assert error_of["mended"] < 0.03
    assert error_of["boastful"] > 0.1
    calibrated = toy_model()
    readings = features_of([Reading("Het algoritme daalt")], keywords=LISTING, meaning=Meaning()).matrix
    before = calibrated.predict_proba(readings)
    calibrate(calibrated, 2.0)
    assert np.allclose(calibrated.predict_proba(readings), with_temperature(before, 2.0), atol=1e-5)


def test_coverage_counts_the_surest_first() -> None:
    truth, said = np.array(list("aaaa")), np.array(list("aaab"))
    rows = coverage(truth, said, np.array([0.9, 0.8, 0.7, 0.6]))
    assert (rows[0]["accuracy"], rows[0]["from"]) == (0.75, 0.6)
    assert (rows[-1]["kept"], rows[-1]["accuracy"], rows[-1]["from"]) == (0.5, 1.0, 0.8)


@pytest.mark.parametrize("codebook", ["digitalisation", "policy-areas"])
def test_crosswalks_have_every_label_and_shares_that_readers_gave(codebook: str) -> None:
    with (MODELS / codebook / "crosswalk.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for scheme in ("cap-major", "manifesto-project"):
        found = {row["label"] for row in rows if row["scheme"] == scheme}
        assert found == set(read_codebook(MODELS / codebook / CODEBOOK_FILE).labels)
    assert {row["fit"] for row in rows} <= {"exact", "close", "broader", "partial", "none"}
    assert all(bool(row["code"]) == (row["fit"] != "none") for row in rows)
    topics = tomllib.loads((MODELS / "policy-areas" / CODEBOOK_FILE).read_text(encoding="utf-8"))["labels"]
    name_of = {str(topic["cap"]): topic["id"] for topic in topics}
    given = {
        name: {each: one.label for each, one in settled_labels(read_annotations(path)).items()}
        for name in ("digitalisation", "policy-areas")
        for path in [MODELS / name / "annotations.csv"]
    }
    for row in rows:
        if row["share"]:
            of_label = [each for each, label in given[codebook].items() if label == row["label"]]
            there = [each for each in of_label if given["policy-areas"].get(each) == name_of[row["code"]]]
            assert float(row["share"]) == pytest.approx(len(there) / len(of_label), abs=0.015)


def test_a_model_is_evaluated_on_labels_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "text,label,before,group\nWij verbieden gezichtsherkenning door de politie.,commitment,,a\n"
        "Nederland is een klein land.,analysis,Wat is Nederland?,b\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["evaluate", "statement", "--on", str(tmp_path / "own.csv")])
    answer = json.loads(result.output)
    assert (
        answer["examples"] == 2 and answer["accuracy"] == 1.0 and set(answer["by_label"]) == {"commitment", "analysis"}
    )
    (tmp_path / "own.csv").write_text("sentence,label\na,aim\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["evaluate", "statement", "--on", str(tmp_path / "own.csv")])
    assert result.exit_code == 2 and "text and label" in result.output
    assert CliRunner().invoke(main, ["evaluate", "statement"]).exit_code == 2

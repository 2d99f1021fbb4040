"""Text encoders: ours, one in ONNX that is made here, and names that lead nowhere."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from extract.labels.classifier import features_of, fit_features
from extract.labels.contexts import Reading
from extract.labels.encoders import OURS, load_encoder
from extract.labels.features import Meaning
from extract.problems import UsageError
from tests.conftest import MODELS

WORDS = {"[UNK]": 0, "zorg": 1, "arts": 2, "baan": 3, "tram": 4, "[PAD]": 5}
VECTORS = np.array([[0, 0], [1, 0.1], [1, 0], [0, 1], [0.1, 1], [9, 9]], dtype=np.float32)


@pytest.fixture
def onnx_encoder(tmp_path: Path) -> Path:
    """A folder with a model that looks up a vector for each token, and its tokeniser."""
    nodes = [helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", 2])],
        [numpy_helper.from_array(VECTORS, "vectors")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    folder = tmp_path / "tiny"
    folder.mkdir()
    onnx.save(model, folder / "model.onnx")
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_ours_puts_sentences_about_the_same_near_each_other() -> None:
    encoder = load_encoder(OURS, MODELS)
    care, doctor, rail, nothing = encoder.encode(
        [
            "De wachttijden in het ziekenhuis moeten korter.",
            "Huisartsen krijgen meer tijd voor patiënten.",
            "Er komt een spoorlijn naar Groningen.",
            "",
        ]
    )
    assert care @ doctor > care @ rail and not nothing.any()
    assert np.linalg.norm(care) == pytest.approx(1, abs=1e-5)


def test_what_ours_knows_does_not_depend_on_company() -> None:
    encoder = load_encoder(OURS, MODELS)
    texts = ["De AOW gaat omhoog.", "Wij willen 1.000 woningen.", "Wij willen 250 woningen."]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.array_equal(encoder.encode(texts), alone)


def test_an_onnx_encoder_averages_tokens_but_not_padding(onnx_encoder: Path) -> None:
    encoder = load_encoder(str(onnx_encoder), MODELS)
    single, longer, empty = encoder.encode(["zorg", "baan tram baan tram", ""])
    assert single == pytest.approx(VECTORS[1] / np.linalg.norm(VECTORS[1]), abs=1e-6)
    mean = (VECTORS[3] + VECTORS[4]) / 2
    assert longer == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6) and not empty.any()


def test_a_classifier_learns_from_a_plugged_encoder(onnx_encoder: Path) -> None:
    meaning = Meaning(encoder=load_encoder(str(onnx_encoder), MODELS))
    readings = [Reading(text) for text in ["zorg", "baan"] * 10]
    features = features_of(readings, keywords="keyword,label,weight\n", meaning=meaning)
    fitted = fit_features(features, ["care", "roads"] * 10, by_form=False)
    unseen = features_of([Reading("arts"), Reading("tram")], keywords="keyword,label,weight\n", meaning=meaning)
    assert fitted.predict(unseen.matrix).tolist() == ["care", "roads"]
    assert meaning.hashes()["encoder"] == str(onnx_encoder)


def test_a_name_that_leads_nowhere_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pip install sentence-transformers"):
        load_encoder("no-such/encoder", tmp_path)
    with pytest.raises(UsageError, match="not whole"):
        load_encoder(OURS, tmp_path)


def test_an_onnx_model_without_its_tokeniser_is_refused(onnx_encoder: Path) -> None:
    (onnx_encoder / "tokenizer.json").unlink()
    with pytest.raises(UsageError, match=r"tokenizer\.json"):
        load_encoder(str(onnx_encoder), MODELS)


def test_our_card_says_what_was_measured() -> None:
    from pipelines.training.encoder import write_card

    facts = json.loads((MODELS / OURS / "metrics.json").read_text(encoding="utf-8"))
    assert (MODELS / OURS / "card.md").read_text(encoding="utf-8") == write_card(facts)
    assert sum(file.stat().st_size for file in (MODELS / OURS).iterdir()) < 30_000_000

"""A folder of models from a stranger, or half copied: faults are told with their place, no code runs, labels hold."""

import io
import json
import os
import pickle
import shutil
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sentencepiece
import skops.io
import spacy
import srsly
from click.testing import CliRunner
from sklearn.base import BaseEstimator
from spacy.training import Example
from spacy.vectors import Vectors

from extract.extraction import load_resources
from extract.labels.audits import classifier_in
from extract.labels.classifier import features_of, fit_features, save_model
from extract.labels.codebooks import CODEBOOK_FILE, KEYWORDS_FILE, METRICS_FILE, MODEL_FILE, hashes_of
from extract.labels.contexts import Reading
from extract.labels.encoders import OURS as ENCODER
from extract.labels.encoders import load_encoder
from extract.labels.features import Meaning
from extract.labels.models import label_readings, load_models
from extract.labels.word_vectors import load_vectors
from extract.language.pipeline import OURS, load_language
from extract.problems import ManifestoError
from extract.settings import Settings
from pipelines.commands.cli import main
from pipelines.commands.doctor import examine, language
from pipelines.plan import recipe_of
from tests.conftest import MODELS, ROOT

LISTING = "keyword,label,weight\nalgoritm*,ai,2\n*belasting*,tax,1\n"
TEXTS = ["Er komt een algoritme.", "De belasting stijgt.", "Een algoritme beslist.", "De btw-belasting daalt."] * 6
LABELS = ["ai", "tax", "ai", "tax"] * 6
BOOK = 'id = "toy"\nversion = "1"\nquestion = "?"\n' + "".join(
    f'[[labels]]\nid = "{name}"\nnl = "{name}"\n' for name in ("ai", "tax")
)
WIDTH = 8  # of the small encoder and of the small word vectors
PIECES = 30
RUN: list[str] = []  # what ran that should not


def ran() -> None:
    """What a planted pickle calls."""
    RUN.append("pickle")


class Planted:
    def __reduce__(self) -> Any:
        return (ran, ())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models in small: a codebook's classifier, text encoder, word vectors, language pipeline."""
    models = tmp_path_factory.mktemp("sound") / "models"
    (models / ENCODER).mkdir(parents=True)
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 10), model_writer=pieces, vocab_size=PIECES, minloglevel=2
    )
    (models / ENCODER / "pieces.model").write_bytes(pieces.getvalue())
    random = np.random.default_rng(1)
    np.save(models / ENCODER / "vectors.npy", random.normal(size=(PIECES, WIDTH)).astype(np.float32))
    make_pipeline(models / OURS)
    make_codebook(models)
    return models


def make_pipeline(folder: Path) -> None:
    """A language pipeline with the parts of ours, but small."""
    config = spacy.util.load_config(ROOT / "pipelines" / "training" / "nl_manifesto.cfg")
    config["corpora"] = {}  # else their reader, where another test has registered it, asks for their files
    parts = config["components"]
    parts["tok2vec"]["model"]["encode"].update(width=8, depth=1)
    parts["tok2vec"]["model"]["embed"].update(rows=[20, 20, 20, 20], include_static_vectors=True)
    parts["parser"]["model"]["hidden_width"] = 8
    parts["lemmatizer"]["min_tree_freq"] = 1
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    nlp.vocab.vectors = Vectors(
        mode="floret", data=np.random.default_rng(1).normal(size=(50, WIDTH)).astype(np.float32), hash_count=2,
        minn=3, maxn=5, strings=nlp.vocab.strings,
    )  # fmt: skip
    doc = spacy.tokens.Doc(
        nlp.vocab, ["De", "partij", "wil", "huizen"], heads=[1, 2, 2, 2], deps=["det", "nsubj", "ROOT", "obj"],
        pos=["DET", "NOUN", "VERB", "NOUN"], lemmas=["de", "partij", "willen", "huis"],
        morphs=["", "Number=Sing", "", "Number=Plur"], sent_starts=[True, False, False, False],
    )  # fmt: skip
    nlp.initialize(lambda: [Example(nlp.make_doc(doc.text), doc)] * 40)
    nlp.meta.update(name="manifesto", version="1.0.0")
    nlp.to_disk(folder)


def make_codebook(models: Path, **said: Any) -> None:
    folder = models / "toy"
    folder.mkdir()
    (folder / CODEBOOK_FILE).write_text(BOOK, encoding="utf-8")
    (folder / KEYWORDS_FILE).write_text(LISTING, encoding="utf-8")
    meaning = Meaning(load_encoder(ENCODER, models), load_vectors(models))
    readings = [Reading(text) for text in TEXTS]
    features = features_of(readings, keywords=LISTING, meaning=meaning)
    save_model(fit_features(features, LABELS, by_form=False), folder)
    (folder / METRICS_FILE).write_text(json.dumps({"threshold": 0.5} | meaning.hashes()), encoding="utf-8")
    rehash(models)


@pytest.fixture
def models(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound folder, to tamper with; files are linked, so `put` and `remove` replace them."""
    shutil.copytree(sound, tmp_path / "models", copy_function=link)
    return tmp_path / "models"


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def put(path: Path, data: bytes | str) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def rehash(models: Path) -> None:
    """Make the hashes fit, as one who knows how would."""
    said = json.loads((models / "toy" / METRICS_FILE).read_text(encoding="utf-8"))
    said |= hashes_of(models / "toy")
    put(models / "toy" / METRICS_FILE, json.dumps(said))


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail what waits for ever, where there are alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: object) -> None:
        raise AssertionError("it waits for ever")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def refused(call: Callable[[], object], *said: str) -> None:
    """What is called tells a user in words what is wrong, and where; it names each of `said`."""
    with within(20), pytest.raises(ManifestoError) as caught:
        call()
    message = str(caught.value)
    assert all(each in message for each in said), message
    assert all(each.isprintable() or each == "\n" for each in message), message
    assert len(message) < 1_500 and not RUN


# A codebook's folder


def metrics(**said: Any) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        known = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8")) | said
        put(folder / METRICS_FILE, json.dumps({name: value for name, value in known.items() if value != "gone"}))

    return tamper


def replaced(name: str, data: bytes | str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        put(folder / name, data)
        if name != METRICS_FILE:
            rehash(folder.parent)

    return tamper


def truncated(name: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        data = (folder / name).read_bytes()
        put(folder / name, data[: len(data) // 2])
        if name != METRICS_FILE:
            rehash(folder.parent)

    return tamper


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def as_folder(name: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return tamper


def pipe(name: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        if not hasattr(os, "mkfifo"):
            pytest.skip("there are no named pipes here")
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return tamper


def schema(change: Callable[[dict[str, Any]], None] | Callable[[str], str]) -> Callable[[Path], None]:
    """Rewrite the schema in the skops file, as text."""

    def tamper(folder: Path) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(folder / MODEL_FILE) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == "schema.json":
                    data = change(data.decode("utf-8")).encode("utf-8")  # type: ignore[arg-type, union-attr]
                target.writestr(name, data)
        put(folder / MODEL_FILE, out.getvalue())
        rehash(folder.parent)

    return tamper


def classifier(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Change the classifier itself, and dump it as skops does."""

    def tamper(folder: Path) -> None:
        loaded = skops.io.load(folder / MODEL_FILE, trusted=["extract.labels.classifier.take_columns"])
        change(loaded)
        put(folder / MODEL_FILE, skops.io.dumps(loaded))
        rehash(folder.parent)

    return tamper


def set_in(step: str, name: str, value: Any) -> Callable[[Path], None]:
    return classifier(lambda loaded: setattr(loaded.named_steps[step], name, value))


def change_columns(loaded: Any) -> None:
    part = loaded.named_steps["features"].transformer_list[0][1]
    part.named_steps["take"].kw_args["columns"] = np.array([10**8, 10**8 + 1])


def one_class(loaded: Any) -> None:
    regression = loaded.named_steps["regression"]
    regression.classes_ = regression.classes_[:1]


def bomb(folder: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("schema.json", "w", force_zip64=True) as part,
    ):
        for _ in range(260):
            part.write(b" " * 2**20)
    put(folder / MODEL_FILE, out.getvalue())
    rehash(folder.parent)


def nested(folder: Path) -> None:
    put(folder / METRICS_FILE, "[" * 200_000)


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "no model": (gone(MODEL_FILE), MODEL_FILE),
    "no metrics": (gone(METRICS_FILE), METRICS_FILE),
    "no codebook": (gone(CODEBOOK_FILE), CODEBOOK_FILE),
    "no keywords": (gone(KEYWORDS_FILE), KEYWORDS_FILE),
    "a folder for a model": (as_folder(MODEL_FILE), MODEL_FILE),
    "a folder for metrics": (as_folder(METRICS_FILE), METRICS_FILE),
    "a pipe for metrics": (pipe(METRICS_FILE), METRICS_FILE),
    "a pipe for keywords": (pipe(KEYWORDS_FILE), KEYWORDS_FILE),
    "empty model": (replaced(MODEL_FILE, b""), MODEL_FILE),
    "empty metrics": (replaced(METRICS_FILE, b""), METRICS_FILE),
    "empty codebook": (replaced(CODEBOOK_FILE, b""), CODEBOOK_FILE),
    "empty keywords": (replaced(KEYWORDS_FILE, b""), KEYWORDS_FILE),
    "half a model": (truncated(MODEL_FILE), MODEL_FILE),
    "half of metrics": (truncated(METRICS_FILE), METRICS_FILE),
    "half a codebook": (replaced(CODEBOOK_FILE, BOOK[: len(BOOK) - 6]), CODEBOOK_FILE),
    "threshold NaN": (metrics(threshold=float("nan")), METRICS_FILE),
    "threshold Infinity": (metrics(threshold=float("inf")), METRICS_FILE),
    "threshold too great a number": (replaced(METRICS_FILE, '{"threshold": 1e999}'), METRICS_FILE),
    "threshold negative": (metrics(threshold=-0.5), "threshold"),
    "threshold above 1": (metrics(threshold=1.5), "threshold"),
    "threshold a string": (metrics(threshold="0.5"), "threshold"),
    "threshold true": (metrics(threshold=True), "threshold"),
    "threshold null": (metrics(threshold=None), "threshold"),
    "threshold a list": (metrics(threshold=[0.5]), "threshold"),
    "no threshold": (metrics(threshold="gone"), "threshold"),
    "NaN elsewhere in metrics": (metrics(temperature=float("nan")), METRICS_FILE),
    "metrics a list": (replaced(METRICS_FILE, "[]"), METRICS_FILE),
    "metrics null": (replaced(METRICS_FILE, "null"), METRICS_FILE),
    "metrics nested": (nested, METRICS_FILE),
    "metrics not text": (replaced(METRICS_FILE, b"\xff\xfe\x00"), METRICS_FILE),
    "no hash of the model": (metrics(model_sha256="gone"), MODEL_FILE),
    "another hash of the model": (metrics(model_sha256="0" * 64), MODEL_FILE),
    "hash a number": (metrics(keywords_sha256=5), KEYWORDS_FILE),
    "encoder a number": (metrics(encoder=5), "encoder"),
    "encoder a list": (metrics(encoder=["text_encoder"]), "encoder"),
    "encoder hash a list": (metrics(encoder_sha256=[]), "encoder"),
    "encoder missing": (metrics(encoder="gone"), "encoder"),
    "vectors hash other": (metrics(vectors_sha256="0" * 64), "word vectors"),
    "pickle": (replaced(MODEL_FILE, pickle.dumps(Planted())), MODEL_FILE),
    "zip bomb": (bomb, MODEL_FILE),
    "a zip of something else": (schema(lambda _: "{}"), MODEL_FILE),
    "schema a list": (schema(lambda _: "[]"), MODEL_FILE),
    "schema nested": (schema(lambda _: "[" * 200_000), MODEL_FILE),
    "a foreign function": (schema(lambda text: text.replace("take_columns", "load_models")), MODEL_FILE),
    "os.system": (
        schema(lambda text: text.replace('"take_columns"', '"system"').replace('"extract.labels.classifier"', '"os"')),
        MODEL_FILE,
    ),
    "a loader of another kind": (schema(lambda text: text.replace("FunctionNode", "MethodNode")), MODEL_FILE),
    "another estimator that skops trusts": (
        schema(lambda text: text.replace('"FeatureUnion"', '"Pipeline"')), MODEL_FILE,
    ),
    "many processes": (set_in("features", "n_jobs", 64), MODEL_FILE),
    "a weight NaN": (set_in("features", "transformer_weights", {"words": float("nan")}), MODEL_FILE),
    "coefficients NaN": (classifier(lambda one: one.named_steps["regression"].coef_.fill(np.nan)), MODEL_FILE),
    "coefficients of another shape": (set_in("regression", "coef_", np.zeros((1, 5), np.float32)), MODEL_FILE),
    "columns that are not there": (classifier(change_columns), MODEL_FILE),
    "one label": (classifier(one_class), MODEL_FILE),
    "labels of another type": (set_in("regression", "classes_", np.array([0, 1])), MODEL_FILE),
    "a label that the codebook has not": (set_in("regression", "classes_", np.array(["ai", "levy"])), "levy"),
    "a label twice": (set_in("regression", "classes_", np.array(["ai", "ai"])), MODEL_FILE),
    "codebook with no labels": (replaced(CODEBOOK_FILE, BOOK.split("[[")[0]), CODEBOOK_FILE),
    "codebook with labels of text": (
        replaced(CODEBOOK_FILE, BOOK.split("[[")[0] + 'labels = ["ai", "tax"]'), CODEBOOK_FILE,
    ),
    "codebook with a label twice": (replaced(CODEBOOK_FILE, BOOK.replace('"tax"', '"ai"')), CODEBOOK_FILE),
    "codebook id a number": (replaced(CODEBOOK_FILE, BOOK.replace('"toy"', "5")), CODEBOOK_FILE),
    "codebook id of another": (replaced(CODEBOOK_FILE, BOOK.replace('"toy"', '"statement"')), CODEBOOK_FILE),
    "codebook id a path": (replaced(CODEBOOK_FILE, BOOK.replace('"toy"', '"../toy"')), CODEBOOK_FILE),
    "codebook version a date": (
        replaced(CODEBOOK_FILE, BOOK.replace('version = "1"', "version = 2025-01-01")), CODEBOOK_FILE,
    ),
    "codebook name a table": (replaced(CODEBOOK_FILE, BOOK.replace('nl = "ai"', "nl = {a = 1}")), CODEBOOK_FILE),
    "codebook abstains from nothing it has": (replaced(CODEBOOK_FILE, 'abstain = "x"\n' + BOOK), CODEBOOK_FILE),
    "codebook by_form a text": (replaced(CODEBOOK_FILE, 'by_form = "no"\n' + BOOK), CODEBOOK_FILE),
    "codebook nested": (replaced(CODEBOOK_FILE, "a = " + "[" * 200_000), CODEBOOK_FILE),
    "codebook that writes to the terminal": (
        replaced(CODEBOOK_FILE, BOOK.replace("toy", "\\u001b]0;x")), CODEBOOK_FILE,
    ),
    "keywords without columns": (replaced(KEYWORDS_FILE, "a,b\n1,2\n"), KEYWORDS_FILE),
    "keywords not text": (replaced(KEYWORDS_FILE, b"keyword,label,weight\n\xff,ai,1\n"), KEYWORDS_FILE),
    "keywords with no weight": (replaced(KEYWORDS_FILE, "keyword,label,weight\nzorg,ai\n"), KEYWORDS_FILE),
    "keywords with weight NaN": (replaced(KEYWORDS_FILE, LISTING + "zorg,ai,NaN\n"), KEYWORDS_FILE),
    "keywords with a great weight": (replaced(KEYWORDS_FILE, LISTING + f"zorg,ai,{'9' * 400}\n"), KEYWORDS_FILE),
    "keywords with half a weight": (replaced(KEYWORDS_FILE, LISTING + "zorg,ai,0.5\n"), KEYWORDS_FILE),
    "an empty keyword": (replaced(KEYWORDS_FILE, LISTING + ",ai,1\n"), KEYWORDS_FILE),
    "keywords of another codebook": (replaced(KEYWORDS_FILE, LISTING + "zorg,care,1\n"), KEYWORDS_FILE),
    "a keyword that takes for ever": (replaced(KEYWORDS_FILE, LISTING + f"{'*a' * 30} b,ai,1\n"), KEYWORDS_FILE),
}  # fmt: skip


def test_the_sound_folder_labels(models: Path) -> None:
    found = load_models(models, ["toy"])
    assert [each[0][0] for each in label_readings([Reading("Het algoritme"), Reading("De belasting")], found)] == [
        "ai",
        "tax",
    ]
    assert load_language(OURS, models=models)


@pytest.mark.parametrize("name", WRONG)
def test_a_part_of_a_codebook_that_is_broken_is_told(models: Path, name: str) -> None:
    tamper, part = WRONG[name]
    tamper(models / "toy")
    refused(lambda: load_models(models, ["toy"]), str(models / "toy"), part)


def contents(value: Any) -> Any:
    """What an object is made of, to compare two of them."""
    if isinstance(value, np.ndarray | np.generic):
        return type(value), value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return type(value), [contents(each) for each in value]
    if isinstance(value, dict):
        return [(key, contents(each)) for key, each in value.items()]
    return (type(value), contents(vars(value))) if isinstance(value, BaseEstimator) else value


@pytest.mark.parametrize("codebook", ["digitalisation", "policy-areas", "statement"])
def test_a_classifier_is_read_as_skops_reads_it(codebook: str) -> None:
    data = (MODELS / codebook / MODEL_FILE).read_bytes()
    by_skops = skops.io.loads(data, trusted=["extract.labels.classifier.take_columns"])
    assert contents(classifier_in(data)) == contents(by_skops) and len(str(contents(by_skops))) > 100_000


# Text encoder and word vectors


def saved(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def floret(**said: object) -> Callable[[Path], None]:
    def tamper(models: Path) -> None:
        path = models / OURS / "vocab" / "vectors.cfg"
        put(path, json.dumps(json.loads(path.read_text(encoding="utf-8")) | said))

    return tamper


def in_place(name: str, data: bytes | str | None) -> Callable[[Path], None]:
    """Put something in the place of a file of the folder of models; None removes it."""

    def tamper(models: Path) -> None:
        if data is None:
            (models / name).unlink()
        else:
            put(models / name, data)

    return tamper


def half(name: str) -> Callable[[Path], None]:
    def tamper(models: Path) -> None:
        data = (models / name).read_bytes()
        put(models / name, data[: len(data) // 2])

    return tamper


def promised(shape: str) -> bytes:
    """A .npy file that says it has numbers which are not there."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


PIECES_PATH, TABLE_PATH, VECTORS_PATH = f"{ENCODER}/pieces.model", f"{ENCODER}/vectors.npy", f"{OURS}/vocab/vectors"
WRONG_MEANING: dict[str, tuple[Callable[[Path], None], str]] = {
    "no pieces": (in_place(PIECES_PATH, None), "pieces.model"),
    "no table": (in_place(TABLE_PATH, None), "vectors.npy"),
    "empty pieces": (in_place(PIECES_PATH, b""), "pieces.model"),
    "garbage for pieces": (in_place(PIECES_PATH, bytes(range(256)) * 40), "pieces.model"),
    "half of the pieces": (half(PIECES_PATH), "pieces.model"),
    "half of the table": (half(TABLE_PATH), "vectors.npy"),
    "a pickle for the table": (in_place(TABLE_PATH, pickle.dumps(Planted())), "vectors.npy"),
    "a pickle in the table": (in_place(TABLE_PATH, saved(np.array([[Planted()]], dtype=object))), "vectors.npy"),
    "a table of another length": (in_place(TABLE_PATH, saved(np.ones((7, WIDTH), np.float32))), "7 vectors"),
    "a table of texts": (in_place(TABLE_PATH, saved(np.full((PIECES, WIDTH), "a"))), "vectors.npy"),
    "a table in one row": (in_place(TABLE_PATH, saved(np.ones(PIECES, np.float32))), "vectors.npy"),
    "a table with NaN": (in_place(TABLE_PATH, saved(np.full((PIECES, WIDTH), np.nan))), "vectors.npy"),
    "a table that promises much": (in_place(TABLE_PATH, promised("(10000000000, 300)")), "vectors.npy"),
    "another encoder": (in_place(TABLE_PATH, saved(np.ones((PIECES, WIDTH), np.float32))), "another text encoder"),
    "no word vectors": (in_place(VECTORS_PATH, None), "word vectors"),
    "half of the word vectors": (half(VECTORS_PATH), "vectors"),
    "word vectors of no number": (in_place(VECTORS_PATH, saved(np.full((50, WIDTH), np.inf))), "vectors"),
    "word vectors without rows": (in_place(VECTORS_PATH, saved(np.ones((0, WIDTH), np.float32))), "vectors"),
    "a pickle in the word vectors": (in_place(VECTORS_PATH, saved(np.array([[Planted()]], object))), "vectors"),
    "no settings of vectors": (in_place(f"{VECTORS_PATH}.cfg", None), "vectors.cfg"),
    "settings of vectors a list": (in_place(f"{VECTORS_PATH}.cfg", "[]"), "vectors"),
    "no hashes": (floret(hash_count=0), "vectors.cfg"),
    "many hashes": (floret(hash_count=2**31), "vectors.cfg"),
    "long pieces": (floret(maxn=2**31), "vectors.cfg"),
    "hashes a text": (floret(hash_count="2"), "vectors.cfg"),
    "a long mark": (floret(bow="<" * 10**6), "vectors.cfg"),
}


@pytest.mark.parametrize("name", WRONG_MEANING)
def test_an_encoder_or_vectors_that_are_broken_are_told(models: Path, name: str) -> None:
    tamper, part = WRONG_MEANING[name]
    tamper(models)
    refused(lambda: load_models(models, ["toy"]), str(models), part)


def make_onnx(folder: Path, *, external: str | None = None) -> None:
    """A model that looks up a vector of two numbers for each of three tokens; `external`: in a file elsewhere."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    table = numpy_helper.from_array(np.ones((3, 2), np.float32), "vectors")
    if external:
        onnx.external_data_helper.set_external_data(table, external)
        table.ClearField("raw_data")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])], "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", 2])], [table],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(made.SerializeToString())
    Tokenizer(WordLevel({"[UNK]": 0, "zorg": 1, "[PAD]": 2}, unk_token="[UNK]")).save(str(folder / "tokenizer.json"))


@pytest.mark.parametrize("name", ["outside", "above", "linked", "fetched", "on another machine", "control"])
def test_a_model_may_not_have_another_folder_opened(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make_onnx(tmp_path / "outside")
    if name == "linked":
        try:
            (models / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
        except OSError:
            pytest.skip("links cannot be made here")
    encoder = {
        "outside": str(tmp_path / "outside"), "above": "../outside", "linked": "linked", "fetched": "evil/model",
        "on another machine": r"\\evil\share", "control": "a\x1b]0;x",
    }[name]  # fmt: skip
    found = load_encoder(str(tmp_path / "outside"), models)  # whoever names it on the command line may have it
    metrics(encoder=encoder, encoder_sha256=found.sha256)(models / "toy")
    monkeypatch.setattr("extract.labels.encoders._load_onnx", lambda *_: pytest.fail("it was opened"))
    refused(lambda: load_models(models, ["toy"]), "MANIFESTO_ENCODER")


def test_an_encoder_in_the_folder_of_models_may_be_named_and_another_is_allowed_by_its_user(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder in (("tiny", models / "tiny"), (str(tmp_path / "outside"), tmp_path / "outside")):
        make_onnx(folder)
        metrics(encoder=name, encoder_sha256=load_encoder(name, models).sha256)(models / "toy")
        monkeypatch.setenv("MANIFESTO_ENCODER", str(tmp_path / "outside"))
        # It is opened, and then found to be another than the classifier was trained with: its vectors are narrower.
        refused(lambda: load_models(models, ["toy"]), MODEL_FILE)


@pytest.mark.parametrize("external", ["../secret.bin", "/etc/hostname"])
def test_an_encoder_reads_no_file_outside_its_folder(models: Path, external: str) -> None:
    (models / "secret.bin").write_bytes(np.ones((3, 2), np.float32).tobytes())
    make_onnx(models / "tiny", external=external)
    refused(lambda: load_encoder("tiny", models), "model.onnx")


def test_a_broken_encoder_of_another_kind_is_told(models: Path) -> None:
    make_onnx(models / "tiny")
    put(models / "tiny" / "tokenizer.json", '{"model": {}}')
    refused(lambda: load_encoder("tiny", models), "tokenizer.json")
    make_onnx(models / "other")
    put(models / "other" / "model.onnx", b"no model")
    refused(lambda: load_encoder("other", models), "model.onnx")


# Language pipeline


def config(old: str, new: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        said = (folder / "config.cfg").read_text(encoding="utf-8")
        assert old in said
        put(folder / "config.cfg", said.replace(old, new, 1))

    return tamper


def meta(**said: object) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        put(folder / "meta.json", json.dumps(json.loads((folder / "meta.json").read_text(encoding="utf-8")) | said))

    return tamper


def weights(component: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change what the file of a component's weights says."""

    def tamper(folder: Path) -> None:
        said = srsly.msgpack_loads((folder / component / "model").read_bytes())
        change(said)
        put(folder / component / "model", srsly.msgpack_dumps(said))

    return tamper


def shrink(said: dict[str, Any]) -> None:
    """Take rows off each table of weights, and the lengths that it had."""
    for node, params in zip(said["nodes"], said["params"], strict=True):
        node["dims"] = {}
        for name, table in params.items():
            if table is not None:
                params[name] = np.ascontiguousarray(table[:1])


def rename(said: dict[str, Any]) -> None:
    said["nodes"][0]["name"] = "other"


def trees(*found: dict[str, int]) -> Callable[[Path], None]:
    return lambda folder: put(folder / "lemmatizer" / "trees", srsly.msgpack_dumps({"trees": list(found)}))


def match(prefix: int, suffix: int = 2**32 - 1) -> dict[str, int]:
    return {"prefix_len": 0, "suffix_len": 0, "prefix_tree": prefix, "suffix_tree": suffix}


def fewer_moves(folder: Path) -> None:
    said = srsly.msgpack_loads((folder / "parser" / "moves").read_bytes())
    moves = json.loads(said["moves"])
    moves["2"] = moves["2"] | {f"extra{at}": 1 for at in range(50)}
    put(folder / "parser" / "moves", srsly.msgpack_dumps(said | {"moves": json.dumps(moves)}))


READER = '@readers = "srsly.read_json.v1"\npath = "/etc/hostname"'
WRONG_PIPELINE: dict[str, Callable[[Path], None]] = {
    "no meta": lambda folder: (folder / "meta.json").unlink(),
    "meta a list": lambda folder: put(folder / "meta.json", "[]"),
    "meta not whole": lambda folder: put(folder / "meta.json", "{"),
    "meta with a number for a version": meta(version=5),
    "meta for a spaCy that is a list": meta(spacy_version=[">=3.8.0"]),
    "meta for a spaCy that is nonsense": meta(spacy_version="???"),
    "meta with components that are numbers": meta(components=[1, 2], pipeline=[1, 2]),
    "meta that writes to the terminal": meta(name="a\x1b]0;x"),
    "no configuration": lambda folder: (folder / "config.cfg").unlink(),
    "configuration empty": lambda folder: put(folder / "config.cfg", ""),
    "configuration garbage": lambda folder: put(folder / "config.cfg", b"\xff\x00[[["),
    "a factory that nobody has": config('factory = "senter"', 'factory = "evil"'),
    "a factory that is code": config('factory = "senter"', 'factory = "os.system"'),
    "a component from elsewhere": config('factory = "senter"', 'source = "/elsewhere/model"'),
    "a reader of files": config("overwrite = true", f"overwrite = true\n\n[components.morphologizer.extra]\n{READER}"),
    "a reader by reference": lambda folder: (
        config("[corpora]", f"[corpora]\n\n[corpora.evil]\n{READER}\n")(folder),
        config("label_smoothing = 0.0", "label_smoothing = ${corpora.evil}")(folder),
    ),
    "a knowledge base from a file": config("spacy.Tok2Vec.v2", "spacy.EntityLinker.v2"),
    "a callback": config(
        "before_creation = null",
        'before_creation = {"@callbacks": "spacy.copy_from_base_model.v1", "tokenizer": "/tmp"}',
    ),
    "a tokenizer that imports": config("spacy.Tokenizer.v1", "spacy.zh.ChineseTokenizer"),
    "another language": config('lang = "nl"', 'lang = "ja"'),
    "layers without end": config("depth = 1", "depth = 1000000000"),
    "a width without end": config("width = 8", "width = 1000000000"),
    "no component's folder": lambda folder: shutil.rmtree(folder / "parser"),
    "no weights": lambda folder: (folder / "parser" / "model").unlink(),
    "half of the weights": half("parser/model"),
    "garbage for weights": lambda folder: put(folder / "tok2vec" / "model", b"\xc1garbage"),
    "weights a list": lambda folder: put(folder / "tok2vec" / "model", srsly.msgpack_dumps([])),
    "weights of another shape": weights("parser", shrink),
    "weights of another shape below": weights("tok2vec", shrink),
    "layers of another name": weights("tok2vec", rename),
    "more moves than weights": fewer_moves,
    "trees in a circle": trees(match(0)),
    "trees that call each other": trees(match(1), match(0)),
    "trees that are not there": trees(match(2**31)),
    "half of the trees": half("lemmatizer/trees"),
    "no tokenizer": lambda folder: put(folder / "tokenizer", b""),
    "a tokenizer of garbage": lambda folder: put(folder / "tokenizer", b"\xff" * 100),
    "a tokenizer with a broken pattern": lambda folder: put(
        folder / "tokenizer", srsly.msgpack_dumps({"prefix_search": "(", "exceptions": {}})
    ),
    "strings that are none": lambda folder: put(folder / "vocab" / "strings.json", "[1, {}"),
    "vectors of another width": lambda folder: put(
        folder / "vocab" / "vectors", saved(np.ones((50, WIDTH + 3), np.float32))
    ),
    "a pipe for the tokenizer": pipe("tokenizer"),
    "a pipe in a component": lambda folder: pipe("model")(folder / "parser"),
}


@pytest.mark.parametrize("name", WRONG_PIPELINE)
def test_a_language_pipeline_that_is_broken_is_told(models: Path, name: str) -> None:
    WRONG_PIPELINE[name](models / OURS)
    refused(lambda: load_language(OURS, models=models), OURS)


def test_what_only_training_reads_is_not_read(models: Path, tmp_path: Path) -> None:
    pipe("meta.json")(Path(shutil.copytree(models / OURS, tmp_path / "other")))  # whoever reads it waits for ever
    secret = tmp_path / "other" / "meta.json"
    text = (models / OURS / "config.cfg").read_text(encoding="utf-8")
    for section in ("corpora.evil", "initialize.components.evil"):
        text += f'\n\n[{section}]\n@readers = "srsly.read_json.v1"\npath = "{secret}"\n'
    put(models / OURS / "config.cfg", text)
    with within(20):
        assert load_language(OURS, models=models)


# Commands


def test_a_survey_tells_what_is_broken(models: Path) -> None:
    settings = Settings(language_pipeline=OURS, codebooks=("toy",))
    assert recipe_of(settings, models).models[0].startswith("toy@")
    (models / "toy" / METRICS_FILE).unlink()
    refused(lambda: recipe_of(settings, models), METRICS_FILE)
    shutil.rmtree(models / "toy")
    refused(lambda: recipe_of(settings, models), "toy")
    shutil.rmtree(models / OURS)
    refused(lambda: recipe_of(settings, models), OURS)


def test_loading_all_tells_what_is_broken(models: Path) -> None:
    settings = Settings(language_pipeline=OURS, codebooks=("toy",))
    assert load_resources(settings, models=models).models[0].threshold == 0.5
    metrics(threshold=float("nan"))(models / "toy")
    blank = Settings(language_pipeline="blank", codebooks=("toy",))
    refused(lambda: load_resources(blank, models=models), METRICS_FILE, "NaN")


def test_no_sentence_is_kept_for_a_threshold_that_is_no_number(models: Path) -> None:
    """NaN is neither above nor below a probability, so nothing would ever abstain."""
    (model,) = load_models(models, ["toy"])
    assert 0 <= model.threshold <= 1 and model.threshold == model.threshold
    metrics(threshold=float("nan"))(models / "toy")
    refused(lambda: load_models(models, ["toy"]), METRICS_FILE)


def test_the_doctor_names_what_is_broken(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books = ("digitalisation", "policy-areas", "statement")
    for name in books:
        shutil.copytree(models / "toy", models / name)
    metrics(threshold=2)(models / "digitalisation")
    put(models / "policy-areas" / MODEL_FILE, pickle.dumps(Planted()))
    (models / "statement" / CODEBOOK_FILE).unlink()
    monkeypatch.setattr("pipelines.commands.doctor._prefect", lambda: language(models))
    put(models / OURS / "lemmatizer" / "trees", b"")
    monkeypatch.setattr("extract.language.pipeline.PREFERRED", "nl_no_such_package")
    said = {each.part: (each.well, each.finding) for each in examine(models.parent, models)}
    for name, part in zip(books, (METRICS_FILE, MODEL_FILE, CODEBOOK_FILE), strict=True):
        well, finding = said[f"model {name}"]
        assert not well and part in finding
    well, finding = said["language pipeline"]
    assert not well and OURS in finding and not RUN


@pytest.mark.parametrize("command", ["evaluate", "why"])
def test_commands_tell_what_is_broken(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    metrics(threshold=float("nan"))(models / "toy")
    (tmp_path / "own.csv").write_text("text,label\nEr komt een algoritme.,ai\n", encoding="utf-8")
    (tmp_path / "tables").mkdir()
    labels = pa.table({"codebook": ["toy", "../toy"]})
    pq.write_table(labels, tmp_path / "tables" / "labels.parquet")
    monkeypatch.setattr("pipelines.commands.why.reading_of", lambda *_: Reading("Het algoritme."))
    arguments = {
        "evaluate": ["evaluate", "toy", "--on", str(tmp_path / "own.csv")],
        "why": ["why", "x", "--dataset", str(tmp_path), "--codebook", "toy"],
    }
    result = CliRunner().invoke(main, [*arguments[command], "--models", str(models)])
    assert result.exit_code == 1 and METRICS_FILE in result.output and "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_dataset_cannot_have_models_loaded_from_elsewhere(models: Path) -> None:
    shutil.move(models / "toy", models.parent / "toy")
    refused(lambda: load_models(models, ["../toy"]), "../toy")

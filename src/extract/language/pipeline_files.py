"""What is looked at in the folder of a spaCy pipeline, which may come from a stranger, before and after it is loaded.

Its configuration names functions that spaCy calls with what else it says: some read files, load other pipelines or are
a package's own. Its weights and trees are handed to compiled code, which does not look where they end. So a pipeline
may be made of the parts that a Dutch pipeline needs, and its weights have to have the shapes that the configuration
asks for. A pipeline that was installed as a package is code that somebody installed, and is not looked at.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from extract.parts import json_of, read_table, read_text, require_file

if TYPE_CHECKING:
    from spacy.language import Language

# Components, and functions by their registry, that a pipeline in a folder may name. None of them reads a file.
_FACTORIES = frozenset(
    ["tok2vec", "morphologizer", "tagger", "parser", "trainable_lemmatizer", "lemmatizer", "attribute_ruler", "senter",
     "ner"]
)  # fmt: skip
_FUNCTIONS = {
    "architectures": frozenset(
        ["spacy.Tok2Vec.v2", "spacy.MultiHashEmbed.v2", "spacy.CharacterEmbed.v2", "spacy.MaxoutWindowEncoder.v2",
         "spacy.MishWindowEncoder.v2", "spacy.HashEmbedCNN.v2", "spacy.Tok2VecListener.v1", "spacy.Tagger.v2",
         "spacy.TransitionBasedParser.v2"]
    ),
    "scorers": frozenset(
        ["spacy.morphologizer_scorer.v1", "spacy.tagger_scorer.v1", "spacy.parser_scorer.v1", "spacy.ner_scorer.v1",
         "spacy.lemmatizer_scorer.v1", "spacy.attribute_ruler_scorer.v1", "spacy.senter_scorer.v1"]
    ),
    "tokenizers": frozenset(["spacy.Tokenizer.v1"]),
    "vectors": frozenset(["spacy.Vectors.v1"]),
}  # fmt: skip
_HOOKS = ("before_creation", "after_creation", "after_pipeline_creation")
# Of a width, a depth, a number of rows. The greatest in spaCy's Dutch pipelines is 20,000 rows.
_MOST = 100_000

_NO_TREE = 2**32 - 1
# The dimensions of the weights of each layer.
_SHAPES: dict[tuple[str, str], tuple[str | int, ...]] = {
    ("static_vectors", "W"): ("nO", "nM"),
    ("hashembed", "E"): ("nV", "nO"),
    ("charembed", "E"): ("nC", "nV", "nM"),
    ("maxout", "W"): ("nO", "nP", "nI"),
    ("maxout", "b"): ("nO", "nP"),
    ("mish", "W"): ("nO", "nI"),
    ("mish", "b"): ("nO",),
    ("layernorm", "G"): ("nI",),
    ("layernorm", "b"): ("nI",),
    ("softmax", "W"): ("nO", "nI"),
    ("softmax", "b"): ("nO",),
    ("linear", "W"): ("nO", "nI"),
    ("linear", "b"): ("nO",),
    ("precomputable_affine", "W"): ("nF", "nO", "nP", "nI"),
    ("precomputable_affine", "b"): ("nO", "nP"),
    ("precomputable_affine", "pad"): (1, "nF", "nO", "nP"),
}
_PLAIN = (bool, int, float, str)
_OF_TRAINING = "dropout_rate"  # an attribute of layers that counts in training only
_LONGEST_PIECE = 10  # characters of a piece of a word; ours are of 3 to 5


def require_files(folder: Path) -> None:
    """Raise an OSError or ValueError where something in a folder is neither a folder nor a file that ends."""
    for path in folder.rglob("*"):
        if not path.is_dir():
            try:
                require_file(path)
            except ValueError as error:
                raise ValueError(f"{path.relative_to(folder).as_posix()}: {error}") from error


def require_vectors(folder: Path) -> None:
    """Raise an OSError or ValueError where the vectors in the folder of a vocabulary are none."""
    if not (folder / "vectors").is_file():
        return
    table = read_table(folder / "vectors")
    said = json_of(read_text(folder / "vectors.cfg"))
    if said.get("mode") != "floret":
        return
    least, most, hashes, seed = (said.get(name) for name in ("minn", "maxn", "hash_count", "hash_seed"))
    whole = all(type(each) is int for each in (least, most, hashes, seed))
    if not whole or not 0 < least <= most <= _LONGEST_PIECE or not 0 < hashes < 5 or not 0 <= seed < 2**32:
        raise ValueError("vectors.cfg has settings that floret does not have")
    if not all(isinstance(said.get(name), str) and len(said[name]) == 1 for name in ("bow", "eow")) or not len(table):
        raise ValueError("vectors.cfg has settings that floret does not have")


def load_folder(folder: Path, *, exclude: list[str]) -> "Language":
    """Load a pipeline from a folder, as spaCy does; a ValueError, or what a library raises, where it is not sound."""
    import srsly
    from spacy.util import load_config, load_model_from_config

    require_files(folder)
    require_vectors(folder / "vocab")
    config = load_config(folder / "config.cfg")
    _require_config(config.interpolate())
    for trees in folder.glob("*/trees"):
        _require_trees(srsly.read_msgpack(trees)["trees"])
    nlp = load_model_from_config(config, meta=json_of(read_text(folder / "meta.json")), exclude=exclude)
    planned = {name: list(_plan_of(pipe)) for name, pipe in nlp.pipeline}
    nlp.from_disk(folder, exclude=exclude)
    for name, pipe in nlp.pipeline:
        _require_weights(pipe, planned[name])
    return nlp


def _require_config(config: Mapping[str, Any]) -> None:
    """Raise a ValueError where a configuration names what a pipeline in a folder may not be made of."""
    nlp, components = config["nlp"], config["components"]
    if nlp["lang"] != "nl":
        raise ValueError("config.cfg: its language is not 'nl'")
    if any(nlp.get(hook) is not None for hook in _HOOKS):
        raise ValueError(f"config.cfg: it has one of {', '.join(_HOOKS)}, which call other code")
    for name, component in components.items():
        if component.get("factory") not in _FACTORIES:
            raise ValueError(f"config.cfg: {name} is no component of a Dutch pipeline: {component.get('factory')}")
    for key, value in _settings({"nlp": nlp, "components": components}):
        if key.startswith("@") and value not in _FUNCTIONS.get(key[1:], frozenset()):
            raise ValueError(f"config.cfg: {key} = {value} is no part of a Dutch pipeline")
        if isinstance(value, int) and abs(value) > _MOST:
            raise ValueError(f"config.cfg: {key} = {value} is more than {_MOST:,}")


def _settings(config: Any) -> Iterator[tuple[str, Any]]:
    """All settings of a configuration, and each number in a list."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _settings(value)
        elif isinstance(value, list | tuple):
            yield from _settings({str(at): each for at, each in enumerate(value)})
        else:
            yield key, value


def _require_trees(trees: list[dict[str, Any]]) -> None:
    """Raise a ValueError where an edit tree has a part that is not before it: spaCy would look for it without end."""
    for at, tree in enumerate(trees):
        for part in (tree.get("prefix_tree", _NO_TREE), tree.get("suffix_tree", _NO_TREE)):
            if part != _NO_TREE and not 0 <= part < at:
                raise ValueError("its edit trees have parts that are not there")


def _plan_of(pipe: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each layer of a component, and what it was made with."""
    for node in pipe.model.walk() if hasattr(pipe, "model") else ():
        plain = {name: value for name, value in node.attrs.items() if isinstance(value, _PLAIN)}
        yield node.name, {name: value for name, value in plain.items() if name != _OF_TRAINING}


def _require_weights(pipe: Any, planned: list[tuple[str, dict[str, Any]]]) -> None:
    """Raise a ValueError where a component came to other layers than planned, or to weights of another shape."""
    nodes = list(pipe.model.walk()) if hasattr(pipe, "model") else []
    if len(nodes) != len(planned):
        raise ValueError(f"{pipe.name}: it has other layers than config.cfg says")
    for node, (name, attributes) in zip(nodes, planned, strict=True):
        if node.name != name or any(node.attrs.get(key) != value for key, value in attributes.items()):
            raise ValueError(f"{pipe.name}: it has other layers than config.cfg says")
        for weight in node.param_names:
            if node.has_param(weight):
                _require_weight(pipe.name, node, weight)
        if node.name == "static_vectors" and node.get_dim("nM") != pipe.vocab.vectors_length:
            raise ValueError(f"{pipe.name}: it was trained with vectors of another width")
    if hasattr(pipe, "moves") and pipe.moves.n_moves not in _outputs(pipe.model):
        raise ValueError(f"{pipe.name}: it lacks weights for some moves")


def _outputs(model: Any) -> Iterator[int | None]:
    """How many moves a parser's upper layer has weights for; its lower one where it has no upper one."""
    upper = model.get_ref("upper") if model.has_ref("upper") else None
    layer = upper if upper is not None and upper.has_dim("nO") else model.get_ref("lower")
    yield layer.maybe_get_dim("nO")


def _require_weight(pipe: str, node: Any, weight: str) -> None:
    dimensions = _SHAPES.get((node.name, weight))
    if dimensions is None:
        raise ValueError(f"{pipe}: {node.name} is no layer of a Dutch pipeline")
    table = node.get_param(weight)
    expected = tuple(node.get_dim(each) if isinstance(each, str) else each for each in dimensions)
    if table.shape != expected or table.dtype != np.float32 or not np.isfinite(table).all():
        raise ValueError(f"{pipe}: the weights of {node.name} are {table.shape} {table.dtype}, not {expected} numbers")

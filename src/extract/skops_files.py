"""A skops file → what is in it, if that is made of named types only.

skops itself constructs any estimator of scikit-learn without asking, and whatever numbers it is given. Here whoever
reads a file names the types that it may hold; all others are refused, and these are put together here. skops could do
so as well, but takes a second to load, in every process, as it imports all of scikit-learn to know what it may trust.
"""

import importlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from extract.parts import json_of

Held = frozenset[tuple[str, str, str]]
"""Module, name and loader of what a file may hold."""

PLAIN: Held = frozenset({
    ("builtins", "str", "JsonNode"),
    ("builtins", "list", "ListNode"),
    ("builtins", "tuple", "TupleNode"),
    ("builtins", "dict", "DictNode"),
    ("builtins", "str", "TypeNode"),
    *(("numpy", name, "NdArrayNode") for name in ("ndarray", "float32", "float64", "int32", "int64")),
})  # fmt: skip
"""Texts, numbers, arrays, and lists of them: nothing that runs."""

# Bytes of a file once it is unpacked. Those that come with the code take 4 MB; one with 200 labels takes 60.
_MOST_UNPACKED = 256 * 2**20
_SCHEMA = "schema.json"


def read_skops(data: bytes, *, held: Held) -> Any:
    """What the bytes of a skops file stand for; a ValueError, or what a library raises, where they hold other types."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        size = sum(member.file_size for member in file.infolist())
        if size > _MOST_UNPACKED:
            raise ValueError(f"it would take {size:,} bytes, and a model takes at most {_MOST_UNPACKED:,}")
        schema = json_of(file.read(_SCHEMA))
        for node in _nodes(schema):
            _audit(node, held)
        arrays = {name: _numbers(file.read(name)) for name in file.namelist() if name.endswith(".npy")}
    return _made(schema, arrays)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """The objects of a schema that stand for something to construct."""
    waiting = [schema]
    if not isinstance(schema, dict) or "__loader__" not in schema:
        raise ValueError("it holds no classifier")
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if not {"__module__", "__class__", "__loader__"}.isdisjoint(each):
                yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _audit(node: dict[str, Any], held: Held) -> None:
    what = (node.get("__module__"), node.get("__class__"), node.get("__loader__"))
    if what not in held:
        raise ValueError(f"it holds {what[0]}.{what[1]}, which no classifier of this software does")
    if what[2] == "JsonNode":
        json_of(node["content"])


def _numbers(data: bytes) -> np.ndarray:
    array: np.ndarray = np.load(io.BytesIO(data), allow_pickle=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("it has weights that are no numbers")
    return array


def _made(node: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> Any:
    """What an audited node stands for."""
    match node["__loader__"]:
        case "JsonNode":
            return json_of(node["content"])
        case "ListNode":
            return [_made(each, arrays) for each in node["content"]]
        case "TupleNode":
            return tuple(_made(each, arrays) for each in node["content"])
        case "DictNode":  # whose keys are all texts
            return {str(key): _made(each, arrays) for key, each in node["content"].items()}
        case "NdArrayNode":
            array = arrays[node["file"]]
            return array if node["__class__"] == "ndarray" else array[()]  # a single number
    found = getattr(importlib.import_module(node["__module__"]), node["__class__"])
    if node["__loader__"] != "ObjectNode":
        return found
    made = found.__new__(found)
    made.__setstate__(_made(node["content"], arrays))
    return made

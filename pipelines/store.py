"""What earlier runs extracted, one file per document, found by a key of everything that it depends on."""

import dataclasses
import functools
import json
import types
import typing
import zlib
from pathlib import Path
from typing import Any

from extract.drafts import replace_file
from extract.records import Extraction, sha256_of

FOLDER = ".cache"  # below the processed folder


class Store:
    """Extractions by key. An entry that is damaged counts as absent."""

    def __init__(self, processed: Path) -> None:
        self._folder = processed / FOLDER / "documents"

    def has(self, key: str) -> bool:
        """Whether a sound entry is there."""
        return self._packed(key) is not None

    def get(self, key: str) -> Extraction | None:
        """The extraction with this key, or None."""
        packed = self._packed(key)
        return _record(Extraction, json.loads(zlib.decompress(packed))) if packed else None

    def put(self, key: str, extraction: Extraction) -> None:
        """Keep an extraction; a reader sees all of it or nothing."""
        packed = zlib.compress(json.dumps(dataclasses.asdict(extraction)).encode("utf-8"), level=1)
        replace_file(self._path(key), sha256_of(packed).encode("ascii") + b"\n" + packed)

    def keep_only(self, keys: set[str]) -> None:
        """Forget what no raw file needs any more."""
        for path in self._folder.glob("*"):
            if path.stem not in keys:
                path.unlink(missing_ok=True)

    def _packed(self, key: str) -> bytes | None:
        try:
            checksum, packed = self._path(key).read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        return packed if checksum == sha256_of(packed).encode("ascii") else None

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.z"


def _record(cls: type, value: dict[str, Any]) -> Any:
    """A record, and the records in it, from the dictionaries that `asdict` made of them."""
    nested = {name: _value(hint, value[name]) for name, hint in _nested(cls).items()}
    return cls(**(value | nested))


@functools.cache
def _nested(cls: type) -> dict[str, Any]:
    """The fields that hold records or tuples, with their type; the others are as JSON gives them."""
    hints = {name: _without_none(hint) for name, hint in typing.get_type_hints(cls).items()}
    return {
        name: hint for name, hint in hints.items() if typing.get_origin(hint) is tuple or dataclasses.is_dataclass(hint)
    }


def _without_none(hint: Any) -> Any:
    if isinstance(hint, types.UnionType):
        (hint,) = (arm for arm in typing.get_args(hint) if arm is not type(None))
    return hint


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(hint) is tuple:
        return tuple(_value(typing.get_args(hint)[0], each) for each in value)
    return _record(hint, value) if dataclasses.is_dataclass(hint) else value

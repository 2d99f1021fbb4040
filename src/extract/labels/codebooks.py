"""Codebooks: the labels that readers and classifiers give, the rules for giving them, and the folder of each."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.parts import read_part, read_text, reading
from extract.problems import ManifestoError, UsageError
from extract.records import sha256_of, sha256_of_file

CODEBOOK_FILE = "codebook.toml"
MODEL_FILE = "model.skops"
METRICS_FILE = "metrics.json"
KEYWORDS_FILE = "keywords.csv"

HASHED = {"codebook_sha256": CODEBOOK_FILE, "keywords_sha256": KEYWORDS_FILE, "model_sha256": MODEL_FILE}
"""What `metrics.json` keeps of the files beside it, so that none is used with another that it does not fit."""

# A name is that of a folder, and part of an id in HTML.
_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Codebook:
    """A codebook as its TOML file states it."""

    id: str
    version: str
    question: str
    labels: tuple[str, ...]
    names: dict[str, str]  # label → Dutch name
    english: dict[str, str]  # label → English name; the Dutch one where there is none
    nothing: str | None  # the label of a sentence that the codebook has nothing to say about
    by_form: bool  # whether a label depends on how a sentence is put, not only on what it is about
    codes: dict[str, str] = field(default_factory=dict)  # code, such as the Manifesto Project's "504" → label
    domains: dict[str, str] = field(default_factory=dict)  # label → its domain, such as "economy"


def read_codebook(path: Path) -> Codebook:
    """Read a codebook."""
    if not path.exists():
        raise UsageError(f"There is no codebook at {path}. Give the name of a folder in models/.")
    with reading(path.name, lambda why: UsageError(f"The codebook {path} is not valid: {why}. See docs/adding.md.")):
        return _codebook_of(tomllib.loads(read_text(path)))


def _codebook_of(said: Mapping[str, Any]) -> Codebook:
    """The codebook that TOML states; a ValueError where it states none."""
    labels = [
        {name: _text(label, name) for name in ("id", "nl", "en", "code") if name in ("id", "nl") or name in label}
        for label in _value(said, "labels", list)
    ]
    ids = tuple(label["id"] for label in labels)
    nothing = _text(said, "abstain") if "abstain" in said else None
    if len(ids) < 2 or len(set(ids)) < len(ids):
        raise ValueError("it needs two labels at least, each once")
    if nothing not in (None, *ids):
        raise ValueError(f"abstain names {nothing!r}, which is no label")
    if not _NAME.fullmatch(_text(said, "id")):
        raise ValueError("its id may have letters, digits, - and _ only")
    return Codebook(
        id=_text(said, "id"),
        version=_text(said, "version"),
        question=_text(said, "question"),
        labels=ids,
        names={label["id"]: label["nl"] for label in labels},
        english={label["id"]: label.get("en", label["nl"]) for label in labels},
        nothing=nothing,
        by_form=_value(said, "by_form", bool) if "by_form" in said else False,
        codes={label["code"]: label["id"] for label in labels if "code" in label},
        domains=_domains(said),
    )


def _domains(said: Mapping[str, Any]) -> dict[str, str]:
    """The domain of each label that has one, by its English name in lower case."""
    listed = _value(said, "domains", list) if "domains" in said else []
    names = {_value(each, "id", int): "-".join(_text(each, "en").lower().split()) for each in listed}
    of = {label["id"]: label["domain"] for label in said["labels"] if "domain" in label}
    if unlisted := sorted(set(of.values()) - set(names)):
        raise ValueError(f"labels have the domain {unlisted[0]!r}, which is not listed")
    return {label: names[domain] for label, domain in of.items()}


def _text(said: Any, name: str) -> str:
    text: str = _value(said, name, str)
    if not text or not text.isprintable():
        raise ValueError(f"{name} is empty, or has characters that cannot be shown")
    return text


def _value(said: Any, name: str, kind: type) -> Any:
    if not isinstance(said, Mapping) or not isinstance(said.get(name), kind):
        raise ValueError(f"{name} is missing, or not of the type {kind.__name__}")
    return said[name]


def model_id(folder: Path) -> str:
    """Codebook, '@', and a hash of all that decides on labels: model, codebook, threshold and keyword list."""
    parts = []
    for name in (MODEL_FILE, CODEBOOK_FILE, METRICS_FILE, KEYWORDS_FILE):
        with reading(name, lambda why: unusable_model(folder, why)):
            parts.append(read_part(folder / name))
    sha256 = sha256_of(*parts)
    return f"{folder.name}@{sha256[:12]}"


def hashes_of(folder: Path, files: Mapping[str, str] = HASHED) -> dict[str, str]:
    """The SHA-256 of some files of a codebook's folder, by its name in `metrics.json`."""
    return {name: sha256_of_file(folder / file) for name, file in files.items()}


def unusable_model(folder: Path, why: str) -> ManifestoError:
    """The error to raise when a model cannot be loaded."""
    return ManifestoError(
        f"The model in {folder} cannot be used: {why}.\n"
        f"Restore the folder from the release, or train it again with: manifesto train {folder.name}"
    )

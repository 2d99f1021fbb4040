"""Codebooks: the labels that readers and classifiers give, the rules for giving them, and the folder of each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extract.problems import ManifestoError, UsageError
from extract.records import sha256_of, sha256_of_file

CODEBOOK_FILE = "codebook.toml"
MODEL_FILE = "model.skops"
METRICS_FILE = "metrics.json"
KEYWORDS_FILE = "keywords.csv"

HASHED = {"codebook_sha256": CODEBOOK_FILE, "keywords_sha256": KEYWORDS_FILE, "model_sha256": MODEL_FILE}
"""What `metrics.json` keeps of the files beside it, so that none is used with another that it does not fit."""

# What the report calls other filters and sections.
_TAKEN = frozenset(
    ["q", "s", "all", "party", "kind", "election", "document", "certificate", "proposals", "headings", "min", "sort",
     "figures", "for", "lang", "scope", "index", "title", "quotes", "explore", "sources", "changes", "problems", "rows",
     "examples", "facts", "other", "count", "hits", "reader", "more", "close", "reset", "download", "filters"]
)  # fmt: skip


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


def read_codebook(path: Path) -> Codebook:
    """Read a codebook."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        labels = said["labels"]
        if said["id"] in _TAKEN:
            raise UsageError(f"{path} cannot be called {said['id']!r}: a part of the report is. Give it another id.")
        return Codebook(
            id=said["id"],
            version=said["version"],
            question=said["question"],
            labels=tuple(label["id"] for label in labels),
            names={label["id"]: label["nl"] for label in labels},
            english={label["id"]: label.get("en", label["nl"]) for label in labels},
            nothing=said.get("abstain"),
            by_form=said.get("by_form", False),
        )
    except FileNotFoundError as error:
        raise UsageError(f"There is no codebook at {path}. Give the name of a folder in models/.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"The codebook {path} is not valid ({error}). See docs/adding.md.") from error


def model_id(folder: Path) -> str:
    """Codebook, '@', and a hash of all that decides on labels: model, codebook, threshold and keyword list."""
    names = (MODEL_FILE, CODEBOOK_FILE, METRICS_FILE, KEYWORDS_FILE)
    try:
        digest = sha256_of(*((folder / name).read_bytes() for name in names))
    except OSError as error:
        raise unusable_model(folder, f"{error.filename} is missing") from error
    return f"{folder.name}@{digest[:12]}"


def hashes_of(folder: Path, files: Mapping[str, str] = HASHED) -> dict[str, str]:
    """The SHA-256 of some files of a codebook's folder, by its name in `metrics.json`."""
    return {name: sha256_of_file(folder / file) for name, file in files.items()}


def unusable_model(folder: Path, why: str) -> ManifestoError:
    """The error to raise when a model cannot be loaded."""
    return ManifestoError(
        f"The model in {folder} cannot be used: {why}.\n"
        f"Restore the folder from the release, or train it again with: manifesto train {folder.name}"
    )

"""Codebooks: the labels that readers and classifiers give, and the rules for giving them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from extract.problems import UsageError


@dataclass(frozen=True, slots=True)
class Codebook:
    """A codebook as its TOML file states it."""

    id: str
    version: str
    question: str
    labels: tuple[str, ...]
    names: dict[str, str]  # label → Dutch name
    nothing: str | None  # the label of a sentence that the codebook has nothing to say about


def read_codebook(path: Path) -> Codebook:
    """Read a codebook."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        labels = said["labels"]
        return Codebook(
            id=said["id"],
            version=said["version"],
            question=said["question"],
            labels=tuple(label["id"] for label in labels),
            names={label["id"]: label["nl"] for label in labels},
            nothing=said.get("abstain"),
        )
    except FileNotFoundError as error:
        raise UsageError(f"There is no codebook at {path}. Give the name of a folder in models/.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"The codebook {path} is not valid ({error}). See docs/adding.md.") from error

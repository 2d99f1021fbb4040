"""The Dutch spaCy pipeline: `nl_core_news_md` where it is installed, else a blank one; same sentences in both."""

from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_package_path, is_compatible_version, is_package, load_meta

from extract.boundaries import sentence_starts
from extract.problems import UsageError

PREFERRED = "nl_core_news_md"


def dutch_boundaries(doc: Doc) -> Doc:
    """Set every sentence start by `boundaries.sentence_starts`, so that no later component moves one."""
    starts = np.array([*sentence_starts(doc.text), len(doc.text)])
    offsets = doc.to_array("IDX")
    # A token opens a sentence when it is the first at or behind a start. The whole array is set at once: setting
    # `token.is_sent_start` looks through the document each time.
    sentence_of = np.searchsorted(starts, offsets, side="right")
    opens = np.diff(sentence_of, prepend=-1) > 0
    doc.from_array(["SENT_START"], np.where(opens, 1, -1).astype("uint64").reshape(-1, 1))
    return doc


Language.component("dutch_boundaries", func=dutch_boundaries)


def load_language(name: str = "auto") -> Language:
    """Load a Dutch pipeline that segments sentences.

    `name` is "auto" (nl_core_news_md when installed and compatible, else blank), "blank", or the name or path of
    a pipeline, which must then be there. Components that nothing reads yet are left out.
    """
    chosen = _chosen(name)
    nlp = spacy.blank("nl") if chosen is None else spacy.load(chosen, exclude=list(_meta(chosen)["pipeline"]))
    nlp.add_pipe("dutch_boundaries", first=True)
    return nlp


def language_id(name: str = "auto") -> str:
    """Name and version of the pipeline that `load_language` loads, without loading it."""
    chosen = _chosen(name)
    label = f"{_meta(chosen)['name']} {_meta(chosen)['version']}" if chosen else "blank nl"
    return f"{label} (spacy {spacy.__version__})"


def _chosen(name: str) -> str | None:
    """The pipeline to load, None for the blank one."""
    if name == "blank" or (name == "auto" and not (is_package(PREFERRED) and _is_compatible(PREFERRED))):
        return None
    chosen = PREFERRED if name == "auto" else name
    if not _is_compatible(chosen):
        raise UsageError(
            f"The language pipeline '{chosen}' is not installed, or not for spaCy {spacy.__version__}.\n"
            'Install one that is, or set language_pipeline to "auto" or "blank".'
        )
    return chosen


def _is_compatible(name: str) -> bool:
    try:
        wanted = _meta(name)["spacy_version"]
    except (OSError, ValueError, KeyError):
        return False
    return bool(is_compatible_version(spacy.__version__, wanted))


def _meta(name: str) -> dict[str, Any]:
    """What a pipeline says of itself; `name` with its language, as packages are named."""
    folder = get_package_path(name) if is_package(name) else Path(name)
    path = next(iter(sorted([*folder.glob("meta.json"), *folder.glob("*/meta.json")])), None)
    if path is None:
        raise OSError(f"there is no pipeline {name}")
    meta: dict[str, Any] = load_meta(path)
    return {
        **meta,
        "name": f"{meta['lang']}_{meta['name']}",
        "pipeline": meta.get("components", meta.get("pipeline", [])),
    }

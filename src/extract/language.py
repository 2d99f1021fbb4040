"""The Dutch spaCy pipeline: `nl_core_news_md` where it is installed, else a blank one; same sentences in both."""

import importlib.metadata

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import is_package

from extract.boundaries import sentence_starts
from extract.problems import UsageError

PREFERRED = "nl_core_news_md"


@Language.component("dutch_boundaries")
def dutch_boundaries(doc: Doc) -> Doc:
    """Set every sentence start by `boundaries.sentence_starts`, so that no later component moves one."""
    starts = sentence_starts(doc.text)
    start = next(starts, None)
    for token in doc:
        is_start = start is not None and token.idx >= start
        token.is_sent_start = is_start or token.i == 0
        while start is not None and start <= token.idx:
            start = next(starts, None)
    return doc


def load_language(name: str = "auto") -> Language:
    """Load a Dutch pipeline that segments sentences.

    `name` is "auto" (nl_core_news_md when installed and compatible, else blank), "blank", or the name or path of
    a pipeline, which must then be there. Components that nothing reads yet are left out.
    """
    if name == "blank" or (name == "auto" and not is_package(PREFERRED)):
        nlp = spacy.blank("nl")
    else:
        nlp = _load(PREFERRED if name == "auto" else name, strict=name != "auto")
    nlp.add_pipe("dutch_boundaries", first=True)
    return nlp


def language_id(nlp: Language) -> str:
    """Name and version of a pipeline, for provenance: `nl_core_news_md 3.8.0 (spacy 3.8.7)`."""
    name, version = nlp.meta.get("name", ""), nlp.meta.get("version", "")
    label = f"{nlp.lang}_{name} {version}" if name and name != "pipeline" else f"{nlp.lang} blank"
    return f"{label} (spacy {importlib.metadata.version('spacy')})"


def _load(name: str, *, strict: bool) -> Language:
    try:
        return spacy.load(name, exclude=_trained_components(name))
    except (OSError, ValueError, ImportError) as error:
        if strict:
            raise UsageError(
                f"The language pipeline '{name}' cannot be loaded: {str(error).splitlines()[0]}\n"
                f"Install it, or set language_pipeline to \"auto\" or \"blank\"."
            ) from error
        return spacy.blank("nl")


def _trained_components(name: str) -> list[str]:
    return list(spacy.util.load_config(_config_path(name))["nlp"]["pipeline"])


def _config_path(name: str) -> str:
    root = spacy.util.get_package_path(name) if is_package(name) else spacy.util.ensure_path(name)
    found = sorted(root.rglob("config.cfg"))
    if not found:
        raise OSError(f"no config.cfg under {root}")
    return str(found[0])

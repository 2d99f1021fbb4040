"""The Dutch language pipeline: `nl_core_news_md` where it is installed, else our own in `models/nl_manifesto`."""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.language.pipeline_files import load_folder, require_files
from extract.parts import json_of, read_text, reading
from extract.problems import ManifestoError, UsageError
from extract.settings import is_path

if TYPE_CHECKING:
    from spacy.language import Language

PREFERRED = "nl_core_news_md"
OURS = "nl_manifesto"
NER = "ner"

_NEEDED = ("morphologizer", "parser", "lemmatizer")
_PROBE = "De overheid moet zuinig zijn met gegevens van 17 miljoen burgers."
# Nothing is read from these: fine-grained tags, and sentence boundaries, which are rules of our own.
_UNREAD = ("tagger", "senter")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A language pipeline that can be loaded, and what it says of itself."""

    name: str
    version: str
    licence: str
    components: tuple[str, ...]
    sha256: str  # of its files
    source: str | Path  # what spaCy loads: the name of a package, or a folder

    @property
    def id(self) -> str:
        """Name, version and content: what rows that come of it depend on."""
        return f"{self.name} {self.version}@{self.sha256[:12]} (spacy {installed_version('spacy')})"


def find_pipeline(name: str, *, models: Path) -> Pipeline | None:
    """The pipeline that a setting names, without loading it; None for "blank".

    `name` is "auto" (nl_core_news_md when installed and compatible, else the one in `models`/nl_manifesto), "blank", or
    the name of a pipeline, or the path of one, which has a / in it. One that is not there, or does not fit, raises a
    UsageError that says why.
    """
    if name == "blank":
        return None
    if name == "auto":
        name = OURS if why_not(PREFERRED) else PREFERRED
    source: str | Path = models / OURS if name == OURS else Path(name) if is_path(name) else name
    if why := why_not(source):
        raise UsageError(
            f"The language pipeline '{name}' cannot be used: {why}.\n"
            f'Set language_pipeline to "auto", "{OURS}", "blank", or a pipeline for spaCy {installed_version("spacy")}.'
        )
    with reading(name, lambda why: _unusable(str(source), why)):
        meta = _meta(source)
        return Pipeline(
            name=f"{meta['lang']}_{meta['name']}",
            version=meta["version"],
            licence=meta.get("license") or "none stated",
            components=tuple(meta["components"]),
            sha256=_sha256_of_folder(_folder(source)),
            source=source,
        )


def load_language(name: str, *, models: Path, ner: bool = False) -> "Language | None":
    """Load the pipeline that `find_pipeline` finds, None for "blank"; with `ner`, its own NER where it has one."""
    pipeline = find_pipeline(name, models=models)
    if pipeline is None:
        return None
    import spacy

    from extract.language.products import multiply_by_numpy

    left_out = [*_UNREAD, *([] if ner else [NER])]
    with reading(pipeline.name, lambda why: _unusable(str(pipeline.source), why)):
        if isinstance(pipeline.source, Path):
            nlp = load_folder(pipeline.source, exclude=left_out)
        else:
            nlp = spacy.load(pipeline.source, exclude=left_out)
        multiply_by_numpy(nlp)
        nlp(_PROBE)  # what does not fit together is met here, and not by each document
    return nlp


def _unusable(name: str, why: str) -> ManifestoError:
    return ManifestoError(
        f"The language pipeline '{name}' cannot be used: {why}.\n"
        f'Restore it from the release, or set language_pipeline to "blank" or to another one.'
    )


def language_id(name: str, *, models: Path) -> str:
    """What rows depend on in the pipeline that `load_language` loads, and in ours, without loading them."""
    pipeline = find_pipeline(name, models=models)
    if pipeline is None:
        return "blank"
    ours = find_pipeline(OURS, models=models)
    return pipeline.id if ours is None or ours.id == pipeline.id else f"{pipeline.id}; proposals by {ours.id}"


def why_not(source: str | Path) -> str | None:
    """Why a pipeline cannot be used; None if it can."""
    from spacy.util import is_compatible_version

    spacy_version = installed_version("spacy")
    try:
        meta = _meta(source)
        lacking = [each for each in _NEEDED if each not in meta["components"]]
        wanted = meta["spacy_version"]
        version, lang = meta["version"], meta["lang"]
        fits = is_compatible_version(spacy_version, wanted)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "it is not installed" if isinstance(source, str) else f"there is no spaCy pipeline in {source}"
    if not fits:
        return f"version {version} is for spaCy {wanted}, and this is {spacy_version}"
    if lang != "nl":
        return f"its language is '{lang}', not 'nl'"
    if lacking:
        return f"it has no {' and no '.join(lacking)}"
    return None


def _meta(source: str | Path) -> dict[str, Any]:
    """What a pipeline says of itself."""
    folder = _folder(source)
    meta: dict[str, Any] = json_of(read_text(folder / "meta.json"))
    components: Sequence[str] = meta.get("components", meta.get("pipeline", []))
    said = [meta["version"], meta["lang"], meta["name"], meta["spacy_version"], meta.get("license") or "", *components]
    if not isinstance(components, list) or not all(isinstance(each, str) and each.isprintable() for each in said):
        raise ValueError("meta.json has values that are no text")
    return {**meta, "components": components}


def _folder(source: str | Path) -> Path:
    """Where the data of a pipeline stands: in a package, a folder below it, which is named after its version."""
    if isinstance(source, Path):
        return source
    from spacy.util import get_package_path, is_package

    if not is_package(source):
        raise OSError(f"there is no package {source}")
    package = Path(get_package_path(source))
    return next((path.parent for path in sorted(package.glob("*/config.cfg"))), package)


@functools.lru_cache(maxsize=8)
def _sha256_of_folder(folder: Path) -> str:
    """A hash of the names and contents of what spaCy loads from a folder; a card that stands beside does not count."""
    require_files(folder)
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and (len(inner.parts) > 1 or inner.name in ("config.cfg", "meta.json", "tokenizer")):
            hashed.update(f"{inner.as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()

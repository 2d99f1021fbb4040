"""A dataset version as an RO-Crate: what went in, what ran, and what came out of it.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) with the profile Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5), which rests on 1.1. All but the facts of the run depends on the input alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from extract.provenance import AUTHORS, LICENCE, SOFTWARE, homepage
from extract.reading.facts import is_web_address
from extract.records import TABLES, Run

if TYPE_CHECKING:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.model.data_entity import DataEntity
    from rocrate.rocrate import ROCrate

CRATE = "ro-crate-metadata.json"
TITLE = "Sentences, quotes and proposals of Dutch party texts"

# Folders with a file for each document. The crate names them, not what is in them: it would grow by two entities for
# each document and say nothing that is not in SHA256SUMS, whose own hash it states.
FOLDERS = {
    "texts": "The text of each document, into which offsets point, by document_id.",
    "ledgers": "What was repaired in the text of each document, by document_id.",
    "conllu": "The tokens of each document as CoNLL-U, by document_id.",
}

_VERSION = "1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {"sha256": "http://schema.org/sha256"}  # which the context of RO-Crate 1.1 lacks
_RIGHTS = (
    "The texts, and what is taken from them word for word, remain those of the parties and of whoever published them. "
    "Where the licence of a raw file is known, its entry here and its row in the table documents state it."
)
_FILES = {
    "README.md": "Data dictionary: what each table and column means.",
    "SHA256SUMS": "SHA-256 of each file that depends on the input alone, in the format of sha256sum.",
    "datapackage.json": "Frictionless Data Package of the CSV files.",
    "dataset.sqlite": "All tables but runs, with foreign keys.",
}
_FORMATS = {
    "": "text/plain",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a version: its path below the folder, its size in bytes and its SHA-256."""

    path: str
    bytes: int
    sha256: str

    @property
    def folder(self) -> str:
        """The folder below that of the version; empty if there is none."""
        return self.path.rpartition("/")[0]


def as_crate(
    version: str, *, run: Run, documents: Iterable[Mapping[str, Any]], parts: Sequence[Part]
) -> dict[str, Any]:
    """The crate of a version as JSON: `documents` are the rows of that table, `parts` all files but the crate."""
    from rocrate.rocrate import ROCrate  # not above: a run that finds nothing to do need not wait for it

    crate = ROCrate(version=_VERSION)
    crate.metadata.extra_terms = _TERMS
    root = crate.root_dataset
    root["name"] = TITLE
    root["description"] = (
        f"Made by {SOFTWARE} from the raw files named here. Each row can be traced to characters of one of them. "
        "README.md says what tables and columns mean."
    )
    root["version"] = root["identifier"] = version
    root["inLanguage"] = "nl"
    root["datePublished"] = run.ended_at
    root["conformsTo"] = _note(crate, _PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    root["license"] = _note(crate, "#rights", "CreativeWork", name="Rights in the texts", description=_RIGHTS)
    root["author"] = _note(crate, "#authors", "Organization", name=AUTHORS)
    results = [*_files(crate, parts), *_folders(crate, parts)]
    root["mentions"] = _note(
        crate, f"#{run.run_id}", "CreateAction",
        name="manifesto run",
        description=f"{run.documents_read} documents read, {run.documents_relabelled} labelled anew, "
        f"{run.documents_reused} taken from an earlier run, {run.documents_failed} that could not be read",
        startTime=run.started_at,
        endTime=run.ended_at,
        actionStatus="http://schema.org/CompletedActionStatus",
        instrument=_software(crate, run),
        object=[*_raw_files(crate, documents), *_models(crate, run), _settings(crate, run)],
        result=results,
    )  # fmt: skip
    crate_as_json: dict[str, Any] = crate.metadata.generate()
    return crate_as_json


def stated_hashes(crate: str) -> dict[str, str]:
    """SHA-256 of each file that a crate describes, by path. A text that is no crate raises a ValueError."""
    try:
        return {unquote(each["@id"]): each["sha256"] for each in json.loads(crate)["@graph"] if "sha256" in each}
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no RO-Crate ({type(error).__name__})") from error


def expected_hashes(documents: Iterable[Mapping[str, Any]], parts: Iterable[Part]) -> dict[str, str]:
    """What `stated_hashes` gives for the crate that `as_crate` makes."""
    raw = {_raw_id(each["path"]): each["sha256"] for each in documents}
    return raw | {part.path: part.sha256 for part in parts if part.folder not in FOLDERS}


def _note(crate: "ROCrate", identifier: str, kind: str, /, **properties: Any) -> "ContextEntity":
    """Add an entity that is no file of the version; what is None is left out."""
    from rocrate.model.contextentity import ContextEntity

    known = {name: value for name, value in properties.items() if value is not None}
    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **known}))


def _files(crate: "ROCrate", parts: Sequence[Part]) -> Iterator["DataEntity"]:
    for part in parts:
        if part.folder in FOLDERS:
            continue
        path = PurePosixPath(part.path)
        properties = {
            "name": path.name,
            "contentSize": str(part.bytes),
            "encodingFormat": _FORMATS.get(path.suffix, "application/octet-stream"),
            "sha256": part.sha256,
        }
        record = TABLES.get(path.stem)
        if about := " ".join(record.__doc__.split()) if record and record.__doc__ else _FILES.get(part.path):
            properties["description"] = about
        yield crate.add_file(dest_path=part.path, properties=properties)


def _folders(crate: "ROCrate", parts: Sequence[Part]) -> Iterator["DataEntity"]:
    for folder, about in FOLDERS.items():
        sizes = [part.bytes for part in parts if part.folder == folder]
        if sizes:
            counted = f"{about} {len(sizes)} files of {sum(sizes)} bytes; SHA256SUMS has their hashes."
            yield crate.add_dataset(dest_path=folder, properties={"name": folder, "description": counted})


def _raw_files(crate: "ROCrate", documents: Iterable[Mapping[str, Any]]) -> Iterator["ContextEntity"]:
    """They are not in the folder of the version, so they are entities with a local name, like those of software."""
    for each in documents:
        yield _note(
            crate, _raw_id(quote(each["path"])), "File",
            name=each["title"] or each["path"],
            identifier=each["document_id"],
            contentSize=str(each["bytes"]),
            encodingFormat=each["media_type"].replace("; ", ";"),  # the form that validators know
            sha256=each["sha256"],
            license=each["licence"],
            url=each["source_url"] if is_web_address(each["source_url"] or "") else None,
            sdDatePublished=each["retrieved_on"],
        )  # fmt: skip


def _raw_id(path: str) -> str:
    return f"#raw/{path}"


def _models(crate: "ROCrate", run: Run) -> Iterator["ContextEntity"]:
    for model_id in filter(None, run.models.split("|")):
        codebook, _, version = model_id.partition("@")
        yield _note(
            crate, f"#models/{quote(model_id)}", "CreativeWork",
            name=f"Codebook {codebook} and its classifier",
            description="labels.model_id names it; the version is the beginning of a SHA-256 over its files",
            identifier=model_id,
            version=version,
        )  # fmt: skip


def _settings(crate: "ROCrate", run: Run) -> "ContextEntity":
    return _note(
        crate, "#settings", "PropertyValue", name="settings_sha256", value=run.settings_sha256,
        description="SHA-256 of the settings",
    )  # fmt: skip


def _software(crate: "ROCrate", run: Run) -> "ContextEntity":
    licence = _note(crate, f"https://spdx.org/licenses/{LICENCE}", "CreativeWork", name=LICENCE)
    return _note(
        crate, "#manifesto-extract", "SoftwareApplication",
        name=SOFTWARE,
        softwareVersion=run.code_version,
        description="Behind the + of the version stands the beginning of a SHA-256 over its source and data files.",
        author={"@id": "#authors"},
        license=licence,
        softwareRequirements=[*_packages(crate, run), *_language_pipeline(crate, run)],
    )  # fmt: skip


def _packages(crate: "ROCrate", run: Run) -> Iterator["ContextEntity"]:
    for package in run.packages.split("|"):
        name, _, version = package.partition("==")
        url = homepage(name)
        yield _note(crate, url or f"#{name}", "SoftwareApplication", name=name, softwareVersion=version, url=url)


def _language_pipeline(crate: "ROCrate", run: Run) -> Iterator["ContextEntity"]:
    name, _, version = run.language_pipeline.partition(" ")
    if version:  # else it was none
        yield _note(
            crate, "#language-pipeline", "SoftwareApplication",
            name=name, softwareVersion=version, description="The Dutch language pipeline",
        )  # fmt: skip

"""What a run has to do: which raw files are new or changed, which are known, and whether anything changed at all."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from extract.codebooks import model_id
from extract.dataset import current_version, is_intact
from extract.documents import TYPES, find_raw_files, raw_name
from extract.drafts import replace_file
from extract.facts import Facts, read_facts
from extract.language import language_id
from extract.parties import load_register
from extract.problems import ManifestoError, UsageError, problem
from extract.provenance import code_sha256, package_versions
from extract.records import Problem, sha256_of
from extract.settings import Settings, settings_sha256
from pipelines.store import FOLDER, Store


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file to extract: where it is, what is known of it, and the key of its extraction."""

    path: Path
    name: str  # relative to the raw folder
    facts: Facts
    sha256: str  # of its bytes when the plan was made; empty if it could not be read
    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do. `key` is that of the whole dataset; `unchanged` names the version if it is current."""

    sources: tuple[Source, ...]
    models: tuple[str, ...]
    known: frozenset[str]
    problems: tuple[Problem, ...]
    key: str
    unchanged: str | None

    @property
    def reused(self) -> int:
        """How many sources an earlier run extracted."""
        return len(self.known)

    @property
    def to_read(self) -> list[Source]:
        """The sources that no earlier run extracted."""
        return [source for source in self.sources if source.key not in self.known]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    version: str
    changed: bool
    documents_read: int
    documents_reused: int
    documents_failed: int


def nothing_done(plan: Plan, version: str) -> Outcome:
    """The outcome of a run that finds the version of its plan in place."""
    return Outcome(version, False, 0, plan.reused, len(plan.to_read))


def make_plan(raw: Path, processed: Path, *, settings: Settings, models: Path) -> Plan:
    """Look at the raw files and decide what to read. Nothing expensive is loaded."""
    _check_expected(settings)
    files, problems = _files(raw, processed)
    facts, doubts = read_facts(raw)
    problems += doubts
    model_ids = tuple(model_id(models / codebook) for codebook in settings.codebooks)
    base = sha256_of(
        code_sha256(),
        package_versions(),
        settings_sha256(settings),
        language_id(settings.language_pipeline),
        *model_ids,
    )
    sources: list[Source] = []
    first_with: dict[str, str] = {}
    for path in files:
        name = raw_name(path, raw)
        digest = _sha256_of_file(path) if path.suffix.lower() in TYPES else ""
        if digest and digest in first_with:
            problems.append(_copy(name, first_with[digest]))
            continue
        first_with[digest] = name
        said = facts.get(name, Facts())
        key = sha256_of(base, name, digest or "unreadable", json.dumps(dataclasses.asdict(said), sort_keys=True))
        sources.append(Source(path, name, said, digest, key))
    store = Store(processed)
    key = sha256_of(base, *(source.key for source in sources), *(each.problem_id for each in problems))
    return Plan(
        sources=tuple(sources),
        models=model_ids,
        known=frozenset(source.key for source in sources if store.has(source.key)),
        problems=tuple(problems),
        key=key,
        unchanged=_version_of(processed, key),
    )


def remember_version(processed: Path, key: str, version: str) -> None:
    """Note which version a plan led to."""
    replace_file(_versions_path(processed), (json.dumps({"key": key, "version": version}) + "\n").encode())


def _check_expected(settings: Settings) -> None:
    unknown = set(settings.expected_parties) - {party.party_id for party in load_register().parties}
    if unknown:
        raise UsageError(f"Setting 'expected_parties': the register has no party_id {', '.join(sorted(unknown))}.")


def _files(raw: Path, processed: Path) -> tuple[list[Path], list[Problem]]:
    try:
        if not raw.exists():
            raise ManifestoError(f"There is no folder {raw}. Make it, put the party texts in it, and run again.")
        if not raw.is_dir():
            raise ManifestoError(f"{raw} is a file. Name the folder that holds the party texts.")
        next(raw.iterdir(), None)
    except OSError as error:
        raise ManifestoError(
            f"The folder {raw} cannot be opened ({error.strerror}). Get the right to read it."
        ) from error
    if processed.resolve().is_relative_to(raw.resolve()):
        raise UsageError(
            f"{processed} lies in {raw}: a dataset would be read as party texts. Give another --processed."
        )
    files, problems = find_raw_files(raw)
    if not files:
        raise ManifestoError(f"The folder {raw} holds no files. Put party texts (.txt or .md) in it, and run again.")
    return files, problems


def _version_of(processed: Path, key: str) -> str | None:
    try:
        known = json.loads(_versions_path(processed).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    current = current_version(processed)
    is_current = current is not None and known == {"key": key, "version": current}
    return current if current and is_current and is_intact(processed / current) else None


def _versions_path(processed: Path) -> Path:
    return processed / FOLDER / "latest.json"


def _sha256_of_file(path: Path) -> str:
    """SHA-256 of a file; empty if it cannot be read, which `read` then says."""
    if not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _copy(name: str, original: str) -> Problem:
    return problem(
        "copy",
        f"{name} has the same bytes as {original} and is not read again. Remove one of them.",
        path=name,
        stage="read",
        severity="note",
    )

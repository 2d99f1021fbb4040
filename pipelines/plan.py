"""What a run has to do: what raw files there are, what is to be done with each, and why."""

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR
from pathlib import Path
from typing import Literal

from extract.dataset.atomic import replace_file, require_own_folder
from extract.dataset.reader import current_version
from extract.dataset.versions import is_intact
from extract.elections import election_of, year_of
from extract.labels.codebooks import model_id
from extract.language.pipeline import language_id
from extract.parties import load_register
from extract.parts import read_text
from extract.problems import ManifestoError, UsageError, problem
from extract.provenance import code_sha256, package_versions, rows_sha256
from extract.reading.documents import find_raw_files, hash_bytes, is_party, raw_name
from extract.reading.facts import Facts, read_facts
from extract.records import Problem, sha256_of
from extract.settings import Settings
from pipelines.processed import Processed
from pipelines.store import FOLDER, MAY_PASS, Kept, Origin, Recipe, Store

Action = Literal["read", "label", "reuse"]
"""What is done with a raw file: all of it, only what depends on the models, or nothing."""

# Settings that change how a dataset is made, but not what is in it.
_OF_NO_CONSEQUENCE = ("batch_documents",)


@dataclass(frozen=True, slots=True)
class RawFile:
    """A raw file to extract: where it is, what is known of it, and what its rows depend on."""

    path: Path
    name: str  # relative to the raw folder
    facts: Facts
    origin: Origin


@dataclass(frozen=True, slots=True)
class Copy:
    """A raw file with the bytes of a source: it is not read again, but may stand there for another election."""

    name: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Survey:
    """The raw files there are. `key` is that of all that the dataset depends on."""

    sources: tuple[RawFile, ...]
    problems: tuple[Problem, ...]
    recipe: Recipe
    key: str
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)  # by the name of the source with their bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a raw file, and why."""

    source: RawFile
    action: Action
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do with each raw file."""

    decisions: tuple[Decision, ...]

    @property
    def to_do(self) -> list[Decision]:
        """The decisions that ask for work."""
        return [each for each in self.decisions if each.action != "reuse"]

    def as_records(self) -> list[dict[str, str]]:
        """Path, action and why of each file."""
        return [{"path": each.source.name, "action": each.action, "why": each.why} for each in self.decisions]

    def actions(self) -> dict[str, Action]:
        """What is done with each file, by name."""
        return {each.source.name: each.action for each in self.decisions}

    def reasons(self) -> Counter[tuple[Action, str]]:
        """How many files there are for each action and reason, the most frequent first."""
        return Counter(dict(Counter((each.action, each.why) for each in self.decisions).most_common()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    version: str
    changed: bool
    documents_read: int
    documents_relabelled: int
    documents_reused: int
    documents_failed: int


def recipe_of(settings: Settings, models: Path) -> Recipe:
    """What decides on rows here: this code that makes them, these packages, this language pipeline and these models."""
    return Recipe(
        code=rows_sha256(),
        packages=package_versions(),
        language=language_id(settings.language_pipeline, models=models),
        annotate=settings.annotate,
        models=tuple(model_id(models / codebook) for codebook in sorted(settings.codebooks)),
    )


def survey(raw: Path, processed: Path, *, settings: Settings, models: Path) -> Survey:
    """Look at the raw files. Nothing expensive is loaded."""
    _check_expected(settings)
    files, problems = _files(raw, processed)
    names = {path: raw_name(path, raw) for path in files}
    facts, doubts = read_facts(raw, names=set(names.values()))
    problems += doubts
    recipe = recipe_of(settings, models)
    sources: list[RawFile] = []
    for path, name in names.items():
        content = content_of(hash_bytes(path, raw=raw, max_characters=settings.max_characters))
        entry = facts.get(name, Facts())
        origin = Origin(sha256=content, facts=json.dumps(dataclasses.asdict(entry), sort_keys=True), recipe=recipe)
        sources.append(RawFile(path, name, entry, origin))
    sources, copies = _without_copies(sources)
    problems += [_copy(each, name) for name, found in copies.items() for each in found]
    return Survey(tuple(sources), tuple(problems), recipe, _key(recipe, settings, sources, copies, problems), copies)


def content_of(hashed: str | Problem) -> str:
    """What `Origin.sha256` says of a raw file whose bytes have this hash, or which is refused for a Problem."""
    if isinstance(hashed, Problem):
        return "" if hashed.code in MAY_PASS else hashed.problem_id
    return hashed


def make_plan(found: Survey, processed: Processed, *, settings: Settings) -> Plan:
    """Decide for each raw file what is to be done, from what is kept of it."""
    return Plan(tuple(_decide(source, processed.store, settings) for source in found.sources))


def nothing_to_do(found: Survey, processed: Processed) -> Outcome | None:
    """What a run does that finds the dataset of these raw files current and whole: nothing. None if it is not."""
    current = current_version(processed.folder)
    try:
        known = json.loads(read_text(_latest_path(processed)))
        if current is None or (known["key"], known["version"]) != (found.key, current):
            return None
        failed = int(known["failed"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    outcome = Outcome(current, False, 0, 0, len(found.sources) - failed, failed)
    return outcome if is_intact(processed.folder / current) else None


def remember_outcome(processed: Processed, key: str, outcome: Outcome) -> None:
    """Note which version a survey led to."""
    known = {"key": key, "version": outcome.version, "failed": outcome.documents_failed}
    require_own_folder(processed.folder / FOLDER)
    replace_file(_latest_path(processed), (json.dumps(known) + "\n").encode())


def _decide(source: RawFile, store: Store, settings: Settings) -> Decision:
    kept = store.get(source.name)
    if kept is None:
        why = "what was kept of it is damaged" if store.has_file(source.name) else "new"
        return Decision(source, "read", why)
    if why := "; ".join(_differences(kept, source.origin, settings)):
        return Decision(source, "read", why)
    why = "; ".join(_other_models(kept.origin.recipe.models, source.origin.recipe.models))
    return Decision(source, "label", why) if why and not kept.refused else Decision(source, "reuse", "unchanged")


def _differences(kept: Kept, now: Origin, settings: Settings) -> Iterator[str]:
    """Why a raw file must be read again."""
    old = kept.origin
    if old.sha256 != now.sha256:
        both = len(old.sha256) == len(now.sha256)
        yield "its bytes changed" if both else "its bytes, its kind or the limit changed"
    if old.facts != now.facts:
        yield "manifestos.csv has a different entry for it"
    if old.recipe.code != now.recipe.code:
        yield "the code changed"
    if old.recipe.packages != now.recipe.packages:
        before, after = (set(recipe.packages.split("|")) for recipe in (old.recipe, now.recipe))
        yield f"packages changed ({', '.join(sorted(before - after))} → {', '.join(sorted(after - before))})"
    if old.recipe.language != now.recipe.language:
        yield f"the language pipeline changed ({old.recipe.language} → {now.recipe.language})"
    if old.recipe.annotate != now.recipe.annotate:
        yield f"annotate was switched {'on' if now.recipe.annotate else 'off'}"
    if kept.may_pass:
        yield f"it could not be read last time ({', '.join(kept.refused)})"
    if kept.limit > settings.max_characters:
        yield "it is longer than max_characters now"


def _other_models(old: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    """Why labels must be made anew."""
    before, after = (dict(each.split("@") for each in models) for models in (old, now))
    for codebook in sorted(before.keys() | after.keys()):
        if codebook not in before:
            yield f"codebook {codebook} was added"
        elif codebook not in after:
            yield f"codebook {codebook} was left out"
        elif before[codebook] != after[codebook]:
            yield f"the model of {codebook} changed"


def _without_copies(found: Iterable[RawFile]) -> tuple[list[RawFile], dict[str, tuple[Copy, ...]]]:
    """The raw files to read, by name, and those with the bytes of another. The first by election is the one to read."""
    alike: dict[str, list[RawFile]] = defaultdict(list)
    for each in found:
        alike[each.origin.sha256 or each.name].append(each)
    firsts = [sorted(group, key=lambda each: (_year(each), each.name)) for group in alike.values()]
    copies = {first.name: tuple(Copy(each.name, each.facts) for each in more) for first, *more in firsts if more}
    return sorted((group[0] for group in firsts), key=lambda each: each.name), copies


def _year(source: RawFile) -> int:
    """The year of the election that the path or the line of a raw file states; where none does, it comes last."""
    return year_of(election_of(source.name, source.facts.election, is_party=is_party)[0]) or MAXYEAR


def _key(
    recipe: Recipe,
    settings: Settings,
    sources: list[RawFile],
    copies: Mapping[str, tuple[Copy, ...]],
    problems: list[Problem],
) -> str:
    """A hash of all that a dataset depends on: beside what rows depend on, the code that verifies, writes and shows."""
    of_consequence = dataclasses.asdict(settings)
    for name in _OF_NO_CONSEQUENCE:
        del of_consequence[name]
    return sha256_of(
        json.dumps([code_sha256(), dataclasses.asdict(recipe), of_consequence], sort_keys=True),
        *(part for each in sources for part in (each.name, each.origin.sha256, each.origin.facts)),
        json.dumps([dataclasses.asdict(each) for found in copies.values() for each in found], sort_keys=True),
        *(each.problem_id for each in problems),
    )


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


def _latest_path(processed: Processed) -> Path:
    return processed.folder / FOLDER / "latest.json"


def _copy(copy: Copy, original: str) -> Problem:
    return problem(
        "copy",
        f"{copy.name} has the same bytes as {original} and is not read again: one document, with a row for each path "
        "in the table occasions. If they do not stand for two elections, remove one of them.",
        path=copy.name,
    )

"""The flow from raw texts to a dataset version.

    plan → (read → split → classify → extract, per batch of documents) → write

Call `pipelines.orchestration.set_up_prefect` before this module is imported: Prefect reads its settings on import.
"""

import errno
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from filelock import FileLock, Timeout
from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from extract import extraction as stages
from extract.dataset import current_version, is_intact, publish, remove_unfinished, write_draft
from extract.extraction import Resources, load_resources
from extract.language import language_id
from extract.parties import load_register
from extract.problems import ManifestoError, problem
from extract.provenance import code_version, package_versions
from extract.records import Extraction, Problem, Run
from extract.sections import Occasion, missing_parties, occasion_of, repeated_manifestos
from extract.settings import Settings, load_settings, settings_sha256
from pipelines.orchestration import cannot_write
from pipelines.paths import MODELS
from pipelines.plan import Outcome, Plan, Source, make_plan, nothing_done, remember_version
from pipelines.progress import tracker
from pipelines.store import Store

LOCK = ".lock"  # below the processed folder

# What may pass by itself when a file lies on a network share; nothing else is tried again.
_PASSING = frozenset({errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.EINTR})
_READ_RETRIES = 2
# Codes of Problems that a later run may not meet again though the file is the same.
_MAY_PASS = frozenset({"file-unreadable", "file-changed", "stage-failed"})


@flow(name="manifesto-extract", validate_parameters=False)
def extract_manifestos(
    raw: str = "raw",
    processed: str = "processed",
    settings_file: str | None = None,
    language_pipeline: str | None = None,
    models_folder: str | None = None,
) -> Outcome:
    """Turn the raw texts in one folder into a dataset version in another; unchanged documents are not read again."""
    settings = load_settings(Path(settings_file) if settings_file else None, language_pipeline=language_pipeline)
    models = Path(models_folder) if models_folder else MODELS
    with _alone_in(Path(processed)):
        plan = make_plan(Path(raw), Path(processed), settings=settings, models=models)
        if plan.unchanged:
            return nothing_done(plan, plan.unchanged)
        started_at = _now()
        failed: dict[str, Extraction] = {}
        if plan.to_read:
            resources = load_resources(settings, models=models)
            tracker.get().start("read", len(plan.to_read))
        for batch in _batches(plan.to_read, settings.batch_documents):
            # Records are quoted so that Prefect does not walk through all of them in search of futures.
            found = read(quote(batch), Path(raw), quote(settings))
            found = split(quote(found), quote(resources))
            found = classify(quote(found), quote(resources))
            found = extract(quote(found), quote(resources))
            failed |= keep(quote(batch), quote(found), Path(processed))
        return write(quote(plan), quote(failed), quote(settings), Path(processed), started_at)


@task(cache_policy=NO_CACHE, retries=_READ_RETRIES, retry_delay_seconds=1)
def read(batch: Sequence[Source], raw: Path, settings: Settings) -> list[Extraction]:
    """Read raw files. A file that cannot be opened for a reason that may pass is tried again."""
    found = [_read_one(source, raw, settings) for source in batch]
    _report("read", found)
    return found


@task(cache_policy=NO_CACHE)
def split(batch: Sequence[Extraction], resources: Resources) -> list[Extraction]:
    """Find passages, party sections and sentences."""
    return _each(stages.split, batch, resources)


@task(cache_policy=NO_CACHE)
def classify(batch: Sequence[Extraction], resources: Resources) -> list[Extraction]:
    """Label every sentence under every codebook."""
    return _each(stages.classify, batch, resources)


@task(cache_policy=NO_CACHE)
def extract(batch: Sequence[Extraction], resources: Resources) -> list[Extraction]:
    """Extract quotes and proposals."""
    return _each(stages.extract, batch, resources)


@task(cache_policy=NO_CACHE)
def keep(batch: Sequence[Source], found: Sequence[Extraction], processed: Path) -> dict[str, Extraction]:
    """Keep what was extracted for later runs; return what gave no document, by key, which no later run may reuse."""
    store = Store(processed)
    failed: dict[str, Extraction] = {}
    for source, extraction in zip(batch, found, strict=True):
        if extraction.document is None:
            failed[source.key] = extraction
        elif extraction.document.sha256 == source.sha256:
            store.put(source.key, extraction)
    tracker.get().passed("extract", len(batch), 0)
    return failed


@task(cache_policy=NO_CACHE)
def write(
    plan: Plan, failed: Mapping[str, Extraction], settings: Settings, processed: Path, started_at: str
) -> Outcome:
    """Write the dataset version of all documents, if it is not the current one already."""
    store = Store(processed)
    seen = _Seen()
    try:
        draft = write_draft(
            _extractions(plan, failed, store, seen),
            parties=load_register().parties,
            problems=chain(
                plan.problems,
                missing_parties(seen.parties, settings.expected_parties),
                repeated_manifestos(seen.manifestos),
            ),
            processed=processed,
        )
        is_current = draft.version == current_version(processed) and is_intact(processed / draft.version)
        outcome = Outcome(
            version=draft.version,
            changed=not is_current,
            documents_read=seen.read,
            documents_reused=seen.reused,
            documents_failed=seen.failed,
        )
        if outcome.changed:
            publish(draft, _run(outcome, settings, plan, started_at), processed)
        else:
            remove_unfinished(processed)
    except OSError as error:
        raise cannot_write(processed, error) from error
    if not any(each.code in _MAY_PASS for each in seen.refusals):
        remember_version(processed, plan.key, draft.version)
    store.keep_only({source.key for source in plan.sources})
    return outcome


@dataclass(slots=True)
class _Seen:
    """What passed on its way to the dataset, one document at a time."""

    read: int = 0
    reused: int = 0
    failed: int = 0
    parties: set[str | None] = field(default_factory=set)  # that have a section
    manifestos: dict[Occasion, list[str]] = field(default_factory=lambda: defaultdict(list))  # paths
    refusals: list[Problem] = field(default_factory=list)  # of the files that gave no document


def _extractions(plan: Plan, failed: Mapping[str, Extraction], store: Store, seen: _Seen) -> Iterator[Extraction]:
    """Yield what each source gave, in the order of their names, and note it; nothing at all is an error."""
    tracker.get().start("write", len(plan.sources))
    for source in sorted(plan.sources, key=lambda each: each.name):
        extraction = failed.get(source.key) or store.get(source.key) or _lost(source)
        if extraction.document is None:
            seen.failed += 1
            seen.refusals += extraction.problems
        elif source.key in plan.known:
            seen.reused += 1
        else:
            seen.read += 1
        seen.parties |= {section.party_id for section in extraction.sections}
        if occasion := occasion_of(extraction.document):
            seen.manifestos[occasion].append(source.name)
        yield extraction
        tracker.get().passed("write", 1, 0)
    if not seen.read + seen.reused:
        raise ManifestoError(_nothing_read(seen.refusals))
    tracker.get().passed("finish", 0, 0)


@contextmanager
def _alone_in(processed: Path) -> Iterator[None]:
    """Hold the lock of a processed folder: two runs never write to it at once."""
    lock = FileLock(processed / LOCK)
    try:
        processed.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tracker.get().waits(f"Another run is writing to {processed}; waiting until it is done …")
            lock.acquire()
    except OSError as error:
        raise cannot_write(processed, error) from error
    try:
        yield
    finally:
        lock.release()


def _batches(sources: Sequence[Source], size: int) -> Iterator[Sequence[Source]]:
    for start in range(0, len(sources), size):
        yield sources[start : start + size]


def _read_one(source: Source, raw: Path, settings: Settings) -> Extraction:
    try:
        probe(source.path)
    except OSError as error:
        if error.errno in _PASSING and runtime.task_run.run_count <= _READ_RETRIES:
            raise
    return stages.read(source.path, raw=raw, facts=source.facts, settings=settings)


def probe(path: Path) -> None:
    """Raise the OSError that reading a file would meet."""
    if path.is_file():
        with path.open("rb") as file:
            file.read(1)


def _each(stage: Callable[..., Extraction], batch: Sequence[Extraction], resources: Resources) -> list[Extraction]:
    """A stage for each document of a batch; a document that breaks it becomes a Problem and stops no other."""
    found: list[Extraction] = []
    for extraction in batch:
        try:
            found.append(stage(extraction, resources=resources))
        except Exception as error:  # a bug: said aloud in the dataset, and not at the cost of the other documents
            found.append(_broken(stage.__name__, extraction, error))
    _report(stage.__name__, found)
    return found


def _broken(stage: str, extraction: Extraction, error: Exception) -> Extraction:
    path = extraction.document.path if extraction.document else ""
    met = f"stage {stage} met {type(error).__name__}: {error}"
    said = problem(
        "stage-failed",
        f"{path} could not be processed: {met}. Please report this with the file.",
        path=path,
        stage=stage,
        severity="error",
    )
    kept = tuple(each for each in extraction.problems if each.document_id is None)
    return Extraction(document=None, problems=(*kept, said))


def _lost(source: Source) -> Extraction:
    said = problem(
        "file-changed",
        f"{source.name} was changed or removed while it was read. Run again once it is complete.",
        path=source.name,
        stage="read",
        severity="error",
    )
    return Extraction(document=None, problems=(said,))


def _nothing_read(problems: Sequence[Problem]) -> str:
    lines = "\n".join(f"  {each.message}" for each in problems[:20])
    return f"Nothing could be read; no dataset was written.\n{lines}"


def _run(outcome: Outcome, settings: Settings, plan: Plan, started_at: str) -> Run:
    return Run(
        run_id=str(runtime.flow_run.id or uuid.uuid4()),
        started_at=started_at,
        ended_at=_now(),
        code_version=code_version(),
        settings_sha256=settings_sha256(settings),
        models="|".join(plan.models),
        language_pipeline=language_id(settings.language_pipeline),
        packages=package_versions(),
        documents_read=outcome.documents_read,
        documents_reused=outcome.documents_reused,
        documents_failed=outcome.documents_failed,
    )


def _report(stage: str, found: Sequence[Extraction]) -> None:
    words = sum(each.document.text.count(" ") + 1 for each in found if each.document) if stage == "read" else 0
    tracker.get().passed(stage, 0, words)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

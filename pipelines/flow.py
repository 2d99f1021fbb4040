"""The flow from raw texts to a dataset version.

    plan → (read → split → classify → extract, per batch of documents) → write

Call `pipelines.orchestration.set_up_prefect` before this module is imported: Prefect reads its settings on import.
"""

import errno
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock
from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from extract import extraction as stages
from extract.dataset import build_dataset, current_version, publish
from extract.extraction import Resources, load_resources
from extract.language import language_id
from extract.parties import load_register
from extract.problems import ManifestoError, problem
from extract.provenance import code_version, package_versions
from extract.records import Extraction, Problem, Run
from extract.sections import missing_parties
from extract.settings import Settings, load_settings, settings_sha256
from pipelines.paths import MODELS
from pipelines.plan import Plan, Source, make_plan, remember_version
from pipelines.progress import tracker
from pipelines.store import Store

LOCK = ".lock"  # below the processed folder

# What may pass by itself when a file lies on a network share; nothing else is tried again.
_PASSING = frozenset({errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.EINTR})
_READ_RETRIES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    version: str
    changed: bool
    documents_read: int
    documents_reused: int
    documents_failed: int


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
            return Outcome(plan.unchanged, False, 0, len(plan.sources), 0)
        started_at = _now()
        if plan.to_read:
            resources = load_resources(settings, models=Path(models))
            tracker.get().start(len(plan.to_read))
        for batch in _batches(plan.to_read, settings.batch_documents):
            # Records are quoted so that Prefect does not walk through all of them in search of futures.
            found = read(quote(batch), Path(raw), quote(settings))
            found = split(quote(found), quote(resources))
            found = classify(quote(found), quote(resources))
            found = extract(quote(found), quote(resources))
            keep(quote(batch), quote(found), Path(processed))
        return write(quote(plan), quote(settings), Path(raw), Path(processed), started_at)


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
def keep(batch: Sequence[Source], found: Sequence[Extraction], processed: Path) -> None:
    """Keep what was extracted for later runs, unless the file was not read or changed meanwhile."""
    store = Store(processed)
    for source, extraction in zip(batch, found, strict=True):
        if extraction.document and extraction.document.sha256 != source.sha256:
            continue
        store.put(source.key, extraction)
    tracker.get().passed("extract", len(batch), 0)


@task(cache_policy=NO_CACHE)
def write(plan: Plan, settings: Settings, raw: Path, processed: Path, started_at: str) -> Outcome:
    """Write the dataset version of all documents, if it is not the current one already."""
    store = Store(processed)
    extractions = [store.get(source.key) or _lost(source, raw) for source in plan.sources]
    failed = sum(each.document is None for each in extractions)
    if failed == len(extractions):
        raise ManifestoError(_nothing_read(raw, [each for found in extractions for each in found.problems]))
    dataset = build_dataset(
        extractions,
        parties=load_register().parties,
        problems=[*plan.problems, *missing_parties(extractions, settings.expected_parties)],
    )
    read_now = sum(source.key not in plan.known for source in plan.sources) - failed
    outcome = Outcome(
        version=dataset.version,
        changed=dataset.version != current_version(processed),
        documents_read=max(0, read_now),
        documents_reused=len(plan.known),
        documents_failed=failed,
    )
    if outcome.changed:
        publish(dataset, _run(outcome, settings, plan, started_at), processed)
    remember_version(processed, plan.key, dataset.version)
    store.keep_only({source.key for source in plan.sources})
    return outcome


@contextmanager
def _alone_in(processed: Path) -> Iterator[None]:
    """Hold the lock of a processed folder: two runs never write to it at once."""
    try:
        processed.mkdir(parents=True, exist_ok=True)
        with FileLock(processed / LOCK):
            yield
    except OSError as error:
        if error.errno in (
            errno.EACCES,
            errno.EROFS,
            errno.EPERM,
            errno.ENOSPC,
            errno.EDQUOT,
            errno.ENOTDIR,
            errno.EEXIST,
        ):
            raise ManifestoError(
                f"Cannot write to {processed}: {error.strerror}. The current dataset is as it was.\n"
                "Make room or get the right to write there, and run again."
            ) from error
        raise


def _batches(sources: Sequence[Source], size: int) -> Iterator[Sequence[Source]]:
    for start in range(0, len(sources), size):
        yield sources[start : start + size]


def _read_one(source: Source, raw: Path, settings: Settings) -> Extraction:
    try:
        source.path.open("rb").close()
    except OSError as error:
        if error.errno in _PASSING and runtime.task_run.run_count <= _READ_RETRIES:
            raise
    return stages.read(source.path, raw=raw, facts=source.facts, settings=settings)


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


def _lost(source: Source, raw: Path) -> Extraction:
    name = source.path.relative_to(raw).as_posix()
    said = problem(
        "file-changed",
        f"{name} was changed or removed while it was read. Run again once it is complete.",
        path=name,
        stage="read",
        severity="error",
    )
    return Extraction(document=None, problems=(said,))


def _nothing_read(raw: Path, problems: Sequence[Problem]) -> str:
    lines = "\n".join(f"  {each.message}" for each in problems[:20])
    return f"Nothing in {raw} could be read; no dataset was written.\n{lines}"


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

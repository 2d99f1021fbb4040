"""The flow from raw texts to a dataset version.

    survey → plan → load → (read → split → annotate → classify → extract → place, per batch, in parallel)
           → keep → certify → write

Import this module within `pipelines.orchestration.prefect_apart`: Prefect reads its settings on import.
"""

import errno
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa
from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from extract.changes.comparing import compare
from extract.dataset.files import REPORT
from extract.dataset.reader import current_version
from extract.dataset.versions import is_intact, publish, remove_unfinished, write_draft
from extract.labels.codebooks import CODEBOOK_FILE, Codebook, read_codebook
from extract.parties import load_register
from extract.problems import ManifestoError, problem
from extract.provenance import code_version, package_versions, verification_sha256
from extract.reading.documents import load_bytes
from extract.records import Certificate, Certified, ClaimEvidence, Extraction, Problem, Run, sha256_of
from extract.report.page import is_of_this_code, write_report
from extract.settings import Settings, load_settings, settings_sha256
from extract.splitting.occasions import with_copies
from extract.splitting.sections import Occasion, missing_parties, occasion_of, repeated_manifestos
from extract.tables import ACROSS_DOCUMENTS, Rows, document_of, rows_of, table_of
from pipelines.history import now, recorded
from pipelines.orchestration import forget_results, is_unwatched
from pipelines.paths import MODELS
from pipelines.plan import (
    Action,
    Decision,
    Outcome,
    Plan,
    RawFile,
    Survey,
    content_of,
    make_plan,
    nothing_to_do,
    remember_outcome,
    survey,
)
from pipelines.processed import Processed
from pipelines.progress import shown_on, tell
from pipelines.refusals import refuse_other_parameters
from pipelines.runners import extract_all
from pipelines.store import LIMITS, MAY_PASS, Kept, Store, pack_certified
from pipelines.summary import leave_artifacts
from pipelines.terminal import Console
from pipelines.where import Runner, Where
from pipelines.work import Done, Job, unsearched

# What may pass by itself when a file lies on a network share; nothing else is tried again.
_PASSING = frozenset({errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.EINTR})
_LOAD_RETRIES = 2
_LOST = "was extracted, but that was gone or damaged before it was written. Run again."
_BECAME_A_COPY = "became a copy of another file after the run had begun. Run again."


@flow(name="manifesto-extract", validate_parameters=False, persist_result=False)
def extract_manifestos(
    raw: str = "raw",
    processed: str = "processed",
    settings_file: str | None = None,
    language_pipeline: str | None = None,
    annotate: bool | None = None,
    models_folder: str | None = None,
    runner: Runner = "local",
    workers: int | None = None,
    scheduler: str | None = None,
    wait: bool = True,
) -> State[Outcome | None]:
    """Turn the raw texts in one folder into a dataset version in another; unchanged documents are not read again.

    A run that finds another at work waits for it, or without `wait` leaves the work to it.
    """
    given = locals()
    with _told_if_scheduled() as tell:
        refuse_other_parameters(given, of=extract_manifestos.fn)
        state = _extract(
            Path(raw),
            Processed(Path(processed)),
            settings=load_settings(
                Path(settings_file) if settings_file else None, language_pipeline=language_pipeline, annotate=annotate
            ),
            models=Path(models_folder) if models_folder else None,
            where=Where(runner, workers, scheduler),
            wait=wait,
        )
        tell(state.message or "")
    return state


@contextmanager
def _told_if_scheduled() -> Iterator[Callable[[str], None]]:
    """Print what a scheduled run does, and how it ends, for nobody else does: the command shows its own runs."""
    if not runtime.deployment.id:
        yield lambda _: None
        return
    console = Console(highlight=False)
    try:
        with shown_on(console):
            yield lambda message: console.print(f"{now()} {message}", markup=False, soft_wrap=True)
    except Exception as error:
        console.print(f"{now()} Error: {error}", markup=False, soft_wrap=True)
        raise


def _extract(
    raw: Path, processed: Processed, *, settings: Settings, models: Path | None, where: Where, wait: bool
) -> State[Outcome | None]:
    with processed.alone(wait=wait) as alone:
        if not alone:
            why = f"Another run is writing to {processed.folder}; the next one will look again."
            return Completed(name="Skipped", message=why)
        forget_results(processed.folder)
        with recorded(processed, _run_id()) as record:
            found = survey(raw, processed.folder, settings=settings, models=models or MODELS)
            outcome = nothing_to_do(found, processed)
            if outcome:
                return Completed(message=f"Nothing new: dataset {outcome.version} is current.", data=outcome)
            began_at = now()
            plan = make_plan(found, processed, settings=settings)
            record.begins(plan)
            tell("planned", documents=plan.as_records())
            jobs = partial(load, raw=raw, processed=unsearched(processed), settings=unsearched(settings))
            for done in extract_all(plan.to_do, jobs, settings=settings, models=models, where=where):
                keep(done, processed)
            certified = certify(unsearched(found), unsearched(processed))
            outcome = write(
                unsearched(found),
                unsearched(plan),
                unsearched(certified),
                unsearched(settings),
                unsearched(processed),
                models or MODELS,
                began_at,
            )
            record.ends(outcome)
    if not is_unwatched():
        leave_artifacts(processed.folder / outcome.version, plan, outcome)
    return Completed(message=_in_words(outcome), data=outcome)


@task(cache_policy=NO_CACHE, retries=_LOAD_RETRIES, retry_delay_seconds=1)
def load(batch: Sequence[Decision], raw: Path, processed: Processed, settings: Settings) -> list[Job]:
    """Load what is to be worked on. A file that cannot be opened for a reason that may pass is tried again."""
    return [_job(each, raw, processed.store, settings) for each in batch]


def keep(batch: Sequence[Done], processed: Processed) -> None:
    """Keep what a batch gave for the dataset, and for later runs."""
    with processed.writing():
        for done in batch:
            processed.store.put(done.name, done.packed)
    tell("passed", stage="extract", documents=len(batch), words=sum(done.words for done in batch))


@task(cache_policy=NO_CACHE)
def certify(found: Survey, processed: Processed) -> Certified:
    """Hold what digests say against the manifestos; what a manifesto gave for the same digests before is kept."""
    from extract.verification.examination import Digest, Examination, digest_of
    from extract.verification.sources import source_of

    store = processed.store
    names: dict[str | None, list[str]] = defaultdict(list)
    keys: dict[str, str] = {}
    digests: list[Digest] = []
    seen: set[str] = set()
    for each in found.sources:
        kept = store.get(each.name)
        if kept and kept.origin.sha256 not in seen:  # a file may have become a copy since the survey
            seen.add(kept.origin.sha256)
            names[kept.kind].append(each.name)
            keys[each.name] = json.dumps(asdict(kept.origin), sort_keys=True)
            if kept.kind == "digest" and (digest := digest_of(kept.rows.tables)):
                digests.append(digest)
    if not digests:
        return Certified()
    examined = Examination(digests, load_register())
    asked = sha256_of(*(part for name in names["digest"] for part in (name, keys[name])))
    tell("began", stage="certify", documents=len(names["manifesto"]))

    def rows_from(name: str) -> Certified:
        key = sha256_of(verification_sha256(), keys[name], asked)
        rows = store.certified(name, key)
        if rows is None:
            kept = store.get(name)
            source = source_of(kept.rows) if kept else None
            rows = examined.against(source) if source else Certified()
            if not any(each.code in LIMITS for each in rows.problems):
                with processed.writing():
                    store.put_certified(name, pack_certified(key, rows))
        tell("passed", stage="certify", documents=1, words=0)
        return rows

    return examined.settled(map(rows_from, names["manifesto"]))


@task(cache_policy=NO_CACHE)
def write(
    found: Survey,
    plan: Plan,
    certified: Certified,
    settings: Settings,
    processed: Processed,
    models: Path,
    began_at: str,
) -> Outcome:
    """Write the dataset version of all documents, if it is not the current one already."""
    codebooks = [read_codebook(models / name / CODEBOOK_FILE) for name in settings.codebooks]
    seen, folder = _Seen(), processed.folder
    with processed.writing():
        draft = write_draft(
            _rows(found, plan, processed.store, seen),
            parties=load_register().parties,
            across=_across(certified, seen),
            problems=chain(
                found.problems,
                (each for each in certified.problems if each.document_id in seen.documents),
                missing_parties(seen.parties, settings.expected_parties),
                repeated_manifestos(seen.manifestos),
            ),
            processed=folder,
        )
        current, there = current_version(folder), folder / draft.version
        is_current = draft.version == current and is_intact(there) and is_of_this_code(there)
        outcome = Outcome(
            version=draft.version,
            changed=not is_current,
            documents_read=seen.count["read"],
            documents_relabelled=seen.count["label"],
            documents_reused=seen.count["reuse"],
            documents_failed=seen.failed,
        )
        if outcome.changed:
            run = _run(outcome, settings, found, began_at)
            report = partial(
                _report,
                version=draft.version,
                codebooks=codebooks,
                before=folder / current if current and current != draft.version else None,
            )
            publish(draft, run, folder, report=report)
        else:
            remove_unfinished(folder)
        processed.store.keep_only(source.name for source in found.sources)
        if seen.as_surveyed:
            remember_outcome(processed, found.key, outcome)
    return outcome


def _report(folder: Path, *, version: str, codebooks: Sequence[Codebook], before: Path | None) -> None:
    """Write the report of a draft, with what is other than in the version before, if that can still be compared.

    A fault in it costs no row: the dataset is published without it.
    """
    changes = None
    if before:
        with suppress(ManifestoError):  # it is damaged, or its tables are those of older software
            changes = replace(compare(before, folder), new=version)
    try:
        write_report(folder, codebooks, version=version, changes=changes)
    except OSError:  # a full disk, which the dataset meets, too
        raise
    except Exception as error:
        (folder / REPORT).unlink(missing_ok=True)
        why = f"{type(error).__name__}: {error}"
        tell("warns", why=f"The report of {version} could not be made ({why}). Its tables are whole.")


@dataclass(slots=True)
class _Seen:
    """What passed on its way to the dataset, one document at a time."""

    count: Counter[Action] = field(default_factory=Counter)  # of documents
    failed: int = 0  # files that gave no document
    as_surveyed: bool = True  # whether a run on the same files would give the same
    parties: set[str | None] = field(default_factory=set)  # that have a section
    manifestos: dict[Occasion, list[str]] = field(default_factory=lambda: defaultdict(list))  # paths
    documents: set[str | None] = field(default_factory=set)  # document_id
    refusals: list[str] = field(default_factory=list)  # messages of the files that gave no document


def _rows(found: Survey, plan: Plan, store: Store, seen: _Seen) -> Iterator[Rows]:
    """Yield what each source gave, in the order of their names, and note it; nothing at all is an error."""
    actions = plan.actions()
    tell("began", stage="write", documents=len(found.sources))
    for source in found.sources:
        kept = store.get(source.name)
        rows = kept.rows if kept else _refusal(source, "kept-lost", _LOST)
        if rows.document_id and rows.document_id in seen.documents:
            kept, rows = None, _refusal(source, "file-changed", _BECAME_A_COPY)
        seen.documents.add(rows.document_id)
        if rows.document_id:
            seen.count[actions[source.name]] += 1
        else:
            seen.failed += 1
            seen.refusals += rows.tables["problems"]["message"].to_pylist()
        if kept is None or _may_pass(kept, source) or _differs(kept, source):
            seen.as_surveyed = False
        seen.parties.update(rows.tables["sections"]["party_id"].to_pylist())
        if occasion := occasion_of(document_of(rows)):
            seen.manifestos[occasion].append(source.name)
        rows = with_copies(rows, {each.name: each.facts for each in found.copies.get(source.name, ())}, load_register())
        yield rows
        tell("passed", stage="write", documents=1, words=0)
    if not seen.count:
        raise ManifestoError(_nothing_read(seen.refusals))
    tell("passed", stage="finish", documents=0, words=0)


def _may_pass(kept: Kept, source: RawFile) -> bool:
    """Whether a later run may read what this one could not, though nothing changed that a survey sees.

    A file that the survey could not open either has another hash once it can be opened.
    """
    return bool(source.origin.sha256) and not MAY_PASS.isdisjoint(kept.refused)


def _differs(kept: Kept, source: RawFile) -> bool:
    """Whether what is kept rests on something else than a survey found. What gave no document rests on no model."""
    recipe = replace(kept.origin.recipe, models=source.origin.recipe.models) if kept.refused else kept.origin.recipe
    return replace(kept.origin, recipe=recipe) != source.origin


def _across(certified: Certified, seen: _Seen) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables across documents. What rests on a document that was lost since is left to the next run."""
    there = seen.documents | {None}
    for name in ACROSS_DOCUMENTS:
        rows = getattr(certified, name)
        sound = [row for row in rows if {_owner(row), row.source_document_id} <= there]
        seen.as_surveyed &= len(sound) == len(rows)
        yield name, table_of(name, sound)


def _owner(row: Certificate | ClaimEvidence) -> str:
    """The digest that a row is about."""
    return (row.quote_id if isinstance(row, Certificate) else row.sentence_id).partition(".")[0]


def _job(decision: Decision, raw: Path, store: Store, settings: Settings) -> Job:
    source = decision.source
    kept = store.get(source.name) if decision.action == "label" else None
    if kept is not None:
        return Job(source.name, source.facts, source.origin, kept=kept)
    raised = _PASSING if runtime.task_run.run_count <= _LOAD_RETRIES else frozenset[int]()
    data = load_bytes(source.path, raw=raw, max_characters=settings.max_characters, raised=raised)
    if isinstance(data, Problem):
        return Job(source.name, source.facts, replace(source.origin, sha256=content_of(data)), data=data)
    # What was read counts, not what was there when the run began.
    origin = replace(source.origin, sha256=hashlib.sha256(data).hexdigest())
    return Job(source.name, source.facts, origin, data=data)


def _refusal(source: RawFile, code: str, what: str) -> Rows:
    """What a file gives that was read, but cannot be written."""
    met = problem(code, f"{source.name} {what}", path=source.name, stage="write")
    return rows_of(Extraction(document=None, problems=(met,)))


def _nothing_read(messages: Sequence[str]) -> str:
    lines = "\n".join(f"  {each}" for each in messages[:20])
    return f"Nothing could be read; no dataset was written.\n{lines}"


def _in_words(outcome: Outcome) -> str:
    counts = {
        "read": outcome.documents_read,
        "relabelled": outcome.documents_relabelled,
        "reused": outcome.documents_reused,
        "failed": outcome.documents_failed,
    }
    done = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"Dataset {outcome.version} {'is written' if outcome.changed else 'is as it was'}: {done}."


def _run(outcome: Outcome, settings: Settings, found: Survey, began_at: str) -> Run:
    return Run(
        run_id=_run_id(),
        started_at=began_at,
        ended_at=now(),
        code_version=code_version(),
        settings_sha256=settings_sha256(settings),
        models="|".join(found.recipe.models),
        language_pipeline=found.recipe.language,
        packages=package_versions(),
        documents_read=outcome.documents_read,
        documents_relabelled=outcome.documents_relabelled,
        documents_reused=outcome.documents_reused,
        documents_failed=outcome.documents_failed,
    )


def _run_id() -> str:
    return str(runtime.flow_run.id)

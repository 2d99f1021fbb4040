"""What is done with a batch of raw files, in this process or another.

    read → split → annotate → classify → extract → place

Nothing here touches the raw or the processed folder: bytes come in, packed rows go out, so that a worker may stand on
another machine. The stages are imported where they run: what classifiers need takes seconds to load, and a run that
finds nothing to do should not.
"""

import functools
import pickle
import platform
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from extract.costs import TooCostlyError, bounded, seconds_for
from extract.problems import ManifestoError, problem
from extract.reading.facts import Facts
from extract.reading.formats import least_limit
from extract.records import Extraction, Problem
from extract.settings import Settings
from extract.tables import extraction_of
from pipelines.paths import MODELS
from pipelines.plan import recipe_of
from pipelines.progress import tell
from pipelines.store import Kept, Origin, Recipe, pack

if TYPE_CHECKING:
    from extract.extraction import Resources

# Times that a stage may cost what it does otherwise where it uses a language pipeline or text encoder that is not ours:
# on a sentence a transformer takes a hundred times as long, and on all processors at once.
_PLUGGED_IN = 100

_ALONE = threading.Lock()  # a language pipeline cannot serve two threads; a Dask worker may have several


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """A raw file to work on: its bytes or why there are none, or what was kept of it when only labels are made."""

    name: str
    facts: Facts
    origin: Origin
    data: bytes | Problem | None = None
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a raw file gave, packed for the store."""

    name: str
    packed: bytes
    words: int


def unsearched(value: T) -> T:
    """A parameter for a task, in which Prefect does not search every record for futures."""
    return cast(T, quote(value))


def as_message(jobs: Sequence[Job], settings: Settings, models: Path | None) -> bytes:
    """A batch as bytes, in which neither Prefect nor Dask looks for futures.

    `models` is a folder, or None for the models that each worker has with its code.
    """
    return pickle.dumps((jobs, settings, models))


def extract_batch(message: bytes) -> list[Done]:
    """Have each file of a batch pass all stages."""
    jobs, settings, models = pickle.loads(message)
    with _ALONE:
        return _extract_batch(jobs, settings, models or MODELS)


def _extract_batch(jobs: Sequence[Job], settings: Settings, models: Path) -> list[Done]:
    resources = _resources(settings, models, jobs[0].origin.recipe)
    to_read = [job for job in jobs if job.kept is None]
    to_label = [job for job in jobs if job.kept is not None]
    found = split(unsearched(read(unsearched(to_read), unsearched(settings))), unsearched(resources))
    found = annotate(unsearched(found), unsearched(resources))
    found += [extraction_of(job.kept.rows) for job in to_label if job.kept]
    found = classify(unsearched(found), unsearched(resources))
    found = extract(unsearched(found), unsearched(resources))
    found = place(unsearched(found), unsearched(resources))
    return [_done(job, each, settings) for job, each in zip([*to_read, *to_label], found, strict=True)]


@task(cache_policy=NO_CACHE)
def read(jobs: Sequence[Job], settings: Settings) -> list[Extraction]:
    """Read raw files."""
    from extract import extraction as stages

    def read_one(job: Job) -> Extraction:
        if isinstance(job.data, Problem):
            return Extraction(document=None, problems=(job.data,))
        return stages.read(job.data or b"", name=job.name, facts=job.facts, settings=settings)

    lengths = (len(job.data) if isinstance(job.data, bytes) else 0 for job in jobs)  # of text at most, or packed
    batch = [(job.name, min(size, settings.max_characters), job) for job, size in zip(jobs, lengths, strict=True)]
    return _each("read", read_one, batch)


@task(cache_policy=NO_CACHE)
def split(batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """Find passages, party sections and sentences."""
    return _pass("split", batch, resources)


@task(cache_policy=NO_CACHE)
def annotate(batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """Find entities, and tokens where the settings ask for them."""
    return _pass("annotate", batch, resources)


@task(cache_policy=NO_CACHE)
def classify(batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """Label every sentence under every codebook."""
    return _pass("classify", batch, resources)


@task(cache_policy=NO_CACHE)
def extract(batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """Extract quotes and proposals."""
    return _pass("extract", batch, resources)


@task(cache_policy=NO_CACHE)
def place(batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """Place manifestos on scales."""
    return _pass("place", batch, resources)


def lost(job: Job, why: str) -> Done:
    """What a raw file gives that ended each worker which had it."""
    met = problem(
        "worker-lost",
        f"{job.name} could not be processed: {why}. If other runs say so too, it takes more memory than there is: "
        "split the file, or give the worker more.",
        path=job.name,
    )
    return Done(job.name, pack(job.origin, Extraction(document=None, problems=(met,))), words=0)


@functools.lru_cache(maxsize=1)
def _resources(settings: Settings, models: Path, recipe: Recipe) -> "Resources":
    """What a worker loads once; a worker that would give other rows than the plan asks for refuses."""
    here = recipe_of(settings, models)
    if here != recipe:
        names = [name for name in recipe.__slots__ if getattr(here, name) != getattr(recipe, name)]
        raise ManifestoError(
            f"The worker on {platform.node()} has not the same {' and '.join(names)} as this machine, so its rows "
            "would differ. Install the same release there, from the same requirements.lock."
        )
    from extract.extraction import load_resources

    return load_resources(settings, models=models)


def _pass(name: str, batch: Sequence[Extraction], resources: "Resources") -> list[Extraction]:
    """A stage for each document of a batch."""
    from extract import extraction as stages

    stage = functools.partial(getattr(stages, name), resources=resources)
    documents = (each.document for each in batch)
    named = [(each.path, len(each.text)) if each else ("", 0) for each in documents]
    several = [(*of, each) for of, each in zip(named, batch, strict=True)]
    return _each(name, stage, several, times=_PLUGGED_IN if _is_plugged_in(name, resources) else 1)


def _is_plugged_in(stage: str, resources: "Resources") -> bool:
    """Whether a stage uses a language pipeline or a text encoder of which nothing is known but that it can be used."""
    from extract.labels.encoders import OURS as OUR_ENCODER
    from extract.language.pipeline import OURS, PREFERRED

    if stage == "classify":
        encoders = (model.meaning.encoder for model in resources.models)
        return any(each and each.name != OUR_ENCODER for each in encoders)
    meta = resources.nlp.meta if resources.nlp else None
    return meta is not None and f"{meta['lang']}_{meta['name']}" not in (OURS, PREFERRED)


def _each(
    name: str, stage: Callable[[Any], Extraction], batch: Iterable[tuple[str, int, Any]], *, times: int = 1
) -> list[Extraction]:
    """A stage for each of a batch: its path, characters and what the stage takes.

    A document that breaks the stage, or costs more than one of its length may, becomes a Problem and stops no other;
    it may cost so many times what others may.
    """
    found: list[Extraction] = []
    for path, characters, each in batch:
        try:
            with bounded(times * seconds_for(characters)):
                gave = stage(each)
        except (TooCostlyError, MemoryError) as error:
            gave = _broken(name, path, each, "too-costly", _cost(error))
        except Exception as error:  # a bug: it becomes a Problem, and costs no other document
            met = f"met {type(error).__name__}: {error}. Please report this with the file."
            gave = _broken(name, path, each, "stage-failed", met)
        found.append(gave)
    tell("passed", stage=name, documents=0, words=0)
    return found


def _cost(error: BaseException) -> str:
    what = "memory" if isinstance(error, MemoryError) else "time"
    return (
        f"takes more {what} than any manifesto of its length does. Look whether the file is damaged, save it anew with "
        "another program, or split it."
    )


def _broken(stage: str, path: str, each: Job | Extraction, code: str, what: str) -> Extraction:
    earlier = each.problems if isinstance(each, Extraction) else ()
    met = problem(
        code,
        f"{path} could not be processed: stage {stage} {what}",
        path=path,
        stage=stage,
    )
    return Extraction(document=None, problems=(*(each for each in earlier if each.document_id is None), met))


def _done(job: Job, found: Extraction, settings: Settings) -> Done:
    if found.document is None:
        return Done(job.name, pack(job.origin, found), words=0)
    limit = job.kept.limit if job.kept else least_limit(found.document, max_characters=settings.max_characters)
    try:
        packed = pack(job.origin, found, limit=limit)
    except MemoryError as error:
        broken = _broken("extract", job.name, found, "too-costly", _cost(error))
        return Done(job.name, pack(job.origin, broken), words=0)
    return Done(job.name, packed, words=found.document.text.count(" ") + 1)

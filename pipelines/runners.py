"""Where batches are worked on: in this process, in processes of this machine, or on a Dask cluster.

A worker that dies costs no more than its own time: what it had is given to others, file by file, and a file that ends a
worker twice becomes a Problem.
"""

import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import joblib
import prefect.engine
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner
from prefect.utilities.annotations import quote

from extract.memory import bytes_each, bytes_of_machine, held_to, hold_to, most_workers
from extract.problems import ManifestoError, UsageError
from extract.settings import Settings
from pipelines.orchestration import forget_tasks_if_unwatched, is_unwatched
from pipelines.plan import Decision
from pipelines.refusals import read_no_results
from pipelines.where import Where
from pipelines.work import Done, Job, as_message, extract_batch, lost

# Fewer files than this are worked on in this process: another one takes some 5 s to start, a manifesto about 1 s.
FEW = 8
_CONNECT_SECONDS = 10
_MOST_ON_WINDOWS = 61  # processes of a pool
_MOST_IN_A_ROW = 3  # files that may each end a worker before something else must be wrong
_AHEAD = 2  # batches that wait for each worker, so that none is idle and memory does not hold all of them

read_no_results()  # here, as every process that works for a run imports this module before it does

Batch = Sequence[Job]

# The function stays as it is in its own module, so that workers import it rather than receive a copy of it, which would
# load the models anew for each batch.
_extract_batch = task(name="extract-batch", cache_policy=NO_CACHE)(extract_batch)


def extract_all(
    to_do: Sequence[Decision],
    load: Callable[[Any], list[Job]],
    *,
    settings: Settings,
    models: Path | None,
    where: Where,
) -> Iterator[list[Done]]:
    """Yield what raw files gave, batch by batch, in order as long as no worker dies; `load` makes jobs of them."""
    if not to_do:
        return
    width = _width(where)
    in_process = where.runner == "local" and (width == 1 or len(to_do) < FEW)
    # Smaller batches where there are too few to keep all workers at work to the end.
    size = settings.batch_documents if in_process else min(settings.batch_documents, -(-len(to_do) // (2 * width)))
    waiting = (load(quote(to_do[at : at + size])) for at in range(0, len(to_do), size))
    message = partial(as_message, settings=settings, models=models)
    if in_process:
        for batch in waiting:
            with held_to(bytes_each(bytes_of_machine(), 1)):
                done = _extract_batch(message(batch))
            yield done
        return
    opened, dies = _opener(where)
    while True:
        suspects: list[Job] = []
        with opened(width) as runner:
            yield from _submitted(runner, waiting, message, _AHEAD * width, suspects, dies)
        if not suspects:
            return
        alone: Iterator[Batch] = iter([[job] for job in suspects])
        in_a_row = 0
        while True:
            guilty: list[Job] = []
            with opened(1) as runner:
                for done in _submitted(runner, alone, message, 0, guilty, dies):
                    in_a_row = 0 if done else in_a_row
                    yield done
            if not guilty:
                break
            yield [lost(job, "each worker that had it ended") for job in guilty]
            in_a_row += 1
            if in_a_row > _MOST_IN_A_ROW:
                raise ManifestoError(
                    f"Workers end with every file ({in_a_row} in a row). See whether there is memory for them, or "
                    "use fewer with --workers."
                )


def _submitted(
    runner: TaskRunner[Any],
    batches: Iterator[Batch],
    message: Callable[[Batch], bytes],
    ahead: int,
    suspects: list[Job],
    dies: tuple[type[Exception], ...],
) -> Iterator[list[Done]]:
    """Yield what batches gave until a worker dies; then `suspects` gets the files that were on their way."""
    flying: deque[tuple[Batch, Any]] = deque()

    def oldest() -> list[Done]:
        batch, future = flying.popleft()
        try:
            done: list[Done] = future.result()
        except dies:
            suspects.extend(batch)
            return []
        return done

    while not suspects and (batch := next(batches, None)) is not None:
        with _interrupts_held():
            flying.append((batch, runner.submit(_extract_batch, parameters={"message": message(batch)})))
        if len(flying) > ahead:
            yield oldest()
    while flying:
        yield oldest()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Have processes that start meanwhile hold Ctrl-C until they are set up; until then each would print a stack trace.

    The runner's threads, which start them, take the mask from this thread.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


Opener = Callable[[int], AbstractContextManager[TaskRunner[Any]]]


def _opener(where: Where) -> tuple[Opener, tuple[type[Exception], ...]]:
    """A function that opens a runner of some width, and what its futures raise when a worker died."""
    if where.runner == "local":
        set_up = partial(_set_up_worker, bytes_each(bytes_of_machine(), _width(where)))
        return partial(ProcessPoolTaskRunner, initializer=set_up), (BrokenProcessPool,)
    from distributed import KilledWorker
    from prefect_dask import DaskTaskRunner

    return lambda _width: DaskTaskRunner(address=where.scheduler), (KilledWorker,)


def _width(where: Where) -> int:
    """How many batches can be worked on at once: by the processors, or fewer where memory would not do for so many."""
    if where.runner == "local":
        cores = where.workers or int(joblib.cpu_count())
        cores = min(cores, most_workers(bytes_of_machine()) or cores)
        return min(cores, _MOST_ON_WINDOWS) if sys.platform == "win32" else cores
    return _width_of_cluster(where.scheduler or "")


def _width_of_cluster(scheduler: str) -> int:
    """How many threads the workers of a Dask cluster have, which must be there and able to do their work."""
    try:
        import prefect_dask  # noqa: F401
        from distributed import Client
    except ImportError as error:
        raise UsageError("--runner dask needs prefect-dask. Install it with: pip install -e '.[dask]'") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if is_unwatched() and not any(host in scheduler for host in ("127.0.0.1", "localhost")):
        raise UsageError(
            "Workers on other machines need a Prefect server that they can reach. Start one with: "
            "prefect server start --host 0.0.0.0; and name it here in PREFECT_API_URL."
        )
    start = f"dask worker {scheduler} --nthreads 1"
    try:
        with Client(scheduler, timeout=_CONNECT_SECONDS) as client:
            threads = sum(client.nthreads().values())
    except (OSError, ValueError) as error:
        raise ManifestoError(
            f"No Dask scheduler answers at {scheduler}. Addresses are like tcp://10.0.0.1:8786. Start one with: "
            f"dask scheduler; and workers with: {start}"
        ) from error
    if not threads:
        raise ManifestoError(f"The Dask cluster at {scheduler} has no workers. Start some with: {start}")
    return int(threads)


@contextmanager
def _handed_over(*_: Any, **__: Any) -> Iterator[None]:
    """Hand an error of Prefect's engine over to the parent, in words, for not every error can be pickled.

    Prefect's own way is to exit. The parent then gets a SystemExit, which ends the thread that takes results, without
    a word, and the run waits for ever.
    """
    try:
        yield
    except BaseException as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _set_up_worker(most_bytes: int | None) -> None:
    """What a process of the pool does first: see that it ends when its parent does, and takes no more than its share.

    `most_bytes` counts for it and the child in which it reads a PDF.
    """
    hold_to(most_bytes)
    forget_tasks_if_unwatched()
    prefect.engine.handle_engine_signals = _handed_over
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))  # Ctrl-C is the command's to answer
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = parent_process()

    def end_with_parent() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()

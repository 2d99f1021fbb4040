"""The lock of a processed folder: two runs never write to it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.orchestration import cannot_write
from pipelines.progress import tracker

_LOCK = ".lock"


@contextmanager
def alone_in(processed: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a processed folder, and give whether it is held; without `wait` it is not if another has it.

    The system releases it when a process ends, however that ends; a limit that Prefect's server keeps may stay taken.
    """
    lock = FileLock(processed / _LOCK)
    try:
        processed.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait:
                tracker().says("waits", f"Another run is writing to {processed}; waiting until it is done …")
                lock.acquire()
    except OSError as error:
        raise cannot_write(processed, error) from error
    try:
        yield lock.is_locked
    finally:
        lock.release()


def is_locked(processed: Path) -> bool:
    """Whether a run is writing to a processed folder."""
    if not (processed / _LOCK).exists():
        return False
    try:
        with FileLock(processed / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that one may only read
        return False

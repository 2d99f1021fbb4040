"""The lock of a processed folder: two runs never write to it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from extract.dataset.atomic import remove
from extract.problems import ManifestoError
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
        _require_lock(processed / _LOCK)
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
    if (processed / _LOCK).is_symlink() or not (processed / _LOCK).is_file():
        return False
    try:
        with FileLock(processed / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that one may only read
        return False


def _require_lock(path: Path) -> None:
    """Remove what stands in the place of the lock and is no file, but no folder with something in it."""
    if path.is_dir() and not path.is_symlink():
        try:
            path.rmdir()
        except OSError as error:
            raise ManifestoError(f"{path} is a folder, where a file should be. Remove it, and run again.") from error
    elif path.is_symlink() or (path.exists() and not path.is_file()):
        remove(path)

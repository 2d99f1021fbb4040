"""A processed folder as runs use it: what they keep, the lock that one of them has, and a full disk.

Nothing here needs Prefect, so that a command can ask before Prefect is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from extract.dataset.atomic import remove
from extract.problems import ManifestoError
from pipelines.progress import tell

if TYPE_CHECKING:
    from pipelines.store import Store

_LOCK = ".lock"


@dataclass(frozen=True)
class Processed:
    """The folder of the dataset versions."""

    folder: Path

    @cached_property
    def store(self) -> "Store":
        """What runs keep of raw files for later ones."""
        from pipelines.store import Store  # not above: Prefect's server, which keeps none, need not load it

        return Store(self.folder)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have an OSError inside become an error that says what to do: the folder cannot be written to."""
        try:
            yield
        except OSError as error:
            raise ManifestoError(
                f"Cannot write to {self.folder}: {error.strerror or error}. The current dataset is whole.\n"
                "Make room or get the right to write there, or give another folder with --processed."
            ) from error

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the lock, and give whether it is held; without `wait` it is not if another run has it.

        The system releases it when a process ends, however that ends; a limit that Prefect's server keeps may stay
        taken.
        """
        lock = FileLock(self.folder / _LOCK)
        with self.writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            _require_lock(self.folder / _LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if wait:
                    tell("waits", why=f"Another run is writing to {self.folder}; waiting until it is done …")
                    lock.acquire()
        try:
            yield lock.is_locked
        finally:
            lock.release()

    def is_locked(self) -> bool:
        """Whether a run is writing to it."""
        if (self.folder / _LOCK).is_symlink() or not (self.folder / _LOCK).is_file():
            return False
        try:
            with FileLock(self.folder / _LOCK, timeout=0):
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

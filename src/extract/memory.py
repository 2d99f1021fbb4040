"""How much memory processes may take, so that a text which asks for more ends as a Problem, and no other program ends.

Promised where the system holds processes to such limits, which Linux does; macOS and Windows do not.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARE = 0.75
"""Of the memory that the machine, or the container, has: for all processes that work on texts together."""

_LEAST_BYTES = 2**30  # for one process: with all models it has .6 GiB, and the dearest of 447 manifestos adds .2
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def bytes_of_machine() -> int | None:
    """The memory of this machine, or of the container; None where the system does not tell."""
    try:
        here = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows
        return None
    try:
        return min(here, int(_CGROUP_LIMIT.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return here


def most_workers(machine: int | None) -> int | None:
    """How many processes, each with a child that reads its PDFs, can have enough of so many bytes; at least one."""
    return max(1, int(SHARE * machine / (2 * _LEAST_BYTES))) if machine else None


def bytes_each(machine: int | None, workers: int) -> int | None:
    """What each of so many processes may take, and as much again the child that reads its PDFs."""
    return max(_LEAST_BYTES, int(SHARE * machine / (2 * workers))) if machine else None


def hold_to(most: int | None) -> None:
    """Hold this process to so many bytes of data, and each child that it starts; what asks for more meets MemoryError.

    Nothing happens where the system has no such limit, or has a lower one already.
    """
    _set(most)


@contextmanager
def held_to(most: int | None) -> Iterator[None]:
    """Hold this process to so many bytes of data while a block runs."""
    before = _set(most)
    try:
        yield
    finally:
        if before is not None:
            _set(None, before)


def _set(most: int | None, limits: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """Set the soft limit on data, and give the limits that there were; None where nothing was set."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)

        before = resource.getrlimit(resource.RLIMIT_DATA)
        if limits is None:
            bounds = [each for each in (most, *before) if each is not None and each != resource.RLIM_INFINITY]
            if most is None or min(bounds) < most:
                return None
            limits = (most, before[1])
        resource.setrlimit(resource.RLIMIT_DATA, limits)
    except (ImportError, ValueError, OSError):
        return None
    return before

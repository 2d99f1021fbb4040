"""How much memory processes may take, so that a text which asks for more ends as a Problem, and no other program ends.

All processes that work on texts, and the children in which they read PDFs, together stay under a share of the machine's
memory, however many they are: each gets as much as any other, and a child what its parent has left, which waits for it.
Promised where the system holds processes to limits, as Linux does; macOS and Windows do not. Workers of a Dask cluster
have limits of their own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARE = 0.75
"""Of the memory of the machine or the container, for all processes that work on texts together."""

_LEAST_BYTES = 3 * 2**29  # for a process: with all models and any of twelve long manifestos it takes half of that
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_DATA = 5  # which of the figures in statm counts the pages of data


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
    """How many processes can have enough of so many bytes, at least one; None where that is not known."""
    return max(1, int(SHARE * machine / _LEAST_BYTES)) if machine else None


def bytes_each(machine: int | None, workers: int) -> int | None:
    """What each of so many processes may take, with its child; None where that is not known."""
    return int(SHARE * machine / workers) if machine else None


def hold_to(most: int | None) -> tuple[int, int] | None:
    """Let this process take no more than so many bytes from now on; what asks for more meets MemoryError.

    Gives the limits that there were, or None where nothing was changed: the system has no such limit, does not tell
    what the process has, or allows it less already.
    """
    data = _data_of_this_process()
    if most is None or data is None:
        return None
    import resource  # noqa: PLC0415 (not on Windows)

    before = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = data + most  # much of what a process has at first is set aside and never used
    if any(0 <= each <= wanted for each in before):  # no limit is -1
        return None
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, before[1]))
    return before


@contextmanager
def held_to(most: int | None) -> Iterator[None]:
    """Let this process take no more than so many bytes while a block runs."""
    before = hold_to(most)
    try:
        yield
    finally:
        if before is not None:
            import resource  # noqa: PLC0415

            resource.setrlimit(resource.RLIMIT_DATA, before)


def bytes_left(most: int) -> int:
    """So many bytes, or what this process may still take if that is less: for a child that it waits for."""
    data = _data_of_this_process()
    if data is None:
        return most
    import resource  # noqa: PLC0415

    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return most if limit < 0 else max(0, min(most, limit - data))


def _data_of_this_process() -> int | None:
    """Bytes that count against its limit; None where the system does not tell, and so on all but Linux."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[_DATA])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None

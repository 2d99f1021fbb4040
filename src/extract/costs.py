"""What a text may cost: a bound on the CPU time that is spent on it, whatever it holds.

Where the system has a timer of CPU time and the work is done in the main thread, as it is in the command and in its
workers, the bound is kept to within the longest call of a library written in C, some seconds. Elsewhere (Windows, a
thread of a Dask worker) nothing can stop a computation on its way: the time is looked at when a step is over, so that
no further one is begun.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Of one step with one text: reading it, each stage, holding a manifesto against the digests. Where the bound was set
# the dearest stage of a manifesto took .008 ms per character, parsing all of its sentences (with `annotate`) .015, and
# the dearest stage of the worst of 120 texts that are made to cost .07 (`make hostile`). The seconds are for short
# texts, and for what is loaded with the first.
SECONDS = 60
MILLISECONDS_PER_CHARACTER = 0.3
_AGAIN_SECONDS = 1.0  # of CPU time, after which the error comes once more, should a library have swallowed it


class TooCostlyError(BaseException):
    """A step has taken all CPU time that its text allows for.

    It is no Exception, so that nothing which expects errors of other kinds takes it for one.
    """


def seconds_for(characters: int) -> float:
    """CPU seconds that one step may take with a text of so many characters."""
    return SECONDS + characters * MILLISECONDS_PER_CHARACTER / 1_000


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise TooCostlyError when the work of this block has taken so many CPU seconds. Blocks may not be nested."""
    began = time.thread_time()
    if not (hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()):
        yield
        if time.thread_time() - began > seconds:
            raise TooCostlyError
        return
    is_over = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not is_over:
            raise TooCostlyError

    before = signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

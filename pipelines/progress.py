"""How far a run is: a bar with words per second and time left on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_LINE_SECONDS = 10  # between two plain lines


class Tracker:
    """Told of every batch that passed a stage; by itself it shows nothing."""

    def start(self, stage: str, documents: int) -> None:
        """From this stage on, this many documents are to pass; what was counted before is done."""

    def passed(self, stage: str, documents: int, words: int) -> None:
        """A batch passed a stage."""

    def waits(self, why: str) -> None:
        """The run waits for another."""


class BarTracker(Tracker):
    """A bar on a terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} documents{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._words = 0
        self._began = time.monotonic()

    def start(self, stage: str, documents: int) -> None:
        """Show the bar, or a new one in its place."""
        self._words = 0
        self._began = time.monotonic()
        self._progress.start()
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(stage, total=documents, speed="")

    def passed(self, stage: str, documents: int, words: int) -> None:
        """Move the bar when documents are done, and name the stage they are in until then."""
        if self._task is None:
            return
        self._words += words
        rate = self._words / max(0.1, time.monotonic() - self._began)
        speed = f" · {rate:,.0f} words/s" if self._words else ""
        self._progress.update(self._task, description=stage, advance=documents, speed=speed)

    def waits(self, why: str) -> None:
        """Say so."""
        self._progress.console.print(why)

    def stop(self) -> None:
        """Take the bar away."""
        self._progress.stop()


class LineTracker(Tracker):
    """A line now and then, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = self._done = 0
        self._began = self._last = time.monotonic()

    def start(self, stage: str, documents: int) -> None:  # noqa: ARG002
        """Remember the number of documents."""
        self._total, self._done = documents, 0
        self._began = time.monotonic()

    def passed(self, stage: str, documents: int, words: int) -> None:  # noqa: ARG002
        """Print a line if the last one is long ago."""
        self._done += documents
        now = time.monotonic()
        if now - self._last > _LINE_SECONDS:
            self._last = now
            said = f"{stage}: {self._done} of {self._total} documents done"
            if self._done:
                said += f", about {(now - self._began) / self._done * (self._total - self._done):,.0f} s left"
            self._console.print(said)

    def waits(self, why: str) -> None:
        """Say so."""
        self._console.print(why)


tracker: ContextVar[Tracker] = ContextVar("tracker", default=Tracker())  # noqa: B039 (the default keeps no state)


@contextmanager
def shown_on(console: Console) -> Iterator[None]:
    """Show the progress of the flow that runs inside."""
    shown = BarTracker(console) if console.is_terminal else LineTracker(console)
    token = tracker.set(shown)
    try:
        yield
    finally:
        tracker.reset(token)
        if isinstance(shown, BarTracker):
            shown.stop()

"""How far a run is: a bar with words per second and time left on a terminal, plain lines elsewhere, JSON on demand."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TextIO

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from pipelines.commands.terminal import Console, as_json

if TYPE_CHECKING:
    from pipelines.plan import Plan

Event = Literal["waits", "warns"]
"""What a run says besides its stages: that it waits for another, or that something went wrong which costs no row."""

_MARKS = {"waits": "", "warns": "[yellow]![/] "}
_LINE_SECONDS = 10  # between two plain lines
_SHOWN_NAMES = 3  # of documents, behind each reason
_VERBS = {"read": "read", "label": "label anew", "reuse": "reuse"}


class Tracker:
    """Told of every batch that passed a stage; by itself it shows nothing."""

    def planned(self, plan: "Plan") -> None:
        """It is known what is to be done with each document, and why."""

    def start(self, stage: str, documents: int) -> None:
        """From this stage on, this many documents are to pass; what was counted before is done."""

    def passed(self, stage: str, documents: int, words: int) -> None:
        """A batch passed a stage."""

    def says(self, event: Event, what: str) -> None:
        """The run waits for another, or something went wrong that costs no row."""


class BarTracker(Tracker):
    """A bar on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
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

    def planned(self, plan: "Plan") -> None:
        """Say what is to be done, and why."""
        for line in as_lines(plan):
            self._console.print(escape(line), style="dim", soft_wrap=True)
        self.start("read", len(plan.to_do))

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

    def says(self, event: Event, what: str) -> None:
        """Print it above the bar."""
        self._progress.console.print(_MARKS[event] + escape(what), soft_wrap=True)

    def stop(self) -> None:
        """Take the bar away."""
        self._progress.stop()


class LineTracker(Tracker):
    """A line now and then, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = self._done = 0
        self._began = self._last = time.monotonic()
        self._words = 0

    def planned(self, plan: "Plan") -> None:
        """Say what is to be done, and why."""
        for line in as_lines(plan):
            self._console.print(escape(line), soft_wrap=True)
        self.start("read", len(plan.to_do))

    def start(self, stage: str, documents: int) -> None:  # noqa: ARG002
        """Remember the number of documents."""
        self._total, self._done, self._words = documents, 0, 0
        self._began = time.monotonic()

    def passed(self, stage: str, documents: int, words: int) -> None:
        """Print a line if the last one is long ago."""
        self._done += documents
        self._words += words
        now = time.monotonic()
        if now - self._last > _LINE_SECONDS:
            self._last = now
            said = f"{stage}: {self._done} of {self._total} documents done"
            if self._words:
                said += f", {self._words / max(0.1, now - self._began):,.0f} words/s"
            if self._done:
                said += f", about {(now - self._began) / self._done * (self._total - self._done):,.0f} s left"
            self._console.print(said)

    def says(self, event: Event, what: str) -> None:
        """Print it."""
        self._console.print(_MARKS[event] + escape(what), soft_wrap=True)


class LogTracker(Tracker):
    """A line of JSON for each thing told: what a machine can follow."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def planned(self, plan: "Plan") -> None:
        """Write what is to be done with each document, and why."""
        for each in plan.decisions:
            self._write("planned", path=each.source.name, action=each.action, why=each.why)

    def start(self, stage: str, documents: int) -> None:
        """Write that a stage begins."""
        self._write("began", stage=stage, documents=documents)

    def passed(self, stage: str, documents: int, words: int) -> None:
        """Write that a batch passed."""
        self._write("passed", stage=stage, documents=documents, words=words)

    def says(self, event: Event, what: str) -> None:
        """Write it."""
        self._write(event, why=what)

    def _write(self, event: str, **said: Any) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._file.write(as_json({"at": at, "event": event, **said}, indent=None) + "\n")
        self._file.flush()


class Trackers(Tracker):
    """Several trackers, told the same."""

    def __init__(self, trackers: Sequence[Tracker]) -> None:
        self._trackers = trackers

    def planned(self, plan: "Plan") -> None:
        """Tell all."""
        for each in self._trackers:
            each.planned(plan)

    def start(self, stage: str, documents: int) -> None:
        """Tell all."""
        for each in self._trackers:
            each.start(stage, documents)

    def passed(self, stage: str, documents: int, words: int) -> None:
        """Tell all."""
        for each in self._trackers:
            each.passed(stage, documents, words)

    def says(self, event: Event, what: str) -> None:
        """Tell all."""
        for each in self._trackers:
            each.says(event, what)


def as_lines(plan: "Plan") -> Iterator[str]:
    """What is to be done with how many documents, and why, a line for each reason."""
    yield f"{len(plan.to_do):,} of {len(plan.decisions):,} documents have something to be done"
    for (action, why), count in plan.reasons().items():
        names = [each.source.name for each in plan.decisions if (each.action, each.why) == (action, why)]
        listed = ", ".join(names[:_SHOWN_NAMES]) + (", …" if count > _SHOWN_NAMES else "")
        yield f"  {_VERBS[action]:<10} {count:>6,}  {why}" + (f": {listed}" if action != "reuse" else "")


_shown: ContextVar[Tracker] = ContextVar("tracker", default=Tracker())  # noqa: B039 (the default keeps no state)


def tracker() -> Tracker:
    """The tracker to tell."""
    return _shown.get()


@contextmanager
def shown_on(console: Console, log: TextIO | None = None) -> Iterator[None]:
    """Show the progress of the flow that runs inside; with `log`, write it there as JSON, too."""
    shown = BarTracker(console) if console.is_terminal else LineTracker(console)
    token = _shown.set(Trackers([shown, LogTracker(log)]) if log else shown)
    try:
        yield
    finally:
        _shown.reset(token)
        if isinstance(shown, BarTracker):
            shown.stop()

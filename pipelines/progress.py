"""How far a run is: a bar with words per second and time left on a terminal, plain lines elsewhere, JSON on demand.

What happens is told to functions that listen; where none does, nothing is shown.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pipelines.terminal import Console, as_json

Event = Literal["planned", "began", "passed", "waits", "warns"]
"""What may happen, and the facts of it: it is planned what to do (documents: path, action and why of each); a stage
begins (stage, documents), from which on what was counted before is done; a batch passed a stage (stage, documents,
words); the run waits for another, or something went wrong that costs no row (why)."""

Listener = Callable[[Event, dict[str, Any]], None]

_MARKS = {"waits": "", "warns": "[yellow]![/] "}
_LINE_SECONDS = 10  # between two plain lines
_SHOWN_NAMES = 3  # of documents, behind each reason
_VERBS = {"read": "read", "label": "label anew", "reuse": "reuse"}

_listeners: ContextVar[tuple[Listener, ...]] = ContextVar("listeners", default=())


def tell(event: Event, **facts: Any) -> None:
    """Tell whoever listens what happens."""
    for listener in _listeners.get():
        listener(event, facts)


@contextmanager
def shown_on(console: Console, log: TextIO | None = None) -> Iterator[None]:
    """Show the progress of the flow that runs inside; with `log`, write it there as JSON, too."""
    with ExitStack() as stack:
        shown = stack.enter_context(_bar_on(console)) if console.is_terminal else _lines_on(console)
        token = _listeners.set((shown, _lines_in(log)) if log else (shown,))
        stack.callback(_listeners.reset, token)
        yield


@dataclass(slots=True)
class _Passed:
    """What passed since a stage began."""

    documents: int  # that are to pass
    done: int = 0
    words: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, documents: int, words: int) -> None:
        """Count a batch."""
        self.done += documents
        self.words += words

    @property
    def speed(self) -> str:
        """Words per second, in words; empty where none were counted."""
        return f"{self.words / max(0.1, time.monotonic() - self.began):,.0f} words/s" if self.words else ""


@contextmanager
def _bar_on(console: Console) -> Iterator[Listener]:
    """Give a listener that shows a bar on a terminal, until what is inside is done."""
    bar = Progress(
        TextColumn("{task.description:<9}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} documents{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    passed = _Passed(0)

    def began(stage: str, documents: int) -> None:
        nonlocal passed
        passed = _Passed(documents)
        bar.start()
        for task in bar.task_ids:
            bar.remove_task(task)
        bar.add_task(stage, total=documents, speed="")

    def listen(event: Event, facts: dict[str, Any]) -> None:
        if event == "planned":
            began("read", _show_plan(console, style="dim", **facts))
        elif event == "began":
            began(**facts)
        elif event == "passed":
            passed.add(facts["documents"], facts["words"])
            speed = f" · {passed.speed}" if passed.words else ""
            for task in bar.task_ids:  # the stage is named that a batch is in until it is done
                bar.update(task, description=facts["stage"], advance=facts["documents"], speed=speed)
        else:
            console.print(_MARKS[event] + escape(facts["why"]), soft_wrap=True)

    try:
        yield listen
    finally:
        bar.stop()


def _lines_on(console: Console) -> Listener:
    """A listener that prints a line now and then, for logs."""
    passed = _Passed(0)
    last = time.monotonic()

    def listen(event: Event, facts: dict[str, Any]) -> None:
        nonlocal passed, last
        if event == "planned":
            passed = _Passed(_show_plan(console, **facts))
        elif event == "began":
            passed = _Passed(facts["documents"])
        elif event == "passed":
            passed.add(facts["documents"], facts["words"])
            now = time.monotonic()
            if now - last > _LINE_SECONDS:
                last = now
                parts = [f"{facts['stage']}: {passed.done} of {passed.documents} documents done", passed.speed]
                if passed.done:
                    left = (now - passed.began) / passed.done * (passed.documents - passed.done)
                    parts.append(f"about {left:,.0f} s left")
                console.print(", ".join(filter(None, parts)))
        else:
            console.print(_MARKS[event] + escape(facts["why"]), soft_wrap=True)

    return listen


def _lines_in(log: TextIO) -> Listener:
    """A listener that writes a line of JSON for each thing: what a machine can follow."""

    def write(event: Event, facts: dict[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        log.write(as_json({"at": at, "event": event, **facts}, indent=None) + "\n")
        log.flush()

    def listen(event: Event, facts: dict[str, Any]) -> None:
        if event == "planned":
            for each in facts["documents"]:
                write(event, each)
        else:
            write(event, facts)

    return listen


def _show_plan(console: Console, *, documents: Sequence[Mapping[str, str]], style: str | None = None) -> int:
    """Print why what is to be done, a line for each reason, the most frequent first; return with how many documents."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in documents:
        names[each["action"], each["why"]].append(each["path"])
    to_do = sum(each["action"] != "reuse" for each in documents)
    console.print(f"{to_do:,} of {len(documents):,} documents to process", style=style, soft_wrap=True)
    for (action, why), paths in sorted(names.items(), key=lambda each: -len(each[1])):
        listed = ", ".join(paths[:_SHOWN_NAMES]) + (", …" if len(paths) > _SHOWN_NAMES else "")
        said = why if action == "reuse" else f"{why}: {listed}"
        console.print(f"  {_VERBS[action]:<10} {len(paths):>6,}  {escape(said)}", style=style, soft_wrap=True)
    return to_do

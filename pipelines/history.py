"""What ran on a processed folder: a line when a run begins, one when it ends, none of a run that finds nothing new."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from extract.dataset.atomic import remove
from extract.parts import read_part
from extract.problems import ManifestoError
from pipelines.plan import Outcome, Plan
from pipelines.processed import Processed

RUNS = "runs.jsonl"  # below the processed folder

# What each line must have, by its event, to be believed.
_NEEDED = {"began": {"run_id", "at", "reasons", "documents"}, "ended": {"run_id", "at", "result"}}

Result = Literal["written", "same", "failed", "killed", "running"]
"""How a run ended: with a new version, with the version that was current, with an error, not at all, or not yet."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, as the folder remembers it."""

    run_id: str
    began_at: str  # UTC, ISO 8601
    ended_at: str | None
    result: Result
    message: str | None  # of the error
    version: str | None
    documents_read: int | None
    documents_relabelled: int | None
    documents_reused: int | None
    documents_failed: int | None
    reasons: list[dict[str, Any]]  # action, why, and how many documents
    documents: dict[str, str]  # path → why, of each document that was not just reused


class Recorder:
    """Told how a run ends."""

    def __init__(self, processed: Processed, run_id: str) -> None:
        self._processed = processed
        self._run_id = run_id

    def begins(self, plan: Plan) -> None:
        """The run has a plan."""
        reasons = [{"action": action, "why": why, "documents": n} for (action, why), n in plan.reasons().items()]
        documents = {each.source.name: f"{each.action}: {each.why}" for each in plan.to_do}
        self._add({"event": "began", "reasons": reasons, "documents": documents})

    def ends(self, outcome: Outcome) -> None:
        """The run has an outcome."""
        self._add({"event": "ended", "result": "written" if outcome.changed else "same", **asdict(outcome)})

    def fails(self, error: BaseException) -> None:
        """The run met an error."""
        self._add({"event": "ended", "result": "failed", "message": str(error) or type(error).__name__})

    def _add(self, event: Mapping[str, Any]) -> None:
        line = json.dumps({"run_id": self._run_id, "at": now(), **event}, ensure_ascii=False) + "\n"
        path = self._processed.folder / RUNS
        with self._processed.writing(), path.open("ab") as file:
            if file.tell() and not _ends_with_newline(path):  # a run that was killed while it wrote
                file.write(b"\n")
            file.write(line.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def recorded(processed: Processed, run_id: str) -> Iterator[Recorder]:
    """Give a Recorder; an error that passes through is recorded."""
    path = processed.folder / RUNS
    if path.is_symlink() or not path.is_file():
        remove(path)  # whatever somebody put there, if anything
    recorder = Recorder(processed, run_id)
    try:
        yield recorder
    except Exception as error:
        with suppress(ManifestoError):  # of a full disk, which is what the error will say
            recorder.fails(error)
        raise


def past_runs(processed: Processed) -> list[PastRun]:
    """The runs of a processed folder, the newest first."""
    began: dict[str, dict[str, Any]] = {}
    ended: dict[str, dict[str, Any]] = {}
    for line in _lines(processed.folder / RUNS):
        (began if line["event"] == "began" else ended)[str(line["run_id"])] = line
    unfinished = [run_id for run_id in began if run_id not in ended]
    running = unfinished[-1] if unfinished and processed.is_locked() else None
    runs = [
        _past_run(run_id, began.get(run_id) or ended[run_id], ended.get(run_id), run_id == running)
        for run_id in dict.fromkeys([*began, *ended])
    ]
    return sorted(runs, key=lambda run: run.began_at, reverse=True)


def now() -> str:
    """The time, in UTC, to the millisecond: runs that find little new follow each other within a second."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _past_run(run_id: str, began: Mapping[str, Any], ended: Mapping[str, Any] | None, running: bool) -> PastRun:
    end = ended or {"result": "running" if running else "killed"}
    counts = ("read", "relabelled", "reused", "failed")
    return PastRun(
        run_id=run_id,
        began_at=began["at"],
        ended_at=end.get("at"),
        result=end["result"],
        message=end.get("message"),
        version=end.get("version"),
        **{f"documents_{what}": end.get(f"documents_{what}") for what in counts},
        reasons=began.get("reasons", []),
        documents=began.get("documents", {}),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Lines that are whole; one that a killed run wrote in part, or that is none of ours, is passed over."""
    try:
        lines = read_part(path).splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and _NEEDED.get(str(event.get("event")), {"?"}) <= event.keys():
            yield event


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

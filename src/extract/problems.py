"""What is wrong with the input, as rows; and what is wrong with the call, as exceptions.

Each kind of Problem is a row of `data/problem-codes.csv`, of which docs/problems.md is made.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from extract.records import Document, Problem, Severity, sha256_of
from extract.word_lists import read_list

ANY = "any"
"""The stage of a code that every stage may meet: whoever meets it names itself."""

_HEAD = """\
# Problems

What each `code` in the table `problems` means. An error lost something, a warning leaves a doubt, a note is worth
knowing. Made from `src/extract/data/problem-codes.csv`.

| code | stage | severity | meaning | what to do |
|---|---|---|---|---|
"""


class ManifestoError(Exception):
    """An error to show a user as one message: what is wrong, where, and what to do next."""

    exit_code = 1


class UsageError(ManifestoError):
    """The command or a setting is wrong, not the data."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of Problem: the stage that meets it, how bad it is, what it means and what to do about it."""

    code: str
    stage: str
    severity: Severity
    meaning: str
    what_to_do: str


@functools.cache
def codes() -> dict[str, Code]:
    """All kinds of Problems, by code."""
    rows: Iterable[dict[str, Any]] = read_list("problem-codes")
    return {row["code"]: Code(**row) for row in rows}


def problem(
    code: str,
    message: str,
    *,
    path: str,
    stage: str | None = None,
    severity: Severity | None = None,
    document_id: str | None = None,
    char_start: int | None = None,
    char_end: int | None = None,
) -> Problem:
    """A Problem row; its id derives from all of its content.

    Stage and severity are those of the code, unless they are given. A code that the table lacks is a KeyError, and
    one that any stage may meet, without the stage that did, a ValueError: both are faults of the caller.
    """
    kind = codes()[code]
    stage = stage or kind.stage
    if stage == ANY:
        raise ValueError(f"Any stage may meet {code}: say which one did.")
    place = f"{char_start}-{char_end}"
    return Problem(
        problem_id=sha256_of(path, document_id or "", stage, code, place, message)[:16],
        document_id=document_id,
        path=path,
        stage=stage,
        severity=severity or kind.severity,
        code=code,
        message=message,
        char_start=char_start,
        char_end=char_end,
    )


def problem_in(
    document: Document, code: str, message: str, *, char_start: int | None = None, char_end: int | None = None
) -> Problem:
    """A Problem row about a document, or a stretch of it."""
    return problem(
        code, message, path=document.path, document_id=document.document_id, char_start=char_start, char_end=char_end
    )


def codes_as_markdown() -> str:
    """docs/problems.md: the codes and what to do about each."""
    rows = (f"| {each.code} | {each.stage} | {each.severity} | {each.meaning} | {each.what_to_do} |\n"
            for each in codes().values())  # fmt: skip
    return _HEAD + "".join(rows)

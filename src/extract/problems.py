"""What is wrong with the input, as rows; and what is wrong with the call, as exceptions."""

from extract.records import Problem, Severity, sha256_of


class ManifestoError(Exception):
    """An error to show a user as one message: what is wrong, where, and what to do next."""

    exit_code = 1


class UsageError(ManifestoError):
    """The command or a setting is wrong, not the data."""

    exit_code = 2


def problem(
    code: str,
    message: str,
    *,
    path: str,
    stage: str,
    severity: Severity = "warning",
    document_id: str | None = None,
    char_start: int | None = None,
    char_end: int | None = None,
) -> Problem:
    """A Problem row; its id derives from all of its content."""
    place = f"{char_start}-{char_end}"
    return Problem(
        problem_id=sha256_of(path, document_id or "", stage, code, place, message)[:16],
        document_id=document_id,
        path=path,
        stage=stage,
        severity=severity,
        code=code,
        message=message,
        char_start=char_start,
        char_end=char_end,
    )

"""The files of a dataset version: what they are called, what each hashes to, and the name that follows from that."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from extract.dataset.crate import CRATE
from extract.problems import ManifestoError
from extract.records import TABLES, sha256_of, sha256_of_file

CURRENT = "current.txt"
REPORT = "report.html"  # which also tells of the version before, so that it is no hash of the input alone
CHECKSUMS = "SHA256SUMS"
CONLLU = "conllu"  # folder of annotated texts

# Tables that differ between two runs on the same input, as the crate does. They count neither for the version nor for
# the checksums, and stand beside the database, not in it.
TIMED = frozenset({"runs"})
UNTIMED = tuple(name for name in TABLES if name not in TIMED)


def require_dataset(folder: Path) -> None:
    """Raise a ManifestoError if a folder is no dataset version."""
    if not (folder / "tables").is_dir():
        raise ManifestoError(f"{folder} is no dataset: it has no folder tables. Name a folder below processed/.")


def hashes_of(folder: Path) -> dict[str, str]:
    """SHA-256 by path of each file of a version that depends on the input alone."""
    return {
        path.relative_to(folder).as_posix(): sha256_of_file(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (CHECKSUMS, CRATE, REPORT) and path.stem not in TIMED
    }


def read_checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by path, as `checksums` wrote it; empty if there is none."""
    path = folder / CHECKSUMS
    listing = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in listing.splitlines())}


def checksums(hashes: Mapping[str, str]) -> str:
    """`sha256  path` for each file, in the format of sha256sum."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes, key=PurePosixPath))


def version_of(hashes: Mapping[str, str]) -> str:
    """Name of the version whose files have these hashes: the rows, as CSV, and the texts decide on it."""
    content = sorted(path for path in hashes if path.startswith(("csv/", "texts/")))
    return "v" + sha256_of(*(part for path in content for part in (path, hashes[path])))[:12]


def as_json(value: Any) -> str:
    """A value as a JSON file of a version has it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

"""What is kept of each raw file for later runs: what it was made from, and its rows. One file each, found by name."""

import dataclasses
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extract.drafts import replace_file
from extract.records import Extraction, sha256_of
from extract.tables import Rows, as_bytes, from_bytes, rows_of

FOLDER = ".cache"  # below the processed folder

# Codes of Problems for which a later run tries again though nothing changed: what it met may have passed.
MAY_PASS = frozenset({"file-unreadable", "file-changed", "kept-lost", "stage-failed", "worker-lost"})
# The same, where another limit or a machine with less to do may help.
_LIMITS = frozenset({"too-long", "too-costly"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What decides, beside a raw file itself, on the rows that it gives."""

    code: str
    packages: str
    language: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Everything that the rows of a raw file depend on."""

    sha256: str  # of its bytes; empty if they could not be read
    facts: str  # what manifestos.csv says of it, as JSON
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a raw file."""

    origin: Origin
    refused: tuple[str, ...]  # codes of the Problems why it gave no document; empty if it gave one
    limit: int  # the least max_characters under which it is read
    kind: str | None  # digest or manifesto; None if it gave no document
    body: bytes  # its rows, packed

    @property
    def rows(self) -> Rows:
        """What it gave."""
        return from_bytes(self.body)

    @property
    def may_pass(self) -> bool:
        """Whether it gave no document for a reason that need not last."""
        return not (MAY_PASS | _LIMITS).isdisjoint(self.refused)


def pack(origin: Origin, extraction: Extraction, *, limit: int = 0) -> bytes:
    """What is to be kept of a raw file, as bytes with their own hash before them; `limit` as of `Kept`."""
    head = {
        "origin": dataclasses.asdict(origin),
        "refused": [] if extraction.document else [each.code for each in extraction.problems],
        "limit": limit,
        "kind": extraction.document.kind if extraction.document else None,
    }
    packed = json.dumps(head).encode("ascii") + b"\n" + as_bytes(rows_of(extraction))
    return sha256_of(packed).encode("ascii") + b"\n" + packed


def unpack(data: bytes) -> Kept | None:
    """What `pack` packed; None if it is damaged."""
    checksum, _, packed = data.partition(b"\n")
    if checksum != sha256_of(packed).encode("ascii"):
        return None
    line, _, body = packed.partition(b"\n")
    head = json.loads(line)
    recipe = head["origin"].pop("recipe")
    origin = Origin(**head["origin"], recipe=Recipe(**(recipe | {"models": tuple(recipe["models"])})))
    return Kept(origin, tuple(head["refused"]), head["limit"], head.get("kind"), body)


class Store:
    """What is kept, by the name of the raw file."""

    def __init__(self, processed: Path) -> None:
        self._folder = processed / FOLDER / "documents"

    def get(self, name: str) -> Kept | None:
        """What is kept of a file; None if that is nothing, or damaged."""
        try:
            return unpack(self._path(name).read_bytes())
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def has_file(self, name: str) -> bool:
        """Whether there is an entry, sound or not."""
        return self._path(name).exists()

    def put(self, name: str, packed: bytes) -> None:
        """Keep what `pack` packed; a reader sees all of it or what was there before."""
        path = self._path(name)
        if path.is_dir():  # put there by somebody
            shutil.rmtree(path)
        replace_file(path, packed)

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget files that are gone."""
        wanted = {self._path(name).name for name in names}
        for path in self._folder.glob("*"):
            if path.name not in wanted:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{sha256_of(name)[:32]}.rows"

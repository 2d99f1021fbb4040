"""What is kept of each raw file for later runs: what it was made from, and its rows. One file each, found by name."""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extract.dataset.atomic import remove, replace_file, require_own_folder
from extract.parts import read_part
from extract.records import Certificate, Certified, ClaimEvidence, Extraction, Problem, sha256_of
from extract.tables import Rows, as_bytes, from_bytes, rows_of

FOLDER = ".cache"  # below the processed folder

# What reading something meets that is not what was kept.
_DAMAGED = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)

# Codes of Problems for which a later run tries again though nothing changed: what it met may have passed.
MAY_PASS = frozenset({"file-unreadable", "file-changed", "kept-lost", "stage-failed", "worker-lost"})
# The same, where another limit or a machine with less to do may help.
LIMITS = frozenset({"too-long", "too-costly"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What decides, beside a raw file itself, on the rows that it gives."""

    code: str
    packages: str
    language: str
    annotate: bool
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Everything that the rows of a raw file depend on."""

    sha256: str  # of its bytes; where it is refused unread the id of the Problem, or nothing if that may pass
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
        return not (MAY_PASS | LIMITS).isdisjoint(self.refused)


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
    texts = [origin.sha256, origin.facts, *(getattr(origin.recipe, name) for name in ("code", "packages", "language"))]
    if not all(isinstance(each, str) for each in [*texts, *origin.recipe.models, *head["refused"]]):
        raise TypeError("an origin and reasons are texts")
    if not all(each.count("@") == 1 for each in origin.recipe.models) or type(head["limit"]) is not int:
        raise ValueError("a model has a name and a hash, a limit is a number")
    return Kept(origin, tuple(head["refused"]), head["limit"], head.get("kind"), body)


def pack_certified(key: str, certified: Certified) -> bytes:
    """What a manifesto says of digests, as bytes with their own hash before them; `key` is that of what it rests on."""
    rows = {name: [dataclasses.asdict(row) for row in getattr(certified, name)] for name in certified.__slots__}
    packed = json.dumps({"key": key, **rows}).encode("ascii")
    return sha256_of(packed).encode("ascii") + b"\n" + packed


def unpack_certified(data: bytes, key: str) -> Certified | None:
    """What `pack_certified` packed; None if it is damaged, or rests on something else."""
    checksum, _, packed = data.partition(b"\n")
    if checksum != sha256_of(packed).encode("ascii"):
        return None
    found = json.loads(packed)
    if found.pop("key") != key:
        return None
    records = {"certificates": Certificate, "evidence": ClaimEvidence, "problems": Problem}
    return Certified(**{name: tuple(records[name](**row) for row in rows) for name, rows in found.items()})


class Store:
    """What is kept, by the name of the raw file: its rows, and what it says of digests if it is a manifesto."""

    def __init__(self, processed: Path) -> None:
        self._documents = _Folder(processed / FOLDER / "documents")
        self._certified = _Folder(processed / FOLDER / "certified")

    def get(self, name: str) -> Kept | None:
        """What is kept of a file; None if that is nothing, or damaged."""
        try:
            return unpack(self._documents.read(name))
        except _DAMAGED:
            return None

    def has_file(self, name: str) -> bool:
        """Whether there is an entry, sound or not."""
        return self._documents.path(name).exists()

    def put(self, name: str, packed: bytes) -> None:
        """Keep what `pack` packed; a reader sees all of it or what was there before."""
        self._documents.write(name, packed)

    def certified(self, name: str, key: str) -> Certified | None:
        """What a manifesto says of digests; None if that is not kept, or damaged, or rests on something else."""
        try:
            return unpack_certified(self._certified.read(name), key)
        except _DAMAGED:
            return None

    def put_certified(self, name: str, packed: bytes) -> None:
        """Keep what `pack_certified` packed."""
        self._certified.write(name, packed)

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget files that are gone."""
        names = list(names)
        self._documents.keep_only(names)
        self._certified.keep_only(names)


class _Folder:
    """Files found by the name of the raw file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        return self._folder / f"{sha256_of(name)[:32]}.rows"

    def read(self, name: str) -> bytes:
        return read_part(self.path(name))

    def write(self, name: str, data: bytes) -> None:
        self._require()
        replace_file(self.path(name), data)

    def keep_only(self, names: Iterable[str]) -> None:
        self._require()
        wanted = {self.path(name).name for name in names}
        for path in self._folder.glob("*"):
            if path.name not in wanted:
                remove(path)

    def _require(self) -> None:
        """See that nothing is written or removed in another folder, to which somebody's link leads."""
        require_own_folder(self._folder.parent)
        require_own_folder(self._folder)

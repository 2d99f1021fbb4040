"""Rows → a dataset version in a processed folder: all of its files, or none.

What is written is a draft until `publish` gives it the name of its version.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa

from extract.dataset.atomic import UNFINISHED, VERSION, remove, replace_file, write_new
from extract.dataset.crate import CRATE, Part, as_crate, expected_hashes, stated_hashes
from extract.dataset.data_package import data_package
from extract.dataset.dictionary import as_markdown
from extract.dataset.files import CHECKSUMS, CURRENT, TIMED, as_json, checksums, hashes_of, read_checksums, version_of
from extract.dataset.reader import StoredVersion, documents_of
from extract.dataset.writing import csv_bytes, csv_header, table_writer, write_tables
from extract.parts import read_text, require_file
from extract.problems import ManifestoError
from extract.records import TABLES, Party, Problem, Run, sha256_of_file
from extract.tables import Rows, schema_of, table_of

_DRAFT = f"{UNFINISHED}version"  # a version that has no name yet
_ASIDE = f"{UNFINISHED}replaced"  # an earlier copy of the version that is being written
_NAME = ".version"  # in it: what it was called


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is written but for the run that made it: its folder for now, and the name it will have."""

    folder: Path
    version: str


def write_draft(
    found: Iterable[Rows],
    *,
    parties: Iterable[Party],
    across: Iterable[tuple[str, pa.Table]] = (),
    problems: Iterable[Problem] = (),
    processed: Path,
) -> Draft:
    """Write the rows of all documents, which come in the order of their paths, below the folder `processed`.

    The version is a hash of the rows and texts: the same input gives the same name. Rows of tables `across` documents,
    and `problems`, are asked for after the last document, so that they may tell of what was in them. A draft that fails
    is removed. The caller holds the lock.
    """
    remove_unfinished(processed)
    folder = processed / _DRAFT
    folder.mkdir(parents=True)  # which fails where somebody put something there since
    try:
        counts = write_tables(found, parties, across, problems, folder)
        hashes = hashes_of(folder)
        version = version_of(hashes)
        described = {
            "datapackage.json": as_json(data_package(version, hashes=hashes, documents=documents_of(folder))),
            "README.md": as_markdown(title=f"Manifesto Extract dataset {version}", counts=counts),
        }
        for name, text in described.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            hashes[name] = sha256_of_file(folder / name)
        (folder / CHECKSUMS).write_text(checksums(hashes), encoding="utf-8", newline="\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Draft(folder, version)


def publish(draft: Draft, run: Run, processed: Path, *, report: Callable[[Path], None] | None = None) -> Path:
    """Make a draft the current version; return its folder. `report` writes a page into it, once all tables are there.

    It is flushed to disk, renamed into place, and only then named in `current.txt`, so that a reader sees the old
    version or the new one, whenever the writer is killed. The caller holds the lock.
    """
    with table_writer("runs", draft.folder) as add:
        add(table_of("runs", [run]))
    if report:
        report(draft.folder)
    parts = _parts(draft.folder, read_checksums(draft.folder))
    crate = as_crate(draft.version, run=run, documents=documents_of(draft.folder), parts=parts)
    (draft.folder / CRATE).write_text(as_json(crate), encoding="utf-8", newline="\n")
    _flush(draft.folder)
    final = processed / draft.version
    if final.is_symlink() or not final.is_dir():  # whatever somebody put there, if anything
        remove(final)
    else:  # an earlier version with the same content, perhaps damaged: the fresh copy takes its place
        write_new(final / _NAME, draft.version.encode())
        final.rename(processed / _ASIDE)
    draft.folder.rename(final)
    replace_file(processed / CURRENT, f"{draft.version}\n".encode())
    remove_unfinished(processed)
    return final


def remove_unfinished(processed: Path) -> None:
    """Remove drafts, and what killed runs left; a version that was moved aside for a fresh copy is put back first."""
    aside = processed / _ASIDE
    version = _moved_aside(aside)
    if version and not os.path.lexists(processed / version):
        remove(aside / _NAME)
        aside.rename(processed / version)
    for left in processed.glob(f"{UNFINISHED}*"):
        remove(left)


def _moved_aside(aside: Path) -> str | None:
    """The name of a version that was moved aside; None where there is none, or the name is that of no version."""
    try:
        if aside.is_symlink() or (aside / _NAME).is_symlink():
            return None
        version = read_text(aside / _NAME)
    except (OSError, ValueError):
        return None
    return version if VERSION.fullmatch(version) else None


def is_intact(folder: Path) -> bool:
    """Whether the files of a version are those that were written."""
    try:
        stated = read_text(folder / CHECKSUMS)
    except (OSError, ValueError):
        return False
    hashes = hashes_of(folder)
    if stated != checksums(hashes) or crate_faults(folder, hashes):
        return False
    with closing(StoredVersion(folder)) as version:
        return all(_agree(name, version) for name in TIMED)


def crate_faults(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """Where the crate of a version does not describe its files and raw files as they are, in words."""
    try:
        stated = stated_hashes(read_text(folder / CRATE))
        found = expected_hashes(documents_of(folder), _parts(folder, hashes))
    except (OSError, ValueError, ManifestoError) as error:
        return [f"{CRATE} cannot be read ({error})"]
    return [
        f"{CRATE} does not describe {name}" if name not in stated
        else f"{CRATE} describes {name}, which is not there" if name not in found
        else f"{CRATE} has another SHA-256 for {name}"
        for name in sorted(stated.keys() | found.keys()) if stated.get(name) != found.get(name)
    ]  # fmt: skip


def _agree(name: str, version: StoredVersion) -> bool:
    """Whether a small table, which has no checksum, can be read and is the same as Parquet and as CSV."""
    path = version.folder / "csv" / f"{name}.csv"
    try:
        require_file(path)
        rows = version.table(name)
        same = bool(version.columns(name)) and rows.schema.equals(schema_of(TABLES[name]))
        return same and path.read_bytes() == csv_header(rows.schema.names) + csv_bytes(rows)
    except (OSError, ValueError, ManifestoError):
        return False


def _parts(folder: Path, hashes: Mapping[str, str]) -> list[Part]:
    """The files of a version but for its crate. What has no hash in `hashes` gets one here."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    paths.pop(CRATE, None)
    return [
        Part(name, paths[name].stat().st_size, hashes.get(name) or sha256_of_file(paths[name]))
        for name in sorted(paths, key=PurePosixPath)
    ]


def _flush(folder: Path) -> None:
    """Have the disk take all files of a folder before its name is used."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())

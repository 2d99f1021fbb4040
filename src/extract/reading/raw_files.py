"""The one way in which a folder or file below the raw folder is opened: it lies in there, and has a bounded size.

Whoever may put files there may also put links, pipes and devices, and change one for another while a run is at work.
So nothing is concluded from a path: where the system can, each folder on the way is opened from the one above, without
following a link, and what counts is what was opened.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from extract.layout.layers import Unread

MOST_FILE_BYTES = 256 * 2**20  # of a file with pictures in it

_CHUNK = 2**20  # bytes
# What a system lacks is left out. Nothing here waits for the other end of a pipe, or takes a terminal.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_FILE = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_BY_FOLDERS = bool(_NO_LINK) and {os.open, os.stat} <= os.supports_dir_fd and os.scandir in os.supports_fd

T = TypeVar("T")


class RefusedError(Exception):
    """What lies at a path is not to be opened, or what a file holds not to be read."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.what)
        self.unread = unread


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a folder holds under a name. A link to a folder is a folder, and a link."""

    name: str
    is_folder: bool
    is_link: bool


def list_raw(folder: Path, *, raw: Path) -> list[Entry]:
    """What a folder at or below the folder `raw` holds, by name. Raises an OSError, or RefusedError outside of it."""
    if not _BY_FOLDERS:
        _check_inside(folder, raw)
        with os.scandir(folder) as found:
            return sorted(map(_entry, found))
    descriptor = _open_folder(raw, folder.relative_to(raw).parts)
    try:
        with os.scandir(descriptor) as found:
            return sorted(map(_entry, found))
    finally:
        os.close(descriptor)


def open_raw(path: Path, *, raw: Path) -> BinaryIO:
    """Open a regular file below the folder `raw`, to read from.

    `raw` may be a link; a link below it is followed where it leads to a file below it. Raises RefusedError, or the
    OSError that the system gives.
    """
    inside = _check_inside(path, raw)
    descriptor = _open_file(raw, inside.parts) if _BY_FOLDERS else _open_by_path(raw, inside)
    try:
        _check_regular(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_raw(path: Path, *, raw: Path, most: int, raised: Container[int] = ()) -> bytes | Unread:
    """The bytes of a file below the folder `raw`, of which there may be `most`; or why they are not read.

    An OSError whose number is in `raised` is raised instead, for a caller who will try again.
    """
    return _taken(path, raw, most, lambda file, count: file.read(count), raised)


def hash_raw(path: Path, *, raw: Path, most: int) -> str | Unread:
    """SHA-256 of the bytes that `read_raw` gives; or why they are not read."""
    return _taken(path, raw, most, _hashed)


def _taken(
    path: Path, raw: Path, most: int, take: Callable[[BinaryIO, int], T], raised: Container[int] = ()
) -> T | Unread:
    """What `take` makes of a file and the count of bytes to read: one more than it has, by which growth is seen."""
    try:
        with open_raw(path, raw=raw) as file:
            before = os.fstat(file.fileno())
            if before.st_size > most:
                return Unread("too-long", f"has {before.st_size:,} bytes; the limit is {most:,}. Split the file.")
            taken = take(file, before.st_size + 1)
            length, after = file.tell(), os.fstat(file.fileno())
    except RefusedError as refused:
        return refused.unread
    except OSError as error:
        if error.errno in raised:
            raise
        what = f"cannot be opened ({error.strerror or error}). Check that it is there and that you may read it."
        return Unread("file-unreadable", what)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or length != after.st_size:
        return Unread("file-changed", "was being changed while it was read. Run again when it is complete.")
    return taken


def _hashed(file: BinaryIO, count: int) -> str:
    hashed = hashlib.sha256()
    while count > 0 and (chunk := file.read(min(count, _CHUNK))):
        hashed.update(chunk)
        count -= len(chunk)
    return hashed.hexdigest()


def _open_file(raw: Path, parts: tuple[str, ...]) -> int:
    """A descriptor of a file, from folder to folder; the last is looked at first: to open a device may set it off."""
    folder = _open_folder(raw, parts[:-1])
    try:
        _check_regular(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False))
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _open_folder(raw: Path, parts: tuple[str, ...]) -> int:
    folder = os.open(raw, _FOLDER)
    for part in parts:
        try:
            below = os.open(part, _FOLDER | _NO_LINK, dir_fd=folder)
        finally:
            os.close(folder)
        folder = below
    return folder


def _open_by_path(raw: Path, inside: Path) -> int:
    """A descriptor of a file, by its path, where the system says that what was opened lies in `raw`."""
    path = raw.resolve() / inside
    _check_regular(path.lstat())
    descriptor = os.open(path, _FILE)
    try:
        if not _place_of(descriptor).is_relative_to(raw.resolve()):
            raise RefusedError(_link())
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _place_of(descriptor: int) -> Path:
    """Where a file lies that is open. Its path would not say: it may have been that of another when it was opened."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415
        import msvcrt  # noqa: PLC0415

        size = 32_768  # characters, the most that a path has there
        name = ctypes.create_unicode_buffer(size)
        ask = ctypes.WinDLL("kernel32", use_last_error=True).GetFinalPathNameByHandleW
        ask.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32]
        ask.restype = ctypes.c_uint32
        if not 0 < ask(msvcrt.get_osfhandle(descriptor), name, size, 0) < size:
            raise ctypes.WinError(ctypes.get_last_error())
        return Path(name.value.replace("\\\\?\\UNC\\", "\\\\", 1).removeprefix("\\\\?\\"))
    else:  # noqa: RET505  # mypy looks at one of the two
        return Path(f"/proc/self/fd/{descriptor}").readlink()


def _check_inside(path: Path, raw: Path) -> Path:
    """Where a path leads, relative to the folder `raw`. Whether anything is there outside of it makes no difference."""
    try:
        root, target = raw.resolve(), path.resolve()
    except RuntimeError as error:  # a link that leads to itself, before Python 3.13
        raise RefusedError(_link()) from error
    if not target.is_relative_to(root):
        raise RefusedError(_link())
    return target.relative_to(root)


def _check_regular(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise RefusedError(_link())
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(Unread("not-a-file", "is no file but a device, pipe or the like. Remove it."))


def _link() -> Unread:
    what = "is a link that leads out of the raw folder or to no file, and is not followed. Put the text itself there."
    return Unread("file-link", what)


def _entry(found: os.DirEntry[str]) -> Entry:
    try:
        is_folder = found.is_dir()
    except OSError:
        is_folder = False
    return Entry(found.name, is_folder, found.is_symlink())

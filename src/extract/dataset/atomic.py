"""What is still being written stands under a name that no reader uses, and takes its own name at once.

Others may write to a processed folder, too. So what stands there under a name of ours is removed as what it is, a link
as a link, and files are made anew: nothing behind a link is ever moved, written to or removed.
"""

import os
import re
import shutil
import stat
from pathlib import Path

from extract.problems import ManifestoError

UNFINISHED = ".unfinished-"  # prefix of a file or folder that is still being written
VERSION = re.compile(r"v[0-9a-f]{12}")
"""The name of a version: a hash of what is in it."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file at once: whenever the writer is killed, a reader sees the old bytes or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{UNFINISHED}{path.name}")
    write_new(draft, data)
    if path.is_dir() and not path.is_symlink():  # put there by somebody
        remove(path)
    draft.replace(path)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there; what is there under its name is removed first, and never written to."""
    remove(path)
    with os.fdopen(os.open(path, _NEW, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it, if it is there, also where it is write-protected."""
    try:
        if _is_link(path) or not path.is_dir():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
            return
        try:
            shutil.rmtree(path)
        except PermissionError:
            _unprotect(path)
            shutil.rmtree(path)
    except OSError as error:
        raise ManifestoError(
            f"{path} is in the way, and cannot be removed ({error.strerror or error}). Remove it; it holds no data."
        ) from error


def require_own_folder(path: Path) -> None:
    """Remove what stands in the place of a folder of ours and is none: a link, above all, which may lead anywhere."""
    if _is_link(path) or (path.exists() and not path.is_dir()):
        remove(path)


def _is_link(path: Path) -> bool:
    """Whether a path is a link, or what Windows calls a junction."""
    return path.is_symlink() or (hasattr(path, "is_junction") and path.is_junction())


def _unprotect(folder: Path) -> None:
    """Give oneself the right to remove what is in a folder; nothing behind a link is touched."""
    folder.chmod(stat.S_IRWXU)
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            inner = Path(place, name)
            if not _is_link(inner):
                inner.chmod(stat.S_IRWXU)

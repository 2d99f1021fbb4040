"""What is still being written stands under a name that no reader uses, and takes its own name at once."""

import os
from pathlib import Path

UNFINISHED = ".unfinished-"  # prefix of a file or folder that is still being written


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file at once: whenever the writer is killed, a reader sees the old bytes or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{UNFINISHED}{path.name}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

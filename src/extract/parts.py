"""Parts of models, which may be half copied or come from a stranger: read within limits; errors name them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from extract.problems import ManifestoError

# Bytes of a part that is read. The largest known is the table of vectors of spaCy's nl_core_news_lg, 600 MB.
MOST_BYTES = 2 * 2**30
# Bytes of a part that is text. The longest here, what was measured of a classifier, has 12 kB.
_MOST_TEXT = 64 * 2**20
# Characters of what a library says of a broken part; some quote all of it.
_MOST_SAID = 200


@contextmanager
def reading(part: str, tell: Callable[[str], ManifestoError]) -> Iterator[None]:
    """Turn whatever goes wrong with a part into one error, which `tell` makes from words that name the part.

    Libraries raise whatever a file that nobody foresaw makes them meet; none of that is a fault of theirs or ours.
    """
    try:
        yield
    except ManifestoError:
        raise
    except FileNotFoundError as error:
        raise tell(f"{Path(error.filename or part).name} is missing") from error
    except Exception as error:
        raise tell(f"{part} is damaged or not what it should be ({_in_short(error)})") from error


def read_part(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a part; an OSError or ValueError where it is no file that ends, or a huge one."""
    require_file(path, most=most)
    return path.read_bytes()


def require_file(path: Path, *, most: int = MOST_BYTES) -> None:
    """Raise an OSError or ValueError where a path is no plain file, from which one might read for ever, or huge."""
    size = path.stat().st_size
    if not path.is_file():
        raise ValueError("it is no file")
    if size > most:
        raise ValueError(f"it has {size:,} bytes, and at most {most:,} are read")


def read_text(path: Path) -> str:
    """The text of a part, UTF-8."""
    return read_part(path, most=_MOST_TEXT).decode("utf-8")


def read_table(path: Path) -> np.ndarray:
    """The table of numbers in a .npy file; a ValueError where it is none, or has none."""
    table = np.load(path, allow_pickle=False, mmap_mode="r")  # which looks at how long the file is, before all else
    if not isinstance(table, np.ndarray) or table.ndim != 2 or table.dtype.kind != "f" or not table.size:
        raise ValueError("it is no table of numbers")
    if not np.isfinite(table).all():
        raise ValueError("it has vectors that are no numbers")
    return np.array(table)


def json_of(text: str | bytes) -> Any:
    """What JSON says. NaN and Infinity are no JSON, and every comparison with NaN is false: a ValueError."""
    return json.loads(text, parse_constant=_no_number)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _in_short(error: Exception) -> str:
    said = " ".join("".join(each if each.isprintable() else " " for each in f"{error}").split())
    kind = "" if type(error) is ValueError else type(error).__name__
    said = said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]} …"
    return ": ".join(filter(None, [kind, said]))

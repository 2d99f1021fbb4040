"""Where things lie by default."""

import os
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_IN_WHEEL = _HERE / "models"

MODELS = _IN_WHEEL if _IN_WHEEL.is_dir() else _HERE.parent / "models"
"""The folder of models that comes with the code: within this package in a wheel, beside it in a checkout."""

CARD_FILE = "card.md"
"""The card of a model, in its folder."""

PROCESSED = Path("processed")
"""The folder of the dataset versions."""

_MANIFESTOS = ("manifestos-2025", "manifestos-text")


def typed(*words: str, processed: Path = PROCESSED) -> str:
    """What to type in the working directory to have this `manifesto`, which need not be the one on PATH, do something.

    A processed folder is named where it is not the default.
    """
    of = () if processed == PROCESSED else ("--processed", str(processed))
    return " ".join(map(_quoted, (*_command(), *words, *of)))


def _command() -> tuple[str, ...]:
    called = Path(sys.argv[0])
    script = called if called.stem == "manifesto" else Path(sys.executable).with_name("manifesto")
    if os.name == "nt":
        script = script.with_suffix(".exe")
    if not script.is_file():
        return sys.executable, "-m", "pipelines"
    on_path = shutil.which("manifesto")
    if on_path and script.samefile(on_path):
        return ("manifesto",)
    with suppress(ValueError):
        return (str(script.absolute().relative_to(Path.cwd())),)
    return (str(script.absolute()),)


def _quoted(word: str) -> str:
    if os.name == "nt":
        return f'"{word}"' if " " in word else word
    return shlex.quote(word)


def manifesto_files(texts: Path) -> list[Path]:
    """The manifestos from which vectors are learnt, below a folder of texts, in the order of their names."""
    files = [path for part in _MANIFESTOS for path in (texts / part).iterdir() if path.suffix in (".txt", ".pdf")]
    return sorted(files, key=lambda path: path.name)

"""`make model`: install the release of nl_core_news_md that fits the spaCy that is here, where there is a network.

python -m pipelines.commands.installing
"""

import subprocess
import sys

import spacy
from rich.markup import escape

from extract.language.pipeline import OURS, PREFERRED, find_pipeline, why_not
from extract.problems import ManifestoError
from pipelines.paths import MODELS
from pipelines.terminal import Console, say

COMMAND = (
    "make model" if MODELS.with_name("Makefile").exists() else f"{sys.executable} -m pipelines.commands.installing"
)
_SPACY_DOWNLOAD = (sys.executable, "-m", "spacy", "download", PREFERRED)
_MOST_SECONDS = 600
_MOST_CHARACTERS = 160  # of a reason; what urllib says is longer


def install_preferred() -> str:
    """Install `nl_core_news_md`, and say what happened; a ManifestoError says why it could not be."""
    if not why_not(PREFERRED):
        return f"{_described()} is installed, and fits spaCy {spacy.__version__}."
    try:
        done = subprocess.run(_SPACY_DOWNLOAD, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False)
        said = (done.stdout + done.stderr).strip()
        failed = done.returncode != 0
    except subprocess.TimeoutExpired:
        said, failed = f"nothing came within {_MOST_SECONDS} seconds", True
    if failed:
        raise ManifestoError(
            f"{PREFERRED} could not be fetched from spaCy's releases on GitHub. Is there a network, may it be used?\n"
            f"  {_last_line(said)}\n"
            f"Nothing was changed: runs go on with {OURS}, which comes with this software."
        )
    return f"{PREFERRED} is installed. The next run takes it, and reads all documents again."


def _described() -> str:
    pipeline = find_pipeline(PREFERRED, models=MODELS)
    return f"{pipeline.name} {pipeline.version}" if pipeline else PREFERRED


def _last_line(text: str) -> str:
    last = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "pip gave no reason")
    return last if len(last) <= _MOST_CHARACTERS else f"{last[:_MOST_CHARACTERS]} …"


if __name__ == "__main__":
    try:
        say(install_preferred())
    except ManifestoError as error:
        Console(stderr=True, highlight=False).print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)

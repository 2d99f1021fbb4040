"""What an installation has, and what it lacks."""

import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from extract.language.pipeline import OURS, PREFERRED, find_pipeline, load_language, why_not
from extract.problems import ManifestoError
from extract.provenance import code_version, package_versions
from pipelines.commands.installing import COMMAND
from pipelines.orchestration import prefect_apart


@dataclass(frozen=True, slots=True)
class Symptom:
    """A part of the installation, whether it works, and what was found or what to do."""

    part: str
    well: bool
    finding: str


def examine(processed: Path, models: Path) -> list[Symptom]:
    """Look at everything that a run needs."""
    return [
        Symptom("code", True, code_version()),
        _python(),
        Symptom("packages", True, package_versions().replace("|", ", ")),
        language(models),
        *_models(models),
        _folder(processed),
        _prefect(),
    ]


def _python() -> Symptom:
    version = platform.python_version()
    return Symptom("python", sys.version_info >= (3, 11), f"{version} on {platform.system()}; 3.11 or later is needed")


def language(models: Path) -> Symptom:
    """Which language pipeline a run takes, and how to get the other."""
    try:
        used = find_pipeline("auto", models=models)
        load_language("auto", models=models)
    except ManifestoError as error:
        return Symptom("language pipeline", False, str(error))
    assert used is not None
    said = f"{used.id}, licence {used.licence}, {', '.join(used.components)}"
    if used.name == PREFERRED:
        return Symptom("language pipeline", True, f"{said}; without it: {OURS}")
    return Symptom(
        "language pipeline", True, f"{said}; {PREFERRED}: {why_not(PREFERRED)}. Where there is a network: {COMMAND}"
    )


def _models(models: Path) -> list[Symptom]:
    from extract.labels.models import load_models
    from extract.settings import Settings

    symptoms = []
    for codebook in Settings().codebooks:
        try:
            (model,) = load_models(models, [codebook])
            finding = f"{model.model_id}, {len(model.codebook.labels)} labels, abstains below {model.threshold}"
            symptoms.append(Symptom(f"model {codebook}", True, finding))
        except ManifestoError as error:
            symptoms.append(Symptom(f"model {codebook}", False, str(error)))
    return symptoms


def _folder(processed: Path) -> Symptom:
    place = processed if processed.exists() else processed.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return Symptom("processed folder", True, f"{processed} can be written to")
    except OSError as error:
        what = f"{place} cannot be written to ({error.strerror}); give another with --processed"
        return Symptom("processed folder", False, what)


def _prefect() -> Symptom:
    """Import Prefect's server, which is what a wrong FastAPI breaks; nothing is written to the processed folder."""
    with tempfile.TemporaryDirectory() as folder, prefect_apart(Path(folder)):
        try:
            import prefect
            import prefect.server.api.server
        except Exception as error:  # whatever an incompatible package raises on import
            return Symptom("prefect", False, f"{type(error).__name__}: {error}. Install from requirements.lock.")
    return Symptom("prefect", True, f"{prefect.__version__}, its embedded server loads")

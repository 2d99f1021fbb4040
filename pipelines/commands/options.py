"""Options and arguments that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from extract.problems import ManifestoError
from pipelines.paths import MODELS, PROCESSED

processed_option = click.option(
    "--processed",
    type=click.Path(path_type=Path, file_okay=False),
    default=PROCESSED,
    show_default=True,
    help="Folder of the dataset versions.",
)
models_option = click.option(
    "--models",
    type=click.Path(path_type=Path, file_okay=False),
    default=MODELS,
    show_default="the models that come with the code",
    help="Folder of the trained models.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def texts_option(*, required: bool) -> Callable[..., Any]:
    """Folders of annotated texts."""
    return click.option(
        "--texts",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        multiple=True,
        required=required,
        help="Folder with the annotated texts; they are recognised by their SHA-256. May be given more than once.",
    )


def current_dataset(processed: Path) -> Path:
    """The folder of the current version."""
    from extract.dataset.reader import current_version

    version = current_version(processed)
    if version is None:
        raise ManifestoError(f"There is no dataset in {processed} yet. Make one with: manifesto run")
    return processed / version

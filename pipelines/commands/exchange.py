"""`manifesto export` and `manifesto import`: to and from what others use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape

from extract.problems import UsageError
from pipelines.commands.options import as_json_option, current_dataset, models_option, processed_option, texts_option
from pipelines.terminal import Console, say, say_json


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say where nothing can be written, and why, instead of a stack trace."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({error.strerror}). Give another folder.") from error


@click.group()
def export() -> None:
    """Write a dataset for other software: manifestor."""


@export.command()
@click.argument("dataset", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@processed_option
@models_option
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("coded"), show_default=True,
    help="Folder to write to; files of the same name are replaced.",
)  # fmt: skip
def manifestor(dataset: Path | None, processed: Path, models: Path, output: Path) -> None:
    """Write sentences and codes as the Manifesto Project does, for manifestoR and quanteda: a CSV file per manifesto.

    DATASET is a version; the current one if none is given. The codes are a classifier's, not the Project's.
    """
    from extract.dataset.coded_corpus import coded_files
    from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
    from extract.records import MANIFESTO_PROJECT

    codebook = read_codebook(models / MANIFESTO_PROJECT / CODEBOOK_FILE)
    written = 0
    with _writing(output):
        output.mkdir(parents=True, exist_ok=True)
        for name, content in coded_files(dataset or current_dataset(processed), codebook):
            (output / name).write_text(content, encoding="utf-8", newline="")
            written += name.endswith(".csv")
    console = Console(highlight=False)
    if not written:
        console.print(
            f"No manifesto of this version has labels of the codebook {MANIFESTO_PROJECT}. Run with it in the setting "
            "codebooks."
        )
        return
    console.print(
        f"{written} manifestos are in [bold]{escape(str(output))}[/]. README.txt there says what the columns are.",
        soft_wrap=True,
    )


@click.group("import")
def import_() -> None:
    """Read what others made: manifesto-project."""


@import_.command("manifesto-project")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)  # fmt: skip
@texts_option(required=True)
@models_option
@as_json_option
def manifesto_project(files: tuple[Path, ...], texts: tuple[Path, ...], models: Path, as_json: bool) -> None:
    """Make annotations of exports of the Manifesto Project, for training and testing.

    Each FILE is an export of one manifesto, named PARTY_YEAR.csv, as its site gives it to whoever has an account. Its
    quasi-sentences are looked for in the raw texts, letter for letter. The annotations are written to the folder of the
    codebook and stay on this machine: the terms of the Project do not let codes be passed on.
    """
    from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
    from extract.learning.annotations import ANNOTATIONS_FILE, read_annotations, write_annotations
    from extract.learning.coder_exports import read_export
    from extract.learning.coder_matching import match_units, raw_texts
    from extract.records import MANIFESTO_PROJECT

    console = Console(highlight=False)
    folder = models / MANIFESTO_PROJECT
    codebook = read_codebook(folder / CODEBOOK_FILE)
    with console.status("Reading exports and raw texts …"):
        units = [unit for file in files for unit in read_export(file)]
        found = match_units(units, raw_texts(texts), label_of=codebook.codes)
    if not found.annotations:
        raise UsageError(
            f"None of these manifestos stands in {', '.join(map(str, texts))}: nothing was written.\n"
            "Give the folder of the raw texts of the same manifestos with --texts."
        )
    file = folder / ANNOTATIONS_FILE
    # Of manifestos that are not given again, what was imported before stays.
    given = {unit.manifesto for unit in units}
    known = read_annotations(file) if file.is_file() else []
    kept = [each for each in known if each.sentence.rpartition(".")[0] not in given]
    with _writing(folder):
        write_annotations(file, [*kept, *found.annotations])
    if as_json:
        rows = [
            {"manifesto": name, "source": source, "not_matched": found.missing[name]}
            for name, source in found.sources.items()
        ]
        say_json({"annotations": len(found.annotations), "rows": len(units), "manifestos": rows})
        return
    for name, source in found.sources.items():
        why = "; ".join(f"{count} {reason}" for reason, count in found.missing[name].items())
        say(f"{name}: {source or 'no raw text'}" + (f" · left out: {why}" if why else ""))
    console.print(
        f"{len(found.annotations):,} of {len(units):,} rows are annotations now, in "
        f"[bold]{escape(str(file))}[/]. Do not pass that file on.\n"
        f"Next: [bold]manifesto train {MANIFESTO_PROJECT} --texts …[/]",
        soft_wrap=True,
    )

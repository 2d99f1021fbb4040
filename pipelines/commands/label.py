"""`manifesto label`: draw sentences for readers, send them to a labelling tool and back, see how readers agree."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape

from pipelines.commands.options import as_json_option, current_dataset, models_option, processed_option, texts_option
from pipelines.terminal import Console, say, say_json

_SHOWN = 20  # disagreements
TOOLS = ("label-studio", "doccano")


@click.group()
def label() -> None:
    """Label sentences for a codebook: sample, export, import, agreement, resolve."""


@label.command()
@click.argument("codebook")
@click.option("--dataset", type=click.Path(path_type=Path), help="Dataset version.  [default: the current one]")
@processed_option
@models_option
@click.option(
    "--raw", type=click.Path(path_type=Path, file_okay=False), default=Path("raw"), show_default=True,
    help="Folder of the raw texts of the dataset.",
)  # fmt: skip
@click.option("--size", type=click.IntRange(min=1), default=150, show_default=True, help="Sentences to draw.")
@click.option(
    "--random-share", type=click.FloatRange(0, 1), default=0.5, show_default=True,
    help="Share of them drawn at random; the rest are those that would teach most.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="For another sample of the same size.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("sample.csv"), show_default=True,
    help="CSV file to write.",
)  # fmt: skip
def sample(
    codebook: str, dataset: Path | None, processed: Path, models: Path, raw: Path, size: int, random_share: float,
    seed: int, output: Path,
) -> None:  # fmt: skip
    """Draw sentences of a dataset to label for CODEBOOK: unsure and diverse ones, and some at random.

    Fill in the column label in a spreadsheet, or export the file to a labelling tool.
    """
    from extract.learning.samples import write_sample
    from pipelines.training.labelling import draw_sample

    console = Console(highlight=False)
    with console.status("Reading sentences and drawing …"):
        drawn = draw_sample(
            models / codebook,
            dataset or current_dataset(processed),
            raw,
            size=size,
            random_share=random_share,
            seed=seed,
        )
        write_sample(output, drawn.tasks)
    how = "unsure and diverse" if drawn.by_model else "diverse (there is no trained model yet)"
    chosen = sum(task.stratum == "chosen" for task in drawn.tasks)
    console.print(
        f"{len(drawn.tasks)} sentences are in [bold]{escape(str(output))}[/]: {chosen} {how}, "
        f"{len(drawn.tasks) - chosen} at random.", soft_wrap=True,
    )  # fmt: skip
    if drawn.not_found:
        console.print(f"{drawn.not_found} more were drawn but not found again in the raw files in {escape(str(raw))}.")
    console.print("Next: fill in its column label · or [bold]manifesto label export[/] it to a labelling tool")


@label.command()
@click.argument("sample_file", metavar="SAMPLE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--codebook", required=True, help="Whose labels readers choose from.")
@models_option
@click.option("--to", "tool", type=click.Choice(TOOLS), required=True, help="For which tool.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True,
    help="Folder to write to.",
)  # fmt: skip
def export(sample_file: Path, codebook: str, models: Path, tool: str, output: Path) -> None:
    """Write SAMPLE as Label Studio or doccano import it, and the codebook as their labels."""
    from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
    from extract.learning.labelling_tools import as_doccano, as_label_studio, doccano_labels, studio_interface
    from extract.learning.samples import read_sample

    book, tasks = read_codebook(models / codebook / CODEBOOK_FILE), read_sample(sample_file)
    if tool == "label-studio":
        files = {"tasks.json": as_label_studio(tasks), "interface.xml": studio_interface(book)}
        hint = (
            "In Label Studio: paste interface.xml under Labeling Interface › Code, import tasks.json, export as JSON."
        )
    else:
        files = {"tasks.jsonl": as_doccano(tasks), "labels.json": doccano_labels(book)}
        hint = (
            "In doccano: a text classification project, one label per text; import tasks.jsonl as JSONL, labels.json."
        )
    output.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (output / name).write_text(content, encoding="utf-8", newline="\n")
    say(f"{len(tasks)} sentences: {' and '.join(str(output / name) for name in files)}.\n{hint}")


@label.command("import")
@click.argument("codebook")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reader", required=True, help='Who labelled; "settled" for the label that decides between two readers.')
@models_option
def import_(codebook: str, file: Path, reader: str, models: Path) -> None:
    """Add the labels in FILE, a filled-in sample or an export of a labelling tool, to the annotations of CODEBOOK."""
    from pipelines.training.labelling import import_labels

    added, without = import_labels(models / codebook, file, reader=reader)
    rest = f" {without} sentences of the file have no label yet." if without else ""
    say(f"{added} labels of {reader} are added to {models / codebook / 'annotations.csv'}.{rest}")


@label.command()
@click.argument("codebook")
@models_option
@texts_option(required=False)
@as_json_option
def agreement(codebook: str, models: Path, texts: tuple[Path, ...], as_json: bool) -> None:
    """Cohen's kappa of the sentences of CODEBOOK that two readers labelled, what was confused, what is not settled.

    With --texts the sentences that are not settled are shown.
    """
    from pipelines.training.labelling import agreement_of

    read, kappa, confused, open_ones = agreement_of(models / codebook, texts)
    if as_json:
        answer = {
            "read_twice": read, "kappa": None if not read else round(kappa, 3),
            "confused": [[*pair, count] for pair, count in confused.most_common()],
            "not_settled": [asdict(each) for each in open_ones],
        }  # fmt: skip
        say_json(answer)
        return
    if not read:
        say(f"No sentence of {codebook} is labelled by two readers yet.")
        return
    say(f"{read} sentences were read twice. Cohen's kappa: {kappa:.3f}")
    for (first, second), count in confused.most_common():
        say(f"{count:>5}  {first} / {second}")
    say(f"{len(open_ones)} are not settled. Settle one by a row of the reader settled: manifesto label import")
    for each in open_ones[:_SHOWN]:
        said = " · ".join(f"{reader}: {given}" for reader, given in each.labels.items())
        say(f"  {each.sentence}  {said}" + (f"\n    {each.text}" if each.text else ""))


@label.command()
@click.argument("codebook")
@models_option
@texts_option(required=True)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="CSV file to write the annotations to, each with the text of its sentence.",
)  # fmt: skip
@as_json_option
def resolve(codebook: str, models: Path, texts: tuple[Path, ...], output: Path | None, as_json: bool) -> None:
    """Rebuild the texts of the annotated sentences of CODEBOOK from files at hand, letter for letter.

    Says how many stand in them, and which files are missing; --output writes the annotations with their texts.
    """
    from pipelines.training.labelling import resolved, write_resolved

    rows, missing = resolved(models / codebook, texts)
    found = len({annotation.sentence for annotation, _ in rows})
    total = found + sum(missing.values())
    if output:
        write_resolved(output, rows)
    if as_json:
        say_json({"annotated": total, "found": found, "missing": missing})
        return
    say(f"{found:,} of {total:,} annotated sentences stand in the texts at hand.")
    for source, count in missing.items():
        say(f"{count:>6} missing from {source}")
    if output:
        say(f"{len(rows):,} readings are in {output}, each with its sentence.")

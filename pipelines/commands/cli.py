"""The `manifesto` command."""

import os
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import click
from rich.markup import escape

from extract.problems import ManifestoError, UsageError
from extract.records import TABLES
from pipelines.commands.exchange import export, import_
from pipelines.commands.label import label
from pipelines.commands.options import as_json_option, current_dataset, models_option, processed_option, texts_option
from pipelines.paths import MODELS, typed
from pipelines.terminal import Console, say, say_json, visible

if TYPE_CHECKING:
    from pipelines.plan import Outcome


_ENCODER = "Text encoder: ours, a folder with an ONNX model, or a sentence-transformers model by name or path."


class Manifesto(click.Group):
    """A group of commands that says what went wrong in words, not in a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; show a ManifestoError as a message and exit with its code."""
        for stream in (sys.stdout, sys.stderr):  # a terminal that has no ✓ shows ? and goes on
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        os.environ["PYTHONSAFEPATH"] = "1"  # no process that is started here takes modules from the working directory
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Prefect's server is stopped, too
        try:
            return super().invoke(ctx)
        except click.ClickException as error:  # which tells what was given, such as the name of a file
            error.message = visible(error.message)  # type: ignore[misc]  # final for others than click
            raise
        except ManifestoError as error:
            Console(stderr=True, highlight=False).print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
            ctx.exit(error.exit_code)


@click.group(cls=Manifesto, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="manifesto-extract", prog_name="manifesto")
def main() -> None:
    """From raw Dutch party texts to a dataset in which every row can be traced to its source."""


main.add_command(label)
main.add_command(export)
main.add_command(import_)


@main.command()
@click.argument("raw", type=click.Path(path_type=Path), default=Path("raw"))
@processed_option
@models_option
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="TOML file of settings (docs/settings.md)."
)
@click.option("--language-pipeline", help='"auto", "nl_manifesto", "blank", or the name or path of a spaCy pipeline.')
@click.option("--annotate/--no-annotate", default=None, help="Give every sentence lemmas, parts of speech and syntax.")
@click.option(
    "--runner",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Work in processes of this machine, or on a Dask cluster.",
)
@click.option("--scheduler", help="Address of the Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine.  [default: one per core]")
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what happens to this file, a line of JSON for each thing.",
)
@click.option("--verbose", is_flag=True, help="Show what Prefect says.")
@as_json_option
def run(
    raw: Path,
    processed: Path,
    models: Path,
    settings_file: Path | None,
    language_pipeline: str | None,
    annotate: bool | None,
    runner: Any,
    scheduler: str | None,
    workers: int | None,
    log: Path | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Turn the texts in RAW (default: raw) into a dataset version in the processed folder.

    Unchanged texts are not read again; if nothing changed, nothing is written.
    """
    from extract.settings import load_settings
    from pipelines.orchestration import (
        asked_to_end,
        forget_tasks_if_unwatched,
        prefect_apart,
        prefect_failed,
        quiet_if_unwatched,
    )
    from pipelines.plan import nothing_to_do, survey
    from pipelines.processed import Processed
    from pipelines.server import prefect_server
    from pipelines.where import Where

    began = time.monotonic()
    settings = load_settings(settings_file, language_pipeline=language_pipeline, annotate=annotate)
    Where(runner, workers, scheduler)  # which sees whether they go together
    found = survey(raw, processed, settings=settings, models=models)
    console = Console(stderr=as_json, highlight=False)
    if outcome := nothing_to_do(found, Processed(processed)):
        _report(console, processed, outcome, began=began, as_json=as_json)
        return
    place, texts, trained = processed.absolute(), raw.absolute(), models.absolute()  # wherever this process stands
    parameters = {
        "raw": str(texts),
        "processed": str(place),
        "settings_file": str(settings_file.absolute()) if settings_file else None,
        "language_pipeline": language_pipeline and settings.language_pipeline,
        "annotate": annotate,
        "models_folder": None if models == MODELS else str(models.absolute()),
        "runner": runner,
        "workers": workers,
        "scheduler": scheduler,
    }
    with ExitStack() as stack:
        try:
            logged = stack.enter_context(_opened(log)) if log else None
            stack.enter_context(prefect_apart(place, verbose=verbose))
            stack.enter_context(prefect_server(place, meanwhile=lambda: import_module("pipelines.flow")))
            from pipelines.flow import extract_manifestos
            from pipelines.progress import shown_on

            forget_tasks_if_unwatched()
            stack.enter_context(quiet_if_unwatched())
            stack.enter_context(shown_on(console, logged))
            outcome = cast("Outcome", extract_manifestos(**parameters))  # its data, of the State that it gives
        except ManifestoError:
            raise
        except Exception as error:
            if verbose:
                raise
            if ended := asked_to_end(error):
                raise ended from None
            # A server that died may have kept Prefect from recording the end of a run that did all its work.
            found = survey(texts, place, settings=settings, models=trained)
            outcome = nothing_to_do(found, Processed(place))
            if outcome is None:
                raise prefect_failed(processed, error) from error
            console.print(f"[yellow]![/] Prefect could not record the end of the run ({type(error).__name__}).")
    _report(console, processed, outcome, began=began, as_json=as_json)


@main.command()
@click.argument("raw", type=click.Path(path_type=Path), default=Path("raw"))
@processed_option
@models_option
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--cron", required=True, help='When to run, such as "0 6 * * *": every morning at six.')
@click.option("--timezone", default="Europe/Amsterdam", show_default=True, help="Time zone of the schedule.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine.  [default: one per core]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port of Prefect's server and its web page.  [default: one that is free]",
)
def serve(
    raw: Path,
    processed: Path,
    models: Path,
    settings_file: Path | None,
    cron: str,
    timezone: str,
    workers: int | None,
    port: int | None,
) -> None:
    """Do what `manifesto run` does whenever CRON says, until Ctrl-C.

    A run that finds nothing new writes nothing. Runs never overlap: one that finds another at work leaves it the work.
    """
    from extract.settings import load_settings
    from pipelines.commands.serve import serve
    from pipelines.server import password_file

    load_settings(settings_file)  # a fault in it is shown now, not at six in the morning
    console = Console(highlight=False)
    processed = processed.absolute()

    def ready(url: str) -> None:
        page = url.removesuffix("/api")
        password = password_file(processed, url)
        login = f" (log in with what stands in {password})" if password.exists() else ""
        said = f"Serving {raw} at {cron} ({timezone}). Stop with Ctrl-C.\nPrefect: {page}{login}"
        console.print(escape(said), soft_wrap=True)

    parameters = {
        "raw": str(raw.absolute()),
        "processed": str(processed),
        "settings_file": str(settings_file.absolute()) if settings_file else None,
        "models_folder": None if models == MODELS else str(models.absolute()),
        "workers": workers,
    }
    serve(parameters, processed=processed, cron=cron, timezone=timezone, port=port, ready=ready)


@main.command()
@processed_option
@as_json_option
def runs(processed: Path, as_json: bool) -> None:
    """List the runs that read, wrote or failed: when, why, what they did.

    Runs that found nothing new leave no trace.
    """
    from pipelines.commands.showing import show_runs
    from pipelines.history import past_runs
    from pipelines.processed import Processed

    found = past_runs(Processed(processed))
    if as_json:
        say_json([_as_dict(each) for each in found])
    elif found:
        show_runs(Console(highlight=False), found)
    else:
        say(f"No run has left a trace in {processed}. Make a dataset with: manifesto run")


@main.command()
@processed_option
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many of the newest versions to keep.")
@as_json_option
def prune(processed: Path, keep: int, as_json: bool) -> None:
    """Remove old dataset versions; the current one always stays."""
    from pipelines.commands.prune import prune_versions
    from pipelines.progress import shown_on

    with shown_on(Console(stderr=True, highlight=False)):
        removed = prune_versions(processed, keep=keep)
    if as_json:
        say_json({"removed": removed})
    else:
        say(f"Removed {', '.join(removed)}." if removed else "There is no version to remove.")


@main.command()
@click.argument("dataset", type=click.Path(path_type=Path), required=False)
@processed_option
@as_json_option
def check(dataset: Path | None, processed: Path, as_json: bool) -> None:
    """Check hashes, offsets, keys, coverage and certificates of DATASET (default: the current version).

    Exits with 1 and a list when anything is off.
    """
    from extract.dataset.checks import check_dataset

    folder = dataset or current_dataset(processed)
    findings = check_dataset(folder)
    if as_json:
        say_json({"dataset": str(folder), "findings": [_as_dict(each) for each in findings]})
    else:
        console = Console(highlight=False)
        for finding in findings:
            console.print(f"[red]✗[/] {finding.rule}: {escape(finding.message)}", soft_wrap=True)
        if not findings:
            console.print(f"[green]✓[/] {folder}: files, keys, references, offsets, coverage and certificates hold.")
    sys.exit(1 if findings else 0)


@main.command("open")
@click.argument("dataset", type=click.Path(path_type=Path), required=False)
@processed_option
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve at.  [default: one that is free]")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.  [default: browser]")
def open_dataset(dataset: Path | None, processed: Path, port: int | None, browser: bool) -> None:
    """Look at DATASET (default: the current version) in the browser, with Datasette, until Ctrl-C.

    Tables with what their columns mean, named queries, and search that knows Dutch word forms. Nothing is written, and
    only this machine can see it.
    """
    from extract.search.site import site_of
    from pipelines.commands.open import serve_site

    folder = dataset or current_dataset(processed)
    site = site_of(folder)

    def ready(url: str) -> None:
        say(f"{folder} is at {url} (stop with Ctrl-C)")
        report = folder / "report.html"
        if report.is_file():
            say(f"Its report: {report}")

    serve_site(site, port=port, browser=browser, ready=ready)


@main.command()
@click.argument("old")
@click.argument("new", required=False)
@processed_option
@click.option(
    "--table", metavar="NAME", type=click.Choice([name for name in TABLES if name != "runs"]), help="Only this table."
)
@click.option("--rows", type=click.IntRange(min=0), help="Rows to show.  [default: 20; with --json all that differ]")
@as_json_option
def diff(old: str, new: str | None, processed: Path, table: str | None, rows: int | None, as_json: bool) -> None:
    """Compare two dataset versions: rows that changed, came, went or moved, and what that comes from.

    OLD and NEW are folders, or names of versions in the processed folder; NEW is by default the current version.
    Where several causes differ at once and the tables cannot tell which it was, all are named (docs/looking.md).
    """
    from extract.changes.comparing import compare
    from extract.dataset.files import UNTIMED
    from pipelines.commands.diff import show_changes, version_folder, write_json

    before = version_folder(old, processed)
    after = version_folder(new, processed) if new else current_dataset(processed)
    tables = [table] if table else UNTIMED
    if as_json:
        write_json(sys.stdout, before, after, tables=tables, rows=rows)
    else:
        show_changes(
            Console(highlight=False), compare(before, after, tables=tables, examples=20 if rows is None else rows)
        )


@main.command()
@click.argument("words")
@click.option("--dataset", type=click.Path(path_type=Path), help="Dataset version.  [default: the current one]")
@processed_option
@click.option("--party", help="Look only in manifestos of this party.")
@click.option("--election", help="Look only in texts for this election, such as TK2025.")
@as_json_option
def find(
    words: str, dataset: Path | None, processed: Path, party: str | None, election: str | None, as_json: bool
) -> None:
    """Find every place where WORDS stand in the running text of a dataset, word for word or nearly.

    Spaces, line ends, case, accents and punctuation do not matter. Exits with 1 if there is no place.
    """
    from extract.parties import load_register
    from extract.search.finding import find_places
    from pipelines.commands.showing import show_places

    party_id = load_register().party_named(party) if party else None
    if party and not party_id:
        raise UsageError(f"The register knows no party {party!r}.")
    found = find_places(
        words, dataset or current_dataset(processed), party_id=party_id, election=election.upper() if election else None
    )
    if as_json:
        say_json([_as_dict(each) for each in found])
    else:
        show_places(Console(highlight=False), found)
    sys.exit(0 if found else 1)


@main.command()
@click.argument("raw", type=click.Path(path_type=Path), default=Path("raw"))
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="TOML file of settings.")
@as_json_option
def facts(raw: Path, settings_file: Path | None, as_json: bool) -> None:
    """Write RAW/manifestos.csv: a line for each raw file, with party, election, status and title as far as it shows.

    Blanks are for you to fill in, in a spreadsheet. What already stands there stays; no classifier is asked.
    """
    from extract.settings import load_settings
    from pipelines.commands.facts import write_facts
    from pipelines.commands.showing import show_facts

    settings = load_settings(settings_file)
    with Console(stderr=True, highlight=False).status("Reading …") as status:
        written = write_facts(
            raw, settings=settings, said=lambda rank, count: status.update(f"Reading file {rank:,} of {count:,} …")
        )
    if as_json:
        say_json(_as_dict(written))
    else:
        show_facts(Console(highlight=False), written, raw=raw)


@main.command()
@processed_option
@models_option
@as_json_option
def doctor(processed: Path, models: Path, as_json: bool) -> None:
    """Show what this installation has: packages, language pipeline, models, and whether Prefect works."""
    from pipelines.commands.doctor import examine

    symptoms = examine(processed, models)
    if as_json:
        say_json([_as_dict(each) for each in symptoms])
    else:
        console = Console(highlight=False)
        for each in symptoms:
            mark = "[green]✓[/]" if each.well else "[red]✗[/]"
            console.print(f"{mark} {each.part:<20} {escape(each.finding)}", soft_wrap=True)
    sys.exit(0 if all(each.well for each in symptoms) else 1)


@main.command()
@click.argument("sentence_id")
@click.option("--codebook", "codebooks", multiple=True, help="Codebook to explain.  [default: all of the dataset]")
@click.option("--dataset", type=click.Path(path_type=Path), help="Dataset version.  [default: the current one]")
@processed_option
@models_option
@as_json_option
def why(
    sentence_id: str, codebooks: tuple[str, ...], dataset: Path | None, processed: Path, models: Path, as_json: bool
) -> None:
    """Show what makes the labels of a sentence: what each word, and what stands around it, adds or takes away."""
    from pipelines.commands.why import explain_sentence, show_explanation

    found = explain_sentence(sentence_id, dataset or current_dataset(processed), models, codebooks)
    if as_json:
        answer = {codebook: asdict(each) for codebook, each in found.explanations.items()}
        say_json(answer)
    else:
        show_explanation(Console(highlight=False), found)


@main.command()
@click.argument("codebooks", metavar="CODEBOOK...", nargs=-1, required=True)
@texts_option(required=True)
@models_option
@click.option("--encoder", default="text_encoder", show_default=True, help=_ENCODER)
def train(codebooks: tuple[str, ...], texts: tuple[Path, ...], models: Path, encoder: str) -> None:
    """Train the classifier of each CODEBOOK, a folder in the models folder, on its annotations.

    Evaluates first, then fits on everything; writes model.skops, metrics.json and card.md.
    """
    from extract.records import MANIFESTO_PROJECT
    from pipelines.training.classifiers import prepare, train_model
    from pipelines.training.codes import prepare_codes, train_codes

    console = Console(highlight=False, stderr=True)
    for codebook in codebooks:
        if codebook == MANIFESTO_PROJECT:
            with console.status("Reading what coders coded …") as status:
                coded = prepare_codes(models / codebook, texts)
                status.update(f"Evaluating and training on {len(coded.documents)} manifestos (half an hour) …")
                card = train_codes(models / codebook, coded)
            say(card)
            continue
        with console.status(f"Reading the annotated texts of {codebook} …") as status:
            course = prepare(models / codebook, texts, encoder=encoder)
            status.update(f"Evaluating and training {codebook} on {len(course.examples):,} sentences …")
            card = train_model(models / codebook, course)
        say(card)


@main.command()
@click.argument("codebook")
@texts_option(required=False)
@models_option
@click.option("--encoder", default="text_encoder", show_default=True, help=_ENCODER)
@click.option(
    "--on",
    "labelled",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with the columns text and label, and before, after, heading, group where they are known: "
    "evaluate the trained model on these sentences.",
)
def evaluate(codebook: str, texts: tuple[Path, ...], models: Path, encoder: str, labelled: Path | None) -> None:
    """Evaluate the classifier of CODEBOOK on manifestos, parties and years held out whole, or on labels of your own.

    Writes nothing.
    """
    from extract.records import MANIFESTO_PROJECT
    from pipelines.training.classifiers import evaluate_model, evaluate_on, prepare
    from pipelines.training.codes import evaluate_codes, prepare_codes

    if labelled:
        metrics = evaluate_on(models / codebook, labelled)
    elif texts and codebook == MANIFESTO_PROJECT:
        metrics = evaluate_codes(prepare_codes(models / codebook, texts))
    elif texts:
        metrics = evaluate_model(prepare(models / codebook, texts, encoder=encoder))
    else:
        raise UsageError("Say what to evaluate on: --texts FOLDER with the annotated texts, or --on FILE.")
    say_json(metrics)


def _report(console: Console, processed: Path, outcome: "Outcome", *, began: float, as_json: bool) -> None:
    from extract.dataset.files import REPORT
    from pipelines.commands.showing import show
    from pipelines.summary import as_records

    folder = processed / outcome.version
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        answer = {**_as_dict(outcome), "folder": str(folder), "seconds": seconds}
        say_json(answer | as_records(folder))
        return
    place, version = escape(str(folder)), f"[bold]{outcome.version}[/]"
    if outcome.changed:
        show(console, folder)
        said = f"Dataset {version} is written to [bold]{place}[/] ({seconds} s)."
    else:
        said = f"Nothing changed: dataset {version} in [bold]{place}[/] is current ({seconds} s)."
    console.print(said, soft_wrap=True)
    report, proposals = (escape(str(folder / name)) for name in (REPORT, Path("csv", "proposals.csv")))
    commands = " · ".join(f"[bold]{escape(typed(word, processed=processed))}[/]" for word in ("open", "check"))
    console.print(f"Next: open [bold]{report}[/] or [bold]{proposals}[/] · {commands}", soft_wrap=True)


def _opened(log: Path) -> TextIO:
    try:
        return log.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot write the log to {log}: {error.strerror}.") from error


def _as_dict(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}

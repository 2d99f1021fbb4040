"""What a run shows at its end, asked of the dataset's database: a table per party, and the Problems. And past runs."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from extract.dataset.database import read_database
from extract.parties import load_register
from extract.records import THEMES
from extract.search.finding import Found
from pipelines.history import PastRun
from pipelines.paths import typed
from pipelines.summary import COUNTED, PartySummary, ReadingSummary, by_party, worst_read
from pipelines.terminal import Console

if TYPE_CHECKING:
    from pipelines.commands.facts import Written

_WIDE = 100  # characters of a console from which on there is room for all of it
_PARTY_WIDTH = 24  # characters; longer names end in …
_SHOWN_FILES = 8  # named in a line
_SHOWN_PROBLEMS = 12  # Problems shown; the rest is in the table
_MARKS = {"error": "[red]✗[/]", "warning": "[yellow]![/]", "note": "[dim]·[/]"}  # by severity, the worst first

_SPACE = re.compile(r"\s+")
_NOTED = {"draft": "(draft)", "final": "(final)"}

_COUNTS = ("read", "relabelled", "reused", "failed")
_RESULTS = {
    "written": "[green]written[/]",
    "same": "as it was",
    "failed": "[red]failed[/]",
    "killed": "[red]killed[/]",
    "running": "running",
}


def show(console: Console, folder: Path) -> None:
    """Print the summary of a dataset version for people."""
    with closing(read_database(folder)) as database:
        rows = by_party(database)
        worst = worst_read(database)
        problems = database.execute("SELECT severity, message FROM problems ORDER BY rowid").fetchall()
    columns: dict[str, Callable[[PartySummary], str]] = {name: _count(name) for name in COUNTED}
    if any(row.to_verify > row.without_manifesto for row in rows):
        columns["verified"] = lambda row: row.said
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("party", no_wrap=True, max_width=_PARTY_WIDTH)
    for name in columns:
        table.add_column(name, justify="left" if name == "verified" else "right", no_wrap=True)
    wide = console.width >= _WIDE
    table.add_column(f"most frequent themes ({THEMES})" if wide else "top theme", no_wrap=not wide)
    for row in rows:
        themes = row.themes if wide else row.themes.partition(",")[0]
        table.add_row(escape(row.party), *(cell(row) for cell in columns.values()), escape(themes))
    table.add_section()
    totals = (f"[bold]{sum(getattr(row, name) for row in rows):,}[/]" if name in COUNTED else "" for name in columns)
    table.add_row("[bold]all[/]", *totals, "")
    console.print(table)
    console.print()
    if said := "; ".join(_verified(rows)):
        console.print(f"{said[0].upper()}{said[1:]}.\n", soft_wrap=True)
    show_worst(console, worst)
    _show_problems(console, problems)


def show_worst(console: Console, worst: Sequence[ReadingSummary]) -> None:
    """Print which documents were read worst, if any was not read well."""
    if not worst:
        return
    console.print("[bold]Read worst[/] (grade, estimated F1 of sentences; all are in the table readings)")
    for each in worst:
        estimated = (
            f"{each.sentence_f1:.2f} ({each.sentence_f1_low:.2f}–{each.sentence_f1_high:.2f})"
            if each.sentence_f1 is not None
            else "no estimate: not a PDF" if not each.path.lower().endswith(".pdf") else "no estimate: no sentences"
        )  # fmt: skip
        why = f": {each.why}" if each.why else ""
        console.print(f" {each.grade} {escape(each.path)}, {estimated}{escape(why)}", soft_wrap=True)
    console.print()


def _count(name: str) -> Callable[[PartySummary], str]:
    return lambda row: f"{getattr(row, name):,}"


def _verified(rows: Sequence[PartySummary]) -> Iterator[str]:
    """Yield how many quotes of digests stand in manifestos, in words."""
    quotes, verified, in_draft, without = (
        sum(getattr(row, name) for row in rows) for name in ("to_verify", "verified", "in_draft", "without_manifesto")
    )
    if quotes > without:
        drafts = f", {in_draft:,} more only in its draft" if in_draft else ""
        yield f"{verified:,} of {quotes - without:,} quotes of digests stand in the party's manifesto{drafts}"
    if without:
        where = "in the raw folder" + ("" if quotes > without else "; put it there to have them verified")
        yield f"for {without:,} quotes of digests there is no manifesto of the party and election {where}"


def show_runs(console: Console, runs: Sequence[PastRun]) -> None:
    """Print the runs of a processed folder for people."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("began (UTC)")
    table.add_column("result")
    for name in _COUNTS:
        table.add_column(name, justify="right")
    table.add_column("why")
    for run in runs:
        counts = [getattr(run, f"documents_{name}") for name in _COUNTS]
        result = f"{_RESULTS[run.result]} {run.version or ''}"
        why = [f"{each['documents']:,} {each['why']}" for each in run.reasons if each["action"] != "reuse"]
        said = run.message or "; ".join(why)
        table.add_row(
            run.began_at[:16].replace("T", " "), result, *("" if n is None else f"{n:,}" for n in counts), escape(said)
        )
    console.print(table)


def show_places(console: Console, places: Sequence[Found]) -> None:
    """Print the places where words were found, for people."""
    names = {party.party_id: party.name for party in load_register().parties}
    for each in places:
        page = f" p. {each.page}" if each.page else ""
        where = (
            f"{names.get(each.party_id or '', each.path)} {each.election or ''} {_NOTED.get(each.status, '')}".split()
        )
        exactness = "" if each.match == "verbatim" else f" · {each.match} ({each.score:.0f})"
        console.print(f"[bold]{escape(' '.join(where))}{page}[/]{exactness}  [dim]{escape(each.path)}, "
                      f"characters {each.char_start}-{each.char_end}[/]", soft_wrap=True)  # fmt: skip
        if each.heading_path:
            console.print(f"  [dim]{escape(each.heading_path)}[/]", soft_wrap=True)
        before, text, behind = (escape(_SPACE.sub(" ", part)) for part in (each.before, each.text, each.behind))
        console.print(f"  …{before}[bold]{text}[/]{behind}…", soft_wrap=True)
        if each.difference and each.match != "near":
            console.print(f"  {escape(each.difference or '')}", soft_wrap=True)
    exact = sum(each.match in ("verbatim", "near") for each in places)
    documents = len({each.document_id for each in places})
    near = f", {len(places) - exact:,} like them" if len(places) > exact else ""
    console.print(f"{exact:,} places with these words{near}, in {documents:,} documents.")


def show_facts(console: Console, written: "Written", *, raw: Path) -> None:
    """Print what came of manifestos.csv, and what is left to do."""
    console.print(
        f"{written.files:,} files: {written.manifestos:,} manifestos, {written.digests:,} digests, "
        f"{len(written.unread):,} that could not be read."
    )
    for what, names in (
        ("Not read, which a run says more about", written.unread),
        ("No party known", written.party_blank),
        ("No election known", written.election_blank),
    ):
        if names:
            listed = ", ".join(names[:_SHOWN_FILES]) + (", …" if len(names) > _SHOWN_FILES else "")
            console.print(f" [yellow]![/] {what} ({len(names):,}): {escape(listed)}", soft_wrap=True)
    did = f"{written.lines_added:,} lines added, {written.cells_filled:,} blank cells filled in"
    console.print(f"[bold]{escape(written.file)}[/]: {did}; nothing that stood there was changed.", soft_wrap=True)
    run = escape(typed("run", *(() if raw == Path("raw") else (str(raw),))))
    todo = (
        "Fill in the blanks that you know, in a spreadsheet, and save as CSV"
        if (written.party_blank or written.election_blank)
        else "Look it through"
    )
    console.print(f"Next: {todo}; then [bold]{run}[/]", soft_wrap=True)


def _show_problems(console: Console, problems: list[tuple[str, str]]) -> None:
    if not problems:
        return
    console.print(f"[bold]{len(problems):,} Problem{'s' if len(problems) > 1 else ''}[/]")
    for severity, message in sorted(problems, key=lambda row: list(_MARKS).index(row[0]))[:_SHOWN_PROBLEMS]:
        console.print(f" {_MARKS[severity]} {escape(message)}", soft_wrap=True)
    if len(problems) > _SHOWN_PROBLEMS:
        console.print(f" … and {len(problems) - _SHOWN_PROBLEMS:,} more in the table problems")
    console.print()

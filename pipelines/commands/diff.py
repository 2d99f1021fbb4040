"""What changed between two dataset versions, for people and as JSON; and which folder a version's name stands for."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TextIO

from rich.markup import escape
from rich.table import Table

from extract.changes.attribution import WHAT
from extract.changes.causes import Cause
from extract.changes.comparing import Change, Changes, DocumentChanges, TableChanges, changes_between, compare
from extract.problems import ManifestoError
from pipelines.terminal import Console, as_json

_SHOWN_DOCUMENTS = 20
_SHOWN_COLUMNS = 4  # of a table or a row
_TEXT = 240  # characters of a row's text
_CELL = 80  # characters of a cell
_MARKS = {"changed": "[yellow]~[/]", "added": "[green]+[/]", "gone": "[red]-[/]", "moved": "[dim]→[/]"}
_OF_BYTES = frozenset(["sha256", "bytes", "characters", "layer_sha256", "pages"])  # of a document
_UNSEEN = _OF_BYTES | {
    "model_id",
    "quote_id",
    "media_type",
    "stage",
    "path",
}  # of no use to a person beside other columns


def version_folder(name: str, processed: Path) -> Path:
    """The folder of a dataset version: a folder of that name, else the version below the processed folder."""
    for folder in (Path(name), processed / name):
        if (folder / "tables").is_dir():
            return folder
    there = sorted(path.parent.name for path in processed.glob("*/tables"))
    known = f"The versions there are {', '.join(there)}." if there else "Make one with: manifesto run"
    raise ManifestoError(f"There is no dataset {name}, neither as a folder nor below {processed}. {known}")


def write_json(out: TextIO, old: Path, new: Path, *, tables: Collection[str], rows: int | None) -> None:
    """Write what changed as JSON, with all rows that differ, a line each, or with some as examples."""
    said = asdict(compare(old, new, tables=tables, examples=rows or 0))
    examples = said.pop("examples")
    changes = changes_between(old, new, tables=tables) if rows is None else None
    out.write(as_json(said).removesuffix("\n}") + ',\n  "changes": [')
    for rank, change in enumerate(map(asdict, changes) if changes else examples):
        out.write(f"{',' if rank else ''}\n    {as_json(change, indent=None)}")
    out.write("\n  ]\n}\n")


def show_changes(console: Console, found: Changes) -> None:
    """Print what changed: between the runs, in the texts, in the tables, and in some rows."""
    console.print(f"[bold]{found.old}[/]{_at(found.old_made_at)} → [bold]{found.new}[/]{_at(found.new_made_at)}\n")
    if found.facts:
        facts = _table("made from", "before", "after")
        for fact in found.facts:
            facts.add_row(*(escape(each or "–") for each in (fact.name, fact.old, fact.new)))
        console.print(facts)
    else:
        console.print("Both were made with the same code, packages, models, settings and language pipeline.")
    console.print()
    for each in found.documents[:_SHOWN_DOCUMENTS]:
        console.print(f" {_MARKS[each.what]} {escape(each.path)}: {escape(_document_said(each))}", soft_wrap=True)
    if (more := len(found.documents) - _SHOWN_DOCUMENTS) > 0:
        console.print(f" … and {more:,} texts more")
    if found.documents:
        console.print()
    _show_tables(console, [table for table in found.tables if table.tallies])
    if same := [f"{table.table} ({table.same:,})" for table in found.tables if not table.tallies and table.new]:
        console.print(f"The same in both: {', '.join(same)}.\n", soft_wrap=True)
    for change in found.examples:
        _show_change(console, change)


def _show_tables(console: Console, tables: Sequence[TableChanges]) -> None:
    if not tables:
        return
    shown = _table("table", "same", "cause", *WHAT, "columns that changed")
    for column in shown.columns:
        if column.header in ("same", *WHAT):
            column.justify, column.no_wrap = "right", True
    for table in tables:
        for rank, tally in enumerate(table.tallies):
            first = (table.table, f"{table.same:,}") if rank == 0 else ("", "")
            counts = (getattr(tally, what) for what in WHAT)
            columns = [f"{name} {count:,}" for name, count in tally.columns.items() if name not in _OF_BYTES]
            columns[_SHOWN_COLUMNS:] = ["…"] if len(columns) > _SHOWN_COLUMNS else []
            shown.add_row(
                *first, escape(_causes_said(tally.causes)), *(f"{n:,}" if n else "" for n in counts), ", ".join(columns)
            )
    console.print(shown)
    console.print()


def _show_change(console: Console, change: Change) -> None:
    key = change.new_key or change.old_key or ()
    what = f"{change.table} {key[-1]}" if change.table == "labels" else change.table  # with their codebook
    where = " · ".join(each for each in (change.path, change.party_id, _causes_said(change.causes)) if each)
    lines = [f"{_MARKS[change.what]} [bold]{escape(what)}[/] {change.what} [dim]{escape(where)}[/]"]
    if change.text:
        lines.append(f"  {escape(_short(change.text, _TEXT))}")
    columns = [each for each in change.columns if len(change.columns) == 1 or each.column not in _UNSEEN]
    if change.label and not any(each.column == "label" for each in columns):
        lines.append(f"  [dim]label:[/] {escape(change.label)}")
    if change.what == "changed":
        cells = ((each.column, f"{escape(_cell(each.old))} [dim]→[/] {escape(_cell(each.new))}") for each in columns)
        lines += [f"  [dim]{column}:[/] {said}" for column, said in cells]
    elif columns:
        said = ((each.column, escape(_cell(each.old if each.new is None else each.new))) for each in columns)
        lines.append("  " + "  ".join(f"[dim]{column}:[/] {cell}" for column, cell in islice(said, _SHOWN_COLUMNS)))
    for line in lines:
        console.print(line, soft_wrap=True)


def _document_said(each: DocumentChanges) -> str:
    """What became of a text, in words."""
    said = _causes_said(each.causes)
    if each.what != "changed":
        return f"{said}, {each.sentences_added + each.sentences_gone:,} sentences"
    cells = [column for column in each.columns if column.column not in _OF_BYTES]
    said = "; ".join([said, *(f"{each.column} {_cell(each.old)} → {_cell(each.new)}" for each in cells)])
    if len(cells) < len(each.columns):
        counts = each.sentences_in_both, each.sentences_added, each.sentences_gone
        said += "; sentences: {:,} in both, {:,} new, {:,} gone".format(*counts)
    return said


def _causes_said(causes: Sequence[Cause]) -> str:
    return " or ".join(_cause_said(cause) for cause in causes)


def _cause_said(cause: Cause) -> str:
    if cause.detail is None:
        return cause.kind
    return f"{cause.kind} {cause.detail}" if cause.kind in ("model", "codebook") else f"{cause.kind} ({cause.detail})"


def _cell(value: object) -> str:
    return "–" if value is None else _short(str(value), _CELL)


def _short(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def _at(made_at: str | None) -> str:
    return f" ({made_at[:16].replace('T', ' ')} UTC)" if made_at else ""


def _table(*columns: str) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table

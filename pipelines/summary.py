"""What a run shows at its end: a table per party, and the Problems."""

from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.dataset import Tables

_THEMES = 3  # most frequent themes shown per party
_PROBLEMS = 12  # Problems shown; the rest is in the table
_MARKS = {"error": "[red]✗[/]", "warning": "[yellow]![/]", "note": "[dim]·[/]"}


def as_records(tables: Tables) -> dict[str, Any]:
    """The summary for machines: a record per party, and the Problems."""
    problems = tables["problems"][["severity", "code", "path", "message"]]
    return {"parties": _by_party(tables).to_dict("records"), "problems": problems.to_dict("records")}


def show(console: Console, tables: Tables) -> None:
    """Print the summary for people."""
    summary = _by_party(tables)
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("party")
    for name in ("sentences", "quotes", "proposals"):
        table.add_column(name, justify="right")
    table.add_column("most frequent themes (digitalisation)")
    for row in summary.itertuples():
        table.add_row(
            escape(row.party), f"{row.sentences:,}", f"{row.quotes:,}", f"{row.proposals:,}", escape(row.themes)
        )
    table.add_section()
    totals = [f"[bold]{int(summary[name].sum()):,}[/]" for name in ("sentences", "quotes", "proposals")]
    table.add_row("[bold]all[/]", *totals, "")
    console.print(table)
    console.print()
    _show_problems(console, tables["problems"])


def _show_problems(console: Console, problems: pd.DataFrame) -> None:
    if problems.empty:
        return
    rank = {"error": 0, "warning": 1, "note": 2}
    ordered = problems.sort_values("severity", key=lambda cells: cells.map(rank), kind="stable")
    console.print(f"[bold]{len(problems):,} Problems[/]")
    for row in ordered.head(_PROBLEMS).itertuples():
        console.print(f" {_MARKS[row.severity]} {escape(row.message)}", soft_wrap=True)
    if len(problems) > _PROBLEMS:
        console.print(f" … and {len(problems) - _PROBLEMS:,} more in the table problems")
    console.print()


def _by_party(tables: Tables) -> pd.DataFrame:
    """A row per party in the order in which they first occur; parties that are not known go by their written name."""
    sections = tables["sections"].merge(tables["parties"][["party_id", "name"]], on="party_id", how="left")
    sections["party"] = sections["name"].fillna(sections["party_as_written"]).fillna("(unknown)")
    parties = sections[["section_id", "party"]]
    placed = tables["sentences"][["sentence_id", "section_id"]].merge(parties, on="section_id", how="left")
    placed["party"] = placed["party"].fillna("(before the first party)")
    party_of = placed.set_index("sentence_id")["party"]
    statements = tables["quotes"][tables["quotes"]["kind"] == "statement"]
    quotes = statements.merge(parties, on="section_id", how="left")["party"]
    summary = pd.DataFrame(
        {
            "sentences": placed["party"].value_counts(),
            "quotes": quotes.value_counts(),
            "proposals": tables["proposals"]["sentence_id"].map(party_of).value_counts(),
        }
    )
    order = [name for name in dict.fromkeys([*placed["party"], *sections["party"]]) if name in summary.index]
    summary = summary.reindex(order).fillna(0).astype(int)
    summary["themes"] = pd.Series(_themes(tables["labels"], party_of)).reindex(order).fillna("")
    return summary.rename_axis("party").reset_index()


def _themes(labels: pd.DataFrame, party_of: "pd.Series[str]") -> dict[str, str]:
    """The most frequent themes of each party, with their counts."""
    counted = labels[(labels["codebook"] == "digitalisation") & ~labels["abstained"] & (labels["label"] != "none")]
    counts = counted.groupby([counted["sentence_id"].map(party_of), "label"]).size()
    themes: dict[str, list[tuple[int, str]]] = {}
    for (party, label), count in counts.items():
        themes.setdefault(party, []).append((-count, label))
    return {
        party: ", ".join(f"{label} {-count}" for count, label in sorted(ranked)[:_THEMES])
        for party, ranked in themes.items()
    }

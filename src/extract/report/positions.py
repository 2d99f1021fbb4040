"""Positions of manifestos → a figure for each scale that is shown: a line per party, a dot per election."""

from collections.abc import Mapping, Sequence
from typing import Any

from extract.elections import in_time
from extract.report.charts import dots
from extract.report.documents import Row
from extract.report.figures import LANGUAGES, Words

SHOWN = ("rile", "state-economy", "social-conservatism", "environment", "european-union")
"""Scales that the report draws; the table has the others."""

# From light to dark, the latest darkest: after ColorBrewer's Blues, but for orange for drafts.
_ELECTIONS = ("#06284a", "#0b5fa5", "#56a3d9", "#8cc3e6", "#b9bdc6", "#5b616b")
_DRAFT = "#d97700"
_MOST_ELECTIONS = len(_ELECTIONS)  # the latest are drawn: more dots on a line cannot be told apart


def positions_figures(
    positions: Sequence[Row], documents: Sequence[Row], parties: Mapping[str, str], words: Words
) -> list[dict[str, Any]]:
    """A figure for each scale in `SHOWN` on which manifestos were placed; none where there are no positions."""
    by_id = {each["document_id"]: each for each in documents}
    elections = sorted({each["election"] or "" for each in positions}, key=in_time, reverse=True)
    shown = elections[:_MOST_ELECTIONS]
    figures = []
    for scale in SHOWN:
        rows = [each for each in positions if each["scale"] == scale and (each["election"] or "") in shown]
        if rows:
            drawn = {language: _drawn(scale, rows, shown, by_id, parties, words, language) for language in LANGUAGES}
            figures.append({"scale": scale, "chart": drawn, "left_out": len(elections) - len(shown)})
    return figures


def _drawn(
    scale: str, rows: Sequence[Row], elections: Sequence[str], documents: Mapping[str, Row],
    parties: Mapping[str, str], words: Words, language: str,
) -> str:  # fmt: skip
    draft = words["state-draft"][language]
    colours = dict(zip((_named(each, words, language) for each in elections), _ELECTIONS, strict=False))
    marked = []
    for row in rows:
        document = documents[row["document_id"]]
        party = parties.get(row["party_id"] or "", "") or words["no-party"][language]
        election = _named(row["election"] or "", words, language)
        part = f"{election} ({draft})" if document["status"] == "draft" else election
        if part != election:
            colours[part] = _DRAFT
        doubts = "".join(f", {words[f'placed-{each}'][language]}" for each in (row["doubts"] or "").split("|") if each)
        marked.append({
            "row": party, "part": part, "election": row["election"] or "",
            "low": row["low"], "value": row["value"], "high": row["high"],
            "link": f"#document={row['document_id']}",
            "description": f"{party} {part}: {row['value']:.1f} ({row['low']:.1f} – {row['high']:.1f}), "
                           f"n = {row['sentences']}{doubts}",
        })  # fmt: skip
    latest = {each["row"]: each["value"] for each in sorted(marked, key=lambda each: in_time(each["election"]))}
    return dots(
        marked,
        colours=colours,
        order=sorted(latest, key=lambda each: latest[each]),
        title=words[f"scale-{scale}"][language],
        axis=words[f"axis-{scale}"][language],
    )


def _named(election: str, words: Words, language: str) -> str:
    return election or words["election-unknown"][language]

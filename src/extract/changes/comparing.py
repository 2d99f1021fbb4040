"""Two dataset versions → what changed: rows of each table, and what each change can come from.

`pairing.py` says which rows are the same row, `causes.py` what can have changed them, and `scanning.py` goes through
the tables some documents at a time, so that memory does not grow with them, but for the keys of rows that moved.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from extract.changes.attribution import CHANGED, MOVED, WHAT, What
from extract.changes.causes import Beside, Cause, Fact, of_document_column
from extract.changes.pairing import IDENTITY, PLACE
from extract.changes.scanning import Compared, Scan
from extract.dataset.files import UNTIMED
from extract.dataset.reader import Row, StoredVersion
from extract.tables import keys_of

EXAMPLES = 200
"""Changes that `compare` gives as examples, unless it is asked for more or fewer."""

# Rows that differ in these columns alone are examples only where there are no others.
_OF_LITTLE_WEIGHT = frozenset(
    ["probability", "runner_up", "runner_up_probability", "model_id", "score", "similarity", "supports"]
)
# Tables by how soon one wants to see examples of them; documents that differ are all listed anyway.
_FIRST = (
    "labels", "proposals", "certificates", "quotes", "sentences", "evidence", "entities", "readings", "positions",
    "problems", "sections", "passages", "tokens", "occasions", "parties", "documents",
)  # fmt: skip

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A cell that differs."""

    column: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that differs. Of several causes the tables cannot tell which it was."""

    table: str
    what: What
    causes: tuple[Cause, ...]
    path: str | None  # of its document
    party_id: str | None
    text: str | None  # of the row, or of the sentence or quote that it is about
    label: str | None  # of a row of labels, the new one where there are two
    old_key: tuple[Cell, ...] | None  # cells of its key; None where the version has no such row
    new_key: tuple[Cell, ...] | None
    columns: tuple[ColumnChange, ...]  # that differ, without its place; of a row that came or went, what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rows of a table differ for the same causes; `columns` says how many changed in each column."""

    causes: tuple[Cause, ...]
    changed: int
    added: int
    gone: int
    moved: int
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """What became of a table: old = same + changed + moved + gone, and new = same + changed + moved + added."""

    table: str
    old: int
    new: int
    same: int
    changed: int
    added: int
    gone: int
    moved: int
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChanges:
    """A document that came or went, or of which the row in documents changed; sentences are matched by their text."""

    path: str
    what: What
    causes: tuple[Cause, ...]
    party_id: str | None
    columns: tuple[ColumnChange, ...]
    sentences_in_both: int
    sentences_added: int
    sentences_gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed from one version to another."""

    old: str  # name of the version
    new: str
    old_made_at: str | None  # UTC, ISO 8601
    new_made_at: str | None
    facts: tuple[Fact, ...]
    documents: tuple[DocumentChanges, ...]
    tables: tuple[TableChanges, ...]
    examples: tuple[Change, ...]


def compare(old: Path, new: Path, *, tables: Collection[str] = UNTIMED, examples: int = EXAMPLES) -> Changes:
    """What changed between two dataset versions (folders), in all tables or some, with some rows as examples.

    Raises a ManifestoError where a folder is no dataset, is damaged, or lacks key columns that this software has.
    """
    with closing(StoredVersion(old)) as before, closing(StoredVersion(new)) as after:
        scan = Scan(before, after)
        counts = {name: _Counts() for name in UNTIMED if name in tables}
        sentences = np.zeros((len(scan.documents), len(WHAT) + 1), int)
        shown: _Shown = defaultdict(dict)
        for part in scan.parts({*tables, "sentences"}):
            if part.rows.name == "sentences":
                np.add.at(sentences, (part.rows.document, part.rows.what), 1)
                sentences[:, -1] += np.bincount(part.same, minlength=len(sentences))
            if part.rows.name in counts:
                counts[part.rows.name].add(part)
                _show(part, scan, shown, most=examples)
        return Changes(
            old=old.resolve().name,
            new=new.resolve().name,
            old_made_at=before.made_at(),
            new_made_at=after.made_at(),
            facts=scan.grounds.facts + scan.columns_apart,
            documents=tuple(
                _document_changes(each, dict(zip([*WHAT, "same"], found, strict=True)), scan)
                for each, found in zip(scan.documents, sentences.tolist(), strict=True)
                if each.is_whole or each.differs
            ),
            tables=tuple(_table_changes(name, each, scan) for name, each in counts.items()),
            examples=tuple(_in_turn(shown))[:examples],
        )


def changes_between(old: Path, new: Path, *, tables: Collection[str] = UNTIMED) -> Iterator[Change]:
    """Yield every row that differs between two dataset versions, table by table; raises what `compare` raises."""
    with closing(StoredVersion(old)) as before, closing(StoredVersion(new)) as after:
        scan = Scan(before, after)
        for part in scan.parts(tables):
            if part.rows.name in tables:
                yield from (_change(part, at, scan) for at in range(len(part.rows.what)))


@dataclass(slots=True)
class _Counts:
    """How many rows of a table are the same, and by their causes how many differ, and in which columns."""

    same: int = 0
    differ: dict[int, np.ndarray] = field(default_factory=lambda: defaultdict(lambda: np.zeros(len(WHAT), int)))
    columns: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, part: Compared) -> None:
        rows = part.rows
        self.same += len(part.same)
        for bits in np.unique(part.causes).tolist():
            chosen = part.causes == bits
            self.differ[bits] += np.bincount(rows.what[chosen], minlength=len(WHAT))
            self.columns[bits] += Counter({name: int(found[chosen].sum()) for name, found in rows.differs.items()})


def _table_changes(name: str, counts: _Counts, scan: Scan) -> TableChanges:
    old, new = (version.count(name) for version in scan.versions)
    tallies = (
        Tally(causes=scan.grounds.named(bits), columns=_in_order(counts.columns[bits]), **_by_what(found))
        for bits, found in sorted(counts.differ.items(), key=lambda each: (-int(each[1].sum()), each[0]))
    )
    totals = _by_what(sum(counts.differ.values(), np.zeros(len(WHAT), int)))
    return TableChanges(table=name, old=old, new=new, same=counts.same, tallies=tuple(tallies), **totals)


def _in_order(columns: Counter[str]) -> dict[str, int]:
    """How many rows changed in each column, those that say most first."""
    return {
        name: n for name, n in sorted(columns.items(), key=lambda each: (each[0] in _OF_LITTLE_WEIGHT, -each[1])) if n
    }


def _by_what(counts: np.ndarray) -> dict[str, int]:
    return dict(zip(WHAT, counts.tolist(), strict=True))


def _document_changes(each: Beside, sentences: Mapping[str, int], scan: Scan) -> DocumentChanges:
    old, new = each.rows[0], each.rows[-1]
    columns = [name for name in new if name in each.differs]
    bits = [of_document_column(name, each, scan.grounds) for name in columns]
    return DocumentChanges(
        path=each.path,
        what="changed" if not each.is_whole else "added" if each.new else "gone",
        causes=scan.grounds.named(int(np.bitwise_or.reduce(bits)) if columns else each.own),
        party_id=new["party_id"],
        columns=tuple(ColumnChange(name, old[name], new[name]) for name in columns),
        sentences_in_both=sentences["same"] + sentences["changed"] + sentences["moved"],
        sentences_added=sentences["added"],
        sentences_gone=sentences["gone"],
    )


_Shown = dict[tuple[bool, int, int, int], dict[int, list[Change]]]
"""Changes by kind (whether it is of little weight, table, what became of the row, causes), and by document."""


def _show(part: Compared, scan: Scan, shown: _Shown, *, most: int) -> None:
    """Add rows of a part to those shown: of each kind from many documents, the fewer of each the more there are."""
    rows = part.rows
    telling = [differs for column, differs in rows.differs.items() if column not in _OF_LITTLE_WEIGHT]
    is_telling = np.logical_or.reduce([np.zeros(len(rows.what), bool), *telling])
    is_whole = np.array([*(each.is_whole for each in scan.documents), False])[rows.document]
    is_light = (rows.what == MOVED) | (is_whole & (rows.name != "documents")) | ((rows.what == CHANGED) & ~is_telling)
    kinds = np.stack([is_light, rows.what, part.causes, rows.document], axis=1)
    found, counts = np.unique(kinds, axis=0, return_counts=True)
    order = np.lexsort(kinds.T[::-1])  # rows of a kind and document together, in their order
    ends = np.cumsum(counts)
    for (light, what, causes, document), end, count in zip(found.tolist(), ends.tolist(), counts.tolist(), strict=True):
        of_kind = shown[bool(light), _FIRST.index(rows.name), what, causes]
        if len(of_kind) < most:
            share = max(1, most // (len(of_kind) + 1))
            of_kind[document] = [_change(part, at, scan) for at in order[end - count : end][:share].tolist()]


def _in_turn(shown: _Shown) -> Iterator[Change]:
    """One change of each kind, then the next of each; those of one kind from one document after another."""
    for is_light in (False, True):
        kinds = [_alternating(of_kind.values()) for kind, of_kind in sorted(shown.items()) if kind[0] == is_light]
        yield from _alternating(kinds)


def _alternating(lists: Iterable[Iterable[Change]]) -> Iterator[Change]:
    return (change for turn in zip_longest(*lists) for change in turn if change)


def _change(part: Compared, at: int, scan: Scan) -> Change:
    rows = part.rows
    old, new = (
        {name: table[name][place].as_py() for name in table.schema.names} if place >= 0 else None
        for table, place in ((rows.old, int(rows.old_at[at])), (rows.new, int(rows.new_at[at])))
    )
    row = new or old or {}
    document = scan.documents[rows.document[at]] if rows.document[at] >= 0 else None
    text, party_id = _about(rows.name, row, scan.versions[1 if new else 0])
    keys = keys_of(rows.name)
    shown = row.keys() - PLACE - {*keys, *IDENTITY.get(rows.name, ()), "text", "party_id"}
    return Change(
        table=rows.name,
        what=WHAT[rows.what[at]],
        causes=scan.grounds.named(int(part.causes[at])),
        path=document.path if document else row.get("path"),
        party_id=party_id,
        text=text,
        label=row.get("label"),
        old_key=tuple(old[key] for key in keys) if old else None,
        new_key=tuple(new[key] for key in keys) if new else None,
        columns=tuple(
            ColumnChange(name, old[name] if old else None, new[name] if new else None)
            for name in (
                (name for name, differs in rows.differs.items() if differs[at])
                if old and new
                else (name for name, cell in row.items() if name in shown and cell not in (None, text))
            )
        ),
    )


def _about(name: str, row: Row, version: StoredVersion) -> tuple[str | None, str | None]:
    """The text and the party_id of a row, or of the sentence or quote that it is about."""
    about: dict[str, Any] = dict(row)
    if name in ("labels", "evidence", "tokens"):
        about = {**version.row("sentences", row["sentence_id"]), **({"text": row["text"]} if name == "tokens" else {})}
    elif name == "certificates":
        about = {**version.row("quotes", row["quote_id"])}
    elif name == "passages":
        about = dict(version.row("sections", row["section_id"])) if row["section_id"] else {}
        about["text"] = version.text(row["document_id"])[row["char_start"] : row["char_end"]].strip()
    texts = (about.get(column) for column in ("text", "title", "party_as_written", "message", "name"))
    return next((text for text in texts if text), None), about.get("party_id")

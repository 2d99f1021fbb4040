"""Rows of a table in two versions → which are the same row, and in which columns they differ.

A row is first looked for by its key. Keys hold the hash of the raw file and offsets, so an edited file, or other code,
changes all keys behind the place of the edit. Rows that are left over are therefore paired a second time, by document
and text; of several with one text, the first goes with the first. What refers to a row that was paired so is
translated: `ids` has, for a table, its new keys and the old ones that they stand for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from extract.records import TABLES, columns_of
from extract.tables import keys_of

Ids = Mapping[str, tuple[pa.ChunkedArray, pa.ChunkedArray]]
"""By table, new keys and the old keys that they stand for."""

IDENTITY = {
    "documents": ("document_id",),
    "proposals": ("sentence_id",),
    "certificates": ("quote_id", "source_document_id"),
    "evidence": ("sentence_id", "kind", "source_document_id", "rank"),
}
"""What a row is known by where that is not its key, which is made of these, but cannot be translated."""

BY_TEXT = {
    "sections": ("document_id", "party_id", "party_as_written"),
    "passages": ("document_id", "text"),
    "sentences": ("document_id", "text"),
    "entities": ("sentence_id", "kind", "text"),
    "quotes": ("document_id", "text"),
    "problems": ("path", "stage", "code", "message"),
}
"""What pairs the rows that are left over, together with their order."""

PLACE = frozenset(
    ["document_id", "section_id", "passage_id", "sentence_id", "position", "page", "char_start", "char_end",
     "object_start", "object_end"]
)  # fmt: skip
"""Columns that say where a row stands. A row that differs in these alone has moved."""

_BETWEEN = "\x1f"  # cells of a key


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Rows of two tables, by rank: pairs, those that are gone, and those that were added."""

    old_at: np.ndarray  # of each pair
    new_at: np.ndarray
    gone: np.ndarray
    added: np.ndarray
    differs: Mapping[str, np.ndarray]  # by column that is no place, which pairs differ in it
    moved: np.ndarray  # which pairs have another key or place
    translated: pa.Table  # the new rows, that refer to old keys where they can


def pair_rows(
    name: str, old: pa.Table, new: pa.Table, *, ids: Ids, texts: Callable[[pa.Table, bool], pa.Array]
) -> Paired:
    """Pair the rows of a table; columns that only one version has are not compared.

    `texts` gives the texts of rows that have none of their own, of the old version where its second argument is true.
    """
    translated = _translated(name, new, ids)
    identity = IDENTITY.get(name) or keys_of(name)
    at = _places(_joined(translated, identity), among=_joined(old, identity))
    if by := BY_TEXT.get(name):
        _pair_by_text(at, old, translated, by, texts)
    new_at = np.flatnonzero(at >= 0)
    old_at = at[new_at]
    gone = np.ones(old.num_rows, bool)
    gone[old_at] = False
    common = [column for column in new.schema.names if column in old.schema.names]
    places = PLACE - set(identity) | set(keys_of(name))
    return Paired(
        old_at=old_at,
        new_at=new_at,
        gone=np.flatnonzero(gone),
        added=np.flatnonzero(at < 0),
        differs={
            column: found
            for column in common
            if column not in places and column not in identity
            and (found := _differ(old[column].take(old_at), translated[column].take(new_at))).any()
        },
        moved=np.logical_or.reduce([
            _differ(old[column].take(old_at), new[column].take(new_at)) for column in common if column in places
        ]),
        translated=translated,
    )  # fmt: skip


def _pair_by_text(
    at: np.ndarray, old: pa.Table, new: pa.Table, by: Sequence[str], texts: Callable[[pa.Table, bool], pa.Array]
) -> None:
    """Pair what is left over, in place."""
    left_new = np.flatnonzero(at < 0)
    left_old = np.setdiff1d(np.arange(old.num_rows), at)
    if not (len(left_new) and len(left_old)):
        return
    rows = {True: old.take(left_old), False: new.take(left_new)}
    for is_old, table in rows.items():
        if "text" in by and "text" not in table.schema.names:
            rows[is_old] = table.append_column("text", texts(table, is_old))
    found = _places(_ranked(_joined(rows[False], by)), among=_ranked(_joined(rows[True], by)))
    at[left_new[found >= 0]] = left_old[found[found >= 0]]


def _translated(name: str, rows: pa.Table, ids: Ids) -> pa.Table:
    for column in columns_of(TABLES[name]):
        table = "documents" if column.name == "document_id" else column.references or ""  # also in documents itself
        if rows.num_rows and table in ids and column.name in rows.schema.names:
            new, old = ids[table]
            cells = rows[column.name]
            found = old.take(pc.index_in(cells, value_set=new))
            rows = rows.set_column(rows.schema.get_field_index(column.name), column.name, pc.coalesce(found, cells))
    return rows


def _joined(rows: pa.Table, columns: Sequence[str]) -> pa.Array:
    """The cells of some columns as one text for each row."""
    cells = [rows[column].cast(pa.string()).combine_chunks() for column in columns]
    return pc.binary_join_element_wise(*cells, _BETWEEN, null_handling="replace", null_replacement="\0")


def _ranked(texts: pa.Array) -> pa.Array:
    """Texts, each with its rank among those alike."""
    codes = texts.dictionary_encode().indices.to_numpy()
    order = np.argsort(codes, kind="stable")  # those alike together, in their order
    counts = np.bincount(codes)
    firsts = np.repeat(np.cumsum(counts) - counts, counts)  # where in that order those alike begin
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(codes)) - firsts
    return pc.binary_join_element_wise(texts, pa.array(ranks).cast(pa.string()), _BETWEEN)


def _places(texts: pa.Array, *, among: pa.Array) -> np.ndarray:
    """Where each text stands among others; -1 where it does not."""
    found = pc.fill_null(pc.index_in(texts, value_set=among), -1)
    return np.array(found.to_numpy(zero_copy_only=False), np.int64)


def _differ(some: pa.ChunkedArray, others: pa.ChunkedArray) -> np.ndarray:
    unlike = pc.fill_null(pc.not_equal(some, others), False)
    one_is_null = pc.xor(pc.is_null(some), pc.is_null(others))
    return np.asarray(pc.or_(unlike, one_is_null).to_numpy(), bool)

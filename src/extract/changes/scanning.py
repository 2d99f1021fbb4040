"""Two dataset versions → the rows that differ and their causes, table by table and some documents at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from extract.changes.attribution import ADDED, CHANGED, GONE, MOVED, Differing, Known, causes_of
from extract.changes.causes import Beside, Fact, documents_beside, grounds_of
from extract.changes.pairing import BY_TEXT, IDENTITY, Ids, Paired, pair_rows
from extract.dataset.files import UNTIMED
from extract.dataset.reader import ID_CHARACTERS, StoredVersion
from extract.problems import ManifestoError
from extract.tables import ACROSS_DOCUMENTS, keys_of

_AT_ONCE = 4_000_000  # characters of documents, in both versions together, whose rows are compared at a time
_WHOLE = ("parties", "problems")  # small tables, whose rows do not stand document by document
_ANYWHERE = (*ACROSS_DOCUMENTS, *_WHOLE)  # tables whose rows may refer to documents other than their own
_REFERRED_TO = ("passages", "sentences", "quotes")  # whose rows can move, and others refer to them
_AFTER = {
    "tokens": ("sentences",),
    "entities": ("sentences",),
    "labels": ("sentences",),
    "quotes": ("passages",),
    "proposals": ("sentences", "quotes"),
    "certificates": ("quotes",),
    "evidence": ("sentences", "quotes"),
    "problems": ("certificates",),
}
"""What must be known of other tables before rows of a table can be paired, or their causes named."""

_NO_COLUMN = {"passages": {"text"}}  # what rows are paired by though it is no column


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What differs in a table, for some documents."""

    rows: Differing
    causes: np.ndarray  # of each row, as bits
    same: np.ndarray  # rank of the document of each row that does not differ


class Scan:
    """Two versions side by side, to be gone through once."""

    def __init__(self, old: StoredVersion, new: StoredVersion) -> None:
        self.versions = (old, new)
        self.columns_apart = tuple(_columns_apart(old, new))
        self.grounds = grounds_of(old, new)
        self.documents = documents_beside(old, new, self.grounds)
        emptied = frozenset(name for name in UNTIMED if not (old.count(name) and new.count(name)))
        self._known = Known(self.documents, self.grounds, emptied)
        self._document_ids = _ids_of_edited(self.documents)
        # By table, for each chunk of documents: keys of rows that moved, new and old; and of rows that came or went
        # though their document stayed.
        self._moved: dict[str, list[tuple[pa.ChunkedArray, pa.ChunkedArray]]] = defaultdict(list)
        self._lone: dict[str, list[pa.ChunkedArray]] = defaultdict(list)

    def parts(self, tables: Collection[str]) -> Iterator[Compared]:
        """Yield what differs in some tables, and in those that must be known before, in the order of TABLES."""
        wanted = set(tables)
        for name in reversed(UNTIMED):
            wanted |= set(_AFTER.get(name, ())) if name in wanted else set()
        chunks = list(_chunks(self.documents))
        for name in UNTIMED:
            if name in wanted:
                for number, chunk in enumerate(chunks if name not in _WHOLE else [range(0)]):
                    yield self._part(name, number, chunk)

    def _part(self, name: str, number: int, chunk: range) -> Compared:
        (old, of_old), (new, of_new) = (self._rows(name, chunk, side) for side in (0, 1))
        at_hand = slice(None) if name in _ANYWHERE else slice(number, number + 1)
        paired = pair_rows(name, old, new, ids=self._ids(at_hand), texts=self._texts)
        rows, same = _differing(name, (old, new), paired, (of_old, of_new))
        if name in _REFERRED_TO:
            self._note(rows)
        lone = {table: _together(found[at_hand]) for table, found in self._lone.items()}
        return Compared(rows, causes_of(rows, self._known, lone), same)

    def _rows(self, name: str, chunk: range, side: int) -> tuple[pa.Table, np.ndarray]:
        """Rows of a table in the old or new version, and the rank of the document of each."""
        version = self.versions[side]
        if name in _WHOLE:
            rows = version.table(name).combine_chunks()
            if name == "parties":
                return rows, np.full(rows.num_rows, -1)
            names = pc.coalesce(rows["document_id"], rows["path"]).to_pylist()
            return rows, np.array([self._known.ranks.get(each, -1) for each in names], np.int64)
        documents = ((each.old, each.new)[side] for each in self.documents[chunk.start : chunk.stop])
        rows, ranks = version.rows(name, [row["document_id"] if row else "" for row in documents])
        return rows, ranks + chunk.start

    def _ids(self, chunks: slice) -> Ids:
        """What new keys stand for, of documents and in some chunks."""
        found = {table: pairs[chunks] for table, pairs in self._moved.items()} | {"documents": [self._document_ids]}
        return {
            table: (_together([new for new, _ in pairs]), _together([old for _, old in pairs]))
            for table, pairs in found.items()
        }

    def _note(self, rows: Differing) -> None:
        """Note the keys that moved, and those that have no counterpart."""
        (key,) = keys_of(rows.name)
        both = np.flatnonzero((rows.old_at >= 0) & (rows.new_at >= 0))
        new, old = rows.new[key].take(rows.new_at[both]), rows.old[key].take(rows.old_at[both])
        self._moved[rows.name].append((new, old))
        is_whole = np.array([*(each.is_whole for each in self.documents), True])[rows.document]
        lone = pa.array(np.isin(rows.what, (ADDED, GONE)) & ~is_whole)
        self._lone[rows.name].append(pa.chunked_array([rows.cells(key).filter(lone)]))

    def _texts(self, passages: pa.Table, is_old: bool) -> pa.Array:
        """What passages say; offsets are of no use for telling them where the text around them changed."""
        version = self.versions[0 if is_old else 1]
        places = zip(*(passages[name].to_pylist() for name in ("passage_id", "char_start", "char_end")), strict=True)
        return pa.array(
            [version.text(key[:ID_CHARACTERS])[start:end].strip() for key, start, end in places], pa.string()
        )


def _differing(
    name: str, tables: tuple[pa.Table, pa.Table], paired: Paired, documents: tuple[np.ndarray, np.ndarray]
) -> tuple[Differing, np.ndarray]:
    """The rows that differ, and the rank of the document of each that does not."""
    changed = np.logical_or.reduce([np.zeros(len(paired.old_at), bool), *paired.differs.values()])
    chosen = np.flatnonzero(changed | paired.moved)
    came, went = len(paired.added), len(paired.gone)
    old_at = np.concatenate([paired.old_at[chosen], np.full(came, -1), paired.gone])
    new_at = np.concatenate([paired.new_at[chosen], paired.added, np.full(went, -1)])
    of_old, of_new = (np.append(ranks, -1) for ranks in documents)  # so that -1 gives -1
    rows = Differing(
        name=name,
        old=tables[0],
        new=tables[1],
        translated=paired.translated,
        what=np.concatenate([np.where(changed[chosen], CHANGED, MOVED), np.full(came, ADDED), np.full(went, GONE)]),
        old_at=old_at,
        new_at=new_at,
        document=np.where(new_at >= 0, of_new[new_at], of_old[old_at]),
        differs={name: np.append(found[chosen], np.zeros(came + went, bool)) for name, found in paired.differs.items()},
    )
    return rows, np.delete(of_new[paired.new_at], chosen)


def _chunks(documents: Sequence[Beside]) -> Iterator[range]:
    """Ranks of documents that are compared together."""
    start = characters = 0
    for rank, each in enumerate(documents, start=1):
        characters += sum(row["characters"] for row in (each.old, each.new) if row)
        if characters >= _AT_ONCE or rank == len(documents):
            yield range(start, rank)
            start, characters = rank, 0


def _ids_of_edited(documents: Sequence[Beside]) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The new and the old document_id of each document whose bytes changed."""
    edited = [each.rows for each in documents if "sha256" in each.differs]
    old, new = (pa.chunked_array([[rows[side]["document_id"] for rows in edited]], pa.string()) for side in (0, 1))
    return new, old


def _columns_apart(old: StoredVersion, new: StoredVersion) -> Iterator[Fact]:
    """Yield the columns that only one version has, which are not compared; a table that one lacks counts as empty."""
    for name in UNTIMED:
        types = [version.columns(name) for version in (old, new)]
        needed = {*keys_of(name), *IDENTITY.get(name, ()), *BY_TEXT.get(name, ())} - _NO_COLUMN.get(name, set())
        for version, columns in zip((old, new), types, strict=True):
            if columns and not needed <= columns.keys():
                raise _other_software(version, name)
        if not all(types):
            continue
        if any(types[0][column] != types[1][column] for column in types[0].keys() & types[1].keys()):
            raise _other_software(old, name)
        apart = [", ".join(column for column in types[side] if column not in types[1 - side]) for side in (0, 1)]
        if any(apart):
            yield Fact(f"columns of {name}", apart[0] or None, apart[1] or None)


def _other_software(version: StoredVersion, name: str) -> ManifestoError:
    return ManifestoError(
        f"The table {name} of {version.folder} lacks the key columns. It was made by another "
        "version of the software; make it anew with: manifesto run"
    )


def _together(arrays: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for each in arrays for chunk in each.chunks], pa.string())

"""Two versions → what they were not made from alike, and which of it can have changed which rows.

What the rows of a document depend on is what makes a run process it anew (`pipelines/plan.py`): its bytes, what
manifestos.csv says of it, the code that makes rows (with its data files, such as the register), packages, the
language pipeline, `annotate`, and for labels and proposals the models. `runs` names the code as a whole. A run takes
rows from an earlier run only where all of that is the same. So the one row in `runs` holds for every row of its
version, whether a document was read or reused.

From there, what can have changed a row is narrowed down:

1. **By its document.** A file that only one version has explains all its rows. Other bytes under the same path may
   explain anything in the rows of that document. That manifestos.csv says something else shows in `documents`
   (source_url, licence, retrieved_on; title; election and status with the evidence "listed") and in `sections`.
2. **By its table and columns.** manifestos.csv and the name of the file decide on party, title, election and status,
   and on all else only where a digest became a manifesto or a file got another extension. A label depends on the model
   of its codebook; a proposal on labels: that it is there on statement, theme on digitalisation, policy_area on
   policy-areas. Tokens, entities that the pipeline found, and what proposals want done depend on the
   language pipeline; other entities on party and election, which say whose a name is. Of the settings, `annotate` makes
   tokens and those entities, `max_characters` keeps files out, and `expected_parties` makes Problems; what the others
   do shows in the pipeline and the models that `runs` names. Code and packages may touch anything but the register, of
   which `parties` is a copy.
3. **By what it is about.** A row about a sentence or quote that only one version has came or went with that.
4. **By other documents,** which only certificates, evidence and Problems about several files depend on. A certificate
   depends on its quote and its manifesto; whether it is the best, and whether there is none, on all manifestos for
   which the quote has a certificate.

What remains is named, all of it: where code and a model differ at once, a label changed by "code or model", and nothing
in the tables says which. `runs` names the run that first had the rows of a version. Where later code gave the same
rows, the version keeps the older code, and the next one names the later code although it changed nothing. Where nothing
remains, the cause is "unknown": a table was edited by hand, or the same input did not give the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

import pyarrow.compute as pc

from extract.dataset.reader import Row, StoredVersion

CauseKind = Literal[
    "raw text", "other raw text", "file name", "manifestos.csv", "code", "packages", "language pipeline", "setting",
    "codebook", "model", "register", "unknown",
]  # fmt: skip

_KINDS = get_args(CauseKind)
_BEARING = frozenset(["party_id", "kind", "election", "status"])  # columns of documents that other tables rest on
_LISTED = ("source_url", "licence", "retrieved_on")  # columns copied from manifestos.csv, which is their only source
_SHOWN = 12  # hex digits of a hash


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that can have changed rows; `detail` names the model or codebook, or says what became of the file."""

    kind: CauseKind
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that two versions were not made from alike; None where a version has nothing of the kind."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A document in two versions, or in one, and what may have changed its rows, as bits."""

    old: Row | None
    new: Row | None
    differs: frozenset[str] = frozenset()  # columns of its row in documents, without its id
    own: int = 0  # may have changed any row of it
    bytes: int = 0  # of these, that its bytes are others, or that it came or went
    elsewhere: int = 0  # the same, as it is named for rows of other documents that rest on this one
    facts: int = 0  # may have changed whose it is: party, election, status

    @property
    def rows(self) -> list[Row]:
        """Its rows in documents, the old one first."""
        return [row for row in (self.old, self.new) if row]

    @property
    def path(self) -> str:
        """Its path, the new one where there are two."""
        return str(self.rows[-1]["path"])

    @property
    def is_whole(self) -> bool:
        """Whether it is in one version only, so that all its rows came or went with it."""
        return self.old is None or self.new is None


@dataclass(slots=True)
class Grounds:
    """What differs between two versions. Causes are numbered as they are met; a set of causes is a number of bits."""

    facts: tuple[Fact, ...]
    models: frozenset[str] = frozenset()  # codebooks whose model differs
    codebooks: frozenset[str] = frozenset()  # those that only one version has
    met: list[Cause] = field(default_factory=list)

    def bit(self, kind: CauseKind, detail: str | None = None) -> int:
        """The bit of a cause."""
        cause = Cause(kind, detail)
        if cause not in self.met:
            self.met.append(cause)
        return 1 << self.met.index(cause)

    def among(self, *kinds: CauseKind) -> int:
        """The bits of those of some causes, which `runs` names, that differ."""
        there = {_KIND_OF.get(fact.name, "packages" if fact.name.startswith("package ") else None)
                 for fact in self.facts}  # fmt: skip
        return sum(self.bit(kind) for kind in kinds if kind in there)

    def of_codebook(self, codebook: str | None) -> int:
        """The bit of a codebook that was added or left out, or of its model if that differs."""
        if codebook is not None and codebook in self.codebooks:
            return self.bit("codebook", codebook)
        return self.bit("model", codebook) if codebook in self.models else 0

    def named(self, bits: int) -> tuple[Cause, ...]:
        """The causes of some bits."""
        found = [cause for rank, cause in enumerate(self.met) if bits >> rank & 1]
        found.sort(key=lambda cause: (_KINDS.index(cause.kind), cause.detail or ""))
        return tuple(found) or (Cause("unknown"),)


_KIND_OF: dict[str, CauseKind] = {"code": "code", "language pipeline": "language pipeline", "settings": "setting"}


def grounds_of(old: StoredVersion, new: StoredVersion) -> Grounds:
    """What the rows of `runs` say that differs."""
    runs: list[dict[str, Any]] = [next(iter(version.table("runs").to_pylist()), {}) for version in (old, new)]
    models = [_by_name(run.get("models"), "@") for run in runs]
    facts = [
        Fact(name, *values)
        for name, column in (("code", "code_version"), ("language pipeline", "language_pipeline"))
        if (values := [run.get(column) for run in runs])[0] != values[1]
    ]
    settings = [run.get("settings_sha256", "")[:_SHOWN] or None for run in runs]
    if settings[0] != settings[1]:
        facts.append(Fact("settings", *settings))
    for codebook in sorted(models[0].keys() | models[1].keys()):
        ids = [each.get(codebook) for each in models]
        if ids[0] != ids[1]:
            facts.append(Fact(f"{'model' if all(ids) else 'codebook'} {codebook}", *ids))
    packages = [_by_name(run.get("packages"), "==") for run in runs]
    for package in sorted(packages[0].keys() | packages[1].keys()):
        versions = [each.get(package) for each in packages]
        if versions[0] != versions[1]:
            facts.append(Fact(f"package {package}", *versions))
    return Grounds(
        facts=tuple(facts),
        models=frozenset(name for name in models[0].keys() & models[1].keys() if models[0][name] != models[1][name]),
        codebooks=frozenset(models[0].keys() ^ models[1].keys()),
    )


def documents_beside(old: StoredVersion, new: StoredVersion, grounds: Grounds) -> list[Beside]:
    """The documents of two versions side by side, by content, else by path; in the order of their paths."""
    documents = [version.table("documents").to_pylist() for version in (old, new)]
    by_id = {row["document_id"]: row for row in documents[0]}
    by_path = {row["path"]: row for row in documents[0]}
    kept = by_id.keys() & {row["document_id"] for row in documents[1]}
    pairs: list[tuple[Row | None, Row | None]] = []
    met: set[str] = set()
    for row in documents[1]:
        same = by_id.get(row["document_id"])
        other = by_path.get(row["path"])
        before = same or (other if other and other["document_id"] not in kept else None)
        met |= {before["document_id"]} if before else set()
        pairs.append((before, row))
    pairs += [(row, None) for row in documents[0] if row["document_id"] not in met]
    pairs.sort(key=lambda pair: str((pair[1] or pair[0] or {})["path"]))
    failed = [_failed(version) for version in (old, new)]
    listed = [_listed_parties(version) for version in (old, new)]
    return [
        _in_both(before, after, listed, grounds) if before and after else _in_one(before, after, failed, grounds)
        for before, after in pairs
    ]


def of_document_column(column: str, each: Beside, grounds: Grounds) -> int:
    """What can have changed a cell of a document's row, as bits."""
    if column in ("sha256", "bytes"):
        return each.bytes
    if column == "path":
        return grounds.bit("file name")
    if column == "title":
        is_listed = any(row["title"] != PurePosixPath(row["path"]).stem for row in each.rows)
        return grounds.bit("manifestos.csv" if is_listed else "file name")
    if column in _LISTED or (column.startswith(("election", "status")) and _is_listed(column, each)):
        return grounds.bit("manifestos.csv")
    if column.startswith(("election", "status")):
        return each.own | (grounds.bit("file name") if "path" in each.differs else 0)
    return each.own | each.facts if column in ("party_id", "kind") else each.own


def _in_both(old: Row, new: Row, listed: Sequence[Mapping[str, str | None]], grounds: Grounds) -> Beside:
    differs = frozenset(name for name in old.keys() & new.keys() if old[name] != new[name]) - {"document_id"}
    edited, elsewhere = (
        grounds.bit(kind, "edited") if "sha256" in differs else 0 for kind in ("raw text", "other raw text")
    )
    other_party = listed[0].get(old["document_id"]) != listed[1].get(new["document_id"])
    facts = 0
    if differs & _BEARING or other_party:
        beside = Beside(old, new)
        is_listed = any(column in differs and _is_listed(column, beside) for column in ("election", "status"))
        facts |= grounds.bit("manifestos.csv") if is_listed or other_party else 0
        facts |= grounds.bit("file name") if "path" in differs else 0
    own = edited | grounds.among("code", "packages")
    if "kind" in differs:
        own |= facts
    if PurePosixPath(old["path"]).suffix != PurePosixPath(new["path"]).suffix:
        own |= grounds.bit("file name")
    return Beside(old, new, differs, own=own, bytes=edited, facts=facts, elsewhere=elsewhere)


def _in_one(old: Row | None, new: Row | None, failed: Sequence[Mapping[str, str]], grounds: Grounds) -> Beside:
    """A document that only one version has. If the other could not read its file, anything may have changed that."""
    path = (new or old or {})["path"]
    code = failed[0 if old is None else 1].get(path)
    if code is None:
        detail = "file added" if old is None else "file removed"
        own = grounds.bit("raw text", detail)
        return Beside(old, new, own=own, bytes=own, elsewhere=grounds.bit("other raw text", detail))
    detail = f"{'could not be read before' if old is None else 'cannot be read any more'}: {code}"
    others = grounds.among("code", "packages", *(("setting",) if code == "too-long" else ()))
    own = grounds.bit("raw text", detail)
    return Beside(old, new, own=own | others, bytes=own, elsewhere=grounds.bit("other raw text", detail) | others)


def _is_listed(column: str, each: Beside) -> bool:
    """Whether manifestos.csv gives, or gave, the election or status of a document."""
    return "listed" in [row.get(f"{column.removesuffix('_evidence')}_evidence") for row in each.rows]


def _failed(version: StoredVersion) -> dict[str, str]:
    """The code of the Problem for which a file gave no document, by path."""
    rows = version.table("problems").to_pylist()
    return {row["path"]: row["code"] for row in rows if row["severity"] == "error" and row["document_id"] is None}


def _listed_parties(version: StoredVersion) -> dict[str, str | None]:
    """The party that manifestos.csv names, by document_id."""
    if not {"evidence", "party_as_written"} <= set(version.columns("sections")):
        return {}
    rows = version.table("sections", ["document_id", "party_as_written", "evidence"])
    chosen = rows.filter(pc.equal(rows["evidence"], "listed"))
    return dict(zip(chosen["document_id"].to_pylist(), chosen["party_as_written"].to_pylist(), strict=True))


def _by_name(listed: str | None, mark: str) -> dict[str, str]:
    """What is listed with | between, by the part before a mark."""
    return {each.partition(mark)[0]: each.partition(mark)[2] or each for each in (listed or "").split("|") if each}

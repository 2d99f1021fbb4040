"""A dataset version → `report.html`: a page that leads from figures to sentences, and from each to its place.

One file without a request to anywhere: it opens from disk. Its parts are `assets/`: the page (Jinja2), its style, its
words in Dutch and English, and its script, which is many files there and one here. Documents travel packed
(`packing.py`) and are unpacked where the page is opened.
"""

import base64
import csv
import functools
import hashlib
import importlib.resources
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from extract.changes.comparing import Changes
from extract.dataset.files import REPORT
from extract.dataset.reader import StoredVersion
from extract.labels.codebooks import Codebook
from extract.provenance import code_version
from extract.report.counts import NO_SOURCE, UNCERTAIN, Counts, party_of
from extract.report.documents import COMMITMENT_COLUMNS, Row, read_documents
from extract.report.figures import LANGUAGES, Words, coverage_chart, figure_of, key_of, quotes_chart, statuses_of
from extract.report.packing import packed
from extract.report.positions import positions_figures
from extract.verification.statuses import VERIFIED

_HEAD = 1_000  # characters in which the page says what made it
_MOST_PROBLEMS = 500  # shown; the rest is in the table
_ID = re.compile(r"(?P<document>[0-9a-f]{16})\.(?P<table>\w+)\.(?P<place>\d+-\d+)")
_INDEXED = ("path", "kind", "election", "status", "sha256", "source_url", "characters")  # columns of documents
# Files of the script, in this order: the first holds what all use, the last begins.
_SCRIPTS = ("state", "words", "documents", "filters", "search", "names", "hits", "reader", "citation", "download",
            "address", "figures", "begin")  # fmt: skip


def write_report(folder: Path, codebooks: Sequence[Codebook], *, version: str, changes: Changes | None = None) -> None:
    """Write the report of a dataset version into its folder.

    `codebooks` give labels their names; `changes` is what is other than in the version before.
    """
    counts = Counts()
    with closing(StoredVersion(folder)) as stored, TemporaryFile(dir=folder.parent) as blocks:
        documents = stored.table("documents").to_pylist()
        parties = _parties(stored)
        ranks = {each["document_id"]: rank for rank, each in enumerate(documents)}
        party_ranks = {party: rank for rank, party in enumerate(parties)}
        for rank, contents in enumerate(read_documents(stored)):
            counts.add(contents)
            block = packed(contents, parties=party_ranks, documents=ranks)
            blocks.write(f'<script type="text/plain" id="document-{rank}">{block}</script>\n'.encode())
        blocks.seek(0)
        with (folder / REPORT).open("wb") as page:
            head = _head(stored, version, counts, documents, parties, codebooks, changes)
            page.write(head.encode("utf-8", "replace"))
            shutil.copyfileobj(blocks, page)
            page.write(f"<script>{_script()}</script>\n</body>\n</html>\n".encode())


def is_of_this_code(folder: Path) -> bool:
    """Whether the report of a version was made by the code that runs: other code may show the same rows otherwise."""
    try:
        with (folder / REPORT).open(encoding="utf-8") as page:
            return f'content="Manifesto Extract {code_version()}"' in page.read(_HEAD)
    except (OSError, UnicodeDecodeError):
        return False


def _parties(stored: StoredVersion) -> dict[str, str]:
    """The name of each party that a section is of, by what `party_of` calls it; empty where nobody is named."""
    registered = {each["party_id"]: each["name"] for each in stored.table("parties").to_pylist()}
    names = {
        party_of(each): registered.get(each["party_id"]) or each["party_as_written"] or ""
        for each in stored.table("sections").to_pylist()
    }
    return names | {party_of(None): ""}


def _head(
    stored: StoredVersion, version: str, counts: Counts, documents: Sequence[Row], parties: Mapping[str, str],
    codebooks: Sequence[Codebook], changes: Changes | None,
) -> str:  # fmt: skip
    """The page up to the documents."""
    words = _words(codebooks)
    books = [book for book in codebooks if book.id in counts.labels]
    positions = stored.table("positions").to_pylist()
    there = counts.parties
    shown: list[dict[str, Any]] = [
        {"id": party, "rank": rank, "name": name}
        for rank, (party, name) in enumerate(parties.items())
        if party in there
    ]
    problems = stored.table("problems").to_pylist()
    readings = {each["document_id"]: each for each in stored.table("readings").to_pylist()}
    script = hashlib.sha256(_script().encode("utf-8")).digest()
    return _template().render(
        version=version,
        code=code_version(),
        words=words,
        style=_part("page.css"),
        script_hash=base64.b64encode(script).decode("ascii"),
        tiles={
            "documents": len(documents),
            "parties": sum(not each["id"].startswith(UNCERTAIN) for each in shown),
            "sentences": counts.sentences.total() + counts.headings.total(),
            "proposals": counts.proposals.total(),
            "quotes": counts.quotes.total(),
            "verified": counts.quotes_with(VERIFIED),
            "unchecked": counts.quotes_with({NO_SOURCE}),
            "problems": len(problems),
        },
        parties=sorted(shown, key=lambda each: (each["id"].startswith(UNCERTAIN), each["name"].casefold())),
        elections=[each for each in counts.elections if each],
        kinds=counts.kinds,
        books=[{"key": key_of(book.id), "labels": book.labels} for book in books],
        statuses=statuses_of(counts),
        # Of a codebook with domains the positions show what a table of 56 columns would not.
        figures=[figure_of(book, counts, parties, words) for book in books if not book.domains],
        positions=positions_figures(positions, documents, parties, words),
        quotes_chart=quotes_chart(counts, parties, words),
        coverage_chart=coverage_chart(counts, documents, words),
        documents=sorted(
            (
                each | {"party": parties.get(each["party_id"], ""), "reading": readings.get(each["document_id"])}
                for each in documents
            ),
            key=lambda each: each["path"].casefold(),
        ),
        problems=[each | {"place": _place(each)} for each in problems[:_MOST_PROBLEMS]],
        problems_left=max(0, len(problems) - _MOST_PROBLEMS),
        changes=changes,
        addresses=[_address(each.new_key) for each in changes.examples] if changes else [],
        index=_index(version, words, counts, documents, parties, books),
    )


def _index(
    version: str, words: Words, counts: Counts, documents: Sequence[Row], parties: Mapping[str, str],
    books: Sequence[Codebook],
) -> str:  # fmt: skip
    """What the page's script starts from, as JSON that can stand in a script block."""
    party_rank = {party: rank for rank, party in enumerate(parties)}
    place_rank = {place: rank for rank, place in enumerate(counts.sentences)}
    index = {
        "version": version,
        "words": words,
        "kinds": counts.kinds,
        "elections": [each for each in counts.elections if each],
        "nowhere": party_rank[party_of(None)],
        "commitment_columns": COMMITMENT_COLUMNS,
        "codebooks": [{"id": book.id, "key": key_of(book.id), "nothing": book.nothing} for book in books],
        "parties": [{"id": party, "name": name} for party, name in parties.items()],
        "documents": [
            {"id": each["document_id"], "name": _name(each, parties)} | {column: each[column] for column in _INDEXED}
            for each in documents
        ],
        "places": [[party_rank[party], *whence] for party, *whence in place_rank],
        "models": counts.models,
        "sentences": [[place_rank[place], count] for place, count in counts.sentences.items()],
        "labels": {
            book.id: [[place_rank[place], label, count] for (place, label), count in counts.labels[book.id].items()]
            for book in books
        },
    }
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _name(document: Row, parties: Mapping[str, str]) -> str:
    """What a document is called: its title, or where that is but the file's name, its party and election."""
    known = [each for each in (parties.get(document["party_id"], ""), document["election"]) if each]
    is_titled = document["title"] and document["title"] != PurePosixPath(document["path"]).stem
    return str(document["title"]) if is_titled or not known else ", ".join(known)


def _words(codebooks: Sequence[Codebook]) -> dict[str, dict[str, str]]:
    """The page's words by key and language, with the names of labels, and of codebooks that come with none."""
    rows = csv.DictReader(_part("words.csv").splitlines())
    words = {row["key"]: {language: row[language] for language in LANGUAGES} for row in rows}
    for book in codebooks:
        key = key_of(book.id)
        for what in ("title", "book"):
            words.setdefault(f"{key}-{what}", dict.fromkeys(LANGUAGES, book.id))
        words.setdefault(f"{key}-how", words["other-how"])
        for label in book.labels:
            words[f"{key}:{label}"] = {"nl": book.names[label], "en": book.english[label]}
        words[f"{key}:{UNCERTAIN}"] = words["uncertain"]
    return words


def _address(key: Sequence[object] | None) -> str | None:
    """The address of the characters that a row is about, which its id tells: that of a sentence where it is one."""
    found = _ID.match(str(key[0])) if key else None
    if not found:
        return None
    what = "sen" if found["table"] in ("sen", "pro") else "at"
    return f"{found['document']}.{what}.{found['place']}"


def _place(problem: Row) -> str | None:
    """The address of the characters that a Problem concerns."""
    if problem["document_id"] is None or problem["char_start"] is None:
        return None
    end = problem["char_end"] if problem["char_end"] is not None else problem["char_start"] + 1
    return f"{problem['document_id']}.at.{problem['char_start']}-{end}"


@functools.cache
def _template() -> Template:
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return page.from_string(_part("page.html"))


def _script() -> str:
    return "\n".join(_part(f"{name}.js") for name in _SCRIPTS)


def _part(name: str) -> str:
    return (importlib.resources.files("extract.report") / "assets" / name).read_text(encoding="utf-8")

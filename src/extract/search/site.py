"""A dataset version → Datasette, which shows it in a browser: what it holds in words, its named queries, and facets."""

import collections
import itertools
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from datasette.app import Datasette
from datasette.plugins import pm
from markupsafe import Markup

from extract.dataset.database import read_database
from extract.dataset.dictionary import meaning
from extract.dataset.files import UNTIMED, require_dataset
from extract.problems import ManifestoError
from extract.records import TABLES, THEMES, columns_of, sha256_of
from extract.search import plugin, site_limits
from extract.search.named_queries import NamedQuery, named_queries
from extract.search.plugin import DATABASE, add_functions
from extract.verification.statuses import VERIFIED

_TELLS_ALL = "datasette.handle_exception"  # prints a stack trace of whatever is asked wrong
_Values = tuple[Sequence[str], Sequence[tuple[Any, ...]]]  # names of columns, and rows

_LABELS = {  # what is shown of the row that an id names
    "documents": "title", "parties": "name", "sections": "party_as_written", "passages": "kind", "sentences": "text",
    "quotes": "text",
}  # fmt: skip
_SORTED = {
    "documents": "path", "parties": "name", "occasions": "path",
    "sections": "position", "passages": "position", "sentences": "position",
    "entities": "char_start", "quotes": "char_start", "proposals": "char_start", "certificates": "status",
    "readings": "sentence_f1", "problems": "severity",
}  # fmt: skip
_FACETS = {
    "documents": ("kind", "party_id", "election", "status"),
    "occasions": ("document_id", "party_id", "election", "status"),
    "sections": ("document_id", "party_id", "evidence"),
    "passages": ("document_id", "kind"),
    "sentences": ("document_id", "party_id"),
    "tokens": ("document_id", "pos", "dependency"),
    "entities": ("document_id", "party_id", "kind", "name"),
    "labels": ("codebook", "label", "abstained"),
    "quotes": ("document_id", "party_id", "kind"),
    "proposals": ("document_id", "party_id", "theme", "policy_area", "action", "polarity", "actor", "direction"),
    "certificates": ("best", "status", "match", "source_document_id"),
    "evidence": ("kind",),
    "readings": ("grade", "doubts"),
    "problems": ("severity", "code", "stage", "path"),
}
_VALUES = {  # of a parameter, and of those that it goes with: what there is to choose from
    "action": "SELECT action FROM proposals WHERE action IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 40",
    "actor": "SELECT DISTINCT actor FROM proposals WHERE actor IS NOT NULL ORDER BY 1",
    "codebook": "SELECT DISTINCT codebook FROM labels ORDER BY 1",
    "direction": "SELECT DISTINCT direction FROM proposals WHERE direction IS NOT NULL ORDER BY 1",
    "election": "SELECT DISTINCT election FROM documents WHERE election IS NOT NULL ORDER BY 1 DESC",
    "kind": "SELECT DISTINCT kind FROM entities ORDER BY 1",
    "label": "SELECT DISTINCT codebook, label FROM labels ORDER BY 1, 2",
    "party": "SELECT name AS party FROM parties WHERE party_id IN (SELECT party_id FROM sections) ORDER BY 1",
    "polarity": "SELECT DISTINCT polarity FROM proposals WHERE polarity IS NOT NULL ORDER BY 1 DESC",
    "severity": "SELECT DISTINCT severity FROM problems ORDER BY 1",
    "status": "SELECT DISTINCT status FROM certificates "
    f"WHERE best AND status NOT IN {tuple(sorted(VERIFIED))} ORDER BY 1",
    "theme": f"SELECT DISTINCT label AS theme FROM labels WHERE codebook = '{THEMES}' ORDER BY 1",
}
_ABOUT = (
    "Sentences, quotes and proposals of Dutch party texts. Each row with a text can be traced: it is the characters "
    "char_start to char_end of texts/<document_id>.txt. Labels come from classifiers; where abstained is 1, do not "
    "count them. Search finds Dutch word forms and compounds; words in quotes are searched for as they are typed."
)


def site_of(folder: Path) -> Datasette:
    """Datasette on the database of a version, which it only reads.

    Named queries that do not fit the database, which an earlier release made, are left out, and the description says
    which. A folder without a database that can be read raises a ManifestoError.
    """
    require_dataset(folder)
    file = folder / "dataset.sqlite"
    try:
        with closing(read_database(folder)) as connection:
            add_functions(connection)
            counts = {name: _count(name, connection) for name in UNTIMED if _columns(name, connection)}
            metadata = _metadata(folder.resolve().name, connection)
    except sqlite3.Error as error:
        raise ManifestoError(f"{file} cannot be read ({error}). manifesto check says what is wrong with it.") from error
    for each in (plugin, site_limits):
        if not pm.is_registered(each):
            pm.register(each)
    if pm.has_plugin(_TELLS_ALL):
        pm.unregister(name=_TELLS_ALL)
    # Datasette only takes a colour from the hash. Counts it would make within milliseconds, or not at all.
    known = {"hash": sha256_of(folder.name), "size": file.stat().st_size,
             "tables": {name: {"count": count} for name, count in counts.items()}}  # fmt: skip
    path = quote(file.as_posix())  # Datasette makes it part of a URI as it is
    return Datasette(
        immutables=[path],
        metadata=metadata,
        settings=site_limits.SETTINGS,
        inspect_data={DATABASE: known},
        static_mounts=[("site", str(Path(__file__).parent / "assets"))],
    )


def _metadata(version: str, connection: sqlite3.Connection) -> dict[str, Any]:
    fitting = [query for query in named_queries() if _fits(query.sql, connection)]
    left_out = ", ".join(query.title for query in named_queries() if query not in fitting)
    about = f"{_ABOUT} Left out, as this version was made by an earlier release: {left_out}." if left_out else _ABOUT
    title = f"Manifesto Extract dataset {version}"
    chosen = {name: connection.execute(sql) for name, sql in _VALUES.items() if _fits(sql, connection)}
    values = {name: ([each[0] for each in cursor.description], cursor.fetchall()) for name, cursor in chosen.items()}
    described = {
        "title": title,
        "description": about,
        "tables": {name: _table(name, _columns(name, connection)) for name in UNTIMED},
        "queries": {query.name: _described(query, values) for query in fitting},
    }
    files = {"extra_css_urls": ["/site/site.css"], "extra_js_urls": ["/site/site.js"]}
    return {"title": title, "description": about, **files, "databases": {DATABASE: described}}


def _table(name: str, columns: set[str]) -> dict[str, Any]:
    """What Datasette shows of a table, as far as the version has its columns."""
    record = TABLES[name]
    found: dict[str, Any] = {
        "title": name.capitalize(),
        "description": " ".join((record.__doc__ or "").split()),
        "columns": {column.name: meaning(column) for column in columns_of(record) if column.name in columns},
        "facets": [column for column in _FACETS.get(name, ()) if column in columns],
    }
    for key, chosen in (("sort", _SORTED), ("label_column", _LABELS)):
        if chosen.get(name) in columns:
            found[key] = chosen[name]
    return found


def _described(query: NamedQuery, values: Mapping[str, _Values]) -> dict[str, Any]:
    parameters = Markup().join(
        Markup("<li><strong>{}</strong>: {}{}</li>").format(name, explained, _choice(name, values))
        for name, explained in query.parameters.items()
    )
    return {
        "title": query.title,
        "description": query.description,  # shown where queries are listed
        "description_html": str(Markup("<p>{}</p><ul class='bullets'>{}</ul>").format(query.description, parameters)),
        "params": list(query.parameters),
        "hide_sql": True,
        "sql": query.sql,
    }


def _choice(parameter: str, values: Mapping[str, _Values]) -> Markup:
    """Links that give a parameter each value that there is in the database."""
    names, rows = values.get(parameter.removeprefix("other_"), ((), ()))
    shown = Markup()
    for above, group in itertools.groupby(rows, key=lambda row: row[:-1]):
        queries = ((urlencode(dict(zip((*names[:-1], parameter), row, strict=True))), row[-1]) for row in group)
        links = Markup(" · ").join(Markup("<a href='?{}'>{}</a>").format(*each) for each in queries)
        shown += Markup("<br>{}{}").format("".join(f"{each}: " for each in above), links)
    return shown


def _fits(sql: str, connection: sqlite3.Connection) -> bool:
    try:
        connection.execute(f"EXPLAIN {sql}", collections.defaultdict(str))
    except sqlite3.OperationalError:
        return False
    return True


def _count(table: str, connection: sqlite3.Connection) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


def _columns(table: str, connection: sqlite3.Connection) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}

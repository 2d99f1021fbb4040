"""What may be asked of a dataset that is shown: SQL that reads, addresses and answers of a size, no place on the disk.

Datasette sees to some of it, with the settings here. The rest is told to SQLite, or stands before and behind Datasette.
This module is also the plugin that does the latter.
"""

import csv
import io
import logging
import sqlite3
import weakref
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError
from markupsafe import Markup

from extract.spreadsheets import guarded

_Scope = MutableMapping[str, Any]
_App = Callable[[_Scope, Any, Any], Awaitable[None]]

SETTINGS = {
    "allow_download": False,  # who sees this has the file
    "default_facet_size": 50,  # more than a codebook has labels
    "facet_time_limit_ms": 2_000,
    "max_returned_rows": 5_000,
    "sql_time_limit_ms": 10_000,  # one person waits, and nobody else
    "suggest_facets": False,  # those worth having are there
}
MOST_WORDS = 1_000
"""Characters of words that are sought: how long that takes grows with them, by 8 s for each million."""

_MOST_ADDRESS = 8_000  # bytes; the longest named query, edited, is 3,000
_MOST_FACETS = 10  # of an address; each may take its two seconds
_MOST_RESULT = 16_000_000  # bytes of texts in the result of a query; those of 5,000 sentences are 1,000,000
_MOST_HEAP = 512_000_000  # bytes that SQLite takes in all; named queries take some 30,000,000
_LENGTHS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,  # bytes of a text, stored or made
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,  # Datasette asks for the labels of 5,000 keys in 25,000
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
# That Datasette opens the file as immutable keeps SQL from writing to it; this keeps it from what is elsewhere.
_ELSEWHERE = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_VTABLE}
_KEPT_FROM = {"edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"}  # functions that some builds have
_PRAGMAS = {  # that tell of the tables; database_list tells of the disk
    "data_version", "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo", "page_count",
    "page_size", "schema_version", "table_info", "table_list", "table_xinfo",
}  # fmt: skip
_SERVED = "/-/static"  # of what Datasette has below /-/: the rest tells of the machine, or is for many users

_log = logging.getLogger(__name__)


def limit(connection: sqlite3.Connection) -> None:
    """Have a connection see its own tables and nothing else, and stop at what is too long or too much."""
    for each, most in _LENGTHS.items():
        connection.setlimit(each, most)
    connection.execute(f"PRAGMA hard_heap_limit = {_MOST_HEAP}")
    connection.row_factory = _counted()
    connection.set_authorizer(_allowed)


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in _ELSEWHERE or (action == sqlite3.SQLITE_FUNCTION and str(second).lower() in _KEPT_FROM):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and str(first).lower() not in _PRAGMAS:
        return sqlite3.SQLITE_IGNORE  # Datasette asks for one of them, and takes nothing for an answer
    return sqlite3.SQLITE_OK


def _counted() -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """A row factory that stops a query when its rows are too much for memory."""
    sizes: weakref.WeakKeyDictionary[sqlite3.Cursor, int] = weakref.WeakKeyDictionary()

    def row_of(cursor: sqlite3.Cursor, cells: tuple[Any, ...]) -> sqlite3.Row:
        size = sum(len(cell) for cell in cells if isinstance(cell, str | bytes))
        sizes[cursor] = sizes.get(cursor, 0) + size
        if sizes[cursor] > _MOST_RESULT:
            raise sqlite3.OperationalError(f"the rows hold more than {_MOST_RESULT:,} bytes; ask for fewer")
        return sqlite3.Row(cursor, cells)

    return row_of


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[_App], _App]:
    """Have Datasette asked for tables and queries alone, in addresses of a size, and give CSV without formulas."""
    csv.field_size_limit(_MOST_RESULT)  # or it would not read a long cell

    def wrap(app: _App) -> _App:
        async def limited(scope: _Scope, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif refusal := _refusal(scope):
                await refusal.asgi_send(send)
            else:
                is_csv = str(scope["path"]).endswith(".csv")
                await app(scope, receive, _without_formulas(send) if is_csv else send)

        return limited

    return wrap


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Awaitable[Response]:
    """Say what was asked wrong, and of any other error nothing: it may name places on this machine."""

    async def answer() -> Response:
        status, said, title = _said(exception)
        told = {"ok": False, "error": said, "status": status, "title": title}
        if request.path.endswith(".json"):
            return Response.json(told, status=status)
        page = datasette.jinja_env.select_template([f"{status}.html", "error.html"])
        known = {"urls": datasette.urls, "app_css_hash": datasette.app_css_hash(), "menu_links": list}
        return Response.html(await page.render_async(told | known), status=status)

    return answer()


def _said(exception: Exception) -> tuple[int, str, str | None]:
    """Status, message and title of an error."""
    if isinstance(exception, DatasetteError):
        said = Markup(exception.message) if exception.message_is_html else exception.message
        return exception.status, said, exception.title
    if isinstance(exception, Base400):
        return exception.status, str(exception), None
    if isinstance(exception, MemoryError):
        return 400, f"This needs more than the {_MOST_HEAP:,} bytes of memory that there are for it.", "Too much"
    _log.error("What was asked failed: %s", type(exception).__name__)
    _log.debug("It came from here:", exc_info=exception)
    return 500, "This could not be shown.", None


def _refusal(scope: _Scope) -> Response | None:
    path, query = str(scope["path"]), bytes(scope["query_string"])
    if path.startswith("/-/") and not path.startswith(_SERVED):
        return Response.text("There is no such page.", status=404)
    if len(path) + len(query) > _MOST_ADDRESS:
        return Response.text(f"The address is longer than {_MOST_ADDRESS:,} characters.", status=414)
    if sum(name.startswith("_facet") for name, _ in parse_qsl(query.decode("latin-1"))) > _MOST_FACETS:
        return Response.text(f"There can be {_MOST_FACETS} facets at most.", status=400)
    return None


def _without_formulas(send: Any) -> Any:
    """A `send` that guards the cells of CSV, which Datasette sends row by row; an error is a page."""
    is_rows = False

    async def guarding(message: MutableMapping[str, Any]) -> None:
        nonlocal is_rows
        if message["type"] == "http.response.start":
            is_rows = message["status"] == 200
        elif is_rows and message.get("body"):
            message = {**message, "body": _guarded_rows(message["body"])}
        await send(message)

    return guarding


def _guarded_rows(body: bytes) -> bytes:
    out = io.StringIO(newline="")
    rows: Iterable[list[str]] = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    csv.writer(out).writerows([_guarded_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def _guarded_cell(cell: str) -> str:
    try:
        float(cell)  # a number may be below zero
    except ValueError:
        return guarded(cell)
    return cell

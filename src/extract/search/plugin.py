"""The plugin that tells Datasette what a cell with an id shows, and how words are sought; `site.py` registers it."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_encode
from markupsafe import Markup

from extract.dataset.files import UNTIMED
from extract.records import TABLES, columns_of
from extract.search import site_limits
from extract.search.doorkeeper import App, Receive, Scope, Send
from extract.search.full_text import dutch

DATABASE = "dataset"
"""What Datasette calls the database, after its file."""

# The table in which an id of this name is the key.
_TABLE_OF = {
    column.name: column.references or name
    for name in UNTIMED
    for column in columns_of(TABLES[name])
    if column.references or (column.key and column.name.endswith("_id"))
}


def add_functions(connection: sqlite3.Connection) -> None:
    """Have SQL know the function `dutch`, also by the name under which Datasette calls it."""
    for name in ("dutch", "escape_fts"):
        connection.create_function(name, 1, lambda words: dutch(str(words)[: site_limits.MOST_WORDS]))


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # last, to take the place of Datasette's own escape_fts
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Have SQL know the function `dutch`, and the search boxes of tables use it; and have it only read."""
    add_functions(conn)
    if database == DATABASE:
        site_limits.limit(conn)


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[App], App]:
    """Have a search box that was left empty, as when only a filter is applied, ask for all rows instead of none."""

    def wrap(app: App) -> App:
        async def without_empty_search(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                asked = scope["query_string"].split(b"&")
                scope = {**scope, "query_string": b"&".join(each for each in asked if each != b"_search=")}
            await app(scope, receive, send)

        return without_empty_search

    return wrap


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(
    value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> Awaitable[Markup] | None:
    """Have an id in the result of a query link to its row, and one on the page of a row show what it names.

    In tables Datasette does that itself, and gives what it shows as a dict.
    """
    target = _TABLE_OF.get(column.removeprefix("other_"))
    if target in (None, table) or not isinstance(value, str) or database != DATABASE:
        return None

    async def link() -> Markup:
        labels = await datasette.expand_foreign_keys(database, table, column, [value]) if table else {}
        label = labels.get((column, value))
        url = datasette.urls.row(database, target, tilde_encode(value))
        shown = Markup("<a href='{}'>{}</a>").format(url, label or value)
        return shown + Markup("&nbsp;<em>{}</em>").format(value) if label else shown

    return link()

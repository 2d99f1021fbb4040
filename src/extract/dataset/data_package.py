"""The Frictionless Data Package of the CSV files: tables and columns, described for programs."""

from collections.abc import Iterable, Mapping
from typing import Any

from extract.dataset.crate import TITLE
from extract.provenance import AUTHORS
from extract.reading.facts import is_web_address
from extract.records import TABLES, Column, columns_of
from extract.tables import keys_of

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def data_package(
    version: str, *, hashes: Mapping[str, str], documents: Iterable[Mapping[str, Any]], tables: Iterable[str] = TABLES
) -> dict[str, Any]:
    """The Frictionless Data Package descriptor of the CSV files, made from the rows of the table documents.

    `hashes` are as `file_hashes` gives them. No licence is named: that of the texts is not known.
    """
    sources = (
        {
            "title": each["title"] or each["path"],
            "path": each["source_url"] if is_web_address(each["source_url"] or "") else None,
        }
        for each in documents
    )
    return {
        "profile": "tabular-data-package",
        "name": "manifesto-extract",
        "id": version,
        "version": version,
        "title": TITLE,
        "description": "What a spreadsheet would take for a formula, in a text or where one begins, has a ' before it; "
        "README.md says where, and how rows are traced to their sources.",
        "contributors": [{"title": AUTHORS, "role": "author"}],
        "sources": [{name: value for name, value in each.items() if value} for each in sources],
        "resources": [_resource(name, hashes.get(f"csv/{name}.csv")) for name in tables],
    }


def _resource(name: str, sha256: str | None) -> dict[str, Any]:
    columns = list(columns_of(TABLES[name]))
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"csv/{name}.csv",
        **({"hash": f"sha256:{sha256}"} if sha256 else {}),
        "title": " ".join((TABLES[name].__doc__ or "").split()),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in columns],
            "primaryKey": list(keys_of(name)),
            "foreignKeys": [
                {
                    "fields": [column.name],
                    "reference": {"resource": column.references, "fields": list(keys_of(column.references))},
                }
                for column in columns
                if column.references
            ],
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.choices:
        constraints["enum"] = list(column.choices)
    return {
        "name": column.name,
        "type": _TYPES[column.type],
        "description": column.description,
        **({"constraints": constraints} if constraints else {}),
    }

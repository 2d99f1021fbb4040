"""The data dictionary: what each table and column means, as Markdown, from the records themselves."""

from collections.abc import Iterator, Mapping

from extract.records import TABLES, Column, columns_of

_TYPE_NAMES = {str: "text", int: "integer", float: "number", bool: "true/false"}

_USE = """\
Each row can be traced: `text[char_start:char_end]`, with `text` the file `texts/<document_id>.txt` read as UTF-8, is
the row's `text`. Offsets count Unicode code points from 0. `documents.sha256` is the hash of the raw file.
The text is that of the file's text layer with repairs that make words and paragraphs whole. In
`ledgers/<document_id>.csv` each is listed: the characters from `char_start` to `char_end` stand for those from
`layer_start` to `layer_end` of the layer, which were `original`. Between two repairs text and layer are the same.

The tables stand in `tables/` (Parquet), `csv/` (UTF-8, comma) and `dataset.sqlite` (with foreign keys; all tables but
`runs`, the only one that carries time). `sentences_fts`, `quotes_fts` and `proposals_fts` in it are full-text indexes
(FTS5) of `text`; a rowid in them is that of the row. In the CSV files there is a ' before a text
that begins with ', a tab or a sign of a formula (=, +, -, @, or one of these in full width), and within a text behind a
semicolon, tab or line end that such a sign follows; spaces and quote marks may stand before the sign. So no spreadsheet
takes a text for a formula, whichever separator it reads the file with. `sha256sum -c SHA256SUMS` checks the files;
`manifesto check` checks what they say. With the setting `annotate`, `conllu/<document_id>.conllu` holds the tokens as
CoNLL-U.

`report.html` opens in any browser, without a network: figures, the sentences behind them, each in its place, and what
is other than in the version before. `datapackage.json` (Frictionless Data Package) says for programs what this page
says for readers. `ro-crate-metadata.json` (RO-Crate, profile Process Run Crate) says where the dataset comes from: the
raw files with their hashes, the run, the software, packages and models, and the size and hash of each file here;
texts/, ledgers/ and conllu/ stand in it as folders. It carries time, and the report tells of
another version, so neither is in SHA256SUMS; the crate states the hash of the report.
"""


def as_markdown(*, title: str, counts: Mapping[str, int] | None = None) -> str:
    """The dictionary of all tables; `counts` adds the number of rows of each."""
    return "\n".join([f"# {title}", "", _USE, *_tables(counts or {})])


def _tables(counts: Mapping[str, int]) -> Iterator[str]:
    for name, record in TABLES.items():
        rows = f" ({counts[name]:,} rows)" if name in counts else ""
        yield f"## {name}{rows}\n"
        yield " ".join((record.__doc__ or "").split()) + "\n"
        yield "| column | type | meaning |\n|---|---|---|"
        for column in columns_of(record):
            yield f"| {column.name} | {_type(column)} | {meaning(column)} |"
        yield ""


def _type(column: Column) -> str:
    return _TYPE_NAMES[column.type] + (", may be null" if column.nullable else "")


def meaning(column: Column) -> str:
    """What a column means, whether it is the key, what it refers to, and what it may hold."""
    key = " (key)" if column.key else ""
    reference = f" → {column.references}" if column.references else ""
    choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
    return f"{column.description}{key}{reference}.{choices}"

"""Rows in, a dataset version out, and rows out of a version again.

What comes in are the rows of all documents, some at a time, and those across documents. What comes out is a folder with
tables (Parquet, CSV, SQLite), texts and ledgers, whose name is a hash of its content; `reader` is the one way back,
and `checks` holds a version to what it promises. Nothing here reads a raw file, changes a row, or shows one.
"""

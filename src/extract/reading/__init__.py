"""Bytes of a raw file → Document, or the Problem that says why there is none.

In go the files of the raw folder, whatever they hold, and `manifestos.csv`. Out come Documents with text, ledger and
facts. `formats.py` is the table of formats. No exception of a library gets out of here, nothing outside of the raw
folder is opened, and no limit of size or memory is left to a file to decide on.
"""

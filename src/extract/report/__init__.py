"""A version of the dataset → `report.html`, one file that a browser opens from disk.

In come the tables and texts of a version, through the one reader of versions, with the codebooks that name its labels
and what changed since the version before. Out goes one page: `page.py` writes it, `documents.py` reads some documents
at a time, `counts.py` counts, `figures.py` and `charts.py` draw, `packing.py` packs texts; `assets/` holds what the
page is made of, its script in files by what they do. It never changes a row, and the page asks nothing of a network.
"""

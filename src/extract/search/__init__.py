"""A version of the dataset → what somebody looks for in it.

In comes the folder of a version. Out go a Datasette site (`site.py`, with its `plugin.py`, the limits on what may be
asked and the doorkeeper before it), named queries (`queries/*.sql`), Dutch words as a full-text query (`full_text.py`),
and places where words stand in texts (`finding.py`). It never writes, and never starts a server.
"""

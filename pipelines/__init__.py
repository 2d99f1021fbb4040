"""The `manifesto` command and its Prefect flow: the only place that knows Prefect.

A raw folder and settings come in, a dataset version in a processed folder comes out. What is done with a document is in
`extract`; here is what a run plans, keeps, tells and refuses, and where it works.
"""

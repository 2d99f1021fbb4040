"""Annotated texts and treebanks in; classifiers, a text encoder and a language pipeline out, each with its card.

Nothing here is used by a run, which only reads the files that training leaves in `models/`.
"""

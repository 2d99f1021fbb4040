"""Sentences → tokens and entities: what Dutch grammar and word lists say.

In go sentences, and a spaCy pipeline where there is one. Out come rows with offsets into the document text. Nothing is
guessed: what is unclear is null.
"""

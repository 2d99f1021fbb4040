"""Sentences → tokens, entities, actions and proposals: what Dutch grammar and word lists say.

In go sentences, and a spaCy pipeline where there is one. Out come rows with offsets into the document text. What
commits a party is a label, which is given, not found here; no model is trained, and nothing is guessed: what is unclear
is null.
"""

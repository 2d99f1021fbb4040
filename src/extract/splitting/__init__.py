"""Document → passages, party sections, sentences and quotes, and whose text it is and of when.

In goes a Document. Out come rows with offsets into its text: each character is in one passage, and no party is made up.
All of it rests on characters and word lists alone, never on a language pipeline, so that it is the same everywhere.
"""

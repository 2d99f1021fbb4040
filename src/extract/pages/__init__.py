"""Lines with places on pages → blocks in reading order, as learnt from pages that readers marked.

In goes a Layer whose lines have boxes and styles, as PDFs do. Columns that a library ran together are cut, lines are
put in the order in which they are read, and classifiers tell what stands apart, where blocks begin, what they are, and
the levels of headings. Out come blocks. Nothing here knows what a file is about: of words, only their shape counts, and
how many of them are Dutch.
"""

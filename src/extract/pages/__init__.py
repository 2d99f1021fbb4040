"""Lines with places on pages → blocks in reading order, as learnt from pages that readers marked.

In goes a Layer whose lines have boxes and styles, as PDFs do. Columns that a library ran together are cut, lines are put
in the order in which they are read, and three classifiers tell what stands apart, where blocks begin, and what they
are. Out come blocks. Nothing here looks at words but for their shape, or knows what a file is about.
"""

"""A document that was split → how well it was read, by figures that need no gold.

In goes a finished extraction. Out come a row of `readings`, with an estimate of sentence F1 where pages are known, and
Problems that name the pages in doubt. Nothing here changes another row.
"""

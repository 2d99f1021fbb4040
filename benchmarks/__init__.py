"""Measuring equipment: texts go in, figures come out, and no dataset is written. `make help` lists what measures what.

Nothing but tests uses it, and it is not in the wheel. Its floors and marks are in tests/gold.
"""

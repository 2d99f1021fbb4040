"""Words of a command line in; what a person reads, or JSON, out.

Each command but `cli` and `label`, which hold them together, is a module. Nothing below it imports it, and nothing here
decides on a row.
"""

"""Quotes and summary sentences of digests, held against manifestos: in go rows, out come certificates and evidence.

A quote is looked for by its letters (letters, stretches), put beside the place that is most like it (words, alignment),
and what differs becomes steps, a status and a difference for people to read. It judges no claim, and changes no text.
"""

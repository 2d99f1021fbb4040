"""Text layer → blocks → document text and ledger: what a page, or a text, shows of its structure.

In goes a Layer, lines with what the file says of them, whatever format it was. Out come blocks, each with its kind, the
text in which paragraphs are whole, and a ledger by which the layer can be rebuilt. Nothing here reads a file, knows a
format or a party, or drops a character that the ledger does not give back.
"""

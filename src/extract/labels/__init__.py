"""Sentences in context → a label per codebook, with its probability, and why.

In go sentences, passages and the models of a folder; out come Labels. A model file is looked at before a library opens
it, and is used with the files alone that it was trained with. No file of a model is written but by `save_model`, and
none is fetched.
"""

"""Sentences and readers' labels → what classifiers are trained and measured with.

In go annotations, kept apart from the texts, and the folders in which those texts lie; out come samples to label,
examples, figures with their intervals, calibration and cards. Nothing here decides on a row of a dataset, or keeps a
text that is not the project's own.
"""

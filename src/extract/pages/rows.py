"""Tables of features: by name, how a column of numbers comes of a record; a row is what all columns say of one thing.

A name stands beside the code that computes it, and the order of a table is that of the columns which classifiers were
fitted on: who moves, adds or drops a name fits them anew (`make page-models`).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
"""A number, or a truth, for each thing that is described; NaN where a question makes no sense."""

Rows = NDArray[np.float32]

Record = TypeVar("Record")
Value = TypeVar("Value", bound=Hashable)


def columns_of(features: Mapping[str, Callable[[Record], Column]], record: Record) -> dict[str, Column]:
    """The columns of a table of features, by name, in its order."""
    return {name: column(record) for name, column in features.items()}


def as_rows(columns: Iterable[Column]) -> Rows:
    """Rows of columns, as classifiers take them."""
    return np.column_stack([column.astype(np.float32) for column in columns])


def once_each(values: Iterable[Value], describe: Callable[[Value], Sequence[float]]) -> NDArray[np.float64]:
    """What `describe` says of each value, a row for each; it is asked once for values that are the same."""
    ranks: dict[Value, int] = {}
    places = [ranks.setdefault(value, len(ranks)) for value in values]
    said = np.array([describe(value) for value in ranks], dtype=np.float64)
    return said[places] if places else said.reshape(0, 0)

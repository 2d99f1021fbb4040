"""The classifiers that tell what the lines of typeset pages are: learnt from marked pages, shipped with the package.

`docs/reading.md` is their card; `make page-models` makes them anew.
"""

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

from extract.boosted_trees import trees_of
from extract.skops_files import PLAIN, read_skops

FILE = "page-models.skops"


@dataclass(frozen=True, slots=True)
class PageModels:
    """The classifiers: `predict_proba` takes rows of features and gives probabilities of `classes_`."""

    apart: Any  # of lines, by `line_features`: text, furniture, contents
    begins: Any  # of lines, by `line_features`: whether a block begins
    kinds: Any  # of blocks, by `block_features`: body, list-item, heading, quote
    levels: Any  # of headings, by `heading_features`: 1 to 4


@functools.cache
def load_page_models() -> PageModels:
    """The classifiers that ship with the package."""
    data = resources.files("extract").joinpath("data", FILE).read_bytes()
    return PageModels(**{name: trees_of(arrays) for name, arrays in read_skops(data, held=PLAIN).items()})

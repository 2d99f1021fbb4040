"""The classifiers that tell what the lines of typeset pages are: learnt from marked pages, shipped with the package.

`docs/reading.md` is their card; `make page-models` makes them anew.
"""

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

TRUSTED_TYPES = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
"""All that the file constructs beyond what skops trusts by itself: the trees of gradient boosting."""

FILE = "page-models.skops"


@dataclass(frozen=True, slots=True)
class PageModels:
    """The classifiers, as scikit-learn fits them: `predict_proba` takes rows and gives probabilities of `classes_`."""

    apart: Any  # of lines, by `line_features`: text, furniture, contents
    begins: Any  # of lines, by `line_features`: whether a block begins
    kinds: Any  # of blocks, by `block_features`: body, list-item, heading, quote
    levels: Any  # of headings, by `heading_features`: 1 to 4


@functools.cache
def load_page_models() -> PageModels:
    """The classifiers that ship with the package."""
    import skops.io  # noqa: PLC0415 (takes a second to load, and only pages need it)

    data = resources.files("extract").joinpath("data", FILE).read_bytes()
    return PageModels(**skops.io.loads(data, trusted=list(TRUSTED_TYPES)))

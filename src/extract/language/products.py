"""Products of matrices by the BLAS library that numpy brings, which takes a third of the time of spaCy's own."""

import functools
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from spacy.language import Language
from thinc.api import NumpyOps
from threadpoolctl import ThreadpoolController


class NumpyProducts(NumpyOps):  # type: ignore[misc]  # thinc has no types
    """What thinc calculates with, but for products of matrices."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """The product of two matrices, float32, either of them transposed."""
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


def multiply_by_numpy(nlp: Language) -> Language:
    """Let all that a pipeline has learnt be multiplied by numpy; its answers stay, but for the last bits of floats."""
    ops = NumpyProducts()
    for _, component in nlp.pipeline:
        for node in component.model.walk() if hasattr(component, "model") else ():
            node.ops = ops
    return nlp


def in_one_thread() -> AbstractContextManager[Any]:
    """While it is open, BLAS keeps to one thread: there is a process for each core, and matrices here are small."""
    limited: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limited


@functools.cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()

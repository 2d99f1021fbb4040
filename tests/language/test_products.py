"""Products of matrices by numpy's BLAS."""

import numpy as np
import pytest
from thinc.api import NumpyOps
from threadpoolctl import threadpool_info

from extract.language.pipeline import OURS, load_language
from extract.language.pipeline_files import load_folder
from extract.language.products import NumpyProducts, in_one_thread
from pipelines.paths import MODELS

TEXT = "Wij schaffen de dividendbelasting af en verhogen het minimumloon naar 16 euro, want dat is eerlijk."


@pytest.mark.parametrize("first_turned", [False, True])
@pytest.mark.parametrize("second_turned", [False, True])
@pytest.mark.parametrize("into", [False, True])
def test_products_are_those_of_thinc(first_turned: bool, second_turned: bool, into: bool) -> None:
    random = np.random.default_rng(1)
    first = random.random((4, 3) if first_turned else (3, 4), np.float32)
    second = random.random((5, 4) if second_turned else (4, 5), np.float32)
    out = np.empty((3, 5), np.float32) if into else None
    turned = {"trans1": first_turned, "trans2": second_turned}
    product = NumpyProducts().gemm(first, second, out=out, **turned)
    np.testing.assert_allclose(product, NumpyOps().gemm(first, second, **turned), rtol=1e-5)
    assert out is None or product is out


def test_a_pipeline_says_the_same_by_them() -> None:
    fast = load_language(OURS, models=MODELS)
    assert fast is not None
    slow = load_folder(MODELS / OURS, exclude=["senter"])
    one, other = (
        [(each.pos_, str(each.morph), each.lemma_, each.head.i, each.dep_) for each in nlp(TEXT)]
        for nlp in (fast, slow)
    )
    assert one == other
    assert all(isinstance(node.ops, NumpyProducts) for _, part in fast.pipeline for node in part.model.walk())


def test_blas_keeps_to_one_thread_while_it_is_asked_to() -> None:
    with in_one_thread():
        assert {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"} == {1}

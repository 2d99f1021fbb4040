"""The fit of estimates, on pages that are made up."""

import numpy as np

from benchmarks.reading.readings import Page, fit, fit_with_interval
from extract.readings.estimates import estimate, page_f1
from extract.readings.page_measures import PageMeasures


def pages(seed: int, count: int = 120) -> list[Page]:
    """Pages on which the F1 falls with the share of torn sentences, and with nothing else."""
    random = np.random.default_rng(seed)
    found = []
    for rank in range(count):
        torn = int(random.integers(0, 20))
        measures = PageMeasures(
            rank, sentences=20, whole=20 - torn, long=20, words=200, known=int(random.integers(180, 200))
        )
        logit = 3 - 5 * torn / 20 + random.normal(0, 0.3)
        found.append(Page(f"{rank // 2:03}", measures, float(1 / (1 + np.exp(-logit))), 40))
    return found


def test_what_lowers_f1_gets_a_weight_and_the_rest_next_to_none() -> None:
    model = fit(pages(1))
    assert model.weights["unfinished"] < -3.5 and model.weights["crossed"] == 0
    assert abs(model.weights["unknown"]) * 0.1 < 0.2
    errors = [page.f1 - page_f1(page.measures, model) for page in pages(2)]
    assert abs(np.mean(errors)) < 0.02


def test_intervals_hold_about_nine_of_ten_files_that_were_not_seen() -> None:
    model = fit_with_interval(pages(1))
    by_file: dict[str, list[Page]] = {}
    for page in pages(3, 400):
        by_file.setdefault(page.file, []).append(page)
    inside = 0
    for group in by_file.values():
        found = estimate([page.measures for page in group], model)
        assert found
        inside += found.low <= np.mean([page.f1 for page in group]) <= found.high
    assert 0.82 < inside / len(by_file) < 0.98


def test_a_doubt_that_nobody_states_counts_as_the_mean_of_those_stated() -> None:
    stated = pages(1)
    for page in stated:
        page.measures.doubt = (20 - page.measures.whole) / 20
    model = fit(stated)
    assert model.weights["doubt"] < -1
    known, unknown = PageMeasures(1, doubt=model.means["doubt"]), PageMeasures(1)
    assert page_f1(known, model) == page_f1(unknown, model)

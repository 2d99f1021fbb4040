"""What readers would have said of sentences that a classifier labelled."""

import json

import numpy as np
import pytest

from extract.labels.confusion import Confusion, confusion_in, fit_confusion
from extract.labels.metrics import metrics_of

LABELS = ("a", "b", "c")
MANY = dict.fromkeys(map(str, range(2_000)), 1)
# Of each label that readers gave (rows), what was said (columns), in two manifestos.
HELD_OUT = [np.array([[8.0, 1, 0], [2, 9, 0], [0, 0, 5]]), np.array([[7.0, 0, 0], [3, 10, 1], [0, 0, 4]])]


def test_expected_counts_are_those_that_readers_gave_of_what_was_said() -> None:
    confusion = fit_confusion(LABELS, HELD_OUT, prior=0)
    as_held_out = np.sum(HELD_OUT, axis=0).sum(axis=0)
    assert confusion.expected(as_held_out) == pytest.approx(np.sum(HELD_OUT, axis=0).sum(axis=1), rel=0.01)
    assert confusion.expected(np.array([20.0, 20, 10])).sum() == pytest.approx(50)


def test_a_label_that_was_never_said_is_taken_as_right() -> None:
    confusion = fit_confusion(LABELS, [np.array([[8.0, 1, 0], [2, 9, 0], [0, 0, 0]])], prior=1)
    assert confusion.expected(np.array([0.0, 0, 4])) == pytest.approx([0, 0, 4], abs=0.01)


def test_a_mix_that_no_held_out_manifesto_had_is_found_in_what_is_said() -> None:
    """Half of what readers call a is said to be b, and in what was held out they hardly called a thing b."""
    confusion = fit_confusion(("a", "b"), [np.array([[50.0, 50], [2, 18]])], prior=0)
    assert confusion.expected(np.array([10.0, 90]))[1] > 40  # it would be 24 in the mix of those held out


def test_draws_keep_the_number_of_sentences_and_are_about_what_is_expected() -> None:
    confusion = fit_confusion(LABELS, 20 * HELD_OUT, prior=0)
    said = np.tile([200.0, 100, 50], (500, 1))
    drawn = confusion.drawn(said, np.random.default_rng(1))
    assert drawn.sum(axis=1) == pytest.approx(350)
    assert drawn.mean(axis=0) == pytest.approx(confusion.expected(said[0]), rel=0.05)


def test_manifestos_that_are_misread_in_their_own_ways_have_wider_draws() -> None:
    random = np.random.default_rng(1)

    def tables(spread: float) -> list[np.ndarray]:
        rows = [[0.7, 0.3], [0.2, 0.8]]
        return [
            np.array([random.multinomial(200, random.dirichlet(np.array(row) * spread)) for row in rows], float)
            for _ in range(40)
        ]

    alike, unlike = (fit_confusion(("a", "b"), tables(spread), prior=0) for spread in (500, 10))
    assert unlike.spread < 20
    assert alike.spread > 200
    said = np.tile([300.0, 100], (500, 1))
    narrow, wide = (each.drawn(said, random)[:, 0].std() for each in (alike, unlike))
    assert wide > 2 * narrow


def test_what_is_said_in_the_metrics_is_read_again() -> None:
    confusion = fit_confusion(LABELS, HELD_OUT, prior=1, steps=2)
    again = confusion_in(confusion.as_said())
    assert isinstance(again, Confusion) and (again.labels, again.steps) == (LABELS, 2)
    assert again.said_given == pytest.approx(confusion.said_given, abs=1e-3)


@pytest.mark.parametrize(
    "said",
    [
        "much",
        {"said_given": {}, "prior": {}, "spread": 10},
        {"said_given": {"a": {"b": 1.0}}, "prior": {"a": 1}, "spread": 10},
        {"said_given": {"a": {"a": -1.0}}, "prior": {"a": 1}, "spread": 10},
        {"said_given": {"a": {}}, "prior": {"a": 1}, "spread": 10},
        {"said_given": {"a": {"a": float("nan")}}, "prior": {"a": 1}, "spread": 10},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"a": 1}, "spread": 0},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"b": 1}, "spread": 10},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"a": 1}, "spread": 1e-300},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"a": 1}, "spread": 10, "steps": 0},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"a": 1}, "spread": 10, "steps": 10**9},
        {"said_given": {"a": {"a": 1.0}}, "prior": {"a": 1}, "spread": 10, "steps": "3"},
        {
            "said_given": {str(at): {} for at in range(2_000)},
            "prior": {str(at): 1 for at in range(2_000)},
            "spread": 10,
        },
    ],
)
def test_a_confusion_that_cannot_be_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="confusion"):
        confusion_in(said)


@pytest.mark.parametrize("apart", [10**400, True, -1, 1e308, "much", None])
def test_scales_that_cannot_be_are_refused(apart: object) -> None:
    said = json.dumps({"threshold": 0.5, "scales": {"rile": {"apart": apart, "correlation": 0.9}}})
    with pytest.raises(ValueError, match=r"rile|integer string"):
        metrics_of(said)


def test_a_scale_that_is_not_told_is_left_out() -> None:
    scales = {"rile": {"apart": 8, "correlation": 0.9}, "education": {"apart": 1, "correlation": 0.4}}
    assert metrics_of(json.dumps({"threshold": 0.5, "scales": scales})).apart == {"rile": 8.0}
    assert metrics_of(json.dumps({"threshold": 0.5})).apart is None

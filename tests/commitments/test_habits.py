"""Habits, linear classifiers and sureness: arithmetic on cases made for it."""

import numpy as np
import pytest

from extract.commitments.habits import arrays_of, habits_in, habits_of
from extract.commitments.linear import linear_of
from extract.commitments.sureness import Sureness


def test_a_habit_is_drawn_towards_the_share_of_all() -> None:
    habits = habits_of([(["verb willen"], False)] * 9 + [(["verb willen"], True), (["verb eens"], True)])
    assert habits.rates == {
        "verb willen": pytest.approx((1 + 3 * 0.25) / 13, abs=1e-4)
    }  # what is seen once is no habit
    np.testing.assert_allclose(habits.rows([("verb willen", "verb eens")], 2), [[0.1346, 0.25]], atol=1e-4)
    assert habits.rows([], 2).shape == (0, 2)


def test_habits_are_read_as_they_were_stored() -> None:
    habits = habits_of([(["a"], True)] * 4)
    assert habits_in(arrays_of(habits)).rates == pytest.approx(habits.rates)


def test_a_linear_classifier_adds_signs_and_vectors() -> None:
    linear = linear_of({
        "classes": ["against", "for"], "signs": ["denies niet"], "sign_weights": np.array([[2.0, 0.0]], np.float32),
        "vector_weights": np.array([[0.0, 1.0]], np.float32), "intercept": np.zeros(2, np.float32),
    })  # fmt: skip
    shares = linear.predict_proba([["denies niet", "unknown"], []], np.array([[1.0], [1.0]], np.float32))
    against = np.exp(2) / (np.exp(2) + np.exp(1))
    np.testing.assert_allclose(shares[:, 0], [against, 1 / (1 + np.exp(1))])


def test_sureness_rises_with_the_first_and_falls_with_the_second() -> None:
    sure = Sureness(intercept=0.0, of_first=1.0, of_second=-0.5)
    assert sure([0.9, 0.1]) > sure([0.9, 0.6]) > sure([0.6, 0.6])
    assert 0 < sure([]) < 0.5 < sure([0.1, 0.99])

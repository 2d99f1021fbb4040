"""Probabilities that mean what they say: temperature scaling, and how far from the truth they are (Guo et al. 2017)."""

import numpy as np
from scipy.optimize import minimize_scalar

_BINS = 15
_LEAST = 1e-12


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """The temperature at which the true labels (columns) of held-out sentences are most likely.

    Shapes: sentences × labels, sentences.
    """
    rows = np.arange(len(truth))

    def surprise(logarithm: float) -> float:
        likely = with_temperature(probabilities, np.exp(logarithm))[rows, truth]
        return float(-np.log(np.maximum(likely, _LEAST)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2, 2), method="bounded").x))


def with_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities as if the scores behind them had been divided by a temperature; their order stays."""
    scores = np.log(np.maximum(probabilities, _LEAST)) / temperature
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def calibration_error(probabilities: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: how far, in 15 bins of equal width, stated probability and share right lie apart."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = [abs(probabilities[bins == each].sum() - right[bins == each].sum()) for each in set(bins)]
    return float(sum(gaps) / len(probabilities))

"""The classifiers that tell what a commitment wants done: learnt from marked sentences, shipped with the package.

`docs/actions.md` is their card; `make actions` makes and measures them.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from extract.boosted_trees import BoostedTrees, trees_of
from extract.commitments.habits import Habits, habits_in
from extract.commitments.linear import Linear, linear_of
from extract.commitments.sureness import Sureness
from extract.skops_files import PLAIN, read_skops

FILE = "action-models.skops"
CHOICES = ("action", "object")
WORDINGS = ("polarity", "actor", "direction")


@dataclass(frozen=True, slots=True)
class Chooser:
    """Which of some words it is, or none: trees over features and habits, and how sure that is."""

    trees: BoostedTrees
    habits: Habits
    least: float  # probability of the likeliest word, below which the answer is that there is none
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class Judge:
    """What kind of a thing a sentence says: a linear classifier over its signs, and how sure that is."""

    linear: Linear
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class ActionModels:
    """All that `actions` asks."""

    action: Chooser  # the word that names what is to be done
    object: Chooser  # the head noun of what it is done to
    polarity: Judge
    actor: Judge
    direction: Judge


@functools.cache
def load_action_models() -> ActionModels:
    """The classifiers that ship with the package."""
    data = resources.files("extract").joinpath("data", FILE).read_bytes()
    stored = read_skops(data, held=PLAIN)
    choosers = {name: _chooser(stored[name]) for name in CHOICES}
    judges = {name: Judge(linear_of(stored[name]["linear"]), _sureness(stored[name])) for name in WORDINGS}
    return ActionModels(**choosers, **judges)  # type: ignore[arg-type]


def _chooser(stored: Mapping[str, Any]) -> Chooser:
    trees, habits = trees_of(stored["trees"]), habits_in(stored["habits"])
    return Chooser(trees, habits, float(stored["least"]), _sureness(stored))


def _sureness(stored: Mapping[str, Any]) -> Sureness:
    return Sureness(*stored["sureness"].tolist())

"""Floors: how often action, polarity and object of commitments are what readers marked. They fall only on purpose.

`gold/action-floors.json` holds the figures below which the test set may not come, and the hashes of the marks and of
the pipeline that gave them. `make actions` measures, and fails below them.
"""

import hashlib
import json

from benchmarks.actions import FLOORS, MARKS, below_floors
from extract.language.pipeline import OURS, find_pipeline
from tests.conftest import MODELS


def test_floors_belong_to_these_marks_and_this_pipeline() -> None:
    pipeline = find_pipeline(OURS, models=MODELS)
    assert pipeline
    found = {"marks": hashlib.sha256(MARKS.read_bytes()).hexdigest(), "pipeline": pipeline.sha256}
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert found == floors["sha256"], "marks or pipeline changed: measure again, and write new floors with these hashes"


def test_a_figure_below_its_floor_is_told() -> None:
    floors = {"action": (0.7, 0.6), "polarity": (0.9, 0.9)}
    found = {"action": (0.71, 0.6, 10), "polarity": (0.95, 0.89, 10)}
    assert below_floors(found, floors) == ["polarity: 0.950, 0.890; its floors are 0.9, 0.9"]
    assert below_floors({**found, "polarity": (0.9, 0.9, 10)}, floors) == []

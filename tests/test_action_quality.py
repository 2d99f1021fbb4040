"""Floors: how often action, polarity and object of commitments are what readers marked. They fall only on purpose.

`gold/action-floors.json` holds the figures below which the test set may not come, and the hashes of the marks and of
the pipeline that gave them (`make actions`).
"""

import hashlib
import json
from pathlib import Path

from extract.language import OURS, find_pipeline
from pipelines.action_quality import GOLD, figures, judge, read_marks
from tests.conftest import MODELS

FLOORS = json.loads(GOLD.with_name("action-floors.json").read_text(encoding="utf-8"))


def test_floors_belong_to_these_marks_and_this_pipeline() -> None:
    pipeline = find_pipeline(OURS, models=MODELS)
    assert pipeline
    found = {"marks": hashlib.sha256(GOLD.read_bytes()).hexdigest(), "pipeline": pipeline.sha256}
    assert found == FLOORS["sha256"], "marks or pipeline changed: measure again, and write new floors with these hashes"


def test_figures_are_above_their_floors(texts: Path) -> None:
    judged = judge(read_marks("test"), texts, language_pipeline=OURS)
    assert len(judged) == FLOORS["commitments"]
    found = figures(judged)
    for name, (precision, recall) in FLOORS["figures"].items():
        assert found[name][0] >= precision and found[name][1] >= recall, f"{name}: {found[name]}"

"""What is held out together, and what no figure is on."""

import lzma
from dataclasses import replace
from pathlib import Path

import frictionless
import numpy as np
from joblib import parallel_backend

from extract.labels.contexts import Reading
from extract.learning.annotations import source_text
from extract.learning.evaluation import nearness_of_shares, out_of_fold, rows_tested
from extract.learning.examples import Example
from extract.learning.families import families
from pipelines.paths import MODELS
from tests.learning.test_learning import CODEBOOKS

ONE = Example("s", Reading("Dit."), "x", "a 2021", "a", "2021", "uniform", read_twice=False)


def test_what_repeats_a_tenth_of_another_is_held_out_with_it_also_in_a_row() -> None:
    def text(*parts: range) -> set[str]:
        return {f"sentence {number}" for part in parts for number in part}

    found = families({
        "c 2012": text(range(100)),
        "b 2017": text(range(90, 190)),  # ten of a hundred are in 2012
        "a 2021": text(range(170, 250)),  # twenty of eighty in 2017, none in 2012
        "d 2021": text(range(300, 400), range(9)),  # nine of 109
        "e 2021": text(range(500, 510)),
    })  # fmt: skip
    assert found == {
        "a 2021": "a 2021", "b 2017": "a 2021", "c 2012": "a 2021", "d 2021": "d 2021", "e 2021": "e 2021",
    }  # fmt: skip


def test_a_phrase_of_the_trade_joins_no_texts() -> None:
    assert len(set(families({str(group): {"phrase", f"own {group}"} for group in range(30)}).values())) == 30


def test_other_texts_than_manifestos_are_in_all_trainings_and_in_no_test() -> None:
    strata = ["uniform", "state", "fresh", "rare"] * 10
    tested = rows_tested([replace(ONE, stratum=stratum) for stratum in strata])
    state = np.flatnonzero(np.array(strata) == "state")
    assert not set(tested) & set(state) and len(tested) + len(state) == 40
    truth, labels = np.array(list("ab") * 20), np.array(["a", "b"])
    given: list[int] = []

    def predict(training: np.ndarray, test: np.ndarray) -> np.ndarray:
        assert set(state) <= set(training) and not set(training) & set(test)
        given.extend(test)
        return np.ones((len(test), 2)) / 2

    groups = np.array([str(row % 6) for row in range(len(tested))])
    with parallel_backend("threading"):
        found = out_of_fold(truth, groups, predict, labels, tested)
    assert found.shape == (30, 2) and sorted(given) == tested.tolist()


def test_shares_are_corrected_by_what_is_confused_elsewhere() -> None:
    labels = np.array(["a", "b"])
    truth = np.array((["a"] * 60 + ["b"] * 40) * 4)
    said = np.array((["a"] * 40 + ["b"] * 20 + ["b"] * 40) * 4)  # a third of a is read as b
    found = nearness_of_shares(labels, truth, said, np.repeat(["1", "2", "3", "4"], 100))
    assert found["counted"] == 20 and found["corrected"] < 1 and (found["groups"], found["examples"]) == (4, 400)
    assert found["steps"] in (1, 2, 3)


def test_a_packed_text_is_read_like_the_text(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Eén zin.", encoding="utf-8")
    (tmp_path / "text.txt.xz").write_bytes(lzma.compress("Eén zin.".encode()))
    (tmp_path / "broken.txt.xz").write_bytes(b"none")
    packed, broken = source_text(tmp_path / "text.txt.xz"), source_text(tmp_path / "broken.txt.xz")
    assert packed == source_text(tmp_path / "text.txt") == "Eén zin." and broken == ""


def test_the_annotations_are_as_their_descriptor_says() -> None:
    report = frictionless.validate(str(MODELS.parent / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    assert [task.place for task in report.tasks] == [f"models/{name}/annotations.csv" for name in CODEBOOKS]

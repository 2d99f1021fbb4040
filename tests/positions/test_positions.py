"""Where manifestos stand: scales, values, intervals."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from extract.labels.classifier import ThemeModel
from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
from extract.labels.confusion import Confusion
from extract.positions.estimates import draw_counts, estimate
from extract.positions.positions import place_manifesto
from extract.positions.scales import Scale, scales_of, value_on
from extract.positions.validation import validate
from extract.records import MANIFESTO_PROJECT, POLICY_AREAS, Document, Label, Passage, Sentence
from pipelines.paths import MODELS

CODERS = read_codebook(MODELS / MANIFESTO_PROJECT / CODEBOOK_FILE)
AREAS = read_codebook(MODELS / POLICY_AREAS / CODEBOOK_FILE)
SCALES = {each.id: each for each in scales_of(CODERS)}
EVEN = np.full(len(CODERS.labels), 1 / len(CODERS.labels))
NEVER_WRONG = Confusion(CODERS.labels, np.eye(len(CODERS.labels)), EVEN, 1e9)


def counts(**of: int) -> np.ndarray:
    """Counts by code: c504=3."""
    found = np.zeros(len(CODERS.labels))
    for code, count in of.items():
        found[CODERS.labels.index(CODERS.codes[code.removeprefix("c")])] = count
    return found


def test_rile_is_right_minus_left_in_per_cent_of_all_sentences() -> None:
    said = counts(c504=30, c701=10, c401=5, c605=15, c501=20, c000=20)
    assert value_on(SCALES["rile"], CODERS.labels, said) == pytest.approx(100 * (5 + 15 - 30 - 10) / 100)


def test_a_logit_is_that_of_right_over_left_each_with_half_a_sentence_more() -> None:
    said = counts(c108=3, c110=1, c504=50)
    assert value_on(SCALES["european-union"], CODERS.labels, said) == pytest.approx(math.log(1.5 / 3.5))
    assert value_on(SCALES["european-union"], CODERS.labels, counts(c504=50)) == 0


def test_each_domain_and_policy_area_has_a_share_and_what_says_nothing_has_none() -> None:
    said = counts(c401=10, c416=20, c504=50, c000=20)
    shares = {name: float(value_on(each, CODERS.labels, said)) for name, each in SCALES.items() if "domain" in name}
    assert shares["domain-economy"] == 30 and shares["domain-welfare-and-quality-of-life"] == 50
    assert sum(shares.values()) == 80
    assert [each.id for each in scales_of(AREAS)] == [f"area-{each}" for each in AREAS.labels if each != "none"]


def test_no_scale_has_a_label_on_both_sides() -> None:
    assert all(not each.left & each.right and each.right for each in SCALES.values())


def test_an_interval_is_narrower_with_more_sentences_and_holds_the_value() -> None:
    few = counts(c504=30, c401=20)
    widths = []
    for said in (few, 16 * few):
        found = estimate(SCALES["rile"], said, draw_counts(said, NEVER_WRONG, seed=1), NEVER_WRONG)
        assert found.low < found.value < found.high and found.value == pytest.approx(found.counted, abs=0.1)
        widths.append(found.high - found.low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.15)


def test_an_interval_is_as_wide_as_sampling_makes_it() -> None:
    said = counts(c504=600, c401=400)
    found = estimate(SCALES["rile"], said, draw_counts(said, NEVER_WRONG, seed=1), NEVER_WRONG)
    assert (found.high - found.low) / 2 == pytest.approx(196 * 2 * math.sqrt(0.6 * 0.4 / 1_000), rel=0.1)


def test_a_value_is_mended_by_what_the_classifier_confuses() -> None:
    confused = np.eye(len(CODERS.labels))
    left, right = (CODERS.labels.index(CODERS.codes[code]) for code in ("504", "401"))
    confused[left, [left, right]] = 0.8, 0.2  # a fifth of welfare is taken for free market
    confusion = Confusion(CODERS.labels, confused, EVEN, 20.0)
    said = counts(c504=80, c401=20)
    found = estimate(SCALES["rile"], said, draw_counts(said, confusion, seed=1), confusion)
    assert found.counted == -60 and -100 < found.value < -75
    sure = estimate(SCALES["rile"], said, draw_counts(said, NEVER_WRONG, seed=1), NEVER_WRONG)
    assert sure.value == pytest.approx(-60, abs=0.1)


def test_an_interval_is_wider_where_readers_are_off_beside_what_labels_explain() -> None:
    said = counts(c504=600, c401=400)
    draws = draw_counts(said, NEVER_WRONG, seed=1)
    near, far = (estimate(SCALES["rile"], said, draws, NEVER_WRONG, apart=apart) for apart in (0, 10))
    assert far.value == near.value
    assert (far.high - far.low) / 2 == pytest.approx(1.96 * math.hypot(10, (near.high - near.low) / 2 / 1.96), rel=0.1)
    share = SCALES["domain-economy"]
    assert estimate(share, said, draws, NEVER_WRONG, apart=90).high == 100


def test_values_are_held_against_those_of_readers_of_each_manifesto_with_what_others_taught() -> None:
    random = np.random.default_rng(1)
    labels = ("left", "right", "none")
    scale = Scale("side", "difference", frozenset({"left"}), frozenset({"right"}))
    rows = np.array([[0.8, 0.15, 0.05], [0.1, 0.85, 0.05], [0.1, 0.1, 0.8]])
    tables = []
    for _ in range(30):
        given = random.multinomial(400, random.dirichlet([2, 2, 2]))
        tables.append(np.array([random.multinomial(n, row) for n, row in zip(given, rows, strict=True)], float))
    found = validate([scale], labels, tables, prior=1)["side"]
    assert found.correlation > 0.98 and found.manifestos == 30
    assert found.distance < found.distance_counted
    assert found.covered >= 0.85


def test_the_same_sentences_give_the_same_draws() -> None:
    first, again, other = (draw_counts(counts(c504=60, c401=40), NEVER_WRONG, seed=seed) for seed in (1, 1, 2))
    assert (first.counts == again.counts).all() and (first.off == again.off).all()
    assert (first.counts != other.counts).any()


@pytest.fixture
def model() -> ThemeModel:
    """A model of which only codebook, id and confusion are asked for."""
    nothing: Any = None
    return ThemeModel(CODERS, "", nothing, nothing, 0.5, f"{CODERS.id}@made-up", NEVER_WRONG)


def _labelled(document: Document, codes: list[str]) -> tuple[list[Passage], list[Sentence], list[Label]]:
    ids = {"document_id": document.document_id, "page": None, "section_id": None}
    passages = [
        Passage(passage_id=kind, position=at, kind=kind, char_start=at, char_end=at + 1, **ids)  # type: ignore[arg-type]
        for at, kind in enumerate(("heading", "body"))
    ]
    sentences = [
        Sentence(sentence_id=str(at), passage_id="body" if at else "heading", position=at, char_start=0, char_end=1,
                 text="x", **ids)
        for at in range(len(codes))
    ]  # fmt: skip
    labels = [
        Label(sentence_id=str(at), codebook=CODERS.id, label=CODERS.codes[code], probability=0.9, runner_up="none",
              runner_up_probability=0.1, abstained=False, model_id=f"{CODERS.id}@made-up")
        for at, code in enumerate(codes)
    ]  # fmt: skip
    return passages, sentences, labels


def test_a_manifesto_is_placed_without_its_headings(model: ThemeModel, document_of: Callable[..., Document]) -> None:
    text = replace(document_of("Een programma.\n"), kind="manifesto", status="draft")
    passages, sentences, labels = _labelled(text, ["401", "504", "504", "401", "504"])
    found = {each.scale: each for each in place_manifesto(text, passages, sentences, labels, (), [model])}
    assert found["rile"].value == pytest.approx(100 * (1 - 3) / 4, abs=0.1)
    assert found["rile"].sentences == 4 and found["welfare-state"].sentences == 3
    assert found["rile"].doubts == "draft|short"


def test_a_digest_and_a_manifesto_without_sentences_have_no_place(
    model: ThemeModel, document_of: Callable[..., Document]
) -> None:
    text = document_of("Een programma.\n")
    parts = _labelled(text, ["401", "504"])
    assert not list(place_manifesto(replace(text, kind="digest"), *parts, (), [model]))
    assert not list(place_manifesto(replace(text, kind="manifesto"), (), (), (), (), [model]))

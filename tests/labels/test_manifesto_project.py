"""The scheme of the Manifesto Project: its codebook, the scales on its codes, and the way to policy areas."""

import csv
import tomllib
from collections import Counter, defaultdict

from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
from extract.word_lists import read_list
from tests.conftest import MODELS, ROOT

FOLDER = MODELS / "manifesto-project"
SCHEME = tomllib.loads((FOLDER / CODEBOOK_FILE).read_text(encoding="utf-8"))
LABELS = SCHEME["labels"]
CODES = [each["code"] for each in LABELS]
# The 26 codes of RILE, typed anew, so that a slip in the table is seen.
RIGHT = ["104", "201", "203", "305", "401", "402", "407", "414", "505", "601", "603", "605", "606"]
LEFT = ["103", "105", "106", "107", "202", "403", "404", "406", "412", "413", "504", "506", "701"]


def test_the_main_scheme_has_56_categories_in_seven_domains_and_one_for_none() -> None:
    book = read_codebook(FOLDER / CODEBOOK_FILE)
    assert (len(book.labels), book.nothing) == (57, "none")
    assert len(set(CODES)) == 57 and CODES[-1] == "000"
    assert all(each["code"].startswith(str(each.get("domain", 0))) for each in LABELS)
    assert Counter(each.get("domain", 0) for each in LABELS) == {1: 10, 2: 4, 3: 5, 4: 16, 5: 7, 6: 8, 7: 6, 0: 1}
    assert [each["id"] for each in SCHEME["domains"]] == [1, 2, 3, 4, 5, 6, 7]


def test_a_side_of_a_pair_names_the_other_side() -> None:
    by_id = {each["id"]: each for each in LABELS}
    sides = [each for each in LABELS if "side" in each or "opposite" in each]
    assert len(sides) == 26
    for each in sides:
        other = by_id[each["opposite"]]
        assert other["opposite"] == each["id"] and {each["side"], other["side"]} == {"positive", "negative"}


def test_scales_have_two_sides_of_codes_that_the_scheme_has() -> None:
    sides = defaultdict(list)
    for row in read_list("scales"):
        assert row["code"] in CODES and row["source"] and row["formula"] in ("difference", "logit")
        sides[row["scale"], row["side"]].append(row["code"])
    assert {side for _, side in sides} == {"left", "right"}
    for scale in {name for name, _ in sides}:
        both = sides[scale, "left"] + sides[scale, "right"]
        assert sides[scale, "left"] and sides[scale, "right"] and len(set(both)) == len(both)
    assert (sides["rile", "left"], sides["rile", "right"]) == (LEFT, RIGHT)


def test_each_code_leads_to_policy_areas_and_agrees_with_the_crosswalk_from_them() -> None:
    with (ROOT / "tests" / "gold" / "outside" / "crosswalk.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    areas = read_codebook(MODELS / "policy-areas" / CODEBOOK_FILE).labels
    assert [(row["code"], row["name"]) for row in rows] == [(each["code"], each["en"]) for each in LABELS]
    for row in rows:
        lenient = row["lenient"].split()
        assert lenient and len(set(lenient)) == len(lenient) and set(lenient) <= set(areas)
        assert row["strict"] in ("", *lenient)
    allowed = {row["code"]: row["lenient"].split() for row in rows}
    strict = {row["code"]: row["strict"] for row in rows}
    opposite = {each["id"]: each["code"] for each in LABELS}
    for each in LABELS:
        if "opposite" in each and each["code"] not in ("607", "608"):
            assert strict[each["code"]] == strict[opposite[each["opposite"]]]
    with (MODELS / "policy-areas" / "crosswalk.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["scheme"] == "manifesto-project" and row["code"]:
                assert row["label"] in allowed[row["code"]], row

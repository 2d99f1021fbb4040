"""Sentences drawn for readers, on their way to labelling tools and back, into annotations; and what `why` says."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result

from extract.extraction import Resources, extract_document
from extract.labels.codebooks import read_codebook
from extract.labels.contexts import Reading, in_context
from extract.learning.annotations import find_texts, letters, read_annotations
from extract.learning.examples import find_readings
from extract.learning.labelling_tools import as_doccano, as_label_studio, read_labelled, studio_interface
from extract.learning.samples import Task, read_sample, write_sample
from extract.learning.sampling import CHOSEN, RANDOM, draw
from extract.records import Document, sha256_of
from pipelines.commands.cli import main
from pipelines.training.labelling import reading_of
from tests.conftest import DIGEST, copy_encoder
from tests.dataset.test_dataset import write

CODEBOOK = """\
id = "care"
version = "1"
question = "Is it about care?"

[[labels]]
id = "care"
nl = "Zorg"

[[labels]]
id = "none"
nl = "Niets & niemand"
"""


@pytest.fixture(scope="module")
def dataset(digest: Document, resources: Resources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write([extract_document(digest, resources=resources)], tmp_path_factory.mktemp("labelled"))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models with an own codebook that has no annotation yet, and our encoder."""
    folder = tmp_path / "models"
    (folder / "care").mkdir(parents=True)
    (folder / "care" / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "care" / "keywords.csv").write_text("keyword,label,weight\n", encoding="utf-8")
    copy_encoder(folder)
    return folder


@pytest.fixture
def sample(models: Path, dataset: Path, tmp_path: Path) -> Path:
    result = call(
        "sample",
        "care",
        models,
        "--dataset",
        dataset,
        "--raw",
        DIGEST.parent,
        "--size",
        20,
        "--output",
        tmp_path / "s.csv",
    )
    assert result.exit_code == 0 and "20 sentences" in result.output and "no trained model yet" in result.output
    return tmp_path / "s.csv"


def call(command: str, *arguments: Any) -> Result:
    """`manifesto label` with a folder of models last among the plain arguments."""
    given = ["--models" if isinstance(each, Path) and each.name == "models" else None for each in arguments]
    spread = [part for flag, each in zip(given, arguments, strict=True) for part in ([flag, each] if flag else [each])]
    return CliRunner().invoke(main, ["label", command, *map(str, spread)])


def labelled(tasks: list[Task]) -> list[Task]:
    return [replace(task, label=("care" if number % 3 == 0 else "none")) for number, task in enumerate(tasks)]


def from_label_studio(exported: str) -> str:
    """What Label Studio gives back: the task's data, untouched, and what a reader chose."""
    rows = json.loads(exported)
    for number, row in enumerate(rows):
        choice = row.pop("predictions")[0]["result"][0]["value"]["choices"]
        result = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": choice}}
        skipped = {"was_cancelled": True, "result": []}
        row |= {"id": number, "annotations": [skipped, {"was_cancelled": False, "completed_by": 1, "result": [result]}]}
    return json.dumps(rows)


def from_doccano(exported: str) -> str:
    """What doccano gives back: an id, text and label, and what it did not know as metadata."""
    rows = [json.loads(line) for line in exported.splitlines()]
    kept = [{"id": 9, "text": row.pop("text"), "label": row.pop("label"), "meta": row, "Comments": []} for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)


@pytest.mark.parametrize(
    ("name", "there", "back"),
    [("a.json", as_label_studio, from_label_studio), ("a.jsonl", as_doccano, from_doccano)],
)
def test_labels_come_back_from_a_tool_at_their_places(
    sample: Path, models: Path, tmp_path: Path, name: str, there: Callable[..., str], back: Callable[[str], str]
) -> None:
    tasks = labelled(read_sample(sample))
    (tmp_path / name).write_text(back(there(tasks)), encoding="utf-8")
    assert read_labelled(tmp_path / name) == tasks
    result = call("import", "care", tmp_path / name, models, "--reader", "anna")
    assert result.exit_code == 0 and "20 labels of anna" in result.output
    annotations = read_annotations(models / "care" / "annotations.csv")
    found = find_texts(annotations, [DIGEST.parent])
    assert {sentence: letters(text)[0] for sentence, text in found.items()} == {
        task.sentence: letters(task.text)[0] for task in tasks
    }
    again = call("import", "care", tmp_path / name, models, "--reader", "anna")
    assert again.exit_code == 1 and "already" in again.output
    assert read_annotations(models / "care" / "annotations.csv") == annotations


def test_a_spreadsheet_keeps_places_and_runs_no_formula(sample: Path, tmp_path: Path) -> None:
    tasks = [replace(task, text="=1+1 " + task.text, label="none") for task in read_sample(sample)]
    write_sample(tmp_path / "b.csv", tasks)
    rows = list(csv.reader((tmp_path / "b.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert all(cell.startswith("'=1+1") for row in rows[1:] for cell in row if "=1+1" in cell)
    dutch = tmp_path / "dutch.csv"  # a spreadsheet with Dutch settings saves semicolons
    with dutch.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert read_sample(tmp_path / "b.csv") == read_sample(dutch) == tasks


def test_export_writes_what_a_tool_imports(sample: Path, models: Path, tmp_path: Path) -> None:
    for tool, names in (("label-studio", {"tasks.json", "interface.xml"}), ("doccano", {"tasks.jsonl", "labels.json"})):
        out = tmp_path / tool
        assert call("export", sample, models, "--codebook", "care", "--to", tool, "--output", out).exit_code == 0
        assert {file.name for file in out.iterdir()} == names
    view = ElementTree.fromstring(studio_interface(read_codebook(models / "care" / "codebook.toml")))
    assert [choice.get("hint") for choice in view.iter("Choice")] == ["Zorg", "Niets & niemand"]


def test_labels_that_the_codebook_has_not_are_refused(sample: Path, models: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "b.csv", [replace(task, label="zorg") for task in read_sample(sample)])
    result = call("import", "care", tmp_path / "b.csv", models, "--reader", "anna")
    assert result.exit_code == 2 and "zorg" in result.output and "care, none" in result.output
    (tmp_path / "c.csv").write_text("text;label\nx;care\n", encoding="utf-8")
    result = call("import", "care", tmp_path / "c.csv", models, "--reader", "anna")
    assert result.exit_code == 2 and "no sample" in result.output


def test_agreement_shows_what_two_readers_differ_on(sample: Path, models: Path, tmp_path: Path) -> None:
    tasks = labelled(read_sample(sample))
    write_sample(tmp_path / "one.csv", tasks)
    write_sample(tmp_path / "two.csv", [replace(tasks[0], label="none"), *tasks[1:10]])
    for reader in ("one", "two"):
        assert call("import", "care", tmp_path / f"{reader}.csv", models, "--reader", reader).exit_code == 0
    result = call("agreement", "care", models, "--texts", DIGEST.parent)
    assert "10 sentences were read twice" in result.output and "care / none" in result.output
    assert tasks[0].text[:25] in result.output
    write_sample(tmp_path / "three.csv", tasks[:1])
    assert call("import", "care", tmp_path / "three.csv", models, "--reader", "settled").exit_code == 0
    answer = json.loads(call("agreement", "care", models, "--json").output)
    assert answer["read_twice"] == 10 and answer["not_settled"] == [] and answer["confused"] == [["care", "none", 1]]


def test_resolve_counts_what_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = json.loads(call("resolve", "statement", "--texts", DIGEST.parent, "--json").output)
    assert answer["found"] == 558 < answer["annotated"]
    answer = json.loads(call("resolve", "statement", "--texts", tmp_path / "empty", "--json").output)
    assert answer["found"] == 0 and sum(answer["missing"].values()) == answer["annotated"]


def test_resolve_rebuilds_each_reading_with_its_sentence(tmp_path: Path) -> None:
    output = tmp_path / "with texts.csv"
    said = call("resolve", "statement", "--texts", DIGEST.parent, "--output", output).output
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["sentence"] for row in rows}) == 558 and f"{len(rows):,} readings are in" in said
    for row in rows:
        stream = letters(row["text"])[0]
        assert (len(stream), sha256_of(stream)) == (int(row["letter_count"]), row["letters_sha256"])


def test_a_draw_is_random_in_part_and_varied_in_the_rest() -> None:
    random = np.random.default_rng(0)
    groups = np.eye(8)[random.integers(8, size=400)]  # eight subjects
    margins = np.where(np.arange(400) < 200, 0.1, 0.9)  # the first half is unsure
    rows = draw(groups, margins, size=16, random_share=0.5, seed=3)
    assert [*rows.values()].count(RANDOM) == 8 and len(rows) == 16
    chosen = [row for row, stratum in rows.items() if stratum == CHOSEN]
    assert len({int(groups[row].argmax()) for row in chosen}) == 8 and max(chosen) < 200
    assert draw(groups, margins, size=16, random_share=0.5, seed=3) == rows
    assert len(draw(groups, None, size=1_000, random_share=0, seed=1)) == 400


def test_what_stands_around_a_sentence_is_its_own_partys(digest: Document, resources: Resources) -> None:
    found = extract_document(digest, resources=resources)
    readings = in_context(found.sentences, found.passages)
    firsts = [i for i, each in enumerate(found.sentences) if i and each.section_id != found.sentences[i - 1].section_id]
    assert firsts and all(readings[i].before == "" and readings[i - 1].after == "" for i in firsts)
    assert readings[1].before == found.sentences[0].text and readings[0].after == found.sentences[1].text


def test_a_dataset_shows_a_sentence_in_the_context_that_the_run_saw(
    dataset: Path, digest: Document, resources: Resources
) -> None:
    found = extract_document(digest, resources=resources)
    seen = in_context(found.sentences, found.passages)
    for rank in (0, 1, len(seen) // 2, len(seen) - 1):
        assert reading_of(found.sentences[rank].sentence_id, dataset) == seen[rank]


def test_an_annotated_sentence_is_found_with_its_context(sample: Path, models: Path) -> None:
    tasks = labelled(read_sample(sample))
    write_sample(sample, tasks)
    call("import", "care", sample, models, "--reader", "anna")
    readings = [Reading("Een kop"), *(Reading(task.text, before="ervoor", kind="quote") for task in tasks)]
    annotations = read_annotations(models / "care" / "annotations.csv")
    found = find_readings(annotations, [DIGEST.parent], read=lambda paths: [readings for _ in paths])
    assert {each.text for each in found.values()} == {task.text for task in tasks}
    assert {each.before for each in found.values()} == {"ervoor"}
    alone = find_readings(annotations, [DIGEST.parent], read=lambda paths: [[] for _ in paths])
    assert {each.before for each in alone.values()} == {""} and alone.keys() == found.keys()


def test_why_names_the_words_that_make_a_label(dataset: Path, digest: Document) -> None:
    start = digest.text.index("Toegang tot de overheid, zorg en onderwijs zit verstopt")
    end = digest.text.index(".", start) + 1
    identity = f"{digest.document_id}.sen.{start}-{end}"
    result = CliRunner().invoke(main, ["why", identity, "--dataset", str(dataset), "--json"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert set(answer) == {"digitalisation", "manifesto-project", "policy-areas", "statement"}
    reasons = answer["digitalisation"]["reasons"]
    text = digest.text[start:end]
    for reason in reasons:
        if reason["char_start"] is not None:
            assert text[reason["char_start"] :].startswith(reason["words"])
    assert max(reasons, key=lambda each: each["effect"])["effect"] > 0.2
    shown = CliRunner().invoke(main, ["why", identity, "--dataset", str(dataset)])
    assert shown.exit_code == 0 and answer["statement"]["label"] in shown.output
    unknown = CliRunner().invoke(main, ["why", "0.sen.0-1", "--dataset", str(dataset)])
    assert unknown.exit_code == 2 and "no sentence 0.sen.0-1" in unknown.output

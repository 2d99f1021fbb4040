"""What changed between two versions, and what is said to have changed it."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pyarrow.parquet as pq
import pytest

from extract.changes.attribution import OF_LANGUAGE
from extract.changes.causes import CauseKind, Fact
from extract.changes.comparing import Change, Changes, DocumentChanges, TableChanges, Tally, changes_between, compare
from extract.changes.pairing import PLACE, keys_of
from extract.dataset.checks import check_dataset
from extract.dataset.versions import publish, write_draft
from extract.extraction import Resources, extract_document, load_resources, read
from extract.parties import load_register
from extract.problems import ManifestoError, problem
from extract.reading.facts import Facts
from extract.records import Extraction, Problem
from extract.settings import Settings
from extract.tables import ACROSS_DOCUMENTS, rows_of, table_of
from extract.verification.examination import certify, digest_of
from extract.verification.sources import source_of
from tests.conftest import MODELS, ROOT
from tests.dataset.test_dataset import RUN

DIGEST = (
    "De VVD ziet digitalisering als een kans.\n"
    "De partij wil dat de overheid minder gegevens bewaart.\n"
    "“Gegevens die de overheid niet meer nodig heeft, worden gewist.”\n"
    "D66 ziet digitalisering als een kans, en wil regels voor algoritmen.\n"
    "“Er komt een toezichthouder voor algoritmen van de overheid.”\n"
)
VVD = (
    "Verkiezingsprogramma VVD\n\n"
    "Nederland is een sterk land. Dat willen wij zo houden.\n\n"
    "Wij verlagen de belasting op arbeid. Gegevens die de overheid niet meer nodig heeft, worden gewist.\n\n"
    "Er komt in 2030 een minister voor digitale zaken. Wij verbieden gezichtsherkenning op straat.\n"
)
D66 = (
    "Verkiezingsprogramma D66\n\nEr komt een toezichthouder voor algoritmen van de overheid. Wij willen meer treinen.\n"
)
TEXTS = {"digest.txt": DIGEST, "VVD_2025.txt": VVD}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, resources: Resources) -> Make:
    """A function that makes a dataset version of texts, by name of the file."""

    def version(
        name: str,
        texts: Mapping[str, str] = TEXTS,
        *,
        facts: Mapping[str, Facts] | None = None,
        resources: Resources = resources,
        problems: tuple[Problem, ...] = (),
        also: Callable[[Extraction], Extraction] = lambda found: found,
        **run: str,
    ) -> Path:
        given = {"digest.txt": Facts(election="TK2025")} | dict(facts or {})
        found = [also(extracted(path, texts[path], given.get(path, Facts()), resources)) for path in sorted(texts)]
        rows = [rows_of(each) for each in found]
        digests = [each for of_one in rows if (each := digest_of(of_one.tables))]
        sources = [each for of_one in rows if (each := source_of(of_one)) and each.kind == "manifesto"]
        certified = certify(digests, sources, register=load_register())
        draft = write_draft(
            rows,
            parties=load_register().parties,
            across=[(each, table_of(each, getattr(certified, each))) for each in ACROSS_DOCUMENTS],
            problems=[*certified.problems, *problems],
            processed=tmp_path / name,
        )
        models = "|".join(model.model_id for model in resources.models)
        return publish(draft, replace(RUN, **({"models": models} | run)), tmp_path / name)  # type: ignore[arg-type]

    return version


def extracted(name: str, text: str, facts: Facts, resources: Resources) -> Extraction:
    document = read(text.encode(), name=name, facts=facts, settings=resources.settings).document
    assert document
    return extract_document(document, resources=resources)


def retrained(resources: Resources, codebook: str, *, threshold: float) -> Resources:
    """Resources with another model of a codebook: one that abstains below another probability."""
    models = (
        replace(model, threshold=threshold, model_id=f"{codebook}@another") if model.codebook.id == codebook else model
        for model in resources.models
    )
    return replace(resources, models=tuple(models))


def counts(found: Changes) -> dict[tuple[str, str], dict[str, int]]:
    """How many rows of a table changed, were added, are gone and moved, by causes; without zeros."""
    return {
        (table.table, causes(tally)): {
            what: getattr(tally, what) for what in ("changed", "added", "gone", "moved") if getattr(tally, what)
        }
        for table in found.tables
        for tally in table.tallies
    }


def causes(each: Any) -> str:
    said = (f"{cause.kind}: {cause.detail}" if cause.detail else cause.kind for cause in each.causes)
    return " or ".join(said)


def of(table: str, found: list[Change]) -> list[Change]:
    return [each for each in found if each.table == table]


def columns_of(change: Change) -> dict[str, tuple[object, object]]:
    return {each.column: (each.old, each.new) for each in change.columns}


def test_nothing_changed(make: Make) -> None:
    old, new = make("old"), make("new", settings_sha256="another")
    found = compare(old, new)
    assert [(fact.name, fact.old, fact.new) for fact in found.facts] == [("settings", "0", "another")]
    assert (found.old, found.new) == (old.name, new.name) and found.documents == found.examples == ()
    assert all(table.same == table.old == table.new and not table.tallies for table in found.tables)
    assert {table.table: table.same for table in found.tables}["sentences"] == 12
    assert list(changes_between(old, new)) == []


def test_an_edited_text(make: Make) -> None:
    edited = VVD.replace("Nederland is een sterk land.", "Nederland is een heel sterk land. Het is mooi.")
    old, new = make("old"), make("new", TEXTS | {"VVD_2025.txt": edited})
    found = compare(old, new)
    (document,) = found.documents
    assert (document.path, document.what, causes(document)) == ("VVD_2025.txt", "changed", "raw text: edited")
    assert [each.column for each in document.columns] == ["sha256", "bytes", "characters", "layer_sha256"]
    assert (document.sentences_in_both, document.sentences_added, document.sentences_gone) == (6, 2, 1)
    said = counts(found)
    assert said["sentences", "raw text: edited"] == {"added": 2, "gone": 1, "moved": 6}
    assert said["passages", "raw text: edited"] == {"added": 1, "gone": 1, "moved": 3}
    assert said["entities", "raw text: edited"] == {"added": 1, "gone": 1, "moved": 2}
    assert said["certificates", "other raw text: edited"] == {"moved": 1}
    assert {causes for _, causes in said} == {"raw text: edited", "other raw text: edited"}
    labels = next(table for table in found.tables if table.table == "labels")
    assert (labels.added, labels.gone, labels.changed + labels.moved) == (8, 4, 24)  # four codebooks
    rows = list(changes_between(old, new, tables=["sentences"]))
    assert [each.text for each in rows if each.what == "gone"] == ["Nederland is een sterk land."]
    moved = next(each for each in rows if each.what == "moved" and each.text == "Dat willen wij zo houden.")
    assert moved.old_key and moved.new_key and moved.old_key != moved.new_key and moved.columns == ()


def test_every_row_is_counted_once_and_is_in_its_table(make: Make) -> None:
    edited = VVD.replace("Nederland", "Europa").replace("2030", "2031") + "\nNederland is een sterk land.\n"
    old, new = make("old"), make("new", {"VVD_2025.txt": edited, "D66_2025.txt": D66, "digest.txt": DIGEST})
    found, rows = compare(old, new), list(changes_between(old, new))
    for table in found.tables:
        assert table.old == table.same + table.changed + table.moved + table.gone
        assert table.new == table.same + table.changed + table.moved + table.added
        differing = of(table.table, rows)
        assert len(differing) == table.changed + table.moved + table.added + table.gone
        for side, folder in (("old_key", old), ("new_key", new)):
            stored = pq.read_table(folder / "tables" / f"{table.table}.parquet").to_pylist()
            there = {tuple(row[name] for name in keys_of(table.table)) for row in stored}
            keys = [key for each in differing if (key := getattr(each, side))]
            assert len(set(keys)) == len(keys) and set(keys) <= there


def test_a_sentence_that_is_there_twice_is_paired_in_its_order(make: Make) -> None:
    text = "Programma VVD\n\nDat moet anders. Wij bouwen huizen. Dat moet anders. Wij bouwen wegen. Dat moet anders.\n"
    fewer = text.replace("Wij bouwen wegen. Dat moet anders.", "Wij bouwen wegen.")
    old, new = make("old", {"VVD_2025.txt": text}), make("new", {"VVD_2025.txt": fewer})
    (document,) = compare(old, new).documents
    assert (document.sentences_in_both, document.sentences_added, document.sentences_gone) == (5, 0, 1)
    (gone,) = (each for each in changes_between(old, new, tables=["sentences"]) if each.what == "gone")
    assert gone.old_key and str(gone.old_key[0]).endswith(f".{text.rindex('Dat')}-{len(text) - 1}")


def test_files_added_and_removed(make: Make) -> None:
    old, new = make("old"), make("new", {"digest.txt": DIGEST, "D66_2025.txt": D66})
    found = compare(old, new)
    said = [(each.path, each.what, causes(each), each.sentences_added, each.sentences_gone) for each in found.documents]
    assert said == [
        ("D66_2025.txt", "added", "raw text: file added", 3, 0),
        ("VVD_2025.txt", "gone", "raw text: file removed", 0, 7),
    ]
    assert counts(found)["sentences", "raw text: file added"] == {"added": 3}
    assert counts(found)["labels", "raw text: file removed"] == {"gone": 28}


def test_a_renamed_file_keeps_its_rows(make: Make) -> None:
    old, new = make("old"), make("new", {"digest.txt": DIGEST, "VVD_2023.txt": VVD})
    found = compare(old, new)
    (document,) = found.documents
    assert (document.path, causes(document)) == ("VVD_2023.txt", "file name")
    assert {causes(tally) for table in found.tables for tally in table.tallies} == {"file name"}
    assert {table.table for table in found.tables if table.tallies} == {
        "documents",
        "occasions",
        "certificates",
        "positions",
        "problems",
        "evidence",
    }


def test_another_election_tells_what_a_year_means(make: Make) -> None:
    text = "Verkiezingsprogramma VVD\n\nVanaf 2024 is dat anders, vinden wij.\n"
    said = counts(compare(make("old", {"VVD_2025.txt": text}), make("new", {"VVD_2023.txt": text})))
    assert said["entities", "file name"] == {"added": 1, "gone": 1}  # a year before, now a deadline


def test_another_extension_can_change_everything(make: Make) -> None:
    found = compare(make("old"), make("new", {"digest.txt": DIGEST, "VVD_2025.html": VVD}))
    said = counts(found)
    assert {causes for _, causes in said} == {"file name"}
    assert said["sentences", "file name"]["moved"] > 0 and said["passages", "file name"]["gone"] > 0


def test_a_model_exchanged(make: Make, resources: Resources) -> None:
    old = make("old")
    new = make("new", resources=retrained(resources, "statement", threshold=0.999))
    found = compare(old, new)
    assert [fact.name for fact in found.facts] == ["model statement"]
    said = counts(found)
    assert said.keys() == {("labels", "model: statement"), ("proposals", "model: statement")}
    assert said["labels", "model: statement"] == {"changed": 12}
    assert said["proposals", "model: statement"]["gone"] > 0
    labels = next(table for table in found.tables if table.table == "labels")
    assert labels.same == 36 and labels.tallies[0].columns.keys() == {"abstained", "model_id"}
    assert found.examples[0].table == "labels" and columns_of(found.examples[0])["abstained"] == (False, True)
    assert found.examples[0].label and found.examples[0].text and found.examples[0].path


def test_a_theme_depends_on_its_own_codebook(make: Make, resources: Resources) -> None:
    new = make("new", resources=retrained(resources, "policy-areas", threshold=0.999))
    said = list(changes_between(make("old"), new, tables=["proposals"]))
    assert said and all(
        each.columns[0].column == "policy_area" and causes(each) == "model: policy-areas" for each in said
    )


def test_a_codebook_left_out(make: Make, resources: Resources) -> None:
    fewer = replace(resources, models=tuple(each for each in resources.models if each.codebook.id != "digitalisation"))
    found = compare(make("old"), make("new", resources=fewer))
    assert [(fact.name, fact.new) for fact in found.facts] == [("codebook digitalisation", None)]
    said = counts(found)
    assert said["labels", "codebook: digitalisation"] == {"gone": 12}
    assert {causes for _, causes in said} == {"codebook: digitalisation"}


def test_code_and_model_at_once_are_both_named(
    make: Make, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make("old")

    def without_the_last(*arguments: Any) -> list[Any]:
        return list(split_sentences(*arguments))[:-1]

    from extract.extraction import split_sentences

    monkeypatch.setattr("extract.extraction.split_sentences", without_the_last)
    new = make("new", resources=retrained(resources, "statement", threshold=0.999), code_version="1")
    found = compare(old, new)
    assert [fact.name for fact in found.facts] == ["code", "model statement"]
    said = counts(found)
    assert said["sentences", "code"] == {"gone": 2}
    assert said["labels", "code"]["gone"] == 8  # of the two sentences, which no model takes away
    assert said["labels", "code or model: statement"]["changed"] > 0
    assert said["proposals", "code or model: statement"]["gone"] > 0
    assert said["labels", "model: statement"]["changed"] > 0  # in which only model_id differs


def test_code_that_moves_what_it_reads_keeps_texts_together(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make("old")
    from extract.extraction import document_in

    def read_otherwise(data: bytes, **arguments: Any) -> Any:
        if arguments["name"] == "digest.txt":
            return document_in(data, **arguments)
        document, problems = document_in(b"x" + data, **arguments)
        same = document_in(data, **arguments)[0]
        assert document and same
        return replace(document, document_id=same.document_id, sha256=same.sha256, bytes=same.bytes), problems

    monkeypatch.setattr("extract.extraction.document_in", read_otherwise)
    found = compare(old, make("new", code_version="1"))
    said = counts(found)
    assert said["sentences", "code"] == {"moved": 6, "added": 1, "gone": 1}
    assert {causes for _, causes in said} == {"code"}


def test_manifestos_csv_says_otherwise(make: Make) -> None:
    facts = {"VVD_2025.txt": Facts(party="D66", status="draft", source_url="https://example.org")}
    old, new = make("old"), make("new", facts=facts)
    found = compare(old, new)
    (document,) = found.documents
    assert (document.what, causes(document)) == ("changed", "manifestos.csv")
    said = counts(found)
    assert {causes for _, causes in said} == {"manifestos.csv"}
    assert said["sentences", "manifestos.csv"] == {"changed": 7}
    assert said["certificates", "manifestos.csv"]["changed"] == 1 and ("labels", "manifestos.csv") not in said


def test_manifestos_csv_that_makes_a_manifesto_of_a_digest_changes_everything(make: Make) -> None:
    new = make("new", facts={"digest.txt": Facts(election="TK2025", party="VVD")})
    said = counts(compare(make("old"), new))
    assert {causes for _, causes in said} == {"manifestos.csv"}
    assert said["passages", "manifestos.csv"]["changed"] > 0 and said["labels", "manifestos.csv"]["changed"] > 0
    assert said["certificates", "manifestos.csv"].keys() == {"gone"}


def test_manifestos_csv_and_code_at_once(make: Make) -> None:
    facts = {"VVD_2025.txt": Facts(status="draft")}
    said = counts(compare(make("old"), make("new", facts=facts, code_version="1")))
    assert said["documents", "manifestos.csv"] == {"changed": 1}
    assert said["certificates", "manifestos.csv or code"] == {"changed": 1}


def test_a_certificate_changes_because_a_manifesto_came(make: Make) -> None:
    old, new = make("old", {"digest.txt": DIGEST, "VVD_2025.txt": VVD}), make("new", TEXTS | {"D66_2025.txt": D66})
    said = counts(compare(old, new))
    assert said["certificates", "other raw text: file added"] == {"added": 1, "gone": 1}
    assert said["evidence", "other raw text: file added"]["added"] > 0
    came, went = sorted(changes_between(old, new, tables=["certificates"]), key=lambda each: each.what)
    assert columns_of(came)["status"] == (None, "verbatim") and columns_of(went)["status"] == ("no-source", None)
    assert {came.path, went.path} == {"digest.txt"} and came.party_id == "d66"


def test_the_best_certificate_gives_way_to_a_manifesto_that_came(make: Make) -> None:
    earlier = {"digest.txt": DIGEST, "VVD_2023.txt": VVD}
    old, new = make("old", earlier), make("new", earlier | {"VVD_2025.txt": VVD + "\nEn nog iets.\n"})
    found = list(changes_between(old, new, tables=["certificates", "problems"]))
    (no_more,) = (each for each in found if each.what == "changed")
    assert columns_of(no_more) == {"best": (True, False)} and causes(no_more) == "other raw text: file added"
    told = [(each.what, each.path, causes(each)) for each in of("problems", found)]
    assert ("gone", "digest.txt", "other raw text: file added") in told


def test_a_setting_changed(make: Make) -> None:
    missing = problem("party-missing", "The expected party lpf has no section.", path="", stage="split")
    old, new = make("old"), make("new", problems=(missing,), settings_sha256="another")
    assert counts(compare(old, new)) == {("problems", "setting"): {"added": 1}}


def test_annotation_switched_on(make: Make) -> None:
    ours = Settings(language_pipeline="nl_manifesto")
    found = [load_resources(replace(ours, annotate=annotate), models=MODELS) for annotate in (False, True)]
    old, new = (make(str(rank), resources=each, settings_sha256=str(rank)) for rank, each in enumerate(found))
    said = counts(compare(old, new))
    assert said.keys() == {("tokens", "setting")} and said["tokens", "setting"]["added"] > 50


def test_another_language_pipeline(make: Make) -> None:
    ours = load_resources(Settings(language_pipeline="nl_manifesto"), models=MODELS)
    old, new = make("old"), make("new", resources=ours, language_pipeline="nl_manifesto 1.0.0")
    found = compare(old, new)
    assert counts(found).keys() == {("proposals", "language pipeline")}
    assert found.examples and set(columns_of(found.examples[0])) <= OF_LANGUAGE


def test_entities_of_the_pipeline_depend_on_it_and_on_the_setting(make: Make) -> None:
    def without_the_pipeline(found: Extraction) -> Extraction:
        return replace(found, entities=tuple(each for each in found.entities if each.source != "pipeline"))

    def of_the_pipeline(found: Extraction) -> Extraction:
        return replace(found, entities=tuple(replace(each, source="pipeline") for each in found.entities))

    run = {"settings_sha256": "another", "language_pipeline": "other", "code_version": "0"}
    old, new = make("old", also=of_the_pipeline), make("new", also=without_the_pipeline)
    assert counts(compare(old, new)) == {("entities", "unknown"): {"changed": 5}}
    new = make("newer", also=lambda found: replace(found, entities=()), **run)
    assert counts(compare(old, new)) == {("entities", "language pipeline or setting"): {"gone": 5}}
    assert counts(compare(make("oldest"), new)) == {("entities", "unknown"): {"gone": 5}}


def test_a_file_that_could_not_be_read_before(make: Make) -> None:
    too_long = problem("too-long", "It is too long.", path="VVD_2025.txt", stage="read", severity="error")
    old = make("old", {"digest.txt": DIGEST}, problems=(too_long,))
    found = compare(old, make("new", settings_sha256="another"))
    (document,) = found.documents
    assert causes(document) == "raw text: could not be read before: too-long or setting"
    assert ("sentences", causes(document)) in counts(found)


def test_rows_that_nothing_explains(make: Make, tmp_path: Path) -> None:
    old, new = make("old"), make("new")
    path = new / "tables" / "sentences.parquet"
    table = pq.read_table(path)
    texts = [text.replace("belasting", "heffing") for text in table["text"].to_pylist()]
    place = table.schema.get_field_index("text")
    pq.write_table(table.set_column(place, table.schema.field("text"), [texts]), path)
    assert counts(compare(old, new)) == {("sentences", "unknown"): {"changed": 1}}


def test_only_some_tables(make: Make) -> None:
    old, new = make("old"), make("new", TEXTS | {"D66_2025.txt": D66})
    whole = compare(old, new)
    for name in ("labels", "proposals", "evidence", "problems", "parties"):
        (table,) = compare(old, new, tables=[name]).tables
        assert table == next(each for each in whole.tables if each.table == name)


def test_examples_are_of_every_kind_first(make: Make, resources: Resources) -> None:
    new = make("new", TEXTS | {"D66_2025.txt": D66}, resources=retrained(resources, "statement", threshold=0.999))
    found = compare(make("old"), new, examples=8)
    kinds = [(each.table, each.what, causes(each)) for each in found.examples]
    assert len(kinds) == 8 and ("proposals", "gone", "model: statement") in kinds
    assert ("certificates", "added", "other raw text: file added") in kinds
    assert compare(make("old2"), new, examples=0).examples == ()


def test_an_older_dataset_without_a_table_or_a_column(make: Make) -> None:
    old, new = make("old"), make("new", code_version="1")
    (old / "tables" / "entities.parquet").unlink()
    path = old / "tables" / "proposals.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["action", "polarity"]), path)
    found = compare(old, new)
    assert [(fact.name, fact.new) for fact in found.facts[1:]] == [("columns of proposals", "action, polarity")]
    assert counts(found) == {("entities", "code"): {"added": 5}}


@pytest.mark.parametrize("harm", ["key", "rubbish", "page", "order", "reference", "text"])
def test_what_is_no_dataset_is_an_error(make: Make, tmp_path: Path, harm: str) -> None:
    old, new = make("old"), make("new", TEXTS | {"VVD_2025.txt": VVD.replace("sterk", "heel sterk")}, code_version="1")
    path = old / "tables" / "passages.parquet"
    if harm == "key":
        pq.write_table(pq.read_table(path).drop_columns(["passage_id"]), path)
    elif harm == "rubbish":
        path.write_bytes(b"rubbish")
    elif harm == "page":  # the footer is whole, what it points to is not
        data = path.read_bytes()
        path.write_bytes(data[:4] + bytes(200) + data[204:])
    elif harm == "reference":
        path = old / "tables" / "sentences.parquet"
        pq.write_table(pq.read_table(path).slice(0, 1), path)
    elif harm == "order":
        table = pq.read_table(path)
        pq.write_table(table.take(list(range(0, table.num_rows, 2)) + list(range(1, table.num_rows, 2))), path)
    else:
        for text in (old / "texts").iterdir():
            text.unlink()
    with pytest.raises(ManifestoError, match="passages|texts|sentences"):
        compare(old, new)
    with pytest.raises(ManifestoError, match="no dataset"):
        compare(tmp_path, new)


def test_what_it_says_is_documented() -> None:
    said = (ROOT / "docs" / "looking.md").read_text(encoding="utf-8")
    of_causes, _, as_json = said.partition("### What it comes from")[2].partition("### As JSON")
    assert re.findall(r"^\| ([a-z. ]+) \| ", of_causes, re.MULTILINE)[1:] == list(get_args(CauseKind))
    records = (Changes, DocumentChanges, TableChanges, Tally, Change, Fact)
    fields = [name for record in records for name in record.__slots__]
    assert [name for name in fields if not re.search(rf"\b{name}\b", as_json)] == []
    assert all(column in said for column in PLACE)


@pytest.mark.parametrize(("table", "rows"), [("occasions", 2), ("readings", 2)])
def test_a_version_of_a_release_without_a_table_is_checked_and_compared(make: Make, table: str, rows: int) -> None:
    old, new = make("old"), make("new", code_version="1")
    for name in (f"tables/{table}.parquet", f"csv/{table}.csv"):
        (old / name).unlink()
    with closing(sqlite3.connect(old / "dataset.sqlite")) as database:
        database.execute(f"DROP TABLE {table}")
        database.commit()
    assert {each.rule for each in check_dataset(old)} == {"files", "version", "crate"}  # files are gone, no row is
    assert counts(compare(old, new)) == {(table, "code"): {"added": rows}}


def test_a_document_that_is_read_otherwise_by_other_code_is_put_down_to_that(make: Make) -> None:
    def worse(found: Extraction) -> Extraction:
        return replace(found, readings=(replace(found.readings[0], grade="C", known_share=0.5),))

    said = counts(compare(make("old"), make("new", code_version="1", also=worse)))
    assert said == {("readings", "code"): {"changed": 2}}

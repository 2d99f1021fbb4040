"""`manifesto run` as a user meets it: what it makes, what it says, and what bad input does to it."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import CliRunner, Result

from extract.dataset.checks import check_dataset
from extract.dataset.database import read_database
from extract.dataset.files import REPORT
from extract.dataset.reader import current_version
from extract.extraction import Resources, extract_document, read
from extract.problems import problem
from extract.reading.documents import load_bytes
from extract.reading.facts import Facts
from extract.records import sha256_of
from pipelines.commands.cli import main
from pipelines.commands.showing import show_worst
from pipelines.history import past_runs
from pipelines.processed import Processed
from pipelines.store import Store
from pipelines.summary import worst_read
from pipelines.terminal import Console
from tests.conftest import DIGEST, ROOT, copy_encoder, read_tables

Run = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("in_process")

BLANK = ("--language-pipeline", "blank")  # which loads at once; test_language_pipeline.py has the others


@pytest.fixture
def run(tmp_path: Path, raw: Path) -> Run:
    """Run `manifesto run` on the raw folder."""

    def call(*arguments: str, folder: Path = raw) -> Result:
        command = ["run", str(folder), "--processed", str(tmp_path / "processed"), *BLANK]
        return CliRunner().invoke(main, [*command, *arguments])

    return call


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory, in_process: None) -> Path:
    """What a run on the digest leaves."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "raw").mkdir()
    (folder / "raw" / DIGEST.name).write_bytes(DIGEST.read_bytes())
    command = ["run", str(folder / "raw"), "--processed", str(folder / "processed"), *BLANK]
    assert CliRunner().invoke(main, command).exit_code == 0
    return folder / "processed"


@pytest.fixture
def ran(tmp_path: Path, first_run: Path) -> None:
    """A first run, by way of a copy of what it leaves."""
    shutil.copytree(first_run, tmp_path / "processed")


def dataset(tmp_path: Path) -> Path:
    version = current_version(tmp_path / "processed")
    assert version
    return tmp_path / "processed" / version


def problems(tmp_path: Path) -> list[tuple[str, str]]:
    table = read_tables(dataset(tmp_path))["problems"]
    return sorted(zip(table["path"], table["code"], strict=True))


def counted(result: Result) -> list[int]:
    """Documents read, relabelled, reused and failed, as a run with --json says."""
    said = json.loads(result.stdout)
    return [said[f"documents_{what}"] for what in ("read", "relabelled", "reused", "failed")]


def test_a_run_makes_a_dataset_that_checks_out_and_says_what_is_in_it(run: Run, tmp_path: Path) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    folder = dataset(tmp_path)
    assert check_dataset(folder) == []
    for said in ("ChristenUnie", "558", "223", folder.name, "manifesto check"):
        assert said in result.output
    assert "Read worst" not in result.output  # it was read well
    assert CliRunner().invoke(main, ["check", "--processed", str(tmp_path / "processed")]).exit_code == 0


def test_the_flow_gives_the_rows_that_extract_document_gives(
    run: Run, tmp_path: Path, raw: Path, resources: Resources
) -> None:
    run()
    path = raw / DIGEST.name
    document = read(path.read_bytes(), name=path.name, facts=Facts(), settings=resources.settings).document
    assert document
    extraction = extract_document(document, resources=resources)
    tables = read_tables(dataset(tmp_path))
    for name in ("sections", "passages", "sentences", "labels", "quotes", "proposals", "readings", "problems"):
        records = getattr(extraction, name)
        rows = tables[name].astype(object).where(tables[name].notna(), None).to_dict("records")
        assert rows == [{column: getattr(record, column) for column in record.__slots__} for record in records]


def test_the_worst_read_documents_are_shown_with_what_is_wrong(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(3):
        text = f"VVD {number}\n\n" + "Wij willen dat er meer geld komt voor de zorg in het hele land.\n\n" * 3
        (folder / f"VVD_20{number}1.txt").write_text(text, encoding="utf-8")
    garbled = "Wrj wqllun dct ur mtfr gtld kpmt vccr dt zqrg jn hft htlt lcnd.\n\n"
    (folder / "[red]_2021.txt").write_text(f"VVD\n\n{garbled * 12}", encoding="utf-8")
    said = json.loads(run("--json", folder=folder).stdout)["worst_read"]
    assert [(each["path"], each["grade"]) for each in said] == [("[red]_2021.txt", "D")]  # the others were read well
    assert said[0]["doubts"] == ["words-unknown"] and "in no list of Dutch words" in said[0]["why"]
    assert said[0]["sentence_f1"] is None
    with closing(read_database(dataset(tmp_path))) as database:
        show_worst(Console(width=200, file=(shown := io.StringIO())), worst_read(database))
    assert " D [red]_2021.txt, no estimate: not a PDF: words unknown; " in shown.getvalue()


def test_a_second_run_changes_nothing_and_names_the_version(run: Run, ran: None, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "processed").rglob("*") if path.is_file()}
    again = run()
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "processed").rglob("*") if path.is_file()}
    assert again.exit_code == 0 and "Nothing changed" in again.output and dataset(tmp_path).name in again.output
    assert after == before


def test_only_what_changed_is_read(run: Run, ran: None, tmp_path: Path, raw: Path) -> None:
    (raw / "zorg.txt").write_text("VVD wil zorg.\n“Er komt zorg.”\nD66 wil meer.\n“Er komt meer.”\n", encoding="utf-8")
    said = json.loads(run("--json").stdout)
    assert (said["documents_read"], said["documents_reused"], said["changed"]) == (1, 1, True)
    first = dataset(tmp_path)
    (raw / "zorg.txt").unlink()
    said = json.loads(run("--json").stdout)
    assert (said["documents_read"], said["documents_reused"], said["changed"]) == (0, 1, True)
    assert dataset(tmp_path) != first and first.is_dir()


def test_ids_stay_when_documents_are_added(run: Run, ran: None, tmp_path: Path, raw: Path) -> None:
    before = read_tables(dataset(tmp_path))["sentences"]
    (raw / "a.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")
    run()
    after = read_tables(dataset(tmp_path))["sentences"]
    assert len(after) == len(before) + 2 and set(before["sentence_id"]) < set(after["sentence_id"])


@pytest.mark.parametrize(
    ("change", "counts", "why"),
    [
        ({"rows_sha256": lambda: "another"}, [1, 0, 0], "the code changed"),
        ({"package_versions": lambda: "spacy==0"}, [1, 0, 0], "packages changed"),
        ({"language_id": lambda name, models: "nl_other 1"}, [1, 0, 0], "the language pipeline changed"),
        ({"model_id": lambda folder: f"{folder.name}@another"}, [0, 1, 0], "the model of statement changed"),
    ],
)
def test_what_a_row_depends_on_makes_it_be_made_anew(
    run: Run,
    ran: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    counts: list[int],
    why: str,
) -> None:
    for name, function in change.items():
        monkeypatch.setattr(f"pipelines.plan.{name}", function)
    result = run("--json")
    assert counted(result) == [*counts, 0] and why in result.stderr


@pytest.mark.parametrize(
    ("toml", "counts", "why"),
    [
        ("max_characters = 7000000", [0, 0, 1, 0], "unchanged"),
        ("max_characters = 70000", None, "it is longer than max_characters now"),
        ('codebooks = ["statement", "digitalisation"]', [0, 1, 0, 0], "codebook policy-areas was left out"),
        (
            'codebooks = ["statement", "digitalisation", "policy-areas", "manifesto-project"]',
            [0, 0, 1, 0],
            "unchanged",
        ),
        ('expected_parties = ["cda", "lpf"]', [0, 0, 1, 0], "unchanged"),
    ],
)
def test_a_setting_costs_what_depends_on_it(
    run: Run, ran: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toml: str, counts: list[int] | None, why: str
) -> None:
    """What is made anew in part is the same as what is made in one go."""
    settings = tmp_path / "settings.toml"
    settings.write_text(toml + "\n", encoding="utf-8")
    result = run("--json", "--settings", str(settings))
    assert why in result.stderr
    if counts is None:
        assert result.exit_code == 1 and "the limit is 70,000" in result.stderr
        return
    assert counted(result) == counts
    whole = run("--json", "--settings", str(settings), "--processed", str(tmp_path / "whole"))
    assert json.loads(whole.stdout)["version"] == dataset(tmp_path).name
    sums = [(folder / dataset(tmp_path).name / "SHA256SUMS").read_bytes()
            for folder in (tmp_path / "whole", tmp_path / "processed")]  # fmt: skip
    assert sums[0] == sums[1]


def test_diff_puts_what_runs_changed_down_to_its_causes(
    run: Run, ran: None, tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dataset(tmp_path).name
    (raw / "VVD_2025.txt").write_text("Wij verlagen de belasting. Er komt een wet.\n", encoding="utf-8")
    (raw / "manifestos.csv").write_text(f"file,licence\n{DIGEST.name},CC0\n", encoding="utf-8")
    (tmp_path / "settings.toml").write_text('expected_parties = ["lpf"]\n', encoding="utf-8")
    monkeypatch.setattr("pipelines.plan.rows_sha256", lambda: "another")
    monkeypatch.setattr("pipelines.flow.code_version", lambda: "another")
    assert run("--settings", str(tmp_path / "settings.toml")).exit_code == 0
    result = CliRunner().invoke(main, ["diff", before, "--processed", str(tmp_path / "processed"), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert [fact["name"] for fact in said["facts"]] == ["code", "settings"]
    causes = {
        (each["table"], each["what"], each["path"], tuple(cause["kind"] for cause in each["causes"]))
        for each in said["changes"]
    }
    assert {
        ("documents", "changed", DIGEST.name, ("manifestos.csv",)),
        ("sentences", "added", "VVD_2025.txt", ("raw text",)),
        ("certificates", "added", DIGEST.name, ("other raw text",)),
        ("certificates", "gone", DIGEST.name, ("other raw text", "code")),  # that there was no source
    } <= causes
    (missing,) = (each for each in said["changes"] if each["path"] == "")
    assert {cause["kind"] for cause in missing["causes"]} >= {"setting", "code"}


def test_the_size_of_a_batch_is_of_no_consequence(run: Run, ran: None, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("batch_documents = 3\n", encoding="utf-8")
    assert "Nothing changed" in run("--settings", str(tmp_path / "settings.toml")).output
    assert len(past_runs(Processed(tmp_path / "processed"))) == 1


def test_a_damaged_store_is_read_past(run: Run, ran: None, tmp_path: Path, raw: Path) -> None:
    for path in (tmp_path / "processed" / ".cache" / "documents").iterdir():
        path.write_bytes(b"rubbish")
    (raw / "zorg.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")
    result = run()
    assert result.exit_code == 0
    assert len(read_tables(dataset(tmp_path))["documents"]) == 2


def test_a_document_that_the_store_lost_does_not_count_as_read(
    run: Run, ran: None, tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "zorg.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")
    whole = Store.put

    def loses(store: Store, name: str, packed: bytes) -> None:
        whole(store, name, packed)
        (tmp_path / "processed" / ".cache" / "documents" / f"{sha256_of(DIGEST.name)[:32]}.rows").write_bytes(b"")

    monkeypatch.setattr(Store, "put", loses)
    said = json.loads(run("--json").stdout)
    assert [said[f"documents_{what}"] for what in ("read", "reused", "failed")] == [1, 0, 1]
    assert (DIGEST.name, "kept-lost") in problems(tmp_path)


def test_the_bytes_do_not_depend_on_how_documents_are_batched(run: Run, tmp_path: Path, raw: Path) -> None:
    for name in ("a", "b/c", "z"):
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / f"{name}.txt").write_text(f"VVD wil {name}.\n“Er komt {name}.”\nD66 wil meer.\n", encoding="utf-8")
    said = set()
    for size in (1, 3):
        (tmp_path / "settings.toml").write_text(f"batch_documents = {size}\n", encoding="utf-8")
        shutil.rmtree(tmp_path / "processed", ignore_errors=True)
        assert run("--settings", str(tmp_path / "settings.toml")).exit_code == 0
        said.add((dataset(tmp_path).name, (dataset(tmp_path) / "SHA256SUMS").read_text(encoding="utf-8")))
    assert len(said) == 1


def test_bad_files_are_problems_and_cost_no_other_file(run: Run, tmp_path: Path, raw: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 50)
    (raw / "latin.txt").write_bytes("D66 wil één huis.\nVVD wil twéé huizen.\n".encode("cp1252"))
    (raw / "wide.txt").write_bytes("D66 wil een tuin.\nVVD wil twee tuinen.\n".encode("utf-16"))
    (raw / "long.txt").write_text("woord " * 1_500_000, encoding="utf-8")
    (raw / "cut.txt").write_text("D66 wil rust.\n“Er komt rust.”\nVVD wil orde.\n“Er komt or", encoding="utf-8")
    (raw / "copy.txt").write_bytes(DIGEST.read_bytes())
    (raw / "zon.txt").write_text("Partij Zonneschijn ziet zon.\n“Er is zon.”\nVVD wil zon.\n", encoding="utf-8")
    result = run("--workers", "1")  # as there are enough for a pool; test_parallel.py has those
    assert result.exit_code == 0, result.output
    assert check_dataset(dataset(tmp_path)) == []
    assert problems(tmp_path) == [
        ("binary.txt", "not-text"),
        ("copy.txt", "copy"),  # which names no election, as the other file does
        ("cut.txt", "quote-unclosed"),
        ("empty.txt", "empty"),
        ("latin.txt", "encoding-guessed"),
        ("long.txt", "too-long"),
        ("zon.txt", "party-unknown"),
    ]
    sections = read_tables(dataset(tmp_path))["sections"]
    unknown = sections[sections["party_id"].isna()]
    assert unknown["party_as_written"].tolist() == ["Partij Zonneschijn"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.mkdir(), "holds no files"),
        (lambda folder: folder.write_text("x"), "is a file"),
    ],
)
def test_no_input_is_an_error_that_says_what_to_do(
    run: Run, tmp_path: Path, make: Callable[[Path], Any], said: str
) -> None:
    make(tmp_path / "input")
    result = run(folder=tmp_path / "input")
    assert result.exit_code == 1 and said in result.output and "Traceback" not in result.output


def test_nothing_readable_is_an_error_and_leaves_the_dataset_as_it_was(
    run: Run, ran: None, tmp_path: Path, raw: Path
) -> None:
    before = dataset(tmp_path)
    (raw / DIGEST.name).write_bytes(b"")
    result = run()
    assert result.exit_code == 1 and "has no text" in result.output
    assert dataset(tmp_path) == before and check_dataset(before) == []


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("colour = 1", "no setting 'colour'"),
        ("batch_documents = 'x'", "takes a int"),
        ("= 1", "cannot be read"),
        ("codebooks = []", "at least one"),
        ('codebooks = ["statement", "statement"]', "each once"),
        ('codebooks = ["../statement"]', "takes names"),
        ('expected_parties = ["VVD"]', "no party_id VVD"),
    ],
)
def test_a_wrong_setting_is_wrong_usage(run: Run, tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "settings.toml").write_text(toml, encoding="utf-8")
    result = run("--settings", str(tmp_path / "settings.toml"))
    assert result.exit_code == 2 and said in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runner", "dask"], "go together"),
        (["--scheduler", "tcp://127.0.0.1:1"], "go together"),
        (["--runner", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "this machine"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 and said in result.output


def test_a_broken_model_is_an_error(run: Run, tmp_path: Path) -> None:
    models = tmp_path / "models"
    for name in ("digitalisation", "manifesto-project", "policy-areas", "statement"):
        (models / name).mkdir(parents=True)
        for file in ("codebook.toml", "keywords.csv", "metrics.json", "model.skops"):
            (models / name / file).write_bytes((ROOT / "models" / name / file).read_bytes())
    copy_encoder(models)
    (models / "statement" / "model.skops").write_bytes(b"no model")
    result = run("--models", str(models))
    assert result.exit_code == 1 and "statement" in result.output and "Traceback" not in result.output


def test_a_document_that_breaks_a_stage_costs_no_other(
    run: Run, tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "zorg.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")
    from extract import extraction as stages

    whole = stages.split

    def breaks(extraction: Any, *, resources: Any) -> Any:
        if extraction.document.path == "zorg.txt":
            raise ZeroDivisionError("planted")
        return whole(extraction, resources=resources)

    breaks.__name__ = "split"
    monkeypatch.setattr("extract.extraction.split", breaks)
    assert run().exit_code == 0
    assert problems(tmp_path) == [("zorg.txt", "stage-failed")]
    assert len(read_tables(dataset(tmp_path))["documents"]) == 1


def test_a_fault_that_passes_is_tried_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OSError(5, "Input/output error")])

    def fails_once(path: Path, **given: Any) -> Any:
        with monkeypatch.context() as patched:
            if error := next(failures, None):
                patched.setattr("extract.reading.raw_files.open_raw", Mock(side_effect=error))
            return load_bytes(path, **given)

    monkeypatch.setattr("pipelines.flow.load_bytes", fails_once)
    assert run().exit_code == 0
    assert problems(tmp_path) == [] and next(failures, None) is None


def test_a_file_that_could_not_be_read_is_read_by_the_next_run(
    run: Run, tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "zorg.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")

    def fails(path: Path, **given: Any) -> Any:
        return refused if path.name == "zorg.txt" else load_bytes(path, **given)

    refused = problem("file-unreadable", "zorg.txt cannot be opened", path="zorg.txt", stage="read", severity="error")
    monkeypatch.setattr("pipelines.flow.load_bytes", fails)
    said = json.loads(run("--json").stdout)
    assert [said[f"documents_{what}"] for what in ("read", "reused", "failed")] == [1, 0, 1]
    assert problems(tmp_path) == [("zorg.txt", "file-unreadable")]
    monkeypatch.undo()
    said = json.loads(run("--json").stdout)
    assert [said[f"documents_{what}"] for what in ("read", "reused", "failed")] == [1, 1, 0]
    assert problems(tmp_path) == []


def test_bad_files_are_counted_as_failed_each_time(run: Run, raw: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    counts = []
    for _ in range(2):
        said = json.loads(run("--json").stdout)
        counts.append([said[f"documents_{what}"] for what in ("read", "reused", "failed")])
    assert counts == [[1, 0, 1], [0, 1, 1]] and said["changed"] is False


def test_a_copy_of_a_file_that_is_not_read_is_read(run: Run, tmp_path: Path, raw: Path) -> None:
    (raw / "a.bak").write_bytes((raw / DIGEST.name).read_bytes())
    assert run().exit_code == 0
    assert problems(tmp_path) == [("a.bak", "type-unknown")]
    assert len(read_tables(dataset(tmp_path))["documents"]) == 1


def test_a_dataset_is_never_read_as_party_texts(raw: Path) -> None:
    result = CliRunner().invoke(main, ["run", str(raw), "--processed", str(raw / "processed")])
    assert result.exit_code == 2 and "lies in" in result.output


@pytest.mark.parametrize("name", ["csv/quotes.csv", "tables/quotes.parquet", "SHA256SUMS"])
def test_a_damaged_dataset_is_written_anew(run: Run, ran: None, tmp_path: Path, name: str) -> None:
    (dataset(tmp_path) / name).write_bytes(b"damage")
    assert CliRunner().invoke(main, ["check", str(dataset(tmp_path))]).exit_code == 1
    result = run()
    assert result.exit_code == 0 and "is written" in result.output
    assert check_dataset(dataset(tmp_path)) == []


@pytest.mark.parametrize("data", [b"\xff\xfe", b"nowhere\n", b""])
def test_a_damaged_current_version_is_found_again(run: Run, ran: None, tmp_path: Path, data: bytes) -> None:
    before = dataset(tmp_path)
    (tmp_path / "processed" / "current.txt").write_bytes(data)
    assert CliRunner().invoke(main, ["check", "--processed", str(tmp_path / "processed")]).exit_code == 1
    assert run().exit_code == 0 and dataset(tmp_path) == before


def test_names_that_look_like_markup_are_shown_as_they_are(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "[bold]raw[" / "x"
    folder.mkdir(parents=True)
    (folder / "[red]a.txt").write_text("Partij [/bold] wil zon.\nPartij Maan wil maan.\n", encoding="utf-8")
    (folder / "[b].txt").write_bytes(b"")
    result = run(folder=folder)
    assert result.exit_code == 0 and "[b].txt has no text" in result.output


def test_a_poor_terminal_costs_no_more_than_a_sign(run: Run, ran: None, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "check", "--processed", str(tmp_path / "processed")],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_doctor_finds_this_installation_well(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--processed", str(tmp_path / "processed"), "--json"])
    symptoms = {each["part"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == 0 and all(each["well"] for each in symptoms.values())
    assert {"model digitalisation", "prefect", "language pipeline"} <= set(symptoms)
    result = CliRunner().invoke(main, ["doctor", "--models", str(tmp_path), "--processed", str(tmp_path)])
    assert result.exit_code == 1 and "manifesto train" in result.output


def test_runs_and_old_versions_are_listed_and_removed(run: Run, tmp_path: Path, raw: Path) -> None:
    versions = []
    for text in ("VVD wil zorg.", "VVD wil meer.", "VVD wil veel."):
        (raw / "zorg.txt").write_text(text + "\n", encoding="utf-8")
        assert run().exit_code == 0
        versions.append(dataset(tmp_path).name)
    (raw / "zorg.txt").unlink()
    (raw / DIGEST.name).rename(raw / "away.bak")
    assert run().exit_code == 1
    processed = ["--processed", str(tmp_path / "processed")]
    listed = json.loads(CliRunner().invoke(main, ["runs", *processed, "--json"]).stdout)
    assert [each["result"] for each in listed] == ["failed", "written", "written", "written"]
    assert listed[1]["documents"] == {"zorg.txt": "read: its bytes changed"}
    assert [listed[1][f"documents_{what}"] for what in ("read", "reused")] == [1, 1]
    shown = CliRunner().invoke(main, ["runs", *processed]).output
    assert "failed" in shown and "its bytes" in shown
    (tmp_path / "processed" / "current.txt").write_text(versions[0] + "\n", encoding="utf-8")
    said = json.loads(CliRunner().invoke(main, ["prune", "--keep", "1", *processed, "--json"]).stdout)
    left = [path.name for path in (tmp_path / "processed").glob("v*")]
    assert said == {"removed": [versions[1]]} and sorted(left) == sorted([versions[0], versions[2]])
    assert dataset(tmp_path).name == versions[0] and check_dataset(dataset(tmp_path)) == []
    assert CliRunner().invoke(main, ["prune", "--keep", "0", *processed]).exit_code == 2
    missing = CliRunner().invoke(main, ["prune", "--keep", "1", "--processed", str(tmp_path / "typo")])
    assert missing.exit_code == 1 and not (tmp_path / "typo").exists()


def test_a_lower_limit_is_noticed_after_labels_were_made_anew(run: Run, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    run()
    settings.write_text('codebooks = ["statement"]\n', encoding="utf-8")
    assert counted(run("--json", "--settings", str(settings))) == [0, 1, 0, 0]
    settings.write_text('codebooks = ["statement"]\nmax_characters = 70000\n', encoding="utf-8")
    assert "longer than max_characters now" in run("--settings", str(settings)).output


def test_a_file_over_the_limit_is_settled(run: Run, tmp_path: Path, raw: Path) -> None:
    (raw / "long.txt").write_text("woord " * 60_000, encoding="utf-8")
    (tmp_path / "settings.toml").write_text("max_characters = 80000\n", encoding="utf-8")
    assert run("--settings", str(tmp_path / "settings.toml")).exit_code == 0
    assert problems(tmp_path) == [("long.txt", "too-long")]
    assert "Nothing changed" in run("--settings", str(tmp_path / "settings.toml")).output
    assert len(past_runs(Processed(tmp_path / "processed"))) == 1


def test_what_is_refused_unread_is_settled(run: Run, tmp_path: Path, raw: Path) -> None:
    """A run that finds a sparse file of 40 GB, a link out of the raw folder and a pipe reads none of them, ever."""
    with (raw / "large.txt").open("wb") as file:
        file.truncate(40 * 10**9)
    if getattr((raw / "large.txt").stat(), "st_blocks", 10**9) > 10**6 or not hasattr(os, "mkfifo"):
        pytest.skip("no sparse files or no pipes here")
    (tmp_path / "secret.txt").write_text("VVD wil dat niemand dit leest.\n", encoding="utf-8")
    (raw / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(raw / "manifestos.csv")
    assert counted(run("--json")) == [1, 0, 0, 2]
    assert problems(tmp_path) == [
        ("large.txt", "too-long"), ("link.txt", "file-link"), ("manifestos.csv", "facts-unreadable"),
    ]  # fmt: skip
    assert "Nothing changed" in run().output and len(past_runs(Processed(tmp_path / "processed"))) == 1
    with (raw / "large.txt").open("r+b") as file:
        file.truncate(40 * 10**9 + 1)
    result = run("--json")
    assert counted(result) == [0, 0, 1, 2] and json.loads(result.stdout)["changed"]
    assert "40,000,000,001" in read_tables(dataset(tmp_path))["problems"]["message"].str.cat()


def test_a_file_that_is_not_read_costs_nothing_after_a_codebook_was_left_out(
    run: Run, tmp_path: Path, raw: Path
) -> None:
    (raw / "empty.txt").write_bytes(b"")
    assert run().exit_code == 0
    settings = tmp_path / "settings.toml"
    settings.write_text('codebooks = ["statement"]\n', encoding="utf-8")
    assert counted(run("--json", "--settings", str(settings))) == [0, 1, 0, 1]
    assert "Nothing changed" in run("--settings", str(settings)).output
    assert len(past_runs(Processed(tmp_path / "processed"))) == 2  # the last one did not even look at what is kept


def manifesto(quote: str) -> str:
    """A made-up manifesto with a quote of the digest in it."""
    return f"Ons programma\nWij houden van ons land en van zijn inwoners. {quote} Dat is goed voor iedereen.\n" * 3


def certified(tmp_path: Path) -> dict[Path, int]:
    """What is kept of what manifestos say of digests, and when it was written."""
    folder = tmp_path / "processed" / ".cache" / "certified"
    return {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_quotes_are_held_against_manifestos(run: Run, ran: None, tmp_path: Path, raw: Path) -> None:
    *_, last = (line for line in DIGEST.read_text(encoding="utf-8").splitlines() if line.startswith("“"))
    (raw / "PVV_2025.txt").write_text(manifesto(last[1:-1]), encoding="utf-8")
    (raw / "CDA_2025.txt").write_text(manifesto("Wij willen iets heel anders dan anderen willen."), encoding="utf-8")
    result = run("--json")
    assert counted(result) == [2, 0, 1, 0]
    said = {each["party"]: each for each in json.loads(result.stdout)["parties"]}
    assert (said["PVV"]["verified"], said["CDA"]["verified"], said["VVD"]["without_manifesto"]) == (1, 0, 11)
    assert [each for each in problems(tmp_path) if each[0] == DIGEST.name] == [(DIGEST.name, "quote-not-verified")] * 13
    assert check_dataset(dataset(tmp_path)) == []
    tables = read_tables(dataset(tmp_path))
    (found,) = tables["certificates"].query("best and status == 'verbatim'").to_dict("records")
    assert found["text"] == last[1:-1] and found["places"] == 3
    nearest = tables["evidence"].query("kind == 'nearest'")
    assert set(nearest["source_document_id"]) == set(tables["documents"].query("kind == 'manifesto'")["document_id"])
    assert set(tables["evidence"].query("kind == 'quote'")["quote_id"]) == set(
        tables["quotes"].query("kind == 'statement'")["quote_id"]
    )

    find = ["find", last[1:-1], "--processed", str(tmp_path / "processed")]
    shown = CliRunner().invoke(main, find)
    assert shown.exit_code == 0 and "4 places with these words, in 2 documents" in shown.output
    places = json.loads(CliRunner().invoke(main, [*find, "--party", "PVV", "--json"]).stdout)
    assert [(each["party_id"], each["match"]) for each in places] == [("pvv", "verbatim")] * 3

    before = certified(tmp_path)
    (raw / "zorg.txt").write_text(manifesto("Wij willen weer iets anders."), encoding="utf-8")
    assert counted(run("--json")) == [1, 0, 3, 0]
    after = certified(tmp_path)
    assert len(after) == 3 and all(after[path] == before[path] for path in before)  # were not looked at again
    again = ["run", str(raw), "--processed", str(tmp_path / "anew"), *BLANK]
    assert CliRunner().invoke(main, again).exit_code == 0
    assert current_version(tmp_path / "anew") == current_version(tmp_path / "processed")
    for path in after:
        path.write_bytes(b"rubbish")
    (raw / "zorg.txt").unlink()
    (raw / "PVV_2025.txt").unlink()
    assert counted(run("--json")) == [0, 0, 2, 0]
    assert len(certified(tmp_path)) == 1
    statuses = read_tables(dataset(tmp_path))["certificates"]["status"].value_counts().to_dict()
    assert statuses == {"no-source": 223 - 13, "not-found": 13}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["zeepaardjes"], 1, "0 places"),
        (["..."], 2, "no letter or digit"),
        (["zorg", "--party", "Partij Zonneschijn"], 2, "knows no party"),
        (["zorg", "--dataset", "nowhere"], 1, "is no dataset"),
    ],
)
def test_find_says_what_is_wrong(ran: None, tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    result = CliRunner().invoke(main, ["find", *arguments, "--processed", str(tmp_path / "processed")])
    assert result.exit_code == code and message in result.output


def test_a_manifesto_that_becomes_a_copy_while_a_run_is_at_work_costs_itself(
    run: Run, ran: None, tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.flow

    for name, said in (("CDA_2025.txt", "Wij willen dit."), ("VVD_2025.txt", "Wij willen dat.")):
        (raw / name).write_text(manifesto(said), encoding="utf-8")
    looked = pipelines.flow.survey

    def survey(*arguments: Any, **more: Any) -> Any:
        found = looked(*arguments, **more)
        shutil.copy(raw / "CDA_2025.txt", raw / "VVD_2025.txt")
        return found

    monkeypatch.setattr(pipelines.flow, "survey", survey)
    assert counted(run("--json")) == [1, 0, 1, 1]
    assert ("VVD_2025.txt", "file-changed") in problems(tmp_path)
    assert check_dataset(dataset(tmp_path)) == []


def test_a_run_writes_the_report_and_a_fault_in_it_costs_no_row(
    run: Run, first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "558" in (first_run / (current_version(first_run) or "") / REPORT).read_text(encoding="utf-8")

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("pipelines.flow.write_report", breaks)
    result = run()
    assert result.exit_code == 0 and "could not be made (ZeroDivisionError: planted)" in result.output
    assert check_dataset(dataset(tmp_path)) == [] and not (dataset(tmp_path) / REPORT).exists()
    monkeypatch.undo()


def test_files_with_the_same_bytes_are_one_document_with_two_occasions(run: Run, tmp_path: Path, raw: Path) -> None:
    text = manifesto("Wij, GroenLinks, willen dit.")
    for name in ("TK/2003-01/GL.txt", "TK/2002-05/GroenLinks.txt", "gl.txt"):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, encoding="utf-8")
    (raw / "manifestos.csv").write_text("file,party,election\ngl.txt,GL,TK2006\n", encoding="utf-8")
    assert counted(run("--json"))[0] == 2
    tables = read_tables(dataset(tmp_path))
    (document,) = tables["documents"].query("kind == 'manifesto'").itertuples()
    assert (document.path, document.election) == ("TK/2002-05/GroenLinks.txt", "TK2002")
    occasions = tables["occasions"].query("document_id == @document.document_id")
    assert list(
        occasions[["path", "party_id", "election", "election_evidence"]].itertuples(index=False, name=None)
    ) == [
        ("TK/2002-05/GroenLinks.txt", "groenlinks", "TK2002", "folder-name"),
        ("TK/2003-01/GL.txt", "groenlinks", "TK2003", "folder-name"),
        ("gl.txt", "groenlinks", "TK2006", "listed"),
    ]
    assert [path for path, code in problems(tmp_path) if code == "copy"] == ["TK/2003-01/GL.txt", "gl.txt"]
    assert check_dataset(dataset(tmp_path)) == []
    (raw / "manifestos.csv").write_text("file,party,election\ngl.txt,GL,TK2010\n", encoding="utf-8")
    assert run().exit_code == 0
    assert "TK2010" in set(read_tables(dataset(tmp_path))["occasions"]["election"])

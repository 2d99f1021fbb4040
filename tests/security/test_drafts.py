"""What others left in a processed folder moves, empties and removes nothing outside it, and stops no run."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from extract.dataset.atomic import UNFINISHED, remove, replace_file
from extract.dataset.checks import check_dataset
from extract.dataset.reader import current_version
from extract.dataset.versions import Draft, is_intact, publish, remove_unfinished, write_draft
from extract.extraction import Resources, extract_document, read
from extract.parties import load_register
from extract.problems import ManifestoError
from extract.reading.facts import Facts
from extract.records import Extraction, sha256_of
from extract.settings import Settings
from extract.tables import rows_of
from pipelines.commands.cli import main
from pipelines.commands.options import current_dataset
from pipelines.commands.prune import prune_versions
from pipelines.history import recorded
from pipelines.plan import Outcome, Survey, nothing_to_do, remember_outcome
from pipelines.processed import Processed
from pipelines.store import Store
from tests.dataset.test_dataset import RUN, certificates_of
from tests.security.test_models import within

VERSION = "v0123456789ab"
RECIPE = None  # of a survey that finds nothing


@pytest.fixture
def processed(tmp_path: Path) -> Path:
    (tmp_path / "processed").mkdir()
    return tmp_path / "processed"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of somebody's, beside the processed folder, that must stay as it is."""
    folder = tmp_path / "outside"
    for name in ("storage", "tables", "documents", "certified"):
        (folder / name).mkdir(parents=True)
        (folder / name / "dear.txt").write_text("dear", encoding="utf-8")
    (folder / "dear.txt").write_text("dear", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def extraction(resources: Resources) -> Extraction:
    data = "De VVD wil dat Nederland minder belasting betaalt.\n“Er komt een verbod op reclame.”\n"
    found = read(data.encode(), name="a.txt", facts=Facts(party="VVD"), settings=Settings())
    assert found.document
    return extract_document(found.document, resources=resources)


def draft_of(extraction: Extraction, processed: Path) -> Draft:
    return write_draft(
        [rows_of(extraction)],
        parties=load_register().parties,
        across=certificates_of([extraction]),
        processed=processed,
    )


def write(extraction: Extraction, processed: Path) -> Path:
    return publish(draft_of(extraction, processed), RUN, processed)


def link(path: Path, target: Path | str) -> None:
    try:
        path.symlink_to(target, target_is_directory=Path(target).is_dir())
    except OSError:
        pytest.skip("links cannot be made here")


def contents(folder: Path) -> dict[str, str | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def as_folder(path: Path) -> None:
    (path / "deep" / "deeper").mkdir(parents=True)
    (path / "deep" / "file").write_bytes(b"x")


def as_pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    os.mkfifo(path)


def protected(path: Path) -> None:
    as_folder(path)
    for each in (path / "deep" / "file", path / "deep" / "deeper", path / "deep", path):
        each.chmod(stat.S_IREAD | (stat.S_IEXEC if each.is_dir() else 0))


# What is left


@pytest.mark.parametrize("kind", ["link", "link to a file", "link to nothing", "folder", "pipe", "file", "protected"])
def test_what_is_left_is_removed_whatever_it_is(processed: Path, outside: Path, kind: str) -> None:
    left, before = processed / f"{UNFINISHED}x", contents(outside)
    {
        "link": lambda: link(left, outside),
        "link to a file": lambda: link(left, outside / "dear.txt"),
        "link to nothing": lambda: link(left, outside / "nothing"),
        "folder": lambda: as_folder(left),
        "pipe": lambda: as_pipe(left),
        "file": lambda: left.write_bytes(b"x"),
        "protected": lambda: protected(left),
    }[kind]()
    remove_unfinished(processed)
    assert list(processed.iterdir()) == [] and contents(outside) == before


def test_a_folder_of_links_is_removed_and_nothing_behind_them(processed: Path, outside: Path) -> None:
    before = contents(outside)
    as_folder(processed / f"{UNFINISHED}x")
    link(processed / f"{UNFINISHED}x" / "deep" / "out", outside)
    link(processed / f"{UNFINISHED}x" / "file", outside / "dear.txt")
    remove_unfinished(processed)
    assert list(processed.iterdir()) == [] and contents(outside) == before


def test_what_cannot_be_removed_is_named(processed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (processed / f"{UNFINISHED}x").write_bytes(b"x")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(ManifestoError, match="Remove it") as caught:
        remove_unfinished(processed)
    assert str(processed / f"{UNFINISHED}x") in str(caught.value)


# A version that was moved aside


@pytest.mark.parametrize(
    "said",
    ["../stolen", "{outside}/stolen", "..", ".", "", "current.txt", "x/y", "v0", b"\xff\xfe", "V0123456789AB",
     "v0123456789ab/.."],
)  # fmt: skip
def test_a_version_comes_back_under_the_name_of_a_version_only(
    processed: Path, outside: Path, tmp_path: Path, said: str | bytes
) -> None:
    aside = processed / f"{UNFINISHED}replaced"
    as_folder(aside)
    data = said if isinstance(said, bytes) else said.format(outside=outside).encode()
    (aside / ".version").write_bytes(data)
    before = contents(outside)
    remove_unfinished(processed)
    assert list(processed.iterdir()) == [] and contents(outside) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside", "processed"]


@pytest.mark.parametrize("kind", ["link", "link in it", "pipe in it", "folder in it"])
def test_a_version_aside_that_is_none_is_removed(processed: Path, outside: Path, kind: str) -> None:
    aside = processed / f"{UNFINISHED}replaced"
    (outside / ".version").write_text(VERSION, encoding="utf-8")
    before = contents(outside)
    if kind == "link":
        link(aside, outside)
    else:
        as_folder(aside)
        {
            "link in it": lambda: link(aside / ".version", outside / ".version"),
            "pipe in it": lambda: as_pipe(aside / ".version"),
            "folder in it": (aside / ".version").mkdir,
        }[kind]()
    with within(20):
        remove_unfinished(processed)
    assert list(processed.iterdir()) == [] and contents(outside) == before


def test_a_version_aside_does_not_take_the_place_of_a_link(processed: Path, outside: Path) -> None:
    as_folder(processed / f"{UNFINISHED}replaced")
    (processed / f"{UNFINISHED}replaced" / ".version").write_text(VERSION, encoding="utf-8")
    link(processed / VERSION, outside / "nothing")
    remove_unfinished(processed)
    assert [path.name for path in processed.iterdir()] == [VERSION] and not (outside / "nothing").exists()


# Files that are replaced


@pytest.mark.parametrize("kind", ["link", "link to nothing", "folder", "pipe", "protected"])
@pytest.mark.parametrize("place", [f"{UNFINISHED}a.json", "a.json"])
def test_a_file_is_replaced_and_nothing_else_written(processed: Path, outside: Path, kind: str, place: str) -> None:
    before = contents(outside)
    {
        "link": lambda: link(processed / place, outside / "dear.txt"),
        "link to nothing": lambda: link(processed / place, outside / "nothing"),
        "folder": lambda: as_folder(processed / place),
        "pipe": lambda: as_pipe(processed / place),
        "protected": lambda: protected(processed / place),
    }[kind]()
    with within(20):
        replace_file(processed / "a.json", b"new")
    assert contents(outside) == before
    assert (processed / "a.json").read_bytes() == b"new" and not (processed / "a.json").is_symlink()
    assert [path.name for path in processed.iterdir()] == ["a.json"]


def test_a_file_that_comes_in_between_is_not_written_to(
    processed: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing somebody may put a link there."""
    before = contents(outside)
    monkeypatch.setattr("extract.dataset.atomic.remove", lambda _: None)
    link(processed / f"{UNFINISHED}a.json", outside / "dear.txt")
    with pytest.raises(OSError):
        replace_file(processed / "a.json", b"new")
    assert contents(outside) == before


@pytest.mark.parametrize("place", [".cache", ".cache/documents", ".cache/certified"])
def test_what_is_kept_is_not_kept_elsewhere(processed: Path, outside: Path, place: str) -> None:
    before = contents(outside)
    (processed / place).parent.mkdir(exist_ok=True)
    link(processed / place, outside)
    own = Processed(processed)
    with own.alone():
        store = own.store
        store.put("a.txt", b"rows")
        store.put_certified("a.txt", b"rows")
        store.keep_only([])
        remember_outcome(own, "key", Outcome(VERSION, True, 1, 0, 0, 0))
    assert contents(outside) == before and not (processed / place).is_symlink()
    assert json.loads((processed / ".cache" / "latest.json").read_text(encoding="utf-8"))["version"] == VERSION


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "protected"])
def test_what_is_kept_of_a_file_takes_the_place_of_anything(processed: Path, outside: Path, kind: str) -> None:
    before = contents(outside)
    store = Store(processed)
    store.put("a.txt", b"rows")
    (path,) = (processed / ".cache" / "documents").iterdir()
    path.unlink()
    {
        "link": lambda: link(path, outside),
        "folder": lambda: as_folder(path),
        "pipe": lambda: as_pipe(path),
        "protected": lambda: protected(path),
    }[kind]()
    with within(20):
        assert store.get("a.txt") is None
        store.put("a.txt", b"rows")
        store.keep_only([])
    assert contents(outside) == before and not path.exists()


def test_what_was_kept_by_another_is_none(processed: Path) -> None:
    store = Store(processed)
    for head in ("[]", '{"origin": 5}', '{"origin": "a"}', "[" * 200_000, '{"origin": {"recipe": 5}}', "null"):
        packed = head.encode() + b"\n"
        store.put("a.txt", sha256_of(packed).encode() + b"\n" + packed)
        assert store.get("a.txt") is None


# current.txt, latest.json


NAMES = [
    "../outside", "{outside}", "..", ".", "", "/", "tables", f"{VERSION}/../../outside", "v0", f"{VERSION}\n{VERSION}",
    f"{VERSION}\x00", "C:\\", r"\\evil\share",
]  # fmt: skip


@pytest.mark.parametrize("said", NAMES)
def test_the_current_version_is_a_version_of_this_folder(processed: Path, outside: Path, said: str) -> None:
    (processed / VERSION / "tables").mkdir(parents=True)
    (processed / "tables").mkdir()
    (processed / "current.txt").write_text(said.format(outside=outside), encoding="utf-8", newline="")
    assert current_version(processed) is None
    with pytest.raises(ManifestoError, match="manifesto run"):
        current_dataset(processed)
    remember_outcome(Processed(processed), "key", Outcome(said, True, 1, 0, 0, 0))
    assert nothing_to_do(Survey((), (), RECIPE, "key"), Processed(processed)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("command", [["check"], ["diff", VERSION], ["find", "zorg"], ["why", "x"]])
def test_commands_look_at_no_dataset_elsewhere(processed: Path, outside: Path, command: list[str]) -> None:
    (processed / VERSION / "tables").mkdir(parents=True)
    (processed / "current.txt").write_text("../outside", encoding="utf-8")
    before = contents(outside)
    result = CliRunner().invoke(main, [*command, "--processed", str(processed)])
    assert result.exit_code == 1 and "manifesto run" in result.output and contents(outside) == before


@pytest.mark.parametrize("name", ["current.txt", ".cache/latest.json"])
def test_nobody_waits_at_a_pipe(processed: Path, name: str) -> None:
    (processed / ".cache").mkdir()
    (processed / VERSION).mkdir()
    (processed / "current.txt").write_text(VERSION, encoding="utf-8")
    (processed / name).unlink(missing_ok=True)
    as_pipe(processed / name)
    with within(20):
        assert nothing_to_do(Survey((), (), RECIPE, "key"), Processed(processed)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["tables/runs.parquet", "SHA256SUMS", "ro-crate-metadata.json"])
def test_nobody_waits_at_a_pipe_in_a_version(processed: Path, name: str) -> None:
    for version in (VERSION, "v000000000001"):
        (processed / version / "tables").mkdir(parents=True)
        as_pipe(processed / version / name)
    with within(20):
        assert not is_intact(processed / VERSION)
        assert prune_versions(processed, keep=1) == ["v000000000001"]


@pytest.mark.parametrize("said", ["[" * 200_000, "[]", "null", '{"key": "key", "version": "../..", "failed": 0}'])
def test_what_the_latest_run_left_may_be_anything(processed: Path, said: str) -> None:
    (processed / ".cache").mkdir()
    (processed / ".cache" / "latest.json").write_text(said, encoding="utf-8")
    (processed / "current.txt").write_text("../..", encoding="utf-8")
    assert nothing_to_do(Survey((), (), RECIPE, "key"), Processed(processed)) is None  # type: ignore[arg-type]


# Versions


@pytest.mark.parametrize("kind", ["link", "link to nothing", "file", "link in it", "pipe in it"])
def test_a_version_is_written_in_the_place_of_anything(
    extraction: Extraction, processed: Path, outside: Path, kind: str
) -> None:
    draft = draft_of(extraction, processed)
    final, before = processed / draft.version, contents(outside)
    if kind.endswith("in it"):
        final.mkdir()
    {
        "link": lambda: link(final, outside),
        "link to nothing": lambda: link(final, outside / "nothing"),
        "file": lambda: final.write_bytes(b"x"),
        "link in it": lambda: link(final / ".version", outside / "dear.txt"),
        "pipe in it": lambda: as_pipe(final / ".version"),
    }[kind]()
    with within(20):
        folder = publish(draft, RUN, processed)
    assert contents(outside) == before and not folder.is_symlink()
    assert check_dataset(folder) == [] and current_version(processed) == folder.name
    assert sorted(path.name for path in processed.iterdir()) == ["current.txt", folder.name]


def test_a_run_ends_well_among_what_others_left(extraction: Extraction, processed: Path, outside: Path) -> None:
    before = contents(outside)
    link(processed / f"{UNFINISHED}version", outside)
    link(processed / f"{UNFINISHED}current.txt", outside / "dear.txt")
    link(processed / "current.txt", outside / "dear.txt")
    as_folder(processed / f"{UNFINISHED}replaced")
    folder = write(extraction, processed)
    assert contents(outside) == before and current_version(processed) == folder.name
    assert sorted(path.name for path in processed.iterdir()) == ["current.txt", folder.name]


def test_pruning_removes_links_and_nothing_behind_them(processed: Path, outside: Path) -> None:
    before = contents(outside)
    for number in range(3):
        link(processed / f"v00000000000{number}", outside)
    link(processed / f"{UNFINISHED}x", outside)
    runs = processed / "v000000000009" / "tables"
    runs.mkdir(parents=True)
    pq.write_table(pa.table({"ended_at": ["2025-01-01"]}), runs / "runs.parquet")
    (processed / "current.txt").write_text("../outside", encoding="utf-8")
    assert len(prune_versions(processed, keep=1)) == 3
    assert contents(outside) == before
    assert sorted(each.name for each in processed.iterdir()) == [".lock", "current.txt", "v000000000009"]


# The lock and the ledger of runs


@pytest.mark.parametrize("kind", ["link", "link to nothing", "folder", "pipe"])
def test_the_lock_is_a_file_of_this_folder(processed: Path, outside: Path, kind: str) -> None:
    before = contents(outside)
    {
        "link": lambda: link(processed / ".lock", outside / "dear.txt"),
        "link to nothing": lambda: link(processed / ".lock", outside / "nothing"),
        "folder": (processed / ".lock").mkdir,
        "pipe": lambda: as_pipe(processed / ".lock"),
    }[kind]()
    with within(20):
        assert not Processed(processed).is_locked()
        with Processed(processed).alone() as alone:
            assert alone and Processed(processed).is_locked()
            with Processed(processed).alone(wait=False) as another:
                assert not another
    assert contents(outside) == before and not (processed / ".lock").is_symlink()


def test_a_lock_that_is_a_folder_of_things_is_named(processed: Path) -> None:
    as_folder(processed / ".lock")
    with pytest.raises(ManifestoError, match="Remove it") as caught, Processed(processed).alone():
        pass
    assert str(processed / ".lock") in str(caught.value) and (processed / ".lock" / "deep" / "file").exists()


@pytest.mark.parametrize("kind", ["link", "link to nothing", "pipe"])
def test_what_runs_did_is_noted_in_this_folder(processed: Path, outside: Path, kind: str) -> None:
    before = contents(outside)
    {
        "link": lambda: link(processed / "runs.jsonl", outside / "dear.txt"),
        "link to nothing": lambda: link(processed / "runs.jsonl", outside / "nothing"),
        "pipe": lambda: as_pipe(processed / "runs.jsonl"),
    }[kind]()
    place = Processed(processed)
    with within(20), place.alone(), recorded(place, "r1") as record:
        record.ends(Outcome(VERSION, True, 1, 0, 0, 0))
    assert contents(outside) == before
    assert json.loads((processed / "runs.jsonl").read_text(encoding="utf-8"))["version"] == VERSION


def test_removing_is_all_or_said(processed: Path) -> None:
    remove(processed / "nothing")  # is no error
    make: Callable[[Path], None] = as_folder
    make(processed / "a")
    remove(processed / "a")
    assert list(processed.iterdir()) == []

"""The RO-Crate of a version passes the validator of its profile, without a network, and says what is in the folder."""

import hashlib
import io
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from requests_cache import CachedSession
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.errors import ValidationExecutionError
from urllib3 import HTTPResponse

from extract.dataset.checks import check_dataset
from extract.dataset.crate import CRATE, FOLDERS
from extract.dataset.files import CHECKSUMS
from extract.dataset.reader import documents_of
from extract.dataset.versions import is_intact, publish
from extract.extraction import Resources, extract_document
from extract.provenance import AUTHORS, LICENCE, PACKAGES, SOFTWARE, code_version, homepage, package_versions
from extract.records import Document, Extraction, Run
from tests.conftest import ROOT, read_tables
from tests.dataset.test_dataset import RUN, draft_of, write

# As https://w3id.org/ro/crate/1.1/context is published (CC0). The package rocrate ships that of a later version, which
# knows terms that 1.1 does not.
CONTEXT = ROOT / "tests" / "cases" / "ro-crate-1.1-context.jsonld"

# What the profile recommends and nobody has told this software: who runs it, who publishes, and where it is at home.
UNKNOWN = {
    ("The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`", "./"),
    ("The organization SHOULD have a URL.", "#authors"),
    ("The Action SHOULD have an agent that is a Person or Organization", "#r1"),
    ("The Application SHOULD have a url", "#manifesto-extract"),
    ("The Application SHOULD have a url", "#language-pipeline"),
    ("The SoftwareApplication id SHOULD be an absolute URI", "#manifesto-extract"),
    ("The SoftwareApplication id SHOULD be an absolute URI", "#language-pipeline"),
}

Entities = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def extraction(digest: Document, resources: Resources) -> Extraction:
    return extract_document(digest, resources=resources)


@pytest.fixture(scope="module")
def run(extraction: Extraction) -> Run:
    return replace(
        RUN, code_version=code_version(), packages=package_versions(), language_pipeline="nl_manifesto 1.0.0@0123",
        models="|".join(sorted({label.model_id for label in extraction.labels})),
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(extraction: Extraction, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write([extraction], tmp_path_factory.mktemp("processed"), run=run)


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(written, tmp_path / "copy"))


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What this thread wanted of the network, and did not get."""
    attempts: list[object] = []
    here = threading.get_ident()

    def refusing(real: Callable[..., object]) -> Callable[..., object]:
        def refuse(*arguments: object, **options: object) -> object:
            if threading.get_ident() != here:
                return real(*arguments, **options)
            attempts.append(arguments)
            raise OSError("there is no network")

        return refuse

    monkeypatch.setattr(socket, "getaddrinfo", refusing(socket.getaddrinfo))
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refusing(getattr(socket.socket, name)))
    return attempts


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """What the validator takes for earlier answers of the web: the JSON-LD context, and nothing else."""
    said = requests.Response()
    said.url = "https://w3id.org/ro/crate/1.1/context"
    said.request = requests.Request("GET", said.url).prepare()
    said.status_code = 200
    said.headers["Content-Type"] = "application/ld+json"
    said.raw = HTTPResponse(io.BytesIO(CONTEXT.read_bytes()), headers=said.headers, status=200, preload_content=False)
    with CachedSession(tmp_path / "web", backend="sqlite", expire_after=-1) as session:
        session.cache.save_response(said)
    return tmp_path / "web"


def faults(folder: Path, severity: str, **settings: Any) -> set[tuple[str, str]]:
    """What the validator finds: messages, and the entity that each is about."""
    result = services.validate(
        {"rocrate_uri": folder, "profile_identifier": "process-run-crate", "requirement_severity": severity, **settings}
    )
    assert result.passed() == (not result.get_issues())
    return {(issue.message or "", about(issue)) for issue in result.get_issues()}


def about(issue: Any) -> str:
    """The @id of the entity that an issue is about; of an @id that it finds wrong, it gives the value alone."""
    name = str(issue.violatingPropertyValue if "id SHOULD" in issue.message else issue.violatingEntity)
    return name[name.find("#") :] if "#" in name else name


def entities(folder: Path) -> Entities:
    return {each["@id"]: each for each in json.loads((folder / CRATE).read_text(encoding="utf-8"))["@graph"]}


def change(folder: Path, how: Callable[[Entities], object]) -> None:
    crate = json.loads((folder / CRATE).read_text(encoding="utf-8"))
    graph = {each["@id"]: each for each in crate["@graph"]}
    how(graph)
    (folder / CRATE).write_text(json.dumps(crate | {"@graph": list(graph.values())}), encoding="utf-8")


def test_it_passes_the_profile(written: Path, cache: Path, tried: list[object]) -> None:
    assert faults(written, "REQUIRED", offline=True, cache_path=cache) == set()
    assert tried == []


def test_it_lacks_of_what_is_recommended_only_what_nobody_knows(
    written: Path, cache: Path, tried: list[object]
) -> None:
    assert faults(written, "RECOMMENDED", offline=True, cache_path=cache) == UNKNOWN
    assert tried == []


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        (lambda graph: graph["#r1"].pop("instrument"), "MUST have an instrument"),
        (lambda graph: graph["./"].pop("conformsTo"), "versioned permalink of the profile"),
        (lambda graph: graph["./"].pop("license"), "MUST have a `license`"),
        (lambda graph: graph["./"].update(hasPart=graph["./"]["hasPart"][1:]), "./README.md"),
        (lambda graph: graph["README.md"].update(spam=1), 'key "spam"'),
        (lambda graph: graph.update(x={"@id": "csv/x.csv", "@type": "File"}), "csv/x.csv"),
    ],
)
def test_the_validator_sees_a_crate_that_is_wrong(
    folder: Path, cache: Path, tried: list[object], how: Callable[[Entities], object], fault: str
) -> None:
    change(folder, how)
    found = faults(folder, "REQUIRED", offline=True, cache_path=cache)
    assert fault in str(found)
    assert tried == []


def test_without_what_the_cache_holds_the_validator_would_ask_the_web(
    written: Path, tmp_path: Path, tried: list[object]
) -> None:
    with pytest.raises(ValidationExecutionError, match="there is no network"):
        faults(written, "REQUIRED", cache_path=tmp_path / "empty")
    assert "w3id.org" in str(tried)


def test_it_names_every_file_of_the_folder(written: Path) -> None:
    found = entities(written)
    parts = {each["@id"] for each in found["./"]["hasPart"]}
    for path in (path for path in written.rglob("*") if path.is_file() and path.name != CRATE):
        name = path.relative_to(written).as_posix()
        if path.parent.name in FOLDERS:
            assert f"{path.parent.name}/" in parts
        else:
            assert found[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert found[name]["contentSize"] == str(path.stat().st_size)
            assert "/" in found[name]["encodingFormat"]
            parts.remove(name)
    assert parts == {"texts/", "ledgers/"}


def test_a_file_that_others_put_into_the_folder_is_named_too(extraction: Extraction, run: Run, tmp_path: Path) -> None:
    draft = draft_of([extraction], tmp_path)
    (draft.folder / "report.html").write_text("<title>Report</title>", encoding="utf-8")
    assert entities(publish(draft, run, tmp_path))["report.html"]["encodingFormat"] == "text/html"


def test_it_says_what_went_in_and_what_ran(written: Path, run: Run) -> None:
    found = entities(written)
    (action,) = (each for each in found.values() if each["@type"] == "CreateAction")
    assert (action["startTime"], action["endTime"]) == (run.started_at, run.ended_at)
    assert {each["@id"] for each in action["result"]} == {each["@id"] for each in found["./"]["hasPart"]}
    inputs = [found[each["@id"]] for each in action["object"]]
    tables = read_tables(written)
    raw = [(each["identifier"], each["sha256"]) for each in inputs if each["@type"] == "File"]
    assert raw == list(zip(tables["documents"].document_id, tables["documents"].sha256, strict=True))
    models = {each["identifier"] for each in inputs if each["@type"] == "CreativeWork"}
    assert models == set(tables["labels"].model_id)
    software = found[action["instrument"]["@id"]]
    assert software["softwareVersion"] == code_version()
    needed = [found[each["@id"]] for each in software["softwareRequirements"]]
    versions = [f"{each['name']}=={each['softwareVersion']}" for each in needed]
    assert [*package_versions().split("|"), "nl_manifesto==1.0.0@0123"] == versions


def test_a_run_without_a_language_pipeline_names_none(extraction: Extraction, tmp_path: Path) -> None:
    assert "#language-pipeline" not in entities(write([extraction], tmp_path, run=RUN))


def test_packages_are_told_apart_by_their_homes() -> None:
    assert len({homepage(name) for name in PACKAGES} - {None}) == len(PACKAGES)


def test_what_is_known_of_a_source_is_said(extraction: Extraction, run: Run, tmp_path: Path) -> None:
    assert extraction.document
    document = replace(
        extraction.document, path="2025/A & B #1.pdf", licence="CC0-1.0", source_url="https://example.org/a.pdf",
        retrieved_on="2025-10-01",
    )  # fmt: skip
    folder = write([replace(extraction, document=document)], tmp_path, run=run)
    source = entities(folder)["#raw/2025/A%20%26%20B%20%231.pdf"]
    assert source["license"] == "CC0-1.0" and source["url"] == "https://example.org/a.pdf"
    assert source["sdDatePublished"] == "2025-10-01"
    assert check_dataset(folder) == []


def test_only_the_facts_of_the_run_differ_between_two_runs(extraction: Extraction, run: Run, tmp_path: Path) -> None:
    other = replace(run, run_id="r2", started_at="2026-01-01T00:00:00+00:00", ended_at="2026-01-02T00:00:00+00:00")
    one, same, two = (
        entities(write([extraction], tmp_path / name, run=each))
        for name, each in (("a", run), ("b", run), ("c", other))
    )
    assert one == same
    differing = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    assert differing == {"./", "#r1", "#r2", "csv/runs.csv", "tables/runs.parquet"}
    assert {name for name in one["./"] if one["./"][name] != two["./"][name]} == {"datePublished", "mentions"}


def test_rocrate_reads_it(written: Path) -> None:
    crate = ROCrate(written)
    assert crate.root_dataset["mentions"]["instrument"]["name"] == SOFTWARE
    assert len(crate.data_entities) == len(entities(written)["./"]["hasPart"])


def test_a_run_that_writes_nothing_does_not_load_rocrate() -> None:
    code = "import sys, extract.dataset.versions; print('rocrate' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


def test_authors_and_licence_are_those_of_the_citation() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["title"], citation["license"]) == (SOFTWARE, LICENCE)
    assert [each["name"] for each in citation["authors"]] == [AUTHORS]


def test_who_adds_an_author_leaves_the_version_whole(folder: Path) -> None:
    change(folder, lambda graph: graph["./"].update(author={"@id": "https://orcid.org/0000-0002-1825-0097"}))
    assert check_dataset(folder) == [] and is_intact(folder)


def damages() -> Iterator[tuple[str, Callable[[Path], object]]]:
    yield "missing", lambda folder: (folder / CRATE).unlink()
    for text in ("", "{}", "[]", '{"@graph": [1]}', '{"@graph": [{"@id": 3, "sha256": ""}]}', "[" * 10**5):
        yield text[:30], lambda folder, text=text: (folder / CRATE).write_text(text, encoding="utf-8")
    yield "bytes", lambda folder: (folder / CRATE).write_bytes(b"\xff\xfe\xff")
    yield "hash", lambda folder: change(folder, lambda graph: graph["csv/quotes.csv"].update(sha256="0"))
    yield (
        "raw",
        lambda folder: change(
            folder, lambda graph: graph[f"#raw/{documents_of(folder)[0]['path']}"].update(sha256="0")
        ),
    )
    yield "gone", lambda folder: change(folder, lambda graph: graph.pop("csv/runs.csv"))
    yield "more", lambda folder: change(folder, lambda graph: graph["./"].update(sha256="0"))
    yield CHECKSUMS, lambda folder: (folder / CHECKSUMS).write_bytes((folder / CHECKSUMS).read_bytes() + b"\n")


@pytest.mark.parametrize("damage", [pytest.param(damage, id=name) for name, damage in damages()])
def test_a_crate_that_is_not_that_of_the_folder_is_found(folder: Path, damage: Callable[[Path], object]) -> None:
    damage(folder)
    assert "crate" in {finding.rule for finding in check_dataset(folder)}
    assert not is_intact(folder)

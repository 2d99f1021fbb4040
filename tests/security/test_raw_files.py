"""Raw means regular files inside the raw folder, whatever a stranger puts there, and whenever."""

import csv
import json
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from extract.dataset.checks import check_dataset
from extract.dataset.crate import CRATE
from extract.dataset.files import REPORT
from extract.dataset.versions import publish
from extract.extraction import Resources, extract_document
from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
from extract.layout.layers import Unread
from extract.learning.annotations import source_text
from extract.reading import documents, raw_files
from extract.reading.documents import find_raw_files, hash_bytes, load_bytes, raw_name, read_document
from extract.reading.facts import Facts, read_facts
from extract.records import Extraction, Problem
from extract.report.page import write_report
from extract.settings import Settings
from pipelines.flow import _job
from pipelines.plan import Survey, content_of, make_plan, survey
from pipelines.processed import Processed
from tests.conftest import MODELS, read_tables
from tests.dataset.test_dataset import RUN, draft_of

T = TypeVar("T")

SECRET = "De VVD wil dat niemand dit leest."
SETTINGS = Settings(language_pipeline="blank")
LIMIT = SETTINGS.max_characters
FORTY_GB = 40 * 10**9
pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this platform")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A raw folder with a text at the top and one in a folder; beside it a folder with a text of the same name."""
    folder = tmp_path / "raw"
    for name, text in {"raw/own.txt": "CDA wil dit.", "raw/sub/a.txt": "CDA wil dat.", "outside/a.txt": SECRET}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(params=["by folders", "by path"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to open a file: from folder to folder, and that of systems that cannot."""
    if request.param == "by path":
        monkeypatch.setattr(raw_files, "_BY_FOLDERS", False)
    elif not raw_files._BY_FOLDERS:
        pytest.skip("this system cannot open a file from a folder that is open")


def link(path: Path, target: Path | str) -> None:
    path.unlink(missing_ok=True)
    try:
        path.symlink_to(target)
    except OSError as error:
        pytest.skip(f"links cannot be made here: {error}")


def look(raw: Path, settings: Settings = SETTINGS) -> Survey:
    return survey(raw, raw.parent / "processed", settings=settings, models=MODELS)


def load(path: Path, raw: Path) -> str:
    """The text of a raw file, or the code of the Problem."""
    data = load_bytes(path, raw=raw, max_characters=LIMIT)
    return data.code if isinstance(data, Problem) else data.decode()


def promptly(function: Callable[[], T]) -> T:
    """What a function gives that must not wait for the other end of a pipe."""
    given: list[T] = []
    thread = threading.Thread(target=lambda: given.append(function()), daemon=True)
    thread.start()
    thread.join(30)
    assert given, "it waits"
    return given[0]


def large_file(path: Path, size: int) -> None:
    """A file with nothing in it, which takes no room."""
    with path.open("wb") as file:
        try:
            file.truncate(size)
        except OSError as error:
            pytest.skip(f"no file of {size:,} bytes can be made here: {error}")
    if getattr(path.stat(), "st_blocks", size) * 512 > 10**9:
        pytest.skip("this file system has no sparse files")


# Links, devices, swaps


@pytest.mark.usefixtures("way")
def test_a_link_out_of_the_raw_folder_is_not_read(raw: Path) -> None:
    link(raw / "link.txt", raw.parent / "outside" / "a.txt")
    assert load(raw / "link.txt", raw) == "file-link"
    assert {each.name: each.origin.sha256 for each in look(raw).sources}["link.txt"] == content_of(
        load_bytes(raw / "link.txt", raw=raw, max_characters=LIMIT)
    )


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("target", ["outside/a.txt", "outside/gone.txt", "outside", "gone/gone.txt"])
def test_whether_there_is_something_outside_makes_no_difference(raw: Path, target: str) -> None:
    link(raw / "link.txt", raw.parent / target)
    said = load_bytes(raw / "link.txt", raw=raw, max_characters=LIMIT)
    assert isinstance(said, Problem) and said.code == "file-link" and target not in said.message


@pytest.mark.usefixtures("way")
def test_a_link_within_the_raw_folder_is_read(raw: Path) -> None:
    link(raw / "link.txt", "sub/a.txt")
    assert load(raw / "link.txt", raw) == "CDA wil dat."


@pytest.mark.usefixtures("way")
def test_links_that_lead_nowhere_are_problems(raw: Path) -> None:
    for number in range(2_000):  # more than Python may follow one from another
        link(raw / f"{number}.txt", f"{number + 1}.txt")
    link(raw / "self.txt", "self.txt")
    assert load(raw / "self.txt", raw) == "file-link"
    assert load(raw / "0.txt", raw) in ("file-link", "file-unreadable")


@pytest.mark.usefixtures("way")
def test_the_raw_folder_may_itself_be_a_link(raw: Path) -> None:
    link(raw.parent / "texts", raw)
    found = look(raw.parent / "texts")
    assert [each.name for each in found.sources] == ["own.txt", "sub/a.txt"]
    assert [load(each.path, raw.parent / "texts") for each in found.sources] == ["CDA wil dit.", "CDA wil dat."]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("what", ["the file", "the folder"])
def test_a_link_put_in_place_after_the_survey_is_not_read(raw: Path, what: str) -> None:
    (source,) = [each for each in look(raw).sources if each.name == "sub/a.txt"]
    if what == "the file":
        link(source.path, raw.parent / "outside" / "a.txt")
    else:
        (raw / "sub").rename(raw / ".sub")
        link(raw / "sub", raw.parent / "outside")
    assert load(source.path, raw) == "file-link"


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("what", ["the file", "the folder"])
def test_no_swap_while_a_file_is_opened_leads_outside(raw: Path, what: str) -> None:
    inside, path = (raw / "sub/a.txt", raw / "sub/a.txt") if what == "the file" else (raw / "sub", raw / "sub/a.txt")
    outside = raw.parent / ("outside/a.txt" if what == "the file" else "outside")
    aside, planted = raw / ".aside", raw / ".planted"
    link(planted, outside)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for mine, other in ((inside, aside), (planted, inside), (inside, planted), (aside, inside)):
                os.rename(mine, other)  # noqa: PTH104  # as fast as can be

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        seen = {load(path, raw) for _ in range(1_500)}
    finally:
        stop.set()
        swapping.join()
    assert "CDA wil dat." in seen and seen - {"CDA wil dat."}  # it was swapped
    assert SECRET not in seen


def test_a_folder_swapped_while_folders_are_listed_tells_no_names_from_outside(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(raw.parent / "planted", raw.parent / "outside")
    (raw.parent / "outside" / "private.txt").write_text("", encoding="utf-8")
    listed = raw_files.list_raw

    def swapped(folder: Path, *, raw: Path) -> list[raw_files.Entry]:
        if folder.name == "sub":
            shutil.rmtree(raw / "sub")
            (raw.parent / "planted").rename(raw / "sub")
        return listed(folder, raw=raw)

    monkeypatch.setattr(documents, "list_raw", swapped)
    files, problems = find_raw_files(raw)
    assert files == [raw / "own.txt"]
    assert [(each.path, each.code) for each in problems] in ([("sub", "folder-unreadable")], [("sub", "folder-link")])


@pipes
@pytest.mark.usefixtures("way")
def test_what_becomes_a_pipe_or_a_folder_after_the_survey_holds_nothing_up(raw: Path) -> None:
    for source in look(raw).sources:
        source.path.unlink()
    os.mkfifo(raw / "own.txt")
    (raw / "sub" / "a.txt").mkdir()
    for name in ("own.txt", "sub/a.txt"):
        assert promptly(lambda name=name: load(raw / name, raw)) == "not-a-file"


@pipes
@pytest.mark.skipif(not raw_files._BY_FOLDERS, reason="this system cannot open a file from a folder that is open")
@pytest.mark.parametrize(("what", "code"), [("pipe", "not-a-file"), ("link", "file-unreadable")])
def test_what_takes_the_place_of_a_file_as_it_is_opened_is_not_read(
    raw: Path, what: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def late(path: object, flags: int, *rest: int, **more: int) -> int:
        if path == "own.txt":
            (raw / "own.txt").unlink()
            if what == "pipe":
                os.mkfifo(raw / "own.txt")
            else:
                (raw / "own.txt").symlink_to(raw.parent / "outside" / "a.txt")
        return real(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(raw_files.os, "open", late)
    assert promptly(lambda: load(raw / "own.txt", raw)) == code


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in folders on this platform")
def test_a_socket_is_no_file(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(raw)
    with socket.socket(socket.AF_UNIX) as ear:
        ear.bind("ear.txt")
        assert load(raw / "ear.txt", raw) == "not-a-file"


def test_a_link_that_came_and_went_during_a_run_is_not_remembered(raw: Path) -> None:
    """The survey saw a file; what the run met instead must not count as what there is."""
    found = look(raw)
    link(raw / "own.txt", raw.parent / "outside" / "a.txt")
    processed = Processed(raw.parent / "p")
    jobs = {each.source.name: each for each in make_plan(found, processed, settings=SETTINGS).to_do}
    job = _job(jobs["own.txt"], raw, processed.store, SETTINGS)
    assert isinstance(job.data, Problem) and job.data.code == "file-link"
    assert job.origin != jobs["own.txt"].source.origin


def test_a_file_that_grows_while_it_is_read_is_read_no_further(raw: Path) -> None:
    asked: list[int] = []

    def grows(file: raw_files.BinaryIO, count: int) -> bytes:
        asked.append(count)
        with (raw / "own.txt").open("ab") as more:
            more.write(b"x" * 1_000)
        return file.read(count)

    said = raw_files._taken(raw / "own.txt", raw, 100, grows)
    assert isinstance(said, Unread) and said.code == "file-changed"
    assert asked == [len("CDA wil dit.") + 1]


def test_a_text_that_lies_outside_by_what_a_dataset_says_is_not_read_for_a_sample(raw: Path) -> None:
    assert source_text(raw / "own.txt", raw=raw) == "CDA wil dit."
    for name in ("../outside/a.txt", str(raw.parent / "outside" / "a.txt")):
        assert source_text(raw / name, raw=raw) == ""
    assert source_text(raw.parent / "outside" / "a.txt") == SECRET  # a file that somebody names


# Sizes


@pytest.mark.parametrize("name", ["large.txt", "large.pdf"])
def test_no_byte_is_read_of_a_file_over_its_limit(raw: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    large_file(raw / name, FORTY_GB)
    monkeypatch.setattr(raw_files, "_hashed", lambda *_: pytest.fail("it was hashed"))
    said = hash_bytes(raw / name, raw=raw, max_characters=LIMIT)
    assert isinstance(said, Problem) and said.code == "too-long" and "40,000,000,000 bytes" in said.message
    assert said == load_bytes(raw / name, raw=raw, max_characters=LIMIT)


def test_what_a_run_depends_on_tells_large_files_apart(raw: Path) -> None:
    keys, contents = [], []
    for size in (FORTY_GB, FORTY_GB, FORTY_GB + 1):
        for name in ("one.txt", "two.txt"):
            large_file(raw / name, size)
        found = look(raw)
        keys.append(found.key)
        contents.append([each.origin.sha256 for each in found.sources if each.name in ("one.txt", "two.txt")])
        assert found.problems == ()  # two that are not read are no copies
    assert keys[0] == keys[1] != keys[2] and contents[0] == contents[1]
    assert not set(contents[0]) & set(contents[2]) and len(set(contents[0])) == 2
    lower = look(raw, replace(SETTINGS, max_characters=2))  # of up to 4 bytes each
    assert {each.name for each in lower.sources if len(each.origin.sha256) == 64} == set()


@pytest.mark.skipif(not raw_files._BY_FOLDERS, reason="folders this deep cannot be made here")
def test_folders_without_end_cost_no_other_file(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(raw)
    depth = 1_050  # more than Python may call one from another
    for _ in range(depth):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    try:
        files, problems = find_raw_files(raw)
    finally:
        for _ in range(depth):  # pytest could not
            os.chdir("..")
            os.rmdir("d")  # noqa: PTH106
    assert files == [raw / "own.txt", raw / "sub" / "a.txt"]
    assert [each.code for each in problems] == ["folder-unreadable"] and "100 folders deep" in problems[0].message


# manifestos.csv


def facts_of(raw: Path, text: str | bytes) -> tuple[dict[str, Facts], list[Problem]]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    (raw / "manifestos.csv").write_bytes(data)
    return read_facts(raw, names={"own.txt", "sub/a.txt"})


def cells(**said: str) -> str:
    out = [",".join(["file", *said])]
    quoted = ['"{}"'.format(value.replace('"', '""')) for value in said.values()]
    return "\n".join([*out, ",".join(["own.txt", *quoted])]) + "\n"


@pipes
@pytest.mark.usefixtures("way")
def test_facts_from_a_pipe_are_not_waited_for(raw: Path) -> None:
    os.mkfifo(raw / "manifestos.csv")
    facts, problems = promptly(lambda: read_facts(raw, names={"own.txt"}))
    assert facts == {} and [each.code for each in problems] == ["facts-unreadable"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("target", ["/dev/zero", "outside/facts.csv"])
def test_facts_are_not_read_through_a_link_out_of_the_raw_folder(raw: Path, target: str) -> None:
    (raw.parent / "outside" / "facts.csv").write_text("file,title\nown.txt,Geheim\n", encoding="utf-8")
    link(raw / "manifestos.csv", raw.parent / target)
    facts, problems = read_facts(raw, names={"own.txt"})
    assert facts == {} and [each.code for each in problems] == ["facts-unreadable"]


@pytest.mark.parametrize(
    "text",
    [
        "file,title\nown.txt," + "x" * 200_000 + "\n",
        "file,title\n" + "own.txt,x\n" * 450_000,
        "file," + ",".join(f"c{number}" for number in range(200)) + "\nown.txt\n",
        "file\n" + "a\n" * 6_000,
        b"file\n\xff\n",
    ],
    ids=["a cell without end", "too many bytes", "too many columns", "too many lines", "no UTF-8"],
)
def test_facts_that_no_person_wrote_are_not_used(raw: Path, text: str | bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.reading.facts.MOST_LINES", 5_000)
    facts, problems = facts_of(raw, text)
    assert facts == {} and [(each.path, each.code) for each in problems] == [("manifestos.csv", "facts-unreadable")]


def test_many_faults_are_counted_and_not_all_told(raw: Path) -> None:
    facts, problems = facts_of(raw, "file,title,c\n" + "gone.txt,x,1\n" * 5_000 + "own.txt,Titel,\n")
    assert facts == {"own.txt": Facts(title="Titel")}
    assert len(problems) == 1_001 and "9,000 more faults" in problems[-1].message


@pytest.mark.parametrize(
    "name",
    ["a" * 300 + ".txt", "é" * 130, "b/" * 2_500, "a\0.txt", "/etc/passwd", "../outside/a.txt",
     "sub/../../outside/a.txt", "..", "..\\outside\\a.txt"],
)  # fmt: skip
def test_a_name_that_cannot_be_below_the_raw_folder_is_told_without_a_look(
    raw: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "manifestos.csv").write_text(f"file,party\n{name},CDA\nown.txt,CDA\n", encoding="utf-8", newline="")
    asked: list[str] = []
    for function in ("stat", "lstat", "open", "readlink"):
        real: Callable[..., object] = getattr(os, function)

        def seen(path: object, *rest: object, real: Callable[..., object] = real, **more: object) -> object:
            asked.append(str(path))
            return real(path, *rest, **more)

        monkeypatch.setattr(os, function, seen)
    facts, problems = read_facts(raw, names={"own.txt"})
    monkeypatch.undo()
    assert asked and not any("passwd" in each or "outside" in each or "aaa" in each for each in asked)
    assert facts == {"own.txt": Facts(party="CDA")}
    assert [each.code for each in problems] == ["facts-invalid"]
    assert "\0" not in problems[0].message and len(problems[0].message) < 300


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("election", "<script>"),
        ("election", "TK20251"),
        ("election", "2025"),
        ("election", "TK٢٠٢٥"),
        ("party", "x" * 201),
        ("party", "CDA\x1b[2J"),
        ("title", "x" * 501),
        ("title", "Plan\u202etxt.exe"),
        ("title", "a\u0085b"),
        ("licence", "CC0\nevil"),
        ("licence", "\u2066CC0\u2069"),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "JavaScript:alert(1)"),
        ("source_url", "data:text/html,<script>alert(1)</script>"),
        ("source_url", "file:///etc/passwd"),
        ("source_url", "java\nscript:alert(1)"),
        ("source_url", "https://"),
        ("source_url", "http://["),
        ("source_url", "https://example.org/" + "x" * 2_000),
        ("source_url", "https://example.org/\u202egpj.exe"),
        ("status", "\x1b[31mfinal"),
        ("retrieved_on", "2025-10-29<script>"),
    ],
)
def test_a_cell_that_cannot_be_is_told_and_does_not_count(raw: Path, column: str, value: str) -> None:
    facts, problems = facts_of(raw, cells(**{column: value}))
    assert facts == {"own.txt": Facts()}
    assert [(each.code, each.severity) for each in problems] == [("facts-invalid", "warning")]
    assert f"line 2: {column} is " in problems[0].message and len(problems[0].message) < 300
    assert problems[0].message.isprintable()


def test_cells_as_people_write_them_count(raw: Path) -> None:
    said = {
        "party": "ARP; CHU; KVP", "election": "TK2025", "status": "final", "retrieved_on": "2025-10-29",
        "title": "Vooruit – één “plan” voor ’s-Hertogenbosch\u00a0& o\u00admgeving",
        "licence": "CC BY 4.0 (zie bijlage)",
        "source_url": "HTTPS://example.org:8080/pad/één plan.pdf?a=1&b=<2>#p",
    }  # fmt: skip
    facts, problems = facts_of(raw, cells(**said))
    assert problems == [] and facts == {"own.txt": Facts(**said)}  # type: ignore[arg-type]
    assert facts_of(raw, cells(election="ws2023"))[0]["own.txt"].election == "WS2023"


def test_a_wrong_election_costs_itself_and_not_the_document(raw: Path, resources: Resources) -> None:
    facts, _ = facts_of(raw, cells(election="<script>", party="CDA"))
    document, _ = read_document(raw / "own.txt", raw=raw, facts=facts["own.txt"], max_characters=LIMIT)
    assert document
    found = extract_document(document, resources=resources)
    assert found.document and (found.document.election, found.document.party_id) == (None, "cda")


# Names, and what is written


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with files of odd names, as far as the file system has them."""
    raw = tmp_path_factory.mktemp("odd")
    names = [
        b'a\nb,"c".txt', b"a\rb.txt", b"a\tb\x7f\x0b.txt", b"\x1b[31mred\x07.txt", "cda\u202etxt.fdp.txt".encode(),
        "\u2066x\u2069\u2028y\u0085.txt".encode(), b"=1+1.txt", b"-.txt", b"50%25 <b>&amp;#.txt", b"]]>--><script>.txt",
        b"caf\xe9.txt", b"caf\\xe9.txt", b"caf\\x5cxe9.txt", b"x.\xe9", b"\xff\xfe/y.txt",
    ]  # fmt: skip
    if sys.platform != "linux":
        names = [
            name for name in names if re.fullmatch(rb"[\x20-\x7f]+", name) and not re.search(rb'[<>"|?*\\:]', name)
        ]
    for number, name in enumerate(names):
        path = Path(os.fsdecode(os.fsencode(raw) + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"De VVD wil {number + 2} huizen bouwen.\n", encoding="utf-8")
    return raw


@pytest.fixture(scope="module")
def written(odd: Path, resources: Resources, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The dataset of these files."""
    processed = tmp_path_factory.mktemp("processed")
    found = survey(odd, processed, settings=SETTINGS, models=MODELS)
    extractions = []
    for source in found.sources:
        facts = Facts(source_url="javascript:alert(1)")
        document, problems = read_document(source.path, raw=odd, facts=facts, max_characters=LIMIT)
        got = extract_document(document, resources=resources) if document else Extraction(document=None)
        extractions.append(replace(got, problems=(*got.problems, *problems)))
    draft = draft_of(extractions, processed)
    books = [read_codebook(MODELS / name / CODEBOOK_FILE) for name in SETTINGS.codebooks]
    yield publish(draft, RUN, processed, report=lambda folder: write_report(folder, books, version=draft.version))


def test_no_two_files_have_one_name(odd: Path) -> None:
    files, _ = find_raw_files(odd)
    names = [raw_name(path, odd) for path in files]
    assert len(set(names)) == len(names) and all(name.encode("utf-8") for name in names)
    if sys.platform == "linux":
        assert {"caf\\xe9.txt", "caf\\x5cxe9.txt", "caf\\x5cx5cxe9.txt"} <= set(names)


def test_an_ordinary_name_is_told_as_it_is(tmp_path: Path) -> None:
    for name in ("2025/CDA één.txt", "a\\xzy.txt" if os.name != "nt" else "a.txt"):
        assert raw_name(tmp_path / name, tmp_path) == name


def test_odd_names_break_nothing_that_is_written(odd: Path, written: Path) -> None:
    assert check_dataset(written) == []
    files, _ = find_raw_files(odd)
    names = {raw_name(path, odd) for path in files}
    tables = read_tables(written)
    assert set(tables["documents"]["path"]) | set(tables["problems"]["path"]) == names | {"x.txt"}
    with (written / "csv" / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["path"].removeprefix("'") for row in rows} == set(tables["documents"]["path"])
    for name in ("README.md", "SHA256SUMS"):
        assert (written / name).read_text(encoding="utf-8").replace("\n", " ").isprintable()


def test_names_in_the_report_are_no_markup(written: Path) -> None:
    page = (written / REPORT).read_text(encoding="utf-8")
    assert "]]>--><script>" not in page
    if sys.platform == "linux":
        assert "]]&gt;--&gt;&lt;script&gt;.txt" in page  # it is there, as text


def test_no_address_that_runs_something_reaches_what_others_open(written: Path) -> None:
    crate = json.loads((written / CRATE).read_text(encoding="utf-8"))
    package = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))
    assert "javascript" not in json.dumps([crate, package["sources"]])
    assert len(package["sources"]) == len(read_tables(written)["documents"])

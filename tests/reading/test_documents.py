import os
import sys
from pathlib import Path

import pytest

from extract.reading.decoding import decode
from extract.reading.documents import find_raw_files, read_document
from extract.reading.facts import Facts, read_facts

DUTCH = "De één’s ruïne is €3.000 waard, zei “Anneke” – vóór coördinatie.\n" * 20


def read(path: Path, *, max_characters: int = 10**7):
    return read_document(path, raw=path.parent, facts=Facts(), max_characters=max_characters)


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_text_is_read_in_any_common_character_set(tmp_path: Path, encoding: str, stated: str) -> None:
    (tmp_path / "a.txt").write_bytes(DUTCH.encode(encoding))
    document, problems = read(tmp_path / "a.txt")
    assert document and document.text == DUTCH
    assert document.media_type == f"text/plain; charset={stated}"
    assert [each.code for each in problems] == (["encoding-guessed"] if encoding == "cp1252" else [])


def test_offsets_are_the_same_in_every_tool(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Christen-Democratisch Appe\u0300l\r\nvan\rhet\x07CDA".encode())
    document, _ = read(tmp_path / "a.txt")
    assert document and document.text == "Christen-Democratisch Appèl van het CDA"
    assert document.characters == len(document.text)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (bytes(range(256)) * 20, "not-text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not-text"),
    ],
)
def test_what_is_no_text_is_a_problem(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    document, problems = read(tmp_path / "a.txt")
    assert document is None
    assert [(each.code, each.severity) for each in problems] == [(code, "error")]
    assert problems[0].message.startswith("a.txt ")


def test_a_type_that_is_not_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("VVD", encoding="utf-8")
    document, problems = read(tmp_path / "a.xyz")
    assert document is None and problems[0].code == "type-unknown"


def test_a_text_over_the_limit_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a" * 1_001, encoding="utf-8")
    document, problems = read(tmp_path / "a.txt", max_characters=1_000)
    assert document is None and problems[0].code == "too-long" and "1,001" in problems[0].message


def test_a_line_that_lost_its_paragraphs_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kop\n" + "woord " * 30_000, encoding="utf-8")
    document, problems = read(tmp_path / "a.txt")
    assert document and [each.code for each in problems] == ["line-too-long"]
    assert problems[0].char_start == 4


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("VVD", encoding="utf-8")
    path.chmod(0)
    tmp_path.chmod(0o755)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        for folder in path.parents:  # another user must be able to get there
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001 and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o011)
        os.seteuid(65534)
    try:
        document, problems = read(path)
    finally:
        if hasattr(os, "geteuid") and os.geteuid() == 65534:
            os.seteuid(0)
    assert document is None and problems[0].code == "file-unreadable"


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    document, problems = read(tmp_path / "a.txt")
    assert document is None and problems[0].code == "file-unreadable"


def test_lost_characters_are_counted() -> None:
    _, encoding, wrong = decode("zo\ufffdveel verl\ufffdren".encode())
    assert encoding == "utf-8" and wrong and wrong[0] == "characters-lost" and "2 characters" in wrong[1]


def test_raw_files_are_found_in_order_without_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("z.txt", "b/a.txt", ".hidden", ".git/config", "manifestos.csv", "b/manifestos.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "b", target_is_directory=True)
    files, problems = find_raw_files(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["b/a.txt", "b/manifestos.csv", "z.txt"]
    assert [(each.path, each.code) for each in problems] == [("link", "folder-link")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this platform")
def test_a_pipe_is_a_problem_and_hangs_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    document, problems = read(tmp_path / "a.txt")
    assert document is None and [each.code for each in problems] == ["not-a-file"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are Linux's")
def test_a_name_that_is_not_utf8_is_written_in_ascii(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("VVD wil koffie.", encoding="utf-8")
    document, _ = read(path)
    assert document and document.path == "caf\\xe9.txt"


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(300_000_000)
    document, problems = read(tmp_path / "a.txt")
    assert document is None and problems[0].code == "too-long" and "300,000,000 bytes" in problems[0].message


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("file;party\na.txt;CDA\n", []),
        ("file,party\n./a.txt,CDA\n", []),
        ("file,party\na.txt,VVD\na.txt,CDA\n", ["facts-repeated"]),
        ("file,party,retrieved_on\na.txt,CDA,gisteren\n", ["facts-invalid"]),
    ],
)
def test_facts_as_people_write_them(tmp_path: Path, text: str, codes: list[str]) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "manifestos.csv").write_text(text, encoding="utf-8")
    facts, problems = read_facts(tmp_path, names={"a.txt"})
    assert facts == {"a.txt": Facts(party="CDA")} and [each.code for each in problems] == codes


def test_facts_are_read_and_their_faults_told(tmp_path: Path) -> None:
    (tmp_path / "cda.txt").write_text("x", encoding="utf-8")
    (tmp_path / "manifestos.csv").write_text(
        "file,party,election,status,colour\ncda.txt,CDA,TK2025,concept,\ngone.txt,VVD,,final,blue\n", encoding="utf-8"
    )
    facts, problems = read_facts(tmp_path, names={"cda.txt"})
    assert facts["cda.txt"] == Facts(party="CDA", election="TK2025", status="unknown")
    assert [each.code for each in problems] == ["facts-invalid", "facts-invalid", "facts-without-file"]
    assert "line 2" in problems[0].message and "concept" in problems[0].message


def test_the_election_is_read_from_the_file_name(tmp_path: Path) -> None:
    (tmp_path / "zorg-tk2023.txt").write_text("VVD", encoding="utf-8")
    document, _ = read(tmp_path / "zorg-tk2023.txt")
    assert document and document.election == "TK2023"

"""What holds for any text whatever: no character is lost, offsets are true, nothing hangs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.extraction import Resources, extract, split
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import ASIDE, Document, Extraction
from extract.splitting.marks import quoted_stretches, unwrap

PIECES = [
    *"“”„«»\"‘’'‹›", ",,", "''", "...", "…", ". ", "? ", "\n", "\n\n", "\r\n", "\t", " ", "- ", "1. ", "## ", "**",
    "> ", "•", "VVD", "De SP", "Partij Zonneschijn", "D66", "(PZ)", " ziet ", " wil ", "De partij wil ", "volgens ",
    "etc.", "m.b.t.", "€3.000", "CO₂", "’s-Hertogenbosch", "FG’s", "é", "e\u0301", "\u0002", "\u00ad", "\ufeff",
    "\u2028",    "😀", "woning", "Er komt een wet.", ": ", " – ", "=1+1", "\0", "\x0c",
]  # fmt: skip
WILD = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=300)


def read(data: bytes, folder: Path) -> Document | None:
    path = folder / "wild.txt"
    path.write_bytes(data)
    document, problems = read_document(path, raw=folder, facts=Facts(), max_characters=10**8)
    assert document or problems
    return document


@given(WILD)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_character_is_lost(resources: Resources, tmp_path: Path, text: str) -> None:
    document = read(text.encode("utf-8", "surrogatepass"), tmp_path)
    if document is None:
        return
    extraction = extract(split(Extraction(document=document), resources=resources), resources=resources)
    passages = extraction.passages
    assert [each.char_start for each in passages] == [0, *(each.char_end for each in passages[:-1])]
    assert passages[-1].char_end == len(document.text)
    assert all(each.char_start < each.char_end for each in passages)

    place = {each.passage_id: (each.char_start, each.char_end) for each in passages}
    end = 0
    for sentence in extraction.sentences:
        start, stop = place[sentence.passage_id]
        assert max(start, end) <= sentence.char_start < sentence.char_end <= stop
        assert document.text[sentence.char_start : sentence.char_end] == sentence.text
        end = sentence.char_end
    for quote in extraction.quotes:
        assert document.text[quote.char_start : quote.char_end] == quote.text
    sections = extraction.sections
    assert [each.char_start for each in sections[1:]] == [each.char_end for each in sections[:-1]]
    for ids in (passages, extraction.sentences, sections, extraction.quotes, extraction.problems):
        keys = [next(iter(getattr(each, name) for name in each.__slots__)) for each in ids]
        assert len(set(keys)) == len(keys)


@given(WILD)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_letter_of_a_spoken_passage_is_in_a_sentence(resources: Resources, tmp_path: Path, text: str) -> None:
    document = read(text.encode("utf-8", "surrogatepass"), tmp_path)
    if document is None:
        return
    extraction = split(Extraction(document=document), resources=resources)
    said = "".join(each.text for each in extraction.sentences)
    spoken = [each for each in extraction.passages if each.kind not in ASIDE]
    letters = "".join(document.text[each.char_start : each.char_end] for each in spoken)
    assert "".join(filter(str.isalpha, said)) == "".join(filter(str.isalpha, letters))


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_document_or_a_problem(tmp_path: Path, data: bytes) -> None:
    read(data, tmp_path)


@given(WILD)
def test_stretches_are_ordered_and_apart(text: str) -> None:
    end = 0
    for stretch in quoted_stretches(text):
        assert end <= stretch.start < stretch.end <= len(text)
        opens, closes = stretch.inner
        assert stretch.start < opens <= closes <= stretch.end
        end = stretch.end
    start, stop = unwrap(text)
    assert 0 <= start <= stop <= len(text)


@contextmanager
def no_hang(seconds: int) -> Iterator[None]:
    """Fail, rather than hang the suite, when something takes minutes instead of seconds."""
    signal = pytest.importorskip("signal")
    if not hasattr(signal, "SIGALRM"):
        pytest.skip("no alarms on this platform")

    def stop(*_: object) -> None:
        raise TimeoutError(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "piece",
    ["“", "”", "‘a ", "‘a ”", '"a ', "«a", "(", ".", "… ", "a", "De ", "- ", "#", "> ", "**", "VVD wil ", "“a\n",
     "etc. ", "wil de ", "Partij X1 wil dit.\n", "VVD\n", "A.B.", "’s ", "\t", "a;\n", "1. ", ",,a"],
)  # fmt: skip
def test_pathological_texts_end(piece: str, document_of: Callable[..., Document], resources: Resources) -> None:
    """150,000 characters of the same take a second; what is quadratic takes hours."""
    document = document_of((piece * (150_000 // len(piece)))[:150_000] + "x")
    with no_hang(60):
        extraction = extract(split(Extraction(document=document), resources=resources), resources=resources)
    assert extraction.passages[-1].char_end == len(document.text)


def test_many_unknown_parties_end(document_of: Callable[..., Document], resources: Resources) -> None:
    document = document_of("\n".join(f"Partij Nummer{number} wil meer huizen." for number in range(5_000)))
    with no_hang(60):
        extraction = split(Extraction(document=document), resources=resources)
    assert len(extraction.sections) == 5_000

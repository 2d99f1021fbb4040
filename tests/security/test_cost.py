"""No text costs more than its length allows for, and none takes the memory of others."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hostile import HOSTILE, HOSTILE_PAIRS, Hostile, HostilePair, certified, extracted
from extract import costs, memory
from extract.costs import TooCostlyError, bounded, seconds_for
from extract.extraction import Resources, split
from extract.labels.contexts import in_context
from extract.labels.keywords import keyword_weights
from extract.labels.word_vectors import load_vectors
from extract.language.figures import find_figures
from extract.layout import contents, furniture, hyphens
from extract.layout.layers import Layer, Line
from extract.parties import load_register
from extract.reading import pdf
from extract.reading.decoding import decode
from extract.reading.facts import Facts
from extract.reading.plain_text import layer_of_text
from extract.records import Document, Extraction, Sentence
from extract.settings import Settings
from extract.splitting import quotes
from extract.splitting.names import Names
from extract.splitting.subjects import paragraph_subject
from extract.verification import examination as certification
from extract.verification import stretches as shared_stretches
from extract.verification.claims import SummarySentence
from extract.verification.examination import Digest, Examination
from extract.verification.letters import letters_of
from extract.verification.stretches import NgramIndex
from pipelines import work
from pipelines.plan import recipe_of
from pipelines.runners import _width
from pipelines.store import Origin, unpack
from pipelines.where import Where
from pipelines.work import Job
from tests.conftest import MODELS, ROOT

_SMALL = 1_500  # characters of a text that goes through all stages
_TIMES = 4  # by which a text grows
_MOST_GROWTH = 9  # times that the work may grow with it: 4 is linear, 16 grows with the square
_TOO_SHORT = 0.002  # seconds that say nothing yet

_KEYWORDS = "keyword,label,weight\n" + "\n".join(
    [f"{first} tweede{n},a,1" for n in range(3) for first in ("a*", "*b", "digitaal")] + ["*midden*,b,1", "heel,b,1"]
)
_LONG = re.compile(r"\w+")


def _sentence(text: str, number: int = 0) -> Sentence:
    return Sentence(
        sentence_id=f"d.sen.{number}", passage_id="p", document_id="d", position=number, char_start=0,
        char_end=len(text), text=text,
    )  # fmt: skip


def _on_one_page(size: int) -> Layer:
    """A table of contents on a page of very many lines, and as many behind it."""
    words = ["Inhoud", *(f"hoofdstuk{'abcdefghij'[n % 10] * (n // 10 % 40)}" for n in range(size // 8))] * 2
    text = "\n".join(words)
    lines, start = [], 0
    for number, word in enumerate(words):
        lines.append(Line(start=start, end=start + len(word), page=1 + (2 * number) // len(words)))
        start += len(word) + 1
    return Layer(text=text, lines=tuple(lines), pages=2)


STEPS: dict[str, tuple[int, Callable[[int], object]]] = {
    "a long word in keywords": (20_000, lambda n: keyword_weights(["a" * n], listing=_KEYWORDS)),
    "words that begin phrases": (
        8_000, lambda n: keyword_weights([" ".join(f"a{k}" for k in range(n // 5))], listing=_KEYWORDS),
    ),
    "years": (20_000, lambda n: list(_entities("2025 " * (n // 5)))),
    "numbers of three digits": (6_000, lambda n: list(find_figures("100 " * (n // 4)))),
    "prepositions of deadlines": (10_000, lambda n: list(find_figures("voor " * (n // 5)))),
    "accents out of order": (40_000, lambda n: decode(("a" + "\u0301\u0327" * (n // 2)).encode())),
    "a long word that was torn": (
        20_000, lambda n: hyphens.is_torn("a" * n, "b" * n, hyphens.Counter({"a" * n + "b" * n: 3})),
    ),
    "verbs behind a fronted word": (
        40_000, lambda n: paragraph_subject("Om " + "wil " * (n // 4), Names(load_register(), "")),
    ),
    "a title of contents with dots": (4_000, lambda n: contents.TITLE.fullmatch("Inhoud" + "." * n + "x")),
    "a table of contents on one line": (
        1_000, lambda n: contents.find_contents(layer_of_text(f"Inhoud\n{'.' * n}x 1\n"), set()),
    ),
    "a table of contents on one page": (40_000, lambda n: contents.find_contents(_on_one_page(n), set())),
    "a page number with slashes": (4_000, lambda n: furniture.page_numbers(["1" + "/" * n + "x"])),
    "dots in a quote": (8_000, lambda n: quotes._is_statement("a b c d e f " + "." * n + "x")),
    "line-end hyphens of long lines": (
        10_000, lambda n: [t.made(n) and _split(t.made(n)) for t in HOSTILE if t.name == "lines that end in a hyphen"],
    ),
}  # fmt: skip


def _entities(text: str) -> list[object]:
    from extract.language.entities import find_entities
    from extract.parties import load_register

    return list(find_entities([_sentence(text)], {}, register=load_register(), year=2000))


def _split(text: str) -> Extraction:
    from extract.extraction import read

    found = read(text.encode(), name="a.txt", facts=Facts(), settings=Settings())
    return split(found, resources=Resources(settings=Settings(), register=load_register(), nlp=None, models=()))


def _cpu_seconds(step: Callable[[int], object], size: int) -> float:
    def once() -> float:
        began = time.process_time()
        step(size)
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.parametrize("name", STEPS)
def test_work_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    size, step = STEPS[name]
    step(size // 10)  # what is loaded once
    small = _cpu_seconds(step, size)
    large = _cpu_seconds(step, _TIMES * size)
    assert large < _MOST_GROWTH * max(small, _TOO_SHORT)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text.name)
def test_every_hostile_text_ends_as_a_document_or_a_problem(text: Hostile, resources: Resources) -> None:
    found = extracted(text, _SMALL, resources=resources)
    assert found.document or found.problems
    if found.document:
        assert found.passages[-1].char_end == len(found.document.text)


@pytest.mark.parametrize("pair", HOSTILE_PAIRS, ids=lambda pair: pair.name)
def test_every_quote_of_a_hostile_digest_gets_its_certificate(pair: HostilePair, resources: Resources) -> None:
    said = certified(pair, 6 * _SMALL, resources=resources)  # some quotes are long
    assert said.certificates and not {"too-costly", "stage-failed"} & {each.code for each in said.problems}


# --- memory of what is kept -------------------------------------------------------------------------------------------


def test_a_long_heading_is_not_repeated_for_all_that_stands_below_it() -> None:
    found = _split("# " + "kop " * 2_000 + "\n" + "Er komt een wet.\n" * 200)
    assert max(len(each.heading_path or "") for each in found.passages) <= 1_000


def test_a_sentence_that_is_none_is_read_in_part() -> None:
    long = "en " * 50_000
    readings = in_context([_sentence(long), _sentence(long, 1)], ())
    assert all(len(part) <= 20_000 for each in readings for part in (each.text, each.before, each.after))


def test_words_are_looked_up_in_parts_with_the_same_vectors() -> None:
    vectors = load_vectors(MODELS)
    assert vectors
    texts = [" ".join(f"woord{n}" for n in range(5_000)), "zorg " + "a" * 100_000]
    apart = [vectors.means([text]).toarray() for text in (texts[0], "zorg " + "a" * 1_000)]
    assert np.array_equal(vectors.means(texts).toarray(), np.concatenate(apart))


def test_meetings_of_digest_and_manifesto_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_stretches, "_MOST_TOGETHER", 5_000)
    sentence = "De gemeente zorgt dat elke wijk een bibliotheek krijgt. "
    index = NgramIndex([letters_of(sentence)] * 50)
    hashes = shared_stretches._ngram_hashes(letters_of(sentence * 100).codes)
    assert 0 < len(index._hits(hashes)[0]) <= 5_000


# --- the bound on CPU time --------------------------------------------------------------------------------------------


def for_ever(*_: object, **__: object) -> Extraction:
    """Work that never ends, and takes every error that it knows of for one of its own."""
    while True:
        try:
            _LONG.sub("", "a b " * 1_000)
        except Exception:
            continue


has_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of CPU time on this system")


@has_timer
def test_what_takes_too_long_is_stopped() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(TooCostlyError), bounded(0.1):
        for_ever()
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


@has_timer
def test_one_long_call_of_the_pattern_library_is_stopped() -> None:
    with pytest.raises(TooCostlyError), bounded(0.1):
        re.search(r"(a|aa)+$", "a" * 60 + "b")


def test_in_a_thread_the_time_is_looked_at_when_a_step_is_over() -> None:
    met: list[str] = []

    def step(seconds: float) -> None:
        try:
            with bounded(seconds):
                sum(range(300_000))
        except TooCostlyError:
            met.append("too costly")
        else:
            met.append("done")

    for seconds in (0.0, 60.0):
        thread = threading.Thread(target=step, args=(seconds,))
        thread.start()
        thread.join()
    assert met == ["too costly", "done"]


def test_the_bound_grows_with_the_text() -> None:
    assert seconds_for(0) == costs.SECONDS
    assert seconds_for(2_000_000) - seconds_for(1_000_000) == pytest.approx(seconds_for(1_000_000) - seconds_for(0))


@has_timer
def test_a_document_that_costs_too_much_is_a_problem_and_the_others_are_done(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(language_pipeline="blank")
    origin = Origin(sha256="", facts="{}", recipe=recipe_of(settings, MODELS))
    texts = {"a.txt": b"Wij willen meer zorg.", "b.txt": b"a\n" * 200_000, "c.txt": b"De VVD wil meer wegen."}
    jobs = [Job(name, Facts(), origin, data=data) for name, data in texts.items()]
    monkeypatch.setattr(work, "seconds_for", lambda characters: 30 if characters < 1_000 else 0.2)
    read = work.split.fn(work.read.fn(jobs, settings), resources)
    dones = [work._done(job, each, settings) for job, each in zip(jobs, read, strict=True)]
    found = {done.name: unpack(done.packed) for done in dones}
    assert {name: kept.refused for name, kept in found.items() if kept} == {
        "a.txt": (), "b.txt": ("too-costly",), "c.txt": (),
    }  # fmt: skip
    assert found["b.txt"] and found["b.txt"].may_pass  # a later run tries it again


@pytest.mark.parametrize("error", [MemoryError(), TooCostlyError()])
def test_a_stage_that_meets_a_limit_costs_one_document(
    error: BaseException, document_of: Callable[..., Document]
) -> None:
    def stage(extraction: Extraction) -> Extraction:
        if extraction.document and "duur" in extraction.document.text:
            raise error
        return extraction

    batch = [Extraction(document=document_of(text)) for text in ("Wij willen zorg.", "Een duur stuk.", "Meer wegen.")]
    found = work._each("split", stage, [("x.txt", 10, each) for each in batch])
    assert [bool(each.document) for each in found] == [True, False, True]
    assert [each.code for each in found[1].problems] == ["too-costly"]


@has_timer
def test_a_manifesto_that_costs_too_much_to_look_in_is_a_problem(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certification, "seconds_for", lambda characters: 0.1)
    monkeypatch.setattr(Examination, "_against", for_ever)
    said = certified(HOSTILE_PAIRS[0], _SMALL, resources=resources)
    assert [each.code for each in said.problems if each.code != "quote-not-verified"] == ["too-costly"]


def test_evidence_is_the_same_in_parts(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    from extract.tables import rows_of
    from extract.verification import claims
    from extract.verification.sources import source_of

    text = "\n".join(
        f"Wij willen meer {word} in elke wijk van ons land." for word in ("huizen", "zorg", "wegen", "rust")
    )
    source = source_of(rows_of(_split(text)))
    assert source
    asked = [
        SummarySentence(f"d.{n}", f"Zij wil {word}", "VVD", None, ()) for n, word in enumerate(["zorg", "wegen"] * 5)
    ]
    whole = list(claims.nearest_evidence(asked, source, register=resources.register))
    monkeypatch.setattr(claims, "_CELLS_AT_ONCE", 1)
    assert whole and whole == list(claims.nearest_evidence(asked, source, register=resources.register))
    assert Digest("d.txt", (), tuple(asked)).summaries


# --- memory of processes ----------------------------------------------------------------------------------------------

_HOLD = """
from extract import memory
memory.hold_to(300 * 2**20)
left = memory.bytes_left(2**40)
assert memory.bytes_left(2**20) == 2**20 and 0 < left <= 300 * 2**20, left
kept = bytearray(100 * 2**20)
assert memory.bytes_left(2**40) < left - 90 * 2**20
try:
    bytearray(400 * 2**20)
except MemoryError:
    print("held")
with memory.held_to(50 * 2**20):
    try:
        bytearray(100 * 2**20)
    except MemoryError:
        print("held")
bytearray(100 * 2**20)
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a limit on data")


@on_linux
def test_a_process_takes_no_more_than_its_share() -> None:
    done = subprocess.run([sys.executable, "-c", _HOLD], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["held", "held"]


@pytest.mark.parametrize("machine", [2 * 2**30, 8 * 2**30, 64 * 2**30])
@pytest.mark.parametrize("wanted", [1, 4, 200])
def test_all_processes_together_stay_under_the_share(
    machine: int, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.runners.bytes_of_machine", lambda: machine)
    workers = _width(Where(workers=wanted))
    each = memory.bytes_each(machine, workers)
    assert each and 1 <= workers <= wanted and workers * each <= memory.SHARE * machine
    assert workers == 1 or each >= memory._LEAST_BYTES


# --- the child that reads a PDF ---------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="a script stands for the child")
@pytest.mark.parametrize(
    ("script", "seconds"),
    [("exec yes", 60), ("exec cat >/dev/null", 60), ("exec /bin/false", 60), ("exec sleep 60", 1)],
    ids=["endless", "empty", "dead", "silent"],
)
def test_an_answer_of_any_kind_is_a_problem(
    script: str, seconds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\nexec 2>/dev/null\n{script}\n", encoding="ascii")
    child.chmod(0o755)
    monkeypatch.setattr(pdf.sys, "executable", str(child))
    monkeypatch.setattr(pdf, "SECONDS", seconds)
    began = time.perf_counter()
    said = pdf.read_pdf(b"%PDF-1.4" + b" " * 10**6, max_characters=100_000)
    assert not isinstance(said, Layer) and said.code == "too-costly"
    assert time.perf_counter() - began < 30

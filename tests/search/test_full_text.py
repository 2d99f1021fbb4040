"""What a person types, and what SQLite's full-text search finds for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search import measure
from extract.search.full_text import dutch

TEXTS = (
    "De belastingen gaan omlaag.",
    "Het belastingstelsel wordt eenvoudiger.",
    "Wij planten bomen en bouwen huizen.",
    "Een boom voor elk huis.",
    "Er ontploffen bommen.",
    "Vuurwerk is verboden; dat verbiedt de wet.",
    "De wetten en de wetenschap.",
    "De hypotheekrenteaftrek is afgeschaft.",
    "Ideeën en een idee.",
    "Het EU-beleid en Europa.",
    "In 2030 en in 20300.",
    "De circulaire economie groeit.",
    "Een economie die circulaire goederen maakt.",
)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize="unicode61 remove_diacritics 2")')
        connection.executemany("INSERT INTO texts VALUES (?)", [(text,) for text in TEXTS])
        yield connection


def found(words: str | None, index: sqlite3.Connection) -> set[int]:
    """Which of the texts are found."""
    rows = index.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (dutch(words),))
    return {number - 1 for (number,) in rows}


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("belasting", {0, 1}),
        ("belastingen", {0, 1}),
        ("BELASTINGEN", {0, 1}),
        ("bomen", {2, 3}),
        ("boom", {2, 3}),
        ("huis", {2, 3}),
        ("huizen", {2, 3}),
        ("bommen", {4}),
        ("verbieden", {5}),
        ("wet", {5, 6}),
        ("wet*", {5, 6}),
        ('"wet"', {5}),
        ("afschaffen", {7}),
        ("ideeen", {8}),
        ("idee", {8}),
        ("idee\u0301e\u0308n", {8}),  # as a Mac types it in a file name: accents behind their letters
        ("EU", {9}),
        ("eu-beleid", {9}),
        ("Europa’s", {9}),
        ("2030", {10}),
        ("2030*", {10}),
        ("circulaire economie", {11, 12}),
        ('"circulaire economie"', {11}),
        ("“circulaire economie”", {11}),
        ('"circulaire economie', {11}),  # a quote that was not closed
        ("bomen huizen", {2, 3}),
        ("bomen belasting", set()),
        ("bommen OR belasting", {0, 1, 4}),
        ("bomen bouwen OR hypotheekrenteaftrek", {2, 7}),
        ("OR bommen OR", {4}),
        ("", set()),
        (None, set()),
        ("- * ( )", set()),
        ('"', set()),
    ],
)
def test_words_find_texts(words: str | None, which: set[int], index: sqlite3.Connection) -> None:
    assert found(words, index) == which


@given(st.one_of(st.text(max_size=40), st.text(st.sampled_from('ab ORNEAT"*():^{}+-.\\\0éß\u0301’“'), max_size=40)))
def test_whatever_is_typed_is_no_error(words: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (text)")
        connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (dutch(words),)).fetchall()


def test_a_page_of_words_is_no_error(index: sqlite3.Connection) -> None:
    assert found("bomen " * 5_000, index) == {2, 3}
    assert found(" OR ".join(["bomen"] * 5_000), index) == {2, 3}


def test_word_forms_are_found(texts: Path) -> None:
    """Floors, .005 to .01 below the figures in docs/looking.md."""
    figures = measure(texts, dutch)
    for pos, recall, precision in (("NOUN", 0.985, 0.86), ("ADJ", 0.93, 0.83), ("VERB", 0.905, 0.74)):
        assert figures[pos][0] >= recall and figures[pos][1] >= precision, f"{pos}: {figures[pos]}"

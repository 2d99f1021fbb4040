"""How well search knows Dutch word forms: what a word finds among words of which the lemma is known, in two treebanks.

    make search
    python -m benchmarks.search --texts FOLDER

prints, for nouns and adjectives in the form in which they stand, and for verbs in the infinitive, which share of the
words with the lemma is found, and which share of what is found has it, or is a compound that begins with it. Beside it
stand the word itself, and the beginnings that are the stems of two stemmers.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import snowballstemmer
from rich.console import Console

from benchmarks.shared import parser_with_texts, table_of, tokens_in
from extract.language.infinitives import is_infinitive
from extract.search.full_text import dutch

_LEAST = 4  # letters of a lemma
_Search = Callable[[str], str]


def _beginning(algorithm: str) -> _Search:
    stemmer = snowballstemmer.stemmer(algorithm)
    return lambda word: f'"{stemmer.stemWord(word)}" *'


SEARCHES: dict[str, _Search] = {
    "the word itself": lambda word: f'"{word}"',
    "its stem (Kraaij and Pohlmann)": _beginning("dutch"),
    "its stem (Porter)": _beginning("dutch_porter"),
    "search": dutch,
}


def measure(texts: Path, search: _Search) -> dict[str, tuple[float, float]]:
    """Recall and precision of a search for nouns, adjectives and verbs, with each word as often as it occurs."""
    words: dict[str, Counter[str]] = defaultdict(Counter)  # lemmas of a form
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # of a lemma and its part of speech
    for token in tokens_in(texts):
        form, lemma, pos = token.form.lower(), token.lemma.lower(), token.part_of_speech
        words[form][lemma] += 1
        forms[lemma, pos][form] += 1
    sums: dict[str, list[float]] = {pos: [0.0, 0.0, 0.0] for pos in ("NOUN", "ADJ", "VERB")}
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute('CREATE VIRTUAL TABLE words USING fts5 (word, tokenize="unicode61 remove_diacritics 2")')
        database.executemany("INSERT INTO words VALUES (?)", [(form,) for form in words])
        for (lemma, pos), found in forms.items():
            plain = lemma.replace("_", "")
            if pos not in sums or len(plain) < _LEAST:
                continue
            asked = Counter({plain: found.total()} if is_infinitive(plain) else {}) if pos == "VERB" else found
            for word, times in asked.items():
                rows = database.execute("SELECT word FROM words WHERE words MATCH ?", (search(word),)).fetchall()
                hits = [form for (form,) in rows]
                right = sum(n for form in hits for each, n in words[form].items() if _begins_with(each, lemma))
                figures = (1, sum(found[form] for form in hits) / found.total(),
                           right / max(1, sum(words[form].total() for form in hits)))  # fmt: skip
                sums[pos] = [old + times * new for old, new in zip(sums[pos], figures, strict=True)]
    return {pos: (recall / count, precision / count) for pos, (count, recall, precision) in sums.items()}


def _begins_with(lemma: str, first: str) -> bool:
    return lemma.replace("_", "") == first.replace("_", "") or lemma.partition("_")[0] == first.partition("_")[0]


def main(texts: Path) -> None:
    """Print a row of figures for each way to search."""
    table = table_of("", *(f"{pos}, {figure}" for pos in ("noun", "adj", "verb") for figure in ("recall", "precision")))
    for name, search in SEARCHES.items():
        figures = measure(texts, search)
        table.add_row(name, *(f"{each:.3f}" for pair in figures.values() for each in pair))
    Console().print(table)


if __name__ == "__main__":
    main(parser_with_texts(__doc__).parse_args().texts)

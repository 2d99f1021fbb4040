"""How well a pipeline parses manifestos: parts of speech, lemmas and the relations on which proposals rest.

    python -m benchmarks.trees draw --dataset VERSION --texts FOLDER --sheets FOLDER
    python -m benchmarks.trees check SHEET.marks …
    python -m benchmarks.trees enter SHEET.marks … --reader NAME
    python -m benchmarks.trees agreement
    python -m benchmarks.trees score --texts FOLDER [--pipeline FOLDER]

Treebanks are of newspapers. Here the sentences are of manifestos, and readers marked them without seeing a parse.
`tests/gold/trees.md` has the rules, and says what a row of `trees.csv` is.
"""

import csv
import functools
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from itertools import count, zip_longest
from pathlib import Path

import spacy
from rich.console import Console
from spacy.tokenizer import Tokenizer

from benchmarks.sentence_sheets import (
    Drawn,
    Place,
    Row,
    check_sheets,
    command_line,
    draw,
    numbers_of,
    read_drawn,
    tell,
    write_marks,
)
from benchmarks.shared import GOLD, document_in, table_of
from extract.dataset.reader import StoredVersion
from extract.language.parsing import parse_sentences
from extract.language.pipeline import OURS, load_language
from extract.learning.annotations import find_sources, letters, nearest_place, source_text
from extract.problems import ManifestoError
from extract.records import Sentence, Token, sha256_of
from pipelines.paths import MODELS

MARKS = GOLD / "trees.csv"
POS = frozenset(
    ["ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
     "SYM", "VERB", "X"]
)  # fmt: skip
RELATIONS = ("nsubj", "nsubj:pass", "obj", "obl:agent", "comp", "aux", "aux:pass", "cop", "compound:prt", "neg")
SETTLED = "settled"
"""The reader in whose name marks stand on which two readers differed and that were looked at again."""
ALL = "all relations"
UNREADABLE = "X"

_COMPLEMENTS = frozenset({"xcomp", "ccomp"})
_NEGATIONS = frozenset({"niet", "geen", "nooit"})
_NEGATING = frozenset({"advmod", "det"})
_DOCUMENTS, _OF_EACH, _ON_A_SHEET = 30, 5, 25
_ENOUGH = 20  # sentences of a document to draw from, as not all stand in their source in one piece
_FROM = 1946
_WORDS = range(4, 26)
_DRAWN_KINDS = frozenset({"list-item", "body", "claim"})
_YEAR = re.compile(r"(?:1[89]|20)\d\d")

Span = tuple[int, int]  # first character and number of characters, in those of the sentence that are no white space


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Place):
    """What one reader marked of one word: a row of `trees.csv`.

    `start` is counted from the first letter of the sentence; what stands before that has a number below zero.
    """

    reader: str
    number: int
    start: int
    characters: int
    pos: str
    lemma: str  # in lower case; empty where it is the word itself
    head: int | None  # number of the word on which it depends, where that and the relation are marked
    relation: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody, a reader or a parser, says of a word; head and relation only where the relation is marked."""

    pos: str
    lemma: str
    head: Span | None = None
    relation: str | None = None


Words = Mapping[Span, Word]
"""A sentence, by the places of its words."""
Figures = dict[str, tuple[float, float, int]]
"""Precision, recall and how many are marked, by what is told. For parts of speech and lemmas, recall is accuracy."""


def words_of(text: str) -> list[tuple[str, Span]]:
    """The words of a sentence as spaCy's Dutch tokeniser parts them, and where they stand."""
    doc = _tokeniser()(text)
    return [(token.text, _span(text, token.idx, len(token))) for token in doc if not token.is_space]


@functools.cache  # as it takes long to make
def _tokeniser() -> Tokenizer:
    tokeniser = spacy.blank("nl").tokenizer
    assert isinstance(tokeniser, Tokenizer)
    return tokeniser


def _span(text: str, start: int, length: int) -> Span:
    first = letters(text)[1][0]
    return _no_space(text[:start]) - _no_space(text[:first]), _no_space(text[start : start + length])


def _no_space(text: str) -> int:
    return len("".join(text.split()))


def draw_sheets(dataset: Path, texts: Path, sheets: Path) -> int:
    """Write sheets of sentences of some manifestos, as many of each decade, by their hashes; return how many."""
    version = StoredVersion(dataset)
    by_decade: dict[str, list[str]] = defaultdict(list)
    for row in sorted(version.table("documents").to_pylist(), key=lambda row: row["sha256"]):
        if row["kind"] == "manifesto" and _YEAR.search(row["path"]) and year_of(row["path"]) >= _FROM:
            by_decade[decade_of(row["path"])].append(row["document_id"])
    in_turn = [each for turn in zip_longest(*(by_decade[name] for name in sorted(by_decade))) for each in turn if each]
    enough = (each for each in in_turn if len(_to_draw_from(version, each)) >= _ENOUGH)
    chosen = {each for each, _ in zip(enough, range(_DOCUMENTS), strict=False)}
    drawn = draw(
        dataset, texts, sheets, prefix="t", of_each=_OF_EACH, on_a_sheet=_ON_A_SHEET, twice=0,
        rows=lambda version, each: _to_draw_from(version, each) if each in chosen else [],
    )  # fmt: skip
    for path in sheets.glob("sheet-*.txt"):
        on_it = [each for each in read_drawn(sheets).values() if each.sheet == path.stem]
        path.write_text("".join(map(_on_sheet, on_it)), encoding="utf-8", newline="\n")
    return drawn


def _to_draw_from(version: StoredVersion, document_id: str) -> list[Row]:
    kinds = {row["passage_id"]: row["kind"] for row in version.rows("passages", [document_id])[0].to_pylist()}
    rows = version.rows("sentences", [document_id])[0].to_pylist()
    running = [row for row in rows if kinds[row["passage_id"]] in _DRAWN_KINDS and letters(row["text"])[0]]
    once = {letters(row["text"])[0]: row for row in reversed(running)}  # some say things twice
    return [
        row for row in once.values() if sum(token.text[0].isalnum() for token in _tokeniser()(row["text"])) in _WORDS
    ]


def year_of(path: str) -> int:
    """The year of a manifesto, which is the last number of that kind in the path of its file."""
    return int(_YEAR.findall(path)[-1])


def decade_of(path: str) -> str:
    """The decade of a manifesto, such as "1950s"."""
    return f"{year_of(path) // 10}0s"


def _on_sheet(each: Drawn) -> str:
    words = "".join(f"{number}\t{word}\n" for number, (word, _) in enumerate(words_of(each.text), start=1))
    return f"under: {each.heading or '–'}\nbefore: {each.before or '–'}\n>> {each.text}\n[{each.sentence}]\n{words}\n"


def read_sheet(path: Path, reader: str) -> Iterator[Marked | str]:
    """Yield the marks of a file, or what is wrong in it."""
    drawn = read_drawn(path.parent)
    blocks = re.split(r"^\[(\w+)\][ \t]*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if blocks[0].strip():
        yield f"{path.name}: the first line is the id of a sentence, such as [t0001]"
    names = blocks[1::2]
    for name, block in zip(names, blocks[2::2], strict=True):
        if name not in drawn or names.count(name) > 1:
            yield f"{path.name}: {name} is on no sheet, or marked twice"
            continue
        lines = [line.split() for line in block.splitlines() if line.strip()]
        words = words_of(drawn[name].text)
        if len(lines) != len(words):
            yield f"{path.name} {name}: {len(lines)} words are marked, the sentence has {len(words)}"
        for number, cells, word in zip(count(1), lines, words, strict=False):
            found = _marked(cells, number, word, len(words), drawn[name], reader)
            yield f"{path.name} {name}: '{' '.join(cells)}' {found}" if isinstance(found, str) else found


def _marked(
    cells: Sequence[str], number: int, word: tuple[str, Span], of: int, drawn: Drawn, reader: str
) -> Marked | str:
    if cells[:2] != [str(number), word[0]]:
        return f"should begin with {number} and {word[0]}"
    if len(cells) not in (4, 6) or cells[2] not in POS:
        return "is not number, word, part of speech of UD, lemma, and head and relation or neither"
    head, relation = (int(cells[4]) if cells[4].isdigit() else 0, cells[5]) if len(cells) == 6 else (None, None)
    if relation is not None and (relation not in RELATIONS or not head or head > of or head == number):
        return f"has no other word for a head, or a relation that is none of {', '.join(RELATIONS)}"
    if relation == "neg" and word[0].lower() not in _NEGATIONS:
        return f"is none of {', '.join(sorted(_NEGATIONS))}, and so no neg"
    place = {field.name: getattr(drawn, field.name) for field in fields(Place)}
    return Marked(
        **place, reader=reader, number=number, start=word[1][0], characters=word[1][1], pos=cells[2],
        lemma=_lemma(cells[3], word[0]), head=head, relation=relation,
    )  # fmt: skip


def _lemma(lemma: str, word: str) -> str:
    """A lemma as rows have it: marks stand off from the text, and so do not repeat its words."""
    return "" if lemma.lower() == word.lower() else lemma.lower()


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out."""
    return check_sheets(paths, read_sheet)


def enter(paths: Sequence[Path], reader: str) -> None:
    """Put a reader's marks of some files into `tests/gold/trees.csv`, in place of what he marked before."""
    marks = [each for path in paths for each in read_sheet(path, reader) if isinstance(each, Marked)]
    held = [each for each in read_marks() if each.reader != reader] if MARKS.exists() else []
    ordered = sorted([*held, *marks], key=lambda each: (each.sentence, each.reader, each.number))
    write_marks(MARKS, ordered)


def read_marks() -> list[Marked]:
    """All marks, in the order of the sentences."""
    with MARKS.open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: Row) -> Marked:
    numbers = {name: int(row[name]) for name in ("number", "start", "characters")}
    empty = {"head": int(row["head"]) if row["head"] else None, "relation": row["relation"] or None}
    return Marked(**row | numbers_of(row) | numbers | empty)


def by_reader(marks: Iterable[Marked]) -> dict[str, dict[str, list[Marked]]]:
    """Marks by sentence, and by reader: him first whose marks count, the settled ones or those of the first reader."""
    found: dict[str, dict[str, list[Marked]]] = defaultdict(lambda: defaultdict(list))
    for each in sorted(marks, key=lambda each: (each.sentence, each.reader != SETTLED, each.reader, each.number)):
        found[each.sentence][each.reader].append(each)
    return found


def words_marked(marks: Sequence[Marked]) -> Words:
    """A sentence as one reader marked it."""
    spans = {each.number: (each.start, each.characters) for each in marks}
    return {
        spans[each.number]: Word(each.pos, each.lemma, spans[each.head] if each.head else None, each.relation)
        for each in marks
    }


def words_parsed(tokens: Sequence[Token], text: str) -> Words:
    """A sentence as a parser has it, whose tokens' offsets are in the text; other relations left out."""
    spans = {each.position: _span(text, each.char_start, len(each.text)) for each in tokens}
    found = {}
    for each in tokens:
        relation = "comp" if each.dependency in _COMPLEMENTS else each.dependency
        if relation in _NEGATING and each.text.lower() in _NEGATIONS:
            relation = "neg"
        is_marked = relation in RELATIONS and each.head in spans
        found[spans[each.position]] = Word(
            each.pos,
            _lemma(each.lemma, each.text),
            spans[each.head] if is_marked else None,
            relation if is_marked else None,
        )
    return found


def figures(pairs: Iterable[tuple[Words, Words]]) -> Figures:
    """Hold what was found in sentences against what is marked; a relation is right only with the right head.

    Words marked X, of which a scan left nothing that one could tell, count neither way, nor do relations with them.
    """
    marked, found, right = Counter[str](), Counter[str](), Counter[str]()
    for one, other in pairs:
        unreadable = {span for span, word in one.items() if word.pos == UNREADABLE}
        said, got = set(_said(one, without=unreadable)), set(_said(other, without=unreadable))
        for counts, some in ((marked, said), (found, got), (right, said & got)):
            counts.update(name for name, *_ in some)
    return {
        name: (right[name] / found[name] if found[name] else 0.0, right[name] / marked[name], marked[name])
        for name in ("words", "part of speech", "with punctuation", "lemma", ALL, *RELATIONS)
        if marked[name]
    }


def _said(words: Words, *, without: Set[Span]) -> Iterator[tuple[str, Span, str, Span | None]]:
    """Yield each single thing that is said of a sentence, its kind first; of marks of punctuation little."""
    for span, word in words.items():
        if span in without:
            continue
        yield "words", span, "", None
        yield "with punctuation", span, word.pos, None
        if word.pos != "PUNCT":
            yield "part of speech", span, word.pos, None
            yield "lemma", span, word.lemma, None
        if word.relation is not None and word.head not in without:
            yield ALL, span, word.relation, word.head
            yield word.relation, span, "", word.head


def agreement(marks: Iterable[Marked]) -> Figures:
    """How the second of two blind readers does, held against the first."""
    pairs = []
    for readers in by_reader(marks).values():
        blind = [words_marked(some) for reader, some in readers.items() if reader != SETTLED]
        pairs += [(blind[0], blind[1])] if len(blind) > 1 else []
    return figures(pairs)


def find_sentences(marks: Mapping[str, Sequence[Marked]], texts: Path) -> dict[str, str]:
    """The marked sentences as the reader of this software has their text, white space and all, by their ids."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for name, some in marks.items():
        by_source[some[0].source_sha256].append(name)
    found = {}
    for path, sha256 in find_sources([texts], set(by_source)):
        source, _ = letters(source_text(path))
        document = document_in(path)
        text = document.text if document else ""
        stream, offsets = letters(text)
        inked = [offset for offset, character in enumerate(text) if not character.isspace()]
        for name in by_source[sha256]:
            place = marks[name][0]
            own = source[place.letter_start : place.letter_start + place.letter_count]
            start = nearest_place(stream, own, place.letter_start)
            if sha256_of(own) != place.letters_sha256 or start is None:
                continue
            first = bisect_left(inked, offsets[start])
            ends = [first + each.start + each.characters - 1 for each in marks[name]]
            found[name] = text[inked[first + min(each.start for each in marks[name])] : inked[max(ends)] + 1]
    return found


def parse_marked(texts: Path, pipeline: Path) -> list[tuple[str, Words, Words]]:
    """Each marked sentence that is at hand: the path of its source, what is marked, and what a pipeline finds."""
    marks = {name: next(iter(readers.values())) for name, readers in by_reader(read_marks()).items()}
    found = find_sentences(marks, texts)
    if not found:
        raise ManifestoError(f"None of the marked sentences stands in {texts}.")
    nlp = load_language(str(pipeline.resolve()), models=MODELS)
    assert nlp is not None
    sentences = [
        Sentence(
            sentence_id=name, passage_id="", document_id="", position=0, char_start=0, char_end=len(text), text=text
        )
        for name, text in found.items()
    ]  # fmt: skip
    parses = parse_sentences(sentences, nlp=nlp)
    return [
        (some[0].source, words_marked(some), words_parsed(parse.tokens, each.text))
        for each, parse in zip(sentences, parses, strict=True)
        if (some := marks[each.sentence_id])
    ]


def _print(title: str, found: Figures) -> None:
    table = table_of(title, "precision", "recall", "marked")
    for name, (precision, recall, marked) in found.items():
        table.add_row(name, f"{precision:.3f}", f"{recall:.3f}", str(marked))
    Console(highlight=False).print(table)


def _print_score(judged: Sequence[tuple[str, Words, Words]], of: int) -> None:
    _print(f"{len(judged)} of {of} sentences", figures((marked, found) for _, marked, found in judged))
    by_decade: dict[str, list[tuple[Words, Words]]] = defaultdict(list)
    for source, marked, found in judged:
        by_decade[decade_of(source)].append((marked, found))
    shown = ("part of speech", "lemma", ALL)
    table = table_of("decade", "sentences", *shown[:2], f"{ALL}: precision", "recall")
    for decade, pairs in sorted(by_decade.items()):
        told = figures(pairs)
        recalls = [f"{told[name][1]:.3f}" if name in told else "–" for name in shown]
        precision = f"{told[ALL][0]:.3f}" if ALL in told else "–"
        table.add_row(decade, str(len(pairs)), *recalls[:2], precision, recalls[2])
    Console(highlight=False).print(table)


def main() -> None:
    """Draw, check, enter, compare or score; `check` exits with 1 where something is wrong."""
    parser, commands = command_line(__doc__)
    commands.add_parser("agreement")
    scoring = commands.add_parser("score")
    scoring.add_argument("--texts", type=Path, required=True)
    scoring.add_argument("--pipeline", type=Path, default=MODELS / OURS)
    arguments = parser.parse_args()
    match arguments.command:
        case "draw":
            print(f"{draw_sheets(arguments.dataset, arguments.texts, arguments.sheets)} sentences")
        case "enter":
            enter(arguments.marks, arguments.reader)
        case "agreement":
            _print("second reader", agreement(read_marks()))
        case "score":
            _print_score(parse_marked(arguments.texts, arguments.pipeline), len(by_reader(read_marks())))
        case "check":
            tell(check(arguments.marks))


if __name__ == "__main__":
    main()

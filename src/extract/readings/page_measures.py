"""Extraction → what each page shows of how well it was read: a pass over passages and sentences, no model.

A document without pages counts as one page, 0. `readings.py` makes a row and Problems of what is counted here.
"""

import re
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from extract.layout.lines import ends_open, is_hyphenated, is_numbered, is_stopped, starts_lower
from extract.records import ASIDE, Document, Extraction, Passage, Sentence
from extract.splitting.boundaries import sentence_starts
from extract.word_lists import known, open_words

_LONG = 8  # words; a shorter sentence or line comes back by chance, and no shorter run of words stands for a place
_FIGURES = 0.25  # share of the words; in an index and in tables more of them are figures
_PROSE_OPEN = 2  # articles, prepositions and the like that prose has at least; entries of tables have fewer
_ENTRIES = 0.2  # share of lines that end as entries do, at most; in prose some end with a year or a figure
_PROSE_LINES, _FULL_LINE = 2, 4  # lines over which prose runs at least, and words of each
_RUNNING = 3  # times that a line comes back from which on it is a running title
_SHORTEST_WORD = 2  # letters; of a word that a list of words can know
_SHORTEST_PART = 4  # letters of either part of a compound; with shorter ones chance finds words in garbled text
_LONGEST_WORD = 40  # letters that are looked at
_LINKS = ("", "s")  # that Dutch puts between the parts of a compound
_WORD = re.compile(r"[^\W\d_]+")
_LETTERED = re.compile(r"\W*[’'‘`][stnkm]\b|\W*[a-z][\s.):-]")  # "'s Ochtends", "'t Is"; "a de bouw van …", an item
_ENTRY = re.compile(r"(?:\.\s?){4,}|…\s?…|_{4,}|\s\d{1,3}\W*$")  # of a table of contents: dots, or a page number


@dataclass(slots=True)
class PageMeasures:
    """What was counted on a page. Characters are those of passages without the white space between words."""

    page: int
    running: int = 0  # characters of running text, headings among them
    prose: int = 0  # the same, without headings
    aside: int = 0  # characters in furniture, contents and tables
    listed: int = 0  # of them, in contents and tables
    prose_aside: int = 0  # of them, in sentences that stand nowhere in running text
    said_twice: int = 0  # characters of long sentences that were said before
    said_near: int = 0  # of them, on this page or the one before; 0 without pages
    sentences: int = 0  # headings left out
    whole: int = 0  # sentences that begin and end as sentences do
    long: int = 0  # sentences of _LONG words and more, few of them figures; lists of names and tables have few
    torn: int = 0  # of them, where one ends as none does and the next begins as none does
    headings: int = 0
    words: int = 0
    known: int = 0  # words
    scanned: bool = False
    crossed: bool = False  # whether lines run across columns
    doubt: float | None = None  # share of its lines that are expected to be told wrong; None where nobody said
    places: list[tuple[int, int]] = field(default_factory=list)  # (first, last) of what is set aside and prose

    @property
    def whole_share(self) -> float:
        """Share of the sentences that begin and end as sentences do."""
        return self.whole / max(1, self.sentences)

    @property
    def torn_share(self) -> float:
        """Share of the long sentences that are torn from the one before or behind."""
        return self.torn / max(1, self.long)

    @property
    def known_share(self) -> float:
        """Share of the words that are known."""
        return self.known / max(1, self.words)


def measure_pages(extraction: Extraction) -> list[PageMeasures]:
    """What each page of a document shows, in the order of the pages; pages without a character are among them."""
    document = extraction.document
    if document is None:
        return []
    numbers = range(1, (document.pages or 0) + 1) if document.page_starts else [0]
    pages = {page: PageMeasures(page) for page in numbers}
    for page, lines, wrong in document.page_doubts:
        pages[page].doubt = wrong / max(1, lines)
    for page in document.scanned_pages:
        pages[page].scanned = True
    for page in document.crossed_pages:
        pages[page].crossed = True
    for passage in extraction.passages:
        _count_characters(pages, document, passage)
    kinds = {passage.passage_id: passage.kind for passage in extraction.passages}
    _count_sentences(pages, extraction.sentences, kinds)
    _count_words(pages, extraction.sentences)
    spoken = [each for each in extraction.sentences if kinds[each.passage_id] != "heading"]
    _count_torn(pages, spoken, kinds)
    _count_twice(pages, spoken)
    _count_prose_aside(pages, document, extraction)
    return list(pages.values())


def _count_characters(pages: dict[int, PageMeasures], document: Document, passage: Passage) -> None:
    for page, start, end in _by_page(document, passage.char_start, passage.char_end):
        size = _size(document.text[start:end])
        if passage.kind in ASIDE:
            pages[page].aside += size
            pages[page].listed += size if passage.kind != "furniture" else 0
        else:
            pages[page].running += size
            pages[page].prose += size if passage.kind != "heading" else 0


def _by_page(document: Document, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (page, start, end) of the parts of a stretch that stand on a page each."""
    starts = document.page_starts
    if not starts:
        yield 0, start, end
        return
    at = max(0, bisect_right(starts, start, key=lambda each: each[0]) - 1)
    while start < end:
        stop = min(end, starts[at + 1][0]) if at + 1 < len(starts) else end
        if stop > start:
            yield starts[at][1], start, stop
        start, at = max(start, stop), at + 1


def _size(text: str) -> int:
    return len(text) - sum(map(str.isspace, text))


def _count_sentences(pages: dict[int, PageMeasures], sentences: Sequence[Sentence], kinds: Mapping[str, str]) -> None:
    for passage_id, group in groupby(sentences, key=lambda each: each.passage_id):
        within = list(group)
        for rank, sentence in enumerate(within):
            page = pages[sentence.page or 0]
            if kinds[passage_id] == "heading":
                page.headings += 1
                continue
            is_item = kinds[passage_id] == "list-item"
            begun = begins_well(sentence.text) or (is_item and rank == 0)
            ended = ends_well(sentence.text, loose=is_item and rank + 1 == len(within))
            page.sentences += 1
            page.whole += begun and ended


def _count_torn(pages: dict[int, PageMeasures], sentences: Sequence[Sentence], kinds: Mapping[str, str]) -> None:
    """Count long sentences that are torn from a neighbour: one ends as none does, and the next begins as none does.

    Titles of a list end without a mark, and its items begin small; but then the other of the two is as it should be.
    """
    items = [kinds[each.passage_id] == "list-item" for each in sentences]
    begins = [not is_item and not begins_well(each.text) for is_item, each in zip(items, sentences, strict=True)]
    ends = [not ends_well(each.text, loose=is_item) for is_item, each in zip(items, sentences, strict=True)]
    for rank, sentence in enumerate(sentences):
        words = sentence.text.split()
        if len(words) < _LONG or sum(map(_is_figure, words)) > _FIGURES * len(words):
            continue
        page = pages[sentence.page or 0]
        page.long += 1
        before = rank > 0 and ends[rank - 1] and begins[rank]
        behind = rank + 1 < len(sentences) and ends[rank] and begins[rank + 1]
        page.torn += before or behind


def _is_figure(word: str) -> bool:
    return not any(map(str.isalpha, word))


def begins_well(text: str) -> bool:
    """Whether a sentence begins as sentences do: with a capital, a figure, or the letter of an item."""
    return not starts_lower(text) or bool(_LETTERED.match(text)) or is_numbered(text)


def ends_well(text: str, *, loose: bool = False) -> bool:
    """Whether a sentence ends as sentences do; the last of an item (`loose`) may end without a mark, but not open."""
    if is_stopped(text):
        return True
    return loose and not is_hyphenated(text) and not ends_open(text)


def _count_words(pages: dict[int, PageMeasures], sentences: Iterable[Sentence]) -> None:
    seen: dict[str, bool] = {}
    for sentence in sentences:
        page = pages[sentence.page or 0]
        for written in _WORD.findall(sentence.text):
            if len(written) < _SHORTEST_WORD or not written[0].islower():  # names are in no list
                continue
            word = written.casefold()
            if word not in seen:
                seen[word] = is_known(word)
            page.words += 1
            page.known += seen[word]


def is_known(word: str) -> bool:
    """Whether a list of Dutch words has a word, or both parts of a compound."""
    words = known()
    if word in words:
        return True
    word = word[:_LONGEST_WORD]
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if word[cut:] in words and any(
            word[:cut].removesuffix(link) in words for link in _LINKS if word[:cut].endswith(link)
        ):
            return True
    return False


def _count_twice(pages: dict[int, PageMeasures], sentences: Sequence[Sentence]) -> None:
    """Count long sentences that were said before; what comes back on page after page is a running title, not one."""
    spoken = [_letters(sentence.text) for sentence in sentences]
    times = Counter(spoken)
    at: dict[str, int] = {}
    for sentence, words in zip(sentences, spoken, strict=True):
        if words.count(" ") + 1 < _LONG or times[words] > _RUNNING:
            continue
        page = pages[sentence.page or 0]
        if words in at:
            size = _size(sentence.text)
            page.said_twice += size
            page.said_near += size if page.page and page.page - at[words] <= 1 else 0
        at[words] = page.page


def _letters(text: str) -> str:
    """The words of a text in small letters, a space between."""
    return " ".join(_WORD.findall(text.casefold()))


def _count_prose_aside(pages: dict[int, PageMeasures], document: Document, extraction: Extraction) -> None:
    """Count sentences of what is set aside that neither stand in running text, too, nor on page after page."""
    stretches = list(_set_aside(document, extraction.passages))
    times = Counter(_letters(text) for _, _, text in stretches)
    found: list[tuple[int, int, str]] = []
    for page, start, text in stretches:
        if times[_letters(text)] >= _RUNNING:
            continue
        for begin, stop in pairwise([*sentence_starts(text), len(text)]):
            sentence = text[begin:stop].strip()
            if _is_prose(sentence, is_line=not text[text.rfind("\n", 0, begin) + 1 : begin].strip()):
                found.append((page, start + begin, sentence))
    said = _said(extraction.sentences, {run for *_, sentence in found for run in _runs(sentence)})
    for page, start, sentence in found:
        runs = _runs(sentence)
        if 2 * sum(run in said for run in runs) <= len(runs):
            pages[page].prose_aside += _size(sentence)
            pages[page].places.append((start, start + len(sentence)))


def _set_aside(document: Document, passages: Iterable[Passage]) -> Iterator[tuple[int, int, str]]:
    """Yield (page, first character, text) of what is set aside, neighbours on a page together."""
    for is_aside, group in groupby(passages, key=lambda each: each.kind in ASIDE):
        together = list(group)
        if is_aside:
            for page, start, end in _by_page(document, together[0].char_start, together[-1].char_end):
                yield page, start, document.text[start:end]


def _is_prose(sentence: str, *, is_line: bool) -> bool:
    """Whether a sentence is prose: long, ended as sentences are, with their small words, and no line to itself.

    An entry of a table of contents may be a sentence, too, but then it has its line for itself: `is_line` says whether
    the sentence begins one.
    """
    words, lines = sentence.split(), sentence.splitlines()
    if len(words) < _LONG or _ENTRY.search(sentence) or not is_stopped(sentence):
        return False
    if sum(bool(_ENTRY.search(line)) for line in lines) > _ENTRIES * len(lines):
        return False
    full = sum(len(line.split()) >= _FULL_LINE for line in lines)
    if (is_line and full < _PROSE_LINES) or 0 < 2 * full < len(lines):
        return False
    return sum(word.casefold() in open_words() for word in words) >= _PROSE_OPEN


def _runs(text: str) -> list[str]:
    """Every run of _LONG words in a text."""
    words = _WORD.findall(text.casefold())
    return [" ".join(words[start : start + _LONG]) for start in range(max(1, len(words) - _LONG + 1))]


def _said(sentences: Iterable[Sentence], runs: set[str]) -> set[str]:
    """Which of some runs of words stand in running text, whatever sentences it is cut into there."""
    said: set[str] = set()
    before: deque[str] = deque(maxlen=_LONG)
    for sentence in sentences if runs else ():
        for word in _WORD.findall(sentence.text.casefold()):
            before.append(word)
            if (run := " ".join(before)) in runs:
                said.add(run)
    return said

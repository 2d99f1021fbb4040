"""Extraction → its Reading: how well the document was read, and a Problem for each kind of doubt, with the pages.

That every character is in one passage says nothing if a page of proposals is filed as a table of contents. What is
counted here (`page_measures.py`) shows such pages; `estimates.py` says what F1 of sentences is to be expected.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extract.problems import problem_in
from extract.readings.estimates import Estimate, estimate
from extract.readings.page_measures import PageMeasures, measure_pages
from extract.records import Document, Extraction, Grade, Problem, Reading

REDO_OCR = "ocrmypdf --redo-ocr -l nld in.pdf out.pdf"
"""Gives a scan another text layer."""
FORCE_OCR = "ocrmypdf --force-ocr -l nld in.pdf out.pdf"
"""Makes pictures of pages whose fonts give wrong letters, and reads those."""

# Thresholds: 49 of the 2,981 pages of 116 manifestos of 1948 to 2025 are over one, in 20 documents. 24 of them, of 18
# documents, were opened: what is said holds for all but a table of contents with a sentence above it, and a list of
# sources in English is said to be garbled or in another language.
_PROSE_ASIDE = 150  # characters of prose on a page; a sentence or two can be a caption or a long entry
_TORN = 0.35  # share of long sentences; nineteen pages in twenty have .01 or less
_FEWEST_LONG = 6  # long sentences, to judge by; lists of names and title pages have fewer
_KNOWN = 0.82  # share of words; pages of any decade have .91 to .99, lists of sources in English .84
_FEWEST_WORDS = 100  # to judge by; a page of few words can be all compounds
_TWICE = 0.5  # share of a page's text that also stands on it or on the page before: a second text layer, a spread
_TWICE_OVERALL = 0.25  # the same of a document, anywhere; summaries and answers to questions come to .03
_LEAST_TWICE = 200  # characters
_ASIDE = 200  # characters of furniture on a page with less running text; running titles have fewer
_LISTED = 0.5  # share of contents and tables in what is set aside, from which on the page is one of those
_MOST_PAGES = 20  # listed in a Problem

# Estimates of A are for pages where a reader finds next to nothing wrong; a quarter of marked pages each lie near .87,
# .97, .985 and .99.
_GRADES: tuple[tuple[float, Grade], ...] = ((0.95, "A"), (0.90, "B"), (0.80, "C"))
_OF_ALL = frozenset({"words-unknown", "sentences-torn", "page-set-aside"})  # in a text without pages
_BY_DOUBTS: tuple[Grade, ...] = ("A", "B", "C")  # where nothing can be estimated
_WORST: Grade = "D"
_PDF = "application/pdf"
_DIGITS = 4  # of shares, so that they are the same on every machine


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A kind of doubt: its code, what pages are in it, and what to say."""

    code: str
    is_met: Callable[[PageMeasures], bool]
    what: str  # goes after the name of the file and before the pages
    then: str
    in_scan: str = ""  # what more to say where such a page is a scan
    in_print: str = ""  # where none is


_DOUBTS = (
    _Doubt(
        "prose-set-aside",
        lambda page: page.prose_aside >= _PROSE_ASIDE,
        "has sentences in what was taken for furniture, contents or a table",
        "They are in no sentence, label or proposal: read them there, in passages of these kinds.",
    ),
    _Doubt(
        "page-set-aside",
        lambda page: page.aside >= _ASIDE and page.running < page.aside and page.listed < _LISTED * page.aside,
        "has more furniture than running text",
        "Look whether what stands there is text of the party's: it is in no sentence.",
    ),
    _Doubt(
        "sentences-torn",
        lambda page: page.long >= _FEWEST_LONG and page.torn_share >= _TORN,
        "has sentences of which many are cut in two or mixed: one ends, and the next begins, as none does",
        "Lines may be in the wrong order, or columns mixed: read them in the file before you quote or count them.",
        f"Another text layer may help: {REDO_OCR}.",
    ),
    _Doubt(
        "words-unknown",
        lambda page: page.words >= _FEWEST_WORDS and page.known_share < _KNOWN,
        "has many words that no list of Dutch words has",
        "Letters were read wrong, words run together, or it is another language or an older spelling.",
        f"Have it read anew: {REDO_OCR}, or with --force-ocr in place of --redo-ocr.",
        f"If letters are wrong, a font of the file gives others than it shows: {FORCE_OCR}.",
    ),
    _Doubt(
        "text-twice",
        lambda page: page.said_near >= max(_LEAST_TWICE, _TWICE * page.prose),
        "says the same sentences twice",
        "The text layer may hold a page twice, or both halves of a spread on each: count them once.",
        f"Another text layer may help: {FORCE_OCR}.",
    ),
    _Doubt(
        "lines-across-columns",
        lambda page: page.crossed,
        "has lines that run across two columns, or on to a page that a scan shows beside it",
        "Sentences of both are mixed there: read them in the file before you quote or count them.",
        f"Another text layer may help: {REDO_OCR}.",
    ),
)


def read_well(extraction: Extraction) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """How well a document was read, from its passages and sentences, and what is doubtful in it; nothing for none."""
    document = extraction.document
    if document is None:
        return (), ()
    pages = measure_pages(extraction)
    problems = tuple(_problems(document, pages))
    codes = [each.code for each in problems]
    expected = estimate(pages) if document.media_type == _PDF else None
    return (_reading(document, pages, expected, codes),), problems


def _reading(
    document: Document, pages: Sequence[PageMeasures], expected: Estimate | None, codes: Sequence[str]
) -> Reading:
    total = _together(pages)
    return Reading(
        document_id=document.document_id,
        sentences=total.sentences + total.headings,
        running_share=_share(total.running, total.running + total.aside),
        whole_share=_share(total.whole, total.sentences),
        known_share=_share(total.known, total.words),
        prose_aside=total.prose_aside,
        said_twice=total.said_twice,
        sentence_f1=round(expected.f1, _DIGITS) if expected else None,
        sentence_f1_low=round(expected.low, _DIGITS) if expected else None,
        sentence_f1_high=round(expected.high, _DIGITS) if expected else None,
        doubts="|".join(codes) or None,
        grade=_grade(expected, codes, sentences=total.sentences + total.headings),
    )


def _grade(expected: Estimate | None, codes: Sequence[str], *, sentences: int) -> Grade:
    if not sentences:
        return _WORST
    if expected is None:
        is_bad = not _OF_ALL.isdisjoint(codes) or len(codes) >= len(_BY_DOUBTS)
        return _WORST if is_bad else _BY_DOUBTS[len(codes)]
    return next((grade for least, grade in _GRADES if round(expected.f1, _DIGITS) >= least), _WORST)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, _DIGITS) if whole else None


def _together(pages: Sequence[PageMeasures]) -> PageMeasures:
    total = PageMeasures(0)
    for name in (
        "running", "prose", "aside", "listed", "prose_aside", "said_twice", "sentences", "whole", "headings", "words",
        "known",
    ):  # fmt: skip
        setattr(total, name, sum(getattr(page, name) for page in pages))
    return total


def _problems(document: Document, pages: Sequence[PageMeasures]) -> Iterator[Problem]:
    total = _together(pages)
    is_twice = total.said_twice >= max(_LEAST_TWICE, _TWICE_OVERALL * total.prose)
    for doubt in _DOUBTS:
        met = [page for page in pages if doubt.is_met(page)]
        if doubt.code == "text-twice" and is_twice and not met:
            met = [page for page in pages if page.said_twice]
        if doubt.code == "page-set-aside" and total.aside > total.running:  # contents are longer than no text
            met = [page for page in pages if page.aside > page.running]
        if not met:
            continue
        advice = doubt.in_scan if any(page.scanned for page in met) else doubt.in_print
        said = [f"{document.path} {doubt.what}{_on_pages(met)}.", doubt.then]
        if advice and document.media_type == _PDF:
            said.append(advice)
        places = [place for page in met for place in page.places] if doubt.code == "prose-set-aside" else []
        yield problem_in(
            document,
            doubt.code,
            " ".join(said),
            char_start=places[0][0] if places else None,
            char_end=places[0][1] if places else None,
        )


def _on_pages(pages: Sequence[PageMeasures]) -> str:
    numbers = [str(page.page) for page in pages if page.page]
    if not numbers:
        return ""
    more = f" and {len(numbers) - _MOST_PAGES} more" if len(numbers) > _MOST_PAGES else ""
    return f", on page {', '.join(numbers[:_MOST_PAGES])}{more}"

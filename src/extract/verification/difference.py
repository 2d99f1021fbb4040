"""How a quote differs from its source, for a person to read: [-words of the source-] {+words of the quote+}."""

from collections.abc import Iterable, Iterator, Sequence

from extract.verification.alignment import Alignment
from extract.verification.sentence_edges import gap_behind, words_before, words_behind
from extract.verification.steps import ELLIPSIS, MATCH_OF
from extract.verification.words import Word

_HYPHEN = "‐"  # shown for a lone -, which could not be told from the marks around it
_CONTEXT = 3  # words shown on either side of a difference
_MOST_SHOWN = 16  # words of one stretch of a text; of longer ones the first and last
_ENDS_SHOWN = 5

Part = tuple[str, str]
"""Whose a stretch is (both, source or quote), and its text."""


def difference(found: Alignment, *, start: set[str], end: set[str]) -> str:
    """The words and marks that differ, with some around them; `start` and `end` are the steps for the ends."""
    parts = [part for part in _parts(found, start, end) if part[1]]
    shown: list[str] = []
    for number, (whose, text) in enumerate(parts):
        if whose == "both":
            shown.append(_context(text, is_first=number == 0, is_last=number + 1 == len(parts)))
        else:
            line = _HYPHEN if text == "-" else " ".join(text.split())
            shown.append(f"[-{line}-]" if whose == "source" else f"{{+{line}+}}")
    return " ".join(shown)


def _parts(found: Alignment, start: set[str], end: set[str]) -> Iterator[Part]:
    text = found.source.text
    if start & {"cut-start", "sense-cut"}:
        yield "source", _shortened(text, words_before(found.first, found.source))
    if mark := ELLIPSIS.search(found.lead):
        yield "quote", mark.group()
    both = ""  # what both have since the last difference
    for piece, pairs in found.pairs.items():
        if not pairs:
            yield "both", both
            yield "source", _shortened(text, found.written[piece.j_start : piece.j_end])
            yield "quote", _shortened(found.quote, found.quoted[piece.i_start : piece.i_end])
            both = ""
        for pair in pairs:
            gap = pair.gap.quoted if pair.gap else ""
            if pair.gap and _differ(pair.gap.steps):
                yield "both", both
                yield "source", pair.gap.written.strip()
                yield "quote", gap.strip()
                both = gap = ""
            if _differ(pair.steps):
                yield "both", both
                yield "source", pair.written
                yield "quote", pair.quoted
                both = ""
            else:
                both += gap + pair.quoted
    yield "both", both
    if end:
        cut = end & {"cut-end", "sense-cut", "ellipsis"}
        rest = _shortened(text, words_behind(found.last, found.source)) if cut else ""
        yield "source", f"{gap_behind(found.last, found.source).strip()} {rest}".strip()
        yield "quote", found.tail.strip()


def _differ(steps: Iterable[str]) -> bool:
    return any(MATCH_OF[step] != "verbatim" for step in steps)


def _context(text: str, *, is_first: bool, is_last: bool) -> str:
    words = text.split()
    head = [] if is_first else words[:_CONTEXT]
    tail = [] if is_last else words[-_CONTEXT:]
    return " ".join(words if len(head) + len(tail) >= len(words) else [*head, "…", *tail])


def _shortened(text: str, words: Sequence[Word]) -> str:
    """A stretch of a text from its first word to its last; of a long one its ends."""
    written = text[words[0].start : words[-1].end].split() if words else []
    if len(written) <= _MOST_SHOWN:
        return " ".join(written)
    left_out = len(written) - 2 * _ENDS_SHOWN
    return " ".join([*written[:_ENDS_SHOWN], f"… {left_out:,} words …", *written[-_ENDS_SHOWN:]])

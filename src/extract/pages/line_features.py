"""Layer → a row of numbers per line: what a reader of the page goes by when telling what a line is.

Place, type, spacing, words, what comes back over pages, what the file's own tags and bookmarks say, and what the rules
of this folder make of it; of the line itself, and of those before and behind it in the running text.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from extract.layout import furniture
from extract.layout.contents import DOTS, find_contents, page_of
from extract.layout.layers import Layer, Line, Style
from extract.layout.lines import (
    QUOTE_LEAD,
    ends_open,
    is_bulleted,
    is_capitals,
    is_final,
    is_hyphenated,
    is_lone_mark,
    is_numbered,
    is_stopped,
    letters_alone,
    starts_lower,
)
from extract.layout.measures import Measures, measure
from extract.layout.titles import has_section_number, names_chapter
from extract.word_lists import known

Row = dict[str, float]
_FEWEST_LETTERS = 6  # of a line that is known by coming back
_PAGES_ON = 40  # from one entry of a table of contents to the next, at most
_FAR = 60.0  # type sizes; what is further away is far
_ITALIC = re.compile(r"ital|obli", re.IGNORECASE)
_ADDRESS = re.compile(r"www\.|@|https?:|\.nl\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_TAGS = {
    "P": "tag_text", "LI": "tag_item", "LBody": "tag_item", "L": "tag_item", "TOCI": "tag_contents", "TOC": "tag_contents",
    "TD": "tag_table", "TH": "tag_table", "TR": "tag_table", "Table": "tag_table", "Artifact": "tag_artifact", "Note": "tag_note",
    "BlockQuote": "tag_quote", "Quote": "tag_quote", "H": "tag_heading", **{f"H{level}": "tag_heading" for level in range(1, 7)},
}  # fmt: skip
_TAG_FEATURES = tuple(dict.fromkeys(_TAGS.values()))
_OWN = (
    "left", "right", "height", "width", "tilted", "indent", "room", "rank_from_top", "rank_from_bottom", "lines_on_page",
    "gaps", "page_share", "is_first_page", "scanned", "hidden", "bullet", "size", "bold", "body_font", "body_colour", "italic",
    "characters", "words", "lower", "upper", "digit", "bulleted", "numbered", "section_number", "chapter", "lone_mark", "final", "stopped",
    "colon", "semicolon", "comma", "hyphenated", "open", "digits", "letters", "capitals", "capital_words", "quote_lead",
    "question", "dots", "ends_in_number", "is_number", "address", "known_words", "comes_back", "comes_back_here",
    "tagged", *_TAG_FEATURES, "tag_level", "tag_lines", "bookmark", "rule_furniture", "rule_contents",
    "page_contents", "page_numbers",
    "comes_earlier", "comes_later", "page_comes_later", "page_lone_numbers", "counts_on",
)  # fmt: skip
_BETWEEN = (
    "same_page", "fall", "fall_lines", "shift", "same_size", "size_ratio", "same_font", "same_bold", "same_colour", "same_tag", "same_base",
    "fits", "adjacent",
)  # fmt: skip
_OF_NEIGHBOUR = (
    "indent", "room", "size", "bold", "characters", "lower", "bulleted", "numbered", "final", "stopped", "colon",
    "semicolon", "comma", "hyphenated", "open", "capitals", "ends_in_number", "body_colour",
    "bullet",
)  # fmt: skip

FEATURES = (
    *_OWN,
    *(f"before_{name}" for name in (*_BETWEEN, *_OF_NEIGHBOUR)),
    *(f"behind_{name}" for name in (*_BETWEEN, *_OF_NEIGHBOUR)),
    *(f"second_{name}" for name in _OF_NEIGHBOUR),
)
"""The names of the columns."""


def describe_lines(layer: Layer, furniture_ranks: set[int]) -> NDArray[np.float32]:
    """One row per line of a layer with places, in its order, with the columns `FEATURES`."""
    measures = measure(layer, furniture_ranks, find_contents(layer, furniture_ranks))
    rows = _own(layer, measures)
    own = np.array([[row[name] for name in _OWN] for row in rows], dtype=np.float32).reshape(len(rows), len(_OWN))
    flow = [rank for rank in range(len(rows)) if rank not in furniture_ranks]
    before, behind = _neighbours(flow, len(rows))
    second = {rank: before[one] for rank, one in before.items() if one in before}
    columns = [_OWN.index(name) for name in _OF_NEIGHBOUR]
    parts = [own]
    for neighbour, is_before in ((before, True), (behind, False)):
        between = np.full((len(rows), len(_BETWEEN)), np.nan, dtype=np.float32)
        for rank, other in neighbour.items():
            one, two = (other, rank) if is_before else (rank, other)
            between[rank] = _between(layer, measures, rows, one, two)
        parts += [between, _picked(own, neighbour, columns)]
    parts.append(_picked(own, second, columns))
    return np.hstack(parts)


def _neighbours(flow: Sequence[int], count: int) -> tuple[dict[int, int], dict[int, int]]:
    """For each line the line of the running text before it, and behind it."""
    before: dict[int, int] = {}
    behind: dict[int, int] = {}
    inside = set(flow)
    last: int | None = None
    for rank in range(count):
        if last is not None:
            before[rank] = last
        if rank in inside:
            last = rank
    following: int | None = None
    for rank in reversed(range(count)):
        if following is not None:
            behind[rank] = following
        if rank in inside:
            following = rank
    return before, behind


def _picked(own: NDArray[np.float32], neighbour: Mapping[int, int], columns: Sequence[int]) -> NDArray[np.float32]:
    picked = np.full((len(own), len(columns)), np.nan, dtype=np.float32)
    if neighbour:
        ranks = list(neighbour)
        picked[ranks] = own[[neighbour[rank] for rank in ranks]][:, columns]
    return picked


# Of a line itself


def _own(layer: Layer, measures: Measures) -> list[Row]:
    lines, texts = measures.lines, measures.texts
    keys = [furniture.key_of(text) for text in texts]
    anywhere = Counter(keys)
    bands: dict[tuple[str, int], set[int]] = defaultdict(set)
    for line, key in zip(lines, keys, strict=True):
        for band in furniture.bands(line):
            bands[key, band].add(line.page or 0)
    marks = defaultdict(set)
    for title, level, page in layer.outline:
        marks[letters_alone(title)].add((level, page))
    tag_lines = Counter((line.page, line.tag.block) for line in lines if line.tag)
    pages = _on_pages(lines)
    columns = {rank: column for ranks in pages.values() for rank, column in _columns(lines, ranks).items()}
    order = {
        rank: place
        for ranks in pages.values()
        for place, rank in enumerate(sorted(ranks, key=lambda each: -(lines[each].box.y if lines[each].box else 0)))  # type: ignore[union-attr]
    }
    where: dict[str, list[int]] = defaultdict(list)
    for line, key in zip(lines, keys, strict=True):
        where[key].append(line.page or 1)
    later = [len(key) >= _FEWEST_LETTERS and where[key][-1] > (line.page or 1) for line, key in zip(lines, keys, strict=True)]
    earlier = [len(key) >= _FEWEST_LETTERS and where[key][0] < (line.page or 1) for line, key in zip(lines, keys, strict=True)]
    counting = _counting(lines, texts)
    share = {
        page: (
            sum(rank in measures.contents for rank in ranks) / len(ranks),
            sum(page_of(texts[rank]) is not None for rank in ranks) / len(ranks),
            sum(later[rank] for rank in ranks) / len(ranks),
            sum(counting[rank] > 0 for rank in ranks) / len(ranks),
        )
        for page, ranks in pages.items()
    }
    rows = []
    for rank, (line, text) in enumerate(zip(lines, texts, strict=True)):
        page = line.page or 1
        on_page = len(pages[page])
        back = max((len(bands[keys[rank], band]) for band in furniture.bands(line)), default=1)
        rows.append(
            {
                **_place(layer, line, columns.get(rank)),
                **_setting(line, measures.body),
                **_words(text),
                **_tag(line, tag_lines),
                "rank_from_top": float(min(order[rank], 9)),
                "rank_from_bottom": float(min(on_page - 1 - order[rank], 9)),
                "lines_on_page": float(on_page),
                "gaps": float(len(line.gaps)),
                "page_share": page / max(1, layer.pages or 1),
                "is_first_page": float(page == 1),
                "comes_back": math.log2(anywhere[keys[rank]]),
                "comes_back_here": math.log2(max(1, back)),
                "bookmark": float(
                    min((level for level, at in marks.get(letters_alone(text), ()) if abs(at - page) <= 1), default=0)
                ),
                "rule_furniture": float(rank in measures.furniture),
                "rule_contents": float(rank in measures.contents),
                "page_contents": share[page][0],
                "page_numbers": share[page][1],
                "page_comes_later": share[page][2],
                "page_lone_numbers": share[page][3],
                "counts_on": float(counting[rank]),
                "comes_earlier": float(earlier[rank]),
                "comes_later": float(later[rank]),
            }
        )
    return rows


def _counting(lines: Sequence[Line], texts: Sequence[str]) -> list[int]:
    """For each line how many lines of its page end in a page number in one run with it, in which no number falls."""
    found = [0] * len(lines)
    run: list[int] = []
    last = 0
    for rank, (line, text) in enumerate(zip(lines, texts, strict=True)):
        page = page_of(text)
        if run and (line.page != lines[run[-1]].page or (page is not None and not last <= page <= last + _PAGES_ON)):
            for each in range(run[0], run[-1] + 1):
                found[each] = len(run)
            run = []
        if page is not None:
            run.append(rank)
            last = page
    for each in range(run[0], run[-1] + 1) if run else ():
        found[each] = len(run)
    return found


def _on_pages(lines: Sequence[Line]) -> dict[int, list[int]]:
    pages: dict[int, list[int]] = defaultdict(list)
    for rank, line in enumerate(lines):
        pages[line.page or 1].append(rank)
    return pages


_MOST_LINES = 1_000  # of a page whose columns are looked for
_WIDE = 0.95  # quantile of right edges that is the column's; a few lines stick out
_SAME_LEFT = 2.0  # points by which left edges of aligned lines may differ


def _columns(lines: Sequence[Line], ranks: Sequence[int]) -> dict[int, tuple[float, float]]:
    """For lines of a page the left and right edge of the column they stand in, by the lines that overlap them."""
    boxes = [(rank, lines[rank].box) for rank in ranks]
    placed = [(rank, box) for rank, box in boxes if box]
    if len(placed) > _MOST_LINES:
        return {}
    lefts = np.array([box.left for _, box in placed])
    rights = np.array([box.right for _, box in placed])
    widths = np.maximum(1.0, rights - lefts)
    found: dict[int, tuple[float, float]] = {}
    known_edges: dict[tuple[int, int], tuple[float, float]] = {}  # of lines that begin and end alike
    for place, (rank, box) in enumerate(placed):
        sides = round(box.left / _SAME_LEFT), round(box.right / _SAME_LEFT)
        if sides in known_edges:
            found[rank] = known_edges[sides]
            continue
        overlap = np.minimum(rights, rights[place]) - np.maximum(lefts, lefts[place])
        near = overlap > 0.5 * np.minimum(widths, widths[place])
        near[place] = True
        wide = near & (widths < 1.6 * np.median(widths[near]) + 1.0)
        near = wide if wide.any() else near
        edges = np.round(lefts[near] / _SAME_LEFT)
        values, counts = np.unique(edges, return_counts=True)
        rights_near = np.sort(rights[near])
        edge = rights_near[min(len(rights_near) - 1, int(_WIDE * len(rights_near)))]
        found[rank] = known_edges[sides] = float(values[counts.argmax()] * _SAME_LEFT), float(edge)
    return found


def _place(layer: Layer, line: Line, column: tuple[float, float] | None) -> Row:
    page = line.page or 1
    width, height = layer.page_sizes[page - 1] if page <= len(layer.page_sizes) else (1.0, 1.0)
    box, size = line.box, max(1.0, line.first.size if line.first else 10.0)
    nan = math.nan
    scanned = float(layer.scanned[page - 1]) if page <= len(layer.scanned) else 0.0
    if box is None:
        return dict.fromkeys(("left", "right", "height", "width", "indent", "room", "tilted"), nan) | {
            "scanned": scanned, "hidden": float(line.hidden), "bullet": float(line.bullet)
        }  # fmt: skip
    left_edge, right_edge = column or (box.left, box.right)
    return {
        "left": box.left / max(1.0, width),
        "right": box.right / max(1.0, width),
        "height": box.y / max(1.0, height),
        "width": (box.right - box.left) / max(1.0, width),
        "tilted": float(0.1 < box.angle < math.tau - 0.1),
        "indent": _clipped((box.left - left_edge) / size),
        "room": _clipped((right_edge - box.right) / size),
        "scanned": scanned,
        "hidden": float(line.hidden),
        "bullet": float(line.bullet),
    }


def _clipped(value: float) -> float:
    return max(-_FAR, min(_FAR, value))


def _setting(line: Line, body: Style) -> Row:
    first, last = line.first or body, line.last or body
    return {
        "size": min(5.0, min(first.size, last.size) / max(0.1, body.size)),
        "bold": float(first.bold) + float(last.bold) - 2 * float(body.bold),
        "body_font": float(first.font == body.font) + float(last.font == body.font),
        "body_colour": float(first.colour == body.colour),
        "italic": float(bool(_ITALIC.search(first.font))) - float(bool(_ITALIC.search(body.font))),
    }


def _words(text: str) -> Row:
    words = text.split()
    count = max(1, len(text))
    long_words = _WORD.findall(text)
    lower = starts_lower(text)
    first = next(filter(str.isalnum, text), "")
    return {
        "characters": float(len(text)),
        "words": float(len(words)),
        "lower": float(lower),
        "upper": float(first.isupper()),
        "digit": float(first.isdigit()),
        "bulleted": float(is_bulleted(text)),
        "numbered": float(is_numbered(text)),
        "section_number": float(has_section_number(text)),
        "chapter": float(names_chapter(text)),
        "lone_mark": float(is_lone_mark(text)),
        "final": float(is_final(text)),
        "stopped": float(is_stopped(text)),
        "colon": float(text.endswith(":")),
        "semicolon": float(text.endswith(";")),
        "comma": float(text.endswith(",")),
        "hyphenated": float(is_hyphenated(text)),
        "open": float(ends_open(text)),
        "digits": sum(map(str.isdigit, text)) / count,
        "letters": sum(map(str.isalpha, text)) / count,
        "capitals": float(is_capitals(text)),
        "capital_words": sum(word[:1].isupper() for word in words) / max(1, len(words)),
        "quote_lead": float(bool(QUOTE_LEAD.match(text))),
        "question": float(text.endswith("?")),
        "dots": float(bool(DOTS.search(text))),
        "ends_in_number": float(page_of(text) is not None),
        "is_number": float(bool(furniture.PAGE_NUMBER.fullmatch(text))),
        "address": float(bool(_ADDRESS.search(text))),
        "known_words": sum(word.casefold() in known() for word in long_words) / len(long_words) if long_words else math.nan,
    }


def _tag(line: Line, tag_lines: Mapping[tuple[int | None, int], int]) -> Row:
    row = dict.fromkeys(_TAG_FEATURES, 0.0)
    name = line.tag.name if line.tag else ""
    if name in _TAGS:
        row[_TAGS[name]] = 1.0
    row["tagged"] = float(bool(name))
    row["tag_level"] = float(name[1:]) if re.fullmatch(r"H[1-6]", name) else 0.0
    row["tag_lines"] = float(min(30, tag_lines[line.page, line.tag.block])) if line.tag and line.tag.block else 0.0
    return row


# Of a line and its neighbour


def _between(layer: Layer, measures: Measures, rows: Sequence[Row], one: int, two: int) -> list[float]:
    """What stands between a line and the one that follows it in the running text."""
    first, second = measures.lines[one], measures.lines[two]
    size = max(1.0, second.first.size if second.first else 10.0)
    values = dict.fromkeys(_BETWEEN, math.nan)
    values["same_page"] = float(first.page == second.page)
    values["adjacent"] = float(two - one == 1)
    if first.last and second.first:
        values |= {
            "same_size": float(
                abs(first.last.size - second.first.size) <= 0.06 * max(first.last.size, second.first.size)
            ),
            "size_ratio": min(5.0, second.first.size / max(0.1, first.last.size)),
            "same_font": float(first.last.font == second.first.font),
            "same_bold": float(first.last.bold == second.first.bold),
            "same_colour": float(first.last.colour == second.first.colour),
        }
    if first.tag and second.tag:
        values["same_tag"] = float(first.tag == second.tag and first.page == second.page and first.tag.block > 0)
    if first.box and second.box:
        character = (first.box.right - first.box.left) / max(1, first.end - first.start)
        words = measures.texts[two].split()
        needed = (len(words[0]) + 1 if words else 1) * character
        room = rows[one]["room"] * max(1.0, first.first.size if first.first else 10.0)
        values["fits"] = _clipped((room - needed) / size)
        if first.page == second.page:
            fall = first.box.y - second.box.y
            usual = measures.leading.get(round(size), 1.25 * size)
            values |= {
                "fall": _clipped(fall / size),
                "fall_lines": _clipped(fall / max(1.0, usual)),
                "shift": _clipped((second.box.left - first.box.left) / size),
                "same_base": float(abs(fall) < 0.3 * size),
            }
        else:
            values["shift"] = _clipped(rows[two]["indent"] - rows[one]["indent"])
    return [values[name] for name in _BETWEEN]

"""Layer → the lines of its table of contents, with dots or without, with page numbers or without."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from extract.layout.layers import Layer
from extract.layout.lines import letters_alone

TITLE = re.compile(
    r"[\W_]*(?:inhoud(?:s?opgave|stafel|soverzicht)?|(?:in het )?kort overzicht|table of contents)\W*(?:\d{1,3}\W*)?",
    re.IGNORECASE,
)
"""A whole line that is the title of a table of contents."""

DOTS = re.compile(r"(?:\.\s?){5,}|(?:\.\s?){3,}\d{1,3}\W*$|…\s?…|_{4,}|(?:·\s?){4,}")
_LONGEST = 160  # characters of an entry
_FEWEST = 4  # entries that make a table
_MOST_TABLES = 4  # in one file


def find_contents(layer: Layer, furniture: set[int]) -> set[int]:
    """The lines (by rank) of tables of contents; the title of a table is a heading and not among them."""
    found = {rank for rank, line in enumerate(layer.lines) if line.role == "contents"}
    if any(line.role for line in layer.lines):
        return found
    flow = [rank for rank in range(len(layer.lines)) if rank not in furniture]
    texts = [layer.text[layer.lines[rank].start : layer.lines[rank].end].strip() for rank in flow]
    places = {place for place, text in enumerate(texts) if len(text) <= _LONGEST and DOTS.search(text)}
    if len(places) < _FEWEST:
        places = {place for place in places if page_of(texts[place])}
    titles = [place for place, text in enumerate(texts) if TITLE.fullmatch(text)][:_MOST_TABLES]
    if titles and layer.pages:
        pages = [layer.lines[rank].page or 0 for rank in flow]
        for title in titles:
            places |= _on_pages(texts, pages, layer.lines[flow[title]].page or 1)
    elif titles:
        letters = [letters_alone(text) for text in texts]
        for title in titles:
            places |= _behind_title(texts, letters, title)
    places |= _between_dotted(texts, places)
    places |= _counted(texts)
    return found | {flow[place] for place in places}


# Where pages are known

_MOST_PAGES = 6  # of one table
_MOST_LINES = 1_000  # of a page; one with more is none, and each line is looked for in all that follows
_ENTRY_SHARE = 0.4  # of the lines of a page that are known for entries, when all are
_PROSE_SHARE = 0.1  # of the lines of a page that may be sentences, when all are entries
_SHORT = 40  # characters; of longer lines a full stop tells that they are sentences
_LONG_TITLE = 12  # letters; so many in a row are no chance
_NUMBERING = re.compile(r"^(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*|[A-Z])[.)]\s*")


def _on_pages(texts: Sequence[str], pages: Sequence[int], first: int) -> set[int]:
    """The entries on the page of a title, and on the pages that follow as long as they hold little else."""
    entries: set[int] = set()
    for page in range(first, first + _MOST_PAGES):
        later = [letters_alone(text) for text, at in zip(texts, pages, strict=True) if at > page]
        lines, run_on = frozenset(later or [""]), "".join(later)
        on_page = [place for place, at in enumerate(pages) if at == page and not TITLE.fullmatch(texts[place])]
        if len(on_page) > _MOST_LINES:
            break
        known = {
            place for place in on_page
            if page_of(texts[place]) or _is_in(letters_alone(_NUMBERING.sub("", texts[place])), lines, run_on)
        }  # fmt: skip
        others = [texts[place] for place in on_page if place not in known]
        prose = sum(text.endswith(".") and len(text) > _SHORT for text in others)
        is_table = len(known) >= max(_FEWEST, _ENTRY_SHARE * len(on_page)) and prose <= _PROSE_SHARE * len(on_page)
        if not is_table:
            break
        entries |= set(on_page)
    return entries


def _is_in(title: str, lines: Set[str], run_on: str) -> bool:
    """Whether a title comes back: as a line of its own, or, if it is long, over the ends of lines."""
    return title in run_on if len(title) >= _LONG_TITLE else title in lines


# Where pages are not known

_REACH = 400  # lines behind its title in which a table may run
_MISSES = 2  # lines in a row that are no entries and yet belong to one, such as the first half of a long title
_BEHIND = 3  # lines behind the title of a table, from which on its entries may come back
_FEWEST_LETTERS = 4  # of an entry that is known by coming back


def _behind_title(texts: Sequence[str], letters: Sequence[str], title: int) -> set[int]:
    """The entries behind a title: lines with page numbers, or lines that come back as titles of the text."""
    start = title + 1
    later = {letters[place] for place in range(start + _BEHIND, len(texts)) if len(texts[place]) <= _LONGEST}
    last_place = {key: place for place, key in enumerate(letters)}
    entries: list[int] = []
    misses: list[int] = []
    seen: set[str] = set()
    for place in range(start, min(len(texts), start + _REACH)):
        text, key = texts[place], letters[place]
        page = page_of(text)
        if key in seen and not page:
            break  # the first title of the text itself
        comes_back = len(key) >= _FEWEST_LETTERS and key in later and key not in seen and last_place[key] > place
        if len(text) <= _LONGEST and (page or comes_back):
            entries += [*misses, place]
            misses = []
            seen.add(letters_alone(_without_page(text)))
        else:
            misses.append(place)
            if len(misses) > _MISSES or len(text) > _LONGEST:
                break
    return set(entries) if len(entries) >= _FEWEST else set()


def _without_page(text: str) -> str:
    return re.sub(r"[\s.…_·-]*\d{1,3}\W*$", "", text)


# Without a title

_MOST_BETWEEN = 3  # lines between two entries with dots
_LONGEST_BETWEEN = 100  # characters of each
_PAGES_ON = 40  # from one entry to the next, at most
_FEWEST_COUNTED = 6  # entries of a table that only its page numbers tell
_FEWEST_PAGES = 4  # different ones among them


def _between_dotted(texts: Sequence[str], dotted: set[int]) -> set[int]:
    """Short lines that stand between lines with dots: entries that lost theirs, and first halves of long titles."""
    found: set[int] = set()
    for one, two in pairwise(sorted(dotted)):
        between = range(one + 1, two)
        if len(between) <= _MOST_BETWEEN and all(len(texts[place]) <= _LONGEST_BETWEEN for place in between):
            found |= set(between)
    return found


def _counted(texts: Sequence[str]) -> set[int]:
    """Runs of lines that end with page numbers which never fall."""
    found: set[int] = set()
    run: list[tuple[int, int]] = []  # (place, page number)
    for place, text in enumerate([*texts, ""]):
        page = page_of(text) if len(text) <= _LONGEST else None
        if page is not None and (not run or run[-1][1] <= page <= run[-1][1] + _PAGES_ON):
            run.append((place, page))
        elif run and place - run[-1][0] > 1:  # one line in between may be the first half of a title
            if len(run) >= _FEWEST_COUNTED and len({number for _, number in run}) >= _FEWEST_PAGES:
                found |= set(range(run[0][0], run[-1][0] + 1))
            run = [(place, page)] if page is not None else []
    return found


# What an entry shows

_ENDS_WITH_PAGE = re.compile(r"[\s.…_·-](\d{1,3})\W*$")
_LONE_PAGE = re.compile(r"\W*(\d{1,3})\W*")
_BEGINS_WITH_PAGE = re.compile(r"(\d{1,3})\s+\D")
_LONGEST_READ = 250  # characters of a line in which a page number is looked for: the pattern goes back and forth
_HEAD, _TAIL = 3, 6  # characters among which the digits of a page number stand


def page_of(text: str) -> int | None:
    """The page that an entry names."""
    if len(text) > _LONGEST_READ or not any(map(str.isdigit, text[:_HEAD] + text[-_TAIL:])):
        return None  # for speed: the patterns are slow
    ended = _ENDS_WITH_PAGE.search(text)
    if ended and not text[: ended.start()].strip():
        ended = None  # a number alone, or with nothing but white space before it
    match = ended or _LONE_PAGE.fullmatch(text) or _BEGINS_WITH_PAGE.match(text)
    return int(match[1]) if match else None

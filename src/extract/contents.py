"""Layer → the lines of its table of contents, with dots or without, with page numbers or without."""

import re
from collections.abc import Sequence

from extract.layers import Layer

TITLE = re.compile(
    r"[\W_]*(?:inhoud(?:s?opgave|stafel|soverzicht)?|(?:in het )?kort overzicht|table of contents)\W*(?:\d{1,3})?\W*",
    re.IGNORECASE,
)
_DOTS = re.compile(r"(?:\.\s?){5,}|(?:\.\s?){3,}\d{1,3}\W*$|…\s?…|_{4,}|(?:·\s?){4,}")
_ENDS_WITH_PAGE = re.compile(r"\S\D*?[\s.…_·-]+(\d{1,3})\W*$")
_BEGINS_WITH_PAGE = re.compile(r"(\d{1,3})\s+\D")
_LONE = re.compile(r"\W*(\d{1,3})\W*")
_LONGEST = 160
_FEWEST = 4  # entries that make a table
_REACH = 400  # lines behind its title in which a table may run
_MOST_TABLES = 4  # in one file
_MOST_PAGES = 6  # of one table
_ENTRY_SHARE = 0.4  # of the lines of a page that are known for entries, when all are
_NUMBERING = re.compile(r"^(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*|[A-Z])[.)]\s*")
_LONG_TITLE = 12  # letters; so many in a row are no chance
_SHORT = 40  # characters
_MISSES = 2  # lines in a row that are no entries and yet belong to one, such as the first half of a long title


def find_contents(layer: Layer, furniture: set[int]) -> set[int]:
    """The lines (by rank) of tables of contents; the title of a table is a heading and not among them."""
    found = {rank for rank, line in enumerate(layer.lines) if line.role == "contents"}
    if any(line.role for line in layer.lines):
        return found
    flow = [rank for rank in range(len(layer.lines)) if rank not in furniture]
    texts = [layer.text[layer.lines[rank].start : layer.lines[rank].end].strip() for rank in flow]
    places = {place for place, text in enumerate(texts) if len(text) <= _LONGEST and _DOTS.search(text)}
    if len(places) < _FEWEST:
        places = {place for place in places if _page_of(texts[place])}
    titles = [place for place, text in enumerate(texts) if TITLE.fullmatch(text)][:_MOST_TABLES]
    for place in titles:
        places |= _on_pages(layer, flow, texts, place) if layer.pages else _entries(texts, place + 1)
    places |= _dotted_between(texts, places)
    places |= _counted(texts)
    return found | {flow[place] for place in places}


def _on_pages(layer: Layer, flow: Sequence[int], texts: Sequence[str], title: int) -> set[int]:
    """The entries on the page of a title, and on the pages that follow as long as they hold little else."""
    first = layer.lines[flow[title]].page or 1
    page_of_place = [layer.lines[rank].page or 0 for rank in flow]
    entries: set[int] = set()
    for page in range(first, first + _MOST_PAGES):
        later = "|".join(_letters(text) for text, at in zip(texts, page_of_place, strict=True) if at > page)
        letters = later.replace("|", "")
        on_page = [place for place, at in enumerate(page_of_place) if at == page and not TITLE.fullmatch(texts[place])]
        known = [place for place in on_page if _page_of(texts[place]) or _is_in(_title_letters(texts[place]), later, letters)]
        prose = sum(texts[place].endswith(".") and len(texts[place]) > _SHORT for place in on_page if place not in known)
        if len(known) < _FEWEST or len(known) < _ENTRY_SHARE * len(on_page) or prose > len(on_page) / 10:
            break
        entries |= set(on_page)
    return entries


def _is_in(key: str, lines: str, letters: str) -> bool:
    """Whether a title comes back: as a line of its own, or, if it is long, over the ends of lines."""
    return key in letters if len(key) >= _LONG_TITLE else f"|{key}|" in f"|{lines}|"


def _entries(texts: Sequence[str], start: int) -> set[int]:
    """The entries behind a title: lines with page numbers, or lines that come back as titles of the text."""
    later = {_letters(text) for text in texts[start + 3 :] if len(text) <= _LONGEST}
    entries: list[int] = []
    misses: list[int] = []
    seen: set[str] = set()
    for place in range(start, min(len(texts), start + _REACH)):
        text = texts[place]
        key = _letters(text)
        comes_back = len(key) > 3 and key in later and key not in seen and _comes_back(texts, place, key)
        is_entry = len(text) <= _LONGEST and (bool(_page_of(text)) or comes_back)
        if key in seen and not _page_of(text):
            break  # the first title of the text itself
        if is_entry:
            entries += [*misses, place]
            misses = []
            seen.add(_letters(_without_page(text)))
        else:
            misses.append(place)
            if len(misses) > _MISSES or len(text) > _LONGEST:
                break
    return set(entries) if len(entries) >= _FEWEST else set()


def _comes_back(texts: Sequence[str], place: int, key: str) -> bool:
    return any(_letters(text) == key for text in texts[place + 1 :])


def _dotted_between(texts: Sequence[str], dotted: set[int]) -> set[int]:
    """Short lines that stand between lines with dots: entries that lost theirs, and first halves of long titles."""
    between: set[int] = set()
    ordered = sorted(dotted)
    for one, two in zip(ordered, ordered[1:], strict=False):
        if 1 < two - one <= 4 and all(len(texts[place]) <= 100 for place in range(one + 1, two)):
            between |= set(range(one + 1, two))
    return between


def _counted(texts: Sequence[str]) -> set[int]:
    """Runs of lines that end with page numbers which never fall."""
    found: set[int] = set()
    run: list[tuple[int, int]] = []  # (place, page number)
    for place, text in enumerate([*texts, ""]):
        page = _page_of(text) if len(text) <= _LONGEST else None
        if page is not None and (not run or run[-1][1] <= page <= run[-1][1] + 40):
            run.append((place, page))
        elif run and place - run[-1][0] > 1:
            if len(run) >= 6 and len({number for _, number in run}) >= 4:
                found |= {each for each in range(run[0][0], run[-1][0] + 1)}
            run = [(place, page)] if page is not None else []
    return found


def _page_of(text: str) -> int | None:
    if not any(map(str.isdigit, text[:3] + text[-6:])):
        return None
    match = _ENDS_WITH_PAGE.search(text) or _LONE.fullmatch(text) or _BEGINS_WITH_PAGE.match(text)
    return int(match[1]) if match else None


def _without_page(text: str) -> str:
    return re.sub(r"[\s.…_·-]*\d{1,3}\W*$", "", text)


def _title_letters(text: str) -> str:
    return _letters(_NUMBERING.sub("", text))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalpha())

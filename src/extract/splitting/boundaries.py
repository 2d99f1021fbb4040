"""Where Dutch sentences begin: rules over characters, the same whatever pipeline tokenises the text."""

import functools
import re
from collections.abc import Iterator

from extract.layout.lines import FULL_STOPS
from extract.word_lists import read_list

# A run of sentence-final punctuation, the closing marks after it, and the white space before what follows. Glued
# sentences ("systeem.Daarom") have no white space; the look-around then wants a lower-case word on the left. Runs are
# possessive and looked at once, so that a million full stops take no longer than a million letters.
_END = re.compile(
    rf"(?<![{FULL_STOPS}])(?P<stop>[{FULL_STOPS}]++)(?P<close>[\"'”’“»)\]*_]*+)(?P<gap>\s+|(?<=[a-zà-ÿ)\"”][.!?])(?=[A-ZÀ-Ý][a-zà-ÿ]))"
)
_LAST_WORD = re.compile(r"[\w.’'-]*$")
_STARTS_LOWER = re.compile(r"[\"'“‘„«(\[*_…. ]{0,12}[a-zà-ÿ]")
_CLITIC_START = re.compile(r"[’'‘][stn]\b", re.IGNORECASE)
_ENUMERATOR = re.compile(r"(?:[A-Za-z]?\d{1,3}[eo]?|[A-Za-z]|[ivxlIVXL]{1,5}|§)(?:\.\w{1,3})*\.", re.IGNORECASE)
_ARTICLE = re.compile(r"[\W_]*art(?:ikel|\.)?\s*\d{1,3}[a-z]?", re.IGNORECASE)  # "Art. 10. Het onrecht …"
_WORD_LOOKBACK = 40  # characters; no Dutch abbreviation is longer


@functools.cache
def abbreviations() -> dict[str, bool]:
    """Dutch abbreviations in lower case; True where one may also end a sentence ("etc.")."""
    return {row["abbreviation"]: row["may_end_sentence"] == "yes" for row in read_list("abbreviations")}


def sentence_starts(text: str) -> Iterator[int]:
    """Yield the offsets at which sentences begin, the first visible character included. Linear in `text`."""
    begin = len(text) - len(text.lstrip())
    if begin == len(text):
        return
    yield begin
    for match in _END.finditer(text):
        if match.end() < len(text) and _is_boundary(text, match, begin):
            begin = match.end()
            yield begin


def _is_boundary(text: str, match: re.Match[str], begin: int) -> bool:
    stop, after = match["stop"], match.end()
    lead = text[max(begin, match.start() - _WORD_LOOKBACK) : match.start()]
    if not lead.strip("\"'“‘„«([ "):
        return False  # "..." that opens a sentence belongs to what follows
    if _STARTS_LOWER.match(text, after) and not _CLITIC_START.match(text, after):
        return False
    if stop != ".":
        return True
    word = _LAST_WORD.search(lead)
    last = (word.group() if word else "").lstrip("’'")
    opens_sentence = match.start() - len(last) <= begin
    if opens_sentence and _ENUMERATOR.fullmatch(last + "."):
        return False  # "22. Illegaal gokken": the number belongs to its sentence
    if _ARTICLE.fullmatch(lead) and match.start() - len(lead) <= begin:
        return False
    known = abbreviations().get(last.lower() + ".")
    if known is not None:
        return known
    if len(last) == 1 and last.isupper() and not match["close"]:
        return False  # an initial: "J. de Vries", "A. Jansen"
    return not re.fullmatch(r"(?:[A-Za-z]\.){1,4}[A-Za-z]", last)  # "M.B.T. De"

"""Bytes of a text file → text, whatever the character set."""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ["cp1252", "cp850", "mac_roman"]
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Share of control characters above which bytes are not a text. Of 447 manifestos two have any: one .018, where each
# stands for a space, and one .5, where a broken font made them of the letters.
_BINARY_SHARE = 0.05
# Accents in a row above which they are on no letter (as in Unicode's Stream-Safe Text Format): composing a run of them
# takes time that grows with its square.
_MOST_ACCENTS = 30
_NO_LETTERS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_ACCENTS + 1},}}")


def decode(data: bytes) -> tuple[str | None, str, tuple[str, str] | None]:
    """Text, its character set, and (code, what is wrong) if anything is; text is None where bytes are no text.

    Line ends become one newline and characters are composed (NFC), so that offsets are the same in every tool.
    """
    encoding = _marked_encoding(data) or _wide_encoding(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = _legacy_encoding(data) if encoding == "utf-8" else encoding
        text = data.decode(encoding, "replace")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None, encoding, ("empty", "has no text. If it should have, save it again; else remove it.")
    if not is_text(text):
        return None, encoding, ("not-text", "is not a text file, whatever its name says. Export it as plain text.")
    text = unicodedata.normalize("NFC", text)
    wrong = None
    if encoding in _LEGACY:
        what = f"is not UTF-8 and was read as {encoding}. Look at its accents and quote marks, and save it as UTF-8."
        wrong = ("encoding-guessed", what)
    elif lost := text.count("\ufffd"):
        wrong = ("characters-lost", f"has {lost:,} characters that could not be read (U+FFFD). Look for a better copy.")
    return text, encoding, wrong


def is_text(text: str) -> bool:
    """Whether characters can be a text: a few control characters stand for spaces, many for a broken font.

    Nor is one letter with very many accents on it a text.
    """
    if len(CONTROLS.findall(text)) > _BINARY_SHARE * len(text):
        return False
    return not any(_has_heap(match.group()) for match in _NO_LETTERS.finditer(text))


def _has_heap(characters: str) -> bool:
    """Whether more accents follow each other than any letter has."""
    in_a_row = 0
    for character in characters:
        in_a_row = in_a_row + 1 if unicodedata.combining(character) else 0
        if in_a_row > _MOST_ACCENTS:
            return True
    return False


def _marked_encoding(data: bytes) -> str | None:
    return next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: in Dutch every second byte is then zero."""
    sample = data[:65_536]
    if sample.count(0) <= len(sample) // 4:
        return None
    high, low = sample[1::2].count(0), sample[::2].count(0)
    if max(high, low) < 4 * min(high, low) + 1:
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def _legacy_encoding(data: bytes) -> str:
    """The best of three eight-bit character sets for bytes that are not UTF-8."""
    best = from_bytes(data[:65_536], cp_isolation=_LEGACY).best()
    return best.encoding if best else "cp1252"

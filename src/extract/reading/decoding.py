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
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None, encoding, ("empty", "has no text. If it should have, save it again; else remove it.")
    if not is_text(text):
        return None, encoding, ("not-text", "is not a text file, whatever its name says. Export it as plain text.")
    wrong = None
    if encoding in _LEGACY:
        what = f"is not UTF-8 and was read as {encoding}. Look at its accents and quote marks, and save it as UTF-8."
        wrong = ("encoding-guessed", what)
    elif lost := text.count("\ufffd"):
        wrong = ("characters-lost", f"has {lost:,} characters that could not be read (U+FFFD). Look for a better copy.")
    return text, encoding, wrong


def is_text(text: str) -> bool:
    """Whether characters can be a text: a few control characters stand for spaces, many for a broken font."""
    return len(CONTROLS.findall(text)) <= _BINARY_SHARE * len(text)


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

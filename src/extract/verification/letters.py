"""A text reduced to its letters and digits, with their places: what stays when spaces, marks, case, accents differ.

Whole manifestos are reduced at the speed of array operations, character by character, so places need no bookkeeping.
"""

import functools
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BASIC = 0x10000  # code points that the table knows; those beyond are no letters of Dutch texts and are left out

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """The letters of a text: `codes` of shape (n,), in lower case and without accents; `places` of shape (n,), where
    each stands in the text.
    """

    codes: Codes
    places: Places

    def __len__(self) -> int:
        """How many letters there are."""
        return len(self.codes)


def letters_of(text: str, *, without: tuple[Span, ...] = ()) -> Letters:
    """The letters of a text, leaving out those in the spans (start, end) in `without`."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table = _table()
    reduced = np.where(codes < _BASIC, table[np.minimum(codes, _BASIC - 1)], 0).astype(np.uint32)
    kept = reduced > 0
    for start, end in without:
        kept[start:end] = False
    places = np.flatnonzero(kept)
    return Letters(reduced[places], places)


def reduced(word: str) -> str:
    """A word as `letters_of` has it, with the spelling of letters that stand for several (ß, ﬁ) written out."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in plain if character.isalnum())


@functools.cache
def _table() -> Codes:
    """For each code point that of its letter or digit, or 0 where it is neither."""
    letters = (reduced(chr(code)) for code in range(_BASIC))
    return np.array([ord(letter[0]) if letter else 0 for letter in letters], dtype=np.uint32)

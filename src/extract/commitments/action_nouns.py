"""Nouns that name an action → its verb: verbod, verbieden; verlaging, verlagen; huurverhoging, verhogen."""

import functools
from typing import Literal

from extract.language.infinitives import is_infinitive
from extract.word_lists import read_list, words

Kind = Literal["none", "listed", "derived", "compound"]
KINDS: tuple[Kind, ...] = ("none", "listed", "derived", "compound")

_SHORTEST = 5  # letters of the noun of action in a compound


@functools.lru_cache(maxsize=10_000)
def verb_of_noun(noun: str) -> tuple[str | None, Kind]:
    """The infinitive that a noun in lower case names, and how that is known; None for a noun that names no action."""
    listed = _listed()
    if noun.removesuffix("en").endswith(tuple(words("action-words", "no-action-noun"))):
        return None, "none"
    if noun in listed:
        return listed[noun], "listed"
    if verb := _derived(noun):
        return verb, "derived"
    if noun.startswith("her") and (again := "her" + (verb_of_noun(noun[3:])[0] or "")) != "her":
        return again, "compound"
    for start in range(2, len(noun) - _SHORTEST + 1):
        end = noun[start:]
        if verb := listed.get(end) or _derived(end):
            return verb, "compound"
    return None, "none"


def _derived(noun: str) -> str | None:
    """The verb that a noun was made of: verlaging, verlagen; herziening, herzien; introductie, introduceren."""
    bare = noun.removesuffix("en") if noun.endswith("ingen") else noun.removesuffix("s")
    made: tuple[str, ...] = ()
    if bare.endswith("ing"):
        made = (bare[:-3], bare[:-3] + "en")
    elif bare.endswith(("atie", "itie")):
        made = (bare[:-4] + "eren",)
    elif bare.endswith("uctie"):
        made = (bare[:-5] + "uceren",)
    return next((verb for verb in made if len(verb) > len("zien") and is_infinitive(verb)), None)


@functools.cache
def _listed() -> dict[str, str]:
    return {row["word"]: row["goes_with"] for row in read_list("action-words") if row["role"] == "action-noun"}

"""Quotes that were changed on purpose: which certificate does each get, beside a similarity score alone?

    make mutants
    python -m benchmarks.mutants --texts FOLDER

Mutants are made from quotes of the digest in raw/ and from stretches of manifestos, all of which stand in their source,
by the operators below; each says what is done to a text. Peer: rapidfuzz's `partial_ratio` with the raw text, taken as
found from 90 on. Printed as Markdown, for docs/certificates.md.
"""

import functools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz

from benchmarks.shared import DIGEST, document_in, parser_with_texts, tokens_in
from extract.extraction import Resources, extract, split
from extract.parties import load_register
from extract.records import Certificate, Extraction
from extract.settings import Settings
from extract.tables import rows_of
from extract.verification.certificates import claim
from extract.verification.examination import Digest, certify
from extract.verification.sources import Source, source_of
from extract.word_lists import read_list

SEED = 20261125
PEER_FLOOR = 90  # of 100

_SINCE = 2002  # the year of the oldest manifesto that stretches are taken from
_STRETCHES = 6  # per manifesto, and half as many that have a number, or a negation
_CHARACTERS = range(40, 420)  # of a stretch, as quotes in the digest have
_ACCEPTED = ("verbatim", "near")
_STATUSES = (
    "verbatim", "near", "elided-unmarked", "altered", "other-election", "other-party", "not-found"
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_NUMBERS = ["twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "twintig", "honderd", "duizend"]
_NEGATIONS = frozenset({"niet", "geen", "nooit", "niets", "niemand", "nergens", "nimmer"})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý])")
_CLAUSE = re.compile(r",\s[^,.;:]{12,}?(?=,\s)|\s(?:die|dat|zodat|omdat|waardoor|om)\s[^,.;:]{12,}?(?=,\s)")

Lexicon = Mapping[str, Sequence[str]]
"""Frequent words of each part of speech."""


@dataclass(frozen=True, slots=True)
class Base:
    """A quote that stands in a source."""

    text: str
    source: Source
    sample: str  # digest or manifestos


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text made from a base by an operator, and for whom and when it is said to have been written."""

    operator: str
    base: Base
    text: str
    party_id: str
    election: str


@dataclass(frozen=True, slots=True)
class World:
    """What operators draw from."""

    random: random.Random
    part_of_speech: Mapping[str, str]
    lexicon: Lexicon
    sources: Sequence[Source]


Operator = Callable[[Base, World], str | None]


# Each operator gives a changed text, or None where there is nothing to change.


def number_changed(base: Base, world: World) -> str | None:
    """One number, in digits or in letters, becomes another."""
    numbers = [each for each in _WORD.finditer(base.text) if each[0].isdigit() or each[0].lower() in _NUMBERS]
    if not numbers:
        return None
    chosen = world.random.choice(numbers)
    if chosen[0].isdigit():
        digits = list(chosen[0])
        at = world.random.randrange(len(digits))
        digits[at] = world.random.choice([each for each in "123456789" if each != digits[at]])
        return _put(base.text, chosen, "".join(digits))
    return _put(base.text, chosen, world.random.choice([each for each in _NUMBERS if each != chosen[0].lower()]))


def negation_left_out(base: Base, world: World) -> str | None:
    """ "niet", "nooit" or the like is left out; "geen" becomes "een"."""
    found = [each for each in _WORD.finditer(base.text) if each[0].lower() in _NEGATIONS]
    if not found:
        return None
    chosen = world.random.choice(found)
    return _put(base.text, chosen, "een") if chosen[0].lower() == "geen" else _without(base.text, chosen)


def negation_added(base: Base, world: World) -> str | None:
    """ "niet" is put behind a word, or "een" becomes "geen"."""
    articles = [each for each in _WORD.finditer(base.text) if each[0] == "een"]
    if articles and world.random.random() < 0.5:
        return _put(base.text, world.random.choice(articles), "geen")
    words = list(_WORD.finditer(base.text))[1:]
    return _put(base.text, chosen := world.random.choice(words), f"{chosen[0]} niet") if words else None


def word_replaced(base: Base, world: World, *, kind: str) -> str | None:
    """A word becomes another of the same part of speech."""
    found = [each for each in _WORD.finditer(base.text) if world.part_of_speech.get(each[0].lower()) == kind
             and (kind == "PROPN") == each[0][0].isupper() and each.start() > 0]  # fmt: skip
    if not found:
        return None
    chosen = world.random.choice(found)
    others = [each for each in world.lexicon[kind] if each.lower() != chosen[0].lower()]
    return _put(base.text, chosen, world.random.choice(others))


def modal_replaced(base: Base, world: World) -> str | None:
    """A modal verb becomes another: "moet" becomes "mag"."""
    modals = [row["word"] for row in read_list("cut-words") if row["role"] == "modal"]
    found = [each for each in _WORD.finditer(base.text) if each[0] in modals]
    if not found:
        return None
    chosen = world.random.choice(found)
    return _put(base.text, chosen, world.random.choice([each for each in modals if each != chosen[0]]))


def word_left_out(base: Base, world: World) -> str | None:
    """A word that is neither the first nor the last is left out."""
    words = list(_WORD.finditer(base.text))[1:-1]
    return _without(base.text, world.random.choice(words)) if words else None


def word_added(base: Base, world: World) -> str | None:
    """An adjective or adverb is put between two words."""
    words = list(_WORD.finditer(base.text))[1:]
    added = world.random.choice(world.lexicon["ADJ"])
    return _put(base.text, chosen := world.random.choice(words), f"{added} {chosen[0]}") if words else None


def clause_left_out(base: Base, world: World) -> str | None:
    """A clause between commas, or from its conjunction to a comma, is left out without a mark."""
    found = list(_CLAUSE.finditer(base.text))
    if not found:
        return None
    chosen = world.random.choice(found)
    return base.text[: chosen.start()] + base.text[chosen.end() :]


def sentence_left_out(base: Base, world: World) -> str | None:
    """A sentence between two others is left out without a mark."""
    sentences = _SENTENCE_END.split(base.text)
    if len(sentences) < 3:
        return None
    del sentences[world.random.randrange(1, len(sentences) - 1)]
    return " ".join(sentences)


def sentences_joined(base: Base, world: World) -> str | None:
    """A sentence of another page of the same manifesto is put behind it."""
    others = _stretches(base.source)
    place = base.source.text.find(base.text[:30])
    far = [text for start, text in others if abs(start - place) > 5_000 and not _SENTENCE_END.search(text)]
    return f"{base.text} {world.random.choice(far)}" if far else None


def words_swapped(base: Base, world: World) -> str | None:
    """Two different words, next to each other or one apart, change places."""
    words = list(_WORD.finditer(base.text))
    pairs = [(one, other) for apart in (1, 2) for one, other in zip(words, words[apart:], strict=False)
             if one[0].lower() != other[0].lower()]  # fmt: skip
    if not pairs:
        return None
    one, other = world.random.choice(pairs)
    text = base.text
    return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


def end_cut_off(base: Base, world: World) -> str | None:
    """The end is cut off behind some word, and a full stop put there."""
    words = list(_WORD.finditer(base.text))[4:-1]
    return base.text[: world.random.choice(words).end()] + "." if words else None


def start_cut_off(base: Base, world: World) -> str | None:
    """The first one to four words are cut off, and the next one gets a capital."""
    words = list(_WORD.finditer(base.text))[1:5]
    if len(words) < 4:
        return None
    rest = base.text[world.random.choice(words).start() :]
    return rest[0].upper() + rest[1:]


OPERATORS: dict[str, Operator] = {
    "number changed": number_changed,
    "negation left out": negation_left_out,
    "negation added": negation_added,
    "noun replaced": partial(word_replaced, kind="NOUN"),
    "verb replaced": partial(word_replaced, kind="VERB"),
    "name replaced": partial(word_replaced, kind="PROPN"),
    "modal verb replaced": modal_replaced,
    "word left out": word_left_out,
    "word added": word_added,
    "clause left out": clause_left_out,
    "sentence left out": sentence_left_out,
    "sentences of two pages joined": sentences_joined,
    "words swapped": words_swapped,
}
"""What is done to a text, by name; "party swapped" and "text of another year" change who is said to have said it."""

CUTS: dict[str, Operator] = {"end cut off": end_cut_off, "start cut off": start_cut_off}
"""Operators after which "near" can be right: where the sentence can do without what was cut off."""


def make_mutants(bases: Sequence[Base], world: World) -> list[Mutant]:
    """All mutants, and the untouched quotes as those of the operator "untouched"."""
    found: list[Mutant] = []
    for base in bases:
        whose = base.source.party_id or "", base.source.election or ""
        found.append(Mutant("untouched", base, base.text, *whose))
        for name, operator in (OPERATORS | CUTS).items():
            text = operator(base, world)
            if text is not None and (name in CUTS or not _stands_in(text, base.source)):
                found.append(Mutant(name, base, text, *whose))
        same_election = [each for each in world.sources if each.election == base.source.election]
        register, own = load_register(), base.source.party_id
        other = _drawn(world, [each for each in same_election if not register.is_same(each.party_id, own)])
        if other and not _stands_in(base.text, other, letters=True):
            found.append(Mutant("party swapped", base, base.text, other.party_id or "", whose[1]))
        same_party = [each for each in world.sources if each.party_id == own]
        other = _drawn(world, [each for each in same_party if each.election != base.source.election])
        if other and not _stands_in(base.text, other, letters=True):
            found.append(Mutant("text of another year", base, base.text, whose[0], other.election or ""))
    return found


def verdicts(mutants: Sequence[Mutant], sources: Sequence[Source]) -> list[str]:
    """The status of each mutant's best certificate; drafts count as what they would be if they were final."""
    claimed = [
        claim(each.text, party_id=each.party_id, election=each.election, quote_id=f"m{number}")
        for number, each in enumerate(mutants)
    ]
    found = certify([Digest("mutants.txt", tuple(claimed), ())], sources, register=load_register())
    return [_status(row) for row in found.certificates if row.best]


def peer_accepts(mutant: Mutant, by_occasion: Mapping[tuple[str | None, str | None], Sequence[Source]]) -> bool:
    """Whether the peer takes a mutant for a quote of the manifesto that is said to hold it."""
    sources = by_occasion.get((mutant.party_id, mutant.election), ())
    return any(fuzz.partial_ratio(mutant.text, each.text, score_cutoff=PEER_FLOOR) for each in sources)


def main() -> None:
    """Make mutants, certify them, and print both tables."""
    texts = parser_with_texts(__doc__).parse_args().texts
    sources = [each for each in read_sources(texts) if each.party_id and each.election]
    part_of_speech, lexicon = read_lexicon(texts)
    world = World(random.Random(SEED), part_of_speech, lexicon, sources)
    bases = list(_bases(sources, world))
    mutants = make_mutants(bases, world)
    given = verdicts(mutants, sources)
    by_occasion = defaultdict(list)
    for source in sources:
        by_occasion[source.party_id, source.election].append(source)
    with ProcessPoolExecutor(initializer=_share, initargs=(by_occasion,)) as pool:
        accepted = list(pool.map(_peer_accepts, mutants, chunksize=64))
    rows = [
        (mutant.operator, status, accepts) for mutant, status, accepts in zip(mutants, given, accepted, strict=True)
    ]
    for sample in ("digest", "manifestos"):
        of_sample = [row for row, mutant in zip(rows, mutants, strict=True) if mutant.base.sample == sample]
        print(f"\n{sample}: {sum(base.sample == sample for base in bases)} quotes\n")
        for names in (["untouched"], [*OPERATORS, "party swapped", "text of another year"], CUTS):
            print(_table(names, of_sample) + "\n")
    for mutant, status in zip(mutants, given, strict=True):
        if status != "verbatim" if mutant.operator == "untouched" else status in _ACCEPTED:
            print(f"- {mutant.operator} → {status}: {mutant.base.source.path}: {mutant.text}")
            print(f"    from: {mutant.base.text}")


def read_sources(texts: Path) -> list[Source]:
    """All manifestos below a folder, split into passages and sentences but not labelled."""
    paths = sorted((texts / "manifestos-2025").glob("*.pdf")) + sorted((texts / "manifestos-text").glob("*.txt"))
    with ProcessPoolExecutor() as pool:
        return [each for each in pool.map(_read_source, paths, chunksize=8) if each]


def read_lexicon(texts: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """From treebanks: the most frequent part of speech of each word, and words by part of speech."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    written: dict[str, str] = {}
    for token in tokens_in(texts):
        word = token.form.lower()
        seen[word][token.part_of_speech] += 1
        written[word] = token.form if token.part_of_speech == "PROPN" else word
    part_of_speech = {word: counts.most_common(1)[0][0] for word, counts in seen.items()}
    lexicon: dict[str, list[str]] = defaultdict(list)
    for word in sorted(seen):
        if seen[word].total() > 1 and len(word) > 2:
            lexicon[part_of_speech[word]].append(written[word])
    return part_of_speech, lexicon


def _read_source(path: Path) -> Source | None:
    return source_of(rows_of(split(Extraction(document=document_in(path)), resources=_resources())))


@functools.cache
def _resources() -> Resources:
    """What splitting a text needs."""
    return Resources(Settings(), load_register(), None, ())


def _bases(sources: Sequence[Source], world: World) -> Iterator[Base]:
    """Yield quotes of the digest that stand in a source word for word, and stretches of manifestos."""
    document = document_in(DIGEST)
    assert document
    found = extract(split(Extraction(document=document), resources=_resources()), resources=_resources())
    quotes = [each for each in found.quotes if each.kind == "statement"]
    for source in sources:
        for quote in quotes:
            is_own = source.election == document.election and quote.party_id == source.party_id
            if is_own and _stands_in(quote.text, source):
                yield Base(quote.text, source, "digest")
    for source in sources:
        if int((source.election or "TK0")[2:]) >= _SINCE:
            stretches = [text for _, text in _stretches(source)]
            numbers = [text for text in stretches if any(map(str.isdigit, text))]
            negations = [text for text in stretches if not _NEGATIONS.isdisjoint(_WORD.findall(text.lower()))]
            for some, count in ((stretches, _STRETCHES), (numbers, _STRETCHES // 2), (negations, _STRETCHES // 2)):
                yield from (
                    Base(text, source, "manifestos") for text in world.random.sample(some, min(count, len(some)))
                )


@functools.cache
def _stretches(source: Source) -> list[tuple[int, str]]:
    """Runs of one to four sentences of one paragraph, as quotes are, and where each begins."""
    found: list[tuple[int, str]] = []
    starts, ends = (source.sentences[name].to_pylist() for name in ("char_start", "char_end"))
    for first, start in enumerate(starts):
        passage = source.passage_at(start)
        for end in ends[first : first + 4]:
            run = source.text[start:end]
            fits = len(run) in _CHARACTERS and run[0].isupper() and run[-1] in ".!?" and end <= passage["char_end"]
            if fits and passage["kind"] in ("body", "list-item"):
                found.append((start, run))
    return found


def _drawn(world: World, fitting: Sequence[Source]) -> Source | None:
    return world.random.choice(fitting) if fitting else None


def _stands_in(text: str, source: Source, *, letters: bool = False) -> bool:
    """Whether the words of a text, or its letters, stand in a source: found in a way that certificates do not use."""
    between = "" if letters else " "
    return _joined(text, between) in _joined(source.text, between)


@functools.lru_cache(maxsize=2_000)
def _joined(text: str, between: str) -> str:
    return f"{between}{between.join(_WORD.findall(text.lower()))}{between}"


def _put(text: str, match: re.Match[str], word: str) -> str:
    word = word[0].upper() + word[1:] if match[0][0].isupper() else word
    return text[: match.start()] + word + text[match.end() :]


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()].rstrip() + text[match.end() :]


def _status(certificate: Certificate) -> str:
    return (certificate.match or "") if certificate.status == "draft" else certificate.status


def _table(names: Iterable[str], rows: Sequence[tuple[str, str, bool]]) -> str:
    """The confusion table of rows (operator, status, whether the peer takes it for a quote), as Markdown."""
    lines = [
        f"| operator | mutants | {' | '.join(_STATUSES)} | verbatim or near | peer |",
        "|---|" + "--:|" * (len(_STATUSES) + 3),
    ]
    names = list(names)
    for name in [*names, "all of these"]:
        chosen = [row for row in rows if row[0] == name or (name not in names and row[0] in names)]
        if chosen:
            by_status = [sum(status == each for _, status, _ in chosen) for each in _STATUSES]
            ours = sum(status in _ACCEPTED for _, status, _ in chosen)
            peers = sum(accepts for *_, accepts in chosen)
            cells = [
                len(chosen),
                *by_status,
                f"{ours} ({ours / len(chosen):.2%})",
                f"{peers} ({peers / len(chosen):.1%})",
            ]
            lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


_shared: Mapping[tuple[str | None, str | None], Sequence[Source]] = {}


def _share(by_occasion: Mapping[tuple[str | None, str | None], Sequence[Source]]) -> None:
    global _shared  # noqa: PLW0603 (what a process of the pool gets once)
    _shared = by_occasion


def _peer_accepts(mutant: Mutant) -> bool:
    return peer_accepts(mutant, _shared)


if __name__ == "__main__":
    main()

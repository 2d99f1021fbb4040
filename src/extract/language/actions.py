"""Tokens of a sentence → the action that it commits to, for or against, and what is acted on.

Word order says which verbs belong together (`clauses.py`), Universal Dependencies what hangs from them, word lists
(`data/action-words.csv`) what they do. The rules go from the main clause inwards: through verbs that only frame what is
wanted ("zorgen ervoor dat") to the verb that names what is to be done, or to the noun that does ("een verbod op").
"""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from extract.language.clauses import Cluster, framed_cluster, main_cluster
from extract.language.phrases import behind_preposition, can_be_object, extent, joined_noun, subject_and_object
from extract.language.verb_forms import VERBS, mend, without_enumerator
from extract.records import Polarity, Token
from extract.word_lists import read_list, words

_NOUNS = frozenset({"NOUN", "PROPN", "PRON", "NUM", "SYM", "X"})
_SUBJECTS = ("nsubj:pass", "nsubj")
_ARGUMENTS = ("obl:arg", "obl", "nmod")
# What belongs to a noun phrase no more, or not to what is acted on.
_NOT_OF_PHRASE = frozenset({"acl", "acl:relcl", "advcl", "parataxis", "ccomp", "csubj", "cop", "aux", "dep"})
# Relations through which a "geen" or "niet" that stands further in still denies the verb.
_DENIED_THROUGH = frozenset({"obj", "nsubj", "nsubj:pass", "obl:arg", "advmod", "xcomp", "obl", "amod"})
_words = functools.partial(words, "action-words")
_MODALS = frozenset({"moeten", "zullen", "kunnen", "mogen", "dienen", "hoeven"})


@dataclass(frozen=True, slots=True)
class Object:
    """What is acted on: its place in the document, and that and the dictionary form of its head noun."""

    char_start: int
    char_end: int
    head_start: int
    head_end: int
    lemma: str


@dataclass(frozen=True, slots=True)
class Action:
    """What a sentence commits to; None where that is unclear."""

    verb: str | None = None
    polarity: Polarity | None = None
    object: Object | None = None


def find_actions(tokens: Iterable[Token]) -> dict[str, Action]:
    """The action of each sentence, by sentence_id; the tokens of a sentence stand together, in order."""
    by_sentence = groupby(tokens, key=lambda token: token.sentence_id)
    return {sentence_id: action_of(list(group)) for sentence_id, group in by_sentence}


def action_of(tokens: list[Token]) -> Action:
    """The action of one sentence."""
    tokens = mend(without_enumerator(tokens))
    tree = _Tree(tokens)
    path = list(_path_inwards(tokens))
    if not path:
        if tree.root is None:
            return Action()
        is_verb = tree.root.pos in VERBS
        verb, acted_on = (tree.root.lemma.lower(), None) if is_verb else _of_noun(tree, tree.root)
        denied = _is_denied(tree, tree.root)
    else:
        denied = sum(_is_denied_by(tree, each) for each in path) % 2 == 1
        verb, acted_on, denied = _of_clause(tree, path, denied=denied)
    if verb is None and acted_on is None:
        return Action()
    verbs = {each.position for cluster in path for each in (cluster.verb, *cluster.others)}
    return Action(verb, "against" if denied else "for", _phrase(tree, acted_on, without=verbs) if acted_on else None)


class _Tree:
    """The words of a sentence, and what depends on each."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self._children: dict[int, list[Token]] = defaultdict(list)
        for token in tokens:
            self._children[token.head].append(token)

    @property
    def root(self) -> Token | None:
        return next(iter(self._children[0]), None)

    def children(self, token: Token) -> list[Token]:
        return self._children[token.position]

    def child(self, token: Token, *relations: str) -> Token | None:
        """What depends on a word in one of some relations; the first relation first."""
        of = {each.dependency: each for each in reversed(self.children(token))}
        return next((of[relation] for relation in relations if relation in of), None)

    def case(self, token: Token) -> str | None:
        """The preposition of a noun, in lower case."""
        case = self.child(token, "case")
        return case.text.lower() if case else None

    def below(self, token: Token, *, without: frozenset[str]) -> Iterator[Token]:
        """A word and all that depends on it, but for relations to leave out."""
        waiting = [token]  # no recursion: a tree may be as deep as its sentence is long
        while waiting:
            yield (each := waiting.pop())
            waiting += [child for child in self.children(each) if child.dependency not in without]


def _path_inwards(tokens: Sequence[Token]) -> Iterator[Cluster]:
    """The verbs from the main clause inwards, each clause the frame of the next."""
    cluster = main_cluster(tokens)
    while cluster:
        yield cluster
        frame = _frame(tokens, cluster)
        framed = framed_cluster(tokens, frame) if frame else None
        cluster = framed if framed and framed.verb.position > cluster.verb.position else None


def _frame(tokens: Sequence[Token], cluster: Cluster) -> Token | None:
    """The word of a clause that frames what follows: "zorgen", or in "het is nodig dat" the adjective."""
    last = max(cluster.verb.position, *(each.position for each in cluster.others), 0)
    if cluster.verb.lemma.lower() not in _words("predicated"):
        return tokens[last - 1] if cluster.verb.lemma.lower() in _words("frame") else None
    # "Het is nodig dat", "voorwaarde is dat"; but "X is nodig om te" says what X is for.
    named = next(
        (each for each in cluster.words if each.pos not in VERBS and each.lemma.lower() in _words("frame")), None
    )
    is_empty = any(each.text.lower() in ("het", "er") and each.pos == "PRON" for each in cluster.words)
    return named if named and (named.pos == "NOUN" or is_empty or named.position == 1) else None


def _of_clause(tree: _Tree, path: list[Cluster], *, denied: bool) -> tuple[str | None, Token | None, bool]:
    """Verb, object, and whether it is denied, where a verb names the action or wants the noun that does."""
    core = path[-1]
    lemma = core.infinitive
    heads = list(_heads(tree, core))
    if lemma in _words("predicated") and (stance := _stance(tree, core)):
        verb, acted_on, is_against = stance
        return verb, acted_on, denied != is_against
    acted_on = _acted_on(tree, core, heads, lemma)
    if lemma in _words("wanting") or (lemma == "zijn" and any(each.text.lower() == "nodig" for each in core.words)):
        for wanted in (acted_on, _first(tree, core, heads, "obj"), _first(tree, core, heads, "obl:arg")):
            verb = _verb_of_noun().get(wanted.lemma.lower()) if wanted else None
            if wanted and verb and (of := _complement(tree, wanted, core.verb)):
                return verb, of, denied
    return None if core.verb.pos == "AUX" and lemma in _MODALS else lemma, acted_on, denied


def _acted_on(tree: _Tree, cluster: Cluster, heads: list[Token], lemma: str) -> Token | None:
    """What the verb of a clause acts on. Where the tree does not tell, word order does."""
    first, last = subject_and_object(cluster)
    subject = _first(tree, cluster, heads, *_SUBJECTS) or first
    # In a clause with its verbs last the subject comes first and the object behind it.
    ordered = last if not cluster.is_main and first is not last else None
    direct = ordered or _first(tree, cluster, heads, "obj") or last
    argument = next((found for each in heads if (found := _argument(tree, each, lemma))), None)
    argument = argument or behind_preposition(cluster, _prepositions().get(lemma, ()))
    if subject and subject.text.lower() == "het":  # "het wordt verboden om …"
        subject = None
    if cluster.is_passive:
        return subject or argument
    if lemma in _words("being") or (cluster.verb.pos == "AUX" and lemma in _MODALS):
        return subject
    if lemma in _words("ending"):
        return argument or direct or subject
    if lemma in _words("giving"):
        return last or direct  # whom it is given to comes first: "geven gemeenten meer geld"
    return argument if lemma in _prepositions() and argument else direct or argument


def _first(tree: _Tree, cluster: Cluster, heads: list[Token], *relations: str) -> Token | None:
    """The first that depends on one of some words in one of some relations, and can be acted on."""
    return next((found for each in heads if (found := _in_clause(tree, cluster, each, *relations))), None)


def _in_clause(tree: _Tree, cluster: Cluster, word: Token, *relations: str) -> Token | None:
    """What depends on a word in one of some relations, stands in its clause, and can be acted on."""
    inside = {each.position for each in cluster.words}
    for relation in relations:
        for each in tree.children(word):
            is_example = any(child.text.lower() == "zoals" for child in tree.children(each))
            if each.dependency == relation and each.position in inside and can_be_object(each) and not is_example:
                return each
    return None


def _heads(tree: _Tree, cluster: Cluster) -> Iterator[Token]:
    """The words of a clause from which subject and object may hang: its verbs, and what an auxiliary hangs from."""
    for verb in (cluster.verb, *cluster.others):
        yield verb
        if verb.dependency in ("aux", "aux:pass", "cop"):
            yield tree.tokens[verb.head - 1]


def _stance(tree: _Tree, cluster: Cluster) -> tuple[str | None, Token | None, bool] | None:
    """Verb, object and whether it is against, where a party is for or against something: "wij zijn tegen X"."""
    behind = [each for each in cluster.words if each.position > cluster.verb.position and each.pos != "ADV"]
    word = behind[0].text.lower() if behind else ""
    if word in ("voor", "tegen") and (wanted := behind_preposition(cluster, (word,))):
        return *_of_noun(tree, wanted), word == "tegen"
    for each in behind:
        if each.lemma.lower() in ("voorstander", "tegenstander") and (wanted := _complement(tree, each)):
            return *_of_noun(tree, wanted), each.lemma.lower() == "tegenstander"
    return None


def _argument(tree: _Tree, verb: Token, lemma: str) -> Token | None:
    """What stands behind the preposition that belongs to a verb: "investeren in onderwijs"."""
    own = _prepositions().get(lemma, frozenset())
    behind = [each for each in tree.children(verb) if each.dependency in _ARGUMENTS and can_be_object(each)]
    fixed = (each for each in behind if tree.case(each) in own)
    return next(fixed, None) or next((each for each in behind if each.dependency == "obl:arg"), None)


def _of_noun(tree: _Tree, core: Token) -> tuple[str | None, Token | None]:
    """Verb and object where a noun stands without a verb: "Afschaffing van X", "Meer geld voor X"."""
    verb = _verb_of_noun().get(core.lemma.lower())
    if verb and (of := _complement(tree, core)):
        return verb, of
    if subject := tree.child(core, *_SUBJECTS):  # "De lasten omlaag"
        return None, subject
    return verb, None if verb or core.pos not in _NOUNS else core


def _complement(tree: _Tree, noun: Token, verb: Token | None = None) -> Token | None:
    """What a noun of action acts on, the first behind it with a preposition: "verlaging van de btw".

    With a verb, also what a parser hung from that: "er komt een verbod op vuurwerk".
    """
    near = [*tree.children(noun), *(tree.children(verb) if verb else ())]
    behind = (each for each in near if each.dependency in _ARGUMENTS and each.position > noun.position)
    found = next((each for each in behind if tree.case(each)), None)
    return found or joined_noun(tree.tokens[noun.position :])


def _is_denied_by(tree: _Tree, cluster: Cluster) -> bool:
    """Whether a negation stands in a clause: before its last verb, but for a finite one, which comes second."""
    last = max(each.position for each in (cluster.verb, *cluster.others))
    ends_with_verb = not cluster.is_main or bool(cluster.others)
    end = last if ends_with_verb else _next_clause(tree, last)
    return any(
        _denies(tree, each) and tree.tokens[each.head - 1].dependency != "amod"
        for each in cluster.words
        if each.position < end
    )


def _next_clause(tree: _Tree, verb: int) -> int:
    """Where behind a verb another clause begins, with a colon or a conjunction: "…, omdat dat geen luxe is"."""
    for before, each in pairwise(tree.tokens[verb:]):
        if each.text == ":" or (before.text == "," and each.pos == "SCONJ"):
            return each.position
    return len(tree.tokens) + 1


def _is_denied(tree: _Tree, word: Token) -> bool:
    """Whether a "niet", "geen" or the like denies a word, by itself or through what it stands with."""
    direct = tree.children(word)
    through = [each for each in direct if each.dependency in _DENIED_THROUGH and each.pos not in VERBS]
    further = [inner for each in through for inner in tree.children(each)]
    return any(_denies(tree, each) for each in (*direct, *further))


def _denies(tree: _Tree, word: Token) -> bool:
    """Whether a word is a negation, and not of the kind of "niet alleen"."""
    if word.lemma.lower() not in _words("negation"):
        return False
    behind = tree.tokens[word.position :]
    is_partial = bool(behind) and behind[0].lemma.lower() in _words("no-negation")
    is_comparison = len(behind) > 1 and behind[0].text.lower() == "meer" and any(each.text == "dan" for each in behind)
    # "…, niet de uitsluiting van kwetsbaren": what it is not, set against what it is.
    before = tree.tokens[word.position - 2] if word.position > 1 else None
    is_contrast = before is not None and (before.pos == "PUNCT" or before.text.lower() == "maar")
    return not (is_partial or is_comparison or is_contrast)


def _phrase(tree: _Tree, head: Token, *, without: Collection[int]) -> Object:
    """The stretch of words around a head noun that make up its phrase, but for verbs that a parser hung from it."""
    inside = {
        each.position
        for each in tree.below(head, without=_NOT_OF_PHRASE)
        if each.position not in without and not (each.head == head.position and each.dependency == "case")
    }
    first, last = extent(tree.tokens, head, inside)
    words = [each for each in tree.tokens[first - 1 : last] if each.pos != "PUNCT" or each is head]
    return Object(words[0].char_start, words[-1].char_end, head.char_start, head.char_end, head.lemma)


@functools.cache
def _verb_of_noun() -> dict[str, str]:
    """Nouns of action, and the verb of each: verbod, verbieden."""
    return {row["word"]: row["goes_with"] for row in read_list("action-words") if row["role"] == "action-noun"}


@functools.cache
def _prepositions() -> dict[str, frozenset[str]]:
    """The prepositions that belong to a verb."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in read_list("action-words"):
        if row["role"] == "preposition":
            found[row["word"]].add(row["goes_with"])
    return {verb: frozenset(prepositions) for verb, prepositions in found.items()}

"""How a commitment is worded, as named signs: its action and object, who stands as subject, what denies it, its words.

A linear classifier reads from them for or against, who is to act, and what is to change.
"""

import functools
import re
from collections.abc import Iterator, Sequence

from extract.commitments.action_features import action_words, clause_words
from extract.commitments.named_verbs import named_verb
from extract.commitments.object_features import is_passive
from extract.commitments.tree import Tree
from extract.language.verb_forms import VERBS
from extract.records import Token
from extract.word_lists import read_list

NAMED = "named"
"""What the classifier of actors says where the sentence names who is to act; `named_actor` says who that is."""

_SUBJECTS = ("nsubj", "nsubj:pass", "obl:agent")
_CLAUSES = ("acl", "acl:relcl", "advcl", "ccomp", "csubj", "parataxis")
# A scan glues words: "geenverbod", "nietopgespannen", but not "geenszins".
_GLUED = re.compile(
    r"(?:kan|kunnen|mag|mogen|moet|moeten|zal|hoeft|wordt|is|er)?(?:geen(?!sz|erl)|niet(?!ig|s|e))\w{3}|-?niet-\w|-?non-\w"
)
_DAN_WITHIN = 5  # words behind a comparative
_SHORTEST = 4  # letters that the beginning or end of a verb has
NEAR = 3
"""Words before and behind the action, and before the object."""
_FIRST = 4  # words of the sentence


def signs_of(tree: Tree, action: Token | None, verb: str | None, head: Token | None) -> list[str]:
    """The signs of a sentence whose action is a word that names a verb, and whose object has a head noun; each once."""
    return list(dict.fromkeys(_signs(tree, action, verb, head)))


def _signs(tree: Tree, action: Token | None, verb: str | None, head: Token | None) -> Iterator[str]:
    yield f"verb {verb}"
    if verb:
        yield f"verb begins {verb[:_SHORTEST]}"
        yield f"verb ends {verb[-_SHORTEST - 2 :]}"
        yield f"verb says {_direction_of(verb)}"
    yield from (f"other verb says {each}" for each in _directions(tree, action))
    yield f"action is {action.pos if action else None}"
    if head:
        lemma = head.lemma.lower()
        yield f"object {lemma}"
        yield f"object ends {lemma[-_SHORTEST - 1 :]}"
        yield from (f"before object {each.lemma.lower()}" for each in tree.before(head, NEAR))
        yield from (f"of object {each.dependency} {each.lemma.lower()}" for each in tree.children(head))
    yield from (f"begins {each.lemma.lower()}" for each in tree.tokens[:_FIRST])
    yield from (f"word {each.lemma.lower()}" for each in tree.tokens if each.pos != "PUNCT")
    yield from _denials(tree, action, head)
    yield from _scopes(tree, action, head)
    yield from _subjects(tree, action)
    yield from (f"actor {each}" for each in _actors(tree, action)[:1])
    yield from (f"some actor {each}" for each in _actors(tree, action))
    if action:
        around = tree.tokens[max(0, action.position - 1 - NEAR) : action.position + NEAR]
        yield from (f"near {each.lemma.lower()}" for each in around if each is not action)
        yield f"passive {is_passive(tree, action)}"


def _directions(tree: Tree, action: Token | None) -> Iterator[str]:
    """What other verbs and nouns of action say that is to change."""
    for each in tree.tokens:
        named = named_verb(tree, each) if each is not action and each.pos in (*VERBS, "NOUN") else None
        if named and (said := _direction_of(named)):
            yield said


def _direction_of(verb: str) -> str | None:
    """What a verb by itself says that is to change, by `data/directions.csv`."""
    return _said_directions().get(verb)


@functools.cache
def _said_directions() -> dict[str, str]:
    return {row["word"]: row["direction"] for row in read_list("directions")}


def _denials(tree: Tree, action: Token | None, head: Token | None) -> Iterator[str]:
    """Signs of words such as "niet", "geen", "tegen", and of where they stand."""
    segments = tree.segments
    for word in tree.tokens:
        lemma = word.lemma.lower()
        if lemma not in action_words("negation") and lemma not in ("tegen", "stoppen", "tegenstander", "zonder"):
            continue
        following = tree.at(word.position + 1)
        partial = following is not None and following.lemma.lower() in action_words("no-negation")
        yield f"denies {lemma} partial {partial} before {following.lemma.lower() if following else None}"
        yield f"denies {lemma} first {word.position <= NEAR}"
        if action:
            side = "before" if word.position < action.position else "behind"
            inside = segments[word.position - 1] == segments[action.position - 1]
            yield f"denies {lemma} {side} action, segment {inside}, partial {partial}"
            yield f"denies {lemma} hangs {word.head == action.position}"
        if head:
            yield f"denies {lemma} object {word.head == head.position}"


def _scopes(tree: Tree, action: Token | None, head: Token | None) -> Iterator[str]:
    """Signs of what a word such as "niet", "geen", "tegen", "verzetten" reaches: the action, or what that hangs from.

    A denial in a clause below the action denies that clause: "mensen die geen werk hebben".
    """
    above = tree.path(action) if action else []
    ranks = {each.position: rank for rank, each in enumerate(above)}
    reached = False
    for word in tree.tokens:
        kind = _kind_of_denial(tree, word)
        if kind is None:
            continue
        way = tree.path(word)
        steps = next((step for step, each in enumerate(way) if each.position in ranks), None)
        if steps is None:
            yield f"scope {kind} beside"
            continue
        rank, through = ranks[way[steps].position], _way_through(way[:steps])
        where = f"{kind} {min(rank, 2)} {through}"
        yield f"scope {where}"
        if rank:
            yield f"scope {where} by {above[rank - 1].dependency}"
            yield f"scope {kind} above {way[steps].lemma.lower()}"
        if head and any(each is head for each in way[: steps + 1]):
            yield f"scope {kind} of object"
        reached = reached or through in ("self", "own", "phrase")
    yield f"scope any {reached}"


def _way_through(steps: Sequence[Token]) -> str:
    """What lies between a word and what it hangs below, given the words on the way, itself included."""
    relations = {each.dependency for each in steps}
    if not relations.isdisjoint(_CLAUSES):
        return "clause"
    return "conj" if "conj" in relations else ("self", "own", "phrase")[min(len(steps), 2)]


def _kind_of_denial(tree: Tree, word: Token) -> str | None:
    """What a word does to what it reaches; None for most words.

    It "denies", denies "partly" ("niet alleen") or "bounds" ("niet meer dan"), is "against" or "opposes", or "glued".
    """
    lemma, form = word.lemma.lower(), word.text.lower()
    if lemma in action_words("negation") or form in action_words("negation"):
        following = tree.at(word.position + 1)
        if following and following.lemma.lower() in action_words("no-negation"):
            return "partly"
        return "bounds" if following and _is_bound(tree, following) else "denies"
    if form == "tegen":
        return "against"
    if lemma in action_words("opposition"):
        return "opposes"
    return "glued" if _GLUED.match(form) else None


def _is_bound(tree: Tree, word: Token) -> bool:
    """Whether a word behind "niet" bounds a quantity: "niet meer dan 3 procent", "niet strenger dan de EU"."""
    behind = tree.tokens[word.position : word.position + _DAN_WITHIN]
    return word.text.lower().endswith(("er", "meer")) and any(each.text.lower() == "dan" for each in behind)


def _subjects(tree: Tree, action: Token | None) -> Iterator[str]:
    """Signs of who does what: the subjects of the action, of what it hangs from, and of any verb."""
    above = tree.path(action) if action else []
    for rank, each in enumerate(above):
        for child in tree.children(each):
            if child.dependency in _SUBJECTS:
                where = "action" if rank == 0 else "above"
                yield f"{where} {child.dependency} {_name(child)}"
                yield f"{where} {child.dependency}"
    for each in tree.tokens:
        if each.dependency in _SUBJECTS:
            yield f"subject {_name(each)}"
        if each.dependency in _SUBJECTS and (head := tree.at(each.head)) and head.pos in VERBS:
            yield f"subject of {head.lemma.lower()}"


def named_actor(tree: Tree, action: Token | None) -> str:
    """Who is to act, where the sentence names it: the kind of the nearest subject that `data/actors.csv` knows."""
    return next((each for each in _actors(tree, action) if each != "other"), "other")


def _actors(tree: Tree, action: Token | None) -> list[str]:
    """The kinds of the subjects of a sentence, those of the action and of what it hangs from first."""
    above = tree.path(action) if action else []
    near = [child for each in above for child in tree.children(each) if child.dependency in _SUBJECTS]
    others = [each for each in tree.tokens if each.dependency in _SUBJECTS and each not in near]
    names = [_name(each) for each in (*near, *others)]
    return [_kind(each) for each in names if each not in ("we", "pronoun")]


def _kind(name: str) -> str:
    """The kind of an actor, also by the end of a compound: "gemeentebestuur", "zorgverzekeraars"."""
    known = _known()
    ends = (name[start:] for start in range(len(name) - _SHORTEST + 1))
    return known.get(name) or next((known[end] for end in ends if end in known), "other")


@functools.cache
def _known() -> dict[str, str]:
    return {row["word"]: row["actor"] for row in read_list("actors")}


def _name(token: Token) -> str:
    """The dictionary form of a subject; one word for those that speak for the party."""
    word = token.text.lower()
    return (
        "we" if word in ("we", "wij") else "pronoun" if word in clause_words("subject-pronoun") else token.lemma.lower()
    )

"""Parsed sentences → what each commits to: the action, for or against, its object, who is to act, what it changes.

    words that may be the action → the likeliest → words that may be its object → the likeliest → how it is worded

All of it is learnt from sentences that readers marked (`docs/actions.md`). Each answer has the probability that it is
right; what is more likely wrong than right is not given.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import numpy as np
from numpy.typing import NDArray

from extract.commitments.action_features import SIGNS as ACTION_SIGNS
from extract.commitments.action_features import candidate_signs, describe_candidates, find_candidates
from extract.commitments.action_models import ActionModels, Chooser, Judge
from extract.commitments.habits import Habits
from extract.commitments.named_verbs import named_verb
from extract.commitments.object_extent import glued_number, phrase_of
from extract.commitments.object_features import SIGNS as OBJECT_SIGNS
from extract.commitments.object_features import describe_heads, find_heads, head_signs
from extract.commitments.tree import Tree
from extract.commitments.wording import NAMED, NEAR, named_actor, signs_of
from extract.language.verb_forms import mend, without_enumerator
from extract.records import Actor, Direction, Polarity, Token

GIVEN = 0.5
"""Probability from which on an answer is given: it is then more likely right than wrong."""

# Of vectors beside signs, which are 1 where there are: else the regression would hardly use them.
_SCALE = np.float32(3)

_FEWEST_CONTENT = 2  # words of an object by which a pledge is told

Vectors = Callable[[str], NDArray[np.float32]]
"""The vector of a word in lower case, of length 1 or 0."""


@dataclass(frozen=True, slots=True)
class Object:
    """What is acted on: its place in the document, and that and the dictionary form of its head noun."""

    char_start: int
    char_end: int
    head_start: int
    head_end: int
    lemma: str
    content: tuple[str, ...]  # dictionary forms of its nouns, adjectives and numbers


@dataclass(frozen=True, slots=True)
class Action:
    """What a sentence commits to, each with the probability that it is right; None where that is below `GIVEN`.

    A sentence may have no action or no object: then the value is None and its probability says how sure that is.
    """

    verb: str | None = None
    verb_probability: float | None = None
    polarity: Polarity | None = None
    polarity_probability: float | None = None
    object: Object | None = None
    object_probability: float | None = None
    actor: Actor | None = None
    actor_probability: float | None = None
    direction: Direction | None = None
    direction_probability: float | None = None

    @property
    def pledge_key(self) -> str | None:
        """What is the same where a pledge is made again: verb, for or against, and the words of the object.

        One word says too little ("aandacht", "ruimte"): of 80 pairs with a key, 17 of 49 with one word were the same
        pledge, and 26 of 31 with more.
        """
        content = sorted(set(self.object.content)) if self.object else []
        if self.verb is None or self.polarity is None or len(content) < _FEWEST_CONTENT:
            return None
        return " ".join((self.verb, self.polarity, *content))


@dataclass(slots=True)
class Parsed:
    """A sentence on its way through the classifiers; candidates are ranked as they stand."""

    tree: Tree
    candidates: list[Token]
    action: Token | None = None
    verb: str | None = None
    heads: Sequence[Token] = ()
    head: Token | None = None


def find_actions(tokens: Iterable[Token], *, models: ActionModels, vectors: Vectors) -> dict[str, Action]:
    """The action of each sentence, by sentence_id; the tokens of a sentence stand together, in order."""
    by_sentence = {key: list(group) for key, group in groupby(tokens, key=lambda token: token.sentence_id)}
    return dict(zip(by_sentence, actions_of(list(by_sentence.values()), models=models, vectors=vectors), strict=True))


def actions_of(sentences: Sequence[Sequence[Token]], *, models: ActionModels, vectors: Vectors) -> list[Action]:
    """The action of each of some sentences, given as their tokens."""
    if not sentences:
        return []
    parsed = [read_sentence(tokens) for tokens in sentences]
    verbs = choose_actions(parsed, models.action)
    objects = choose_objects(parsed, models.object)
    signs = [signs_of(each.tree, each.action, each.verb, each.head) for each in parsed]
    dense = np.array([vector_of(each, vectors) for each in parsed], np.float32)
    judged = [_judged(judge, signs, dense) for judge in (models.polarity, models.actor, models.direction)]
    return [_action(*each) for each in zip(parsed, verbs, objects, *judged, strict=True)]


def read_sentence(tokens: Sequence[Token]) -> Parsed:
    """A sentence as a tree, and the words that may name what is to be done."""
    tree = Tree(mend(without_enumerator(tokens)))
    return Parsed(tree, find_candidates(tree.tokens))


def action_rows(parsed: Parsed, habits: Habits) -> NDArray[np.float32]:
    """The features of the candidates for the action, and what habits say of them."""
    signs = candidate_signs(parsed.tree, parsed.candidates)
    return np.hstack([describe_candidates(parsed.tree, parsed.candidates), habits.rows(signs, ACTION_SIGNS)])


def object_rows(parsed: Parsed, habits: Habits) -> NDArray[np.float32]:
    """The features of the candidates for the head of the object, and what habits say of them."""
    signs = head_signs(parsed.tree, parsed.action, parsed.verb, parsed.heads)
    return np.hstack([describe_heads(parsed.tree, parsed.action, parsed.heads), habits.rows(signs, OBJECT_SIGNS)])


def choose_actions(sentences: Sequence[Parsed], chooser: Chooser) -> list[float]:
    """Set the action and the verb of each sentence; return how likely each is right."""
    sure = []
    rows = [action_rows(each, chooser.habits) for each in sentences]
    for each, shares in zip(sentences, _shares(rows, chooser), strict=True):
        set_action(each, shares, chooser.least)
        sure.append(chooser.sureness(shares.tolist()))
    return sure


def set_action(parsed: Parsed, shares: NDArray[np.float64], least: float) -> None:
    """Set the action that is likeliest, and the verb that it names."""
    parsed.action = _likeliest(parsed.candidates, shares, least)
    parsed.verb = named_verb(parsed.tree, parsed.action) if parsed.action else None


def set_head(parsed: Parsed, shares: NDArray[np.float64], least: float) -> None:
    """Set the head noun of the object that is likeliest."""
    parsed.head = _likeliest(parsed.heads, shares, least)


def choose_objects(sentences: Sequence[Parsed], chooser: Chooser) -> list[float]:
    """Set the head noun of the object of each sentence, whose action is set; return how likely each is right."""
    sure = []
    for each in sentences:
        each.heads = find_heads(each.tree.tokens, each.action)
    rows = [object_rows(each, chooser.habits) for each in sentences]
    for each, shares in zip(sentences, _shares(rows, chooser), strict=True):
        set_head(each, shares, chooser.least)
        sure.append(chooser.sureness(shares.tolist()))
    return sure


def _shares(rows: Sequence[NDArray[np.float32]], chooser: Chooser) -> list[NDArray[np.float64]]:
    """For each sentence the probability of each of its candidates; all are asked at once, for speed."""
    if not any(map(len, rows)):
        return [np.empty(0) for _ in rows]
    right = chooser.trees.predict_proba(np.concatenate(rows))[:, 1]
    return np.split(right, np.cumsum([len(each) for each in rows])[:-1])


def _likeliest(candidates: Sequence[Token], shares: NDArray[np.float64], least: float) -> Token | None:
    best = int(shares.argmax()) if len(shares) else None
    return candidates[best] if best is not None and shares[best] > least else None


def vector_of(parsed: Parsed, vectors: Vectors) -> NDArray[np.float32]:
    """The vectors of verb, head of the object, all words and the words before the object, one behind the other."""
    words = [each.lemma.lower() for each in parsed.tree.tokens if each.pos != "PUNCT"]
    near = [each.lemma.lower() for each in parsed.tree.before(parsed.head, NEAR)] if parsed.head else []
    parts = [[parsed.verb] if parsed.verb else [], [parsed.head.lemma.lower()] if parsed.head else [], words, near]
    nothing = np.zeros_like(vectors("de"))
    means = [np.mean([vectors(word) for word in part], axis=0) if part else nothing for part in parts]
    return np.concatenate(means).astype(np.float32) * _SCALE


def _judged(judge: Judge, signs: Sequence[Sequence[str]], dense: NDArray[np.float32]) -> list[tuple[str, float]]:
    """For each sentence the likeliest class, and how likely it is right."""
    shares = judge.linear.predict_proba(signs, dense)
    return [(judge.linear.classes[int(row.argmax())], judge.sureness(row.tolist())) for row in shares]


def _action(
    parsed: Parsed, verb: float, acted_on: float, polarity: tuple[str, float], actor: tuple[str, float],
    direction: tuple[str, float],
) -> Action:  # fmt: skip
    """What is given of a sentence; nothing of one in which no word could be an action or an object."""
    if not parsed.candidates and not parsed.heads:
        return Action()
    who = named_actor(parsed.tree, parsed.action) if actor[0] == NAMED else actor[0]
    return Action(
        verb=parsed.verb if verb >= GIVEN else None,
        verb_probability=_rounded(verb),
        polarity=cast("Polarity", polarity[0]) if polarity[1] >= GIVEN else None,
        polarity_probability=_rounded(polarity[1]),
        object=_phrase(parsed) if acted_on >= GIVEN and parsed.head else None,
        object_probability=_rounded(acted_on),
        actor=cast("Actor", who) if actor[1] >= GIVEN else None,
        actor_probability=_rounded(actor[1]),
        direction=cast("Direction", direction[0]) if direction[1] >= GIVEN else None,
        direction_probability=_rounded(direction[1]),
    )


def _rounded(share: float) -> float:
    return round(share, 3)


def _phrase(parsed: Parsed) -> Object:
    head = parsed.head
    assert head
    words = phrase_of(parsed.tree, head, without=parsed.action)
    content = tuple(each.lemma.lower() for each in words if each.pos in _CONTENT)
    start = words[0].char_start + glued_number(words[0].text)
    head_start = max(start, head.char_start) if head is words[0] else head.char_start
    return Object(start, words[-1].char_end, head_start, head.char_end, head.lemma, content)


_CONTENT = ("NOUN", "PROPN", "ADJ", "NUM")

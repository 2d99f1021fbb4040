"""The words of a sentence as a tree: what depends on each, and by which relations it hangs from the root."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from extract.records import Token

_SEGMENT_ENDS = frozenset(",;:(–—-")


class Tree:
    """The words of a sentence, and what depends on each (Universal Dependencies)."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._children: dict[int, list[Token]] = defaultdict(list)
        for token in tokens:
            self._children[token.head].append(token)

    @property
    def root(self) -> Token | None:
        """The word that depends on none."""
        return next(iter(self._children[0]), None)

    def at(self, position: int) -> Token | None:
        """The word at a position, counted from 1; None beyond the sentence."""
        return self.tokens[position - 1] if 1 <= position <= len(self.tokens) else None

    def before(self, token: Token, count: int) -> Sequence[Token]:
        """So many words before a word, or as many as there are."""
        return self.tokens[max(0, token.position - 1 - count) : token.position - 1]

    @cached_property
    def segments(self) -> list[int]:
        """For each word the number of the stretch between commas and the like that it stands in."""
        return list(accumulate(token.text in _SEGMENT_ENDS for token in self.tokens))

    def children(self, token: Token) -> list[Token]:
        """What depends on a word, in the order of the sentence."""
        return self._children[token.position]

    def child(self, token: Token, *relations: str) -> Token | None:
        """What depends on a word in one of some relations; the first relation first."""
        of = {each.dependency: each for each in reversed(self.children(token))}
        return next((of[relation] for relation in relations if relation in of), None)

    def case(self, token: Token) -> str | None:
        """The preposition of a noun, in lower case."""
        case = self.child(token, "case")
        return case.text.lower() if case else None

    def path(self, token: Token) -> list[Token]:
        """A word and those that it hangs from, up to the root."""
        found = [token]
        while found[-1].head and len(found) <= len(self.tokens):
            found.append(self.tokens[found[-1].head - 1])
        return found

    def below(self, token: Token, *, without: frozenset[str]) -> Iterator[Token]:
        """A word and all that depends on it, but for relations to leave out."""
        waiting = [token]  # no recursion: a tree may be as deep as its sentence is long
        while waiting:
            yield (each := waiting.pop())
            waiting += [child for child in self.children(each) if child.dependency not in without]

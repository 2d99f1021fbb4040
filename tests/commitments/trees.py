"""Small trees for tests: words written as `text|POS|head|relation`, features of a verb behind a further bar."""

from extract.commitments.tree import Tree
from extract.records import Token


def tree(written: str) -> Tree:
    """The words of a sentence as a tree, parted by white space; lemmas are the words in lower case."""
    tokens = []
    start = 0
    for position, word in enumerate(written.split(), start=1):
        text, pos, head, dependency, *features = word.split("|")
        tokens.append(
            Token(
                sentence_id="s", position=position, document_id="d", char_start=start, char_end=start + len(text),
                text=text, lemma=text.lower(), pos=pos, morphology=features[0] if features else None,
                head=int(head), dependency=dependency,
            )
        )  # fmt: skip
        start += len(text) + 1
    return Tree(tokens)

"""Train what tells the action, object, actor and direction of commitments, and measure it on files it has not seen.

    make actions TEXTS=…
    python -m benchmarks.actions --texts FOLDER [--write] [--errors]

prints how often each is right: in the test half of the marked sentences by what was learnt from the other half, and in
all of them in five parts, each by what was learnt from the other four. `--errors` prints what differs in the half that
was learnt from, each read by what had not seen it. With `--write` it learns from all and puts that where it ships.
`tests/gold/commitments.md` says how sentences were drawn and marked.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.commitments import Marked, read_marks, read_primer
from benchmarks.shared import ROOT, document_in, parser_with_texts, table_of
from extract import boosted_trees
from extract.commitments import habits
from extract.commitments.action_features import candidate_signs
from extract.commitments.action_models import FILE, WORDINGS, ActionModels, Chooser, Judge
from extract.commitments.actions import (
    Action,
    Parsed,
    Vectors,
    action_rows,
    actions_of,
    object_rows,
    read_sentence,
    set_action,
    set_head,
    vector_of,
)
from extract.commitments.linear import Linear
from extract.commitments.named_verbs import named_verb
from extract.commitments.object_features import find_heads, head_signs
from extract.commitments.sureness import Sureness, logit
from extract.commitments.wording import NAMED, signs_of
from extract.extraction import load_resources, split
from extract.labels.classifier import without_chance
from extract.language.parsing import parse_sentences, vectors_of
from extract.language.pipeline import OURS, load_language
from extract.learning.annotations import find_sources, letters, source_text
from extract.records import Extraction, Sentence, Token, sha256_of
from extract.settings import Settings
from pipelines.paths import MODELS

_PARTS = 5
_INNER = 8  # parts for the habits of candidates that are learnt from: each from the habits of other files
_LEAST = {"action": 0.2, "object": 0.15}  # chosen on the development half, each file by what had not seen it
_REGRESSION = {"polarity": 5.0, "actor": 0.3, "direction": 0.3}  # C of LogisticRegression, chosen likewise
_BALANCED = ("direction",)  # where rare classes count as much as frequent ones
_DENSE = ("direction",)  # for which vectors pay
_LEFT_OUT = {  # signs that tell nothing of it, by how they begin
    "polarity": ("object ", "actor", "some actor", "verb begins", "verb ends", "begins"),
    "actor": (),
    "direction": (),
}
_FEWEST = 2  # sentences with a sign that counts
_ROUNDS = 300  # of trees, chosen likewise
_PRIMER_WEIGHT = {"action": 3.0, "object": 1.0, "polarity": 3.0, "actor": 1.0, "direction": 3.0}  # chosen likewise
_AGAIN = "again"  # readers that read a part a second time, for the agreement only


@dataclass(slots=True)
class Example:
    """A marked sentence, its words, and which of them were marked."""

    marked: Marked
    text: str
    tokens: list[Token]
    parsed: Parsed

    def word_at(self, name: str, words: Sequence[Token]) -> Token | None:
        """The first of some words that lies in what is marked as "action" or "head"."""
        place = self.marked.place(name)
        if place is None and name == "action" and self.marked.action:  # of which only the verb was marked
            return next((each for each in words if named_verb(self.parsed.tree, each) == self.marked.action), None)
        if place is None:
            return None
        _, offsets = letters(self.text)
        first, last = offsets[place.start], offsets[place.stop - 1] + 1
        return next((each for each in words if each.char_start < last and each.char_end > first), None)


Fold = tuple[Sequence[int], Sequence[int]]


def read_examples(texts: Path) -> tuple[list[Example], Vectors]:
    """The marked commitments whose sources lie in a folder, parsed; and the vectors of words."""
    marks = [each for each in read_marks() if each.commits and not each.reader.startswith(_AGAIN)]
    found = dict(_texts_of(marks, texts))
    nlp = load_language(OURS, models=MODELS)
    assert nlp
    at_hand = [each for each in marks if each.sentence in found]
    sentences = [_sentence(each.sentence, found[each.sentence]) for each in at_hand]
    parses = [list(parse.tokens) for parse in parse_sentences(sentences, nlp=nlp)]
    examples = [
        Example(mark, found[mark.sentence], tokens, read_sentence(tokens))
        for mark, tokens in zip(at_hand, parses, strict=True) if tokens
    ]  # fmt: skip
    return examples, vectors_of(nlp)


def read_primed() -> list[Example]:
    """The sentences of the primer, parsed; action and head are set as they are marked, where a candidate is there."""
    texts, marks = zip(*read_primer(), strict=True)
    nlp = load_language(OURS, models=MODELS)
    assert nlp
    sentences = [_sentence(mark.sentence, text) for text, mark in zip(texts, marks, strict=True)]
    examples = [
        Example(mark, text, list(parse.tokens), read_sentence(parse.tokens))
        for mark, text, parse in zip(marks, texts, parse_sentences(sentences, nlp=nlp), strict=True)
    ]
    for each in examples:
        each.parsed.action = each.word_at("action", each.parsed.candidates)
        each.parsed.verb = named_verb(each.parsed.tree, each.parsed.action) if each.parsed.action else None
        each.parsed.heads = find_heads(each.parsed.tree.tokens, each.parsed.action)
        each.parsed.head = each.word_at("head", each.parsed.heads)
    return examples


def _texts_of(marks: Iterable[Marked], texts: Path) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each marked sentence, as the file is read now."""
    by_source: dict[str, dict[str, Marked]] = defaultdict(dict)
    for each in marks:
        by_source[each.source_sha256][each.letters_sha256] = each
    resources = load_resources(Settings(language_pipeline="blank", codebooks=()), models=MODELS)
    for path, sha256 in find_sources([texts, ROOT / "tests" / "gold" / "digests"], set(by_source)):
        document = document_in(path)
        read = split(Extraction(document=document), resources=resources)
        for sentence in read.sentences:
            hashed = sha256_of(letters(sentence.text)[0])
            if hashed in by_source[sha256]:
                yield by_source[sha256].pop(hashed).sentence, " ".join(sentence.text.split())
        yield from _stretches(by_source[sha256].values(), path, document.text if document else "")


def _stretches(marks: Iterable[Marked], path: Path, text: str) -> Iterator[tuple[str, str]]:
    """Yield those that are no sentence now, but whose letters stand in the text in one piece."""
    stream, offsets = letters(text)
    raw = letters(source_text(path))[0] if text else ""
    for each in marks:
        own = raw[each.letter_start : each.letter_start + each.letter_count]
        at = stream.find(own) if own and sha256_of(own) == each.letters_sha256 else -1
        if at >= 0:
            yield each.sentence, " ".join(text[offsets[at] : offsets[at + len(own) - 1] + 1].split()) + "."


def _sentence(sentence_id: str, text: str) -> Sentence:
    return Sentence(
        sentence_id=sentence_id, passage_id="", document_id="", position=0, char_start=0, char_end=len(text), text=text
    )


def is_test(example: Example) -> bool:
    """Whether a sentence is of the half that nothing is chosen on: a third of the files, by their hash."""
    return int(example.marked.source_sha256[:8], 16) % 3 == 0


# Learning


def fit(
    examples: Sequence[Example], vectors: Vectors, primer: Sequence[Example] = ()
) -> tuple[ActionModels, dict[str, Any]]:
    """What marked sentences teach, and as it is stored. Each stage learns from what the one before it answers.

    What a sentence is answered for that purpose comes of what was learnt from other files. The sentences of the primer
    are always learnt from, with what is marked in them, and never answered.
    """
    folds = _folds(examples, _PARTS)
    action, action_stored = _fit_chooser("action", examples, folds, primer)
    object_, object_stored = _fit_chooser("object", examples, folds, primer)
    everything = [*examples, *primer]
    parsed = [each.parsed for each in everything]
    signs = [signs_of(each.tree, each.action, each.verb, each.head) for each in parsed]
    dense = np.array([vector_of(each, vectors) for each in parsed], np.float32)
    judges, stored = {}, {"action": action_stored, "object": object_stored}
    for name in WORDINGS:
        judges[name], stored[name] = _fit_judge(name, everything, folds, signs, dense)
    return ActionModels(action=action, object=object_, **judges), stored


def _folds(examples: Sequence[Example], parts: int) -> list[Fold]:
    groups = [each.marked.source_sha256 for each in examples]
    return [(train.tolist(), test.tolist()) for train, test in GroupKFold(parts).split(groups, groups=groups)]


def _fit_chooser(
    name: str, examples: Sequence[Example], folds: Sequence[Fold], primer: Sequence[Example]
) -> tuple[Chooser, dict[str, Any]]:
    """Fit what chooses the action or the head of the object, and set it in each sentence by what had not seen it."""
    if name == "object":
        for each in examples:
            each.parsed.heads = find_heads(each.parsed.tree.tokens, each.parsed.action)
    right: dict[int, bool] = {}
    shares: dict[int, list[float]] = {}
    for train, test in folds:
        chooser = _trees_for(name, [examples[rank] for rank in train], primer)
        for rank in test:
            shares[rank] = _choose(name, examples[rank], chooser)
            right[rank] = _is_right(name, examples[rank])
    chosen = _trees_for(name, examples, primer)
    sureness, numbers = _sureness([(shares[rank], right[rank]) for rank in sorted(shares)])
    stored: dict[str, Any] = {
        "trees": boosted_trees.arrays_of(chosen[0]), "habits": habits.arrays_of(chosen[1]),
        "least": np.float64(_LEAST[name]), "sureness": numbers,
    }  # fmt: skip
    return Chooser(boosted_trees.trees_of(stored["trees"]), chosen[1], _LEAST[name], sureness), stored


def _trees_for(
    name: str, examples: Sequence[Example], primer: Sequence[Example]
) -> tuple[HistGradientBoostingClassifier, habits.Habits]:
    """Trees and habits; a candidate that is learnt from has the habits of other files."""
    signs, right = [], []
    everything, primed = [*examples, *primer], range(len(examples), len(examples) + len(primer))
    for each in everything:
        words = _words(name, each)
        wanted = each.word_at("action" if name == "action" else "head", words)
        signs.append(_signs(name, each))
        right.append([word is wanted for word in words])
    rows: dict[int, NDArray[np.float32]] = {}
    for train, test in [*_folds(examples, _INNER), (range(len(examples)), primed)]:
        seen = {*train, *primed} - {*test}
        learnt = _habits([signs[rank] for rank in sorted(seen)], [right[rank] for rank in sorted(seen)])
        rows |= {rank: _rows(name, everything[rank], learnt) for rank in test}
    features = np.concatenate([rows[rank] for rank in range(len(everything))])
    weights = [1.0 if rank < len(examples) else _PRIMER_WEIGHT[name] for rank in range(len(everything))]
    trees = HistGradientBoostingClassifier(
        max_iter=_ROUNDS, learning_rate=0.08, max_leaf_nodes=12, max_features=0.3, l2_regularization=3,
        min_samples_leaf=8, early_stopping=False, random_state=0,
    )  # fmt: skip
    answers = np.concatenate([np.array(some, bool) for some in right])
    trees.fit(features, answers, sample_weight=np.repeat(weights, [len(some) for some in right]))
    return trees, _habits(signs, right)


def _habits(signs: Iterable[Sequence[Sequence[str]]], right: Iterable[Sequence[bool]]) -> habits.Habits:
    return habits.habits_of(
        (some, is_right) for each, all_right in zip(signs, right, strict=True)
        for some, is_right in zip(each, all_right, strict=True)
    )  # fmt: skip


def _words(name: str, example: Example) -> Sequence[Token]:
    return example.parsed.candidates if name == "action" else example.parsed.heads


def _signs(name: str, example: Example) -> list[tuple[str, ...]]:
    parsed = example.parsed
    if name == "action":
        return candidate_signs(parsed.tree, parsed.candidates)
    return head_signs(parsed.tree, parsed.action, parsed.verb, parsed.heads)


def _rows(name: str, example: Example, learnt: habits.Habits) -> NDArray[np.float32]:
    return (action_rows if name == "action" else object_rows)(example.parsed, learnt)


def _choose(name: str, example: Example, chooser: tuple[HistGradientBoostingClassifier, habits.Habits]) -> list[float]:
    """Set the action or the head of the object of a sentence; return the shares of its candidates."""
    trees, learnt = chooser
    rows = _rows(name, example, learnt)
    shares = trees.predict_proba(rows)[:, 1] if len(rows) else np.empty(0)
    (set_action if name == "action" else set_head)(example.parsed, shares, _LEAST[name])
    return [float(share) for share in shares]


def _is_right(name: str, example: Example) -> bool:
    if name == "action":
        return example.parsed.verb == example.marked.action
    return _is_same_head(example, example.parsed.head)


def _is_same_head(example: Example, head: Token | None) -> bool:
    """Whether a word lies in the marked head, or it in the word: a scan glues and tears words."""
    if head is None or example.marked.head_start is None:
        return head is None and example.marked.head_start is None
    return example.word_at("head", [head]) is not None


def _sureness(answers: Sequence[tuple[Sequence[float], bool]]) -> tuple[Sureness, NDArray[np.float64]]:
    rows = [[logit(share) for share in (*sorted(shares, reverse=True)[:2], 0.0, 0.0)[:2]] for shares, _ in answers]
    fitted = LogisticRegression(C=10).fit(rows, [right for _, right in answers])
    numbers = np.array([fitted.intercept_[0], *fitted.coef_[0]], np.float64)
    return Sureness(*numbers.tolist()), numbers


def _class(name: str, marked: Marked) -> str:
    value = str(getattr(marked, name))
    return NAMED if name == "actor" and value not in ("party", "none", "None") else value


def _fit_judge(
    name: str, examples: Sequence[Example], folds: Sequence[Fold], signs: Sequence[Sequence[str]],
    dense: NDArray[np.float32],
) -> tuple[Judge, dict[str, Any]]:  # fmt: skip
    """Fit what tells polarity, actor or direction; sentences that were not asked for it are left out.

    Examples beyond those of the folds are the primer.
    """
    marked = [_class(name, each.marked) for each in examples]
    vectors = dense if name in _DENSE else dense[:, :0]
    primed = range(sum(len(test) for _, test in folds), len(examples))
    weights = [1.0] * primed.start + [_PRIMER_WEIGHT[name]] * len(primed)
    answers = []
    for train, test in folds:
        linear = _linear(name, [*train, *primed], marked, signs, vectors, weights)
        shares = linear.predict_proba([signs[rank] for rank in test], vectors[test])
        answers += [
            (row.tolist(), linear.classes[int(row.argmax())] == marked[rank])
            for rank, row in zip(test, shares, strict=True) if marked[rank] != "None"
        ]  # fmt: skip
    linear = _linear(name, range(len(examples)), marked, signs, vectors, weights)
    sureness, numbers = _sureness(answers)
    stored = {
        "classes": list(linear.classes), "signs": list(linear.ranks), "sign_weights": linear.sign_weights,
        "vector_weights": linear.vector_weights, "intercept": linear.intercept,
    }  # fmt: skip
    return Judge(linear, sureness), {"linear": stored, "sureness": numbers}


def _linear(
    name: str, train: Sequence[int], marked: Sequence[str], signs: Sequence[Sequence[str]],
    vectors: NDArray[np.float32], counts_as: Sequence[float],
) -> Linear:  # fmt: skip
    used = [rank for rank in train if marked[rank] != "None"]
    counts = Counter(sign for rank in used for sign in signs[rank] if not sign.startswith(_LEFT_OUT[name]))
    ranks = {sign: rank for rank, sign in enumerate(sorted(each for each, count in counts.items() if count >= _FEWEST))}
    places = [(row, ranks[sign]) for row, rank in enumerate(used) for sign in signs[rank] if sign in ranks]
    rows, columns = zip(*places, strict=True)
    matrix = csr_matrix((np.ones(len(places)), (rows, columns)), shape=(len(used), len(ranks)))
    weight = "balanced" if name in _BALANCED else None
    fitted = LogisticRegression(C=_REGRESSION[name], class_weight=weight, max_iter=1000).fit(
        hstack([matrix, csr_matrix(vectors[used])]).tocsr(), [marked[rank] for rank in used],
        sample_weight=[counts_as[rank] for rank in used],
    )  # fmt: skip
    weights, intercept = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    if weights.shape[1] == 1:
        weights, intercept = np.hstack([-weights, weights]) / 2, np.array([-intercept[0], intercept[0]]) / 2
    return Linear(tuple(fitted.classes_.tolist()), ranks, weights[: len(ranks)], weights[len(ranks) :], intercept)


# Measuring


@dataclass(frozen=True, slots=True)
class Judged:
    """A marked sentence, and what was found in it by what had not seen its file."""

    example: Example
    found: Action

    def is_right(self, name: str) -> bool:
        """Whether what is found is what was marked; both may be none."""
        marked, found = self.example.marked, self.found
        match name:
            case "action":
                return found.verb == marked.action
            case "object, its head" | "object, each word":
                return self._object_is_right(whole=name.endswith("word"))
        return bool(getattr(found, name) == getattr(marked, name))

    def _object_is_right(self, *, whole: bool) -> bool:
        place, found = self.example.marked.place("object" if whole else "head"), self.found.object
        if place is None or found is None:
            return place is None and found is None
        _, offsets = letters(self.example.text)
        start, end = (found.char_start, found.char_end) if whole else (found.head_start, found.head_end)
        inside = [rank for rank, offset in enumerate(offsets) if start <= offset < end]
        if not inside:
            return False
        if whole:
            return (inside[0], inside[-1]) == (place.start, place.stop - 1)
        return inside[0] < place.stop and place.start <= inside[-1]

    def has(self, name: str, *, marked: bool) -> bool:
        """Whether there is such a thing, as marked or as found."""
        field = {"action": ("action", "verb"), "object, its head": ("object_start", "object")}
        in_marked, in_found = field.get(name, field["object, its head"] if name.startswith("object") else (name, name))
        return getattr(self.example.marked if marked else self.found, in_marked if marked else in_found) is not None


NAMES = ("action", "polarity", "object, its head", "object, each word", "actor", "direction")


def figures(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Of each thing precision, recall and F1 of what is given, and how many are marked; of classes also their own."""
    found = {name: _figures(judged, name) for name in NAMES}
    for name in ("polarity", "actor", "direction"):
        for value in sorted({getattr(each.example.marked, name) for each in judged} - {None}):
            found[f"{name}: {value}"] = _figures_of_value(judged, name, value)
        values = [each for key, each in found.items() if key.startswith(f"{name}: ")] or [_shares(0, 0, 0)]
        found[f"{name}, macro"] = {"f1": sum(each["f1"] for each in values) / len(values), "marked": len(judged)}
    return found


def _figures(judged: Sequence[Judged], name: str) -> dict[str, float]:
    """Of what a sentence may have; sentences that no reader was asked about it do not count."""
    judged = [each for each in judged if each.example.marked.actor or name not in ("actor", "direction")]
    right = sum(each.is_right(name) and each.has(name, marked=True) for each in judged)
    return _shares(
        right, sum(each.has(name, marked=False) for each in judged), sum(each.has(name, marked=True) for each in judged)
    )


def _figures_of_value(judged: Sequence[Judged], name: str, value: str) -> dict[str, float]:
    judged = [each for each in judged if getattr(each.example.marked, name) is not None]
    of_found = [each for each in judged if getattr(each.found, name) == value]
    marked = sum(getattr(each.example.marked, name) == value for each in judged)
    return _shares(sum(each.is_right(name) for each in of_found), len(of_found), marked)


def _shares(right: int, found: int, marked: int) -> dict[str, float]:
    precision, recall = right / max(found, 1), right / max(marked, 1)
    return {
        "precision": precision, "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9), "marked": marked,
    }  # fmt: skip


def judge(examples: Sequence[Example], models: ActionModels, vectors: Vectors) -> list[Judged]:
    """What classifiers find in marked sentences."""
    found = actions_of([each.tokens for each in examples], models=models, vectors=vectors)
    return [Judged(*each) for each in zip(examples, found, strict=True)]


def held_out(examples: Sequence[Example], vectors: Vectors, primer: Sequence[Example] = ()) -> list[Judged]:
    """What is found in each sentence by what was learnt from other files."""
    judged: list[Judged] = []
    for train, test in _folds(examples, _PARTS):
        models, _ = fit([examples[rank] for rank in train], vectors, primer)
        judged += judge([examples[rank] for rank in test], models, vectors)
    return judged


def decade(example: Example) -> str:
    """The decade of a manifesto, by its name; digests apart."""
    if "digest" in example.marked.source or "tk2025" in example.marked.source:
        return "digests"
    years = re.findall(r"(?:1[89]|20)\d\d", example.marked.source)
    return "unknown" if not years else "before 1946" if years[0] < "1946" else f"{years[0][:3]}0"


def _show(console: Console, title: str, judged: Sequence[Judged]) -> None:
    table = table_of(f"{title}: {len(judged)} sentences", "precision", "recall", "F1", "marked")
    for name, each in figures(judged).items():
        cells = [f"{each[key]:.3f}" if key in each else "" for key in ("precision", "recall", "f1")]
        table.add_row(name, *cells, str(each["marked"]))
    console.print(table, "\n")


def _show_decades(console: Console, judged: Sequence[Judged]) -> None:
    by_decade: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        by_decade[decade(each.example)].append(each)
    table = table_of("precision / recall", "action", "object, its head", "sentences")
    for name, some in sorted(by_decade.items()):
        found = figures(some)
        cells = [
            f"{found[key]['precision']:.2f} / {found[key]['recall']:.2f}" for key in ("action", "object, its head")
        ]
        table.add_row(name, *cells, str(len(some)))
    console.print(table, "\n")


def _show_sureness(console: Console, judged: Sequence[Judged]) -> None:
    """How often answers are right that are said to be right with a probability, in five steps."""
    table = table_of("said to be right", *(f"{low / 5:.1f} to {(low + 1) / 5:.1f}" for low in range(5)))
    for name, field in (("action", "verb_probability"), ("direction", "direction_probability")):
        steps: dict[int, list[bool]] = defaultdict(list)
        for each in judged:
            share = getattr(each.found, field)
            was_asked = name == "action" or each.example.marked.direction is not None
            if share is not None and was_asked and each.has(name, marked=False):
                steps[min(4, int(share * 5))].append(each.is_right(name))
        table.add_row(
            name, *(f"{np.mean(steps[low]):.2f} ({len(steps[low])})" if steps[low] else "" for low in range(5))
        )
    console.print(table, "\n")


def _errors(judged: Iterable[Judged]) -> Iterator[str]:
    for each in judged:
        wrong = [name for name in NAMES if not each.is_right(name)]
        if wrong:
            marked, found = each.example.marked, each.found
            acted_on = each.example.text[found.object.char_start : found.object.char_end] if found.object else None
            yield (
                f"{marked.sentence} {each.example.text}\n"
                f"  marked: {marked.action} · {marked.polarity} · {marked.actor} · {marked.direction}\n"
                f"  found:  {found.verb} · {found.polarity} · {found.actor} · {found.direction} · {acted_on}"
            )


def main() -> None:
    """Measure, or with --write learn from all and write it."""
    parser = parser_with_texts(__doc__)
    parser.add_argument("--write", action="store_true", help="learn from all marks, and put that where it ships")
    parser.add_argument("--errors", action="store_true", help="print what differs in the half that is learnt from")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    examples, vectors = read_examples(arguments.texts)
    primer = read_primed()
    if arguments.write:
        _, stored = fit(examples, vectors, primer)
        (ROOT / "src" / "extract" / "data" / FILE).write_bytes(without_chance(skops.io.dumps(stored)))
        return
    development, test = ([each for each in examples if is_test(each) is half] for half in (False, True))
    if arguments.errors:
        for each in _errors(held_out(development, vectors, primer)):
            console.print(escape(each), soft_wrap=True)
        return
    models, _ = fit(development, vectors, primer)
    _show(console, "test half, by the other", judge(test, models, vectors))
    judged = held_out(examples, vectors, primer)
    _show(console, "all, in five parts", judged)
    _show_decades(console, judged)
    _show_sureness(console, judged)


if __name__ == "__main__":
    main()

"""How answers about commitments are counted, on sentences made for it."""

from benchmarks.actions import Example, Judged, figures
from benchmarks.commitments import Marked
from extract.commitments.actions import Action, Object, read_sentence
from extract.records import Token

TEXT = "We verbieden vuurwerk."


def marked(action: str | None, *, direction: str | None = "forbid", head: tuple[int, int] | None = (11, 8)) -> Marked:
    return Marked(
        sentence="k1", source="X_2000.txt", source_sha256="0" * 64, letter_start=0, letter_count=19,
        letters_sha256="", reader="reader", commits=True, action=action, action_start=None, action_letters=None,
        polarity="for", object_start=head[0] if head else None, object_letters=head[1] if head else None,
        head_start=head[0] if head else None, head_letters=head[1] if head else None, actor="party",
        direction=direction, target=None, deadline=None,
    )  # fmt: skip


def judged(mark: Marked, found: Action) -> Judged:
    tokens = [
        Token(sentence_id="k1", position=1, document_id="", char_start=0, char_end=2, text="We", lemma="we",
              pos="PRON", morphology=None, head=0, dependency="root")
    ]  # fmt: skip
    return Judged(Example(mark, TEXT, tokens, read_sentence(tokens)), found)


RIGHT = Action(
    verb="verbieden", polarity="for", object=Object(13, 21, 13, 21, "vuurwerk", ("vuurwerk",)), actor="party",
    direction="forbid",
)  # fmt: skip


def test_what_is_right_counts_once_for_precision_and_once_for_recall() -> None:
    found = figures([judged(marked("verbieden"), RIGHT), judged(marked("afschaffen"), RIGHT)])
    assert found["action"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "marked": 2}
    assert found["object, its head"]["precision"] == found["object, each word"]["recall"] == 1.0


def test_nothing_given_costs_recall_and_no_precision() -> None:
    found = figures([judged(marked("verbieden"), RIGHT), judged(marked("verbieden"), Action(polarity="for"))])
    assert (found["action"]["precision"], found["action"]["recall"]) == (1.0, 0.5)


def test_something_given_where_nothing_is_marked_costs_precision() -> None:
    found = figures([judged(marked("verbieden"), RIGHT), judged(marked(None, head=None), RIGHT)])
    assert (found["action"]["precision"], found["action"]["recall"]) == (0.5, 1.0)
    assert found["object, its head"]["precision"] == 0.5


def test_sentences_that_were_not_marked_for_direction_do_not_count_for_it() -> None:
    found = figures([judged(marked("verbieden"), RIGHT), judged(marked("verbieden", direction=None), RIGHT)])
    assert found["direction: forbid"]["marked"] == 1 and found["direction: forbid"]["precision"] == 1.0

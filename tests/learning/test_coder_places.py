"""Where quasi-sentences stand among the sentences of the same manifesto as we read it."""

from extract.labels.contexts import Reading
from extract.learning.code_training import CodedDocument
from extract.learning.coder_places import Place, as_read, find_places, with_headings

_FIRST = "Wij willen dat er meer bomen komen, en dat de lucht schoner wordt."
_SECOND = "Op de scholen in het hele land komen er veel kleinere klassen."
_READ = [
    Reading("Natuur", heading=""),
    Reading(_FIRST, heading="Natuur"),
    Reading("Doen!", heading="Natuur"),
    Reading(_SECOND, heading="Onderwijs"),
    Reading("Doen!", heading="Onderwijs"),
]


def _document(*units: tuple[str, str | None], heading: str = "") -> CodedDocument:
    readings = tuple(Reading(text, heading=heading) for text, _ in units)
    return CodedDocument("abc_2017", "abc", "2017", readings, tuple(code for _, code in units))


def test_halves_of_a_sentence_are_found_in_it_whatever_their_marks() -> None:
    places = find_places(["Wij willen dat er meer  bomen komen;", "en dat de lucht schoner wordt"], _READ)
    assert [place and place.sentence for place in places] == [1, 1]
    assert places[0] == Place(1, 0, 28)
    assert places[1] == Place(1, 28, 24)


def test_what_stands_twice_is_found_between_what_stands_once() -> None:
    texts = [_FIRST, "Doen!", _SECOND, "Doen!"]
    assert [place and place.sentence for place in find_places(texts, _READ)] == [1, 2, 3, 4]


def test_what_does_not_stand_there_has_no_place() -> None:
    assert find_places(["Dit staat er allemaal helemaal nergens in.", "", _SECOND], _READ)[:2] == [None, None]
    assert find_places(["Iets."], []) == [None]


def test_a_text_out_of_order_does_not_pull_the_others_along() -> None:
    third = "Iedereen krijgt in de toekomst een eigen huis met een tuin."
    read = [*_READ, Reading(third)]
    places = find_places([third, _FIRST, "Doen!", _SECOND], read)
    assert [place and place.sentence for place in places] == [None, 1, 2, 3]


def test_headings_of_our_reading_stand_above_what_has_none() -> None:
    document = _document((_FIRST, "501"), ("Dit staat nergens anders in.", None), (_SECOND, "506"))
    assert [each.heading for each in with_headings(document, _READ).readings] == ["Natuur", "Natuur", "Onderwijs"]


def test_a_document_with_headings_of_its_own_keeps_them() -> None:
    document = _document((_FIRST, "501"), heading="Groen")
    assert with_headings(document, _READ) == document


def test_a_sentence_has_the_code_of_most_of_its_letters() -> None:
    halves = [("Wij willen dat er meer bomen komen,", "501"), ("en dat de lucht schoner wordt.", "416")]
    document = _document(*halves, (_SECOND, "506"), ("Doen!", None))
    assert as_read(document, _READ).codes == (None, "501", None, "506", None)


def test_a_unit_over_two_sentences_is_one_of_both() -> None:
    document = _document((f"{_FIRST} Doen!", "501"))
    assert as_read(document, _READ).codes == (None, "501", "501", None, None)

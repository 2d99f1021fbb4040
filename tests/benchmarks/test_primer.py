"""The sentences that the classifiers of commitments learn from beside those that readers marked."""

from benchmarks.commitments import read_marks, read_primer


def test_all_that_the_primer_marks_stands_in_its_sentences() -> None:
    primer = read_primer()
    assert len({text for text, _ in primer}) == len(primer) > 100
    assert all(mark.reader == "protocol" and mark.commits for _, mark in primer)


def test_no_sentence_of_the_primer_is_among_those_that_are_measured_on() -> None:
    measured = {each.letters_sha256 for each in read_marks()}
    assert not [text for text, mark in read_primer() if mark.letters_sha256 in measured]

from extract.splitting.marks import Stretch, quoted_stretches, unwrap


def test_a_missing_mark_costs_one_quote_never_the_document() -> None:
    sentence = "Er komt een wet voor iedereen. "
    assert quoted_stretches("“" + sentence * 10) == [Stretch(0, 310, "“", None)]
    assert quoted_stretches("“" + sentence * 1_000) == []
    assert quoted_stretches("“" + sentence * 1_000 + "”")[0].closing == "”"


def test_marks_at_the_edges_of_a_sentence_are_taken_off() -> None:
    for text, inner in [
        ("“Er komt een wet.", "Er komt een wet."),
        ("Er komt een wet.”", "Er komt een wet."),
        ("“Er komt een wet.”", "Er komt een wet."),
        ("De ‘once only’-regel", "De ‘once only’-regel"),
        ("de rechten van ouders’", "de rechten van ouders’"),
        ("“Wet” en “recht”", "“Wet” en “recht”"),
    ]:
        start, end = unwrap(text)
        assert text[start:end] == inner

"""Nouns of action and their verbs."""

import pytest

from extract.commitments.action_nouns import verb_of_noun


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("verbod", ("verbieden", "listed")),
        ("verlaging", ("verlagen", "listed")),
        ("herziening", ("herzien", "listed")),
        ("uitbetalingen", ("uitbetalen", "derived")),
        ("huurverhoging", ("verhogen", "compound")),
        ("ontslagverbod", ("verbieden", "compound")),
        ("fiets", (None, "none")),
        ("koopwoningen", (None, "none")),
        ("introductie", ("introduceren", "listed")),
        ("productreductie", ("reduceren", "compound")),
        ("koning", (None, "none")),
    ],
)
def test_the_verb_of_a_noun(noun: str, expected: tuple[str | None, str]) -> None:
    assert verb_of_noun(noun) == expected

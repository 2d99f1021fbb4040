"""How much, and by when."""

import pytest

from extract.commitments.targets import Target, target_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We verhogen het minimumloon naar 16 euro.", Target(16.0, "euro")),
        ("Er komen 100.000 nieuwe woningen per jaar bij.", Target(100_000.0, "woningen")),
        ("Uiterlijk in 2030 is de uitstoot met 55 procent gedaald.", Target(55.0, "percent", "Uiterlijk in 2030")),
        ("We brengen de klassen terug tot 23 leerlingen.", Target(23.0, "leerlingen")),
        ("Kinderen tot 18 jaar reizen gratis.", Target()),
        ("We herzien de wet van 2015 over de zorg.", Target()),
        ("Er komt 2 miljard euro voor het onderwijs.", Target(2e9, "euro")),
        ("We stellen twee commissies in.", Target()),
    ],
)
def test_targets(text: str, expected: Target) -> None:
    assert target_in(text) == expected

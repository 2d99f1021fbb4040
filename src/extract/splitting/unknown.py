"""What to tell of a manifesto whose party or election is not known: the best guess, and what would make it known."""

from collections import Counter
from collections.abc import Sequence

from extract.elections import (
    TK,
    body_in,
    is_used_again,
    other_bodies,
    year_made,
    year_of,
    years_in_text,
    years_on_title_pages,
)
from extract.parties import Register
from extract.problems import problem_in
from extract.reading.facts import FACTS_COLUMNS, FACTS_FILE
from extract.records import Document, Passage, Problem, Section
from extract.splitting.identity import named_in, running_titles, title_lines
from extract.spreadsheets import csv_line, guarded

_NAMES_SHOWN = 3  # in a message


def party_unknown(document: Document, passages: Sequence[Passage], section: Section, register: Register) -> Problem:
    """The Problem of a manifesto whose party is not known."""
    counts = Counter(mention.party_id for mention in register.own_mentions(document.text, year_of(document.election)))
    most = ", ".join(f"{party_id} {count} times" for party_id, count in counts.most_common(_NAMES_SHOWN))
    guess = _guessed_party(document, passages, counts, register)
    if_so = (
        f"If it is the text of {_name_of(guess, register)}," if guess else "If it is one party's, fill its name in and"
    )
    return problem_in(
        document,
        "party-unknown",
        f"{document.path} was read as the text of one party, which is not known; it names "
        f"{most or 'no party of the register'}. Its rows have no party. {if_so} "
        f"{_put(facts_line(document, passages, register))} If it is a digest, put each party's name on a line of its "
        "own above its part.",
        char_start=section.char_start,
        char_end=section.char_end,
    )


def election_unknown(document: Document, passages: Sequence[Passage], register: Register) -> Problem:
    """The Problem of a manifesto whose election is not known."""
    guess, why = _guessed_election(document, passages)
    if_so = f"{why}. If it was for {guess}," if guess else f"{why}If it is known, fill it in (such as TK2025) and"
    return problem_in(
        document,
        "election-unknown",
        f"{document.path} does not say for sure for which election it was written. {if_so} "
        f"{_put(facts_line(document, passages, register))}",
    )


def facts_line(document: Document, passages: Sequence[Passage], register: Register) -> str:
    """A line of manifestos.csv with what is known of a document, and else the best guess, in the order of its columns.

    All Problems about a document give the same line, for of two lines about a file one counts.
    """
    counts = Counter(mention.party_id for mention in register.own_mentions(document.text, year_of(document.election)))
    party_id = document.party_id or _guessed_party(document, passages, counts, register)
    said = {
        "file": document.path,
        "party": document.stated_party or (_name_of(party_id, register) if party_id else ""),
        "election": document.election or _guessed_election(document, passages)[0] or "",
        "status": "" if document.status == "unknown" else document.status,
        "source_url": document.source_url or "",
        "licence": document.licence or "",
        "retrieved_on": document.retrieved_on or "",
    }
    return csv_line(guarded(said.get(column, "")) for column in FACTS_COLUMNS)


def _put(line: str) -> str:
    return f"put this line into {FACTS_FILE} in place of the file's own, if it has one: {line}"


def _name_of(party_id: str, register: Register) -> str:
    return next(party.name for party in register.parties if party.party_id == party_id)


def _guessed_party(
    document: Document, passages: Sequence[Passage], counts: Counter[str], register: Register
) -> str | None:
    """The party that it most likely is: that of the title pages, else the one that the text names most."""
    named = named_in(list(title_lines(document, passages)), register, year_of(document.election))
    return named[0] if named else next((party_id for party_id, _ in counts.most_common(1)), None)


def _guessed_election(document: Document, passages: Sequence[Passage]) -> tuple[str | None, str]:
    """The election that it most likely is, and what makes one think so."""
    title, running = title_lines(document, passages), running_titles(document, passages)
    lines = [*title, *running]
    bodies = body_in(document.path) - {TK} or other_bodies(lines)
    if bodies:
        names = ", ".join(sorted(bodies))
        return None, f"It seems to be about another body ({names}). "
    for years, why in (
        (years_on_title_pages(lines), "Title pages or running titles name"),
        (years_in_text(document.text), "The text names"),
        ([year for year in [year_made(document.made_on)] if year], "Its file was made in a year of"),
    ):
        for year in years:
            again = f", and its programme may have served again for {TK}{year + 1}" if is_used_again(year) else ""
            return f"{TK}{year}", f"{why} {TK}{year}{again}"
    return None, ""

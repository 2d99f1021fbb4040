"""Counts → the figures of a report, in the languages of its page, each with links to the sentences behind it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from extract.labels.codebooks import Codebook
from extract.report.charts import stacked_bars
from extract.report.counts import NO_SOURCE, UNCERTAIN, Counts, per_party
from extract.report.documents import Row
from extract.verification.statuses import STATUSES

LANGUAGES = ("nl", "en")

Words = Mapping[str, Mapping[str, str]]
"""What the page says, by key and language."""
Chart = dict[str, str]
"""A chart as SVG, by language."""

_FEW_LABELS = 6  # up to so many are parts of a bar, more are columns of a table
_FEW_DOCUMENTS = 40  # up to so many have a bar each, more are shown by kind

# Blue, orange, light blue and grey differ in lightness, too, so that colour-blind readers and print can tell them
# apart: after Okabe and Ito, https://jfly.uni-koeln.de/color/.
_SERIES = ("#0b5fa5", "#e69f00", "#8cc3e6", "#e9ebee", "#cc79a7", "#009e73")
_UNCERTAIN = "#ffffff"
_STATUS_COLOURS = {
    "verbatim": "#06284a", "near": "#0b5fa5", "elided": "#4f9bd1", "draft": "#a9d3ee", "other-election": "#d8e6c4",
    "elided-unmarked": "#f5c35b", "altered": "#d97700", "other-party": "#8a4600", "no-source": "#e9ebee",
    "not-found": "#5b616b",
}  # fmt: skip
_PASSAGE_COLOURS = {
    "body": "#0b5fa5", "list-item": "#56a3d9", "overview": "#06284a", "claim": "#a85f00", "quote": "#f5d38a",
    "heading": "#5b616b", "contents": "#b9bdc6", "furniture": "#e9ebee", "other": "#cc79a7",
}  # fmt: skip


def key_of(codebook: str) -> str:
    """What a codebook, by its id, goes by in the ids, words and addresses of the page.

    Nothing else there begins so: a codebook may be called anything.
    """
    return f"book-{codebook}"


def figure_of(book: Codebook, counts: Counts, parties: Mapping[str, str], words: Words) -> dict[str, Any]:
    """A codebook's figure: a table of party by label for many labels; for few, charts of bars, one for each scope."""
    subjects = [each for each in book.labels if each != book.nothing]
    rest = [each for each in (book.nothing, UNCERTAIN) if each]
    key = key_of(book.id)
    figure: dict[str, Any] = {"id": book.id, "key": key, "labels": subjects, "rest": rest}
    if len(book.labels) > _FEW_LABELS:
        return figure | {"charts": None}
    colours = dict(zip(book.labels, _SERIES, strict=False)) | {UNCERTAIN: _UNCERTAIN}
    charts = {}
    for kind, election in counts.scopes:
        of_election = "" if election is None else f"&election={_escaped(election)}"
        charts[f"{kind}|{'*' if election is None else election}"] = _of_parties(
            per_party(counts.labels[book.id], (kind, election)), parties, words, title=f"{key}-title",
            colours=colours, prefix=f"{key}:", link=f"headings=no&kind={kind}{of_election}&{key}",
        )  # fmt: skip
    return figure | {"charts": charts}


def statuses_of(counts: Counts) -> list[str]:
    """The statuses that quotes of digests have, from what says most of a quote to what says least."""
    found = {status for _, status in counts.quotes}
    return [each for each in STATUSES if each in found]


def quotes_chart(counts: Counts, parties: Mapping[str, str], words: Words) -> Chart | None:
    """Quotes that could be looked for, by status and party; None where there was no manifesto to look in."""
    quotes = per_party(counts.quotes, ("digest", None))
    checked = Counter({each: count for each, count in quotes.items() if each[1] != NO_SOURCE})
    if not checked:
        return None
    return _of_parties(
        checked, parties, words, title="quotes-title", colours=_STATUS_COLOURS, prefix="status-",
        link="kind=digest&certificate",
    )  # fmt: skip


def coverage_chart(counts: Counts, documents: Sequence[Row], words: Words) -> Chart:
    """What the characters of documents, or of each kind of document where there are many, are accounted for as."""
    by_kind = len(documents) > _FEW_DOCUMENTS
    totals: Counter[tuple[str, str]] = Counter()  # by document or kind of document, and kind of passage
    for document in documents:
        row = document["kind"] if by_kind else document["document_id"]
        for kind, count in counts.characters[document["document_id"]].items():
            totals[row, kind] += count
    paths = {each["document_id"]: each["path"] for each in documents}
    return _bars(
        totals, words, title="sources-title", colours=_PASSAGE_COLOURS, prefix="passage-",
        order=list(dict.fromkeys(row for row, _ in totals)),
        name=lambda row, language: words[f"kinds-{row}"][language] if by_kind else paths[row],
        link=lambda row, _: f"#{'kind' if by_kind else 'document'}={row}",
    )  # fmt: skip


def _of_parties(
    counted: Counter[tuple[str, str]], parties: Mapping[str, str], words: Words, *, title: str,
    colours: Mapping[str, str], prefix: str, link: str,
) -> Chart:  # fmt: skip
    """Bars of parties; those with the largest share of the first part come first, then of the second, and so on."""
    totals: Counter[str] = Counter()
    for (party, _), count in counted.items():
        totals[party] += count

    def rank(party: str) -> tuple[list[float], str]:
        return [-counted[party, part] / totals[party] for part in colours], parties[party]

    def name(party: str, language: str) -> str:
        # How many a bar stands for is part of its name: a full bar may be one quote.
        return f"{parties[party] or words['no-party'][language]} ({totals[party]})"

    return _bars(
        counted, words, title=title, colours=colours, prefix=prefix, order=sorted(totals, key=rank), name=name,
        link=lambda party, part: f"#party={_escaped(party)}&{link}={_escaped(part)}",
    )  # fmt: skip


def _bars(
    counted: Mapping[tuple[str, str], int], words: Words, *, title: str, colours: Mapping[str, str], prefix: str,
    order: Sequence[str], name: Callable[[str, str], str], link: Callable[[str, str], str],
) -> Chart:  # fmt: skip
    """A bar for each row, of its parts, in each language.

    `order` is that of the rows, `name` is that of a row in a language, and `link` leads to what a part of a row counts.
    """
    charts = {}
    for language in LANGUAGES:
        names = {row: name(row, language) for row in order}
        shown = {part: words[f"{prefix}{part}"][language] for part in colours}
        charts[language] = stacked_bars(
            [
                {"row": names[row], "part": shown[part], "count": count, "link": link(row, part),
                 "description": f"{names[row]}: {count} {shown[part]}"}
                for (row, part), count in counted.items()
            ],
            colours={shown[part]: colour for part, colour in colours.items()},
            order=list(names.values()),
            title=words[title][language],
            axis=words["share"][language],
        )  # fmt: skip
    return charts


def _escaped(value: str) -> str:
    return quote(value, safe="")

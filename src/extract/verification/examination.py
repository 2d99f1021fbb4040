"""Digests and manifestos → certificates of all quotes, evidence for all summary sentences, and what is doubtful."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from extract.costs import TooCostlyError, bounded, seconds_for
from extract.parties import Register
from extract.problems import problem
from extract.records import Certificate, Certified, ClaimEvidence, Problem, Quote
from extract.verification.certificates import STAGE, Claimed, QuoteIndex, is_for, settled
from extract.verification.claims import SummarySentence, nearest_evidence, quoted_evidence
from extract.verification.sources import Source
from extract.verification.statuses import STATUSES

_SUMMARIES = frozenset({"overview", "claim"})
_SHOWN = 60  # characters of a quote in a message


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest claims: quotes, and summary sentences."""

    path: str
    claimed: tuple[Claimed, ...]
    summaries: tuple[SummarySentence, ...]


def digest_of(tables: Mapping[str, pa.Table]) -> Digest | None:
    """What a document claims, from its rows in documents, passages, sentences and quotes; None if it is no digest."""
    (document,) = tables["documents"].to_pylist() or [{"kind": None}]
    if document["kind"] != "digest":
        return None
    quotes = [Quote(**cells) for cells in tables["quotes"].to_pylist() if cells["kind"] == "statement"]
    supporting: dict[str | None, list[str]] = defaultdict(list)
    for quote in quotes:
        supporting[quote.supports].append(quote.quote_id)
    kinds = dict(zip(*(tables["passages"][name].to_pylist() for name in ("passage_id", "kind")), strict=True))
    return Digest(
        path=document["path"],
        claimed=tuple(Claimed(quote, document["election"]) for quote in quotes),
        summaries=tuple(
            SummarySentence(
                sentence_id=cells["sentence_id"],
                text=cells["text"],
                party_id=cells["party_id"],
                election=document["election"],
                quote_ids=tuple(supporting[cells["passage_id"]]),
            )
            for cells in tables["sentences"].to_pylist()
            if kinds[cells["passage_id"]] in _SUMMARIES
        ),
    )


def certify(digests: Sequence[Digest], sources: Iterable[Source], *, register: Register) -> Certified:
    """Hold all quotes and summary sentences against all manifestos, each of which is gone through once."""
    examined = Examination(digests, register)
    return examined.settled(examined.against(source) for source in sources)


class Examination:
    """Digests, ready to be held against one manifesto after another."""

    def __init__(self, digests: Sequence[Digest], register: Register) -> None:
        self._claimed = [each for digest in digests for each in digest.claimed]
        self._summaries = [each for digest in digests for each in digest.summaries]
        self._paths = {each.quote.quote_id: digest.path for digest in digests for each in digest.claimed}
        self._index = QuoteIndex(self._claimed, register)
        self._register = register
        self._characters = sum(len(each.quote.text) for each in self._claimed)
        self._characters += sum(len(each.text) for each in self._summaries)

    def against(self, source: Source) -> Certified:
        """What one manifesto says, whatever others say: no certificate of it is the best yet.

        If that takes more than texts of their length may cost, a Problem, too-costly, is all.
        """
        if source.kind != "manifesto":
            return Certified()
        try:
            with bounded(seconds_for(len(source.text) + self._characters)):
                return self._against(source)
        except (TooCostlyError, MemoryError) as error:
            return Certified(problems=(_too_costly(source, error),))

    def _against(self, source: Source) -> Certified:
        theirs = [each for each in self._summaries if self._register.is_same(each.party_id, source.party_id)]
        asked = [each for each in theirs if is_for(each.election, source.election)]
        certificates: list[Certificate] = []
        evidence: list[ClaimEvidence] = []
        problems: list[Problem] = []
        try:
            certificates += self._index.certificates_in(source)
        except MemoryError:
            raise
        except Exception as error:  # a bug: reported as a Problem, and not at the cost of the other manifestos
            problems.append(_failed(source, error))
        try:
            evidence += nearest_evidence(asked, source, register=self._register)
        except MemoryError:
            raise
        except Exception as error:
            problems.append(_failed(source, error))
        return Certified(tuple(certificates), tuple(evidence), tuple(problems))

    def settled(self, found: Iterable[Certified]) -> Certified:
        """What all manifestos say together, in the order of quotes and of summary sentences, then of manifestos."""
        certificates: dict[str, list[Certificate]] = defaultdict(list)
        evidence = {each.sentence_id: list(quoted_evidence(each)) for each in self._summaries}
        problems: list[Problem] = []
        for said in found:
            for certificate in said.certificates:
                certificates[certificate.quote_id].append(certificate)
            for row in said.evidence:
                evidence[row.sentence_id].append(row)
            problems += said.problems
        rows = {each.quote.quote_id: list(settled(each, certificates[each.quote.quote_id])) for each in self._claimed}
        for each in self._claimed:
            problems += _doubts(each, rows[each.quote.quote_id], self._paths[each.quote.quote_id])
        return Certified(
            certificates=tuple(chain.from_iterable(rows.values())),
            evidence=tuple(chain.from_iterable(evidence.values())),
            problems=tuple(problems),
        )


def _too_costly(source: Source, error: BaseException) -> Problem:
    what = "memory" if isinstance(error, MemoryError) else "time"
    return problem(
        "too-costly",
        f"The quotes and claims of digests could not be held against {source.path}: that takes more {what} than texts "
        "of their length should. Look whether one of them says the same over and over, and remove it.",
        path=source.path,
        stage=STAGE,
        severity="error",
        document_id=source.document_id,
    )


def _failed(source: Source, error: Exception) -> Problem:
    return problem(
        "stage-failed",
        f"Quotes or claims could not be held against {source.path}: stage {STAGE} met {type(error).__name__}: {error}. "
        "Please report this with the file.",
        path=source.path,
        stage=STAGE,
        document_id=source.document_id,
    )


def _doubts(claimed: Claimed, rows: Iterable[Certificate], path: str) -> Iterator[Problem]:
    """Yield a Problem for a quote that its party's manifesto does not bear out."""
    quote = claimed.quote
    for row in rows:
        if row.best and (doubt := STATUSES[row.status].doubt):
            shown = quote.text if len(quote.text) <= _SHOWN else f"{quote.text[:_SHOWN].rstrip()}…"
            said = f": {row.difference}" if row.difference else ""
            yield problem(
                "quote-not-verified",
                f"The quote “{shown}” of {quote.party_id or 'no known party'} in {path} {doubt}{said}. "
                f"Look at its certificates (quote_id {quote.quote_id}).",
                path=path,
                document_id=quote.document_id,
                char_start=quote.char_start,
                char_end=quote.char_end,
            )

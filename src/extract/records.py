"""The contract: every record that travels between stages, and so every table of the dataset.

A table is a frozen dataclass; a column is a field that says what it holds. The Parquet, CSV and SQLite
schemas, `datapackage.json` and the data dictionary are all derived from here, so they cannot disagree.
"""

import dataclasses
import hashlib
import types
import typing
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Kind = Literal["digest", "manifesto"]
Status = Literal["draft", "final", "unknown"]
TextLayer = Literal["native", "none"]
PassageKind = Literal["overview", "claim", "quote", "heading", "body", "list-item", "contents", "furniture", "other"]
ASIDE: frozenset[PassageKind] = frozenset({"contents", "furniture", "other"})
"""Kinds of passages that are no running text, and give no sentences: tables of contents, page furniture, tables."""
QuoteKind = Literal["statement", "term"]
Evidence = Literal[
    "listed", "file-name", "folder-name", "title-page", "running-title", "text", "metadata", "none"
]  # fmt: skip
Match = Literal["verbatim", "near", "elided", "elided-unmarked", "altered", "not-found"]
CertificateStatus = Literal[
    "verbatim", "near", "elided", "draft", "other-election", "elided-unmarked", "altered", "other-party", "no-source",
    "not-found",
]  # fmt: skip
THEMES, POLICY_AREAS, STATEMENTS = "digitalisation", "policy-areas", "statement"
"""Codebooks on which proposals rest: for their theme, for their policy area, and for what is one at all."""
MANIFESTO_PROJECT = "manifesto-project"
POSITIONED = (MANIFESTO_PROJECT, POLICY_AREAS)
"""Codebooks whose labels place a manifesto on scales."""
COMMITMENT = "commitment"
"""The label under STATEMENTS of a sentence that is a proposal."""
EvidenceKind = Literal["quote", "nearest"]
EntityKind = Literal["organisation", "party", "eu-body", "law", "amount", "year", "deadline", "person", "place"]
EntitySource = Literal["list", "rule", "pipeline"]
Polarity = Literal["for", "against"]
Actor = Literal["government", "municipalities", "companies", "eu", "party", "other", "none"]
Direction = Literal[
    "raise", "lower", "introduce", "abolish", "keep", "forbid", "allow", "invest", "investigate", "other"
]
Severity = Literal["error", "warning", "note"]
Grade = Literal["A", "B", "C", "D"]


def column(
    description: str,
    *,
    key: bool = False,
    references: str | None = None,
    default: Any = MISSING,
) -> Any:
    """A dataclass field that is a column: its meaning, whether it identifies the row, what it refers to.

    `references` names a table whose key this column holds.
    """
    metadata = {"description": description, "key": key, "references": references}
    return field(default=default, metadata=metadata)


def carried(default: Any = MISSING) -> Any:
    """A dataclass field that travels with the record but is no column of its table."""
    return field(default=default, metadata={"carried": True}, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """An entry of a ledger: characters of the document text, and those of the text layer for which they stand."""

    char_start: int
    char_end: int
    layer_start: int
    layer_end: int
    step: str
    original: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a document, as its layout shows it: it begins at `start`, and ends where the next one begins."""

    start: int
    kind: PassageKind
    level: int | None = None  # of a heading, 1 for the highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A raw file, read: its bytes' hash, what is known about it, and the text that offsets point into."""

    document_id: str = column("First 16 hex digits of the SHA-256 of the raw file", key=True)
    path: str = column("Path of the raw file, relative to the raw folder")
    sha256: str = column("SHA-256 of the bytes of the raw file")
    kind: Kind = column("digest (many parties) or manifesto (one party or joint list)")
    title: str | None = column("Title, from raw/manifestos.csv, else the file name", default=None)
    party_id: str | None = column("Party of a manifesto; null for a digest", references="parties", default=None)
    election: str | None = column("Election, such as TK2025; null if unknown", default=None)
    election_evidence: Evidence = column(
        "What shows the election; listed where only manifestos.csv does", default="none"
    )
    status: Status = column("draft, final or unknown", default="unknown")
    status_evidence: Evidence = column("What shows the status", default="none")
    media_type: str = column("Media type, with the character set that the bytes were read in")
    bytes: int = column("Size of the raw file in bytes")
    characters: int = column("Length of the document text in Unicode code points")
    layer_sha256: str = column("SHA-256 of the text layer as UTF-8; text and ledger rebuild it")
    pages: int | None = column("Pages of the file; null where it has none", default=None)
    text_layer: TextLayer = column("native, or none when no text could be read", default="native")
    source_url: str | None = column("Where the file was published; null if unknown", default=None)
    licence: str | None = column("Licence of the source; null if unknown", default=None)
    retrieved_on: str | None = column("ISO date of retrieval; null if unknown", default=None)
    text: str = carried()
    layer_characters: int = carried(default=0)
    blocks: tuple[Block, ...] = carried(default=())
    page_starts: tuple[tuple[int, int], ...] = carried(default=())  # (first character, page), in order of the text
    page_doubts: tuple[tuple[int, int, float], ...] = carried(
        default=()
    )  # (page, lines, lines expected to be told wrong)
    scanned_pages: tuple[int, ...] = carried(default=())  # that a picture covers, from which the text was read
    crossed_pages: tuple[int, ...] = carried(default=())  # on which lines run across two columns
    ledger: str = carried(default="")  # what was done to the text layer: see layout/ledger.py
    stated_title: str = carried(default="")  # as the file itself gives it
    stated_author: str = carried(default="")
    made_on: str = carried(default="")  # when the file was made, which for a scan says nothing of its text
    stated_party: str | None = carried(default=None)  # as manifestos.csv names it


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOccasion:
    """A raw file, and for whom and for which election it stands there: files with the same bytes are one document."""

    document_id: str = column("Its document", key=True, references="documents")
    path: str = column("Path of the raw file, relative to the raw folder", key=True)
    party_id: str | None = column("Party; null for a digest, or if unknown", references="parties", default=None)
    party_evidence: Evidence = column("What shows the party of a manifesto", default="none")
    election: str | None = column("Election, such as TK2025; null if unknown", default=None)
    election_evidence: Evidence = column("What shows the election", default="none")
    status: Status = column("draft, final or unknown", default="unknown")
    status_evidence: Evidence = column("What shows the status", default="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party or joint list of the register."""

    party_id: str = column("Stable short id, such as cda", key=True)
    name: str = column("Short name, as parties write it")
    full_name: str = column("Full name")
    members: str | None = column("party_id of each member of a joint list, | between", default=None)
    partyfacts_id: int | None = column("Party Facts id; null where unverified", default=None)
    parlgov_id: int | None = column("ParlGov id; null where unverified", default=None)
    manifesto_project_id: int | None = column("Manifesto Project id; null where unverified", default=None)
    wikidata_id: str | None = column("Wikidata id; null where unverified", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A party's stretch of a document."""

    section_id: str = column("Document id, 'sec' and offsets", key=True)
    document_id: str = column("Its document", references="documents")
    position: int = column("0-based rank in the document")
    party_id: str | None = column("Party; null if the register does not know it", references="parties", default=None)
    party_as_written: str | None = column("The party's name as the text writes it", default=None)
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character")
    evidence: str = column(
        "What shows whose it is: heading, label, subject (of a sentence) or attribution (a source behind a quote); for "
        "a manifesto, listed (in manifestos.csv alone), file-name, folder-name, title-page, running-title, text, "
        "metadata, or none"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block of text; the passages of a document cover each character exactly once."""

    passage_id: str = column("Document id, 'pas' and offsets", key=True)
    document_id: str = column("Its document", references="documents")
    section_id: str | None = column("Its section; null before the first", references="sections", default=None)
    position: int = column("0-based rank in the document")
    kind: PassageKind = column("What the block is; other is a table")
    heading_path: str | None = column("Headings above it, ' > ' between; null for furniture and contents", default=None)
    page: int | None = column("1-based page of the file; null where there are none", default=None)
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character, white space after the block included")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, without the white space and the quote marks around it."""

    sentence_id: str = column("Document id, 'sen' and offsets", key=True)
    passage_id: str = column("Its passage", references="passages")
    section_id: str | None = column("Its section; null before the first", references="sections", default=None)
    document_id: str = column("Its document", references="documents")
    party_id: str | None = column("Party of its section", references="parties", default=None)
    position: int = column("0-based rank in the document")
    page: int | None = column("1-based page of the file; null where there are none", default=None)
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character")
    text: str = column("The characters from char_start to char_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or mark of a sentence, as a language pipeline reads it (Universal Dependencies); with `annotate` only."""

    sentence_id: str = column("The sentence", key=True, references="sentences")
    position: int = column("1-based rank in the sentence", key=True)
    document_id: str = column("Its document", references="documents")
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character")
    text: str = column("The characters from char_start to char_end")
    lemma: str = column("Dictionary form; that of a separable verb in one piece ('schaffen … af': afschaffen)")
    pos: str = column("Universal part of speech, such as VERB")
    morphology: str | None = column("Universal features, such as Number=Sing|Tense=Pres; null if none", default=None)
    head: int = column("position of the word that it depends on; 0 for the root of the sentence")
    dependency: str = column("Universal dependency relation, such as obj")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A name or figure in a sentence: organisation, party, EU body, law, place, amount, year or deadline."""

    entity_id: str = column("Document id, 'ent' and offsets", key=True)
    sentence_id: str = column("Its sentence", references="sentences")
    document_id: str = column("Its document", references="documents")
    party_id: str | None = column("Party of its section", references="parties", default=None)
    kind: EntityKind = column("What it is; person only from a pipeline with NER, with annotate")
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character")
    text: str = column("The characters from char_start to char_end")
    name: str | None = column("Common name of a body, law, place or party; null if it is on no list", default=None)
    names_party_id: str | None = column(
        "The party that is named, for kind party; null for others, and where several bore the name",
        references="parties",
        default=None,
    )
    value: float | None = column("Number of an amount, or the year; null if it has none", default=None)
    unit: str | None = column(
        "Unit of an amount: euro, percent, percentage point, …; null if it has none", default=None
    )
    source: EntitySource = column(
        "What found it: list (data/entities.csv, data/places.csv, the register), rule, or the pipeline's own NER"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a trained classifier says of a sentence under one codebook."""

    sentence_id: str = column("The sentence", key=True, references="sentences")
    codebook: str = column("The codebook", key=True)
    label: str = column("Most probable label; do not count it where abstained is true")
    probability: float = column("Probability of label, 0 to 1")
    runner_up: str = column("Second most probable label")
    runner_up_probability: float = column("Probability of runner_up, 0 to 1")
    abstained: bool = column("True when probability is below the model's threshold")
    model_id: str = column("Codebook, '@' and 12 hex digits of a hash of the files that decide on its labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quoted stretch, without its outer marks."""

    quote_id: str = column("Document id, 'quo' and offsets", key=True)
    passage_id: str = column("The passage in which it opens", references="passages")
    section_id: str | None = column("Its section; null before the first", references="sections", default=None)
    document_id: str = column("Its document", references="documents")
    party_id: str | None = column("Party of its section", references="parties", default=None)
    kind: QuoteKind = column("statement, or term for a scare quote or title in running text, which no one is held to")
    supports: str | None = column("passage_id of the claim that it supports", references="passages", default=None)
    char_start: int = column("First character inside the marks, 0-based")
    char_end: int = column("One past the last character inside the marks")
    text: str = column("The characters from char_start to char_end")
    opening_mark: str = column("The mark that opens it; > for a Markdown block quote")
    closing_mark: str | None = column(
        "The mark that closes it; null if missing, or for a Markdown block quote", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A sentence in which a party commits to something."""

    proposal_id: str = column("Document id, 'pro' and offsets", key=True)
    sentence_id: str = column("The sentence", references="sentences")
    quote_id: str | None = column("The quote it stands in; null when unquoted", references="quotes", default=None)
    party_id: str | None = column("The party that commits", references="parties", default=None)
    document_id: str = column("Its document", references="documents")
    theme: str | None = column("Label under codebook digitalisation; null if abstained")
    policy_area: str | None = column("Label under codebook policy-areas; null if abstained")
    action: str | None = column(
        "Infinitive of the verb that names what is to be done; null where there is none, or it is more likely wrong",
        default=None,
    )
    action_probability: float | None = column(
        "Probability that action, or that there is none, is right; null without a language pipeline", default=None
    )
    polarity: Polarity | None = column("against if that shall not be done, else for; null where unclear", default=None)
    polarity_probability: float | None = column("Probability that polarity is right", default=None)
    object: str | None = column("What is acted on, word for word; null where there is none or unclear", default=None)
    object_lemma: str | None = column("Dictionary form of the head noun of object", default=None)
    object_start: int | None = column("First character of object, 0-based", default=None)
    object_end: int | None = column("One past the last character of object", default=None)
    object_probability: float | None = column("Probability that the head noun of object is right", default=None)
    actor: Actor | None = column(
        "Who is to act, as the sentence names it; none where it names nobody; null where unclear", default=None
    )
    actor_probability: float | None = column("Probability that actor is right", default=None)
    direction: Direction | None = column("What the action changes in the object; null where unclear", default=None)
    direction_probability: float | None = column("Probability that direction is right", default=None)
    target_value: float | None = column("First quantity that it names, such as 14 or 50; null if none", default=None)
    target_unit: str | None = column("Its unit: euro, guilder, percent, or the noun counted", default=None)
    deadline: str | None = column("Words that say by when; null if none do", default=None)
    pledge_key: str | None = column(
        "The same for proposals with the same action, polarity and words of the object, of which there are two or more",
        default=None,
    )
    page: int | None = column("1-based page of the file; null where there are none", default=None)
    char_start: int = column("First character, 0-based")
    char_end: int = column("One past the last character")
    text: str = column("The characters from char_start to char_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A quote of a digest held against a manifesto: is it there, where, and how exactly?"""

    certificate_id: str = column("Its quote, '@', and its source or 'none'", key=True)
    quote_id: str = column("The quote", references="quotes")
    source_document_id: str | None = column("The manifesto; null for no-source", references="documents", default=None)
    source_election: str | None = column("Election of the manifesto; null if unknown", default=None)
    source_status: Status | None = column("draft, final or unknown; null for no-source", default=None)
    status: CertificateStatus = column("What the manifesto says of the quote; docs/certificates.md defines each")
    match: Match | None = column(
        "How exactly the quote stands in it, whosever and of whenever it is; null for no-source", default=None
    )
    best: bool = column("True for the certificate of its quote that says most; each quote has one")
    score: float | None = column("Similarity of the letters, 0 to 100; null if not found", default=None)
    page: int | None = column("1-based page of the manifesto's file; null if not found or without pages", default=None)
    char_start: int | None = column("First character in the manifesto, 0-based; null if not found", default=None)
    char_end: int | None = column("One past the last character; null if not found", default=None)
    text: str | None = column("The characters of the manifesto from char_start to char_end", default=None)
    places: int | None = column("How many times the letters stand in the manifesto; null if not found", default=None)
    steps: str | None = column(
        "What had to be overlooked or undone to match them, | between; null if nothing", default=None
    )
    difference: str | None = column(
        "The words that differ: [-in the manifesto-] {+in the quote+}; null if verbatim or not found", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvidence:
    """Something by which to judge a summary sentence of a digest: a quote that it gives, or a manifesto's sentence."""

    evidence_id: str = column("The summary sentence, '+', kind, the manifesto where there is one, and rank", key=True)
    sentence_id: str = column("The summary sentence", references="sentences")
    kind: EvidenceKind = column("quote (that the digest gives for it) or nearest (sentence of the party's manifesto)")
    rank: int = column("1 for the first quote, or the nearest sentence")
    quote_id: str | None = column("The quote; null for nearest", references="quotes", default=None)
    source_document_id: str | None = column("The manifesto; null for quote", references="documents", default=None)
    source_sentence_id: str | None = column("Its sentence; null for quote", references="sentences", default=None)
    similarity: float | None = column("Cosine of the two sentences, 0 to 1; null for quote", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How well a document was read: what can be counted, and for a PDF what is to be expected of pages like its own."""

    document_id: str = column("The document", key=True, references="documents")
    sentences: int = column("Its sentences, headings among them")
    running_share: float | None = column(
        "Share of the characters in running text, not in furniture, contents or tables, 0 to 1; null if there are none",
        default=None,
    )
    whole_share: float | None = column(
        "Share of the sentences, without headings, that begin and end as sentences do, 0 to 1; null if there are none",
        default=None,
    )
    known_share: float | None = column(
        "Share of the words, without names, that a list of Dutch words has, 0 to 1; null if there are none",
        default=None,
    )
    prose_aside: int = column(
        "Characters of sentences in furniture, contents or tables that running text does not have"
    )
    said_twice: int = column("Characters of long sentences that the document said before; running titles do not count")
    sentence_f1: float | None = column(
        "Estimated F1 of its sentences, 0 to 1; null for formats other than PDF, of which no pages were marked to "
        "estimate from, and for a PDF without sentences",
        default=None,
    )
    sentence_f1_low: float | None = column("Lower end of the interval of sentence_f1, 90 %", default=None)
    sentence_f1_high: float | None = column("Upper end of the interval of sentence_f1, 90 %", default=None)
    doubts: str | None = column("Codes of its Problems about how it was read, | between; null if none", default=None)
    grade: Grade = column(
        "A to D: by sentence_f1 (A from .95, B from .90, C from .80); where that is null by doubts (A none, B one, C "
        "two), and D if they are about all of the text, or there are no sentences"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a manifesto stands on a scale, as far as a classifier can tell."""

    document_id: str = column("Its document", key=True, references="documents")
    scale: str = column(
        "rile, a logit scale such as european-union, domain-… or area-… (share of a domain of the Manifesto Project, "
        "or of a policy area); data/scales.csv says what each rests on",
        key=True,
    )
    party_id: str | None = column("Party of the manifesto; null if unknown", references="parties", default=None)
    election: str | None = column("Election, such as TK2025; null if unknown", default=None)
    value: float = column(
        "Value that readers would be expected to find: per cent of all sentences (rile: right minus left, -100 to 100; "
        "domains and areas: share), or the logarithm of right over left (logit scales)"
    )
    low: float = column(
        "Lower end of its interval, 95 %: sentences drawn anew, and labels misread as held-out ones are"
    )
    high: float = column("Upper end of its interval")
    counted: float = column("The same value of the labels as they are, without regard to what the classifier confuses")
    sentences: int = column("Sentences that it rests on, without headings: all, or those of the two sides of a logit")
    doubts: str | None = column(
        "What is doubtful in it, | between: draft, short (under 100 sentences), badly-read (grade C or D); null if not",
        default=None,
    )
    model_id: str = column("Model that gave the labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with the input, and what was done about it."""

    problem_id: str = column("Derived from the other columns", key=True)
    document_id: str | None = column(
        "Document; null if the file could not be read", references="documents", default=None
    )
    path: str = column("Path of the raw file, relative to the raw folder; empty if it is about all of them")
    stage: str = column("Stage that met it")
    severity: Severity = column("error (lost), warning (doubtful) or note (worth knowing)")
    code: str = column("What kind of problem, from docs/problems.md")
    message: str = column("What is wrong, where, and what to do")
    char_start: int | None = column("First character concerned; null if the whole file", default=None)
    char_end: int | None = column("One past the last character concerned", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run that made a dataset version. The only table that carries time."""

    run_id: str = column("Unique per run", key=True)
    started_at: str = column("UTC, ISO 8601")
    ended_at: str = column("UTC, ISO 8601")
    code_version: str = column("Version of the package and hash of its source")
    settings_sha256: str = column("SHA-256 of the settings")
    models: str = column("Model ids, | between")
    language_pipeline: str = column("Name, version and content hash of the language pipeline; blank for none")
    packages: str = column("Versions of the packages that results depend on, | between")
    documents_read: int = column("Documents read in this run")
    documents_relabelled: int = column("Documents of which only labels and proposals were made anew in this run")
    documents_reused: int = column("Documents taken from an earlier run, unchanged")
    documents_failed: int = column("Raw files that could not be read")


TABLES: dict[str, type] = {
    "documents": Document,
    "parties": Party,
    "occasions": PathOccasion,
    "sections": Section,
    "passages": Passage,
    "sentences": Sentence,
    "tokens": Token,
    "entities": Entity,
    "labels": Label,
    "quotes": Quote,
    "proposals": Proposal,
    "certificates": Certificate,
    "evidence": ClaimEvidence,
    "readings": Reading,
    "positions": Position,
    "problems": Problem,
    "runs": Run,
}
"""Each table of the dataset and the record that is one of its rows."""

ADDED_LATER = frozenset({"occasions", "readings", "positions"})
"""Tables that versions of some earlier releases lack: those before 0.11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything that one document gave: the unit that is cached, and that `dataset` writes.

    `document` is None when the file could not be read; then `problems` says why.
    """

    document: Document | None
    occasions: tuple[PathOccasion, ...] = ()
    sections: tuple[Section, ...] = ()
    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    tokens: tuple[Token, ...] = ()
    entities: tuple[Entity, ...] = ()
    labels: tuple[Label, ...] = ()
    quotes: tuple[Quote, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    readings: tuple[Reading, ...] = ()
    positions: tuple[Position, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Certified:
    """What manifestos say of digests, and what is doubtful in it."""

    certificates: tuple[Certificate, ...] = ()
    evidence: tuple[ClaimEvidence, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, read off its record."""

    name: str
    description: str
    type: type
    nullable: bool
    choices: tuple[str, ...]
    key: bool
    references: str | None


def columns_of(record: type) -> Iterator[Column]:
    """Yield the columns of a record class, in order."""
    hints = typing.get_type_hints(record)
    for each in dataclasses.fields(record):
        if each.metadata.get("carried"):
            continue
        hint, nullable = hints[each.name], False
        if typing.get_origin(hint) in (types.UnionType, typing.Union):
            nullable = type(None) in typing.get_args(hint)
            (hint,) = (arm for arm in typing.get_args(hint) if arm is not type(None))
        choices: tuple[str, ...] = ()
        if typing.get_origin(hint) is Literal:
            choices, hint = typing.get_args(hint), str
        yield Column(
            each.name,
            each.metadata["description"],
            hint,
            nullable,
            choices,
            each.metadata["key"],
            each.metadata["references"],
        )


def place_id(document_id: str, kind: str, char_start: int, char_end: int) -> str:
    """The id of a stretch of a document: it derives from content, and one can read the place off it."""
    return f"{document_id}.{kind}.{char_start}-{char_end}"


def sha256_of(*parts: str | bytes) -> str:
    """SHA-256 over parts, each preceded by its length so that no two lists of parts collide."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hashed.update(len(data).to_bytes(8, "big"))
        hashed.update(data)
    return hashed.hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of the bytes of a file, as sha256sum gives it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Paged(Protocol):
    @property
    def page_starts(self) -> Sequence[tuple[int, int]]: ...


def page_at(document: _Paged, offset: int) -> int | None:
    """The page on which a character of a document stands; None where there are no pages."""
    at = bisect_right(document.page_starts, offset, key=lambda start: start[0]) - 1
    return document.page_starts[max(0, at)][1] if document.page_starts else None

"""What the raw files show of themselves, put into manifestos.csv to be looked at and completed by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extract.costs import TooCostlyError, bounded, seconds_for
from extract.dataset.atomic import replace_file
from extract.elections import year_of
from extract.parties import Register, load_register
from extract.problems import ManifestoError, UsageError
from extract.reading.documents import document_in, find_raw_files, load_bytes, raw_name
from extract.reading.facts import FACTS_FILE, Facts, fault_of, read_facts
from extract.reading.facts_file import blank_columns, complete_facts, writable
from extract.records import Document, Problem
from extract.settings import Settings
from extract.splitting.identity import party_stated
from extract.splitting.passages import split_passages
from extract.splitting.sections import split_sections


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: how many files there are, and were read, and what of manifestos.csv is blank now."""

    file: str
    files: int
    manifestos: int
    digests: int
    unread: tuple[str, ...]
    lines_added: int
    cells_filled: int
    party_blank: tuple[str, ...]  # manifestos
    election_blank: tuple[str, ...]  # manifestos


def write_facts(raw: Path, *, settings: Settings, said: Callable[[int, int], None] = lambda *_: None) -> Written:
    """Put what the raw files show into `raw/manifestos.csv`, where nothing stands; no classifier is asked.

    `said` is told how many files were read, of how many.
    """
    if not raw.is_dir():
        raise ManifestoError(f"There is no folder {raw}. Make it, and put the party texts in it.")
    paths, _ = find_raw_files(raw)
    if not paths:
        raise ManifestoError(f"The folder {raw} holds no files. Put party texts in it.")
    names = {raw_name(path, raw): path for path in paths}
    listed, _ = read_facts(raw, names=names)
    register = load_register()
    found: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for rank, (name, path) in enumerate(names.items(), start=1):
        if fault_of("file", name) is None:
            document = _read(path, name, raw=raw, facts=listed.get(name, Facts()), settings=settings, register=register)
            found[name] = _shown(document, register) if document else {}
            kinds[name] = document.kind if document else "unread"
        else:  # a name that no line of it can give
            kinds[name] = "unread"
        said(rank, len(names))
    completed = complete_facts(raw, found)
    path = raw / FACTS_FILE
    if completed.changed:
        if (path.read_bytes() if path.is_file() else None) != completed.before:
            raise ManifestoError(f"{path} was changed in the meantime. Nothing was written: try again.")
        try:
            replace_file(path, completed.text.encode("utf-8"))
        except OSError as error:
            raise UsageError(f"Cannot write {path}: {error.strerror}. Get the right to write there.") from error
    blank = blank_columns(completed.text, names)
    manifestos = [name for name, kind in kinds.items() if kind == "manifesto"]
    return Written(
        file=str(path),
        files=len(names),
        manifestos=len(manifestos),
        digests=sum(kind == "digest" for kind in kinds.values()),
        unread=tuple(name for name, kind in kinds.items() if kind == "unread"),
        lines_added=completed.lines_added,
        cells_filled=completed.cells_filled,
        party_blank=tuple(name for name in manifestos if name in blank["party"]),
        election_blank=tuple(name for name in manifestos if name in blank["election"]),
    )


def _read(path: Path, name: str, *, raw: Path, facts: Facts, settings: Settings, register: Register) -> Document | None:
    """A raw file with party, election and status, as a run finds them; None where it is not read."""
    most = settings.max_characters
    data = load_bytes(path, raw=raw, max_characters=most)
    if isinstance(data, Problem):
        return None
    try:
        with bounded(seconds_for(min(len(data), most))):
            document, _ = document_in(data, name=name, facts=facts, max_characters=most)
        if document is None:
            return None
        with bounded(seconds_for(len(document.text))):
            return split_sections(document, split_passages(document), register=register).document
    except (TooCostlyError, MemoryError):
        return None
    except Exception:  # a bug, which a run tells as a Problem: it costs this file its cells, and no other
        return None


def _shown(document: Document, register: Register) -> dict[str, str]:
    """What a document shows of itself, by column of manifestos.csv."""
    return {
        "party": _name_of(document.party_id, register, year_of(document.election)) if document.party_id else "",
        "election": writable("election", document.election),
        "status": "" if document.status == "unknown" else document.status,
        "title": writable("title", document.title),
    }


def _name_of(party_id: str, register: Register, year: int | None) -> str:
    """The name of a party by which manifestos.csv means it; where another bore it too, its id."""
    (name,) = (party.name for party in register.parties if party.party_id == party_id)
    return name if party_stated(name, register, year) == party_id else party_id

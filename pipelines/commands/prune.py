"""Old dataset versions, removed on request."""

from contextlib import closing
from pathlib import Path

from extract.dataset.atomic import UNFINISHED, remove
from extract.dataset.reader import StoredVersion, current_version, versions_in
from extract.dataset.versions import remove_unfinished
from extract.problems import ManifestoError
from pipelines.processed import Processed


def prune_versions(processed: Path, *, keep: int) -> list[str]:
    """Remove all versions but the newest `keep` and the current one; return their names, the oldest first."""
    if not processed.is_dir():
        raise ManifestoError(
            f"There is no folder {processed}. Name the folder of the dataset versions with --processed."
        )
    place = Processed(processed)
    with place.writing(), place.alone():
        remove_unfinished(processed)
        versions = sorted(versions_in(processed), key=lambda name: (_ended_at(processed / name), name))
        current = current_version(processed)
        gone = [name for name in versions[:-keep] if name != current]
        for name in gone:
            _remove(processed, name)
    return gone


def _ended_at(version: Path) -> str:
    """When the run ended that made a version; what cannot say so counts as oldest."""
    try:
        with closing(StoredVersion(version)) as stored:
            return stored.made_at() or ""
    except ManifestoError:
        return ""


def _remove(processed: Path, version: str) -> None:
    """Remove a version; whenever this is killed, a reader finds it whole or not at all."""
    gone = processed / f"{UNFINISHED}{version}"
    (processed / version).rename(gone)
    remove(gone)

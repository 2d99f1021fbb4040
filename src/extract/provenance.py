"""What a result depends on: source code, packages, models, settings, language pipeline; all as hashes or versions."""

import functools
import importlib.metadata
import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable

from extract.records import sha256_of

SOFTWARE = "Manifesto Extract"
AUTHORS = "The Manifesto Extract authors"
LICENCE = "MIT"  # of the software
"""As CITATION.cff has them, which is not installed with the package."""

# Packages whose version can change a row. The rest of the lock file cannot.
PACKAGES = (
    "charset-normalizer", "lxml", "markdown-it-py", "numpy", "pandas", "pyarrow", "pypdfium2", "python-docx",
    "rapidfuzz", "scikit-learn", "scipy", "sentencepiece", "skops", "spacy", "thinc",
)  # fmt: skip

_LABELS = ("homepage", "source", "repository", "code", "documentation")  # of the URLs of a package, best first

# Files of the package that decide on what it makes.
_COUNTED = (".py", ".csv", ".toml", ".sql", ".html", ".css", ".js", ".skops")


OF_ROWS = (
    "commitments", "data", "labels", "language", "layout", "pages", "positions", "reading", "readings", "splitting",
)  # fmt: skip
"""Folders of the package that, beside what lies above them, decide on the rows that a raw file gives."""
OF_VERIFICATION = (*OF_ROWS, "verification")
"""The same, of the rows that hold digests against manifestos."""


def rows_sha256() -> str:
    """Hash of the code and data that make the rows of a raw file: where it changed, all of them are read anew."""
    return _hash_of(OF_ROWS)


def verification_sha256() -> str:
    """Hash of the code and data that make certificates and evidence."""
    return _hash_of(OF_VERIFICATION)


def code_sha256() -> str:
    """Hash of every source and data file of the package, so that any change of code counts."""
    return _hash_of(None)


@functools.cache
def _hash_of(folders: tuple[str, ...] | None) -> str:
    """Hash of the files directly in the package and of those in some of its folders, or in all."""
    root = importlib.resources.files("extract")
    parts = [
        part
        for name, file in _files(root, "")
        if folders is None or "/" not in name or name.partition("/")[0] in folders
        for part in (name, file.read_bytes())
    ]
    return sha256_of(*parts)


def code_version() -> str:
    """Version of the package and the first 12 hex digits of the hash of its code."""
    return f"{importlib.metadata.version('manifesto-extract')}+{code_sha256()[:12]}"


def package_versions() -> str:
    """Versions of the packages that rows depend on: `name==version`, | between."""
    return "|".join(f"{name}=={importlib.metadata.version(name)}" for name in PACKAGES)


def homepage(package: str) -> str | None:
    """The URL at which a package says that it lives; None if it says none, or is not installed."""
    try:
        metadata = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return None
    listed = [each.partition(", ") for each in metadata.get_all("Project-URL") or ()]
    urls = {label.lower(): url for label, _, url in listed}
    (home,) = metadata.get_all("Home-page") or (None,)
    return home or next((urls[label] for label in _LABELS if label in urls), None)


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_COUNTED):
            yield prefix + entry.name, entry

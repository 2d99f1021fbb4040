"""What tests share: a document from a string, the resources of a run, folders with the digest."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from extract.extraction import Resources, load_resources
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import TABLES, Document
from extract.settings import Settings
from pipelines.orchestration import set_up_prefect
from tests.pipelines.servers import prefect_server

ROOT = Path(__file__).resolve().parent.parent
DIGEST = ROOT / "raw" / "digitalisering-tk2025.txt"
MODELS = ROOT / "models"


def pytest_configure() -> None:
    """Processes that tests start read and write UTF-8, whatever the system prefers."""
    os.environ.setdefault("PYTHONUTF8", "1")


@pytest.fixture(scope="session", autouse=True)
def prefect_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's state goes to a folder of the tests', never to the user's home."""
    folder = tmp_path_factory.mktemp("prefect")
    set_up_prefect(folder)
    return folder


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of annotated manifestos, which are not part of the repository."""
    folder = Path(os.environ.get("MANIFESTO_TEXTS", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the annotated manifestos are not in {folder}; name their folder in MANIFESTO_TEXTS")
    return folder


def copy_encoder(models: Path) -> None:
    """Put our text encoder and word vectors into another folder of models."""
    shutil.copytree(MODELS / "text_encoder", models / "text_encoder")
    shutil.copytree(MODELS / "nl_manifesto" / "vocab", models / "nl_manifesto" / "vocab")


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a dataset version."""
    return {
        name: pd.read_parquet(folder / "tables" / f"{name}.parquet", dtype_backend="numpy_nullable") for name in TABLES
    }


@pytest.fixture
def document_of(tmp_path: Path) -> Callable[..., Document]:
    """A function that makes a Document of a text, by way of a file."""

    def make(text: str, *, name: str = "text.txt") -> Document:
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        document, problems = read_document(tmp_path / name, raw=tmp_path, facts=Facts(), max_characters=10**8)
        assert document, problems
        return document

    return make


@pytest.fixture(scope="session")
def resources() -> Resources:
    return load_resources(Settings(language_pipeline="blank"), models=MODELS)


@pytest.fixture(scope="session")
def digest() -> Document:
    document, problems = read_document(DIGEST, raw=DIGEST.parent, facts=Facts(), max_characters=10**8)
    assert document and not problems
    return document


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A raw folder with the digest."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / DIGEST.name).write_bytes(DIGEST.read_bytes())
    return folder


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of Prefect's with all tables, and nothing in them."""
    home = tmp_path_factory.mktemp("home")
    with prefect_server(home):
        pass
    return home / "prefect.db"

"""What tests share: a document from a string, the resources of a run, folders with the digest, a Prefect server."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from extract.extraction import Resources, load_resources
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import TABLES, Document
from extract.settings import Settings
from pipelines.orchestration import UNWATCHED, set_up_prefect
from tests.pipelines.servers import EMPTY, SHARED, have_server, share

ROOT = Path(__file__).resolve().parent.parent
DIGEST = ROOT / "raw" / "digitalisering-tk2025.txt"
MODELS = ROOT / "models"


_LONG = ("tests/pipelines/", "tests/security/test_servers.py", "tests/test_wheel.py")
"""Where runs are processes of their own. They come first, so that no worker of pytest-xdist is left with one alone."""


_SLOW = (
    *_LONG, "tests/benchmarks/", "tests/changes/", "tests/learning/", "tests/report/", "tests/search/",
    "tests/dataset/test_crate.py", "tests/security/test_models.py", "tests/security/test_open.py",
    "tests/test_properties.py", "tests/dataset/test_dataset.py::test_memory", "tests/reading/test_pdf.py::test_any_",
    "tests/verification/test_certificates.py::test_quotes_of_the_digest",
)  # fmt: skip
"""What `make test-quick` leaves out: processes, browsers, training, and what takes ten seconds and more."""


def pytest_configure(config: pytest.Config) -> None:
    """Processes that tests start read and write UTF-8, whatever the system prefers; some share a server."""
    os.environ.setdefault("PYTHONUTF8", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as there is a process for each core, and idle threads spin
    if not hasattr(config, "workerinput"):
        share(Path(tempfile.mkdtemp(prefix="manifesto-tests-")))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests that start processes often wait for them, and leave their core idle."""
    return len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) + 1


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[SHARED], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    for item in items:
        if item.nodeid.startswith(_SLOW):
            item.add_marker("slow")


@pytest.fixture(scope="session", autouse=True)
def prefect_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's state goes to a folder of the tests', never to the user's home."""
    folder = tmp_path_factory.mktemp("prefect")
    set_up_prefect(folder)
    # Nor does it start a server by itself, which would ask nobody for a password.
    os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
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
def prefect_server() -> dict[str, str]:
    """A Prefect server that tests share, as an institute would run one, and the environment in which it is found."""
    return have_server()


@pytest.fixture(scope="session")
def prefect_database(prefect_server: dict[str, str]) -> Path:
    """A database of Prefect's with all tables, and nothing in them."""
    return Path(prefect_server["PREFECT_HOME"]) / EMPTY


@pytest.fixture(scope="module")
def in_process(prefect_server: dict[str, str]) -> Iterator[None]:
    """Have runs in this process use the server that tests share."""
    from prefect.context import refresh_global_settings_context
    from prefect.events.worker import EventsWorker

    with pytest.MonkeyPatch.context() as patch:
        for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"):
            patch.setenv(name, prefect_server[name])
        patch.setenv(UNWATCHED, "1")
        refresh_global_settings_context()
        yield
        EventsWorker.drain_all()  # while there is a server that takes them
    refresh_global_settings_context()

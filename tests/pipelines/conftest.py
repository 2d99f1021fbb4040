"""What tests of commands share: a raw folder, and a database in which Prefect's server need not make its tables."""

from pathlib import Path

import pytest

from tests.conftest import DIGEST
from tests.pipelines.servers import prefect_server


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

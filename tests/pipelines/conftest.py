"""What tests of commands share: a database of Prefect's, so that not every server has to make its tables first."""

from pathlib import Path

import pytest

from tests.pipelines.servers import prefect_server


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of Prefect's with all tables, and nothing in them."""
    home = tmp_path_factory.mktemp("home")
    with prefect_server(home):
        pass
    return home / "prefect.db"

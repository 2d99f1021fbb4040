"""Prefect's server of a run and of `serve`: another user of the machine, and a web page, stay outside."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pipelines.test_run import BLANK

NOBODY = 65_534
_OTHER_USER = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0 or not Path("/proc/net/tcp").exists(),
    reason="only root can act as another user, and only Linux lists ports in /proc",
)


class Opened:
    """Runs code when it is unpickled: makes the file `mark`."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._mark),)


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder of another user, which everybody can read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def poisoned_state(folder: Path) -> dict[str, Any]:
    """A state whose data names a result in a file; who reads the result makes the folder `mark`."""
    from prefect.results import ResultRecord, ResultRecordMetadata
    from prefect.serializers import PickleSerializer

    place = folder / "result"
    metadata = ResultRecordMetadata(
        storage_key=str(place), expiration=None, serializer=PickleSerializer(), storage_block_id=None
    )
    record = ResultRecord(result=Opened(folder / "mark"), metadata=metadata)
    place.write_bytes(record.serialize())
    place.chmod(0o644)
    return {"type": "COMPLETED", "name": "Completed", "data": metadata.model_dump(mode="json") | {"type": "result"}}


@contextmanager
def intruder(folder: Path, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Another user at work; what he was answered is there afterwards."""
    script = shutil.copy(Path(__file__).with_name("intruder.py"), folder)
    command = ["/usr/bin/env", "python3", script, json.dumps(poisoned_state(folder)), json.dumps(parameters)]
    process = subprocess.Popen(
        [*command, str(folder / "end")], stdout=subprocess.PIPE, user=NOBODY, group=NOBODY, cwd=folder, env=os.environ
    )
    answers: dict[str, Any] = {}
    try:
        yield answers
    finally:
        (folder / "end").touch()
        said, _ = process.communicate(timeout=60)
        answers.update(json.loads(said))


@_OTHER_USER
def test_another_user_gets_nothing_of_the_server_of_a_run(tmp_path: Path, raw: Path, theirs: Path) -> None:
    command = [sys.executable, "-m", "pipelines", "run", str(raw), "--processed", str(tmp_path / "processed")]
    with intruder(theirs, {}) as answers:
        done = subprocess.run([*command, *BLANK], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    print(answers)
    assert done.returncode == 0, done.stderr
    assert not (theirs / "mark").exists()
    assert answers == {"taken": False, "filter": [401], "set_state": [], "create_flow_run": []}

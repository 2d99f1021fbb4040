"""`manifesto run` as a process of its own: what it starts, what it leaves behind, and several at once."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from extract.dataset.checks import check_dataset
from pipelines.history import past_runs
from pipelines.orchestration import asked_to_end
from pipelines.processed import Processed
from tests.conftest import DIGEST, ROOT
from tests.pipelines.servers import plain_environment
from tests.pipelines.test_run import BLANK


@pytest.fixture(autouse=True)
def processed(tmp_path: Path, prefect_database: Path) -> Path:
    """A processed folder in which Prefect's server need not make its tables first."""
    state = tmp_path / "processed" / ".prefect"
    state.mkdir(parents=True)
    shutil.copy(prefect_database, state)
    return tmp_path / "processed"


def test_two_runs_at_once_take_turns_in_quiet_and_leave_the_home_alone(tmp_path: Path, raw: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = plain_environment() | {"HOME": str(home), "USERPROFILE": str(home)}
    command = [sys.executable, "-m", "pipelines", "run", str(raw), "--processed", str(tmp_path / "processed"), "--json"]
    started = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment, encoding="utf-8"
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=240) for process in started]
    assert [process.returncode for process in started] == [0, 0], answers
    said = [json.loads(output) for output, _ in answers]
    assert said[0]["version"] == said[1]["version"] and sum(each["changed"] for each in said) == 1
    assert check_dataset(ROOT / said[0]["folder"]) == []
    for _, shown in answers:
        for noise in ("INFO", "WARNING", "Warning", "Traceback", "http://"):
            assert noise not in shown
    assert list(home.iterdir()) == []


def test_an_ended_run_leaves_no_server_behind(tmp_path: Path, raw: Path) -> None:
    command = [sys.executable, "-m", "pipelines", "run", str(raw), "--processed", str(tmp_path / "processed"), *BLANK]
    process = subprocess.Popen(command, cwd=ROOT, env=plain_environment(), stdout=subprocess.DEVNULL)
    lock = tmp_path / "processed" / ".lock"
    while not lock.exists() and process.poll() is None:
        time.sleep(0.1)
    family = psutil.Process(process.pid).children(recursive=True)
    assert any("pipelines.server" in each.cmdline() for each in family)
    process.terminate()
    assert process.wait(timeout=60) in (143, -15)
    _, left = psutil.wait_procs(family, timeout=15)
    assert left == []


def test_a_killed_run_leaves_no_server_behind_and_is_remembered(tmp_path: Path, raw: Path) -> None:
    command = [sys.executable, "-m", "pipelines", "run", str(raw), "--processed", str(tmp_path / "processed"), *BLANK]
    process = subprocess.Popen(command, cwd=ROOT, env=plain_environment(), stdout=subprocess.DEVNULL)
    while not (tmp_path / "processed" / "runs.jsonl").exists() and process.poll() is None:
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, left = psutil.wait_procs(family, timeout=15)
    assert left == []
    (past,) = past_runs(Processed(tmp_path / "processed"))
    assert (past.result, past.documents) == ("killed", {DIGEST.name: "read: new"})


def test_a_server_that_does_not_answer_is_an_error_without_a_trace(tmp_path: Path, raw: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", *BLANK],  # on raw/ here: the process stands elsewhere when it fails
        env=plain_environment() | {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 1 and "PREFECT_API_URL" in done.stderr and "Traceback" not in done.stderr


def test_a_signal_to_end_is_known_behind_an_error_that_it_causes() -> None:
    with pytest.raises(ValueError, match="not set") as raised:
        try:
            sys.exit(143)
        finally:
            raise ValueError("Task run is not set")
    ended = asked_to_end(raised.value)
    assert isinstance(ended, SystemExit) and ended.code == 143
    assert asked_to_end(ValueError("of the data")) is None

"""Work in several processes, and on a Dask cluster: the same bytes, also when a worker is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from extract.dataset.checks import check_dataset
from pipelines import runners
from pipelines.commands.cli import main
from tests.conftest import DIGEST, ROOT
from tests.pipelines.servers import free_port

pytestmark = pytest.mark.usefixtures("in_process")

_MANIFESTOS = 8  # enough for a pool; each of two workers gets two batches


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough files for several batches to each worker."""
    folder = tmp_path_factory.mktemp("raw")
    lines = DIGEST.read_text(encoding="utf-8").splitlines()
    for number in range(_MANIFESTOS):
        text = "\n".join(lines[number * 10 : number * 10 + 60])
        (folder / f"VVD_{1950 + number}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(raw: Path, in_process: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process, this one, makes of it."""
    command = command_for(raw, tmp_path_factory.mktemp("alone"), "--workers", "1")
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    return folder_of(result.stdout)


def command_for(raw: Path, processed: Path, *arguments: str) -> list[str]:
    return ["run", str(raw), "--processed", str(processed), "--json", *arguments]


def started(raw: Path, processed: Path, environment: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pipelines", *command_for(raw, processed, *arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def done(process: "subprocess.Popen[str]") -> Path:
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return folder_of(output)


def folder_of(output: str) -> Path:
    said: dict[str, Any] = json.loads(output)
    assert said["documents_read"] == _MANIFESTOS and said["documents_failed"] == 0
    return ROOT / said["folder"]


def sums(folder: Path) -> str:
    return (folder / "SHA256SUMS").read_text(encoding="utf-8")


def test_processes_give_the_same_bytes_also_when_one_is_killed(
    raw: Path, alone: Path, prefect_server: dict[str, str], tmp_path: Path
) -> None:
    run = started(raw, tmp_path, prefect_server, "--workers", "2", "--log", str(tmp_path / "log.jsonl"))
    wait_for(lambda: kept(tmp_path) > 0, run)
    victim = next(each for each in psutil.Process(run.pid).children() if "--multiprocessing-fork" in each.cmdline())
    victim.send_signal(signal.SIGKILL)
    folder = done(run)
    assert sums(folder) == sums(alone) and check_dataset(folder) == []
    events = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {each["path"] for each in events if each["event"] == "planned"} == {path.name for path in raw.iterdir()}
    assert sum(each["documents"] for each in events if each.get("stage") == "extract") == _MANIFESTOS


def test_dask_gives_the_same_bytes_also_when_a_worker_is_killed(
    raw: Path, alone: Path, prefect_server: dict[str, str], tmp_path: Path
) -> None:
    processed = tmp_path / "processed"
    with cluster(tmp_path, prefect_server) as (address, workers):
        run = started(raw, processed, prefect_server, "--runner", "dask", "--scheduler", address)
        wait_for(lambda: kept(processed) > 0, run)
        workers[0].kill()
        folder = done(run)
    assert sums(folder) == sums(alone) and check_dataset(folder) == []


def test_dask_without_a_scheduler_is_an_error_that_says_what_to_do(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "_CONNECT_SECONDS", 1)  # nobody answers, however long one waits
    nobody = f"tcp://127.0.0.1:{free_port()}"
    result = CliRunner().invoke(main, command_for(raw, tmp_path, "--runner", "dask", "--scheduler", nobody))
    assert result.exit_code == 1 and "No Dask scheduler answers" in result.stderr and "Traceback" not in result.output


def kept(processed: Path) -> int:
    return len(list((processed / ".cache" / "documents").glob("*.rows")))


def wait_for(holds: Any, run: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 120
    while not holds():
        assert run.poll() is None and time.monotonic() < until, "the run ended before half of it was done"
        time.sleep(0.02)


@contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A Dask scheduler and two workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    commands = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += 2 * [[*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]]
    processes = [
        subprocess.Popen(command, cwd=folder, env=os.environ | environment, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield address, processes[1:]
    finally:
        for each in processes[::-1]:
            each.kill()
            each.wait()

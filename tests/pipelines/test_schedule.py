"""Runs on a schedule, as they happen: `manifesto serve`, and a worker that does what prefect.yaml says."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
from click.testing import CliRunner
from filelock import FileLock

from extract.dataset.checks import check_dataset
from extract.dataset.reader import current_version
from pipelines.commands.cli import main
from tests.conftest import DIGEST, ROOT, read_tables
from tests.pipelines.servers import plain_environment

_SOON = "* * * * * */15"  # the sixth field is that of seconds; a run that finds nothing new takes some 5
_DEPLOYMENT = "daily"
_OURS = {"name": {"any_": [_DEPLOYMENT]}}  # of all that the server knows, for others use it, too
_SECONDS = 150  # for something to happen, on a slow machine
_TRIES = 20  # of a request that meets a busy server


def drop(raw: Path) -> None:
    """Put a new text in the raw folder."""
    (raw / "zorg.txt").write_text("VVD wil zorg.\nD66 wil meer zorg.\n", encoding="utf-8")


def test_serve_picks_up_a_new_file_and_ends_with_all_it_started(
    tmp_path: Path, raw: Path, prefect_database: Path
) -> None:
    processed, said = tmp_path / "processed", tmp_path / "said.txt"
    (processed / ".prefect").mkdir(parents=True)
    shutil.copy(prefect_database, processed / ".prefect")
    (tmp_path / "settings.toml").write_text('language_pipeline = "blank"\n', encoding="utf-8")
    command = [sys.executable, "-m", "pipelines", "serve", str(raw), "--processed", str(processed)]
    command += ["--settings", str(tmp_path / "settings.toml"), "--cron", _SOON]
    with running(command, said, plain_environment()) as service:
        first = until(lambda: current_version(processed), service, said)
        until(lambda: "Nothing new" in said.read_text(encoding="utf-8"), service, said)
        drop(raw)
        second = until(lambda: newer(processed, first), service, said)
        until(lambda: "1 read, 1 reused" in said.read_text(encoding="utf-8"), service, said)
        family = psutil.Process(service.pid).children(recursive=True)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=30) in (0, 143)
        _, left = psutil.wait_procs(family, timeout=15)
        assert left == []
    assert len(read_tables(processed / second)["documents"]) == 2 and check_dataset(processed / second) == []
    output = said.read_text(encoding="utf-8")
    assert "Stop with Ctrl-C" in output and "new: zorg.txt" in output
    for noise in ("Traceback", "Warning", "INFO"):
        assert noise not in output


def test_a_wrong_schedule_is_wrong_usage(tmp_path: Path, raw: Path) -> None:
    done = CliRunner().invoke(main, ["serve", str(raw), "--processed", str(tmp_path), "--cron", "at six"])
    assert done.exit_code == 2 and "no schedule" in done.stderr and "Traceback" not in done.output


def test_a_worker_does_what_the_deployment_says(tmp_path: Path, raw: Path, prefect_server: dict[str, str]) -> None:
    processed = tmp_path / "processed"
    prefect = [sys.executable, "-m", "prefect"]
    ask(prefect_server, "work_pools/", name="manifesto", type="process")
    deploy = ["deploy", "--name", _DEPLOYMENT, "--cron", _SOON]
    for parameter in (f"raw={raw}", f"processed={processed}", "language_pipeline=blank", "wait=false"):
        deploy += ["--param", parameter]
    subprocess.run([*prefect, *deploy], cwd=ROOT, env=prefect_server, check=True, capture_output=True, timeout=120)
    said = tmp_path / "worker.txt"
    quick = prefect_server | {"PREFECT_WORKER_QUERY_SECONDS": "1"}
    with running([*prefect, "worker", "start", "--pool", "manifesto"], said, quick) as worker:
        first = until(lambda: current_version(processed), worker, said)
        (deployment,) = ask(prefect_server, "deployments/filter", deployments=_OURS)
        run_now = f"deployments/{deployment['id']}/create_flow_run"
        # The schedule has done its work. From here on a run is asked for when there is something for it to find.
        ask(prefect_server, f"deployments/{deployment['id']}/pause_deployment")
        until(lambda: states(prefect_server) <= {"Completed", "Skipped"}, worker, said)
        drop(raw)
        ask(prefect_server, run_now)
        second = until(lambda: newer(processed, first), worker, said)
        until(lambda: states(prefect_server) <= {"Completed", "Skipped"}, worker, said)
        with FileLock(processed / ".lock"):  # another run is at work
            ask(prefect_server, run_now)
            until(lambda: "Skipped" in states(prefect_server), worker, said)
        (raw / "zorg.txt").unlink()
        (raw / DIGEST.name).write_bytes(b"")
        ask(prefect_server, run_now)
        until(lambda: "Failed" in states(prefect_server), worker, said)
    assert len(read_tables(processed / second)["documents"]) == 2 and check_dataset(processed / second) == []
    assert current_version(processed) == second
    found = artifacts(prefect_server)
    assert {"summary", "problems", "documents", "report"} <= set(found)
    assert {"action": "read", "why": "new", "documents": 1} in found["documents"]
    assert {row["party"] for row in found["summary"]} >= {"VVD", "D66"}
    assert second in found["report"] or first in found["report"]


@contextmanager
def running(
    command: list[str], said: Path, environment: dict[str, str], *, cwd: Path = ROOT
) -> Iterator["subprocess.Popen[bytes]"]:
    with said.open("wb") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()


def until(answer: Callable[[], Any], process: "subprocess.Popen[bytes]", said: Path) -> Any:
    """The answer, once there is one."""
    end = time.monotonic() + _SECONDS
    while not (found := answer()):
        assert process.poll() is None and time.monotonic() < end, said.read_text(encoding="utf-8")
        time.sleep(0.2)
    return found


def newer(processed: Path, version: str) -> str | None:
    current = current_version(processed)
    return current if current != version else None


def states(environment: dict[str, str]) -> set[str]:
    """Names of the states that runs of the deployment are in."""
    return {run["state_name"] for run in ask(environment, "flow_runs/filter", deployments=_OURS)}


def artifacts(environment: dict[str, str]) -> dict[str, Any]:
    """The data of artifacts of the deployment's runs, by key."""
    found = {each["key"]: each for each in ask(environment, "artifacts/filter", deployments=_OURS)}
    return {key: json.loads(each["data"]) if each["type"] == "table" else each["data"] for key, each in found.items()}


def ask(environment: dict[str, str], what: str, **body: Any) -> Any:
    user, _, password = environment["PREFECT_API_AUTH_STRING"].partition(":")
    url = f"{environment['PREFECT_API_URL']}/{what}"
    # As Prefect's own client does: the server answers 503 while another has its database.
    for _ in range(_TRIES):
        answer = httpx.post(url, json=body, auth=(user, password), timeout=30)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(1)
    answer.raise_for_status()
    return answer.json() if answer.content else None

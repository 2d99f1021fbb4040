"""Prefect's servers of `run` and `serve`: another user of the machine stays outside, and so does a web page.

Both commands run in a folder where somebody has put modules and settings, beside another user who tries what he can.
"""

import http.server
import inspect
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fpdf import FPDF
from prefect import runtime
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from extract.dataset.reader import current_version
from extract.problems import UsageError
from pipelines.flow import extract_manifestos
from pipelines.orchestration import SERVED, STATE
from pipelines.refusals import FIXED, refuse_other_parameters
from pipelines.server import _hold_port, _stop_listening, _without_proxy, listen, password_file
from tests.browser import browser
from tests.pipelines.servers import plain_environment
from tests.pipelines.test_run import BLANK
from tests.pipelines.test_schedule import running, until

MANIFESTO = Path(sys.executable).with_name("manifesto")
NOBODY = 65_534
_TEXTS = 6  # with a digest and a PDF enough for a pool of processes, which are started in another way than the server
# What the programs that a run consists of would import if it lay on their path, first of all.
_MODULES = ("uvicorn.py", "pypdfium2.py", "extract/__init__.py", "pipelines/__init__.py", "multiprocessing/__init__.py")
_MARK = "mark"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the attacks are written for POSIX")
_other_user = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0 or not Path("/proc/net/tcp").exists(),
    reason="only root can act as another user, and only Linux lists ports in /proc",
)


class Opened:
    """Runs code when it is unpickled: makes the folder `mark`."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._mark),)


def poisoned_state(folder: Path) -> dict[str, Any]:
    """A state whose data names a result in a file; who reads the result makes the folder `mark`."""
    from prefect.results import ResultRecord, ResultRecordMetadata
    from prefect.serializers import PickleSerializer

    place = folder / "result"
    metadata = ResultRecordMetadata(
        storage_key=str(place), expiration=None, serializer=PickleSerializer(), storage_block_id=None
    )
    record = ResultRecord(result=Opened(folder / _MARK), metadata=metadata)
    place.write_bytes(record.serialize())
    place.chmod(0o644)
    return {"type": "COMPLETED", "name": "Completed", "data": metadata.model_dump(mode="json") | {"type": "result"}}


@contextmanager
def intruder(folder: Path) -> Iterator[dict[str, Any]]:
    """Another user at work; what he was answered is there afterwards."""
    script = shutil.copy(Path(__file__).with_name("intruder.py"), folder)
    command = ["/usr/bin/env", "python3", script, json.dumps(poisoned_state(folder)), str(folder / "end")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, user=NOBODY, group=NOBODY, cwd=folder)
    answers: dict[str, Any] = {}
    try:
        yield answers
    finally:
        (folder / "end").touch()
        said, _ = process.communicate(timeout=60)
        answers.update(json.loads(said))


@pytest.fixture(scope="module")
def theirs() -> Iterator[Path]:
    """A folder of another user, which everybody can read and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory, prefect_database: Path) -> Path:
    """A working directory with modules, and with settings for Prefect that run something."""
    folder = tmp_path_factory.mktemp("trapped")
    marks = folder / "marks"
    marks.mkdir()
    for name in _MODULES:
        module = folder / name
        module.parent.mkdir(exist_ok=True)
        module.write_text(f"import os\nos.mkdir({str(marks / module.stem)!r} + str(os.getpid()))\n", encoding="utf-8")
    logging = folder / "logging.yml"
    mark = str(marks / "settings")
    logging.write_text(f"version: 1\nfilters: {{any: {{'()': os.mkdir, path: '{mark}'}}}}\n", encoding="utf-8")
    (folder / "prefect.toml").write_text(f"[logging]\nconfig_path = '{logging}'\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(f"[tool.prefect.logging]\nconfig_path = '{logging}'\n", encoding="utf-8")
    (folder / ".env").write_text(f"PREFECT_LOGGING_CONFIG_PATH={logging}\n", encoding="utf-8")
    raw = folder / "raw"
    raw.mkdir()
    for number in range(_TEXTS):
        (raw / f"VVD_{1980 + number}.txt").write_text(f"Wij willen {number} scholen.\n", encoding="utf-8")
    (raw / "digest.txt").write_text("VVD wil zorg.\n“Er komt zorg.”\nD66 wil meer zorg.\n", encoding="utf-8")
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    page.multi_cell(0, text="Wij willen meer huizen en betere zorg voor iedereen.")
    page.output(str(raw / "zorg.pdf"))
    for processed in ("processed", "served"):  # where Prefect's tables need not be made first
        (folder / processed / STATE).mkdir(parents=True)
        state = folder / processed / STATE
        shutil.copy(prefect_database, state)
        shutil.copy(logging, state)  # as in a folder that somebody made to harm, and that was downloaded
        (state / "empty").mkdir()
        profile = f"active = 'theirs'\n[profiles.theirs]\nPREFECT_LOGGING_CONFIG_PATH = '{logging}'\n"
        for place in (state, state / "empty"):
            (place / "profiles.toml").write_text(profile, encoding="utf-8")
        os.mkfifo(state / "server.log")  # whoever opens it waits
    return folder


def marks(trapped: Path) -> list[str]:
    """What was run of that which lies in the working directory."""
    return sorted(path.name for path in (trapped / "marks").iterdir())


@_other_user
def test_a_run_lets_nobody_in_and_reads_nothing_where_it_stands(trapped: Path, theirs: Path) -> None:
    with intruder(theirs) as answers:
        command = [MANIFESTO, "run", "--workers", "2", *BLANK]
        done = subprocess.run(
            command,
            cwd=trapped,
            env=plain_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    assert done.returncode == 0 and current_version(trapped / "processed"), done.stderr
    assert answers == {"taken": False, "filter": [401], "set_state": [], "create_flow_run": []}
    assert not (theirs / _MARK).exists()
    assert marks(trapped) == []
    state = trapped / "processed" / STATE
    assert {path.stat().st_mode & 0o077 for path in (state, *state.glob("prefect.db*"))} == {0}


class Service:
    """`manifesto serve`, as its owner knows it."""

    def __init__(self, trapped: Path, said: Path, process: "subprocess.Popen[bytes]") -> None:
        self.processed = trapped / "served"
        until(lambda: "Prefect: " in said.read_text(encoding="utf-8"), process, said)
        (self.page,) = re.findall(r"Prefect: (\S+)", said.read_text(encoding="utf-8"))
        file = password_file(self.processed, self.page)
        assert file.stat().st_mode & 0o077 == 0 and str(file) in said.read_text(encoding="utf-8")
        self.password = file.read_text(encoding="ascii").strip()
        self._client = httpx.Client(base_url=f"{self.page}/api/", auth=tuple(self.password.split(":", 1)), timeout=60)  # type: ignore[arg-type]

    def ask(self, what: str, **body: Any) -> Any:
        answer = self._client.post(what, json=body)
        answer.raise_for_status()
        return answer.json()

    def runs(self, **parameters: Any) -> dict[str, Any]:
        """Start a run with these parameters, and give its last state."""
        (deployment,) = self.ask("deployments/filter")
        run = self.ask(f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)["id"]
        end = time.monotonic() + 150
        while time.monotonic() < end:
            (found,) = self.ask("flow_runs/filter", flow_runs={"id": {"any_": [run]}})
            if found["state_type"] in ("COMPLETED", "FAILED", "CRASHED"):
                state: dict[str, Any] = found["state"]
                return state
            time.sleep(0.2)
        raise TimeoutError(parameters)


@pytest.fixture(scope="module")
def service(trapped: Path, theirs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that runs when it is asked to, not by its schedule."""
    said = tmp_path_factory.mktemp("said") / "said.txt"
    command = [str(MANIFESTO), "serve", "--processed", "served", "--cron", "0 6 1 1 *"]
    with running(command, said, plain_environment(), cwd=trapped) as process:
        yield Service(trapped, said, process)


@_other_user
def test_serve_lets_nobody_in(service: Service, theirs: Path) -> None:
    (theirs / "end").unlink(missing_ok=True)
    with intruder(theirs) as answers:
        time.sleep(2)
    assert answers == {"taken": False, "filter": [401], "set_state": [], "create_flow_run": []}


def test_a_deployment_serves_what_it_was_made_for(service: Service, tmp_path: Path, trapped: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "diary.txt").write_text("Lief dagboek.\n", encoding="utf-8")
    others = {
        "raw": str(tmp_path / "secret"),
        "processed": str(tmp_path / "elsewhere"),
        "settings_file": str(tmp_path / "settings.toml"),
        "language_pipeline": str(tmp_path / "model"),
        "models_folder": str(tmp_path),
        "runner": "dask",
        "scheduler": "tcp://127.0.0.1:1",
    }
    state = service.runs(**others)
    assert state["type"] == "FAILED" and f"no other {' or '.join(others)}." in state["message"]
    assert not (tmp_path / "elsewhere").exists() and current_version(service.processed) is None
    assert service.runs(workers=1)["type"] == "COMPLETED"
    assert current_version(service.processed) and marks(trapped) == []


@pytest.mark.parametrize(("name", "value"), [*((name, "other") for name in FIXED), ("workers", 2)])
def test_each_fixed_parameter_is_refused(name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = extract_manifestos.fn
    monkeypatch.setattr(runtime.deployment, "id", "1", raising=False)
    monkeypatch.setenv(SERVED, json.dumps({"raw": "/data/raw"}))
    given = {each.name: each.default for each in inspect.signature(flow).parameters.values()} | {"raw": "/data/raw"}
    refuse_other_parameters(given, of=flow)
    if name not in FIXED:
        refuse_other_parameters(given | {name: value}, of=flow)
        return
    with pytest.raises(UsageError, match=f"no other {name}"):
        refuse_other_parameters(given | {name: value}, of=flow)


def test_the_server_answers_to_its_own_names_only(service: Service) -> None:
    for path in ("/api/health", "/dashboard", "/api/deployments/filter"):
        answer = httpx.get(service.page + path, headers={"Host": "evil.example"}, timeout=60)
        assert answer.status_code == 400 and "manifesto" not in answer.text
    assert httpx.get(f"{service.page}/api/health", timeout=60).headers["x-frame-options"] == "DENY"


_PAGE = """<!doctype html><title>attack</title><script>
const api = "%s/api/deployments/filter";
const sent = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };
const told = (answer) => answer.text().then((text) => `read ${answer.status} ${text}`);
Promise.all([
  fetch(api, sent).then(told, () => "kept back"),
  fetch(api, { ...sent, credentials: "include" }).then(told, () => "kept back"),
]).then((said) => { document.title = said.join("; "); });
</script>"""


def test_a_web_page_gets_nothing_and_the_owner_logs_in(service: Service, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(_PAGE % service.page, encoding="utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ExitStack() as stack:
        elsewhere = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        stack.callback(elsewhere.shutdown)
        chrome = stack.enter_context(browser(tmp_path))
        chrome.get(f"http://127.0.0.1:{elsewhere.server_port}/page.html")
        WebDriverWait(chrome, 30).until(lambda _: chrome.title != "attack")
        assert chrome.title == "kept back; kept back"
        chrome.get(f"{service.page}/deployments")
        box = WebDriverWait(chrome, 30).until(lambda _: chrome.find_element(By.CSS_SELECTOR, "input[type=password]"))
        box.send_keys(f"{service.password}\n")
        WebDriverWait(chrome, 30).until(lambda _: "login" not in chrome.current_url)
        chrome.get(f"{service.page}/deployments")
        WebDriverWait(chrome, 30).until(lambda _: "manifesto-extract" in chrome.page_source)


def test_nobody_takes_the_place_of_a_server_that_died() -> None:
    with (
        listen(None) as listening,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server,
    ):
        place = listening.getsockname()
        threading.Thread(target=_hold_port, args=(listening, server), daemon=True).start()
        server.kill()
        server.wait()
        with socket.create_connection(place, timeout=20) as asking:
            assert asking.recv(1) == b""
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(place)
        _stop_listening(listening)


@pytest.mark.parametrize("names", [["NO_PROXY"], ["no_proxy"], ["no_proxy", "NO_PROXY"], []])
def test_no_proxy_is_asked_for_this_machine(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, "example.org")
    for name, value in _without_proxy().items():
        monkeypatch.setenv(name, value)
    assert urllib.request.proxy_bypass_environment("127.0.0.1")
    assert bool(urllib.request.proxy_bypass_environment("example.org")) == bool(names)


def test_no_result_is_unpickled(tmp_path: Path) -> None:
    from prefect.client.schemas.objects import State

    from pipelines import runners
    from pipelines.refusals import UnreadResultError

    assert runners  # which whatever works for a run imports
    state: State[Any] = State.model_validate(poisoned_state(tmp_path))
    with pytest.raises(UnreadResultError):
        state.result(retry_result_failure=False)  # type: ignore[call-overload]
    failed: State[Any] = State.model_validate(poisoned_state(tmp_path) | {"type": "FAILED"})
    with pytest.raises(UnreadResultError):
        failed.result()
    assert not (tmp_path / _MARK).exists()

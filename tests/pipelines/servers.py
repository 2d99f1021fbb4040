"""One Prefect server on loopback for all tests that do not try the server itself, whichever process runs them.

It asks for a password, as other users of the machine can reach it, and tests/security/test_servers.py acts as one.

`python -m tests.pipelines.servers PORT PID` is that server; it ends when the process PID has.
"""

import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
SHARED = "MANIFESTO_TESTS"  # environment variable: the folder that the processes of pytest-xdist share
EMPTY = Path("empty") / "prefect.db"  # in that folder: a database of Prefect's with all tables, and nothing in them
_OWNER = f"{SHARED}_OWNER"  # environment variable: the process that started the others


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def plain_environment() -> dict[str, str]:
    """The environment of a user: without what the tests, in this process, have Prefect do."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "XDG_"))}


def share(folder: Path) -> None:
    """Have this process and those that it starts share a folder, and a server that ends with this one."""
    os.environ |= {SHARED: str(folder), _OWNER: str(os.getpid())}


def have_server() -> dict[str, str]:
    """The environment in which commands find the server that all share. The first who asks starts it."""
    folder = Path(os.environ[SHARED])
    plain = plain_environment()
    plain |= {"PREFECT_HOME": str(folder), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    known = folder / "known.json"
    with FileLock(folder / "server.lock"):
        if not known.exists():
            password = f"tests:{secrets.token_urlsafe(24)}"
            url = _start(folder, plain | {"PREFECT_SERVER_API_AUTH_STRING": password})
            _copy(folder / "prefect.db", folder / EMPTY)  # before anybody uses it
            known.write_text(json.dumps({"PREFECT_API_URL": url, "PREFECT_API_AUTH_STRING": password}), "ascii")
    return plain | json.loads(known.read_text("ascii"))


def _start(folder: Path, environment: dict[str, str]) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "tests.pipelines.servers", str(port), os.environ[_OWNER]]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return url
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("Prefect's server did not start: " + (folder / "server.log").read_text(encoding="utf-8"))


def _copy(database: Path, to: Path) -> None:
    to.parent.mkdir()
    with closing(sqlite3.connect(database)) as made, closing(sqlite3.connect(to)) as copy:
        made.backup(copy)


def _end_with(owner: int) -> None:
    while psutil.pid_exists(owner):
        time.sleep(0.5)
    os._exit(0)


def _serve(port: int, owner: int) -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    threading.Thread(target=_end_with, args=(owner,), daemon=True).start()
    uvicorn.run(create_app(), host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    _serve(*map(int, sys.argv[1:]))

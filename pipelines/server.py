"""A Prefect server of our own on this machine, for as long as a command needs one.

Prefect can start one by itself, but that one outlives a process that is killed, and it runs no schedules. This one
reads a pipe from its parent and ends when that closes, however the parent ended. `python -m pipelines.server` is the
child.
"""

import argparse
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock

from extract.problems import ManifestoError, UsageError
from pipelines.orchestration import STATE, UNWATCHED, forget_results

HOST = "127.0.0.1"
_SECONDS = 120  # until it must answer; on a fresh database it first makes some 60 tables, which takes 10
_URL = "PREFECT_API_URL"
_MOST_BYTES = 64 * 2**20  # of a database that nobody looks at

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def prefect_server(processed: Path, *, schedules: bool = False, port: int | None = None) -> Iterator[str]:
    """Have a Prefect server, and give its URL: the one that PREFECT_API_URL names, else one of our own.

    One with `schedules` starts flow runs when they are due, and has Prefect's web page; without, nobody watches it.
    """
    if url := _configured():
        yield url
        return
    port = _free_port(port)
    url = f"http://{HOST}:{port}/api"
    log = processed / STATE / "server.log"
    # Runs that start together start their servers one after another: two that make the database at once spoil it.
    starting = FileLock(processed / STATE / "starting.lock")
    starting.acquire()
    _remove_spoilt(processed / STATE / "prefect.db", unwatched=not schedules)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "pipelines.server", str(port), *(["--schedules"] if schedules else [])]
        # In a session of its own, so that Ctrl-C ends the run first, and the run its server.
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True)
    before = dict(os.environ)
    os.environ |= {_URL: url, "NO_PROXY": ",".join(filter(None, [before.get("NO_PROXY"), HOST]))}
    if not schedules:
        os.environ |= {UNWATCHED: "1", "PREFECT_CLIENT_MAX_RETRIES": "1"}
    _have_prefect_look_again()
    try:
        _wait_for(url, server, log)
        starting.release()
        yield url
    finally:
        starting.release()
        os.environ.clear()
        os.environ |= before
        _have_prefect_look_again()
        server.terminate()
        server.communicate()
        forget_results(processed)


def _configured() -> str | None:
    """The server that the user names, or that Prefect's test harness has started in this process."""
    if "prefect" in sys.modules:
        from prefect.settings import PREFECT_API_URL

        return PREFECT_API_URL.value()
    return os.environ.get(_URL)


def _have_prefect_look_again() -> None:
    """Have Prefect read the environment anew; it does so by itself when it is imported, which may have been before."""
    if "prefect" in sys.modules:
        from prefect.context import refresh_global_settings_context

        refresh_global_settings_context()


def _free_port(wanted: int | None) -> int:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, wanted or 0))
        except OSError as error:
            raise UsageError(f"Port {wanted} cannot be used ({error.strerror}). Give another, or none.") from error
        port: int = probe.getsockname()[1]
        return port


def _remove_spoilt(database: Path, *, unwatched: bool) -> None:
    """Remove a database that no server could open, or that grew large for nobody; the server makes a new one."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.OperationalError:  # locked, or a disk without room: nothing is known of it
        return
    except sqlite3.DatabaseError:
        sound = False
    if not sound or (unwatched and database.stat().st_size > _MOST_BYTES):
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with _direct.open(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ManifestoError(
        f"Prefect's server did not start; {log} says why.\nIf it stays, delete {log.parent}, which holds no data; "
        "manifesto doctor looks at the rest."
    )


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # returns when the other end is gone
    os._exit(0)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--schedules", action="store_true")
    given = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(ephemeral=not given.schedules), host=HOST, port=given.port, log_level="error")


if __name__ == "__main__":
    _main()

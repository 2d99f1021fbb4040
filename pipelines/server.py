"""A Prefect server of our own on this machine, for as long as a command needs one, and for its owner alone.

Prefect can start one by itself, but that one outlives a process that is killed, it runs no schedules, and any user of
the machine may ask it anything. This one reads a pipe from its parent and ends when that closes, however the parent
ended; it takes over a socket that the parent has bound, so that nobody can be there in its place; and it answers those
who know a password that is made anew each time and stands in the environment only. `python -P -m pipelines.server` is
the child.
"""

import argparse
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from filelock import FileLock

from extract.problems import ManifestoError, UsageError
from pipelines.orchestration import STATE, UNWATCHED, forget_results

HOST = "127.0.0.1"
_NAMES = [HOST, "localhost"]  # by which the server may be asked for
_SECONDS = 120  # until it must answer; on a fresh database it first makes some 60 tables, which takes 10
_URL = "PREFECT_API_URL"
_MOST_BYTES = 64 * 2**20  # of a database that nobody looks at
_SHARED_SIZE = 8  # bytes that say how long a shared socket is, on Windows

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def prefect_server(
    processed: Path, *, schedules: bool = False, port: int | None = None, meanwhile: Callable[[], object] | None = None
) -> Iterator[str]:
    """Have a Prefect server, and give its URL: the one that PREFECT_API_URL names, else one of our own.

    One with `schedules` starts flow runs when they are due, and has Prefect's web page; without, nobody watches it.
    While a server starts, which takes seconds, this process does what there is to do `meanwhile`.
    """
    if url := _configured():
        yield url
        return
    state = processed / STATE
    with ExitStack() as stack:
        listening = stack.enter_context(listen(port))
        stack.callback(_stop_listening, listening)
        stack.callback(forget_results, processed)
        stack.callback(_restore, dict(os.environ))
        origin = f"http://{HOST}:{listening.getsockname()[1]}"
        url = f"{origin}/api"
        os.environ |= _lock(origin)
        # Runs that start together start their servers one after another: two that make the database at once spoil it.
        with FileLock(state / "starting.lock"):
            _remove_spoilt(state / "prefect.db", unwatched=not schedules)
            server = _start(listening, state / "server.log", schedules=schedules)
            stack.callback(_end, server)
            os.environ |= {_URL: url, **_without_proxy()}
            if not schedules:
                os.environ |= {UNWATCHED: "1", "PREFECT_CLIENT_MAX_RETRIES": "1"}
            _have_prefect_look_again()
            if meanwhile:
                meanwhile()
            _wait_for(url, server, state / "server.log")
        threading.Thread(target=_hold_port, args=(listening, server), daemon=True).start()
        if schedules:
            file = password_file(processed, url)
            stack.callback(file.unlink, missing_ok=True)
            _write_password(file)
        yield url


def password_file(processed: Path, url: str) -> Path:
    """The file that says how to log in at a server with a web page, as long as that serves."""
    return processed / STATE / f"password-{urlsplit(url).port}"


def listen(port: int | None) -> socket.socket:
    """A socket that listens on this machine alone, at a port or one that is free."""
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # Windows lets others share a port unless told otherwise
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port or 0))
        listening.listen()
    except OSError as error:
        listening.close()
        which = f"Port {port}" if port else "No port"
        raise UsageError(f"{which} cannot be used ({error.strerror}). Give another, or none.") from error
    return listening


def _lock(origin: str) -> dict[str, str]:
    """What has a server, and those who ask it, know a password; and has it allow pages of its own origin only."""
    password = f"manifesto:{secrets.token_urlsafe(24)}"
    return {
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_API_AUTH_STRING": password,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origin,
        "PREFECT_UI_API_URL": f"{origin}/api",
    }


def _without_proxy() -> dict[str, str]:
    """What keeps requests to this machine, and the password in them, from a proxy; programs look at either name."""
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(filter(None, [listed, HOST])))


def _write_password(file: Path) -> None:
    """Write the password to a new file that only this user can read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(os.environ["PREFECT_API_AUTH_STRING"] + "\n")


def _hold_port(listening: socket.socket, server: "subprocess.Popen[bytes]") -> None:
    """Should the child die, stay at its port and hang up on who asks, so that nobody else can answer in its place."""
    server.wait()
    with suppress(OSError):  # when this command closes it
        while True:
            listening.accept()[0].close()


def _stop_listening(listening: socket.socket) -> None:
    with suppress(OSError):  # as some systems say that nothing is connected
        listening.shutdown(socket.SHUT_RDWR)  # which ends an accept() that waits; to close it would not


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    server.communicate()


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ |= before
    _have_prefect_look_again()


def _configured() -> str | None:
    """The server that the user names, or that Prefect's test harness has started in this process."""
    if "prefect" in sys.modules:
        from prefect.settings import PREFECT_API_URL

        return cast(str | None, PREFECT_API_URL.value())
    return os.environ.get(_URL)


def _have_prefect_look_again() -> None:
    """Have Prefect read the environment anew; it does so by itself when it is imported, which may have been before."""
    if "prefect" in sys.modules:
        from prefect.context import refresh_global_settings_context

        refresh_global_settings_context()


def _remove_spoilt(database: Path, *, unwatched: bool) -> None:
    """Remove a database that no server could open, or that grew large for nobody; the server makes a new one."""
    if not database.exists():
        return
    try:
        for path in database.parent.glob(f"{database.name}*"):
            path.chmod(0o600)  # earlier releases left it to be read by all
        with closing(sqlite3.connect(database)) as connection:
            sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.OperationalError:  # locked, or a disk without room: nothing is known of it
        return
    except sqlite3.DatabaseError:
        sound = False
    if not sound or (unwatched and database.stat().st_size > _MOST_BYTES):
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()


def _start(listening: socket.socket, log: Path, *, schedules: bool) -> "subprocess.Popen[bytes]":
    """Start the child and hand it the socket, which stays bound on the way."""
    command = [sys.executable, "-P", "-m", "pipelines.server", *(["--schedules"] if schedules else [])]
    # In a session of its own, so that Ctrl-C ends the run first, and the run its server.
    more: dict[str, Any] = {"start_new_session": True}
    if sys.platform != "win32":
        command += ["--socket", str(listening.fileno())]
        more["pass_fds"] = [listening.fileno()]
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, **more)
    if sys.platform == "win32":
        shared = listening.share(server.pid)
        assert server.stdin
        server.stdin.write(len(shared).to_bytes(_SHARED_SIZE, "big") + shared)
        server.stdin.flush()
    return server


def _taken_over(number: int | None) -> socket.socket:
    """In the child: the socket that the parent has bound."""
    if sys.platform == "win32":
        size = int.from_bytes(sys.stdin.buffer.read(_SHARED_SIZE), "big")
        return socket.fromshare(sys.stdin.buffer.read(size))
    return socket.socket(fileno=number)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
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


def _unframed(app: Any) -> Any:
    """Have no page elsewhere show a page of this application in a frame."""
    unframed = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'")]

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *unframed]}
            await send(message)

        await app(scope, receive, with_headers)

    return answered


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int)
    parser.add_argument("--schedules", action="store_true")
    given = parser.parse_args()
    os.umask(0o077)  # the database is nobody else's to read
    listening = _taken_over(given.socket)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = create_app(ephemeral=not given.schedules)
    # A page elsewhere can have its own name point at this machine, and is then of one origin with the server.
    hosted = TrustedHostMiddleware(_unframed(app), allowed_hosts=_NAMES, www_redirect=False)
    uvicorn.Server(uvicorn.Config(hosted, log_level="error")).run(sockets=[listening])


if __name__ == "__main__":
    _main()

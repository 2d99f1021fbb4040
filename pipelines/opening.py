"""Datasette on this machine, for one who looks at a dataset, until Ctrl-C."""

import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from datasette import handle_exception
from datasette.app import Datasette

from extract.problems import UsageError
from extract.site import DATABASE
from pipelines.server import HOST


def serve_site(site: Datasette, *, port: int | None, browser: bool, ready: Callable[[str], None]) -> None:
    """Serve on this machine alone, at a port or one that is free, until Ctrl-C; `ready` is told the URL."""
    try:
        listening = socket.create_server((HOST, port or 0))
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}). Give another, or none.") from error
    handle_exception.rich = None  # with which it shows a stack trace of whatever is asked wrong, such as SQL
    with listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}/{DATABASE}"
        ready(url)
        if browser:  # in a thread, as one that runs in the terminal keeps it until it is closed
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        with suppress(KeyboardInterrupt):  # which uvicorn raises again when it has ended
            uvicorn.Server(uvicorn.Config(site.app(), log_level="error")).run(sockets=[listening])

"""Datasette on this machine, for one who looks at a dataset, until Ctrl-C."""

import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path

import uvicorn
from datasette.app import Datasette

from extract.search.doorkeeper import PARAMETER, guarded, new_token
from extract.search.plugin import DATABASE
from pipelines.commands.peers import is_ours
from pipelines.server import HOST, listen

_POLICY = (  # Datasette writes scripts and styles into its pages, and asks for nothing from elsewhere
    "default-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_MOST_BYTES = 2 * 2**30  # of a file that SQLite sorts rows in


def serve_site(site: Datasette, *, port: int | None, browser: bool, ready: Callable[[str], None]) -> None:
    """Serve on this machine alone, at a port or one that is free, until Ctrl-C; `ready` is told the URL.

    Only who has the secret in the URL sees it: a machine may have other users, and they reach its ports.
    """
    with listen(port) as listening:
        port = listening.getsockname()[1]
        token = new_token()
        url = f"http://{HOST}:{port}/{DATABASE}?{PARAMETER}={token}"
        app = guarded(
            site.app(),
            hosts=[f"{HOST}:{port}", f"localhost:{port}"],
            token=token,
            cookie=f"manifesto-{port}",
            methods=["GET", "HEAD"],
            policy=_POLICY,
            is_ours=is_ours,
        )
        config = uvicorn.Config(app, log_level="error", ws="none", proxy_headers=False, server_header=False)
        with led_by_file(url) as file:
            ready(url)
            # In a thread, as a browser that runs in the terminal keeps it until it is closed.
            threading.Thread(target=_begin, args=(file.as_uri() if browser else None,), daemon=True).start()
            with suppress(KeyboardInterrupt):  # which uvicorn raises again when it has ended
                uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def led_by_file(url: str) -> Iterator[Path]:
    """Give a page that leads to a URL and that only its owner can read, as long as it is needed.

    The command line of a browser, on which its address stands, can be read by everybody on the machine.
    """
    with tempfile.TemporaryDirectory(prefix="manifesto-", ignore_cleanup_errors=True) as folder:  # with mode 0700
        page = Path(folder) / "open.html"
        page.touch(0o600, exist_ok=False)
        shown = escape(url)
        page.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
            f'<meta http-equiv="refresh" content="0; url={shown}"><title>Manifesto Extract</title>'
            f'<p><a href="{shown}">Go on</a>\n',
            encoding="utf-8",
        )
        yield page


def _begin(address: str | None) -> None:
    if address:
        webbrowser.open(address)
    _limit_files()  # only now, as the browser would inherit the limit


def _limit_files() -> None:
    """Keep what SQL sorts from filling the disk, where the system can; this process writes nothing else."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    with suppress(ValueError, OSError):  # lower already
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_BYTES, hard))

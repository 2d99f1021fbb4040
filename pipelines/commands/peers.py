"""Who is at the other end of a connection on this machine, where the system tells: on Linux."""

import os
import socket
import struct
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

_CONNECTIONS = Path("/proc/net/tcp")


def is_ours(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request (an ASGI scope) comes from this user or from root; true where nobody can tell.

    A browser sends a cookie to every port of a host, so the page of another user at another port may learn it.
    """
    try:
        ends = tuple(_as_listed(*scope[end]) for end in ("client", "server"))
        rows = [line.split() for line in _CONNECTIONS.read_text(encoding="ascii").splitlines()[1:]]
    except (OSError, KeyError, TypeError):
        return True
    users = {int(row[7]) for row in rows if tuple(row[1:3]) == ends}
    return users <= {0, os.geteuid()}


def _as_listed(host: str, port: int) -> str:
    """An address as the system lists it: the bytes of the host in the order of the machine, and the port."""
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"

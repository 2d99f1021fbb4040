"""Who is at the other end of a connection on this machine, where the system tells: on Linux."""

import os
import socket
import struct
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

# The second has those of a program that asks by an address of the sixth version, and may ask for one of the fourth.
_CONNECTIONS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = "0000000000000000FFFF0000"  # what stands before an address of the fourth version in the second
_LOOKS = 3  # as a table that changes while it is read may lack a row


def is_ours(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request (an ASGI scope) comes from this user or from root; true where the system does not tell.

    A browser sends a cookie to every port of a host, so the page of another user at another port may learn it.
    """
    if not _CONNECTIONS[0].exists():
        return True
    for _ in range(_LOOKS):
        if users := _users_of(scope):
            return users <= {0, os.geteuid()}
    return False


def _users_of(scope: MutableMapping[str, Any]) -> set[int]:
    """The users whose connection the client's end is: one, or none if it is not listed."""
    ends = [_as_listed(*scope[end]) for end in ("client", "server")]
    rows = [line.split() for table in _CONNECTIONS if table.exists() for line in table.read_text("ascii").splitlines()]
    return {int(row[7]) for row in rows if [end.removeprefix(_MAPPED) for end in row[1:3]] == ends}


def _as_listed(host: str, port: int) -> str:
    """An address as the system lists it: the bytes of the host in the order of the machine, and the port."""
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"

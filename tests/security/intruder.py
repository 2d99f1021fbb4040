"""What another user of the machine tries on Prefect's API: a program of its own, which is run as nobody.

It needs nothing but Python. It looks at every port that listens on this machine until a file says that it may end, and
prints what each kind of request was answered, as JSON.
"""

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_LISTENS, _LOOPBACK = "0A", "0100007F"
_AGAIN = 0.5  # seconds until a port is tried again; one that is new is tried at once
_JSON = {"Content-Type": "application/json"}


def listening() -> set[int]:
    """Ports that listen on loopback, which anybody may see."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    places = [row[1].split(":") for row in rows if row[3] == _LISTENS]
    return {int(port, 16) for address, port in places if address == _LOOPBACK}


def ask(port: int, what: str, body: Any) -> tuple[int, Any]:
    """Status and answer of a request; status 0 if there is none."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{what}", None if body is None else json.dumps(body).encode(), _JSON
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, None
    except (OSError, ValueError):
        return 0, None


def take_port(port: int) -> bool:
    """Whether a port that another listens on can be had, by either of the options that share ports."""
    for option in ("SO_REUSEADDR", "SO_REUSEPORT"):
        with socket.socket() as own:
            own.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
            try:
                own.bind(("127.0.0.1", port))
                own.listen()
            except OSError:
                continue
            return True
    return False


def main() -> None:
    """Try until told to end: put a state with data that names a pickle into every flow run, and start others."""
    state, until = json.loads(sys.argv[1]), Path(sys.argv[2])
    answers: dict[str, set[int]] = {"filter": set(), "set_state": set(), "create_flow_run": set()}
    taken = False
    due: dict[int, float] = {}  # when each port that listens is to be tried
    while not until.exists():
        due = {port: due.get(port, 0.0) for port in listening()}
        for port in [port for port, when in due.items() if when <= time.monotonic()]:
            due[port] = time.monotonic() + _AGAIN
            if ask(port, "health", None)[0] != 200:  # none of Prefect's
                continue
            taken |= take_port(port)
            status, runs = ask(port, "flow_runs/filter", {})
            answers["filter"].add(status)
            for run in runs or []:
                status, _ = ask(port, f"flow_runs/{run['id']}/set_state", {"state": state, "force": True})
                answers["set_state"].add(status)
            status, deployments = ask(port, "deployments/filter", {})
            answers["filter"].add(status)
            for each in deployments or []:
                status, _ = ask(
                    port,
                    f"deployments/{each['id']}/create_flow_run",
                    {"parameters": {"runner": "dask", "scheduler": "tcp://127.0.0.1:1"}},
                )
                answers["create_flow_run"].add(status)
        time.sleep(0.05)
    print(json.dumps({"taken": taken} | {name: sorted(found - {0}) for name, found in answers.items()}))


main()

"""What a run refuses of Prefect's server: other parameters than it was made for, and results from files.

What a deployment serves is fixed: who may start its runs may not say what they read, write or trust. And no result is
ever read back from the place where Prefect's API says that it lies: Prefect unpickles such a result, so whoever may set
the state of a flow run at the server could run code where the flow runs. Here results pass in memory, or through the
pipe of a pool; nothing needs them from a file.
"""

import inspect
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from prefect import get_client, runtime
from prefect.results import ResultStore

from extract.problems import UsageError
from pipelines.orchestration import SERVED

FIXED = ("raw", "processed", "settings_file", "language_pipeline", "models_folder", "runner", "scheduler")
"""Parameters of the flow that name places, programs, or who is to be trusted."""


class UnreadResultError(Exception):
    """Prefect's API named a file as the result of a run."""


def read_no_results() -> None:
    """Have Prefect read no stored result in this process."""

    def read(*_: Any, **__: Any) -> NoReturn:
        raise UnreadResultError("Prefect's server says that the result of this run lies in a file; none is read.")

    async def aread(*_: Any, **__: Any) -> NoReturn:
        read()

    for name, refusal in (("_read", read), ("_aread", aread)):
        assert hasattr(ResultStore, name), f"this Prefect has no ResultStore.{name}; see what reads results there"
        setattr(ResultStore, name, refusal)


def refuse_other_parameters(given: Mapping[str, Any], *, of: Callable[..., Any]) -> None:
    """Raise a UsageError if this run of the flow function `of` is a deployment's, and not what that serves."""
    if not runtime.deployment.id:
        return
    defaults = {name: each.default for name, each in inspect.signature(of).parameters.items()}
    served = {**defaults, **_served()}
    if other := [name for name in FIXED if given[name] != served[name]]:
        raise UsageError(
            f"This deployment serves what it was made for, and no other {' or '.join(other)}. "
            "Make one of its own for that, or use manifesto run."
        )


def _served() -> Mapping[str, Any]:
    """What the command that serves says, which no server can change; else what the deployment says at the server."""
    if stated := os.environ.get(SERVED):
        served: Mapping[str, Any] = json.loads(stated)
        return served
    with get_client(sync_client=True) as client:
        return client.read_deployment(runtime.deployment.id).parameters

"""What a deployment serves is fixed: who may start its runs may not say what they read, write or trust."""

import inspect
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from prefect import get_client, runtime

from extract.problems import UsageError
from pipelines.orchestration import SERVED

FIXED = ("raw", "processed", "settings_file", "language_pipeline", "models_folder", "runner", "scheduler")
"""Parameters of the flow that name places, programs, or who is to be trusted."""


def refuse_other_parameters(given: Mapping[str, Any], *, of: Callable[..., Any]) -> None:
    """Raise a UsageError if this run of the flow function `of` is a deployment's, and not what that serves."""
    if not runtime.deployment.id:
        return
    defaults = {name: each.default for name, each in inspect.signature(of).parameters.items()}
    served = defaults | _served()
    if other := [name for name in FIXED if given[name] != served[name]]:
        raise UsageError(
            f"This deployment serves what it was made for, and no other {' or '.join(other)}. "
            "Make one of its own for that, or use manifesto run."
        )


def _served() -> Mapping[str, Any]:
    """What the command that serves says, which no server can change; else what the deployment says at the server."""
    if said := os.environ.get(SERVED):
        served: Mapping[str, Any] = json.loads(said)
        return served
    with get_client(sync_client=True) as client:
        return client.read_deployment(runtime.deployment.id).parameters

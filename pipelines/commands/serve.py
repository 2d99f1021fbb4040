"""Runs on a schedule, on this machine: Prefect's own `serve`, with a server of our own unless one is configured."""

import json
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.problems import UsageError
from extract.records import sha256_of
from pipelines.orchestration import SERVED, prefect_apart
from pipelines.server import prefect_server

if TYPE_CHECKING:
    from prefect.schedules import Schedule


def serve(
    parameters: dict[str, Any],
    *,
    processed: Path,
    cron: str,
    timezone: str,
    port: int | None,
    ready: Callable[[str], None],
) -> None:
    """Run the flow with these parameters whenever `cron` says, until the process ends; `ready` is told the URL.

    A tick that finds another run at work leaves the work to it.
    """
    with prefect_apart(processed):
        from prefect.schedules import Cron

        try:
            schedule = Cron(cron, timezone=timezone)
        except ValueError as error:
            raise UsageError(f"{cron!r} in {timezone} is no schedule. Write it as in --cron '0 6 * * *'.") from error
        with prefect_server(processed, schedules=True, port=port) as url:
            _serve(parameters, processed=processed, schedule=schedule, ready=lambda: ready(url))


def _serve(parameters: dict[str, Any], *, processed: Path, schedule: "Schedule", ready: Callable[[], None]) -> None:
    from pipelines.flow import extract_manifestos

    # Prefect stops itself on SIGTERM in a way that Python finds careless, and says so at length.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="coroutine 'Runner.astop' was never awaited")
    os.environ[SERVED] = json.dumps(parameters)
    ready()
    extract_manifestos.serve(
        # Of its own, for a server that several such commands share: a deployment takes the place of its namesake.
        name=f"scheduled-{sha256_of(str(processed.absolute()))[:8]}",
        schedule=schedule,
        parameters=parameters | {"wait": False},
        limit=1,  # at a time; later ones wait, and then find little to do
        pause_on_shutdown=False,
        print_starting_message=False,
    )

"""How Prefect is set up: quiet, private, and with its state beside the datasets. Import before `prefect`."""

import os
from pathlib import Path

from extract.problems import ManifestoError

STATE = ".prefect"  # below the processed folder


def set_up_prefect(processed: Path, *, verbose: bool = False) -> None:
    """Point Prefect to its own embedded server, unless the environment says otherwise.

    Nothing is sent anywhere and nothing is kept in the user's home.
    """
    try:
        (processed / STATE).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ManifestoError(
            f"Cannot write to {processed}: {error.strerror}. Get the right to write there, or give another folder with "
            "--processed."
        ) from error
    defaults = {
        "PREFECT_HOME": str((processed / STATE).absolute()),
        "PREFECT_PROFILES_PATH": str((processed / STATE / "profiles.toml").absolute()),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)

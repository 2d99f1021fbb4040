"""How Prefect is set up: quiet, private, and with its state beside the datasets. Import before `prefect`."""

import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from extract.dataset.atomic import remove
from extract.problems import ManifestoError
from pipelines.processed import Processed

STATE = ".prefect"  # below the processed folder
UNWATCHED = "MANIFESTO_UNWATCHED"  # environment variable: Prefect's server ends with this command
SERVED = "MANIFESTO_SERVED"  # environment variable: the parameters that `manifesto serve` serves, as JSON
_EMPTY = "empty"  # below the state, where there is nothing that could be read
_KEPT = re.compile(r"prefect\.db(-wal|-shm|-journal)?|server\.log|starting\.lock|password-\d+")  # of the state


def prefect_failed(processed: Path, error: Exception) -> ManifestoError:
    """The error to raise when the flow fails for a reason that is not the data's."""
    server = None if is_unwatched() else os.environ.get("PREFECT_API_URL")
    hint = (
        f"PREFECT_API_URL is {server}: see whether that server answers, or unset it to use the embedded one."
        if server
        else f"If it stays, delete {processed / STATE}, which holds no data; manifesto doctor looks at the rest."
    )
    return ManifestoError(
        f"The run stopped: {type(error).__name__}: {error}\n{hint}\nWith --verbose you see where it stopped."
    )


def asked_to_end(error: BaseException) -> SystemExit | KeyboardInterrupt | None:
    """The signal to end that an error hides, if one does: Prefect may fail as it leaves what it was doing."""
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, SystemExit | KeyboardInterrupt):
            return behind
        behind = behind.__cause__ or behind.__context__
    return None


@contextmanager
def prefect_apart(processed: Path, *, verbose: bool = False) -> Iterator[None]:
    """Have Prefect set up, and this process and its children stand in an empty folder until it is no longer needed.

    In its working directory Prefect looks for settings (prefect.toml, pyproject.toml, .env), which can name a command
    to run, and Python for modules. Whoever runs a command where somebody else may write must meet neither. So relative
    paths mean nothing inside.
    """
    processed = processed.absolute()
    set_up_prefect(processed, verbose=verbose)
    with contextlib.chdir(processed / STATE / _EMPTY):
        yield


def set_up_prefect(processed: Path, *, verbose: bool = False) -> None:
    """Set what Prefect reads from the environment, where the user has not.

    Nothing is sent anywhere and nothing is kept in the user's home.
    """
    state = processed.absolute() / STATE
    with Processed(processed).writing():
        _make_private(state)
        with tempfile.TemporaryFile(dir=state):
            pass
    package = find_spec("prefect")  # which it does not import
    assert package and package.origin
    installed = Path(package.origin).parent
    defaults = {
        "PREFECT_HOME": str(state),
        # Prefect's own, and a file that is not there: both can name code to run, and whoever made the processed folder
        # may have put his into it.
        "PREFECT_LOGGING_CONFIG_PATH": str(installed / "logging" / "logging.yml"),
        "PREFECT_PROFILES_PATH": str(installed / "no-profiles.toml"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def _make_private(state: Path) -> None:
    """Make the folder of Prefect's state one that only this user can open, and in which only files of ours lie."""
    if state.is_symlink() or (state.exists() and not state.is_dir()):
        raise ManifestoError(f"{state} is not a folder of its own, but leads elsewhere. Remove it; it holds no data.")
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "geteuid") and state.stat().st_uid != os.geteuid():
        raise ManifestoError(f"{state} belongs to another user. Have it removed, or give another --processed.")
    state.chmod(0o700)
    for path in state.iterdir():
        if path.name == _EMPTY and path.is_dir() and not path.is_symlink():
            for inner in path.iterdir():  # the folder itself stays, as another run may stand in it
                remove(inner)
        elif not (_KEPT.fullmatch(path.name) and stat.S_ISREG(path.lstat().st_mode)):
            remove(path)
    (state / _EMPTY).mkdir(mode=0o700, exist_ok=True)


def is_unwatched() -> bool:
    """Whether Prefect's server ends with this command, so that nobody looks at what it keeps."""
    return bool(os.environ.get(UNWATCHED))


def forget_tasks_if_unwatched() -> None:
    """Have task runs recorded nowhere when Prefect's server ends with this command.

    A record costs ten times what a task does. Above all, records that a dead server does not take are tried again, each
    for seconds, at the end of the process.
    """
    if is_unwatched():
        from prefect.events.clients import NullEventsClient
        from prefect.events.worker import EventsWorker

        EventsWorker.set_client_override(NullEventsClient)


@contextmanager
def quiet_if_unwatched() -> Iterator[None]:
    """Have no signs of life sent when Prefect's server ends with this command; nobody waits for them.

    The thread that sends them looks once a second whether the run is over, and the run waits for it to look.
    """
    if not is_unwatched():
        yield
        return
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def forget_results(processed: Path) -> None:
    """Remove what Prefect kept of earlier runs: the error of each that failed, in a file that nobody reads."""
    shutil.rmtree(processed / STATE / "storage", ignore_errors=True)

"""Where a run is to work, as its options say; to be checked before anything is started."""

from dataclasses import dataclass
from typing import Literal, get_args

from extract.problems import UsageError

Runner = Literal["local", "dask"]


@dataclass(frozen=True, slots=True)
class Where:
    """The kind of runner, how many processes (None: one per core), and the address of a Dask scheduler."""

    runner: Runner = "local"
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:  # noqa: D105
        if self.runner not in get_args(Runner):
            raise UsageError(f"There is no runner {self.runner!r}; runners are {' and '.join(get_args(Runner))}.")
        if (self.runner == "dask") != bool(self.scheduler):
            raise UsageError("--runner dask and --scheduler ADDRESS go together; ADDRESS is like tcp://10.0.0.1:8786.")
        if self.scheduler and self.workers:
            raise UsageError("--workers is for this machine; a Dask cluster has the workers that were started for it.")

"""No result is ever read back from the place where Prefect's API says that it lies.

Prefect unpickles such a result, so whoever may set the state of a flow run at the server could run code where the flow
runs. Here results pass in memory, or through the pipe of a pool; nothing needs them from a file.
"""

from typing import Any, NoReturn

from prefect.results import ResultStore


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

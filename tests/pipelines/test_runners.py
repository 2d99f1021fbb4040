"""What happens to the files of a worker that dies."""

from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extract.problems import ManifestoError
from extract.reading.facts import Facts
from extract.settings import Settings
from pipelines import runners, work
from pipelines.plan import Decision, RawFile, recipe_of
from pipelines.runners import extract_all
from pipelines.store import Origin, unpack
from pipelines.where import Where
from pipelines.work import Done, Job
from tests.conftest import MODELS

_SETTINGS = Settings(language_pipeline="blank", batch_documents=4)


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, bytes]]:
    """A function that works on files of given names, of which some end each worker that has them."""

    def extract(names: list[str], deadly: set[str]) -> dict[str, bytes]:
        monkeypatch.setattr(runners, "_opener", lambda where: (opened(deadly), (BrokenProcessPool,)))
        found: dict[str, bytes] = {}
        for batch in extract_all(
            [decision(name) for name in names],
            lambda batch: [job(each.source) for each in batch.value],
            settings=_SETTINGS,
            models=None,
            where=Where(workers=2),
        ):
            assert not found.keys() & {done.name for done in batch}
            found |= {done.name: done.packed for done in batch}
        return found

    return extract


def opened(deadly: set[str]) -> Callable[[int], Any]:
    """Runners that give nothing of any batch once one of their workers had a deadly file, as a broken pool does."""

    @contextmanager
    def open_one(_width: int) -> Iterator[Any]:
        broken: list[bool] = []

        def submit(_: Any, parameters: dict[str, Any]) -> Any:
            jobs, *_others = work.pickle.loads(parameters["message"])
            broken.extend(True for each in jobs if each.name in deadly)
            dies = bool(broken)

            def result() -> list[Done]:
                if dies:
                    raise BrokenProcessPool
                return [Done(each.name, b"", 0) for each in jobs]

            return SimpleNamespace(result=result)

        yield SimpleNamespace(submit=submit)

    return open_one


def source(name: str) -> RawFile:
    recipe = recipe_of(_SETTINGS, MODELS)
    return RawFile(Path(name), name, Facts(), Origin(sha256="", facts="{}", recipe=recipe))


def decision(name: str) -> Decision:
    return Decision(source(name), "read", "new")


def job(of: RawFile) -> Job:
    return Job(of.name, of.facts, of.origin, data=b"VVD wil zorg.")


def test_a_file_that_ends_its_workers_costs_no_other(extracted: Callable[..., dict[str, bytes]]) -> None:
    names = [f"{number:02}.txt" for number in range(20)]
    found = extracted(names, {"05.txt", "13.txt"})
    assert sorted(found) == names
    for name in names:
        kept = unpack(found[name])
        assert (kept.refused if kept else ()) == (("worker-lost",) if name in {"05.txt", "13.txt"} else ())


def test_workers_that_end_with_every_file_end_the_run(extracted: Callable[..., dict[str, bytes]]) -> None:
    names = [f"{number:02}.txt" for number in range(20)]
    with pytest.raises(ManifestoError, match="memory for them"):
        extracted(names, set(names))


def test_a_worker_with_other_code_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.plan.rows_sha256", lambda: "another")
    jobs = [job(source("a.txt"))]
    monkeypatch.undo()
    with pytest.raises(ManifestoError, match="not the same code"):
        work.extract_batch(work.as_message(jobs, _SETTINGS, None))

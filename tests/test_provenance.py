"""What a change of code costs: which of it has documents read anew, which only the dataset written."""

import ast
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract import provenance
from extract.records import Extraction
from extract.settings import Settings
from pipelines.plan import Survey, make_plan, survey
from pipelines.processed import Processed
from pipelines.store import pack
from tests.conftest import MODELS, ROOT

SETTINGS = Settings(language_pipeline="blank")
TEXTS = {"a.txt": "De VVD wil zorg.\n", "b.txt": "D66 wil meer zorg.\n"}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package, of which provenance takes its hashes."""
    copy = Path(shutil.copytree(ROOT / "src" / "extract", tmp_path / "extract"))
    monkeypatch.setattr(provenance.importlib.resources, "files", lambda _: copy)
    provenance._hash_of.cache_clear()
    yield copy
    monkeypatch.undo()
    provenance._hash_of.cache_clear()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "raw" / name).write_text(text, encoding="utf-8")
    return tmp_path / "raw"


def look(raw: Path) -> Survey:
    return survey(raw, raw.parent / "processed", settings=SETTINGS, models=MODELS)


def touch(package: Path, name: str) -> None:
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    provenance._hash_of.cache_clear()


@pytest.mark.parametrize(
    ("touched", "action"),
    [
        ("report/*.css", "reuse"),
        ("dataset/writing.py", "reuse"),
        ("changes/causes.py", "reuse"),
        ("search/site.py", "reuse"),
        ("verification/steps.py", "reuse"),
        ("splitting/boundaries.py", "read"),
        ("layout/ledger.py", "read"),
        ("data/parties.csv", "read"),
        ("records.py", "read"),
    ],
)
def test_a_change_of_code_reads_what_depends_on_it(package: Path, raw: Path, touched: str, action: str) -> None:
    processed, found = Processed(raw.parent / "processed"), look(raw)
    for each in found.sources:
        processed.store.put(each.name, pack(each.origin, Extraction(document=None)))
    actions = Counter(make_plan(found, processed, settings=SETTINGS).actions().values())
    assert actions == {"reuse": 2}
    name = next(iter(sorted(package.rglob("*.css")))).relative_to(package).as_posix() if "*" in touched else touched
    touch(package, name)
    again = look(raw)
    assert Counter(make_plan(again, processed, settings=SETTINGS).actions().values()) == {action: 2}
    assert again.key != found.key  # so that the run writes the dataset anew, with the report


def test_certificates_depend_on_what_verifies_and_on_rows(package: Path) -> None:
    names = ("report/page.py", "dataset/writing.py", "verification/steps.py", "splitting/boundaries.py")
    hashes = [(provenance.rows_sha256(), provenance.verification_sha256(), provenance.code_sha256())]
    for name in names:
        touch(package, name)
        hashes.append((provenance.rows_sha256(), provenance.verification_sha256(), provenance.code_sha256()))
    changed = [[old != new for old, new in zip(*pair, strict=True)] for pair in zip(hashes, hashes[1:], strict=False)]
    assert changed == [[False, False, True], [False, False, True], [False, True, True], [True, True, True]]


@pytest.mark.parametrize(
    ("begins", "folders"),
    [("extraction", provenance.OF_ROWS), ("verification/examination", provenance.OF_VERIFICATION)],
)
def test_no_code_that_rows_depend_on_is_left_out(begins: str, folders: tuple[str, ...]) -> None:
    package = ROOT / "src" / "extract"
    seen, todo = set[Path](), [package / f"{begins}.py"]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += imported(path, package)
    outside = [path.relative_to(package).as_posix() for path in seen if path.parent != package
               and path.relative_to(package).parts[0] not in folders]  # fmt: skip
    assert len(seen) > 20 and outside == []


def imported(path: Path, package: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("extract."):
            place = package.joinpath(*(node.module or "").split(".")[1:])
            candidates = [place.with_suffix(".py"), *(place / f"{each.name}.py" for each in node.names)]
            yield from (each for each in candidates if each.is_file())

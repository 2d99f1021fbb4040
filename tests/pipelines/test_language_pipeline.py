"""Which language pipeline a run takes, what it says of that, and what does not depend on it."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from extract.dataset.checks import check_dataset
from extract.dataset.reader import current_version
from extract.language.pipeline import PREFERRED, why_not
from pipelines.commands import installing
from pipelines.commands.cli import main
from pipelines.commands.doctor import language
from tests.conftest import MODELS, ROOT, read_tables
from tests.pipelines.servers import have_server
from tests.pipelines.stand_in import VERSION, build_wheel, environment_with, manifesto

pytestmark = [
    pytest.mark.usefixtures("in_process"),
    pytest.mark.skipif(why_not(PREFERRED) is None, reason=f"{PREFERRED} is installed here, and would be used"),
]

TEXT = """\
De VVD wil dat Jan Jansen minder belasting betaalt. Wij verbieden vuurwerk, e.d. tekst.Daarna komt er een wet.
“Er komt een verbod op reclame voor gokken.”
Het CDA ziet zorg als opdracht. De AOW gaat omhoog met 5 procent.
“We schaffen het eigen risico af.”
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    (folder / "digest.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def fitting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with a stand-in that fits."""
    folder = tmp_path_factory.mktemp("fitting")
    return environment_with(folder / "env", build_wheel(folder, spacy_version=">=3.8.0,<3.9.0"))


@pytest.fixture(scope="module")
def outdated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with a stand-in for another spaCy."""
    folder = tmp_path_factory.mktemp("outdated")
    return environment_with(folder / "env", build_wheel(folder, spacy_version=">=3.6.0,<3.7.0"))


def run(python: Path | None, raw: Path, processed: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the errors of a run in an environment; None is this one, which lacks the package."""
    command = ["run", str(raw), "--processed", str(processed), *arguments]
    if python is None:
        result = CliRunner().invoke(main, command)
        return result.exit_code, result.stderr
    done = manifesto(python, *command, env=have_server())
    return done.returncode, done.stderr


def tables(python: Path | None, raw: Path, processed: Path, *arguments: str) -> dict[str, pd.DataFrame]:
    """The tables of a run in an environment."""
    code, errors = run(python, raw, processed, *arguments)
    assert code == 0, errors
    version = current_version(processed)
    assert version and check_dataset(processed / version) == []
    return read_tables(processed / version)


def said_in(python: Path) -> str:
    """What the doctor says of the language pipeline."""
    code = (
        "from pipelines.commands.doctor import language; from pipelines.paths import MODELS; "
        "print(language(MODELS).finding)"
    )
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300, check=True)
    return done.stdout


def test_the_package_is_taken_where_it_fits_and_else_our_own(
    fitting: Path, outdated: Path, raw: Path, tmp_path: Path
) -> None:
    with_package = tables(fitting, raw, tmp_path / "fitting", "--annotate")
    with_outdated = tables(outdated, raw, tmp_path / "outdated")
    without = tables(None, raw, tmp_path / "bare", "--annotate")

    used = [each["runs"]["language_pipeline"][0].split("@")[0] for each in (with_package, with_outdated, without)]
    assert used == [f"nl_core_news_md {VERSION}", *[without["runs"]["language_pipeline"][0].split("@")[0]] * 2]
    assert used[2].startswith("nl_manifesto ")

    # Sentences, their ids and labels do not depend on it.
    for name in ("passages", "sentences", "labels", "quotes"):
        for other in (with_outdated, without):
            pd.testing.assert_frame_equal(with_package[name], other[name])
    # The stand-in is our own pipeline but for its name and its NER.
    pd.testing.assert_frame_equal(with_package["tokens"], without["tokens"])
    assert len(with_outdated["tokens"]) == 0
    people = [each["entities"].query("kind == 'person'")["text"].tolist() for each in (with_package, without)]
    assert people == [["Jan Jansen"], []]


def test_the_doctor_says_which_is_used_and_how_to_get_the_other(fitting: Path, outdated: Path) -> None:
    said = said_in(fitting)
    assert said.startswith(f"nl_core_news_md {VERSION}@") and "licence CC BY-SA 4.0" in said
    said = said_in(outdated)
    assert said.startswith("nl_manifesto") and f"nl_core_news_md: version {VERSION} is for spaCy >=3.6.0,<3.7.0" in said
    said = language(MODELS).finding
    assert said.startswith("nl_manifesto") and "nl_core_news_md: it is not installed" in said and "make model" in said


def test_naming_one_is_strict(outdated: Path, raw: Path, tmp_path: Path) -> None:
    named = ("--language-pipeline", "nl_core_news_md")
    for python, why in ((outdated, "is for spaCy"), (None, "not installed")):
        code, errors = run(python, raw, tmp_path / "processed", *named)
        assert code == 2 and "'nl_core_news_md' cannot be used" in errors and why in errors
        assert "Traceback" not in errors and not (tmp_path / "processed").exists()


def test_what_cannot_be_fetched_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    command = ("python", "-c", "import sys; print('ERROR: no route to host'); sys.exit(1)")
    monkeypatch.setattr(installing, "_SPACY_DOWNLOAD", command)
    with pytest.raises(installing.ManifestoError, match="could not be fetched.*\n.*no route to host\n.*nl_manifesto"):
        installing.install_preferred()

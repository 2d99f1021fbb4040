"""A wheel by the name of spaCy's `nl_core_news_md`, made of our own pipeline, and environments to install it in."""

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import spacy

from extract.language.pipeline import OURS, PREFERRED
from tests.conftest import MODELS, ROOT

VERSION = "3.8.0"
_INIT = """\
from pathlib import Path
from spacy.util import get_model_meta, load_model_from_init_py

__version__ = get_model_meta(Path(__file__).parent)["version"]


def load(**overrides):
    return load_model_from_init_py(__file__, **overrides)
"""


def build_wheel(folder: Path, *, spacy_version: str) -> Path:
    """Build a wheel with the components of our pipeline, and an NER that knows one person."""
    nlp = spacy.load(MODELS / OURS)
    ruler = nlp.add_pipe("entity_ruler", name="ner")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Jan Jansen"}])  # type: ignore[attr-defined]
    nlp.meta.update(name=PREFERRED.removeprefix("nl_"), version=VERSION, license="CC BY-SA 4.0")
    data = folder / f"{PREFERRED}-{VERSION}"
    nlp.to_disk(data)
    meta = json.loads((data / "meta.json").read_text(encoding="utf-8")) | {"spacy_version": spacy_version}
    (data / "meta.json").write_text(json.dumps(meta), encoding="utf-8")

    distribution = f"{PREFERRED}-{VERSION}.dist-info"
    files = dict(_files(data, f"{PREFERRED}/{data.name}")) | {
        f"{PREFERRED}/__init__.py": _INIT.encode(),
        f"{PREFERRED}/meta.json": json.dumps(meta).encode(),
        f"{distribution}/METADATA": f"Metadata-Version: 2.1\nName: {PREFERRED}\nVersion: {VERSION}\n".encode(),
        f"{distribution}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{distribution}/entry_points.txt": f"[spacy_models]\n{PREFERRED} = {PREFERRED}\n".encode(),
    }
    files[f"{distribution}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{distribution}/RECORD"]).encode()
    wheel = folder / f"{PREFERRED}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def environment_with(folder: Path, wheel: Path) -> Path:
    """A throw-away environment that has all that this one has, and a wheel; return its Python."""
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = next(folder.rglob("site-packages"))
    lines = (f"import site; site.addsitedir({each!r})\n" for each in site.getsitepackages())
    (packages / "all_that_this_one_has.pth").write_text("".join(lines), encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check")
    install = ("install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel))
    subprocess.run([*pip, *install], check=True, timeout=300)
    return python


def manifesto(python: Path, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command in an environment, which finds there what `env` says."""
    return subprocess.run(
        [str(python), "-m", "pipelines", *arguments],
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=env, timeout=300, check=False,
    )  # fmt: skip


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes()

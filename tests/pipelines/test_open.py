"""`manifesto open` as a process of its own: it says where it serves, answers, and ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from extract.dataset.versions import publish, write_draft
from extract.extraction import Resources, extract_document
from extract.parties import load_register
from extract.records import Document
from extract.tables import rows_of
from pipelines.commands.cli import main
from tests.conftest import ROOT
from tests.dataset.test_dataset import RUN

_COMMAND = (sys.executable, "-u", "-m", "pipelines", "open")


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory, digest: Document, resources: Resources) -> Path:
    """A processed folder with a version of the digest."""
    folder = tmp_path_factory.mktemp("processed")
    rows = [rows_of(extract_document(digest, resources=resources))]
    publish(write_draft(rows, parties=load_register().parties, processed=folder), RUN, folder)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot be sent Ctrl-C alone")
def test_it_serves_until_ctrl_c(processed: Path) -> None:
    version = (processed / "current.txt").read_text(encoding="utf-8").strip()
    report = processed / version / "report.html"
    report.write_text("<p>", encoding="utf-8")
    command = [*_COMMAND, "--processed", str(processed), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stdout
        said = process.stdout.readline()
        url = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
        assert "Ctrl-C" in said and str(report) in process.stdout.readline()
        page, _, token = url.partition("?token=")
        with httpx.Client(timeout=60) as client:
            assert token not in client.get(url).text
            home = client.get(page)
            assert home.status_code == 200 and version in home.text
            assert client.get(page, params={"sql": "SELECT frm"}).status_code == 400
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0 and output == ""
    assert "Traceback" not in errors and "KeyboardInterrupt" not in errors


def failed(*arguments: str) -> Result:
    """What a command that ends by itself says; in this process, as it gets to serve nothing."""
    result = CliRunner().invoke(main, ["open", *arguments, "--no-browser"])
    assert isinstance(result.exception, SystemExit)
    return result


def test_a_port_that_is_taken_is_said(processed: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = failed("--processed", str(processed), "--port", port)
    assert result.exit_code == 2 and f"Port {port} cannot be used" in result.stderr


def test_what_cannot_be_opened_is_said(processed: Path, tmp_path: Path) -> None:
    for arguments, said in (
        ([str(tmp_path)], "is no dataset"),
        (["--processed", str(tmp_path)], "There is no dataset"),
        ([str(without_database(processed, tmp_path))], "cannot be read"),
    ):
        result = failed(*arguments)
        assert result.exit_code == 1 and said in " ".join(result.stderr.split())


def without_database(processed: Path, folder: Path) -> Path:
    """A version that lost its database."""
    version = (processed / "current.txt").read_text(encoding="utf-8").strip()
    copy = shutil.copytree(processed / version, folder / "copy")
    (copy / "dataset.sqlite").unlink()
    return copy

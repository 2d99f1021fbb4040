"""Other users of the machine, other pages in the browser, and SQL that is too much, against `manifesto open`."""

import asyncio
import csv
import io
import os
import re
import signal
import stat
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx
import pytest
import uvicorn
from datasette.app import Datasette
from selenium.webdriver.support.ui import WebDriverWait

from extract.dataset.versions import publish, write_draft
from extract.extraction import Resources, extract_document
from extract.parties import load_register
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.search import site_limits
from extract.search.doorkeeper import POLICY, guarded
from extract.search.site import site_of
from extract.tables import rows_of
from pipelines.commands import open as opening
from tests.browser import browser
from tests.conftest import ROOT
from tests.dataset.test_dataset import RUN

TEXT = "Zorg\n\nWij willen meer zorg; =1+1 is twee. =2+2 is vier.\n\nDe partij wil minder regels.\n"
HOST = "127.0.0.1:8001"
TOKEN = "a-secret-that-nobody-else-was-told-of-_1234"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, resources: Resources) -> Path:
    """A version with one small text."""
    document, problems = document_in(TEXT.encode(), name="BIJ1_2025.txt", facts=Facts(), max_characters=10**6)
    assert document, problems
    folder = tmp_path_factory.mktemp("processed")
    rows = [rows_of(extract_document(document, resources=resources))]
    return publish(write_draft(rows, parties=load_register().parties, processed=folder), RUN, folder)


@pytest.fixture(scope="module")
def site(dataset: Path) -> Datasette:
    return site_of(dataset)


# --- the door ---------------------------------------------------------------------------------------------------------


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """What is to be guarded: it says yes, to every origin, or fails and tells where."""
    if scope["path"] == "/fails":
        raise RuntimeError("/home/secret")
    headers = [(b"access-control-allow-origin", b"*"), (b"cache-control", b"public"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(address: str = "/", /, *, method: str = "GET", **headers: str) -> httpx.Response:
    """What the door answers; a header `sec_fetch_site` is Sec-Fetch-Site."""
    app = guarded(inside, hosts=[HOST, "localhost:8001"], token=TOKEN, methods=["GET", "HEAD"])

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}") as client:
            return await client.request(
                method, f"http://{HOST}{address}", headers={k.replace("_", "-"): v for k, v in headers.items()}
            )

    return asyncio.run(asked())


COOKIE = {"cookie": f"manifesto={TOKEN}"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8001", "127.0.0.1", "127.0.0.1:8002", "localhost", ""])
def test_a_name_that_points_here_is_not_served(host: str) -> None:
    assert ask(host=host, **COOKIE).status_code == 421
    assert ask(f"/?token={TOKEN}", host=host).status_code == 421


@pytest.mark.parametrize(
    "address", ["/", "/dataset.json", "/site/site.js", "/?token=", "/?token=x", f"/?token={TOKEN}x"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "ODD"])
def test_who_has_no_token_stays_outside(address: str, method: str) -> None:
    for headers in ({}, {"cookie": "manifesto=x"}, {"cookie": "manifesto"}, {"authorization": "Bearer x"}):
        answer = ask(address, method=method, **headers)
        assert answer.status_code == 403 and TOKEN not in answer.text + str(answer.headers)
        assert method == "HEAD" or "use the address that the command printed" in answer.text


def test_the_token_becomes_a_cookie_and_leaves_the_address() -> None:
    answer = ask(f"//evil.example/a?sql=%22%3E&token={TOKEN}&b=")
    assert answer.status_code == 200 and TOKEN not in answer.text
    assert 'content="0; url=/evil.example/a?sql=%22%3E&amp;b="' in answer.text  # a path of ours
    cookie = answer.headers["set-cookie"]
    assert cookie == f"manifesto={TOKEN}; Path=/; HttpOnly; SameSite=Strict"
    for host in (HOST, "LOCALHOST:8001"):
        assert ask("/a", host=host, **COOKIE).text == "inside"
    assert ask(cookie=f"a=b; manifesto=of another page; manifesto={TOKEN}").text == "inside"
    assert ask(authorization=f"Bearer {TOKEN}").text == "inside"
    assert ask(f"/?token={TOKEN}", method="POST").status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),  # another port of this machine, to which the browser shows the cookie
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "same-origin", "origin": f"http://{HOST}"}, 200),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, 200),
    ],
)
def test_the_cookie_does_not_speak_for_other_pages(headers: dict[str, str], status: int) -> None:
    assert ask(**headers, **COOKIE).status_code == status


@pytest.mark.parametrize("headers", [{}, COOKIE])
def test_nothing_is_framed_kept_or_shared(headers: dict[str, str]) -> None:
    answer = ask(**headers)
    assert {name: answer.headers.get_list(name) for name in (
        "cache-control", "content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
        "referrer-policy", "x-content-type-options", "x-frame-options", "access-control-allow-origin",
    )} == {
        "cache-control": ["no-store"], "content-security-policy": [POLICY],
        "cross-origin-opener-policy": ["same-origin"],
        "cross-origin-resource-policy": ["same-origin"], "referrer-policy": ["no-referrer"],
        "x-content-type-options": ["nosniff"], "x-frame-options": ["DENY"], "access-control-allow-origin": [],
    }  # fmt: skip


def test_an_error_tells_nothing(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    answer = ask("/fails", **COOKIE)
    assert answer.status_code == 500 and "secret" not in answer.text
    said = caplog.text + "".join(capfd.readouterr())
    assert "RuntimeError" in said and "Traceback" not in said and "secret" not in said


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "ODD"])
def test_only_reading_is_answered(method: str) -> None:
    assert ask(method=method, **COOKIE).status_code == 405


@pytest.mark.parametrize(
    ("kinds", "headers", "let_in"),
    [
        ({}, COOKIE, False),
        ({"websockets": True}, {}, False),
        ({"websockets": True}, {**COOKIE, "origin": "http://evil.example"}, False),
        ({"websockets": True}, {**COOKIE, "origin": f"http://{HOST}"}, True),
    ],
)
def test_websockets_are_refused(kinds: dict[str, bool], headers: Mapping[str, str], let_in: bool) -> None:
    sent = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    pairs = [(name.encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()]
    asyncio.run(
        guarded(app, hosts=[HOST], token=TOKEN, **kinds)({"type": "websocket", "headers": pairs}, receive, send)
    )
    assert sent == ["websocket.accept" if let_in else "websocket.close"]


# --- the browser ------------------------------------------------------------------------------------------------------


def test_the_token_is_on_no_command_line(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    told: list[str] = []
    modes: list[int] = []

    def run(*_: Any, **__: Any) -> None:
        for _ in range(100):
            if opened:
                break
            asyncio.run(asyncio.sleep(0.05))
        page = Path(url2pathname(urlsplit(opened[0]).path))
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in (page, page.parent))
        assert told[0] in page.read_text(encoding="utf-8")

    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.setattr(opening, "_limit_files", lambda: None)
    opening.serve_site(site, port=None, browser=True, ready=told.append)
    token = told[0].partition("token=")[2]
    assert len(token) > 40 and opened[0].startswith("file:") and token not in opened[0]
    assert os.name == "nt" or modes == [0o600, 0o700]
    assert not Path(url2pathname(urlsplit(opened[0]).path)).exists()


# --- what is asked ----------------------------------------------------------------------------------------------------


def get(site: Datasette, path: str, /, **parameters: str) -> httpx.Response:
    """What Datasette answers who is inside."""
    return asyncio.run(site.client.get(path, params=parameters or None))


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
TOO_MUCH = {  # before: 500 MB in one answer, 3.7 GB of memory
    "zeroblob": "SELECT zeroblob(1000000000)",
    "randomblob": "SELECT hex(randomblob(200000000))",
    "blobs": f"{NUMBERS} SELECT zeroblob(20000000) FROM n",
    "rows": f"{NUMBERS} SELECT printf('%.*c', 100000, 'x') FROM n",
    "replace": "SELECT length(replace(hex(zeroblob(20000)), '0', hex(zeroblob(10000))))",
    "concat": f"{NUMBERS} SELECT length(group_concat(printf('%.*c', 100000, 'x'))) FROM n",
    "like": "SELECT 'a' LIKE printf('%.*c', 1000, '%')",
    "columns": f"SELECT {','.join('1' * 300)}",
}


@pytest.mark.parametrize("name", TOO_MUCH)
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_sql_that_is_too_much_is_refused(name: str, form: str, site: Datasette) -> None:
    answer = get(site, f"/dataset{form}", sql=TOO_MUCH[name])
    assert answer.status_code == (200 if form == ".csv" else 400)  # Datasette gives CSV without rows
    assert len(answer.content) < (100 if form == ".csv" else 10_000)


def test_sql_without_an_end_is_stopped(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site_limits.SETTINGS["sql_time_limit_ms"] <= 10_000
    monkeypatch.setattr(site, "sql_time_limit_ms", 100)
    endless = NUMBERS.replace("LIMIT 5000", "")
    answer = get(site, "/dataset.json", sql=f"{endless} SELECT count(*) FROM n")
    assert answer.status_code == 400 and "took too long" in answer.text


def test_memory_has_a_bound(site: Datasette) -> None:
    nested = "".join(f", t{at} AS (SELECT a.x FROM t{at - 1} a, t{at - 1} b)" for at in range(1, 12))
    assert get(site, "/dataset.json", sql=f"WITH t0 AS (SELECT 1 x){nested} SELECT * FROM t11").status_code == 200

    def bound(connection: Any) -> int:
        connection.set_authorizer(None)
        try:
            return int(connection.execute("PRAGMA hard_heap_limit").fetchone()[0])
        finally:
            connection.set_authorizer(site_limits._allowed)

    assert asyncio.run(site.get_database("dataset").execute_fn(bound)) == 512_000_000


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&".join(["_facet=text"] * 11), 400),
        ("&".join(["_facet_array=text", "_f%61cet=text"] * 6), 400),
        ("text__exact=" + "a" * 9_000, 414),
        ("_facet=kind&_size=max", 200),
    ],
)
def test_addresses_have_a_size(query: str, status: int, site: Datasette) -> None:
    assert asyncio.run(site.client.get(f"/dataset/passages?{query}")).status_code == status


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM pragma_database_list",
        "SELECT file FROM pragma_database_list('main')",
        "ATTACH '/etc/passwd' AS x",
        "SELECT load_extension('x')",
        "SELECT hex(fts3_tokenizer('simple'))",
        "WITH x AS (SELECT 1) INSERT INTO parties (party_id) VALUES ('x')",
    ],
)
def test_sql_sees_its_own_tables_alone(sql: str, site: Datasette, dataset: Path) -> None:
    answer = get(site, "/dataset.json", sql=sql)
    assert answer.status_code == 400 or answer.json()["rows"] == []
    assert str(dataset) not in answer.text


SPECIAL = ("actor", "allow-debug", "asgi-scope", "auth-token", "config", "databases", "logout", "messages", "metadata",
           "patterns", "permissions", "plugins", "settings", "threads", "versions")  # fmt: skip
ODD = (
    "/", "/dataset", "/dataset/sentences", "/nowhere", "/%00", "/site/%00", "/site/../site.py",
    "/dataset/sentences/%00", "/dataset/sentences?_sort=%00", "/dataset/sentences?_through={}",
    "/dataset/sentences.json?_through=[]",
    "/dataset/sentences?_next=%ff", "/dataset.db", "/_internal", "/_internal/databases", "/dataset?_trace=1",
    "/dataset?sql=select+dutch(1)", "/dataset?_context=1", "/dataset/sentences?_where=length(zeroblob(900000000))>0",
)  # fmt: skip


def test_no_answer_names_a_place_of_the_machine(
    site: Datasette, dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    special = [f"/-/{name}{form}" for name in SPECIAL for form in ("", ".json")]
    for path in (*special, *ODD):
        answer = asyncio.run(site.client.get(path))
        for place in (str(dataset), str(dataset.parent), sys.prefix, "site-packages", "Traceback"):
            assert place not in answer.text, path
        assert path not in special or answer.status_code == 404
    assert "Traceback" not in "".join(capfd.readouterr())


def test_csv_of_a_query_holds_no_formula(site: Datasette) -> None:
    sql = "SELECT text, -5 AS n FROM sentences UNION ALL SELECT '=1;=2', '-2+cmd' UNION ALL SELECT 'a\nb', 'c'"
    rows = list(csv.reader(io.StringIO(get(site, "/dataset.csv", sql=sql).text, newline="")))
    assert rows[0] == ["text", "n"] and ["'=1;'=2", "'-2+cmd"] in rows and ["a\nb", "c"] in rows
    assert "-5" in {row[1] for row in rows} and any("; '=1+1" in row[0] or ";' =1+1" in row[0] for row in rows)
    streamed = get(site, "/dataset/sentences.csv", _stream="1").text
    assert "'=2+2 is vier" in streamed and not re.search(r"(^|,)\"?=", streamed, re.MULTILINE)


# --- all of it --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(dataset: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`manifesto open` as a process of its own: its URL, and the process."""
    command = [sys.executable, "-u", "-m", "pipelines", "open", str(dataset), "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stdout
        yield next(word for word in process.stdout.readline().split() if word.startswith("http")), process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(
    not Path("/proc/net/tcp").exists() or os.geteuid() != 0, reason="only root can act as another user, as Linux tells"
)
def test_a_cookie_that_another_user_has_taken_is_worth_nothing(opened: tuple[str, subprocess.Popen[str]]) -> None:
    url, _ = opened
    ask = (
        "import sys, urllib.error, urllib.request as r\n"
        "headers = {'Cookie': sys.argv[2], 'Host': sys.argv[3]}\n"
        "try: print(r.urlopen(r.Request(sys.argv[1], headers=headers)).status)\n"
        "except urllib.error.HTTPError as error: print(error.code)\n"
    )
    parts = urlsplit(url)
    cookie = f"manifesto-{parts.port}={parts.query.removeprefix('token=')}"
    for user, status in ((0, "200"), (65_534, "403")):
        mapped = url.replace("127.0.0.1", "[::ffff:127.0.0.1]")  # the same, in the words of another family
        for address in (f"http://{parts.netloc}/dataset", url, mapped):
            command = ["/usr/bin/env", "python3", "-c", ask, address, cookie, parts.netloc]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", user=user, check=True, cwd="/")
            assert done.stdout.strip() == status


def test_a_browser_comes_in_by_the_file_and_stays(opened: tuple[str, subprocess.Popen[str]], tmp_path: Path) -> None:
    url, _ = opened
    with browser(tmp_path) as chrome, opening.led_by_file(url) as file:
        chrome.get(file.as_uri())
        WebDriverWait(chrome, 30).until(lambda _: "Sentences, quotes and proposals" in chrome.page_source)
        assert "token" not in chrome.current_url
        chrome.get(url.partition("?")[0] + "/sentences?_search=zorg")
        assert "minder regels" not in chrome.page_source and "meer zorg" in chrome.page_source
        wrong = [each for each in chrome.get_log("browser") if each["level"] == "SEVERE"]
        assert wrong == []


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot be sent Ctrl-C alone")
def test_another_user_gets_nothing(opened: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = opened
    parts = urlsplit(url)
    base = f"http://{parts.netloc}"
    token = parts.query.removeprefix("token=")
    with httpx.Client(base_url=base, timeout=60) as stranger, httpx.Client(base_url=base, timeout=60) as owner:
        for path in ("/", "/dataset", "/dataset/sentences.json", "/dataset.json?sql=select+1", "/site/site.js",
                     "/-/static/app.css", "/favicon.ico"):  # fmt: skip
            assert stranger.get(path).status_code == 403
        assert stranger.get(f"/?token={token}", headers={"host": "evil.example"}).status_code == 421
        upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
                   "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        assert stranger.get("/", headers=upgrade).status_code == 403
        owner.get(url)
        for path in ("/", "/dataset", "/dataset/sentences.json", "/site/site.js", "/-/static/app.css"):
            answer = owner.get(path)
            assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-frame-options"] == "DENY" and "server" not in answer.headers
        for method in ("POST", "PUT", "TRACE", "ODD"):
            assert owner.request(method, "/-/messages", content=b"\xff").status_code == 405
        assert owner.get("/dataset/sentences?_through={}").status_code == 500
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert "Traceback" not in output + errors and token not in output + errors and "site-packages" not in errors

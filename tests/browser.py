"""A real browser, without a window, to look at a page as a reader does."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

REQUIRED = "MANIFESTO_BROWSER"  # set where a missing browser is a fault, as in CI
_PATIENCE = 20  # seconds
_SERIOUS = {"serious", "critical"}


@contextmanager
def browser(downloads: Path) -> Iterator[webdriver.Chrome]:
    """Chromium, with what it asks of the network logged."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        missing = "chromium and chromedriver are not installed (Debian: apt install chromium chromium-driver)"
        pytest.fail(missing) if os.environ.get(REQUIRED) else pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        chrome.set_window_size(1280, 1000)
        yield chrome
    finally:
        chrome.quit()


class Page:
    """A report, open in a browser."""

    def __init__(self, chrome: webdriver.Chrome, file: Path) -> None:
        self.chrome = chrome
        self.url = file.as_uri()

    def open(self, state: str = "") -> "Page":
        """Load the page anew at a state."""
        self.chrome.get("about:blank")
        self.chrome.get(f"{self.url}#{state}" if state else self.url)
        return self.settled()

    def settled(self) -> "Page":
        """Wait until the page shows what its address says."""
        WebDriverWait(self.chrome, _PATIENCE).until(lambda _: self.run("return document.body.dataset.ready === 'yes'"))
        WebDriverWait(self.chrome, _PATIENCE).until(lambda _: self.run("return idle()"))
        return self

    def go(self, state: str) -> "Page":
        """Follow an address within the page."""
        self.run("location.hash = arguments[0]", state)
        return self.settled()

    def click(self, selector: str) -> "Page":
        """Click the first element of a selector."""
        self.run("document.querySelector(arguments[0]).click()", selector)
        return self.settled()

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self.chrome.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """The visible text of the first element of a selector."""
        return str(self.chrome.find_element(By.CSS_SELECTOR, selector).text)

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements of a selector."""
        return list(self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector))

    def requests(self) -> list[str]:
        """What the page asked for since the last look, but for itself and what it made itself."""
        asked = []
        for entry in self.chrome.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"].partition("#")[0])
        return [url for url in asked if url != self.url and not url.startswith(("data:", "blob:", "about:", "chrome:"))]

    def complaints(self) -> list[str]:
        """What the browser's console says."""
        return [entry["message"] for entry in self.chrome.get_log("browser")]

    def barriers(self) -> list[str]:
        """Serious faults of accessibility that axe-core finds: its rule, and where."""
        script = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
        self.run(script)
        found = self.chrome.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run().then(found => done(found.violations))"
        )
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200]} ({each['nodes'][0].get('failureSummary', '')[:200]})"
            for each in found
            if each["impact"] in _SERIOUS
        ]

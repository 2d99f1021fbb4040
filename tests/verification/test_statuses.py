"""Whatever lists or shows the statuses of quotes agrees with their table."""

import re
from typing import get_args

from extract.records import CertificateStatus
from extract.report.figures import _STATUS_COLOURS
from extract.verification.statuses import IN_DRAFT, MATCHES, STATUSES, VERIFIED
from tests.conftest import ROOT

_ASSETS = ROOT / "src" / "extract" / "report" / "assets"
_QUERIES = ROOT / "src" / "extract" / "search" / "queries"
_DOCUMENTED = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")


def test_columns_have_the_statuses_of_the_table_in_its_order() -> None:
    assert get_args(CertificateStatus) == tuple(STATUSES)
    assert tuple(name for name in STATUSES if name in MATCHES) == MATCHES and set(MATCHES) >= VERIFIED


def test_the_documentation_defines_each_status_as_the_table_does() -> None:
    _, _, table = _DOCUMENTED.partition("| status | meaning | example |\n|---|---|---|\n")
    rows = re.findall(r"^\| ([a-z-]+) \| (.+?) \| .*\|$", table.partition("\n\n")[0], re.MULTILINE)
    assert rows == [(name, status.meaning) for name, status in STATUSES.items()]


def test_the_documentation_says_what_is_verified_and_what_is_a_problem() -> None:
    *others, last = [name for name in STATUSES if name in VERIFIED]
    assert f"is **verified** if its best status is {', '.join(others)} or {last}." in _DOCUMENTED
    *others, last = [name for name, status in STATUSES.items() if not status.doubt and not status.verified]
    assert f"best status, but for {', '.join(others)} and {last}, is also a Problem" in _DOCUMENTED
    assert not any(status.doubt for status in STATUSES.values() if status.verified)


def test_bars_of_the_report_stand_in_the_order_of_the_table() -> None:
    """That each status has a word and a colour is held by tests/report."""
    assert list(_STATUS_COLOURS) == list(STATUSES)


def test_the_report_names_no_status_that_there_is_not() -> None:
    styles = (_ASSETS / "page.css").read_text(encoding="utf-8")
    rules = [set(re.findall(r"\.status\.([a-z-]+)", rule)) for rule in re.findall(r"[^{}]*\.status\.[^{}]*", styles)]
    assert rules[0] == VERIFIED and all(rule <= set(STATUSES) - VERIFIED for rule in rules[1:])
    assert set(re.findall(r"certificate=([a-z-]+)", (_ASSETS / "page.html").read_text(encoding="utf-8"))) <= set(
        STATUSES
    )


def test_queries_name_the_statuses_of_the_table() -> None:
    compared = re.compile(r"certificates\.status (?:NOT )?(?:IN|=) (\([^)]*\)|'[^']*')")
    for path in _QUERIES.glob("*.sql"):
        groups = [re.findall(r"'([^']*)'", each) for each in compared.findall(path.read_text(encoding="utf-8"))]
        assert {name for names in groups for name in names} <= set(STATUSES), path.name
        for counted in (VERIFIED, IN_DRAFT):
            assert all(set(names) == counted for names in groups if not counted.isdisjoint(names)), path.name
        if path.stem == "quotes-verified-by-party":  # a column for each status or some of them
            assert sorted(name for names in groups for name in names) == sorted(STATUSES)

"""The report, in a browser: figures lead to sentences, sentences to their places, and what a file says stays text."""

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from extract.changes.comparing import compare
from extract.dataset.files import REPORT
from extract.dataset.versions import publish, write_draft
from extract.extraction import Resources, extract_document, load_resources
from extract.labels.codebooks import CODEBOOK_FILE, Codebook, read_codebook
from extract.language.pipeline import OURS
from extract.parties import load_register
from extract.problems import problem
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.readings.readings import _DOUBTS
from extract.records import CertificateStatus, Extraction, Label, PassageKind
from extract.report.counts import Counts
from extract.report.figures import _PASSAGE_COLOURS, _STATUS_COLOURS
from extract.report.page import _SCRIPTS, is_of_this_code, write_report
from extract.settings import Settings
from extract.tables import ACROSS_DOCUMENTS, rows_of, table_of
from extract.verification.examination import certify, digest_of
from extract.verification.sources import source_of
from extract.verification.statuses import VERIFIED
from tests.browser import Page, browser
from tests.conftest import MODELS, ROOT, read_tables
from tests.dataset.test_dataset import RUN

BOOKS = [read_codebook(MODELS / name / CODEBOOK_FILE) for name in ("digitalisation", "policy-areas", "statement")]
ASSETS = ROOT / "src" / "extract" / "report" / "assets"
WIDTHS = (360, 768, 1440)

DIGEST_TEXT = (
    "GroenLinks-PvdA ziet digitalisering als een kans voor iedereen.\n"
    "De partij wil dat er altijd een loket blijft.\n"
    "“Elke gemeente houdt een loket waar mensen zonder computer terechtkunnen.”\n"
    "“We schaffen het loket voor digitale vragen overal af.”\n"
    "Het CDA ziet digitalisering als een zorg.\n"
    "De partij wil een minister voor Digitale Zaken.\n"
    "“Er komt een minister voor Digitale Zaken die de regie voert.”\n"
)
MANIFESTO_TEXT = (
    "# Samen verder\n\n"
    "😀 Wij geloven in de kracht van mensen. Elke gemeente houdt een loket waar mensen zonder computer terechtkunnen. "
    "Privacy is een grondrecht dat wij beschermen, ook in İstanbul. "
    "De ideeën en crèches van de coöperatie verdienen steun.\n\n"
    "## Zorg & welzijn\n\n"
    "We investeren 100 miljoen euro in de zorg. Het elektronisch patiëntendossier wordt veilig.\n"
)
HOSTILE_TEXT = (
    "<script>window.planted = 1</script> is wat wij willen. "
    '<img src=x onerror="window.planted = 2"> mag niet. </script><script>window.planted = 3</script> ook niet. '
    '=HYPERLINK("http://example.org") wordt verboden. @SUM(1+1) verdient steun. ${7*7} en {{ 7*7 }} blijven staan.\n'
)
FILES = {
    "digest.txt": (DIGEST_TEXT, Facts(election="TK2025")),
    "groenlinks-pvda.md": (MANIFESTO_TEXT, Facts(party="GroenLinks-PvdA", election="TK2025", status="final")),
    "hostile.txt": (HOSTILE_TEXT, Facts(party="<i>Planted</i>\x0b\u2028", election="TK2023")),
}

NAMED = {"hostile.txt": "<b>hostile</b>.txt"}  # which not every file system would take


@pytest.fixture(scope="module")
def resources() -> Resources:
    """With a language pipeline, so that proposals have the action and polarity that the page shows."""
    return load_resources(Settings(language_pipeline=OURS), models=MODELS)


@pytest.fixture(scope="module")
def extractions(resources: Resources, tmp_path_factory: pytest.TempPathFactory) -> list[Extraction]:
    raw = tmp_path_factory.mktemp("raw")
    found = []
    for name, (text, facts) in FILES.items():
        (raw / name).write_text(text, encoding="utf-8")
        document, problems = read_document(raw / name, raw=raw, facts=facts, max_characters=10**6)
        assert document, problems
        document = replace(document, path=NAMED.get(name, name))
        found.append(extract_document(document, resources=resources))
    return sorted(found, key=lambda each: each.document.path if each.document else "")


@pytest.fixture(scope="module")
def dataset(extractions: list[Extraction], tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("processed")
    rows = [rows_of(each) for each in extractions]
    digests = [each for found in rows if (each := digest_of(found.tables))]
    sources = [each for found in rows if (each := source_of(found))]
    certified = certify(digests, sources, register=load_register())
    hostile = next(each.document for each in extractions if each.document and "hostile" in each.document.path)
    noted = problem("quote-unclosed", "<b onclick='x'>A message</b>", path=hostile.path,
                    document_id=hostile.document_id, char_start=0, char_end=8)  # fmt: skip
    draft = write_draft(
        rows, parties=load_register().parties, problems=[noted], processed=processed,
        across=[(name, table_of(name, getattr(certified, name))) for name in ACROSS_DOCUMENTS],
    )  # fmt: skip
    return publish(draft, RUN, processed, report=lambda folder: write_report(folder, BOOKS, version=draft.version))


@pytest.fixture(scope="module")
def tables(dataset: Path) -> dict[str, pd.DataFrame]:
    return read_tables(dataset)


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def opened(dataset: Path, downloads: Path) -> Iterator[Page]:
    with browser(downloads) as chrome:
        yield Page(chrome, dataset / REPORT)


@pytest.fixture
def page(opened: Page) -> Page:
    opened.chrome.set_window_size(1280, 1000)
    return opened.open()


def counted(page: Page) -> int:
    return int(page.text("#count").split()[0].replace(".", "").replace(",", ""))


def labelled(tables: dict[str, pd.DataFrame], codebook: str) -> pd.DataFrame:
    """Sentences with the label that counts."""
    labels = tables["labels"].query("codebook == @codebook and not abstained")
    return tables["sentences"].merge(labels, on="sentence_id")


def test_the_page_loads_without_a_request_or_a_complaint(page: Page) -> None:
    assert counted(page) == len(page.texts("#hits li")) > 10
    page.open("q=loket")
    assert page.requests() == [] and page.complaints() == []


def test_the_tiles_are_counts_of_rows(page: Page, tables: dict[str, pd.DataFrame]) -> None:
    best = tables["certificates"].query("best")
    verified = best.status.isin(VERIFIED).sum()
    checked = (best.status != "no-source").sum()
    shown = [" ".join(each.split()) for each in page.texts(".tiles b")]
    parties = tables["sections"].party_id.dropna().nunique()
    expected = [len(tables["documents"]), parties, len(tables["sentences"]), len(tables["proposals"])]
    assert shown == [*map(str, expected), f"{verified} / {checked}", str(len(tables["problems"]))]
    assert 0 < verified < checked < len(best)


SCOPES = [("manifesto", "TK2025"), ("manifesto", "TK2023"), ("manifesto", "*"), ("digest", "*")]


def in_figures(tables: dict[str, pd.DataFrame], codebook: str, scope: tuple[str, str]) -> pd.DataFrame:
    """Sentences that a figure counts, each with its label, ? where the classifier abstained."""
    rows = tables["sentences"].merge(tables["labels"].query("codebook == @codebook"), on="sentence_id")
    rows = rows.merge(tables["documents"][["document_id", "kind", "election"]], on="document_id")
    rows = rows.merge(tables["passages"][["passage_id", "kind"]], on="passage_id", suffixes=("", "_of_passage"))
    rows["label"] = rows.label.where(~rows.abstained, "?")
    rows = rows[(rows.kind_of_passage != "heading") & (rows.kind == scope[0])]
    return rows[rows.election == scope[1]] if scope[1] != "*" else rows


def choose(page: Page, scope: tuple[str, str]) -> None:
    for what, value in zip(("kind", "election"), scope, strict=True):
        page.run(
            "const s = document.getElementById('scope-' + arguments[0]); s.value = arguments[1];"
            "s.dispatchEvent(new Event('change', {bubbles: true}))", what, value,
        )  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("codebook", ["digitalisation", "policy-areas"])
def test_each_number_of_a_heat_map_leads_to_its_sentences(
    page: Page, tables: dict[str, pd.DataFrame], codebook: str, scope: tuple[str, str]
) -> None:
    choose(page, scope)
    cells = page.run(
        "return [...document.querySelectorAll(`table[data-book='${arguments[0]}'] td a`)].filter(a => !a.hidden)"
        ".map(a => [a.getAttribute('href'), a.querySelector('.n').textContent, a.querySelector('.rate').textContent])",
        codebook,
    )
    rows = in_figures(tables, codebook, scope)
    assert sum(int(count) for _, count, _ in cells) == len(rows) > 1
    totals = rows.groupby(rows.party_id.fillna("?")).size()
    for state, count, rate in cells:
        found = counted(page.go(state[1:]))
        party = page.run("return state.party")
        assert found == int(count)
        assert float(rate.replace(".", "").replace(",", ".")) == pytest.approx(
            1000 * found / totals[party if party[0] != "?" else "?"], abs=0.5
        )


@pytest.mark.parametrize("scope", SCOPES)
def test_each_part_of_a_bar_leads_to_its_sentences(
    page: Page, tables: dict[str, pd.DataFrame], scope: tuple[str, str]
) -> None:
    choose(page, scope)
    bars = page.run(
        "return [...document.querySelectorAll('#book-statement [data-scope]:not([hidden]) .chart[data-lang=nl] svg a')]"
        ".map(a => [a.getAttribute('xlink:href'), a.querySelector('[aria-label]').getAttribute('aria-label')])"
    )
    numbers = [int(said.rpartition(": ")[2].split()[0]) for _, said in bars]
    assert sum(numbers) == len(in_figures(tables, "statement", scope)) > 1
    for (state, _), number in zip(bars, numbers, strict=True):
        assert counted(page.go(state[1:])) == number


def test_figures_begin_with_manifestos_of_the_newest_election_and_the_address_keeps_others(page: Page) -> None:
    shown = "return [scope.kind, scope.election]"
    assert page.run(shown) == ["manifesto", "TK2025"] and "TK2025" in page.text("#book-digitalisation .caption")
    choose(page, ("digest", "*"))
    state = page.run("return location.hash")[1:]
    assert page.open().run(shown) == ["manifesto", "TK2025"] and page.open(state).run(shown) == ["digest", "*"]


def test_a_summary_is_not_put_into_the_mouth_of_a_party(page: Page) -> None:
    cite = """
        const [made, i] = [documents[hits[0][0]], hits[0][1]];
        return citation(made, made.sentences.start[i], made.sentences.end[i], i);
    """
    page.open("q=ziet+digitalisering+kans")
    made = page.run(cite)
    assert made.startswith("Samenvatting over GroenLinks-PvdA: GroenLinks-PvdA ziet") and "“" not in made
    assert "samenvatting, niet van de partij" in page.text("#hits")
    page.open("certificate=verbatim")
    made = page.run(cite)
    assert made.startswith("“Elke gemeente houdt een loket waar mensen zonder computer terechtkunnen.” (")
    for part in (
        "(GroenLinks-PvdA, TK2025; woordelijk, GroenLinks-PvdA, TK2025;",
        "geciteerd in digest.txt",
        "SHA-256",
    ):
        assert part in made


def test_sentences_found_are_counted_by_party(page: Page) -> None:
    page.open("q=de")
    counts = [int(each.split("·")[0]) for each in page.texts("#by-party li span:last-child")]
    assert len(counts) > 2 and sum(counts) == counted(page) and counts == sorted(counts, reverse=True)
    page.click("#by-party li a")
    assert counted(page) == counts[0]


def test_quotes_lead_to_the_sentences_in_them_and_on_to_the_manifesto(
    page: Page, tables: dict[str, pd.DataFrame]
) -> None:
    page.open("certificate=verbatim")
    assert page.text("#count") == "1 zin in 1 citaat"
    page.click("#hits a")
    assert "woordelijk" in page.text("#reader-body")
    page.click("#reader-body dd a[href*='.at.']")
    (row,) = tables["certificates"].query("status == 'verbatim'").itertuples()
    assert page.text("#reader-text mark") == row.text and page.text("#reader-title") == "GroenLinks-PvdA, TK2025"
    assert "😀" in page.text("#reader-text")  # which is two units of a script's strings, one of the dataset


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("loket", "loket"),
        ("LOKET computer", "computer"),
        ("computer loket", "computer"),
        ('"loket waar mensen"', "loket waar mensen"),
        ('"mensen loket"', None),
        ("patientendossier", "patiëntendossier"),
        ("creches", "crèches"),
        ("crèches cooperatie", "crèches"),
        ("dossier", "patiëntendossier"),
        ("<img", "<img"),
        ("qqq", None),
        ('"', ""),
    ],
)
def test_search_finds_all_words_and_parts_of_words(
    page: Page, tables: dict[str, pd.DataFrame], words: str, expected: str | None
) -> None:
    box = page.chrome.find_element("id", "f-q")
    box.send_keys(words)
    WebDriverWait(page.chrome, 10).until(lambda _: "q=" in page.run("return location.hash"))
    page.settled()
    texts = tables["sentences"].text
    hits = texts[texts.str.contains(expected, case=False, regex=False)] if expected is not None else texts[:0]
    assert sorted(page.texts("#hits .said")) == sorted(hits)


def test_filters_go_together(page: Page, tables: dict[str, pd.DataFrame]) -> None:
    rows = labelled(tables, "statement").query(
        "label == 'commitment' and probability >= 0.7 and party_id == 'groenlinks-pvda'"
    )
    page.go("party=groenlinks-pvda&book-statement=commitment&min=70")
    assert counted(page) == len(rows) > 0
    proposals = tables["proposals"]
    assert counted(page.go("proposals=all")) == proposals.sentence_id.nunique()
    assert counted(page.go("proposals=for")) == (proposals.polarity == "for").sum() > 0
    abstained = tables["labels"].query("codebook == 'policy-areas' and abstained")
    assert counted(page.go("book-policy-areas=?")) == len(abstained)
    page.go("sort=unsure")
    lowest = [
        min(
            float(label.split()[-2])
            for label in page.run(
                "return [...document.querySelectorAll('#hits li')][arguments[0]].querySelectorAll('.label, .quiet')",
                rank,
            )
            for label in [label.text]
        )
        for rank in range(10)
    ]
    assert lowest == sorted(lowest)


def test_a_sentence_is_shown_in_its_place_with_what_is_known_of_it(page: Page, tables: dict[str, pd.DataFrame]) -> None:
    page.go("q=privacy").click("#hits a")
    row = tables["sentences"][tables["sentences"].text.str.startswith("Privacy is")].iloc[0]
    assert page.text("#reader-text mark") == row.text
    around = page.text("#reader-text")
    assert "Elke gemeente houdt een loket" in around and "Zorg & welzijn" in around
    facts = page.text("#reader-body")
    assert row.sentence_id in facts and f"{row.char_start}–{row.char_end}" in facts
    label = tables["labels"].query("sentence_id == @row.sentence_id and codebook == 'digitalisation'").iloc[0]
    assert label.model_id in facts and f"{BOOKS[0].names[label.label]} {round(label.probability * 100)} %" in facts
    sha = tables["documents"].set_index("document_id").loc[row.document_id, "sha256"]
    assert sha in facts and "Samen verder" in page.text("#reader-where")


def test_the_address_reproduces_the_view(page: Page) -> None:
    page.go("q=loket&party=groenlinks-pvda").click("#hits li:nth-child(2) a")
    before = [page.texts("#hits .said"), page.text("#reader-text"), page.text("#count")]
    state = page.run("return location.hash")[1:]
    page.open().open(state)
    assert [page.texts("#hits .said"), page.text("#reader-text"), page.text("#count")] == before
    assert page.run("return [document.getElementById('f-q').value, document.getElementById('f-party').value]") == [
        "loket", "groenlinks-pvda",
    ]  # fmt: skip


def test_the_page_speaks_dutch_and_english(page: Page) -> None:
    assert page.run("return document.documentElement.lang") == "nl" and page.text("#explore-h") == "Zoek en lees"
    page.go("q=loket").click("[data-speak=en]")
    assert page.run("return document.documentElement.lang") == "en" and page.text("#explore-h") == "Search and read"
    assert "lang=en" in page.run("return location.hash") and page.text("#count").endswith("sentences")
    chart = "#book-statement [data-scope]:not([hidden]) .chart"
    assert page.text(f"{chart}[data-lang=en]") and not page.text(f"{chart}[data-lang=nl]")
    visible = page.text("body")
    assert "Commitment" in visible and "Voornemen" not in visible
    page.click("[data-speak=nl]")
    assert page.text("#count").endswith("zinnen")


def test_the_keyboard_is_enough(page: Page) -> None:
    def focus() -> WebElement:
        return page.chrome.switch_to.active_element

    def press(*keys: str) -> None:
        focus().send_keys(*keys)

    page.run("document.body.focus()")
    page.chrome.find_element("tag name", "body").send_keys(Keys.TAB)
    assert focus().get_attribute("class") == "skip"
    press(Keys.ENTER)
    page.chrome.find_element("tag name", "body").send_keys(Keys.TAB)
    assert focus().get_attribute("id") == "f-q"
    press("loket")
    WebDriverWait(page.chrome, 10).until(lambda _: "q=loket" in page.run("return location.hash"))
    page.settled()
    assert focus().get_attribute("id") == "f-q"  # who types is not interrupted
    for _ in range(40):
        press(Keys.TAB)
        if focus().get_attribute("data-sentence"):
            break
    chosen = focus().get_attribute("data-sentence")
    press(Keys.ENTER)
    page.settled()
    assert focus().get_attribute("id") == "reader-title"
    press(Keys.ESCAPE)
    page.settled()
    assert focus().get_attribute("data-sentence") == chosen and not page.text("#reader")


@pytest.mark.parametrize("state", ["", "lang=en", "q=loket", "certificate=verbatim"])
def test_axe_finds_no_serious_barrier(page: Page, state: str) -> None:
    page.open(state)
    if state:
        page.click("#hits a")
    assert page.barriers() == []


def test_axe_would_find_one(page: Page) -> None:
    page.run("document.getElementById('f-q').closest('label').replaceWith(document.getElementById('f-q'))")
    assert any(each.startswith("label") for each in page.barriers())


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(page: Page, width: int) -> None:
    page.chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        page.open("q=loket").click("#hits a")
        assert page.run("return innerWidth") == width
        inner, whole = page.run("const e = document.documentElement; return [e.clientWidth, e.scrollWidth]")
        assert whole == inner
    finally:
        page.chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_what_a_file_says_stays_text(page: Page, tables: dict[str, pd.DataFrame]) -> None:
    hostile = tables["documents"][tables["documents"].path.str.contains("hostile")].iloc[0]
    page.go(f"document={hostile.document_id}").click("#hits a")
    for sentence in page.run("return hits.map(([r, i]) => idOf(documents[r], i))"):
        page.go(f"document={hostile.document_id}&s={sentence}")
    assert page.run("return window.planted === undefined")
    assert page.run("return document.querySelectorAll('main img, main i, main b[onclick], main script').length") == 0
    shown = page.text("body")
    assert "<b>hostile</b>.txt" in shown and "<b onclick='x'>A message</b>" in shown and "{{ 7*7 }}" in shown
    assert page.requests() == []


def test_problems_lead_to_their_place(page: Page) -> None:
    page.click("#sources tr.warning a")
    assert page.text("#reader-text mark") == "<script>"


def test_rows_can_be_taken_away_and_hold_no_formula(
    page: Page, downloads: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page.click("#download")
    WebDriverWait(page.chrome, 10).until(lambda _: list(downloads.glob("*.csv")))
    (file,) = downloads.glob("*.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["sentence_id"] for row in rows] == list(tables["sentences"].sentence_id)
    assert not any(cell[:1] in tuple("=+@") for row in rows for cell in row.values())
    unguarded = [row["text"].removeprefix("'") if row["text"].startswith("'=") or row["text"].startswith("'@")
                 else row["text"] for row in rows]  # fmt: skip
    assert unguarded == list(tables["sentences"].text)
    assert any(row["text"].startswith("'=") for row in rows)


def test_a_click_on_save_saves_all_or_nothing(page: Page) -> None:
    disabled = "return document.getElementById('download').disabled"
    assert page.run(disabled) is False
    page.run("documents[0] = undefined; unpacking[0] = new Promise(() => {}); search()")  # one takes its time
    assert page.run(disabled) is True


def test_rates_of_what_was_found_leave_headings_out(page: Page, tables: dict[str, pd.DataFrame]) -> None:
    page.open("kind=manifesto")
    shown = {each.split("·")[0].strip(): each for each in page.texts("#by-party li span:last-child")}
    assert shown and all("1.000 per 1.000" in each for each in shown.values())


def test_elections_of_one_year_stand_in_one_order() -> None:
    counts = Counts()
    counts.sentences.update({("a", each, "manifesto"): 1 for each in ("PS2023", "TK2023", "EK2023", "TK2021")})
    assert counts.elections == ["TK2023", "PS2023", "EK2023", "TK2021"]


def test_the_page_says_which_code_made_it(dataset: Path, tmp_path: Path) -> None:
    assert is_of_this_code(dataset)
    (tmp_path / REPORT).write_text("<!doctype html><meta name='generator' content='Manifesto Extract 0'>", "utf-8")
    assert not is_of_this_code(tmp_path) and not is_of_this_code(tmp_path / "nowhere")


def test_the_same_dataset_gives_the_same_bytes(dataset: Path, tmp_path: Path) -> None:
    again = tmp_path / dataset.name
    shutil.copytree(dataset, again)
    write_report(again, BOOKS, version=dataset.name)
    assert (again / REPORT).read_bytes() == (dataset / REPORT).read_bytes()


def with_own_codebook(name: str, extractions: list[Extraction], processed: Path) -> Path:
    """A draft with a report, in which all sentences have a label of a codebook that the page has no words for."""
    named = {f"label-{n}": f"Label {n}" for n in range(9)}
    own = Codebook(name, "1", "?", tuple(named), named, named, None, False)
    changed = []
    for each in extractions:
        rows = rows_of(each)
        labels = rows.tables["labels"].to_pandas()
        labels = labels[labels.codebook == "statement"].assign(codebook=name, label="label-1", abstained=False)
        changed.append(
            type(rows)(
                dict(rows.tables) | {"labels": table_of("labels", [Label(**row) for row in labels.to_dict("records")])},
                rows.text,
                rows.ledger,
            )
        )
    draft = write_draft(changed, parties=load_register().parties, processed=processed)
    write_report(draft.folder, [own], version=draft.version)
    return draft.folder


def test_an_own_codebook_has_a_figure_too(extractions: list[Extraction], tmp_path: Path) -> None:
    """Labels without a Dutch and English title of their own go by the codebook's name."""
    written = (with_own_codebook("housing", extractions, tmp_path) / REPORT).read_text(encoding="utf-8")
    assert 'data-book="housing"' in written and 'data-label="label-1"' in written


@pytest.mark.parametrize("name", ["party", "sources", "other"])
def test_a_codebook_may_be_called_as_a_part_of_the_page(
    name: str, extractions: list[Extraction], opened: Page, tmp_path: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page = Page(opened.chrome, with_own_codebook(name, extractions, tmp_path) / REPORT).open()
    assert page.complaints() == [] and page.barriers() == []
    assert page.text(f"#book-{name} h2") == name and page.text("#sources h2") == "Wat is gelezen en wat ging er mis?"
    page.go(f"book-{name}=label-1&party=groenlinks-pvda")
    assert counted(page) == (tables["sentences"].party_id == "groenlinks-pvda").sum() > 0
    ids = page.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    columns = page.run("return [...COLUMNS, ...index.codebooks.flatMap(columnsOf)]")
    assert len(columns) == len(set(columns))


def test_all_scripts_are_in_the_page() -> None:
    assert {f"{name}.js" for name in _SCRIPTS} == {path.name for path in ASSETS.glob("*.js")}


def test_every_status_and_kind_of_passage_has_a_word_and_a_colour() -> None:
    with (ASSETS / "words.csv").open(encoding="utf-8", newline="") as file:
        words = {row["key"] for row in csv.DictReader(file)}
    for prefix, colours, kind in (
        ("status", _STATUS_COLOURS, CertificateStatus),
        ("passage", _PASSAGE_COLOURS, PassageKind),
    ):
        assert (
            set(colours)
            == set(get_args(kind))
            == {key[len(prefix) + 1 :] for key in words if key.startswith(f"{prefix}-")}
        )


def test_every_doubt_about_reading_has_words() -> None:
    with (ASSETS / "words.csv").open(encoding="utf-8", newline="") as file:
        words = {row["key"] for row in csv.DictReader(file)}
    doubts = {each.code for each in _DOUBTS}
    assert {f"doubt-{code}" for code in doubts} == {key for key in words if key.startswith("doubt-")}


def test_the_report_says_how_well_each_document_was_read(extractions: list[Extraction], tmp_path: Path) -> None:
    """With an estimate and doubts, as a PDF may have them, and without."""
    changed = []
    for each in extractions:
        doubted = replace(
            each.readings[0], grade="C", sentence_f1=0.834, sentence_f1_low=0.712, sentence_f1_high=0.907,
            doubts="sentences-torn|text-twice",
        )  # fmt: skip
        is_one = each.document and each.document.path == "groenlinks-pvda.md"
        changed.append(rows_of(replace(each, readings=(doubted,)) if is_one else each))
    draft = write_draft(changed, parties=load_register().parties, processed=tmp_path)
    write_report(draft.folder, BOOKS, version=draft.version)
    page = (draft.folder / REPORT).read_text(encoding="utf-8")
    cells = re.findall(r"<td><b>([A-D])</b>(.*?)</td>", page, re.DOTALL)
    assert len(cells) == len(extractions)
    (found,) = [rest for grade, rest in cells if grade == "C"]
    assert "0.83" in found and "0.71–0.91" in found
    assert "zinnen in stukken of door elkaar" in found and "dezelfde tekst twee keer" in found
    assert all("0." not in rest for grade, rest in cells if grade != "C")


def test_the_report_says_what_changed_since_the_version_before(
    dataset: Path, extractions: list[Extraction], opened: Page, tmp_path: Path
) -> None:
    fewer = [rows_of(each) for each in extractions if each.document and each.document.path != "groenlinks-pvda.md"]
    draft = write_draft(fewer, parties=load_register().parties, processed=tmp_path)

    def report(folder: Path) -> None:
        write_report(folder, BOOKS, version=draft.version, changes=compare(dataset, folder))

    page = Page(opened.chrome, publish(draft, RUN, tmp_path, report=report) / REPORT).open()
    said = page.text("#changes")
    assert dataset.name in said and "groenlinks-pvda.md verdwenen (brontekst (bestand weg))" in said
    assert page.complaints() == [] and page.barriers() == []
    assert not opened.open().run("return document.getElementById('changes')")  # where there is no version before

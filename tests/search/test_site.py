"""A dataset as Datasette shows it: what is said of it, search, facets, and named queries held against pandas."""

import asyncio
import html
import os
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pandas as pd
import pytest
from datasette.app import Datasette

from extract.dataset.database import SEARCHED
from extract.dataset.files import UNTIMED
from extract.dataset.versions import publish, write_draft
from extract.extraction import extract_document, load_resources
from extract.parties import load_register
from extract.problems import ManifestoError, problem
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.records import POLICY_AREAS, STATEMENTS, TABLES, THEMES, Document, columns_of
from extract.search.named_queries import named_queries
from extract.search.site import _FACETS, site_of
from extract.settings import Settings
from extract.tables import ACROSS_DOCUMENTS, rows_of, table_of
from extract.verification.examination import certify, digest_of
from extract.verification.sources import source_of
from extract.verification.statuses import VERIFIED
from tests.conftest import MODELS, ROOT, read_tables
from tests.dataset.test_dataset import RUN

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
MANIFESTOS = {
    "BIJ1_2025_final.txt": f"""Cameratoezicht

Cameratoezicht wordt niet meer de norm, maar een uitzondering. Het verzamelen van data via privé smart-deurbellen wordt
helemaal gestopt. We verbieden gezichtsherkenning door de politie. Er komt geen digitale euro.

Wie {SCRIPT} schrijft, wordt niet gehoord. De belastingen op arbeid gaan omlaag. We schaffen het eigen risico af.
""",
    "PVV_2025_concept.txt": """Zorg

Met slimme inzet van kunstmatige intelligentie verlagen we de administratiedruk. We schaffen het eigen risico af.

De Autoriteit Persoonsgegevens krijgt meer geld. Het belastingstelsel wordt eenvoudiger.
""",
    f"{IMAGE}_2021.txt": "Wij willen meer bomen.\n",
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, digest: Document) -> Path:
    """A version with the digest and three small manifestos, one of nobody."""
    resources = load_resources(Settings(language_pipeline="nl_manifesto"), models=MODELS)
    documents = [digest]
    for name, text in MANIFESTOS.items():
        document, problems = document_in(text.encode(), name=name, facts=Facts(), max_characters=10**6)
        assert document, problems
        documents.append(document)
    rows = [rows_of(extract_document(document, resources=resources)) for document in documents]
    digests = [each for found in rows if (each := digest_of(found.tables))]
    sources = [each for found in rows[1:] if (each := source_of(found))]
    certified = certify(digests, sources, register=load_register())
    across = [(name, table_of(name, getattr(certified, name))) for name in ACROSS_DOCUMENTS]
    lost = problem("encrypted", "x.pdf asks for a password.", path="x.pdf", stage="read", severity="error")
    folder = tmp_path_factory.mktemp("processed")
    draft = write_draft(
        rows, parties=load_register().parties, across=across, problems=[lost, *certified.problems], processed=folder
    )
    return publish(draft, RUN, folder)


@pytest.fixture(scope="module")
def site(dataset: Path) -> Datasette:
    return site_of(dataset)


@pytest.fixture(scope="module")
def tables(dataset: Path) -> dict[str, pd.DataFrame]:
    """The tables, with the election, kind and status of documents, and the names of parties, in those that count."""
    found = read_tables(dataset)
    documents = found["documents"].set_index("document_id")[["election", "kind", "status"]].add_prefix("document_")
    sections = found["sections"].merge(found["parties"], on="party_id", how="left").set_index("section_id")
    names = sections["name"].fillna(sections["party_as_written"]).rename("party")
    sentences = found["sentences"].join(documents, on="document_id").join(names, on="section_id")
    sentences["party"] = sentences["party"].fillna("(unknown)")
    of_sentence = sentences.set_index("sentence_id")[
        ["document_election", "document_kind", "document_status", "party", "text"]
    ]
    found["labels"] = found["labels"].join(of_sentence, on="sentence_id")
    found["proposals"] = found["proposals"].join(of_sentence.drop(columns="text"), on="sentence_id")
    found["entities"] = found["entities"].join(of_sentence.drop(columns="text"), on="sentence_id")
    found["quotes"] = found["quotes"].join(documents, on="document_id").join(names, on="section_id")
    return found


TEXT = ["party", "document_election", "document_kind", "document_status"]


def get(site: Datasette, path: str, /, **parameters: str) -> httpx.Response:
    """What Datasette answers."""
    return asyncio.run(site.client.get(f"{path}?{urlencode(parameters)}"))


def rows(site: Datasette, source: str, /, **parameters: str) -> list[dict[str, Any]]:
    """The rows of a table or named query."""
    answer = get(site, f"/dataset/{source}.json", _shape="array", **parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.mark.parametrize("table", UNTIMED)
def test_a_table_says_what_it_and_its_columns_mean(table: str, site: Datasette) -> None:
    page = html.unescape(get(site, f"/dataset/{table}").text)
    record = TABLES[table]
    assert " ".join((record.__doc__ or "").split()) in page
    described = re.findall(r"<dt>(\w+)</dt><dd>([^<]+)</dd>", page)
    assert [name for name, _ in described] == [column.name for column in columns_of(record)]
    assert all(meaning for _, meaning in described)


def test_the_database_says_what_it_is(site: Datasette, dataset: Path) -> None:
    for path in ("/", "/dataset"):
        page = get(site, path).text
        assert dataset.name in page and "Labels come from classifiers" in page
    page = html.unescape(get(site, "/dataset").text)
    assert all(query.title in page for query in named_queries())
    assert "_fts" not in page  # what search is made of
    for file in re.findall(r'(?:href|src)="(/site/[^"]+)"', page):
        assert get(site, file).status_code == 200
    assert "/site/site.css" in page and "/site/site.js" in page
    assert not re.search(r'(?:src|"stylesheet" href)="(?:https?:)?//', page)  # nothing is asked of the network


@pytest.mark.parametrize("table", [name for name in UNTIMED if name in _FACETS])
def test_facets_count_rows(table: str, site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    found = get(site, f"/dataset/{table}.json").json()
    assert found["filtered_table_rows_count"] == len(tables[table])
    assert set(found["facet_results"]) == set(_FACETS[table])
    for name, facet in found["facet_results"].items():
        counts = tables[table][name].value_counts().to_dict()
        for each in facet["results"]:
            assert each["count"] == counts[each["value"]] if each["value"] is not None else True
        assert facet["truncated"] or {each["value"] for each in facet["results"]} - {None} == set(counts)


def test_ids_show_what_they_name(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    bij1 = tables["sentences"][tables["sentences"]["text"].str.contains("gezichtsherkenning door")].iloc[0]
    document = f'<a href="/dataset/documents/{bij1["document_id"]}">BIJ1_2025_final</a>'
    in_table = get(site, "/dataset/sentences", _search="gezichtsherkenning politie").text
    alone = get(site, f"/dataset/sentences/{bij1['sentence_id'].replace('.', '~2E')}").text
    for page in (in_table, alone.replace("'", '"')):
        assert document in page and '<a href="/dataset/parties/bij1">BIJ1</a>' in page
    labelled = get(site, "/dataset/labels", sentence_id=bij1["sentence_id"]).text
    assert bij1["text"] in labelled


def test_rows_of_queries_link_to_where_they_come_from(site: Datasette) -> None:
    (row,) = rows(site, "search", words='"gezichtsherkenning door de politie"')
    page = get(site, "/dataset/search", words='"gezichtsherkenning door de politie"').text
    address = f"/dataset/sentences/{row['sentence_id'].replace('.', '~2E')}"
    assert f"<a href='{address}'>" in page and get(site, address).status_code == 200


@pytest.mark.parametrize("table", SEARCHED)
@pytest.mark.parametrize("words", ["algoritmen", "Belasting", "verbieden", "digitale"])
def test_search_boxes_find_words_by_their_beginnings(
    table: str, words: str, site: Datasette, tables: dict[str, pd.DataFrame]
) -> None:
    begun = {
        "algoritmen": "algoritm",
        "Belasting": "belast",
        "verbieden": "verbied|verbood|verboden$",
        "digitale": "digitale|digitaal",
    }
    wanted = re.compile(begun[words])
    has = tables[table]["text"].map(lambda text: any(map(wanted.match, re.findall(r"[^\W_]+", text.lower()))))
    found = rows(site, table, _search=words, _size="max")
    key = f"{table.removesuffix('s')}_id"
    assert {row[key] for row in found} == set(tables[table][key][has]) != set()


def test_an_empty_search_box_does_not_hide_rows(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    found = get(site, "/dataset/sentences.json", _search="", party_id="bij1").json()
    assert found["filtered_table_rows_count"] == (tables["sentences"]["party_id"] == "bij1").sum() > 0


@pytest.mark.parametrize(
    "words", ['"', '"""', "(", "a AND", "NOT", "*", "text:a", "-", "^", "a NEAR/2 b", "'; --", "\0", "ß"]
)
def test_odd_words_are_no_error(words: str, site: Datasette) -> None:
    assert get(site, "/dataset/sentences", _search=words).status_code == 200
    answer = get(site, "/dataset/search", words=words)
    assert answer.status_code == 200 and "message-error" not in answer.text


def test_nothing_can_be_written(site: Datasette, dataset: Path) -> None:
    before = (dataset / "dataset.sqlite").read_bytes()
    for sql in ("DELETE FROM sentences", "CREATE TABLE t (a)", "PRAGMA user_version = 3"):
        assert get(site, "/dataset", sql=sql).status_code == 400
    assert site.get_database("dataset").is_mutable is False
    assert (dataset / "dataset.sqlite").read_bytes() == before and not list(dataset.glob("dataset.sqlite?*"))


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("sentences", {"_search": "script"}),
        ("labels", {"label": "none"}),
        ("search", {"words": "script"}),
        ("what-a-party-says-on-a-theme", {"label": "none", "party": "bij1"}),
        ("search", {"words": SCRIPT, "party": SCRIPT}),
        ("sentences", {"_search": SCRIPT}),
    ],
)
def test_what_texts_say_is_escaped(path: str, parameters: dict[str, str], site: Datasette) -> None:
    page = get(site, f"/dataset/{path}", **parameters).text
    assert SCRIPT not in page and "&lt;script&gt;alert" in page


def test_a_row_is_escaped(site: Datasette) -> None:
    (row,) = rows(site, "sentences", _search="script alert")
    page = get(site, f"/dataset/sentences/{row['sentence_id'].replace('.', '~2E')}").text
    assert SCRIPT not in page and "&lt;script&gt;alert" in page
    (document,) = (each for each in rows(site, "documents") if each["path"].startswith(IMAGE))
    (row,) = rows(site, "sentences", document_id=document["document_id"])
    for path in ("documents", "sentences", f"sentences/{row['sentence_id'].replace('.', '~2E')}"):
        page = get(site, f"/dataset/{path}").text
        assert IMAGE not in page and html.escape(IMAGE) in page


def test_an_earlier_version_lacks_what_it_lacks(dataset: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(dataset, tmp_path / dataset.name)
    with closing(sqlite3.connect(folder / "dataset.sqlite")) as connection:
        for name in SEARCHED:
            connection.execute(f"DROP TABLE {name}_fts")
        connection.execute("DROP TABLE evidence")
        connection.execute("ALTER TABLE proposals DROP COLUMN action")
        connection.commit()
    earlier = site_of(folder)
    page = get(earlier, "/dataset").text
    assert "Left out" in page and "Search sentences" in page and "/dataset/search" not in page
    assert "/dataset/what-parties-want-to-forbid" not in page and "/dataset/quotes-not-verified" in page
    for path in ("", "/sentences", "/proposals", "/quotes-not-verified"):
        assert get(earlier, f"/dataset{path}").status_code == 200


@pytest.mark.parametrize("name", ["plain", "with space", "é100%25", "a#b", pytest.param("a?b", marks=pytest.mark.skipif(
    os.name == "nt", reason="Windows has no ? in names"))])  # fmt: skip
def test_any_folder_can_be_opened(name: str, dataset: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(dataset, tmp_path / name)
    assert rows(site_of(folder), "documents", _size="1")


def test_what_is_no_dataset_is_said(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(ManifestoError, match="is no dataset"):
        site_of(tmp_path)
    (tmp_path / "tables").mkdir()
    with pytest.raises(ManifestoError, match="cannot be read"):
        site_of(tmp_path)
    (tmp_path / "dataset.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(ManifestoError, match="cannot be read"):
        site_of(tmp_path)


QUERIES = {query.name: query for query in named_queries()}


@pytest.mark.parametrize("name", QUERIES)
def test_a_named_query_says_what_it_asks_for_and_is_documented(name: str) -> None:
    query = QUERIES[name]
    sql = re.sub(r"'[^']*'", "", query.sql)
    assert set(re.findall(r":(\w+)", sql)) == set(query.parameters)
    assert query.title and query.description.endswith(".")
    assert query.title in (ROOT / "docs" / "looking.md").read_text(encoding="utf-8")


def test_named_queries_name_codebooks_as_the_records_do() -> None:
    named = re.compile(r"codebook = (?:coalesce\(nullif\(:codebook, ''\), )?'([^']*)'")
    found = {name: named.findall(query.sql) for name, query in QUERIES.items()}
    assert {name for name, said in found.items() if said} == {
        name for name, query in QUERIES.items() if re.search(rf"'({THEMES}|{POLICY_AREAS}|{STATEMENTS})'", query.sql)
    }
    assert Counter(each for said in found.values() for each in said) == {THEMES: 5, STATEMENTS: 1}
    said = [query.parameters["codebook"] for name, query in QUERIES.items() if ":codebook, ''), '" in query.sql]
    assert said and all(each.startswith(f"{THEMES} if empty") for each in said)


@pytest.mark.parametrize("name", QUERIES)
def test_a_named_query_answers(name: str, site: Datasette) -> None:
    given = {"words": "digitale"} if name == "search" else {}
    assert rows(site, name, **given) or name == "how-niche-parties-are"  # there are too few parties here
    page = get(site, f"/dataset/{name}", **given).text
    assert "message-error" not in page and QUERIES[name].title in html.unescape(page)
    parameters = QUERIES[name].parameters
    for parameter, value in (("party", "BIJ1"), ("election", "TK2025"), ("codebook", "statement")):
        if parameter in parameters:
            chosen = rows(site, name, **given, **{parameter: value})
            assert all(row.get(parameter, value) == value for row in chosen)
            assert parameter != "party" or chosen == rows(site, name, **given, party="bij1")
            assert f"<a href='?{parameter}={value}'>{value}</a>" in page
    nothing = {each: "no such thing" for each in parameters if each not in ("most", "least")}
    assert nothing == {} or rows(site, name, **nothing) == []


def test_a_party_is_niche_whose_policy_areas_are_far_from_those_of_the_others() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            "CREATE TABLE positions (document_id, scale, party_id, election, value, sentences);"
            "CREATE TABLE documents (document_id, status); CREATE TABLE parties (party_id, name)"
        )
        for party, health, status in (("a", 5, "final"), ("b", 5, "final"), ("c", 25, "final"), ("d", 90, "draft")):
            database.execute("INSERT INTO documents VALUES (?, ?)", (party, status))
            database.execute("INSERT INTO parties VALUES (?, ?)", (party, party.upper()))
            for scale, value in (("area-health", health), ("area-energy", 10), ("rile", 50)):
                row = (party, scale, party, "TK2025", value, 100)
                database.execute("INSERT INTO positions VALUES (?, ?, ?, ?, ?, ?)", row)
        found = database.execute(QUERIES["how-niche-parties-are"].sql, {"election": ""}).fetchall()
    assert [(party, round(nicheness, 2)) for _, party, nicheness, *_ in found] == [
        ("C", round((20**2 / 2) ** 0.5, 2)),
        ("A", round((10**2 / 2) ** 0.5, 2)),
        ("B", round((10**2 / 2) ** 0.5, 2)),
    ]


def settled(labels: pd.DataFrame, codebook: str) -> pd.DataFrame:
    """The labels of a codebook that count."""
    return labels[(labels["codebook"] == codebook) & ~labels["abstained"]]


@pytest.mark.parametrize("codebook", ["digitalisation", "policy-areas"])
def test_themes_per_thousand_sentences(codebook: str, site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    labels = tables["labels"]
    sizes = labels[labels["codebook"] == codebook].groupby(TEXT, dropna=False).size()
    counts = settled(labels, codebook).groupby([*TEXT, "label"], dropna=False).size()
    wanted = {
        tuple(key): (count, sizes[key[:-1]], round(1000 * count / sizes[key[:-1]], 1))
        for key, count in counts.items()
        if key[-1] != "none"
    }
    found = {
        (row["party"], row["election"], row["kind"], row["status"], row["theme"]): (
            row["sentences"], row["of_sentences"], row["per_thousand"])
        for row in rows(site, "themes-per-thousand-sentences", codebook=codebook)
    }  # fmt: skip
    assert found == wanted and sizes.sum() == len(tables["sentences"])


def test_statements_by_party(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    labels = tables["labels"]
    for row in rows(site, "statements-by-party"):
        texts = labels[
            (labels["codebook"] == "statement")
            & (labels["party"] == row["party"])
            & (labels["document_kind"] == row["kind"])
        ]
        assert row["sentences"] == len(texts) and row["abstained"] == texts["abstained"].sum()
        for label in ("commitment", "aim", "analysis", "other"):
            assert row[label] == (settled(texts, "statement")["label"] == label).sum()
    assert sum(row["sentences"] for row in rows(site, "statements-by-party")) == len(tables["sentences"])


def test_proposals_by_policy_area(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    proposals = tables["proposals"]
    counts = proposals.groupby(["party", "document_kind", "policy_area"]).size()
    sizes = proposals.groupby(["party", "document_kind"]).size()
    found = rows(site, "proposals-by-policy-area")
    assert {(row["party"], row["kind"], row["policy_area"]): row["proposals"] for row in found} == {
        key: count for key, count in counts.items() if key[-1] != "none"
    }
    assert all(row["of_proposals"] == sizes[row["party"], row["kind"]] for row in found)


def test_themes_by_number_of_parties(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    labels = settled(tables["labels"], "digitalisation")
    labels = labels[labels["label"] != "none"]
    for least in (1, 5):
        counts = labels.groupby(["label", "party"]).size()
        counts = counts[counts >= least]
        found = rows(site, "themes-by-number-of-parties", least=str(least))
        assert {row["theme"]: row["parties"] for row in found} == counts.groupby("label").size().to_dict()
        assert {row["theme"]: row["sentences"] for row in found} == counts.groupby("label").sum().to_dict()
        assert [row["parties"] for row in found] == sorted(row["parties"] for row in found)


def test_what_a_party_says_on_a_theme(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    labels = settled(tables["labels"], "digitalisation")
    found = rows(site, "what-a-party-says-on-a-theme", party="VVD", label="privacy")
    wanted = labels[(labels["party"] == "VVD") & (labels["label"] == "privacy")]
    assert {row["sentence_id"] for row in found} == set(wanted["sentence_id"])
    assert {row["sentence_id"] for row in rows(site, "what-a-party-says-on-a-theme", label="ai")} == set(
        labels["sentence_id"][labels["label"] == "ai"]
    )


def test_least_certain_labels_and_those_that_do_not_count(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    labels = settled(tables["labels"], "digitalisation")
    found = rows(site, "least-certain-labels", label="ai")
    wanted = labels[labels["label"] == "ai"].sort_values(["probability", "sentence_id"]).head(200)
    assert [row["sentence_id"] for row in found] == wanted["sentence_id"].tolist()
    abstained = tables["labels"][tables["labels"]["abstained"]]
    found = rows(site, "abstained")
    assert sorted((row["sentence_id"], row["codebook"]) for row in found) == sorted(
        zip(abstained["sentence_id"], abstained["codebook"], strict=True)
    )


def test_who_wants_to_forbid_what(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    proposals = tables["proposals"]
    forbidden = proposals[(proposals["action"] == "verbieden") & (proposals["polarity"] == "for")]
    found = rows(site, "what-parties-want-to-forbid")
    assert {row["proposal_id"] for row in found} == set(forbidden["proposal_id"])
    assert "gezichtsherkenning" in {row["object"] for row in found if row["party"] == "BIJ1"}
    (euro,) = rows(site, "what-parties-want-to-forbid", party="BIJ1", action="komen", polarity="against")
    assert euro["object"].endswith("digitale euro")


def test_proposals_that_parties_share(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    (shared,) = (
        row for row in rows(site, "proposals-that-parties-share", party="PVV", other_party="BIJ1")
        if row["action"] == "afschaffen"
    )  # fmt: skip
    assert (shared["object_lemma"], shared["polarity"]) == ("risico", "for")
    assert shared["text"] == shared["other_text"] == "We schaffen het eigen risico af."
    proposals = tables["proposals"].dropna(subset=["action", "polarity", "object_lemma"])
    groups = proposals.groupby(["action", "polarity", "object_lemma"])["party"]
    parties = {key: set(found) for key, found in groups}
    for row in rows(site, "proposals-that-parties-share"):
        assert parties[row["action"], row["polarity"], row["object_lemma"]] == {row["party"], row["other_party"]}


def test_quotes_verified(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    certificates = tables["certificates"].merge(tables["quotes"][["quote_id", "party"]], on="quote_id")
    best = certificates[certificates["best"]]
    for row in rows(site, "quotes-verified-by-party"):
        of_party = best[best["party"] == row["party"]]["status"]
        assert row["quotes"] == len(of_party) and row["verified"] == of_party.isin(VERIFIED).sum()
        assert row["no_manifesto"] == (of_party == "no-source").sum()
        assert sum(row[name] for name in ("verified", "only_in_draft", "altered", "elsewhere", "not_found",
                                          "no_manifesto")) == row["quotes"]  # fmt: skip
    by_party = {row["party"]: row for row in rows(site, "quotes-verified-by-party")}
    assert by_party["BIJ1"]["verified"] == 1 and by_party["BIJ1"]["not_found"] == 2
    assert by_party["PVV"]["only_in_draft"] == 1 and by_party["PVV"]["verified"] == 0
    unverified = rows(site, "quotes-not-verified")
    assert {row["quote_id"] for row in unverified} == set(best[~best["status"].isin(VERIFIED)]["quote_id"])


def test_most_named(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    entities = tables["entities"][tables["entities"]["kind"].isin(["organisation", "eu-body", "law"])]
    found = rows(site, "most-named")
    assert sum(row["times"] for row in found) == len(entities)
    assert [row["times"] for row in found] == sorted((row["times"] for row in found), reverse=True)
    named = rows(site, "most-named", name="autoriteit persoonsgegevens")
    assert {(row["party"], row["times"]) for row in named} == set(
        entities[entities["name"] == "Autoriteit Persoonsgegevens"].groupby("party").size().items()
    )


def test_what_went_wrong(site: Datasette, tables: dict[str, pd.DataFrame]) -> None:
    found = rows(site, "what-went-wrong")
    assert len(found) == len(tables["problems"])
    assert found[0]["file"] == "x.pdf" and found[0]["severity"] == "error"

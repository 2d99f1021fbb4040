"""A dataset version → files like those of the Manifesto Project: the sentences of a manifesto, and a code for each.

manifestoR, quanteda and whatever reads exports of the Project read them: a CSV file for each manifesto, a sentence a
row, named after party and month of election. The codes are a classifier's; README.txt beside them says so.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from extract.dataset.reader import Row, StoredVersion
from extract.elections import month_of
from extract.labels.codebooks import Codebook
from extract.records import MANIFESTO_PROJECT
from extract.spreadsheets import guarded

COLUMNS = ("text", "cmp_code", "eu_code", "pos", "party", "date")
"""Of a file; `eu_code` is always NA, as nothing here gives it."""

_NO_NAME = re.compile(r"[^\w-]")  # what a stranger's dataset may call a party must not lead out of the folder
_MISSING = "NA"
_HEADING = "H"
_ABOUT = """\
Sentences of Dutch party manifestos with codes of the Manifesto Project's main scheme, as a classifier gives them.
They are not the Project's codes: no coder read these sentences. See models/manifesto-project/card.md for how often they
are right. Made from dataset version {version} by {models}.

text      a sentence, as Manifesto Extract cuts them; not a quasi-sentence. A ' stands before what a spreadsheet
          would take for a formula
cmp_code  code of the main scheme; H for a heading, NA where the classifier abstains. It never says that none applies
eu_code   NA
pos       rank in the manifesto, from 1
party     number of the party in the Manifesto Project, or the id of this dataset where that is not known
date      year and month of an election to the Tweede Kamer

Drafts have _draft in the name of their file.
"""


def coded_files(folder: Path, codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Yield the name and content of each file that a version gives, and of one that says what they are.

    `codebook` gives the code of each label. Digests are left out: they are not what a party wrote.
    """
    code_of = {label: code for code, label in codebook.codes.items()}
    models: set[str] = set()
    taken: dict[str, int] = {}
    with closing(StoredVersion(folder)) as stored:
        numbers = {row["party_id"]: row["manifesto_project_id"] for row in stored.table("parties").to_pylist()}
        for document in stored.table("documents").to_pylist():
            labels = {
                row["sentence_id"]: row
                for row in stored.rows("labels", [document["document_id"]])[0].to_pylist()
                if row["codebook"] == MANIFESTO_PROJECT
            }
            if document["kind"] != "manifesto" or not labels:
                continue
            models |= {row["model_id"] for row in labels.values()}
            party = str(numbers.get(document["party_id"]) or document["party_id"] or "unknown")
            date = month_of(document["election"]) or _MISSING
            when = date if date != _MISSING else document["election"] or _MISSING
            draft = "_draft" if document["status"] == "draft" else ""
            name = _NO_NAME.sub("-", f"{party}_{when}{draft}")
            taken[name] = taken.get(name, 0) + 1
            if taken[name] > 1:
                name += f"_{taken[name]}"
            yield f"{name}.csv", _file(stored, document["document_id"], labels, code_of, party, date)
    yield "README.txt", _ABOUT.format(version=folder.name, models=", ".join(sorted(models)) or "no model")


def _file(
    stored: StoredVersion, document_id: str, labels: Mapping[str, Row], code_of: Mapping[str, str], party: str,
    date: str,
) -> str:  # fmt: skip
    passages = stored.rows("passages", [document_id])[0].to_pylist()
    headings = {row["passage_id"] for row in passages if row["kind"] == "heading"}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for rank, sentence in enumerate(stored.rows("sentences", [document_id])[0].to_pylist(), start=1):
        label = labels.get(sentence["sentence_id"])
        code = code_of.get(label["label"], _MISSING) if label and not label["abstained"] else _MISSING
        code = _HEADING if sentence["passage_id"] in headings else code
        writer.writerow((guarded(" ".join(sentence["text"].split())), code, _MISSING, rank, party, date))
    return out.getvalue()

"""Treebanks of two kinds come under one scheme, and their sentences are varied without harm to what is said of them."""

import lzma
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from extract.language.parsing import PARTICLE
from pipelines.training.treebanks import drop_particles, read_trees, released_docs, training_trees, unified
from pipelines.training.variants import (
    Written,
    doc_of,
    lower_start,
    recased,
    requoted,
    treebank_reader,
    unstopped,
    written,
)  # fmt: skip


def row(*columns: str) -> tuple[str, ...]:
    """A row of CoNLL-U: number, form, lemma, part of speech, tag, features, head, relation; perhaps more."""
    first, misc = columns[:8], columns[8:] or ("_",)
    return (*first, "_", *misc)


SENTENCE = (
    row("1", "Ook", "ook", "ADV", "BW", "_", "3", "advmod"),
    row("2", "de", "de", "DET", "LID|bep|stan|rest", "Definite=Def|PronType=Art", "3", "det"),
    row("3", "ministers", "minister", "NOUN", "N|soort|mv|basis", "Number=Plur", "4", "nsubj"),
    row(
        "4",
        "sluiten",
        "aan_sluiten",
        "VERB",
        "WW|pv|tgw|mv",
        "Mood=Ind|Number=Plur|Tense=Pres|VerbForm=Fin",
        "0",
        "root",
    ),
    row("5", "aan", "aan", "ADP", "VZ|fin", "_", "4", PARTICLE, "SpaceAfter=No"),
    row("6", ".", ".", "PUNCT", "LET", "_", "4", "punct"),
)


def column(rows: list[tuple[str, ...]], number: int) -> list[str]:
    return [each[number] for each in rows]


def test_features_and_relations_are_those_of_the_release() -> None:
    found = list(unified(SENTENCE))
    assert column(found, 5)[1:4] == ["Definite=Def", "Number=Plur", "Number=Plur|Tense=Pres|VerbForm=Fin"]
    assert column(found, 7)[:3] == ["amod", "det", "nsubj"]
    assert list(unified(found)) == found


@pytest.mark.parametrize(
    "rows, expected",
    [
        pytest.param(
            [row("1", "Een", "een", "NUM", "LID|onbep|stan|agr", "_", "3", "nummod"),
             row("2", "van", "van", "ADP", "VZ|init", "_", "3", "case"),
             row("3", "hen", "hen", "PRON", "VNW", "Case=Acc|Person=3|PronType=Prs", "0", "root")],
            ("DET", "Definite=Ind", "det"), id="an article is no number",
        ),
        pytest.param(
            [row("1", "Grote", "groot", "ADJ", "ADJ|prenom", "Degree=Pos|ExtPos=PROPN", "0", "root"),
             row("2", "Prijs", "prijs", "NOUN", "N|soort", "Number=Sing", "1", "flat")],
            ("PROPN", "_", "root"), id="the words of a name are proper nouns",
        ),
        pytest.param(
            [row("1", "Facebook", "Facebook", "PROPN", "N|eigen|ev|genus", "Gender=Com,Neut|Number=Sing", "0", "root")],
            ("_", "_", "root"), id="nothing is learnt of a name without a gender",
        ),
        pytest.param(
            [row("1", "Ook", "ook", "ADV", "BW", "_", "3", "advmod"),
             row("2", "is", "zijn", "AUX", "WW|pv|tgw|ev", "VerbForm=Fin", "3", "cop"),
             row("3", "minister", "minister", "NOUN", "N|soort", "Number=Sing", "0", "root")],
            ("ADV", "_", "advmod"), id="an adverb beside a predicate",
        ),
    ],
)  # fmt: skip
def test_one_scheme(rows: list[tuple[str, ...]], expected: tuple[str, str, str]) -> None:
    first = next(unified(rows))
    assert (first[3], first[5], first[7]) == expected


def test_what_nobody_tagged_is_left_out_and_part_and_test_are_told(tmp_path: Path) -> None:
    sentence = "\n".join("\t".join(each) for each in SENTENCE)
    untagged = "\n".join("\t".join((*each[:4], "_", *each[5:])) for each in SENTENCE)
    for name in ("alpino_dev", "lassysmall_dev", "alpino_test"):
        (tmp_path / f"{name}.conllu").write_text(f"# sent_id = WR-P-P-H.p.1\n# text = {name}\n{sentence}\n\n")
    with lzma.open(tmp_path / "alpino_trees.conllu.xz", "wt", encoding="utf-8") as file:
        file.write(
            f"# sent_id = cdb/1\n# text = Een\n{sentence}\n\n# sent_id = paco-test/1\n# text = Twee\n{untagged}\n\n"
        )
    assert [tree.part for tree in training_trees(tmp_path)] == ["alpino_dev", "lassysmall_dev", "cdb"]
    (doc,) = released_docs(tmp_path / "alpino_test.conllu")
    assert doc[0].dep_ == "advmod" and "Mood=Ind" in doc[3].morph and doc[3].lemma_ == "aansluiten"


def test_a_sentence_is_held_out_whatever_its_marks(tmp_path: Path) -> None:
    rows = "\n".join("\t".join(each) for each in SENTENCE)
    texts = [f"Zin {'a' * number}{mark}" for number in range(1, 200) for mark in (".", " !", "")]
    (tmp_path / "alpino_dev.conllu").write_text(
        "".join(f"# sent_id = 1\n# text = {each}\n{rows}\n\n" for each in texts)
    )
    held_out = [tree.is_held_out for tree in read_trees(tmp_path / "alpino_dev.conllu")]
    assert held_out[::3] == held_out[1::3] == held_out[2::3]
    assert 0 < sum(held_out) < len(held_out) / 5


def sentence_of(text: str) -> Written:
    """The sentence above, as it is read."""
    words, spaces = (tuple(each[1] for each in SENTENCE), tuple(each[9] == "_" for each in SENTENCE))
    assert text == "Ook de ministers sluiten aan."
    return Written(
        words=words, spaces=spaces, lemmas=("ook", "de", "minister", "sluiten", "aan", "."),
        pos=("ADV", "DET", "NOUN", "VERB", "ADP", "PUNCT"), morphs=("", "Definite=Def", "Number=Plur", "", "", ""),
        heads=(2, 2, 3, 3, 3, 3), deps=("amod", "det", "nsubj", "ROOT", PARTICLE, "punct"),
    )  # fmt: skip


def test_variants_change_letters_alone() -> None:
    sentence = sentence_of("Ook de ministers sluiten aan.")
    assert unstopped(sentence).words == sentence.words[:-1]
    assert unstopped(unstopped(sentence)) == unstopped(sentence)
    assert lower_start(sentence).words[0] == "ook" and lower_start(sentence).lemmas == sentence.lemmas
    capitals = recased(sentence, str.upper)
    assert capitals.words[:2] == ("OOK", "DE") and capitals.lemmas == ("", "", "", "", "", ".")
    assert capitals.heads == sentence.heads
    quoted = Written(
        ("'", "Ja", "'"), (False,) * 3, ("'", "ja", "'"), ("PUNCT", "INTJ", "PUNCT"), ("",) * 3, (1,) * 3, ("",) * 3
    )
    assert requoted(quoted, "“”").words == ("“", "Ja", "”")


def test_a_doc_of_sentences_says_what_they_say() -> None:
    nlp = spacy.blank("nl")
    sentence = sentence_of("Ook de ministers sluiten aan.")
    unknown = Written(("Facebook",), (True,), ("Facebook",), ("",), (None,), (0,), ("ROOT",))
    doc = doc_of([sentence, unknown, sentence], nlp)
    assert [each.text for each in doc.sents] == [
        "Ook de ministers sluiten aan.",
        "Facebook",
        "Ook de ministers sluiten aan.",
    ]
    assert doc[9].head == doc[10] and doc[9].dep_ == "nsubj"
    assert not doc[6].has_morph() and doc[0].has_morph()
    assert written(doc[:6].as_doc()) == sentence


def test_the_reader_varies_with_each_call_and_alike_with_each_seed(tmp_path: Path) -> None:
    nlp = spacy.blank("nl")
    sentence = sentence_of("Ook de ministers sluiten aan.")
    DocBin(docs=[doc_of([sentence], nlp) for _ in range(60)]).to_disk(tmp_path / "train.spacy")
    readers = [treebank_reader(path=tmp_path / "train.spacy", vary=True, seed=seed) for seed in (0, 0, 1)]
    calls = [[[each.text for each in reader(nlp)] for _ in range(2)] for reader in readers]
    assert calls[0] == calls[1] != calls[2] and calls[0][0] != calls[0][1]
    plain = treebank_reader(path=tmp_path / "train.spacy", vary=False, seed=0)(nlp)
    assert " ".join(each.text.strip() for each in plain).split() == ["Ook", "de", "ministers", "sluiten", "aan."] * 60


def test_particles_are_taken_off_the_lemma() -> None:
    doc = doc_of([sentence_of("Ook de ministers sluiten aan.")], spacy.blank("nl"))
    doc[3].lemma_ = "aansluiten"
    drop_particles(doc)
    assert doc[3].lemma_ == "sluiten"

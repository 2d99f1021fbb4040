"""Samples to Label Studio and doccano, and back: the places of sentences travel as data that the tools do not touch."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from extract.labels.codebooks import Codebook
from extract.learning.samples import Task, read_sample, task_from
from extract.problems import UsageError

_FROM_NAME = "label"


def as_label_studio(tasks: Sequence[Task]) -> str:
    """Tasks as Label Studio imports them; a sentence that has a label comes with it as a prediction."""
    return json.dumps([_studio_task(task) for task in tasks], ensure_ascii=False, indent=1) + "\n"


def studio_interface(codebook: Codebook) -> str:
    """The labelling interface for Label Studio: headings and context above the sentence, a choice per label below."""
    choices = "".join(
        f"    <Choice value={quoteattr(label)} hint={quoteattr(codebook.names[label])}/>\n" for label in codebook.labels
    )
    return (
        "<View>\n"
        f"  <Header value={quoteattr(codebook.question)}/>\n"
        '  <Text name="heading" value="$heading"/>\n  <Text name="before" value="$before"/>\n'
        '  <Text name="text" value="$text" highlightColor="#ffd"/>\n  <Text name="after" value="$after"/>\n'
        f'  <Choices name="{_FROM_NAME}" toName="text" choice="single" showInLine="true">\n{choices}'
        "  </Choices>\n</View>\n"
    )


def as_doccano(tasks: Sequence[Task]) -> str:
    """Tasks as doccano imports them: JSON lines; what is known of a sentence beside its text is metadata."""
    return "".join(json.dumps(_doccano_task(task), ensure_ascii=False) + "\n" for task in tasks)


def doccano_labels(codebook: Codebook) -> str:
    """The labels of a codebook as doccano imports them."""
    return json.dumps([{"text": label} for label in codebook.labels], ensure_ascii=False, indent=1) + "\n"


def read_labelled(path: Path) -> list[Task]:
    """Tasks from a file that readers labelled: a sample as CSV, or what Label Studio or doccano exports."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            return read_sample(path)
        if path.suffix.lower() == ".jsonl":
            return [_from_doccano(json.loads(line), path) for line in text.splitlines() if line.strip()]
        rows = json.loads(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(
            f"Cannot read {path}: {error}. It must be a CSV sample, or JSON or JSONL as exported."
        ) from error
    if not isinstance(rows, list):
        raise UsageError(f"{path} is no export of Label Studio: it holds no list of tasks.")
    return [task for row in rows for task in _from_studio(row, path)]


def _studio_task(task: Task) -> dict[str, Any]:
    data = {name: value for name, value in asdict(task).items() if name not in ("label", "confidence")}
    if not task.label:
        return {"data": data}
    result = {"from_name": _FROM_NAME, "to_name": "text", "type": "choices", "value": {"choices": [task.label]}}
    return {"data": data, "predictions": [{"result": [result]}]}


def _from_studio(row: dict[str, Any], path: Path) -> Iterator[Task]:
    """A task per annotation that a reader finished; a task that nobody labelled comes back without a label."""
    if "data" not in row:  # the short form of the export
        label = row.get(_FROM_NAME, "")
        yield _task(row, label if isinstance(label, str) else _only(label.get("choices", ()), path), path)
        return
    done = [each for each in row.get("annotations", ()) if not each.get("was_cancelled") and each.get("result")]
    for annotation in done:
        choices = [
            choice
            for result in annotation["result"]
            if result.get("type") == "choices"
            for choice in result["value"]["choices"]
        ]
        yield _task(row["data"], _only(choices, path), path)
    if not done:
        yield _task(row["data"], "", path)


def _doccano_task(task: Task) -> dict[str, Any]:
    known = {name: value for name, value in asdict(task).items() if name not in ("label", "confidence", "text")}
    return {"text": task.text, "label": [task.label] if task.label else []} | known


def _from_doccano(row: dict[str, Any], path: Path) -> Task:
    """A task; versions of doccano differ in the names of text and label, and in whether metadata stands apart."""
    known = row | row.get("meta", row.get("metadata", {}))
    text = known.get("text", known.get("data", ""))
    return _task(known | {"text": text}, _only(known.get("label", known.get("labels", ())), path), path)


def _task(known: dict[str, Any], label: str, path: Path) -> Task:
    return replace(task_from({name: str(value) for name, value in known.items()}, path), label=label, confidence="")


def _only(labels: Sequence[str], path: Path) -> str:
    if len(labels) > 1:
        raise UsageError(f"{path} gives a sentence several labels: {', '.join(labels)}. Give the dominant one only.")
    return labels[0] if labels else ""

"""What a run leaves at Prefect's server for whoever looks there: a summary, the Problems, and where the dataset is."""

from pathlib import Path

from prefect.artifacts import create_link_artifact, create_table_artifact

from pipelines.commands.showing import as_records
from pipelines.plan import Outcome, Plan

_MOST_ROWS = 500  # of a table; the rest is in the dataset


def leave_artifacts(folder: Path, plan: Plan, outcome: Outcome) -> None:
    """Leave the artifacts of a run that made or confirmed the dataset version in `folder`."""
    summary = as_records(folder)
    version = f"dataset {outcome.version}"
    create_table_artifact(summary["parties"][:_MOST_ROWS], key="summary", description=f"Parties in {version}")
    create_table_artifact(summary["problems"][:_MOST_ROWS], key="problems", description=f"Problems in {version}")
    reasons = [{"action": action, "why": why, "documents": count} for (action, why), count in plan.reasons().items()]
    create_table_artifact(reasons, key="documents", description="What was done with documents, and why")
    readme = (folder / "README.md").absolute()
    create_link_artifact(readme.as_uri(), key="report", link_text=f"{version}: {readme}")

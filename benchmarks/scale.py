"""What runs cost on a folder of manifestos: CPU time, wall time and memory of the command and all its processes.

make scale            the manifestos in TEXTS
python -m benchmarks.scale RAW
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.shared import cpu_seconds_of_children, table_of
from extract.reading.documents import find_raw_files

_FEW = 50  # documents whose memory is compared with that of all
_SAMPLE_SECONDS = 0.5
_FEWER_CODEBOOKS = 'codebooks = ["digitalisation", "statement"]\n'


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run cost, and what it did."""

    what: str
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int  # proportional set size: memory that processes share counts once
    done: str


def main(raw: Path) -> None:
    """Run them all, and print a table."""
    console = Console(highlight=False)
    files, _ = find_raw_files(raw)
    # The one that is added later is of middle size.
    added = sorted((path for path in files if path.suffix == ".txt"), key=lambda path: path.stat().st_size)[
        len(files) // 2
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in files:
            _copy(path, raw, folder / "raw")
        for path in files[:: max(1, len(files) // _FEW)][:_FEW]:
            _copy(path, raw, folder / "few")
        (folder / "raw" / added.relative_to(raw)).unlink()
        (folder / "fewer.toml").write_text(_FEWER_CODEBOOKS, encoding="utf-8")
        costs = [_cost(f"{_FEW} documents", folder, "few", "few")]
        costs.append(_cost(f"{len(files) - 1} documents, 1 process", folder, "raw", "alone", "--workers", "1"))
        full = _cost(f"{len(files) - 1} documents", folder, "raw", "all")
        costs += [full, _cost("nothing new", folder, "raw", "all")]
        _copy(added, raw, folder / "raw")
        costs.append(_cost("1 document added", folder, "raw", "all"))
        costs.append(_cost("a codebook left out", folder, "raw", "all", "--settings", str(folder / "fewer.toml")))
        console.print(_as_table(costs, full))


def _as_table(costs: list[Cost], full: Cost) -> Table:
    table = table_of("run", "CPU s", "% of full", "wall s", "peak MB", "read, relabelled, reused, failed")
    for each in costs:
        table.add_row(
            each.what,
            f"{each.cpu_seconds:.1f}",
            f"{100 * each.cpu_seconds / full.cpu_seconds:.1f}",
            f"{each.wall_seconds:.1f}",
            f"{each.peak_bytes / 2**20:,.0f}",
            each.done,
        )
    return table


def _cost(what: str, folder: Path, raw: str, processed: str, *arguments: str) -> Cost:
    """Run the command and watch it."""
    out = str(folder / "out" / processed)
    command = [sys.executable, "-m", "pipelines", "run", str(folder / raw), "--processed", out]
    before, began = cpu_seconds_of_children(), time.monotonic()
    with (folder / "answer.json").open("wb") as answer:
        process = subprocess.Popen([*command, "--json", *arguments], stdout=answer, stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory_of(process.pid))
            time.sleep(_SAMPLE_SECONDS)
    if process.returncode:
        raise SystemExit(f"{what}: the run ended with {process.returncode}")
    said = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    counts = [str(said[f"documents_{name}"]) for name in ("read", "relabelled", "reused", "failed")]
    cpu, wall = cpu_seconds_of_children() - before, time.monotonic() - began
    print(f"{what}: {cpu:.1f} s CPU, {wall:.1f} s", file=sys.stderr, flush=True)
    return Cost(what, cpu, wall, peak, ", ".join(counts))


def _memory_of(pid: int) -> int:
    """Bytes of a process and all that descend from it."""
    total = 0
    try:
        for each in (root := psutil.Process(pid), *root.children(recursive=True)):
            total += each.memory_full_info().pss
    except psutil.Error:  # one that ended meanwhile
        pass
    return total


def _copy(path: Path, raw: Path, folder: Path) -> None:
    target = folder / path.relative_to(raw)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Faults injected for real into `manifesto run`, and what must hold after each. Linux only; a full disk needs root.

    make faults
    python -m benchmarks.faults [--seed N] [--only KIND]

Each case starts from a copy of a processed folder with an old version, has a run of the command meet one fault, and
then looks: is the current version the old one or the new one, and whole; is no process left; does a failed run say why
in words; does the next run, undisturbed, make what it makes where nothing ever went wrong, and leave nothing behind?
"""

import argparse
import json
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from fpdf import FPDF
from rich.console import Console
from rich.table import Table

from benchmarks.shared import DIGEST
from extract.dataset.atomic import UNFINISHED
from extract.dataset.checks import check_dataset
from extract.dataset.files import CHECKSUMS, CURRENT
from extract.records import sha256_of
from pipelines.history import past_runs
from pipelines.orchestration import STATE
from pipelines.paths import MODELS
from pipelines.processed import Processed

_BOUND_SECONDS = 120  # for a run, whatever it meets
_GONE_SECONDS = 15  # for all processes of a run to be gone after it
_TRIES = 3  # to hit a run before it is over
_POLL_SECONDS = 0.005
_AFTER_SECONDS = 0.1  # that the last stage lasts after the new version is named
_AMPLE = "size=1g"  # of a disk that is not full
_MARK = "MANIFESTO_FAULT"  # environment variable by which all processes of a case are known
_PARTIES = ("CDA", "VVD", "D66", "SP", "SGP", "PvdA", "GroenLinks", "DENK", "PVV", "ChristenUnie")
_OLD = ("CDA_1998.txt", "VVD_1998.txt")  # beside the digest, in the old version; the first has changed since
_CHANGED = "SP_1998.txt"  # the raw file that changes while a run is on its way
_LEFT_TO_DO = 2  # files of the state "warm"
_OPENINGS = "Wij willen dat|De overheid moet zorgen dat|Het is onze overtuiging dat|Het kabinet ziet erop toe dat"
_SUBJECTS = "elke gemeente|het onderwijs|de zorg in de wijk|de kustwacht|iedere huurder|het openbaar vervoer"
_ENDINGS = "meer ruimte krijgt|voor iedereen bereikbaar blijft|zuinig omgaat met gegevens|open is over algoritmen"

# What may lie in a processed folder after a run, by path below it.
_EXPECTED = re.compile(
    r"v[0-9a-f]{12}(/.*)?|\.lock|current\.txt|runs\.jsonl|README\.md"
    r"|\.cache(/latest\.json|/(documents|certified)(/[0-9a-f]{32}\.rows)?)?"
    r"|\.prefect(/(prefect\.db(-wal|-shm)?|server\.log|starting\.lock|memo_store\.toml|storage|empty))?"
)

# What the log of a run says when a stage begins, but for the first, "start".
_BEGINS = {
    ("planned", None): "read",
    ("passed", "extract"): "keep",
    ("began", "write"): "write",
    ("passed", "finish"): "publish",
}


@dataclass(frozen=True, slots=True)
class Version:
    """A dataset version: its name and its checksums."""

    name: str
    checksums: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, None if it hung, and what it said."""

    code: int | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all cases start from, and what undisturbed runs lead to.

    A case starts from a state of the processed folder, all with an old version: "cold" has most files to do, by the
    pool; "warm" two, in the process of the command; "done" has the new version, too, and nothing to do.
    """

    home: Path
    old: Version
    new: Version
    seconds: Mapping[str, Mapping[str, float]]  # that each stage takes undisturbed, by state
    growth: int  # bytes that a run adds to the processed folder
    references: dict[str, Version] = field(default_factory=dict)  # what is made of a raw folder, by its key


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fault: where, and by what chance. `share` says how far into its time it falls, from 0 to 1."""

    ground: Ground
    folder: Path
    state: str = "done"
    share: float = 0
    chance: random.Random = field(default_factory=partial(random.Random, 0))

    @property
    def raw(self) -> Path:
        """The raw folder."""
        return self.folder / "raw"

    @property
    def processed(self) -> Path:
        """The processed folder."""
        return self.folder / "processed"


Run = subprocess.Popen[bytes]
Inject = Callable[[Case], list[Ended]]
"""Has runs meet a fault, and says how they ended; nothing if the run was over before the fault."""
Spoil = Callable[[Path, random.Random], object]
"""Spoils a file."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: how often and how it is injected, from which state, and how a run that met it may end."""

    name: str
    times: int
    inject: Inject
    state: str = "warm"
    ends: frozenset[int] = frozenset({0})
    words: str = ""  # that a run which failed must say
    any_version: bool = False  # what was read while the fault lasted counts: a third version is no fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case showed: how runs ended, what was current then (old, new, other, none), and what does not hold."""

    kind: Kind
    ended: list[Ended]
    version: str
    faults: list[str]
    folder: Path


# Runs and their processes


def start(case: Case, *options: str, name: str = "run") -> Run:
    """Start the command, marked, in a session of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    environment |= {_MARK: str(case.folder), "TMPDIR": str(case.folder / "tmp")}
    command = [sys.executable, "-m", "pipelines", "run", str(case.raw), "--processed", str(case.processed)]
    log = ["--log", str(case.folder / f"{name}.log")]
    with (case.folder / f"{name}.said").open("wb") as said:
        return subprocess.Popen(
            [*command, *log, *options], env=environment, stdout=said, stderr=said, start_new_session=True
        )


def end(case: Case, run: Run, *, name: str = "run") -> Ended:
    """Wait until a run is over; one that hangs is killed with all its processes."""
    code: int | None = None
    try:
        code = run.wait(_BOUND_SECONDS)
    except subprocess.TimeoutExpired:
        kill(processes(case))
        run.wait()
    return Ended(code, (case.folder / f"{name}.said").read_text(encoding="utf-8", errors="replace"))


def run_now(case: Case, *options: str, name: str = "run") -> Ended:
    """A run from its beginning to its end."""
    return end(case, start(case, *options, name=name), name=name)


def processes(case: Case, words: str = "") -> dict[int, str]:
    """The command lines that have some words, by id, of the processes of a case."""
    found: dict[int, str] = {}
    mark = f"{_MARK}={case.folder}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if "python" in line and words in line and mark in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = line
        except OSError:  # it has ended meanwhile
            continue
    return found


def kill(pids: Sequence[int] | Mapping[int, str]) -> bool:
    """Kill processes; give whether there were any."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return bool(pids)


def stages(case: Case) -> dict[str, datetime]:
    """When a run began which stage, as far as its log tells."""
    began: dict[str, datetime] = {}
    path = case.folder / "run.log"
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else ():
        told = json.loads(line) if line.endswith("\n") else {"event": ""}
        if stage := _BEGINS.get((told["event"], told.get("stage"))):
            began.setdefault(stage, datetime.fromisoformat(told["at"]))
    return began


# Faults


def strike(case: Case, do: Callable[[Case, Run], bool], *, stage: str, share: float | None = None) -> list[Ended]:
    """Start a run, wait until it is some way into a stage, and do something to it."""
    run = start(case)
    while run.poll() is None and stage != "start" and stage not in stages(case):
        time.sleep(_POLL_SECONDS)
    time.sleep(case.ground.seconds[case.state][stage] * (case.share if share is None else share))
    hit = run.poll() is None and do(case, run)
    ended = end(case, run)
    return [ended] if hit else []


def send(_: Case, run: Run, *, number: int, group: bool = False) -> bool:
    """Send a signal to the command, or as a terminal does to its group."""
    (os.killpg if group else os.kill)(run.pid, number)
    return True


def kill_some(case: Case, run: Run, *, words: str, all_of_them: bool = False) -> bool:
    """Kill one or all of the processes whose command line has some words, as soon as there are any."""
    while run.poll() is None and not processes(case, words):
        time.sleep(_POLL_SECONDS)
    found = sorted(processes(case, words))
    return kill(found if all_of_them else found and [case.chance.choice(found)])


def fill_disk(case: Case, *, stage: str | None) -> list[Ended]:
    """Have the disk be full from some way into a stage on, or leave room for a share of what a run writes."""
    state = case.processed.rename(case.folder / "state")
    case.processed.mkdir()
    mount("-t", "tmpfs", "-o", _AMPLE, "tmpfs", str(case.processed))
    shutil.copytree(state, case.processed, dirs_exist_ok=True)

    def leave(case: Case, _: Run | None = None, *, room: int = 0) -> bool:
        disk = os.statvfs(case.processed)
        size = (disk.f_blocks - disk.f_bfree) * disk.f_frsize + room
        # Where something was written meanwhile the system refuses.
        return mount("-o", f"remount,size={size}", str(case.processed), check=False) or leave(case, room=room)

    if stage:
        ended = strike(case, leave, stage=stage)
    else:
        leave(case, room=int(case.ground.growth * case.share))
        ended = [run_now(case)]
    mount("-o", f"remount,{_AMPLE}", str(case.processed))
    return ended


def protect(case: Case, *, stage: str | None) -> list[Ended]:
    """Have nobody write to the processed folder, before a run or from some way into a stage on."""

    def make_read_only(case: Case, _: Run | None = None) -> bool:
        # Root may write wherever the system may: the folder is mounted over itself. Open files stay as they are.
        mount("--bind", str(case.processed), str(case.processed))
        return mount("-o", "remount,bind,ro", str(case.processed))

    ended = strike(case, make_read_only, stage=stage) if stage else make_read_only(case) and [run_now(case)] or []
    unmount(case)
    return ended


def tamper(case: Case, spoil: Spoil, *, stage: str, share: float | None = None) -> list[Ended]:
    """Have a raw file change while a run is on its way."""

    def change(case: Case, _: Run) -> bool:
        spoil(case.raw / _CHANGED, case.chance)
        return True

    return strike(case, change, stage=stage, share=share)


def write_on(case: Case) -> list[Ended]:
    """Have a raw file be written from the start of a run to its end."""
    path = case.raw / _CHANGED
    text = path.read_text(encoding="utf-8")
    run = start(case)
    while run.poll() is None:
        path.write_text(text[: case.chance.randrange(len(text))], encoding="utf-8")
        time.sleep(_POLL_SECONDS)
    _WAYS["longer"](path, case.chance)
    return [end(case, run)]


def run_together(case: Case, *, runs: int, fresh: bool = False) -> list[Ended]:
    """Start several runs at once; `fresh`: Prefect's database has to be made, too."""
    if fresh:
        shutil.rmtree(case.processed / STATE)
    names = [f"run{number}" for number in range(runs)]
    started = [(name, start(case, name=name)) for name in names]
    return [end(case, run, name=name) for name, run in started]


def damage(case: Case, spoil: Spoil, *, where: str) -> list[Ended]:
    """Damage something that a run finds in the processed folder."""
    found = sorted(case.processed.glob(where.format(current=case.ground.new.name)))
    spoil(case.chance.choice([path for path in found if path.is_file()]), case.chance)
    return [run_now(case)]


def run_with_model(case: Case, spoil: Spoil, *, file: str) -> list[Ended]:
    """Run with a copy of the models of which a file is damaged."""
    models = shutil.copytree(MODELS, case.folder / "models")
    spoil(case.chance.choice(sorted(models.glob(f"*/{file}"))), case.chance)
    return [run_now(case, "--models", str(models))]


# Ways to spoil a file, and the kinds of fault


def flip(path: Path, chance: random.Random) -> None:
    """Change some bytes."""
    data = bytearray(path.read_bytes())
    for place in chance.sample(range(len(data)), min(len(data), 8)):
        data[place] ^= chance.randrange(1, 256)
    path.write_bytes(data)


def replace_by(path: Path, chance: random.Random) -> None:
    """Put another text in its place at once."""
    other = path.with_name(".other")
    other.write_text(manifesto("SP", 2, chance), encoding="utf-8")
    other.replace(path)


def make_folder(path: Path, _: random.Random) -> None:
    """Put a folder with something in it in its place."""
    path.unlink()
    path.mkdir()
    (path / "something").touch()


def put_skops(path: Path, _: random.Random, *, classifier: bool) -> None:
    """Put a skops file in its place that holds another classifier, or none."""
    import skops.io
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    skops.io.dump(LogisticRegression().fit([[0.0], [1.0]], ["a", "b"]) if classifier else StandardScaler(), path)


_WAYS: dict[str, Spoil] = {
    "bytes": flip,
    "cut": lambda path, chance: os.truncate(path, chance.randrange(1, path.stat().st_size)),
    "empty": lambda path, _: os.truncate(path, 0),
    "garbage": lambda path, chance: path.write_bytes(chance.randbytes(max(path.stat().st_size, 64))),
    "another's": lambda path, chance: shutil.copyfile(chance.choice(sorted({*path.parent.iterdir()} - {path})), path),
    "a folder": make_folder,
    "removed": lambda path, _: path.unlink(),
    "longer": lambda path, _: path.write_bytes(path.read_bytes() + b"\nWij willen dat dit er later bij kwam.\n"),
    "exchanged": replace_by,
    "a list": lambda path, _: path.write_text("[1]"),
    "strange lines": lambda path, _: path.write_text('{"event": "began"}\n[]\n7'),
    "a place outside": lambda path, _: path.write_text("../raw\n"),
    "a pickle": lambda path, _: path.write_bytes(pickle.dumps({"a": "pickle"})),
    "an archive": lambda path, _: zipfile.ZipFile(path, "w").close(),
    "a classifier": partial(put_skops, classifier=True),
    "no classifier": partial(put_skops, classifier=False),
}


def staged(name: str, do: Callable[..., list[Ended]], *ends: int, **times: int) -> Iterator[Kind]:
    """A kind of fault for each stage in which it may happen."""
    for stage, count in times.items():
        state = "cold" if stage in {"read", "keep"} else "warm"
        yield Kind(f"{name}: {stage}", count, partial(do, stage=stage), state, frozenset(ends))


def of_raw(*ways: str, stage: str = "read", share: float | None = None) -> Iterator[Kind]:
    """A raw file is spoilt while a run is on its way; at share 0 between its survey and its reading."""
    for way in ways:
        inject = partial(tamper, spoil=_WAYS[way], stage=stage, share=share)
        yield Kind(f"raw file: {way}", 1, inject, "cold", frozenset({0, 1}), any_version=True)


def of_state(where: str, state: str, *ways: str) -> Iterator[Kind]:
    """Something in the processed folder is spoilt, which a run mends by itself."""
    for way in ways:
        yield Kind(f"{where.format(current='v…')}: {way}", 1, partial(damage, spoil=_WAYS[way], where=where), state)


def of_model(file: str, *ways: str) -> Iterator[Kind]:
    """A file of a model is spoilt, which a run says."""
    for way in ways:
        inject = partial(run_with_model, spoil=_WAYS[way], file=file)
        yield Kind(f"{file}: {way}", 1, inject, ends=frozenset({1}), words="The model in")


_command = partial(strike, do=partial(send, number=signal.SIGKILL))
_terminate = partial(strike, do=partial(send, number=signal.SIGTERM))
_interrupt = partial(strike, do=partial(send, number=signal.SIGINT, group=True))
_server = partial(strike, do=partial(kill_some, words="pipelines.server"))
_worker = partial(strike, do=partial(kill_some, words="spawn_main"))
_workers = partial(strike, do=partial(kill_some, words="spawn_main", all_of_them=True))

KINDS = (
    *staged("kill -9 of the command", _command, -9, start=3, read=3, keep=2, write=3, publish=4),
    *staged("kill -9 of a worker", _worker, 0, read=4),
    *staged("kill -9 of all workers", _workers, 0, read=2),
    *staged("kill -9 of the server", _server, 0, 1, start=1, read=2, write=1, publish=1),
    *staged("SIGTERM", _terminate, 0, 143, -15, start=2, read=2, publish=1),
    *staged("SIGINT", _interrupt, 0, 1, 130, -2, start=2, read=2, publish=1),
    Kind("full disk: some room", 4, partial(fill_disk, stage=None), ends=frozenset({0, 1})),
    *staged("full disk", fill_disk, 0, 1, start=1, read=2, publish=2),
    Kind("read-only folder: before", 1, partial(protect, stage=None), ends=frozenset({1})),
    *staged("read-only folder", protect, 0, 1, start=1, read=1, publish=1),
    *of_raw("longer", stage="start"),
    *of_raw("cut", "removed", "another's", share=0),
    *of_raw("exchanged"),
    Kind("raw file: written on", 1, write_on, "cold", frozenset({0, 1}), any_version=True),
    Kind("two runs at once", 2, partial(run_together, runs=2)),
    Kind("two runs at once, no database", 1, partial(run_together, runs=2, fresh=True)),
    Kind("three runs at once", 1, partial(run_together, runs=3)),
    *of_state(".cache/documents/*.rows", "warm", "bytes", "cut", "empty", "another's", "a folder"),
    *of_state(".cache/certified/*.rows", "warm", "bytes", "cut", "empty", "another's", "a folder"),
    *of_state(".cache/latest.json", "done", "garbage", "a list"),
    *of_state("runs.jsonl", "warm", "bytes", "strange lines"),
    *of_state(".prefect/prefect.db", "warm", "garbage", "cut"),
    *of_state("current.txt", "done", "garbage", "empty", "a place outside"),
    *of_state("{current}/*/[!r]*", "done", "bytes", "removed"),
    *of_state("{current}/tables/runs.parquet", "done", "bytes"),
    *of_model("model.skops", "bytes", "cut", "a pickle", "an archive", "a classifier", "no classifier"),
    *of_model("metrics.json", "cut"),
)


# What must hold


def examine(kind: Kind, ground: Ground, *, seed: int, number: int) -> Verdict:
    """Inject a fault, and see whether everything holds."""
    for attempt in range(_TRIES):  # the run may be over before the fault
        chance = random.Random(f"{seed} {kind.name} {number} {attempt}")
        folder = ground.home / f"{re.sub('[^a-z0-9]+', '-', kind.name.lower())}-{number}-{attempt}"
        share = (number + chance.random()) / kind.times / (attempt + 1)
        case = Case(ground=ground, folder=folder, state=kind.state, share=share, chance=chance)
        prepare(case)
        ended = kind.inject(case)
        if ended or attempt == _TRIES - 1:
            break
        remove(case)
    faults = [each for one in ended for each in misbehaved(kind, one)] if ended else ["the fault came too late"]
    faults += left_running(case)
    version, found = look(case, kind)
    verdict = Verdict(kind, ended, version, [*faults, *found, *run_again(case)], folder)
    if not verdict.faults:
        remove(case)
    return verdict


def misbehaved(kind: Kind, ended: Ended) -> Iterator[str]:
    """What is wrong with how a run ended."""
    if ended.code not in kind.ends:
        yield f"the run hung for {_BOUND_SECONDS} s" if ended.code is None else f"the run ended with {ended.code}"
    if "Traceback" in ended.said:
        yield "the run printed a traceback"
    if ended.code == 1 and not (re.search("Error:|Aborted", ended.said) and kind.words in ended.said):
        yield f"the run failed and did not say why in words: {ended.said[-300:].strip()}"


def left_running(case: Case) -> Iterator[str]:
    """What is still running; it is killed."""
    until = time.monotonic() + _GONE_SECONDS
    while (left := processes(case)) and time.monotonic() < until:
        time.sleep(0.1)
    kill(left)
    yield from (f"still running after {_GONE_SECONDS} s: {line[:100]}" for line in left.values())


def look(case: Case, kind: Kind) -> tuple[str, list[str]]:
    """Which version is current after a fault, and what is wrong with it."""
    current = version_in(case.processed)
    if current is None:
        return "none", ["there is no current version"]
    known = {"new": case.ground.new, "old": case.ground.old}
    name = next((name for name, version in known.items() if version == current), "other")
    strange = [f"{current.name} is neither the old version nor the new one"] if name == "other" else []
    return name, [*checked(case.processed / current.name), *(() if kind.any_version else strange)]


def run_again(case: Case) -> Iterator[str]:
    """Run undisturbed, and tell what is not as if nothing had happened."""
    expected = reference(case.ground, case.raw)
    ended = run_now(case, name="next")
    if ended.code != 0:
        yield f"the next run ended with {ended.code}: {' '.join(ended.said.split())[-300:]}"
        return
    if (current := version_in(case.processed)) != expected:
        yield f"the next run made {current.name if current else 'nothing'}, not {expected.name} with its checksums"
    if current:
        yield from (f"after the next run, {each}" for each in checked(case.processed / current.name))
    yield from left_running(case)
    paths = [path.relative_to(case.processed).as_posix() for path in case.processed.rglob("*")]
    yield from (f"left behind: {path}" for path in paths if UNFINISHED in path or not _EXPECTED.fullmatch(path))
    kept = sum(path.startswith(".cache/documents/") for path in paths)
    files = {path.read_bytes() for path in case.raw.iterdir()}
    if kept != len(files):
        yield f"{kept} documents are kept of {len(files)}"
    try:
        past_runs(Processed(case.processed))
    except Exception as error:
        yield f"the history cannot be read: {type(error).__name__}: {error}"


def checked(folder: Path) -> list[str]:
    """What `manifesto check` finds in a version."""
    return [f"{folder.name} is not whole: {each.rule}: {each.message}" for each in check_dataset(folder)]


def version_in(processed: Path) -> Version | None:
    """The version that `current.txt` names, if there is such a one."""
    try:
        name = (processed / CURRENT).read_text(encoding="utf-8").removesuffix("\n")
        return Version(name, (processed / name / CHECKSUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


# The ground


def reference(ground: Ground, raw: Path) -> Version:
    """What an undisturbed run makes of a raw folder; made once for each content."""
    key = key_of(raw)
    if key not in ground.references:
        case = Case(ground=ground, folder=ground.home / f"reference-{key}")
        prepare(case, raw=raw)
        ground.references[key] = made(case)
        remove(case)
    return ground.references[key]


def made(case: Case) -> Version:
    """The version that an undisturbed run makes; where it fails there is nothing to compare with."""
    ended = run_now(case)
    version = version_in(case.processed)
    if ended.code != 0 or version is None or checked(case.processed / version.name):
        raise SystemExit(f"An undisturbed run failed; see {case.folder}.\n{ended.said}")
    return version


def timed(case: Case) -> tuple[Version, dict[str, float]]:
    """The version that an undisturbed run makes, and how many seconds each stage takes."""
    prepare(case)
    began = datetime.now().astimezone()
    version = made(case)
    published = (case.processed / CURRENT).stat().st_mtime + _AFTER_SECONDS
    times = [("start", began), *stages(case).items(), ("", datetime.fromtimestamp(published).astimezone())]
    return version, {
        stage: (until - at).total_seconds() for (stage, at), (_, until) in zip(times, times[1:], strict=False)
    }


def prepare(case: Case, *, raw: Path | None = None) -> None:
    """Give a case its folder, with a copy of the state that it starts from."""
    (case.folder / "tmp").mkdir(parents=True)
    shutil.copytree(raw or case.ground.home / "raw", case.raw)
    shutil.copytree(case.ground.home / case.state, case.processed)


def remove(case: Case) -> None:
    """Remove all of a case."""
    unmount(case)
    shutil.rmtree(case.folder)


def lay_ground(home: Path, seed: int) -> Ground:
    """Make the raw files, the old version and the new one, and measure how long stages take."""
    write_raw(home / "raw", seed)
    (home / "nothing").mkdir()
    ground = Ground(home=home, old=Version("", ""), new=Version("", ""), seconds={}, growth=0)
    first = Case(ground=ground, folder=home / "first", state="nothing")
    prepare(first)
    for path in first.raw.iterdir():
        if path.name not in {*_OLD, DIGEST.name}:
            path.unlink()
    _WAYS["longer"](first.raw / _OLD[0], first.chance)
    old = made(first)
    shutil.copytree(first.processed, home / "cold")

    second = replace(first, folder=home / "second", state="cold")
    new, cold = timed(second)
    shutil.copytree(second.processed, home / "done")

    shutil.copytree(home / "cold", home / "warm")
    kept = [{path.name for path in (home / state / ".cache/documents").iterdir()} for state in ("cold", "done")]
    for name in kept[1] - {*sorted(kept[1] - kept[0])[:_LEFT_TO_DO]}:
        shutil.copy(home / "done/.cache/documents" / name, home / "warm/.cache/documents")
    again, warm = timed(replace(first, folder=home / "third", state="warm"))
    if again != new:
        raise SystemExit(f"Two undisturbed runs give two versions: {new.name} and {again.name}; see {home}.")
    return Ground(
        home=home,
        old=old,
        new=new,
        seconds={"cold": cold, "warm": warm},
        growth=bytes_below(home / "done") - bytes_below(home / "cold"),
        references={key_of(home / "raw"): new},
    )


def write_raw(raw: Path, seed: int) -> None:
    """Write the raw files: the digest, a manifesto of each party as text, and one as PDF."""
    raw.mkdir()
    shutil.copy(DIGEST, raw)
    for party in _PARTIES:
        (raw / f"{party}_1998.txt").write_text(manifesto(party, 4, random.Random(f"{seed} {party}")), encoding="utf-8")
    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for page in range(10):
        pdf.add_page()
        pdf.multi_cell(0, 6, manifesto("Volt", 1, random.Random(f"{seed} Volt {page}")))
    pdf.output(str(raw / "Volt_2021.pdf"))


def manifesto(party: str, chapters: int, chance: random.Random) -> str:
    """A short manifesto in Dutch."""
    lines = [f"Verkiezingsprogramma van {party}"]
    for chapter in range(1, chapters + 1):
        lines += ["", f"{chapter}. {chance.choice(_SUBJECTS.split('|')).capitalize()}", ""]
        for _ in range(16):
            lines.append(" ".join(chance.choice(each.split("|")) for each in (_OPENINGS, _SUBJECTS, _ENDINGS)) + ".")
    return "\n".join(lines)


def key_of(raw: Path) -> str:
    """A hash of the names and bytes of a raw folder."""
    return sha256_of(*(part for path in sorted(raw.iterdir()) for part in (path.name, path.read_bytes())))[:12]


def bytes_below(folder: Path) -> int:
    """The size of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def mount(*options: str, check: bool = True) -> bool:
    """Call mount; give whether it did what was asked."""
    return subprocess.run(["mount", *options], check=check, capture_output=True).returncode == 0


def unmount(case: Case) -> None:
    """Take away what was mounted on a processed folder."""
    while f" {case.processed} " in Path("/proc/mounts").read_text(encoding="utf-8"):
        subprocess.run(["umount", "--lazy", str(case.processed)], check=True)


# What is told


def main() -> int:
    """Inject all faults; print a line for each and a table."""
    parser = argparse.ArgumentParser(description="Inject faults into runs, and see whether all promises hold.")
    parser.add_argument("--seed", type=int, default=1, help="decides on texts and moments (default: 1)")
    parser.add_argument("--only", default="", metavar="KIND", help="regular expression of the kinds to inject")
    given = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True, markup=False, width=100)
    kinds = [kind for kind in KINDS if re.search(given.only, kind.name)]
    if os.geteuid():
        kinds = [kind for kind in kinds if not re.match("full disk|read-only", kind.name)]
        console.print("Full disks and read-only folders are skipped: only root can mount them.")
    home = Path(tempfile.mkdtemp(prefix="manifesto-faults-"))
    console.print(f"Preparing in {home} …")
    ground = lay_ground(home, given.seed)
    plan = [(kind, number) for kind in kinds for number in range(kind.times)]
    verdicts: list[Verdict] = []
    for kind, number in plan:
        verdict = examine(kind, ground, seed=given.seed, number=number)
        verdicts.append(verdict)
        codes = ", ".join("hung" if each.code is None else str(each.code) for each in verdict.ended)
        sign = "✗" if verdict.faults else "✓"
        console.print(f"{len(verdicts):>3}/{len(plan)} {sign} {kind.name}: exit {codes}; then {verdict.version}")
        for fault in verdict.faults:
            console.print(f"         {fault} ({verdict.folder})")
    console.print(summary(kinds, verdicts))
    if any(verdict.faults for verdict in verdicts):
        return 1
    shutil.rmtree(home)
    return 0


def summary(kinds: Sequence[Kind], verdicts: Sequence[Verdict]) -> Table:
    """A row for each kind of fault, and one for all."""
    table = Table("fault", "injected", "ended well", "then old", "then new", "then other", "found", box=None)
    for name, chosen in [*((kind.name, {kind.name}) for kind in kinds), ("all", {kind.name for kind in kinds})]:
        own = [verdict for verdict in verdicts if verdict.kind.name in chosen]
        well = sum(all(each.code == 0 for each in verdict.ended) for verdict in own)
        then = Counter(verdict.version for verdict in own)
        others = len(own) - then["old"] - then["new"]
        found = sum(map(bool, (verdict.faults for verdict in own)))
        table.add_row(name, *map(str, (len(own), well, then["old"], then["new"], others, found)))
    return table


if __name__ == "__main__":
    sys.exit(main())

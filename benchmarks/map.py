"""The map of the house: which room of the code uses which. Measures how far the imports keep to the order of the rooms.

    make map
    python -m benchmarks.map

writes docs/architecture.svg. Rooms are folders, in the order in which data flows; an arrow runs down from a room to one
that uses it. Arrows that follow from others (A to C, where there are A to B and B to C) are left out, and so are those
from the contract, which all rooms use, and to the benchmarks, which may use all. An arrow that runs up is drawn in red:
tests/test_house.py allows none, and holds the picture to the code.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]  # the map needs no other module, so that it can be drawn of code that is broken
MAP = ROOT / "docs" / "architecture.svg"

_PART_OF = {"benchmarks.outside": "benchmarks", "benchmarks.reading": "benchmarks"}
"""Folders within a room."""

Graph = Mapping[str, AbstractSet[str]]
"""What each module or room uses."""


@dataclass(frozen=True, slots=True)
class Room:
    """A folder of modules, what comes out of it, and where it is drawn: its floor, from the top, and its column."""

    name: str
    what: str
    floor: float
    column: float


ROOMS = (
    Room("extract", "the contract: records, settings, problems, parties, word lists; all rooms use it", 0, 0),
    Room("extract.layout", "text layer → blocks, ledger", 0.5, 1),
    Room("extract.pages", "lines on pages → blocks", 1.2, 0.5),
    Room("extract.reading", "bytes → document", 2, 1.5),
    Room("extract.splitting", "passages, sentences, quotes", 3, 2),
    Room("extract.readings", "how well it was read", 3.4, 1.1),
    Room("extract.language", "tokens, entities", 0.6, 3),
    Room("extract.commitments", "who wants what done", 1.3, 2.4),
    Room("extract.labels", "codebooks, classifiers", 2, 3),
    Room("extract.positions", "where a manifesto stands", 2.7, 2.6),
    Room("extract.extraction", "a document → all its rows", 4, 2.5),
    Room("extract.learning", "annotate, train, evaluate", 3, 3.5),
    Room("extract.verification", "quotes × manifestos", 2, 0.5),
    Room("extract.dataset", "rows → a version", 3, 1),
    Room("extract.changes", "version × version", 4, 1.5),
    Room("extract.report", "a page to read", 5, 1.5),
    Room("extract.search", "SQL, full text, web site", 4, 0.5),
    Room("pipelines", "the run: plan, work, store", 6, 2),
    Room("pipelines.training", "models", 7, 2.5),
    Room("pipelines.commands", "manifesto run, check, why …", 8, 1.5),
    Room("benchmarks", "measure all of it; run by make, not in the wheel", 9, 0),
)
"""All rooms, in the order of the flow: a room may use those before it. The first and the last are drawn as bands."""

_APART = {"extract.extraction": "extract.extraction", "pipelines.__main__": "pipelines.commands"}
"""Modules that belong to another room than their folder: the one that joins the stages, and the way in."""

_WIDTH, _HEIGHT = 214, 58  # of a room, in pixels
_ACROSS, _DOWN, _MARGIN = 242, 106, 24  # from one room to the next, and around all
_STYLE = """\
text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; text-anchor: middle; fill: #1b1f24 }
.name { font-size: 17px; font-weight: 600 } .what { font-size: 13.5px; fill: #444c56 }
rect { fill: #eaf2fb; stroke: #0b5fa5; stroke-width: 1.5 } .pipelines rect { fill: #fdf3e1; stroke: #a85f00 }
.benchmarks rect { fill: #f1f2f4; stroke: #5b616b } path { fill: none; stroke: #5b616b; stroke-width: 1.6 }
path.up { stroke: #c62828; stroke-dasharray: 6 4 } marker path { fill: #5b616b; stroke: none }"""


def modules_in(root: Path) -> dict[str, Path]:
    """The modules of the project by name, those that are but the docstring of a folder left out."""
    folders = (root / "src", "extract"), (root, "pipelines"), (root, "benchmarks")
    return {
        ".".join(path.relative_to(above).with_suffix("").parts): path
        for above, name in folders
        for path in sorted((above / name).rglob("*.py"))
        if path.name != "__init__.py"
    }


def room_of(module: str) -> str:
    """The room of a module."""
    folder = module.rpartition(".")[0]
    return _APART.get(module) or _PART_OF.get(folder, folder)


def imports_of(modules: Mapping[str, Path]) -> Graph:
    """Which modules each module imports, at its head or within a function."""
    return {name: set(_imported(path)) & modules.keys() - {name} for name, path in modules.items()}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def between_rooms(imports: Graph) -> Graph:
    """Which rooms each room uses."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, used in imports.items():
        found[room_of(module)] |= {room_of(each) for each in used} - {room_of(module)}
    return found


def arrows_up(uses: Graph) -> list[tuple[str, str]]:
    """The rooms that use one that comes after them, each with it."""
    rank = {room.name: number for number, room in enumerate(ROOMS)}
    return sorted((room, each) for room, used in uses.items() for each in used if rank[each] > rank[room])


def as_svg(modules: Mapping[str, Path]) -> str:
    """The picture of all rooms and the arrows between them."""
    uses = between_rooms(imports_of(modules))
    sizes = {room.name: sum(room_of(each) == room.name for each in modules) for room in ROOMS}
    width = round(_ACROSS * max(room.column for room in ROOMS)) + _WIDTH + 2 * _MARGIN
    height = _DOWN * max(room.floor for room in ROOMS) + _HEIGHT + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img">',
        "<title>The rooms of the code, from the top down: each uses those from which an arrow comes</title>",
        f"<style>\n{_STYLE}\n</style>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 10 5 0 10z"/></marker></defs>',
        f'<rect width="{width}" height="{height}" style="fill: #fff; stroke: none"/>',
        *_arrows(uses),
        *(_drawn(room, sizes[room.name], width) for room in ROOMS),
        "</svg>\n",
    ]
    return "\n".join(lines)


def _arrows(uses: Graph) -> Iterator[str]:
    """Yield the arrows between rooms, those that leave or reach one side of a room beside each other."""
    places = {room.name: room for room in ROOMS[1:-1]}
    up = set(arrows_up(uses))
    down = {name: {each for each in uses.get(name, ()) if each in places and (name, each) not in up} for name in places}
    drawn = [(source, name) for name, used in down.items() for source in used - _indirect(used, down)]
    drawn += [(source, name) for name, source in up if name in places and source in places]
    for source, name in sorted(drawn):
        leaving = sorted((other for one, other in drawn if one == source), key=lambda each: places[each].column)
        coming = sorted((one for one, other in drawn if other == name), key=lambda each: places[each].column)
        x, y = _corner(places[source])
        to_x, to_y = _corner(places[name])
        x += _WIDTH * (leaving.index(name) + 1) / (len(leaving) + 1)
        to_x += _WIDTH * (coming.index(source) + 1) / (len(coming) + 1)
        y, bend = y + _HEIGHT, (to_y - y - _HEIGHT) / 2
        kind = ' class="up"' if (name, source) in up else ""
        yield (
            f'<path{kind} marker-end="url(#tip)" '
            f'd="M{x:.0f} {y:.0f}C{x:.0f} {y + bend:.0f} {to_x:.0f} {to_y - bend:.0f} {to_x:.0f} {to_y:.0f}"/>'
        )


def _indirect(used: AbstractSet[str], down: Graph) -> set[str]:
    """Of rooms that one uses, those that others of them use, directly or not."""
    found: set[str] = set()
    ahead = [each for one in used for each in down[one]]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += down[one]
    return found


def _corner(room: Room) -> tuple[float, float]:
    return _MARGIN + _ACROSS * room.column, _MARGIN + _DOWN * room.floor


def _drawn(room: Room, size: int, picture: int) -> str:
    x, y = _corner(room)
    width = picture - 2 * _MARGIN if room in (ROOMS[0], ROOMS[-1]) else _WIDTH
    name = room.name.removeprefix("extract.").removeprefix("pipelines.")
    count = f"{size} modules" if size != 1 else "1 module"
    return (
        f'<g class="{room.name.partition(".")[0]}">'
        f'<rect x="{x:.0f}" y="{y}" width="{width}" height="{_HEIGHT}" rx="6"/>'
        f'<text x="{x + width / 2:.0f}" y="{y + 25}"><tspan class="name">{name}</tspan>'
        f'<tspan class="what" dx="8">{count}</tspan></text>'
        f'<text class="what" x="{x + width / 2:.0f}" y="{y + 45}">{escape(room.what)}</text></g>'
    )


if __name__ == "__main__":
    MAP.write_text(as_svg(modules_in(ROOT)), encoding="utf-8", newline="\n")

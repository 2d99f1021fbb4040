"""Counts → charts as SVG, drawn by Vega-Lite: https://vega.github.io/vega-lite/.

A chart is drawn once, when the report is made: it needs no script and no network to be seen, prints as it is, and each
of its parts is a link that the keyboard reaches.
"""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import vl_convert

_VEGA_LITE = "5.20"
# What XML cannot hold, and line ends of scripts: Vega's renderer ends the whole process on the former.
_UNDRAWABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
_WIDTH_GIVEN = re.compile(r'\bwidth="(\d+)"')

# vl-convert resolves links against a page of its own.
_FOREIGN = "https://vega.github.io/vega-datasets/#"

_INK, _GRID, _FONT = "#22252b", "#dfe1e6", "Helvetica Neue, Helvetica, Arial, sans-serif"
_STEP = 22  # pixels of a bar with its gap
_DOT_STEP = 13  # pixels of a dot with its gap
_WIDTH = 760


def stacked_bars(
    rows: Sequence[Mapping[str, Any]], *, colours: Mapping[str, str], order: Sequence[str], title: str, axis: str
) -> str:
    """A bar for each row, made of its parts, which are shares of it. `rows` have row, part, count, link, description.

    `colours` are those of the parts, in their order; `order` is that of the bars.
    """
    rows = [{key: _drawable(value) for key, value in row.items()} for row in rows]
    parts = [each for each in colours if any(row["part"] == each for row in rows)]
    spec = {
        "data": {"values": [{**row, "rank": parts.index(row["part"])} for row in rows]},
        "width": _WIDTH,
        "height": {"step": _STEP},
        "mark": {"type": "bar", "stroke": "#8a909a", "strokeWidth": 0.6},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": [_drawable(each) for each in order], "title": None,
                  "axis": {"labelLimit": 220, "ticks": False, "domain": False, "labelPadding": 6}},
            "x": {"field": "count", "type": "quantitative", "stack": "normalize", "title": axis,
                  "axis": {"format": ".0%", "tickCount": 5}},
            "color": {"field": "part", "type": "nominal", "title": None,
                      "scale": {"domain": parts, "range": [colours[each] for each in parts]},
                      "legend": {"orient": "top", "columns": 5, "symbolType": "square", "labelLimit": 220}},
            "order": {"field": "rank", "type": "quantitative"},
            "href": {"field": "link"},
            "description": {"field": "description"},
        },
        "description": title,
        "config": _CONFIG,
    }  # fmt: skip
    return _svg(json.dumps(spec), title)


def dots(
    rows: Sequence[Mapping[str, Any]], *, colours: Mapping[str, str], order: Sequence[str], title: str, axis: str
) -> str:
    """A line for each row, with a dot and an interval for each of its parts.

    `rows` have row, part, low, value, high, link, description; `colours` are those of the parts, in their order, and
    `order` is that of the lines. The parts of a row stand a little above each other, so that intervals do not hide.
    """
    rows = [{key: _drawable(value) for key, value in row.items()} for row in rows]
    parts = [each for each in colours if any(row["part"] == each for row in rows)]
    x = {"field": "low", "type": "quantitative", "title": axis, "scale": {"zero": False, "nice": True}}
    colour = {"field": "part", "type": "nominal", "title": None,
              "scale": {"domain": parts, "range": [colours[each] for each in parts]}}  # fmt: skip
    legend = {"orient": "top", "columns": 6, "symbolType": "circle", "labelLimit": 220}
    shared = {
        "y": {"field": "row", "type": "nominal", "sort": [_drawable(each) for each in order], "title": None,
              "axis": {"labelLimit": 220, "ticks": False, "domain": False, "labelPadding": 6, "grid": True}},
        "yOffset": {"field": "part", "type": "nominal", "sort": parts},
        "href": {"field": "link"},
        "description": {"field": "description"},
    }  # fmt: skip
    spec = {
        "data": {"values": rows},
        "width": _WIDTH,
        "height": {"step": _DOT_STEP, "for": "offset"},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
             "encoding": {**shared, "color": {**colour, "legend": None}, "x": x, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
             "encoding": {**shared, "color": {**colour, "legend": legend}, "x": {**x, "field": "value"}}},
        ],
        "resolve": {"scale": {"color": "shared"}, "legend": {"color": "independent"}},
        "description": title,
        "config": _CONFIG,
    }  # fmt: skip
    return _svg(json.dumps(spec), title)


_CONFIG = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": _INK, "titleColor": _INK, "titleFontWeight": 400,
             "gridColor": _GRID, "domainColor": _GRID, "tickColor": _GRID},
    "legend": {"labelFontSize": 12, "labelColor": _INK},
}  # fmt: skip


def _drawable(value: Any) -> Any:
    return _UNDRAWABLE.sub("\ufffd", value) if isinstance(value, str) else value


@functools.lru_cache(maxsize=64)  # as a process may report on many versions, whose charts are mostly the same
def _svg(spec: str, title: str) -> str:
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, allowed_base_urls=[])
    # It shrinks with the page. Its title is its name: its parts are links, so it is no single picture.
    head = drawn[: drawn.index(">")]
    sized = _WIDTH_GIVEN.sub(r'style="max-width:\1px"', head) + f' role="group" aria-label="{escape(title)}"'
    return drawn.replace(head, sized, 1).replace(_FOREIGN, "#")

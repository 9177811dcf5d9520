"""A chart as bars with their labels and numbers, each a row that a screen reader reads like any other."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.web.markup import Html, el
from simulator.web.surface import Part, Surface


def chart(block: Part, _surface: Surface) -> Html:
    """Return a chart; whatever its kind, each point is a bar."""
    points = list(_points(block["chart"]))
    most = max((value for _, value in points), default=0) or 1
    rows = [
        el(
            "li",
            el("span", label, class_="chart-label"),
            el("progress", value=str(value), max=str(most), aria_hidden="true"),
            el("span", str(value), class_="chart-value"),
        )
        for label, value in points
    ]
    return el("figure", el("figcaption", str(block["title"])), el("ul", rows), class_="chart")


def _points(held: Part) -> Iterator[tuple[str, float]]:
    series = held.get("series", ())
    for one in series:
        for point in one["data"]:
            name = f"{one['name']}, " if len(series) > 1 else ""
            yield f"{name}{point['label']}", point["value"]
    for point in held.get("segments", ()):
        yield str(point["label"]), point["value"]

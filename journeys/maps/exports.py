"""A map as a table to take out: a row a step, in the columns that an import reads."""

from collections.abc import Iterator, Sequence

from common.downloads import Download
from common.spreadsheets import marked
from journeys.maps.importers import lane_header
from journeys.maps.selectors import MapView


def map_download(view: MapView, *, about: Sequence[str] = ()) -> Download:
    """Steps in the map's order, and a row for each stage without steps. No query."""
    lanes = [lane_header(lane.lane.kind, lane.lane.name) for lane in view.lanes]
    header = ["number", "stage", "step", "touchpoints", "channels", "owner", "emotion", "nested map", *lanes]
    return Download(
        name=f"journey-{view.map.key}",
        header=[marked(name) for name in header],
        rows=lambda: _rows(view),
        count=lambda: view.width,
        about=about,
    )


def _rows(view: MapView) -> Iterator[list[object]]:
    for stage in view.stages:
        for step in stage.steps:
            yield [
                step.step.number,
                marked(stage.stage.name),
                marked(step.step.name),
                marked("; ".join(used.touchpoint.key for used in step.touchpoints)),
                step.channels,
                marked(step.owner) if step.owner_is_own else "",
                "" if step.step.emotion is None else step.step.emotion,
                step.nested.key if step.nested else "",
                *(marked(cell.text) for cell in step.cells),
            ]
        if not stage.steps:
            texts = [marked(cell.text) for cell in stage.cells]
            yield ["", marked(stage.stage.name), "", "", "", "", "", "", *texts]

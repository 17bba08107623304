"""Cells of a map's grid. A map of 200 steps has some 3,000 of them: a template that resolves eight names for
each would take most of the page's time."""

from collections.abc import Iterator
from typing import cast

from django.template import Library
from django.template.context import Context
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from journeys.maps.selectors import LaneView
from overview.selectors.maps import LiveStep, MapPage

register = Library()
NOTHING = '<span class="text-secondary">–</span>'


@register.simple_tag
def lane_cells(row: LaneView) -> SafeString:
    """`{% lane_cells lane %}`: a cell for every column, with what the editor needs to know of it."""
    lane, kind = escape(row.lane.key), escape(row.lane.kind)
    found = []
    for cell in row.cells:
        column, text = escape(cell.column), escape(cell.text) if cell.text else ""
        shown = linebreaksbr(cell.text) if cell.text else ""
        found.append(
            f'<td class="map-cell map-cell-{kind}" data-at="cell.{column}.{lane}" data-column="{column}" '
            f'data-lane="{lane}" data-text="{text}">{shown}</td>'
        )
    return _safe(found)


@register.simple_tag
def step_names(page: MapPage) -> SafeString:
    """`{% step_names page %}`: the head of every step, or a cell that says that a stage has none."""
    found = []
    for stage, step in _columns(page):
        if step is None:
            words = escape(_("No step yet"))
            found.append(f'<td class="map-empty" data-at="empty.{stage}" data-stage="{stage}">{words}</td>')
            continue
        key, name = escape(step.key), escape(step.view.step.name)
        found.append(
            f'<th scope="col" class="map-step" id="step-{key}" data-at="step.{key}" data-step="{key}" '
            f'data-stage="{stage}" data-text="{name}">'
            f'<span class="map-number">{step.view.step.number}</span> {name}</th>'
        )
    return _safe(found)


@register.simple_tag
def step_emotions(page: MapPage) -> SafeString:
    """`{% step_emotions page %}`: what was drawn at every step."""
    found = []
    for stage, step in _columns(page):
        if step is None:
            found.append('<td class="map-empty"></td>')
            continue
        key, value = escape(step.key), step.view.step.emotion
        shown = NOTHING
        if value is not None:
            face = f'<span class="map-face map-face-{value}">{escape(step.view.emotion_mark)}</span>'
            shown = f"{face} {escape(step.view.emotion)}"
        found.append(
            f'<td data-at="emotion.{key}" data-step="{key}" data-stage="{stage}" '
            f'data-text="{"" if value is None else value}" class="map-emotion">{shown}</td>'
        )
    return _safe(found)


@register.simple_tag(takes_context=True)
def step_cells(context: Context, place: str, part: str, *, is_linked: bool = False) -> SafeString:
    """`{% step_cells 'owner' 'overview/map/owner.html' %}`: a cell for every step, filled by the template
    `part` with its `step`; the same for steps of the same touchpoints, and so made once. `is_linked`: with
    a way to change the touchpoints of the step."""
    page = cast("MapPage", context["page"])
    if context.template is None:
        raise ValueError("cells are drawn within a template")
    template = context.template.engine.get_template(part)
    address = reverse("maps:step_edit", args=[context["organization"].slug, page.map.key, "-STEP-"])
    kept: dict[tuple[object, ...], str] = {}
    found = []
    for stage, step in _columns(page):
        if step is None:
            found.append('<td class="map-empty"></td>')
            continue
        if step.same not in kept:
            with context.push(step=step):
                kept[step.same] = template.render(context)
        key, text = escape(step.key), kept[step.same]
        if is_linked:
            words = _("Change") if step.view.touchpoints else _("Link a touchpoint")
            href = escape(address.replace("-STEP-", step.key))
            text += f'<a class="map-small map-open" href="{href}">{escape(words)}</a>'
        found.append(f'<td data-at="{place}.{key}" data-step="{key}" data-stage="{stage}">{text}</td>')
    return _safe(found)


def _columns(page: MapPage) -> Iterator[tuple[str, LiveStep | None]]:
    """Key of the stage and step of every column; no step where the stage has none."""
    for stage in page.stages:
        key = escape(stage.view.stage.key)
        for step in stage.steps or (None,):
            yield key, step


def _safe(parts: list[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  # every text is escaped where it comes in

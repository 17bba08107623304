"""The results of a wave as a document: its content as data, and what its template needs.

Figures are those of the stored publication, cut to what the reader sees; nothing is computed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.charting import chart_locale
from cxcharts.chart import Chart
from cxcharts.dots import IntervalRow, interval_dots
from cxcharts.labels import labels_for
from cxcharts.locale import ValueFormat
from cxcharts.scales import Scale
from cxstats.codec import decoded
from cxstats.engagement import Share
from employee_voice.choices import ActionState, Reach
from employee_voice.results import EVERYBODY
from employee_voice.selectors import wave_document, wave_evidence
from employee_voice.selectors.documents import WaveDocument
from employee_voice.selectors.shown import Line, Row
from employee_voice.telling import share_text
from reports.models import Report
from wording.formats import reader
from wording.intervals import EFFECT_LEVEL
from wording.joining import listed

_DIGITS = 12  # of a digest, as respondents compare it


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLine:
    """An action as it stood when the document was asked for."""

    text: str
    about: str
    owner: str
    due_on: date
    state: str
    before: str
    after: str


def evidence_of_wave(by: Membership, wave: Any, *, version: int) -> dict[str, Any]:
    """The content for this reader. Raises nothing: the wave is published."""
    organization = by.organization
    return {
        "schema": f"cxprogram.employee-wave/{version}",
        "organization": {
            "name": organization.name,
            "slug": organization.slug,
            "is_simulated": organization.is_demo,
        },
        **wave_evidence(by, wave),
    }


def context_of_wave(report: Report) -> dict[str, Any]:
    """What the template shows, without its frame. Raises ValueError for a document without a wave."""
    if report.wave is None:
        raise ValueError("a document of a wave needs the wave")
    content = report.content
    found = wave_document(report.wave, [row["key"] for row in content["functions"]])
    page = found.page
    return {
        "content": content,
        "page": page,
        "wave": report.wave,
        "opens_on": date.fromisoformat(content["wave"]["opens_on"]),
        "closes_on": date.fromisoformat(content["wave"]["closes_on"]),
        "reach": _reach(content["reach"], found),
        "engagement": page.row.driver("engagement"),
        "changes": [(row.name, line) for row in page.rows for line in row.cells if line.change],
        "parts": [row for row in found.parts if row.is_shown],
        "actions": list(_actions(content, found)),
        "keys": content["wave"]["keys_digest"][:_DIGITS],
    }


def drivers_chart(report: Report, row: Row) -> Chart | None:
    """Scores of the drivers on their scale with their intervals; none where they are told roughly."""
    exact = [line for line in row.drivers if line.figure is not None and line.figure.score is not None]
    if not exact:
        return None
    return interval_dots(
        title=_("Drivers, highest score first"),
        subtitle=_("Mean of the answers from 1 to 5 with its %(share)s interval")
        % {"share": reader().percent(EFFECT_LEVEL)},
        rows=[_dot(line) for line in exact],
        scale=Scale(low=1, high=5, value=ValueFormat(decimals=1), smallest_span=2),
        zero=None,
        differences=False,
        labels=labels_for(get_language() or report.language),
        locale=chart_locale(),
    )


def _dot(line: Line) -> IntervalRow:
    if line.figure is None or line.figure.score is None:
        raise TypeError(line.name)
    score = line.figure.score
    return IntervalRow(
        name=line.name, value=score.value, low=score.interval.low, high=score.interval.high, n=line.figure.n
    )


def _reach(reach: str, found: WaveDocument) -> str:
    if reach == Reach.ALL:
        return _("This document holds all functions that the wave shows.")
    if reach == Reach.WHOLE:
        return _("This document holds the figures of the whole organization.")
    named = [row.name for row in found.parts if row.depth == min(one.depth for one in found.parts)]
    return _(
        "This document holds the whole organization and %(functions)s with its parts: what its reader sees."
    ) % {"functions": listed(named)}


def _actions(content: dict[str, Any], found: WaveDocument) -> Iterator[ActionLine]:
    names = {row["key"]: row["name"] for row in content["functions"]}
    drivers = {line.measure.key: line.name for line in found.page.row.drivers}
    for one in content["actions"]:
        driver = drivers.get(one["driver"], one["driver"])
        where = "" if one["function"] == EVERYBODY else names.get(one["function"], "")
        yield ActionLine(
            text=one["text"],
            about=f"{where} · {driver}" if where else driver,
            owner=one["owner"],
            due_on=date.fromisoformat(one["due_on"]),
            state=str(ActionState(one["state"]).label),
            before=_favourable(one["before"]),
            after=_favourable(one["after"]),
        )


def _favourable(figure: dict[str, Any] | None) -> str:
    """Favourable answers of a figure of the content; "" where it is not told."""
    share = (figure or {}).get("favourable")
    return share_text(reader(), decoded(Share, share)) if share else ""

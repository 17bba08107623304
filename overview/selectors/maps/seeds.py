"""From a step where it hurts to the words of a draft."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Membership
from coalition.services import StepSeed
from customer_voice.selectors import named
from journeys.maps.choices import LaneKind
from journeys.maps.models import JourneyMap
from journeys.maps.selectors import MapView, StepView
from overview.selectors.maps.live import LiveLine
from overview.selectors.maps.page import MapPage, map_page
from wording.joining import sentences

BASELINE_DAYS = 365


def step_seed(member: Membership, row: JourneyMap, step: str) -> StepSeed | None:
    """Title, problem with evidence, touchpoints and the start of the baseline; None: no such step, or one
    without a touchpoint in use. Queries as `map_page`."""
    page = map_page(member, row)
    found = next((one for one in page.steps if one.key == step), None)
    if found is None:
        return None
    current = tuple(used.touchpoint for used in found.view.touchpoints if not used.is_archived)
    if not current:
        return None
    line = found.curve or next(iter(found.lines), None)
    chosen = None if line is None or line.is_few else line
    return StepSeed(
        title=_("Improve “%(step)s”") % {"step": found.view.step.name},
        problem=_problem(page, found.view, line),
        touchpoints=current,
        metric=chosen.metric if chosen else None,
        baseline_from=_year_before(chosen.point.start) if chosen else None,
        chosen_from=chosen.point.start if chosen else None,
        chosen_until=chosen.point.end - timedelta(days=1) if chosen else None,
    )


def _year_before(day: date) -> date:
    return (day - timedelta(days=BASELINE_DAYS)).replace(day=1)


def _problem(page: MapPage, step: StepView, line: LiveLine | None) -> str:
    """What the map says of the step: its pain points, what customers report, and how large its part is."""
    pains = [cell.text for cell in step.cells if cell.lane.kind == LaneKind.PAIN and cell.text]
    said = [
        _("On the journey map “%(map)s”, stage “%(stage)s”, step “%(step)s”.")
        % {"map": page.map.name, "stage": _stage(page.view, step), "step": step.step.name}
    ]
    if line is not None and not line.is_few:
        words = {"metric": named(line.metric), "value": line.value, "range": line.interval}
        said.append(
            _("%(metric)s is %(value)s (%(range)s; %(n)s, %(period)s).")
            % {**words, "n": line.n, "period": line.period}
        )
    elif line is not None:
        said.append(_("Too few answers for a figure: %(n)s.") % {"n": line.n})
    hurt = next((one for one in page.hurts if one.step.key == step.step.key), None)
    if hurt is not None:
        said.append(
            _("About %(share)s of what is lost on this map is lost here (%(range)s).")
            % {"share": hurt.share, "range": hurt.share_range}
        )
    return "\n\n".join([sentences(said), *pains])


def _stage(view: MapView, step: StepView) -> str:
    return next(stage.stage.name for stage in view.stages if stage.stage.key == step.step.stage)

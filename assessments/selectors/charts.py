"""The dot plots of a result: each perspective a dot, the target a tick, the last round hollow."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.content import Framework
from assessments.selectors.disclosure import group_name
from assessments.selectors.profiles import said
from common.charting import chart_locale
from cxcharts.chart import Chart
from cxcharts.dots import Dot, DotRow, Perspective, dot_plot
from cxcharts.labels import labels_for
from cxstats.maturity import MaturityProfile, Standing

EVERYBODY = "all"


def dimension_chart(framework: Framework, profile: MaturityProfile, title: str) -> Chart:
    """One row per dimension."""
    names = {item.key: said(item.name) for item in framework.dimensions}
    return _chart(framework, profile, title, [(names[item.key], item) for item in profile.dimensions])


def practice_chart(framework: Framework, profile: MaturityProfile, title: str) -> Chart:
    """One row per practice that has a level, in the framework's order."""
    names = {item.key: said(item.title) for item in framework.practices}
    lines = [(names[item.key], item) for item in profile.practices if item.level is not None]
    return _chart(framework, profile, title, lines)


def _chart(
    framework: Framework, profile: MaturityProfile, title: str, lines: Sequence[tuple[str, Standing]]
) -> Chart:
    language = get_language() or "en"
    seen = [level.perspective for level in profile.overall.perception.levels]
    shown = seen if len(seen) > 1 else []
    perspectives = [
        Perspective(key=EVERYBODY, name=_("Everyone")),
        *(Perspective(key=key, name=group_name(framework, key)) for key in shown),
    ]
    return dot_plot(
        title=title,
        subtitle=_("Level 1 to 5, by respondent group; %(count)d submitted.")
        % {"count": profile.respondents},
        perspectives=perspectives,
        rows=[_row(name, standing, shown) for name, standing in lines],
        levels=[said(name) for name in framework.levels],
        labels=labels_for(language),
        locale=chart_locale(),
    )


def _row(name: str, standing: Standing, shown: Sequence[str]) -> DotRow:
    """Only the dot of everybody carries the last round: one hollow mark a row stays readable."""
    dots = [
        Dot(
            perspective=EVERYBODY,
            value=standing.level,
            previous=standing.previous,
            n=standing.spread.raters if standing.spread else None,
        )
    ]
    dots += [
        Dot(perspective=item.perspective, value=item.level, n=item.raters)
        for item in standing.perception.levels
        if item.perspective in shown
    ]
    return DotRow(name=name, dots=tuple(dots), target=standing.target)

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
    shown = shown_groups(profile.overall, *(standing for _name, standing in lines))
    perspectives = [
        Perspective(key=EVERYBODY, name=_("Everyone")),
        *(Perspective(key=key, name=group_name(framework, key)) for key in shown),
    ]
    return dot_plot(
        title=title,
        subtitle=_("Level 1 to 5, by respondent group; %(count)d submitted.")
        % {"count": profile.respondents},
        perspectives=perspectives,
        rows=[_row(name_with_basis(name, standing), standing, shown) for name, standing in lines],
        levels=[said(name) for name in framework.levels],
        labels=labels_for(language),
        locale=chart_locale(),
    )


def shown_groups(*standings: Standing) -> list[str]:
    """The groups that any of them shows, by name; none where there is nothing to compare."""
    seen = dict.fromkeys(item.perspective for one in standings for item in one.perception.levels)
    return sorted(seen) if len(seen) > 1 else []


def name_with_basis(name: str, standing: Standing) -> str:
    """With the number of practices that its dots rest on, where the level itself rests on others too."""
    basis = standing.perception.basis
    if basis is None:
        return name
    if len(basis.practices) == basis.of:
        return _("%(name)s (as answered)") % {"name": name}
    return _("%(name)s (%(count)d of %(all)d practices)") % {
        "name": name,
        "count": len(basis.practices),
        "all": basis.of,
    }


def _row(name: str, standing: Standing, shown: Sequence[str]) -> DotRow:
    """Only the dot of everybody carries the last round: one hollow mark a row stays readable.

    Beside groups it is the level over what they rest on; the last round rested on more and is left out there.
    """
    basis = standing.perception.basis
    if basis is not None and shown:
        dots = [Dot(perspective=EVERYBODY, value=basis.level, n=basis.raters)]
    else:
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

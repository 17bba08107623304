"""The one sentence that a result opens with: where the organization stands, and what holds it back most."""

from django.utils.translation import gettext as _

from assessments.content import Framework
from assessments.models import Assessment, MaturityResult
from assessments.selectors.disclosure import published_profile
from assessments.selectors.profiles import framework_of, no_level_text, said
from cxstats.maturity import MaturityProfile, PracticeStanding, Standing
from wording.formats import reader
from wording.joining import sentences


def result_headline(result: MaturityResult) -> str:
    """As the page of the result says it, in a fraction of its work. No query."""
    return headline_of(
        result.assessment, framework_of(result.assessment.framework), published_profile(result)
    )


def headline_of(assessment: Assessment, framework: Framework, profile: MaturityProfile) -> str:
    """No query."""
    band = framework.band(profile.overall.band)
    if profile.overall.level is None or band is None:
        return no_level_text(profile.overall)
    words = (
        _("In your view, %(organization)s is at level %(level)s of 5, “%(band)s”.")
        if assessment.is_private
        else _("%(organization)s is at level %(level)s of 5, “%(band)s”.")
    )
    first = words % {
        "organization": assessment.organization.name,
        "level": figure_text(profile.overall.level),
        "band": said(band.name),
    }
    held_back = next(
        (
            item
            for item in profile.held_back_by
            if rests_on_enough(assessment, profile, profile.practice(item.practice))
        ),
        None,
    )
    if held_back is None:
        return first
    practice = framework.practice(held_back.practice)
    level = profile.practice(practice.key).level or 0.0
    step = practice.next_step(level)
    facts = {"practice": said(practice.title), "level": figure_text(level)}
    if step:
        second = _("What holds it back most: %(practice)s, at level %(level)s. Next step: %(step)s.") % {
            **facts,
            "step": said(step.title),
        }
    else:
        second = _("What holds it back most: %(practice)s, at level %(level)s.") % facts
    return sentences([first, second])


def dimension_title(assessment: Assessment, framework: Framework, profile: MaturityProfile) -> str:
    """Compared are dimensions that enough people answered; of one person alone no number is said."""
    known = [
        item
        for item in profile.dimensions
        if item.level is not None and rests_on_enough(assessment, profile, item)
    ]
    if len(known) < 2:
        return _("Level by dimension")
    low = min(known, key=lambda item: item.level or 0)
    high = max(known, key=lambda item: item.level or 0)
    if low.level == high.level:
        return _("All dimensions are at the same level")
    facts = {
        "high": said(framework.dimension(high.key).name),
        "low": said(framework.dimension(low.key).name),
    }
    if profile.respondents < 2:
        return _("%(high)s is furthest along; %(low)s has the most room to improve") % facts
    return _(
        "%(high)s is furthest along (n = %(high_n)d); %(low)s has the most room to improve (n = %(low_n)d)"
    ) % {**facts, "high_n": raters_of(high), "low_n": raters_of(low)}


def rests_on_enough(assessment: Assessment, profile: MaturityProfile, standing: Standing) -> bool:
    """Whether anything is said of it against the others: as many people answered as make a group of this
    round, or everybody did. An agreed level has no raters of its own to count."""
    if isinstance(standing, PracticeStanding) and standing.agreed:
        return True
    return raters_of(standing) >= min(assessment.minimum_group, profile.respondents)


def raters_of(standing: Standing) -> int:
    """How many people answered it with a level."""
    return standing.spread.raters if standing.spread else 0


def figure_text(level: float | None) -> str:
    return "–" if level is None else reader().number(level, 1)

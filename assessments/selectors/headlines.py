"""The one sentence that a result opens with: where the organization stands, and what holds it back most."""

from django.utils.translation import gettext as _

from assessments.content import Framework
from assessments.models import Assessment, MaturityResult
from assessments.selectors.disclosure import published_profile
from assessments.selectors.profiles import framework_of, no_level_text, said
from cxstats.maturity import MaturityProfile
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
    if not profile.held_back_by:
        return first
    practice = framework.practice(profile.held_back_by[0].practice)
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


def figure_text(level: float | None) -> str:
    return "–" if level is None else reader().number(level, 1)

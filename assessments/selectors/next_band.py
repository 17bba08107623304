"""What would lift a level into the next band, as a sentence that somebody can act on."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.content import Framework
from assessments.selectors.profiles import said
from cxstats.maturity import MaturityProfile, PracticeStanding, Standing
from cxstats.maturity.lifting import Lift, lift_of
from wording.formats import reader
from wording.joining import sentences

MOST_PRACTICES_SAID = 5
"""More than these nobody plans at once; then only the first step is named."""

MOST_ANSWERS_SAID = 2
"""If more answers than that had to change, the band is no close call and the number helps nobody."""


def next_band_sentence(framework: Framework, profile: MaturityProfile, standing: Standing) -> str:
    """Where the next band begins, which practice would lead there, and what is then true.

    Empty for a practice (its own descriptions say it) and where there is no next band and no close call.
    """
    if standing.sensitivity is None or isinstance(standing, PracticeStanding):
        return ""
    return sentences([_lift(framework, profile, standing), _close_call(framework, standing)])


def _lift(framework: Framework, profile: MaturityProfile, standing: Standing) -> str:
    lift: Lift | None = lift_of(profile=profile, standing=standing)
    above = framework.band(standing.sensitivity.next_band) if standing.sensitivity else None
    if lift is None or above is None:
        return ""
    first = lift.steps[0]
    practice = framework.practice(first.practice)
    facts = {
        "band": said(above.name),
        "low": reader().shortest(above.low),
        "practice": said(practice.title),
        "level": first.to_level,
        "text": said(practice.levels[first.to_level - 1]),
        "count": len(lift.steps),
    }
    if lift.reaches and len(lift.steps) <= MOST_PRACTICES_SAID:
        return (
            ngettext(
                "“%(band)s” starts at %(low)s. One practice would get you there: %(practice)s at "
                "level %(level)d, which means: %(text)s",
                "“%(band)s” starts at %(low)s. %(count)d practices would each need to move up one "
                "level, starting with %(practice)s at level %(level)d, which means: %(text)s",
                len(lift.steps),
            )
            % facts
        )
    return (
        _(
            "“%(band)s” starts at %(low)s. Several practices would need to move up, starting with "
            "%(practice)s at level %(level)d, which means: %(text)s"
        )
        % facts
    )


def _close_call(framework: Framework, standing: Standing) -> str:
    near = standing.sensitivity
    below = framework.band(near.previous_band) if near else None
    if near is None or below is None or near.steps_down is None or near.steps_down > MOST_ANSWERS_SAID:
        return ""
    return ngettext(
        "It is a close call: a single answer one level lower would give “%(band)s”.",
        "It is a close call: %(count)d answers one level lower would give “%(band)s”.",
        near.steps_down,
    ) % {"count": near.steps_down, "band": said(below.name)}

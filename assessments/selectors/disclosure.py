"""What may be shown of a result. Pages, charts, API and documents read the profile here and nowhere else."""

from typing import Any

from django.utils.translation import gettext as _

from assessments.content import Framework
from assessments.models import MaturityResult
from assessments.selectors.profiles import framework_of, maturity_profile_of, said
from cxstats.codec import encoded
from cxstats.maturity import (
    NOT_STATED,
    TOGETHER,
    AnswerStatus,
    Basis,
    DimensionSpec,
    MaturityProfile,
    Pattern,
    PracticeSpec,
    RatedAnswer,
    Standing,
    disclosed,
    pattern_of,
)
from wording.formats import reader


def published_profile(result: MaturityResult) -> MaturityProfile:
    """The stored profile without what would give a person's answers away. No query.

    Levels of all respondents together are as stored; levels by group are those of the stored answers
    in the groups that may be shown.
    """
    framework = framework_of(result.assessment.framework)
    return disclosed(
        profile=maturity_profile_of(result),
        dimensions=[DimensionSpec(key=item.key, weight=item.weight) for item in framework.dimensions],
        practices=[
            PracticeSpec(key=item.key, dimension=dimension.key, weight=item.weight)
            for dimension in framework.dimensions
            for item in dimension.practices
        ],
        answers=_answers(result),
        pattern=pattern_for(result),
    )


def published_content(result: MaturityResult) -> dict[str, Any]:
    """`published_profile` as plain JSON values, for the API and for evidence. No query."""
    content: dict[str, Any] = encoded(published_profile(result))
    return content


def pattern_for(result: MaturityResult) -> Pattern:
    """Which groups of this result may be shown, and for which practices. No query."""
    framework = framework_of(result.assessment.framework)
    return pattern_of(
        answers=_answers(result),
        practices=[item.key for item in framework.practices],
        minimum=result.assessment.minimum_group,
        perspectives=[item.key for item in framework.perspectives],
    )


def comments_may_be_shown(result: MaturityResult) -> bool:
    """Words give their author away when only one or two can have written them."""
    return result.assessment.is_private or result.respondents >= result.assessment.minimum_group


def group_name(framework: Framework, block: str) -> str:
    """The perspectives of a block in the reader's language."""
    names = [
        _("not stated") if key == NOT_STATED else said(framework.perspective_name(key)) or key
        for key in block.split(TOGETHER)
    ]
    if len(names) == 2:
        return _("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    listed = names[0]
    for name in names[1:]:
        listed = _("%(first)s, %(second)s") % {"first": listed, "second": name}
    return listed


def _answers(result: MaturityResult) -> list[RatedAnswer]:
    return [
        RatedAnswer(
            respondent=row["respondent"],
            practice=row["practice"],
            level=row["level"],
            status=AnswerStatus(row["status"]),
            perspective=row["perspective"],
        )
        for row in result.inputs.get("answers", ())
    ]


def basis_text(name: str, standing: Standing, basis: Basis) -> str:
    """What groups and everyone beside them rest on, and where everyone is over all that counts."""
    facts = {
        "name": name,
        "count": len(basis.practices),
        "all": basis.of,
        "same": reader().number(basis.level, 1),
        "level": reader().number(standing.level, 1) if standing.level is not None else "–",
    }
    if len(basis.practices) == basis.of:
        words = _(
            "%(name)s: groups are compared as they answered, everyone at %(same)s. With the agreed levels, "
            "everyone is at %(level)s."
        )
    elif basis.has_agreed:
        words = _(
            "%(name)s: groups are compared over %(count)d of %(all)d practices, as they answered, everyone "
            "at %(same)s. Over all %(all)d and with the agreed levels, everyone is at %(level)s."
        )
    else:
        words = _(
            "%(name)s: groups are compared over the %(count)d of %(all)d practices that all of them can be "
            "shown for, everyone at %(same)s. Over all %(all)d, everyone is at %(level)s."
        )
    return words % facts

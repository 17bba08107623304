"""What may change in a survey that was opened, and what customers saw when."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from customer_voice import survey_content as plain
from customer_voice.errors import SurveyMeaningWouldChange, SurveyWordingToConfirm
from customer_voice.models import CustomerSurvey, SurveyVersion
from cxstats.codec import digest_of
from questionnaires.versions import Effect, compare, effect_of

DIGEST_VERSION = 1


def content_digest(content: dict[str, Any], words: dict[str, Any]) -> str:
    """One mark of everything that customers read."""
    return digest_of({"content": content, "words": words}, version=DIGEST_VERSION)


def current_version(survey: CustomerSurvey) -> SurveyVersion | None:
    """What is asked now; none of a draft that never opened. One query."""
    return survey.versions.order_by("-number").first()


def keep_version(survey: CustomerSurvey) -> SurveyVersion:
    """Write down what is asked from now on, where it differs from what was."""
    digest = content_digest(survey.content, survey.words)
    last = current_version(survey)
    if last is not None and last.digest == digest:
        return last
    number = 1 if last is None else last.number + 1
    return SurveyVersion.objects.create(
        survey=survey, number=number, content=survey.content, words=survey.words, digest=digest
    )


def answered_version(survey: CustomerSurvey) -> int:
    """The key of what its reader was asked: of the version with the content of `survey` as it was read, even
    where somebody has reworded it since. One query."""
    digest = content_digest(survey.content, survey.words)
    known = survey.versions.filter(digest=digest).order_by("-number").values_list("pk", flat=True).first()
    return int(keep_version(survey).pk if known is None else known)


def revise(
    by: Membership,
    survey: CustomerSurvey,
    *,
    content: dict[str, Any],
    words: dict[str, Any],
    is_confirmed: bool = False,
) -> CustomerSurvey:
    """Write another content into a survey that its caller holds, by the rules of `questionnaires.versions`.

    Raises QuestionnaireInvalid, SurveyMeaningWouldChange, SurveyWordingToConfirm.
    """
    stored = plain.checked(content)
    last = current_version(survey)
    effect = None
    if last is not None:
        effect = effect_of(compare(plain.survey_content(last.content), plain.survey_content(stored)))
    if effect == Effect.NEW_MEANING:
        raise SurveyMeaningWouldChange(
            _(
                "Customers have been asked these questions, so only spelling and translation can be "
                "corrected. Copy the survey and change the copy."
            )
        )
    if effect == Effect.JUDGMENT and not is_confirmed:
        raise SurveyWordingToConfirm(
            _(
                "Customers have been asked these questions. Confirm that the new wording means the same, or "
                "copy the survey."
            ),
            fields={"means_the_same": _("Does the new wording mean the same?")},
        )
    before, after = content_digest(survey.content, survey.words), content_digest(stored, words)
    if before == after:
        return survey
    survey.content, survey.words = stored, words
    survey.save(update_fields=["content", "words"])
    told: dict[str, Any] = {"digest": after}
    if last is not None:
        told["version"] = keep_version(survey).number
    if effect == Effect.JUDGMENT:
        told["means_the_same"] = True
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customer_survey.reworded",
        subject=survey,
        before={"digest": before},
        after=told,
    )
    return survey

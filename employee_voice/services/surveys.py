"""Surveys: made from the question bank, worded for the organization, copied, put away."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
from common.text import one_line
from employee_voice.choices import WaveState
from employee_voice.content import (
    as_stored,
    survey_content,
    text_places,
    with_question,
    with_texts,
    without_question,
)
from employee_voice.errors import MeaningWouldChange, SurveyArchived, WaveNotInState, WordingToConfirm
from employee_voice.importers import banks
from employee_voice.models import Survey, Wave
from employee_voice.services.lists import delete_lists_of
from questionnaires.content import QuestionKind
from questionnaires.stored import digest_of_questionnaire
from questionnaires.versions import Change, Effect, compare, effect_of

RUNNING = (WaveState.OPENING, WaveState.OPEN, WaveState.CLOSING)
MOST_TITLE = 120
OWN_KINDS = (QuestionKind.SCALE, QuestionKind.TEXT)
MOST_OWN_QUESTIONS = 10


@transaction.atomic
def make_survey(*, by: Membership, title: str, bank: str) -> Survey:
    """A survey with the questions of a bank, by the bank's key. Raises InvalidValues."""
    title = _checked_title(title)
    content = next((one for one in banks() if one.key == bank), None)
    if content is None:
        message = _("Choose one of the question sets.")
        raise InvalidValues(message, fields={"bank": message})
    survey = Survey.objects.create(
        organization=by.organization,
        title=title,
        content=as_stored(content),
        bank=f"{content.key} {content.version}",
    )
    _record(by, survey, "employee_survey.created", after={"title": title, "bank": survey.bank})
    return survey


@transaction.atomic
def copy_survey(*, by: Membership, survey: Survey, title: str) -> Survey:
    """A new survey with the same questions, free to change. Raises InvalidValues."""
    title = _checked_title(title)
    copied = Survey.objects.create(
        organization=by.organization, title=title, content=survey.content, bank=survey.bank
    )
    _record(by, copied, "employee_survey.copied", after={"title": title, "copy_of": survey.title})
    return copied


@transaction.atomic
def reword_survey(
    *,
    by: Membership,
    survey: Survey,
    title: str,
    texts: Mapping[str, Mapping[str, str]],
    means_the_same: bool = False,
) -> Survey:
    """Other words: `texts` by place and language (`content.with_texts`), where they differ from `survey` as
    its caller has read it.

    Once a wave has opened: spelling and translation only; other words are taken where somebody says that they
    mean the same (`means_the_same`), which the trail keeps. Raises QuestionnaireInvalid, InvalidValues,
    SurveyArchived, MeaningWouldChange, WordingToConfirm.
    """
    seen, survey = survey, _locked(survey)
    title = survey.title if title == seen.title else _checked_title(title)
    known = dict(text_places(seen.content))
    changed = {
        place: {code: text for code, text in said.items() if known.get(place, {}).get(code, "") != text}
        for place, said in texts.items()
    }
    changed = {place: said for place, said in changed.items() if said}
    return _revise(by, survey, with_texts(survey.content, changed), title=title, is_confirmed=means_the_same)


@transaction.atomic
def add_question(*, by: Membership, survey: Survey, kind: str, text: Mapping[str, str]) -> Survey:
    """One more question of one's own: agreement on five steps, or words. Raises as `reword_survey`."""
    if kind not in OWN_KINDS:
        message = _("Choose one of the answers.")
        raise InvalidValues(message, fields={"kind": message})
    survey = _locked(survey)
    said = {code: one_line(words) for code, words in text.items() if words.strip()}
    if survey.content["default_language"] not in said:
        message = _("Write the question in the survey's first language.")
        raise InvalidValues(message, fields={"text": message})
    content = with_question(survey.content, kind=kind, text=said)
    own = sum(len(section["questions"]) for section in content["sections"] if section["key"] == "own")
    if own > MOST_OWN_QUESTIONS:
        message = _("At most %(most)d questions of your own: a long survey is not finished.") % {
            "most": MOST_OWN_QUESTIONS
        }
        raise InvalidValues(message, fields={"text": message})
    return _revise(by, survey, content, title=survey.title)


@transaction.atomic
def remove_question(*, by: Membership, survey: Survey, key: str) -> Survey:
    """Leave a question out. Raises InvalidValues for the last one, MeaningWouldChange, SurveyArchived."""
    survey = _locked(survey)
    content = without_question(survey.content, key)
    if not content["sections"]:
        raise InvalidValues(_("A survey needs at least one question."))
    return _revise(by, survey, content, title=survey.title)


@transaction.atomic
def archive_survey(*, by: Membership, survey: Survey) -> Survey:
    """Put a survey away; its waves stay, and the lists of who was asked and given a credential go: no further
    wave of it will be compared. Doing it twice does no harm. Raises WaveNotInState while a wave runs.
    """
    survey = _locked(survey, is_archived_too=True)
    if not survey.is_archived:
        if Wave.objects.filter(survey=survey, state__in=RUNNING).exists():
            raise WaveNotInState(_("A wave of this survey is still running. Close it first."))
        survey.is_archived = True
        survey.save(update_fields=["is_archived"])
        _record(by, survey, "employee_survey.archived", after=delete_lists_of(survey))
    return survey


@transaction.atomic
def delete_lists(*, by: Membership, survey: Survey) -> int:
    """Delete the lists of a survey of which no further wave is planned, and all digests of lists; how many
    people of the last list. What is published later and tells of the same people is then told as if every
    function had changed little.

    Raises WaveNotInState where a wave is planned, runs or waits for publication.
    """
    survey = _locked(survey, is_archived_too=True)
    if Wave.objects.filter(survey=survey).exclude(state=WaveState.PUBLISHED).exists():
        raise WaveNotInState(
            _(
                "A wave of this survey is planned, runs or is not published yet. Its list is needed for "
                "that; the lists before it are deleted with its publication."
            )
        )
    deleted = delete_lists_of(survey)
    if any(deleted.values()):
        _record(by, survey, "employee_survey.lists_deleted", after=deleted)
    return deleted["lists_deleted"]


def changes_since_asked(survey: Survey, content: dict[str, Any]) -> tuple[Change, ...]:
    """What differs from the last wave that has opened; nothing where none has. One query."""
    asked = Wave.objects.begun().filter(survey=survey).order_by("-number").first()
    if asked is None:
        return ()
    return compare(survey_content(asked.content), survey_content(content))


def _revise(
    by: Membership, survey: Survey, content: dict[str, Any], *, title: str, is_confirmed: bool = False
) -> Survey:
    revised = survey_content(content)
    stored = as_stored(revised)
    changes = changes_since_asked(survey, stored)
    effect = effect_of(changes)
    if effect == Effect.NEW_MEANING:
        raise MeaningWouldChange(
            _(
                "Answers to this survey exist, so only spelling and translation can be corrected. Copy the "
                "survey and change the copy."
            )
        )
    if effect == Effect.JUDGMENT and not is_confirmed:
        raise WordingToConfirm(
            _(
                "Answers to this survey exist. Confirm that the new wording means the same, or copy the "
                "survey."
            ),
            fields={"means_the_same": _("Does the new wording mean the same?")},
        )
    before = {"title": survey.title, "digest": digest_of_questionnaire(survey_content(survey.content))}
    survey.title, survey.content = title, stored
    survey.save(update_fields=["title", "content"])
    after: dict[str, Any] = {"title": title, "digest": digest_of_questionnaire(revised)}
    if before != after and is_confirmed and effect == Effect.JUDGMENT:
        after["means_the_same"] = True
    _record(by, survey, "employee_survey.changed", before=before, after=after)
    return survey


def _locked(survey: Survey, *, is_archived_too: bool = False) -> Survey:
    """The survey as it is now; opening a wave takes the same lock, so none opens between look and change."""
    one_at_a_time(survey.organization)
    found: Survey = Survey.objects.select_related("organization").get(pk=survey.pk)
    if found.is_archived and not is_archived_too:
        raise SurveyArchived(_("This survey has been archived."))
    return found


def _checked_title(title: str) -> str:
    title = one_line(title)
    if not 0 < len(title) <= MOST_TITLE:
        message = _("Give the survey a name of at most %(most)d characters.") % {"most": MOST_TITLE}
        raise InvalidValues(message, fields={"title": message})
    return title


def _record(
    by: Membership,
    survey: Survey,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=verb,
        subject=survey,
        before=before,
        after=after,
    )

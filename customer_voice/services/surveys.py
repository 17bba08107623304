"""Surveys of customers: made, worded, opened, closed, copied, put away."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.errors import InvalidValues
from common.rows import fresh, locked, put
from common.text import one_line
from customer_voice import survey_content as plain
from customer_voice.choices import FollowUp, HalfUse, SourceKind, SurveyState
from customer_voice.errors import SurveyNotInState, TranslationsMissing
from customer_voice.models import Channel, CustomerSurvey, MetricDefinition, Source, SurveyMetric
from customer_voice.selectors.surveys import missing_in
from customer_voice.services.survey_versions import content_digest, keep_version, revise
from customer_voice.services.targets import refuse_retired
from journeys.models import Touchpoint
from questionnaires.reading import language_of

MOST_NAME, MOST_SOURCE, MOST_CHANNEL = 120, 60, 40
MOST_HOSTS = 20
_HOST = re.compile(
    r"(?=.{1,253}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}(?::\d{1,5})?"
)


@transaction.atomic
def make_survey(
    *,
    by: Membership,
    name: str,
    metric: MetricDefinition,
    touchpoint: Touchpoint,
    languages: Sequence[str],
    follow_up: str = FollowUp.BY_SCORE,
    title: str = "",
) -> CustomerSurvey:
    """A draft with the question of a metric and its follow-up; the first language is the default one.

    Raises InvalidValues, MetricRetired.
    """
    name, metric = _checked_name(name), fresh(metric, "organization")
    _require_asked(metric)
    codes = _checked_languages(languages)
    if follow_up not in FollowUp.values:
        raise _wrong("follow_up", _("Choose one of the answers."))
    content = plain.new_content(
        title=one_line(title) or name,
        metric_key=metric.key,
        wording=metric.wording or metric.name,
        rule=metric.calculation,  # type: ignore[arg-type]  # asked on a scale, so a rule of scores
        languages=codes,
        follow_up=follow_up,
    )
    survey: CustomerSurvey = CustomerSurvey.objects.create(
        organization=by.organization,
        name=name,
        public_id=secrets.token_urlsafe(12),
        touchpoint=touchpoint,
        source=_new_source(by.organization, name),
        content=plain.checked(content),
    )
    SurveyMetric.objects.create(survey=survey, question=plain.SCORE, metric=metric)
    about = {
        "name": name,
        "metric": metric.name,
        "touchpoint": touchpoint.name,
        "languages": ", ".join(codes),
    }
    _record(by, survey, "customer_survey.created", after=about)
    return survey


@transaction.atomic
def copy_survey(
    *, by: Membership, survey: CustomerSurvey, name: str, is_version: bool = False
) -> CustomerSurvey:
    """A draft with the same questions and words, free to change; days are left out.

    `is_version`: once it opens it takes the place of this one, whose addresses lead to it. Answers stay with
    the version that they were given to. Raises InvalidValues where nobody has been asked yet.
    """
    name = _checked_name(name)
    if is_version and survey.state == SurveyState.DRAFT:
        raise _wrong("is_version", _("This survey has not been opened, so change it instead."))
    copied: CustomerSurvey = CustomerSurvey.objects.create(
        organization=by.organization,
        name=name,
        public_id=secrets.token_urlsafe(12),
        touchpoint_id=survey.touchpoint_id,
        source=_new_source(by.organization, name),
        channel_id=survey.channel_id,
        content=survey.content,
        words=survey.words,
        privacy_url=survey.privacy_url,
        embed_hosts=survey.embed_hosts,
        half_answers=survey.half_answers,
        follows=survey if is_version else None,
    )
    for asked in survey.metrics.select_related("metric"):
        SurveyMetric.objects.create(survey=copied, question=asked.question, metric=asked.metric)
    _record(
        by,
        copied,
        "customer_survey.copied",
        after={"name": name, "copy_of": survey.name, **({"is_version": True} if is_version else {})},
    )
    return copied


@transaction.atomic
def change_survey(
    *,
    by: Membership,
    survey: CustomerSurvey,
    name: str,
    touchpoint: Touchpoint,
    channel: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
    privacy_url: str = "",
    embed_hosts: Sequence[str] = (),
    half_answers: str = "",
) -> CustomerSurvey:
    """Everything about a survey but its words and questions; empty `half_answers` stay as they are.

    Raises InvalidValues, SurveyNotInState.
    """
    survey = locked_survey(survey)
    if half_answers and half_answers not in HalfUse.values:
        raise _wrong("half_answers", _("Choose one of the answers."))
    hosts = _checked_hosts(embed_hosts)
    if first_day and last_day and last_day < first_day:
        raise _wrong("last_day", _("The last day lies before the first."))
    if survey.state != SurveyState.DRAFT and touchpoint.pk != survey.touchpoint_id:
        text = _("Answers of this survey count for its touchpoint. Copy the survey to ask elsewhere.")
        raise _wrong("touchpoint", text)
    values = {
        "name": _checked_name(name),
        "touchpoint_id": touchpoint.pk,
        "channel_id": _channel(by.organization, channel),
        "first_day": first_day,
        "last_day": last_day,
        "privacy_url": privacy_url.strip(),
        "embed_hosts": hosts,
        "half_answers": half_answers or survey.half_answers,
    }
    before = _told(survey)
    if put(survey, values):
        survey = CustomerSurvey.objects.select_related("touchpoint", "channel").get(pk=survey.pk)
        _record(by, survey, "customer_survey.changed", before=before, after=_told(survey))
    return survey


@transaction.atomic
def set_languages(*, by: Membership, survey: CustomerSurvey, languages: Sequence[str]) -> CustomerSurvey:
    """In which languages it is asked, beside its first one, which stays. Raises InvalidValues."""
    survey = locked_survey(survey)
    codes = _checked_languages([survey.content["default_language"], *languages])
    words = {
        name: {code: text for code, text in said.items() if code in codes}
        for name, said in survey.words.items()
    }
    return revise(by, survey, content=plain.with_languages(survey.content, codes), words=words)


@transaction.atomic
def reword_survey(
    *,
    by: Membership,
    survey: CustomerSurvey,
    texts: Mapping[str, Mapping[str, str]],
    means_the_same: bool = False,
) -> CustomerSurvey:
    """Other words by place and language, where they differ from `survey` as its caller has read it.

    Places of `survey_content.WORDS` stand around the questions. Once the survey has opened: spelling and
    translation; other words where somebody says that they mean the same. Raises QuestionnaireInvalid,
    SurveyMeaningWouldChange, SurveyWordingToConfirm, SurveyNotInState.
    """
    seen, survey = survey, locked_survey(survey)
    known = {**dict(plain.text_places(seen.content)), **seen.words}
    changed: dict[str, dict[str, str]] = {}
    for place, said in texts.items():
        new = {
            code: text for code, text in said.items() if known.get(place, {}).get(code, "") != text.strip()
        }
        if new:
            changed[place] = new
    words = dict(survey.words)
    for name in plain.WORDS:
        if name in changed:
            kept = {**words.get(name, {}), **changed[name]}
            words[name] = {code: text.strip() for code, text in kept.items() if text.strip()}
    content = plain.with_texts(survey.content, changed)
    _require_first_language(content, words)
    kept_words = {name: said for name, said in words.items() if said}
    return revise(by, survey, content=content, words=kept_words, is_confirmed=means_the_same)


@transaction.atomic
def open_survey(*, by: Membership, survey: CustomerSurvey, accepts_missing: bool = False) -> CustomerSurvey:
    """From now on it takes answers, from its first day on if it has one. Opening twice does no harm.

    `accepts_missing`: the first language stands in where translations are missing. A version of another
    survey closes that one, whose addresses lead here. Raises SurveyNotInState, MetricRetired,
    TranslationsMissing, InvalidValues where its last day is over.
    """
    survey = locked_survey(survey)
    if survey.state == SurveyState.OPEN:
        return survey
    if not accepts_missing and missing_in(plain.survey_content(survey.content), survey.words):
        raise TranslationsMissing(_("Some translations are missing. See which, then open the survey."))
    for asked in survey.metrics.select_related("metric"):
        refuse_retired(asked.metric)
    if survey.last_day is not None and survey.last_day < by.organization.clock.today():
        raise InvalidValues(_("The last day of this survey is over. Choose a later one, then open it."))
    keep_version(survey)
    survey.state = SurveyState.OPEN
    survey.save(update_fields=["state"])
    digest = content_digest(survey.content, survey.words)
    _record(by, survey, "customer_survey.opened", after={"digest": digest})
    if survey.follows is not None and survey.follows.state == SurveyState.OPEN:
        close_survey(by=by, survey=survey.follows)
    return survey


@transaction.atomic
def close_survey(*, by: Membership, survey: CustomerSurvey) -> CustomerSurvey:
    """No more answers; it can be opened again. Raises SurveyNotInState."""
    survey = locked_survey(survey)
    if survey.state == SurveyState.DRAFT:
        raise SurveyNotInState(_("This survey has not been opened."))
    if survey.state == SurveyState.OPEN:
        survey.state = SurveyState.CLOSED
        survey.save(update_fields=["state"])
        _record(by, survey, "customer_survey.closed")
    return survey


@transaction.atomic
def archive_survey(*, by: Membership, survey: CustomerSurvey) -> CustomerSurvey:
    """Put it away; answers and results stay. Raises SurveyNotInState while it is open."""
    survey = locked(survey)
    if survey.state == SurveyState.OPEN:
        raise SurveyNotInState(_("This survey is open. Close it first."))
    if survey.state != SurveyState.ARCHIVED:
        survey.state = SurveyState.ARCHIVED
        survey.save(update_fields=["state"])
        _record(by, survey, "customer_survey.archived")
    return survey


def locked_survey(survey: CustomerSurvey) -> CustomerSurvey:
    """The survey as it is now, held. Raises SurveyNotInState for an archived one."""
    found = locked(survey)
    if found.state == SurveyState.ARCHIVED:
        raise SurveyNotInState(_("This survey has been archived. Copy it to ask its questions again."))
    return found


def can_be_asked(metric: MetricDefinition) -> bool:
    """Whether customers can answer it on a scale; times and rates are not asked."""
    return metric.calculation.counts_answers


def _require_first_language(content: dict[str, Any], words: Mapping[str, Mapping[str, str]]) -> None:
    """Every text that is there has the survey's first language, which stands in for the others."""
    first = content["default_language"]
    optional = (".help", ".low", ".high")
    wrong = {}
    for place, text in [*plain.text_places(content), *words.items()]:
        may_be_empty = place == "intro" or place in plain.WORDS or place.endswith(optional)
        if not text.get(first) and (text or not may_be_empty):
            wrong[f"text:{place}:{first}"] = _("Write this text in the survey's first language.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)


def _require_asked(metric: MetricDefinition) -> None:
    refuse_retired(metric)
    if not can_be_asked(metric):
        raise _wrong("metric", _("This metric is not an answer on a scale, so it cannot be asked."))


def _new_source(organization: Organization, name: str) -> Source:
    """A source of its own: IDs of answers are unique within it. Its name stays when the survey's changes."""
    base, number = name[: MOST_SOURCE - 5], 1
    while True:
        called = base if number == 1 else f"{base} {number}"
        source, is_new = Source.objects.get_or_create(
            organization=organization, name=called, defaults={"kind": SourceKind.SURVEY}
        )
        if is_new:
            return source
        number += 1


def _channel(organization: Organization, name: str) -> int | None:
    name = one_line(name)
    if not name:
        return None
    if len(name) > MOST_CHANNEL:
        raise _wrong("channel", _("At most %(most)d characters.") % {"most": MOST_CHANNEL})
    channel, _is_new = Channel.objects.get_or_create(organization=organization, name=name)
    return channel.pk


def _checked_name(name: str) -> str:
    name = one_line(name)
    if not 0 < len(name) <= MOST_NAME:
        raise _wrong(
            "name", _("Give the survey a name of at most %(most)d characters.") % {"most": MOST_NAME}
        )
    return name


def _checked_languages(languages: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(language_of(code) for code in languages))
    if not codes or "" in codes:
        raise _wrong("languages", _("Write languages as codes, such as en or zh-hans."))
    return codes


def _checked_hosts(hosts: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(host.strip().lower() for host in hosts if host.strip()))
    bad = [host for host in found if not _HOST.fullmatch(host)]
    if bad:
        text = _("“%(host)s” is not the name of a site. Write for example www.example.com.")
        raise _wrong("embed_hosts", text % {"host": bad[0][:60]})
    if len(found) > MOST_HOSTS:
        raise _wrong("embed_hosts", _("At most %(most)d sites.") % {"most": MOST_HOSTS})
    return found


def _wrong(field: str, text: str) -> InvalidValues:
    return InvalidValues(text, fields={field: text})


def _told(survey: CustomerSurvey) -> dict[str, Any]:
    return {
        "name": survey.name,
        "touchpoint": survey.touchpoint.name,
        "channel": survey.channel.name if survey.channel else "",
        "first_day": survey.first_day.isoformat() if survey.first_day else "",
        "last_day": survey.last_day.isoformat() if survey.last_day else "",
        "privacy_url": survey.privacy_url,
        "embed_hosts": ", ".join(survey.embed_hosts),
        "half_answers": str(survey.half_answers),
    }


def _record(
    by: Membership,
    survey: CustomerSurvey,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        organization=by.organization, actor=by.user, verb=verb, subject=survey, before=before, after=after
    )

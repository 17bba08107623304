"""Asking by e-mail: letters, reminders, what came back, how often somebody is asked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Letter, Membership, Organization
from accounts.services import one_at_a_time, post, record_event, send_lots
from common.derived import SecretLost, derived, handed_out
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import UNFINISHED, JobState, enqueue, run
from customer_voice.choices import (
    MOST_QUIET_DAYS,
    QUIET_DAYS,
    MailingKind,
    SurveyOpenness,
    SurveyState,
)
from customer_voice.errors import SurveyNotInState
from customer_voice.mail import survey_letter
from customer_voice.models import AskingRules, CustomerSurvey, SurveyInvitation, SurveyMailing
from customer_voice.selectors.customers import unsubscribed
from customer_voice.selectors.mailings import TO_REMIND
from customer_voice.selectors.surveys import openness_of
from customer_voice.services.surveys import locked_survey

LETTERS_AT_ONCE = 200
REFUSED_FOR_GOOD_DAYS = 8  # the words of a letter that failed are forgotten by then: nobody sends it again


@transaction.atomic
def remind(*, by: Membership, survey: CustomerSurvey) -> int:
    """Write once more to exactly those who were asked and have neither answered, bounced nor unsubscribed;
    how many. Raises SurveyNotInState, InvalidValues where nobody is left to remind.
    """
    survey = locked_survey(survey)
    require_open(survey)
    count = _pending(survey, MailingKind.REMIND).count()
    if not count:
        raise InvalidValues(_("There is nobody left to remind; each person is reminded once."))
    start_mailing(by, survey, MailingKind.REMIND)
    _record_letters(by, survey, "customer_survey.reminded", letters=count)
    return count


@transaction.atomic
def send_again(*, by: Membership, survey: CustomerSurvey) -> SurveyMailing:
    """Take up the round of letters that failed. Raises InvalidValues where none did, SurveyNotInState."""
    survey = locked_survey(survey)
    require_open(survey)
    last = SurveyMailing.objects.filter(survey=survey).first()
    if last is None or last.job_state != JobState.FAILED:
        raise InvalidValues(_("No mailing has failed."))
    last.queue_again()
    last.save()
    enqueue(last)
    return last


def start_mailing(by: Membership, survey: CustomerSurvey, kind: MailingKind) -> SurveyMailing:
    """A round of letters for the worker. Raises SurveyNotInState while one is under way."""
    if SurveyMailing.objects.filter(survey=survey, job_state__in=UNFINISHED).exists():
        raise SurveyNotInState(_("A mailing of this survey is under way. Wait until it is finished."))
    mailing = SurveyMailing.objects.create(survey=survey, kind=kind, created_by=by)
    enqueue(mailing)
    return mailing


def write_letters(*, mailing: SurveyMailing) -> bool:
    """The letters of one round, 200 in a transaction: a killed worker writes none twice and leaves none out.
    False when another worker has it.
    """

    def work() -> None:
        left = total = _pending(mailing.survey, mailing.kind).count()
        while left and _write_some(mailing):
            left = _pending(mailing.survey, mailing.kind).count()
            mailing.beat(round(100 * (total - left) / total))
        send_lots()
        mailing.finish()

    return run(
        mailing, work, unknown=gettext_lazy("Something went wrong. No e-mail was lost; send the rest again.")
    )


@transaction.atomic
def mark_bounced(*, by: Membership, survey: CustomerSurvey, email: str) -> SurveyInvitation:
    """A letter that came back. Twice does no harm; whoever unsubscribed stays so. Raises InvalidValues."""
    row = (
        SurveyInvitation.objects.select_for_update(of=("self",))
        .filter(survey=survey, email=email.strip().lower() or None)
        .order_by("-added_at", "pk")  # asked after several events: the last letter came back
        .first()
    )
    if row is None:
        raise InvalidValues(
            _("This address is not on the list."), fields={"email": _("This address is not on the list.")}
        )
    if row.bounced_at is None:
        row.bounced_at = timezone.now()
        row.save(update_fields=["bounced_at"])
        _record_letters(by, survey, "customer_survey.bounced", letters=1)
    return row


def keep_outcomes(*, now: datetime) -> int:
    """Write down which letters were handed over, and which a mail server refused for good, before their rows
    are forgotten: the base of the response rate stays what it was. How many.
    """
    sent = Letter.objects.filter(pk=OuterRef("letter"), job_state=JobState.DONE).values("sent_at")[:1]
    handed = SurveyInvitation.objects.filter(handed_over_at=None, letter__job_state=JobState.DONE)
    count = handed.update(handed_over_at=Subquery(sent))
    refused = SurveyInvitation.objects.filter(
        bounced_at=None,
        handed_over_at=None,
        letter__job_state=JobState.FAILED,
        letter__created_at__lt=now - timedelta(days=REFUSED_FOR_GOOD_DAYS),
    )
    return int(count + SurveyInvitation.objects.filter(pk__in=refused.values("pk")).update(bounced_at=now))


@transaction.atomic
def set_asking_rules(*, by: Membership, quiet_days: int) -> AskingRules:
    """How long nobody is asked again, whatever the survey. Raises InvalidValues."""
    if not 0 <= quiet_days <= MOST_QUIET_DAYS:
        text = _("A number of days from 0 to %(most)d.") % {"most": MOST_QUIET_DAYS}
        raise InvalidValues(text, fields={"quiet_days": text})
    one_at_a_time(by.organization)
    rules, _is_new = AskingRules.objects.get_or_create(organization=by.organization)
    if rules.quiet_days != quiet_days:
        before, rules.quiet_days = rules.quiet_days, quiet_days
        rules.save(update_fields=["quiet_days"])
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="customer_survey.rules_changed",
            subject=rules.organization,
            before={"quiet_days": before},
            after={"quiet_days": quiet_days},
        )
    return rules


def quiet_days_of(organization: Organization) -> int:
    """The quiet period in days. One query."""
    rules = AskingRules.objects.of(organization).first()
    return QUIET_DAYS if rules is None else int(rules.quiet_days)


def secret_of(invitation: SurveyInvitation) -> str:
    """The secret in somebody's link: the same for each letter, made by the server's key, in no table.

    A new row, and one whose secret no key of the installation makes any more, gets its own: what a letter
    says always opens. The caller saves `secret_digest`.
    """
    try:
        return handed_out(lambda key: _secret(invitation, key), digest=invitation.secret_digest)
    except SecretLost:
        secret = _secret(invitation)
        invitation.secret_digest = digest_of_secret(secret)
        return secret


def _secret(invitation: SurveyInvitation, key: str | None = None) -> str:
    return derived("customer_voice.invitation", str(invitation.pk), key=key).hex()[:40]


def _write_some(mailing: SurveyMailing) -> bool:
    with transaction.atomic():
        held = CustomerSurvey.objects.select_for_update(of=("self",), no_key=True)
        survey = held.select_related("organization").get(pk=mailing.survey_id)
        if openness_of(survey, survey.organization.clock.today()) != SurveyOpenness.OPEN:
            return False
        pending = _pending(survey, mailing.kind).select_for_update(of=("self",))
        chunk = list(pending.select_related("letter").order_by("pk")[:LETTERS_AT_ONCE])
        refused = unsubscribed(survey.organization, [row.email for row in chunk])
        for row in chunk:
            if row.email in refused:
                row.stopped_at = timezone.now()
            else:
                write_letter(survey, row, is_reminder=mailing.kind == MailingKind.REMIND)
            row.save()
        return bool(chunk)


def write_letter(survey: CustomerSurvey, row: SurveyInvitation, *, is_reminder: bool) -> None:
    """One of many letters; the caller saves the row and says `send_lots`."""
    draft = survey_letter(survey, row, secret_of(row), is_reminder=is_reminder)
    if row.handed_over_at is None and row.letter is not None:
        row.handed_over_at = row.letter.sent_at  # the reminder takes the place of the letter that says it
    row.letter = post(
        sender="",
        recipient=row.email,
        subject=draft.subject,
        body=draft.body,
        headers=draft.headers,
        organization_id=survey.organization_id,
        is_one_of_many=True,
    )
    row.letters = 2 if is_reminder else 1
    row.invited_at = row.invited_at or timezone.now()


def _pending(survey: CustomerSurvey, kind: str) -> "QuerySet[SurveyInvitation]":
    """To whom a round still has to write: everybody on the list, or exactly those whom the invitation reached
    and who have not sent an answer.
    """
    rows = SurveyInvitation.objects.filter(
        survey=survey, event=None, is_answered=False, bounced_at=None, stopped_at=None
    ).exclude(email="")
    return rows.filter(TO_REMIND) if kind == MailingKind.REMIND else rows.filter(letters=0)


def require_open(survey: CustomerSurvey) -> None:
    is_open = survey.state == SurveyState.OPEN
    if not is_open or openness_of(survey, survey.organization.clock.today()) != SurveyOpenness.OPEN:
        raise SurveyNotInState(_("Open the survey first: invitations lead to its questions."))


def record_invited(by: Membership, survey: CustomerSurvey, *, letters: int, left_out: int) -> None:
    """A list was confirmed and is written to: how many, never who."""
    _record_letters(by, survey, "customer_survey.invited", letters=letters, left_out=left_out)


def _record_letters(
    by: Membership, survey: CustomerSurvey, verb: str, *, letters: int, left_out: int = 0
) -> None:
    after = {"letters": letters, **({"left_out": left_out} if left_out else {})}
    record_event(organization=by.organization, actor=by.user, verb=verb, subject=survey, after=after)

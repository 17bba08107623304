"""Asking by e-mail: who is put on the list and who is left out, letters, reminders, bounces, "no more"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, post, record_event
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import UNFINISHED, JobState, enqueue, run
from common.text import one_line
from customer_voice.choices import (
    MOST_QUIET_DAYS,
    QUIET_DAYS,
    Consent,
    MailingKind,
    SurveyOpenness,
    SurveyState,
)
from customer_voice.errors import SurveyNotInState
from customer_voice.mail import survey_letter
from customer_voice.models import (
    AskingRules,
    Contact,
    CustomerSurvey,
    NoMoreSurveys,
    SurveyInvitation,
    SurveyMailing,
)
from customer_voice.selectors.surveys import openness_of
from customer_voice.services.surveys import locked_survey
from questionnaires.reading import language_of

MOST_AT_ONCE = 50_000
LETTERS_AT_ONCE = 200
VALUES_AT_ONCE = 5_000
REFUSED_FOR_GOOD_DAYS = 8  # the words of a letter that failed are forgotten by then: nobody sends it again
MOST_BAD_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One line of a list. `line` counts as a spreadsheet does, 0 where it comes from the contacts."""

    email: str
    name: str = ""
    language: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """What became of a list: `asked` are new; the others were left out, each for one reason."""

    asked: int
    doubles: int = 0
    known: int = 0  # on the list of this survey already
    unsubscribed: int = 0
    quiet: int = 0  # asked by another survey within the quiet period

    @property
    def left_out(self) -> int:
        return self.doubles + self.known + self.unsubscribed + self.quiet


@transaction.atomic
def invite(*, by: Membership, survey: CustomerSurvey, people: Sequence[Recipient]) -> Invited:
    """Put people on the list of an open survey and have the worker write to them.

    Left out, and counted: doubles by letter case, who is on the list, who wants no more surveys, whom another
    survey asked within the quiet period. Raises InvalidValues with the lines that hold no address,
    SurveyNotInState.
    """
    one_at_a_time(by.organization)  # two lists at once see each other: nobody is asked twice
    survey = locked_survey(survey)
    _require_open(survey)
    wanted, doubles = _checked(people)
    stopped = _unsubscribed(by.organization, [*wanted])
    on_list = SurveyInvitation.objects.filter(survey=survey)
    known = {email for lot in _lots([*wanted]) for email in _emails(on_list.filter(email__in=lot))}
    quiet = _asked_lately(survey, [*wanted]) - known - stopped
    stopped -= known
    contacts = _contacts(by.organization, [*wanted])
    rows = []
    for email, person in wanted.items():
        if email in known or email in stopped or email in quiet:
            continue
        contact = contacts.get(email)
        language = language_of(person.language) or (contact.language if contact else "")
        row = SurveyInvitation(
            survey=survey, email=email, name=person.name, language=language[:12], contact=contact
        )
        row.secret_digest = digest_of_secret(secret_of(row))
        rows.append(row)
    SurveyInvitation.objects.bulk_create(rows, batch_size=1000)
    found = Invited(
        asked=len(rows), doubles=doubles, known=len(known), unsubscribed=len(stopped), quiet=len(quiet)
    )
    if rows:
        start_mailing(by, survey, MailingKind.INVITE)
        _record(by, survey, "customer_survey.invited", letters=len(rows), left_out=found.left_out)
    return found


@transaction.atomic
def remind(*, by: Membership, survey: CustomerSurvey) -> int:
    """Write once more to exactly those who were asked and have neither answered, bounced nor unsubscribed;
    how many. Raises SurveyNotInState, InvalidValues where nobody is left to remind.
    """
    survey = locked_survey(survey)
    _require_open(survey)
    count = _pending(survey, MailingKind.REMIND).count()
    if not count:
        raise InvalidValues(_("There is nobody left to remind; each person is reminded once."))
    start_mailing(by, survey, MailingKind.REMIND)
    _record(by, survey, "customer_survey.reminded", letters=count)
    return count


@transaction.atomic
def send_again(*, by: Membership, survey: CustomerSurvey) -> SurveyMailing:
    """Take up the round of letters that failed. Raises InvalidValues where none did, SurveyNotInState."""
    survey = locked_survey(survey)
    _require_open(survey)
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
        mailing.finish()

    return run(mailing, work, unknown=_("Something went wrong. No e-mail was lost; send the rest again."))


@transaction.atomic
def mark_bounced(*, by: Membership, survey: CustomerSurvey, email: str) -> SurveyInvitation:
    """A letter that came back. Twice does no harm; whoever unsubscribed stays so. Raises InvalidValues."""
    row = (
        SurveyInvitation.objects.select_for_update(of=("self",))
        .filter(survey=survey, email=email.strip().lower() or None)
        .first()
    )
    if row is None:
        raise InvalidValues(
            _("This address is not on the list."), fields={"email": _("This address is not on the list.")}
        )
    if row.bounced_at is None:
        row.bounced_at = timezone.now()
        row.save(update_fields=["bounced_at"])
        _record(by, survey, "customer_survey.bounced", letters=1)
    return row


def keep_refusals(*, now: datetime) -> int:
    """Write down which letters a mail server refused for good, before their rows are forgotten: the base of
    the response rate stays what it was. How many.
    """
    refused = SurveyInvitation.objects.filter(
        bounced_at=None,
        letter__job_state=JobState.FAILED,
        letter__created_at__lt=now - timedelta(days=REFUSED_FOR_GOOD_DAYS),
    )
    return int(SurveyInvitation.objects.filter(pk__in=refused.values("pk")).update(bounced_at=now))


@transaction.atomic
def stop_surveys(*, invitation: SurveyInvitation) -> None:
    """No more surveys of this organization to this address, by any list, survey or import. Every contact with
    the address is marked as well. Twice does no harm.
    """
    organization, email = invitation.survey.organization, invitation.email
    if not email:
        return
    NoMoreSurveys.objects.get_or_create(organization=organization, digest=digest_of_secret(email))
    now = timezone.now()
    SurveyInvitation.objects.filter(
        survey__organization=organization, email=email, stopped_at__isnull=True
    ).update(stopped_at=now)
    Contact.objects.of(organization).filter(email__iexact=email).exclude(consent=Consent.WITHDRAWN).update(
        consent=Consent.WITHDRAWN, consent_changed_at=now
    )


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
    """The secret in somebody's link: the same for each letter, made by the server's key, in no table."""
    made = salted_hmac("customer_voice.invitation", str(invitation.pk), algorithm="sha256")
    return made.hexdigest()[:40]


def _write_some(mailing: SurveyMailing) -> bool:
    with transaction.atomic():
        held = CustomerSurvey.objects.select_for_update(of=("self",), no_key=True)
        survey = held.select_related("organization").get(pk=mailing.survey_id)
        if openness_of(survey, survey.organization.clock.today()) != SurveyOpenness.OPEN:
            return False
        pending = _pending(survey, mailing.kind).select_for_update(of=("self",))
        chunk = list(pending.order_by("pk")[:LETTERS_AT_ONCE])
        refused = _unsubscribed(survey.organization, [row.email for row in chunk])
        for row in chunk:
            if row.email in refused:
                row.stopped_at = timezone.now()
            else:
                _write(survey, row, is_reminder=mailing.kind == MailingKind.REMIND)
            row.save()
        return bool(chunk)


def _write(survey: CustomerSurvey, row: SurveyInvitation, *, is_reminder: bool) -> None:
    draft = survey_letter(survey, row, secret_of(row), is_reminder=is_reminder)
    row.letter = post(
        sender="",
        recipient=row.email,
        subject=draft.subject,
        body=draft.body,
        headers=draft.headers,
        organization_id=survey.organization_id,
    )
    row.letters = 2 if is_reminder else 1
    row.invited_at = row.invited_at or timezone.now()


def _pending(survey: CustomerSurvey, kind: str) -> "QuerySet[SurveyInvitation]":
    """To whom a round still has to write."""
    letters = 1 if kind == MailingKind.REMIND else 0
    return SurveyInvitation.objects.filter(
        survey=survey, letters=letters, is_answered=False, bounced_at=None, stopped_at=None
    ).exclude(Q(email="") | Q(letter__job_state=JobState.FAILED))


def _checked(people: Sequence[Recipient]) -> tuple[dict[str, Recipient], int]:
    """Addresses in lower case with their first line, and how many lines repeat one. Raises InvalidValues."""
    wanted: dict[str, Recipient] = {}
    bad, doubles = [], 0
    for person in people:
        email = person.email.strip().lower()
        if not _is_address(email):
            bad.append(f"{person.line}: {one_line(person.email)[:60]}" if person.line else email[:60])
        elif email in wanted:
            doubles += 1
        else:
            wanted[email] = Recipient(
                email=email, name=one_line(person.name)[:150], language=person.language, line=person.line
            )
    if bad:
        text = _("These are no e-mail addresses, so nobody was asked: %(lines)s") % {
            "lines": "; ".join(bad[:MOST_BAD_NAMED]) + ("; …" if len(bad) > MOST_BAD_NAMED else "")
        }
        raise InvalidValues(text, fields={"people": text})
    if not wanted:
        raise InvalidValues(_("The list is empty."), fields={"people": _("The list is empty.")})
    if len(wanted) > MOST_AT_ONCE:
        text = _("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE}
        raise InvalidValues(text, fields={"people": text})
    return wanted, doubles


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _unsubscribed(organization: Organization, emails: Sequence[str]) -> set[str]:
    """Which of these want no more surveys: they said so by a link, or their record says so."""
    digests = {digest_of_secret(email): email for email in emails}
    said = NoMoreSurveys.objects.of(organization)
    found = {
        digests[digest]
        for lot in _lots([*digests])
        for digest in said.filter(digest__in=lot).values_list("digest", flat=True)
    }
    withdrawn = Contact.objects.of(organization).filter(consent=Consent.WITHDRAWN).exclude(email="")
    return found | {email.lower() for email in withdrawn.values_list("email", flat=True)} & set(emails)


def _asked_lately(survey: CustomerSurvey, emails: Sequence[str]) -> set[str]:
    """Which of these another survey of the organization has asked within the quiet period."""
    days = quiet_days_of(survey.organization)
    if not days:
        return set()
    since = timezone.now() - timedelta(days=days)
    others = SurveyInvitation.objects.filter(
        survey__organization=survey.organization, added_at__gt=since
    ).exclude(survey=survey)
    return {email for lot in _lots(emails) for email in _emails(others.filter(email__in=lot))}


def _lots(values: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """As many as a statement takes on both databases."""
    return batched(values, VALUES_AT_ONCE, strict=False)


def _emails(rows: "QuerySet[SurveyInvitation]") -> Iterable[str]:
    return rows.values_list("email", flat=True)


def _contacts(organization: Organization, emails: Sequence[str]) -> dict[str, Contact]:
    """The contact of each address that exactly one has."""
    wanted, found, several = set(emails), dict[str, Contact](), set[str]()
    for contact in Contact.objects.of(organization).exclude(email=""):
        email = contact.email.lower()
        if email in found:
            several.add(email)
        if email in wanted:
            found[email] = contact
    return {email: contact for email, contact in found.items() if email not in several}


def _require_open(survey: CustomerSurvey) -> None:
    is_open = survey.state == SurveyState.OPEN
    if not is_open or openness_of(survey, survey.organization.clock.today()) != SurveyOpenness.OPEN:
        raise SurveyNotInState(_("Open the survey first: invitations lead to its questions."))


def _record(by: Membership, survey: CustomerSurvey, verb: str, *, letters: int, left_out: int = 0) -> None:
    after = {"letters": letters, **({"left_out": left_out} if left_out else {})}
    record_event(organization=by.organization, actor=by.user, verb=verb, subject=survey, after=after)

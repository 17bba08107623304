"""Asking by e-mail, in numbers with one base: asked, delivered, answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Organization
from common.jobs import UNFINISHED, JobState
from customer_voice.choices import Consent, InvitationState
from customer_voice.models import Contact, CustomerSurvey, SurveyInvitation, SurveyMailing

_REFUSED = Q(letter__job_state=JobState.FAILED)
_NOT_DELIVERED = Q(bounced_at__isnull=False) | _REFUSED


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFigures:
    """The base of every rate is `delivered`: asked less what came back or was refused by a mail server.

    `left`: delivered, not answered, not unsubscribed, not reminded yet: who a reminder goes to.
    """

    listed: int
    asked: int
    not_delivered: int
    answered: int
    stopped: int
    left: int

    @property
    def delivered(self) -> int:
        return self.asked - self.not_delivered

    @property
    def rate(self) -> float | None:
        """Answered of delivered, 0..1; none where nothing was delivered."""
        return self.answered / self.delivered if self.delivered > 0 else None

    @property
    def waiting(self) -> int:
        return self.listed - self.asked


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationRow:
    invitation: SurveyInvitation
    state: InvitationState


def mail_figures(survey: CustomerSurvey) -> MailFigures:
    """One query."""
    asked = Q(letters__gt=0)
    found = SurveyInvitation.objects.filter(survey=survey).aggregate(
        listed=Count("pk", filter=asked | Q(stopped_at=None)),
        asked=Count("pk", filter=asked),
        not_delivered=Count("pk", filter=asked & _NOT_DELIVERED & Q(is_answered=False)),
        answered=Count("pk", filter=asked & Q(is_answered=True)),
        stopped=Count("pk", filter=Q(stopped_at__isnull=False)),
        left=Count(
            "pk",
            filter=Q(letters=1, is_answered=False, bounced_at=None, stopped_at=None)
            & ~_REFUSED
            & ~Q(email=""),
        ),
    )
    return MailFigures(**found)


def invitation_list(survey: CustomerSurvey) -> "QuerySet[SurveyInvitation]":
    """Everybody on the list whose data were not erased, by address."""
    return (
        SurveyInvitation.objects.filter(survey=survey).exclude(email="").select_related("letter", "contact")
    )


def invitation_rows(rows: Iterable[SurveyInvitation]) -> list[InvitationRow]:
    """With what became of each. No query."""
    return [InvitationRow(invitation=row, state=state_of(row)) for row in rows]


def state_of(row: SurveyInvitation) -> InvitationState:
    """Answered goes before all; "unsubscribed" is never replaced by "not delivered"."""
    if row.is_answered:
        return InvitationState.ANSWERED
    if row.stopped_at is not None:
        return InvitationState.STOPPED
    if row.bounced_at is not None or (row.letter is not None and row.letter.job_state == JobState.FAILED):
        return InvitationState.BOUNCED
    if not row.letters:
        return InvitationState.WAITING
    return InvitationState.REMINDED if row.letters > 1 else InvitationState.SENT


def last_mailing(survey: CustomerSurvey) -> SurveyMailing | None:
    """The round of letters that was started last. One query."""
    return SurveyMailing.objects.filter(survey=survey).first()


def is_under_way(mailing: SurveyMailing | None) -> bool:
    return mailing is not None and mailing.job_state in UNFINISHED


def contacts_to_ask(organization: Organization, *, with_unknown: bool) -> "QuerySet[Contact]":
    """Contacts with an address who agreed to be asked; also those who were never asked whether they do."""
    consents = [Consent.GIVEN, *([Consent.UNKNOWN] if with_unknown else [])]
    asked = Contact.objects.of(organization).filter(consent__in=consents, archived_at=None)
    return asked.exclude(email="")

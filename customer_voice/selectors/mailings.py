"""Asking by e-mail, in numbers with one base: asked, delivered, answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organization
from common.jobs import UNFINISHED, JobState
from customer_voice.choices import Consent, InvitationState, SurveyOpenness
from customer_voice.models import (
    Contact,
    CustomerSurvey,
    NoMoreSurveys,
    SurveyInvitation,
    SurveyMailing,
)
from customer_voice.selectors.surveys import openness_of

# A letter that is written waits in the queue; delivered is what the worker has handed to the mail server. Its
# row says so until the worker has noted it with the invitation.
_HANDED_OVER = Q(handed_over_at__isnull=False) | Q(letter__job_state=JobState.DONE)
_REFUSED = Q(handed_over_at__isnull=True, letter__job_state=JobState.FAILED)
_NOT_ANSWERED = Q(is_answered=False)
# Whom a reminder goes to: reached, neither answered nor unsubscribed, not reminded yet, on the list by name.
TO_REMIND = (
    _HANDED_OVER & _NOT_ANSWERED & Q(letters=1, event=None, bounced_at=None, stopped_at=None) & ~Q(email="")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFigures:
    """The base of every rate is `delivered`: handed to the mail server and not come back.

    `asked`: a letter was written. `half`: began and have not sent; part of `left` where they can be reminded.
    """

    listed: int
    asked: int
    not_delivered: int  # came back, or was refused for good
    in_queue: int
    answered: int
    half: int
    stopped: int
    left: int

    @property
    def delivered(self) -> int:
        return self.asked - self.not_delivered - self.in_queue

    @property
    def rate(self) -> float | None:
        """Answered of delivered, 0..1; none where nothing was delivered."""
        return self.answered / self.delivered if self.delivered > 0 else None

    @property
    def rate_with_half(self) -> float | None:
        """The same with those who began and have not sent."""
        return (self.answered + self.half) / self.delivered if self.delivered > 0 else None

    @property
    def waiting(self) -> int:
        return self.listed - self.asked


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationRow:
    invitation: SurveyInvitation
    state: InvitationState

    @property
    def bounce(self) -> str:
        """What the mail server said of a letter that came back: "for_good", "for_now", or nothing."""
        status = self.invitation.bounce_status if self.state == InvitationState.BOUNCED else ""
        return {"5": "for_good", "4": "for_now"}.get(status[:1], "")


def mail_figures(survey: CustomerSurvey) -> MailFigures:
    """One query."""
    asked = Q(letters__gt=0)
    back = Q(bounced_at__isnull=False) | _REFUSED
    began = Q(half__isnull=False, is_answered=False)
    reached = Q(is_answered=True) | began
    found = SurveyInvitation.objects.filter(survey=survey).aggregate(
        listed=Count("pk", filter=asked | Q(stopped_at=None)),
        asked=Count("pk", filter=asked),
        not_delivered=Count("pk", filter=asked & back & ~reached),
        in_queue=Count("pk", filter=asked & ~back & ~_HANDED_OVER & ~reached),
        answered=Count("pk", filter=asked & Q(is_answered=True)),
        half=Count("pk", filter=asked & began),
        stopped=Count("pk", filter=Q(stopped_at__isnull=False)),
        left=Count("pk", filter=TO_REMIND),
    )
    return MailFigures(**found)


def invitation_list(survey: CustomerSurvey) -> "QuerySet[SurveyInvitation]":
    """Everybody on the list whose data were not erased, by address."""
    return (
        SurveyInvitation.objects.filter(survey=survey)
        .exclude(email="")
        .select_related("letter", "contact", "half", "event")
    )


def invitation_rows(rows: Iterable[SurveyInvitation]) -> list[InvitationRow]:
    """With what became of each. No query."""
    return [InvitationRow(invitation=row, state=state_of(row)) for row in rows]


def state_of(row: SurveyInvitation) -> InvitationState:
    """Answered goes before all; "unsubscribed" is never replaced by "not delivered"."""
    letter = row.letter
    is_handed_over = row.handed_over_at is not None or (
        letter is not None and letter.job_state == JobState.DONE
    )
    if row.is_answered:
        return InvitationState.ANSWERED
    if row.stopped_at is not None:
        return InvitationState.STOPPED
    if row.bounced_at is not None:
        return InvitationState.BOUNCED
    if letter is not None and letter.job_state == JobState.FAILED and not is_handed_over:
        return InvitationState.BOUNCED
    if not row.letters or not is_handed_over:
        return InvitationState.WAITING
    if hasattr(row, "half"):
        return InvitationState.BEGUN
    return InvitationState.REMINDED if row.letters > 1 else InvitationState.SENT


def last_mailing(survey: CustomerSurvey) -> SurveyMailing | None:
    """The round of letters that was started last. One query."""
    return SurveyMailing.objects.filter(survey=survey).first()


def mailings_stopped(organization: Organization) -> list[SurveyMailing]:
    """The last round of letters of each survey that takes answers, where it failed: the rest can be sent. One
    query.
    """
    last = SurveyMailing.objects.filter(survey=OuterRef("survey")).order_by("-pk").values("pk")[:1]
    rows = SurveyMailing.objects.filter(
        survey__organization=organization, job_state=JobState.FAILED, pk=Subquery(last)
    ).select_related("survey", "created_by__user")
    today = organization.clock.today()
    return [row for row in rows if openness_of(row.survey, today) == SurveyOpenness.OPEN]


def is_under_way(mailing: SurveyMailing | None) -> bool:
    return mailing is not None and mailing.job_state in UNFINISHED


def unsubscribed_count(organization: Organization) -> int:
    """How many addresses want no more surveys. One query."""
    return NoMoreSurveys.objects.of(organization).count()


def contacts_to_ask(organization: Organization, *, with_unknown: bool) -> "QuerySet[Contact]":
    """Contacts with an address who agreed to be asked; also those who were never asked whether they do."""
    consents = [Consent.GIVEN, *([Consent.UNKNOWN] if with_unknown else [])]
    asked = Contact.objects.of(organization).filter(consent__in=consents, archived_at=None)
    return asked.exclude(email="")

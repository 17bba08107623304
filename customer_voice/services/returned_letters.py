"""Survey letters that came back to a mailbox: their people were not reached.

A notice can be written by anybody. It marks a person only if our letter went there: known by the number in a
header of ours, which stands in that one letter and nowhere else, or by the Message-ID of the letter; and by
the address alone only where the notice gives nothing of the letter back, within a few days of it.
"""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Organization
from accounts.services import record_event
from common.jobs import JobState
from customer_voice.importers.returned_letters import Failure, Notice, read_notice
from customer_voice.mail import LETTER_HEADER
from customer_voice.models import SurveyInvitation

ADDRESS_DAYS = 7  # mail servers try for up to five
_OURS = re.compile(r"(\d{1,18})\.(\d{20})@")
CLOCKS_DIFFER = timedelta(minutes=5)


@transaction.atomic
def mark_returned(*, organization: Organization, content: bytes, at: datetime) -> bool:
    """Whether the message says that a survey letter of this organization came back; its person is marked as
    not reached. `at`: when it arrived. The same notice again changes nothing.
    """
    notice = read_notice(content, header=LETTER_HEADER)
    if notice is None:
        return False
    found = _meant(organization, notice, at)
    for row, failure in found:
        _mark(organization, row, failure)
    return bool(found)


def _meant(
    organization: Organization, notice: Notice, at: datetime
) -> list[tuple[SurveyInvitation, Failure]]:
    handed = Q(handed_over_at__isnull=False) | Q(letter__job_state=JobState.DONE)
    sent = SurveyInvitation.objects.select_for_update(of=("self",)).filter(
        handed, survey__organization=organization, letters__gt=0
    )
    sent = sent.select_related("survey")
    if notice.mark or notice.message_id:
        row = _by_letter(sent, notice)
        return [(row, notice.failures[0])] if row is not None else []
    since = at - timedelta(days=ADDRESS_DAYS)
    until = at + CLOCKS_DIFFER
    lately = Q(handed_over_at__range=(since, until)) | Q(letter__sent_at__range=(since, until))
    found = []
    for failure in notice.failures:
        for address in failure.addresses:
            row = sent.filter(lately, email=address).order_by("-invited_at", "pk").first()
            if row is not None:
                found.append((row, failure))
                break
    return found


def _by_letter(sent: "QuerySet[SurveyInvitation]", notice: Notice) -> SurveyInvitation | None:
    try:
        row = sent.filter(pk=UUID(notice.mark)).first() if notice.mark else None
    except ValueError:
        row = None
    ours = _OURS.match(notice.message_id)
    if row is not None or ours is None:
        return row
    try:
        written = datetime.strptime(ours[2], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return sent.filter(letter=int(ours[1]), letter__created_at=written).first()


def _mark(organization: Organization, row: SurveyInvitation, failure: Failure) -> None:
    """For good goes before for now; what somebody marked by hand, or answered, stays as it is."""
    if row.is_answered or (row.bounced_at is not None and not _is_worse(row.bounce_status, failure.status)):
        return
    is_new = row.bounced_at is None
    row.bounced_at = row.bounced_at or timezone.now()
    row.bounce_status = failure.status
    row.save(update_fields=["bounced_at", "bounce_status"])
    if is_new:
        record_event(
            organization=organization,
            actor=None,
            verb="customer_survey.bounced",
            subject=row.survey,
            after={"letters": 1},
        )


def _is_worse(known: str, now: str) -> bool:
    return known.startswith("4") and now.startswith("5")

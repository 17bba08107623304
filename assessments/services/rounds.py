"""Opening, filling, closing and reopening rounds."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import one_at_a_time, record_event
from assessments.choices import (
    DEFAULT_GROUP,
    LEAST_GROUP,
    MOST_DAYS,
    MOST_GROUP,
    AssessmentState,
    FrameworkKind,
)
from assessments.content import Framework
from assessments.errors import (
    AnswersOutstanding,
    NothingSubmitted,
    RoundClosed,
    RoundComparedWith,
    RoundOpen,
    RoundPrivate,
)
from assessments.mail import send_invitations
from assessments.models import Assessment, FrameworkVersion, MaturityResult, Response
from assessments.services.frameworks import content_of, frameworks_on_offer
from assessments.services.results import add_result
from common.errors import InvalidValues
from common.text import one_line
from cxstats.codec import encoded
from wording.formats import reader


def _wrong_day(due_on: date | None, today: date) -> str:
    """What to say of a last day that is over, or so far away that it is a slip of the pen."""
    if due_on is None:
        return ""
    if due_on < today:
        return _("This day has passed.")
    last = today + timedelta(days=MOST_DAYS)
    if due_on <= last:
        return ""
    return _("A round lasts at most %(most)s days: choose a day until %(last)s.") % {
        "most": MOST_DAYS,
        "last": reader().day(last),
    }


@transaction.atomic
def open_assessment(
    *,
    by: Membership,
    framework: FrameworkVersion,
    title: str,
    target_level: Decimal = Decimal(4),
    due_on: date | None = None,
    previous: Assessment | None = None,
    takes_part: bool = False,
    perspective: str = "",
    minimum_group: int = DEFAULT_GROUP,
) -> Assessment:
    """Open a round. With `takes_part` the opener has a seat at once.

    `minimum_group` is what respondents are told, so it cannot be changed later. Raises InvalidValues:
    no title, a target off the scale, a past date, a group too small to protect, a framework of another
    organization, or an earlier round that cannot be compared (other framework without a mapping).
    """
    title = one_line(title)
    wrong: dict[str, str] = {}
    if not title:
        wrong["title"] = _("Give the round a name, such as the quarter it is for.")
    if not 1 <= target_level <= 5:
        wrong["target_level"] = _("The target is a level from 1 to 5.")
    if refused := _wrong_day(due_on, by.organization.clock.today()):
        wrong["due_on"] = refused
    if not LEAST_GROUP <= minimum_group <= MOST_GROUP:
        wrong["minimum_group"] = _("Choose a number from %(least)d to %(most)d.") % {
            "least": LEAST_GROUP,
            "most": MOST_GROUP,
        }
    if framework.organization_id not in {None, by.organization_id}:
        wrong["framework"] = _("Choose one of the available frameworks.")
    if previous is not None and not _comparable(previous, framework, by):
        wrong["previous"] = _("This round cannot be compared: it used another framework or is still open.")
    if wrong:
        raise InvalidValues(_("The round cannot be opened with these values."), fields=wrong)
    assessment = Assessment.objects.create(
        organization=by.organization,
        framework=framework,
        title=title[:120],
        target_level=target_level,
        due_on=due_on,
        previous=previous,
        minimum_group=minimum_group,
        opened_by=by,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="assessment.opened",
        subject=assessment,
        after={
            "title": assessment.title,
            "framework": str(framework),
            "framework_digest": framework.digest,
            "target_level": str(target_level),
            "due_on": encoded(due_on),
            "minimum_group": minimum_group,
        },
    )
    if takes_part:
        take_seat(by=by, assessment=assessment, perspective=perspective)
    return assessment


@transaction.atomic
def start_quick_check(*, by: Membership) -> Response:
    """One person, twelve practices, five minutes: opens a round that only she sees and seats her.

    A quick check of the same person that is still open is continued instead.
    """
    framework = (
        frameworks_on_offer(by.organization).filter(organization=None, kind=FrameworkKind.QUICK).first()
    )
    if framework is None:
        raise InvalidValues(_("This server offers no quick check."))
    one_at_a_time(by.organization)
    unfinished: Response | None = (
        Response.objects.outstanding()
        .select_related("assessment__framework")
        .filter(
            member=by,
            assessment__opened_by=by,
            assessment__state=AssessmentState.OPEN,
            assessment__is_private=True,
        )
        .order_by("-pk")
        .first()
    )
    if unfinished is not None:
        return unfinished
    assessment = Assessment.objects.create(
        organization=by.organization, framework=framework, opened_by=by, is_private=True
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="assessment.opened",
        subject=assessment,
        after={"framework": str(framework), "framework_digest": framework.digest, "private": True},
    )
    return take_seat(by=by, assessment=assessment)


@transaction.atomic
def share_assessment(*, by: Membership, assessment: Assessment) -> Assessment:
    """Let everybody in the organization see a quick check and its result; it cannot be taken back.

    Only its opener reaches it (access gives it to nobody else). Sharing twice shares once.
    """
    assessment = locked(assessment)
    if assessment.is_private:
        assessment.is_private = False
        assessment.save(update_fields=["is_private"])
        record_event(
            organization=by.organization, actor=by.user, verb="assessment.shared", subject=assessment
        )
    return assessment


@transaction.atomic
def take_seat(*, by: Membership, assessment: Assessment, perspective: str = "") -> Response:
    """The member answers too, without an invitation by mail. A seat taken already is returned."""
    return _seat(by=by, assessment=assessment, members=[by], perspective=perspective)[1][0]


@transaction.atomic
def invite_respondents(
    *, by: Membership, assessment: Assessment, members: Iterable[Membership], perspective: str = ""
) -> list[Response]:
    """Give members a seat and tell them by e-mail once this is saved; returns the new seats only.

    Raises InvalidValues (nobody chosen, somebody who cannot answer, unknown perspective), RoundClosed,
    RoundPrivate for a quick check that its opener has not shared.
    """
    chosen = list(members)
    if not chosen:
        message = _("Choose at least one person.")
        raise InvalidValues(message, fields={"members": message})
    new, _all = _seat(by=by, assessment=assessment, members=chosen, perspective=perspective)
    told = [seat.pk for seat in new if seat.member_id != by.pk]
    if told:
        send_invitations(told, str(by))
    return new


@transaction.atomic
def close_assessment(
    *, by: Membership, assessment: Assessment, leave_out_outstanding: bool = False
) -> MaturityResult:
    """Close the round and keep its result. Only submitted responses count.

    Raises RoundClosed, NothingSubmitted, NothingToScore, and AnswersOutstanding with the number of
    people who have not submitted unless `leave_out_outstanding` confirms it.
    """
    assessment = locked(assessment)
    refuse_closed(assessment)
    submitted = assessment.responses.submitted().count()
    outstanding = assessment.responses.awaited().count()
    if not submitted:
        raise NothingSubmitted(_("Nobody has submitted an answer yet, so there is nothing to sum up."))
    if outstanding and not leave_out_outstanding:
        raise AnswersOutstanding(
            ngettext(
                "%(count)d person has not submitted yet. Confirm that the round closes without them.",
                "%(count)d people have not submitted yet. Confirm that the round closes without them.",
                outstanding,
            )
            % {"count": outstanding}
        )
    result = add_result(assessment)
    assessment.state, assessment.closed_at = AssessmentState.CLOSED, timezone.now()
    assessment.save(update_fields=["state", "closed_at"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="assessment.closed",
        subject=assessment,
        after={
            "sequence": result.sequence,
            "submitted": submitted,
            "outstanding": outstanding,
            "input_digest": result.input_digest,
        },
    )
    return result


@transaction.atomic
def reopen_assessment(*, by: Membership, assessment: Assessment, reason: str) -> Assessment:
    """Let people answer again; no result is shown until the next closing, and the reason is on record.

    Raises RoundOpen, InvalidValues without a reason, RoundComparedWith when a later round's result
    stands beside this one's.
    """
    assessment = locked(assessment)
    reason = reason.strip()
    if assessment.is_open:
        raise RoundOpen(_("This round is open."))
    if not reason:
        message = _("Give a reason for reopening the round.")
        raise InvalidValues(message, fields={"reason": message})
    if MaturityResult.objects.filter(assessment__previous=assessment).exists():
        raise RoundComparedWith(
            _("A later round has been compared with this one, so it stays closed. Open a new round instead.")
        )
    before = assessment.closed_at
    assessment.state, assessment.closed_at = AssessmentState.OPEN, None
    assessment.save(update_fields=["state", "closed_at"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="assessment.reopened",
        subject=assessment,
        before={"closed_at": encoded(before)},
        after={"reason": reason},
    )
    return assessment


def locked(assessment: Assessment) -> Assessment:
    """The round as it is now, held until the transaction ends: closing and submitting cannot cross."""
    found: Assessment = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("framework", "organization", "previous", "opened_by__user")
        .get(pk=assessment.pk)
    )
    return found


def refuse_closed(assessment: Assessment) -> None:
    if not assessment.is_open:
        raise RoundClosed(_("This round is closed. Its answers can be read, not changed."))


def _seat(
    *, by: Membership, assessment: Assessment, members: list[Membership], perspective: str
) -> tuple[list[Response], list[Response]]:
    """(new seats, all seats of `members`); one seat per person, however often they are invited."""
    assessment = locked(assessment)
    refuse_closed(assessment)
    if assessment.is_private and any(member.pk != assessment.opened_by_id for member in members):
        raise RoundPrivate(_("This quick check is only for you. Share it before you invite others."))
    known = {item.key for item in content_of(assessment.framework).perspectives}
    if perspective and perspective not in known:
        message = _("Choose one of the perspectives of this framework.")
        raise InvalidValues(message, fields={"perspective": message})
    for member in members:
        can_answer = member.is_active and may(member.role, Action.ANSWER_ASSESSMENT)
        if member.organization_id != assessment.organization_id or not can_answer:
            message = _("%(name)s cannot answer assessments.") % {"name": member}
            raise InvalidValues(message, fields={"members": message})
    seats, new = [], []
    for member in members:
        seat, created = Response.objects.get_or_create(
            assessment=assessment,
            member=member,
            defaults={"perspective": perspective, "function_id": member.function_id},
        )
        seats.append(seat)
        if created:
            new.append(seat)
    if new:
        record_event(
            organization=assessment.organization,
            actor=by.user,
            verb="assessment.invited",
            subject=assessment,
            after={"members": [seat.member_id for seat in new], "perspective": perspective},
        )
    return new, seats


def _comparable(previous: Assessment, framework: FrameworkVersion, by: Membership) -> bool:
    """Same framework version, or a later one that maps its practices to the earlier one."""
    if previous.organization_id != by.organization_id or previous.is_open or previous.is_private:
        return False
    if previous.framework_id == framework.pk:
        return True
    content: Framework = content_of(framework)
    return previous.framework.key == framework.key and any(
        mapping.version == previous.framework.version for mapping in content.mappings
    )

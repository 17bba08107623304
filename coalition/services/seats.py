"""Founding the coalition, its charter and who sits in it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import one_at_a_time, record_event
from coalition import mail
from coalition.choices import FEWEST_DAYS, MOST_DAYS, EarlyEnd
from coalition.errors import AlreadySeated
from coalition.fields import SEAT, SeatValues
from coalition.models import ApprovalRound, Coalition, Seat, StandIn
from coalition.selectors.standings import can_vote
from coalition.services.settling import settle_votes_with
from common.errors import InvalidValues
from common.fields import Use
from common.text import one_line
from cxstats.codec import encoded
from wording.formats import reader
from wording.joining import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class CharterValues:
    """What the charter says. Shares are fractions: 0.50 is half."""

    charter: str = ""
    quorum_share: Decimal = Decimal("0.50")
    majority_share: Decimal = Decimal("0.50")
    voting_days: int = 7
    early_end: str = EarlyEnd.ALL_VOTED


@transaction.atomic
def save_charter(*, by: Membership, values: CharterValues) -> Coalition:
    """Found the coalition, or change its charter. Votes that are open keep the rules they began with."""
    wrong: dict[str, str | Promise] = {}
    if not 0 < values.quorum_share <= 1:
        wrong["quorum_share"] = _("The quorum must be between %(low)s and %(high)s of the voting seats.") % {
            "low": reader().percent(0.01),
            "high": reader().percent(1),
        }
    if not Decimal("0.5") <= values.majority_share < 1:
        wrong["majority_share"] = _("The majority must be between half and %(high)s of the votes.") % {
            "high": reader().percent(0.99)
        }
    if not FEWEST_DAYS <= values.voting_days <= MOST_DAYS:
        wrong["voting_days"] = _("Between 1 and 60 days.")
    if values.early_end not in EarlyEnd.values:
        wrong["early_end"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    one_at_a_time(by.organization)  # two who found it at once change one charter
    coalition = Coalition.objects.select_for_update().filter(organization=by.organization).first()
    before = _charter(coalition) if coalition else {}
    if coalition is None:
        coalition = Coalition(organization=by.organization, founded_on=by.organization.clock.today())
    coalition.charter = values.charter.strip()
    coalition.quorum_share, coalition.majority_share = values.quorum_share, values.majority_share
    coalition.voting_days, coalition.early_end = values.voting_days, values.early_end
    coalition.save()
    coalition.refresh_from_db(fields=["quorum_share", "majority_share"])  # 0.6 and 0.60 are one share
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="charter.changed" if before else "coalition.founded",
        subject=coalition,
        before=before,
        after=_charter(coalition),
    )
    return coalition


@transaction.atomic
def add_seat(*, by: Membership, coalition: Coalition, values: SeatValues) -> Seat:
    """Seat a person. Raises AlreadySeated, InvalidValues."""
    seat = Seat(coalition=coalition, starts_on=values.starts_on or by.organization.clock.today())
    _refuse_second_seat(seat, values)
    return _write(by, seat, values, verb="seat.added")


@transaction.atomic
def change_seat(*, by: Membership, seat: Seat, values: SeatValues) -> Seat:
    """Change what a seat speaks for. The person stays: another person gets another seat.

    Seats of an open vote stay as at its opening: another alternate, chair or right to vote holds from the
    next vote on. Only a term that ends counts at once, and open votes are settled anew.

    Raises AlreadySeated, InvalidValues.
    """
    if values.membership.pk != seat.membership_id:
        message = _("End this seat and add one for the other person, so that past votes stay theirs.")
        raise InvalidValues(message, fields={"membership": message})
    if (
        values.ends_on is None or values.ends_on > by.organization.clock.today()
    ):  # an ended seat may come back
        _refuse_second_seat(seat, values)
    _refuse_own_naming(by, seat, values)
    changed = _write(by, seat, values, verb="seat.changed")
    settle_votes_with([changed])
    return changed


@transaction.atomic
def end_seat(*, by: Membership | None, seat: Seat, on: date | None = None, reason: str = "") -> Seat:
    """End a term. What the seat said in votes stays; where it has not voted it leaves the count, and open
    votes are settled anew. `by` is None where no person ended it, and `reason` says what did.

    A term that is over stays as it is: ending it twice does no harm and is one entry of the trail.
    """
    today = seat.coalition.organization.clock.today()
    Coalition.objects.select_for_update().get(pk=seat.coalition_id)  # two who end it at once end it once
    seat.ends_on = Seat.objects.values_list("ends_on", flat=True).get(pk=seat.pk)
    last = max(on or today, seat.starts_on)
    if seat.ends_on is not None and (seat.ends_on <= today or seat.ends_on == last):
        return seat
    seat.ends_on = last
    seat.is_chair = False
    seat.save(update_fields=["ends_on", "is_chair"])
    record_event(
        organization=seat.coalition.organization,
        actor=by.user if by else None,
        verb="seat.ended",
        subject=seat,
        after={"ends_on": encoded(seat.ends_on), **({"reason": reason} if reason else {})},
    )
    settle_votes_with([seat])
    if by is not None and by.pk != seat.membership_id:
        mail.tell_seat_ended(seat, by)
    return seat


@transaction.atomic
def release_seats_of(membership: Membership) -> tuple[Seat, ...]:
    """What a person's leaving, or the loss of the right to vote, means for the coalition: a seat of somebody
    who left ends unless an alternate who can vote stands in, and every open vote in which the person had a
    say is settled anew. Doing it twice does no harm. Returns the seats that ended."""
    today = membership.organization.clock.today()
    stands_in_for = StandIn.objects.filter(membership=membership, round__closed_at=None).values("seat")
    seats = [
        seat
        for seat in Seat.objects.filter(
            Q(membership=membership) | Q(alternate=membership) | Q(pk__in=stands_in_for)
        )
        .select_related("coalition__organization", "membership__user", "alternate__user")
        .order_by("pk")
        if seat.ends_on is None or seat.ends_on > today
    ]
    ended = []
    for seat in seats:
        person = seat.membership
        if not (person.is_active and person.user.is_active) and not can_vote(seat.alternate):
            ended.append(end_seat(by=None, seat=seat, reason="person_left"))
    settle_votes_with(seats)
    return tuple(ended)


def _refuse_second_seat(seat: Seat, values: SeatValues) -> None:
    """One person, one vote: nobody holds two seats at a time."""
    Coalition.objects.select_for_update().get(pk=seat.coalition_id)  # seats are filled one at a time
    others = Seat.objects.filter(coalition=seat.coalition, membership=values.membership).exclude(pk=seat.pk)
    if others.filter(Q(ends_on=None) | Q(ends_on__gt=values.membership.organization.clock.today())).exists():
        message = _("%(name)s has a seat already.") % {"name": values.membership}
        raise AlreadySeated(message, fields={"membership": message})


def _refuse_own_naming(by: Membership, seat: Seat, values: SeatValues) -> None:
    """Whoever edits seats does not give themselves a say in a vote that is open."""
    if values.alternate is None or values.alternate.pk in {seat.alternate_id, seat.membership_id}:
        return
    if values.alternate.user_id == by.user_id and ApprovalRound.objects.open().filter(seats=seat).exists():
        message = _(
            "A vote of this seat is open. Someone else can name you as its alternate, or you can do it after "
            "the vote."
        )
        raise InvalidValues(message, fields={"alternate": message})


def _write(by: Membership, seat: Seat, values: SeatValues, *, verb: str) -> Seat:
    _check(seat, values)
    before = _seat(seat) if seat.pk else {}
    is_named = values.alternate is not None and values.alternate.pk != seat.alternate_id
    if is_named:
        seat.alternate_named_by, seat.alternate_named_at = by, timezone.now()
    SEAT.write(seat, replace(values, starts_on=values.starts_on or seat.starts_on))
    if seat.is_chair:  # one chair: the new one replaces the old one
        Seat.objects.filter(coalition=seat.coalition, is_chair=True).exclude(pk=seat.pk).update(
            is_chair=False
        )
    seat.save()
    SEAT.write_lists(seat, values)
    record_event(
        organization=seat.coalition.organization,
        actor=by.user,
        verb=verb,
        subject=seat,
        before=before,
        after=_seat(seat),
    )
    if is_named:
        mail.tell_alternate_named(seat, by)
    return seat


def _check(seat: Seat, values: SeatValues) -> None:
    organization = seat.coalition.organization
    wrong = SEAT.refusals(values)
    if not one_line(values.title):
        wrong["title"] = _("Name the seat, for example “Head of service”.")
    for name, person in (("membership", values.membership), ("alternate", values.alternate)):
        if person is None:
            continue
        if person.organization_id != organization.pk or not person.is_active:
            wrong[name] = _("Choose an active member of the organization.")
        elif values.has_vote and not may(person.role, Action.VOTE):
            wrong[name] = _("The role of %(name)s (%(role)s) does not allow voting.") % {
                "name": person,
                "role": person.get_role_display(),
            }
    if values.alternate is not None and values.alternate.pk == values.membership.pk:
        wrong["alternate"] = _("The alternate must be another person.")
    if values.function is not None and values.function.organization_id != organization.pk:
        wrong["function"] = _("This function does not belong to the organization.")
    if any(point.organization_id != organization.pk for point in values.touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif archived := _newly_archived(seat, values):
        wrong["touchpoints"] = archived
    if values.ends_on is not None and values.ends_on <= (values.starts_on or seat.starts_on):
        wrong["ends_on"] = _("The term must end after it begins.")
    elif (
        seat.pk
        and values.ends_on is not None
        and values.ends_on != seat.ends_on
        and values.ends_on < organization.clock.today()
    ):
        wrong["ends_on"] = _("The term cannot end before today: what the seat did until now stays.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _newly_archived(seat: Seat, values: SeatValues) -> str:
    """The refusal that names archived touchpoints which the seat did not have before."""
    kept = set(seat.touchpoints.values_list("pk", flat=True)) if seat.pk else set()
    names = [point.name for point in values.touchpoints if point.is_archived and point.pk not in kept]
    if not names:
        return ""
    return _("Archived touchpoints cannot be chosen: %(names)s. Restore them, or choose others.") % {
        "names": listed(sorted(names))
    }


def _charter(coalition: Coalition) -> dict[str, str | int]:
    return {
        "charter": coalition.charter,
        "quorum_share": str(coalition.quorum_share),
        "majority_share": str(coalition.majority_share),
        "voting_days": coalition.voting_days,
        "early_end": coalition.early_end,
    }


def _seat(seat: Seat) -> dict[str, object]:
    return SEAT.content_of(
        seat,
        Use.HISTORY,
        membership=str(seat.membership),
        function=seat.function.name if seat.function else "",
        touchpoints=sorted(seat.touchpoints.values_list("name", flat=True)),
        alternate=str(seat.alternate) if seat.alternate else "",
        ends_on=encoded(seat.ends_on) or "",
    )

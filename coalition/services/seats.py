"""Founding the coalition, its charter and who sits in it."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import acting, record_event
from coalition import mail
from coalition.choices import FEWEST_DAYS, MOST_DAYS, EarlyEnd, ReviewBy
from coalition.errors import AlreadySeated
from coalition.fields import SEAT, SeatValues
from coalition.models import ApprovalRound, Coalition, Seat, StandIn
from coalition.selectors.losing import votes_without_seat
from coalition.selectors.standings import can_vote, proposers
from coalition.services.settling import settle_votes_with
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.fields import Use
from common.rows import fresh, locked, merged_row, put
from common.text import one_line
from cxstats.codec import encoded
from journeys.models import Touchpoint
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
    review_by: str = ReviewBy.VOTE


@transaction.atomic
def save_charter(*, by: Membership, values: CharterValues, coalition: Coalition | None = None) -> Coalition:
    """Found the coalition, or change its charter. Votes that are open keep the rules they began with.

    Of `coalition` as its caller has read it, what differs is written; without it, all of the values.
    """
    by = acting(by, Action.EDIT_COALITION)  # holds the organization: two who found it change one charter
    row = Coalition.objects.select_for_update().filter(organization=by.organization).first()
    if coalition is not None and row is not None:
        values = CharterValues(**merged_row(asdict(values), seen=coalition, now=row))
    _refuse_charter(values)
    before = _charter(row) if row else {}
    if row is None:
        row = Coalition(organization=by.organization, founded_on=by.organization.clock.today())
        row.save()
    put(row, {**asdict(values), "charter": values.charter.strip()})
    row.refresh_from_db(fields=["quorum_share", "majority_share"])  # 0.6 and 0.60 are one share
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="charter.changed" if before else "coalition.founded",
        subject=row,
        before=before,
        after=_charter(row),
    )
    return row


def _refuse_charter(values: CharterValues) -> None:
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
    if values.review_by not in ReviewBy.values:
        wrong["review_by"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


@transaction.atomic
def add_seat(*, by: Membership, coalition: Coalition, values: SeatValues) -> Seat:
    """Seat a person. Raises AlreadySeated, InvalidValues."""
    by = acting(by, Action.EDIT_COALITION)
    seat = Seat(coalition=coalition, starts_on=values.starts_on or by.organization.clock.today())
    _refuse_second_seat(seat, values)
    return _write(by, seat, values, verb="seat.added")


@transaction.atomic
def change_seat(
    *, by: Membership, seat: Seat, values: SeatValues, accepts_consequences: bool = False
) -> Seat:
    """Change what a seat speaks for. The person stays: another person gets another seat.

    Of the `seat` as its caller has read it, what differs is written: a term that somebody ended meanwhile
    stays ended. Seats of an open vote stay as at its opening: another alternate, chair or right to vote holds
    from the next vote on. Only a term that ends counts at once, and open votes are settled anew.

    Raises AlreadySeated, InvalidValues, and ConsequencesNotAccepted where a term's end changes open votes.
    """
    by = acting(by, Action.EDIT_COALITION)
    Coalition.objects.select_for_update().get(pk=seat.coalition_id)  # seats change one at a time
    row = locked(seat, "coalition__organization", "membership__user", "function", "alternate__user")
    values = SEAT.merge(values, seen=seat, now=row)
    if values.membership.pk != row.membership_id:
        message = _("End this seat and add one for the other person, so that past votes stay theirs.")
        raise InvalidValues(message, fields={"membership": message})
    if (
        values.ends_on is None or values.ends_on > by.organization.clock.today()
    ):  # an ended seat may come back
        _refuse_second_seat(row, values)
    _refuse_own_naming(by, row, values)
    if values.ends_on != row.ends_on:
        _check(row, values)  # what cannot be saved is said first
        _refuse_surprises(row, values.ends_on, is_accepted=accepts_consequences)
    changed = _write(by, row, values, verb="seat.changed")
    settle_votes_with([changed])
    return changed


@transaction.atomic
def end_seat(
    *,
    by: Membership | None,
    seat: Seat,
    on: date | None = None,
    reason: str = "",
    accepts_consequences: bool = False,
) -> Seat:
    """End a term. What the seat said in votes stays; where it has not voted it leaves the count, and open
    votes are settled anew. `by` is None where no person ended it, and `reason` says what did.

    A term that is over stays as it is: ending it twice does no harm and is one entry of the trail. A person
    who ends it and has not said that they accept what becomes of open votes: ConsequencesNotAccepted.
    """
    if by is not None:
        by = acting(by, Action.EDIT_COALITION)
    today = seat.coalition.organization.clock.today()
    Coalition.objects.select_for_update().get(pk=seat.coalition_id)  # two who end it at once end it once
    row = locked(seat, "coalition__organization", "membership__user", "alternate__user")
    last = max(on or today, row.starts_on)
    if row.ends_on is not None and (row.ends_on <= today or row.ends_on == last):
        return row
    if by is not None:
        _refuse_surprises(row, last, is_accepted=accepts_consequences)
    put(row, {"ends_on": last, "is_chair": False})
    record_event(
        organization=row.coalition.organization,
        actor=by.user if by else None,
        verb="seat.ended",
        subject=row,
        after={"ends_on": encoded(row.ends_on), **({"reason": reason} if reason else {})},
    )
    settle_votes_with([row])
    if by is not None and by.pk != row.membership_id:
        mail.tell_seat_ended(row, by)
    return row


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
        if not person.has_access and not can_vote(seat.alternate):
            ended.append(end_seat(by=None, seat=seat, reason="person_left"))
        elif person.pk == membership.pk and person.has_access and not can_vote(person):
            mail.tell_seat_without_vote(seat)
    settle_votes_with(seats)
    _ask_alternates(membership)
    return tuple(ended)


def _ask_alternates(membership: Membership) -> None:
    """Whoever stands in for a person who can no longer vote hears of the votes that are theirs now."""
    if can_vote(membership):
        return
    for row in (
        StandIn.objects.filter(seat__membership=membership, round__closed_at=None)
        .exclude(round__approvals__seat=F("seat"))
        .select_related(
            "membership__user",
            "membership__organization",
            "seat__membership__user",
            "seat__alternate__user",
            "round__revision",
            "round__initiative__organization",
            "round__initiative__owner__user",
        )
        .order_by("pk")
    ):
        if can_vote(row.membership) and row.membership_id not in proposers(row.round):
            mail.ask_for_votes(row.round, [(row.seat, row.membership)])


def _refuse_second_seat(seat: Seat, values: SeatValues) -> None:
    """One person, one vote: nobody holds two seats at a time."""
    Coalition.objects.select_for_update().get(pk=seat.coalition_id)  # seats are filled one at a time
    others = Seat.objects.filter(coalition=seat.coalition, membership=values.membership).exclude(pk=seat.pk)
    if others.filter(Q(ends_on=None) | Q(ends_on__gt=values.membership.organization.clock.today())).exists():
        message = _("%(name)s has a seat already.") % {"name": values.membership}
        raise AlreadySeated(message, fields={"membership": message})


def _refuse_surprises(seat: Seat, ends_on: date | None, *, is_accepted: bool) -> None:
    """What becomes of open votes is named before a term ends; nothing opens them again."""
    if is_accepted or ends_on is None:
        return
    sentences = votes_without_seat(seat, ends_on).sentences
    if sentences:
        raise ConsequencesNotAccepted(sentences)


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
    named = ("alternate_named_by", "alternate_named_at") if is_named else ()
    if is_named:
        seat.alternate_named_by, seat.alternate_named_at = by, timezone.now()
    SEAT.write(seat, replace(values, starts_on=values.starts_on or seat.starts_on))
    if seat.is_chair:  # one chair: the new one replaces the old one
        Seat.objects.filter(coalition=seat.coalition, is_chair=True).exclude(pk=seat.pk).update(
            is_chair=False
        )
    seat.save(update_fields=[*SEAT.columns(), *named] if seat.pk else None)
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
        now = fresh(person, "user")
        if now.organization_id != organization.pk or not now.has_access:
            wrong[name] = _("Choose an active member of the organization.")
        elif values.has_vote and not may(now.role, Action.VOTE):
            wrong[name] = _("The role of %(name)s (%(role)s) does not allow voting.") % {
                "name": now,
                "role": now.get_role_display(),
            }
    if values.alternate is not None and values.alternate.pk == values.membership.pk:
        wrong["alternate"] = _("The alternate must be another person.")
    if values.function is not None and values.function.organization_id != organization.pk:
        wrong["function"] = _("This function does not belong to the organization.")
    if any(point.organization_id != organization.pk for point in values.touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif archived := _newly_archived(seat, values):
        wrong["touchpoints"] = archived
    starts_on = values.starts_on or seat.starts_on
    is_moved = (values.ends_on, starts_on) != (seat.ends_on, seat.starts_on)  # one may end on its first day
    if values.ends_on is not None and values.ends_on <= starts_on and is_moved:
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
    chosen = Touchpoint.objects.filter(pk__in={point.pk for point in values.touchpoints} - kept)
    names = list(chosen.filter(is_archived=True).values_list("name", flat=True))
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
        "review_by": coalition.review_by,
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

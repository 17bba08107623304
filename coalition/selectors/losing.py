"""What would become of open votes if somebody left, could vote no more, or a seat ended: told in advance.

How a vote would end is never said: what was voted is not seen before one has voted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action, Role
from accounts.models import Membership
from accounts.permissions import may
from coalition.choices import EarlyEnd, Ending
from coalition.models import Approval, ApprovalRound, Seat, StandIn
from coalition.selectors.standings import can_vote, standing_of
from common.registry import Consequence, Departing
from wording.joining import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class VotesAffected:
    """Open votes that would change, by reference: those that would end, and those that would lose a voter."""

    ending: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()
    may_end: bool = False  # one that goes on may end early by the charter

    @property
    def sentences(self) -> tuple[str, ...]:
        said = []
        if self.ending:
            said.append(
                ngettext(
                    "%(count)s open vote would end now and not open again: %(which)s.",
                    "%(count)s open votes would end now and not open again: %(which)s.",
                    len(self.ending),
                )
                % {"count": len(self.ending), "which": listed(self.ending)}
            )
        if self.losing:
            said.append(
                ngettext(
                    "%(count)s open vote would lose this voter: %(which)s.",
                    "%(count)s open votes would lose this voter: %(which)s.",
                    len(self.losing),
                )
                % {"count": len(self.losing), "which": listed(self.losing)}
            )
        if self.may_end:
            said.append(_("A vote that may end early can end with that."))
        return tuple(said)


def votes_without_seat(seat: Seat, on: date) -> VotesAffected:
    """What would become of open votes if this seat ended on that day. Four queries where one is open."""

    def end(seats: list[Seat], _stand_ins: list[StandIn]) -> None:
        for one in seats:
            if one.pk == seat.pk:
                one.ends_on = on

    return _affected(ApprovalRound.objects.open().filter(seats=seat), end)


def votes_without_person(person: Membership, *, role: str) -> VotesAffected:
    """The same if the person had this role, or with "" no access. Four queries where one is open."""
    today = person.organization.clock.today()

    def lose(seats: list[Seat], stand_ins: list[StandIn]) -> None:
        people = [*(seat.membership for seat in seats), *(seat.alternate for seat in seats)]
        for one in (*people, *(row.membership for row in stand_ins)):
            if one is not None and one.pk == person.pk:
                one.role, one.is_active = role or one.role, bool(role) and one.is_active
        for seat in seats:  # as in `services.release_seats_of`
            if not seat.membership.has_access and not can_vote(seat.alternate):
                seat.ends_on = seat.ends_on or today

    concerned = Q(seats__membership=person) | Q(stand_ins__membership=person)
    return _affected(ApprovalRound.objects.open().of(person.organization).filter(concerned), lose)


def _affected(
    rounds: QuerySet[ApprovalRound], change: Callable[[list[Seat], list[StandIn]], None]
) -> VotesAffected:
    rows = (
        rounds.select_related("revision", "initiative__organization")
        .prefetch_related(
            Prefetch("seats", Seat.objects.select_related("membership__user", "alternate__user")),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
            Prefetch("stand_ins", StandIn.objects.select_related("membership__user")),
        )
        .distinct()
        .order_by("initiative__number")
    )
    ending, losing, may_end = [], [], False
    for one in rows:
        seats, said, stand_ins = list(one.seats.all()), list(one.approvals.all()), list(one.stand_ins.all())
        before = standing_of(one, seats, said, stand_ins)
        change(seats, stand_ins)  # of the rows in memory alone
        after = standing_of(one, seats, said, stand_ins)
        if before.is_ripe or after.tally == before.tally:
            continue
        if after.tally.ending in {Ending.ALL_VOTED, Ending.TOO_FEW_LEFT}:
            ending.append(one.initiative.reference)
        else:
            losing.append(one.initiative.reference)
            may_end = may_end or one.early_end == EarlyEnd.CERTAIN
    return VotesAffected(ending=tuple(ending), losing=tuple(losing), may_end=may_end)


def consequences_for(question: Departing) -> Iterator[Consequence]:
    """What the coalition says to who takes a person's access or right to vote away. At most six queries, none
    for who keeps the right to vote or has none."""
    person: Membership = question.person
    if not can_vote(person) or (question.role and may(question.role, Action.VOTE)):
        return
    for seat in _seats_of(person):
        yield Consequence(text=_seat_sentence(seat, question.role))
    for sentence in votes_without_person(person, role=question.role).sentences:
        yield Consequence(text=sentence, is_to_accept=True)


def _seats_of(person: Membership) -> list[Seat]:
    today = person.organization.clock.today()
    rows = Seat.objects.filter(membership=person).voting().select_related("alternate__user")
    return [seat for seat in rows.order_by("pk") if seat.ends_on is None or seat.ends_on > today]


def _seat_sentence(seat: Seat, role: str) -> str:
    words = {"name": seat.membership, "seat": seat.title, "alternate": seat.alternate or ""}
    if can_vote(seat.alternate):
        text = _("%(name)s holds the seat “%(seat)s” in the coalition. Only %(alternate)s would vote for it.")
    elif role:
        words["role"] = Role(role).label
        text = _(
            "%(name)s holds the seat “%(seat)s” in the coalition. The role %(role)s does not allow voting."
        )
    else:
        text = _("%(name)s holds the seat “%(seat)s” in the coalition. It would end.")
    return text % words

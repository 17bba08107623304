"""E-mail of the coalition: plain, short, one link; the subject says who must do what by when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_to
from coalition.choices import Outcome, SuggestionState
from coalition.models import ApprovalRound, Decision, Seat, Suggestion
from common.text import one_line
from wording.formats import reader
from wording.joining import bracketed


def ask_for_votes(approval_round: ApprovalRound, voters: Iterable[tuple[Seat, Membership]]) -> None:
    """One letter for each seat, to whoever may vote for it now: the holder, or the alternate of a holder who
    is gone. Over one connection. Raises what the mail server raises."""
    initiative = approval_round.initiative
    link = _link("coalition:vote", initiative.organization.slug, initiative.number)
    letters = []
    for seat, person in voters:
        with written_to(person):
            due = reader().day(approval_round.due_on) if approval_round.due_on else ""
            subject = _("Please vote on %(reference)s by %(due)s: %(title)s") % {
                "reference": initiative.reference,
                "due": due,
                "title": initiative.title,
            }
            context = {
                "initiative": initiative,
                "seat": seat,
                "is_alternate": person.pk != seat.membership_id,
                "alternate": seat.alternate if seat.alternate and seat.alternate.has_access else None,
                "due": due,
                "link": link,
            }
            letters.append(_letter(subject, "coalition/mail/vote_request.txt", context, person))
    _send(letters)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a decision comes to, in the language of a reader."""

    split: str  # "4 for, 2 against"
    votes: tuple[Any, ...]  # what each seat said: `coalition.selectors.standings.SeatVote`
    why: str = ""  # there was no decision
    then: str = ""  # what can be done about it


def tell_decision(decision: Decision, readers: Iterable[Membership], told: Callable[[], Told]) -> None:
    """Tell the owner, or whoever has to see to it where the owner has left, what was decided, who said what
    and what comes next; `told` says it in the reader's language."""
    initiative = decision.initiative
    link = _link("coalition:initiative_detail", initiative.organization.slug, initiative.number)
    letters = []
    for person in readers:
        with written_to(person):
            todo = {
                Outcome.APPROVED: _("%(reference)s is approved: start the work"),
                Outcome.CHANGES_REQUESTED: _("%(reference)s: please answer the coalition's requests"),
                Outcome.NO_DECISION: _("%(reference)s: no decision, please submit it again"),
            }.get(Outcome(decision.outcome), _("%(reference)s was not approved"))
            context = {
                "decision": decision,
                "outcome": decision.outcome_text,
                "initiative": initiative,
                "owner_left": not initiative.owner.has_access,
                "link": link,
                "told": told(),
            }
            subject = bracketed(todo % {"reference": initiative.reference}, initiative.title)
            letters.append(_letter(subject, "coalition/mail/decision.txt", context, person))
    _send(letters)


def tell_alternate_named(seat: Seat, by: Membership) -> None:
    """Tell the holder of the seat and the alternate who was named, unless they did it themselves."""
    letters = []
    for person in (seat.membership, seat.alternate):
        if person is None or person.pk == by.pk or not person.has_access:
            continue
        with written_to(person):
            is_holder = person.pk == seat.membership_id
            subject = (
                _("%(alternate)s is now the alternate of your seat (%(seat)s)")
                if is_holder
                else _("You are now the alternate of %(holder)s (%(seat)s)")
            ) % {"alternate": seat.alternate, "holder": seat.membership, "seat": seat.title}
            context = {"seat": seat, "by": by, "is_holder": is_holder, "link": _coalition_link(seat)}
            letters.append(_letter(subject, "coalition/mail/alternate_named.txt", context, person))
    _send(letters)


def tell_seat_ended(seat: Seat, by: Membership) -> None:
    """Tell the holder that somebody ended the seat."""
    person = seat.membership
    if not person.has_access:
        return
    with written_to(person):
        subject = _("Your seat in the coalition has ended: %(seat)s") % {"seat": seat.title}
        context = {"seat": seat, "by": by, "link": _coalition_link(seat)}
        _send([_letter(subject, "coalition/mail/seat_ended.txt", context, person)])


def tell_seat_without_vote(seat: Seat) -> None:
    """Tell the holder that the new role does not vote."""
    person = seat.membership
    with written_to(person):
        subject = _("Your seat in the coalition no longer votes: %(seat)s") % {"seat": seat.title}
        context = {"seat": seat, "link": _coalition_link(seat)}
        _send([_letter(subject, "coalition/mail/seat_without_vote.txt", context, person)])


def tell_suggestion_answered(suggestion: Suggestion) -> None:
    """Tell who made a suggestion that it was taken up, or why it was declined."""
    person = suggestion.by
    if not person.has_access:
        return
    with written_to(person):
        subject = (
            _("Your suggestion was taken up: %(text)s")
            if suggestion.state == SuggestionState.TAKEN_UP
            else _("Your suggestion was declined: %(text)s")
        ) % {"text": suggestion}
        link = _link("coalition:suggestion_detail", suggestion.organization.slug, suggestion.pk)
        context = {"suggestion": suggestion, "link": link}
        _send([_letter(subject, "coalition/mail/suggestion_answered.txt", context, person)])


def _coalition_link(seat: Seat) -> str:
    path = reverse("coalition:coalition_detail", args=[seat.coalition.organization.slug])
    return f"{settings.SITE_URL}{path}"


def _letter(subject: str, template: str, context: dict[str, object], to: Membership) -> EmailMessage:
    return EmailMessage(
        subject=one_line(subject),
        body=render_to_string(template, {**context, "person": to}),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.user.email],
        headers={ORGANIZATION_HEADER: str(to.organization_id)},
    )


def _send(letters: list[EmailMessage]) -> None:
    if letters:
        mailers.default.send_messages(letters)


def _link(name: str, organization: str, number: int) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[organization, number])}"

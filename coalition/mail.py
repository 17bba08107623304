"""E-mail of the coalition: plain, short, one link; the subject says who must do what by when."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_to
from coalition.choices import Outcome
from coalition.models import ApprovalRound, Decision, Seat
from common.text import one_line
from wording.formats import reader


def ask_for_votes(approval_round: ApprovalRound, seats: Iterable[Seat]) -> None:
    """One letter to each voter, over one connection. Raises what the mail server raises."""
    initiative = approval_round.initiative
    link = _link("coalition:vote", initiative.organization.slug, initiative.number)
    letters = []
    for seat in seats:
        with written_to(seat.membership):
            due = reader().day(approval_round.due_on) if approval_round.due_on else ""
            subject = _("Please vote on %(reference)s by %(due)s: %(title)s") % {
                "reference": initiative.reference,
                "due": due,
                "title": initiative.title,
            }
            context = {"initiative": initiative, "seat": seat, "due": due, "link": link}
            letters.append(_letter(subject, "coalition/mail/vote_request.txt", context, seat.membership))
    _send(letters)


def tell_decision(decision: Decision, why: Callable[[], str]) -> None:
    """Tell the owner what was decided and what comes next; `why` says, in the owner's language, why there
    was no decision."""
    initiative = decision.initiative
    owner = initiative.owner
    link = _link("coalition:initiative_detail", initiative.organization.slug, initiative.number)
    with written_to(owner):
        todo = {
            Outcome.APPROVED: _("%(reference)s is approved: start the work"),
            Outcome.CHANGES_REQUESTED: _("%(reference)s: please answer the coalition's requests"),
            Outcome.NO_DECISION: _("%(reference)s: no decision, please submit it again"),
        }.get(Outcome(decision.outcome), _("%(reference)s was not approved"))
        context = {
            "decision": decision,
            "initiative": initiative,
            "link": link,
            "votes": decision.tally["votes"],
            "why": why() if decision.outcome == Outcome.NO_DECISION else "",
        }
        subject = todo % {"reference": initiative.reference}
        _send([_letter(f"{subject} ({initiative.title})", "coalition/mail/decision.txt", context, owner)])


def tell_alternate_named(seat: Seat, by: Membership) -> None:
    """Tell the holder of the seat and the alternate who was named, unless they did it themselves."""
    letters = []
    for person in (seat.membership, seat.alternate):
        if person is None or person.pk == by.pk or not person.is_active:
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
    if not person.is_active:
        return
    with written_to(person):
        subject = _("Your seat in the coalition has ended: %(seat)s") % {"seat": seat.title}
        context = {"seat": seat, "by": by, "link": _coalition_link(seat)}
        _send([_letter(subject, "coalition/mail/seat_ended.txt", context, person)])


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

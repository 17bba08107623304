"""Letters about reviews: plain, short, one link; the finding stands in the letter."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_to
from coalition.choices import ReviewOutcome
from coalition.models import Review, Seat
from coalition.selectors.reviews import outcome_text, split_text
from common.registry import evidence_of
from common.text import one_line
from wording.formats import reader
from wording.joining import bracketed


def ask_for_reviews(review: Review, voters: Iterable[tuple[Seat, Membership]]) -> None:
    """One letter for each seat, to whoever may vote for it now."""
    letters = []
    for seat, person in voters:
        with written_to(person):
            due = reader().day(review.last_day) if review.last_day else ""
            subject = _("Please review %(reference)s by %(due)s: %(title)s") % {
                "reference": review.initiative.reference,
                "due": due,
                "title": review.initiative.title,
            }
            context = {"review": review, "seat": seat, "due": due, "evidence": _evidence(review)}
            letters.append(_letter(review, subject, "coalition/mail/review_request.txt", context, person))
    _send(letters)


def tell_review(review: Review, readers: Iterable[Membership]) -> None:
    """Tell who looks after the initiative what the review came to and what is to be done."""
    letters = []
    for person in readers:
        with written_to(person):
            todo = {
                ReviewOutcome.CONFIRMED: _("%(reference)s is confirmed: go on as approved"),
                ReviewOutcome.CHANGED: _("%(reference)s: please change it as the review asked"),
                ReviewOutcome.STOPPED: _("%(reference)s is stopped"),
                ReviewOutcome.NO_DECISION: _("%(reference)s: the review came to no decision"),
            }[ReviewOutcome(review.outcome)]
            subject = bracketed(todo % {"reference": review.initiative.reference}, review.initiative.title)
            votes = review.votes.select_related("seat__membership__user").order_by("pk")
            context = {
                "review": review,
                "outcome": outcome_text(review),
                "split": split_text(review.tally),
                "votes": [vote for vote in votes if vote.comment],
                "evidence": _evidence(review),
            }
            letters.append(_letter(review, subject, "coalition/mail/review_decided.txt", context, person))
    _send(letters)


def _evidence(review: Review) -> object:
    if review.study is None:
        return None
    return evidence_of(review.initiative, study=review.study, value=review.value)


def _letter(
    review: Review, subject: str, template: str, context: dict[str, object], to: Membership
) -> EmailMessage:
    path = reverse("coalition:review", args=[to.organization.slug, review.initiative.number])
    whole = {**context, "person": to, "initiative": review.initiative, "link": f"{settings.SITE_URL}{path}"}
    return EmailMessage(
        subject=one_line(subject),
        body=render_to_string(template, whole),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.user.email],
        headers={ORGANIZATION_HEADER: str(to.organization_id)},
    )


def _send(letters: list[EmailMessage]) -> None:
    if letters:
        mailers.default.send_messages(letters)

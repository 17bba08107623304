"""Rows of reviews: an approval is looked at again on its day, and confirmed, changed or stopped."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from coalition.choices import EarlyEnd, Ending, ReviewBy, ReviewChoice, ReviewOutcome
from coalition.querysets import ReviewQuerySet
from common.columns import ProseField


class Review(models.Model):
    """One row is one time that an approval is looked at again, by a vote or by the chair.

    Rules, seats and the finding that stood beside it are as at its opening. `due_on` is the review day that
    it answers; `next_on` the day on which it is looked at again, if at all.
    """

    initiative = models.ForeignKey("coalition.Initiative", on_delete=models.CASCADE, related_name="reviews")
    number = models.PositiveIntegerField()
    due_on = models.DateField()
    decided_how = models.CharField(max_length=5, choices=ReviewBy)
    study = models.PositiveIntegerField(null=True, blank=True)  # number of the study that stood beside it
    value = models.PositiveIntegerField(null=True, blank=True)  # number of its value
    quorum_share = models.DecimalField(max_digits=3, decimal_places=2)
    majority_share = models.DecimalField(max_digits=3, decimal_places=2)
    early_end = models.CharField(max_length=10, choices=EarlyEnd)
    seats = models.ManyToManyField(
        "coalition.Seat", related_name="+"
    )  # with a vote; none where the chair decides
    proposer_ids = models.JSONField(default=list)  # memberships that do not judge it
    independent_ids = models.JSONField(default=list)  # that could vote, independent of all proposers
    spoken_for = models.JSONField(default=dict)  # membership of an alternate -> the one seat it spoke for
    last_day = models.DateField(null=True, blank=True)  # on which a vote is taken
    opened_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # none: the clock
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # the chair; none where votes decided
    outcome = models.CharField(max_length=15, choices=ReviewOutcome, blank=True)
    ending = models.CharField(max_length=15, choices=Ending, blank=True)
    reason = ProseField(_("reason"), blank=True)  # of the chair
    tally = models.JSONField(default=dict)
    next_on = models.DateField(_("next review"), null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "number"], name="review_number_unique"),
            models.UniqueConstraint(
                fields=["initiative"], condition=Q(closed_at=None), name="review_one_open_per_initiative"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="review_closed_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} #{self.number}"


class ReviewVote(models.Model):
    """One row is what one seat says in one review; a changed mind replaces it."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="votes")
    seat = models.ForeignKey("coalition.Seat", on_delete=models.PROTECT, related_name="+")
    cast_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=ReviewChoice)
    comment = ProseField(_("comment"), blank=True)
    cast_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "seat"], name="review_vote_one_per_seat")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.seat_id}"

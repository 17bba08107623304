"""What is typed about a review. Never saves."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coalition.choices import MOST_OF_COMMENT, ReviewChoice, ReviewOutcome
from coalition.models import Seat
from common.forms import DateInput, StyledForm


class ReviewVoteForm(StyledForm):
    """What one seat says; the seat is one of those that the member may vote for."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=ReviewChoice, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=MOST_OF_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("So that the owner can act on it."),
    )

    def __init__(self, *args: Any, seats: Iterable[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = tuple(seats)
        self.say_when_needed(_("needed to change or to stop"), "comment")

    @property
    def seat(self) -> Seat | None:
        return self.seats[0] if self.seats else None


class ReviewDecisionForm(StyledForm):
    """What the chair decides."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[choice for choice in ReviewOutcome.choices if choice[0] != ReviewOutcome.NO_DECISION],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MOST_OF_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_on = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        widget=DateInput,
        help_text=_(
            "Without a day: a confirmed initiative is not reviewed again, one to be changed in 90 days."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say_when_needed(_("needed to change or to stop"), "reason")

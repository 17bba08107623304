"""Rows of suggestions: what people of the organization would improve, and what the coalition answered."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganizationModel
from coalition.choices import SuggestionState
from common.columns import ProseField
from journeys.models import Touchpoint


class Suggestion(OrganizationModel):
    """One row is what somebody would improve at a touchpoint, until it is taken up as a draft or declined."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    text = ProseField(_("what should change, and why"))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="suggestions")
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    initiative = models.ForeignKey(
        "coalition.Initiative", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = ProseField(_("why it is declined"), blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # when the person had read the answer

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, answered_by=None)
                | (~Q(state="open") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="suggestion_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="suggestion_declined_with_reason"
            ),
        ]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return Truncator(self.text.split("\n", maxsplit=1)[0]).chars(80)

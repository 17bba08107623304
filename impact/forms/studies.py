"""What people type about studies, and finance about values: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, StyledForm
from impact.choices import SignOff


class StudyForm(StyledForm):
    data_cutoff = forms.DateField(
        label=_("Count answers up to and including"),
        widget=DateInput,
        help_text=_("Only complete periods count. Later answers are left for the next study."),
    )


class ReviewForm(StyledForm):
    decision = forms.TypedChoiceField(  # the pressed button
        choices=[("sign", SignOff.SIGNED.label), ("dispute", SignOff.DISPUTED.label)],
        coerce={"sign": SignOff.SIGNED, "dispute": SignOff.DISPUTED}.__getitem__,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Sign off or dispute: nothing was recorded.")
        ),
    )
    line = forms.ChoiceField(label=_("Which benefit"), required=False)
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`lines`: number and name of the benefits of a value of several."""
        super().__init__(*args, **kwargs)
        self.say_when_needed(_("needed to dispute"), "comment")
        if lines:
            self.fields["line"].choices = [("", _("All of them")), *lines]  # type: ignore[attr-defined]
        else:
            del self.fields["line"]

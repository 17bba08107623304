"""The shape of what is typed about touchpoints."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Organization
from common.forms import StyledForm, YesNoField
from journeys.choices import Channel, Phase
from journeys.models import Touchpoint


class OtherTouchpointForm(StyledForm):
    """Which touchpoint is the same as the one that is kept; archived ones can be meant too."""

    other = forms.ModelChoiceField(
        label=_("Touchpoint that goes"), queryset=Touchpoint.objects.none(), to_field_name="key"
    )

    def __init__(self, *args: Any, kept: Touchpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Touchpoint.objects.of(kept.organization).standing().exclude(pk=kept.pk)
        self.fields["other"].queryset = others.order_by("name")  # type: ignore[attr-defined]


class TouchpointForm(StyledForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As customers would say it: “First bill”, “Repair visit”."),
    )
    phase = forms.ChoiceField(label=_("Phase of the customer's journey"), choices=Phase, initial=Phase.USE)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel, initial=Channel.WEB)
    owner_function = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("The function that is accountable for it and can change it."),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the customer wants to get done here."),
    )
    is_intended = YesNoField(
        label=_("Designed on purpose"),
        required=False,
        initial=True,
        help_text=_("Leave empty for one that happens without a plan, such as a debt collector's letter."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]

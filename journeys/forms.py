"""The shape of what is typed about touchpoints."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership, Organization
from common.forms import StyledForm, YesNoField
from common.registry import operational_metrics_of
from journeys.choices import Channel, Phase
from journeys.models import Touchpoint


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person, with the job title where there is one."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} · {obj.job_title}" if obj.job_title else str(obj.user)


def offer_owners(form: forms.Form, organization: Organization, *, kept: Any = None) -> None:
    """Functions and people who may own a touchpoint; who owns it already (`kept`) and has left is there."""
    people = Membership.objects.of(organization).select_related("user")
    here = Q(is_active=True, user__is_active=True)
    people = people.filter(here | Q(pk=getattr(kept, "pk", kept))).order_by("user__name", "pk")
    functions: Any = form.fields["owner_function"]
    persons: Any = form.fields["owner_person"]
    functions.queryset = BusinessFunction.objects.of(organization)
    persons.queryset = people


def metric_choices(organization: Organization, *, kept: str = "") -> list[tuple[str, str]]:
    """Operational metrics in use, and one that is named already (`kept`), retired or not."""
    known = operational_metrics_of(organization)
    named = {kept: _("%(key)s (no longer in use)") % {"key": kept}} if kept and kept not in known else {}
    return [("", str(_("None"))), *known.items(), *named.items()]


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
        label=pgettext_lazy("touchpoint", "Owner"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("The function that is accountable for it and can change it."),
    )
    owner_person = PersonField(
        label=_("Responsible person"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Who is asked when something has to happen here."),
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
        help_text=_(
            "Leave empty for one that happens without a plan: reviews, word of mouth, the press, a debt "
            "collector's letter."
        ),
    )
    operational_metric = forms.ChoiceField(
        label=_("Operational metric"),
        required=False,
        help_text=_("What is counted or timed here beside what customers say, such as repeat visits."),
    )
    side_effects = forms.CharField(
        label=_("Side effects"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What it does elsewhere: calls that it causes, work that it moves to others."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_owners(self, organization, kept=self.initial.get("owner_person"))
        kept = self.initial.get("operational_metric") or ""
        self.fields["operational_metric"].choices = metric_choices(organization, kept=kept)  # type: ignore[attr-defined]

"""The shape of what is typed about people and organizations."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency, Role, Theme
from accounts.models import BusinessFunction, Organization
from common.forms import StyledForm, YesNoField

ROLE_HELP = _(
    "CX leaders run the program, coalition members vote on initiatives, executives read and vote, finance "
    "reviewers sign off value, contributors answer assessments, auditors read everything with its trail."
)


class InvitationForm(StyledForm):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.CONTRIBUTOR, help_text=ROLE_HELP)
    function = forms.ModelChoiceField(
        label=_("Business function"), queryset=BusinessFunction.objects.none(), required=False
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]


class MemberForm(StyledForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role, help_text=ROLE_HELP)
    function = forms.ModelChoiceField(
        label=_("Business function"), queryset=BusinessFunction.objects.none(), required=False
    )
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]


class JoinForm(StyledForm):
    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A few unrelated words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class OrganizationForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[], help_text=_("Days and weeks begin at midnight of this zone.")
    )
    language = forms.ChoiceField(label=_("Language of e-mail and reports"), choices=settings.LANGUAGES)
    discount_rate_pct = forms.DecimalField(
        label=_("Discount rate, % a year"),
        min_value=0,
        max_value=50,
        decimal_places=2,
        help_text=_("Ask finance for the rate they use; every value model starts from it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]


class FunctionForm(StyledForm):
    name = forms.CharField(label=_("Business function"), max_length=120)


class PreferencesForm(StyledForm):
    name = forms.CharField(label=_("Your name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As my browser says")), *settings.LANGUAGES], required=False
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=Theme,
        widget=forms.RadioSelect,
    )


class ApiTokenForm(StyledForm):
    name = forms.CharField(
        label=_("What is this key for?"), max_length=80, help_text=_("For example: nightly feedback import")
    )
    may_write = YesNoField(label=_("May also change things, not only read"), required=False)

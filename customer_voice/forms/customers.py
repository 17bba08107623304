"""Accounts, contacts, and lists of them. Shape only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.models import Organization
from common.editing import Edits
from common.forms import DateInput, LocalIntegerField, LocalNumberField, StyledForm
from customer_voice.choices import Consent, CustomerKind
from customer_voice.models import Contact, CustomerAccount
from customer_voice.models.customers import LONGEST_REFERENCE
from customer_voice.selectors.customers import accounts_called, contacts_called
from tabular.choices import DateFormat

MOST_PEOPLE = 1_000_000
KEEP, CORRECT = "keep", "correct"


class AccountForm(StyledForm):
    """A customer account. Its reference is given once: other systems send by it."""

    name = forms.CharField(label=_("Name"), max_length=150)
    external_reference = forms.CharField(
        label=_("Reference"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("What your other systems call it. Left empty, it gets one; it stays as it is."),
    )
    segment = forms.CharField(label=_("Segment"), max_length=60, required=False)
    yearly_value = LocalNumberField(
        label=_("Value per year"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("Revenue a year."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[("", "–"), *Currency.choices], required=False)
    started_on = forms.DateField(label=_("Customer since"), required=False, widget=DateInput())
    renews_on = forms.DateField(label=_("Renews on"), required=False, widget=DateInput())
    left_on = forms.DateField(
        label=_("Left on"), required=False, widget=DateInput(), help_text=_("Empty: still a customer.")
    )
    people_total = LocalIntegerField(
        label=_("People who can be asked"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=_(
            "All of them, whether they have answered or not. The ranges on its page need this number."
        ),
    )
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=800, help_text=_("Separated by commas.")
    )

    def __init__(self, data: Any, *, account: CustomerAccount | None, edits: Edits, **kwargs: Any) -> None:
        super().__init__(data, edits=edits, **kwargs)
        if account is not None:
            del self.fields["external_reference"]

    def values(self) -> dict[str, Any]:
        """For the services."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "external_reference"}
        values["tags"] = tuple(values["tags"].replace("，", ",").split(","))
        return values


def account_values(account: CustomerAccount) -> dict[str, Any]:
    """What a form about this account begins with."""
    value = account.yearly_value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = Decimal(int(value))
    return {
        "name": account.name,
        "segment": account.segment,
        "yearly_value": value,
        "currency": account.currency,
        "started_on": account.started_on,
        "renews_on": account.renews_on,
        "left_on": account.left_on,
        "people_total": account.people_total,
        "tags": ", ".join(tag.name for tag in account.tags.all()),
    }


class ContactForm(StyledForm):
    """A contact. `past`: what becomes of earlier answers when the account changes."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    external_reference = forms.CharField(
        label=_("Reference"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("What your other systems call it. Left empty, it gets one; it stays as it is."),
    )
    account = forms.CharField(
        label=_("Customer account"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"list": "accounts", "autocomplete": "off"}),
        help_text=_("Reference or name."),
    )
    past = forms.ChoiceField(label=_("Earlier answers"), widget=forms.RadioSelect, required=False)
    segment = forms.CharField(label=_("Segment"), max_length=60, required=False)
    language = forms.CharField(
        label=_("Language"), max_length=12, required=False, help_text=_("For letters: en, de, zh-hans, …")
    )
    consent = forms.ChoiceField(label=_("Consent to be asked"), choices=Consent, required=False)

    def __init__(
        self,
        data: Any,
        *,
        organization: Organization,
        contact: Contact | None,
        edits: Edits,
        answers: str = "",
        has_said_no: bool = False,
        **kwargs: Any,
    ) -> None:
        """`answers`: earlier answers of the contact under its account, in words, or empty."""
        super().__init__(data, edits=edits, **kwargs)
        self.organization = organization
        if contact is not None:
            del self.fields["external_reference"]
        if answers:
            label = _("If the account changes: %(answers)s so far") % {"answers": answers}
            self.fields["past"].label = label
            self.fields["past"].choices = [  # type: ignore[attr-defined]
                (KEEP, _("stay with the current account: this person has moved")),
                (CORRECT, _("move to the new account: the current one was wrong")),
            ]
        else:
            del self.fields["past"]
        if has_said_no:
            del self.fields["consent"]

    def clean_account(self) -> CustomerAccount | None:
        text = self.cleaned_data["account"].strip()
        if not text:
            return None
        found = accounts_called(self.organization, text)
        if not found:
            raise forms.ValidationError(_("No account has this reference or name. Add it first."))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several accounts have this name. Write the reference, or merge them first.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("name") or data.get("email")) and not self.errors:
            self.add_error("name", _("Write a name or an e-mail address."))
        return data

    def values(self) -> dict[str, Any]:
        """For the services."""
        left_out = {"external_reference", "past"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        if "consent" in values:
            values["consent"] = values["consent"] or Consent.UNKNOWN
        return values

    @property
    def corrects_past(self) -> bool:
        return bool(self.cleaned_data.get("past") == CORRECT)


def contact_values(contact: Contact) -> dict[str, Any]:
    """What a form about this contact begins with."""
    account = contact.account
    return {
        "name": contact.name,
        "email": contact.email,
        "account": "" if account is None else account.external_reference or account.name,
        "past": KEEP,
        "segment": contact.segment,
        "language": contact.language,
        "consent": contact.consent,
    }


class OtherForm(StyledForm):
    """Which other record is the same customer."""

    other = forms.CharField(label=_("The other record"), max_length=254, help_text=_("Reference or name."))

    def __init__(self, data: Any, *, organization: Organization, kind: str) -> None:
        super().__init__(data)
        self.organization, self.kind = organization, kind
        if kind == CustomerKind.CONTACTS:
            self.fields["other"].help_text = _("Reference, e-mail address or name.")
        else:
            self.fields["other"].widget.attrs |= {"list": "accounts", "autocomplete": "off"}

    def clean_other(self) -> CustomerAccount | Contact:
        text = self.cleaned_data["other"].strip()
        called = contacts_called if self.kind == CustomerKind.CONTACTS else accounts_called
        found: Any = called(self.organization, text)
        if not found:
            raise forms.ValidationError(_("No record has this reference or name."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several have this name. Write the reference."))
        return found[0]  # type: ignore[no-any-return]


class ContactEraseForm(StyledForm):
    """Whether scores go with the person's words. Nothing is chosen beforehand."""

    scores = forms.ChoiceField(
        label=_("Scores and times"),
        choices=[
            ("keep", _("Keep them without comment and customer; they still count")),
            ("remove", _("Erase them too; figures are recalculated")),
        ],
        widget=forms.RadioSelect,
    )


class CustomerFileForm(StyledForm):
    """A list of accounts or contacts."""

    kind = forms.ChoiceField(
        label=_("What the list contains"), choices=CustomerKind, widget=forms.RadioSelect
    )
    file = forms.FileField(label=_("File (CSV or XLSX)"))
    date_format = forms.ChoiceField(
        label=_("How dates are written"), choices=DateFormat, initial=DateFormat.AUTO, required=False
    )

    def clean_date_format(self) -> str:
        return self.cleaned_data["date_format"] or DateFormat.AUTO.value

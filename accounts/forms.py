"""The shape of what is typed about people and organizations."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency, Role, Theme, TrailKind, WeekStart
from accounts.importers import MOST_BYTES_OF_A_WORKBOOK, text_of_file
from accounts.models import BusinessFunction, Membership, Organization
from accounts.pictures import refuse_large
from accounts.selectors import TrailFilter
from accounts.services import FirstValues, FunctionPlace
from common.errors import InvalidValues
from common.forms import DateInput, LocalNumberField, StyledForm, YesNoField
from tabular.errors import FileRefused
from wording.formats import territory_names

MOST_LETTERS_OF_A_LIST = 100_000

ROLE_HELP = _(
    "CX leaders run the program, coalition members vote on initiatives, executives read and vote, finance "
    "reviewers sign off value, contributors answer assessments, auditors read everything with its trail."
)


def _offer(form: forms.Form, roles: Sequence[Role]) -> None:
    """Only the roles that whoever fills the form may give."""
    form.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class InvitationForm(StyledForm):
    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.CONTRIBUTOR, help_text=ROLE_HELP)
    function = forms.ModelChoiceField(
        label=_("Business function"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("No function"),
    )

    def __init__(
        self, *args: Any, organization: Organization, roles: Sequence[Role] = tuple(Role), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, roles)
        self.fields["function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]


class InvitePeopleForm(StyledForm):
    """A list of people, pasted or as a file; role and function hold where a line says nothing."""

    people = forms.CharField(
        label=_("People"),
        max_length=MOST_LETTERS_OF_A_LIST,
        error_messages={"required": _("Paste addresses or choose a file.")},
        help_text=_(
            "One address per line, or a table with the columns email, name, role and function. The "
            "first line names the columns."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a CSV file or workbook"),
        help_text=_("CSV, XLSX, XLS or ODS. Of a workbook, the first sheet with a table is read."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,.xlsx,.xls,.ods"}),
    )
    role = forms.ChoiceField(
        label=_("Role for lines without one"), choices=Role, initial=Role.CONTRIBUTOR, help_text=ROLE_HELP
    )
    function = forms.ModelChoiceField(
        label=_("Business function for lines without one"),
        empty_label=_("No function"),
        queryset=BusinessFunction.objects.none(),
        required=False,
    )

    def __init__(
        self, *args: Any, organization: Organization, roles: Sequence[Role] = tuple(Role), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, roles)
        self.fields["function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]
        self.fields["people"].required = not self.files.get("file")  # a file will do instead

    def clean_file(self) -> str:
        """The file's text, as if it had been pasted."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        too_large = forms.ValidationError(_("This file is too large for a list of people."))
        if file.size > MOST_BYTES_OF_A_WORKBOOK:
            raise too_large
        try:
            text = text_of_file(file)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        if len(text) > MOST_LETTERS_OF_A_LIST:
            raise too_large
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        cleaned["people"] = cleaned.get("file") or cleaned.get("people", "")
        if not cleaned["people"].strip() and not self.errors:  # an empty file
            self.add_error("people", _("Paste addresses or choose a file."))
        return cleaned

    def show_list(self, text: str) -> None:
        """Put the list that was read into the field, where it came as a file."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["people"] = text
        self.data = data


class MemberForm(StyledForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role, help_text=ROLE_HELP)
    function = forms.ModelChoiceField(
        label=_("Business function"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("No function"),
    )
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)

    def __init__(
        self, *args: Any, organization: Organization, roles: Sequence[Role] = tuple(Role), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, roles)
        self.fields["function"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]


class JoinForm(StyledForm):
    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A few unrelated words work well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class FirstForm(StyledForm):
    """The first organization, its administrator, and the code that shows who started the program."""

    name = forms.CharField(label=_("Name of the organization"), max_length=150)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        required=False,
        error_messages={"invalid": _("Use Latin letters, digits and hyphens.")},
        help_text=_(
            "Latin letters, digits and hyphens: “northwind” gives /o/northwind/. Left empty, it is made from "
            "the name. It cannot be changed later."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of e-mail and reports"),
        choices=settings.LANGUAGES,
        help_text=_("Standard metrics are written in it too. Each person chooses the language of the pages."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[],
        initial="UTC",
        help_text=_("Days and weeks begin at midnight of this zone."),
    )
    person = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A few unrelated words work well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    code = forms.CharField(
        label=_("Code"), help_text=_("The window in which the program was started shows it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        self.fields["language"].initial = get_language()  # as the page is read

    def values(self) -> FirstValues:
        return FirstValues(**{key: text for key, text in self.cleaned_data.items() if key != "code"})


def zone_choices() -> list[tuple[str, str]]:
    """Every zone of the world by its place."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return [(zone, zone.replace("_", " ")) for zone in zones]


def format_choices(none: Any) -> list[tuple[str, Any]]:
    """Territories in the reader's language; the first choice is nobody's own."""
    return [("", none), *territory_names(get_language() or "en")]


class OrganizationForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[], help_text=_("Days and weeks begin at midnight of this zone.")
    )
    language = forms.ChoiceField(label=_("Language of e-mail and reports"), choices=settings.LANGUAGES)
    territory = forms.ChoiceField(
        label=_("Format of dates and numbers"),
        choices=[],
        required=False,
        help_text=_("For everyone who has not chosen one of their own. The language stays as it is."),
    )
    week_begins = forms.TypedChoiceField(
        label=_("First day of the week"),
        choices=WeekStart,
        coerce=int,
        help_text=_(
            "For every page, chart and file. Plans that are fixed keep the weeks that they were fixed with."
        ),
    )
    year_begins = forms.TypedChoiceField(
        label=_("First month of the fiscal year"),
        choices=MONTHS,
        coerce=int,
        help_text=_(
            "A fiscal year is called by the year in which it ends: FY26 is the one that ends in 2026."
        ),
    )
    discount_rate_pct = LocalNumberField(
        label=_("Discount rate, % a year"),
        percent_as=Decimal(1),
        min_value=0,
        max_value=50,
        decimal_places=2,
        help_text=_("Ask finance for the rate they use; every value model starts from it."),
    )
    confirms_finance = YesNoField(
        label=_("A second administrator or CX leader confirms finance reviewers"),
        required=False,
        help_text=_(
            "Until then a new finance reviewer cannot sign off value. It applies once two people manage "
            "people; only an administrator can change it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = format_choices(_("That of the time zone"))  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]


class FunctionForm(StyledForm):
    name = forms.CharField(label=_("Business function"), max_length=120)
    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("No larger function"),
        help_text=_(
            "The larger unit that this one belongs to. Employee survey results add up along this line."
        ),
    )
    head = forms.ModelChoiceField(
        label=_("Head"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_(
            "Sees the employee survey results of this function and its parts, once they are published."
        ),
    )

    def __init__(
        self, *args: Any, organization: Organization, function: BusinessFunction | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = BusinessFunction.objects.of(organization)
        people = Membership.objects.of(organization).active().select_related("user").order_by("user__name")
        self.fields["parent"].queryset = others.exclude(pk=function.pk) if function else others  # type: ignore[attr-defined]
        self.fields["head"].queryset = people  # type: ignore[attr-defined]

    def place(self) -> FunctionPlace:
        return FunctionPlace(parent=self.cleaned_data["parent"], head=self.cleaned_data["head"])


class BrandingForm(StyledForm):
    """The color and the logo of an organization; a file that is too large is refused before it is read."""

    accent = forms.CharField(
        label=_("Color"),
        max_length=7,
        required=False,
        help_text=_("As # with six digits, such as #0b63a8. Empty: the product's own."),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.svg,image/png,image/svg+xml"}),
        help_text=_("PNG or SVG, at most 2 MB. It is redrawn, so nothing hidden in the file is kept."),
    )

    def clean_accent(self) -> str:
        accent: str = self.cleaned_data["accent"].strip().lower()
        return accent

    def clean_logo(self) -> Any:
        file = self.cleaned_data["logo"]
        if file:
            try:
                refuse_large(file.size)
            except InvalidValues as error:
                raise forms.ValidationError(str(error.fields["logo"])) from error
        return file


class PreferencesForm(StyledForm):
    name = forms.CharField(label=_("Your name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Same as my browser")), *settings.LANGUAGES], required=False
    )
    territory = forms.ChoiceField(
        label=_("Format of dates and numbers"),
        choices=[],
        required=False,
        help_text=_("How dates, times and numbers are written, and how the numbers that you type are read."),
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=Theme,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = format_choices(_("That of the organization"))  # type: ignore[attr-defined]


class ApiTokenForm(StyledForm):
    name = forms.CharField(
        label=_("What is this key for?"), max_length=80, help_text=_("For example: nightly feedback import")
    )
    valid_days = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=[
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("365", _("One year")),
            ("", _("Does not expire")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial="90",
        help_text=_("A key that expires cannot do harm if it is forgotten."),
    )
    may_write = YesNoField(label=_("Can change data as well as read it"), required=False)


class TrailForm(StyledForm):
    """What of the trail to show."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Membership.objects.none(), required=False, empty_label=_("Everyone")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("Everything")), *TrailKind.choices], required=False
    )
    since = forms.DateField(label=_("From"), required=False, widget=DateInput)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput)
    text = forms.CharField(
        label=_("Text"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.of(organization).select_related("user").order_by("user__name")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def wanted(self) -> TrailFilter:
        """The filter as far as it can be read; a wrong field filters nothing and shows its error."""
        self.full_clean()
        return TrailFilter(**{name: value for name, value in self.cleaned_data.items() if value})

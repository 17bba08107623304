"""The shape of what is typed about results: an action of a function."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from common.forms import DateInput, StyledForm
from employee_voice.services import ActionPlan


class ActionForm(StyledForm):
    driver = forms.ChoiceField(label=_("Driver"))
    text = forms.CharField(
        label=_("What we will do"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: give the service desk the right to refund up to a limit"),
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Membership.objects.none())
    due_on = forms.DateField(label=_("By when"), widget=DateInput)

    def __init__(
        self, *args: Any, drivers: list[tuple[str, str]], owners: "QuerySet[Membership]", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["driver"].choices = drivers  # type: ignore[attr-defined]
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def plan(self, function: str) -> ActionPlan:
        return ActionPlan(function=function, **self.cleaned_data)


class OwnerForm(StyledForm):
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, owners: "QuerySet[Membership]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class ReaderForm(StyledForm):
    """Who reads the comments that nobody may decide on yet: one of `readers`."""

    reader = forms.ChoiceField(label=_("Reads these comments first"))

    def __init__(self, *args: Any, readers: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers = {str(one.pk): one for one in readers}
        choices = [("", "---------"), *((key, str(one)) for key, one in self._readers.items())]
        self.fields["reader"].choices = choices  # type: ignore[attr-defined]

    def clean_reader(self) -> Membership:
        return self._readers[self.cleaned_data["reader"]]

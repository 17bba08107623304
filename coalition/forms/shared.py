"""What the forms of this app share."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership, Organization
from common.forms import StyledForm
from journeys.models import Touchpoint


class PeopleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person, with the job title where there is one."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} · {obj.job_title}" if obj.job_title else str(obj.user)


class ScopedForm(StyledForm):
    """A form whose choices come from one organization."""

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def offer(self, name: str, queryset: Any) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]


class LockedForm(ScopedForm):
    """A form that remembers which version of the row it was opened on."""

    reason = forms.CharField(
        label=_("Why does the approved content need to change?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lock_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]

    def rebase(self, lock_version: int) -> None:
        """Keep everything typed, but on the version that is stored now: saving again is a choice."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["lock_version"] = str(lock_version)
        self.data = typed

    @property
    def lock(self) -> dict[str, Any]:
        return {
            "lock_version": self.cleaned_data["lock_version"],
            "reason": self.cleaned_data.get("reason", ""),
        }


def touchpoints_of(organization: Organization, *, kept: Any) -> Any:
    """Those in use, and those that are chosen already: saving does not drop an archived one."""
    before = () if kept is None else kept.values("pk")
    return Touchpoint.objects.of(organization).filter(Q(is_archived=False) | Q(pk__in=before))


def people_of(organization: Organization) -> Any:
    return (
        Membership.objects.of(organization)
        .active()
        .select_related("user")
        .order_by("user__name", "user__email")
    )


def owners_of(organization: Organization, *, kept: int | None) -> Any:
    """Those whose role can do what an owner does, and who is the owner already (`kept`)."""
    able = Membership.objects.of(organization).who_may(Action.RECORD_PROGRESS)
    return people_of(organization).filter(Q(pk__in=able.values("pk")) | Q(pk=kept))

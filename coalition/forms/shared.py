"""What the forms of this app share."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.editing import edits_of
from accounts.models import Membership, Organization
from coalition.models import Initiative
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
    """About an initiative that others may be changing, content and plan alike: what was left as shown is what
    is stored now, what two people changed is told (`edits`), and whoever saves in the same moment is refused
    by the version that was read for this request.
    """

    reason = forms.CharField(
        label=_("Why does the approved content need to change?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, initiative: Initiative | None, needs_reason: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("edits", edits_of(initiative, kwargs["organization"]))
        super().__init__(*args, **kwargs)
        self.initiative = initiative
        if not needs_reason:
            del self.fields["reason"]

    @property
    def lock(self) -> dict[str, Any]:
        """Needs an initiative."""
        return {
            "lock_version": self.initiative.lock_version if self.initiative else 0,
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

"""What is typed about scheduled documents."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership, Organization
from coalition.models import Initiative
from common.forms import LocalIntegerField, RowsField, StyledForm
from employee_voice.selectors import surveys_in_use
from reports.choices import LINK_DAYS, Frequency, Paper, ReportKind
from reports.forms import days_text
from reports.models import Schedule
from reports.schedule_pages import document_choices
from reports.services import ScheduleValues

MOST_LETTERS = 12_000  # of the addresses: a hundred of them fit


class _People(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} · {obj.job_title}" if obj.job_title else str(obj.user)


class _PeopleList(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} · {obj.job_title}" if obj.job_title else str(obj.user)


class ScheduleForm(StyledForm):
    """Which document, when, and for whom. Choices come from one organization."""

    document = forms.ChoiceField(label=_("Document"), choices=[])
    frequency = forms.ChoiceField(
        label=_("When it is made"),
        choices=Frequency,
        initial=Frequency.MONTHLY,
        widget=forms.RadioSelect,
    )
    day = LocalIntegerField(
        label=_("On this day of the month"),
        min_value=1,
        max_value=31,
        initial=1,
        required=False,
    )
    members = _PeopleList(
        label=_("Members who get it"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get an e-mail that leads to the document, as far as they may open it."),
    )
    addresses = forms.CharField(
        label=_("People without an account"),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "E-mail addresses, one a line. Each gets a link of its own, which ends and can be revoked."
        ),
    )
    link_days = forms.TypedChoiceField(label=_("Their links work for"), coerce=int, choices=[], initial=30)
    language = forms.ChoiceField(label=_("Language of the document"), choices=settings.LANGUAGES)
    paper = forms.ChoiceField(label=_("Paper"), choices=Paper, initial=Paper.A4)
    heir = _People(
        label=_("Who takes over when its owner leaves"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody: then it stops"),
    )

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        owner: Membership | None,
        schedule: Schedule | None = None,
        **kwargs: Any,
    ) -> None:
        if schedule is not None:
            kwargs["initial"] = initial_of(schedule)
        super().__init__(*args, **kwargs)
        self.organization = organization
        fields: dict[str, Any] = self.fields
        fields["document"].choices = document_choices(organization)
        fields["link_days"].choices = [(days, days_text(days)) for days in LINK_DAYS]
        people = (
            Membership.objects.of(organization)
            .active()
            .select_related("user")
            .order_by("user__name", "user__email")
        )
        able = Membership.objects.of(organization).who_may(Action.MAKE_REPORT)
        fields["members"].queryset = people
        heirs = people.filter(pk__in=able.values("pk"))
        fields["heir"].queryset = heirs if owner is None else heirs.exclude(pk=owner.pk)
        fields["day"].help_text = _(
            "In a shorter month, the last day: 31 is always the last. It is made when that day begins in "
            "%(zone)s, and says nothing of a period that is not over."
        ) % {"zone": organization.time_zone}
        self.say_nothing("day")

    def absorb(self, fields: dict[str, Any], message: Any) -> None:
        """What a service says of kind or subject stands beside the document."""
        subject = {"kind", "initiative", "framework", "survey"}
        super().absorb(
            {"document" if name in subject else name: text for name, text in fields.items()}, message
        )

    def values(self) -> ScheduleValues:
        """What was typed; the subject by kind."""
        data = self.cleaned_data
        kind, _separator, key = data["document"].partition(":")
        return ScheduleValues(
            kind=kind,
            initiative=Initiative.objects.of(self.organization).filter(number=key).first()
            if kind == ReportKind.ROI_EVIDENCE
            else None,
            framework=key if kind == ReportKind.MATURITY else "",
            survey=surveys_in_use(self.organization).filter(pk=key).first()
            if kind == ReportKind.EMPLOYEE_WAVE
            else None,
            frequency=data["frequency"],
            day=data["day"] or 1,
            language=data["language"],
            paper=data["paper"],
            link_days=data["link_days"],
            members=tuple(data["members"]),
            addresses=tuple(re.split(r"[\s,;]+", data["addresses"])),
            heir=data["heir"],
        )


def initial_of(schedule: Schedule) -> dict[str, Any]:
    """What stands in the form of a schedule. One query."""
    people = list(schedule.recipients.all())
    about = schedule.initiative.number if schedule.initiative else schedule.framework or schedule.survey_id
    return {
        "document": f"{schedule.kind}:{about or ''}",
        "frequency": schedule.frequency,
        "day": schedule.day,
        "members": [one.member_id for one in people if one.member_id],
        "addresses": "\n".join(one.address for one in people if one.address),
        "link_days": schedule.link_days,
        "language": schedule.language,
        "paper": schedule.paper,
        "heir": schedule.heir_id,
    }

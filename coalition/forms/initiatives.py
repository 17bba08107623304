"""What is typed about an initiative and its plan, and what a list is narrowed to. Never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from coalition.choices import InitiativeState
from coalition.fields import INITIATIVE, PLAN, InitiativeValues, PlanValues
from coalition.forms.shared import LockedForm, PeopleChoice, ScopedForm, owners_of, touchpoints_of
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors import known_segments
from common.forms import DateInput, DeclaredForm, RowsField
from customer_voice.models import MetricDefinition
from customer_voice.selectors import named, segments_heard, series_choices
from journeys.models import Touchpoint
from wording.joining import bracketed, sentences

NEEDED_TO_RECORD = _("needed to record it")


class InitiativeForm(LockedForm, DeclaredForm):
    """The plain fields are those that `coalition.fields` places on a form."""

    table = INITIATIVE

    touchpoints = RowsField(
        label=INITIATIVE["touchpoints"].question,
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = PeopleChoice(
        label=INITIATIVE["owner"].question, queryset=Membership.objects.none(), empty_label=None
    )

    def __init__(
        self, *args: Any, initiative: Initiative | None = None, looks_back: bool = False, **kwargs: Any
    ) -> None:
        """`looks_back`: for what is live already, which has no planned go-live and is not voted on."""
        organization: Organization = kwargs["organization"]
        if initiative is not None:
            kwargs["initial"] = INITIATIVE.initial_of(initiative)
        super().__init__(*args, initiative=initiative, **kwargs)
        self.offer("touchpoints", touchpoints_of(organization, kept=initiative and initiative.touchpoints))
        self.offer("owner", owners_of(organization, kept=initiative.owner_id if initiative else None))
        self.name_currency(organization.currency)
        del self.fields["planned_go_live_on" if looks_back else "already_live_on"]
        if looks_back:
            del self.fields["expected_benefit"], self.fields["effort_days"]  # what voters would weigh
            self.fields["already_live_on"].required = True
            self.fields["proposal"].label = _("What was done")
            self.say_when_needed("", "problem")
            self.say_when_needed(NEEDED_TO_RECORD, "proposal", "touchpoints")

    def values(self) -> InitiativeValues:
        return INITIATIVE.values_of(self.initiative, **self.typed())


class AmendForm(LockedForm):
    """What changes after the work has begun: owner, and the planned go-live as long as it is not live."""

    reason = forms.CharField(
        label=_("Why is this changing?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Recorded with the date and your name next to what was approved."),
    )
    owner = PeopleChoice(label=_("Owner"), queryset=Membership.objects.none())
    planned_go_live_on = forms.DateField(label=_("Planned go-live"), widget=DateInput)

    field_order = ("owner", "planned_go_live_on", "reason")

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        kwargs["initial"] = INITIATIVE.initial_of(initiative)
        super().__init__(*args, initiative=initiative, needs_reason=True, **kwargs)
        self.offer("owner", owners_of(organization, kept=initiative.owner_id))
        if initiative.is_look_back:
            self.fields["reason"].help_text = _(
                "Recorded with the date and your name next to what was recorded."
            )
        if initiative.went_live_on is not None:
            del self.fields["planned_go_live_on"]

    def values(self) -> InitiativeValues:
        names = [name for name in ("owner", "planned_go_live_on") if name in self.fields]
        return INITIATIVE.values_of(self.initiative, **{name: self.cleaned_data[name] for name in names})


class SeriesField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A series; one without answers says so, since nothing can be detected with it yet."""

    def label_from_instance(self, obj: Any) -> str:
        return named(obj) if obj.data_until is not None else bracketed(named(obj), _("no answers yet"))


class PlanForm(LockedForm, DeclaredForm):
    """The plain fields are those that `coalition.fields` places on a form."""

    table = PLAN
    segment_list = "known-segments"  # where the template offers them

    metric = SeriesField(
        label=PLAN["metric"].question,
        queryset=MetricDefinition.objects.none(),
        empty_label=_("Choose a metric"),
    )
    comparison_touchpoints = RowsField(
        label=PLAN["comparison_touchpoints"].question,
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=PLAN["comparison_touchpoints"].use.help,
    )
    spillover_touchpoints = RowsField(
        label=PLAN["spillover_touchpoints"].question,
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=PLAN["spillover_touchpoints"].use.help,
    )
    unmoved_metric = SeriesField(
        label=PLAN["unmoved_metric"].question,
        queryset=MetricDefinition.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=PLAN["unmoved_metric"].use.help,
    )

    def __init__(
        self, *args: Any, initiative: Initiative, plan: EvaluationPlan | None, **kwargs: Any
    ) -> None:
        organization: Organization = kwargs["organization"]
        kwargs["initial"] = PLAN.initial_of(plan) if plan else {}
        super().__init__(*args, initiative=initiative, **kwargs)
        self.plan = plan
        every = MetricDefinition.objects.of(organization)
        offered = [
            metric
            for metric in series_choices(every.filter(is_retired=False))
            if metric.calculation.can_be_evaluated
        ]
        for name in ("metric", "unmoved_metric"):
            kept = _with_chosen(offered, getattr(plan, name, None))
            self.offer(name, every.filter(pk__in={one.pk for one in kept}))
        treated = initiative.touchpoints.values("pk")
        self.offer(
            "comparison_touchpoints",
            touchpoints_of(organization, kept=plan and plan.comparison_touchpoints).exclude(pk__in=treated),
        )
        self.offer(
            "spillover_touchpoints",
            touchpoints_of(organization, kept=plan and plan.spillover_touchpoints).exclude(pk__in=treated),
        )

        if initiative.is_look_back:
            self.say_when_needed("", "review_on", "expected_effect", "decision_rule")
            self.say_when_needed(NEEDED_TO_RECORD, "baseline_from")
        self.known_segments = segments_heard(organization)
        segment = self.fields["segment"]
        segment.widget.attrs["list"] = self.segment_list
        segment.help_text = sentences([str(segment.help_text), known_segments(self.known_segments)])

    def clean_segment(self) -> str:
        """As answers spell it, where only the case of letters differs: imports take these for one too."""
        typed = str(self.cleaned_data["segment"]).strip()
        return next((one for one in self.known_segments if one.casefold() == typed.casefold()), typed)

    def values(self) -> PlanValues:
        return PLAN.values_of(self.plan, **self.typed())


def _with_chosen(offered: list[MetricDefinition], chosen: MetricDefinition | None) -> list[MetricDefinition]:
    """What was chosen before stays choosable, and stands for its whole series."""
    if chosen is None:
        return offered
    same = (chosen.key, chosen.series)
    return [*(chosen if (one.key, one.series) == same else one for one in offered), chosen]


class InitiativeFilterForm(ScopedForm):
    """What the list is narrowed to; never invalid on screen: a wrong value filters nothing."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *InitiativeState.choices]
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Touchpoint"),
        required=False,
        queryset=Touchpoint.objects.none(),
        empty_label=_("All touchpoints"),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), required=False, queryset=Membership.objects.none(), empty_label=_("Anyone")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        super().__init__(*args, **kwargs)
        self.offer("touchpoint", Touchpoint.objects.of(organization).standing())
        owners = Membership.objects.of(organization).filter(initiatives__isnull=False)
        self.offer("owner", owners.select_related("user").distinct().order_by("user__name"))

    def criteria(self) -> dict[str, Any]:
        self.is_valid()
        typed = self.cleaned_data
        return {
            "words": typed.get("q", ""),
            "state": typed.get("state", ""),
            "touchpoint": typed.get("touchpoint"),
            "owner": typed.get("owner"),
        }

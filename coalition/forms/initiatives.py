"""What is typed about an initiative and its plan, and what a list is narrowed to. Never saves."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Organization
from coalition.choices import Direction, InitiativeState, UnitSelection
from coalition.forms.shared import LockedForm, PeopleChoice, ScopedForm, owners_of, touchpoints_of
from coalition.models import EvaluationPlan, Initiative
from coalition.services import InitiativeValues, PlanValues
from common.forms import DateInput, LocalIntegerField, LocalNumberField, RowsField, YesNoField
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors import series_choices
from journeys.models import Touchpoint

NEEDED_FOR_THE_VOTE = _("needed for the vote")


class InitiativeForm(LockedForm):
    title = forms.CharField(
        label=_("Title"), max_length=140, help_text=_("What changes for the customer, in a few words.")
    )
    problem = forms.CharField(
        label=_("The problem and its evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who is affected, how often, and how we know: figures, quotes, cases."),
    )
    proposal = forms.CharField(
        label=_("What we will do"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    touchpoints = RowsField(
        label=_("Touchpoints in scope"),
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = PeopleChoice(label=_("Owner"), queryset=Membership.objects.none(), empty_label=None)
    one_off_cost = LocalNumberField(
        label=_("One-off cost"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    yearly_cost = LocalNumberField(
        label=_("Cost a year"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    expected_benefit = LocalNumberField(
        label=_("Expected benefit a year"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("In money, as you estimate it today. The voters see it beside the cost."),
    )
    effort_days = LocalIntegerField(
        label=_("Effort, person-days"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=_("Work by your own people until go-live."),
    )
    planned_go_live_on = forms.DateField(
        label=_("Planned go-live"),
        required=False,
        widget=DateInput,
        help_text=_(
            "Must be after the approval. An initiative that is already live, or went live before its "
            "approval, cannot be recorded: an effect is measured only against a plan that was fixed "
            "beforehand."
        ),
    )

    field_order = (
        "title",
        "problem",
        "proposal",
        "touchpoints",
        "owner",
        "one_off_cost",
        "yearly_cost",
        "expected_benefit",
        "effort_days",
        "planned_go_live_on",
        "reason",
    )

    def __init__(self, *args: Any, initiative: Initiative | None = None, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        if initiative is not None:
            kwargs["initial"] = _initiative_initial(initiative)
        super().__init__(*args, **kwargs)
        self.offer("touchpoints", touchpoints_of(organization, kept=initiative and initiative.touchpoints))
        self.offer("owner", owners_of(organization, kept=initiative.owner_id if initiative else None))
        for name in ("one_off_cost", "yearly_cost"):
            self.fields[name].help_text = organization.currency
        self.say_when_needed(NEEDED_FOR_THE_VOTE, "problem", "proposal", "touchpoints", "planned_go_live_on")
        if initiative is None:
            del self.fields["lock_version"]

    def values(self) -> InitiativeValues:
        typed = self.cleaned_data
        return InitiativeValues(
            title=typed["title"],
            problem=typed["problem"],
            proposal=typed["proposal"],
            owner=typed["owner"],
            touchpoints=tuple(typed["touchpoints"]),
            one_off_cost=typed["one_off_cost"],
            yearly_cost=typed["yearly_cost"],
            expected_benefit=typed["expected_benefit"],
            effort_days=typed["effort_days"],
            planned_go_live_on=typed["planned_go_live_on"],
        )


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
        kwargs["initial"] = _initiative_initial(initiative)
        super().__init__(*args, needs_reason=True, **kwargs)
        self.initiative = initiative
        self.offer("owner", owners_of(organization, kept=initiative.owner_id))
        if initiative.went_live_on is not None:
            del self.fields["planned_go_live_on"]

    def values(self) -> InitiativeValues:
        row, typed = self.initiative, self.cleaned_data
        return InitiativeValues(
            title=row.title,
            problem=row.problem,
            proposal=row.proposal,
            owner=typed["owner"],
            touchpoints=tuple(row.touchpoints.all()),
            one_off_cost=row.one_off_cost,
            yearly_cost=row.yearly_cost,
            expected_benefit=row.expected_benefit,
            effort_days=row.effort_days,
            planned_go_live_on=typed.get("planned_go_live_on", row.planned_go_live_on),
        )


class PlanForm(LockedForm):
    metric = forms.ModelChoiceField(
        label=_("Metric that should move"), queryset=MetricDefinition.objects.none(), empty_label=None
    )
    direction = forms.ChoiceField(label=pgettext_lazy("of a metric", "Expected direction"), choices=Direction)
    expected_effect = LocalNumberField(
        label=_("Expected effect"), required=False, min_value=Decimal("0.01"), max_digits=8, decimal_places=2
    )
    smallest_worthwhile_effect = LocalNumberField(
        label=_("Smallest worthwhile effect"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        initial=0,
        help_text=_("Below this the result would not change what we do. 0 if any change counts."),
    )
    comparison_touchpoints = RowsField(
        label=_("Compared with these touchpoints"),
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "They do not get the initiative but would otherwise develop in the same way. This gives "
            "the strongest evidence."
        ),
    )
    selection = forms.ChoiceField(
        label=_("How were these touchpoints chosen?"),
        choices=UnitSelection,
        help_text=_(
            "Touchpoints with the worst scores often recover on their own; the evaluation "
            "takes this into account."
        ),
    )
    segment = forms.CharField(
        label=_("Only this segment"), max_length=60, required=False, help_text=_("Empty: all customers.")
    )
    period = forms.ChoiceField(label=_("Measured by"), choices=Period, initial=Period.WEEK)
    baseline_from = forms.DateField(label=_("Baseline from"), required=False, widget=DateInput)
    lag_periods = LocalIntegerField(
        label=_("Periods until an effect can show"), min_value=0, max_value=52, initial=0
    )
    review_on = forms.DateField(
        label=_("Review on"),
        required=False,
        widget=DateInput,
        help_text=_("The day we review the result, whatever it shows."),
    )
    is_seasonal = YesNoField(label=_("This metric has a yearly season"), required=False)
    decision_rule = forms.CharField(
        label=_("What we will do with the result"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: roll out everywhere if it is supported, stop if it is not worthwhile."),
    )

    def __init__(
        self, *args: Any, initiative: Initiative, plan: EvaluationPlan | None, **kwargs: Any
    ) -> None:
        organization: Organization = kwargs["organization"]
        kwargs["initial"] = {**_plan_initial(plan), "lock_version": initiative.lock_version}
        super().__init__(*args, **kwargs)
        every = MetricDefinition.objects.of(organization)
        offered = [
            metric
            for metric in series_choices(every.filter(is_retired=False))
            if metric.calculation.can_be_evaluated
        ]
        if plan is not None:  # what was chosen before stays choosable, and stands for its whole series
            chosen = plan.metric
            offered = [
                chosen if (one.key, one.series) == (chosen.key, chosen.series) else one for one in offered
            ]
            offered = [*offered, chosen]
        self.offer("metric", every.filter(pk__in={one.pk for one in offered}))
        self.say_when_needed(
            NEEDED_FOR_THE_VOTE, "baseline_from", "review_on", "expected_effect", "decision_rule"
        )
        treated = initiative.touchpoints.values("pk")
        self.offer(
            "comparison_touchpoints",
            touchpoints_of(organization, kept=plan and plan.comparison_touchpoints).exclude(pk__in=treated),
        )

    def values(self) -> PlanValues:
        typed = {
            name: value for name, value in self.cleaned_data.items() if name not in {"lock_version", "reason"}
        }
        typed["comparison_touchpoints"] = tuple(typed["comparison_touchpoints"])
        return PlanValues(**typed)


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
        self.offer("touchpoint", Touchpoint.objects.of(organization))
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


def _initiative_initial(initiative: Initiative) -> dict[str, Any]:
    names = (
        "title",
        "problem",
        "proposal",
        "one_off_cost",
        "yearly_cost",
        "expected_benefit",
        "effort_days",
        "planned_go_live_on",
        "lock_version",
    )
    return {
        **{name: getattr(initiative, name) for name in names},
        "owner": initiative.owner_id,
        "touchpoints": list(initiative.touchpoints.values_list("pk", flat=True)),
    }


def _plan_initial(plan: EvaluationPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"direction": Direction.UP, "selection": UnitSelection.UNKNOWN}
    names = (
        "direction",
        "expected_effect",
        "smallest_worthwhile_effect",
        "selection",
        "segment",
        "period",
        "baseline_from",
        "lag_periods",
        "review_on",
        "is_seasonal",
        "decision_rule",
    )
    return {
        **{name: getattr(plan, name) for name in names},
        "metric": plan.metric_id,
        "comparison_touchpoints": list(plan.comparison_touchpoints.values_list("pk", flat=True)),
    }

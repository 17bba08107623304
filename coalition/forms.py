"""The shape of what is typed about the coalition and its initiatives. Never saves."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership, Organization
from coalition.choices import Choice, Direction, InitiativeState, RiskColor, UnitSelection
from coalition.models import Coalition, EvaluationPlan, Initiative, Member
from coalition.services import CharterValues, InitiativeValues, PlanValues, SeatValues
from common.forms import DateInput, StyledForm, YesNoField
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors import series_choices
from journeys.models import Touchpoint


class PeopleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person, with the job title where there is one."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} · {obj.job_title}" if obj.job_title else str(obj.user)


class _Scoped(StyledForm):
    """A form whose choices come from one organization."""

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def offer(self, name: str, queryset: Any) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]


class LockedForm(_Scoped):
    """A form that remembers which version of the row it was opened on."""

    reason = forms.CharField(
        label=_("Why does what was approved have to change?"),
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


class InitiativeForm(LockedForm):
    title = forms.CharField(
        label=_("Title"), max_length=140, help_text=_("What changes for the customer, in a few words.")
    )
    problem = forms.CharField(
        label=_("The problem and its evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who suffers, how often, and how we know: figures, quotations, cases."),
    )
    proposal = forms.CharField(
        label=_("What we will do"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    touchpoints = forms.ModelMultipleChoiceField(
        label=_("Touchpoints that get it"),
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = PeopleChoice(label=_("Owner"), queryset=Membership.objects.none(), empty_label=None)
    one_off_cost = forms.DecimalField(
        label=_("One-off cost"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    yearly_cost = forms.DecimalField(
        label=_("Cost a year"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    planned_go_live_on = forms.DateField(label=_("Planned go-live"), required=False, widget=DateInput)

    field_order = (
        "title",
        "problem",
        "proposal",
        "touchpoints",
        "owner",
        "one_off_cost",
        "yearly_cost",
        "planned_go_live_on",
        "reason",
    )

    def __init__(self, *args: Any, initiative: Initiative | None = None, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        if initiative is not None:
            kwargs["initial"] = _initiative_initial(initiative)
        super().__init__(*args, **kwargs)
        self.offer("touchpoints", _touchpoints(organization, kept=initiative and initiative.touchpoints))
        self.offer("owner", _people(organization))
        for name in ("one_off_cost", "yearly_cost"):
            self.fields[name].help_text = organization.currency
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
            planned_go_live_on=typed["planned_go_live_on"],
        )


class PlanForm(LockedForm):
    metric = forms.ModelChoiceField(
        label=_("Metric that should move"), queryset=MetricDefinition.objects.none(), empty_label=None
    )
    direction = forms.ChoiceField(label=pgettext_lazy("of a metric", "Expected direction"), choices=Direction)
    expected_effect = forms.DecimalField(
        label=_("Expected effect"), required=False, min_value=Decimal("0.01"), max_digits=8, decimal_places=2
    )
    smallest_worthwhile_effect = forms.DecimalField(
        label=_("Smallest effect worth having"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        initial=0,
        help_text=_("Below this the result would not change what we do. 0 if any change counts."),
    )
    comparison_touchpoints = forms.ModelMultipleChoiceField(
        label=_("Compared with these touchpoints"),
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "They do not get the initiative and would otherwise develop alike. This gives the best proof."
        ),
    )
    selection = forms.ChoiceField(
        label=_("How was it decided who gets it?"),
        choices=UnitSelection,
        help_text=_("Who had the worst scores often recovers by itself; the evaluation must know."),
    )
    segment = forms.CharField(
        label=_("Only this segment"), max_length=60, required=False, help_text=_("Empty: all customers.")
    )
    period = forms.ChoiceField(label=_("Measured by"), choices=Period, initial=Period.WEEK)
    baseline_from = forms.DateField(label=_("Baseline from"), required=False, widget=DateInput)
    lag_periods = forms.IntegerField(
        label=_("Periods until an effect can show"), min_value=0, max_value=52, initial=0
    )
    review_on = forms.DateField(
        label=_("Review on"),
        required=False,
        widget=DateInput,
        help_text=_("The day on which we look at the result, whatever it says."),
    )
    is_seasonal = YesNoField(label=_("This metric has a yearly season"), required=False)
    decision_rule = forms.CharField(
        label=_("What we will do with the result"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: roll out everywhere if it is supported, stop if it is not worth having."),
    )

    def __init__(
        self, *args: Any, initiative: Initiative, plan: EvaluationPlan | None, **kwargs: Any
    ) -> None:
        organization: Organization = kwargs["organization"]
        kwargs["initial"] = {**_plan_initial(plan), "lock_version": initiative.lock_version}
        super().__init__(*args, **kwargs)
        every = MetricDefinition.objects.of(organization)
        offered = series_choices(every.filter(is_retired=False))
        if plan is not None:  # what was chosen before stays choosable, and stands for its whole series
            chosen = plan.metric
            offered = [
                chosen if (one.key, one.series) == (chosen.key, chosen.series) else one for one in offered
            ]
            offered = [*offered, chosen]
        self.offer("metric", every.filter(pk__in={one.pk for one in offered}))
        treated = initiative.touchpoints.values("pk")
        self.offer(
            "comparison_touchpoints",
            _touchpoints(organization, kept=plan and plan.comparison_touchpoints).exclude(pk__in=treated),
        )

    def values(self) -> PlanValues:
        typed = {
            name: value for name, value in self.cleaned_data.items() if name not in {"lock_version", "reason"}
        }
        typed["comparison_touchpoints"] = tuple(typed["comparison_touchpoints"])
        return PlanValues(**typed)


class CharterForm(StyledForm):
    charter = forms.CharField(
        label=_("Charter"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the coalition decides, how often it meets, what it answers for."),
    )
    quorum_pct = forms.IntegerField(
        label=_("Quorum, % of the voting seats"),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_("So many must take part before a vote counts; rounded up."),
    )
    majority_pct = forms.IntegerField(
        label=_("Approved with more than, % of the votes for or against"),
        min_value=50,
        max_value=99,
        initial=50,
        help_text=_("50 is a simple majority. Abstentions do not count here."),
    )
    voting_days = forms.IntegerField(label=_("Days to vote"), min_value=1, max_value=60, initial=7)

    def __init__(self, *args: Any, coalition: Coalition | None = None, **kwargs: Any) -> None:
        if coalition is not None:
            kwargs["initial"] = {
                "charter": coalition.charter,
                "quorum_pct": int(coalition.quorum_share * 100),
                "majority_pct": int(coalition.majority_share * 100),
                "voting_days": coalition.voting_days,
            }
        super().__init__(*args, **kwargs)

    def values(self) -> CharterValues:
        typed = self.cleaned_data
        return CharterValues(
            charter=typed["charter"],
            quorum_share=Decimal(typed["quorum_pct"]) / 100,
            majority_share=Decimal(typed["majority_pct"]) / 100,
            voting_days=typed["voting_days"],
        )


class SeatForm(_Scoped):
    membership = PeopleChoice(label=_("Person"), queryset=Membership.objects.none())
    title = forms.CharField(label=_("Seat"), max_length=120, help_text=_("For example: Head of service"))
    function = forms.ModelChoiceField(
        label=_("Speaks for the function"), queryset=BusinessFunction.objects.none(), required=False
    )
    touchpoints = forms.ModelMultipleChoiceField(
        label=_("Speaks for these touchpoints"),
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all touchpoints of the function."),
    )
    alternate = PeopleChoice(
        label=_("Alternate"),
        queryset=Membership.objects.none(),
        required=False,
        help_text=_("May vote in this person's place."),
    )
    has_vote = YesNoField(label=_("Has a vote"), required=False, initial=True)
    is_chair = YesNoField(
        label=_("Chairs the coalition"),
        required=False,
        help_text=_("May close a vote once the quorum is there."),
    )
    starts_on = forms.DateField(label=_("Term from"), required=False, widget=DateInput)
    ends_on = forms.DateField(label=_("Term until"), required=False, widget=DateInput)

    def __init__(self, *args: Any, seat: Member | None = None, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        if seat is not None:
            kwargs["initial"] = _seat_initial(seat)
        super().__init__(*args, **kwargs)
        people = _people(organization)
        if seat is not None:
            people = people | Membership.objects.of(organization).filter(pk=seat.membership_id)
        self.offer("membership", people)
        self.offer("alternate", people)
        self.offer("function", BusinessFunction.objects.of(organization))
        self.offer("touchpoints", _touchpoints(organization, kept=seat and seat.touchpoints))

    def values(self) -> SeatValues:
        typed = dict(self.cleaned_data)
        typed["touchpoints"] = tuple(typed["touchpoints"])
        return SeatValues(**typed)


class VoteForm(StyledForm):
    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you ask for changes or reject, so that the owner can act on it."),
    )
    revision_digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seat = forms.ModelChoiceField(
        label=_("Your seat"), queryset=Member.objects.none(), required=False, empty_label=None
    )

    def __init__(self, *args: Any, seats: tuple[Member, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = Member.objects.filter(  # type: ignore[attr-defined]
            pk__in=[seat.pk for seat in seats]
        ).select_related("membership__user")
        if len(seats) < 2:
            self.fields["seat"].widget = forms.HiddenInput()


class SubmitForm(StyledForm):
    due_on = forms.DateField(label=_("Votes wanted by"), required=False, widget=DateInput)


class NoteForm(StyledForm):
    note = forms.CharField(label=_("Why"), required=False, max_length=1000)


class DayForm(StyledForm):
    on = forms.DateField(label=_("On"), widget=DateInput)


class UpdateForm(StyledForm):
    color = forms.ChoiceField(label=_("How does it stand?"), choices=RiskColor, initial=RiskColor.GREEN)
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 2}))


class MilestoneForm(StyledForm):
    title = forms.CharField(label=_("Step"), max_length=140)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput)


class MoveForm(StyledForm):
    to = forms.ChoiceField(choices=InitiativeState)
    note = forms.CharField(label=_("Why"), required=False, max_length=1000)


class InitiativeFilterForm(_Scoped):
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
        label=_("Owner"), required=False, queryset=Membership.objects.none(), empty_label=_("Anybody")
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


def _touchpoints(organization: Organization, *, kept: Any) -> Any:
    """Those in use, and those that are chosen already: saving does not drop an archived one."""
    before = () if kept is None else kept.values("pk")
    return Touchpoint.objects.of(organization).filter(Q(is_archived=False) | Q(pk__in=before))


def _people(organization: Organization) -> Any:
    return (
        Membership.objects.of(organization)
        .active()
        .select_related("user")
        .order_by("user__name", "user__email")
    )


def _initiative_initial(initiative: Initiative) -> dict[str, Any]:
    names = (
        "title",
        "problem",
        "proposal",
        "one_off_cost",
        "yearly_cost",
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


def _seat_initial(seat: Member) -> dict[str, date | Any]:
    names = ("title", "has_vote", "is_chair", "starts_on", "ends_on")
    return {
        **{name: getattr(seat, name) for name in names},
        "membership": seat.membership_id,
        "function": seat.function_id,
        "alternate": seat.alternate_id,
        "touchpoints": list(seat.touchpoints.values_list("pk", flat=True)),
    }

"""The coalition's shape in the API. Money and effects are decimal strings; touchpoints go by key."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.models import BusinessFunction, Membership
from coalition.choices import Choice, Direction, InitiativeState, UnitSelection
from coalition.models import (
    Decision,
    EvaluationPlan,
    Initiative,
    InitiativeAmendment,
    InitiativeStateChange,
    Seat,
)
from coalition.selectors import RoundStanding, Visibility, plan_of
from coalition.services import InitiativeValues, PlanValues, SeatValues
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint

Keys = serializers.SlugRelatedField


class _Written(serializers.Serializer[Any]):
    """Values that a service takes. Choices are the organization's; absent fields stay as they are."""

    scoped: dict[str, Any] = {}

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        member = self.context.get("member")
        for name, model in self.scoped.items():
            field: Any = getattr(found[name], "child_relation", found[name])
            field.queryset = model.objects.none() if member is None else model.objects.of(member.organization)
        return found


class PlanSerializer(serializers.ModelSerializer[EvaluationPlan]):
    metric: "Keys[MetricDefinition]" = Keys(slug_field="key", read_only=True)
    comparison_touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)

    class Meta:
        model = EvaluationPlan
        fields = [
            "metric",
            "comparison_touchpoints",
            "segment",
            "period",
            "baseline_from",
            "lag_periods",
            "review_on",
            "direction",
            "expected_effect",
            "smallest_worthwhile_effect",
            "selection",
            "is_seasonal",
            "decision_rule",
            "fixed_digest",
            "fixed_at",
            "changed_after_approval_at",
        ]


class InitiativeSerializer(serializers.ModelSerializer[Initiative]):
    reference = serializers.CharField(read_only=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True)
    touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)

    class Meta:
        model = Initiative
        fields = [
            "number",
            "reference",
            "title",
            "problem",
            "proposal",
            "state",
            "owner",
            "touchpoints",
            "one_off_cost",
            "yearly_cost",
            "expected_benefit",
            "effort_days",
            "planned_go_live_on",
            "went_live_on",
            "completed_on",
            "practice",
            "lock_version",
            "created_at",
        ]


class InitiativeWriteSerializer(_Written):
    """`lock_version` is needed for a change: the one that was read. `reason`: once it was approved. Once the
    work has begun only `owner` and `planned_go_live_on` change, as dated entries."""

    scoped = {"owner": Membership, "touchpoints": Touchpoint}

    title = serializers.CharField(max_length=140)
    problem = serializers.CharField(required=False, allow_blank=True, default="")
    proposal = serializers.CharField(required=False, allow_blank=True, default="")
    owner: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False
    )
    touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    one_off_cost = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, default=Decimal(0))
    yearly_cost = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, default=Decimal(0))
    expected_benefit = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    effort_days = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True, default=None
    )
    planned_go_live_on = serializers.DateField(required=False, allow_null=True, default=None)
    lock_version = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True)

    def values(self, member: Membership, initiative: Initiative | None = None) -> InitiativeValues:
        known: dict[str, Any] = {"owner": member}
        if initiative is not None:
            known = {
                item.name: getattr(initiative, item.name)
                for item in fields(InitiativeValues)
                if item.name != "touchpoints"
            }
            known["touchpoints"] = tuple(initiative.touchpoints.all())
        return InitiativeValues(**{**known, **_named(InitiativeValues, self.validated_data)})


class PlanWriteSerializer(_Written):
    """`metric` is the key of a metric; its newest version is meant."""

    scoped = {"comparison_touchpoints": Touchpoint}

    metric = serializers.SlugField(max_length=40)
    comparison_touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    period = serializers.ChoiceField(choices=Period.choices, required=False)
    baseline_from = serializers.DateField(required=False, allow_null=True)
    lag_periods = serializers.IntegerField(min_value=0, max_value=52, required=False)
    review_on = serializers.DateField(required=False, allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    expected_effect = serializers.DecimalField(
        max_digits=8, decimal_places=2, required=False, allow_null=True
    )
    smallest_worthwhile_effect = serializers.DecimalField(max_digits=8, decimal_places=2, required=False)
    selection = serializers.ChoiceField(choices=UnitSelection.choices, required=False)
    is_seasonal = serializers.BooleanField(required=False)
    decision_rule = serializers.CharField(required=False, allow_blank=True)
    lock_version = serializers.IntegerField()
    reason = serializers.CharField(required=False, allow_blank=True)

    def validate_metric(self, key: str) -> MetricDefinition:
        member = self.context["member"]
        found: MetricDefinition | None = (
            MetricDefinition.objects.of(member.organization).filter(key=key).order_by("-version").first()
        )
        if found is None:
            raise serializers.ValidationError("There is no metric with this key.")
        return found

    def values(self, initiative: Initiative) -> PlanValues:
        plan, known = plan_of(initiative), dict[str, Any]()
        if plan is not None:
            known = {
                item.name: getattr(plan, item.name)
                for item in fields(PlanValues)
                if item.name != "comparison_touchpoints"
            }
            known["comparison_touchpoints"] = tuple(plan.comparison_touchpoints.all())
        return PlanValues(**{**known, **_named(PlanValues, self.validated_data)})


class SubmitSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class VoteSerializer(serializers.Serializer[Any]):
    """`revision_digest` is that of the version the voter read; `seat` only for who may speak for several."""

    choice = serializers.ChoiceField(choices=Choice.choices)
    comment = serializers.CharField(required=False, allow_blank=True, default="")
    revision_digest = serializers.CharField(max_length=64)
    seat = serializers.IntegerField(required=False, allow_null=True, default=None)


class TransitionSerializer(serializers.Serializer[Any]):
    """`on` goes with `live` and `completed`; `note` says why where that is asked. `live` with another day for
    what has gone live corrects the day."""

    to = serializers.ChoiceField(choices=InitiativeState.choices)
    on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class AmendmentSerializer(serializers.ModelSerializer[InitiativeAmendment]):
    """One dated change beside the approved content. `before` and `after`: a name, a day, or day and step."""

    by = serializers.IntegerField(source="by_id", read_only=True)

    class Meta:
        model = InitiativeAmendment
        fields = ["field", "before", "after", "reason", "by", "at"]


class StateChangeSerializer(serializers.ModelSerializer[InitiativeStateChange]):
    by = serializers.IntegerField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = InitiativeStateChange
        fields = ["from_state", "to_state", "by", "at", "note"]


class SeatVoteSerializer(serializers.Serializer[Any]):
    seat = serializers.IntegerField(source="seat.pk")
    title = serializers.CharField(source="seat.title")
    person = serializers.CharField(source="seat.membership")
    has_voted = serializers.BooleanField()
    choice = serializers.CharField()
    comment = serializers.CharField()
    by_alternate = serializers.BooleanField()
    cast_at = serializers.DateTimeField(allow_null=True)


class StandingSerializer(serializers.Serializer[RoundStanding]):
    """Where a vote stands. `outcome` is null while it is open. While `is_hidden`, the reader sees who has
    voted, not what was said: `choice` and `comment` of others are empty."""

    sentence = serializers.CharField()
    revision_digest = serializers.CharField(source="round.revision.digest")
    due_on = serializers.DateField(source="round.due_on", allow_null=True)
    eligible = serializers.IntegerField(source="tally.eligible")
    present = serializers.IntegerField(source="tally.present")
    quorum = serializers.IntegerField(source="tally.quorum")
    needed = serializers.IntegerField(source="tally.needed")
    is_hidden = serializers.BooleanField()
    outcome = serializers.CharField(allow_null=True)
    votes = SeatVoteSerializer(many=True)


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    initiative = serializers.IntegerField(source="initiative.number", read_only=True)

    class Meta:
        model = Decision
        fields = ["id", "initiative", "outcome", "ending", "content_digest", "tally", "decided_at"]


class VisibilitySerializer(serializers.Serializer[Visibility]):
    """ "Could we detect the effect?" `smallest` is in the unit in which effects are typed."""

    answer = serializers.CharField()
    headline = serializers.CharField()
    sentence = serializers.CharField()
    grade = serializers.CharField()
    method = serializers.CharField()
    smallest = serializers.FloatField(allow_null=True)
    answers_per_period = serializers.IntegerField(allow_null=True)


class SeatSerializer(serializers.ModelSerializer[Seat]):
    person = serializers.CharField(source="membership", read_only=True)
    membership = serializers.IntegerField(source="membership_id", read_only=True)
    alternate = serializers.IntegerField(source="alternate_id", read_only=True, allow_null=True)
    function: "Keys[BusinessFunction]" = Keys(slug_field="key", read_only=True)
    touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)

    class Meta:
        model = Seat
        fields = [
            "id",
            "title",
            "person",
            "membership",
            "function",
            "touchpoints",
            "alternate",
            "is_chair",
            "has_vote",
            "starts_on",
            "ends_on",
        ]


class SeatWriteSerializer(_Written):
    scoped = {
        "membership": Membership,
        "alternate": Membership,
        "function": BusinessFunction,
        "touchpoints": Touchpoint,
    }

    membership: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none()
    )
    title = serializers.CharField(max_length=120)
    function: "Keys[BusinessFunction]" = Keys(
        slug_field="key", queryset=BusinessFunction.objects.none(), required=False, allow_null=True
    )
    touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    alternate: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False, allow_null=True
    )
    is_chair = serializers.BooleanField(required=False)
    has_vote = serializers.BooleanField(required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)

    def values(self, seat: Seat | None = None) -> SeatValues:
        known: dict[str, Any] = {}
        if seat is not None:
            known = {
                item.name: getattr(seat, item.name)
                for item in fields(SeatValues)
                if item.name != "touchpoints"
            }
            known["touchpoints"] = tuple(seat.touchpoints.all())
        return SeatValues(**{**known, **_named(SeatValues, self.validated_data)})


def _named(values: type, sent: dict[str, Any]) -> dict[str, Any]:
    """Of what was sent, the fields of the service's values; lists become tuples."""
    names = {item.name for item in fields(values)}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in sent.items()
        if name in names
    }

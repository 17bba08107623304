"""The coalition's shape in the API. Money and effects are decimal strings; touchpoints go by key."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import BusinessFunction, Membership
from coalition.choices import Choice, InitiativeState, NoVote
from coalition.fields import INITIATIVE, PLAN, SEAT, InitiativeValues, PlanValues, SeatValues
from coalition.models import (
    Decision,
    EvaluationPlan,
    Initiative,
    InitiativeAmendment,
    InitiativeStateChange,
    Seat,
    TouchpointLot,
)
from coalition.selectors import (
    RoundStanding,
    SeatNow,
    Visibility,
    plan_of,
    seat_now,
    segment_warning,
    tally_shown,
    unmoved_warning,
    week_begins_of,
)
from coalition.services import Steps
from common.api import DECLARED, DeclaredReading, DeclaredSerializer
from common.fields import Use
from common.strict import KnownFields
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint

Keys = serializers.SlugRelatedField


class _Written(DeclaredSerializer):
    """Values that a service takes. Choices are the organization's; absent fields stay as they are."""

    scoped: dict[str, Any] = {}

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        member = self.context.get("member")
        for name, model in self.scoped.items():
            field: Any = getattr(found[name], "child_relation", found[name])
            rows: Any = model.objects.none() if member is None else model.objects.of(member.organization)
            # a key of before a merge means the touchpoint that was kept
            field.queryset = rows.standing() if model is Touchpoint else rows
        return found

    def named(self) -> dict[str, Any]:
        """Of what was sent, the declared fields; lists become tuples."""
        names = self.table.names(Use.API_WRITE)
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.validated_data.items()
            if name in names
        }


class PlanSerializer(DeclaredReading[EvaluationPlan]):
    table = PLAN

    metric: "Keys[MetricDefinition]" = Keys(slug_field="key", read_only=True)
    comparison_touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)
    spillover_touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)
    unmoved_metric: "Keys[MetricDefinition]" = Keys(slug_field="key", read_only=True, allow_null=True)

    week_begins = serializers.SerializerMethodField(
        help_text="First day of its weeks, 0 for Monday, 6 for Sunday: that of the organization until the "
        "plan is fixed, which keeps it. Null where it is not measured by week."
    )
    warnings = serializers.SerializerMethodField()
    lock_version = serializers.IntegerField(
        source="initiative.lock_version",
        read_only=True,
        help_text="A change sends it back. It is that of the initiative.",
    )

    class Meta:
        model = EvaluationPlan
        fields = [
            DECLARED,
            "fixed_digest",
            "fixed_at",
            "changed_after_approval_at",
            "week_begins",
            "warnings",
            "lock_version",
        ]

    def get_week_begins(self, plan: EvaluationPlan) -> int | None:
        return week_begins_of(plan)

    def get_warnings(self, plan: EvaluationPlan) -> list[str]:
        """What may be a slip and is no error: a segment that no answer carries yet, a metric that should stay
        and has no answer where the initiative acts."""
        return [text for text in [segment_warning(plan), unmoved_warning(plan)] if text]


class InitiativeSerializer(DeclaredReading[Initiative]):
    table = INITIATIVE

    reference = serializers.CharField(read_only=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True)
    touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)

    class Meta:
        model = Initiative
        fields = [
            "number",
            "reference",
            "state",
            DECLARED,
            "went_live_on",
            "completed_on",
            "practice",
            "lock_version",
            "created_at",
        ]


class InitiativeWriteSerializer(_Written):
    """`lock_version` is needed for a change: the one that was read. `reason`: once it was approved. Once the
    work has begun only `owner` and `planned_go_live_on` change, as dated entries."""

    table = INITIATIVE
    scoped = {"owner": Membership, "touchpoints": Touchpoint}

    owner: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False
    )
    touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    lock_version = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True)

    def values(self, member: Membership, initiative: Initiative | None = None) -> InitiativeValues:
        owner = {"owner": member} if initiative is None else {}
        return INITIATIVE.values_of(initiative, **{**owner, **self.named()})


class PlanWriteSerializer(_Written):
    """`metric` is the key of a metric; its newest version is meant. `lock_version`: the one that was read; 0
    where there is no plan yet."""

    table = PLAN
    says_defaults = False
    scoped = {"comparison_touchpoints": Touchpoint, "spillover_touchpoints": Touchpoint}

    metric = serializers.SlugField(max_length=40)
    comparison_touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    spillover_touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    unmoved_metric = serializers.SlugField(max_length=40, required=False, allow_null=True)
    lock_version = serializers.IntegerField()
    reason = serializers.CharField(required=False, allow_blank=True)

    def validate_unmoved_metric(self, key: str | None) -> MetricDefinition | None:
        return None if key is None else self.validate_metric(key)

    def validate_metric(self, key: str) -> MetricDefinition:
        member = self.context["member"]
        found: MetricDefinition | None = (
            MetricDefinition.objects.of(member.organization).filter(key=key).order_by("-version").first()
        )
        if found is None:
            raise serializers.ValidationError("There is no metric with this key.")
        return found

    def state_read(self, initiative: Initiative) -> int:
        """The `lock_version` that the program goes by: 0 is that of a plan that there is not."""
        sent: int = self.validated_data["lock_version"]
        return initiative.lock_version if sent == 0 and plan_of(initiative) is None else sent

    def values(self, initiative: Initiative) -> PlanValues:
        return PLAN.values_of(plan_of(initiative), **self.named())


class SubmitSerializer(KnownFields, serializers.Serializer[Any]):
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class VoteSerializer(KnownFields, serializers.Serializer[Any]):
    """`revision_digest` is that of the version the voter read; `seat` only for who may speak for several."""

    choice = serializers.ChoiceField(choices=Choice.choices)
    comment = serializers.CharField(required=False, allow_blank=True, default="")
    revision_digest = serializers.CharField(max_length=64)
    seat = serializers.IntegerField(required=False, allow_null=True, default=None)


class TransitionSerializer(KnownFields, serializers.Serializer[Any]):
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
    """Where a vote stands. `outcome` is null while it is open; `four_eyes` says whose vote an approval needs.
    While `is_hidden`, the reader sees who has voted, not what was said: `choice` and `comment` of others are
    empty."""

    sentence = serializers.CharField()
    revision_digest = serializers.CharField(source="round.revision.digest")
    due_on = serializers.DateField(source="round.due_on", allow_null=True)
    eligible = serializers.IntegerField(source="tally.eligible")
    present = serializers.IntegerField(source="tally.present")
    quorum = serializers.IntegerField(source="tally.quorum")
    needed = serializers.IntegerField(source="tally.needed")
    is_hidden = serializers.BooleanField()
    four_eyes = serializers.CharField()
    outcome = serializers.CharField(allow_null=True)
    votes = SeatVoteSerializer(many=True)


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """What was decided. `is_without_independent_vote`: approved, and nobody who could vote was independent of
    those who proposed it. Of a withdrawn vote `tally` says who voted, and what they said once the coalition
    has come to an end with the initiative."""

    initiative = serializers.IntegerField(source="initiative.number", read_only=True)
    is_without_independent_vote = serializers.BooleanField(read_only=True)

    class Meta:
        model = Decision
        fields = [
            "id",
            "initiative",
            "outcome",
            "is_without_independent_vote",
            "ending",
            "content_digest",
            "tally",
            "decided_at",
        ]

    def to_representation(self, instance: Decision) -> dict[str, Any]:
        return {**super().to_representation(instance), "tally": tally_shown(instance)}


class VisibilitySerializer(serializers.Serializer[Visibility]):
    """ "Could we detect the effect?" `smallest` is in the unit in which effects are typed."""

    answer = serializers.CharField()
    headline = serializers.CharField()
    sentence = serializers.CharField()
    grade = serializers.CharField()
    method = serializers.CharField()
    smallest = serializers.FloatField(allow_null=True)
    answers_per_period = serializers.IntegerField(allow_null=True)


class SeatSerializer(DeclaredReading[Seat]):
    table = SEAT

    person = serializers.CharField(source="membership", read_only=True)
    membership = serializers.IntegerField(source="membership_id", read_only=True)
    alternate = serializers.IntegerField(source="alternate_id", read_only=True, allow_null=True)
    function: "Keys[BusinessFunction]" = Keys(slug_field="key", read_only=True)
    touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, read_only=True)

    can_vote = serializers.SerializerMethodField()
    voter = serializers.SerializerMethodField()
    no_vote_because = serializers.SerializerMethodField()

    class Meta:
        model = Seat
        fields = ["id", "person", DECLARED, "can_vote", "voter", "no_vote_because"]

    def get_can_vote(self, seat: Seat) -> bool:
        """Whether somebody would vote for the seat in a vote that opens today."""
        return self._now(seat).can_vote

    def get_voter(self, seat: Seat) -> int | None:
        """The member who would: the person, or the alternate where the person cannot."""
        voter = self._now(seat).voter
        return voter.pk if voter else None

    @extend_schema_field({"type": "string", "enum": ["", *NoVote.values]})
    def get_no_vote_because(self, seat: Seat) -> str:
        """Why the person does not vote for it: the seat has no vote, its term is over or has not begun, the
        person has no access any more, or a role that does not allow voting."""
        return self._now(seat).why_no_vote

    def _now(self, seat: Seat) -> SeatNow:
        return seat_now(seat, seat.coalition.organization.clock.today())


class SeatWriteSerializer(_Written):
    """`accepts_consequences` is needed where open votes would end or lose a voter with the term."""

    table = SEAT
    says_defaults = False
    scoped = {
        "membership": Membership,
        "alternate": Membership,
        "function": BusinessFunction,
        "touchpoints": Touchpoint,
    }

    membership: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none()
    )
    function: "Keys[BusinessFunction]" = Keys(
        slug_field="key", queryset=BusinessFunction.objects.none(), required=False, allow_null=True
    )
    touchpoints: "Keys[Touchpoint]" = Keys(
        slug_field="key", many=True, queryset=Touchpoint.objects.none(), required=False
    )
    alternate: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False, allow_null=True
    )

    accepts_consequences = serializers.BooleanField(required=False, default=False)

    def values(self, seat: Seat | None = None) -> SeatValues:
        return SEAT.values_of(seat, **self.named())


class SeatEndSerializer(KnownFields, serializers.Serializer[Any]):
    """`accepts_consequences` is needed where open votes would end or lose a voter: without it the answer is
    409, `consequences_not_accepted`, and says which."""

    accepts_consequences = serializers.BooleanField(required=False, default=False)


class StepsSerializer(KnownFields, serializers.Serializer[Any]):
    """Starts that a lot gives: the first day, which begins a period of the plan, on how many days, and how
    many periods apart."""

    first = serializers.DateField()
    count = serializers.IntegerField(min_value=1)
    periods = serializers.IntegerField(min_value=1, required=False, default=1)

    def validate(self, attrs: Any) -> Any:
        return Steps(**attrs)


class StartSerializer(KnownFields, serializers.Serializer[Any]):
    """A touchpoint, by key, that started on another day than the lot gave, and why."""

    touchpoint = serializers.SlugField(max_length=80)
    on = serializers.DateField()
    reason = serializers.CharField()


class StartReadSerializer(serializers.Serializer[Any]):
    """When a touchpoint got the initiative: as drawn, or as recorded since."""

    touchpoint = serializers.CharField(source="key")
    name = serializers.CharField()
    on = serializers.DateField(source="day")


class LotRequestSerializer(KnownFields, serializers.Serializer[Any]):
    """Touchpoints by key: those that could get the initiative, and how many do. With `steps` the lot says
    when each of them starts; then all of them may get it."""

    touchpoints: "Keys[Touchpoint]" = Keys(slug_field="key", many=True, queryset=Touchpoint.objects.none())
    takes = serializers.IntegerField(min_value=1)
    steps = StepsSerializer(required=False, allow_null=True, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member := self.context.get("member"):
            of_member = Touchpoint.objects.of(member.organization)
            self.fields["touchpoints"].child_relation.queryset = of_member  # type: ignore[attr-defined]


class LotSerializer(serializers.ModelSerializer[TouchpointLot]):
    """One lot. Order the keys by the SHA-256 of "<seed>:<key>": the first `takes` are `drawn`. `steps`:
    starting days, each with how many of `drawn` start then, in their order."""

    touchpoints = serializers.SerializerMethodField(help_text="Keys that it was drawn from.")
    drawn = serializers.ListField(child=serializers.CharField(), read_only=True)
    steps = serializers.ListField(child=serializers.ListField(), read_only=True)
    by = serializers.CharField(read_only=True)
    state = serializers.SerializerMethodField(
        help_text="kept, redrawn, changed, left or unsound: all but kept cost the design grade of chance."
    )

    class Meta:
        model = TouchpointLot
        fields = [
            "number",
            "touchpoints",
            "takes",
            "steps",
            "drawn",
            "seed",
            "list_digest",
            "state",
            "by",
            "at",
        ]
        read_only_fields = fields

    def get_touchpoints(self, lot: TouchpointLot) -> list[str]:
        return [key for key, _name in lot.touchpoints]

    def get_state(self, lot: TouchpointLot) -> str:
        return str(self.context["view"].state)

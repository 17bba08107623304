"""Studies and values in the API. Findings are what the engine said, with the sentence that may be said."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.jobs import JobState
from common.strict import KnownFields
from impact.choices import Recomputed, SignOff
from impact.findings import finding_of
from impact.models import RoiCase, Study
from impact.selectors import break_even_of, go_live_history, latest_case, study_subject
from impact.wording import verdict_sentence


class StudySerializer(serializers.ModelSerializer[Study]):
    initiative = serializers.CharField(source="initiative.reference", read_only=True)
    state = serializers.CharField(source="job_state", read_only=True)
    is_of_other_engine = serializers.BooleanField(
        read_only=True,
        help_text="Computed with another version of the engine than today's; it stays as it is.",
    )

    class Meta:
        model = Study
        fields = [
            "id",
            "initiative",
            "number",
            "state",
            "progress",
            "failure",
            "data_cutoff",
            "go_live",
            "grade",
            "verdict",
            "plan_digest",
            "input_digest",
            "engine_version",
            "is_of_other_engine",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class GoLiveMoveSerializer(serializers.Serializer[Any]):
    """One correction of the go-live day."""

    at = serializers.DateTimeField()
    before = serializers.DateField()
    after = serializers.DateField()
    by = serializers.CharField()
    reason = serializers.CharField()
    result_known = serializers.BooleanField(help_text="A study had given an effect by then.")


class StudyRunSerializer(serializers.Serializer[Any]):
    """One finished study in a line."""

    number = serializers.IntegerField()
    go_live = serializers.DateField(allow_null=True)
    data_cutoff = serializers.DateField()
    finished_at = serializers.DateTimeField(allow_null=True)
    grade = serializers.CharField()
    verdict = serializers.CharField()
    effect = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Value, low and high; null without one."
    )


class GoLiveHistorySerializer(serializers.Serializer[Any]):
    """Every correction of the go-live day, oldest first, and every study that was run on the plan."""

    moves = GoLiveMoveSerializer(many=True)
    studies = StudyRunSerializer(many=True)


class StudyDetailSerializer(StudySerializer):
    """With the finding, the inputs it was computed from, and its sentence."""

    sentence = serializers.SerializerMethodField()
    roi_case = serializers.SerializerMethodField(help_text="Id of its value that counts, or null.")
    go_live_history = serializers.SerializerMethodField(
        help_text="Of its initiative; null where the go-live was never corrected."
    )
    finding = serializers.JSONField(read_only=True)
    inputs = serializers.JSONField(read_only=True)

    class Meta(StudySerializer.Meta):
        fields = [
            *StudySerializer.Meta.fields,
            "sentence",
            "roi_case",
            "go_live_history",
            "finding",
            "inputs",
        ]
        read_only_fields = fields

    def get_roi_case(self, study: Study) -> int | None:
        case = latest_case(study)
        return case.pk if case is not None else None

    @extend_schema_field(GoLiveHistorySerializer(allow_null=True))
    def get_go_live_history(self, study: Study) -> dict[str, Any] | None:
        history = go_live_history(study.initiative)
        return None if history is None else dict(GoLiveHistorySerializer(history).data)

    def get_sentence(self, study: Study) -> str:
        return verdict_sentence(study_subject(study), finding_of(study.finding)) if study.finding else ""


class StudyRequestSerializer(KnownFields, serializers.Serializer[Any]):
    initiative = serializers.IntegerField(help_text="Number of the initiative: 7 for INI-7.")
    data_cutoff = serializers.DateField(help_text="Last day whose answers count.")


class RecomputationSerializer(serializers.Serializer[Any]):
    """What the stored inputs give today. `finding` is null where the inputs are not those of their digest."""

    outcome = serializers.ChoiceField(choices=Recomputed.values)
    is_of_other_engine = serializers.BooleanField(help_text="Another engine computed the stored finding.")
    engine_version = serializers.CharField(help_text="Of today's engine, which computed this.")
    stored_engine_version = serializers.CharField()
    input_digest = serializers.CharField(help_text="Of the inputs as they are stored now.")
    sentence = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField(), help_text="What to do; empty if nothing.")
    finding = serializers.JSONField(allow_null=True)


class DisputeSerializer(serializers.Serializer[Any]):
    """What finance said of the value before."""

    by = serializers.CharField(source="who")
    at = serializers.DateTimeField(source="on")
    comment = serializers.CharField(source="words")


class RoiCaseSerializer(serializers.ModelSerializer[RoiCase]):
    # The context has `disputes`: initiative id -> impact.selectors.Dispute; `without_reviewer`: ids of cases
    study: "serializers.PrimaryKeyRelatedField[Study]" = serializers.PrimaryKeyRelatedField(read_only=True)
    sign_off_by = serializers.CharField(source="sign_off_by.user.email", read_only=True, default=None)
    is_of_other_engine = serializers.BooleanField(
        read_only=True,
        help_text="Computed with another version of the engine than today's; it stays as it is.",
    )
    disputed_before = serializers.SerializerMethodField(
        help_text="Finance's dispute of an earlier value of the initiative, until finance signs or disputes "
        "this one: do not rely on this value. Else null."
    )

    line_words = serializers.JSONField(
        read_only=True,
        help_text="Of several benefits: number of the benefit -> finance's word (state, comment, by, "
        "at). `sign_off` is signed once each is signed, and disputed as long as one is.",
    )
    break_even = serializers.SerializerMethodField(
        help_text="The effect at which it pays for itself, in words: or that none does, or that so much is "
        "not left of the metric's scale. The figure alone is in `result`."
    )

    def get_break_even(self, case: RoiCase) -> str:
        return break_even_of(case)

    has_no_reviewer = serializers.SerializerMethodField(
        help_text="No finance reviewer of the organization can review this value: invite or name another."
    )

    def get_has_no_reviewer(self, case: RoiCase) -> bool:
        return case.pk in self.context["without_reviewer"]

    @extend_schema_field(DisputeSerializer(allow_null=True))
    def get_disputed_before(self, case: RoiCase) -> dict[str, Any] | None:
        dispute = self.context["disputes"].get(case.study.initiative_id)
        standing = dispute and dispute.over(case)
        return None if standing is None else DisputeSerializer(standing).data

    class Meta:
        model = RoiCase
        fields = [
            "id",
            "study",
            "number",
            "is_scenario_only",
            "inputs",
            "result",
            "engine_version",
            "is_of_other_engine",
            "input_digest",
            "computed_at",
            "current_since",
            "sign_off",
            "sign_off_comment",
            "sign_off_by",
            "sign_off_at",
            "line_words",
            "disputed_before",
            "has_no_reviewer",
            "break_even",
        ]
        read_only_fields = fields


class RoiCaseLineSerializer(RoiCaseSerializer):
    """A case in a list: without what it was computed from, and what came out."""

    initiative = serializers.CharField(source="study.initiative.reference", read_only=True)

    class Meta(RoiCaseSerializer.Meta):
        fields = [
            "id",
            "initiative",
            *(
                name
                for name in RoiCaseSerializer.Meta.fields
                if name not in {"id", "inputs", "result", "break_even"}
            ),
        ]
        read_only_fields = fields


class RoiCaseRequestSerializer(KnownFields, serializers.Serializer[Any]):
    study = serializers.IntegerField(help_text="Id of a finished study.")


class SignOffSerializer(KnownFields, serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=[SignOff.SIGNED.value, SignOff.DISPUTED.value])
    line = serializers.CharField(
        max_length=4,
        required=False,
        allow_blank=True,
        default="",
        help_text="Number of one benefit of a value of several (1 is the first); all of them if empty.",
    )
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    sign_off_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="The `sign_off_at` that was read: a later review is not written over, and "
        "this answers 409.",
    )


class DriverSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    share = serializers.FloatField(allow_null=True)
    share_low = serializers.FloatField(allow_null=True)
    share_high = serializers.FloatField(allow_null=True)
    correlation = serializers.FloatField()
    correlation_low = serializers.FloatField()
    correlation_high = serializers.FloatField()
    is_distinguishable = serializers.BooleanField(allow_null=True)
    is_suppressed = serializers.BooleanField(allow_null=True)
    letters = serializers.CharField(allow_blank=True)
    reading = serializers.CharField(allow_blank=True)
    n = serializers.IntegerField()


class DriversRequestSerializer(KnownFields, serializers.Serializer[Any]):
    outcome = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="One of `outcomes`; else the overall one.",
    )


class DriversSerializer(serializers.Serializer[Any]):
    """Association within one survey; `refusal` says why there is nothing.

    The figures are those of the last analysis that finished; `state` is that of the newest one. `is_current`:
    they hold for the answers as they are now.
    """

    state = serializers.ChoiceField(choices=["none", *JobState.values])
    progress = serializers.IntegerField()
    is_current = serializers.BooleanField()
    computed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)
    outcomes = serializers.ListField(child=serializers.CharField())
    sentence = serializers.CharField(allow_blank=True)
    refusal = serializers.CharField(allow_blank=True)
    shares_refusal = serializers.CharField(allow_blank=True)
    notes = serializers.ListField(child=serializers.CharField())
    customers = serializers.IntegerField()
    drivers = DriverSerializer(many=True)


class LinkedUnitSerializer(serializers.Serializer[Any]):
    """A function that owns touchpoints; `why` says why it is left out."""

    name = serializers.CharField()
    driver = serializers.FloatField(allow_null=True)
    customer = serializers.FloatField(allow_null=True)
    answers = serializers.IntegerField(help_text="Of customers.")
    touchpoints = serializers.IntegerField()
    why = serializers.CharField(allow_blank=True)


class DriverLinkSerializer(serializers.Serializer[Any]):
    """Rank correlation over functions, -1 to 1; `stands_out` after Holm's correction for all drivers."""

    key = serializers.CharField()
    name = serializers.CharField()
    units = serializers.IntegerField()
    correlation = serializers.FloatField(source="found.estimate.value", allow_null=True, default=None)
    low = serializers.FloatField(source="found.estimate.interval.low", allow_null=True, default=None)
    high = serializers.FloatField(source="found.estimate.interval.high", allow_null=True, default=None)
    p_value = serializers.FloatField(source="found.p_value", allow_null=True, default=None)
    stands_out = serializers.BooleanField()
    refusal = serializers.CharField(allow_blank=True)


class LaggedLinkSerializer(serializers.Serializer[Any]):
    """Change of the metric one wave later for one step of the driver, within functions."""

    slope = serializers.FloatField(source="slope.value")
    low = serializers.FloatField(source="slope.interval.low")
    high = serializers.FloatField(source="slope.interval.high")
    p_value = serializers.FloatField()
    units = serializers.IntegerField(source="slope.n")
    observations = serializers.IntegerField()


class EmployeeLinkSerializer(serializers.Serializer[Any]):
    """What goes with what, over functions: a description, and no part of any return.

    `smallest`: associations weaker than this would probably not have been seen with so many functions.
    """

    wave = serializers.IntegerField(source="wave.pk", allow_null=True, default=None)
    metric = serializers.CharField(source="metric.key", allow_null=True, default=None)
    metrics = serializers.ListField(child=serializers.CharField(), source="metric_keys")
    driver = serializers.CharField(source="driver.key", allow_null=True, default=None)
    sentence = serializers.CharField(allow_blank=True)
    refusal = serializers.CharField(allow_blank=True)
    smallest = serializers.FloatField(allow_null=True)
    drivers = DriverLinkSerializer(many=True)
    functions = LinkedUnitSerializer(many=True, source="units")
    later = LaggedLinkSerializer(allow_null=True)
    later_refusal = serializers.CharField(allow_blank=True)

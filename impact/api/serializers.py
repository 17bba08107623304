"""Studies and values in the API. Findings are what the engine said, with the sentence that may be said."""

from typing import Any

from rest_framework import serializers

from common.api import DeclaredSerializer
from common.fields import Use
from common.jobs import JobState
from impact.choices import SignOff
from impact.fields import COST, FRAME, PARAMETER, CostValues, ParameterValues
from impact.findings import finding_of
from impact.models import RoiCase, Study, ValueModel
from impact.selectors import study_subject
from impact.services.values import value_model_content
from impact.wording import verdict_sentence


class StudySerializer(serializers.ModelSerializer[Study]):
    initiative = serializers.CharField(source="initiative.reference", read_only=True)
    state = serializers.CharField(source="job_state", read_only=True)

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
            "grade",
            "verdict",
            "plan_digest",
            "input_digest",
            "engine_version",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class StudyDetailSerializer(StudySerializer):
    """With the finding, the inputs it was computed from, and its sentence."""

    sentence = serializers.SerializerMethodField()
    finding = serializers.JSONField(read_only=True)
    inputs = serializers.JSONField(read_only=True)

    class Meta(StudySerializer.Meta):
        fields = [*StudySerializer.Meta.fields, "sentence", "finding", "inputs"]
        read_only_fields = fields

    def get_sentence(self, study: Study) -> str:
        return verdict_sentence(study_subject(study), finding_of(study.finding)) if study.finding else ""


class StudyRequestSerializer(serializers.Serializer[Any]):
    initiative = serializers.IntegerField(help_text="Number of the initiative: 7 for INI-7.")
    data_cutoff = serializers.DateField(help_text="Last day whose answers count.")


class ParameterSerializer(DeclaredSerializer):
    table = PARAMETER

    key = serializers.SlugField(max_length=PARAMETER["key"].column.max_length)
    arguments = serializers.ListField(child=serializers.FloatField(), min_length=1, max_length=3)


class CostSerializer(DeclaredSerializer):
    table = COST


class ValueModelSerializer(DeclaredSerializer):
    """The same shape in and out; shares between 0 and 1."""

    table = FRAME

    parameters = ParameterSerializer(many=True)
    costs = CostSerializer(many=True, required=False, default=list)

    def to_representation(self, instance: ValueModel) -> dict[str, Any]:
        return value_model_content(instance, Use.API_READ)

    def arguments_of_service(self) -> dict[str, Any]:
        data = dict(self.validated_data)
        data["parameters"] = [
            ParameterValues(**{**row, "arguments": tuple(row["arguments"])}) for row in data["parameters"]
        ]
        data["costs"] = [CostValues(**row) for row in data["costs"]]
        return data


class RoiCaseSerializer(serializers.ModelSerializer[RoiCase]):
    study: "serializers.PrimaryKeyRelatedField[Study]" = serializers.PrimaryKeyRelatedField(read_only=True)
    sign_off_by = serializers.CharField(source="sign_off_by.user.email", read_only=True, default=None)

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
            "input_digest",
            "computed_at",
            "current_since",
            "sign_off",
            "sign_off_comment",
            "sign_off_by",
            "sign_off_at",
        ]
        read_only_fields = fields


class RoiCaseRequestSerializer(serializers.Serializer[Any]):
    study = serializers.IntegerField(help_text="Id of a finished study.")


class SignOffSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=[SignOff.SIGNED.value, SignOff.DISPUTED.value])
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


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


class DriversRequestSerializer(serializers.Serializer[Any]):
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

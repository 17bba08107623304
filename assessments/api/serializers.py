"""Shapes of assessments in the API."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from assessments.choices import (
    DEFAULT_GROUP,
    LEAST_GROUP,
    LEVELS,
    MOST_COMMENT_CHARACTERS,
    MOST_GROUP,
    MOST_LINK_CHARACTERS,
    AnswerStatus,
    Confidence,
)
from assessments.models import (
    Answer,
    Assessment,
    ConsensusLevel,
    FrameworkVersion,
    MaturityResult,
    Response,
)
from assessments.selectors import published_content
from common.strict import KnownFields


class FrameworkSerializer(serializers.ModelSerializer[FrameworkVersion]):
    is_own = serializers.SerializerMethodField()

    class Meta:
        model = FrameworkVersion
        fields = ["id", "key", "version", "kind", "name", "digest", "is_own", "published_at"]

    def get_is_own(self, version: FrameworkVersion) -> bool:
        return version.organization_id is not None


class FrameworkDetailSerializer(FrameworkSerializer):
    class Meta(FrameworkSerializer.Meta):
        fields = [*FrameworkSerializer.Meta.fields, "content"]


class FrameworkImportSerializer(KnownFields, serializers.Serializer[Any]):
    yaml = serializers.CharField(max_length=1_000_000, trim_whitespace=False, help_text="The whole file.")


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    title = serializers.CharField(source="label", read_only=True)
    framework = FrameworkSerializer(read_only=True)

    class Meta:
        model = Assessment
        fields = [
            "id",
            "title",
            "framework",
            "state",
            "is_private",
            "target_level",
            "minimum_group",
            "due_on",
            "previous",
            "opened_at",
            "closed_at",
        ]


class AssessmentWriteSerializer(KnownFields, serializers.Serializer[Any]):
    framework = serializers.PrimaryKeyRelatedField(queryset=FrameworkVersion.objects.none())
    title = serializers.CharField(max_length=120)
    target_level = serializers.DecimalField(
        max_digits=2, decimal_places=1, min_value=1, max_value=5, default=Decimal(4)
    )
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    previous = serializers.PrimaryKeyRelatedField(
        queryset=Assessment.objects.none(), required=False, allow_null=True, default=None
    )
    takes_part = serializers.BooleanField(default=False)
    perspective = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    minimum_group = serializers.IntegerField(
        min_value=LEAST_GROUP, max_value=MOST_GROUP, default=DEFAULT_GROUP
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if "frameworks" in self.context:
            fields["framework"].queryset = self.context["frameworks"]  # type: ignore[attr-defined]
            fields["previous"].queryset = self.context["rounds"]  # type: ignore[attr-defined]
        return fields


@extend_schema_serializer(component_name="AssessmentSeat")
class SeatSerializer(serializers.ModelSerializer[Response]):
    """How far a respondent is; never what they answered."""

    name = serializers.CharField(source="member.user.name", read_only=True)

    class Meta:
        model = Response
        fields = ["id", "member", "name", "perspective", "invited_at", "started_at", "submitted_at"]


@extend_schema_serializer(component_name="AssessmentInvitation")
class InvitationSerializer(KnownFields, serializers.Serializer[Any]):
    members = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=500
    )
    perspective = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class CloseSerializer(KnownFields, serializers.Serializer[Any]):
    leave_out_outstanding = serializers.BooleanField(default=False)


class ReasonSerializer(KnownFields, serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class ConsensusSerializer(KnownFields, serializers.Serializer[Any]):
    practice = serializers.CharField(max_length=80)
    level = serializers.ChoiceField(choices=LEVELS)
    reason = serializers.CharField(max_length=2000)
    agreed_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="The `agreed_at` that was read, null for none: a level that somebody recorded since is not "
        "written over, and this answers 409.",
    )


class ConsensusLevelSerializer(serializers.ModelSerializer[ConsensusLevel]):
    class Meta:
        model = ConsensusLevel
        fields = ["practice", "level", "reason", "agreed_by", "agreed_at"]


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ["practice", "status", "level", "confidence", "comment", "evidence_url", "saved_at"]


class AnswerWriteSerializer(KnownFields, serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=AnswerStatus.choices, default=AnswerStatus.ANSWERED)
    level = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    confidence = serializers.ChoiceField(
        choices=Confidence.choices, required=False, allow_blank=True, default=""
    )
    comment = serializers.CharField(
        max_length=MOST_COMMENT_CHARACTERS,
        required=False,
        allow_blank=True,
        default="",
        trim_whitespace=False,
    )
    evidence_url = serializers.CharField(
        max_length=MOST_LINK_CHARACTERS, required=False, allow_blank=True, default=""
    )


class LevelField(serializers.FloatField):
    """A level without the noise of binary fractions: 2.9, not 2.9000000000000004."""

    def to_representation(self, value: Any) -> Any:
        return _rounded(value)


def _rounded(value: Any) -> Any:
    """Every figure in `value`, however deep, to six decimals."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value


class ResultSerializer(serializers.ModelSerializer[MaturityResult]):
    title = serializers.CharField(source="assessment.label", read_only=True)
    overall_level = LevelField(read_only=True, allow_null=True)
    is_of_other_engine = serializers.BooleanField(
        read_only=True,
        help_text="Computed with another version of the engine than today's; it stays as it is.",
    )

    class Meta:
        model = MaturityResult
        fields = [
            "id",
            "assessment",
            "title",
            "sequence",
            "overall_level",
            "respondents",
            "engine_version",
            "is_of_other_engine",
            "input_digest",
            "computed_at",
        ]


class ResultDetailSerializer(ResultSerializer):
    """With the profile as it may be shown: levels, spread, groups, opportunities, the arithmetic."""

    profile = serializers.SerializerMethodField()

    class Meta(ResultSerializer.Meta):
        fields = [*ResultSerializer.Meta.fields, "profile"]

    def get_profile(self, result: MaturityResult) -> dict[str, Any]:
        content: dict[str, Any] = _rounded(published_content(result))
        return content

"""The inventory's shape in the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import BusinessFunction, Membership
from common.strict import KnownFields
from journeys.choices import Channel, Phase
from journeys.models import Touchpoint


class TouchpointSerializer(serializers.ModelSerializer[Touchpoint]):
    owner_function: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    owner_person: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    is_digital = serializers.BooleanField(read_only=True)

    class Meta:
        model = Touchpoint
        fields = [
            "key",
            "name",
            "channel",
            "phase",
            "purpose",
            "is_intended",
            "is_digital",
            "owner_function",
            "owner_person",
            "operational_metric",
            "side_effects",
            "is_archived",
            "created_at",
        ]


class ArchiveSerializer(KnownFields, serializers.Serializer[Any]):
    accepts_consequences = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Needed where a running evaluation measures or compares with it: without it the answer is "
        "409, consequences_not_accepted, and says which.",
    )


class MergeSerializer(KnownFields, serializers.Serializer[Any]):
    """`other` is the key of the touchpoint that goes."""

    other: Any = serializers.SlugRelatedField(slug_field="key", queryset=Touchpoint.objects.none())
    accepts_consequences = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Needed where a running evaluation would count answers that its plan did not name: without "
        "it the answer is 409, consequences_not_accepted, and says which.",
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            fields["other"].queryset = Touchpoint.objects.of(member.organization)  # type: ignore[attr-defined]
        return fields


class MergePreviewSerializer(serializers.Serializer[Any]):
    """What would move, what has to be accepted, and what speaks against it: then it is refused."""

    moves = serializers.ListField(child=serializers.CharField())
    consequences = serializers.ListField(child=serializers.CharField())
    refusals = serializers.ListField(child=serializers.CharField())


class TouchpointWriteSerializer(KnownFields, serializers.Serializer[Any]):
    """What `save_touchpoint` takes; `owner_function` is the key of a function of the organization,
    `owner_person` the id of a member, `operational_metric` the key of a metric of cases or amounts in use."""

    name = serializers.CharField(max_length=120)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.OTHER)
    phase = serializers.ChoiceField(choices=Phase.choices, default=Phase.USE)
    purpose = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    is_intended = serializers.BooleanField(default=True)
    owner_function: Any = serializers.SlugRelatedField(
        slug_field="key",
        queryset=BusinessFunction.objects.none(),
        required=False,
        allow_null=True,
        default=None,
    )
    owner_person: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False, allow_null=True, default=None
    )
    operational_metric = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    side_effects = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            fields["owner_function"].queryset = BusinessFunction.objects.of(member.organization)  # type: ignore[attr-defined]
            people = Membership.objects.of(member.organization).select_related("user")
            fields["owner_person"].queryset = people  # type: ignore[attr-defined]
        return fields

"""The shape of journey maps in the API."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Membership
from common.strict import KnownFields
from journeys.maps.choices import LONGEST_NAME, LONGEST_TEXT, MapState, Start
from journeys.maps.importers import MOST_BYTES
from journeys.maps.models import JourneyMap, MapComment
from journeys.maps.operations import OPERATIONS


class JourneyMapSerializer(serializers.ModelSerializer[JourneyMap]):
    today: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = JourneyMap
        fields = [
            "key",
            "name",
            "persona",
            "purpose",
            "state",
            "today",
            "version",
            "is_archived",
            "created_at",
            "changed_at",
        ]


class MapStepSerializer(serializers.Serializer[Any]):
    """`cells`: key of the lane -> text, where there is one."""

    key = serializers.CharField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    emotion = serializers.IntegerField(allow_null=True)
    touchpoints = serializers.ListField(child=serializers.CharField())
    owner = serializers.CharField(help_text="Key of a function; empty: the owner of its touchpoints.")
    nested = serializers.CharField(help_text="Key of the map that the step opens.")
    cells = serializers.DictField(child=serializers.CharField())


class MapStageSerializer(serializers.Serializer[Any]):
    """`cells` are those of a stage without steps."""

    key = serializers.CharField()
    name = serializers.CharField()
    steps = MapStepSerializer(many=True)
    cells = serializers.DictField(child=serializers.CharField())


class MapLaneSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()


class DrawnMapSerializer(JourneyMapSerializer):
    """A map with its drawing."""

    stages = MapStageSerializer(many=True, read_only=True)
    lanes = MapLaneSerializer(many=True, read_only=True)

    class Meta(JourneyMapSerializer.Meta):
        fields = [*JourneyMapSerializer.Meta.fields, "stages", "lanes"]


class MapWriteSerializer(KnownFields, serializers.Serializer[Any]):
    """`today` is the key of the map of today that a future state belongs to."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    persona = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True, default="")
    purpose = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=MapState.choices, default=MapState.TODAY)
    today: Any = serializers.SlugRelatedField(
        slug_field="key",
        queryset=JourneyMap.objects.none(),
        required=False,
        allow_null=True,
        default=None,
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            fields["today"].queryset = JourneyMap.objects.of(member.organization)  # type: ignore[attr-defined]
        return fields


class NewMapSerializer(MapWriteSerializer):
    """`start`: what it begins with."""

    start = serializers.ChoiceField(choices=Start.choices, default=Start.EMPTY)


class MapOperationSerializer(KnownFields, serializers.Serializer[Any]):
    """One operation; which fields it takes depends on `do`."""

    do = serializers.ChoiceField(choices=sorted(OPERATIONS))
    stage = serializers.CharField(required=False)
    step = serializers.CharField(required=False)
    lane = serializers.CharField(required=False)
    column = serializers.CharField(required=False, help_text="Key of a step, or of a stage without steps.")
    after = serializers.CharField(required=False, allow_blank=True, help_text="Key that it stands behind.")
    by = serializers.IntegerField(
        required=False, min_value=-1000, max_value=1000, help_text="Places to move."
    )
    kind = serializers.CharField(required=False, help_text="Of a lane: goal, doing, pain, own and so on.")
    name = serializers.CharField(required=False, allow_blank=True)
    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    emotion = serializers.IntegerField(
        required=False, allow_null=True, min_value=-2, max_value=2, help_text="-2 to 2; null takes it away."
    )
    touchpoints = serializers.ListField(child=serializers.CharField(), required=False)
    owner = serializers.CharField(required=False, allow_blank=True, help_text="Key of a function.")
    nested = serializers.CharField(required=False, allow_blank=True, help_text="Key of a map.")
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        required=False,
        help_text="Cells to paste, row by row; at most 2,000.",
    )


class MapChangeSerializer(KnownFields, serializers.Serializer[Any]):
    """All operations make one version; where one is refused, none is done."""

    operations = serializers.ListField(child=MapOperationSerializer(), allow_empty=False, max_length=500)
    version = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The version that was read. Where somebody else wrote to one of the same places since, the "
        "answer is 409, edit_conflict, and says what stands there.",
    )


class MapVersionSerializer(KnownFields, serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class MapCopySerializer(KnownFields, serializers.Serializer[Any]):
    as_future = serializers.BooleanField(
        required=False, default=False, help_text="The copy shows the future of this map."
    )


class MapHistorySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    who = serializers.CharField()
    at = serializers.DateTimeField()
    text = serializers.CharField()
    is_taken_back = serializers.BooleanField()


class MapCommentSerializer(serializers.ModelSerializer[MapComment]):
    author = serializers.StringRelatedField[Membership]()
    mentioned = serializers.PrimaryKeyRelatedField[Membership](many=True, read_only=True)

    class Meta:
        model = MapComment
        fields = ["id", "step", "author", "text", "mentioned", "created_at", "resolved_at"]


class CommentWriteSerializer(KnownFields, serializers.Serializer[Any]):
    """`mentioned` are ids of members, who get an e-mail."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    step = serializers.CharField(required=False, allow_blank=True, default="")
    mentioned: Any = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), many=True, required=False, default=list
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            rows = Membership.objects.of(member.organization).active()
            fields["mentioned"].child_relation.queryset = rows  # type: ignore[attr-defined]
        return fields


class MapFileSerializer(KnownFields, serializers.Serializer[Any]):
    """A table with a row for each step, as the download gives it. `check`: only say what it would make."""

    file = serializers.FileField()
    name = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True, default="")
    persona = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True, default="")
    check = serializers.BooleanField(required=False, default=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > MOST_BYTES:
            raise serializers.ValidationError(_("This file is too large for a map."))
        return file

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["check"] and not attrs["name"].strip():
            raise serializers.ValidationError({"name": _("Say what the map is called.")})
        return attrs


class MapPlanSerializer(serializers.Serializer[Any]):
    """What a file would make; `linked` steps have a touchpoint."""

    stages = serializers.IntegerField()
    steps = serializers.IntegerField()
    lanes = serializers.IntegerField()
    linked = serializers.IntegerField()

"""What is live on a journey map, and how customers go on from step to step, in the API."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from common.strict import KnownFields
from journeys.maps.choices import SheetFormat, SheetSize
from journeys.maps.models import MapSheet
from overview.api.serializers import TouchpointFigureSerializer


class MapFigureSerializer(TouchpointFigureSerializer):
    """One metric at one touchpoint under a step; `is_few`: too few answers for a figure."""

    touchpoint = serializers.CharField(source="touchpoint.key")
    is_few = serializers.BooleanField()


class LiveStepSerializer(serializers.Serializer[Any]):
    step = serializers.CharField(source="key", help_text="Key of the step.")
    number = serializers.IntegerField(source="view.step.number")
    name = serializers.CharField(source="view.step.name")
    figures = MapFigureSerializer(source="lines", many=True)
    retired = serializers.SerializerMethodField()
    initiatives = serializers.SerializerMethodField()

    def get_retired(self, step: Any) -> list[str]:
        """Keys of retired metrics that were heard at touchpoints where nothing is heard now."""
        return [metric.key for metric in step.retired]

    def get_initiatives(self, step: Any) -> list[int]:
        """Numbers of the initiatives at its touchpoints that were not given up."""
        return [initiative.number for initiative in step.initiatives]


class HurtSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    step = serializers.CharField(source="step.key")
    share = serializers.CharField(help_text="Part of all that is lost on the map.")
    range = serializers.CharField(source="share_range")
    contribution = serializers.CharField(help_text="Empty where no driver analysis knows it.")


class LiveMapSerializer(serializers.Serializer[Any]):
    """The figures under the steps, where it hurts most, and where drawing and customers disagree."""

    sentence = serializers.CharField()
    metric = serializers.CharField(source="metric.key", default=None, allow_null=True)
    steps = LiveStepSerializer(many=True)
    hurts = HurtSerializer(many=True)
    disagreements = serializers.ListField(child=serializers.CharField())


class FlowShareSerializer(serializers.Serializer[Any]):
    """A share of the customers from 0 to 1, with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField(source="interval.low")
    high = serializers.FloatField(source="interval.high")


class FlowTimeSerializer(serializers.Serializer[Any]):
    """Days within which half of those who go on do so, with the limits and the middle half."""

    median = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField(allow_null=True)
    first_quarter = serializers.FloatField()
    third_quarter = serializers.FloatField()


class FlowSharesSerializer(serializers.Serializer[Any]):
    """`on`, `aside` and `out` add up to 1; `unknown` customers may still do either."""

    on = FlowShareSerializer()
    aside = FlowShareSerializer()
    out = FlowShareSerializer()
    time = FlowTimeSerializer(allow_null=True)
    known = serializers.IntegerField()
    unknown = serializers.IntegerField()


class FlowLineSerializer(serializers.Serializer[Any]):
    """Steps on the same touchpoints are one line."""

    steps = serializers.SerializerMethodField()
    touchpoints = serializers.SerializerMethodField()
    customers = serializers.SerializerMethodField()
    shares = FlowSharesSerializer(source="found", allow_null=True)
    note = serializers.CharField(help_text="Why there are no shares.")

    def get_steps(self, line: Any) -> list[str]:
        return [step.step.key for step in line.station.steps]

    def get_touchpoints(self, line: Any) -> list[str]:
        return [touchpoint.key for touchpoint in line.station.touchpoints]

    def get_customers(self, line: Any) -> int | None:
        """None: one to four."""
        return None if line.is_hidden else int(line.n)


class MapFlowSerializer(serializers.Serializer[Any]):
    """How customers go on; no lines where the answers do not say it, and `sentence` then says why."""

    sentence = serializers.CharField()
    window_days = serializers.IntegerField(source="cut.window")
    lines = FlowLineSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class MapDraftSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the draft initiative.")


class SheetRequestSerializer(KnownFields, serializers.Serializer[Any]):
    """`size` is the paper of a PDF, and how many steps stand beside each other in a picture."""

    format = serializers.ChoiceField(choices=SheetFormat.choices, default=SheetFormat.PDF)
    size = serializers.ChoiceField(choices=SheetSize.choices, default=SheetSize.A3)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")


class MapSheetSerializer(serializers.ModelSerializer[MapSheet]):
    """`version`: of the map, as it was asked for."""

    state = serializers.CharField(source="job_state")
    failure = serializers.CharField()

    class Meta:
        model = MapSheet
        fields = ["id", "format", "size", "language", "version", "state", "progress", "pages", "failure"]

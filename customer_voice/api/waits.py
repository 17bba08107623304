"""What cases waited for their customers, as JSON."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.strict import KnownFields
from customer_voice.models import Feedback
from customer_voice.rules.waiting import Waits

_MOMENT = serializers.DateTimeField()
MOST_WAITS = 500


class WaitSerializer(KnownFields, serializers.Serializer[Any]):
    """One stretch; `to` null: it waits still."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so that it cannot be written as an attribute."""
        return {
            "from": serializers.CharField(max_length=40, help_text="ISO 8601."),
            "to": serializers.CharField(max_length=40, allow_null=True, required=False),
        }


@extend_schema_field(WaitSerializer(many=True))
class WaitsField(serializers.Field[Any, Any, Any, Any]):
    """A list of stretches; inside it is the text that a column of a file would hold."""

    default_error_messages = {"invalid": "A list of objects with “from” and “to”."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, list) or len(data) > MOST_WAITS:
            self.fail("invalid")
        for one in data:
            if not isinstance(one, Mapping) or set(one) - {"from", "to"}:
                self.fail("invalid")
            ends = [end for end in one.values() if end is not None]
            if not all(isinstance(end, str) and len(end) <= 40 and ";" not in end for end in ends):
                self.fail("invalid")
            if not one.get("from"):
                self.fail("invalid")
        return "; ".join(f"{one['from'].strip()}/{(one.get('to') or '').strip()}" for one in data)

    def to_representation(self, value: str) -> Any:
        return value


class ReadWaits(serializers.Serializer[Any]):
    """One answer or case, as it is read."""

    waits = serializers.SerializerMethodField(
        help_text="Of a net time to resolution: when the case waited for its customer."
    )
    waited = serializers.SerializerMethodField(
        help_text="The same where its length alone is known: hours:mm:ss, else empty."
    )

    @extend_schema_field(WaitSerializer(many=True))
    def get_waits(self, row: Feedback) -> list[dict[str, Any]]:
        return [
            {
                "from": _MOMENT.to_representation(begin),
                "to": None if end is None else _MOMENT.to_representation(end),
            }
            for begin, end in Waits.of_text(row.waits).stretches
        ]

    @extend_schema_field(serializers.CharField())
    def get_waited(self, row: Feedback) -> str:
        length = Waits.of_text(row.waits).length
        if length is None:
            return ""
        minutes, seconds = divmod(round(length.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


class SentWaits(serializers.Serializer[Any]):
    """As they are sent."""

    waits = WaitsField(
        required=False,
        help_text="For a net time to resolution, with `resolved_at`: when the case waited for its customer.",
    )
    waited = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="Instead of `waits`: how long it waited, as hours:mm or hours:mm:ss, in hours as the "
        "metric counts them.",
    )

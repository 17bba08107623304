"""Metrics, series and feedback as JSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.strict import KnownFields
from customer_voice.api.plain_items import plain_item
from customer_voice.api.waits import ReadWaits, SentWaits
from customer_voice.choices import ImportField, Period, Span
from customer_voice.columns import DECIMALS, DIGITS
from customer_voice.models import Channel, Feedback, MetricDefinition, Source
from customer_voice.selectors import definition_text


@extend_schema_field({"type": "number", "format": "double"})
class ExactNumber(serializers.Field[Any, Any, Any, Any]):
    """A number as it is stored: whole ones without a point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int | Decimal) -> int | float:
        return value if isinstance(value, int) else float(value)


class MetricSerializer(serializers.ModelSerializer[MetricDefinition]):
    definition = serializers.SerializerMethodField(help_text="The definition in one sentence.")
    scale_step = ExactNumber(help_text="Distance of two neighboring answers.")
    bottom_box_high = ExactNumber(allow_null=True)
    top_box_low = ExactNumber(allow_null=True)
    per = ExactNumber(help_text="So much exposure a rate is given for.")
    calendar_version = serializers.SerializerMethodField(
        help_text="Of `calendar`, the one that counted the stored times; null: calendar hours."
    )

    class Meta:
        model = MetricDefinition
        fields = [
            "key",
            "version",
            "series",
            "kind",
            "name",
            "wording",
            "population",
            "rule",
            "scale_low",
            "scale_high",
            "scale_step",
            "bottom_box_high",
            "top_box_low",
            "per",
            "amount_name",
            "exposure_name",
            "higher_is_better",
            "calendar",
            "calendar_version",
            "is_retired",
            "data_until",
            "definition",
        ]

    def get_calendar_version(self, metric: MetricDefinition) -> int | None:
        return None if metric.counted_by is None else metric.counted_by.number

    def get_definition(self, metric: MetricDefinition) -> str:
        return definition_text(metric)


class SeriesQuery(serializers.Serializer[Any]):
    """What of a series is wanted; the interval [start, end) is half-open."""

    period = serializers.ChoiceField(choices=Period.choices, default=Period.MONTH)
    touchpoint = serializers.SlugField(required=False)
    segment = serializers.CharField(required=False, max_length=60)
    channel = serializers.CharField(required=False, max_length=40, help_text="Its name.")
    account = serializers.CharField(
        required=False, max_length=120, help_text="Reference of a customer account."
    )
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)
    span = serializers.ChoiceField(
        choices=Span.choices,
        required=False,
        help_text="In place of `start` and `end`: quarters and years as the organization's settings say.",
    )
    version = serializers.IntegerField(required=False, min_value=1, max_value=9999)


class SeriesPointSerializer(serializers.Serializer[Any]):
    start = serializers.DateField()
    end = serializers.DateField(help_text="Not included.")
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True, help_text="Null: no figure, see `reason`.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True, help_text="Null: no upper limit known.")
    open_cases = serializers.IntegerField()
    is_small = serializers.BooleanField(source="small", help_text="Fewer than 5 answers.")
    is_partial = serializers.BooleanField(
        source="partial", help_text="The window or the data end inside this period."
    )
    reason = serializers.CharField(allow_blank=True)


class TargetSerializer(serializers.Serializer[Any]):
    """What a metric should reach, in the unit of its series; a target changes no figure."""

    touchpoint = serializers.CharField(allow_null=True, help_text="Key; null: over all touchpoints.")
    value = serializers.FloatField(help_text="points (-100..100), share (0..1), score, seconds, or rate")


class TargetChange(KnownFields, serializers.Serializer[Any]):
    touchpoint = serializers.SlugField(required=False, allow_null=True, help_text="Absent: over all.")
    value = serializers.FloatField(allow_null=True, help_text="Null takes the target away.")


class SeriesMarkSerializer(serializers.Serializer[Any]):
    """Where the definition changed, on the time axis of the series."""

    day = serializers.DateField(help_text="First day with answers to the new version.")
    version = serializers.IntegerField()
    before_version = serializers.IntegerField()
    is_bridged = serializers.BooleanField(
        help_text="False: the series begins here, earlier answers stand in another one."
    )
    text = serializers.CharField()


class EarlierAnswersSerializer(serializers.Serializer[Any]):
    """The series has no answers (at its touchpoint) since the definition changed; these stand before it."""

    version = serializers.IntegerField(source="before.version", help_text="Ask for it with `version`.")
    answers = serializers.IntegerField(source="number", help_text="Of all versions that are read as one.")


class ShareInTimeSerializer(serializers.Serializer[Any]):
    """Share of the cases of one period that were over in time, open ones counted (Kaplan-Meier)."""

    start = serializers.DateField()
    end = serializers.DateField(help_text="Not included.")
    n = serializers.IntegerField()
    open_cases = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="0..1; null: none, see `reason`.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class LevelSerializer(serializers.Serializer[Any]):
    """One service level: a time within which cases should be over."""

    seconds = serializers.IntegerField()
    wanted_share = serializers.FloatField(allow_null=True, help_text="What was promised; null: nothing was.")
    is_counted = serializers.BooleanField(help_text="False while the cases are being counted: no points yet.")
    points = ShareInTimeSerializer(many=True)


class SeriesSerializer(serializers.Serializer[Any]):
    metric = MetricSerializer()
    touchpoint = serializers.CharField(allow_null=True)
    segment = serializers.CharField(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    account = serializers.CharField(allow_null=True, help_text="Reference of a customer account.")
    period = serializers.ChoiceField(choices=Period.choices)
    unit = serializers.CharField(
        help_text="points (-100..100), share (0..1), score, seconds, or rate (amount per exposure)"
    )
    level = serializers.FloatField(help_text="Nominal coverage of the intervals.")
    target = serializers.FloatField(allow_null=True, help_text="In `unit`; null: none is set.")
    points = SeriesPointSerializer(many=True)
    levels = LevelSerializer(many=True, help_text="Service levels of a metric of times.")
    marks = SeriesMarkSerializer(many=True)
    earlier = EarlierAnswersSerializer(
        allow_null=True, help_text="Null unless there are no answers since the definition changed."
    )


_MOMENT = serializers.DateTimeField(allow_null=True)


class FeedbackSerializer(ReadWaits, serializers.ModelSerializer[Feedback]):
    source = serializers.CharField(source="submission.source.name", read_only=True)  # type: ignore[assignment]
    external_id = serializers.CharField(source="submission.external_id", read_only=True)
    customer = serializers.SerializerMethodField(help_text="The customer's reference.")
    account = serializers.SerializerMethodField(
        help_text="Reference of the customer account on the day of the answer."
    )
    channel = serializers.SerializerMethodField()
    metric: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    touchpoint: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )

    resolved_at = serializers.SerializerMethodField(
        help_text="When the case was resolved, of a time to resolution."
    )
    first_reply_at = serializers.SerializerMethodField(help_text="Of a first response time: when it ended.")
    first_resolved_at = serializers.SerializerMethodField(
        help_text="Of a time to first resolution: when it ended."
    )
    score = ExactNumber(allow_null=True, help_text="An answer on the metric's scale, or an amount.")
    exposure = ExactNumber(allow_null=True, help_text="What the amount was counted on; null: 1.")

    class Meta:
        model = Feedback
        fields = [
            "source",
            "external_id",
            "metric",
            "touchpoint",
            "occurred_at",
            "score",
            "exposure",
            "resolved_at",
            "first_reply_at",
            "first_resolved_at",
            "reopened_count",
            "merged_into",
            "waits",
            "waited",
            "text",
            "customer",
            "account",
            "segment",
            "channel",
            "received_at",
        ]

    @extend_schema_field(_MOMENT)
    def get_first_reply_at(self, row: Feedback) -> str | None:
        return self._end(row, ImportField.FIRST_REPLY_AT)

    @extend_schema_field(_MOMENT)
    def get_first_resolved_at(self, row: Feedback) -> str | None:
        return self._end(row, ImportField.FIRST_RESOLVED_AT)

    @extend_schema_field(_MOMENT)
    def get_resolved_at(self, row: Feedback) -> str | None:
        return self._end(row, ImportField.RESOLVED_AT)

    def _end(self, row: Feedback, field: ImportField) -> str | None:
        """The moment at which a case ended, under the name by which it is sent."""
        own = ImportField.RESOLVED_AT if row.metric is None else row.metric.calculation.end_field
        if row.resolved_at is None or own != field:
            return None
        return _MOMENT.to_representation(row.resolved_at)

    def get_customer(self, row: Feedback) -> str:
        return (row.contact.external_reference or "") if row.contact else ""

    def get_account(self, row: Feedback) -> str:
        return (row.account.external_reference or "") if row.account else ""

    def get_channel(self, row: Feedback) -> str:
        return row.channel.name if row.channel else ""


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ["name", "kind", "changed_at"]
        read_only_fields = fields


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ["name", "is_digital"]
        read_only_fields = fields


class FeedbackItem(KnownFields, SentWaits):
    """One answer or case. The rules are those of imports; a refusal names the field.

    What a known item does not name stays as it is; what it names null or empty becomes empty.
    """

    external_id = serializers.CharField(max_length=120)
    touchpoint = serializers.CharField(max_length=120, help_text="Key or name.")
    occurred_at = serializers.CharField(
        max_length=40,
        help_text="ISO 8601; without an offset: the organization's time zone. A time that its clock skips is "
        "read by the offset from before the change, one that it shows twice as the first.",
    )
    score = serializers.DecimalField(
        max_digits=DIGITS,
        decimal_places=DECIMALS,
        coerce_to_string=False,
        required=False,
        allow_null=True,
        help_text="An answer on the metric's scale, or an amount; refused for a metric of times.",
    )
    exposure = serializers.DecimalField(
        max_digits=DIGITS,
        decimal_places=DECIMALS,
        coerce_to_string=False,
        required=False,
        allow_null=True,
        help_text="What an amount was counted on; absent or null: 1. For rates only.",
    )
    resolved_at = serializers.CharField(
        max_length=40, required=False, allow_null=True, allow_blank=True, help_text="Null: open again."
    )
    first_reply_at = serializers.CharField(
        max_length=40,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="For a first response time, which ends here; with `resolved_at` for a case that was closed "
        "without a reply.",
    )
    first_resolved_at = serializers.CharField(
        max_length=40,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="For a time to first resolution, which ends here; with `resolved_at` for a case that was "
        "never reopened.",
    )
    reopened_count = serializers.IntegerField(required=False)
    merged_into = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="ID of the case it went on in: that one counts, this one does not. Empty: merged no more.",
    )
    text = serializers.CharField(required=False, allow_blank=True)
    customer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    account = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="Reference of the customer account; empty or absent: that of the customer.",
    )
    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    channel = serializers.CharField(max_length=40, required=False, allow_blank=True)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As the fields say. What is plain beyond doubt they would pass as it is, so they are not asked: a
        thousand answers a call would take most of their time here."""
        plain = plain_item(data) if type(self) is FeedbackItem else None
        return super().run_validation(data) if plain is None else plain

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Values as a file would hold them; options stay what they are."""
        found: dict[str, Any] = super().to_internal_value(data)
        return {
            name: value if isinstance(value, bool) else "" if value is None else str(value)
            for name, value in found.items()
        }


class Replaces(KnownFields, serializers.Serializer[Any]):
    replaces_known = serializers.BooleanField(
        default=False,
        help_text="Without it, values that are known are not replaced: 409, and `errors` name each of them. "
        "What was empty is filled in either way.",
    )


class SentScores(Replaces):
    is_reversed = serializers.BooleanField(
        default=False,
        help_text="The lowest score of the sender is the best: each is turned once, on entry (1 of 1 to 5 "
        "becomes 5). For answers on a scale.",
    )


class FeedbackCreate(SentScores, FeedbackItem):
    metric = serializers.SlugField(required=False, help_text="Key; absent: words only.")
    source = serializers.CharField(max_length=60, default="api")  # type: ignore[assignment]


class FeedbackBulk(SentScores):
    """Answers or cases of one metric and one source. Fields that are not named here are refused."""

    metric = serializers.SlugField(required=False)
    source = serializers.CharField(max_length=60, default="api")  # type: ignore[assignment]
    items = FeedbackItem(many=True, allow_empty=False)


class DoubtSerializer(serializers.Serializer[Any]):
    """Answers whose words say the opposite of their score. Nothing is turned by itself."""

    metric = serializers.CharField(help_text="Key.")
    against = serializers.IntegerField()
    agreeing = serializers.IntegerField()
    positions = serializers.ListField(child=serializers.IntegerField(), help_text="Of the first items.")


class RecordedSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Answers whose words were erased here.")
    doubts = DoubtSerializer(many=True, help_text="Whether the scale may run the other way: see is_reversed.")

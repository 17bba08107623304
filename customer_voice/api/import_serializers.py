"""Files on their way in, in JSON."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.errors import DomainError
from common.parsers import JSONText
from common.strict import KnownFields
from customer_voice.choices import ImportField, ImportStage
from customer_voice.models import ImportBatch, ImportRowError, MetricDefinition
from customer_voice.selectors import Recipe
from customer_voice.services.reading import Reading
from tabular.choices import DateFormat, Encoding


class PartFigure(serializers.Serializer[Any]):
    """The answers of the file to one metric."""

    metric = serializers.CharField(allow_null=True, help_text="Key; null: words of no metric.")
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    metric: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    source: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="name", read_only=True
    )
    figures = serializers.SerializerMethodField(help_text="What the rows of the file alone make, by metric.")
    stage = serializers.ChoiceField(choices=ImportStage.choices, read_only=True)

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "filename",
            "source",
            "encoding",
            "sheet",
            "header_row",
            "mapping",
            "reading",
            "metric",
            "stage",
            "progress",
            "failure",
            "rows_total",
            "rows_created",
            "rows_updated",
            "rows_replaced",
            "rows_unchanged",
            "rows_rejected",
            "rows_superseded",
            "tickets_recent",
            "rows_erased",
            "aside",
            "columns_unread",
            "clock_changes",
            "words_read",
            "doubts",
            "changes",
            "left_out",
            "touchpoints_new",
            "figures",
            "undone",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field(PartFigure(many=True))
    def get_figures(self, batch: ImportBatch) -> list[dict[str, Any]]:
        keys = dict(
            MetricDefinition.objects.filter(
                pk__in=[one["metric"] for one in batch.figures if one["metric"]]
            ).values_list("pk", "key")
        )
        return [{**one, "metric": keys.get(one["metric"])} for one in batch.figures]


class ImportUpload(KnownFields, serializers.Serializer[Any]):
    """Multipart. `mapping` is JSON: field -> column name. The file is checked; nothing is imported yet.

    The file is a CSV table or a workbook (XLSX, XLS, ODS).
    """

    file = serializers.FileField(allow_empty_file=True)
    source = serializers.CharField(max_length=60, default="csv")  # type: ignore[assignment]
    encoding = serializers.ChoiceField(
        choices=Encoding.choices,
        default=Encoding.AUTO,
        help_text="Of a CSV file. `auto`: UTF-8, or as the last file of the source with these columns.",
    )
    sheet = serializers.CharField(
        max_length=255, required=False, help_text="Of a workbook; absent: as last time, else the first table."
    )
    delimiter = serializers.ChoiceField(
        choices=[",", ";", "\t", "|"], required=False, help_text="Of a CSV file; absent: found."
    )
    header_row = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="Line of the header; absent: found."
    )
    mapping = JSONText(required=False, help_text="Absent: guessed from the column names.")
    reading = JSONText(
        required=False,
        help_text="What else is said of the file. `also`: further metrics in the same rows, as "
        "{metric, score, text}; `words`: by score column, words and the figures that they mean (empty: no "
        "answer); `leave_out`: {column, values, is_among}; `questions`: what the column `question` says and "
        "the key of its metric (empty: left out, -: a comment); `duration`: seconds, minutes, hours, clock; "
        "`reversed`: score columns whose lowest figure is the best, each figure is turned once; `amounts`: "
        "`figure` or `share` where amounts are finished figures, to be taken times the exposure; `waiting`: "
        "statuses of the history that wait for the customer, beside the usual words for it.",
    )
    metric = serializers.SlugField(required=False)
    touchpoint = serializers.SlugField(required=False, help_text="One for the whole file; absent: a column.")
    date_format = serializers.ChoiceField(choices=DateFormat.choices, default=DateFormat.AUTO)
    creates_touchpoints = serializers.BooleanField(default=False)

    def validate_mapping(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not all(
            field in ImportField.values and isinstance(column, str) for field, column in value.items()
        ):
            raise serializers.ValidationError(_("A mapping from field to column name is needed."))
        return value

    def validate_reading(self, value: Any) -> Reading:
        if not isinstance(value, dict):
            raise serializers.ValidationError(_("This does not say how a file is read."))
        try:
            return Reading.of_json(value)
        except DomainError as error:
            raise serializers.ValidationError(str(error.message)) from error


class ImportStart(KnownFields, serializers.Serializer[Any]):
    skips_bad_rows = serializers.BooleanField(default=False)
    replaces_known = serializers.BooleanField(
        default=False, help_text="Needed where `rows_replaced` is above 0; see `changes`."
    )
    asks_about_tickets = serializers.BooleanField(
        default=False,
        help_text="Ask customers about its tickets, by surveys that follow them; see `tickets_recent`.",
    )


class UndoSerializer(serializers.Serializer[Any]):
    """What taking an import back would do now."""

    removed = serializers.IntegerField(help_text="Answers that it brought: they go.")
    restored = serializers.IntegerField(help_text="Answers that it changed: they become what they were.")
    changed_since = serializers.IntegerField(help_text="Answers that somebody else has changed: they stay.")
    not_kept = serializers.IntegerField(
        help_text="Answers whose former values were not kept yet when it changed them: they stay."
    )
    named = serializers.ListField(
        child=serializers.CharField(), help_text="IDs of the first answers that stay."
    )
    later = serializers.ListField(
        child=serializers.CharField(), help_text="Names of the files that changed them."
    )
    known_again = serializers.ListField(
        child=serializers.CharField(),
        help_text="Names of later files with answers that were here already. Removed ones among them go.",
    )
    mark = serializers.CharField(help_text="Send it as `seen` to take back exactly this.")


class ImportUndo(KnownFields, serializers.Serializer[Any]):
    seen = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="`mark` of what was read; 409 where something else would go by now. Absent: whatever goes.",
    )


class RowErrorSerializer(serializers.ModelSerializer[ImportRowError]):
    message = serializers.CharField(source="text", read_only=True, help_text="In the reader's language.")

    class Meta:
        model = ImportRowError
        fields = ["row_number", "column", "code", "message", "value"]


class RecipeSerializer(serializers.Serializer[Any]):
    id = serializers.SerializerMethodField()
    name = serializers.CharField(help_text="Its own, or the first columns.")
    source = serializers.CharField(source="source.name")  # type: ignore[assignment]
    metrics = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    recipe = serializers.JSONField(source="as_json", help_text="To add it to another organization.")

    def get_id(self, recipe: Recipe) -> str:
        return f"{recipe.source.pk}-{recipe.key}"


class RecipeAdd(KnownFields, serializers.Serializer[Any]):
    recipe = serializers.JSONField()
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, default="", allow_blank=True, help_text="Empty: as the recipe says."
    )


class RecipeRename(KnownFields, serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, allow_blank=True, help_text="Empty: called by its columns.")

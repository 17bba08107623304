"""Words that are erased, as JSON."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.strict import KnownFields


class EraseAnswer(KnownFields, serializers.Serializer[Any]):
    """One answer by `source`, `external_id` and `metric`, or every answer of one `customer`."""

    customer = serializers.CharField(max_length=120, required=False)
    source = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120, required=False)
    metric = serializers.SlugField(required=False, help_text="Key; absent: words of no metric.")
    removes_rows = serializers.BooleanField(
        default=False, help_text="True: scores go too. False: they stay and go on counting."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        by_answer = {"source", "external_id"} & set(values)
        if ("customer" in values) == bool(by_answer) or len(by_answer) == 1:
            raise serializers.ValidationError(
                _("Name a customer, or one answer by its source and external_id.")
            )
        return values


class ErasedSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField(help_text="Answers that lost their words.")
    removed = serializers.IntegerField(help_text="Of these, gone altogether.")

"""What reads across all rooms, in the API."""

from typing import Any

from rest_framework import serializers


class CoverageCellSerializer(serializers.Serializer[Any]):
    """One check of one touchpoint: `state` is yes, partly or no; `action` and `url` are the page that closes
    the gap, empty where the member may not open it."""

    check = serializers.CharField()
    state = serializers.CharField()
    text = serializers.CharField()
    action = serializers.CharField()
    url = serializers.CharField()


class CoverageRowSerializer(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(source="touchpoint.key")
    name = serializers.CharField(source="touchpoint.name")
    gaps = serializers.SerializerMethodField()
    cells = CoverageCellSerializer(many=True)

    def get_gaps(self, row: Any) -> int:
        """How many of the five checks are not whole."""
        return len(row.gaps)


class CoverageSerializer(serializers.Serializer[Any]):
    """Touchpoints in use, those that lack most first."""

    sentence = serializers.CharField()
    whole = serializers.IntegerField(help_text="How many have no gap.")
    rows = CoverageRowSerializer(many=True)

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


class TouchpointFigureSerializer(serializers.Serializer[Any]):
    """One metric at one touchpoint, as the page says it: figure, 95 % interval, n, and what has changed by
    more than chance explains."""

    metric = serializers.CharField(source="metric.key")
    name = serializers.CharField(source="metric.name")
    value = serializers.CharField()
    interval = serializers.CharField()
    n = serializers.CharField()
    period = serializers.CharField()
    changes = serializers.SerializerMethodField()

    def get_changes(self, line: Any) -> list[str]:
        return [change.words for change in line.changes]


class PartWordsSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    occurred_at = serializers.DateTimeField()
    text = serializers.CharField()


class PartInitiativeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="initiative.number")
    title = serializers.CharField(source="initiative.title")
    state = serializers.CharField(source="initiative.state")


class PartLineSerializer(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(source="touchpoint.key")
    name = serializers.CharField(source="touchpoint.name")
    is_own = serializers.BooleanField(help_text="The member is responsible for it.")
    figures = TouchpointFigureSerializer(many=True)
    words = PartWordsSerializer(many=True)
    initiatives = PartInitiativeSerializer(many=True)


class PartJourneySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField()
    note = serializers.CharField()


class MyPartSerializer(serializers.Serializer[Any]):
    """What a function touches; `more` touchpoints are not in the lines."""

    function = serializers.CharField(source="function.key", default=None, allow_null=True)
    sentence = serializers.CharField()
    lines = PartLineSerializer(many=True)
    more = serializers.IntegerField()
    journeys = PartJourneySerializer(many=True)


class HitSerializer(serializers.Serializer[Any]):
    """One row that holds every word: `url` is its page."""

    title = serializers.CharField()
    note = serializers.CharField()
    url = serializers.CharField()


class HitGroupSerializer(serializers.Serializer[Any]):
    """The first rows of one room; `more_url` is the list of all of them."""

    key = serializers.CharField()
    name = serializers.CharField(source="label")
    hits = HitSerializer(many=True)
    has_more = serializers.BooleanField()
    more_url = serializers.CharField()


class SearchSerializer(serializers.Serializer[Any]):
    """What was looked for, and every room in which something was found."""

    text = serializers.CharField()
    groups = HitGroupSerializer(many=True)

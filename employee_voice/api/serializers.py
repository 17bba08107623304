"""Published waves in the API: the figures of the pages, with what is hidden said to be."""

from typing import Any

from rest_framework import serializers

from cxstats.anonymity import Telling, Why
from cxstats.engagement import DriverScores, MeasureKind
from employee_voice.choices import ActionState
from employee_voice.models import Wave
from employee_voice.telling import digits_of, told_value


class PublishedWaveSerializer(serializers.ModelSerializer[Wave]):
    survey = serializers.CharField(source="survey.title", read_only=True)

    class Meta:
        model = Wave
        fields = [
            "id",
            "survey",
            "number",
            "opens_on",
            "closes_on",
            "opened_on",
            "closed_on",
            "minimum",
            "comment_minimum",
        ]


class ShareSerializer(serializers.Serializer[Any]):
    """A share, 0 to 1, to two decimals. `step` above 0: half a step more or less; with `is_open` at least or
    at most."""

    value = serializers.SerializerMethodField()
    step = serializers.FloatField()
    is_open = serializers.BooleanField()

    def get_value(self, share: Any) -> float:
        return told_value(share)


class FigureSerializer(serializers.Serializer[Any]):
    """One measure of one function, with no more decimals than its page. Hidden ones have no numbers, blunt
    ones no score and `n` to `n_to`. A driver follows from its items; `n`: of the one that fewest answered."""

    measure = serializers.CharField(source="measure.key")
    kind = serializers.ChoiceField(source="measure.kind", choices=[kind.value for kind in MeasureKind])
    name = serializers.CharField()
    told = serializers.ChoiceField(source="figure.how", choices=[how.value for how in Telling])
    why = serializers.CharField(help_text="Why there is no figure.")
    n = serializers.IntegerField(source="figure.n", allow_null=True)
    n_to = serializers.IntegerField(
        source="figure.n_to", help_text="To what `n` is rounded where it is blunt."
    )
    favourable = ShareSerializer(source="figure.favourable", allow_null=True)
    neutral = ShareSerializer(source="figure.neutral", allow_null=True)
    unfavourable = ShareSerializer(source="figure.unfavourable", allow_null=True)
    score = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    change = serializers.CharField(help_text="Since the last wave, where it stands out.")

    def get_score(self, line: Any) -> float | None:
        return _rounded(line, line.figure.score.value) if line.figure.score else None

    def get_low(self, line: Any) -> float | None:
        return _rounded(line, line.figure.score.interval.low) if line.figure.score else None

    def get_high(self, line: Any) -> float | None:
        return _rounded(line, line.figure.score.interval.high) if line.figure.score else None


def _rounded(line: Any, number: float) -> float:
    return round(number, digits_of(line.measure.kind))


class FunctionResultSerializer(serializers.Serializer[Any]):
    """One function; `key` is "all" for the organization, `part_of` the key of the larger one."""

    key = serializers.CharField()
    part_of = serializers.CharField(source="result.parent", allow_null=True)
    name = serializers.CharField()
    is_shown = serializers.BooleanField()
    hidden = serializers.ChoiceField(source="result.why", choices=[why.value for why in Why], allow_null=True)
    why = serializers.CharField(help_text="Why there are no figures, in words.")
    answered = serializers.IntegerField(source="result.answered", allow_null=True)
    answered_to = serializers.IntegerField(
        source="result.answered_to", help_text="To what `answered` is rounded where it is blunt."
    )
    asked = serializers.IntegerField(source="result.asked", allow_null=True)
    is_blunt = serializers.BooleanField(source="result.is_blunt")
    roughly = serializers.CharField(help_text="Why all of it is told roughly, in words.")
    figures = FigureSerializer(source="told", many=True)


class WaveResultsSerializer(serializers.Serializer[Any]):
    """What the caller may see of a wave: the same decision as on its page."""

    wave = PublishedWaveSerializer()
    compared_with = serializers.IntegerField(source="before.pk", allow_null=True, default=None)
    driver_scores = serializers.ChoiceField(
        choices=[one.value for one in DriverScores],
        help_text="Drivers are made of what is told of `items`; in earlier waves of means over `people`.",
    )
    functions = FunctionResultSerializer(source="rows", many=True)


class AskedOfSerializer(serializers.Serializer[Any]):
    """A function and how many of its own people are asked."""

    name = serializers.CharField()
    people = serializers.IntegerField()


class TogetherSerializer(serializers.Serializer[Any]):
    """Functions too small to stand by themselves; `counted_with` null: they have no figures of their own."""

    functions = AskedOfSerializer(many=True)
    counted_with = serializers.CharField(source="at", allow_null=True)
    people = serializers.IntegerField(help_text="Of all whose answers are counted there.")


class PlannedGroupsSerializer(serializers.Serializer[Any]):
    """How functions would be counted if the wave opened now."""

    minimum = serializers.IntegerField()
    people = serializers.IntegerField()
    is_too_few = serializers.BooleanField(help_text="Fewer than the minimum are asked: it cannot open.")
    alone = AskedOfSerializer(many=True)
    together = TogetherSerializer(many=True)


class FunctionActionSerializer(serializers.Serializer[Any]):
    """An action with the share of favourable answers in its wave and in the next: a description only."""

    id = serializers.IntegerField(source="action.pk")
    function = serializers.CharField()
    driver = serializers.CharField(source="action.driver")
    text = serializers.CharField(source="action.text")
    owner = serializers.CharField(source="action.owner")
    due_on = serializers.DateField(source="action.due_on")
    state = serializers.ChoiceField(source="action.state", choices=ActionState.choices)
    before = serializers.CharField(
        source="before.favourable",
        allow_null=True,
        default=None,
        help_text="Made as `after` is, where the two waves made drivers in different ways.",
    )
    next_wave = serializers.IntegerField(source="next_wave.pk", allow_null=True, default=None)
    after = serializers.CharField(source="after.favourable", allow_null=True, default=None)

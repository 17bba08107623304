"""What a program sends and cannot be used is refused with what could be used instead."""

import pytest
from rest_framework import serializers

from common.strict import KnownFields

COLORS = [("red", "Red"), ("blue", "Blue")]


class LineSerializer(KnownFields, serializers.Serializer):
    color = serializers.ChoiceField(choices=COLORS)


class OrderSerializer(KnownFields, serializers.Serializer):
    number = serializers.IntegerField(read_only=True)
    title = serializers.CharField()
    color = serializers.ChoiceField(choices=[("", "None"), *COLORS], required=False)
    braces = serializers.ChoiceField(choices=[("{x}", "Odd")], required=False)
    colors = serializers.ListField(child=serializers.ChoiceField(choices=COLORS), required=False)
    zone = serializers.ChoiceField(choices=[f"Zone/{number}" for number in range(41)], required=False)
    lines = LineSerializer(many=True, required=False)


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"color": "green"}, {"color": ['There is no choice "green" here. Choose one of: red, blue.']}),
        ({"braces": "{0}"}, {"braces": ['There is no choice "{0}" here. Choose one of: {x}.']}),
        (
            {"colors": ["red", "green"]},
            {"colors": {1: ['There is no choice "green" here. Choose one of: red, blue.']}},
        ),
        ({"zone": "Mars"}, {"zone": ['"Mars" is not a valid choice.']}),
        (
            {"colour": "red"},
            {"colour": ["Unknown field. Known here: braces, color, colors, lines, title, zone."]},
        ),
        ({"lines": [{"color": "red", "x": 1}]}, {"lines": {0: {"x": ["Unknown field."]}}}),
    ],
)
def test_a_refusal_names_what_there_is(sent, errors):
    serializer = OrderSerializer(data={"title": "A", **sent})
    assert not serializer.is_valid()
    assert serializer.errors == errors


def test_what_there_is_passes():
    serializer = OrderSerializer(data={"title": "A", "color": "blue", "braces": "{x}", "colors": ["red"]})
    assert serializer.is_valid(), serializer.errors

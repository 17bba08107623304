"""Value models in the API: the same shape in and out."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override
from rest_framework import serializers

from common.api import DeclaredSerializer
from common.fields import Use
from common.strict import READ_ONLY
from impact.choices import inputs_of
from impact.fields import (
    COST,
    FRAME,
    LINE,
    PARAMETER,
    BenefitValues,
    CostValues,
    LineValues,
    ParameterValues,
)
from impact.models import ValueModel
from impact.services.value_content import OF_A_PRESET, value_model_content


class ParameterSerializer(DeclaredSerializer):
    """`label` and `unit` are written of a factor of an own formula. Of an input that the product names they
    are read only: they come as they were read, or not at all."""

    table = PARAMETER

    key = serializers.SlugField(max_length=PARAMETER["key"].column.max_length)
    arguments = serializers.ListField(child=serializers.FloatField(), min_length=1, max_length=3)


class CostSerializer(DeclaredSerializer):
    table = COST


class LineSerializer(DeclaredSerializer):
    """A further benefit. Haircuts, years and costs are those of the whole model. `number` counts from 2 in
    the order of the list; a sign-off names a benefit by it, the first one by 1."""

    table = LINE

    number = serializers.IntegerField(read_only=True)
    parameters = ParameterSerializer(many=True)


class ValueModelSerializer(DeclaredSerializer):
    """The same shape in and out; shares between 0 and 1. A model is written whole: whoever sends the
    `changed_at` that was read writes only as long as nobody else has; a newer one answers 409. What breaks a
    rule is named `parameters.<position>.<field>`, `costs.<position>.<field>`, `lines.<position>.<field>` or
    `lines.<position>.parameters.<position>.<field>`, positions from 0. Further benefits (`lines`) stay as
    they are where the list is not sent."""

    table = FRAME

    parameters = ParameterSerializer(many=True)
    costs = CostSerializer(many=True, required=False, default=list)
    lines = LineSerializer(many=True, required=False)
    changed_at = serializers.DateTimeField(
        required=False, help_text="When it was last changed, as it was read."
    )

    def to_representation(self, instance: ValueModel) -> dict[str, Any]:
        changed_at = self.fields["changed_at"].to_representation(instance.changed_at)
        content = value_model_content(instance, Use.API_READ)
        content.setdefault("lines", [])
        for part in (content, *content["lines"]):
            presets = {preset.key: preset for preset in inputs_of(part["kind"])}
            for row in part["parameters"]:
                if preset := presets.get(row["key"]):
                    row |= {name: str(getattr(preset, name)) for name in OF_A_PRESET}
        return content | {"changed_at": changed_at}

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the product says of an input is not written: other words for it are refused."""
        wrong = _written_words(values, "")
        for place, line in enumerate(values.get("lines", ())):
            wrong |= _written_words(line, f"lines.{place}.")
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def named(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Refusals of the service, which calls fields as a page does, by the names of what was sent."""
        own = {name: text for name, text in fields.items() if not name.startswith("line-")}
        found = _named(own, self.validated_data["parameters"])
        for place, line in enumerate(self.validated_data.get("lines", ())):
            start = f"line-{place}-"
            of_line = {
                name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)
            }
            named = _named(of_line, line["parameters"])
            found |= {f"lines.{place}.{name}": text for name, text in named.items()}
        return found

    def seen(self, stored: ValueModel | None) -> ValueModel | None:
        """The stored model as the program has read it; None where it does not say."""
        if stored is not None and "changed_at" in self.validated_data:
            stored.changed_at = self.validated_data["changed_at"]
            return stored
        return None

    def arguments_of_service(self) -> dict[str, Any]:
        data = {name: value for name, value in self.validated_data.items() if name != "changed_at"}
        data["parameters"] = [
            ParameterValues(**{**row, "arguments": tuple(row["arguments"])}) for row in data["parameters"]
        ]
        data["costs"] = [CostValues(**row) for row in data["costs"]]
        if "lines" in data:
            data["lines"] = [_line_of(row) for row in data["lines"]]
        return data


def _line_of(row: Mapping[str, Any]) -> LineValues:
    frame = {name: value for name, value in row.items() if name != "parameters"}
    return LineValues(
        frame=BenefitValues(**frame),
        parameters=tuple(
            ParameterValues(**{**one, "arguments": tuple(one["arguments"])}) for one in row["parameters"]
        ),
    )


def _written_words(values: Mapping[str, Any], start: str) -> dict[str, list[Any]]:
    """Inputs of one benefit for which other words were sent than the product's own."""
    presets = {preset.key: preset for preset in inputs_of(values["kind"])}
    return {
        f"{start}parameters.{position}.{name}": [READ_ONLY]
        for position, row in enumerate(values["parameters"])
        if (preset := presets.get(row["key"])) is not None
        for name in sorted(OF_A_PRESET)
        if row.get(name) and row[name] not in _in_every_language(getattr(preset, name))
    }


def _named(fields: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Fields of one benefit, or of the model, by the names of what was sent."""
    places = {row["key"]: place for place, row in enumerate(parameters)}
    found: dict[str, Any] = {}
    missing: list[str] = []
    for name, text in fields.items():
        key, _dash, part = name.rpartition("-")
        if key in places:
            found[f"parameters.{places[key]}.{'arguments' if part == 'likely' else part}"] = text
        elif key.startswith("cost-"):
            found[f"costs.{key.removeprefix('cost-')}.{part}"] = text
        elif key:
            missing.append(key)
        else:
            found[name] = text
    if missing:
        found["parameters"] = f"These inputs are required: {', '.join(sorted(missing))}."
    return found


def _in_every_language(text: "Promise | str") -> set[str]:
    """What the product says, as a program may have read it."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(text))
    return found

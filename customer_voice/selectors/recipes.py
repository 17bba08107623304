"""How files are read that have come in: what is remembered of each kind, by source and columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from accounts.models import Organization
from customer_voice.models import MetricDefinition, Source

SCHEMA = "import-recipe"
VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How one kind of file of one source is read. `told` is what is remembered, `key` its columns."""

    source: Source
    told: Mapping[str, Any]

    @property
    def key(self) -> str:
        return recipe_key(self.told["header"])

    @property
    def name(self) -> str:
        return self.told.get("name") or ", ".join(self.told["header"][:4])

    @property
    def metrics(self) -> tuple[str, ...]:
        """Keys of the metrics that its files answer."""
        reading = self.told.get("reading", {})
        named = [self.told["metric"], *(one["metric"] for one in reading.get("also", ()))]
        named += reading.get("questions", {}).values()
        return tuple(dict.fromkeys(key for key in named if key not in {"", "-"}))

    def as_json(self) -> dict[str, Any]:
        """As another organization can take it in: keys and names of columns, nothing of an answer."""
        return {"schema": SCHEMA, "version": VERSION, "source": self.source.name, **self.told}


def recipe_key(header: Sequence[str]) -> str:
    """The same for the same columns in any order."""
    return sha256("\x1f".join(sorted(header)).encode()).hexdigest()[:16]


def recipes_of(organization: Organization) -> list[Recipe]:
    """All of them, by source, the latest first. One query."""
    return [
        Recipe(source=source, told=told)
        for source in Source.objects.of(organization).exclude(recipe={})
        for told in source.recipe.get("files", [])
    ]


def recipe_of(source: Source, key: str) -> Recipe | None:
    """No query."""
    files = source.recipe.get("files", [])
    told = next((one for one in files if recipe_key(one["header"]) == key), None)
    return Recipe(source=source, told=told) if told is not None else None


def metric_names(organization: Organization, recipes: Sequence[Recipe]) -> dict[str, str]:
    """Key -> name of the metrics that these name. One query."""
    keys = {key for recipe in recipes for key in recipe.metrics}
    rows = MetricDefinition.objects.of(organization).filter(key__in=keys).order_by("version")
    return dict(rows.values_list("key", "name"))

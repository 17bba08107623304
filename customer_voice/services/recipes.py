"""Recipes named, thrown away, and taken in from another organization. An import remembers its own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from common.errors import DomainError, InvalidValues
from customer_voice.choices import ImportField, SourceKind
from customer_voice.models import Source
from customer_voice.selectors.recipes import SCHEMA, VERSION, Recipe, recipe_key
from customer_voice.services.reading import Reading
from customer_voice.services.sources import MOST_REMEMBERED, source_named
from tabular.choices import DateFormat, Encoding

LONGEST_NAME = 80
MOST_COLUMNS = 500


@transaction.atomic
def rename_recipe(*, by: Membership, recipe: Recipe, name: str) -> None:
    """Give it a name of its own; empty: it is called by its columns again. Raises InvalidValues."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        message = _("At most %(limit)d characters.") % {"limit": LONGEST_NAME}
        raise InvalidValues(message, fields={"name": message})
    files = [
        {**told, "name": name} if recipe_key(told["header"]) == recipe.key else told
        for told in _locked(recipe.source).recipe["files"]
    ]
    _write(by, recipe.source, files, "recipe.renamed", name)


@transaction.atomic
def delete_recipe(*, by: Membership, recipe: Recipe) -> None:
    """The next file with these columns is guessed again. Answers that came in stay as they are."""
    files = [
        told for told in _locked(recipe.source).recipe["files"] if recipe_key(told["header"]) != recipe.key
    ]
    _write(by, recipe.source, files, "recipe.deleted", recipe.name)


@transaction.atomic
def add_recipe(*, by: Membership, told: Mapping[str, Any], source: str = "") -> Recipe:
    """Take in a recipe that was downloaded elsewhere; it replaces one for the same columns of the source.

    Metrics and touchpoints are named by key: what this organization does not have is chosen with the first
    file. Raises InvalidValues for anything that is no recipe.
    """
    content = _checked(told)
    name = " ".join(source.split()) or _word(told.get("source", "csv"), 60) or "csv"
    if len(name) > 60:
        raise _no_recipe()
    sender = source_named(by.organization, name, SourceKind.FILE)
    key = recipe_key(content["header"])
    known = _locked(sender).recipe.get("files", [])
    files = [content, *(one for one in known if recipe_key(one["header"]) != key)]
    recipe = Recipe(source=sender, told=content)
    _write(by, sender, files[:MOST_REMEMBERED], "recipe.added", recipe.name)
    return recipe


def _locked(source: Source) -> Source:
    found: Source = Source.objects.select_for_update().get(pk=source.pk)
    return found


def _write(by: Membership, source: Source, files: list[Any], verb: str, name: str) -> None:
    source.recipe, source.changed_at = ({"files": files} if files else {}), timezone.now()
    source.save(update_fields=["recipe", "changed_at"])
    record_event(organization=by.organization, actor=by.user, verb=verb, subject=source, after={"name": name})


def _checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is remembered of it, every value of its kind."""
    if not isinstance(told, Mapping) or told.get("schema") != SCHEMA or told.get("version") != VERSION:
        raise _no_recipe()
    header, mapping, defaults = told.get("header"), told.get("mapping"), told.get("defaults", {})
    if not isinstance(header, list) or not 2 <= len(header) <= MOST_COLUMNS:
        raise _no_recipe()
    header = [_word(name, 1_000) for name in header]
    if not isinstance(mapping, Mapping) or not isinstance(defaults, Mapping):
        raise _no_recipe()
    if any(field not in ImportField.values or column not in header for field, column in mapping.items()):
        raise _no_recipe()
    try:
        reading = Reading.of_json(told.get("reading", {}))
    except DomainError as error:
        raise _no_recipe() from error
    if reading.wrong(header):
        raise _no_recipe()
    line = told.get("header_row", 0)
    is_line = isinstance(line, int) and not isinstance(line, bool) and 0 <= line <= 10_000
    if told.get("date_format") not in DateFormat.values or not is_line:
        raise _no_recipe()
    return {
        "name": _word(told.get("name", ""), LONGEST_NAME),
        "header": header,
        "mapping": dict(mapping),
        "metric": _word(told.get("metric", ""), 40),
        "defaults": {_word(name, 40): _word(value, 120) for name, value in defaults.items()},
        "date_format": told["date_format"],
        "encoding": told["encoding"] if told.get("encoding") in Encoding.values else Encoding.UTF_8.value,
        "delimiter": _word(told.get("delimiter", ""), 1),
        "sheet": _word(told.get("sheet", ""), 255),
        "header_row": line,
        "creates_touchpoints": told.get("creates_touchpoints") is True,
        "reading": reading.as_json(),
    }


def _word(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise _no_recipe()
    return value


def _no_recipe() -> InvalidValues:
    message = _("This is no recipe for imports, or not one of this version.")
    return InvalidValues(message, fields={"file": message})

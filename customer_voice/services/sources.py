"""Sources by their names, and how the columns of their files were read when one last came in."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Organization
from customer_voice.choices import SourceKind
from customer_voice.importers import rows_where
from customer_voice.models import ImportBatch, Source
from customer_voice.services.asides import PROBLEM_COLUMN
from tabular.opening import KnownLayout, Layout

MOST_REMEMBERED = 10  # kinds of files of one source, told apart by their headers


def source_named(organization: Organization, name: str, kind: SourceKind) -> Source:
    """The source of this name; one that nobody sent from before is added. Safe at the same instant."""
    source, _is_new = Source.objects.get_or_create(
        organization=organization, name=name, defaults={"kind": kind}
    )
    return source


def sender_named(organization: Organization, name: str) -> Source:
    """The same for a program that sends answers, without the recipes of files, which may be long."""
    asked, gives = {"organization_id": organization.pk, "name": name}, ("id", "organization_id", "name")
    for values in rows_where(Source, gives, asked):
        return Source.from_db(connection.alias, gives, values)
    return source_named(organization, name, SourceKind.API)


def remember_recipe(batch: ImportBatch, header: Sequence[str]) -> None:
    """Keep how this file was read, for the next one of its source with the same headers."""
    source = Source.objects.select_for_update(no_key=True).get(pk=batch.source_id)
    recipe = {
        "header": list(header),
        "mapping": dict(batch.mapping),
        "metric": batch.metric.key if batch.metric is not None else "",
        "defaults": dict(batch.defaults),
        "date_format": str(batch.date_format),
        "encoding": str(batch.encoding),
        "delimiter": batch.delimiter,
        "sheet": batch.sheet,
        "header_row": batch.header_row,
        "creates_touchpoints": batch.creates_touchpoints,
        "reading": dict(batch.reading),
    }
    known = source.recipe.get("files", [])
    if PROBLEM_COLUMN in header and recipe_for(source, header):
        return  # corrected rows, in a form of ours: the next file is written as the first one was
    name = recipe_for(source, header).get("name", "")
    recipe |= {"name": name} if name else {}
    if known and known[0] == recipe:
        return
    others = [one for one in known if not _is_alike(one["header"], header)]
    source.recipe = {"files": [recipe, *others][:MOST_REMEMBERED]}
    source.changed_at = timezone.now()
    source.save(update_fields=["recipe", "changed_at"])


def known_layouts(source: Source) -> list[KnownLayout]:
    """How the files of the source were written, the latest first. Older recipes say the encoding alone."""
    return [
        KnownLayout(
            layout=Layout(
                encoding=one["encoding"],
                delimiter=one.get("delimiter", ""),
                sheet=one.get("sheet", ""),
                header_row=one.get("header_row", 0),
            ),
            header=one["header"],
        )
        for one in source.recipe.get("files", [])
    ]


def recipe_for(source: Source, header: Sequence[str]) -> dict[str, Any]:
    """How a file of the source with these headers was last read; empty where none was."""
    known: list[dict[str, Any]] = source.recipe.get("files", [])
    return next((one for one in known if _is_alike(one["header"], header)), {})


def _is_alike(first: Sequence[str], second: Sequence[str]) -> bool:
    """Columns are read by their names, so their order does not matter."""
    kept = [sorted(name for name in names if name != PROBLEM_COLUMN) for names in (first, second)]
    return kept[0] == kept[1]

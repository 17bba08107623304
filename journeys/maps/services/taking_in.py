"""A map made of a file: first what it would be, then the map."""

from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership, Organization
from common.errors import InvalidValues
from common.spreadsheets import csv_text, marked
from journeys.maps.content import Updates
from journeys.maps.importers import COLUMNS, MOST_MEGABYTES_OF_TEXT, ReadMap, StepRow, lane_header, read_map
from journeys.maps.models import JourneyMap
from journeys.maps.services.editing import begin, keep_uses
from journeys.maps.services.keeping import MapValues, named_map
from journeys.models import Touchpoint
from tabular.errors import FileRefused


@dataclass(frozen=True, kw_only=True, slots=True)
class MapPlan:
    """What a file would make: the drawing, and the table as it was read, to be sent back with the
    confirmation."""

    content: Updates
    stages: int
    steps: int
    lanes: int
    linked: int  # steps with a touchpoint
    table: str


def planned_map(*, organization: Organization, file: IO[bytes]) -> MapPlan:
    """Nothing is changed. Raises FileRefused; InvalidValues with every line that is wrong. Four queries."""
    read = read_map(file)
    known = _Known.of(organization)
    wrong = [
        *read.wrong,
        *(
            _("Line %(line)s: %(text)s") % {"line": row.line, "text": text}
            for row in read.rows
            for text in known.refusals(row)
        ),
    ]
    if wrong:
        raise InvalidValues(
            _("Nothing was imported."), fields={f"row-{at}": text for at, text in enumerate(wrong[:50])}
        )
    content, table = _content(read, known), _table(read)
    if len(table.encode()) > MOST_MEGABYTES_OF_TEXT * 2**20:
        text = _("The file holds more than %(most)d MB of text. Shorten it, or make two maps of it.")
        raise FileRefused(text % {"most": MOST_MEGABYTES_OF_TEXT})
    return MapPlan(
        content=content,
        stages=len(content["stages"]),
        steps=sum(bool(row.step) for row in read.rows),
        lanes=len(read.lanes),
        linked=sum(bool(row.touchpoints) for row in read.rows),
        table=table,
    )


@transaction.atomic
def import_map(*, by: Membership, values: MapValues, file: IO[bytes]) -> JourneyMap:
    """A new map from the file. Raises what `planned_map` and `new_map` raise; nothing is made then."""
    plan = planned_map(organization=by.organization, file=file)
    by, row = named_map(by, values)
    begin(by, row, plan.content, what="import")
    keep_uses(row)
    return row


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What the file may name, by key and by name in small letters."""

    touchpoints: dict[str, Touchpoint]
    functions: dict[str, str]
    maps: dict[str, str]

    @classmethod
    def of(cls, organization: Organization) -> "_Known":
        points = list(Touchpoint.objects.of(organization).select_related("merged_into"))
        functions = BusinessFunction.objects.of(organization).values_list("key", "name")
        maps = JourneyMap.objects.of(organization).values_list("key", "name")
        return cls(
            touchpoints={
                **{
                    one.name.casefold(): one for one in sorted(points, key=lambda one: not one.merged_into_id)
                },
                **{one.key: one for one in points},
            },
            functions={
                **{name.casefold(): key for key, name in functions},
                **{key: key for key, _n in functions},
            },
            maps={**{name.casefold(): key for key, name in maps}, **{key: key for key, _n in maps}},
        )

    def refusals(self, row: StepRow) -> list[str]:
        found = []
        for name in row.touchpoints:
            point = self.touchpoints.get(name.casefold())
            if point is None:
                found.append(_("there is no touchpoint “%(name)s”.") % {"name": name[:60]})
            elif point.is_archived and point.merged_into is None:
                found.append(_("the touchpoint “%(name)s” is archived.") % {"name": name[:60]})
        if row.owner and row.owner.casefold() not in self.functions:
            found.append(_("there is no function “%(name)s”.") % {"name": row.owner[:60]})
        if row.nested and row.nested.casefold() not in self.maps:
            found.append(_("there is no map “%(name)s”.") % {"name": row.nested[:60]})
        return found


def _content(read: ReadMap, known: _Known) -> Updates:
    content: Updates = {"stages": [], "lanes": []}
    stages: dict[str, str] = {}
    for at, (kind, name) in enumerate(read.lanes, start=1):
        content["lanes"].append(f"l1-{at}")
        content[f"lane.l1-{at}"] = {"kind": kind, "name": name}
    for at, row in enumerate(read.rows, start=1):
        stage = stages.get(row.stage.casefold())
        if stage is None:
            stage = stages[row.stage.casefold()] = f"s1-{len(stages) + 1}"
            content["stages"].append(stage)
            content[f"stage.{stage}"], content[f"order.{stage}"] = row.stage, []
        if not row.step:  # the cells of a stage stand under it as long as it has no step
            content.update({f"cell.{stage}.l1-{lane + 1}": text for lane, text in row.cells.items()})
            continue
        step = f"p1-{at}"
        content[f"order.{stage}"].append(step)
        content[f"name.{step}"] = row.step
        points = [known.touchpoints[name.casefold()] for name in row.touchpoints]
        places: Updates = {
            "emotion": row.emotion,
            "touchpoints": [(one.merged_into or one).key for one in points] or None,
            "owner": known.functions.get(row.owner.casefold()),
            "nested": known.maps.get(row.nested.casefold()),
        }
        content.update({f"{name}.{step}": value for name, value in places.items() if value is not None})
        content.update({f"cell.{step}.l1-{lane + 1}": text for lane, text in row.cells.items()})
    return content


def _table(read: ReadMap) -> str:
    """The file as it was read, in the columns that are read again in the same way."""
    fields = list(COLUMNS)
    header = [
        *(COLUMNS[field][0] for field in fields),
        *(marked(lane_header(kind, name)) for kind, name in read.lanes),
    ]
    return csv_text(
        header,
        (
            [
                marked(row.stage),
                marked(row.step),
                marked("; ".join(row.touchpoints)),
                marked(row.owner),
                "" if row.emotion is None else row.emotion,
                marked(row.nested),
                *(marked(row.cells.get(at, "")) for at in range(len(read.lanes))),
            ]
            for row in read.rows
        ),
    )

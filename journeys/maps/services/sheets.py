"""A map as a file to hang up or show: asked for here, drawn by whoever knows what is live on it."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.reading import written_for
from accounts.services import acting
from common.errors import DomainError
from common.jobs import run
from journeys.maps.choices import SheetFormat, SheetSize
from journeys.maps.models import JourneyMap, MapSheet
from journeys.maps.operations import wrong


@transaction.atomic
def request_sheet(
    *, by: Membership, map: JourneyMap, size: str, language: str, format: str = SheetFormat.PDF
) -> MapSheet:
    """A new sheet, which the caller enqueues, or the same one that is being made for the member. Their
    sheet of before goes. Raises InvalidValues for paper, a format or a language that is not known."""
    by = acting(by)
    if size not in SheetSize.values:
        raise wrong("size", _("Choose one of the answers."))
    if format not in SheetFormat.values:
        raise wrong("format", _("Choose one of the answers."))
    if language not in dict(settings.LANGUAGES):
        raise wrong("language", _("Choose one of the answers."))
    own = MapSheet.objects.filter(map=map, by=by)
    wanted = {"size": size, "format": format, "language": language, "version": map.version}
    running = own.unfinished().filter(**wanted).first()
    if running is not None:
        return running
    for row in own:
        if row.file.name:
            transaction.on_commit(partial(row.file.storage.delete, row.file.name), robust=True)
        row.delete()
    return MapSheet.objects.create(map=map, by=by, **wanted)


def make_sheet(*, sheet: MapSheet, draw: Callable[[MapSheet], tuple[bytes, int]]) -> bool:
    """Draw the sheet and keep it; `draw` gives the file and its number of pages. False where another worker
    has it."""
    with written_for(sheet.map.organization), translation.override(sheet.language):
        return run(
            sheet,
            partial(_make, sheet, draw),
            unknown=gettext_lazy("The sheet could not be drawn. Ask for it again."),
        )


def _make(sheet: MapSheet, draw: Callable[[MapSheet], tuple[bytes, int]]) -> None:
    sheet.beat(15)
    content, pages = draw(sheet)
    sheet.beat(90)
    storage = sheet.file.storage
    name = f"{sheet.map.key}-{sheet.pk}-{sheet.attempts}.{sheet.format}"
    path = storage.get_available_name(sheet.file.field.generate_filename(sheet, name))
    is_kept = False
    try:
        path = storage.save(path, ContentFile(content))
        sheet.finish(file=path, pages=pages)
        is_kept = True
    except OSError as error:
        raise DomainError(gettext_lazy("The sheet could not be stored. Try again.")) from error
    finally:
        if not is_kept:
            storage.delete(path)

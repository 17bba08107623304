"""Sheets of slips: drawn in the worker, fetched once by whoever asked, and then gone."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.permissions import may, require_right
from accounts.reading import written_for
from common.errors import DomainError
from common.jobs import run
from employee_voice import services as employees
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.selectors import names_of_group
from reports.documents import html_of_slips, pictures_of_slips
from reports.errors import SheetsGone
from reports.models import SlipSheets
from reports.pdf import render_sheets

KEPT_FOR = timedelta(hours=1)


@transaction.atomic
def request_slips(*, by: Membership, wave: Any, group: Any, language: str) -> SlipSheets:
    """A poster and the slips of a group: a new row, which the caller enqueues, or the one that is being made.

    Sheets of before that nobody fetched are destroyed. Raises PermissionDenied, InvalidValues where no slips
    were planned, WaveNotInState.
    """
    require_right(by.role, Action.MANAGE_EMPLOYEE_SURVEYS)
    planned = employees.planned_slips(wave=wave, group=group)
    rows = SlipSheets.objects.select_for_update().filter(group=group)
    if (running := rows.unfinished().filter(by=by).first()) is not None:
        return running
    if rows.unfinished().exists():
        raise DomainError(_("Someone else is printing these slips at this moment. Try again in a minute."))
    for row in rows.kept():
        _forget(row)
    return SlipSheets.objects.create(wave=wave, group=group, by=by, language=language, slips=planned)


def make_slips(*, sheets: SlipSheets) -> bool:
    """Draw the sheets, keep them for an hour, and let their codes in from then on. Slips printed before stop
    working with that, and not before: where nothing can be drawn, the old ones stand.

    Nothing is locked while the sheets are drawn: people go on answering. False where another worker has it.
    """
    with written_for(sheets.wave.survey.organization), translation.override(sheets.language):
        return run(
            sheets,
            partial(_make, sheets),
            unknown=gettext_lazy("The sheets could not be drawn. The slips of before still work; try again."),
        )


def _make(sheets: SlipSheets) -> None:
    wave, group = sheets.wave, sheets.group
    if not sheets.by.has_access or not may(sheets.by.role, Action.MANAGE_EMPLOYEE_SURVEYS):
        raise DomainError(gettext_lazy("The person who asked for these sheets may not print slips any more."))
    codes = employees.new_codes(employees.planned_slips(wave=wave, group=group))
    sheets.beat(10)
    html = html_of_slips(wave, codes=codes, names=names_of_group(group))
    sheets.beat(30)
    content = render_sheets(html, pictures=pictures_of_slips(codes)).content
    sheets.beat(90)
    name = f"{sheets.pk}-{sheets.attempts}"  # a worker that was overtaken never touches the other's file
    is_kept = False
    try:
        employees.keep_sheets(wave=wave, name=name, content=content)
        with transaction.atomic():
            employees.take_codes(by=sheets.by, wave=wave, group=group, codes=codes)
            sheets.finish(name=name, slips=len(codes), expires_at=timezone.now() + KEPT_FOR)
        is_kept = True
    except (KeyFileError, OSError) as error:
        raise DomainError(
            gettext_lazy("The sheets could not be stored. Ask the operator to look at the key folder.")
        ) from error
    finally:
        if not is_kept:
            employees.drop_sheets(wave=wave, name=name)


@transaction.atomic
def fetch_slips(*, by: Membership, sheets: SlipSheets) -> bytes:
    """The file, once, for whoever asked for it. Raises PermissionDenied for anybody else, SheetsGone."""
    row = SlipSheets.objects.select_for_update(of=("self",)).select_related("wave").get(pk=sheets.pk)
    require_right(by.role, Action.MANAGE_EMPLOYEE_SURVEYS)
    if row.by_id != by.pk:
        raise RoleTooSmall(by.role, Action.MANAGE_EMPLOYEE_SURVEYS)
    content = employees.fetch_sheets(by=by, wave=row.wave, name=row.name) if row.name else None
    _forget(row)
    if content is None:
        raise SheetsGone(
            _("These sheets were fetched already, or nobody fetched them in time. Print new ones.")
        )
    return content


def drop_slips(*, now: datetime) -> int:
    """Destroy sheets that nobody has fetched within an hour; how many. Their codes are on no paper."""
    rows = list(SlipSheets.objects.over(now).select_related("wave"))
    for row in rows:
        _forget(row)
    return len(rows)


def _forget(row: SlipSheets) -> None:
    if row.name:
        employees.drop_sheets(wave=row.wave, name=row.name)
        SlipSheets.objects.filter(pk=row.pk).update(name="")

"""Files with lists of customers: kept until somebody has read what they would do, then taken in or gone."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.errors import InvalidValues
from common.rows import locked
from common.text import one_line
from customer_voice.importers.customers import (
    MOST_BYTES,
    ListedCustomers,
    ListProblem,
    customers_in_file,
)
from customer_voice.models import CustomerFile
from customer_voice.services.customer_lists import ListPlan, plan_list, take_list
from customer_voice.services.former_customers import remember_list
from tabular.choices import DateFormat

FORGOTTEN_DAYS = 7
MOST_PROBLEMS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReport:
    """What taking a file in would do now, and how it was understood."""

    listed: ListedCustomers
    plan: ListPlan
    problems: tuple[ListProblem, ...]
    wrong: int

    @property
    def shown(self) -> tuple[ListProblem, ...]:
        return self.problems[:MOST_PROBLEMS]

    @property
    def mark(self) -> str:
        return f"{self.plan.mark}-{self.wrong}"


@transaction.atomic
def keep_customer_file(
    *, by: Membership, kind: str, file: IO[bytes], filename: str, date_format: str = DateFormat.AUTO
) -> CustomerFile:
    """Keep a list that can be read, to be looked at and then taken in. Raises FileRefused, InvalidValues."""
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    _read(by, kind, content, date_format)
    kept: CustomerFile = CustomerFile.objects.create(
        organization=by.organization,
        kind=kind,
        filename=one_line(filename)[:200],
        content=content,
        date_format=date_format,
        created_by=by,
    )
    return kept


def customer_file_report(*, by: Membership, file: CustomerFile) -> FileReport:
    """What it would do now. Nothing is stored."""
    listed = _read(by, file.kind, bytes(file.content), file.date_format)
    wrong = {problem.line for problem in listed.problems}
    items = [item for item in listed.items if item.line not in wrong]
    plan = plan_list(by.organization, file.kind, items, currency=by.organization.currency)
    columns: Mapping[str, str] = listed.columns
    found = [
        *listed.problems,
        *(
            ListProblem(
                line=one.line,
                field=one.field,
                text=one.text,
                value=one.value,
                column=columns.get(one.field, ""),
            )
            for one in plan.problems
        ),
    ]
    problems = tuple(sorted(found, key=lambda one: one.line))
    return FileReport(
        listed=listed, plan=plan, problems=problems, wrong=len({problem.line for problem in problems})
    )


@transaction.atomic
def take_customer_file(
    *, by: Membership, file: CustomerFile, leaves_out_wrong: bool = False, seen: str = ""
) -> ListPlan:
    """Take a list in, all of it; with `leaves_out_wrong` all rows but the wrong ones. The file goes.

    Raises InvalidValues where rows are wrong and nobody said so, or where more or less would happen than was
    `seen`; Gone.
    """
    held = locked(file)
    report = customer_file_report(by=by, file=held)
    if report.wrong and not leaves_out_wrong:
        raise InvalidValues(
            _("Some rows are wrong. Correct the file, or say that they are left out; nothing was stored.")
        )
    if seen and seen != report.mark:
        raise InvalidValues(_("Something has changed since: read what would happen now, and confirm again."))
    wrong = {problem.line for problem in report.problems}
    items = [item for item in report.listed.items if item.line not in wrong]
    plan = take_list(by=by, kind=held.kind, items=items, currency=by.organization.currency)
    remember_list(by=by, filename=held.filename, plan=plan)
    held.delete()
    return plan


def discard_customer_file(*, file: CustomerFile) -> None:
    """Throw a list away that was not taken in. Twice does no harm."""
    CustomerFile.objects.filter(pk=file.pk).delete()


def discard_forgotten_customer_files() -> int:
    """Throw away lists that nobody took in for `FORGOTTEN_DAYS` days: they hold names. How many."""
    limit = timezone.now() - timedelta(days=FORGOTTEN_DAYS)
    number, _by_model = CustomerFile.objects.filter(created_at__lt=limit).delete()
    return number


def _read(by: Membership, kind: str, content: bytes, date_format: str) -> ListedCustomers:
    zone = ZoneInfo(by.organization.time_zone)
    return customers_in_file(io.BytesIO(content), kind=kind, date_format=date_format, zone=zone)

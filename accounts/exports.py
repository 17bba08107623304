"""The audit trail as a page's lines and as a file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.details import Detail, all_words, details_of
from accounts.models import AuditEvent, Organization
from accounts.wording import sentence_of
from common.downloads import WORKBOOK
from common.spreadsheets import csv_text, xlsx_bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailLine:
    """One entry with its sentence and what it says beside it, in the reader's language and format."""

    event: AuditEvent
    sentence: str
    details: tuple[Detail, ...]


def trail_lines(events: Iterable[AuditEvent], organization: Organization) -> list[TrailLine]:
    """The entries as a page shows them. No query beside the events'."""
    words = all_words()
    return [
        TrailLine(
            event=event,
            sentence=sentence_of(event),
            details=details_of(event, words, organization.currency),
        )
        for event in events
    ]


def trail_file(ending: str, events: Iterable[AuditEvent]) -> tuple[str | bytes, str]:
    """The file's content and its type. Raises Http404 for another ending.

    For programs: moments are ISO 8601 in UTC, keys and values as they were recorded, in no language's form.
    """
    header = (_("When"), _("Who"), _("What"), _("About"), _("Key"), _("Before"), _("After"))
    rows = (
        (
            event.at.isoformat(timespec="seconds"),
            event.actor_name,
            sentence_of(event),
            event.subject,
            event.verb,
            _json(event.before),
            _json(event.after),
        )
        for event in events
    )
    if ending == "csv":
        return "\ufeff" + csv_text(header, rows), "text/csv; charset=utf-8"
    if ending == "xlsx":
        return xlsx_bytes(_("Audit trail"), header, rows), WORKBOOK
    raise Http404


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""

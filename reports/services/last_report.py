"""Which document came before the one that is asked for, and what changed since."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from accounts.models import Membership
from common.jobs import JobState
from cxstats.codec import encoded
from reports.choices import ReportKind
from reports.documents.changes import base_of, changes_between
from reports.models import Report


def since_last(
    *, kind: str, content: Mapping[str, Any], by: Membership, subject: Mapping[str, Any]
) -> dict[str, Any]:
    """`since_last` as a part of the content; nothing where no document of this subject came before, so that
    the content of all others keeps its digest. Two queries, none for other kinds.

    The newest document that says the same (in another language, on another paper) has been compared already:
    the same comparison makes the same document. Documents of later studies or returns are none before.
    """
    rows = _same_subject(kind, by, subject)
    if rows is None:
        return {}
    newest = rows.exclude(job_state=JobState.FAILED).first()
    if newest is not None and base_of(newest.content) == base_of(encoded(content)):
        known = newest.content.get("since_last")
        return {"since_last": known} if known else {}
    before = newest if newest is None or newest.job_state == JobState.DONE else rows.finished().first()
    if before is None:
        return {}
    return {
        "since_last": {
            "code": before.verification_code,
            "created_at": encoded(before.created_at),
            "content_digest": before.content_digest,
            **changes_between(before.content, content),
        }
    }


def _same_subject(kind: str, by: Membership, subject: Mapping[str, Any]) -> Any:
    """The documents before, newest first; None for kinds that are not compared."""
    rows: Any = Report.objects.of(by.organization).filter(kind=kind).order_by("-created_at", "-pk")
    if kind == ReportKind.ROI_EVIDENCE:
        study, case = subject["study"], subject["roi_case"]
        earlier = Q(study__number__lt=study.number) | Q(study=study)
        found = rows.filter(earlier, study__initiative=study.initiative_id)
        if case is None:
            return found.filter(roi_case=None)
        same = Q(study=study, roi_case__number__gt=case.number)
        return found.exclude(same)
    if kind == ReportKind.PROGRAM:
        case = subject["program_case"]
        return rows.filter(program_case__number__lte=case.number)
    return rows if kind == ReportKind.BOARD else None

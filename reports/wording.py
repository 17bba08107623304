"""What is said of scheduled documents, in the reader's language."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.selectors import framework_names
from reports.choices import Frequency, ReportKind
from reports.models import Report, Schedule
from wording.formats import reader
from wording.joining import bracketed, listed

NAMED_DAYS = 6  # of those that were missed


def subject_text(schedule: Schedule, *, framework: str = "") -> str:
    """Which document it is: "ROI evidence report (INI-3 Callback)". `framework`: the name of its framework,
    looked up where it is not given. No query else where its subject was selected."""
    kind = str(ReportKind(schedule.kind).label)
    about: object = schedule.initiative or schedule.survey
    if schedule.framework:
        names = {} if framework else framework_names(schedule.organization)
        about = framework or names.get(schedule.framework, schedule.framework)
    return bracketed(kind, str(about)) if about else kind


def frequency_text(schedule: Schedule) -> str:
    """When it is made: "every month on day 1"."""
    if schedule.frequency == Frequency.DECISION:
        return _("after each decision of the coalition")
    if schedule.day >= 31:
        if schedule.frequency == Frequency.QUARTERLY:
            return _("every quarter, on the last day of its first month")
        return _("every month, on its last day")
    text = (
        _("every quarter, on day %(day)s of its first month")
        if schedule.frequency == Frequency.QUARTERLY
        else _("every month, on day %(day)s")
    )
    return text % {"day": schedule.day}


def schedule_text(schedule: Schedule) -> str:
    """Both in one line."""
    return _("%(document)s, %(when)s") % {
        "document": subject_text(schedule),
        "when": frequency_text(schedule),
    }


def data_until_text(report: Report) -> str:
    """Up to when what the document says was known: nothing of a period that is not over stands in it."""
    clock = report.organization.clock
    if report.study is not None:
        day = report.study.data_cutoff
    elif report.maturity_result is not None:
        day = clock.day_of(report.maturity_result.computed_at)
    elif report.program_case is not None and report.program_case.finished_at is not None:
        day = clock.day_of(report.program_case.finished_at)
    elif report.wave is not None and report.wave.closed_on is not None:
        day = report.wave.closed_on
    else:
        return ""
    return _("It holds what was known until %(day)s.") % {"day": reader().day(day)}


def missed_text(days: Sequence[date]) -> str:
    """That the product did not run on days on which the document was due; empty where it did."""
    if not days:
        return ""
    named = listed(reader().day(day) for day in days[-NAMED_DAYS:])
    return ngettext(
        "It was due before, on %(days)s, while the product was not running. This is the one document for "
        "that day too.",
        "It was due before, %(count)s times (last on %(days)s), while the product was not running. This is "
        "the one document for those days too.",
        len(days),
    ) % {"days": named, "count": len(days)}

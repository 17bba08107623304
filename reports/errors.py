"""What can go wrong with documents."""

from common.errors import DomainError


class NothingToReport(DomainError):
    """The subject has no stored result yet."""

    code = "nothing_to_report"


class ReportNotReady(DomainError):
    code = "report_not_ready"


class ReportClosed(DomainError):
    """Its figures beside those of a newer result would give away what few people answered."""

    code = "report_closed"
    status = 410


class SheetsGone(DomainError):
    """Sheets of slips are fetched once."""

    code = "sheets_gone"
    status = 410


class NotShared(DomainError):
    """The document is not given to people outside."""

    code = "not_shared"


class LinkEnded(DomainError):
    """The link was revoked, or its time is over."""

    code = "link_ended"
    status = 410


class TemplateGone(DomainError):
    """Another template took the place of the one that slides were asked for on."""

    code = "template_gone"


class ScheduleStopped(DomainError):
    """Nobody who may looks after the schedule."""

    code = "schedule_stopped"

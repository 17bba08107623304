"""Everything that makes documents."""

from reports.services.making import make_report, request_maturity_report, request_roi_report

__all__ = ["make_report", "request_maturity_report", "request_roi_report"]

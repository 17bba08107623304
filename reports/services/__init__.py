"""Everything that makes documents."""

from reports.services.making import (
    make_report,
    request_maturity_report,
    request_roi_report,
    request_wave_report,
)
from reports.services.slips import drop_slips, fetch_slips, make_slips, request_slips
from reports.services.verifying import Outcome, verify_file

__all__ = [
    "Outcome",
    "drop_slips",
    "fetch_slips",
    "make_report",
    "make_slips",
    "request_maturity_report",
    "request_roi_report",
    "request_slips",
    "request_wave_report",
    "verify_file",
]

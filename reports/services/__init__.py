"""Everything that makes documents."""

from reports.services.making import (
    make_report,
    request_maturity_report,
    request_program_report,
    request_roi_report,
    request_wave_report,
)
from reports.services.slips import drop_slips, fetch_slips, make_slips, request_slips

__all__ = [
    "drop_slips",
    "fetch_slips",
    "make_report",
    "make_slips",
    "request_maturity_report",
    "request_program_report",
    "request_roi_report",
    "request_slips",
    "request_wave_report",
]

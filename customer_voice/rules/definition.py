"""What a rule reads of a metric's definition."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from cxstats.working_time import WorkingTime


class Definition(Protocol):
    """The columns of `MetricDefinition` that rules read: models stand above rules, so only their shape does.

    Numbers that are whole are `int`, others `Decimal`.
    """

    name: str
    kind: str
    rule: str
    scale_low: int
    scale_high: int
    scale_step: int | Decimal  # distance of two neighboring answers
    bottom_box_high: int | Decimal | None  # answers up to this one count against
    top_box_low: int | Decimal | None  # answers from this one on count for
    higher_is_better: bool
    per: int | Decimal  # so much exposure a rate is given for: complaints per 1,000 calls
    amount_name: str  # what a rate counts: complaints
    exposure_name: str  # what it is counted on: calls
    calendar: str  # key of the calendar in whose business hours a time is counted; "": calendar hours
    data_until: datetime | None

    @property
    def working_time(self) -> WorkingTime | None:
        """What counts of a time; None: all of it."""

    @property
    def calendar_said(self) -> str:
        """The calendar in words, with the version that counts; empty: calendar hours."""

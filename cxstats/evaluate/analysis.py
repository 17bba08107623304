"""What every route hands back to the facade."""

from dataclasses import dataclass
from datetime import date

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, Method, SensitivityRow
from cxstats.evaluate.tables import Tables
from cxstats.results import Estimate, Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """Effect and its evidence in metric units; arrays (T,) run over `table.periods`.

    `expected` is None before the start where the method has no fitted path. `resolution` is the smallest
    p-value the design could have given, None where it is continuous. `method` and
    `method_reason` are set where the time before the go-live ruled the planned method out. `breaks` are the
    first periods of other lasting changes of level, which got steps of their own.
    """

    table: Tables
    effect: Estimate
    interval_80: Interval
    p_value: float
    baseline_value: float
    after_value: float
    observed: FloatArray
    answers: FloatArray
    expected: FloatArray
    expected_low: FloatArray
    expected_high: FloatArray
    control: FloatArray | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    sensitivity: tuple[SensitivityRow, ...] = ()
    resolution: float | None = None
    notes: tuple[str, ...] = ()
    method: Method | None = None
    method_reason: str = ""
    breaks: tuple[date, ...] = ()


def row(key: str, estimate: Estimate) -> SensitivityRow:
    """An estimate as a line of the sensitivity set."""
    return SensitivityRow(key=key, value=estimate.value, interval=estimate.interval)

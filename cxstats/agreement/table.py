"""Shared checks of rating tables."""

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput, NotEstimable, Reason


def numeric_table(name: str, values: ArrayLike) -> FloatArray:
    """Two-dimensional float array; NaN allowed, infinity not."""
    try:
        table = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(name, "a table of numbers") from error
    if table.ndim != 2 or table.size == 0:
        raise InvalidInput(name, "a table: one row per rated thing, one column per rater")
    if np.isinf(table).any():
        raise InvalidInput(name, "finite numbers")
    return table


def complete_table(name: str, values: ArrayLike, *, minimum_rows: int, minimum_columns: int) -> FloatArray:
    """Table without gaps and with enough rows and columns."""
    table = numeric_table(name, values)
    if np.isnan(table).any():
        raise InvalidInput(name, "a complete table (no missing entries)")
    rows, columns = table.shape
    if columns < minimum_columns:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=columns, needed=minimum_columns)
    if rows < minimum_rows:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=rows, needed=minimum_rows)
    return table

"""A balanced panel of units and periods, the shape every estimator here reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitPanel:
    """Values (units, periods), complete; `first_treated` (units,) is the column index of each unit's
    first treated period, -1 for never treated units."""

    values: FloatArray
    first_treated: tuple[int, ...]

    @property
    def treated(self) -> FloatArray:
        """1.0 for units that are treated at some time."""
        return np.array([float(start >= 0) for start in self.first_treated])


def unit_panel(*, values: ArrayLike, first_treated: object) -> UnitPanel:
    """Check and freeze a balanced panel.

    Parameters
    ----------
    values : array (units, periods), metric units, finite
    first_treated : sequence (units,) of int or None
        Column index of the first treated period; None for never treated.

    Raises
    ------
    InvalidInput
        Not a finite table, or starts that do not fit it.

    Examples
    --------
    >>> unit_panel(values=[[1, 2], [3, 4]], first_treated=[1, None]).first_treated
    (1, -1)
    """
    try:
        table = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("values", "a table of numbers, one row per unit") from error
    if table.ndim != 2 or table.size == 0 or not np.all(np.isfinite(table)):
        raise InvalidInput("values", "a complete finite table, one row per unit, one column per period")
    if not isinstance(first_treated, (list, tuple)) or len(first_treated) != table.shape[0]:
        raise InvalidInput("first_treated", "one start per unit (None for never treated)")
    starts = []
    for start in first_treated:
        if start is None:
            starts.append(-1)
        elif isinstance(start, (int, np.integer)) and not isinstance(start, bool) and start >= 0:
            starts.append(int(start))
        else:
            raise InvalidInput("first_treated", "column indices >= 0 or None")
    return UnitPanel(values=table, first_treated=tuple(starts))

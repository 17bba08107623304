"""The two scales that all layers of one drawing share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxcharts.frame.axes import pixel, y_axis
from cxcharts.frame.sheet import linear, without_axis
from cxcharts.frame.time_axis import time_x
from cxcharts.locale import Locale, Period
from cxcharts.scales import Scale, domain


@dataclass(frozen=True, kw_only=True, slots=True)
class Plane:
    """Where values and times lie. One layer carries the axes (`x_axes`, `y_axes`), all others only scales.

    `low` and `high` are the ends of the value axis, `label_room` the pixels that its labels take.
    """

    x_axes: dict[str, Any]
    y_axes: dict[str, Any]
    low: float
    high: float
    height: float
    label_room: float

    @property
    def x(self) -> dict[str, Any]:
        return without_axis(self.x_axes)

    @property
    def y(self) -> dict[str, Any]:
        return without_axis(self.y_axes)

    def level(self, field: str = "y") -> dict[str, Any]:
        """Encoding of what lies at a value, across all times."""
        return {"y": {**self.y, "field": field}}

    def spot(self) -> dict[str, Any]:
        """Encoding of what lies at a time and a value."""
        return {"x": self.x, **self.level()}

    def stretch(self) -> dict[str, Any]:
        """Encoding of what reaches from `low` to `high` at a time."""
        return {"x": self.x, **self.level("low"), "y2": {"field": "high"}}

    def pixel(self, value: float) -> float:
        return pixel(value, self.low, self.high, self.height)


def upright(
    values: Iterable[float | None],
    scale: Scale,
    locale: Locale,
    *,
    x_axes: dict[str, Any],
    height: float,
    ticks: int = 5,
) -> Plane:
    """A plane whose value axis shows `values`, whatever lies along it."""
    low, high, marks = domain(values, scale, ticks=ticks)
    axis, room = y_axis(marks, scale, locale)
    y_axes = {"type": "quantitative", "scale": linear(low, high), "axis": axis}
    return Plane(x_axes=x_axes, y_axes=y_axes, low=low, high=high, height=height, label_room=room)


def over_time(
    days: Sequence[date],
    values: Iterable[float | None],
    scale: Scale,
    locale: Locale,
    period: Period,
    *,
    height: float,
    until: date | None = None,
) -> Plane:
    """A plane from the first to the last of `days` (sorted), or on to `until`."""
    return upright(values, scale, locale, x_axes=time_x(days, period, locale, until=until), height=height)

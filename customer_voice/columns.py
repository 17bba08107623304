"""A column of exact numbers."""

from decimal import Decimal
from typing import Any

from django.db import models

from tabular.values import plain

DIGITS = 15  # as many as SQLite, which has no decimals of its own, keeps without loss
DECIMALS = 4


class NumberField(models.DecimalField):  # type: ignore[type-arg]
    """Numbers of up to 15 digits, four of them decimals, kept exactly; whole ones are `int` in Python.

    Not a float, whose sums depend on their order: a day counted anew would differ in its last digit. Whole
    numbers come back as `int` so that they are written, compared and sent as they always were.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": DIGITS, "decimal_places": DECIMALS, **kwargs})

    def from_db_value(self, value: Decimal | None, *_args: object) -> int | Decimal | None:
        return None if value is None else plain(value)

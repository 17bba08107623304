"""Operational figures in files: what was counted, or the finished figure of each row, which is turned back
into what was counted: an average wait times the calls, a share on time times the deliveries."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from customer_voice.choices import Amounts, ImportField
from customer_voice.importers import Preset
from customer_voice.models import MetricDefinition
from customer_voice.rules import Number, RowKind
from customer_voice.services.plans import Plan
from customer_voice.services.reading import Reading
from tabular.cells import as_shown
from tabular.durations import DurationForm, form_of, parse_durations
from tabular.values import parse_numbers, plain

_SECONDS = {DurationForm.SECONDS: 1, DurationForm.MINUTES: 60, DurationForm.HOURS: 3600}
_DECIMALS = Decimal("0.0001")  # as many as an amount keeps


def counted(
    cells: Sequence[str], bases: Sequence[str], metric: MetricDefinition, plan: Plan
) -> tuple[list[str], set[int]]:
    """Each cell as the amount that it stands for, and the positions that lack what they were counted on.

    What cannot be read stays as it is: it is refused as it is written. "%" is a share of a hundred; lengths
    of time are put into the unit of the metric.
    """
    read, amounts = _in_unit_of(metric, cells, plan.amount_unit), plan.amounts
    if amounts not in {Amounts.FIGURE, Amounts.SHARE}:
        return [
            cell if value is None else f"{value:f}" for cell, value in zip(cells, read, strict=True)
        ], set()
    exposures, _bad = parse_numbers(bases, refuses_groups=True)
    found: list[str] = []
    lacking: set[int] = set()
    cells = as_shown(cells)
    per = Decimal(1) if amounts == Amounts.SHARE else Decimal(metric.per)
    for index, (cell, value) in enumerate(zip(cells, read, strict=True)):
        share = value is None and cell.strip().endswith("%")
        if share:
            (value,), _wrong = parse_numbers([cell.strip().removesuffix("%").strip()])
        elif value is None:
            (value,), _wrong = parse_numbers([cell], refuses_groups=True)
        base = exposures[index]
        if value is not None and base is None and not bases[index].strip():
            lacking.add(index)
            found.append("")
        elif value is None or base is None:
            found.append(cell)
        else:
            amount = Decimal(value) * Decimal(base) / (Decimal(100) if share else per)
            found.append(f"{plain(amount.quantize(_DECIMALS)):f}")
    return found, lacking


def _in_unit_of(metric: MetricDefinition, cells: Sequence[str], unit: str) -> list[Number | None]:
    """Lengths of time in the unit that the metric counts; None for what is none, or where no unit is said."""
    own = _unit_of(metric)
    if not unit or own is None:
        return [None] * len(cells)
    lengths, _bad, unclear = parse_durations(cells, DurationForm(unit))
    return [
        None if length is None or index in unclear else Decimal(str(length.total_seconds())) / _SECONDS[own]
        for index, length in enumerate(lengths)
    ]


def _unit_of(metric: MetricDefinition) -> DurationForm | None:
    """The unit of time in the name of what is counted: "minutes waited"."""
    form = form_of(metric.amount_name, ())
    return form if form in _SECONDS else None


def amounts_proposed(
    preset: Preset, mapping: Mapping[str, str], cells: Sequence[str], label: str
) -> tuple[str, str]:
    """What the column with the amounts holds by its name and cells, and the unit of times in it."""
    column = mapping.get(ImportField.SCORE, "")
    if not preset.is_figure(column):
        amounts = ""
    else:
        values, bad = parse_numbers([cell for cell in cells if cell.strip()])
        is_share = bool(values) and not bad and all(value is not None and 0 <= value <= 1 for value in values)
        amounts = Amounts.SHARE.value if is_share and preset.is_share else Amounts.FIGURE.value
    form = form_of(f"{label} {column}", cells) if preset.is_time else None
    return amounts, form.value if form else ""


def wrong_amounts(
    mapping: Mapping[str, str], metric: MetricDefinition | None, reading: Reading
) -> dict[str, str]:
    """Field -> what a column of amounts lacks."""
    if not reading.amounts:
        return {}
    if metric is None or metric.calculation.row is not RowKind.AMOUNT:
        return {"amounts": _("Only amounts can be finished figures.")}
    if ImportField.EXPOSURE not in mapping:
        return {
            ImportField.EXPOSURE: _(
                "A finished figure needs the column with what it was counted on, such as the number of calls."
            )
        }
    return {}

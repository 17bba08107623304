"""From inputs to a cash flow in formulas: what sheets of an initiative and of the program have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.design import Direction
from cxstats.kinds import Distribution, ParameterKind
from cxstats.roi import BenefitLine, Parameter, RoiCase
from impact.choices import Distribution as Shape
from impact.choices import SourceKind
from impact.wording import item_text
from reports.workbooks.sheets import Cell, Sheet, span
from reports.workbooks.terms import (
    Span,
    Term,
    binomial_sum,
    crossing,
    known,
    lognormal_mean,
    paid_back,
    product,
    products_summed,
    ratio,
    total,
    where_on,
)

_Z90 = 1.2815515655446004  # standard normal, 90 %


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input in the sheet: its numbers, and the cell of its expected value."""

    parameter: Parameter
    arguments: tuple[Cell, ...]
    expected: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Cells that hold for the whole workbook."""

    rate: Cell
    counts_tax: Cell
    tax_rate: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What stands beside an input: its unit, and how the product prints it."""

    label: str
    unit: str = ""
    printed: str = ""


# --- inputs -----------------------------------------------------------------------------------------------


def settings_of(sheet: Sheet, rate: float) -> Settings:
    """The discount rate, and a tax that is off until somebody switches it on."""
    sheet.title(_("Settings"))
    sheet.text(0, _("Discount rate"))
    found = sheet.number(1, rate, "typed_percent")
    sheet.row += 1
    sheet.text(0, _("Count tax (1 yes, 0 no)"))
    switch = sheet.number(1, 0, "typed_whole")
    sheet.text(2, _("The product's figures are before tax: with 1 this workbook shows others."))
    sheet.row += 1
    sheet.text(0, _("Tax rate"))
    tax = sheet.number(1, 0, "typed_percent")
    sheet.text(2, _("Applied to the net of each year; a year with a loss saves tax elsewhere."))
    sheet.row += 2
    return Settings(rate=found, counts_tax=switch, tax_rate=tax)


def inputs_head(sheet: Sheet) -> None:
    sheet.head(
        _("Input"),
        _("First number"),
        _("Second number"),
        _("Third number"),
        _("Expected value"),
        _("What the numbers are"),
        _("Unit"),
        _("Source"),
        _("Kind of source"),
        _("Responsible person"),
        _("As the product prints it"),
    )


def inputs_of(
    sheet: Sheet, case: RoiCase, said: Mapping[str, Said], *, without: Sequence[str] = ()
) -> dict[str, Input]:
    """One line for each input of a case, but those in `without`."""
    return {
        one.key: _input(sheet, one, said.get(one.key) or Said(label=item_text(one.key, {})))
        for one in case.parameters
        if one.key not in without
    }


def _input(sheet: Sheet, one: Parameter, said: Said) -> Input:
    sheet.text(0, said.label)
    arguments = tuple(
        sheet.number(column, value, "typed_number") for column, value in enumerate(one.args, start=1)
    )
    expected = sheet.formula(4, expected_value(one.distribution, arguments))
    beside = (_shape(one.distribution), said.unit, one.source, _source_kind(one.kind), one.owner)
    for column, words in enumerate(beside, start=5):
        if words:
            sheet.text(column, words)
    if said.printed:
        sheet.printed(5 + len(beside), said.printed)
    sheet.row += 1
    return Input(parameter=one, arguments=arguments, expected=expected)


def _shape(distribution: Distribution) -> str:
    if distribution is Distribution.STUDENT_T:
        return _("Student's t (estimate, standard error, degrees of freedom)")
    return str(Shape(distribution.value).label)


def _source_kind(kind: ParameterKind) -> str:
    return str(SourceKind(kind.value).label)


def expected_value(distribution: Distribution, numbers: Sequence[Term]) -> Term:
    """The mean of a distribution from its numbers."""
    match distribution:
        case Distribution.PERT:
            return (numbers[0] + known(4) * numbers[1] + numbers[2]) / 6
        case Distribution.TRIANGULAR:
            return (numbers[0] + numbers[1] + numbers[2]) / 3
        case Distribution.BETA:
            return numbers[0] / (numbers[0] + numbers[1])
        case Distribution.LOGNORMAL_P10_P90:
            return lognormal_mean(numbers[0], numbers[1], _Z90)
        case _:
            return numbers[0]


# --- what is left of a benefit ------------------------------------------------------------------------------


def fading_of(sheet: Sheet, kept: Input, ages: int, *, name: str = "") -> list[Cell]:
    """Cells with the expected part that is left 0 to `ages` years after the first.

    The mean of a power is not the power of the mean: the part that is left after two years is the expected
    square. Each distribution has its own way to it.
    """
    if name:
        sheet.line(name)
    match kept.parameter.distribution:
        case Distribution.BETA:
            sheet.head(_("Years later"), _("Expected part left"))
            found = _beta_moments(sheet, kept.arguments[0], kept.arguments[1], ages, column=1)
        case Distribution.PERT:
            found = _pert_moments(sheet, kept.arguments, ages)
        case Distribution.TRIANGULAR:
            found = _triangle_moments(sheet, kept.arguments, ages)
        case _:
            sheet.head(_("Years later"), _("Expected part left"))
            found = _powers(sheet, kept.expected, ages, column=1)
    sheet.row += 1
    return found


def _ages(sheet: Sheet, ages: int) -> list[Cell]:
    cells = []
    for age in range(ages + 1):
        cells.append(sheet.number(0, age, "whole"))
        sheet.row += 1
    sheet.row -= ages + 1
    return cells


def _down(sheet: Sheet, column: int, first: float, others: Sequence[Callable[[Term], Term]]) -> list[Cell]:
    """A column that begins with `first`, each later cell made by a function of the one before it."""
    cells = [sheet.number(column, first)]
    for make in others:
        sheet.row += 1
        cells.append(sheet.formula(column, make(cells[-1])))
    sheet.row -= len(others)
    return cells


def _powers(sheet: Sheet, base: Cell, ages: int, *, column: int) -> list[Cell]:
    _ages(sheet, ages)
    cells = _down(sheet, column, 1, [lambda before: before * base] * ages)
    sheet.row += ages + 1
    return cells


def _beta_moments(sheet: Sheet, alpha: Term, beta: Term, ages: int, *, column: int) -> list[Cell]:
    years = _ages(sheet, ages)
    steps = [
        lambda before, year=year: before * (alpha + year - 1) / (alpha + beta + year - 1)
        for year in years[1:]
    ]
    cells = _down(sheet, column, 1, steps)
    sheet.row += ages + 1
    return cells


def _pert_moments(sheet: Sheet, numbers: Sequence[Cell], ages: int) -> list[Cell]:
    low, likely, high = numbers
    sheet.text(0, _("Width of the range"))
    width = sheet.formula(1, high - low)
    sheet.row += 1
    sheet.text(0, _("Shape, lower side"))
    alpha = sheet.formula(1, known(1) + known(4) * (likely - low) / width)
    sheet.row += 1
    sheet.text(0, _("Shape, upper side"))
    beta = sheet.formula(1, known(1) + known(4) * (high - likely) / width)
    sheet.row += 1
    sheet.head(_("Years later"), _("Moment within the range"), _("Expected part left"))
    start = sheet.row
    moments = _beta_moments(sheet, alpha, beta, ages, column=1)
    sheet.row = start
    cells = [sheet.number(2, 1)]
    for age in range(1, ages + 1):
        sheet.row += 1
        cells.append(sheet.formula(2, binomial_sum(low, width, moments[1 : age + 1])))
    sheet.row += 1
    return cells


def _triangle_moments(sheet: Sheet, numbers: Sequence[Cell], ages: int) -> list[Cell]:
    """Moments of the triangle: 2 h(n) / ((n + 1) (n + 2)), h(n) the sum of all products of n of its three
    corners, which is made from h(n - 1), one corner at a time."""
    sheet.head(
        _("Years later"), _("One corner"), _("Two corners"), _("Three corners"), _("Expected part left")
    )
    years = _ages(sheet, ages)
    start = sheet.row
    one = _down(sheet, 1, 1, [lambda before: before * numbers[0]] * ages)
    two = _down(sheet, 2, 1, [_with_corner(fewer, numbers[1]) for fewer in one[1:]])
    three = _down(sheet, 3, 1, [_with_corner(fewer, numbers[2]) for fewer in two[1:]])
    cells = []
    for year, all_ in zip(years, three, strict=True):
        cells.append(sheet.formula(4, known(2) * all_ / ((year + 1) * (year + 2))))
        sheet.row += 1
    sheet.row = start + ages + 1
    return cells


def _with_corner(fewer: Term, corner: Term) -> Callable[[Term], Term]:
    return lambda before: fewer + before * corner


# --- flows ------------------------------------------------------------------------------------------------


def full_benefit(case: RoiCase, line: BenefitLine, inputs: Mapping[str, Term]) -> Term:
    """A benefit line in one full year, haircuts taken off."""
    terms = [inputs[key] for key in (*line.factors, *case.haircuts)]
    gained = product(terms)
    return gained if line.direction is Direction.UP else known(-1) * gained


def ages_of(profile: Sequence[float]) -> list[int]:
    """How old a benefit is in each period; it is born in the first that has a part of it."""
    start = next((place for place, part in enumerate(profile) if part > 0), 0)
    return [max(place - start, 0) for place in range(len(profile))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Appraised:
    """Cells of what a cash flow is worth."""

    net: Cell
    benefits: Cell
    costs: Cell
    roi: Cell
    payback: Cell
    factors: Sequence[Cell]


def row_of(
    sheet: Sheet, label: str, terms: Sequence[Term | float], style: str = "money", first: int = 1
) -> list[Cell]:
    """A line of a table by years: numbers as they are, terms as formulas."""
    sheet.text(0, label, "strong" if style == "sum" else "text")
    cells = [
        sheet.formula(column, term, style) if isinstance(term, Term) else sheet.number(column, term, style)
        for column, term in enumerate(terms, start=first)
    ]
    sheet.row += 1
    return cells


def appraised(
    sheet: Sheet, years: Sequence[Cell], benefits: Sequence[Cell], costs: Sequence[Cell], settings: Settings
) -> Appraised:
    """From benefits and costs by year to what they are worth, below them in the same sheet. `years` count
    from 0 or from the first calendar year: the first is not discounted."""
    before = row_of(
        sheet,
        _("Net, before tax"),
        [gained - spent for gained, spent in zip(benefits, costs, strict=True)],
    )
    tax = row_of(sheet, _("Tax"), [where_on(settings.counts_tax, net * settings.tax_rate) for net in before])
    net = row_of(sheet, _("Net"), [one - two for one, two in zip(before, tax, strict=True)], "sum")
    _running(sheet, _("Net, added up"), net)
    factors = _factors(sheet, len(years), settings.rate)
    worth = row_of(
        sheet, _("Present value of the net"), [one * two for one, two in zip(net, factors, strict=True)]
    )
    sums = _running(sheet, _("Present value, added up"), worth)
    places = [years[place] - years[0] for place in range(len(years))]
    returns = row_of(
        sheet,
        _("Paid back after, years"),
        [crossing(sums[place - 1], sums[place], places[place]) for place in range(1, len(sums))],
        "years",
        first=2,
    )
    sheet.row += 1
    gained, spent = (
        _figure(sheet, label, products_summed(span(cells), span(factors)))
        for label, cells in (
            (_("Benefits, present value"), benefits),
            (_("Costs, present value"), costs),
        )
    )
    value = _figure(sheet, _("Net present value"), total(span(worth)), "sum")
    roi = _figure(sheet, _("Return on investment"), ratio(value, spent, "–"), "percent")
    never = _("not within the years counted")
    crossings: Span = span(returns)
    back = _figure(sheet, _("Pays for itself after, years"), paid_back(span(sums), crossings, never), "years")
    return Appraised(net=value, benefits=gained, costs=spent, roi=roi, payback=back, factors=factors)


def _factors(sheet: Sheet, count: int, rate: Cell) -> list[Cell]:
    sheet.text(0, _("Discount factor"))
    cells = [sheet.number(1, 1)]
    for column in range(2, count + 1):
        cells.append(sheet.formula(column, cells[-1] / (known(1) + rate)))
    sheet.row += 1
    return cells


def _running(sheet: Sheet, label: str, cells: Sequence[Cell]) -> list[Cell]:
    sheet.text(0, label)
    sums = [sheet.formula(1, cells[0], "money")]
    for column, cell in enumerate(cells[1:], start=2):
        sums.append(sheet.formula(column, sums[-1] + cell, "money"))
    sheet.row += 1
    return sums


def _figure(sheet: Sheet, label: str, term: Term, style: str = "money") -> Cell:
    sheet.text(0, label, "strong" if style == "sum" else "text")
    cell = sheet.formula(1, term, style)
    sheet.row += 1
    return cell

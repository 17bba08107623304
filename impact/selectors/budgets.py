"""What an initiative was planned to cost, as the lines with which its value model begins. No query."""

from django.utils.translation import gettext as _

from coalition.models import Initiative
from impact.fields import CostValues
from impact.models import ValueModel
from wording.formats import reader
from wording.joining import all_of


def planned_costs(initiative: Initiative) -> tuple[CostValues, ...]:
    """The one-off cost before the go-live, the running cost in every year that a new model counts."""
    source = _("Budget of %(reference)s") % {"reference": initiative.reference}
    planned = [(_("One-off cost"), 0, initiative.one_off_cost)]
    years: int = ValueModel._meta.get_field("horizon_years").get_default()
    planned += [(_("Cost a year"), year, initiative.yearly_cost) for year in range(1, years + 1)]
    return tuple(
        CostValues(label=label, year=year, low=amount, likely=amount, high=amount, source=source)
        for label, year, amount in planned
        if amount
    )


def budget_text(initiative: Initiative) -> str:
    """The same in a sentence, for a page that shows what was entered; nothing where nothing was planned."""
    currency = initiative.organization.currency
    named = [
        (initiative.one_off_cost, _("%(amount)s once")),
        (initiative.yearly_cost, _("%(amount)s a year")),
    ]
    costs = [text % {"amount": reader().money(cost, currency)} for cost, text in named if cost]
    return _("The initiative was planned to cost %(costs)s.") % {"costs": all_of(costs)} if costs else ""

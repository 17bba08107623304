"""What people write about an initiative, its evaluation plan and a seat: each field once, with its places.

To add a field: the column in `models.py`, and its line here. It then is on the form, in the API, in what is
voted on and in the history as far as its `use` says; without one it is nowhere. What enters or leaves
CONTENT makes a new version of that content: raise `content_version`. See CONTRIBUTING.md, "Add a field".
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership
from coalition.choices import Direction, UnitSelection
from coalition.models import EvaluationPlan, Initiative, Seat
from common.fields import API, EVERYWHERE, FieldTable, Unit, Use, use
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint

_NEEDED = _("needed for the vote")


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeValues:
    """What a person wrote about an initiative."""

    title: str = field(
        metadata=use(EVERYWHERE, label=_("Title"), help=_("What changes for the customer, in a few words."))
    )
    problem: str = field(
        default="",
        metadata=use(
            EVERYWHERE,
            label=_("Problem and its evidence"),
            question=_("The problem and its evidence"),
            help=_("Who is affected, how often, and how we know: figures, quotes, cases."),
            rows=5,
            needed=_NEEDED,
        ),
    )
    proposal: str = field(
        default="", metadata=use(EVERYWHERE, label=_("What we will do"), rows=4, needed=_NEEDED)
    )
    owner: Membership = field(metadata=use(EVERYWHERE, label=_("Owner")))
    touchpoints: tuple[Touchpoint, ...] = field(
        default=(),
        metadata=use(EVERYWHERE, label=_("Touchpoints"), question=_("Touchpoints in scope"), needed=_NEEDED),
    )
    one_off_cost: Decimal = field(
        default=Decimal(0),
        metadata=use(
            EVERYWHERE,
            label=_("One-off cost"),
            unit=Unit.MONEY,
            low=0,
            too_low=_("A cost cannot be negative."),
        ),
    )
    yearly_cost: Decimal = field(
        default=Decimal(0),
        metadata=use(
            EVERYWHERE,
            label=_("Cost a year"),
            unit=Unit.MONEY,
            low=0,
            too_low=_("A cost cannot be negative."),
        ),
    )
    expected_benefit: Decimal | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Expected benefit a year"),
            help=_("In money, as you estimate it today. The voters see it beside the cost."),
            unit=Unit.MONEY,
            low=0,
            too_low=_("A benefit cannot be negative. A loss is a cost."),
        ),
    )
    effort_days: int | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Effort, person-days"),
            help=_("Work by your own people until go-live."),
            high=1_000_000,
            too_low=_("An effort cannot be negative."),
        ),
    )
    planned_go_live_on: date | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Planned go-live"),
            help=_("Must be after the approval."),
            needed=_NEEDED,
        ),
    )
    already_live_on: date | None = field(
        default=None,
        metadata=use(
            Use.FORM | API | Use.HISTORY,
            label=_("Live already since"),
            help=_(
                "The first day customers experienced the change. There is no vote; its evidence has a design "
                "grade of C at most and stands apart from the portfolio's total."
            ),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanValues:
    """What a person wrote about how we shall know. Effects are amounts; `direction` gives their sign."""

    metric: MetricDefinition = field(
        metadata=use(EVERYWHERE, label=_("Metric"), question=_("Metric that should move"))
    )
    comparison_touchpoints: tuple[Touchpoint, ...] = field(
        default=(),
        metadata=use(
            EVERYWHERE,
            label=_("Compared with"),
            question=_("Compared with these touchpoints"),
            help=_(
                "They do not get the initiative but would otherwise develop in the same way. This gives "
                "the strongest evidence."
            ),
            content_key="comparison",
        ),
    )
    spillover_touchpoints: tuple[Touchpoint, ...] = field(
        default=(),
        metadata=use(
            EVERYWHERE,
            label=_("Could be affected too"),
            question=_("Touchpoints that could be affected without getting it"),
            help=_(
                "For example where the same customers or employees go. They cannot be compared with; "
                "whether they moved as well is checked as a question of its own."
            ),
            content_key="spillover",
        ),
    )
    unmoved_metric: MetricDefinition | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Metric that should not move"),
            help=_(
                "Measured at the same touchpoints, and nothing the initiative should change. If it moves as "
                "well, something else happened, and the result cannot count as supported."
            ),
        ),
    )
    segment: str = field(
        default="",
        metadata=use(
            EVERYWHERE,
            label=_("Segment"),
            question=_("Only this segment"),
            help=_("Empty: all customers."),
        ),
    )
    period: str = field(default=Period.WEEK, metadata=use(EVERYWHERE, label=_("Measured by")))
    baseline_from: date | None = field(
        default=None, metadata=use(EVERYWHERE, label=_("Baseline from"), needed=_NEEDED)
    )
    lag_periods: int = field(
        default=0,
        metadata=use(
            EVERYWHERE,
            label=_("Periods until an effect can show"),
            high=52,
            too_low=_("Between 0 and %(most)d periods."),
            too_high=_("Between 0 and %(most)d periods."),
        ),
    )
    review_on: date | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Review on"),
            help=_("The day we review the result, whatever it shows."),
            needed=_NEEDED,
        ),
    )
    direction: str = field(
        default=Direction.UP,
        metadata=use(EVERYWHERE, label=pgettext_lazy("of a metric", "Expected direction")),
    )
    expected_effect: Decimal | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Expected effect"),
            low=Decimal("0.01"),
            too_low=_("Enter the size of the change as a number above 0."),
            needed=_NEEDED,
        ),
    )
    smallest_worthwhile_effect: Decimal = field(
        default=Decimal(0),
        metadata=use(
            EVERYWHERE,
            label=_("Smallest worthwhile effect"),
            help=_("Below this the result would not change what we do. 0 if any change counts."),
            low=0,
            too_low=_("Enter the size of the change, 0 or more."),
        ),
    )
    selection: str = field(
        default=UnitSelection.UNKNOWN,
        metadata=use(
            EVERYWHERE,
            label=_("How the touchpoints were chosen"),
            question=_("How were these touchpoints chosen?"),
            help=_(
                "Touchpoints with the worst scores often recover on their own; the evaluation "
                "takes this into account."
            ),
        ),
    )
    selected_from: date | None = field(
        default=None,
        metadata=use(
            EVERYWHERE,
            label=_("Chosen by the scores from"),
            help=_(
                "Only where the scores were the reason: the first and the last day of the scores that they "
                "were chosen by. Baseline and evaluation then do without these periods."
            ),
        ),
    )
    selected_until: date | None = field(
        default=None, metadata=use(EVERYWHERE, label=_("Chosen by the scores until"))
    )
    is_seasonal: bool = field(
        default=False,
        metadata=use(EVERYWHERE, label=_("Yearly season"), question=_("This metric has a yearly season")),
    )
    decision_rule: str = field(
        default="",
        metadata=use(
            EVERYWHERE,
            label=_("What we will do with the result"),
            help=_("For example: roll out everywhere if it is supported, stop if it is not worthwhile."),
            needed=_NEEDED,
        ),
    )


_OF_A_SEAT = Use.FORM | API | Use.HISTORY  # no vote binds what a seat is


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatValues:
    """What a seat is."""

    membership: Membership = field(metadata=use(_OF_A_SEAT, question=_("Person"), content_key="person"))
    title: str = field(metadata=use(_OF_A_SEAT, question=_("Seat"), help=_("For example: Head of service")))
    function: BusinessFunction | None = field(
        default=None, metadata=use(_OF_A_SEAT, question=_("Represents the function"))
    )
    touchpoints: tuple[Touchpoint, ...] = field(
        default=(),
        metadata=use(
            _OF_A_SEAT,
            question=_("Represents these touchpoints"),
            help=_("None chosen: all touchpoints of the function."),
        ),
    )
    alternate: Membership | None = field(
        default=None,
        metadata=use(
            _OF_A_SEAT,
            question=_("Alternate"),
            help=_(
                "May vote in this person's place until they have voted themselves, in votes that open from "
                "now on. Both are told by e-mail."
            ),
        ),
    )
    is_chair: bool = field(
        default=False,
        metadata=use(
            _OF_A_SEAT,
            question=_("Chairs the coalition"),
            help=_("May end a vote early where the charter allows it."),
        ),
    )
    has_vote: bool = field(default=True, metadata=use(_OF_A_SEAT, question=_("Has a vote")))
    starts_on: date | None = field(default=None, metadata=use(Use.FORM | API, question=_("Term from")))
    ends_on: date | None = field(default=None, metadata=use(_OF_A_SEAT, question=_("Term until")))


INITIATIVE = FieldTable(Initiative, InitiativeValues)
PLAN = FieldTable(EvaluationPlan, PlanValues)
SEAT = FieldTable(Seat, SeatValues)

"""An initiative whose touchpoints get it in an order drawn by lot: still a draft, with its plan written."""

from datetime import date, timedelta
from decimal import Decimal

from coalition import services
from coalition.choices import Direction
from coalition.fields import InitiativeValues, PlanValues
from coalition.models import Initiative
from customer_voice.models import MetricDefinition
from cxprogram.demo.people import Cast
from journeys.models import Touchpoint

TITLE = "Ask at the end whether everything is settled"
LISTED = (
    "store-visit",
    "service-hotline",
    "welcome-call",
    "online-order",
    "installation-visit",
    "mobile-app",
)
NEAR = "chat-support"
STEPS, WEEKS_APART = 3, 4


def draw(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> Initiative:
    """Six touchpoints get it, two at a time; those that wait are what the others are compared with."""
    owner = cast["Ines"]
    live = today + timedelta(days=49 - today.weekday())  # a Monday, on which a week of the plan begins
    metrics = MetricDefinition.objects.of(owner.organization)
    initiative = services.create_initiative(
        by=owner,
        values=InitiativeValues(
            title=TITLE,
            owner=owner,
            problem="One customer in six comes back within a week with the same question.",
            proposal="Before the contact ends, ask whether everything is settled, and settle what is not.",
            one_off_cost=Decimal(6_000),
            yearly_cost=Decimal(4_000),
            planned_go_live_on=live,
        ),
    )
    services.edit_plan(
        by=owner,
        initiative=initiative,
        lock_version=initiative.lock_version,
        values=PlanValues(
            metric=metrics.get(key="nps"),
            spillover_touchpoints=(touchpoints[NEAR],),
            unmoved_metric=metrics.get(key="csat_5"),
            baseline_from=today - timedelta(days=728),
            review_on=live + timedelta(days=182),
            direction=Direction.UP,
            expected_effect=Decimal(6),
            smallest_worthwhile_effect=Decimal(3),
            decision_rule="Introduce it everywhere if it is supported.",
        ),
    )
    initiative.refresh_from_db()
    services.draw_lot(
        initiative=initiative,
        by=owner,
        touchpoints=[touchpoints[key] for key in LISTED],
        takes=len(LISTED),
        steps=services.Steps(first=live, count=STEPS, periods=WEEKS_APART),
    )
    return initiative

"""An initiative of which the lot said which touchpoints get it: still a draft, with its plan written."""

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
    "chat-support",
    "mobile-app",
    "online-order",
    "outage-information",
    "service-hotline",
    "store-visit",
)
NEAR = "installation-visit"
TAKES = 3


def draw(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> Initiative:
    """Three of six touchpoints get it, as the lot says; they are compared with the three that do not."""
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
            metric=metrics.get(key="csat_5"),
            spillover_touchpoints=(touchpoints[NEAR],),
            unmoved_metric=metrics.get(key="nps"),
            baseline_from=today - timedelta(days=728),
            review_on=live + timedelta(days=301),
            direction=Direction.UP,
            expected_effect=Decimal(14),
            smallest_worthwhile_effect=Decimal(6),
            decision_rule="Introduce it everywhere if it is supported.",
        ),
    )
    initiative.refresh_from_db()
    services.draw_lot(
        initiative=initiative,
        by=owner,
        touchpoints=[touchpoints[key] for key in LISTED],
        takes=TAKES,
    )
    return initiative

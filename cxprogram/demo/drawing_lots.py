"""An initiative whose touchpoints were drawn by lot: still a draft, with its plan written."""

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
LISTED = ("store-visit", "service-hotline", "welcome-call", "online-order")


def draw(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> Initiative:
    """Two of four touchpoints get it; the others are what they are compared with."""
    owner, live = cast["Ines"], today + timedelta(days=45)
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
            metric=MetricDefinition.objects.of(owner.organization).get(key="nps"),
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
        initiative=initiative, by=owner, touchpoints=[touchpoints[key] for key in LISTED], takes=2
    )
    return initiative

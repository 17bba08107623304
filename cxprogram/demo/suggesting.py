"""What employees would improve: one taken up, one declined, one that waits."""

from datetime import date, timedelta

from coalition.services import decline_suggestion, suggest_improvement, take_up_suggestion
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import Cast
from journeys.models import Touchpoint

TAKEN_UP = (
    "Let technicians order the missing part from the customer's door. Today we write it down, drive back and "
    "order it in the evening, so the second visit is four days later than it has to be."
)
DECLINED = "Open the chat through the night. Shift workers write to us at two in the morning."
WAITING = (
    "Show the caller's last three contacts on the first screen. Customers tell their story again at every "
    "transfer, and that is what they complain about most."
)
REASON = (
    "We counted: nine messages a night. The assistant answers most of them, and the others are called back by "
    "eight. We look at the numbers again in spring."
)


def suggest(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> None:
    """Aisha knows installations, Leo the hotline and the chat."""
    with on_day(today - timedelta(days=24)):
        part = suggest_improvement(
            by=cast["Aisha"], touchpoint=touchpoints["installation-visit"], text=TAKEN_UP
        )
        night = suggest_improvement(by=cast["Leo"], touchpoint=touchpoints["chat-support"], text=DECLINED)
    with on_day(today - timedelta(days=17)):
        take_up_suggestion(by=cast["Rahul"], suggestion=part)
        decline_suggestion(by=cast["Tomas"], suggestion=night, reason=REASON)
    with on_day(today - timedelta(days=2)):
        suggest_improvement(by=cast["Leo"], touchpoint=touchpoints["service-hotline"], text=WAITING)

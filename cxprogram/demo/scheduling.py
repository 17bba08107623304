"""What happens by the calendar in the demo: a scheduled document, reminders as somebody wants them, a review
whose day has come.
"""

from accounts.services import choose_reminders
from coalition.choices import ReviewChoice
from coalition.models import Initiative
from coalition.services import cast_review_vote, open_review_vote
from cxprogram.demo.deciding import INSTALLATION, NOTICE
from cxprogram.demo.people import Cast
from reports.choices import Frequency, ReportKind
from reports.services import ScheduleValues, save_schedule


def follow_the_calendar(cast: Cast, made: dict[str, Initiative]) -> None:
    """Two schedules, one person's reminders, and an open review in which two seats have spoken."""
    save_schedule(
        by=cast["Maya"],
        values=ScheduleValues(
            kind=ReportKind.PROGRAM,
            frequency=Frequency.MONTHLY,
            day=1,
            members=(cast["Henrik"], cast["Grace"]),
            addresses=("board-office@aurelia.example",),
            heir=cast["Paula"],
        ),
    )
    save_schedule(
        by=cast["Maya"],
        values=ScheduleValues(
            kind=ReportKind.ROI_EVIDENCE,
            initiative=made[INSTALLATION],
            frequency=Frequency.DECISION,
            members=(cast["Henrik"], cast["Rahul"]),
            heir=cast["Paula"],
        ),
    )
    choose_reminders(by=cast["Henrik"], wishes={"vote": 5, "milestone": None})
    open_review_vote(by=cast["Maya"], initiative=made[NOTICE])
    said = (
        ("Ines", ReviewChoice.CONFIRM, ""),
        ("Sophie", ReviewChoice.CHANGE, "Send it to business customers too, before we extend the contract."),
    )
    for name, choice, comment in said:
        cast_review_vote(by=cast[name], initiative=made[NOTICE], choice=choice, comment=comment)

"""The part of the list of duties that is about reviews and scheduled documents (see `needs`)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from overview.selectors import owed_reviews
from overview.selectors.kinds import Kind

REVIEW: tuple[Kind, ...] = (
    Kind(
        key="review_vote",
        who="the person of a seat that has not spoken in an open review",
        rows=owed_reviews.reviews_to_vote,
        icon="checkbox",
        title=_("Review “%(title)s”: confirm, change or stop"),
        detail="",
        button=_("Read and vote"),
        page="coalition:review",
        dates=("vote",),
    ),
    Kind(
        key="review_decide",
        who="the chair, where the charter says so",
        rows=owed_reviews.reviews_to_decide,
        icon="checkbox",
        title=_("Decide on “%(title)s”: confirm, change or stop"),
        detail=_("Its review day has come. By the charter the chair decides."),
        button=_("Decide"),
        page="coalition:review",
        dates=("review",),
    ),
    Kind(
        key="review_open",
        who="the owner of the initiative; who seats the coalition where the owner cannot",
        rows=owed_reviews.reviews_to_open,
        icon="checkbox",
        title=_("Open the review of “%(title)s”"),
        detail=_("Its review day has come. The coalition confirms, changes or stops it."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:review",
        dates=("review",),
    ),
    Kind(
        key="review_answer",
        who="the owner of the initiative",
        rows=owed_reviews.reviews_to_answer,
        icon="pencil",
        title=_("Change “%(title)s” as its review asked"),
        detail=_("Change the plan, the owner or the schedule. It is reviewed again."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:review",
    ),
)
SCHEDULES: tuple[Kind, ...] = (
    Kind(
        key="schedule_failed",
        who="the owner of the schedule",
        rows=owed_reviews.schedules_failed,
        icon="file-alert",
        title=_("The scheduled document could not be made: %(document)s"),
        detail="",
        button=_("See why"),
        page="reports:schedule_detail",
    ),
    Kind(
        key="schedule_stopped",
        who="who runs the organization",
        rows=owed_reviews.schedules_stopped,
        icon="user-question",
        title=_("A scheduled document has stopped: %(document)s"),
        detail="",
        button=pgettext_lazy("button", "Open"),
        page="reports:schedule_detail",
    ),
)

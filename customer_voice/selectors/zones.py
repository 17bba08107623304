"""What another time zone of the organization would move. One query."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from common.registry import Consequence, OtherZone
from customer_voice.models import Feedback


def figures_moved(question: OtherZone) -> Iterator[Consequence]:
    """Every figure is counted anew by the new days, where there is anything to count."""
    if Feedback.objects.of(question.organization).exists():
        text = _(
            "Days, weeks and months of all feedback are counted again, with days that begin at midnight in "
            "%(zone)s: past figures can change, and with them alerts and what new findings say. Reports and "
            "findings that exist keep theirs."
        )
        yield Consequence(text=text % {"zone": question.time_zone}, is_to_accept=True)

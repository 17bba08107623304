"""What members have chosen about reminders: for the page, the API and the letters."""

from accounts.models import Membership, ReminderWish
from common.dates import kinds_of_dates


def chosen_of(member: Membership) -> dict[str, int | None]:
    """Kind -> how many days before this member is reminded, None for not at all. One query."""
    wishes = dict(ReminderWish.objects.filter(member=member).values_list("kind", "days_before"))
    return {kind.key: wishes.get(kind.key, kind.days_before) for kind in kinds_of_dates()}

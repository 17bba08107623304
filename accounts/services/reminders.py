"""Reminders of days that are ahead: one letter a day, in the morning, of what is still to be done.

What is ahead comes from every room (`common.dates`); here stands who wants to hear of it and when. Nobody is
reminded twice of the same day of the same thing, of what is settled, or of a day that has passed: data of
before that are brought in remind nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import Membership, Organization, Reminder, ReminderLetter, ReminderWish
from accounts.services.letters import written_together
from accounts.services.organizations import acting
from common.dates import MOST_DAYS_BEFORE, DateAhead, DateKind, ahead_of, kinds_of_dates
from common.errors import InvalidValues

MORNING = 7  # o'clock, where the organization is
KEPT_DAYS = 120  # after its day nothing is reminded of any more


def send_due_reminders() -> int:
    """Write the reminders of every organization whose morning has come. Returns how many letters."""
    return sum(remind(one) for one in Organization.objects.order_by("pk"))


def remind(organization: Organization) -> int:
    """Write the reminders of today, one letter a person at most; nothing before the morning or where it was
    done. Broken off in the middle it goes on with who has none yet. Returns how many letters."""
    clock = organization.clock
    today = clock.today()
    if organization.reminded_on == today or clock.now().astimezone(clock.zone).hour < MORNING:
        return 0
    ahead = defaultdict[int, list[DateAhead]](list)
    for one in ahead_of(organization, today, today + timedelta(days=MOST_DAYS_BEFORE)):
        for person in one.people:
            ahead[person].append(one)
    people = Membership.objects.of(organization).active().filter(pk__in=ahead)
    kinds = {kind.key: kind for kind in kinds_of_dates()}
    wishes = _wishes(ahead)
    with written_together():
        sent = sum(
            _write(person, due_now(ahead[person.pk], kinds, wishes[person.pk], today), today)
            for person in people.select_related("user", "organization").order_by("pk")
        )
    Reminder.objects.filter(
        member__organization=organization, on__lt=today - timedelta(days=KEPT_DAYS)
    ).delete()
    Organization.objects.filter(pk=organization.pk).update(reminded_on=today)
    return sent


def due_now(
    ahead: Iterable[DateAhead],
    kinds: Mapping[str, DateKind],
    wishes: Mapping[str, int | None],
    today: date,
) -> list[DateAhead]:
    """Of what is ahead of a person that of which she wants to be reminded by now, the next day first."""
    due = []
    for one in ahead:
        days = wishes.get(one.kind, kinds[one.kind].days_before)
        if days is not None and 0 <= (one.on - today).days <= days:
            due.append(one)
    return sorted(due, key=lambda one: (one.on, one.kind, one.subject))


def _wishes(people: Iterable[int]) -> Mapping[int, dict[str, int | None]]:
    found = defaultdict[int, dict[str, int | None]](dict)
    for row in ReminderWish.objects.filter(member__in=list(people)):
        found[row.member_id][row.kind] = row.days_before
    return found


@transaction.atomic
def _write(person: Membership, due: list[DateAhead], today: date) -> bool:
    """One letter about what the person was not reminded of; none where there is nothing, or one today."""
    if not due:
        return False
    known = set(Reminder.objects.filter(member=person).values_list("kind", "subject", "on"))
    new = [one for one in due if (one.kind, one.subject, one.on) not in known]
    if not new:
        return False
    letter, is_new = ReminderLetter.objects.get_or_create(member=person, sent_on=today)
    if not is_new:
        return False
    Reminder.objects.bulk_create(
        Reminder(member=person, letter=letter, kind=one.kind, subject=one.subject, on=one.on) for one in new
    )
    mail.send_reminders(person, new)
    return True


@transaction.atomic
def choose_reminders(*, by: Membership, wishes: Mapping[str, int | None]) -> None:
    """Say of kinds of days how many days before (0 to 30) the member is reminded, None for not at all. Kinds
    that are not named stay as they are. Raises InvalidValues."""
    by = acting(by)
    known = {kind.key for kind in kinds_of_dates()}
    wrong = {}
    for kind, days in wishes.items():
        if kind not in known:
            wrong[kind] = _("There is no such kind of day.")
        elif days is not None and not 0 <= days <= MOST_DAYS_BEFORE:
            wrong[kind] = _("Between 0 and %(most)s days before.") % {"most": MOST_DAYS_BEFORE}
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    for kind, days in wishes.items():
        ReminderWish.objects.update_or_create(member=by, kind=kind, defaults={"days_before": days})

"""Schedules of documents, as people set them up: what is made, when, for whom, and whose it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.leftovers import Departure, left_behind
from accounts.models import Membership, Organization
from accounts.permissions import may
from accounts.services import acting, record_event
from coalition.models import Initiative
from common.errors import InvalidValues
from common.jobs import enqueue
from common.rows import fresh, locked, merged, put
from employee_voice.selectors import survey_here
from reports import mail
from reports.choices import LINK_DAYS, MOST_RECIPIENTS, Frequency, Paper, Pause, ReportKind
from reports.due_days import next_due
from reports.errors import ScheduleStopped
from reports.models import Schedule, ScheduleRecipient, ScheduleRun

LONGEST_ADDRESS = 120
PLAIN = ("kind", "initiative", "framework", "survey", "frequency", "day", "language", "paper", "link_days")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleValues:
    """What somebody writes about a schedule. `day` is one of a month (1 to 31); `link_days` is how long links
    for the `addresses` work, in days. `survey` is a row of `employee_voice`."""

    kind: str
    initiative: Initiative | None = None
    framework: str = ""
    survey: Any = None
    frequency: str = Frequency.MONTHLY
    day: int = 1
    language: str = "en"
    paper: str = Paper.A4
    link_days: int = 30
    members: tuple[Membership, ...] = ()
    addresses: tuple[str, ...] = ()
    heir: Membership | None = None


@transaction.atomic
def save_schedule(*, by: Membership, values: ScheduleValues, schedule: Schedule | None = None) -> Schedule:
    """Set a schedule up, its writer being its owner, or change one. Of a `schedule` as its caller has read it
    what differs is written. Raises InvalidValues."""
    by = acting(by, Action.MAKE_REPORT)
    row = None if schedule is None else locked(schedule, "organization", "owner__user")
    if row is not None and schedule is not None:
        values = _merged(values, schedule, row)
    values = _cleaned(values)
    _refuse(by, values, row)
    is_new = row is None
    before = {} if row is None else content_of(row)
    if row is None:
        row = Schedule(organization=by.organization, owner=by, created_at=timezone.now())
        for name in PLAIN:
            setattr(row, name, getattr(values, name))
        row.heir = values.heir
        row.next_on = following_day(row)
        row.save()
    else:
        changed = put(row, {**{name: getattr(values, name) for name in PLAIN}, "heir": values.heir})
        if {"frequency", "day"} & set(changed) and not row.pause:
            put(row, {"next_on": following_day(row)})
    _write_recipients(row, values)
    after = content_of(row)
    if after != before:
        _record(row, by, "schedule.created" if is_new else "schedule.changed", before, after)
    return row


def following_day(schedule: Schedule) -> Any:
    """The first due day after today where the organization is; None for one that waits for decisions."""
    today = schedule.organization.clock.today()
    return next_due(
        frequency=schedule.frequency,
        day=schedule.day,
        year_begins=schedule.organization.year_begins,
        since=today + timedelta(days=1),
    )


@transaction.atomic
def pause_schedule(*, by: Membership, schedule: Schedule) -> None:
    """It makes nothing until somebody resumes it. Twice does no harm."""
    by = acting(by, Action.MAKE_REPORT)
    row = locked(schedule, "organization")
    if not row.pause:
        _stop(row, Pause.BY_HAND)
        _record(row, by, "schedule.paused", {}, {"why": Pause.BY_HAND.value})


@transaction.atomic
def resume_schedule(*, by: Membership, schedule: Schedule) -> None:
    """It goes on with the next day; what was due in the meantime is not made up for. A schedule whose owner
    is gone becomes that of whoever resumes it."""
    by = acting(by, Action.MAKE_REPORT)
    row = locked(schedule, "organization", "owner__user")
    if not row.pause:
        return
    after: dict[str, Any] = {}
    if not can_keep(row.owner):
        put(row, {"owner": by, "heir": None if row.heir_id == by.pk else row.heir})
        after["owner"] = str(by)
    put(row, {"pause": "", "paused_at": None, "next_on": following_day(row)})
    _record(row, by, "schedule.resumed", {}, after)


@transaction.atomic
def remove_schedule(*, by: Membership, schedule: Schedule) -> None:
    """Documents that it made stay. Links that it gave work until they end."""
    by = acting(by, Action.MAKE_REPORT)
    row = locked(schedule, "organization")
    _record(row, by, "schedule.removed", content_of(row), {})
    row.delete()


@transaction.atomic
def run_schedule_now(*, by: Membership, schedule: Schedule) -> ScheduleRun:
    """Make and send it now, beside its days; a second wish while the first is under way is the same one. The
    run is enqueued here. Raises ScheduleStopped where its owner is gone, or somebody has paused it."""
    by = acting(by, Action.MAKE_REPORT)
    row = locked(schedule, "organization", "owner__user")
    if not can_keep(row.owner):
        raise ScheduleStopped(
            _("The owner of this schedule can no longer look after it. Resume it: then it is yours.")
        )
    if row.pause:
        raise ScheduleStopped(_("This schedule is paused. Resume it first."))
    wishes = ScheduleRun.objects.filter(schedule=row, occasion__startswith="now-")
    waiting: ScheduleRun | None = wishes.unfinished().first()
    if waiting is not None:
        return waiting
    run = ScheduleRun.objects.create(
        organization=row.organization,
        schedule=row,
        occasion=f"now-{wishes.count() + 1}",
        due_on=row.organization.clock.today(),
        asked_by=by,
    )
    _record(row, by, "schedule.run", {}, {"due_on": run.due_on.isoformat()})
    enqueue(run)
    return run


def can_keep(member: Membership | None) -> bool:
    """Whether this person is here and may create documents: what an owner or an heir needs."""
    return member is not None and member.has_access and may(member.role, Action.MAKE_REPORT)


def settle_keeper(row: Schedule, *, left_by: str, actor: Any = None) -> bool:
    """Where the owner of a locked schedule is gone or lost the right, its heir takes over; without one it
    stops, and home says so. Whether it has an owner now. They are told by letter."""
    if can_keep(row.owner):
        return True
    heir = row.heir
    if heir is not None and can_keep(heir):
        put(row, {"owner": heir, "heir": None})
        _tell(row, actor, "schedule.inherited", {"owner": left_by}, {"owner": str(heir)})
        mail.tell_heir(row, left_by)
        return True
    if row.pause != Pause.NO_OWNER:
        _stop(row, Pause.NO_OWNER)
        _tell(row, actor, "schedule.paused", {}, {"why": Pause.NO_OWNER.value, "left_by": left_by})
    return False


@left_behind("reports.Schedule.owner")
def hand_over_schedules(departure: Departure) -> None:
    """Schedules of who is gone, or may not create documents any more, get their heir or stop."""
    if can_keep(departure.member):
        return
    rows = Schedule.objects.filter(owner=departure.member).order_by("pk")
    for pk in rows.values_list("pk", flat=True):
        row = (
            Schedule.objects.select_for_update(of=("self",))
            .select_related("organization", "owner__user", "heir__user", "heir__organization", "initiative")
            .get(pk=pk)
        )
        row.owner = departure.member
        settle_keeper(row, left_by=str(departure.member), actor=departure.by.user)


@left_behind("reports.Schedule.heir")
def forget_heirs(departure: Departure) -> None:
    """Who cannot take a schedule over any more is nobody's heir."""
    if can_keep(departure.member):
        return
    for row in Schedule.objects.filter(heir=departure.member).select_related("organization"):
        put(row, {"heir": None})
        _tell(row, departure.by.user, "schedule.changed", {"heir": str(departure.member)}, {"heir": ""})


@left_behind("reports.ScheduleRecipient.member")
def strike_recipients(departure: Departure) -> None:
    """Who is gone gets nothing more. In another role one may open what that role may: asked at each run."""
    if not departure.is_gone:
        return
    rows = ScheduleRecipient.objects.filter(member=departure.member)
    for row in rows.select_related("schedule__organization"):
        row.delete()
        _tell(
            row.schedule,
            departure.by.user,
            "schedule.changed",
            {"recipients": [str(departure.member)]},
            {"recipients": []},
        )


def content_of(row: Schedule) -> dict[str, Any]:
    """A schedule as values of no language, for the trail. Two queries."""
    people = row.recipients.select_related("member__user").order_by("pk")
    return {
        "kind": row.kind,
        "about": subject_name(row),
        "frequency": row.frequency,
        "day": row.day,
        "language": row.language,
        "paper": row.paper,
        "link_days": row.link_days,
        "heir": str(row.heir) if row.heir else "",
        "recipients": [str(one) for one in people],
    }


def subject_name(row: Schedule) -> str:
    """What the document is about, as its own record calls it; empty for the program."""
    return str(row.initiative or row.framework or row.survey or "")


def _merged(values: ScheduleValues, seen: Schedule, now: Schedule) -> ScheduleValues:
    def read(row: Schedule) -> dict[str, Any]:
        return {name: getattr(row, name) for name in (*PLAIN, "heir")}

    typed = {name: getattr(values, name) for name in (*PLAIN, "heir")}
    return replace(values, **merged(typed, seen=read(seen), now=read(now)))


def _cleaned(values: ScheduleValues) -> ScheduleValues:
    """Without subjects of other kinds, and every recipient once."""
    kind = values.kind
    return replace(
        values,
        initiative=values.initiative if kind == ReportKind.ROI_EVIDENCE else None,
        framework=values.framework if kind == ReportKind.MATURITY else "",
        survey=values.survey if kind == ReportKind.EMPLOYEE_WAVE else None,
        members=tuple(dict.fromkeys(values.members)),
        addresses=tuple(dict.fromkeys(one.strip().lower() for one in values.addresses if one.strip())),
    )


def _refuse(by: Membership, values: ScheduleValues, row: Schedule | None) -> None:
    organization = by.organization
    wrong = {**_wrong_choices(values), **_wrong_subject(organization, values)}
    owner = by if row is None else row.owner
    is_of_employees = values.kind == ReportKind.EMPLOYEE_WAVE
    if is_of_employees and not may(owner.role, Action.VIEW_EMPLOYEE_RESULTS):
        wrong["kind"] = _("The role of its owner does not see results of employee surveys.")
    wrong.update(_wrong_people(by, values, row))
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _wrong_choices(values: ScheduleValues) -> dict[str, str]:
    allowed: dict[str, Iterable[Any]] = {
        "kind": ReportKind.values,
        "frequency": Frequency.values,
        "language": dict(settings.LANGUAGES),
        "paper": Paper.values,
        "link_days": LINK_DAYS,
    }
    wrong = {
        name: _("Choose one of the answers.")
        for name, known in allowed.items()
        if getattr(values, name) not in known
    }
    if not 1 <= values.day <= 31:
        wrong["day"] = _("A day of the month is between 1 and 31. In a shorter month, its last day is meant.")
    return wrong


def _wrong_subject(organization: Organization, values: ScheduleValues) -> dict[str, str]:
    missing = _("Choose what the document is about.")
    if values.kind == ReportKind.ROI_EVIDENCE:
        there = values.initiative is not None and values.initiative.organization_id == organization.pk
        return {} if there else {"initiative": missing}
    if values.kind == ReportKind.MATURITY:
        return {} if values.framework else {"framework": missing}
    if values.kind == ReportKind.EMPLOYEE_WAVE:
        return {} if survey_here(organization, values.survey) else {"survey": missing}
    return {}


def _wrong_people(by: Membership, values: ScheduleValues, row: Schedule | None) -> dict[str, str]:
    organization, wrong = by.organization, dict[str, str]()
    for member in values.members:
        if member.organization_id != organization.pk or not fresh(member, "user").has_access:
            wrong["members"] = _("Choose active members of the organization.")
    if not values.members and not values.addresses:
        wrong["members"] = _("Choose who gets the document.")
    if len(values.members) + len(values.addresses) > MOST_RECIPIENTS:
        wrong["members"] = _("At most %(most)s people get one document.") % {"most": MOST_RECIPIENTS}
    bad = [one for one in values.addresses if not _is_address(one)]
    if bad:
        wrong["addresses"] = _("This is not an e-mail address: %(address)s") % {"address": bad[0][:80]}
    elif values.addresses and values.kind == ReportKind.EMPLOYEE_WAVE:
        wrong["addresses"] = _(
            "Documents of the employee survey are not shared by a link: who may see which figures depends on "
            "the person who looks. Choose members only."
        )
    heir = values.heir
    owner = by.pk if row is None else row.owner_id
    if heir is not None and (heir.organization_id != organization.pk or not can_keep(fresh(heir, "user"))):
        wrong["heir"] = _("Choose an active member whose role creates documents.")
    elif heir is not None and heir.pk == owner:
        wrong["heir"] = _("The owner cannot be the one who takes over.")
    return wrong


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_ADDRESS


def _write_recipients(row: Schedule, values: ScheduleValues) -> None:
    there = list(row.recipients.all())
    members, addresses = {one.pk for one in values.members}, set(values.addresses)
    for one in there:
        if (one.member_id not in members) if one.member_id else (one.address not in addresses):
            one.delete()
    known = {one.member_id or one.address for one in there}
    ScheduleRecipient.objects.bulk_create(
        [
            *(ScheduleRecipient(schedule=row, member=one) for one in values.members if one.pk not in known),
            *(ScheduleRecipient(schedule=row, address=one) for one in values.addresses if one not in known),
        ]
    )


def _stop(row: Schedule, why: Pause) -> None:
    put(row, {"pause": why, "paused_at": timezone.now(), "next_on": None})


def _record(row: Schedule, by: Membership, verb: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    _tell(row, by.user, verb, before, after)


def _tell(row: Schedule, actor: Any, verb: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    record_event(
        organization=row.organization, actor=actor, verb=verb, subject=row, before=before, after=after
    )

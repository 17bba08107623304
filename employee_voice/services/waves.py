"""Waves: planned, changed, started, and the next one of a rhythm."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import BusinessFunction, Membership
from accounts.permissions import may
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
from common.jobs import enqueue
from common.rows import merged_row
from common.text import one_line
from employee_voice.choices import (
    COMMENT_MINIMUM,
    DEFAULT_MINIMUM,
    LEAST_MINIMUM,
    MONTHS_OF_RHYTHM,
    MOST_MINIMUM,
    MOST_REMINDERS,
    Rhythm,
    WaveState,
    WorkKind,
)
from employee_voice.errors import SurveyArchived, TooFewPeople, WaveNotInState
from employee_voice.models import Invitation, Survey, Wave, WaveFunction, WaveWork
from employee_voice.services.links import listed
from employee_voice.services.states import locked, move, require_state

MOST_DAYS = 92  # a wave that stays open longer asks about different times


@dataclass(frozen=True, kw_only=True, slots=True)
class WavePlan:
    """What is decided about a wave before it opens."""

    opens_on: date
    closes_on: date
    opens_alone: bool = False
    reminders: Sequence[int] = ()  # days before the last day
    rhythm: str = Rhythm.ONCE
    sample_pct: int = 100
    minimum: int = DEFAULT_MINIMUM
    comment_reader: Membership | None = None
    slip_place: str = ""


@transaction.atomic
def plan_wave(*, by: Membership, survey: Survey, plan: WavePlan) -> Wave:
    """The next wave of a survey, to be given people. Raises InvalidValues, SurveyArchived."""
    if survey.is_archived:
        raise SurveyArchived(_("This survey has been archived."))
    one_at_a_time(survey.organization)
    wave = Wave(survey=survey, number=_next_number(survey), public_id=token_urlsafe(16))
    _write(wave, _checked(plan, survey))
    wave.save()
    sync_functions(wave)
    _record(by, wave, "wave.planned", after=told(wave))
    return wave


@transaction.atomic
def change_wave(*, by: Membership, wave: Wave, plan: WavePlan) -> Wave:
    """Another plan, where it differs from `wave` as its caller has read it. Once open: the last day (not
    before today), the reminders and where slips lie, nothing else.

    Raises InvalidValues, WaveNotInState.
    """
    seen, wave = wave, locked(wave)
    require_state(wave, WaveState.DRAFT, WaveState.OPEN)
    before = told(wave)
    given = {field.name: getattr(plan, field.name) for field in fields(plan)}
    plan = WavePlan(**merged_row(given, seen=seen, now=wave))
    checked = _checked(plan, wave.survey, earliest=wave.opens_on if wave.is_open else None)
    if wave.is_open:
        kept = ("opens_on", "minimum", "sample_pct", "rhythm", "comment_reader")
        wrong = {
            name: _("This cannot be changed while the wave is open.")
            for name in kept
            if getattr(checked, name) != getattr(wave, name)
        }
        if wrong:
            raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    _write(wave, checked)
    wave.save(update_fields=[*given, "comment_minimum"])
    _record(by, wave, "wave.changed", before=before, after=told(wave))
    return wave


@transaction.atomic
def drop_wave(*, by: Membership, wave: Wave) -> None:
    """Take back a wave that has not opened, with its list of people. Raises WaveNotInState."""
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    _record(by, wave, "wave.dropped", before=told(wave))
    wave.delete()


@transaction.atomic
def start_opening(*, wave: Wave, by: Membership | None = None) -> WaveWork:
    """Have a wave opened by the worker: content fixed, keys made, invitations written.

    `by` none: the calendar. Raises WaveNotInState, SurveyArchived, TooFewPeople, InvalidValues.
    """
    one_at_a_time(wave.survey.organization)  # a survey is not reworded meanwhile
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    if wave.survey.is_archived:
        raise SurveyArchived(_("This survey has been archived."))
    running = [WaveState.OPENING, WaveState.OPEN, WaveState.CLOSING]
    if Wave.objects.filter(survey=wave.survey, state__in=running).exists():
        raise WaveNotInState(_("Another wave of this survey is still running. Close it first."))
    if wave.closes_on < wave.survey.organization.clock.today():
        raise InvalidValues(
            _("The last day has passed. Choose another one first."),
            fields={"closes_on": _("This day has passed.")},
        )
    people = people_planned(wave)
    if people < wave.minimum:
        raise TooFewPeople(
            _("%(people)d people are asked so far. At least %(minimum)d are needed to protect each of them.")
            % {"people": people, "minimum": wave.minimum}
        )
    move(wave, WaveState.OPENING)
    _record(by, wave, "wave.opening", after={"people": people})
    return start_work(wave, WorkKind.OPEN)


def start_work(wave: Wave, kind: WorkKind, number: int = 1) -> WaveWork:
    work = WaveWork.objects.create(wave=wave, kind=kind, number=number)
    enqueue(work)
    return work


def people_planned(wave: Wave) -> int:
    """Addresses on the list, without people who have left, and slips to be printed. Two queries."""
    slips = WaveFunction.objects.filter(wave=wave).aggregate(total=Sum("slips"))["total"] or 0
    return Invitation.objects.filter(wave=wave).still_there(wave.survey.organization).count() + slips


def sync_functions(wave: Wave) -> None:
    """Functions of the organization as they are now; those that are gone go with the people listed under
    them.
    """
    there = {row.pk: row for row in BusinessFunction.objects.of(wave.survey.organization)}
    WaveFunction.objects.filter(wave=wave).exclude(function__in=there).delete()
    known = {
        row.function_id: row for row in WaveFunction.objects.filter(wave=wave) if row.function_id is not None
    }
    for pk, function in there.items():
        if pk not in known:
            known[pk] = WaveFunction.objects.create(wave=wave, function=function, name=function.name)
    for pk, row in known.items():
        function = there[pk]
        row.name, row.head_id = function.name, function.head_id
        row.parent = known.get(function.parent_id) if function.parent_id else None
    WaveFunction.objects.bulk_update(known.values(), ["name", "head", "parent"], batch_size=500)


@transaction.atomic
def plan_next_wave(wave: Wave) -> Wave | None:
    """The next wave of a rhythm, with the people of this one who are still there; none where it was asked
    once, where the next is planned already, or the survey is put away.
    """
    months = MONTHS_OF_RHYTHM.get(wave.rhythm)
    later = Wave.objects.filter(survey=wave.survey, number__gt=wave.number)
    if months is None or wave.survey.is_archived or later.exists():
        return None
    opens_on = months_later(wave.opens_on, months)
    following = Wave.objects.create(
        survey=wave.survey,
        number=_next_number(wave.survey),
        public_id=token_urlsafe(16),
        opens_on=opens_on,
        closes_on=opens_on + (wave.closes_on - wave.opens_on),
        opens_alone=wave.opens_alone,
        reminders=wave.reminders,
        rhythm=wave.rhythm,
        sample_pct=wave.sample_pct,
        minimum=wave.minimum,
        comment_minimum=wave.comment_minimum,
        comment_reader=_still_reads(wave.comment_reader),
        slip_place=wave.slip_place,
    )
    sync_functions(following)
    _carry_people(wave, following)
    _record(None, following, "wave.planned", after=told(following))
    return following


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def told(wave: Wave) -> dict[str, Any]:
    """The plan as the trail keeps it."""
    return {
        "number": wave.number,
        "opens_on": wave.opens_on.isoformat(),
        "closes_on": wave.closes_on.isoformat(),
        "opens_alone": wave.opens_alone,
        "reminders": list(wave.reminders),
        "rhythm": wave.rhythm,
        "sample_pct": wave.sample_pct,
        "minimum": wave.minimum,
        "comment_reader": str(wave.comment_reader) if wave.comment_reader else "",
        "slip_place": wave.slip_place,
    }


def _carry_people(wave: Wave, following: Wave) -> None:
    functions = {row.function_id: row for row in WaveFunction.objects.filter(wave=following)}
    known = Invitation.objects.filter(wave=wave).still_there(wave.survey.organization)
    rows = []
    for row in known.select_related("wave_function"):
        function = functions.get(row.wave_function.function_id) if row.wave_function else None
        rows.append(listed(following, row.email, function.pk if function else None, row.language))
    Invitation.objects.bulk_create(rows, batch_size=1000)
    for kept in WaveFunction.objects.filter(wave=wave, slips__gt=0):
        WaveFunction.objects.filter(wave=following, function=kept.function_id).update(slips=kept.slips)


def _still_reads(reader: Membership | None) -> Membership | None:
    """Whoever was named, where she is still there in a role that sees results."""
    there = reader is not None and reader.is_active and may(reader.role, Action.VIEW_EMPLOYEE_RESULTS)
    return reader if there else None


def _next_number(survey: Survey) -> int:
    return (Wave.objects.filter(survey=survey).aggregate(last=Max("number"))["last"] or 0) + 1


def _checked(plan: WavePlan, survey: Survey, *, earliest: date | None = None) -> WavePlan:
    """The plan with its values in order. `earliest`: the first day of a wave that is open already."""
    today, wrong = survey.organization.clock.today(), dict[str, str]()
    if plan.opens_on < (earliest or today):
        wrong["opens_on"] = _("This day has passed.")
    if plan.closes_on < plan.opens_on:
        wrong["closes_on"] = _("The last day comes before the first one.")
    elif plan.closes_on < today:
        wrong["closes_on"] = _("This day has passed.")
    elif (plan.closes_on - plan.opens_on).days >= MOST_DAYS:
        wrong["closes_on"] = _("A wave is open for at most %(most)d days.") % {"most": MOST_DAYS}
    reminders = sorted(set(plan.reminders), reverse=True)
    days = (plan.closes_on - plan.opens_on).days
    if len(reminders) > MOST_REMINDERS:
        wrong["reminders"] = _("Send at most %(most)d reminders.") % {"most": MOST_REMINDERS}
    elif any(not 0 <= day < max(days, 1) for day in reminders):
        wrong["reminders"] = _("A reminder comes after the first day and not after the last one.")
    if plan.rhythm not in Rhythm.values:
        wrong["rhythm"] = _("Choose one of the answers.")
    if not 1 <= plan.sample_pct <= 100:
        wrong["sample_pct"] = _("Choose a share from 1 to 100.")
    if not LEAST_MINIMUM <= plan.minimum <= MOST_MINIMUM:
        wrong["minimum"] = _("Choose a number from %(least)d to %(most)d.") % {
            "least": LEAST_MINIMUM,
            "most": MOST_MINIMUM,
        }
    reader = plan.comment_reader
    if reader is not None and (reader.organization_id != survey.organization_id or not reader.is_active):
        wrong["comment_reader"] = _("Choose an active member of your organization.")
    elif reader is not None and not may(reader.role, Action.VIEW_EMPLOYEE_RESULTS):
        wrong["comment_reader"] = _(
            "Administrators and auditors see no results, so they read no comments. Choose someone else."
        )
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    return WavePlan(
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        opens_alone=plan.opens_alone,
        reminders=reminders,
        rhythm=plan.rhythm,
        sample_pct=plan.sample_pct,
        minimum=plan.minimum,
        comment_reader=reader,
        slip_place=one_line(plan.slip_place)[:200],
    )


def _write(wave: Wave, plan: WavePlan) -> None:
    for field in fields(plan):
        setattr(wave, field.name, getattr(plan, field.name))
    wave.comment_minimum = max(COMMENT_MINIMUM, plan.minimum)


def _record(
    by: Membership | None,
    wave: Wave,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        organization=wave.survey.organization,
        actor=by.user if by else None,
        verb=verb,
        subject=wave,
        before=before,
        after=after,
    )

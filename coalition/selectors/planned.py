"""What a plan leaves to be measured after the go-live, by the weeks that it was fixed with."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.choices import WeekStart
from coalition.models import EvaluationPlan
from common.reckoning import CALENDAR, MONDAY, Reckoning
from customer_voice.choices import Period
from customer_voice.selectors import whole_periods


def planned_periods(plan: EvaluationPlan, start: date) -> int:
    """Whole periods from the go-live, after the lag, until the review."""
    if plan.review_on is None:
        return 0
    whole = whole_periods(start, plan.review_on, Period(plan.period), reckoning_of(plan))
    return max(0, whole - plan.lag_periods)


def reckoning_of(plan: EvaluationPlan) -> Reckoning:
    """The weeks of a fixed plan are those that it was fixed with, whatever the organization's are today;
    until then they are the organization's. Quarters of evaluations are those of the calendar.
    """
    if plan.fixed_content:
        return fixed_reckoning(plan.fixed_content)
    return Reckoning(week_begins=plan.initiative.organization.week_begins)


def week_begins_of(plan: EvaluationPlan) -> int | None:
    """The day on which the weeks of a plan begin, as Python counts days; None where it has none."""
    return reckoning_of(plan).week_begins if plan.period == Period.WEEK else None


def calendar_line(period: str, reckoning: Reckoning) -> tuple[str, str] | None:
    """By which weeks or quarters a plan is measured, as label and text; None where all calendars agree."""
    if period == Period.WEEK:
        return _("Weeks begin on"), str(WeekStart(reckoning.week_begins).label)
    if period == Period.QUARTER:
        return _("Quarters"), _("of the calendar, also where the fiscal year begins in another month")
    return None


def calendar_note(plan: EvaluationPlan) -> str:
    """Whose weeks they are: those of a draft follow the setting, those of a fixed plan stay. No query."""
    if plan.period != Period.WEEK:
        return ""
    if not plan.fixed_content:
        return _("as set for the organization; the plan keeps them once it is fixed")
    now = plan.initiative.organization.week_begins
    if now == reckoning_of(plan).week_begins:
        return ""
    return _("as the plan was fixed; today the organization's weeks begin on %(day)s") % {
        "day": WeekStart(now).label
    }


def fixed_reckoning(content: dict[str, Any]) -> Reckoning:
    """That of a fixed plan; plans of before say nothing and mean Monday. No query."""
    return replace(CALENDAR, week_begins=content.get("week_begins", MONDAY))

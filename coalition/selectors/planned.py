"""What a plan leaves to be measured after the go-live. No query."""

from datetime import date

from coalition.models import EvaluationPlan
from customer_voice.choices import Period
from customer_voice.selectors import periods_between


def planned_periods(plan: EvaluationPlan, start: date) -> int:
    """Whole periods from the go-live, after the lag, until the review."""
    if plan.review_on is None:
        return 0
    whole = [
        first
        for first, after in periods_between(start, plan.review_on, Period(plan.period))
        if first >= start and after <= plan.review_on
    ]
    return max(0, len(whole) - plan.lag_periods)

"""Scores of customer accounts and what became of the accounts, from raw feedback: read by the worker."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone

from accounts.models import Organization
from customer_voice.models import CustomerAccount, Feedback, MetricDefinition
from customer_voice.rules.rule import FileRow
from customer_voice.services.erasure import erased_digests, identity_digest
from cxstats.association import CustomerHistory, ScoreGiven
from cxstats.design import EstimandKind

MOST_ROWS = 200_000  # the newest answers; older ones say less about today
_READ = (
    *("account_id", "contact_id", "metric_id", "occurred_at", "score"),
    *("submission__source__name", "metric_key", "submission__external_id"),
)
_KINDS = (EstimandKind.NPS, EstimandKind.SHARE, EstimandKind.MEAN)


def counted_metrics(organization: Organization) -> list[MetricDefinition]:
    """Definitions whose answers are scores: the newest version of each key. One query."""
    newest: dict[str, MetricDefinition] = {}
    for metric in MetricDefinition.objects.of(organization).order_by("key", "version"):
        if metric.calculation.counts_answers and metric.calculation.estimand in _KINDS:
            newest[metric.key] = metric
    return sorted(newest.values(), key=lambda one: (one.name, one.key))


class PointsOfScores:
    """What one score adds to a metric, in the unit of its effects and so that higher is better: a promoter
    100 NPS points, a satisfied customer 100 percentage points, a mean the score itself."""

    def __init__(self, metric: MetricDefinition) -> None:
        self._rule, self._known = metric.calculation, dict[Decimal, float]()
        self._sign = 1.0 if metric.higher_is_better else -1.0

    def refuses(self, score: Decimal) -> bool:
        """Whether the score is none of the metric's scale."""
        return self._rule.refusal(score) is not None

    def of(self, score: Decimal) -> float:
        if score not in self._known:
            self._known[score] = self._sign * self._counted(score)
        return self._known[score]

    def _counted(self, score: Decimal) -> float:
        now = timezone.now()
        row = FileRow(
            score=int(score) if score == int(score) else score,
            exposure=None, occurred_at=now, resolved_at=None, day=now.date(), now=now,
        )  # fmt: skip
        tally = {key: Decimal(number) for key, number in self._rule.entry(row).items()}
        moments = self._rule.moments(self._rule.of_tally(tally))
        value = moments[1] if moments is not None else 0.0
        return value * 100 if self._rule.estimand is EstimandKind.SHARE else value


def account_histories(organization: Organization, metric: MetricDefinition) -> list[CustomerHistory]:
    """Accounts with their scores of one series of a metric, whoever answered for them. What was erased is not
    among them: neither accounts nor answers of people who were. Four queries."""
    definitions = MetricDefinition.objects.of(organization).filter(key=metric.key, series=metric.series)
    rules = {one.pk: PointsOfScores(one) for one in definitions}
    answers = (
        Feedback.objects.of(organization)
        .filter(metric__in=list(rules), score__isnull=False, account__isnull=False)
        .order_by("-occurred_at", "-pk")
        .values_list(*_READ)
    )
    erased = erased_digests(organization)
    given = defaultdict[int, list[ScoreGiven]](list)
    clock = organization.clock
    for account, contact, definition, at, score, *identity in answers[:MOST_ROWS]:
        # an erasure leaves the score and the account; of whose it was there is a digest
        if contact is None and erased and identity_digest(*identity) in erased:
            continue
        value = Decimal(score or 0)  # a score is there: the rows were chosen by it
        given[account].append(
            ScoreGiven(
                day=clock.day_of(at),
                points=rules[definition].of(value),
                score=float(value),
                person=contact or 0,
            )
        )
    accounts = CustomerAccount.objects.of(organization).filter(erased_at=None).order_by("pk")
    return [
        CustomerHistory(
            started=account.started_on,
            left=account.left_on,
            segment=account.segment,
            revenue=None
            if account.yearly_value is None or account.currency != organization.currency
            else float(account.yearly_value),
            scores=tuple(sorted(given[account.pk], key=lambda one: (one.day, one.person))),
        )
        for account in accounts
    ]

"""Initiatives with a simulated series whose true effect is known.

Everything here is made up: answers are drawn from a known distribution, and the true change is kept beside
the initiative (`Simulated.truth`), so that a test can ask whether a finding is right and not only whether
it is there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from accounts.models import Membership, Organization
from coalition.choices import Direction, InitiativeState, UnitSelection
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.content import plan_content
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition, MetricPoint
from customer_voice.standard_metrics import STANDARD_METRICS
from cxstats.codec import digest_of
from impact.choices import PRESETS, ValueKind, inputs_of
from impact.models import Study, ValueModel
from impact.services import (
    CostValues,
    ParameterValues,
    execute_study,
    request_study,
    save_value_model,
)
from journeys.models import Touchpoint

FIRST_MONDAY = date(2024, 1, 1)
ANSWERS = tuple(range(11))
_DETRACTORS, _PASSIVES, _PROMOTERS = (0, 3, 5, 6), (7, 8), (9, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulated:
    """A live initiative and the truth that made its answers: NPS points before, and their change."""

    initiative: Initiative
    truth: float
    baseline: float
    last_day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewording:
    """From `week` on another question was asked, whose answers alone are `step` NPS points higher."""

    metric: MetricDefinition
    week: int
    step: float


def bridged_version(organization: Organization, key: str = "nps") -> MetricDefinition:
    """A version that asks with other words and goes on in the series of the first."""
    first = metric_of(organization, key)
    values = {
        field.name: getattr(first, field.name)
        for field in MetricDefinition._meta.concrete_fields
        if not field.primary_key
    }
    values |= {"version": 2, "series": first.series, "wording": "Would you recommend us to a friend?"}
    return MetricDefinition.objects.create(**values)


def metric_of(organization: Organization, key: str = "nps") -> MetricDefinition:
    known = MetricDefinition.objects.filter(organization=organization, key=key).order_by("version").first()
    if known:
        return known
    values = {
        name: str(value) if name in {"name", "wording"} else value
        for name, value in STANDARD_METRICS[key].items()
    }
    return MetricDefinition.objects.create(organization=organization, key=key, **values)


def touchpoint_of(organization: Organization, key: str, name: str | None = None) -> Touchpoint:
    touchpoint, _made = Touchpoint.objects.get_or_create(
        organization=organization, key=key, defaults={"name": name or key.replace("-", " ").capitalize()}
    )
    return touchpoint


def simulate_nps(
    metric: MetricDefinition,
    touchpoint: Touchpoint,
    *,
    rng: np.random.Generator,
    weeks: int,
    start: int,
    baseline: float = 20.0,
    change: float = 0.0,
    answers: int = 80,
    wave: float = 0.0,
    rewording: Rewording | None = None,
) -> None:
    """Weekly answers: NPS `baseline` before week `start`, `baseline + change` after; `wave` sways all."""
    rows = []
    for week in range(weeks):
        true = baseline + (change if week >= start else 0.0) + wave * float(np.sin(week / 5))
        is_reworded = rewording is not None and week >= rewording.week
        true += rewording.step if rewording is not None and is_reworded else 0.0
        passive = 0.3
        promoters = (1 - passive + true / 100) / 2
        shares = [1 - passive - promoters, passive, promoters]
        drawn = rng.multinomial(answers, shares)
        counts = dict.fromkeys(ANSWERS, 0)
        for box, cases in zip((_DETRACTORS, _PASSIVES, _PROMOTERS), drawn, strict=True):
            for answer, number in zip(box, rng.multinomial(cases, [1 / len(box)] * len(box)), strict=True):
                counts[answer] += int(number)
        rows.append(
            MetricPoint(
                organization=metric.organization,
                metric=rewording.metric if rewording is not None and is_reworded else metric,
                touchpoint=touchpoint,
                day=FIRST_MONDAY + timedelta(weeks=week, days=2),
                n=int(sum(counts.values())),
                **{f"answers_{answer}": number for answer, number in counts.items()},
            )
        )
    MetricPoint.objects.bulk_create(rows)


def live_initiative(
    organization: Organization,
    owner: Membership,
    *,
    number: int = 1,
    title: str = "Welcome call",
    place: str = "onboarding",
    place_name: str | None = None,
    truth: float = 12.0,
    baseline: float = 20.0,
    weeks: int = 90,
    start: int = 60,
    answers: int = 120,
    comparisons: int = 1,
    seed: int = 7,
    state: str = InitiativeState.LIVE,
    smallest: str = "3.00",
    direction: str = Direction.UP,
    is_fixed: bool = True,
    further: int = 0,
    rewording: Rewording | None = None,
    reworded_places: int | None = None,
) -> Simulated:
    """A live initiative with a fixed plan and simulated answers; `comparisons` touchpoints stay untouched.

    `further` touchpoints got it too. A `rewording` reaches all touchpoints, or the first `reworded_places`.
    """
    rng = np.random.default_rng(seed)
    metric = metric_of(organization)
    treated = touchpoint_of(organization, place, place_name)
    went_live_on = FIRST_MONDAY + timedelta(weeks=start)
    initiative = Initiative.objects.create(
        organization=organization,
        number=number,
        title=title,
        owner=owner,
        state=state,
        went_live_on=went_live_on,
        one_off_cost=Decimal("60000"),
        yearly_cost=Decimal("20000"),
    )
    initiative.touchpoints.set([treated])
    plan = EvaluationPlan.objects.create(
        initiative=initiative,
        metric=metric,
        period=Period.WEEK,
        direction=direction,
        expected_effect=Decimal("8.00"),
        smallest_worthwhile_effect=Decimal(smallest),
        selection=UnitSelection.PRACTICAL,
        decision_rule="Keep it if it works; stop it at the review if it does not.",
    )
    same = [touchpoint_of(organization, f"{place}-also-{number}") for number in range(further)]
    initiative.touchpoints.add(*same)
    others = [touchpoint_of(organization, f"{place}-other-{number}") for number in range(comparisons)]
    plan.comparison_touchpoints.set(others)
    for position, touchpoint in enumerate([treated, *same, *others]):
        is_reworded = reworded_places is None or position < reworded_places
        simulate_nps(
            metric,
            touchpoint,
            rng=rng,
            weeks=weeks,
            start=start,
            baseline=baseline - 3 * (touchpoint in others),
            change=truth * (touchpoint not in others),
            answers=answers,
            rewording=rewording if is_reworded else None,
        )
    if is_fixed:
        plan.fixed_content = plan_content(initiative, plan)
        plan.fixed_digest = digest_of(plan.fixed_content, version=1)
        plan.save()
    last_day = FIRST_MONDAY + timedelta(weeks=weeks) - timedelta(days=1)
    return Simulated(initiative=initiative, truth=truth, baseline=baseline, last_day=last_day)


def finished_study(simulated: Simulated, by: Membership, *, days_later: int = 0) -> Study:
    """A study that was asked for and run; another one of the same answers has another cut-off."""
    cutoff = simulated.last_day + timedelta(days=days_later)
    study = request_study(initiative=simulated.initiative, by=by, data_cutoff=cutoff)
    assert execute_study(study=study)
    study.refresh_from_db()
    return study


_RANGES = {
    "customers": (18_000, 20_000, 23_000),
    "retention_per_unit": (0.0004, 0.0008, 0.0014),
    "margin": (180, 220, 260),
    "contacts_per_unit": (0.002, 0.004, 0.008),
    "unit_cost": (5, 6.5, 9),
    "cases": (8_000, 9_000, 10_500),
    "hours_per_unit": (0.01, 0.02, 0.04),
    "hourly_cost": (38, 42, 50),
    "referrals_per_unit": (0.0001, 0.0003, 0.0006),
    "attribution": (0.5, 0.7, 0.9),
    "confidence": (0.4, 0.6, 0.8),
    "persistence": (0.7, 0.85, 1.0),
}


def parameter_values(kind: str = ValueKind.RETENTION) -> list[ParameterValues]:
    return [
        ParameterValues.of_range(
            key=preset.key,
            low=_RANGES[preset.key][0],
            likely=_RANGES[preset.key][1],
            high=_RANGES[preset.key][2],
            source="Ledger 2025" if preset.source_kind != "assumption" else "",
            source_kind=preset.source_kind,
            owner_name="Fay, finance",
        )
        for preset in inputs_of(kind)
        if preset in PRESETS[kind] or preset.key in _RANGES
    ]


def value_model(initiative: Initiative, by: Membership, kind: str = ValueKind.RETENTION) -> ValueModel:
    return save_value_model(
        initiative=initiative,
        by=by,
        kind=kind,
        horizon_years=3,
        discount_rate_pct=Decimal("8.00"),
        first_year_share=Decimal("0.75"),
        parameters=parameter_values(kind),
        costs=[
            CostValues(
                label="Build", year=0, low=Decimal(50_000), likely=Decimal(60_000), high=Decimal(80_000)
            ),
            CostValues(
                label="Run", year=1, low=Decimal(18_000), likely=Decimal(20_000), high=Decimal(25_000)
            ),
            CostValues(
                label="Run", year=2, low=Decimal(18_000), likely=Decimal(20_000), high=Decimal(25_000)
            ),
        ],
    )

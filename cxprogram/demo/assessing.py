"""Two rounds of the maturity assessment: last year's, and this year's with its disagreements."""

from datetime import date, timedelta

import numpy as np

from assessments import services
from assessments.choices import AnswerStatus, FrameworkKind
from assessments.models import Assessment, FrameworkVersion, MaturityResult
from assessments.selectors.profiles import framework_of
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import Cast

# How each perspective sees things, on top of the practice itself.
_LEANING = {"executive": 0.9, "management": 0.25, "support_function": 0.0, "front_line": -0.7}
_DIMENSION_LEVEL = {
    "voice_of_customer": 3.1,
    "journeys_touchpoints": 2.7,
    "leadership_coalition": 2.5,
    "employee_experience": 2.2,
    "metrics_roi": 1.9,
    "strategy_culture": 2.6,
}
_COMMENTS = {
    "value_with_finance": "Finance has never seen one of our calculations before the budget round.",
    "closed_loop": "We call back when somebody has time.",
    "authority_to_act": "I may waive five euros. Everything else goes to my team lead.",
    "coalition_seats": "Billing joined in spring; since then decisions get made.",
}


def make_assessments(cast: Cast, today: date) -> MaturityResult:
    """Returns the result of this year's round."""
    services.install_builtin_frameworks()
    framework = (
        FrameworkVersion.objects.builtin().filter(kind=FrameworkKind.FULL).latest("published_at", "pk")
    )
    rng = np.random.default_rng([20261121, 7])
    first = _round(
        cast,
        rng,
        framework=framework,
        title=f"Maturity {today.year - 1}",
        opened=today - timedelta(days=400),
        names=("Maya", "Tomas", "Ines", "Henrik", "Leo", "Sophie"),
        progress=0.0,
        previous=None,
    )
    second = _round(
        cast,
        rng,
        framework=framework,
        title=f"Maturity {today.year}",
        opened=today - timedelta(days=40),
        names=("Maya", "Tomas", "Ines", "Rahul", "Sophie", "Henrik", "Grace", "Leo", "Aisha"),
        progress=0.35,
        previous=first.assessment,
    )
    with on_day(today - timedelta(days=20)):
        return services.record_consensus(
            by=cast["Maya"],
            assessment=second.assessment,
            practice="authority_to_act",
            level=2,
            reason=(
                "Executives described the policy, front line the practice: limits exist on paper, and "
                "agents still ask. We score what customers meet."
            ),
        )


def _round(
    cast: Cast,
    rng: np.random.Generator,
    *,
    framework: object,
    title: str,
    opened: date,
    names: tuple[str, ...],
    progress: float,
    previous: Assessment | None,
) -> MaturityResult:
    with on_day(opened):
        assessment = services.open_assessment(
            by=cast["Maya"],
            framework=framework,  # type: ignore[arg-type]
            title=title,
            previous=previous,
            due_on=opened + timedelta(days=14),
        )
    content = framework_of(assessment.framework)
    own = {practice.key: rng.normal(0, 0.35) for practice in content.practices}
    for place, name in enumerate(names):
        perspective = cast.perspectives[name]
        with on_day(opened + timedelta(days=2 + place)):
            seat = services.take_seat(by=cast[name], assessment=assessment, perspective=perspective)
            given: list[services.Given] = []
            for dimension in content.dimensions:
                for practice in dimension.practices:
                    mean = (
                        _DIMENSION_LEVEL[dimension.key] + own[practice.key] + progress + _LEANING[perspective]
                    )
                    level = int(np.clip(round(rng.normal(mean, 0.45)), 1, 5))
                    if rng.random() < 0.03:
                        given.append(services.Given(practice=practice.key, status=AnswerStatus.DONT_KNOW))
                        continue
                    answer = services.Given(
                        practice=practice.key,
                        level=level,
                        confidence=str(rng.choice(["low", "medium", "medium", "high"])),
                        comment=_COMMENTS.get(practice.key, "") if perspective == "front_line" else "",
                    )
                    given.append(answer)
            services.save_answers(response=seat, given=given)
            services.submit_response(by=cast[name], response=seat)
    with on_day(opened + timedelta(days=15)):
        return services.close_assessment(by=cast["Maya"], assessment=assessment)

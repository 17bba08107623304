"""One ROI case in words and figures."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.roi import RoiResult
from impact.cases import CashYear
from impact.choices import SignOff
from impact.findings import decoded, roi_result_of
from impact.models import RoiCase, Study
from impact.panel import StudySubject
from impact.wording import (
    break_even_text,
    case_sentence,
    chance_text,
    item_text,
    money_range_text,
    money_text,
    payback_text,
    percent_text,
    scenario_text,
)

_TONES = {SignOff.OPEN: "calm", SignOff.SIGNED: "done", SignOff.DISPUTED: "bad"}


@dataclass(frozen=True, kw_only=True, slots=True)
class CashRow:
    """One year of the cash flow as text, with the figures beside."""

    year: CashYear
    benefit: str
    cost: str
    net: str
    cumulative: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterRow:
    """One input as it entered the case: its range, where it comes from and who stands for it."""

    key: str
    label: str
    unit: str
    arguments: tuple[float, ...]
    distribution: str
    source: str
    source_kind: str
    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """Everything a page or a report says about one case. Ranges are 5 % to 95 %."""

    case: RoiCase
    result: RoiResult
    currency: str
    years: int
    sentence: str
    net_present_value: str
    net_present_value_range: str
    roi: str
    roi_range: str
    payback: str
    never_paid_back: str
    chance_of_loss: str
    break_even: str
    is_hard: bool
    hard_benefits: str
    soft_benefits: str
    costs: str
    haircuts: tuple[tuple[str, str], ...]
    cash_flow: tuple[CashRow, ...]
    parameters: tuple[ParameterRow, ...]
    labels: dict[str, str]
    scenario_reasons: tuple[str, ...]
    tone: str


def latest_case(study: Study) -> RoiCase | None:
    """The newest case of a study. One query."""
    found: RoiCase | None = (
        RoiCase.objects.filter(study=study)
        .select_related("computed_by__user", "sign_off_by__user")
        .order_by("-number")
        .first()
    )
    return found


def case_view(case: RoiCase, subject: StudySubject) -> CaseView:
    """A case in the reader's language, from what is stored with it. No query."""
    result = roi_result_of(case.result["roi"])
    currency, model = case.result["currency"], case.inputs["value_model"]
    labels = _labels(case)

    def money(amount: float | None) -> str:
        return money_text(amount, currency)

    def span(low: float, high: float) -> str:
        return money_range_text(low, high, currency)

    roi = result.roi
    flow: tuple[CashYear, ...] = decoded(tuple[CashYear, ...], case.result["cash_flow"])
    return CaseView(
        case=case,
        result=result,
        currency=currency,
        years=model["horizon_years"],
        sentence=case_sentence(result, currency=currency, years=model["horizon_years"]),
        net_present_value=money(result.net_present_value.p50),
        net_present_value_range=span(result.net_present_value.p5, result.net_present_value.p95),
        roi=percent_text(roi.p50 if roi else None),
        roi_range=_("%(low)s to %(high)s") % {"low": percent_text(roi.p5), "high": percent_text(roi.p95)}
        if roi
        else "",
        payback=payback_text(result),
        never_paid_back=chance_text(result.probability_never_paid_back),
        chance_of_loss=chance_text(result.probability_of_loss),
        break_even=break_even_text(result, subject.kind),
        is_hard=model["is_hard"],
        hard_benefits=span(result.hard_benefits.p5, result.hard_benefits.p95),
        soft_benefits=span(result.soft_benefits.p5, result.soft_benefits.p95),
        costs=span(result.present_value_costs.p5, result.present_value_costs.p95),
        haircuts=tuple((item_text(step.key, labels), money(step.present_value)) for step in result.haircuts),
        cash_flow=tuple(
            CashRow(
                year=year,
                benefit=money(year.benefit),
                cost=money(year.cost),
                net=money(year.net),
                cumulative=money(year.discounted_cumulative),
            )
            for year in flow
        ),
        parameters=tuple(
            ParameterRow(
                key=row["key"],
                label=row["label"],
                unit=row["unit"],
                arguments=tuple(row["arguments"]),
                distribution=row["distribution"],
                source=row["source"],
                source_kind=row["source_kind"],
                owner=row["owner_name"],
            )
            for row in model["parameters"]
        ),
        labels=labels,
        scenario_reasons=tuple(scenario_text(key) for key in result.scenario_reasons),
        tone=_TONES[SignOff(case.sign_off)],
    )


def _labels(case: RoiCase) -> dict[str, str]:
    """Parameter key -> the name that people gave it."""
    model = case.inputs["value_model"]
    labels = {row["key"]: row["label"] for row in model["parameters"]}
    return labels | {
        f"cost_{place}": f"{line['label']} ({line['year']})" for place, line in enumerate(model["costs"])
    }

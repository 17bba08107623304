"""One ROI case in words and figures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cxstats.codec import decoded
from cxstats.design import EstimandKind, Verdict
from cxstats.errors import NotEstimable
from cxstats.roi import CashYear, RoiResult, paid_after
from impact.cases import part_of_all
from impact.choices import SignOff, SourceKind, inputs_of
from impact.findings import finding_of, roi_case_of, roi_result_of
from impact.models import RoiCase, Study
from impact.panel import StudySubject
from impact.selectors.disputes import Dispute
from impact.selectors.studies import latest_finished_study
from impact.wording import (
    Central,
    Standing,
    break_even_text,
    breaks_even,
    case_sentence,
    central,
    chance_text,
    earlier_text,
    facing_text,
    impossible_text,
    item_text,
    money_range_text,
    money_text,
    no_roi_text,
    payback_text,
    percent_text,
    request_text,
    rounded_together,
    scenario_text,
    sign_off_text,
    standing_of,
    value_label,
    whole_money_text,
)
from impact.wording.engines import value_engine_text
from wording.formats import reader
from wording.joining import bracketed, sentences

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
    kind_text: str
    association: int | None  # its number, where it is the source


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """One cost as it entered the case."""

    label: str
    year: int
    likely: str
    range: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """Everything a page or a report says about one case.

    The central figure is the expected value everywhere, since expected values add up; ranges hold 90 %, from
    5 % to 95 % of the draws. `impossible` says why a value from before the rule cannot be. `dispute`: of the
    value before, while finance has not reviewed this one.
    """

    case: RoiCase
    dispute: Dispute | None
    kind: EstimandKind
    result: RoiResult
    currency: str
    years: int
    sentence: str
    facing: str
    request: str
    impossible: str
    standing: Standing
    net_present_value: str
    net_present_value_label: str
    net_present_value_range: str
    roi: str
    roi_range: str
    no_roi: str
    payback: str
    paid_after: float | None
    never_paid_back: str
    chance_of_loss: str
    break_even: str
    is_hard: bool
    benefits: str
    hard_benefits: str
    soft_benefits: str
    costs: str
    costs_range: str
    cost_lines: tuple[CostRow, ...]
    discount_rate: str
    first_year: str
    sign_off_text: str
    sign_off_label: str
    haircuts: tuple[tuple[str, str], ...]
    cash_flow: tuple[CashRow, ...]
    parameters: tuple[ParameterRow, ...]
    labels: dict[str, str]
    scenario_reasons: tuple[str, ...]
    tone: str
    engine: str


def latest_case(study: Study) -> RoiCase | None:
    """The case of a study that counts: that of the present inputs, as far as they were valued. One query."""
    found: RoiCase | None = (
        RoiCase.objects.filter(study=study)
        .select_related("computed_by__user", "sign_off_by__user")
        .headline_first()
        .first()
    )
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierValue:
    """The last value of an earlier study, while the one that counts has none."""

    study_number: int
    amount: str
    sentence: str


def earlier_case(study: Study) -> RoiCase | None:
    """The value that counts of the first of the other studies that has one. Two queries."""
    other = (
        Study.objects.filter(initiative=study.initiative_id, roi_cases__isnull=False)
        .exclude(pk=study.pk)
        .headline_first()
        .values_list("pk", flat=True)
        .first()
    )
    found: RoiCase | None = (
        RoiCase.objects.filter(study=other)
        .select_related("study", "sign_off_by__user")
        .headline_first()
        .first()
    )
    return found


def counting_instead(case: RoiCase) -> RoiCase | None:
    """The value that counts of the same initiative, where it is another than this one. At most four
    queries."""
    study = latest_finished_study(case.study.initiative)
    counts = latest_case(study) if study is not None else None
    return counts if counts is not None and counts.pk != case.pk else None


def earlier_value(case: RoiCase, study: Study, dispute: Dispute | None = None) -> EarlierValue:
    """A value as what it is: another study's, to be computed again for `study`. No query."""
    return EarlierValue(
        study_number=case.study.number,
        amount=earlier_amount(case.inputs, case.result),
        sentence=earlier_text(
            case.study.number,
            study.number,
            finance=finance_text(case, dispute),
            has_effect=(study.finding or {}).get("effect") is not None,
        ),
    )


def earlier_amount(inputs: dict[str, Any], result: dict[str, Any]) -> str:
    """The central figure of a stored value; none where its inputs come to more than all customers."""
    if part_of_all(roi_case_of(inputs["case"])) is not None:
        return "–"
    return whole_money_text(central(roi_result_of(result["roi"])).net, result["currency"])


def finance_text(case: RoiCase, dispute: Dispute | None) -> str:
    """Finance's word on a value, or that of the value before which it has not taken back. No query."""
    if dispute is not None:
        return dispute.text
    return sign_off_text(case.sign_off, str(case.sign_off_by or ""), case.sign_off_at)


def unchanged_text(case: RoiCase) -> str:
    """Said where computing again gives the value that counts: nothing has changed, finance's word stands."""
    word = {
        SignOff.OPEN: _("Finance has not reviewed it yet."),
        SignOff.SIGNED: _("The sign-off by finance stands."),
        SignOff.DISPUTED: _("The dispute by finance stands: change the inputs it names, or talk to finance."),
    }[SignOff(case.sign_off)]
    text = _("Nothing has changed since value %(number)s was computed, so it still counts.")
    return sentences([text % {"number": case.number}, word])


def break_even_of(case: RoiCase) -> str:
    """The effect at which a value pays for itself, in words. Reads the study with its finding; no query."""
    result, study = roi_result_of(case.result["roi"]), case.study
    subject: StudySubject = decoded(StudySubject, study.inputs["subject"])
    before = finding_of(study.finding).baseline_value if study.finding else None
    return break_even_text(result, subject.kind, subject.bounds, before)


def case_view(
    case: RoiCase,
    subject: StudySubject,
    *,
    before: float | None = None,
    sign_off: str | None = None,
    dispute: Dispute | None = None,
) -> CaseView:
    """A case in the reader's language, from what is stored with it. No query.

    `before`: where the metric stood, from which only so much is left of its scale. `sign_off`: finance's word
    as it stood at another time, for a document; else as it stands. `dispute`: the one that stands over a
    value that finance has not reviewed.
    """
    result = roi_result_of(case.result["roi"])
    currency, model = case.result["currency"], case.inputs["value_model"]
    labels = _labels(case)

    roi, worth = result.roi, result.net_present_value
    shown = central(result)  # one rounding for every figure, its range and the steps towards it
    flow: tuple[CashYear, ...] = decoded(tuple[CashYear, ...], case.result["cash_flow"])
    impossible = _impossible(case)
    standing = standing_of(
        result,
        is_disputed=(sign_off or case.sign_off) == SignOff.DISPUTED,
        is_impossible=bool(impossible),
        was_disputed=dispute is not None,
    )
    break_even = break_even_text(result, subject.kind, subject.bounds, before)
    return CaseView(
        case=case,
        dispute=dispute,
        kind=subject.kind,
        result=result,
        currency=currency,
        years=model["horizon_years"],
        sentence=case_sentence(result, standing=standing, currency=currency, years=model["horizon_years"]),
        facing=facing_text(Verdict(case.inputs["verdict"]), result, standing),
        request=request_text(
            subject.decision_rule,
            Verdict(case.inputs["verdict"]),
            looked_back=subject.looked_back,
            result=result,
            standing=standing,
            break_even=break_even if breaks_even(result, subject.bounds, before) else "",
        ),
        impossible=impossible,
        standing=standing,
        net_present_value=whole_money_text(shown.net, currency),
        net_present_value_label=value_label(result, standing),
        net_present_value_range=shown.range_text(worth, shown.net, currency),
        roi=percent_text(result.expected_roi),
        roi_range=_("%(low)s to %(high)s") % {"low": percent_text(roi.p5), "high": percent_text(roi.p95)}
        if roi
        else "",
        no_roi="" if roi else no_roi_text(result),
        payback=payback_text(_paid_after(flow)),
        paid_after=_paid_after(flow),
        never_paid_back=chance_text(result.probability_never_paid_back),
        chance_of_loss=chance_text(result.probability_of_loss),
        break_even=break_even,
        is_hard=model["is_hard"],
        hard_benefits=shown.range_text(result.hard_benefits, shown.benefits, currency),
        soft_benefits=shown.range_text(result.soft_benefits, shown.benefits, currency),
        benefits=whole_money_text(shown.benefits, currency),
        costs=whole_money_text(shown.costs, currency),
        costs_range=shown.range_text(result.present_value_costs, shown.costs, currency),
        cost_lines=_cost_rows(model["costs"], currency),
        discount_rate=_("%(rate)s a year")
        % {"rate": reader().in_percents(_plain(model["discount_rate_pct"]))},
        first_year=percent_text(float(model["first_year_share"])),
        sign_off_text=finance_text(case, dispute),
        sign_off_label=_("Dispute not answered yet") if dispute else str(SignOff(case.sign_off).label),
        haircuts=_haircut_rows(result, labels, currency, shown),
        cash_flow=_cash_rows(flow, currency, worth.mean, shown),
        parameters=tuple(
            ParameterRow(
                key=row["key"],
                label=labels[row["key"]],
                unit=_unit(model["kind"], row),
                arguments=tuple(row["arguments"]),
                distribution=row["distribution"],
                source=row["source"],
                source_kind=row["source_kind"],
                kind_text=str(SourceKind(row["source_kind"]).label),
                association=row.get("association"),
                owner=row["owner_name"],
            )
            for row in model["parameters"]
        ),
        labels=labels,
        scenario_reasons=tuple(scenario_text(key) for key in result.scenario_reasons),
        tone=_TONES[SignOff.DISPUTED if dispute else SignOff(case.sign_off)],
        engine=value_engine_text(case.engine_version),
    )


def _haircut_rows(
    result: RoiResult, labels: dict[str, str], currency: str, shown: Central
) -> tuple[tuple[str, str], ...]:
    """Each step of the discount for doubt; the last one is the benefit that counts."""
    rows = [
        (item_text(step.key, labels), shown.text(step.present_value, currency)) for step in result.haircuts
    ]
    if rows and result.expected_costs:
        rows[-1] = (rows[-1][0], whole_money_text(shown.benefits, currency))
    return tuple(rows)


def _cash_rows(
    flow: tuple[CashYear, ...], currency: str, worth: float, shown: Central
) -> tuple[CashRow, ...]:
    """Rounded to one step, so that benefits less costs are the net that stands beside them.

    What the flow comes to in the end is the expected net value: it reads as that does (`shown`), not rounded
    in another way. Values of older engines were means of draws, which the flow does not come to.
    """
    sums = [year.discounted_cumulative for year in flow]
    gains = rounded_together([*(year.benefit for year in flow), *(year.cost for year in flow), *sums])
    benefits, costs = list(gains[: len(flow)]), gains[len(flow) : 2 * len(flow)]
    totals = list(gains[2 * len(flow) :])
    if flow and math.isclose(sums[-1], worth, rel_tol=1e-9, abs_tol=0.01):
        totals[-1] = shown.net
    if all(math.isclose(year.cumulative, year.discounted_cumulative, abs_tol=0.005) for year in flow):
        _add_up(benefits, costs, totals)
    return tuple(
        CashRow(
            year=year,
            benefit=whole_money_text(benefit, currency),
            cost=whole_money_text(cost, currency),
            net=whole_money_text(benefit - cost, currency),
            cumulative=whole_money_text(total, currency),
        )
        for year, benefit, cost, total in zip(flow, benefits, costs, totals, strict=True)
    )


def _add_up(benefits: list[float], costs: Sequence[float], totals: list[float]) -> None:
    """Without a discount everybody can add the years up: what was lost in rounding goes to the benefit of the
    year, which is an estimate; a year without one keeps none, and costs stay as they are."""
    before = 0.0
    for place, total in enumerate(totals):
        if benefits[place]:
            benefits[place] = total - before + costs[place]
        before = before + benefits[place] - costs[place]
        totals[place] = before


def _paid_after(flow: tuple[CashYear, ...]) -> float | None:
    """When the cash flow shown has paid for itself; None where it never does."""
    try:
        return paid_after(flow)
    except NotEstimable:
        return None


def _cost_rows(costs: list[dict[str, Any]], currency: str) -> tuple[CostRow, ...]:
    return tuple(
        CostRow(
            label=line["label"],
            year=line["year"],
            likely=money_text(float(line["likely"]), currency),
            range=money_range_text(float(line["low"]), float(line["high"]), currency),
            source=line.get("source", ""),
        )
        for line in costs
    )


def _impossible(case: RoiCase) -> str:
    part = part_of_all(roi_case_of(case.inputs["case"]))
    return "" if part is None else impossible_text(part)


def _plain(number: str) -> str:
    """A stored decimal without empty decimals."""
    value = Decimal(number).normalize()
    return reader().shortest(value)


def _unit(kind: str, row: Mapping[str, Any]) -> str:
    presets = {preset.key: str(preset.unit) for preset in inputs_of(kind)}
    unit: str = row["unit"]
    return presets.get(row["key"], unit)


def _labels(case: RoiCase) -> dict[str, str]:
    """Parameter key -> the product's name in the reader's language, or the name that people gave it.

    What was stored with the case is in the language of whoever saved it, and stays part of its digest.
    """
    model = case.inputs["value_model"]
    presets = {preset.key: str(preset.label) for preset in inputs_of(model["kind"])}
    labels = {row["key"]: presets.get(row["key"], row["label"]) for row in model["parameters"]}
    return labels | {
        f"cost_{place}": bracketed(line["label"], line["year"]) for place, line in enumerate(model["costs"])
    }

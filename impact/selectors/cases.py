"""One ROI case in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cxstats.codec import decoded
from cxstats.design import EstimandKind, Verdict
from cxstats.errors import NotEstimable
from cxstats.roi import CashYear, RoiResult, paid_after
from impact.cases import part_of_all
from impact.choices import SignOff
from impact.findings import finding_of, roi_case_of, roi_result_of
from impact.models import RoiCase, Study
from impact.panel import StudySubject
from impact.selectors.case_tables import (
    CashRow,
    CostRow,
    ParameterRow,
    cash_rows,
    cost_rows,
    haircut_rows,
    labels_of,
    parameter_rows,
    plain_number,
)
from impact.selectors.disputes import Dispute
from impact.selectors.lines import (
    BenefitRow,
    benefit_rows,
    disputed_lines,
    line_numbers,
    partly_disputed,
    partly_signed_text,
)
from impact.selectors.studies import latest_finished_study
from impact.wording import (
    Standing,
    break_even_text,
    breaks_even,
    case_sentence,
    central,
    chance_text,
    earlier_text,
    facing_text,
    impossible_text,
    no_roi_text,
    payback_text,
    percent_text,
    request_text,
    scenario_text,
    sign_off_text,
    standing_of,
    value_label,
    whole_money_text,
)
from impact.wording.engines import value_engine_text
from wording.formats import reader
from wording.joining import sentences

_TONES = {SignOff.OPEN: "calm", SignOff.SIGNED: "done", SignOff.DISPUTED: "bad"}


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
    is_mixed: bool  # benefits of both kinds, told apart in `hard` and `soft`
    hard: str
    soft: str
    hard_benefits: str
    soft_benefits: str
    costs: str
    costs_range: str
    cost_lines: tuple[CostRow, ...]
    discount_rate: str
    first_year: str
    inflation: str
    lines: tuple[BenefitRow, ...]
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
    if case.sign_off == SignOff.OPEN and case.line_words:
        return partly_signed_text(case)
    if disputed := disputed_lines(case):
        count = len(line_numbers(case))
        return partly_disputed(len(disputed), count, str(case.sign_off_by or ""), case.sign_off_at)
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
    line_words: Mapping[str, Any] | None = None,
) -> CaseView:
    """A case in the reader's language, from what is stored with it. No query.

    `before`: where the metric stood, from which only so much is left of its scale. `sign_off`: finance's word
    as it stood at another time, for a document; else as it stands; `line_words` that on each of several
    benefits. `dispute`: the one that stands over a
    value that finance has not reviewed.
    """
    result = roi_result_of(case.result["roi"])
    model = case.inputs["value_model"]
    flow: tuple[CashYear, ...] = decoded(tuple[CashYear, ...], case.result["cash_flow"])
    impossible = _impossible(case)
    standing = standing_of(
        result,
        is_disputed=(sign_off or case.sign_off) == SignOff.DISPUTED,
        is_in_part=bool(disputed_lines(case, line_words)),
        is_impossible=bool(impossible),
        was_disputed=dispute is not None,
    )
    labels = labels_of(case)
    return CaseView(
        case=case,
        kind=subject.kind,
        result=result,
        currency=case.result["currency"],
        years=model["horizon_years"],
        impossible=impossible,
        standing=standing,
        payback=payback_text(_paid_after(flow)),
        paid_after=_paid_after(flow),
        never_paid_back=chance_text(result.probability_never_paid_back),
        chance_of_loss=chance_text(result.probability_of_loss),
        discount_rate=_("%(rate)s a year")
        % {"rate": reader().in_percents(plain_number(model["discount_rate_pct"]))},
        first_year=percent_text(float(model["first_year_share"])),
        inflation=_("%(rate)s a year") % {"rate": reader().in_percents(plain_number(model["inflation_pct"]))}
        if model.get("inflation_pct")
        else "",
        parameters=tuple(parameter_rows(case, labels)),
        labels=labels,
        scenario_reasons=tuple(scenario_text(key) for key in result.scenario_reasons),
        engine=value_engine_text(case.engine_version),
        **_words(case, subject, result, standing, before),
        **_amounts(case, result, flow, labels, standing, line_words),
        **_finance(case, dispute),
    )


def _words(
    case: RoiCase, subject: StudySubject, result: RoiResult, standing: Standing, before: float | None
) -> dict[str, Any]:
    """What is said of it in sentences, and what is asked for."""
    verdict, years = Verdict(case.inputs["verdict"]), case.inputs["value_model"]["horizon_years"]
    break_even = break_even_text(result, subject.kind, subject.bounds, before)
    return {
        "sentence": case_sentence(result, standing=standing, currency=case.result["currency"], years=years),
        "facing": facing_text(verdict, result, standing),
        "request": request_text(
            subject.decision_rule,
            verdict,
            looked_back=subject.looked_back,
            result=result,
            standing=standing,
            break_even=break_even if breaks_even(result, subject.bounds, before) else "",
        ),
        "break_even": break_even,
    }


def _amounts(
    case: RoiCase,
    result: RoiResult,
    flow: tuple[CashYear, ...],
    labels: dict[str, str],
    standing: Standing,
    line_words: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Money and return, with one rounding for every figure, its range and the steps towards it."""
    shown, currency, roi = central(result), case.result["currency"], result.roi
    worth, model = result.net_present_value, case.inputs["value_model"]
    hardness = {line["is_hard"] for line in (model, *model.get("lines", ()))}
    hard = round(result.hard_benefits.mean, shown.digits) if len(hardness) > 1 else shown.benefits
    soft = shown.benefits - hard if len(hardness) > 1 else shown.benefits
    return {
        "net_present_value": whole_money_text(shown.net, currency),
        "net_present_value_label": value_label(result, standing),
        "net_present_value_range": shown.range_text(worth, shown.net, currency),
        "roi": percent_text(result.expected_roi),
        "roi_range": _("%(low)s to %(high)s") % {"low": percent_text(roi.p5), "high": percent_text(roi.p95)}
        if roi
        else "",
        "no_roi": "" if roi else no_roi_text(result),
        "is_hard": model["is_hard"],
        "is_mixed": len(hardness) > 1,
        "hard": whole_money_text(hard, currency),
        "soft": whole_money_text(soft, currency),
        "hard_benefits": shown.range_text(result.hard_benefits, hard, currency),
        "soft_benefits": shown.range_text(result.soft_benefits, soft, currency),
        "benefits": whole_money_text(shown.benefits, currency),
        "costs": whole_money_text(shown.costs, currency),
        "costs_range": shown.range_text(result.present_value_costs, shown.costs, currency),
        "cost_lines": cost_rows(model["costs"], currency),
        "haircuts": haircut_rows(result, labels, currency, shown),
        "cash_flow": cash_rows(flow, currency, worth.mean, shown),
        "lines": benefit_rows(case, shown, line_words),
    }


def _finance(case: RoiCase, dispute: Dispute | None) -> dict[str, Any]:
    """Finance's word as it stands, or that of the value before which it has not taken back."""
    return {
        "dispute": dispute,
        "sign_off_text": finance_text(case, dispute),
        "sign_off_label": _sign_off_label(case, dispute),
        "tone": _TONES[SignOff.DISPUTED if dispute else SignOff(case.sign_off)],
    }


def _sign_off_label(case: RoiCase, dispute: Dispute | None) -> str:
    if dispute:
        return _("Dispute not answered yet")
    return _("Disputed in part by finance") if disputed_lines(case) else str(SignOff(case.sign_off).label)


def _paid_after(flow: tuple[CashYear, ...]) -> float | None:
    """When the cash flow shown has paid for itself; None where it never does."""
    try:
        return paid_after(flow)
    except NotEstimable:
        return None


def _impossible(case: RoiCase) -> str:
    part = part_of_all(roi_case_of(case.inputs["case"]))
    return "" if part is None else impossible_text(part)

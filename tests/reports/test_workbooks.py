"""Workbooks: another engine computes them anew and comes to the figures that the product prints."""

import io
import math
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent
from impact.choices import ValueKind
from impact.fields import BenefitValues, CostValues, LineValues, ParameterValues
from impact.models import RoiCase, ValueModel
from impact.services import compute_roi_case, save_benefit_lines, save_value_model
from reports.services import workbook_of, workbook_of_program, workbook_of_value
from tests.factories.assessments import make_result
from tests.factories.reports import made_report, proved
from tests.impact.program import FIRST, computed, full_ledger, ledger, valued, whole_program
from tests.reports.recomputed import Workbook, recomputed
from wording.formats import Territory, writing_for

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = ("Benefits, present value", "Costs, present value", "Return on investment")


def opened(content: bytes, folder: Path, changes: dict[tuple[str, str], float] | None = None) -> Workbook:
    path = folder / "book.xlsx"
    path.write_bytes(content)
    return recomputed(path, changes)


def assert_cached_is_computed(book: Workbook) -> None:
    """What a viewer shows that computes nothing is what a spreadsheet computes."""
    assert len(book.formulas) > 50
    for place, formula in book.formulas.items():
        computed, cached = book.computed[place], book.cached.get(place, "")
        if isinstance(cached, str):
            assert computed == cached, (place, formula)
        else:
            assert math.isclose(computed, cached, rel_tol=1e-9, abs_tol=1e-6), (place, formula)


def model(by: Any, initiative: Any, shapes: Mapping[str, tuple[str, tuple[float, ...]]]) -> None:
    """A value model over five years with ranges of all shapes."""
    figures = {
        "customers": ("pert", (18_000.0, 20_000.0, 26_000.0)),
        "retention_per_unit": ("triangular", (0.0004, 0.0005, 0.0012)),
        "margin": ("lognormal_p10_p90", (150.0, 260.0)),
        "attribution": ("beta", (6.0, 4.0)),
        "confidence": ("fixed", (0.8,)),
        "persistence": ("fixed", (0.9,)),
        **shapes,
    }
    save_value_model(
        initiative=initiative,
        by=by,
        kind="retention",
        horizon_years=5,
        discount_rate_pct=Decimal("7.5"),
        first_year_share=Decimal("0.4"),
        parameters=[
            ParameterValues(key=key, distribution=shape, arguments=numbers, source="Ledger")
            for key, (shape, numbers) in figures.items()
        ],
        costs=[
            CostValues(
                label="Build", year=0, low=Decimal(50_000), likely=Decimal(60_000), high=Decimal(80_000)
            ),
            CostValues(label="Run", year=3, low=Decimal(9_000), likely=Decimal(9_000), high=Decimal(9_000)),
        ],
    )


@pytest.mark.parametrize(
    "kept",
    [
        ("fixed", (0.85,)),
        ("beta", (8.0, 2.0)),
        ("pert", (0.0, 0.7, 0.95)),
        ("pert", (0.6, 0.6, 0.95)),
        ("triangular", (0.0, 0.8, 0.9)),
        ("triangular", (0.5, 0.5, 0.9)),
    ],
    ids=str,
)
def test_another_engine_comes_to_the_printed_figures_of_a_value(ada, tmp_path, kept):
    known = proved(ada)
    model(ada, known.simulated.initiative, {"persistence": kept})
    case = compute_roi_case(study=known.study, by=ada)
    book = opened(workbook_of_value(case).content, tmp_path)
    assert_cached_is_computed(book)
    roi = case.result["roi"]
    stored = {
        "Benefits, present value": roi["hard_benefits"]["mean"] + roi["soft_benefits"]["mean"],
        "Costs, present value": roi["present_value_costs"]["mean"],
        "Return on investment": roi["net_present_value"]["mean"] / roi["present_value_costs"]["mean"],
        "Net present value": roi["net_present_value"]["mean"],
    }
    for label, figure in stored.items():
        assert math.isclose(book.beside("Cash flow", label, "B"), figure, rel_tol=1e-9), label
    for place, year in enumerate(case.result["cash_flow"]):
        column = "BCDEFG"[place]
        for label, key in (("Benefits", "benefit"), ("Costs", "cost"), ("Net", "net")):
            line = next(
                int(cell[1:])
                for (sheet, cell), value in book.cached.items()
                if (sheet, cell[0], value) == ("Cash flow", "A", label)
            )
            found = book.computed["Cash flow", f"{column}{line}"]
            assert math.isclose(found, year[key], rel_tol=1e-9, abs_tol=1e-6), (label, place)


def test_summary_has_printed_stored_and_computed_figure_side_by_side_with_the_stored_range(ada, tmp_path):
    known = proved(ada)
    assert known.case is not None
    book = opened(workbook_of_value(known.case).content, tmp_path)
    line = book.line("Summary", "Expected net present value")
    worth = known.case.result["roi"]["net_present_value"]
    row = [book.computed.get(("Summary", f"{column}{line}")) for column in "CDEFG"]
    assert row == pytest.approx([worth["mean"], worth["mean"], 0, worth["p5"], worth["p95"]])
    assert book.cached["Summary", f"B{line}"] == "−EUR\u00a061,600"
    head = [book.cached["Summary", f"{column}4"] for column in "BCDFG"]
    assert head == [
        *("As printed", "Stored, exactly", "By formula"),
        *("90% range, low (stored)", "90% range, high (stored)"),
    ]
    for label, said in (
        ("Design grade", "B: "),
        ("Answers (n)", "in the comparison"),
        ("Method", ""),
        ("Finance", "Finance has not reviewed this value yet"),
        ("Digest of its inputs", known.case.input_digest),
        ("How ranges were made", "stored values"),
    ):
        assert said in book.cached["Summary", f"B{book.line('Summary', label)}"], label


def test_whoever_changes_an_input_sees_what_it_does(ada, tmp_path):
    """Every customer twice over: twice the benefits, the same costs."""
    known = proved(ada)
    assert known.case is not None
    content = workbook_of_value(known.case).content
    before = opened(content, tmp_path)
    line = before.line("Inputs", "Customers affected per year")
    cells = {
        ("Inputs", f"{column}{line}"): before.cached["Inputs", f"{column}{line}"] * 2 for column in "BCD"
    }
    after = opened(content, tmp_path, cells)
    gained = ("Cash flow", "Benefits, present value", "B")
    assert after.beside(*gained) == pytest.approx(2 * before.beside(*gained))
    spent = ("Cash flow", "Costs, present value", "B")
    assert after.beside(*spent) == before.beside(*spent)


def test_tax_is_off_until_it_is_switched_on(ada, tmp_path):
    """2,000 a year for a point, half of it in year 1; costs of 60,000 and twice 20,000; a quarter of the net,
    and of the loss."""
    known, case = valued(ada)
    effect = known.study.finding["effect"]["value"]
    content = workbook_of_value(case).content
    switch = {("Inputs", "B3"): 1.0, ("Inputs", "B4"): 0.25}
    before, after = opened(content, tmp_path), opened(content, tmp_path, switch)
    net = [-60_000, effect * 1_000 - 20_000, effect * 2_000 - 20_000, effect * 2_000]
    worth = sum(amount / 1.08**year for year, amount in enumerate(net))
    assert before.beside("Cash flow", "Net present value", "B") == pytest.approx(worth)
    assert after.beside("Cash flow", "Net present value", "B") == pytest.approx(0.75 * worth)


def test_payback_is_by_formula_what_the_page_says(ada, tmp_path):
    known, case = valued(ada)
    effect = known.study.finding["effect"]["value"]
    net = [-60_000, effect * 1_000 - 20_000, effect * 2_000 - 20_000, effect * 2_000]
    sums, total = [], 0.0
    for year, amount in enumerate(net):
        total += amount / 1.08**year
        sums.append(total)
    assert sums[-2] < 0 > sums[0]
    book = opened(workbook_of_value(case).content, tmp_path)
    found = book.beside("Cash flow", "Pays for itself after, years", "B")
    if sums[-1] < 0:
        assert found == "not within the years counted"
    else:
        assert found == pytest.approx(2 + sums[2] / (sums[2] - sums[3]))


def calls(label: str, each: tuple[str, tuple[float, ...]], *, share: str = "1") -> LineValues:
    """So many contacts a year for each unit of effect, 20,000 customers, 10 each."""
    inputs = {
        "customers": ("fixed", (20_000.0,)),
        "contacts_per_unit": each,
        "unit_cost": ("fixed", (10.0,)),
    }
    return LineValues(
        frame=BenefitValues(
            label=label,
            kind=ValueKind.AVOIDED_CONTACTS,
            first_year_share=Decimal(share),
            is_hard=True,
        ),
        parameters=tuple(
            ParameterValues(key=key, distribution=shape, arguments=numbers, source="Ledger")
            for key, (shape, numbers) in inputs.items()
        ),
    )


def test_several_benefits_and_rising_prices_by_hand_and_by_another_engine(ada, tmp_path):
    """For a unit of effect 2,000 a year by the first benefit, half of it in year 1 (tests.impact.program); by
    calls 20,000 x 0.01 x 10 x 0.5 = 1,000, by letters 2,000 with a quarter in year 1. Prices rise by 5 %."""
    known, _case = valued(ada)
    lines = [calls("Calls", ("fixed", (0.01,))), calls("Letters", ("fixed", (0.02,)), share="0.25")]
    save_benefit_lines(initiative=known.simulated.initiative, by=ada, lines=lines)
    ValueModel.objects.update(inflation_pct=Decimal(5))
    case = compute_roi_case(study=known.study, by=ada)
    content = workbook_of_value(case).content
    book = opened(content, tmp_path)
    assert_cached_is_computed(book)
    effect = known.study.finding["effect"]["value"]
    costs = [60_000, 20_000, 20_000, 0]
    gains = [0, effect * 2_500, effect * 5_000 * 1.05, effect * 5_000 * 1.05**2]
    worth = sum(gain / 1.08**year for year, gain in enumerate(gains))
    spent = sum(cost / 1.08**year for year, cost in enumerate(costs))
    assert book.beside("Cash flow", "Benefits, present value", "B") == pytest.approx(worth)
    assert book.beside("Cash flow", "Net present value", "B") == pytest.approx(worth - spent)
    assert case.result["roi"]["net_present_value"]["mean"] == pytest.approx(worth - spent)
    # letters twice as many: only theirs grow
    lines_of = [
        int(cell[1:])
        for (sheet, cell), value in book.cached.items()
        if (sheet, cell[0]) == ("Inputs", "B") and value == 0.02
    ]
    assert len(lines_of) == 1
    row = {
        (sheet, cell): value for (sheet, cell), value in book.cached.items() if cell[1:] == str(lines_of[0])
    }
    typed = {place: 0.04 for place, value in row.items() if place[0] == "Inputs" and value == 0.02
             and place not in book.formulas}  # fmt: skip
    after = opened(content, tmp_path, typed)
    letters = effect * 2_000 * (0.25 / 1.08 + 1.05 / 1.08**2 + 1.05**2 / 1.08**3)
    gained = after.beside("Cash flow", "Benefits, present value", "B") - worth
    assert gained == pytest.approx(letters)


def test_several_benefits_with_ranges_come_to_the_stored_figures(ada, tmp_path):
    known = proved(ada)
    model(ada, known.simulated.initiative, {})
    lines = [
        calls("Calls", ("pert", (0.004, 0.01, 0.02)), share="0.6"),
        calls("Letters", ("lognormal_p10_p90", (0.01, 0.03))),
    ]
    save_benefit_lines(initiative=known.simulated.initiative, by=ada, lines=lines)
    case = compute_roi_case(study=known.study, by=ada)
    book = opened(workbook_of_value(case).content, tmp_path)
    assert_cached_is_computed(book)
    roi = case.result["roi"]
    benefits = sum(line["benefits"]["mean"] for line in case.result["lines"])
    assert len(case.result["lines"]) == 3
    assert book.beside("Cash flow", "Benefits, present value", "B") == pytest.approx(benefits, rel=1e-9)
    worth = book.beside("Cash flow", "Net present value", "B")
    assert worth == pytest.approx(roi["net_present_value"]["mean"], rel=1e-9)


@pytest.mark.parametrize("afterwards", [False, True])
def test_another_engine_comes_to_the_printed_return_of_the_program(ada, tmp_path, afterwards):
    case = whole_program(ada)
    book = opened(workbook_of_program(case, with_look_backs=afterwards).content, tmp_path)
    assert_cached_is_computed(book)
    found = case.result["whole" if afterwards else "main"]["return"]
    for label, figure in (
        ("Net present value", found["net_present_value"]["mean"]),
        ("Benefits, present value", found["benefits"]["mean"]),
        ("Costs, present value", found["costs"]["mean"]),
        ("Return on investment", found["roi"]["mean"]),
    ):
        assert math.isclose(book.beside("Cash flow", label, "B"), figure, rel_tol=1e-9), label
    for line in found["lines"]:
        row = book.line("Initiatives", line["key"])
        claimed, counted, changed = (book.computed["Initiatives", f"{column}{row}"] for column in "GHI")
        assert claimed == pytest.approx(line["claimed"], rel=1e-9)
        assert counted == pytest.approx(line["share"]["mean"], rel=1e-9)
        assert changed == pytest.approx(-line["overlap"] - line["luck"], rel=1e-6, abs=1e-3)
    for place, (gained, spent) in enumerate(
        zip(found["benefits_by_year"], found["costs_by_year"], strict=True)
    ):
        column = chr(ord("B") + place)
        for label, amount in (("Benefits", gained), ("Costs", spent)):
            row = min(
                int(cell[1:])
                for (sheet, cell), value in book.cached.items()
                if (sheet, cell[0], value) == ("Cash flow", "A", label)
            )
            assert book.computed["Cash flow", f"{column}{row}"] == pytest.approx(amount, abs=1e-3)


def test_costs_of_the_ledger_are_those_that_were_entered_at_their_rates(ada, tmp_path):
    """40,000 and 10,000 dollars at 0.9 in the last year; 50,000 in each year before."""
    case = whole_program(ada)
    book = opened(workbook_of_program(case).content, tmp_path)
    row = book.line("Cash flow", "Costs of the program, from the ledger")
    years = ada.organization.clock.today().year - FIRST + 1
    amounts = [book.computed["Cash flow", f"{chr(ord('B') + place)}{row}"] for place in range(years)]
    assert amounts == [50_000.0] * (years - 1) + [49_000.0]


def test_year_that_is_missing_in_the_ledger_takes_the_net_value_out_of_the_workbook(ada, tmp_path):
    valued(ada)
    ledger(ada, {ada.organization.clock.today().year: "50000"})
    case = computed(ada)
    assert case.inputs["missing"]
    book = opened(workbook_of_program(case).content, tmp_path)
    row = book.line("Summary", "Net present value")
    assert [book.cached.get(("Summary", f"{column}{row}")) for column in "BCD"] == ["–", None, None]
    assert "missing in the ledger" in book.cached["Summary", f"H{row}"]


HOSTILE = ('=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3")


@pytest.mark.parametrize("title", HOSTILE)
def test_names_that_look_like_formulas_stay_text(ada, tmp_path, title):
    known = proved(ada, title=title)
    save_value_model(
        initiative=known.simulated.initiative,
        by=ada,
        kind="formula",
        horizon_years=2,
        discount_rate_pct=Decimal(8),
        first_year_share=Decimal(1),
        parameters=[
            ParameterValues(key="hours", label=title, distribution="fixed", arguments=(10.0,), source=title),
            *(
                ParameterValues(key=key, distribution="fixed", arguments=(1.0,), source="x")
                for key in ("attribution", "confidence", "persistence")
            ),
        ],
        costs=[CostValues(label=title, year=0, **dict.fromkeys(("low", "likely", "high"), Decimal(5)))],
    )
    case = compute_roi_case(study=known.study, by=ada)
    book = opened(workbook_of_value(case).content, tmp_path)
    assert_cached_is_computed(book)
    assert not any("HYPERLINK" in text or "cmd" in text for text in book.formulas.values())
    texts = [value for value in book.cached.values() if isinstance(value, str) and title in value]
    assert len(texts) >= 4
    assert not any(text.startswith(("=", "+", "@", "-")) for text in texts)


def test_workbook_speaks_the_readers_language_and_format(ada, tmp_path):
    known = proved(ada)
    assert known.case is not None
    with translation.override("zh-hans"), writing_for(Territory(code="DE")):
        content = workbook_of_value(known.case).content
    book = opened(content, tmp_path)
    assert_cached_is_computed(book)
    assert {sheet for sheet, _cell in book.cached} == {"摘要", "输入项", "衰减", "现金流"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert "0.0\u00a0%" in styles
    assert "&quot;EUR&quot; #,##0" in styles


@pytest.mark.usefixtures("short")
def test_same_document_gives_the_same_bytes_in_its_own_language(ada):
    report = made_report(ada, proved(ada))
    first = workbook_of(report)
    with translation.override("zh-hans"):
        second = workbook_of(report)
    assert first == second
    assert first.name == f"roi-evidence-{report.verification_code}.xlsx"


@pytest.mark.usefixtures("short")
def test_workbook_of_a_document_keeps_finances_word_of_its_day(ada, tmp_path):
    known = proved(ada)
    report = made_report(ada, known)
    RoiCase.objects.filter(pk=known.case.pk).update(sign_off="signed", sign_off_by=ada)
    report.refresh_from_db()
    book = opened(workbook_of(report).content, tmp_path)
    assert "has not reviewed" in book.cached["Summary", f"B{book.line('Summary', 'Finance')}"]


# --- who gets it --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("short")
def test_pages_and_api_give_it_beside_the_document_and_the_trail_knows(ada, cleo, client_of, api_of):
    full_ledger(ada)
    known, case = valued(ada)
    returned = computed(ada)
    report = made_report(ada, known)
    pages = {
        reverse("reports:value_workbook", args=["northwind", case.pk]): (
            reverse("impact:initiative_impact", args=["northwind", known.simulated.initiative.number]),
            f"/api/v1/o/northwind/roi-cases/{case.pk}/workbook/",
        ),
        reverse("reports:program_workbook", args=["northwind", returned.number]): (
            reverse("impact:program", args=["northwind"]),
            f"/api/v1/o/northwind/program/{returned.number}/workbook/",
        ),
    }
    for address, (page, by_api) in pages.items():
        assert address in client_of(ada).get(page).text
        assert address not in client_of(cleo).get(page).text
        for response in (client_of(ada).get(address), api_of(ada).get(by_api)):
            assert response["Content-Type"] == WORKBOOK
            assert b"".join(response.streaming_content).startswith(b"PK")
        assert client_of(cleo).get(address).status_code == 403
        assert Client().get(address).status_code == 302
    own = reverse("reports:report_workbook", args=["northwind", report.pk])
    assert own in client_of(ada).get(reverse("reports:report_detail", args=["northwind", report.pk])).text
    verbs = AuditEvent.objects.filter(verb__endswith="workbook_downloaded").values_list("verb", flat=True)
    assert sorted(verbs) == ["program_case.workbook_downloaded"] * 2 + ["roi_case.workbook_downloaded"] * 2


def test_document_without_money_has_no_workbook_and_says_so(ada, api_of):
    from tests.reports.test_views import sample

    report = sample(ada, result=make_result(ada))
    refused = api_of(ada).get(f"/api/v1/o/northwind/reports/{report.pk}/workbook/")
    assert refused.status_code == 409
    assert refused.json()["code"] == "nothing_to_report"

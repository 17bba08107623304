"""A value some of whose benefits finance disputes: the total counts the others, and the words say so."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import EventDelivery
from common.outbox import deliver
from cxstats.roi import simulation
from impact import charts
from impact.choices import SourceKind, ValueKind
from impact.models import RoiCase, Study
from impact.selectors import case_view, portfolio, study_subject
from impact.selectors.portfolio import LeftOut
from impact.services import (
    BenefitValues,
    LineValues,
    ParameterValues,
    compute_roi_case,
    dispute,
    keep_undisputed,
    save_benefit_lines,
    sign_off,
)
from impact.wording import Standing
from reports.documents.finance import signed
from tests.factories.impact import finished_study, value_model

pytestmark = pytest.mark.django_db

LETTERS = "Fewer letters"


def _line(label, each):
    """So many contacts of 4 each, for 20,000 customers."""
    inputs = {"customers": 20_000, "contacts_per_unit": each, "unit_cost": 4}
    return LineValues(
        frame=BenefitValues(
            label=label,
            kind=ValueKind.AVOIDED_CONTACTS,
            first_year_share=Decimal(1),
            is_hard=True,
        ),
        parameters=tuple(
            ParameterValues(
                key=key,
                distribution="fixed",
                arguments=(float(value),),
                source="Ledger 2025",
                source_kind=SourceKind.FINANCE,
            )
            for key, value in inputs.items()
        ),
    )


@pytest.fixture
def study(worked, ada):
    value_model(worked.initiative, ada)
    return finished_study(worked, ada)


@pytest.fixture
def alone(study, ada):
    """The same model without any further benefit."""
    return compute_roi_case(study=study, by=ada)


@pytest.fixture
def valued(alone, study, ada):
    save_benefit_lines(initiative=study.initiative, by=ada, lines=[_line(LETTERS, 0.02)])
    return compute_roi_case(study=study, by=ada)


def _disputed(case, by, *, line="2", words="Letters were stopped for all"):
    dispute(case=case, by=by, comment=words, line=line)
    deliver(EventDelivery, now=timezone.now())
    return RoiCase.objects.get(pk=case.pk)


def _row(member):
    (row,) = portfolio(member.organization).rows
    return row


def test_the_total_is_that_of_the_value_without_the_disputed_benefit(alone, valued, ada, fay):
    whole = portfolio(ada.organization)
    assert whole.total.overlap_aware == pytest.approx(valued.result["roi"]["net_present_value"]["mean"])
    _disputed(valued, fay)
    page = portfolio(ada.organization)
    expected = alone.result["roi"]["net_present_value"]  # the model that never had this benefit
    assert page.total.overlap_aware == pytest.approx(expected["mean"])
    further = valued.result["lines"][1]["benefits"]["mean"]
    assert whole.total.overlap_aware - page.total.overlap_aware == pytest.approx(further)
    assert further > 10_000
    width = expected["p95"] - expected["p5"]
    span = page.total.overlap_aware_range
    assert span.p5 == pytest.approx(expected["p5"], abs=0.03 * width)
    assert span.p95 == pytest.approx(expected["p95"], abs=0.03 * width)
    amount = case_view(alone, study_subject(alone.study)).net_present_value
    assert (page.total_text, page.naive_text) == (amount, amount)
    assert page.naive_note == "without the disputed benefits of 1 value"
    assert _row(ada).counting == f"in the total with {amount}, without what finance disputes: {LETTERS}"
    assert "1 value is counted without the benefits that finance disputes." in page.sentence
    assert "in no sum" not in page.sentence


def test_the_page_names_what_is_left_out_and_simulates_nothing(valued, ada, fay, client_of, monkeypatch):
    _disputed(valued, fay)

    def never(*_args, **_more):
        raise AssertionError("a page simulates nothing")

    monkeypatch.setattr(simulation, "draw_all", never)
    said = client_of(ada).get(reverse("impact:portfolio", args=["northwind"])).content.decode()
    assert said.count(f"without what finance disputes: {LETTERS}") == 2  # under the total, and in the table
    assert "Disputed in part by finance" in said


def test_the_chart_draws_what_counts(alone, valued, ada, fay):
    _disputed(valued, fay)
    page = portfolio(ada.organization)
    (row,) = page.rows
    assert row.standing is case_view(alone, study_subject(alone.study)).standing
    assert "without what is disputed" in str(charts.of_portfolio(page).values)


def test_a_scenario_says_with_what_it_stands_in_the_plain_sum(study, ada, fay):
    Study.objects.filter(pk=study.pk).update(verdict="inconclusive")
    alone = compute_roi_case(study=study, by=ada)
    save_benefit_lines(initiative=study.initiative, by=ada, lines=[_line(LETTERS, 0.02)])
    _disputed(compute_roi_case(study=study, by=ada), fay)
    page = portfolio(ada.organization)
    amount = case_view(alone, study_subject(alone.study)).net_present_value
    assert (page.total_text, page.naive_text) == ("", amount)
    assert page.rows[0].counting == (
        f"not in the total: a scenario only, in the plain sum with {amount}, without what finance disputes: "
        f"{LETTERS}"
    )


def test_until_the_worker_was_there_the_value_is_left_out_as_a_whole(valued, ada, fay):
    dispute(case=valued, by=fay, comment="No", line="2")
    assert (_row(ada).left_out, _row(ada).undisputed) == (LeftOut.DISPUTED, None)
    assert keep_undisputed(case=RoiCase.objects.get(pk=valued.pk))
    assert _row(ada).counts
    assert not keep_undisputed(case=RoiCase.objects.get(pk=valued.pk))  # known already


def test_figures_of_an_earlier_word_are_not_those_of_a_later_one(alone, valued, study, ada, fay):
    save_benefit_lines(
        initiative=study.initiative, by=ada, lines=[_line(LETTERS, 0.02), _line("Fewer calls", 0.01)]
    )
    three = _disputed(compute_roi_case(study=study, by=ada), fay)
    assert three.undisputed["without"] == ["2"]
    dispute(case=three, by=fay, comment="Neither", line="3")
    assert _row(ada).left_out is LeftOut.DISPUTED  # that without the second alone is no answer
    deliver(EventDelivery, now=timezone.now())
    row = _row(ada)
    mean = alone.result["roi"]["net_present_value"]["mean"]
    assert row.undisputed.net_present_value.mean == pytest.approx(mean)
    sign_off(case=three, by=fay, line="2")
    sign_off(case=three, by=fay, line="3")
    row = _row(ada)
    assert (row.counts, row.undisputed) == (True, None)
    assert row.worth.net_present_value.mean == pytest.approx(three.result["roi"]["net_present_value"]["mean"])


def test_a_value_that_keeps_finances_word_is_counted_without_it_too(valued, study, ada, fay):
    _disputed(valued, fay)
    save_benefit_lines(
        initiative=study.initiative, by=ada, lines=[_line(LETTERS, 0.02), _line("Fewer calls", 0.01)]
    )
    newer = compute_roi_case(study=study, by=ada)
    deliver(EventDelivery, now=timezone.now())
    row = _row(ada)
    assert (row.case.case.pk, row.counts) == (newer.pk, True)
    means = [line["benefits"]["mean"] for line in newer.result["lines"]]
    whole = newer.result["roi"]["net_present_value"]["mean"]
    assert row.undisputed.net_present_value.mean == pytest.approx(whole - means[1])


def test_a_value_disputed_in_all_its_benefits_stays_out(valued, ada, fay):
    _disputed(_disputed(valued, fay), fay, line="1")
    row = _row(ada)
    assert (row.left_out, row.undisputed, row.case.standing) == (
        LeftOut.DISPUTED,
        None,
        Standing.DISPUTED,
    )


def test_the_words_on_the_initiative_do_not_dispute_all_of_it(valued, worked, ada, fay, client_of):
    case = RoiCase.objects.select_related("sign_off_by__user").get(pk=_disputed(valued, fay).pk)
    view = case_view(case, study_subject(case.study))
    assert view.standing is Standing.DISPUTED_IN_PART
    assert view.sentence.endswith(
        "Finance disputes some of the benefits in these figures and not the others, so their sum is no "
        "expectation yet."
    )
    assert view.sign_off_text.startswith("Finance disputes 1 of 2 benefits: Fay")
    assert view.sign_off_label == "Disputed in part by finance"
    page = client_of(ada).get(
        reverse("impact:initiative_impact", args=["northwind", worked.initiative.number])
    )
    said = page.content.decode()
    assert "Finance disputes these figures" not in said
    assert "Finance disputes the value" not in said


def test_a_document_says_it_as_it_stood(valued, fay):
    case = _disputed(valued, fay)
    said = {"state": case.sign_off, "by": "Fay", "at": None, "lines": case.line_words}
    assert signed({**said, "line_count": 2})["text"].startswith("Finance disputes 1 of 2 benefits: Fay, –.")
    assert signed({**said, "line_count": 1})["text"].startswith("Disputed by finance: Fay")

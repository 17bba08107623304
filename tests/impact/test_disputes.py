"""What finance disputed stands until finance answers, whatever is computed meanwhile."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from coalition.models import Initiative
from common.jobs import JobState
from impact import charts
from impact.choices import SignOff, ValueKind
from impact.models import RoiCase, Study
from impact.selectors import impact_page, portfolio, unanswered_disputes
from impact.selectors.portfolio import LeftOut
from impact.services import CostValues, compute_roi_case, dispute, save_value_model, sign_off
from impact.wording import Standing
from tests.factories.impact import finished_study, live_initiative, parameter_values, value_model

pytestmark = pytest.mark.django_db

WORDS = "Margin too high"


def _full_stop(initiative, by, *, source="."):
    """The same money; one character in the source of a cost."""
    costs = [
        CostValues(label=label, year=year, low=Decimal(low), likely=Decimal(likely), high=Decimal(high))
        for label, year, low, likely, high in (
            ("Build", 0, 50_000, 60_000, 80_000),
            ("Run", 1, 18_000, 20_000, 25_000),
            ("Run", 2, 18_000, 20_000, 25_000),
        )
    ]
    costs[0] = replace(costs[0], source=source)
    return save_value_model(
        initiative=initiative,
        by=by,
        kind=ValueKind.RETENTION,
        horizon_years=3,
        discount_rate_pct=Decimal("8.00"),
        first_year_share=Decimal("0.75"),
        parameters=parameter_values(),
        costs=costs,
    )


@pytest.fixture
def disputed(case, fay):
    return dispute(case=case, by=fay, comment=WORDS)


@pytest.fixture
def recomputed(disputed, worked, studied, ada):
    _full_stop(worked.initiative, ada)
    made = compute_roi_case(study=studied, by=ada)
    assert (made.pk != disputed.pk, made.sign_off) == (True, SignOff.OPEN)
    return made


def _later_study(study):
    """The same finding with data of a week more."""
    return Study.objects.create(
        organization=study.organization, initiative=study.initiative, number=study.number + 1,
        go_live=study.go_live, data_cutoff=study.data_cutoff + timedelta(days=7),
        plan_digest=study.plan_digest, inputs=study.inputs, finding=study.finding, grade=study.grade,
        verdict=study.verdict, engine_version=study.engine_version, input_digest="later",
        job_state=JobState.DONE, finished_at=timezone.now(),
    )  # fmt: skip


def _page(worked, number=None):
    return impact_page(Initiative.objects.get(pk=worked.initiative.pk), today=worked.last_day, number=number)


def _row(ada):
    (row,) = portfolio(ada.organization).rows
    return row


def test_a_full_stop_does_not_lift_a_dispute_on_the_page(client_of, worked, recomputed, disputed, ada):
    view = _page(worked).case
    day = date_format(disputed.sign_off_at)
    assert view.case == recomputed
    assert (view.standing, view.sign_off_label, view.tone) == (
        Standing.DISPUTED_BEFORE,
        "Dispute not answered yet",
        "bad",
    )
    said = (
        f"Finance disputed the previous value: “{WORDS}”, Fay, {day}. It has not reviewed this one yet; do "
        "not rely on it until it has."
    )
    assert view.sign_off_text == said
    text = client_of(ada).get(reverse("impact:initiative_impact", args=["northwind", 1])).text
    assert text.count(said) == 2  # above the money, and where finance reviews
    assert "Dispute not answered yet" in text
    assert "Finance has not reviewed this value yet" not in text
    assert "so these figures are no expectation" in view.sentence
    assert "counts neither as a gain nor as a loss" in view.facing
    assert "do not base the decision on the amount until it has" in view.request


def test_a_full_stop_does_not_lift_a_dispute_in_the_portfolio(client_of, recomputed, ada):
    page = portfolio(ada.organization)
    (row,) = page.rows
    assert (row.case.case, row.left_out) == (recomputed, LeftOut.DISPUTED_BEFORE)
    assert (page.total, page.naive_text) == (None, "")
    assert "1 value follows one that finance disputed" in page.sentence
    text = client_of(ada).get(reverse("impact:portfolio", args=["northwind"])).text
    assert "not in the total: finance disputed the previous value" in text
    assert f"Finance disputed the previous value: “{WORDS}”, Fay" in text
    assert "Not reviewed by finance" not in text
    assert "no value can be counted, see below" in text
    assert "disputed by finance." in charts.of_portfolio(page).values.alternative
    with override("zh-hans"):
        assert "财务对上一项价值有异议" in portfolio(ada.organization).rows[0].counting


def test_plain_sum_says_how_many_disputed_values_it_leaves_out(organization, recomputed, ada):
    other = live_initiative(organization, ada, number=2, title="Nil", place="billing")
    value_model(other.initiative, ada)
    compute_roi_case(study=finished_study(other, ada), by=ada)
    page = portfolio(organization)
    (counted,) = [row for row in page.rows if row.counts]
    assert counted.initiative.number == 2
    assert page.naive_text == page.total_text == counted.case.net_present_value
    assert page.naive_note == "without 1 disputed value"


def test_finance_answers_by_signing_or_by_disputing_the_new_value(worked, recomputed, ada, fay):
    sign_off(case=recomputed, by=fay)
    assert _row(ada).counts
    assert _page(worked).case.dispute is None
    assert unanswered_disputes([worked.initiative.pk]) == {}
    dispute(case=RoiCase.objects.get(pk=recomputed.pk), by=fay, comment="Still.")
    row = _row(ada)
    assert (row.left_out, row.case.standing, row.case.dispute) == (
        LeftOut.DISPUTED,
        Standing.DISPUTED,
        None,
    )


def test_a_value_after_a_signed_one_is_open_and_counts(worked, recomputed, studied, ada, fay):
    sign_off(case=recomputed, by=fay)
    _full_stop(worked.initiative, ada, source="..")
    third = compute_roi_case(study=studied, by=ada)
    row = _row(ada)
    assert (row.case.case, row.counts, row.case.sign_off_label) == (third, True, "Not reviewed by finance")


def test_a_dispute_stands_over_every_further_value_until_it_is_answered(worked, recomputed, studied, ada):
    _full_stop(worked.initiative, ada, source="..")
    third = compute_roi_case(study=studied, by=ada)
    assert (_row(ada).case.case, _row(ada).left_out) == (third, LeftOut.DISPUTED_BEFORE)


def test_a_new_study_does_not_lift_a_dispute(worked, disputed, studied, ada):
    later = _later_study(studied)
    row = _row(ada)
    assert (row.case, row.left_out) == (None, LeftOut.EARLIER)
    assert "Disputed by finance: Fay" in row.earlier.sentence
    made = compute_roi_case(study=later, by=ada)
    row = _row(ada)
    assert (row.case.case, row.left_out) == (made, LeftOut.DISPUTED_BEFORE)
    assert _page(worked).case.dispute.words == WORDS
    assert _page(worked, number=1).case.dispute is None  # its value has finance's own word
    assert _page(worked, number=1).case.standing is Standing.DISPUTED


def test_an_earlier_value_that_followed_a_dispute_says_so(worked, recomputed, studied, ada):
    _later_study(studied)
    for sentence in (_row(ada).earlier.sentence, _page(worked).earlier.sentence):
        assert f"Finance disputed the previous value: “{WORDS}”, Fay" in sentence
        assert "Finance has not reviewed" not in sentence


def test_a_value_that_was_replaced_before_the_dispute_did_not_follow_it(worked, case, studied, ada, fay):
    """An open value of an earlier study, of which finance disputed a later one."""
    later = compute_roi_case(study=_later_study(studied), by=ada)
    dispute(case=later, by=fay, comment=WORDS)
    assert _page(worked, number=1).case.dispute is None
    Study.objects.filter(pk=later.study_id).update(go_live=studied.go_live + timedelta(days=7))
    assert _page(worked).case.case == case  # the earlier study counts again: no way round finance
    assert _page(worked).case.dispute.words == WORDS
    assert _row(ada).left_out is LeftOut.DISPUTED_BEFORE


def test_inputs_that_return_to_signed_ones_bring_back_their_signature(worked, studied, case, ada, fay):
    sign_off(case=case, by=fay)
    _full_stop(worked.initiative, ada)
    dispute(case=compute_roi_case(study=studied, by=ada), by=fay, comment=WORDS)
    value_model(worked.initiative, ada)
    assert compute_roi_case(study=studied, by=ada) == case
    assert _row(ada).counts


def test_a_dispute_of_another_initiative_stands_over_nothing_here(organization, recomputed, ada):
    other = live_initiative(organization, ada, number=2, title="Nil", place="billing")
    value_model(other.initiative, ada)
    compute_roi_case(study=finished_study(other, ada), by=ada)
    assert set(unanswered_disputes(Initiative.objects.values_list("pk", flat=True))) == {
        recomputed.study.initiative_id
    }


def test_portfolio_asks_for_disputes_once_whatever_their_number(organization, recomputed, ada, fay):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            portfolio(organization)
        return len(seen)

    before = queries()
    other = live_initiative(organization, ada, number=2, title="Nil", place="billing")
    value_model(other.initiative, ada)
    study = finished_study(other, ada)
    dispute(case=compute_roi_case(study=study, by=ada), by=fay, comment="No.")
    _full_stop(other.initiative, ada)
    compute_roi_case(study=study, by=ada)
    assert {row.left_out for row in portfolio(organization).rows} == {LeftOut.DISPUTED_BEFORE}
    assert queries() == before


def test_api_says_what_finance_disputed_before(api_of, recomputed, disputed, ada, fay):
    base = "/api/v1/o/northwind/roi-cases/"
    at = disputed.sign_off_at.isoformat().replace("+00:00", "Z")
    said = {"by": "Fay", "at": at, "comment": WORDS}
    rows = {row["id"]: row for row in api_of(ada).get(base).json()["results"]}
    assert rows[recomputed.pk]["disputed_before"] == said
    assert rows[disputed.pk]["disputed_before"] is None
    assert api_of(ada).get(f"{base}{recomputed.pk}/").json()["disputed_before"] == said
    signed = api_of(fay).post(f"{base}{recomputed.pk}/sign-off/", {"decision": "signed"}, format="json")
    assert signed.json()["disputed_before"] is None
    assert api_of(ada).get(f"{base}{recomputed.pk}/").json()["disputed_before"] is None


def test_computing_again_without_a_change_says_so_and_that_the_dispute_stands(case, disputed, ada, client_of):
    url = reverse("impact:case_compute", args=[ada.organization.slug, 1])
    page = client_of(ada).post(url, follow=True)
    assert "Nothing has changed since value 1 was computed, so it still counts." in page.text
    assert "The dispute by finance stands" in page.text
    assert "Value 1 is computed" not in page.text
    assert RoiCase.objects.count() == 1


def test_computing_again_without_a_change_says_that_the_sign_off_stands(case, ada, fay, client_of):
    sign_off(case=case, by=fay)
    url = reverse("impact:case_compute", args=[ada.organization.slug, 1])
    assert "The sign-off by finance stands." in client_of(ada).post(url, follow=True).text

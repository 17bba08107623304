"""Studies of what was recorded afterwards: a lower grade, said everywhere, and apart from the total."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative
from cxstats.design import Lowering
from impact import selectors
from impact.panel import other_initiatives
from impact.selectors.portfolio import LeftOut
from impact.services import compute_roi_case
from reports.documents import evidence_of_roi, html_of
from reports.services import make_report, request_roi_report
from tests.factories.impact import finished_study, live_initiative, value_model
from tests.markup import running_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def looked_back(organization, ada):
    """The welcome call, which earns grade B where it was planned, recorded afterwards."""
    simulated = live_initiative(organization, ada)
    initiative = simulated.initiative
    initiative.already_live_on = initiative.went_live_on
    initiative.save()
    initiative.plan.fixed_at = timezone.now()
    initiative.plan.save()
    return simulated


@pytest.fixture
def study(looked_back, ada):
    return finished_study(looked_back, ada)


@pytest.fixture
def valued(looked_back, study, ada):
    value_model(looked_back.initiative, ada)
    return compute_roi_case(study=study, by=ada)


def test_a_comparison_that_was_recorded_afterwards_is_c_and_says_so(study):
    assert (study.grade, study.lowering) == ("C", Lowering.LOOKED_BACK)
    assert study.inputs["design"]["looked_back"] is True
    view = selectors.study_view(study)
    assert view.grade_title == "Compared with others, recorded afterwards"
    assert "most likely through “Welcome call”; it was recorded afterwards" in view.sentence
    assert any("the design grade is C at most" in text for text in view.reasons)


def test_studies_of_plans_fixed_beforehand_keep_their_inputs_to_the_byte(studied):
    """Their digest must not change by a field that they do not use."""
    assert studied.grade == "B"
    assert "looked_back" not in studied.inputs["design"]
    assert "looked_back" not in studied.inputs["subject"]


def test_its_page_says_that_it_could_have_been_chosen_by_its_result(study, ada, client_of):
    address = reverse("impact:initiative_impact", args=["northwind", study.initiative.number])
    words = running_text(client_of(ada).get(address).text)
    assert "Recorded afterwards: it was live since" in words
    assert "could have been chosen by its result" in words


def test_the_total_leaves_it_out_until_the_reader_counts_it_too(valued, organization, ada, client_of):
    page = selectors.portfolio(organization)
    (row,) = page.rows
    assert (row.left_out, page.total, page.naive_text) == (LeftOut.AFTERWARDS, None, "")
    assert row.counting == "not in the total: recorded afterwards"
    assert page.sentence.startswith("1 initiative was recorded afterwards and studied; it is not counted")
    assert "stands in no sum" in page.sentence
    with_it = selectors.portfolio(organization, with_look_backs=True)
    assert with_it.total is not None
    assert with_it.rows[0].counts
    address = reverse("impact:portfolio", args=["northwind"])
    words = running_text(client_of(ada).get(address).text)
    assert "Without what was recorded afterwards" in words
    assert "recorded afterwards" in running_text(client_of(ada).get(f"{address}?afterwards=1").text)


def test_one_beside_a_planned_one_is_counted_apart(valued, organization, ada):
    other = live_initiative(organization, ada, number=2, title="Second call", place="billing", seed=11)
    finished_study(other, ada)
    page = selectors.portfolio(organization)
    assert page.sentence.startswith("1 initiative studied: its metric moved as planned in 1, not in 0;")
    assert "1 initiative was recorded afterwards and studied" in page.sentence
    both = selectors.portfolio(organization, with_look_backs=True).sentence
    assert both.startswith("2 initiatives studied: the metric moved as planned in 2, not in 0;")
    assert "1 of them was recorded afterwards." in both
    assert "not counted here" not in both


def test_its_document_says_so_on_the_first_page_and_names_no_approval(valued, study, ada):
    report = request_roi_report(by=ada, study=study, roi_case=valued)
    content = evidence_of_roi(study, valued)
    assert content["initiative"]["already_live_on"] == study.initiative.went_live_on.isoformat()
    assert content["decision"] is None
    words = running_text(html_of(report))
    assert "Recorded afterwards: live since" in words
    assert "before the first study, with the answers there already" in words
    assert "None: it was live before it was recorded." in words
    assert "before the result was known" not in words
    assert make_report(report=report)


def test_the_document_of_a_planned_one_has_no_new_key(case, studied):
    assert "already_live_on" not in evidence_of_roi(studied, case)["initiative"]


def _recorded(organization, ada, like, *, number, fixed_at, state=InitiativeState.LIVE):
    """Something at the same touchpoint since the same day, recorded afterwards."""
    other = Initiative.objects.create(
        organization=organization,
        number=number,
        title="Small text change",
        owner=ada,
        state=state,
        went_live_on=like.went_live_on,
        already_live_on=like.went_live_on,
    )
    other.touchpoints.set(like.touchpoints.all())
    EvaluationPlan.objects.create(initiative=other, metric=like.plan.metric, fixed_at=fixed_at)
    return other


def _others(simulated):
    keys = set(simulated.initiative.touchpoints.values_list("key", flat=True))
    return [other.name for other in other_initiatives(simulated.initiative, keys, simulated.last_day)]


def test_what_is_recorded_after_a_result_is_known_takes_nothing_from_it(organization, ada, worked):
    """One person records it, without a vote: a loss would leave the total by it."""
    first = finished_study(worked, ada)
    _recorded(organization, ada, worked.initiative, number=2, fixed_at=timezone.now())
    assert _others(worked) == []
    again = finished_study(worked, ada, days_later=1)
    assert (again.grade, again.verdict) == (first.grade, first.verdict)


def test_what_was_recorded_before_the_first_result_is_known_beside_it(organization, ada, worked):
    _recorded(organization, ada, worked.initiative, number=2, fixed_at=timezone.now())
    assert _others(worked) == ["INI-2 Small text change"]


def test_a_record_of_afterwards_that_was_taken_back_is_beside_nothing(organization, ada, worked):
    """A wrong day is cancelled and recorded again: it happened once."""
    cancelled = InitiativeState.CANCELLED
    _recorded(organization, ada, worked.initiative, number=2, fixed_at=timezone.now(), state=cancelled)
    assert _others(worked) == []

"""Asking for studies, running them, valuing them, reviewing the value."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from accounts.choices import Role
from accounts.details import all_words, details_of
from accounts.errors import ConfirmationNotAllowed
from accounts.models import AuditEvent
from accounts.services import accept_invitation, confirm_member, invite_person
from coalition.choices import InitiativeState
from common.errors import InvalidValues
from common.jobs import JobState, restart_stale_jobs
from cxstats.codec import digest_of
from cxstats.design import Verdict
from impact.choices import SignOff
from impact.errors import (
    MoreThanAll,
    NothingToValue,
    NotLive,
    PlanNotFixed,
    SignOffNotAllowed,
    StudyRunning,
    ValueModelIncomplete,
)
from impact.findings import CASE_INPUTS, finding_of
from impact.models import CostLine, DriverRun, RoiCase, Study, ValueModel, ValueParameter
from impact.panel import study_material
from impact.selectors import case_view, latest_case, latest_finished_study, portfolio, study_subject
from impact.services import (
    CostValues,
    ParameterValues,
    compute_roi_case,
    dispute,
    execute_drivers,
    execute_study,
    recompute,
    request_drivers,
    request_study,
    save_value_model,
    sign_off,
)
from impact.services.values import factor_key, value_model_content
from impact.tasks import run_study
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import EvaluationPlanFactory, InitiativeFactory
from tests.factories.impact import finished_study, live_initiative, parameter_values, value_model
from tests.factories.reports import proved

pytestmark = pytest.mark.django_db


def test_study_finds_the_simulated_truth_and_says_so(worked, ada):
    study = finished_study(worked, ada)
    finding = finding_of(study.finding)
    assert study.job_state == JobState.DONE
    assert study.verdict == Verdict.SUPPORTED
    assert study.grade == "B"
    assert finding.effect.interval.contains(worked.truth)
    assert study.engine_version
    assert len(study.input_digest) == 64


def test_null_effect_is_stored_and_not_supported(organization, ada):
    study = finished_study(live_initiative(organization, ada, truth=0.0), ada)
    assert study.verdict in {Verdict.INCONCLUSIVE, Verdict.NO_EFFECT_WORTH_HAVING}


def test_same_answers_give_the_same_finding_under_a_new_number(worked, ada):
    first, second = finished_study(worked, ada), finished_study(worked, ada, days_later=1)
    assert (first.number, second.number) == (1, 2)
    own = {name: value for name, value in first.finding.items() if name != "input_digest"}
    assert own == {name: value for name, value in second.finding.items() if name != "input_digest"}
    assert first.inputs["panel"] == second.inputs["panel"]


def test_recomputing_confirms_an_untouched_study_and_exposes_a_changed_one(worked, ada):
    study = finished_study(worked, ada)
    assert recompute(study).is_same
    study.finding["effect"]["value"] += 1
    changed = recompute(study)
    assert (changed.is_same, changed.of_other_version) == (False, False)
    study.engine_version = "1.0.0"
    assert recompute(study).of_other_version


def test_recomputing_does_not_take_rounding_for_a_change(worked, ada):
    study = finished_study(worked, ada)
    study.finding["effect"]["value"] *= 1 + 1e-14
    assert recompute(study).is_same
    study.finding["effect"]["value"] *= 1 + 1e-6
    assert not recompute(study).is_same


def test_recomputing_exposes_changed_inputs(worked, ada):
    study = finished_study(worked, ada)
    study.inputs["panel"]["cells"][0]["n"] += 1
    assert not recompute(study).is_same


def test_refusal_is_a_stored_result(organization, ada):
    simulated = live_initiative(organization, ada, weeks=62, start=60, comparisons=0)
    study = finished_study(simulated, ada)
    assert study.job_state == JobState.DONE
    assert study.verdict == Verdict.NOT_ESTIMABLE
    assert study.finding["refusal"] == "too_few_periods"


def test_study_without_any_answer_is_refused_as_a_result(organization, ada):
    simulated = live_initiative(organization, ada)
    simulated.initiative.plan.metric.__class__.objects.update(data_until=None)
    from customer_voice.models import MetricPoint

    MetricPoint.objects.all().delete()
    study = finished_study(simulated, ada)
    assert study.finding["refusal"] == "no_data"


def test_initiative_that_is_not_live_has_no_study(worked, ada):
    worked.initiative.went_live_on = None
    worked.initiative.save()
    with pytest.raises(NotLive):
        request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)


def test_plan_that_is_not_fixed_has_no_study(organization, ada):
    simulated = live_initiative(organization, ada, is_fixed=False)
    with pytest.raises(PlanNotFixed):
        request_study(initiative=simulated.initiative, by=ada, data_cutoff=simulated.last_day)


@pytest.mark.parametrize("days", [-10_000, 10_000])
def test_cutoff_lies_after_the_go_live_and_not_in_the_future(worked, ada, days):
    with pytest.raises(InvalidValues) as refused:
        request_study(
            initiative=worked.initiative, by=ada, data_cutoff=timezone.localdate() + timedelta(days=days)
        )
    assert "data_cutoff" in refused.value.fields


def test_one_study_at_a_time(worked, ada):
    request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    with pytest.raises(StudyRunning):
        request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)


def test_data_after_the_cutoff_and_unfinished_weeks_do_not_count(worked, ada):
    cutoff = worked.initiative.went_live_on + timedelta(weeks=12, days=3)
    study = request_study(initiative=worked.initiative, by=ada, data_cutoff=cutoff)
    execute_study(study=study)
    study.refresh_from_db()
    last = max(date.fromisoformat(cell["period"]) for cell in study.inputs["panel"]["cells"])
    assert last + timedelta(days=7) <= cutoff + timedelta(days=1)


def test_study_follows_the_fixed_plan_not_its_later_state(worked, ada):
    plan = worked.initiative.plan
    plan.comparison_touchpoints.clear()
    study = finished_study(worked, ada)
    assert len(study.inputs["panel"]["controls"]) == 1


def test_plan_changed_after_approval_costs_a_grade(worked, ada):
    plan = worked.initiative.plan
    plan.changed_after_approval_at = timezone.now()
    plan.save()
    assert finished_study(worked, ada).grade == "C"


def test_other_initiative_at_the_same_touchpoint_is_told_to_the_engine(organization, worked, ada):
    from coalition.models import Initiative

    other = Initiative.objects.create(
        organization=organization, number=2, title="New app", owner=ada, state=InitiativeState.LIVE,
        went_live_on=worked.initiative.went_live_on - timedelta(weeks=20),
    )  # fmt: skip
    other.touchpoints.set(worked.initiative.touchpoints.all())
    study = finished_study(worked, ada)
    assert study.inputs["design"]["other_initiatives"][0]["name"] == "INI-2 New app"


def test_running_a_study_twice_does_no_harm(worked, ada):
    study = finished_study(worked, ada)
    before = study.finding
    assert not execute_study(study=study)
    run_study(study.pk)
    study.refresh_from_db()
    assert study.finding == before
    assert study.attempts == 1


def test_study_of_a_killed_worker_is_finished_by_another(worked, ada, settings, monkeypatch):
    study = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    assert study.claim()  # a worker takes it and dies
    assert not execute_study(study=Study.objects.get(pk=study.pk))  # it still counts as alive
    long_ago = timezone.now() - timedelta(seconds=settings.STALE_AFTER_SECONDS + 1)
    Study.objects.filter(pk=study.pk).update(heartbeat_at=long_ago)
    assert list(Study.objects.stale(timezone.now())) == [study]
    monkeypatch.setattr(run_study, "delay", run_study)
    assert restart_stale_jobs(timezone.now()) == 1
    study.refresh_from_db()
    assert study.job_state == JobState.DONE
    assert study.attempts == 2
    assert not Study.objects.stale(timezone.now())


def test_rerun_after_a_kill_computes_from_the_figures_stored_before(worked, ada, settings):
    study = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    expected = finished_twin(worked, study)
    from customer_voice.models import MetricPoint

    MetricPoint.objects.all().delete()
    execute_study(study=Study.objects.get(pk=study.pk))
    study.refresh_from_db()
    assert study.input_digest == expected


def finished_twin(worked, study):
    from impact.services.studies import _store_inputs

    twin = Study.objects.get(pk=study.pk)
    assert twin.claim()
    _store_inputs(twin)
    Study.objects.filter(pk=study.pk).update(heartbeat_at=timezone.now() - timedelta(days=1))
    return twin.input_digest


def test_unknown_error_fails_the_study_and_is_not_hidden(worked, ada, monkeypatch):
    study = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("impact.services.studies.evaluate", broken)
    with pytest.raises(ZeroDivisionError):
        execute_study(study=study)
    study.refresh_from_db()
    assert study.job_state == JobState.FAILED
    assert study.failure


def test_completed_initiative_becomes_evaluated(organization, ada):
    simulated = live_initiative(organization, ada, state=InitiativeState.COMPLETED)
    finished_study(simulated, ada)
    simulated.initiative.refresh_from_db()
    assert simulated.initiative.state == InitiativeState.EVALUATED


# --- value ---------------------------------------------------------------------------------------


def test_case_of_a_supported_study_is_a_result_with_ranges(worked, ada):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada)
    case = compute_roi_case(study=study, by=ada)
    roi = case.result["roi"]
    assert not case.is_scenario_only
    assert roi["net_present_value"]["p5"] < roi["net_present_value"]["p50"] < roi["net_present_value"]["p95"]
    assert 0 <= roi["probability_of_loss"] <= 1
    assert roi["break_even_effect"]["value"] > 0
    assert roi["tornado"]
    assert len(case.result["cash_flow"]) == 4
    assert case.result["currency"] == "EUR"


def test_cash_flow_adds_up_to_the_expected_net_present_value(worked, ada):
    value_model(worked.initiative, ada)
    case = compute_roi_case(study=finished_study(worked, ada), by=ada)
    assert case.result["cash_flow"][-1]["discounted_cumulative"] == pytest.approx(
        case.result["roi"]["net_present_value"]["mean"]
    )


def test_same_inputs_give_the_same_figures(worked, ada, organization):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada)
    first = compute_roi_case(study=study, by=ada)
    figures = first.result
    assert compute_roi_case(study=study, by=ada).pk == first.pk
    RoiCase.objects.all().delete()
    assert compute_roi_case(study=study, by=ada).result == figures


def test_changed_input_makes_a_new_case_and_keeps_the_old(worked, ada):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada)
    compute_roi_case(study=study, by=ada)
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=5,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip
    assert compute_roi_case(study=study, by=ada).number == 2
    assert RoiCase.objects.count() == 2


def test_grade_d_gives_a_scenario_only(organization, ada):
    simulated = live_initiative(organization, ada, weeks=20, start=10, comparisons=0)
    study = finished_study(simulated, ada)
    value_model(simulated.initiative, ada)
    case = compute_roi_case(study=study, by=ada)
    assert study.grade == "D"
    assert case.is_scenario_only
    assert "grade_d" in case.result["roi"]["scenario_reasons"]


def test_refused_study_has_no_value(organization, ada):
    simulated = live_initiative(organization, ada, weeks=62, start=60, comparisons=0)
    study = finished_study(simulated, ada)
    value_model(simulated.initiative, ada)
    with pytest.raises(NothingToValue):
        compute_roi_case(study=study, by=ada)


def test_value_needs_a_value_model(worked, ada):
    with pytest.raises(ValueModelIncomplete):
        compute_roi_case(study=finished_study(worked, ada), by=ada)


@pytest.mark.parametrize(
    ("key", "arguments", "field"),
    [
        ("attribution", (0.5, 0.7, 1.2), "attribution-likely"),
        ("attribution", (60.0, 70.0, 80.0), "attribution-likely"),
        ("margin", (300.0, 200.0, 400.0), "margin-likely"),
        ("margin", (-5.0, 200.0, 400.0), "margin-likely"),
        ("customers", (0.0, 0.0, 0.0), "customers-likely"),
    ],
)
def test_impossible_ranges_are_refused_beside_their_field(worked, ada, key, arguments, field):
    changed = [
        ParameterValues(key=key, arguments=arguments) if values.key == key else values
        for values in parameter_values()
    ]
    with pytest.raises(InvalidValues) as refused:
        save_value_model(
            initiative=worked.initiative, by=ada, kind="retention", horizon_years=3,
            discount_rate_pct=Decimal(8), parameters=changed,
        )  # fmt: skip
    assert field in refused.value.fields


def test_a_range_of_one_figure_says_how_a_certain_figure_is_given(worked, ada):
    changed = [
        ParameterValues(key="margin", arguments=(1.0, 1.0, 1.0)) if values.key == "margin" else values
        for values in parameter_values()
    ]
    with pytest.raises(InvalidValues) as refused:
        save_value_model(
            initiative=worked.initiative, by=ada, kind="retention", horizon_years=3,
            discount_rate_pct=Decimal(8), parameters=changed,
        )  # fmt: skip
    assert refused.value.fields["margin-likely"] == (
        "A range needs two different ends. One certain figure is given as “Fixed”."
    )


def test_missing_input_is_named(worked, ada):
    with pytest.raises(InvalidValues) as refused:
        save_value_model(
            initiative=worked.initiative, by=ada, kind="retention", horizon_years=3,
            discount_rate_pct=Decimal(8), parameters=parameter_values()[1:],
        )  # fmt: skip
    assert "customers-likely" in refused.value.fields


def test_trail_keeps_both_states_of_a_value_model(worked, ada):
    value_model(worked.initiative, ada, kind="retention")
    value_model(worked.initiative, ada, kind="referral")
    event = AuditEvent.objects.filter(verb="value_model.saved").first()
    assert (event.before["kind"], event.after["kind"]) == ("retention", "referral")
    assert event.before["parameters"]
    assert event.after["parameters"]


@pytest.mark.parametrize("kind", ["retention", "avoided_contacts", "resolution_hours", "referral"])
def test_every_kind_of_value_can_be_computed(worked, ada, kind):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada, kind=kind)
    assert compute_roi_case(study=study, by=ada).result["roi"]["net_present_value"]["p50"]


def test_own_formula_multiplies_its_named_factors(worked, ada):
    study = finished_study(worked, ada)
    haircuts = [
        values for values in parameter_values() if values.key in {"attribution", "confidence", "persistence"}
    ]
    save_value_model(
        initiative=worked.initiative, by=ada, kind="formula", horizon_years=2, discount_rate_pct=Decimal(5),
        parameters=[ParameterValues(key="fines", label="Fines", arguments=(500.0, 800.0, 900.0)), *haircuts],
    )  # fmt: skip
    case = compute_roi_case(study=study, by=ada)
    assert case.result["roi"]["roi"] is None  # nothing was spent, so there is no return on it
    assert case.result["roi"]["net_present_value"]["p50"] > 0
    assert case_view(case, study_subject(study)).no_roi == "no costs, so no return on them"


def test_costs_of_some_draws_alone_are_said_to_be_those_of_some(ada):
    known = proved(ada)
    case, subject = known.case, study_subject(known.study)
    assert case_view(case, subject).no_roi == ""
    case.result["roi"] |= {"roi": None}
    assert case_view(case, subject).no_roi == "nothing was spent in some draws"


# --- finance -------------------------------------------------------------------------------------


def test_finance_signs_off_and_the_trail_says_who(case, fay):
    signed = sign_off(case=case, by=fay, comment="Agrees with the ledger")
    assert signed.sign_off == SignOff.SIGNED
    assert signed.sign_off_by == fay
    assert AuditEvent.objects.filter(verb="roi_case.signed", actor=fay.user).exists()


def test_dispute_needs_a_reason(case, fay):
    with pytest.raises(InvalidValues):
        dispute(case=case, by=fay, comment=" ")
    assert dispute(case=case, by=fay, comment="Margin too high").sign_off == SignOff.DISPUTED


def test_nobody_signs_off_their_own_case(worked, fay):
    study = finished_study(worked, fay)
    value_model(worked.initiative, fay)
    with pytest.raises(SignOffNotAllowed):
        sign_off(case=compute_roi_case(study=study, by=fay), by=fay)


def test_who_wrote_the_value_model_does_not_sign_it_off(worked, fay, ada):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada)
    case = compute_roi_case(study=study, by=ada)
    worked.initiative.value_model.changed_by = fay
    worked.initiative.value_model.save()
    with pytest.raises(SignOffNotAllowed):
        sign_off(case=case, by=fay)


def test_saving_a_model_as_it_was_makes_nobody_its_author(worked, fay, ada):
    first = value_model(worked.initiative, fay)
    entries = AuditEvent.objects.filter(verb="value_model.saved").count()
    again = value_model(worked.initiative, ada)
    assert (again.changed_by, again.changed_at) == (fay, first.changed_at)
    assert AuditEvent.objects.filter(verb="value_model.saved").count() == entries


def test_a_later_hand_over_the_model_does_not_wash_off_who_wrote_it(worked, fay, ada):
    study = finished_study(worked, ada)
    value_model(worked.initiative, fay)
    worked.initiative.value_model.changed_by = ada
    worked.initiative.value_model.save()
    case = compute_roi_case(study=study, by=ada)
    with pytest.raises(SignOffNotAllowed, match="wrote its value model"):
        sign_off(case=case, by=fay)


def test_a_second_click_signs_once_and_nobody_signs_over_a_signature(case, fay, organization):
    other = MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER)
    signed = sign_off(case=case, by=fay, comment="Fine")
    assert sign_off(case=case, by=fay, comment="Fine").sign_off_at == signed.sign_off_at
    assert AuditEvent.objects.filter(verb="roi_case.signed").count() == 1
    with pytest.raises(SignOffNotAllowed, match="signed already"):
        sign_off(case=case, by=other, comment="Fine")


def test_the_owner_of_the_initiative_does_not_sign_its_value_off(worked, fay, ada):
    study = finished_study(worked, ada)
    value_model(worked.initiative, ada)
    case = compute_roi_case(study=study, by=ada)
    worked.initiative.owner = fay
    worked.initiative.save()
    with pytest.raises(SignOffNotAllowed):
        sign_off(case=case, by=fay)


@pytest.mark.parametrize("tie", ["computed", "wrote the model"])
def test_a_second_address_does_not_sign_off_what_the_first_made(worked, ada, ben, tie):
    study = finished_study(worked, ada)
    maker, other = (ada, ben) if tie == "computed" else (ben, ada)
    value_model(worked.initiative, other)
    case = compute_roi_case(study=study, by=maker)
    _invitation, secret = invite_person(by=ada, email="ada2@example.org", role=Role.FINANCE_REVIEWER)
    second = accept_invitation(secret=secret, user=None, name="Also Ada", password="correct horse battery")
    with pytest.raises(SignOffNotAllowed, match="Ada produced these figures"):
        sign_off(case=case, by=second)
    with pytest.raises(SignOffNotAllowed, match="Ada produced these figures"):
        dispute(case=case, by=second, comment="No.")


def test_an_unconfirmed_reviewer_does_not_sign(case, organization, ada):
    boss, second = (MembershipFactory(organization=organization, role=Role.ADMINISTRATOR) for _ in "ab")
    _invitation, secret = invite_person(by=boss, email="fin@example.org", role=Role.FINANCE_REVIEWER)
    fin = accept_invitation(secret=secret, user=None, name="Fin", password="correct horse battery")
    with pytest.raises(SignOffNotAllowed, match="must confirm you"):
        sign_off(case=case, by=fin)
    fin = confirm_member(by=second, member=fin)
    assert sign_off(case=case, by=fin).sign_off == SignOff.SIGNED


def brought_in(by, name, role=Role.CX_LEADER):
    _invitation, secret = invite_person(by=by, email=f"{name.lower()}@example.org", role=role)
    return accept_invitation(secret=secret, user=None, name=name, password="correct horse battery")


def changed_model(initiative, by, years=4):
    save_value_model(
        initiative=initiative, by=by, kind="retention", horizon_years=years,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip


def test_the_second_address_does_not_confirm_the_third_while_somebody_else_is_there(
    worked, ada, organization
):
    """Three addresses of one person: the first invites, the second would confirm, the third would sign."""
    MembershipFactory(
        organization=organization, role=Role.ADMINISTRATOR
    )  # nobody of this chain brought her in
    maya2 = brought_in(ada, "Maya2")
    maya3 = brought_in(ada, "Maya3", Role.FINANCE_REVIEWER)
    with pytest.raises(ConfirmationNotAllowed):
        confirm_member(by=maya2, member=maya3)
    study = finished_study(worked, maya2)
    value_model(worked.initiative, maya2)
    case = compute_roi_case(study=study, by=maya2)
    with pytest.raises(SignOffNotAllowed, match="must confirm you"):
        sign_off(case=case, by=maya3)


def test_one_administrator_one_leader_and_one_reviewer_can_sign(worked, ada, organization):
    leader = brought_in(ada, "Leader")
    fin = confirm_member(by=leader, member=brought_in(ada, "Fin", Role.FINANCE_REVIEWER))
    study = finished_study(worked, leader)
    value_model(worked.initiative, leader)
    assert sign_off(case=compute_roi_case(study=study, by=leader), by=fin).sign_off == SignOff.SIGNED


def test_everybody_who_wrote_the_model_since_the_last_signature_is_a_maker(worked, ada, ben, fay):
    """A later save by somebody else takes nobody out; a signature does."""
    fin = brought_in(ada, "Fin", Role.FINANCE_REVIEWER)
    study = finished_study(worked, ben)
    value_model(worked.initiative, ada)
    changed_model(worked.initiative, ben)
    case = compute_roi_case(study=study, by=ben)
    assert (case.computed_by, ValueModel.objects.get().changed_by) == (ben, ben)
    with pytest.raises(SignOffNotAllowed, match="Ada produced these figures"):
        sign_off(case=case, by=fin)
    sign_off(case=case, by=fay)
    changed_model(worked.initiative, ben, years=6)
    assert sign_off(case=compute_roi_case(study=study, by=ben), by=fin).sign_off == SignOff.SIGNED


def test_a_signature_that_turned_into_a_dispute_ends_no_tie(worked, ada, ben, fay):
    fin = brought_in(ada, "Fin", Role.FINANCE_REVIEWER)
    study = finished_study(worked, ben)
    value_model(worked.initiative, ada)
    first = sign_off(case=compute_roi_case(study=study, by=ben), by=fay)
    dispute(case=first, by=fay, comment="The margin is last year's.")
    changed_model(worked.initiative, ben)
    with pytest.raises(SignOffNotAllowed, match="Ada produced these figures"):
        sign_off(case=compute_roi_case(study=study, by=ben), by=fin)


def test_the_own_signature_does_not_open_a_value_for_who_is_tied_to_its_writer(worked, ada, ben, fay):
    fin = brought_in(ada, "Fin", Role.FINANCE_REVIEWER)
    study = finished_study(worked, ben)
    value_model(worked.initiative, ada)
    signed = sign_off(case=compute_roi_case(study=study, by=ben), by=fay)
    with pytest.raises(SignOffNotAllowed, match="Ada produced these figures"):
        dispute(case=signed, by=fin, comment="No.")


def test_the_api_holds_the_same_rule(worked, ada, ben, api_of):
    fin = brought_in(ada, "Fin", Role.FINANCE_REVIEWER)
    study = finished_study(worked, ben)
    value_model(worked.initiative, ada)
    changed_model(worked.initiative, ben)
    case = compute_roi_case(study=study, by=ben)
    path = f"/api/v1/o/{ada.organization.slug}/roi-cases/{case.pk}/sign-off/"
    answer = api_of(fin).post(path, {"decision": "signed"})
    assert (answer.status_code, RoiCase.objects.get(pk=case.pk).sign_off) == (409, SignOff.OPEN)


def test_replaced_case_is_not_signed_off(case, fay, worked, ada):
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=5,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip
    compute_roi_case(study=case.study, by=ada)
    with pytest.raises(SignOffNotAllowed):
        sign_off(case=case, by=fay)


def test_value_whose_model_was_changed_since_is_not_signed_but_may_be_disputed(case, fay, worked, ada):
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=5,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip
    with pytest.raises(SignOffNotAllowed, match="Compute it again"):
        sign_off(case=case, by=fay)
    assert dispute(case=case, by=fay, comment="Which inputs hold?").sign_off == SignOff.DISPUTED


# --- money by hand ---------------------------------------------------------------------------------


def _by_hand(worked, ada, *, per_point=0.00002, effect=20.22):
    """10,000 customers, a share kept for each point, a margin of 50; every share 1; 100,000 at once."""
    study = finished_study(worked, ada)
    half = 2.0
    finding = study.finding
    finding["effect"] |= {
        "value": effect, "interval": {"low": effect - half, "high": effect + half, "level": 0.95},
        "standard_error": half / 1.96,
    }  # fmt: skip
    Study.objects.filter(pk=study.pk).update(finding=finding)
    study.refresh_from_db()
    known = {"customers": 10_000, "retention_per_unit": per_point, "margin": 50, "attribution": 1,
             "confidence": 1, "persistence": 1}  # fmt: skip
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=3, discount_rate_pct=Decimal(8),
        parameters=[
            ParameterValues.of_range(key=key, low=value, likely=value, high=value, source="By hand")
            for key, value in known.items()
        ],
        costs=[
            CostValues(
                label="Build", year=0, low=Decimal(100_000), likely=Decimal(100_000), high=Decimal(100_000),
                source="Purchase order",
            )
        ],
    )  # fmt: skip
    return compute_roi_case(study=study, by=ada)


def test_return_on_investment_worked_out_by_hand(worked, ada):
    # 20.22 x 10,000 x .00002 x 50 = 202.2 a year; (1/1.08 + 1/1.08^2 + 1/1.08^3) = 2.577097; - 100,000
    case = _by_hand(worked, ada)
    assert [year["benefit"] for year in case.result["cash_flow"]] == pytest.approx([0, 202.2, 202.2, 202.2])
    roi = case.result["roi"]
    assert roi["base"]["present_value_benefits"] == pytest.approx(521.1, abs=0.05)
    assert roi["net_present_value"]["mean"] == pytest.approx(-99_479, abs=0.5)
    assert case.result["cash_flow"][-1]["discounted_cumulative"] == pytest.approx(-99_479, abs=0.5)
    view = case_view(case, study_subject(case.study))
    assert (view.benefits, view.costs, view.net_present_value) == (
        "EUR\xa0521", "EUR\xa0100,000", "−EUR\xa099,479",
    )  # fmt: skip
    assert view.roi == "−99%"
    assert [row.benefit for row in view.cash_flow][1:] == ["EUR\xa0202"] * 3
    assert view.cash_flow[-1].cumulative == view.net_present_value
    assert view.cost_lines[0].source == "Purchase order"


def test_more_customers_than_there_are_cannot_be_kept(worked, ada):
    # .123 a point times 16.4 points: 202% of them
    with pytest.raises(MoreThanAll) as caught:
        _by_hand(worked, ada, per_point=0.123, effect=16.4)
    assert "202% of the customers would be kept" in str(caught.value.message)
    assert not RoiCase.objects.exists()


def test_not_even_the_far_end_of_the_draws_keeps_more_than_everybody(worked, ada):
    # .055 a point times 16.4 points is 90%; two standard errors of 1.02 points further it is 101 %
    with pytest.raises(MoreThanAll) as caught:
        _by_hand(worked, ada, per_point=0.055, effect=16.4)
    assert "90% of the customers are kept on average" in str(caught.value.message)


def test_source_of_a_cost_is_kept_and_a_model_without_one_keeps_its_digest(worked, ada):
    value_model(worked.initiative, ada)
    model = ValueModel.objects.get()
    assert all("source" not in line for line in value_model_content(model)["costs"])
    CostLine.objects.filter(label="Build").update(source="Offer of May")
    assert value_model_content(ValueModel.objects.get())["costs"][0]["source"] == "Offer of May"


# --- inputs and go-lives that return or change ------------------------------------------------------


def _save(worked, by, years):
    return save_value_model(
        initiative=worked.initiative, by=by, kind="retention", horizon_years=years,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip


def test_inputs_that_return_bring_back_their_value_with_its_sign_off(worked, studied, fay, ada):
    _save(worked, ada, 3)
    first = compute_roi_case(study=studied, by=ada)
    sign_off(case=first, by=fay)
    _save(worked, ada, 5)
    second = compute_roi_case(study=studied, by=ada)
    assert latest_case(studied) == second
    _save(worked, ada, 3)
    again = compute_roi_case(study=studied, by=ada)
    assert again == first
    assert latest_case(studied) == first
    assert latest_case(studied).sign_off == SignOff.SIGNED
    assert first.result == latest_case(studied).result
    assert AuditEvent.objects.filter(verb="roi_case.returned").count() == 1
    with pytest.raises(SignOffNotAllowed, match="Review the one that counts"):
        dispute(case=second, by=fay, comment="Not this one.")


def test_a_database_that_was_stuck_on_another_value_is_freed_by_computing_again(worked, studied, ada):
    """The inputs were set back before values could return: the newer one stood in front for ever."""
    model = _save(worked, ada, 3)
    first = compute_roi_case(study=studied, by=ada)
    _save(worked, ada, 5)
    second = compute_roi_case(study=studied, by=ada)
    _save(worked, ada, 3)
    for case in (first, second):
        RoiCase.objects.filter(pk=case.pk).update(current_since=case.computed_at)
    assert latest_case(studied) == second
    compute_roi_case(study=studied, by=ada)
    model.refresh_from_db()
    assert latest_case(studied) == first
    assert latest_case(studied).follows(model)


def test_a_study_of_the_go_live_that_stands_counts_before_later_data_of_another_day(worked, studied):
    day = worked.initiative.went_live_on
    assert studied.go_live == day
    corrected = day + timedelta(days=7)
    Study.objects.create(
        organization=studied.organization, initiative=studied.initiative, number=2, go_live=corrected,
        data_cutoff=studied.data_cutoff - timedelta(days=14), plan_digest=studied.plan_digest,
        inputs=studied.inputs, finding=studied.finding, job_state=JobState.DONE,
    )  # fmt: skip
    assert latest_finished_study(worked.initiative).number == 1
    worked.initiative.went_live_on = corrected
    worked.initiative.save()
    assert latest_finished_study(worked.initiative).number == 2
    assert portfolio(studied.organization).rows[0].view.study.number == 2


# --- boundaries and conditions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_after_go_live", "is_fine"), [(-1, False), (0, False), (1, True), (20, True), (21, False)]
)
def test_the_cutoff_is_a_day_after_the_go_live_and_today_at_the_latest(ada, days_after_go_live, is_fine):
    """Live for twenty days."""
    today = ada.organization.clock.today()
    initiative = InitiativeFactory(
        organization=ada.organization, owner=ada, state="live", went_live_on=today - timedelta(days=20)
    )
    EvaluationPlanFactory(initiative=initiative, fixed_content={"period": "week"}, fixed_digest="0" * 64)
    cutoff = initiative.went_live_on + timedelta(days=days_after_go_live)
    if is_fine:
        assert request_study(initiative=initiative, by=ada, data_cutoff=cutoff).data_cutoff == cutoff
        return
    with pytest.raises(InvalidValues) as refused:
        request_study(initiative=initiative, by=ada, data_cutoff=cutoff)
    assert set(refused.value.fields) == {"data_cutoff"}


@pytest.mark.parametrize(
    ("cutoff", "last_week"),
    [
        (date(2025, 3, 30), date(2025, 3, 24)),  # Sunday: its week is whole
        (date(2025, 3, 29), date(2025, 3, 17)),  # Saturday: that week is not
        (date(2025, 3, 31), date(2025, 3, 24)),  # Monday: a new week has only begun
    ],
)
def test_the_day_of_the_cutoff_counts_and_an_unfinished_week_does_not(worked, cutoff, last_week):
    material = study_material(initiative=worked.initiative, data_cutoff=cutoff)
    assert max(cell.period for cell in material.panel.cells) == last_week


def test_who_only_computed_a_value_does_not_sign_it(organization, ada, fay):
    """Ada owns the initiative and wrote its value model."""
    case = proved(ada).case
    RoiCase.objects.filter(pk=case.pk).update(computed_by=fay)
    for decide in (sign_off, dispute):
        with pytest.raises(SignOffNotAllowed, match="You computed this value yourself"):
            decide(case=case, by=fay, comment="Fine")
    assert RoiCase.objects.get(pk=case.pk).sign_off == SignOff.OPEN


def test_who_only_owns_the_initiative_does_not_sign_its_value(ada, fay):
    case = proved(ada).case
    type(case.study.initiative).objects.update(owner=fay)
    with pytest.raises(SignOffNotAllowed, match="You own this initiative"):
        sign_off(case=case, by=fay)


def test_who_only_wrote_the_value_model_does_not_sign_its_value(ada, fay):
    case = proved(ada).case
    ValueModel.objects.update(changed_by=fay)
    with pytest.raises(SignOffNotAllowed, match="wrote its value model"):
        sign_off(case=case, by=fay)


def test_who_did_nothing_for_a_value_signs_it(ada, fay):
    assert sign_off(case=proved(ada).case, by=fay).sign_off == SignOff.SIGNED


def _stored_case(model, by, number, currency):
    study, _made = Study.objects.get_or_create(
        organization=by.organization, initiative=model.initiative, number=number,
        defaults={"plan_digest": "0" * 64, "data_cutoff": date(2026, 1, 31)},
    )  # fmt: skip
    inputs = {"value_model": value_model_content(model), "currency": currency}
    return RoiCase.objects.create(organization=by.organization, study=study, inputs=inputs, result={})


def test_a_value_in_another_currency_does_not_come_back_with_its_inputs(ada):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    model = value_model(initiative, ada)
    euros, _dollars = _stored_case(model, ada, 1, "EUR"), _stored_case(model, ada, 2, "USD")
    value_model(initiative, ada, kind="referral")
    value_model(initiative, ada)
    returned = AuditEvent.objects.filter(verb="roi_case.returned")
    assert [event.subject_id for event in returned] == [str(euros.pk)]


def test_a_value_of_another_initiative_does_not_come_back(ada):
    first, second = (InitiativeFactory(organization=ada.organization, owner=ada) for _ in "ab")
    _stored_case(value_model(first, ada), ada, 1, "EUR")
    value_model(first, ada, kind="referral")
    value_model(second, ada)
    assert not AuditEvent.objects.filter(verb="roi_case.returned").exists()


@pytest.mark.parametrize(
    ("label", "taken", "key"),
    [
        ("Calls a day", set(), "calls_a_day"),
        ("Calls", {"calls"}, "calls_2"),
        ("Calls", {"calls", "calls_2", "calls_3"}, "calls_4"),
        ("电话", set(), "factor"),
        ("Effect", set(), "effect_2"),  # kept by the product
    ],
)
def test_a_factor_gets_a_key_of_its_own(label, taken, key):
    assert factor_key(label, taken) == key


# --- drivers ---------------------------------------------------------------------------------------


def test_answers_that_are_again_as_they_were_bring_their_analysis_back(ada):
    run = request_drivers(by=ada)
    long_ago = timezone.now() - timedelta(days=30)
    DriverRun.objects.update(current_since=long_ago)
    assert request_drivers(by=ada) == run
    assert DriverRun.objects.get().current_since > long_ago


def test_an_analysis_that_failed_is_stored_as_waiting_when_it_is_asked_for_again(ada):
    request_drivers(by=ada)
    DriverRun.objects.update(job_state=JobState.FAILED, attempts=5, failure="Something went wrong.")
    request_drivers(by=ada)
    run = DriverRun.objects.get()
    assert (run.job_state, run.attempts, run.failure) == (JobState.QUEUED, 0, "")


def test_one_column_beside_the_outcome_is_too_few_for_an_analysis(ada, monkeypatch):
    outcome, other = (
        SimpleNamespace(key=key, label=key, metric="osat", touchpoint=key) for key in ("overall", "billing")
    )
    monkeypatch.setattr("impact.services.drivers.driver_columns", lambda organization: (outcome, other))
    monkeypatch.setattr("impact.services.drivers.overall_of", lambda columns: outcome)
    monkeypatch.setattr("impact.services.drivers.encoded", lambda columns: [])
    monkeypatch.setattr(
        "impact.services.drivers.pivot",
        lambda *_args: SimpleNamespace(
            keys=("billing",), outcome=[7, 8, 9], table=[[6], [8], [9]], boxes=[50.0], is_alike=True
        ),
    )
    run = request_drivers(by=ada)
    assert execute_drivers(run=run)
    assert run.result["refusal"]["key"] == "too_few_columns"


def test_an_entry_about_a_value_model_holds_no_words_of_the_writers_language(worked, ada):
    """Names and units of the product's own inputs follow from their keys; those of one's own factors stay."""
    with translation.override("zh-hans"):
        value_model(worked.initiative, ada, kind="retention")
    event = AuditEvent.objects.filter(verb="value_model.saved").first()
    assert {row["key"] for row in event.after["parameters"]} >= {"customers", "margin", "attribution"}
    assert not [row for row in event.after["parameters"] if {"label", "unit"} & set(row)]
    labels = [line.label for line in details_of(event, all_words(), "EUR")]
    assert "Margin per customer per year" in labels
    haircuts = [
        values for values in parameter_values() if values.key in {"attribution", "confidence", "persistence"}
    ]
    save_value_model(
        initiative=worked.initiative, by=ada, kind="formula", horizon_years=2, discount_rate_pct=Decimal(5),
        parameters=[ParameterValues(key="fines", label="Fines", arguments=(500.0, 800.0, 900.0)), *haircuts],
    )  # fmt: skip
    event = AuditEvent.objects.filter(verb="value_model.saved").first()
    told = {line.label: (line.before, line.after) for line in details_of(event, all_words(), "EUR")}
    assert told["Fines"] == ("–", "Low, most likely, high; 500; 800; 900; Assumption")
    assert told["How it becomes money"] == (
        "Customers kept × margin",
        "Own formula: a product of named factors",
    )


def test_saving_the_same_inputs_in_another_language_is_no_change_and_costs_no_signature(
    worked, studied, case, ada, fay
):
    sign_off(case=case, by=fay)
    before = ValueModel.objects.get()
    events = AuditEvent.objects.count()
    with translation.override("zh-hans"):
        value_model(worked.initiative, ada)
        again = compute_roi_case(study=studied, by=ada)
    model = ValueModel.objects.get()
    assert (model.changed_at, model.changed_by) == (before.changed_at, before.changed_by)
    assert case.follows(model)
    assert (again.pk, again.is_new, again.sign_off) == (case.pk, False, "signed")
    assert AuditEvent.objects.count() == events
    named = dict(model.parameters.values_list("key", "label"))
    assert (named["customers"], named["margin"]) == (
        "Customers affected per year",
        "Margin per customer per year",
    )
    assert model.parameters.get(key="customers").unit == "customers per year"


def test_a_value_that_was_stored_with_the_words_of_another_language_still_counts(
    worked, studied, case, ada, fay
):
    """As it was stored before: the digest holds those words, and stays."""
    words = {"customers": "受影响的客户", "margin": "每客户利润"}
    for row in case.inputs["value_model"]["parameters"]:
        row["label"] = words.get(row["key"], row["label"])
    digest = digest_of(case.inputs, version=CASE_INPUTS)
    RoiCase.objects.filter(pk=case.pk).update(inputs=case.inputs, input_digest=digest)
    for key, label in words.items():
        ValueParameter.objects.filter(key=key).update(label=label)
    sign_off(case=RoiCase.objects.get(), by=fay)
    value_model(worked.initiative, ada)
    assert case.follows(ValueModel.objects.get())
    again = compute_roi_case(study=studied, by=ada)
    assert (again.pk, again.input_digest, again.sign_off) == (case.pk, digest, "signed")
    assert RoiCase.objects.count() == 1


def test_other_words_of_an_own_factor_are_a_change(worked, ada):
    def saved(label):
        factor = ParameterValues(key="fines", label=label, unit="EUR", arguments=(500.0, 800.0, 900.0))
        haircuts = [
            values
            for values in parameter_values()
            if values.key in {"attribution", "confidence", "persistence"}
        ]
        return save_value_model(
            initiative=worked.initiative, by=ada, kind="formula", horizon_years=2,
            discount_rate_pct=Decimal(5), parameters=[factor, *haircuts],
        )  # fmt: skip

    first = saved("Fines").changed_at
    assert saved("Fines").changed_at == first
    assert saved("罚款").changed_at > first
    assert ValueParameter.objects.get(key="fines").label == "罚款"

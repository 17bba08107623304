"""What another engine computed stays as it is, is said to be so, and can be computed again."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.choices import Role
from accounts.details import all_words, details_of
from accounts.models import AuditEvent
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from impact.choices import Recomputed
from impact.errors import StudyNotFinished
from impact.findings import design_of, finding_of, panel_of
from impact.models import RoiCase, Study
from impact.selectors import recomputed_view, study_view
from impact.services import check_study, recompute, request_study
from tests.conftest import _member
from tests.golden import ENGINES

pytestmark = pytest.mark.django_db
TODAY = ENGINE_VERSION.removesuffix(".0")
SAME = "The same inputs give the same finding, figure by figure."


def of_engine(study: Study, version: str, **effect: float) -> Study:
    """The study as another engine would have stored it, with another effect where one is given."""
    finding = {**study.finding, "engine_version": version}
    if effect:
        finding["effect"] = {**finding["effect"], **effect}
    Study.objects.filter(pk=study.pk).update(engine_version=version, finding=finding)
    study.refresh_from_db()
    return study


def address(study: Study, name: str = "study_recompute") -> str:
    initiative = study.initiative
    return reverse(f"impact:{name}", args=[initiative.organization.slug, initiative.number, study.number])


@pytest.fixture
def auditor(organization):
    return _member(organization, "Aud", Role.AUDITOR)


# --- what computing again comes to ------------------------------------------------------------------


def test_untouched_study_gives_the_same_figure_by_figure(studied):
    found = recompute(studied)
    assert (found.outcome, found.of_other_version, found.is_same) == (Recomputed.SAME, False, True)


def test_older_engine_with_the_same_figures_is_the_same_finding(studied):
    found = recompute(of_engine(studied, "1.0.0"))
    assert (found.outcome, found.of_other_version) == (Recomputed.SAME, True)


def test_older_engine_with_other_figures_was_not_altered(studied):
    found = recompute(of_engine(studied, "1.0.0", value=3.0))
    assert (found.outcome, found.of_other_version, found.outcome.is_alarm) == (
        Recomputed.OTHER_VERSION, True, False,
    )  # fmt: skip


def test_older_finding_without_fields_that_came_later_is_the_same(studied):
    of_engine(studied, "1.0.0")
    assert studied.finding["notes"] == []
    del studied.finding["notes"]
    assert recompute(studied).outcome is Recomputed.SAME


def test_same_engine_with_other_figures_is_an_alarm(studied):
    studied.finding["effect"]["value"] += 1
    found = recompute(studied)
    assert (found.outcome, found.outcome.is_alarm) == (Recomputed.OTHER_FIGURES, True)


@pytest.mark.parametrize("version", ["", "1.0.0"])
def test_inputs_that_do_not_fit_their_digest_are_an_alarm_whatever_the_engine(studied, version):
    if version:
        of_engine(studied, version)
    studied.inputs["panel"]["cells"][0]["n"] += 1
    found = recompute(studied)
    assert (found.outcome, found.finding, found.outcome.is_alarm) == (Recomputed.OTHER_INPUTS, None, True)
    assert found.input_digest != studied.input_digest


@pytest.mark.parametrize(
    ("column", "value"), [("grade", "A"), ("verdict", "inconclusive"), ("engine_version", "1.0.0")]
)
def test_row_that_says_another_thing_than_its_finding_is_an_alarm(studied, column, value):
    setattr(studied, column, value)
    assert recompute(studied).outcome is Recomputed.OTHER_INPUTS


def test_study_without_a_finding_cannot_be_recomputed(worked, ada):
    study = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    assert study.job_state == JobState.QUEUED
    with pytest.raises(StudyNotFinished):
        recompute(study)
    assert not study.is_of_other_engine


def test_recomputing_changes_nothing_and_stands_in_the_trail(studied, ada):
    before = Study.objects.values().get(pk=studied.pk)
    check_study(study=studied, by=ada)
    assert Study.objects.values().get(pk=studied.pk) == before
    event = AuditEvent.objects.get(verb="study.recomputed")
    assert event.actor == ada.user
    assert event.after == {
        "number": 1,
        "outcome": "same",
        "engine_version": ENGINE_VERSION,
        "input_digest": studied.input_digest,
    }
    (outcome,) = [line for line in details_of(event, all_words(), "EUR") if line.label == "Outcome"]
    assert outcome.after == "The same finding"


# --- what older engines stored ----------------------------------------------------------------------


@pytest.fixture(params=["1.0.0", "1.2.0"])
def older(request, worked) -> Study:
    """A study that an engine of then computed and stored, in a database of today."""
    stored = ENGINES[request.param]
    study = Study.objects.create(
        organization=worked.initiative.organization,
        initiative=worked.initiative,
        number=7,
        plan_digest=stored["inputs"]["plan_digest"],
        data_cutoff=stored["inputs"]["subject"]["data_cutoff"],
        go_live=stored["inputs"]["subject"]["go_live"],
        seed=stored["seed"],
        inputs=stored["inputs"],
        finding=stored["finding"],
        grade=stored["grade"],
        verdict=stored["verdict"],
        engine_version=stored["engine_version"],
        input_digest=stored["digest"],
        job_state=JobState.DONE,
        finished_at=timezone.now(),
    )
    return Study.objects.get(pk=study.pk)


def test_study_of_an_older_engine_is_computed_again_and_was_not_altered(older):
    found = recompute(older)
    assert found.input_digest == older.input_digest
    assert (found.outcome, found.of_other_version) == (Recomputed.OTHER_VERSION, True)
    assert found.finding.input_digest == older.finding["input_digest"]
    assert found.finding.effect.value != older.finding["effect"]["value"]


def test_inputs_of_an_older_engine_load_without_the_fields_that_came_later(older):
    design, panel = design_of(older.inputs), panel_of(older.inputs)
    assert "selection_periods" not in older.inputs["design"] or design.selection_periods is None
    assert (design.kind.value, design.period.value) == ("nps", "month")
    assert {(cell.exposure, cell.horizon, cell.definition) for cell in panel.cells} == {(0.0, 0.0, "nps/1")}
    assert "break_level" not in older.inputs["thresholds"]


def test_pages_of_an_older_study_show_both_findings(client_of, ada, older):
    version = older.engine_version.removesuffix(".0")
    page = client_of(ada).get(address(older, "study_detail")).content.decode()
    assert f"Computed with engine {version}; today&#x27;s is {TODAY}." in page
    page = client_of(ada).post(address(older)).content.decode()
    then, now = study_view(older).effect, recompute(older).finding.effect
    assert f"the stored finding of engine {version} says {then}, “Suggestive”" in page
    assert f"gives {now.value:+.1f} points" in page


# --- what pages and API say -------------------------------------------------------------------------


def test_finding_says_with_which_engine_it_was_computed(client_of, ada, studied):
    page = client_of(ada).get(address(studied, "study_detail")).content.decode()
    assert f"Computed with engine {TODAY}, which is today&#x27;s." in page
    assert address(studied) in page
    of_engine(studied, "1.0.0")
    page = client_of(ada).get(address(studied, "study_detail")).content.decode()
    assert f"Computed with engine 1.0; today&#x27;s is {TODAY}. The finding stays as it was fixed;" in page


def test_value_of_another_engine_says_so(client_of, ada, case):
    page = client_of(ada).get(address(case.study, "study_detail")).content.decode()
    assert "The value stays as it was computed" not in page
    RoiCase.objects.update(engine_version="1.2.0")
    page = client_of(ada).get(address(case.study, "study_detail")).content.decode()
    assert f"Computed with engine 1.2; today&#x27;s is {TODAY}. The value stays as it was computed;" in page


def test_page_says_the_same_of_an_untouched_study(client_of, ada, studied):
    answer = client_of(ada).post(address(studied))
    page = answer.content.decode()
    assert (answer.status_code, SAME in page) == (200, True)
    assert "What to do" not in page
    back = client_of(ada).get(address(studied))
    assert (back.status_code, back.url) == (302, address(studied, "study_detail"))


def test_page_shows_both_findings_of_two_engines(client_of, ada, studied):
    now = study_view(studied).effect
    then = study_view(of_engine(studied, "1.0.0", value=3.25)).effect
    page = client_of(ada).post(address(studied)).content.decode()
    assert f"Today&#x27;s engine, {TODAY}, gives {now}, “Supported”" in page
    assert f"the stored finding of engine 1.0 says {then}, “Supported”. Neither was altered" in page
    assert "Stored, engine 1.0" in page
    assert "What to do" not in page


def test_page_raises_an_alarm_and_says_what_to_do(client_of, ada, studied):
    finding = {**studied.finding, "effect": {**studied.finding["effect"], "value": 30.0}}
    Study.objects.filter(pk=studied.pk).update(finding=finding)
    page = client_of(ada).post(address(studied)).content.decode()
    assert 'role="alert"' in page
    assert f"although the same engine, {TODAY}, computed both" in page
    assert "Do not rely on this finding" in page
    assert "Tell the person who runs this installation" in page
    assert "+30.0 points" in page


def test_altered_inputs_are_told_without_figures(client_of, ada, studied):
    studied.inputs["panel"]["cells"][0]["n"] += 1
    Study.objects.filter(pk=studied.pk).update(inputs=studied.inputs)
    page = client_of(ada).post(address(studied)).content.decode()
    assert "The stored study is not as it was fixed" in page
    assert "<table" not in page


@pytest.mark.parametrize("outcome", Recomputed)
def test_every_outcome_is_said_in_both_languages(studied, outcome):
    for language in ("en", "zh-hans"):
        with translation.override(language):
            view = recomputed_view(studied, outcome=outcome, finding=finding_of(studied.finding))
            assert view.sentence
            assert "%" not in view.sentence
            assert bool(view.steps) == outcome.is_alarm


def test_api_says_whether_it_is_of_another_engine_and_recomputes(api_of, ada, case):
    study, base = case.study, f"/api/v1/o/{case.organization.slug}"
    assert api_of(ada).get(f"{base}/studies/{study.pk}/").json()["is_of_other_engine"] is False
    assert api_of(ada).get(f"{base}/roi-cases/{case.pk}/").json()["is_of_other_engine"] is False
    RoiCase.objects.update(engine_version="1.1.0")
    of_engine(study, "1.1.0", value=3.0)
    assert api_of(ada).get(f"{base}/studies/").json()["results"][0]["is_of_other_engine"] is True
    assert api_of(ada).get(f"{base}/roi-cases/{case.pk}/").json()["is_of_other_engine"] is True
    body = api_of(ada).post(f"{base}/studies/{study.pk}/recompute/").json()
    assert (body["outcome"], body["is_of_other_engine"], body["steps"]) == ("other_version", True, [])
    assert (body["engine_version"], body["stored_engine_version"]) == (ENGINE_VERSION, "1.1.0")
    assert body["finding"]["effect"]["value"] != 3.0
    assert body["input_digest"] == study.input_digest


def test_auditor_may_recompute(client_of, auditor, studied):
    assert client_of(auditor).post(address(studied)).status_code == 200
    assert AuditEvent.objects.get(verb="study.recomputed").actor == auditor.user

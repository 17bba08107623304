"""What a document says: the sentence of its finding, refusals with their reason, scenarios as such."""

import re

import pytest
from django.utils import translation

from impact.selectors.studies import study_view
from impact.services import dispute, sign_off
from reports.documents import evidence_of_roi, html_of
from tests.conftest import _member
from tests.factories.reports import made_report, proved, waiting_report

pytestmark = pytest.mark.django_db

CAUSAL = re.compile(r"\bcaused?\b|\bbecause of\b|\bthanks to\b|\bdue to\b|\bled to\b", re.IGNORECASE)


def words_of(html: str) -> str:
    """What is read aloud: no tags, no style, single spaces."""
    text = re.sub(r"<(svg|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_supported_finding_opens_with_its_sentence_range_and_grade(supported, ada):
    html = html_of(made_report(ada, supported))
    words, view = words_of(html), study_view(supported.study)
    assert view.sentence in words
    assert "is the likely cause" in words
    assert "Compared with others" in words
    assert '<div class="grade-letter">B</div>' in html
    assert "(95 % interval)" in words
    assert "Net present value" in words
    assert "A scenario, not a result." not in words


def test_refusal_is_printed_with_its_reason_and_without_a_figure(ada):
    refused = proved(ada, "refused")
    words = words_of(html_of(made_report(ada, refused)))
    view = study_view(refused.study)
    assert view.verdict == "not_estimable"
    assert view.refusal
    assert f"Why there is no figure. {view.refusal}" in words
    assert "The data cannot say what" in words
    assert "No value was computed for this finding." in words
    assert not CAUSAL.search(view.sentence)
    assert "likely cause" not in words
    assert "Net present value" not in words


def test_value_of_an_open_question_is_printed_as_a_scenario(ada):
    scenario = proved(ada, "scenario")
    assert scenario.case.is_scenario_only
    words = words_of(html_of(made_report(ada, scenario)))
    assert "A scenario, not a result." in words
    assert "Net value, if the effect holds" in words
    assert "likely cause" not in words


def test_chain_runs_from_problem_to_finance_with_its_digests(supported, ada):
    report = made_report(ada, supported)
    html = html_of(report)
    steps = [
        "Problem", "Initiative", "Evaluation plan", "Decision", "Go-live", "Measurement", "Finding", "Value",
        "Finance",
    ]  # fmt: skip
    places = [html.index(f"<strong>{step}.</strong>") for step in steps]
    assert places == sorted(places)
    for digest in (
        supported.study.plan_digest,
        supported.study.input_digest,
        supported.case.input_digest,
        report.content_digest,
        report.verification_code,
    ):
        assert digest in html
    assert "cxstats 1" in html


def test_every_period_of_the_analysis_is_in_the_appendix(supported, ada):
    words = words_of(html_of(made_report(ada, supported)))
    points = supported.study.finding["series"]
    assert points
    assert all(str(point["period"]) in words for point in points)


@pytest.mark.parametrize(("act", "said"), [(sign_off, "Signed off by"), (dispute, "Disputed by")])
def test_word_of_finance_is_quoted_and_escaped(supported, ada, organization, act, said):
    fay = _member(organization, "Fay", "finance_reviewer")
    act(case=supported.case, by=fay, comment="<b>Margin</b> from the ledger & not more")
    supported.case.refresh_from_db()
    html = html_of(waiting_report(ada, supported))
    assert said in html
    assert "&lt;b&gt;Margin&lt;/b&gt; from the ledger &amp; not more" in html
    assert "Finance has not signed off" not in html or act is dispute


def test_demo_organization_says_that_its_data_are_simulated(supported, ada, organization):
    assert "simulated" not in words_of(html_of(waiting_report(ada, supported)))
    organization.is_demo = True
    organization.save()
    supported.study.organization.refresh_from_db()
    assert "the feedback in this report is simulated" in words_of(html_of(waiting_report(ada, supported)))


def test_document_speaks_its_own_language_whoever_asks(supported, ada):
    english = waiting_report(ada, supported)
    chinese = waiting_report(ada, supported, language="zh-hans")
    with translation.override("zh-hans"):
        assert '<html lang="en">' in html_of(english)
        assert "March" in html_of(english) or "2025" in html_of(english)
    html = html_of(chinese)
    assert '<html lang="zh-hans">' in html
    assert "年" in html


def test_registered_marks_have_their_footnote(supported, ada):
    assert "registered trademarks of Bain" in words_of(html_of(waiting_report(ada, supported)))


def test_evidence_is_plain_json_read_with_few_queries(supported, django_assert_max_num_queries):
    study = supported.study.__class__.objects.get(pk=supported.study.pk)
    with django_assert_max_num_queries(8):
        content = evidence_of_roi(study, supported.case)
    assert content["schema"] == "cxprogram.roi-evidence/1"
    assert content["initiative"]["touchpoints"] == ["Onboarding"]
    assert content["study"]["input_digest"] == supported.study.input_digest

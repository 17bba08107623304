"""What a document says: the sentence of its finding, refusals with their reason, scenarios as such."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from coalition import services as coalition
from coalition.models import EvaluationPlan
from impact.models import RoiCase, Study
from impact.selectors.studies import study_view
from impact.services import dispute, sign_off
from reports.codes import verification_code
from reports.documents import evidence_of_roi, html_of
from reports.services import request_roi_report
from tests.conftest import _member
from tests.factories.reports import proved, waiting_report
from tests.markup import blanks_at_full_width

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

CAUSAL = re.compile(r"\bcaused?\b|\bbecause of\b|\bthanks to\b|\bdue to\b|\bled to\b", re.IGNORECASE)


def words_of(html: str) -> str:
    """What is read aloud: no tags, no style, single spaces."""
    text = re.sub(r"<(svg|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_supported_finding_opens_with_its_sentence_range_and_grade(supported, ada):
    html = html_of(waiting_report(ada, supported))
    words, view = words_of(html), study_view(supported.study)
    assert view.sentence in words
    assert "is the likely cause" in words
    assert "Compared with others" in words
    assert '<div class="grade-letter">B</div>' in html
    assert "(95% interval)" in words
    assert "Net present value" in words
    assert "A scenario, not a result." not in words


def test_new_document_about_a_finding_of_an_older_engine_says_so(ada, dora):
    older = proved(ada)
    Study.objects.filter(pk=older.study.pk).update(engine_version="1.0.0")
    older.study.refresh_from_db()
    report = waiting_report(ada, older)
    said = "The study was computed with engine 1.0; this document was created with"
    assert said in words_of(html_of(report))
    assert said not in words_of(html_of(waiting_report(dora, proved(dora, "refused"))))
    with translation.override("zh-hans"):
        assert html_of(report)


def test_refusal_is_printed_with_its_reason_and_without_a_figure(ada):
    refused = proved(ada, "refused")
    words = words_of(html_of(waiting_report(ada, refused)))
    view = study_view(refused.study)
    assert view.verdict == "not_estimable"
    assert view.refusal
    assert f"Why there is no figure. {view.refusal}" in words
    assert "The data cannot show how" in words
    assert "No value was computed for this finding." in words
    assert not CAUSAL.search(view.sentence)
    assert "likely cause" not in words
    assert "Net present value" not in words


def test_value_of_an_open_question_is_printed_as_a_scenario(ada):
    scenario = proved(ada, "scenario")
    assert scenario.case.is_scenario_only
    words = words_of(html_of(waiting_report(ada, scenario)))
    assert "A scenario, not a result." in words
    assert "Expected net value, if the effect holds" in words
    assert "likely cause" not in words


def test_chain_runs_from_problem_to_finance_with_its_digests(supported, ada):
    report = waiting_report(ada, supported)
    html = html_of(report)
    steps = [
        "Problem", "Initiative", "Evaluation plan", "Decision", "Go-live", "Measurement", "Finding", "Value",
        "Finance",
    ]  # fmt: skip
    heads = [re.search(rf"<strong>(<a [^>]*>)?\s*{step}\.(</a>)?</strong>", html) for step in steps]
    places = [head.start() for head in heads if head]
    assert len(places) == len(steps)
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


def test_an_approval_without_an_independent_vote_is_marked(supported, ada):
    report = waiting_report(ada, supported)
    for independent, is_marked in ((None, False), (0, True), (2, False)):
        report.content["decision"] = {
            "outcome": "approved",
            "decided_at": "2025-03-03T09:00:00+00:00",
            "content_digest": "d" * 64,
            "tally": {"approve": 1} if independent is None else {"approve": 1, "independent": independent},
            "budget": {"one_off_cost": "1.00", "yearly_cost": "0.00", "currency": "EUR"},
        }
        words = words_of(html_of(report))
        assert "Approved by the leadership coalition on" in words
        assert ("Approved without an independent vote." in words) is is_marked
        assert ("Nobody who could vote was independent of those who proposed it." in words) is is_marked


def test_answers_of_the_touchpoint_are_told_from_those_of_the_comparison(supported, ada):
    """Ninety weeks with 120 answers each, at the touchpoint and at the one beside it."""
    words = words_of(html_of(waiting_report(ada, supported)))
    assert "10,800 answers, up to the data cut-off. The comparison rests on 10,800 more." in words
    assert "21,600" not in words


def test_study_without_a_comparison_names_none(ada):
    words = words_of(html_of(waiting_report(ada, proved(ada, "refused"))))
    assert "7,440 answers, up to the data cut-off." in words
    assert "The comparison rests on" not in words


def test_every_line_that_was_fixed_is_in_the_plan(ada, supported):
    html = html_of(waiting_report(ada, supported))
    table = html[html.index("The plan as it was fixed") :]
    lines = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", table[: table.index("For the auditor")], re.DOTALL)
    assert [(label, " ".join(text.split())) for label, text in lines] == [
        ("Metric", "NPS®"),
        ("Where it was introduced", supported.study.inputs["subject"]["treated"][0]["name"]),
        ("Compared with", "Onboarding other 0"),
        ("Segment", "–"),
        ("Measured by", "Week"),
        ("Weeks begin on", "Monday"),
        ("Baseline from", "–"),
        ("Periods until an effect can show", "0"),
        ("Review on", "–"),
        ("Expected direction", "Up"),
        ("Expected effect", "8 points"),
        ("Smallest worthwhile effect", "3 points"),
        ("How the touchpoints were chosen", "For practical reasons, not because of their scores"),
        ("Yearly season", "no"),
        ("What we will do with the result", "Keep it if it works; stop it at the review if it does not."),
    ]


@pytest.fixture
def replanned(ada, supported):
    """The expected effect was lowered after the study: its grade does not count that yet."""
    initiative = supported.study.initiative
    EvaluationPlan.objects.filter(initiative=initiative).update(fixed_at=timezone.now() - timedelta(days=400))
    initiative.plan.refresh_from_db()
    coalition.edit_plan(
        by=ada,
        initiative=initiative,
        values=coalition.PlanValues(
            metric=initiative.plan.metric,
            comparison_touchpoints=tuple(initiative.plan.comparison_touchpoints.all()),
            baseline_from=initiative.plan.baseline_from,
            review_on=initiative.plan.review_on,
            expected_effect=Decimal(6),
            smallest_worthwhile_effect=Decimal(3),
            selection="practical",
            decision_rule=initiative.plan.decision_rule,
        ),
        lock_version=initiative.lock_version,
        reason="We expect <less>",
    )
    supported.study.refresh_from_db()
    return supported


def test_a_plan_that_was_changed_later_is_told_with_its_reason(ada, replanned):
    html = html_of(waiting_report(ada, replanned))
    words = words_of(html)
    assert "after this study. A new study would have a design grade that is one lower." in words
    assert "Expected effect 8 points → 6 points" in words
    assert "Ada: We expect &lt;less&gt;" in html


def test_a_plan_that_stands_names_no_change(ada, supported):
    words = words_of(html_of(waiting_report(ada, supported)))
    assert "Changed after the approval" not in words
    assert "would have a design grade" not in words


def test_sign_of_a_change_stands_at_its_range_too(supported, ada):
    """A figure with its sign beside a range without one would read as two different changes."""
    effect = supported.study.finding["effect"]
    low, high = (f"+{effect['interval'][end]:.1f}" for end in ("low", "high"))
    html = html_of(waiting_report(ada, supported))
    assert f"{low} to {high} (95% interval)" in words_of(html)


def test_every_period_of_the_analysis_is_in_the_appendix(supported, ada):
    words = words_of(html_of(waiting_report(ada, supported)))
    points = supported.study.finding["series"]
    assert points
    assert [point["period"] for point in points][-1] == "2025-09-15"
    assert "Sep 15, 2025 •" in words
    shown = re.findall(r"[A-Z][a-z]{2} \d{1,2}, 20\d\d(?= •| \d)", words[words.index("95% from") :])
    assert len(shown) >= len(points)


@pytest.mark.parametrize(("act", "said"), [(sign_off, "Signed off by"), (dispute, "Disputed by")])
def test_word_of_finance_is_quoted_and_escaped(supported, ada, organization, act, said):
    fay = _member(organization, "Fay", "finance_reviewer")
    act(case=supported.case, by=fay, comment="<b>Margin</b> from the ledger & not more")
    supported.case.refresh_from_db()
    html = html_of(waiting_report(ada, supported))
    assert said in html
    assert "&lt;b&gt;Margin&lt;/b&gt; from the ledger &amp; not more" in html
    assert "Finance has not reviewed" not in html


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
    with django_assert_max_num_queries(9):
        content = evidence_of_roi(study, supported.case)
    assert content["schema"] == "cxprogram.roi-evidence/1"
    assert content["initiative"]["touchpoints"] == ["Onboarding"]
    assert content["study"]["input_digest"] == supported.study.input_digest


# --- the state of the value, and what it rests on --------------------------------------------------


def first_page_of(html: str) -> str:
    return words_of(html[: html.index('<h2 class="first">')])


def test_first_page_says_what_finance_says_with_name_and_day(supported, ada, organization):
    assert "Finance has not reviewed this value yet" in first_page_of(html_of(waiting_report(ada, supported)))
    fay = _member(organization, "Fay", "finance_reviewer")
    dispute(case=supported.case, by=fay, comment="Margin is too high.")
    supported.case.refresh_from_db()
    disputed = first_page_of(html_of(waiting_report(ada, supported)))
    day = date_format(supported.case.sign_off_at)
    assert f"Disputed by finance: Fay, {day}. Do not rely on this value" in disputed
    assert "has not reviewed" not in disputed
    sign_off(case=supported.case, by=fay)
    supported.case.refresh_from_db()
    html = html_of(waiting_report(ada, supported))
    assert f"Signed off by finance: Fay, {day}." in first_page_of(html)
    assert words_of(html).count(f"Signed off by finance: Fay, {day}.") == 2


def test_first_page_says_what_finance_disputed_before(supported, ada, organization):
    """As it stood when the document was asked for: an answer after that changes no page."""
    fay = _member(organization, "Fay", "finance_reviewer")
    dispute(case=supported.case, by=fay, comment="Margin <b>too</b> high")
    day = date_format(RoiCase.objects.get(pk=supported.case.pk).sign_off_at)
    newer = RoiCase.objects.get(pk=supported.case.pk)
    newer.pk, newer.number, newer.input_digest = None, newer.number + 1, "other"
    newer.sign_off, newer.sign_off_by, newer.sign_off_at, newer.sign_off_comment = "open", None, None, ""
    newer.current_since = timezone.now()
    newer.save()
    report = request_roi_report(by=ada, study=supported.study, roi_case=newer)
    word = report.content["roi_case"]["sign_off"]
    assert (word["state"], word["disputed_before"]["comment"]) == ("open", "Margin <b>too</b> high")
    sign_off(case=newer, by=fay)
    html = html_of(report)
    said = f"Finance disputed the previous value: “Margin <b>too</b> high”, Fay, {day}."
    assert said.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in html
    cover = first_page_of(html)
    assert "these figures are no expectation" in cover
    assert "do not base the decision on the amount until it has" in cover
    assert "counts neither as a gain nor as a loss" in words_of(html)
    assert "Finance has not reviewed" not in words_of(html)
    newer.refresh_from_db()
    assert "disputed_before" not in evidence_of_roi(supported.study, newer)["roi_case"]["sign_off"]


def test_document_names_rate_first_year_and_sources_of_costs(supported, ada):
    words = words_of(html_of(waiting_report(ada, supported)))
    assert "Discount rate 8% a year" in words
    assert "Share of the full benefit in year 1 75%" in words
    assert "Build 0 EUR 60,000" in words
    assert "EUR 50,000 to EUR 80,000 not named" in words


def test_approved_budget_stands_beside_what_the_value_counts(supported, ada):
    report = waiting_report(ada, supported)
    budget = {"one_off_cost": "60000.00", "yearly_cost": "20000.00", "currency": "EUR"}
    report.content["decision"] = {
        "outcome": "approved", "decided_at": None, "content_digest": "d" * 64, "tally": {}, "budget": budget,
    }  # fmt: skip
    words = words_of(html_of(report))
    # expected: (50 + 4 x 60 + 80) / 6 = 61.667 thousand once, (18 + 4 x 20 + 25) / 6 = 20.5 a year
    assert "0 EUR 60,000 EUR 61,700 1 EUR 20,000 EUR 20,500" in words


def test_every_range_is_of_the_two_levels_and_says_which(supported, ada):
    words = words_of(html_of(waiting_report(ada, supported)))
    assert "with 90% probability" in words
    assert "(95% interval)" in words
    assert "80%" not in words
    assert "ight of ten" not in words
    assert "10% and 90%" not in words


def test_both_digests_are_explained(supported, ada):
    words = words_of(html_of(waiting_report(ada, supported)))
    assert "This digest is that of the evaluation plan alone, as it was fixed:" in words


def test_value_of_an_earlier_model_says_so_in_the_document(supported, ada):
    assert "use the earlier inputs" not in html_of(waiting_report(ada, supported))
    model = supported.study.initiative.value_model
    model.changed_at = supported.case.computed_at + timedelta(minutes=1)
    model.save()
    report = waiting_report(ada, supported)
    assert report.content["roi_case"]["model_changed_at"]
    assert "The figures here use the earlier inputs." in first_page_of(html_of(report))


def test_document_of_older_data_names_the_study_that_counts(supported, ada):
    study = supported.study
    Study.objects.create(
        organization=study.organization, initiative=study.initiative, number=2, plan_digest=study.plan_digest,
        data_cutoff=study.data_cutoff + timedelta(days=7), job_state="done", finding=study.finding,
        inputs=study.inputs,
    )  # fmt: skip
    words = first_page_of(html_of(waiting_report(ada, supported)))
    assert "Study 2, with data up to" in words
    assert "is the one that counts." in words


def test_request_names_an_expected_loss_beside_the_rule(supported, ada):
    case = supported.case
    case.result["roi"]["net_present_value"] |= {"mean": -90_000.0, "p5": -120_000.0, "p95": 10_000.0}
    case.result["roi"]["probability_of_loss"] = 0.85
    RoiCase.objects.filter(pk=case.pk).update(result=case.result)
    case.refresh_from_db()
    words = first_page_of(html_of(waiting_report(ada, supported)))
    assert "a net loss of EUR 90,000 is expected on average, but the range goes from a" in words
    assert "the chance of a loss is 85%" in words
    assert "On the financial side, a loss is expected on average (its chance is 85%)" in words


def test_document_from_before_these_texts_is_still_drawn(supported, ada):
    report = waiting_report(ada, supported)
    del report.content["study"]["superseded_by"], report.content["roi_case"]["model_changed_at"]
    assert "From the problem to the value" in html_of(report)


def test_raw_rows_stand_at_the_end_and_not_between(supported, ada):
    html = html_of(waiting_report(ada, supported))
    assert html.index("For the auditor") < html.index("Appendix: every period")
    assert "<h2>Data</h2>" not in html


def test_document_keeps_the_format_of_the_day_it_was_asked_for(supported, ada, organization):
    organization.territory = "DE"
    organization.save()
    report = waiting_report(ada, supported)
    assert report.territory == "DE"
    organization.territory = "US"
    organization.save()
    words = words_of(html_of(report))
    assert "Data up to 21 Sep 2025" in words
    assert "8 % a year" in words
    assert "EUR 61.700" in words
    assert not re.search(r"Sep \d+, 2025|EUR \d+,\d{3}|\d%", words)
    other = waiting_report(ada, supported)
    assert (other.pk != report.pk, other.territory) == (True, "US")
    assert "Data up to Sep 21, 2025" in words_of(html_of(other))


def test_document_from_before_the_setting_keeps_its_code(supported, ada):
    """A format that is the language's own is no part of the code: the earlier document is found again."""
    report = waiting_report(ada, supported)
    assert report.territory == ""
    assert report.verification_code == verification_code("northwind", report.content_digest, "en", "A4")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Feb 24, 2025 as the go-live", "corrected to Mar 3, 2025 since: run a new study.")),
        ("zh-hans", ("本研究采用的上线日期为2025年2月24日", "更正为2025年3月3日")),
    ],
)
def test_go_live_that_was_corrected_since_is_said_on_the_first_page(supported, ada, language, words):
    initiative = supported.study.initiative
    subject = supported.study.inputs["subject"] | {"go_live": "2025-02-24"}
    supported.study.inputs = supported.study.inputs | {"subject": subject}
    supported.study.save()
    initiative.went_live_on = date(2025, 2, 24)
    initiative.save()
    before = first_page_of(html_of(waiting_report(ada, supported, language=language)))
    assert [said in before for said in words] == [False, False]
    initiative.went_live_on = date(2025, 3, 3)
    initiative.save()
    after = first_page_of(html_of(waiting_report(ada, supported, language=language)))
    assert [said in after for said in words] == [True, True]


def test_request_faces_that_nothing_could_be_estimated(ada):
    words = first_page_of(html_of(waiting_report(ada, proved(ada, "refused"))))
    asked = words[words.index("What we ask you to decide") :]
    assert "Do not decide on this yet: nothing could be estimated." in asked
    assert "What would make an estimate possible: A comparison group" in asked
    assert "Rule agreed before the result was known: “Keep it if it works; stop it" in asked
    assert "Confirm, change or stop" not in asked


def test_request_quotes_the_rule_without_applying_it(supported, ada):
    words = first_page_of(html_of(waiting_report(ada, supported)))
    asked = words[words.index("What we ask you to decide") :]
    assert "Confirm, change or stop the initiative based on this evidence. Rule agreed before" in asked
    assert "Do not decide" not in asked
    assert "Decide by the rule" not in words


def test_document_of_a_study_without_value_names_the_value_of_the_earlier_one(supported, ada, organization):
    fay = _member(organization, "Fay", "finance_reviewer")
    sign_off(case=supported.case, by=fay)
    first = supported.study
    assert "earlier_value" not in waiting_report(ada, supported).content
    again = Study.objects.create(
        organization=first.organization, initiative=first.initiative, number=2, plan_digest=first.plan_digest,
        data_cutoff=first.data_cutoff, job_state="done", finding=first.finding, inputs=first.inputs,
    )  # fmt: skip
    report = request_roi_report(by=ada, study=again, roi_case=None)
    words = first_page_of(html_of(report))
    assert "This value belongs to study 1. Signed off by finance: Fay" in words
    assert "Compute it again for study 2." in words
    older = request_roi_report(by=ada, study=first, roi_case=None)
    assert "earlier_value" not in older.content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_request_stands_on_the_first_page_beside_every_notice(supported, ada, organization, language, paper):
    organization.is_demo = True
    organization.save()
    supported.study.initiative.value_model.changed_at = supported.case.computed_at + timedelta(minutes=1)
    supported.study.initiative.value_model.save()
    page = typeset_pages(html_of(waiting_report(ada, supported, language=language, paper=paper)))[0]
    asked = "What we ask you to decide" if language == "en" else "提请您决定的事项"
    assert asked in page


def test_request_without_room_is_not_alone_on_its_page(supported, ada):
    subject = supported.study.inputs["subject"] | {"title": "A title that goes on and on " * 12}
    supported.study.inputs = supported.study.inputs | {"subject": subject}
    supported.study.save()
    pages = typeset_pages(html_of(waiting_report(ada, supported)))
    place = next(page for page in pages if "What we ask you to decide" in page)
    assert "From the problem to the value" in place


def test_a_word_without_end_stays_on_its_page(supported, ada):
    subject = supported.study.inputs["subject"] | {"title": "Rückruf & <b>fast</b> " + "x" * 60}
    supported.study.inputs = supported.study.inputs | {"subject": subject}
    supported.study.save()
    first = typeset_document(html_of(waiting_report(ada, supported))).pages[0]
    page = first._page_box
    ends = [box.position_x + box.width for box in page.descendants() if type(box).__name__ == "TextBox"]
    assert max(ends) <= page.margin_left + page.width + 1


def test_a_title_from_before_cannot_turn_the_sentences_of_a_document_round(supported, ada):
    subject = supported.study.inputs["subject"] | {"title": "Faster \u202ebackwards\u2066 call"}
    supported.study.inputs = supported.study.inputs | {"subject": subject}
    supported.study.save()
    html = html_of(waiting_report(ada, supported))
    assert "Faster backwards call" in html
    assert not set(html) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_chinese_documents_hold_no_blank_at_full_width_punctuation(supported, ada):
    html = html_of(waiting_report(ada, supported, language="zh-hans"))
    assert "。" in html
    assert blanks_at_full_width(html) == []


def test_short_appendix_follows_on_and_says_that_nothing_came_after_the_go_live_yet(ada):
    report = waiting_report(ada, proved(ada, "refused"))
    words = words_of(html_of(report))
    assert "• after the go-live" in words
    subject = report.study.inputs["subject"] | {"go_live": "2030-01-01"}
    report.study.inputs = report.study.inputs | {"subject": subject}
    html = html_of(report)
    assert "No period after the go-live yet." in words_of(html)
    assert "• after the go-live" not in words_of(html)
    assert '<h2 class="first">Appendix' not in html


def typeset_document(html):
    from weasyprint import HTML  # heavy

    from reports.pdf.engine import OwnAssetsOnly, _style

    style, fonts = _style()
    return HTML(string=html, base_url="asset:/", url_fetcher=OwnAssetsOnly()).render(
        stylesheets=[style], font_config=fonts
    )


def typeset_pages(html):
    """The words of each page, as the typesetting broke them."""
    pages = typeset_document(html).pages
    return [
        " ".join(box.text for box in page._page_box.descendants() if type(box).__name__ == "TextBox")
        for page in pages
    ]


def test_a_note_on_the_figures_is_no_reason_that_would_change_the_verdict(ada, supported):
    """It stands in the appendix, with the periods that it speaks of."""
    supported.study.finding["notes"] = ["constant_mix"]
    supported.study.save(update_fields=["finding"])
    words = words_of(html_of(waiting_report(ada, supported)))
    note = words.index("All values are those at the mix of segments before the go-live")
    assert words.count("All values are those at the mix of segments before the go-live") == 1
    assert words.index("What would change this verdict") < words.index("For the auditor")
    assert words.index("Appendix: every period as it entered the analysis") < note

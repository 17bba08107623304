"""The board pack and the page for an executive: what they say, what they never say, and one page."""

import re
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.choices import Outcome
from coalition.models import Decision, Initiative, Seat
from coalition.selectors.sessions import decided_since, reviewed_since, waiting_reviews, waiting_rounds
from coalition.services import cast_review_vote, open_review_vote
from common.errors import InvalidValues
from cxstats.codec import encoded
from cxstats.design import DesignGrade, Direction, EstimandKind, Verdict
from impact.models import RoiCase
from impact.selectors.learned import Fared, Lesson, fared, lessons_and_unsigned
from impact.services import dispute, sign_off
from reports import services
from reports.documents import html_of
from reports.documents.board import calibration_text, learned_text, shortened, waiting_rows
from reports.errors import NothingToReport
from reports.models import Report
from reports.pdf import attached_evidence
from reports.selectors import overtaken, since_last_session
from reports.selectors import reports as listed_reports
from reports.services.comparing import Outcome as Found
from reports.services.verifying import verify_evidence
from tests.factories.coalition import approved, cast, seated, submitted
from tests.impact.program import computed, finance, full_ledger, valued
from wording.formats import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ada):
    valued(ada)
    full_ledger(ada)
    return computed(ada)


def pack(ada, **wishes) -> Report:
    since = ada.organization.clock.today() - timedelta(days=90)
    return services.request_board_pack(by=ada, **{"since": since, **wishes})


def made(report: Report) -> Report:
    assert services.make_report(report=report), report.failure
    report.refresh_from_db()
    return report


# --- what the coalition decided, and what waits -------------------------------------------------------------


def test_decisions_of_the_first_day_are_told_and_earlier_ones_are_not(ada, organization):
    initiative, round_ = open_vote(ada)
    decided = Decision.objects.create(
        round=round_,
        initiative=initiative,
        outcome=Outcome.APPROVED,
        content_digest="d" * 64,
        tally={"approve": 3, "request_changes": 1, "reject": 0, "abstain": 2, "recuse": 0, "independent": 2},
        decided_at=organization.clock.start_of(date(2026, 3, 2)),
    )
    (told,) = decided_since(organization, date(2026, 3, 2))
    assert (told.outcome, told.voices.approve, told.voices.abstain) == (Outcome.APPROVED, 3, 2)
    assert told.content_digest == decided.content_digest
    assert decided_since(organization, date(2026, 3, 3)) == ()


def test_what_was_said_in_a_withdrawn_vote_is_not_told(ada, organization):
    initiative, round_ = open_vote(ada)
    Decision.objects.create(
        round=round_,
        initiative=initiative,
        outcome=Outcome.WITHDRAWN,
        content_digest="d" * 64,
        tally={"approve": 3, "request_changes": 0, "reject": 1, "abstain": 0, "recuse": 0, "votes": []},
    )
    report = pack(ada)
    (told,) = report.content["decisions"]
    assert told["voices"] is None
    html = html_of(report)
    assert "sealed until the coalition decides" in html
    assert "3 for it" not in html


def test_an_open_vote_says_how_many_have_voted_and_never_what(ada, organization):
    initiative, round_ = open_vote(ada)
    before = waiting_rounds(organization)
    assert [(row.reference, row.voted) for row in before] == [(initiative.reference, 0)]
    cast(initiative, round_.seats.first(), "reject", "Too dear for what it brings.")
    (row,) = waiting_rounds(organization)
    assert (row.voted, row.needed, row.seats) == (1, 2, 3)
    report = pack(ada)
    assert "Too dear" not in str(report.content)
    assert "reject" not in str(report.content["waiting"])
    assert report.content["waiting"]["votes"][0]["due_on"] == round_.due_on.isoformat()


def test_a_review_waits_from_its_day_on_and_is_known_three_months_before(ada, organization):
    known, _case = valued(ada)
    initiative = known.simulated.initiative
    today = organization.clock.today()
    for days, expected in ((0, [True]), (1, [False]), (92, [False]), (93, [])):
        initiative.plan.review_on = today + timedelta(days=days)
        initiative.plan.save()
        assert [row.is_due for row in waiting_reviews(organization)] == expected
    Initiative.objects.filter(pk=initiative.pk).update(state="evaluated")
    initiative.plan.review_on = today
    initiative.plan.save()
    assert waiting_reviews(organization) == ()


def test_a_review_waits_with_its_vote_until_it_is_answered(ada, organization):
    """The plan keeps its day: whether it still waits is not for the plan to say."""
    seats = seated(organization, 3)
    initiative = approved(ada)
    today = organization.clock.today()
    type(initiative.plan).objects.update(review_on=today)
    open_review_vote(by=ada, initiative=initiative)
    for seat in seats[:1]:
        cast_review_vote(by=seat.membership, initiative=initiative, choice="confirm")
    (row,) = waiting_reviews(organization)
    assert (row.review_on, row.voted, row.seats, row.last_day > today) == (today, 1, 3, True)
    (line,) = waiting_rows({"votes": [], "reviews": encoded((row,)), "values": []})
    assert line.note == "1 of 3 seats have voted; a decision needs 2"
    assert line.by == reader().day(row.last_day)
    for seat in seats[1:]:
        cast_review_vote(by=seat.membership, initiative=initiative, choice="confirm")
    initiative.refresh_from_db()
    assert initiative.plan.review_on == today
    assert waiting_reviews(organization) == ()
    (told,) = reviewed_since(organization, today)
    assert (told.outcome, told.said["confirm"]) == ("confirmed", 3)
    assert reviewed_since(organization, today + timedelta(days=1)) == ()
    report = pack(ada)
    html = html_of(report)
    assert "3 to confirm" in html
    assert "2 decisions since" in html  # the approval and its review
    assert "sealed" not in html


def test_a_value_waits_for_finance_until_finance_has_said_something(ada, organization):
    known, value = valued(ada)
    _lessons, unsigned = lessons_and_unsigned(organization)
    assert [row.reference for row in unsigned] == [known.simulated.initiative.reference]
    sign_off(case=value, by=finance(organization), comment="Checked.")
    assert lessons_and_unsigned(organization)[1] == ()


# --- what was learned ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "direction", "ends", "expected", "found"),
    [
        (EstimandKind.NPS, Direction.UP, (2.0, 6.0), 8.0, Fared.LESS),
        (EstimandKind.NPS, Direction.UP, (2.0, 8.0), 8.0, Fared.AS_EXPECTED),
        (EstimandKind.NPS, Direction.UP, (2.0, 6.0), 2.0, Fared.AS_EXPECTED),
        (EstimandKind.NPS, Direction.UP, (2.0, 6.0), 1.0, Fared.MORE),
        # shares are expected in percentage points: 0.02 to 0.06 are 2 to 6 of them
        (EstimandKind.SHARE, Direction.UP, (0.02, 0.06), 5.0, Fared.AS_EXPECTED),
        (EstimandKind.SHARE, Direction.UP, (0.02, 0.06), 7.0, Fared.LESS),
        # falling is what was wanted: from 8 to 3 points less
        (EstimandKind.NPS, Direction.DOWN, (-8.0, -3.0), 5.0, Fared.AS_EXPECTED),
        (EstimandKind.NPS, Direction.DOWN, (-8.0, -3.0), 2.0, Fared.MORE),
        (EstimandKind.NPS, Direction.DOWN, (1.0, 4.0), 2.0, Fared.LESS),
    ],
)
def test_what_was_found_is_compared_with_what_was_expected(kind, direction, ends, expected, found):
    assert fared(kind, direction, ends, expected) is found


def lesson(verdict: Verdict, how: Fared | None = None) -> Lesson:
    return Lesson(
        number=1, reference="INI-1", title="A", study=1, metric_key="nps", metric_version=1,
        metric_name="NPS", kind=EstimandKind.NPS, direction=Direction.UP, verdict=verdict,
        grade=DesignGrade.B, effect=None, low=None, high=None, answers=9, compared=0, expected=None,
        fared=how, data_cutoff=date(2026, 1, 1), finished_on=date(2026, 1, 2), looked_back=False,
    )  # fmt: skip


def test_null_and_negative_findings_are_counted_apart():
    found = [
        lesson(Verdict.SUPPORTED), lesson(Verdict.SUGGESTIVE), lesson(Verdict.CONTRADICTED),
        lesson(Verdict.INCONCLUSIVE), lesson(Verdict.NO_EFFECT_WORTH_HAVING), lesson(Verdict.NOT_ESTIMABLE),
    ]  # fmt: skip
    text = learned_text(found)
    assert "6 initiatives were studied: 2 with the effect" in text
    assert "3 without a clear one, 1 with the opposite" in text
    assert learned_text([]) == "No initiative has been studied yet."


def test_calibration_counts_only_plans_with_an_expectation():
    found = [
        lesson(Verdict.SUPPORTED, Fared.LESS), lesson(Verdict.SUPPORTED, Fared.LESS),
        lesson(Verdict.SUPPORTED, Fared.AS_EXPECTED), lesson(Verdict.SUPPORTED),
    ]  # fmt: skip
    text = calibration_text(found)
    assert text.startswith("Of 3 plans with an expected effect, 2 found less, 0 more, and in 1")
    assert calibration_text(found[3:]) == ""


# --- the documents ------------------------------------------------------------------------------------------


def test_the_pack_tells_the_return_and_is_verified_from_its_own_evidence(ada, case, tmp_path):
    report = pack(ada)
    assert report.program_case == case
    html = html_of(report)
    for text in ("What waits for a decision", "What was decided", "What was learned", "The portfolio"):
        assert text in html
    assert "Expected net present value" in html
    # the figures are links
    assert re.search(r'href="[^"]*/prove/program/#way"', html)


@pytest.mark.drawn
def test_a_pack_is_computed_again_from_what_it_carries(ada, case):
    report = made(pack(ada))
    found = verify_evidence(attached_evidence(Path(report.file.path)))
    assert {step.name: step.outcome for step in found.steps} == dict.fromkeys(
        ("content", "inputs", "ledger", "claims", "return"), Found.SAME
    )


@pytest.mark.usefixtures("short")
def test_a_pack_without_a_return_says_so(ada):
    report = made(pack(ada))
    assert report.program_case is None
    html = html_of(report)
    assert "No return of the program was computed yet" in html
    assert "There is nothing to decide" in html


def test_a_day_to_come_is_refused_by_name(ada):
    tomorrow = ada.organization.clock.today() + timedelta(days=1)
    with pytest.raises(InvalidValues) as refused:
        services.request_board_pack(by=ada, since=tomorrow)
    assert set(refused.value.fields) == {"since"}
    assert not Report.objects.exists()


@pytest.mark.usefixtures("short")
def test_the_day_of_the_next_pack_is_that_of_the_last_one(ada, organization):
    today = organization.clock.today()
    first = since_last_session(organization)
    assert first.day == 1
    assert (today.year * 12 + today.month) - (first.year * 12 + first.month) == 3
    report = made(pack(ada))
    Report.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert since_last_session(organization) == today - timedelta(days=9)


def test_a_summary_needs_a_return(ada):
    with pytest.raises(NothingToReport):
        services.request_summary(by=ada, case=SimpleNamespace(result=None))


@pytest.mark.drawn
def test_a_summary_is_one_page_whatever_waits(ada, case):
    long = "非常长的标题🙂 שלום " + "Every touchpoint of the whole journey " * 4
    Initiative.objects.update(title=long[:140])
    for number in range(10, 20):
        open_vote(ada, number=number, title=f"{number} {long}"[:140])
    for language, paper in (("en", "letter"), ("zh-hans", "A4")):
        report = made(services.request_summary(by=ada, case=case, language=language, paper=paper))
        assert report.pages == 1
    assert "more things wait for a decision" in html_of(
        services.request_summary(by=ada, case=case, paper="letter")
    )


def test_titles_are_shortened_only_where_they_are_too_long():
    assert shortened("four", 4) == "four"
    assert shortened("fives", 4) == "fiv…"


@pytest.mark.usefixtures("short")
def test_a_dispute_overtakes_pack_and_summary(ada, case, organization):
    reports = [made(pack(ada)), made(services.request_summary(by=ada, case=case))]
    assert [overtaken(report) for report in reports] == ["", ""]
    dispute(
        case=RoiCase.objects.order_by("-number")[0],
        by=finance(organization),
        comment="The margin is too high.",
    )
    other = made(pack(ada, since=date(2026, 1, 2)))  # asked for afterwards: it tells the dispute itself
    for report in reports:
        assert "Finance disputed the value of INI-1" in overtaken(report)
    marked = {report.pk for report in listed_reports(ada) if report.is_disputed}
    assert marked == {report.pk for report in reports}
    assert other.pk not in marked


# --- screens ------------------------------------------------------------------------------------------------


def test_the_page_makes_a_pack_and_keeps_what_was_typed_wrong(ada, client_of, monkeypatch):
    monkeypatch.setattr("reports.views.enqueue", lambda job: None)
    client, address = client_of(ada), reverse("reports:report_create", args=["northwind"])
    page = client.get(reverse("reports:report_list", args=["northwind"])).text
    assert 'name="since"' in page
    refused = client.post(address, {"kind": "board", "since": "2999-01-01"})
    assert refused.status_code == 422
    assert "2999-01-01" in refused.text
    assert "not in the future" in refused.text
    assert client.post(address, {"kind": "board", "since": "soon"}).status_code == 422
    assert client.post(address, {"kind": "board", "since": "2026-01-05"}).status_code == 302
    assert Report.objects.get().content["since"] == "2026-01-05"


def open_vote(by, number=10, **changes):
    """An open vote on an initiative of somebody, with three seats."""
    if not Seat.objects.filter(coalition__organization=by.organization).exists():
        seated(by.organization)
    initiative = submitted(by, number=number, **changes)
    return initiative, initiative.rounds.get()

"""What changed since the last document: compared from what both hold, with the reason, and never twice."""

import json

import pytest

from cxstats.codec import canonical_text
from impact.services import compute_roi_case, dispute
from reports import services
from reports.documents import html_of
from reports.models import Report
from reports.pdf import Attached
from reports.selectors import reports as listed_reports
from reports.services.comparing import Outcome
from reports.services.verifying import verify_evidence
from tests.impact.program import FIRST, certain_model, computed, finance, full_ledger, ledger, valued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short")]


def made(report: Report) -> Report:
    assert services.make_report(report=report), report.failure
    report.refresh_from_db()
    return report


def roi(by, known, case, **wishes) -> Report:
    return services.request_roi_report(by=by, study=known.study, roi_case=case, **wishes)


def figures(report: Report) -> dict[str, tuple[object, object]]:
    return {row["key"]: (row["then"], row["now"]) for row in report.content["since_last"]["figures"]}


def test_a_first_document_compares_with_nothing(ada):
    known, case = valued(ada)
    report = made(roi(ada, known, case))
    assert "since_last" not in report.content
    assert "What changed since the last report" not in html_of(report)


def test_a_dispute_is_the_reason_of_the_next_document(ada, organization):
    known, case = valued(ada)
    first = made(roi(ada, known, case))
    dispute(case=case, by=finance(organization), comment="The margin is too high.")
    case.refresh_from_db()
    second = roi(ada, known, case)
    assert second.pk != first.pk
    assert second.content["since_last"]["code"] == first.verification_code
    assert figures(second)["sign_off"] == ("open", "disputed")
    worth = figures(second)["net_value"]
    assert worth[0] == worth[1]
    assert [reason["key"] for reason in second.content["since_last"]["reasons"]] == ["finance"]
    html = html_of(second)
    assert "What changed since the last report" in html
    assert "Finance disputed the value" in html
    assert "unchanged" in html
    assert [report.is_disputed for report in listed_reports(ada)] == [False, True]  # newest first


def test_the_same_document_in_another_language_has_the_same_comparison(ada, organization):
    known, case = valued(ada)
    made(roi(ada, known, case))
    dispute(case=case, by=finance(organization), comment="The margin is too high.")
    case.refresh_from_db()
    second = made(roi(ada, known, case))
    again = roi(ada, known, case)
    chinese = roi(ada, known, case, language="zh-hans")
    assert (again.pk, again.is_new) == (second.pk, False)
    assert chinese.content["since_last"] == second.content["since_last"]
    assert chinese.content_digest == second.content_digest


def test_a_figure_that_is_told_otherwise_than_it_is_is_found(ada, organization):
    known, case = valued(ada)
    made(roi(ada, known, case))
    dispute(case=case, by=finance(organization), comment="The margin is too high.")
    case.refresh_from_db()
    content = json.loads(canonical_text(roi(ada, known, case).content))
    (step,) = [step for step in verified(content).steps if step.name == "changes"]
    assert step.outcome is Outcome.SAME
    told = next(row for row in content["since_last"]["figures"] if row["key"] == "net_value")
    told["now"]["mean"] += 1
    (step,) = [step for step in verified(content).steps if step.name == "changes"]
    assert step.outcome is Outcome.DIFFERS
    assert [difference.place for difference in step.differences] == ["since_last.figures.net_value.now"]


def verified(content):
    text = canonical_text(content).encode()
    return verify_evidence(Attached(code="AAAA-AAAA-AAAA-AAAA", content=text, identifier=""))


def test_the_return_says_which_costs_moved_it(ada):
    valued(ada)
    years = full_ledger(ada)
    first = made(services.request_program_report(by=ada, case=computed(ada)))
    ledger(ada, {FIRST - 1: "70000"})
    second = services.request_program_report(by=ada, case=computed(ada))
    reasons = second.content["since_last"]["reasons"]
    assert [(one["key"], one["names"]) for one in reasons] == [("ledger", [FIRST - 1])]
    then, now = figures(second)["program_net"]
    # one more year before: 70,000 of costs more, and everything else is discounted by that year
    assert now["mean"] < then["mean"]
    assert then["mean"] == pytest.approx(
        first.content["program_case"]["result"]["main"]["return"]["net_present_value"]["mean"]
    )
    assert figures(second)["counted"] == (1, 1)
    assert years
    assert f"Costs of the program were entered or changed: {FIRST - 1}." in html_of(second)
    # the first one, asked for again, is the first one: nothing newer is compared with something older
    again = services.request_program_report(by=ada, case=first.program_case)
    assert again.pk == first.pk


def test_a_new_value_of_changed_inputs_names_them(ada):
    known, case = valued(ada)
    made(roi(ada, known, case))
    certain_model(known.simulated.initiative, ada, margin=300.0)
    newer = compute_roi_case(study=known.study, by=ada)
    second = roi(ada, known, newer)
    reasons = second.content["since_last"]["reasons"]
    assert [(one["key"], one["names"]) for one in reasons] == [("inputs", ["margin"])]
    then, now = figures(second)["net_value"]
    assert now["mean"] > then["mean"]

"""What an older version stored keeps its digest, letter by letter, when this version makes it anew."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from assessments.importers import builtin_files, read_yaml
from assessments.services import publish_framework
from coalition.choices import Ending, InitiativeState, Outcome
from coalition.models import ApprovalRound, Decision, EvaluationPlan, Initiative, InitiativeRevision
from coalition.selectors import initiative_content, plan_content
from cxstats.codec import canonical_text, digest_of
from impact.findings import finding_json
from impact.models import Study
from impact.services.studies import recompute
from reports.documents import evidence_of_roi
from tests.factories import MembershipFactory, OrganizationFactory
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory
from tests.golden import STORED

pytestmark = pytest.mark.django_db
APPROVED = datetime(2026, 9, 15, 10, tzinfo=UTC)


@pytest.fixture
def bill() -> Initiative:
    """INI-3 of the demo, written out: rows from which its revision, its plan and its evidence were made."""
    aurelia = OrganizationFactory(name="Aurelia Telecom", slug="aurelia", currency="EUR", is_demo=True)
    touchpoint = TouchpointFactory(organization=aurelia, key="monthly-bill", name="Monthly bill")
    initiative = Initiative.objects.create(
        organization=aurelia,
        number=3,
        title="A monthly bill that explains itself",
        problem=(
            "One call in six to the hotline is about the bill, most in the first three months of a contract."
        ),
        proposal=(
            "Group lines by what customers ordered, explain every change against last month in one sentence."
        ),
        state=InitiativeState.LIVE,
        owner=MembershipFactory(organization=aurelia, user__name="Sophie Laurent"),
        one_off_cost=Decimal(120_000),
        yearly_cost=Decimal(15_000),
        expected_benefit=Decimal(90_000),
        effort_days=180,
        planned_go_live_on=date(2026, 10, 13),
        went_live_on=date(2026, 10, 13),
    )
    initiative.touchpoints.add(touchpoint)
    metric = MetricDefinitionFactory(organization=aurelia, key="ces_mean_7")
    metric.name = "CES, mean of 1–7"
    metric.save()
    EvaluationPlan.objects.create(
        initiative=initiative,
        metric=metric,
        period="month",
        baseline_from=date(2024, 12, 1),
        review_on=date(2026, 12, 19),
        direction="up",
        expected_effect=Decimal("0.4"),
        smallest_worthwhile_effect=Decimal("0.2"),
        selection="everyone",
        decision_rule="Keep the layout if effort falls by 0.2 or more; decide after nine months.",
    )
    return Initiative.objects.get(pk=initiative.pk)


def test_what_was_voted_on_has_its_digest_when_it_is_said_anew(bill):
    content = initiative_content(bill)
    assert canonical_text(content) == canonical_text(STORED["revisions"][2]["content"])
    assert digest_of(content, version=1) == "279a5cb717b205c61fc3d120af05d189658090b68f74e5ef88b119f91226aa99"
    plan = plan_content(bill, bill.plan)
    assert digest_of(plan, version=1) == "bddeb1c6929f5922365cd555e1b4092704e891a0d49f0b4496b988c3df16ddb0"


def _studied(bill: Initiative) -> Study:
    """The vote, the fixed plan and the study of the demo's INI-3, as they were stored."""
    revision = InitiativeRevision.objects.create(
        initiative=bill,
        number=1,
        content=STORED["revisions"][2]["content"],
        digest=STORED["revisions"][2]["digest"],
        submitted_by=bill.owner,
    )
    vote = ApprovalRound.objects.create(
        initiative=bill, revision=revision, quorum_share="0.60", majority_share="0.50", closed_at=APPROVED
    )
    Decision.objects.create(
        round=vote,
        initiative=bill,
        outcome=Outcome.APPROVED,
        content_digest=revision.digest,
        ending=Ending.ALL_VOTED,
        tally=STORED["tally"],
        decided_at=APPROVED,
    )
    plan = bill.plan
    plan.fixed_content, plan.fixed_digest = STORED["plans"][2]["content"], STORED["plans"][2]["digest"]
    plan.fixed_at = APPROVED
    plan.save()
    stored = STORED["study"]
    study = Study.objects.create(
        organization=bill.organization,
        initiative=bill,
        number=1,
        plan_digest=plan.fixed_digest,
        data_cutoff=date(2026, 11, 28),
        seed=stored["seed"],
        inputs=stored["inputs"],
        finding=stored["finding"],
        grade="D",
        verdict="not_estimable",
        engine_version=stored["engine_version"],
        input_digest=stored["digest"],
        job_state="done",
        finished_at=datetime.fromisoformat("2026-11-28T23:29:03.018356+00:00"),
    )
    return Study.objects.get(pk=study.pk)


def test_evidence_of_a_stored_study_is_the_same_letter_by_letter(bill):
    evidence = evidence_of_roi(_studied(bill), None)
    evidence["engine_version"] = "1.1.0"  # the engine that wrote the document, not the one that studied
    expected = STORED["evidence"]
    expected = {
        **expected,
        "study": {
            **expected["study"],
            "inputs": STORED["study"]["inputs"],
            "finding": STORED["study"]["finding"],
        },
    }
    assert canonical_text(evidence) == canonical_text(expected)
    assert (
        digest_of(evidence, version=1) == "105917ef32c32de0d79b95d1a44ddfe74f6740e1ff9f34d8195a40d9dbbefab4"
    )


def test_stored_study_is_computed_again_to_the_last_digit(bill):
    again = recompute(_studied(bill))
    assert again.input_digest == "9bbeb863d2e2e109e70681281eea41d6eef8b15c35805c9dff89d3b80416f31a"
    assert finding_json(replace(again.finding, engine_version="1.1.0")) == STORED["study"]["finding"]


def test_frameworks_that_come_with_the_product_keep_their_digests():
    digests = {
        f"{key} {version}": publish_framework(content=read_yaml(file.read_text(encoding="utf-8"))).digest
        for key, version, file in builtin_files()
    }
    known = {
        "cx-maturity 1.0": "b888197e64e9308930b50865f12ed666e997f70f6baaf23152d290f2ef63a2e6",
        "quick-check 1.0": "0eeeb831ba3640c6abf38578e9d398a75b872fb5e9da58764e4c3b65dfc9f4b9",
    }
    assert {name: digests.get(name) for name in known} == known

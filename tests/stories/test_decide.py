"""A vote, from the plan that is read to the plan that is fixed."""

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coalition.choices import InitiativeState
from coalition.models import Initiative
from customer_voice.models import MetricDefinition
from tests.factories import coalition as make
from tests.factories.impact import FIRST_MONDAY, simulate_nps


@pytest.fixture
def initiative(ada, ben, organization, with_password) -> Initiative:
    """In the vote, with two and a half years of answers to plan on; two of three have approved."""
    with_password(ben)
    seats = make.seated(organization, 2)
    make.SeatFactory(coalition=seats[0].coalition, membership=ben, title="Service")
    ready = make.ready_initiative(ada, title="Call every new customer on the third day")
    metric = MetricDefinition.objects.get(organization=organization)
    weeks = (timezone.localdate() - FIRST_MONDAY).days // 7
    simulate_nps(
        metric, ready.touchpoints.get(), rng=np.random.default_rng(3), weeks=weeks, start=weeks, answers=60
    )
    MetricDefinition.objects.filter(pk=metric.pk).update(data_until=timezone.now())
    make.services.submit_initiative(by=ada, initiative=ready)
    make.cast(ready, seats[0])
    make.cast(ready, seats[1], comment="We are ready")
    return Initiative.objects.get(pk=ready.pk)


def test_member_reads_the_plan_and_votes_and_the_plan_is_fixed(page, sign_in, axe, ben, initiative):
    sign_in(page, ben.user.email)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Decide").click()
    expect(page.get_by_text("One vote is waiting for you.")).to_be_visible()
    page.get_by_role("link", name="Vote", exact=True).first.click()

    expect(page.get_by_role("heading", name=f"Should we do this: {initiative.title}?")).to_be_visible()
    seen = page.locator(".seen")
    expect(seen.get_by_role("heading", name="Could we detect the effect?")).to_be_visible()
    expect(seen.locator("[data-chart-drawing] svg")).to_be_visible()
    axe(page)
    expect(page.get_by_text("2 of 3 have voted").first).to_be_visible()
    expect(page.get_by_text("We are ready")).to_have_count(0)  # hidden until one has voted
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Comment").fill("My team is ready.")
    page.locator("#your-vote").get_by_role("button", name="Vote").click()

    expect(page.get_by_text("Your vote is recorded, and it decided: Approved.")).to_be_visible()
    expect(page.get_by_text("Fixed with the approval on")).to_be_visible()
    page.get_by_text("What voters said").click()
    expect(page.get_by_text("We are ready")).to_be_visible()
    axe(page)
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.APPROVED
    assert initiative.plan.fixed_digest


def test_on_the_review_day_a_seat_says_whether_it_goes_on_and_the_document_follows(
    page, sign_in, axe, ada, ben, organization, with_password
):
    with_password(ben)
    with_password(ada)
    seats = make.seated(organization, 2)
    make.SeatFactory(coalition=seats[0].coalition, membership=ben, title="Service")
    live = make.approved(ada, title="Call every new customer on the third day")
    type(live.plan).objects.update(review_on=timezone.localdate())
    review = make.services.open_review_vote(by=ada, initiative=live)
    for seat in seats:
        make.services.cast_review_vote(by=seat.membership, initiative=live, choice="stop", comment="Too dear")

    sign_in(page, ben.user.email)
    page.get_by_role("link", name="Read and vote").click()
    expect(page.get_by_role("heading", name=f"Does it go on: {live.title}?")).to_be_visible()
    expect(page.get_by_text("Too dear")).to_have_count(0)
    axe(page)
    page.get_by_role("radio", name="Stop: end it").check()
    page.get_by_label("Comment").fill("It brings nothing.")
    page.locator("#your-vote").get_by_role("button", name="Vote").click()
    expect(page.get_by_text("Reviews until now")).to_be_visible()
    expect(page.get_by_text("Too dear").first).to_be_visible()
    axe(page)
    review.refresh_from_db()
    live.refresh_from_db()
    assert (review.outcome, live.state) == ("stopped", InitiativeState.CANCELLED)

    page.goto(page.url.split("/decide/")[0] + "/reports/schedules/new/")
    page.get_by_role("radio", name="After each decision of the coalition").check()
    page.get_by_label("Ben").check()
    axe(page)
    page.get_by_role("button", name="Set up the schedule").click()
    expect(page.get_by_text("The schedule is set up.")).to_be_visible()
    axe(page)

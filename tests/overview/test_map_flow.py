"""How customers go on between the steps of a map: who counts, what comes first, and when nothing is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalition.models import Initiative
from customer_voice import selectors
from customer_voice.choices import Followed
from customer_voice.models import Contact
from customer_voice.services import erase_contact, merge_accounts, merge_contacts, rebuild_rollup
from journeys import services as inventory
from journeys.maps import services
from overview.selectors.maps import FlowCut, map_flow, map_page
from overview.selectors.maps.stations import stations_of
from overview.sheets import html_of_sheet
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
    TouchpointFactory,
)
from tests.overview.test_maps import map_of

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

# within the last twelve months, and so long ago that every window is over
FIRST = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=300)


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


@pytest.fixture
def points(organization):
    channels = {"shop": "store", "visit": "field", "bill": "post", "hotline": "phone", "branch": "store"}
    return {
        key: TouchpointFactory(organization=organization, key=key, name=key.capitalize(), channel=channel)
        for key, channel in channels.items()
    }


@pytest.fixture
def drawn(ada, points):
    return map_of(
        ada,
        ("Buys", points["shop"], None),
        ("Thinks", None, None),
        ("Waits", points["visit"], None),
        ("Is visited", points["visit"], None),
        ("Pays", points["bill"], None),
    )


@pytest.fixture
def say(organization, nps, points):
    """One customer at touchpoints, each so many days after the first day."""

    def heard(*places, customer=None, **more):
        contact = customer or ContactFactory(organization=organization)
        for key, day in places:
            FeedbackFactory(
                metric=nps,
                touchpoint=points[key],
                score=9,
                contact=contact,
                occurred_at=FIRST + timedelta(days=day),
                **more,
            )
        return contact

    return heard


@pytest.fixture
def heard(say):
    """Of 20 in the shop 8 go on to the visit, 2 straight to the bill, 4 turn to the phone, 6 do neither."""
    for number in range(8):
        say(("shop", 0), ("visit", 2 + number))
    for _number in range(2):
        say(("shop", 0), ("bill", 20))
    for _number in range(4):
        say(("shop", 0), ("hotline", 1), ("visit", 3))
    for _number in range(6):
        say(("shop", 0))
    say(("bill", 200))  # the feed of the last step goes on until then


def test_steps_on_the_same_touchpoint_are_one_station_and_those_without_are_passed(ada, drawn, points):
    found = stations_of(map_flow(ada, drawn).view.steps)
    assert [[step.step.number for step in one.steps] for one in found] == [[1], [3, 4], [5]]
    assert [one.later for one in found] == [
        {points["visit"].pk, points["bill"].pk},
        {points["bill"].pk},
        set(),
    ]


def test_a_touchpoint_that_comes_again_stands_once_and_counts_as_later(ada, points):
    row = map_of(
        ada,
        ("Looks", points["shop"], None),
        ("Asks", points["hotline"], None),
        ("Buys", points["shop"], None),
    )
    first, second = stations_of(map_flow(ada, row).view.steps)
    assert [step.step.number for step in first.steps] == [1, 3]
    assert (first.later, second.later) == ({points["hotline"].pk}, {points["shop"].pk})


def test_what_came_first_counts(ada, drawn, heard):
    flow = map_flow(ada, drawn)
    shop, visit, bill = flow.lines
    assert (shop.name, visit.name, bill.name) == ("1 Shop", "3, 4 Visit", "5 Bill")
    # 10 of 20, 4 of 20 and 6 of 20, with the limits of Wilson (1927)
    assert (shop.n, str(shop.on), str(shop.aside), str(shop.out)) == (
        20,
        "50% (30% to 70%)",
        "20% (8% to 42%)",
        "30% (15% to 52%)",
    )
    # Woodruff: the second and the ninth of ten
    assert str(shop.time) == "6.0 days (3.0 to 20 days)"
    assert shop.aside_to == ""  # four customers: too few to be told
    assert shop.unknown == ""
    assert (visit.n, str(visit.out)) == (12, "100% (76% to 100%)")
    assert (bill.n, bill.found, bill.note) == (3, None, "The last step that can be followed")
    assert bill.customers == "fewer than 5"
    assert flow.sentence == (
        "After “3, 4 Visit”, 100% (76% to 100%) of the customers are not heard again within 90 days. "
        "That is clearly more than after any other step."
    )
    assert flow.notes[0] == "100% of 35 answers at its touchpoints name a customer."


def test_fewer_than_five_are_not_told_by_the_chart_either(ada, drawn, heard):
    """Neither in its table, nor in its text, nor where a pointer rests on it."""
    chart = map_flow(ada, drawn).drawing
    assert [(row[1].text, row[1].value) for row in chart.table.rows] == [
        ("20", 20),
        ("12", 12),
        ("fewer than 5", None),
    ]
    hovered = {one["n"] for part in chart.spec["layer"] for one in values_of(part) if "n" in one}
    assert hovered == {"20", "12", "fewer than 5"}


def test_a_share_that_is_there_is_never_written_as_none(ada, drawn, heard, say):
    """1 of 231 turns to the phone: not "0%" beside a customer who did."""
    say(("visit", 0), ("hotline", 3))
    for _number in range(218):
        say(("visit", 0))
    line = map_flow(ada, drawn).lines[1]
    assert line.found.aside.value == pytest.approx(1 / 231)
    assert str(line.aside) == "<1% (<1% to 2%)"  # Wilson: 0.0008 to 0.0241
    assert str(line.on) == "0% (0% to 2%)"


def values_of(part):
    return part.get("data", {}).get("values", ())


def test_five_who_turn_to_one_channel_are_told(ada, drawn, heard, say):
    say(("shop", 0), ("hotline", 4))
    assert map_flow(ada, drawn).lines[0].aside_to == "Phone (5)"


def test_the_same_channel_off_the_way_is_neither(ada, drawn, heard, say):
    """Another branch is still the shop; then comes the visit."""
    say(("shop", 0), ("branch", 1), ("visit", 5))
    line = map_flow(ada, drawn).lines[0]
    assert (round(line.found.on.value, 6), round(line.found.aside.value, 6)) == (
        round(11 / 21, 6),
        round(4 / 21, 6),
    )


def test_who_came_lately_is_not_known_yet_and_never_lost(ada, drawn, heard, say):
    before = map_flow(ada, drawn).lines[0]
    for _number in range(30):
        say(("shop", 195))  # five days before the last bill
    line = map_flow(ada, drawn).lines[0]
    assert (line.n, line.unknown) == (50, "30 not known yet")
    # by hand: all 50 are watched for five days, in which 8 have an outcome; of the 12 left, 6. Raw: 36 of 50.
    assert line.found.out.value == pytest.approx(42 / 50 * 6 / 12)
    assert before.found.out.value == pytest.approx(0.3)


def test_a_feed_that_ended_makes_nobody_fall_out(ada, drawn, heard, say):
    """Nothing is heard at the later steps after day 200: who came to the shop then is not watched."""
    for _number in range(30):
        say(("shop", 210))
    say(("hotline", 280))  # elsewhere they go on answering
    assert map_flow(ada, drawn).lines[0].n == 20


def test_the_window_is_chosen(ada, drawn, heard):
    line = map_flow(ada, drawn, FlowCut(window=7)).lines[0]
    assert line.found.on.value == pytest.approx(6 / 20)  # on day 2 to 7


def test_several_touchpoints_at_once_give_no_order(ada, drawn, heard, say):
    """A survey that asks about every touchpoint is no way through them."""
    for _number in range(10):
        say(("shop", 5), ("visit", 5), ("bill", 5))
    flow = map_flow(ada, drawn)
    assert flow.lines[0].n == 20
    assert "10 times are left out at which a customer spoke of several touchpoints at once." in flow.notes


def test_each_customer_counts_once_by_the_first_time(ada, drawn, heard, say):
    say(("shop", 1), ("shop", 30), ("shop", 60), ("visit", 70))
    line = map_flow(ada, drawn).lines[0]
    assert (line.n, line.found.on.value) == (21, pytest.approx(11 / 21))  # 69 days after the first


def test_answers_that_name_nobody_are_refused_in_words(ada, drawn, organization, nps, points):
    for number in range(40):
        at = FIRST + timedelta(days=number)
        FeedbackFactory(metric=nps, touchpoint=points["shop"], score=9, occurred_at=at)
        FeedbackFactory(metric=nps, touchpoint=points["visit"], score=9, occurred_at=at)
    flow = map_flow(ada, drawn)
    assert flow.sentence == (
        "The answers do not say how customers go on: hardly any was heard at two steps. "
        "0% of 80 answers at its touchpoints name a customer."
    )
    assert (flow.lines, flow.drawing) == ((), None)


def test_chance_meetings_of_ids_are_refused(ada, drawn, say, organization, nps, points):
    """Six of a thousand: the ids do not reach from one step to the next."""
    for number in range(6):
        say(("shop", 0), ("visit", 2 + number))
    contacts = Contact.objects.bulk_create(
        [Contact(organization=organization, external_reference=f"X{n}") for n in range(700)]
    )
    for contact in contacts:
        FeedbackFactory(metric=nps, touchpoint=points["shop"], score=9, contact=contact, occurred_at=FIRST)
    say(("bill", 200))
    assert map_flow(ada, drawn).lines == ()


def test_one_touchpoint_alone_has_no_way(ada, points, say):
    row = map_of(ada, ("Waits", points["visit"], None), ("Is visited", points["visit"], None))
    assert map_flow(ada, row).sentence == (
        "Customers can be followed between steps with different touchpoints."
    )


# --- customers that were erased and merged ------------------------------------------------------


def test_an_erased_customer_is_nobody(ada, drawn, heard, say):
    gone = say(("shop", 0), ("visit", 3))
    assert map_flow(ada, drawn).lines[0].n == 21
    erase_contact(by=ada, contact=gone)
    flow = map_flow(ada, drawn)
    assert flow.lines[0].n == 20
    assert flow.notes[0] == "95% of 37 answers at its touchpoints name a customer."


def test_an_erased_customer_of_a_firm_does_not_become_the_firm(ada, organization, drawn, heard, say):
    firm = CustomerAccountFactory(organization=organization)
    gone = say(("shop", 0), ("visit", 3), account=firm)
    erase_contact(by=ada, contact=gone)
    assert map_flow(ada, drawn).lines[0].n == 20


def test_merged_contacts_are_one_customer(ada, drawn, heard, say):
    kept, gone = say(("shop", 0)), say(("visit", 3))
    before = map_flow(ada, drawn).lines[0].found
    merge_contacts(by=ada, kept=kept, gone=gone)
    after = map_flow(ada, drawn).lines[0].found
    assert (before.n, after.n) == (21, 21)
    assert (before.on.value, after.on.value) == (pytest.approx(10 / 21), pytest.approx(11 / 21))


def test_accounts_are_followed_where_that_is_asked_and_merged_ones_are_one(
    ada, organization, drawn, nps, points
):
    firms = [CustomerAccountFactory(organization=organization) for _number in range(13)]
    for number, firm in enumerate(firms[:10]):
        for key, day in (("shop", 0), ("visit", 2 + number)):
            at = FIRST + timedelta(days=day)
            FeedbackFactory(metric=nps, touchpoint=points[key], score=9, account=firm, occurred_at=at)
    for firm, key, day in ((firms[10], "shop", 0), (firms[11], "bill", 60), (firms[12], "bill", 200)):
        at = FIRST + timedelta(days=day)
        FeedbackFactory(metric=nps, touchpoint=points[key], score=9, account=firm, occurred_at=at)
    cut = FlowCut(followed=Followed.ACCOUNTS)
    assert map_flow(ada, drawn, cut).lines[0].found.on.value == pytest.approx(10 / 11)
    assert map_flow(ada, drawn).lines == ()  # people are not known
    merge_accounts(by=ada, kept=firms[10], gone=firms[11])
    assert map_flow(ada, drawn, cut).lines[0].found.on.value == 1


def test_a_merged_touchpoint_is_the_one_that_it_means_now(ada, drawn, heard, points):
    inventory.merge_touchpoints(by=ada, kept=points["branch"], gone=points["shop"])
    flow = map_flow(ada, drawn)
    assert (flow.lines[0].name, flow.lines[0].n) == ("1 Branch", 20)


# --- what it is narrowed to ---------------------------------------------------------------------


def test_segment_and_time_narrow_who_is_followed(ada, drawn, heard, say):
    for number in range(7):
        say(("shop", 10), ("visit", 12 + number), segment="Firm")
    say(("bill", 201), segment="Firm")
    assert map_flow(ada, drawn, FlowCut(segment="Firm")).lines[0].n == 7
    cut = FlowCut(start=FIRST + timedelta(days=5), end=FIRST + timedelta(days=11))
    assert map_flow(ada, drawn, cut).lines[0].n == 7
    cut = FlowCut(start=FIRST - timedelta(days=5), end=FIRST + timedelta(days=10))
    assert map_flow(ada, drawn, cut).lines[0].n == 20  # those of day 10 came too late


def test_other_organizations_are_not_read(ada, dora, drawn, heard):
    theirs = TouchpointFactory(organization=dora.organization, key="shop")
    metric = MetricDefinitionFactory(organization=dora.organization, key="nps")
    contact = ContactFactory(organization=dora.organization)
    FeedbackFactory(metric=metric, touchpoint=theirs, score=9, contact=contact, occurred_at=FIRST)
    assert map_flow(ada, drawn).lines[0].n == 20


def test_of_very_many_answers_those_of_some_customers_are_read(ada, drawn, heard, monkeypatch):
    monkeypatch.setattr("customer_voice.selectors.ways.MOST_ANSWERS", 20)
    flow = map_flow(ada, drawn)
    assert "To answer in time, the answers of one customer in 2 are read." in flow.notes
    assert flow.notes[0].endswith("of 35 answers at its touchpoints name a customer.")
    found = selectors.visits(
        ada.organization,
        start=FIRST - timedelta(days=1),
        end=FIRST + timedelta(days=300),
        followed=Followed.PEOPLE,
    )
    assert set(found.customers % 2) == {0}


# --- the page -----------------------------------------------------------------------------------


def test_the_page_and_its_fragment(client_of, cleo, drawn, heard):
    address = reverse("overview:map_flow", args=["northwind", drawn.key])
    page = client_of(cleo).get(address, {"window": "60"}).content.decode()
    for said in ("within 60 days", "30% to 70%", "turn to another channel", "3, 4 Visit", "data-chart"):
        assert said in page
    part = client_of(cleo).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "30% to 70%" in part
    assert "<html" not in part
    whole = client_of(cleo).get(
        reverse("overview:map_detail", args=["northwind", drawn.key]), {"segment": ""}
    )
    assert f'data-hx-get="{address}"' in whole.content.decode()


def test_what_cannot_be_read_counts_as_not_given(client_of, cleo, drawn, heard):
    address = reverse("overview:map_flow", args=["northwind", drawn.key])
    page = client_of(cleo).get(address, {"window": "12345", "followed": "nobody", "span": "x"})
    assert "within 90 days" in page.content.decode()


def test_the_number_of_queries_does_not_grow(ada, drawn, heard, say, points):
    with CaptureQueriesContext(connection) as few:
        map_flow(ada, drawn)
    for number in range(20):
        say(("shop", 0), ("visit", number + 1))
    with CaptureQueriesContext(connection) as many:
        map_flow(ada, drawn)
    assert len(many) == len(few) <= 8


def test_the_sheet_to_hang_up_has_the_flow(ada, drawn, heard):
    sheet = services.request_sheet(by=ada, map=drawn, size="a3", language="en")
    html = html_of_sheet(sheet, map_page(ada, drawn), map_flow(ada, drawn))
    assert "How customers go on from step to step" in html
    assert "100% of 35 answers at its touchpoints name a customer." in html


# --- the API ------------------------------------------------------------------------------------


def test_the_api_gives_shares_and_times(api_of, cleo, drawn, heard, points):
    answer = api_of(cleo).get(
        reverse("api:journey_map_flow", args=["northwind", drawn.key]), {"window": "60"}
    )
    assert answer.status_code == 200
    told = answer.json()
    assert told["window_days"] == 60
    first, second, last = told["lines"]
    step = drawn.content[f"order.{drawn.content['stages'][0]}"][0]
    assert (first["steps"], first["touchpoints"], first["customers"]) == ([step], ["shop"], 20)
    assert first["shares"]["on"]["value"] == pytest.approx(0.5)
    assert first["shares"]["aside"]["value"] == pytest.approx(0.2)
    assert (first["shares"]["time"]["median"], first["shares"]["unknown"]) == (6, 0)
    assert second["shares"]["time"] is None
    assert (last["customers"], last["shares"]) == (None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("window", "5"), ("followed", "dogs"), ("segment", "Nobody"), ("account", "Nobody"), ("span", "ever")],
)
def test_the_api_says_what_it_does_not_know(api_of, cleo, drawn, name, value):
    answer = api_of(cleo).get(reverse("api:journey_map_flow", args=["northwind", drawn.key]), {name: value})
    assert answer.status_code == 422
    assert value in str(answer.json())
    assert name in answer.json()["errors"]


def test_the_api_gives_the_live_values_and_drafts_from_a_step(api_of, ada, drawn, heard, points, nps):
    rebuild_rollup(organization=ada.organization)
    client = api_of(ada)
    told = client.get(reverse("api:journey_map_live", args=["northwind", drawn.key])).json()
    assert [step["number"] for step in told["steps"]] == [1, 2, 3, 4, 5]
    (figure,) = told["steps"][0]["figures"]
    assert (figure["touchpoint"], figure["metric"], figure["value"]) == ("shop", "nps", "100")
    unknown = client.get(reverse("api:journey_map_live", args=["northwind", drawn.key]), {"metric": "csat"})
    assert unknown.status_code == 422
    steps = drawn.content[f"order.{drawn.content['stages'][0]}"]
    made = client.post(reverse("api:journey_map_draft", args=["northwind", drawn.key, steps[0]]))
    assert made.status_code == 201
    assert Initiative.objects.get().number == made.json()["number"]
    without = client.post(reverse("api:journey_map_draft", args=["northwind", drawn.key, steps[1]]))
    assert without.status_code == 422
    gone = client.post(reverse("api:journey_map_draft", args=["northwind", drawn.key, "gone"]))
    assert gone.status_code == 404

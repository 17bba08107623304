"""One field finds what stands in every room, as far as the reader may open it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from assessments import services as assessments
from coalition.services import suggest_improvement
from customer_voice.models import MetricDefinition
from journeys.maps import services as maps
from overview import selectors
from overview.selectors import searching
from reports.choices import ReportKind
from reports.models import Report
from tests.factories import BusinessFunctionFactory, MembershipFactory, OrganizationFactory
from tests.factories.assessments import make_assessment, make_framework
from tests.factories.coalition import InitiativeFactory
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
)
from tests.factories.journeys import TouchpointFactory
from tests.factories.surveys import survey_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline", name="Repair hotline")


def _found(member, text):
    """What is found: room -> titles."""
    page = selectors.search(member, text)
    return {group.key: [hit.title for hit in group.hits] for group in page.groups}


def _report(by, title, code="ABCD-EFGH-JKLM-NPQR"):
    return Report.objects.create(
        organization=by.organization,
        kind=ReportKind.BOARD,
        title=title,
        verification_code=code,
        created_by=by,
    )


def test_every_room_is_looked_through_and_each_row_leads_to_its_page(
    organization, ada, hotline, django_assert_num_queries
):
    service = BusinessFunctionFactory(organization=organization, key="service", name="Service")
    pia = MembershipFactory(
        organization=organization, user__name="Pia Repairman", role=Role.CONTRIBUTOR, function=service
    )
    draft = InitiativeFactory(organization=organization, owner=ada, title="Faster repair")
    suggestion = suggest_improvement(by=pia, touchpoint=hotline, text="Call before the repair")
    drawn = maps.new_map(by=ada, values=maps.MapValues(name="A repair at home", persona="Tenant"))
    metric = MetricDefinitionFactory(organization=organization, key="repairs", name="Repair days")
    survey = survey_of(ada, name="After the repair", touchpoint=hotline)
    firm = CustomerAccountFactory(organization=organization, name="Repair & Sons", segment="Business")
    contact = ContactFactory(organization=organization, name="Mr. Repairer", account=firm)
    said = FeedbackFactory(metric=metric, touchpoint=hotline, text="The repair took a week.")
    round_ = make_assessment(ada, title="Repair shops 2026")
    report = _report(ada, "Board pack: repair")

    with django_assert_num_queries(12):  # one a room
        page = selectors.search(ada, "REPAIR")
    assert {group.key: [(hit.title, hit.note) for hit in group.hits] for group in page.groups} == {
        "initiatives": [("Faster repair", f"{draft.reference} · Draft")],
        "touchpoints": [("Repair hotline", "")],
        "maps": [("A repair at home", "Tenant")],
        "metrics": [("Repair days", "")],
        "reports": [("Board pack: repair", f"Board pack · {_day(report.created_at)}")],
        "people": [("Pia Repairman", "Contributor · Service")],
        "accounts": [("Repair & Sons", "Business")],
        "contacts": [("Mr. Repairer", "Repair & Sons")],
        "surveys": [("After the repair", "Repair hotline · Draft")],
        "assessments": [("Repair shops 2026", "Open")],
        "suggestions": [("Call before the repair", "Repair hotline · Waiting for an answer")],
        "feedback": [("The repair took a week.", "Repair hotline · Mar 14, 2026")],
    }
    assert page.number == 12
    assert [group.hits[0].url for group in page.groups] == [
        f"/o/northwind/decide/{draft.number}/",
        "/o/northwind/touchpoints/hotline/",
        f"/o/northwind/journeys/{drawn.key}/",
        "/o/northwind/listen/metrics/repairs/",
        f"/o/northwind/reports/{report.pk}/",
        f"/o/northwind/settings/people/{pia.pk}/",
        f"/o/northwind/listen/customers/{firm.pk}/",
        f"/o/northwind/listen/customers/contacts/{contact.pk}/",
        f"/o/northwind/listen/surveys/{survey.pk}/",
        f"/o/northwind/assess/{round_.pk}/",
        f"/o/northwind/decide/suggestions/{suggestion.pk}/",
        f"/o/northwind/listen/feedback/{said.pk}/",
    ]


def _day(moment):
    return f"{moment:%b} {moment.day}, {moment.year}"


def test_what_may_not_be_opened_is_not_found(organization, ada, ben, cleo, dora, hotline):
    make_framework(kind="quick")
    mine = assessments.start_quick_check(by=ada).assessment
    mine.title = "Secret check"
    mine.save()
    suggest_improvement(by=ada, touchpoint=hotline, text="A secret wish")
    foreign = OrganizationFactory(name="Third", slug="third")
    InitiativeFactory(organization=foreign, title="Secret of others")
    assert _found(ada, "secret") == {"assessments": ["Secret check"], "suggestions": ["A secret wish"]}
    assert _found(ben, "secret") == {"suggestions": ["A secret wish"]}
    assert _found(cleo, "secret") == {}
    assert _found(dora, "secret") == {}
    assert _found(dora, "hotline") == {}


def test_every_word_has_to_occur_in_any_order(organization, ada):
    TouchpointFactory(organization=organization, key="a", name="Store visit", purpose="Buy a phone")
    TouchpointFactory(organization=organization, key="b", name="Installation visit")
    assert _found(ada, "visit") == {"touchpoints": ["Installation visit", "Store visit"]}
    assert _found(ada, "  phone   VISIT ") == {"touchpoints": ["Store visit"]}
    assert _found(ada, "visit tablet") == {}


def test_the_list_that_a_room_leads_to_finds_the_same_words(organization, ada, client_of):
    TouchpointFactory(organization=organization, key="a", name="Store visit", purpose="Buy a phone")
    shown = client_of(ada).get("/o/northwind/touchpoints/", {"q": "phone visit"}).text
    assert "/o/northwind/touchpoints/a/" in shown


def test_an_initiative_is_found_by_its_number_and_a_report_by_its_printed_code(organization, ada):
    first = InitiativeFactory(organization=organization, title="First")
    _report(ada, "Board pack", "ZD6O-NPN4-X4RR-NUYC")
    _report(ada, "Another one", "D47E-JAVZ-MVVG-CV27")
    assert _found(ada, first.reference.lower()) == {"initiatives": ["First"]}
    assert _found(ada, "zd6onpn4") == {"reports": ["Board pack"]}
    assert _found(ada, "ZD6O-NPN4-X4RR-NUYC") == {"reports": ["Board pack"]}
    assert _found(ada, "zd6") == {}  # three signs of a code are none


def test_five_of_a_room_are_shown_and_the_list_has_the_others(organization, ada):
    for number in range(6):
        TouchpointFactory(organization=organization, key=f"desk-{number}", name=f"Desk {number}")
    (group,) = selectors.search(ada, "desk").groups
    assert [hit.title for hit in group.hits] == [f"Desk {number}" for number in range(5)]
    assert group.has_more
    assert group.more_url == "/o/northwind/touchpoints/?q=desk"
    (group,) = selectors.search(ada, "desk 4").groups
    assert not group.has_more


def test_the_list_of_more_suggestions_is_one_that_the_reader_may_open(client_of, organization, ada, hotline):
    pia = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR)
    for number in range(6):
        suggest_improvement(by=pia, touchpoint=hotline, text=f"A shorter queue {number}")
    for member, url in ((pia, "/o/northwind/my-part/"), (ada, "/o/northwind/decide/suggestions/")):
        (group,) = selectors.search(member, "queue").groups
        assert (group.more_url, group.has_more) == (url, True)
        page = client_of(member).get(group.more_url)
        assert page.status_code == 200
        assert "A shorter queue 0" in page.text


def test_of_several_versions_of_a_metric_one_is_named_and_retired_ones_say_so(organization, ada):
    old = MetricDefinitionFactory(
        organization=organization, key="nps", version=1, is_retired=True, name="NPS desk"
    )
    MetricDefinitionFactory(
        organization=organization, key="nps", version=2, series=old.series, name="NPS desk"
    )
    MetricDefinitionFactory(organization=organization, key="old", is_retired=True, name="Old desk")
    (group,) = selectors.search(ada, "desk").groups
    assert [(hit.title, hit.note) for hit in group.hits] == [("NPS desk", ""), ("Old desk", "retired")]
    MetricDefinition.objects.filter(pk=old.pk).update(name="Counter")
    (group,) = selectors.search(ada, "counter").groups  # by the name of its first version
    assert [(hit.title, hit.note) for hit in group.hits] == [("NPS desk", "")]


def test_a_former_name_of_a_metric_that_goes_on_does_not_call_it_retired(organization, ada):
    """Another series has its key since: who looks for the former name is told what it is called today."""
    MetricDefinitionFactory(organization=organization, key="nps", version=1, is_retired=True, name="Counter")
    MetricDefinitionFactory(organization=organization, key="nps", version=2, name="NPS desk")
    (group,) = selectors.search(ada, "counter").groups
    assert [(hit.title, hit.note) for hit in group.hits] == [("Counter", "today: NPS desk (v2)")]


def test_the_newest_comments_come_first_with_the_part_that_holds_the_word(
    organization, ada, hotline, monkeypatch
):
    metric = MetricDefinitionFactory(organization=organization)
    long = (
        "All was well and friendly from the first day. " * 5
        + "Then the router broke. "
        + "Nobody came. " * 20
    )
    day = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for place, text in enumerate(["An old router", long, "No word of it"]):
        FeedbackFactory(metric=metric, touchpoint=hotline, text=text, occurred_at=day + timedelta(days=place))
    found = _found(ada, "router")["feedback"]
    assert found[1] == "An old router"
    assert found[0].startswith("…")
    assert found[0].endswith("…")
    assert "Then the router broke. Nobody came." in found[0]
    assert len(found[0]) < 150
    monkeypatch.setattr(searching, "NEWEST_ANSWERS", 2)
    assert len(_found(ada, "router")["feedback"]) == 1
    assert selectors.search(ada, "router").all_comments_url == "/o/northwind/listen/feedback/?q=router"


def test_who_may_not_edit_people_is_led_to_their_list(organization, cleo, ben):
    (group,) = selectors.search(cleo, "Ben").groups
    assert [(hit.title, hit.url) for hit in group.hits] == [("Ben", "/o/northwind/settings/people/")]


def test_nothing_is_asked_for_where_no_word_is_given(ada, django_assert_num_queries):
    for text in ("", "   ", "\u200b\u200b", "\u3164"):
        with django_assert_num_queries(0):
            assert selectors.search(ada, text).groups == ()


def test_the_page_says_what_was_found_and_what_was_not(client_of, organization, ada, hotline):
    client = client_of(ada)
    url = reverse("overview:search", args=["northwind"])
    page = client.get(url, {"q": "hotline"}).text
    assert '<a href="/o/northwind/touchpoints/hotline/" dir="auto">Repair hotline</a>' in page
    assert "1 row found." in page
    assert page.count('value="hotline"') == 2  # the field of the frame and the one of the page
    page = client.get(url, {"q": "<b>zebra"}).text
    assert "Nothing was found for “&lt;b&gt;zebra”" in page
    assert "/o/northwind/listen/feedback/?q=%3Cb%3Ezebra" in page
    assert "A name, a word of a comment, INI-4" in client.get(url).text


def test_the_field_stands_on_every_page_of_the_frame(client_of, ada):
    page = client_of(ada).get(reverse("home", args=["northwind"])).text
    assert 'action="/o/northwind/search/"' in page
    assert 'id="frame-search"' in page


def test_programs_search_too_and_are_told_what_is_missing(api_of, ada, hotline):
    api, url = api_of(ada), "/api/v1/o/northwind/search/"
    answer = api.get(url, {"q": "hotline"})
    assert answer.json() == {
        "text": "hotline",
        "groups": [
            {
                "key": "touchpoints",
                "name": "Touchpoints",
                "hits": [{"title": "Repair hotline", "note": "", "url": "/o/northwind/touchpoints/hotline/"}],
                "has_more": False,
                "more_url": "/o/northwind/touchpoints/?q=hotline",
            }
        ],
    }
    for text, said in (("", "Say in q what to look for."), ("x" * 101, "At most 100 characters.")):
        answer = api.get(url, {"q": text})
        assert answer.status_code == 422
        assert said in answer.text
    assert api.get(url, {"q": "x" * 100}).status_code == 200

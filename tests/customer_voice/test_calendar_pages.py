"""The pages of business hours and service levels, and what the API says of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from customer_voice import services
from customer_voice.forms.calendars import hours_text, own_days_text, read_hours
from customer_voice.models import (
    BusinessCalendar,
    CalendarVersion,
    MetricDefinition,
    ServiceLevel,
    WorkingSpan,
)
from customer_voice.services import Hours, calendars
from tests.conftest import OLDEST_DAY
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
LISTEN = "/o/northwind/listen"
OFFICE = (((540, 1020),),) * 5 + ((), ())
TYPED = {
    "name": "Desk",
    **{f"day_{place}": "9-12:30, 13:30–18" for place in range(5)},
    "day_5": "",
    "day_6": "22:00-06:00",
    "country": "DE",
    "subdivision": "bayern",
    "own_days": "2026-12-24 09:00–12:00 Christmas Eve\n2026-12-31\n",
}


@pytest.fixture
def page(client_of, ada):
    return client_of(ada)


@pytest.fixture
def desk(ada):
    return services.create_calendar(by=ada, hours=Hours(name="Desk", week=OFFICE))


@pytest.fixture
def ttr(organization):
    return MetricDefinitionFactory(organization=organization, key="ttr")


def test_a_calendar_reaches_back_to_the_oldest_answer(organization, ada, monkeypatch):
    monkeypatch.setattr(calendars, "FIRST_DAY", OLDEST_DAY)
    organization.time_zone = "UTC"
    organization.save()
    ada.refresh_from_db()
    services.create_calendar(by=ada, hours=Hours(name="Desk", week=OFFICE))
    first = WorkingSpan.objects.earliest("starts_at")
    assert (first.starts_at, first.before) == (datetime(1990, 1, 1, 9, tzinfo=UTC), 0)  # a Monday


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("09:00–17:00", ((540, 1020),)),
        ("13.30-18, 9-12:30", ((540, 750), (810, 1080))),
        ("0-24", ((0, 1440),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("8:00 至 12:00；14:00 ~ 18:00", ((480, 720), (840, 1080))),
        ("10:00-10:00", ((600, 2040),)),
        ("9am-12:30 PM, 1:30 p.m.-6pm, 12am-1am", ((0, 60), (540, 750), (810, 1080))),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours):
    assert read_hours(text) == hours
    assert read_hours(hours_text(hours)) == hours


@pytest.mark.parametrize(
    "text", ["nine to five", "9", "25-26", "09:60-10:00", "24-8", "9-25", "13pm-14pm", "0am-5"]
)
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(ValidationError):
        read_hours(text)


def test_days_of_ones_own_are_written_as_they_are_read():
    days = [
        {"day": "2026-12-24", "name": "Christmas Eve", "hours": [[540, 720], [780, 900]]},
        {"day": "2026-12-31", "name": "", "hours": []},
    ]
    assert own_days_text(days) == "2026-12-24 09:00–12:00, 13:00–15:00 Christmas Eve\n2026-12-31"


def test_a_calendar_is_added_and_shown(page, organization):
    assert "No calendar yet" in page.get(f"{LISTEN}/calendars/").text
    sent = page.post(f"{LISTEN}/calendars/new/", TYPED)
    assert sent.status_code == 302, sent.text
    version = CalendarVersion.objects.get()
    assert version.weeks[0]["days"][0] == [[540, 750], [810, 1080]]
    assert version.weeks[0]["days"][6] == [[1320, 1800]]
    assert (version.country, version.subdivision) == ("DE", "BY")
    assert version.own_days == [
        {"day": "2026-12-24", "name": "Christmas Eve", "hours": [[540, 720]]},
        {"day": "2026-12-31", "name": "", "hours": []},
    ]
    shown = page.get(f"{LISTEN}/calendars/").text
    assert "9:00\xa0AM–12:30\xa0PM, 1:30\xa0PM–6:00\xa0PM" in shown  # the clock of the reader
    assert "10:00\xa0PM–6:00\xa0AM" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day_2": "morning"}, "“morning” is no span of hours"),
        ({"day_0": "9-12, 11-13"}, "overlap"),
        ({"own_days": "24.12.2026 closed"}, "Line 1 has no day"),
        ({"own_days": "2026-12-24 9-8:99 x"}, "Line 1"),
        ({"subdivision": "Atlantis"}, "Known: "),
        ({"name": ""}, "required"),
        ({f"day_{place}": "" for place in range(7)}, "at least one day"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(page, organization, wrong, words):
    sent = page.post(f"{LISTEN}/calendars/new/", {**TYPED, **wrong})
    assert sent.status_code == 422
    assert words in sent.text
    assert not BusinessCalendar.objects.exists()
    assert all(text.split("\n")[0] in sent.text for text in wrong.values() if "<" not in text)


def test_a_change_says_that_everything_is_counted_anew(page, desk):
    form = page.get(f"{LISTEN}/calendars/{desk.key}/edit/")
    assert "09:00–17:00" in form.text
    typed = {"name": "Desk", **{f"day_{place}": "09:00–18:00" for place in range(5)}, "first": ""}
    sent = page.post(f"{LISTEN}/calendars/{desk.key}/edit/", typed, follow=True)
    assert "counted again" in sent.text
    assert "Version 2 is being counted" in sent.text
    services.recount_calendar(version_id=CalendarVersion.objects.get(number=2).pk)
    shown = page.get(f"{LISTEN}/calendars/").text
    assert "9:00\xa0AM–6:00\xa0PM" in shown
    assert "is being counted" not in shown


def test_a_metric_chooses_its_calendar_on_its_form(page, desk, ttr):
    form = page.get(f"{LISTEN}/definitions/ttr/edit/")
    assert "business hours of Desk" in form.text
    typed = {"name": "TTR", "kind": "ttr", "rule": "duration", "calendar": desk.key}
    assert page.post(f"{LISTEN}/definitions/ttr/edit/", typed).status_code == 302
    ttr.refresh_from_db()
    assert (ttr.calendar, ttr.counted_by.number) == (desk.key, 1)
    assert "Counted in business hours (Desk, version 1)" in page.get(f"{LISTEN}/metrics/ttr/").text


def test_a_page_of_times_says_what_counts_as_one(page, ttr):
    shown = page.get(f"{LISTEN}/metrics/ttr/").text
    assert "A case that was reopened counts until it was resolved for the last time" in shown
    assert "A case that was merged into another one counts once" in shown
    assert "nights, weekends and holidays" in shown


def test_service_levels_are_set_counted_shown_and_removed(page, api_of, ada, organization, ttr):
    TouchpointFactory(organization=organization, key="hotline")
    opened = datetime(2026, 3, 2, 8, tzinfo=UTC)
    items = [
        {"external_id": f"c{place}", "occurred_at": opened.isoformat(), "touchpoint": "hotline",
         "resolved_at": (opened + timedelta(hours=place + 1)).isoformat()}
        for place in range(20)
    ]  # fmt: skip
    services.record_feedback(organization=organization, metric=ttr, source="desk", items=items)
    assert page.post(f"{LISTEN}/metrics/ttr/levels/", {"hours": "8", "share": "90"}).status_code == 302
    assert "is being counted" in page.get(f"{LISTEN}/metrics/ttr/").text
    services.recount_service_level(level_id=ServiceLevel.objects.get().pk)
    shown = page.get(f"{LISTEN}/metrics/ttr/").text
    assert "within 8 hours" in shown
    assert "40%" in shown  # eight of twenty
    assert "missed" in shown
    series = api_of(ada).get("/api/v1/o/northwind/metrics/ttr/series/").json()
    (level,) = series["levels"]
    assert (level["seconds"], level["wanted_share"], level["is_counted"]) == (28_800, 0.9, True)
    (point,) = [one for one in level["points"] if one["n"]]
    assert (point["share"], point["n"], point["open_cases"]) == (pytest.approx(0.4), 20, 0)
    assert point["low"] < 0.4 < point["high"] < 0.9
    again = page.post(f"{LISTEN}/metrics/ttr/levels/", {"hours": "1000000", "share": ""})
    assert again.status_code == 422
    page.post(f"{LISTEN}/metrics/ttr/levels/28800/remove/")
    assert not ServiceLevel.objects.exists()
    assert "Cases in time" not in page.get(f"{LISTEN}/metrics/ttr/").text


def test_the_api_says_which_calendar_counted(api_of, ada, desk):
    services.define_metric(by=ada, values={"name": "TTR", "kind": "ttr", "calendar": desk.key})
    found = api_of(ada).get("/api/v1/o/northwind/metrics/ttr/").json()
    assert (found["calendar"], found["calendar_version"]) == ("desk", 1)
    assert MetricDefinition.objects.get().counted_by.calendar == desk

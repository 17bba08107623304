"""Reminders: one letter a day, in the morning, of what is still to be done, each thing once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership, Organization, Reminder, ReminderLetter, ReminderWish
from accounts.services import (
    choose_reminders,
    create_api_token,
    invite_person,
    remind,
    reminders,
    send_due_reminders,
)
from common import dates
from common.dates import DateAhead, DateKind, ahead_of, kinds_of_dates
from common.errors import InvalidValues

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def _utc(organization) -> None:
    organization.time_zone = "UTC"
    organization.save()


@pytest.fixture
def at(monkeypatch):
    def set_now(day: date = TODAY, hour: int = 8, minute: int = 0) -> None:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_now()
    return set_now


@pytest.fixture
def ahead(monkeypatch, at):
    """What is ahead, said by the test instead of the rooms."""
    rows: list[DateAhead] = []
    asked: list[Any] = []

    def provider(question: Any) -> list[DateAhead]:
        asked.append(question)
        return rows

    monkeypatch.setattr(dates.dates_ahead, "_paths", ["tests.nowhere"])
    monkeypatch.setattr("common.registry._provider", lambda path: provider)
    kinds = [
        DateKind(key="vote", label="Vote", who="who votes", days_before=2),
        DateKind(key="link", label="Link", who="who gave it", days_before=None),
    ]
    monkeypatch.setattr(reminders, "kinds_of_dates", lambda: tuple(kinds))
    return rows


def one(*people: Membership, **changes: Any) -> DateAhead:
    given: dict[str, Any] = {
        "kind": "vote",
        "subject": "round:1",
        "on": TODAY + timedelta(days=2),
        "people": tuple(person.pk for person in people),
        "title": "Vote on “%(title)s”",
        "words": {"title": "Call back"},
        "page": "home",
    }
    return DateAhead(**{**given, **changes})


def again(organization: Organization) -> int:
    organization.refresh_from_db()
    return remind(organization)


def test_whoever_owes_something_gets_one_letter_that_names_it_with_its_day_and_page(organization, ada, ahead):
    ahead += [
        one(ada, subject="round:2", on=TODAY, words={"title": "Short forms"}),
        one(ada),
    ]
    assert remind(organization) == 1
    (letter,) = mail.outbox
    assert letter.to == [ada.user.email]
    assert letter.subject == "By May 20, 2026: Vote on “Short forms”, and 1 more"
    assert "May 22, 2026: Vote on “Call back”" in letter.body
    assert letter.body.index("Short forms") < letter.body.index("Call back")
    assert reverse("home", args=[organization.slug]) in letter.body
    assert reverse("accounts:reminders", args=[organization.slug]) in letter.body


def test_nobody_is_reminded_twice_of_the_same_day_but_of_another_one(organization, ada, ahead, at):
    ahead.append(one(ada))
    assert remind(organization) == 1
    at(TODAY + timedelta(days=1))
    assert again(organization) == 0
    ahead[0] = one(ada, on=TODAY + timedelta(days=3))  # it was put off
    at(TODAY + timedelta(days=2))
    assert again(organization) == 1
    assert Reminder.objects.count() == 2


def test_a_second_run_on_the_same_day_writes_nothing_even_where_something_new_is_ahead(
    organization, ada, ahead
):
    ahead.append(one(ada))
    assert remind(organization) == 1
    ahead.append(one(ada, subject="round:9"))
    assert again(organization) == 0
    Organization.objects.update(reminded_on=None)  # broken off before it was noted
    assert again(organization) == 0
    assert len(mail.outbox) == 1
    assert not Reminder.objects.filter(subject="round:9").exists()


def test_broken_off_in_the_middle_it_goes_on_with_who_has_none(organization, ada, ben, ahead, monkeypatch):
    ahead.append(one(ada, ben))
    real, calls = reminders.mail.send_reminders, []

    def die_at_second(person: Membership, due: Any) -> None:
        calls.append(person)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(person, due)

    monkeypatch.setattr(reminders.mail, "send_reminders", die_at_second)
    with pytest.raises(KeyboardInterrupt):
        remind(organization)
    monkeypatch.setattr(reminders.mail, "send_reminders", real)
    assert again(organization) == 1
    assert [letter.to for letter in mail.outbox] == [[ada.user.email], [ben.user.email]]


@pytest.mark.parametrize(("hour", "letters"), [(6, 0), (7, 1), (23, 1)])
def test_letters_wait_for_the_morning_there(organization, ada, ahead, at, hour, letters):
    ahead.append(one(ada))
    at(TODAY, hour, 59 if hour == 6 else 0)
    assert remind(organization) == letters


def test_morning_is_that_of_the_organization(organization, ada, ahead, at):
    organization.time_zone = "Asia/Tokyo"
    organization.save()
    ahead.append(one(ada, on=TODAY + timedelta(days=1)))
    at(TODAY, 21, 59)  # 06:59 of the next day there
    assert remind(organization) == 0
    at(TODAY, 22, 0)
    assert remind(organization) == 1
    assert ReminderLetter.objects.get().sent_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize(("days", "letters"), [(-1, 0), (0, 1), (1, 1), (2, 1), (3, 0)])
def test_a_reminder_comes_so_many_days_before_and_never_after_its_day(
    organization, ada, ahead, days, letters
):
    ahead.append(one(ada, on=TODAY + timedelta(days=days)))
    assert remind(organization) == letters


@pytest.mark.parametrize(
    ("wish", "days", "letters"), [(None, 1, 0), (0, 0, 1), (0, 1, 0), (30, 30, 1), (5, 6, 0), (5, 5, 1)]
)
def test_what_a_person_has_chosen_holds(organization, ada, ahead, wish, days, letters):
    choose_reminders(by=ada, wishes={"vote": wish})
    ahead.append(one(ada, on=TODAY + timedelta(days=days)))
    assert remind(organization) == letters


def test_a_kind_that_nobody_chose_reminds_nobody(organization, ada, ahead):
    ahead.append(one(ada, kind="link"))
    assert remind(organization) == 0
    choose_reminders(by=ada, wishes={"link": 3})
    assert again(organization) == 0  # today is done
    Organization.objects.update(reminded_on=None)
    assert again(organization) == 1


def test_who_has_left_and_who_is_elsewhere_gets_nothing(organization, ben, dora, ahead):
    ahead.append(one(ben, dora))
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    assert remind(organization) == 0
    assert not mail.outbox


def test_each_person_reads_it_in_her_own_language(organization, ada, ahead):
    ada.user.language = "zh-hans"
    ada.user.save()
    ahead.append(one(ada))
    remind(organization)
    assert "2026年5月22日" in mail.outbox[0].subject


def test_the_clock_reminds_every_organization(ada, dora, ahead):
    ahead.append(one(ada, dora))
    assert send_due_reminders() == 2


def test_old_notes_go(organization, ada, ahead, at):
    ahead.append(one(ada))
    remind(organization)
    ahead.clear()
    at(TODAY + timedelta(days=reminders.KEPT_DAYS + 3))
    again(organization)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("wishes", [{"vote": 31}, {"vote": -1}, {"nothing": 3}])
def test_what_cannot_be_chosen_is_refused_by_name(ada, ahead, wishes):
    with pytest.raises(InvalidValues) as refused:
        choose_reminders(by=ada, wishes=wishes)
    assert set(refused.value.fields) == set(wishes)
    assert not ReminderWish.objects.exists()


# --- every room -----------------------------------------------------------------------------------------


def test_every_kind_has_a_name_of_its_own_and_a_day_within_a_month():
    found = kinds_of_dates()
    assert len({kind.key for kind in found}) == len(found) == 13
    assert len({str(kind.label) for kind in found}) == len(found)
    assert all(kind.days_before is None or 0 <= kind.days_before <= 30 for kind in found)


def test_the_page_shows_every_kind_and_keeps_what_is_chosen(ada, client_of):
    address = reverse("accounts:reminders", args=[ada.organization.slug])
    client = client_of(ada)
    page = client.get(address).content.decode()
    assert all(f'name="{kind.key}"' in page for kind in kinds_of_dates())
    typed = {kind.key: "off" for kind in kinds_of_dates()} | {"vote": "5"}
    assert client.post(address, typed).status_code == 302
    wishes = dict(ReminderWish.objects.filter(member=ada).values_list("kind", "days_before"))
    assert wishes == {kind.key: None for kind in kinds_of_dates()} | {"vote": 5}
    assert client.post(address, typed | {"vote": "31"}).status_code == 422


def test_programs_read_and_change_the_same(ada, ben, api_of):
    address = reverse("api:reminders", args=[ada.organization.slug])
    api = api_of(ada)
    assert api.get(address).json()["vote"] == 2
    assert api.get(address).json()["link"] is None
    answer = api.patch(address, {"vote": None, "link": 4}, format="json")
    assert (answer.json()["vote"], answer.json()["link"], answer.json()["review"]) == (None, 4, 7)
    assert api_of(ben).get(address).json()["vote"] == 2
    assert api.patch(address, {"vote": 31}, format="json").status_code == 422
    assert api.patch(address, {"votes": 3}, format="json").status_code == 422


def test_a_key_and_an_invitation_are_said_before_they_end(organization, ada, at):
    create_api_token(member=ada, name="Figures", valid_days=30)
    invite_person(by=ada, email="new@x.example", role=Role.CONTRIBUTOR)
    found = {one.kind: one for one in ahead_of(organization, TODAY, TODAY + timedelta(days=60))}
    assert found["key"].people == (ada.pk,)
    assert found["key"].on == TODAY + timedelta(days=30)
    assert found["invitation"].people == (ada.pk,)

"""Accounts and contacts: added, changed, moved, put away; how many are kept; how one stands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from common.errors import InvalidValues
from customer_voice import services
from customer_voice.choices import ChangeReading, Consent
from customer_voice.models import AccountTag, Contact, CustomerAccount, Feedback, FormerAnswer
from customer_voice.selectors.customers import accounts_called, contacts_called, customers_kept
from customer_voice.selectors.mailings import contacts_to_ask
from customer_voice.selectors.relationships import relationship, surveys_sent
from customer_voice.services import Recipient, invite, rebuild_rollup, stop_surveys
from tests.customer_voice.customers import account_of, answered, contact_of, points, points_counted_anew
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db


def unsubscribed(by, email):
    """Somebody who was asked by a letter and said no by its link."""
    survey = opened_survey(by, name=f"Before {email}")
    invite(by=by, survey=survey, people=[Recipient(email=email)])
    stop_surveys(invitation=survey.invitations.get())


# --- by hand ------------------------------------------------------------------------------------


def test_an_account_is_added_with_a_reference_of_ours_or_of_ones_own_and_never_twice(ada):
    given = {
        "name": "Harbor",
        "yearly_value": Decimal("184000.50"),
        "currency": "EUR",
        "tags": ("key", "Key", " "),
    }
    own = services.add_account(by=ada, values=given, external_reference=" A-1 ")
    ours = services.add_account(by=ada, values={"name": "Tanaka"})
    assert own.external_reference == "A-1"
    assert ours.external_reference.startswith("CX-")
    assert list(AccountTag.objects.values_list("account__name", "name")) == [("Harbor", "key")]
    with pytest.raises(InvalidValues) as refusal:
        services.add_account(by=ada, values={"name": "Other"}, external_reference="A-1")
    assert set(refusal.value.fields) == {"external_reference"}
    assert CustomerAccount.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"yearly_value": Decimal(5)}, "currency"),
        ({"yearly_value": Decimal(-5), "currency": "EUR"}, "yearly_value"),
        ({"started_on": date(2026, 1, 2), "left_on": date(2026, 1, 1)}, "left_on"),
        ({"tags": ("x" * 41,)}, "tags"),
        ({"tags": tuple(str(number) for number in range(21))}, "tags"),
        ({"people_total": -1}, "people_total"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words_at_its_field(ada, values, field):
    with pytest.raises(InvalidValues) as refusal:
        services.add_account(by=ada, values={"name": "Harbor", **values})
    assert set(refusal.value.fields) == {field}
    assert "_" not in str(refusal.value.fields[field])
    assert not CustomerAccount.objects.exists()


def test_two_who_change_different_things_of_an_account_keep_both(ada):
    account = account_of(ada, segment="Enterprise")
    seen = CustomerAccount.objects.get()
    services.change_account(by=ada, account=account, values={"name": "Harbor", "segment": "Enterprise"})
    services.change_account(by=ada, account=seen, values={"name": "Firm A-1", "segment": "Small"})
    account.refresh_from_db()
    assert (account.name, account.segment) == ("Harbor", "Small")


def test_tags_are_those_that_were_written_last(ada):
    account = account_of(ada, tags=("key", "north"))
    services.change_account(by=ada, account=account, values={"tags": ("north", "south")})
    assert list(account.tags.values_list("name", flat=True)) == ["north", "south"]
    services.change_account(by=ada, account=account, values={"segment": "Small"})
    assert account.tags.count() == 2
    assert AuditEvent.objects.filter(verb="customer_account.changed")[1].after == {"changed": ["tags"]}


def test_who_is_archived_is_asked_by_no_list_and_comes_back(ada):
    contact = contact_of(ada, email="jo@harbor.example", consent="given")
    services.archive_contact(by=ada, contact=contact, is_archived=True)
    services.archive_contact(by=ada, contact=contact, is_archived=True)
    assert not contacts_to_ask(ada.organization, with_unknown=True).exists()
    services.archive_contact(by=ada, contact=contact, is_archived=False)
    assert contacts_to_ask(ada.organization, with_unknown=False).get() == contact
    verbs = (
        AuditEvent.objects.filter(verb__startswith="contact.").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["contact.added", "contact.archived", "contact.restored"]


def test_a_person_who_said_no_stays_out_whatever_is_saved(ada):
    unsubscribed(ada, "omar@harbor.example")
    by_hand = services.add_contact(by=ada, values={"email": "Omar@Harbor.example", "consent": "given"})
    assert by_hand.consent == Consent.WITHDRAWN
    moved = services.change_contact(by=ada, contact=by_hand, values={"consent": Consent.GIVEN})
    assert moved.contact.consent == Consent.WITHDRAWN
    other = contact_of(ada, "C-2", email="kim@harbor.example", consent="given")
    changed = services.change_contact(by=ada, contact=other, values={"email": "omar@harbor.example"}).contact
    assert changed.consent == Consent.WITHDRAWN
    assert changed.consent_changed_at is not None


def test_names_lead_to_one_record_or_say_that_there_are_several(ada, dora):
    first = account_of(ada, "A-1", name="Harbor")
    account_of(ada, "A-2", name="harbor")
    account_of(dora, "A-9", name="Harbor")
    assert accounts_called(ada.organization, "A-1") == [first]
    assert len(accounts_called(ada.organization, "HARBOR")) == 2
    assert accounts_called(ada.organization, "A-9") == []
    person = contact_of(ada, email="jo@harbor.example")
    assert contacts_called(ada.organization, "JO@harbor.example") == [person]
    assert contacts_called(ada.organization, "") == []


# --- a contact moves (kind 12 of the field) -----------------------------------------------------


def test_history_belongs_to_the_account_of_its_day(ada):
    first, second = account_of(ada, "X"), account_of(ada, "Y")
    contact = contact_of(ada, account=first)
    answered(ada, "C-1", 10, account="X")
    rebuild_rollup(organization=ada.organization)
    moved = services.change_contact(by=ada, contact=contact, values={"account": second})
    answered(ada, "C-1", 5, account="Y")
    rebuild_rollup(organization=ada.organization)
    assert moved.answers == 0
    assert dict(Feedback.objects.values_list("account__external_reference", "score")) == {"X": 10, "Y": 5}
    assert points() == {"X": 1, "Y": 1}


def test_a_correction_takes_the_past_along_and_the_figures_follow(ada):
    wrong, right = account_of(ada, "X"), account_of(ada, "Y")
    contact = contact_of(ada, account=wrong)
    for days in (3, 40):
        answered(ada, "C-1", 10, account="X", days_ago=days)
    answered(ada, "C-2", 3, account="X")
    kept = answered(ada, "C-1", 2, account="Z", days_ago=90)
    rebuild_rollup(organization=ada.organization)
    moved = services.change_contact(by=ada, contact=contact, values={"account": right}, corrects_past=True)
    assert (moved.answers, points()) == (2, {"X": 1, "Y": 2, "Z": 1})
    assert points() == points_counted_anew(ada.organization)
    kept.refresh_from_db()
    assert kept.account.external_reference == "Z"
    event = AuditEvent.objects.get(verb="contact.past_corrected")
    assert event.after == {"answers": 2}


def test_a_correction_without_another_account_moves_nothing(ada):
    contact = contact_of(ada, account=account_of(ada, "X"))
    answered(ada, "C-1", 10, account="X")
    moved = services.change_contact(by=ada, contact=contact, values={"name": "Jo"}, corrects_past=True)
    assert (moved.answers, moved.contact.name) == (0, "Jo")
    assert not FormerAnswer.objects.exists()


def test_an_account_of_another_organization_is_no_place_to_move_to(ada, dora):
    contact = contact_of(ada)
    with pytest.raises(InvalidValues) as refusal:
        services.change_contact(by=ada, contact=contact, values={"account": account_of(dora)})
    assert set(refusal.value.fields) == {"account"}


# --- how many are kept --------------------------------------------------------------------------


def kept(organization):
    return {
        one.days: (one.kept, one.customers, one.undated, one.share) for one in customers_kept(organization)
    }


def test_customers_of_a_day_who_are_customers_today(ada):
    """By hand: of the six who were customers a year ago, four are; of the seven 90 days ago, five are."""
    today = ada.organization.clock.today()

    def ago(days):
        return today - timedelta(days=days)

    dates = [
        (ago(800), None), (ago(365), None), (ago(400), ago(-30)), (ago(500), ago(364)), (ago(600), ago(0)),
        (ago(700), None), (ago(900), ago(365)), (ago(364), None), (ago(89), None), (ago(90), ago(1)),
    ]  # fmt: skip
    for number, (started, left) in enumerate(dates):
        account_of(ada, f"A-{number}", started_on=started, left_on=left)
    # a year ago: 0, 1, 2, 3, 4, 5 (6 left on that very day); today 0, 1, 2, 5
    # 90 days ago: 0, 1, 2, 4, 5, 7, 9 (3 had left); today 0, 1, 2, 5, 7
    assert kept(ada.organization) == {
        90: (5, 7, 0, pytest.approx(5 / 7)),
        365: (4, 6, 0, pytest.approx(4 / 6)),
    }


def test_missing_dates_and_few_customers_leave_no_share(ada):
    long_ago = ada.organization.clock.today() - timedelta(days=1000)
    for number in range(4):
        account_of(ada, f"A-{number}", started_on=long_ago)
    assert kept(ada.organization)[365] == (4, 4, 0, None)
    for number in range(4, 9):
        account_of(ada, f"A-{number}", started_on=long_ago)
    assert kept(ada.organization)[365] == (9, 9, 0, 1.0)
    account_of(ada, "A-9")  # one of ten has no start: a tenth is not more than a tenth
    assert kept(ada.organization)[365] == (9, 9, 1, 1.0)
    account_of(ada, "A-10")
    assert kept(ada.organization)[365] == (9, 9, 2, None)
    assert customers_kept(ada.organization)[0].is_undated


def test_the_other_organization_counts_for_nothing_here(ada, dora):
    long_ago = ada.organization.clock.today() - timedelta(days=1000)
    for number in range(9):
        account_of(dora, f"A-{number}", started_on=long_ago)
    assert kept(ada.organization)[365] == (0, 0, 0, None)


# --- how one stands -----------------------------------------------------------------------------


def test_the_last_answer_of_each_person_counts_and_no_other(ada):
    account = account_of(ada, people_total=12)
    for number, score in enumerate((10, 9, 9, 8, 3)):
        answered(ada, f"C-{number}", score)
        answered(ada, f"C-{number}", 0, days_ago=20)  # said before
    answered(ada, "C-9", 0, days_ago=400)  # more than a year ago
    answered(ada, "", 0)  # nobody knows of whom
    answered(ada, "D-1", 0, account="A-2")  # of another firm
    found = relationship(ada.organization, account)
    (score,) = found.scores
    # three promoters, one detractor of five: +40
    assert (score.people, score.figure.value, score.scores) == (5, pytest.approx(40.0), (3, 8, 9, 9, 10))
    assert (found.people, found.nameless, found.population, score.population) == (5, 1, 12, 12)


def test_the_range_reckons_with_how_few_people_there_are(ada):
    """Adjusted Wald (Rocks 2016) with Cochran's 1 - n/N, worked out here."""
    account = account_of(ada)
    for number, given in enumerate((10, 9, 9, 8, 3)):
        answered(ada, f"C-{number}", given)

    def half_width():
        (one,) = relationship(ada.organization, account).scores
        return (one.figure.high - one.figure.low) / 2

    wide = half_width()
    account.people_total = 10
    account.save()
    part = (1 - 5 / 10) / 5  # in the place of 1/n
    up, down = (0.6 + 0.75 * part) / (1 + 3 * part), (0.2 + 0.75 * part) / (1 + 3 * part)
    reach = 1.959964 * 100 * ((up + down - (up - down) ** 2) * part / (1 + 3 * part)) ** 0.5
    assert half_width() == pytest.approx(reach, rel=1e-5)
    assert half_width() < wide
    account.people_total = 5
    account.save()
    census = relationship(ada.organization, account)
    (score,) = census.scores
    assert (score.figure.low, score.figure.high) == (pytest.approx(40), pytest.approx(40))
    assert census.is_census


def test_more_answers_than_people_contradict_the_number_and_it_is_not_used(ada):
    account = account_of(ada, people_total=3)
    for number in range(5):
        answered(ada, f"C-{number}", 9)
    found = relationship(ada.organization, account)
    assert (found.population, found.is_population_too_low) == (None, True)
    assert found.scores[0].population is None


def test_below_five_people_their_answers_stand_in_place_of_a_figure(ada):
    account = account_of(ada)
    for number, given in enumerate((9, 6, 8, 10)):
        answered(ada, f"C-{number}", given)
    (score,) = relationship(ada.organization, account).scores
    assert (score.figure, score.change, score.scores) == (None, None, (6, 8, 9, 10))
    answered(ada, "C-4", 7)
    assert relationship(ada.organization, account).scores[0].figure is not None


def test_touchpoints_and_metrics_are_not_mixed_and_cases_are_no_score(ada):
    account = account_of(ada)
    for number in range(5):
        answered(ada, f"C-{number}", 9)
        answered(ada, f"C-{number}", 2, touchpoint="phone")
        answered(ada, f"C-{number}", 5, metric="csat_5")
    answered(ada, "C-0", None, metric="ttr", touchpoint="phone")
    found = {
        (one.metric.key, one.touchpoint.key): one.figure.value
        for one in relationship(ada.organization, account).scores
    }
    assert found == {
        ("nps", "web"): pytest.approx(100.0),
        ("nps", "phone"): pytest.approx(-100.0),
        ("csat_5", "web"): pytest.approx(1.0),
    }


def test_a_trend_is_told_only_where_chance_does_not_explain_it(ada):
    account = account_of(ada)
    for number in range(20):
        answered(ada, f"C-{number}", 10)
        answered(ada, f"C-{number}", 0, days_ago=500)
        answered(ada, f"C-{number}", 9, touchpoint="phone")
        answered(ada, f"C-{number}", 9 if number else 8, touchpoint="phone", days_ago=500)
        answered(ada, f"C-{number}", 9, touchpoint="store")
    answered(ada, "C-1", 0, touchpoint="store", days_ago=500)
    found = {
        one.touchpoint.key: one.change and one.change.reading
        for one in relationship(ada.organization, account).scores
    }
    assert found == {"web": ChangeReading.BETTER, "phone": ChangeReading.UNCLEAR, "store": None}


def test_contacts_who_said_nothing_for_a_year_are_silent(ada):
    account = account_of(ada)
    for reference in ("C-1", "C-2", "C-3", "C-4"):
        contact_of(ada, reference, account=account)
    answered(ada, "C-1", 9, days_ago=364)
    answered(ada, "C-2", 9, days_ago=366)
    services.archive_contact(by=ada, contact=Contact.objects.get(external_reference="C-4"), is_archived=True)
    found = relationship(ada.organization, account)
    assert [one.external_reference for one in found.silent] == ["C-2", "C-3"]
    assert (found.silent_total, found.contacts) == (2, 3)
    assert found.silent[0].last_heard is not None
    assert found.silent[1].last_heard is None


def test_surveys_that_asked_contacts_of_the_account(ada):
    account = account_of(ada)
    contact_of(ada, "C-1", account=account, email="jo@harbor.example")
    survey = opened_survey(ada)
    invite(
        by=ada, survey=survey, people=[Recipient(email="jo@harbor.example"), Recipient(email="x@y.example")]
    )
    assert surveys_sent(account) == []  # nobody has been written to
    survey.invitations.update(letters=1, invited_at=timezone.now(), is_answered=True)
    (sent,) = surveys_sent(account)
    assert (sent.survey, sent.asked, sent.answered) == (survey, 1, 1)

"""Sources, channels, customers and submissions: rows that answers point at, whatever door they came by."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from accounts.services import delete_organization
from common.errors import InvalidValues
from customer_voice import services
from customer_voice.errors import ReplacementNotConfirmed
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    MetricPoint,
    Source,
    Submission,
)
from customer_voice.services import SubmissionItem
from customer_voice.services.reading import Reading
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
    SourceFactory,
    TouchpointFactory,
)

BASE = "/api/v1/o/northwind"
ITEM = {"external_id": "a1", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": 9}


@pytest.fixture
def send(organization, ada, nps, touchpoints):
    """Answers to NPS from "crm", as text."""

    def make(*items, **options) -> services.Recorded:
        options = {"metric": nps, "source": "crm", "by": ada, **options}
        texts = [{name: str(value) for name, value in {**ITEM, **item}.items()} for item in items]
        return services.record_feedback(organization=organization, items=texts, **options)

    return make


def counts(recorded: services.Recorded) -> tuple[int, int, int]:
    return recorded.created, recorded.updated, recorded.unchanged


@contextmanager
def checked():
    """What is left to the end of a transaction is checked at the end of the block."""
    with transaction.atomic():
        yield
        connection.check_constraints()


# --- walls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["submission", "contact", "account", "channel"])
def test_the_database_refuses_an_answer_that_points_into_another_organization(organization, elsewhere, field):
    answer = FeedbackFactory(metric=MetricDefinitionFactory(organization=organization))
    foreign = {
        "submission": lambda: Submission.objects.create(
            organization=elsewhere, source=SourceFactory(organization=elsewhere), external_id="1"
        ),
        "contact": lambda: ContactFactory(organization=elsewhere),
        "account": lambda: CustomerAccountFactory(organization=elsewhere),
        "channel": lambda: Channel.objects.create(organization=elsewhere, name="web"),
    }[field]()
    with pytest.raises(IntegrityError), checked():
        Feedback.objects.filter(pk=answer.pk).update(**{field: foreign})


def test_a_contact_of_another_organizations_account_is_refused(organization, elsewhere, ada):
    account = CustomerAccountFactory(organization=elsewhere)
    with pytest.raises(IntegrityError), checked():
        ContactFactory(organization=organization, account=account)
    with pytest.raises(InvalidValues):
        services.save_contact(by=ada, external_reference="C-1", values={"account": account})


def test_one_reference_is_one_customer_and_many_may_have_none(organization, elsewhere):
    for _number in range(2):
        ContactFactory(organization=organization, external_reference=None)
    ContactFactory(organization=organization, external_reference="C-1")
    ContactFactory(organization=elsewhere, external_reference="C-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(organization=organization, external_reference="C-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(organization=organization, external_reference="")


def test_an_organization_goes_with_all_its_records(organization, elsewhere, ada, send):
    send({"customer": "C-1", "account": "A-1", "channel": "web"})
    ContactFactory(organization=elsewhere, external_reference="C-1")
    delete_organization(organization=organization, by_name="Ada", reason="moved")
    for model in (Source, Channel, CustomerAccount, Submission, Feedback):
        assert not model.objects.exists()
    assert Contact.objects.get().organization == elsewhere


# --- names become rows ------------------------------------------------------------------------


def test_names_become_rows_once_and_spellings_stay_apart(send, organization):
    items = [
        {"external_id": "1", "customer": "C-1", "channel": "Web"},
        {"external_id": "2", "customer": "C-1", "channel": "web"},
        {"external_id": "3", "customer": "", "channel": ""},
    ]
    assert counts(send(*items)) == (3, 0, 0)
    assert counts(send(*items)) == (0, 0, 3)
    assert sorted(Channel.objects.values_list("name", flat=True)) == ["Web", "web"]
    assert list(Contact.objects.values_list("external_reference", "name", "consent")) == [
        ("C-1", "", "unknown")
    ]
    assert list(Source.objects.values_list("name", "kind")) == [("crm", "api")]
    columns = ("submission__external_id", "contact__external_reference", "channel__name")
    assert list(Feedback.objects.order_by("pk").values_list(*columns)) == [
        ("1", "C-1", "Web"),
        ("2", "C-1", "web"),
        ("3", None, None),
    ]


def test_a_name_that_is_refused_leaves_no_row_behind(send):
    with pytest.raises(InvalidValues):
        send({"customer": "C-1", "channel": "x" * 41})
    assert [model.objects.count() for model in (Source, Contact, Submission)] == [0, 0, 0]


def test_another_customer_or_channel_is_a_replacement_in_words(send):
    send({"customer": "C-1", "channel": "web"})
    with pytest.raises(ReplacementNotConfirmed) as refusal:
        send({"customer": "C-2", "channel": ""})
    assert refusal.value.fields == {"0.customer": "C-1 → C-2", "0.channel": "web → –"}
    assert not Contact.objects.filter(external_reference="C-2").exists()
    assert counts(send({"customer": "C-2", "channel": ""}, replaces_known=True)) == (0, 1, 0)
    answer = Feedback.objects.get()
    assert (answer.contact.external_reference, answer.channel) == ("C-2", None)


# --- accounts ---------------------------------------------------------------------------------


def test_an_answer_has_the_account_of_its_customer_on_its_day(send, ada):
    first, second = (
        services.save_account(by=ada, external_reference=reference, values={}) for reference in ("A-1", "A-2")
    )
    services.save_contact(by=ada, external_reference="C-1", values={"account": first})
    send({"external_id": "1", "customer": "C-1"})
    services.save_contact(by=ada, external_reference="C-1", values={"account": second})
    send({"external_id": "2", "customer": "C-1"})
    send({"external_id": "1", "customer": "C-1", "text": "late words"})
    columns = ("submission__external_id", "account__external_reference")
    assert list(Feedback.objects.order_by("pk").values_list(*columns)) == [("1", "A-1"), ("2", "A-2")]


def test_a_named_account_is_added_and_takes_its_customer_in(send):
    items = [
        {"external_id": "1", "customer": "C-1", "account": "A-1", "occurred_at": "2026-03-01"},
        {"external_id": "2", "customer": "C-1", "account": "A-2", "occurred_at": "2026-03-02"},
        {"external_id": "3", "customer": "C-1", "account": ""},
        {"external_id": "4", "account": "A-9"},
    ]
    assert counts(send(*items)) == (4, 0, 0)
    assert Contact.objects.get().account.external_reference == "A-2"  # of the latest answer
    columns = ("submission__external_id", "account__external_reference")
    assert list(Feedback.objects.order_by("pk").values_list(*columns)) == [
        ("1", "A-1"),
        ("2", "A-2"),
        ("3", "A-2"),
        ("4", "A-9"),
    ]
    assert counts(send(*items)) == (0, 0, 4)


def test_an_empty_account_takes_nothing_away_and_another_one_waits_for_a_yes(send):
    send({"customer": "C-1", "account": "A-1"})
    assert counts(send({"account": ""})) == (0, 0, 1)
    with pytest.raises(ReplacementNotConfirmed) as refusal:
        send({"account": "A-2"})
    assert refusal.value.fields == {"0.account": "A-1 → A-2"}
    send({"account": "A-2"}, replaces_known=True)
    assert Feedback.objects.get().account.external_reference == "A-2"
    assert Contact.objects.get().account.external_reference == "A-1"  # who moves is said, not guessed


def test_a_customer_named_later_brings_the_account_along(send, ada):
    account = services.save_account(by=ada, external_reference="A-1", values={})
    services.save_contact(by=ada, external_reference="C-1", values={"account": account})
    send({})
    assert counts(send({"customer": "C-1"})) == (0, 1, 0)
    assert Feedback.objects.get().account == account


def test_accounts_and_contacts_are_saved_by_reference_and_the_trail_names_fields_alone(ada):
    values = {
        "name": "Harbor",
        "yearly_value": Decimal(1200),
        "currency": "EUR",
        "started_on": date(2024, 1, 1),
    }
    account = services.save_account(by=ada, external_reference=" A-1 ", values=values)
    assert services.save_account(by=ada, external_reference="A-1", values=values) == account
    services.save_account(by=ada, external_reference="A-1", values={"left_on": date(2026, 1, 1)})
    contact = services.save_contact(
        by=ada,
        external_reference="C-1",
        values={"name": "Jo Park", "email": "jo@example.org", "consent": "given"},
    )
    assert contact.consent_changed_at is not None
    trail = AuditEvent.objects.filter(verb__regex="^(customer_account|contact)").order_by("pk")
    assert [(event.verb, event.after["changed"]) for event in trail] == [
        ("customer_account.added", ["currency", "name", "started_on", "yearly_value"]),
        ("customer_account.changed", ["left_on"]),
        ("contact.added", ["consent", "email", "name"]),
    ]
    assert "Jo" not in f"{trail[2].subject}{trail[2].after}{trail[2].before}"


@pytest.mark.parametrize(
    "values",
    [
        {"yearly_value": Decimal(5)},
        {"yearly_value": Decimal(-5), "currency": "EUR"},
        {"currency": "XXX"},
        {"started_on": date(2026, 1, 2), "left_on": date(2026, 1, 1)},
        {"nickname": "H"},
    ],
)
def test_an_account_that_contradicts_itself_is_refused(ada, values):
    with pytest.raises(InvalidValues):
        services.save_account(by=ada, external_reference="A-1", values=values)
    assert not CustomerAccount.objects.exists()


# --- erasing ----------------------------------------------------------------------------------


def test_erasing_a_customer_empties_the_contact_and_keeps_the_accounts_count(send, ada):
    send({"external_id": "1", "customer": "C-1", "account": "A-1", "text": "call Jo"})
    send({"external_id": "2", "customer": "C-2", "account": "A-1"})
    services.save_contact(
        by=ada, external_reference="C-1", values={"name": "Jo", "email": "jo@example.org", "language": "de"}
    )
    services.erase_customer(by=ada, customer="C-1")
    gone = Contact.objects.exclude(erased_at=None).get()
    assert (gone.external_reference, gone.name, gone.email, gone.language, gone.account) == (
        None, "", "", "", None,
    )  # fmt: skip
    assert list(Feedback.objects.order_by("pk").values_list("text", "contact__external_reference")) == [
        ("", None),
        ("", "C-2"),
    ]
    assert Feedback.objects.filter(account__external_reference="A-1").count() == 2
    send({"external_id": "3", "customer": "C-1"})  # who comes back is another record
    assert Contact.objects.get(external_reference="C-1").pk != gone.pk


def test_a_contact_without_answers_is_erased_too(ada):
    services.save_contact(by=ada, external_reference="C-1", values={"name": "Jo"})
    erased = services.erase_customer(by=ada, customer="C-1")
    assert (erased.rows, erased.removed) == (0, 0)
    assert Contact.objects.get().name == ""
    assert AuditEvent.objects.get(verb="feedback.erased").after["contacts"] == 1


def test_the_reference_goes_with_the_last_answer_unless_more_is_known(send, ada):
    send(
        {"external_id": "1", "customer": "C-1", "text": "a"},
        {"external_id": "2", "customer": "C-1", "text": "b"},
        {"external_id": "3", "customer": "C-2", "text": "c"},
    )
    services.save_contact(by=ada, external_reference="C-2", values={"name": "Kim"})
    for number in ("1", "3"):
        answer = Feedback.objects.get(submission__external_id=number)
        services.erase_answer(by=ada, answer=answer)
    assert set(Contact.objects.values_list("external_reference", flat=True)) == {"C-1", "C-2"}
    services.erase_answer(by=ada, answer=Feedback.objects.get(submission__external_id="2"))
    assert set(Contact.objects.values_list("external_reference", flat=True)) == {None, "C-2"}


def test_a_submission_goes_with_its_last_answer(send, ada, organization):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    send({"customer": "C-1"})
    send({"score": 4}, metric=csat)
    first, second = Feedback.objects.order_by("pk")
    services.erase_answer(by=ada, answer=first, removes_rows=True)
    assert Submission.objects.count() == 1
    services.erase_answer(by=ada, answer=second, removes_rows=True)
    assert Submission.objects.count() == 0


# --- answers that belong together -------------------------------------------------------------


@pytest.fixture
def together(organization, ada, nps, touchpoints):
    """NPS with words, CSAT and words of no metric, given together by each of some customers."""
    MetricDefinitionFactory(organization=organization, key="csat_5")

    def make(*ids, replaces_known=False, **answers) -> services.Recorded:
        given = {"nps": {"score": "9", "text": "why"}, "csat_5": {"score": "4"}, "": {"text": "all in all"}}
        submissions = [
            SubmissionItem(
                values={
                    "external_id": external_id, "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z",
                    "customer": f"C-{external_id}",
                },
                answers={**given, **answers},
            )
            for external_id in ids
        ]  # fmt: skip
        return services.record_submissions(
            organization=organization,
            source="survey",
            submissions=submissions,
            by=ada,
            replaces_known=replaces_known,
        )

    return make


def test_answers_given_together_are_one_submission(together):
    assert counts(together("1", "2")) == (6, 0, 0)
    assert counts(together("1", "2")) == (0, 0, 6)
    assert Submission.objects.count() == 2
    first = Submission.objects.get(external_id="1")
    assert sorted(first.answers.values_list("metric_key", "score", "text")) == [
        ("", None, "all in all"),
        ("csat_5", 4, ""),
        ("nps", 9, "why"),
    ]
    assert sorted(MetricPoint.objects.values_list("metric__key", "n")) == [("csat_5", 2), ("nps", 2)]
    (event,) = AuditEvent.objects.filter(verb="feedback.recorded")
    assert event.after == {"source": "survey", "created": 6, "updated": 0, "unchanged": 0}


def test_a_submission_is_stored_whole_or_not_at_all(together):
    with pytest.raises(InvalidValues) as refusal:
        together("1", csat_5={"score": "11"}, smile={"score": "1"})
    assert set(refusal.value.fields) == {"0.smile"}
    with pytest.raises(InvalidValues) as refusal:
        together("1", csat_5={"score": "11"}, **{"": {"score": "3"}})
    assert set(refusal.value.fields) == {"0.csat_5.score", "0..score"}
    with pytest.raises(InvalidValues) as refusal:
        together("1", "1")
    assert set(refusal.value.fields) == {"1.external_id"}
    assert not Submission.objects.exists()
    together("1")
    with pytest.raises(ReplacementNotConfirmed) as refused:
        together("1", "2", nps={"score": "3"})
    assert refused.value.fields == {"0.nps.score": "9 → 3"}
    assert Submission.objects.count() == 1
    assert counts(together("1", "2", replaces_known=True, nps={"score": "3"})) == (3, 1, 2)


def test_lots_under_several_metrics_make_one_submission(api_of, ada, organization, nps, touchpoints):
    MetricDefinitionFactory(organization=organization, key="csat_5")
    api = api_of(ada)
    for metric, score in (("nps", 9), ("csat_5", 4)):
        lot = {"metric": metric, "source": "crm", "items": [{**ITEM, "score": score, "customer": "C-1"}]}
        assert api.post(f"{BASE}/feedback/bulk/", lot, format="json").status_code == 201
    assert (Submission.objects.count(), Feedback.objects.count(), Contact.objects.count()) == (1, 2, 1)


# --- doors ------------------------------------------------------------------------------------


def test_payloads_keep_their_words_and_read_an_account(api_of, ada, nps, touchpoints):
    api = api_of(ada)
    item = {**ITEM, "metric": "nps", "source": "crm", "customer": "C-1", "account": "A-1", "channel": "web"}
    assert api.post(f"{BASE}/feedback/", item, format="json").status_code == 201
    (row,) = api.get(f"{BASE}/feedback/").json()["results"]
    names = ("source", "external_id", "customer", "account", "channel")
    assert [row[name] for name in names] == ["crm", "a1", "C-1", "A-1", "web"]
    for query, found in (("c-1", 1), ("A1", 1), ("C-2", 0)):
        assert api.get(f"{BASE}/feedback/", {"q": query}).json()["count"] == found


def test_records_are_listed_page_by_page(api_of, ada, cleo, organization, elsewhere):
    account = CustomerAccountFactory(
        organization=organization, external_reference="A-1", yearly_value=Decimal("9600.50"), currency="EUR"
    )
    ContactFactory(organization=organization, external_reference="C-1", account=account)
    ContactFactory(organization=elsewhere, external_reference="C-9")
    SourceFactory(organization=organization, name="crm")
    Channel.objects.create(organization=organization, name="web", is_digital=True)
    api = api_of(cleo)
    (contact,) = api.get(f"{BASE}/contacts/").json()["results"]
    assert (contact["external_reference"], contact["account"], contact["consent"]) == (
        "C-1",
        "A-1",
        "unknown",
    )
    (firm,) = api.get(f"{BASE}/customer-accounts/").json()["results"]
    assert (firm["external_reference"], firm["yearly_value"], firm["currency"]) == ("A-1", "9600.50", "EUR")
    (source,) = api.get(f"{BASE}/sources/").json()["results"]
    assert (source["name"], source["kind"], "recipe" in source) == ("crm", "file", False)
    assert api.get(f"{BASE}/channels/").json()["results"] == [{"name": "web", "is_digital": True}]
    for place in ("sources", "channels"):
        assert api.post(f"{BASE}/{place}/", {}).status_code == 405
        assert api.get(f"{BASE}/{place}/", {"colour": "red"}).status_code == 422


FILE = ("id", "date", "touchpoint", "score", "customer", "firm")
ROWS = [["1", "2026-03-14", "web", 9, "C-1", "A-1"], ["2", "2026-03-14", "web", 3, "C-2", ""]]
COLUMNS = {
    "external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "score",
    "customer": "customer", "account": "firm",
}  # fmt: skip


def test_a_file_names_accounts_and_is_the_same_file_again(bring_in, touchpoints):
    first = bring_in(csv_bytes(ROWS, FILE), mapping=COLUMNS)
    assert (first.rows_created, first.source.kind) == (2, "file")
    columns = ("submission__external_id", "contact__external_reference", "account__external_reference")
    assert list(Feedback.objects.order_by("pk").values_list(*columns)) == [
        ("1", "C-1", "A-1"),
        ("2", "C-2", None),
    ]
    again = bring_in(csv_bytes(ROWS, FILE), mapping=COLUMNS)
    assert (again.rows_created, again.rows_updated, again.rows_unchanged) == (0, 0, 2)
    assert Submission.objects.filter(batch=first).count() == 2


def test_how_a_file_was_read_is_offered_for_the_next_one_with_its_headers(bring_in, check, upload, nps):
    TouchpointFactory(organization=nps.organization, key="web")
    header, mapping = ("ref", "when", "mark"), {"external_id": "ref", "occurred_at": "when", "score": "mark"}
    rows = csv_bytes([["1", "03/04/2026", 9]], header)
    options = {"mapping": mapping, "touchpoint_key": "web", "date_format": "day_first", "source": "till"}
    check(rows, **options)
    assert Source.objects.get(name="till").recipe == {}  # checked is not imported
    bring_in(rows, **options)
    assert Feedback.objects.get().occurred_at == datetime(2026, 4, 3, tzinfo=UTC)
    offered = {**mapping, "metric": nps.pk, "fixed_touchpoint": "web", "creates_touchpoints": False,
               "date_format": "day_first", "reading": Reading()}  # fmt: skip
    _facts, initial = services.import_proposal(
        upload(csv_bytes([[9, "2", "x"]], header[::-1]), source="till")
    )
    assert initial == offered
    others = [(rows, "till"), (rows, "other"), (csv_bytes([[1, 2]], ("ref", "date")), "till")]
    proposed = [services.proposed_choices(upload(content, source=source))[0] for content, source in others]
    assert proposed == [mapping, {}, {"occurred_at": "date"}]


def test_a_retired_metric_is_not_offered(bring_in, upload, nps, ada, touchpoints):
    rows = csv_bytes([["1", "2026-03-14", "web", 9, "", ""]])
    bring_in(rows, mapping=MAPPING)
    services.retire_metric(by=ada, metric=nps)
    _facts, initial = services.import_proposal(upload(rows))
    assert (initial["metric"], initial["score"]) == (None, "score")

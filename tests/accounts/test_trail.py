"""The trail: what it says, how it is read, and that it only grows."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from accounts import services
from accounts.append_only import erasing
from accounts.choices import Role, TrailKind
from accounts.errors import StillActive
from accounts.models import (
    ApiToken,
    AuditEvent,
    Erasure,
    Invitation,
    Letter,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.selectors import TrailFilter, trail
from accounts.wording import sentence_of
from common.errors import InvalidValues
from tests.architecture.world import build_world
from tests.factories import MembershipFactory, OrganizationFactory
from tests.factories.accounts import LetterFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """A request in another language leaves it on for the thread."""
    with translation.override("en"):
        yield


def record(member, verb="person.invited", subject=None, **more) -> AuditEvent:
    services.record_event(
        organization=member.organization, actor=member.user, verb=verb, subject=subject or member, **more
    )
    return AuditEvent.objects.latest("pk")


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northwind", *args])


# --- append-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEvent.objects.update(actor_name="Nobody"),
        lambda: AuditEvent.objects.filter(verb="person.invited").delete(),
        lambda: AuditEvent.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute("UPDATE accounts_auditevent SET verb = 'x'"),
        lambda: connection.cursor().execute("DELETE FROM accounts_auditevent"),
        lambda: Organization.objects.filter(slug="northwind").delete(),
    ],
    ids=["update", "delete", "raw delete", "SQL update", "SQL delete", "cascade"],
)
def test_the_database_refuses_to_change_the_trail(ada, change):
    event = record(ada)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        change()
    kept = AuditEvent.objects.get(pk=event.pk)
    assert (kept.verb, kept.actor_name) == ("person.invited", "Ada")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_empty_the_trail(ada):
    record(ada)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditevent")
    assert AuditEvent.objects.count() == 1


def test_the_one_way_around_it_is_recorded_and_shuts_behind_itself(ada):
    record(ada)
    with erasing(by_name="Operator", reason="court order", subject="all"):
        AuditEvent.objects.update(actor_name="-")
    assert AuditEvent.objects.get().actor_name == "-"
    erasure = Erasure.objects.get()
    assert (erasure.by_name, erasure.reason, erasure.is_open) == ("Operator", "court order", False)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(actor_name="Nobody")


def test_an_erasure_that_fails_leaves_nothing_open(ada):
    record(ada)

    def fail():
        with transaction.atomic(), erasing(by_name="O", reason="r", subject="s"):
            AuditEvent.objects.update(actor_name="-")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert AuditEvent.objects.get().actor_name == "Ada"
    assert not Erasure.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(actor_name="-")


@pytest.mark.django_db(transaction=True)
def test_a_committed_erasure_lets_no_later_change_pass():
    ada = MembershipFactory(user__name="Ada")
    record(ada)
    with erasing(by_name="O", reason="r", subject="s"):
        AuditEvent.objects.update(actor_name="-")
    with pytest.raises(DatabaseError):
        AuditEvent.objects.all()._raw_delete("default")
    assert AuditEvent.objects.get().actor_name == "-"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="settings of a transaction")
def test_no_setting_of_the_database_opens_the_trail(ada):
    record(ada)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cxprogram.erasure = 'on'")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("DELETE FROM accounts_auditevent")
    assert AuditEvent.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no temporary table first")
def test_a_table_of_the_same_name_opens_nothing(ada):
    record(ada)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE accounts_erasure AS SELECT * FROM accounts_erasure")
        cursor.execute(
            "INSERT INTO pg_temp.accounts_erasure (is_open, transaction_id) "
            "VALUES (true, pg_current_xact_id()::text)"
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("DELETE FROM accounts_auditevent")
        cursor.execute("DROP TABLE pg_temp.accounts_erasure")
    assert AuditEvent.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not number transactions")
@pytest.mark.django_db(transaction=True)
def test_an_open_record_of_an_earlier_transaction_opens_nothing():
    ada = MembershipFactory(user__name="Ada")
    record(ada)
    Erasure.objects.create(by_name="O", reason="r", subject="s")
    with pytest.raises(DatabaseError):
        AuditEvent.objects.all()._raw_delete("default")
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: Erasure.objects.update(by_name="Nobody"),
        lambda: Erasure.objects.update(reason="none"),
        lambda: Erasure.objects.update(subject="nothing"),
        lambda: Erasure.objects.update(at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda: Erasure.objects.update(transaction_id="1"),
        lambda: Erasure.objects.update(is_open=True),
        lambda: Erasure.objects.all().delete(),
        lambda: connection.cursor().execute("DELETE FROM accounts_erasure"),
    ],
    ids=["by", "reason", "subject", "at", "transaction", "opened again", "delete", "SQL delete"],
)
def test_the_record_of_an_erasure_stays_as_it_was_written(ada, change):
    with erasing(by_name="Operator", reason="court order", subject="all"):
        pass
    before = Erasure.objects.values().get()
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        change()
    assert Erasure.objects.values().get() == before


def test_an_open_record_closes_and_changes_in_nothing_else(ada):
    Erasure.objects.create(by_name="O", reason="r", subject="s")
    for change in ({"reason": "other", "is_open": False}, {"subject": "x"}):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            Erasure.objects.update(**change)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Erasure.objects.all().delete()
    Erasure.objects.update(is_open=False)
    assert Erasure.objects.get().is_open is False


def test_a_person_in_the_trail_is_erased_and_not_deleted(ada):
    record(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.get(pk=ada.user_id).delete()


# --- erasure of a person --------------------------------------------------------------------------


@pytest.fixture
def gone(ada, ben) -> Membership:
    """Ben, who did things, was invited, and has left."""
    services.change_member(by=ada, member=ben, role=Role.CX_LEADER, function=None)
    services.set_preferences(user=ben.user, name="Ben Okri", language="", theme="auto")
    _invitation, secret = services.invite_person(by=ben, email="new@example.org", role=Role.AUDITOR)
    services.accept_invitation(secret=secret, user=None, name="Nia", password="correct horse battery")
    services.invite_person(by=ben, email="later@example.org", role=Role.AUDITOR)
    services.deactivate_member(by=ada, member=ben)
    LetterFactory(recipient=ben.user.email, body="Hello Ben Okri")
    return ben


def everything_known() -> str:
    return repr(
        [
            list(model.objects.values())
            for model in (AuditEvent, Invitation, User, Membership, ApiToken, Erasure, Letter)
        ]
    )


def test_an_erased_person_is_named_nowhere_and_what_was_done_stays(gone):
    before = [(event.pk, event.verb, event.at) for event in AuditEvent.objects.order_by("pk")]
    assert "Ben Okri" in everything_known()
    services.erase_person(user=User.objects.get(pk=gone.user_id), by_name="Operator", reason="asked to")
    known = everything_known()
    assert "Ben" not in known
    assert gone.user.email not in known
    after = [(event.pk, event.verb, event.at) for event in AuditEvent.objects.order_by("pk")]
    assert after[: len(before)] == before
    joined = AuditEvent.objects.get(verb="person.joined")
    assert (joined.actor_name, joined.after["invited_by"]) == ("Nia", f"Erased person {gone.user_id}")
    erased = AuditEvent.objects.get(verb="person.erased")
    assert (erased.organization, erased.after) == (
        gone.organization,
        {"by": "Operator", "reason": "asked to"},
    )
    assert Erasure.objects.get().subject == f"accounts.user {gone.user_id}"


def test_letters_to_others_name_an_erased_person_no_more(gone):
    LetterFactory(
        organization=gone.organization,
        recipient="nia@example.org",
        subject="Ben Okri invites you",
        body="By Ben Okri",
    )
    services.erase_person(user=User.objects.get(pk=gone.user_id), by_name="Operator", reason="asked to")
    letter = Letter.objects.get(recipient="nia@example.org")
    stand_in = f"Erased person {gone.user_id}"
    assert (letter.subject, letter.body) == (f"{stand_in} invites you", f"By {stand_in}")


def test_nobody_with_access_is_erased_and_nobody_without_a_reason(ada, gone):
    with pytest.raises(StillActive):
        services.erase_person(user=ada.user, by_name="Operator", reason="asked to")
    with pytest.raises(InvalidValues) as refusal:
        services.erase_person(user=gone.user, by_name="Operator", reason=" ")
    assert set(refusal.value.fields) == {"reason"}
    assert not Erasure.objects.exists()


def test_a_short_name_does_not_tear_other_words(ada, ben):
    """Erasing Ben leaves Benefit and Bengal alone."""
    services.save_function(by=ada, name="Benefits of Bengal, by Ben")
    services.deactivate_member(by=ada, member=ben)
    services.erase_person(user=User.objects.get(pk=ben.user_id), by_name="O", reason="asked to")
    event = AuditEvent.objects.get(verb="function.saved")
    assert event.subject == f"Benefits of Bengal, by Erased person {ben.user_id}"


def test_an_erased_person_cannot_sign_in_and_the_address_is_free_again(gone, ada):
    email = gone.user.email
    services.erase_person(user=User.objects.get(pk=gone.user_id), by_name="O", reason="asked to")
    user = User.objects.get(pk=gone.user_id)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    _invitation, secret = services.invite_person(by=ada, email=email, role=Role.AUDITOR)
    again = services.accept_invitation(secret=secret, user=None, name="B", password="correct horse battery")
    assert again.user_id != gone.user_id


# --- deleting an organization ---------------------------------------------------------------------


def test_an_organization_goes_with_everything_and_nothing_else_goes(settings):
    world = build_world()
    other = OrganizationFactory(slug="third")
    other_member = MembershipFactory(organization=other)
    record(other_member)
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert files
    people = User.objects.count()
    services.delete_organization(organization=world.organization, by_name="Operator", reason="contract ended")
    connection.check_constraints()
    assert set(Organization.objects.values_list("slug", flat=True)) == {"elsewhere", "third"}
    assert [event.organization for event in AuditEvent.objects.all()] == [other]
    assert User.objects.count() == people
    assert Erasure.objects.get().subject == "Northwind Telecom (northwind)"


def test_its_files_go_after_the_commit(settings, django_capture_on_commit_callbacks):
    world = build_world()
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_organization(organization=world.organization, by_name="O", reason="contract ended")
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


# --- reading --------------------------------------------------------------------------------------


def test_the_trail_is_told_in_sentences(ada, client_of):
    record(ada, "roi_case.signed", subject=OrganizationFactory(name="INI-1", slug="ini"))
    page = client_of(ada).get(url("trail")).text
    assert "Ada signed off the value of INI-1" in page
    assert "roi_case.signed" not in page


def test_in_both_languages(ada, client_of):
    record(ada, "person.removed")
    services.set_preferences(user=ada.user, name="Ada", language="zh-hans", theme="auto")
    assert "Ada取消了Ada的访问权限" in client_of(ada).get(url("trail")).text


def test_what_nobody_did_was_done_by_the_system_and_unknown_verbs_stay_readable(ada):
    event = AuditEvent(verb="study.requested", subject="INI-1 study 1")
    assert sentence_of(event) == "The system started a study: INI-1 study 1"
    event = AuditEvent(verb="kraken.released", subject="INI-1", actor_name="Ada 100%")
    assert sentence_of(event) == "Ada 100%: kraken.released, INI-1"


@pytest.mark.parametrize(
    ("verb", "before", "after", "sentence"),
    [
        ("decision.made", {}, {"outcome": "withdrawn"}, "Ada withdrew INI-1 from the vote"),
        (
            "decision.made",
            {},
            {"outcome": "no_decision"},
            "The vote of the coalition on INI-1 ended without a decision",
        ),
        (
            "decision.made",
            {},
            {"outcome": "changes_requested"},
            "The coalition requested changes to INI-1",
        ),
        ("decision.made", {}, {"outcome": "approved"}, "The coalition decided on INI-1"),
        ("decision.made", {}, {"outcome": "rejected"}, "The coalition decided on INI-1"),
        ("initiative.live", {"state": "on_hold"}, {"state": "live"}, "Ada resumed INI-1"),
        ("initiative.in_progress", {"state": "on_hold"}, {"state": "in_progress"}, "Ada resumed INI-1"),
        ("initiative.live", {"state": "in_progress"}, {"state": "live"}, "INI-1 went live"),
        (
            "initiative.in_progress",
            {"state": "approved"},
            {"state": "in_progress"},
            "Ada started the work on INI-1",
        ),
    ],
)
def test_a_sentence_is_true_of_what_its_entry_holds(verb, before, after, sentence):
    event = AuditEvent(verb=verb, subject="INI-1", actor_name="Ada", before=before, after=after)
    assert sentence_of(event) == sentence


def test_a_withdrawal_is_no_decision_of_the_coalition_on_the_page_and_in_the_file(ada, client_of):
    subject = OrganizationFactory(name="INI-4", slug="ini")
    record(ada, "decision.made", subject=subject, after={"outcome": "withdrawn", "seats": []})
    for page in (url("trail"), url("trail_export", "csv")):
        text = client_of(ada).get(page).text
        assert "Ada withdrew INI-4 from the vote" in text
        assert "The coalition decided" not in text


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("Billing", True), ("billing", True), ("张三的席位", True), ('"quoted"', True), ("Ops", False)],
)
def test_words_of_the_details_are_found(ada, text, is_found):
    record(
        ada,
        "seat.changed",
        after={"title": "Billing", "alternate": "张三的席位", "reason": 'a "quoted" word'},
    )
    found = trail(ada.organization, TrailFilter(text=text))
    assert found.exists() == is_found


@pytest.fixture
def three(ada, ben) -> list[AuditEvent]:
    """At midnight in Shanghai the second day begins."""
    Organization.objects.filter(pk=ada.organization_id).update(time_zone="Asia/Shanghai")
    ada.organization.refresh_from_db()
    moments = [
        datetime(2026, 3, 14, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 14, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 15, 16, 0, tzinfo=UTC),
    ]
    what = [
        (ada, "person.invited", "Nia"),
        (ben, "vote.cast", "INI-7 Faster"),
        (None, "study.finished", "INI-9"),
    ]
    return [
        AuditEvent.objects.create(
            organization=ada.organization,
            at=at,
            actor=who.user if who else None,
            actor_name=str(who.user) if who else "",
            verb=verb,
            subject=subject,
            subject_type="x",
        )
        for at, (who, verb, subject) in zip(moments, what, strict=True)
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [2, 1, 0]),
        ({"kind": TrailKind.PEOPLE}, [0]),
        ({"kind": TrailKind.DECISIONS}, [1]),
        ({"kind": TrailKind.DOCUMENTS}, []),
        ({"since": date(2026, 3, 15)}, [2, 1]),
        ({"until": date(2026, 3, 14)}, [0]),
        ({"since": date(2026, 3, 15), "until": date(2026, 3, 15)}, [1]),
        ({"since": date(2026, 3, 15), "until": date.max}, [2, 1]),
        ({"text": "faster"}, [1]),
        ({"text": "ADA"}, [0]),
        ({"text": "100%"}, []),
    ],
)
def test_the_trail_can_be_filtered(ada, three, wanted, found):
    events = list(trail(ada.organization, TrailFilter(**wanted)))
    assert events == [three[number] for number in found]


def test_a_person_is_found_as_actor_and_as_subject(ada, ben, three):
    about_ben = record(ada, "person.changed", subject=ben)
    assert list(trail(ada.organization, TrailFilter(person=ben))) == [about_ben, three[1]]


def test_the_page_filters_and_a_wrong_date_is_said(ada, ben, three, client_of):
    client = client_of(ada)
    page = client.get(url("trail"), {"kind": "decisions"}).text
    assert "Ben voted on INI-7" in page
    assert "Ada invited Nia" not in page
    assert "Enter a valid date" in client.get(url("trail"), {"since": "soon"}).text


def test_people_of_another_organization_are_not_to_choose_from(ada, dora, client_of, api_of):
    assert str(dora.user) not in client_of(ada).get(url("trail")).text
    path = reverse("api:trail-list", args=["northwind"])
    assert api_of(ada).get(path, {"person": dora.pk}).status_code == 422


def test_the_api_filters_and_tells_the_same(ada, three, api_of):
    path = reverse("api:trail-list", args=["northwind"])
    answer = api_of(ada).get(path, {"since": "2026-03-15", "until": "2026-03-15"}).json()
    assert [event["sentence"] for event in answer["results"]] == ["Ben voted on INI-7 Faster"]
    assert api_of(ada).get(path, {"kind": "kraken"}).status_code == 422


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_export_holds_what_the_filter_shows_and_is_itself_in_the_trail(ada, three, client_of, ending):
    answer = client_of(ada).get(url("trail_export", ending), {"kind": "decisions"})
    assert answer["Content-Disposition"] == f'attachment; filename="audit-trail-northwind.{ending}"'
    if ending == "csv":
        header, first, *rest = answer.content.decode("utf-8-sig").splitlines()
        assert header == "When,Who,What,About,Key,Before,After"
        assert first == ("2026-03-14T16:00:00+00:00,Ben,Ben voted on INI-7 Faster,INI-7 Faster,vote.cast,,")
        assert not rest
    else:
        assert [row[2] for row in rows_of(answer.content)] == ["What", "Ben voted on INI-7 Faster"]
    event = AuditEvent.objects.get(verb="trail.exported")
    assert (event.actor, event.after) == (ada.user, {"format": ending})


def rows_of(workbook: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


def test_an_export_runs_as_no_program_and_survives_any_letter(ada, client_of):
    record(ada, "function.saved", subject=OrganizationFactory(name="=1+1\x08", slug="f"))
    text = client_of(ada).get(url("trail_export", "csv")).content.decode("utf-8-sig")
    assert "'=1+1" in text
    rows = rows_of(client_of(ada).get(url("trail_export", "xlsx")).content)
    assert "'=1+1" in [row[3] for row in rows]


def test_no_other_kind_of_file(ada, client_of):
    assert client_of(ada).get(url("trail_export", "exe")).status_code == 404


def test_erasing_a_person_takes_no_address_factor_session_or_letter_of_anybody_else(ada, gone):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for number, user in enumerate((gone.user, ada.user)):
        EmailAddress.objects.create(user=user, email=user.email)
        Authenticator.objects.create(user=user, type="totp", data={})
        Session.objects.create(session_key=str(number) * 32, session_data="", expire_date=tomorrow, user=user)
    LetterFactory(recipient=ada.user.email)
    services.erase_person(user=User.objects.get(pk=gone.user_id), by_name="Operator", reason="asked to")
    for owned in (EmailAddress, Authenticator, Session):
        assert [row.user for row in owned.objects.all()] == [ada.user]
    assert [letter.recipient for letter in Letter.objects.all()] == [ada.user.email]


def test_erasing_a_person_changes_no_invitation_of_another(gone):
    services.erase_person(user=User.objects.get(pk=gone.user_id), by_name="Operator", reason="asked to")
    assert {"new@example.org", "later@example.org"} == {row.email for row in Invitation.objects.all()}

"""Links to documents: who may give them, what they open, when they end, and what comes back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent
from accounts.services import deactivate_member
from common.errors import InvalidValues
from common.jobs import JobState
from reports import services
from reports.access import report_for, shared_by
from reports.choices import LINK_DAYS
from reports.errors import LinkEnded, NotShared, ReportClosed, ReportNotReady
from reports.models import Report, ReportAnswer, ShareLink
from tests.conftest import _member
from tests.factories.assessments import make_result
from tests.reports.test_views import sample

pytestmark = pytest.mark.django_db
FILE = b"%PDF-1.7 AAAA-BBBB-CCCC-0001"


@pytest.fixture
def report(ada) -> Report:
    made = sample(ada, result=make_result(ada))
    return report_for(ada, made.pk)


@pytest.fixture
def link(ada, report) -> ShareLink:
    return services.share_report(by=ada, report=report, recipient=" Board\nof directors ", days=30)


def address(name: str, link: ShareLink) -> str:
    return reverse(name, args=[services.secret_of(link)])


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_a_link_has_a_recipient_a_last_day_and_a_secret_that_the_database_does_not_hold(link, report):
    assert link.recipient == "Board of directors"
    assert link.expires_at - link.created_at == timedelta(days=30)
    secret = services.secret_of(link)
    assert len(secret) == 64
    assert secret not in {link.nonce, link.secret_digest}
    assert shared_by(secret).pk == link.pk
    assert services.address_of(link).endswith(f"/d/{secret}/")
    assert services.address_of(link).startswith("http")


@pytest.mark.parametrize(
    ("recipient", "days", "field"),
    [
        ("", 30, "recipient"),
        (" \u200b ", 30, "recipient"),
        ("x" * 121, 30, "recipient"),
        ("Board", 31, "days"),
    ],
)
def test_what_is_wrong_with_a_new_link_is_said_at_its_field(ada, report, recipient, days, field):
    with pytest.raises(InvalidValues) as refused:
        services.share_report(by=ada, report=report, recipient=recipient, days=days)
    assert set(refused.value.fields) == {field}
    assert not ShareLink.objects.exists()


def test_the_longest_name_and_every_length_of_time_are_taken(ada, report):
    for days in LINK_DAYS:
        services.share_report(by=ada, report=report, recipient="x" * 120, days=days)
    assert ShareLink.objects.count() == len(LINK_DAYS) == 4


def test_what_employees_said_a_closed_document_and_one_under_way_are_not_shared(ada, report):
    report.wave_id = 1
    with pytest.raises(NotShared):
        services.share_report(by=ada, report=report, recipient="Board", days=30)
    report.wave_id, report.closure = None, "replaced"
    with pytest.raises(ReportClosed):
        services.share_report(by=ada, report=report, recipient="Board", days=30)
    report.closure, report.job_state = "", JobState.RUNNING
    with pytest.raises(ReportNotReady):
        services.share_report(by=ada, report=report, recipient="Board", days=30)


def test_links_have_an_end_in_number(ada, report, link, monkeypatch):
    monkeypatch.setattr("reports.services.sharing.MOST_LINKS", 2)
    services.share_report(by=ada, report=report, recipient="Second", days=30)
    with pytest.raises(NotShared, match="2 links"):
        services.share_report(by=ada, report=report, recipient="Third", days=30)
    services.revoke_share_link(by=ada, link=link)
    services.share_report(by=ada, report=report, recipient="Third", days=30)


def test_a_second_click_makes_neither_another_link_nor_another_answer(ada, organization, report, link):
    again = services.share_report(by=ada, report=report, recipient="Board of directors", days=30)
    assert again.pk == link.pk
    zoe = _member(organization, "Zoe", Role.CX_LEADER)
    other = services.share_report(by=zoe, report=report, recipient="Board of directors", days=30)
    assert other.pk != link.pk
    ShareLink.objects.filter(pk=link.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    later = services.share_report(by=ada, report=report, recipient="Board of directors", days=30)
    assert later.pk != link.pk
    for _click in range(2):
        services.answer_report(by=ada, report=report, answer="agreed")
        services.answer_by_link(link=shared_by(services.secret_of(link)), answer="agreed")
    assert ReportAnswer.objects.count() == 2
    services.answer_report(by=ada, report=report, answer="agreed", comment="More.")
    assert ReportAnswer.objects.count() == 3


def test_looking_at_the_page_opens_nothing_and_the_file_counts_each_time(client, link):
    page = client.get(address("shared", link))
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert client.get(address("shared_file", link)).status_code == 405
    link.refresh_from_db()
    assert (link.openings, link.first_opened_at) == (0, None)
    for _time in range(2):
        file = client.post(address("shared_file", link))
        assert b"".join(file.streaming_content) == FILE
        assert file["Cache-Control"] == "no-store"
    link.refresh_from_db()
    assert link.openings == 2
    assert link.first_opened_at < link.last_opened_at
    assert verbs().count("report.share_opened") == 1
    assert AuditEvent.objects.get(verb="report.share_opened").actor is None


def test_a_file_that_is_gone_was_not_opened(client, link):
    link.report.file.storage.delete(link.report.file.name)
    answer = client.post(address("shared_file", link))
    assert answer.status_code == 410
    assert "no longer on the server" in answer.text
    link.refresh_from_db()
    assert (link.openings, link.first_opened_at) == (0, None)


def test_a_link_that_ended_opens_nothing_and_says_so(client, ada, link):
    link.expires_at = timezone.now()
    link.save()
    assert client.get(address("shared", link)).status_code == 410
    assert client.post(address("shared_file", link)).status_code == 410
    assert client.post(address("shared_answer", link), {"answer": "read"}).status_code == 302
    with pytest.raises(LinkEnded):
        services.answer_by_link(link=shared_by(services.secret_of(link)), answer="read")
    link.refresh_from_db()
    assert link.openings == 0
    assert not ReportAnswer.objects.exists()


def test_a_revoked_link_opens_nothing_and_the_others_go_on(client, ada, report, link):
    other = services.share_report(by=ada, report=report, recipient="Auditor", days=7)
    services.revoke_share_link(by=ada, link=link)
    services.revoke_share_link(by=ada, link=link)
    assert client.post(address("shared_file", link)).status_code == 410
    assert b"".join(client.post(address("shared_file", other)).streaming_content) == FILE
    assert verbs().count("report.share_revoked") == 1


def test_a_document_that_a_newer_result_replaced_is_closed_behind_its_links_too(client, link, report):
    result = report.maturity_result
    result.is_superseded = True
    result.save()
    page = client.get(address("shared", link))
    assert page.status_code == 410
    assert "replaced" in page.content.decode()
    assert client.post(address("shared_file", link)).status_code == 410


@pytest.mark.parametrize("name", ["shared", "shared_file", "shared_answer"])
def test_an_unknown_secret_is_not_found(client, link, name):
    method = client.get if name == "shared" else client.post
    assert method(reverse(name, args=["0" * 64])).status_code == 404
    assert method(reverse(name, args=[link.secret_digest])).status_code == 404


def test_links_of_who_leaves_or_may_no_longer_create_documents_end(ada, organization):
    zoe = _member(organization, "Zoe", Role.CX_LEADER)
    report = report_for(zoe, sample(zoe, result=make_result(ada)).pk)
    mine = services.share_report(by=ada, report=report, recipient="Mine", days=30)
    hers = services.share_report(by=zoe, report=report, recipient="Hers", days=30)
    deactivate_member(by=ada, member=zoe)
    hers.refresh_from_db()
    mine.refresh_from_db()
    assert hers.is_over
    assert not mine.is_over
    assert AuditEvent.objects.get(verb="report.share_revoked").after == {"left_by": "Zoe"}


def test_an_answer_reaches_who_gave_the_link(client, ada, link, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    refused = client.post(address("shared_answer", link), {"answer": "question", "comment": " "})
    assert refused.status_code == 422
    assert "Write your question." in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(address("shared_answer", link), {"answer": "question", "comment": "Net of tax?"})
    assert sent.status_code == 302
    row = ReportAnswer.objects.get()
    assert (row.link, row.member, row.answer, row.comment) == (link, None, "question", "Net of tax?")
    assert str(row.author) == "Board of directors"
    assert "Net of tax?" in client.get(address("shared", link)).content.decode()
    (letter,) = mail.outbox
    assert letter.to == [ada.user.email]
    assert "has a question about" in letter.subject
    assert "Net of tax?" in letter.body
    assert AuditEvent.objects.get(verb="report.answered").after == {
        "recipient": "Board of directors",
        "answer": "question",
        "comment": "Net of tax?",
    }


def test_answers_by_one_link_have_an_end(link, monkeypatch):
    monkeypatch.setattr("reports.services.sharing.MOST_ANSWERS", 1)
    found = shared_by(services.secret_of(link))
    services.answer_by_link(link=found, answer="read")
    with pytest.raises(NotShared):
        services.answer_by_link(link=found, answer="agreed")


def test_a_member_answers_inside_and_nobody_writes_to_herself(
    ada, organization, report, django_capture_on_commit_callbacks
):
    mail.outbox.clear()
    eve = _member(organization, "Eve", Role.EXECUTIVE)
    with django_capture_on_commit_callbacks(execute=True):
        services.answer_report(by=ada, report=report, answer="read")
        assert not mail.outbox
        services.answer_report(by=eve, report=report, answer="agreed", comment="Good.")
    assert [letter.to for letter in mail.outbox] == [[ada.user.email]]
    assert [str(row.author) for row in report.answers.all()] == ["Eve", "Ada"]


def test_the_page_gives_the_address_of_links_that_work_only(client, ada, report, link):
    client.force_login(ada.user)
    page = reverse("reports:report_share", args=["northwind", report.pk])
    assert services.address_of(link) in client.get(page).content.decode()
    made = client.post(page, {"recipient": "Auditor", "days": "7"}, follow=True)
    assert "Auditor" in made.content.decode()
    wrong = client.post(page, {"recipient": "", "days": "8"})
    assert wrong.status_code == 422
    revoke = reverse("reports:share_revoke", args=["northwind", report.pk, link.pk])
    shown = client.post(revoke, follow=True).content.decode()
    assert services.address_of(link) not in shown
    assert "revoked on" in shown


def test_links_outlive_the_key_of_the_installation(client, ada, report, link, settings):
    """With the former key among the fallbacks the page gives the address; without it, says what to do."""
    given, former = services.address_of(link), settings.SECRET_KEY
    client.force_login(ada.user)
    page, told = reverse("reports:report_share", args=["northwind", report.pk]), "can no longer be shown"
    assert told not in client.get(page).text
    settings.SECRET_KEY = "another key of the installation"
    client.force_login(ada.user)
    shown = client.get(page).text
    assert told in shown
    assert "/shared/" not in shown
    api = client.get(f"/api/v1/o/northwind/reports/{report.pk}/links/").json()
    assert [row["address"] for row in api] == [""]
    opened = client.get(given.removeprefix(settings.SITE_URL))  # whoever has the address goes on using it
    assert opened.status_code == 200
    assert f'{given.removeprefix(settings.SITE_URL)}"' in opened.text
    twin = services.share_report(by=ada, report=report, recipient="Board of directors", days=30)
    assert twin.pk != link.pk  # no link without an address in answer to the wish for one
    settings.SECRET_KEY_FALLBACKS = [former]
    assert {services.address_of(link), services.address_of(twin)} >= {given}
    assert services.address_of(twin) != given
    client.force_login(ada.user)
    assert given in client.get(page).text


def test_a_link_of_another_document_is_not_found_here(client, ada, link):
    other = sample(ada, number=2, result=make_result(ada))
    client.force_login(ada.user)
    revoke = reverse("reports:share_revoke", args=["northwind", other.pk, link.pk])
    assert client.post(revoke).status_code == 404
    link.refresh_from_db()
    assert not link.is_over


def test_programs_share_revoke_and_answer(ada, report, api_of):
    base = f"/api/v1/o/northwind/reports/{report.pk}/"
    made = api_of(ada).post(f"{base}links/", {"recipient": "Board"}, format="json")
    assert made.status_code == 201
    assert made.data["address"].endswith("/")
    assert (
        api_of(ada).post(f"{base}links/", {"recipient": "Board", "day": 3}, format="json").status_code == 422
    )
    ended = api_of(ada).post(f"{base}links/{made.data['id']}/revoke/")
    assert ended.data["revoked_at"]
    assert ended.data["address"] == ""
    assert [row["id"] for row in api_of(ada).get(f"{base}links/").data] == [made.data["id"]]
    said = api_of(ada).post(f"{base}answers/", {"answer": "question"}, format="json")
    assert said.status_code == 422
    said = api_of(ada).post(f"{base}answers/", {"answer": "read"}, format="json")
    assert said.status_code == 201
    assert [row["author"] for row in api_of(ada).get(f"{base}answers/").data] == ["Ada"]

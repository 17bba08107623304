"""Pages of the installation itself."""

import json
import logging
import re
import sqlite3

import pytest
import yaml
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from accounts.choices import Role
from common.outages import is_outage
from cxprogram import views
from cxprogram.logs import LeavesRefusalsShort
from tests.architecture.test_schema import document_of_api
from tests.factories import MembershipFactory
from tests.factories.coalition import InitiativeFactory

pytestmark = pytest.mark.django_db


def test_health_answers_without_signing_in(client, db):
    assert client.get("/health/").json()["status"] == "ok"


@pytest.mark.drawn  # how large a whole number may be, which the document says, is the database's word
def test_the_document_of_the_api_is_the_committed_one_and_read_from_the_code_once(client, monkeypatch):
    views._api_document.cache_clear()
    asked = []
    read = SchemaGenerator.parse
    monkeypatch.setattr(SchemaGenerator, "parse", lambda *args: asked.append(1) or read(*args))
    for address in ("/api/schema/?lang=de", "/api/schema/", "/api/schema/?version=9"):
        answer = client.get(address)
        assert answer.headers["Content-Disposition"] == 'inline; filename="cxprogram-api.yaml"'
        assert yaml.load(answer.content, Loader=yaml.CSafeLoader) == document_of_api()
    assert len(asked) == 1


def test_components_are_for_staff(ada, client_of):
    client = client_of(ada)
    assert client.get("/components/").status_code == 403
    ada.user.is_staff = True
    ada.user.save()
    assert client.get("/components/").status_code == 200


def test_nobody_signs_up_without_an_invitation(client, db):
    response = client.get(reverse("account_signup"))
    assert "You join by invitation" in response.text
    assert 'name="email"' not in response.text


def test_who_may_not_reads_which_roles_may(organization, client_of):
    """An administrator is not sent to an administrator."""
    chief = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    answer = client_of(chief).get("/o/northwind/assess/new/")
    words = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
    assert answer.status_code == 403
    assert "Your role (Administrator) does not include this. It can be done by: CX leader." in words
    assert "Ask an administrator" not in words


def test_who_is_refused_for_another_reason_than_the_role_reads_no_roles(ada, ben, client_of):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    answer = client_of(ben).get(f"/o/northwind/decide/{initiative.number}/edit/")
    assert answer.status_code == 403
    assert "This is open only to the people it concerns." in answer.text
    assert "It can be done by" not in answer.text


def test_a_form_without_the_key_of_its_page_is_refused_in_words(ada):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post("/o/northwind/assess/new/", {})
    assert answer.status_code == 403
    assert "Nothing was saved." in answer.text
    assert "reload the page" in answer.text


def test_a_fault_is_a_page_for_people_and_a_problem_for_programs():
    """The views of the error itself: what leads there is tested with its own faults."""
    page, answer = (
        views.server_error(RequestFactory().get(path)) for path in ("/o/x/", "/api/v1/o/x/people/")
    )
    assert (page.status_code, answer.status_code) == (500, 500)
    assert page["Content-Type"].startswith("text/html")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "urn:cxprogram:server_error",
        "title": "Something went wrong. It was logged; try again.",
        "status": 500,
        "code": "server_error",
    }


class _Away:
    """A database that answers nothing, as the framework's wrapper of queries."""

    def __init__(self, error):
        self.error = error

    def __call__(self, execute, sql, params, many, context):
        raise self.error


@pytest.mark.parametrize(
    "path", ["/o/northwind/", "/o/northwind/settings/people/", "/api/v1/o/northwind/members/"]
)
def test_a_database_that_is_away_is_said_with_the_time_to_come_back(path, ada, client_of):
    client = client_of(ada)
    client.raise_request_exception = False
    with connection.execute_wrapper(_Away(OperationalError("connection refused"))):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    if path.startswith("/api/"):
        assert answer["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["code"] == "unavailable"
    else:
        assert "The database cannot be reached." in answer.text


def test_a_fault_of_ours_is_no_outage(ada, client_of):
    client = client_of(ada)
    client.raise_request_exception = False
    with connection.execute_wrapper(_Away(ProgrammingError("no such column"))):
        assert client.get("/o/northwind/").status_code == 500
    missing = OperationalError("no such table")
    missing.__cause__ = sqlite3.OperationalError("no such table")
    assert not is_outage(missing)
    busy = OperationalError("database is locked")
    busy.__cause__ = sqlite3.OperationalError("database is locked")
    busy.__cause__.sqlite_errorname = "SQLITE_BUSY_SNAPSHOT"
    assert is_outage(busy)


def test_a_refusal_is_one_line_of_the_log_and_a_fault_has_its_stack():
    said = LeavesRefusalsShort()
    refusal = logging.makeLogRecord(
        {"levelno": logging.WARNING, "exc_info": (ValueError, ValueError(), None)}
    )
    fault = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": (ValueError, ValueError(), None)})
    assert said.filter(refusal)
    assert said.filter(fault)
    assert refusal.exc_info is None
    assert fault.exc_info[0] is ValueError
    assert "refusals" in settings.LOGGING["loggers"]["django.request"]["filters"]

"""What the service says about itself, and how it goes on without Redis."""

import logging
import time
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter
from common.caches import RedisOrMemory
from common.jobs import JobState
from customer_voice import services
from customer_voice.models import ImportBatch, RecountNote
from cxprogram import health, upgrades
from tests.factories.accounts import PASSWORD, LetterFactory
from tests.factories.customer_voice import MetricDefinitionFactory, SourceFactory, TouchpointFactory
from tests.silence import silent_server

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "redis://:secret-word@127.0.0.1:1/0"


@pytest.fixture
def redis_is_down(settings):
    RedisOrMemory._away_until.clear()
    settings.CACHES = {"default": {"BACKEND": "common.caches.RedisOrMemory", "LOCATION": NOBODY_LISTENS}}
    settings.CELERY_BROKER_URL = NOBODY_LISTENS
    yield
    cache.clear()
    RedisOrMemory._away_until.clear()


def parts(client) -> dict[str, str]:
    return client.get("/health/").json()["parts"]


def test_everything_works_and_every_part_says_so(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ok",
            "parts": {
                "database": "ok",
                "migrations": "ok",
                "cache": "ok",
                "broker": "ok",
                "worker": "ok",
                "counts": "ok",
                "mail": "ok",
                "storage": "ok",
            },
        },
    )


@pytest.mark.usefixtures("redis_is_down")
def test_without_redis_the_service_is_degraded_and_names_what_fails(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"] == {
        "database": "ok", "migrations": "ok", "cache": "failing", "broker": "failing", "worker": "ok",
        "counts": "ok", "mail": "ok", "storage": "ok",
    }  # fmt: skip
    assert "secret-word" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_without_its_database_the_service_is_down(client, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("could not connect to server at 10.0.0.9, password=secret-word")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", broken)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    said = answer.json()["parts"]
    assert [said[name] for name in ("database", "worker", "mail")] == ["failing", "unknown", "unknown"]
    assert "secret-word" not in answer.text


def test_a_database_that_never_answers_is_said_within_seconds(client, monkeypatch):
    with silent_server() as port:
        settings_of_it = {
            **connection.settings_dict,
            "ENGINE": "django.db.backends.postgresql",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "NAME": "cx",
            "USER": "cx",
            "PASSWORD": "secret-word",
            "OPTIONS": {"options": "-c timezone=UTC"},
        }
        monkeypatch.setattr(health, "connection", DatabaseWrapper(settings_of_it, "default"))
        monkeypatch.setattr(health, "_worker", lambda: pytest.fail("asked a database that does not answer"))
        monkeypatch.setattr(health, "_mail", health._worker)
        monkeypatch.setattr(health, "_counts", health._worker)
        begun = time.monotonic()
        answer = client.get("/health/")
    assert time.monotonic() - begun < 5
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert [name for name, said in answer.json()["parts"].items() if said != "ok"] == [
        "database", "migrations", "worker", "counts", "mail",
    ]  # fmt: skip
    assert "secret-word" not in answer.text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite limits its wait by itself")
def test_a_question_of_the_health_page_that_waits_is_ended(client, monkeypatch):
    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
        return True

    monkeypatch.setattr(health, "_worker", waits)
    begun = time.monotonic()
    answer = client.get("/health/")
    assert time.monotonic() - begun < 10
    assert (answer.status_code, answer.json()["parts"]["worker"]) == (200, "failing")


def test_without_a_place_for_files_the_service_is_down(client, settings, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    settings.MEDIA_ROOT = tmp_path / "taken"
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["parts"]["storage"]) == (503, "failing")


def test_work_that_nobody_takes_up_shows_that_no_worker_runs(client, ada, settings):
    settings.STALE_AFTER_SECONDS = 100
    batch = ImportBatch.objects.create(
        organization=ada.organization,
        source=SourceFactory(organization=ada.organization),
        filename="a.csv",
        file="a.csv",
        file_bytes=1,
    )
    for seconds, said in ((250, "ok"), (310, "failing")):
        batch.job_state, batch.heartbeat_at = "queued", timezone.now() - timedelta(seconds=seconds)
        batch.save()
        assert parts(client)["worker"] == said
    batch.job_state = "done"
    batch.save()
    assert parts(client)["worker"] == "ok"


@pytest.mark.parametrize(
    ("state", "silent", "said"),
    [("running", 90, "ok"), ("running", 110, "failing"), ("queued", 10, "failing"), ("done", 10, "failing")],
)
def test_what_waits_behind_long_work_waits_for_a_worker_that_works(
    client, ada, settings, state, silent, said
):
    settings.STALE_AFTER_SECONDS = 100
    source = SourceFactory(organization=ada.organization)
    for job_state, seconds in (("queued", 1000), (state, silent)):
        ImportBatch.objects.create(
            organization=ada.organization,
            source=source,
            filename="a.csv",
            file="a.csv",
            file_bytes=1,
            job_state=job_state,
            heartbeat_at=timezone.now() - timedelta(seconds=seconds),
        )
    assert parts(client)["worker"] == said


@pytest.mark.parametrize(
    ("minutes", "state", "failure", "said"),
    [
        (14, JobState.QUEUED, "refused", "ok"),  # a server may be away for a moment
        (16, JobState.QUEUED, "refused", "failing"),
        (16, JobState.QUEUED, "", "ok"),  # never tried: that is the worker's part
        (16, JobState.DONE, "refused", "ok"),
        (1, JobState.FAILED, "refused", "failing"),
        (25 * 60, JobState.FAILED, "refused", "ok"),  # told on home; the service as it is now is well
    ],
)
def test_letters_that_do_not_leave_show_that_mail_fails(client, db, minutes, state, failure, said):
    moment = timezone.now() - timedelta(minutes=minutes)
    LetterFactory(job_state=state, failure=failure, created_at=moment, heartbeat_at=timezone.now())
    assert parts(client)["mail"] == said


@pytest.mark.parametrize(
    ("answer", "attempts", "said"),
    [
        ("550 no such user", 1, "ok"),
        ("553 5.1.3 bad address", 7, "ok"),
        ("535 who are you?", Letter.most_attempts, "failing"),  # of the server itself, tried to the end
        ("450 5500 letters wait", 1, "failing"),
    ],
)
def test_an_address_that_is_refused_is_no_failing_mail_server(client, db, answer, attempts, said):
    failure = f"The mail server answered: {answer}"
    letter = LetterFactory(job_state=JobState.FAILED, failure=failure, attempts=attempts)
    assert parts(client)["mail"] == said
    assert letter in Letter.objects.held_up(timezone.now())  # whoever runs the organization is told


@pytest.mark.usefixtures("redis_is_down")
def test_sign_in_home_listen_and_the_api_work_without_redis(ada, caplog):
    ada.user.set_password(PASSWORD)
    ada.user.save()
    client = Client()
    with caplog.at_level(logging.WARNING, logger="common.caches"):
        answer = client.post(reverse("account_login"), {"login": ada.user.email, "password": PASSWORD})
        assert answer.status_code == 302
        for name in ("home", "customer_voice:metric_list", "impact:driver_analysis"):
            assert client.get(reverse(name, args=["northwind"])).status_code == 200
        assert client.get(reverse("api:initiative-list", args=["northwind"])).status_code == 200
    (said,) = [record for record in caplog.records if record.name == "common.caches"]
    assert "Redis does not answer" in said.getMessage()
    assert "secret-word" not in said.getMessage()


@pytest.mark.usefixtures("redis_is_down")
def test_wrong_guesses_are_still_counted_without_redis(ada):
    ada.user.set_password(PASSWORD)
    ada.user.save()
    for _ in range(5):
        Client().post(reverse("account_login"), {"login": ada.user.email, "password": "wrong"})
    answer = Client().post(reverse("account_login"), {"login": ada.user.email, "password": PASSWORD})
    assert answer.status_code == 200


@pytest.mark.usefixtures("redis_is_down")
def test_every_call_of_the_cache_has_an_answer_without_redis():
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert (cache.get("a"), cache.get("b", 7), cache.has_key("a"), "a" in cache) == (1, 7, True, True)
    assert (cache.incr("a"), cache.decr("a")) == (2, 1)
    assert cache.set_many({"c": 3, "d": 4}) == []
    assert cache.get_many(["a", "c", "x"]) == {"a": 1, "c": 3}
    assert cache.get_or_set("e", lambda: 5) == 5
    assert cache.touch("a", 10)
    assert cache.delete("a")
    cache.delete_many(["c"])
    assert (cache.get("a"), cache.get("c"), cache.get("d")) == (None, None, 4)
    cache.clear()
    assert cache.get("d") is None


@pytest.mark.usefixtures("redis_is_down")
def test_redis_is_asked_again_after_a_while_and_its_return_is_said(monkeypatch, caplog):
    cache.set("a", 1)
    calls = []
    backend = cache._connections["default"]._redis
    monkeypatch.setattr(backend, "get", lambda key, default=None, version=None: calls.append(key) or "redis")
    assert cache.get("a") == 1  # not asked: it failed a moment ago
    assert calls == []
    with caplog.at_level(logging.WARNING, logger="common.caches"):
        RedisOrMemory._away_until[NOBODY_LISTENS] = 0.0
        assert cache.get("a") == "redis"
    assert calls == ["a"]
    assert "Redis answers again." in caplog.text


# --- nothing private is kept by anybody ------------------------------------------------------------


def test_pages_api_and_public_doors_are_kept_by_nobody(client, ada, client_of):
    signed_in = client_of(ada)
    addresses = [
        reverse("home", args=["northwind"]),
        reverse("api:member-list", args=["northwind"]),
        reverse("customer_voice:import_sample", args=["northwind"]),
        reverse("accounts:trail", args=["northwind"]),
        "/nothing/here/",
        "/verify/",
    ]
    for address in addresses:
        assert signed_in.get(address).headers["Cache-Control"] == "no-store", address
    for address in ("/accounts/login/", "/accounts/password/reset/", "/o/northwind/", "/health/", "/?a=%00"):
        assert "no-store" in client.get(address).headers["Cache-Control"], address
    assert client.get("/api/v1/o/northwind/members/").headers["Cache-Control"] == "no-store"


def test_static_files_stay_cacheable(client):
    answer = client.get(f"{configured.STATIC_URL}cxprogram/site.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    answer.close()


def test_a_database_without_the_tables_of_this_version_answers_nobody(client, monkeypatch):
    monkeypatch.setattr(upgrades._Found, "is_whole", False)
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="reports").order_by("pk").last()
    recorder.record_unapplied(last.app, last.name)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    said = answer.json()["parts"]
    assert (said["database"], said["migrations"], said["worker"]) == ("ok", "failing", "unknown")
    recorder.record_applied(last.app, last.name)
    assert client.get("/health/").json()["status"] == "ok"
    recorder.record_unapplied(last.app, last.name)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/health/").json()["parts"]["migrations"] == "ok"  # known from before
    assert not [query for query in asked.captured_queries if "django_migrations" in query["sql"]]


def test_answers_that_wait_to_be_counted_for_more_than_a_minute_are_told(client):
    metric = MetricDefinitionFactory()
    touchpoint = TouchpointFactory(organization=metric.organization)
    now = timezone.now()
    note = RecountNote.objects.create(
        organization=metric.organization, metric=metric, touchpoint=touchpoint, first=now, last=now
    )
    assert parts(client)["counts"] == "ok"
    RecountNote.objects.filter(pk=note.pk).update(noted_at=now - timedelta(seconds=70))
    answer = client.get("/health/").json()
    assert (answer["status"], answer["parts"]["counts"]) == ("degraded", "failing")
    services.count_noted(organization=metric.organization)
    assert client.get("/health/").json()["status"] == "ok"

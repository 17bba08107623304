"""Files in an object store: nightly ones from a prefix, and those that the product keeps itself, through the
usual client and over the wire."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage, storages
from django.urls import reverse

from common.files import FileGone, is_there, opened
from common.jobs import JobState
from customer_voice.choices import ImportStage
from customer_voice.models import Feedback, ImportBatch, WatchedFile
from customer_voice.services import create_folder, discard_import, look_into_folder
from cxprogram.watching import kept_files, reached
from tests.customer_voice.conftest import csv_bytes, good_rows
from tests.object_store import BUCKET, running_bucket
from tests.tabular.books import workbook

pytest.importorskip("storages.backends.s3", reason="django-storages[s3] is not installed")

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=5)


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with running_bucket() as found:
        yield found


def kept_in(settings, told):
    settings.STORAGES = {**settings.STORAGES, **told}


# --- nightly files ------------------------------------------------------------------------------


@pytest.fixture
def watched(bucket, settings, monkeypatch, tmp_path):
    """As an operator sets it."""
    monkeypatch.setenv("CXPROGRAM_WATCH_BUCKET", BUCKET)
    monkeypatch.setenv("CXPROGRAM_WATCH_ENDPOINT", f"http://127.0.0.1:{bucket.port}")
    settings.WATCH_ROOT, settings.WATCH_BUCKET, told, _private = reached(tmp_path)
    kept_in(settings, told)
    return bucket


@pytest.fixture
def folder(ada, watched, bring_in, touchpoints):
    bring_in(csv_bytes(good_rows(2)), source="crm")
    return create_folder(by=ada, source="crm", path="crm/nightly", moves_done=True)


def look(folder):
    folder.refresh_from_db()
    folder.queue_again()
    folder.save()
    look_into_folder(folder_id=folder.pk)
    folder.refresh_from_db()
    return folder


def put(bucket, name, content, *, age=LONG_AGO):
    bucket.put(f"northwind/crm/nightly/{name}", content, at=datetime.now(tz=UTC) - age)


def test_nightly_files_come_in_from_a_prefix_each_once_and_move(watched, folder):
    put(watched, "monday.csv", csv_bytes(good_rows(5)))
    put(watched, "tuesday.csv", csv_bytes(good_rows(7)))
    put(watched, "wednesday.csv", csv_bytes(good_rows(8)), age=timedelta(seconds=5))  # still being written
    put(watched, "thursday.csv.part", b"id,da")
    put(watched, "deeper/friday.csv", csv_bytes(good_rows(9)))
    watched.put("other-firm/crm/nightly/theirs.csv", csv_bytes(good_rows(11)))
    for _night in range(6):
        folder = look(folder)
    assert (folder.job_state, folder.failure) == (JobState.DONE, "")
    assert Feedback.objects.count() == 7
    assert sorted(WatchedFile.objects.values_list("name", flat=True)) == ["monday.csv", "tuesday.csv"]
    assert {file.batch.stage for file in WatchedFile.objects.all()} == {ImportStage.IMPORTED}
    assert sorted(watched.objects) == [
        "northwind/crm/nightly/deeper/friday.csv",
        "northwind/crm/nightly/done/monday.csv",
        "northwind/crm/nightly/done/tuesday.csv",
        "northwind/crm/nightly/thursday.csv.part",
        "northwind/crm/nightly/wednesday.csv",
        "other-firm/crm/nightly/theirs.csv",
    ]
    assert watched.objects["northwind/crm/nightly/done/monday.csv"][0] == csv_bytes(good_rows(5))


def test_a_file_of_the_same_name_that_was_moved_before_stays(watched, folder):
    put(watched, "done/nightly.csv", b"last week's")
    put(watched, "nightly.csv", csv_bytes(good_rows(4)))
    look(folder)
    look(folder)
    assert watched.objects["northwind/crm/nightly/done/nightly.csv"][0] == b"last week's"
    moved = [key for key in watched.objects if "/done/" in key]
    assert len(moved) == 2
    assert "northwind/crm/nightly/nightly.csv" not in watched.objects


@pytest.mark.parametrize("trouble", ["is_broken", "refuses", "gone"])
def test_a_store_that_cannot_be_read_is_told_and_nothing_is_lost(watched, folder, trouble):
    put(watched, "monday.csv", csv_bytes(good_rows(5)))
    if trouble != "gone":
        setattr(watched, trouble, True)
    else:
        storages["watched"].bucket_name = "no-such-bucket"
    folder = look(folder)
    assert (folder.failures_in_row, Feedback.objects.count()) == (1, 2)
    assert "The object store cannot be read." in folder.failure
    if trouble != "gone":
        setattr(watched, trouble, False)
        for _night in range(2):
            folder = look(folder)
        assert (folder.failures_in_row, Feedback.objects.count()) == (0, 5)


# --- files of the product -----------------------------------------------------------------------


@pytest.fixture
def kept(bucket, settings, monkeypatch):
    monkeypatch.setenv("CXPROGRAM_FILES_BUCKET", BUCKET)
    monkeypatch.setenv("CXPROGRAM_FILES_ENDPOINT", f"http://127.0.0.1:{bucket.port}")
    kept_in(settings, {"default": kept_files()})
    return bucket


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_lives_in_the_store_and_comes_in_from_there(
    kept, upload, bring_in, touchpoints, kind, django_capture_on_commit_callbacks
):
    rows = [["id", "date", "touchpoint", "score", "comment", "segment"], *good_rows(6)]
    content = csv_bytes(good_rows(6)) if kind == "csv" else workbook(("Answers", rows))
    batch = bring_in(content)
    assert (batch.rows_created, Feedback.objects.count()) == (6, 6)
    assert kept.objects[batch.file.name][0] == content
    again = upload(b"id,date\n1,2026-03-02\n")
    assert again.file.name != batch.file.name
    name = again.file.name
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(batch=again, by=again.created_by)
    assert name not in kept.objects


def test_a_file_that_is_gone_says_so(kept, upload):
    batch = upload(csv_bytes(good_rows(2)))
    del kept.objects[batch.file.name]
    assert not is_there(batch.file)
    with pytest.raises(FileGone):
        opened(ImportBatch.objects.get(pk=batch.pk).file)


def test_two_files_of_one_name_stand_side_by_side(kept, upload):
    first, second = upload(b"a,b\n1,2\n"), upload(b"a,b\n3,4\n")
    assert first.file.name != second.file.name
    assert sorted(content for content, _at in kept.objects.values()) == [b"a,b\n1,2\n", b"a,b\n3,4\n"]


def test_health_asks_the_store(kept, client):
    assert client.get(reverse("health")).json()["parts"]["storage"] == "ok"
    kept.refuses = True
    assert client.get(reverse("health")).json()["parts"]["storage"] == "failing"
    assert all(not key for key in kept.objects)  # nothing is left behind by asking


def test_without_a_bucket_files_lie_on_this_machine(monkeypatch):
    monkeypatch.delenv("CXPROGRAM_FILES_BUCKET", raising=False)
    assert kept_files() == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    assert not hasattr(default_storage, "bucket_name")

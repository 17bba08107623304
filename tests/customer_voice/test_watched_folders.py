"""Watched folders: nightly files come in by the recipe of their source, whole or not at all, each once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage, storages
from django.utils import timezone

from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.jobs import JobState
from customer_voice.choices import ImportStage
from customer_voice.errors import FolderRefused
from customer_voice.importers.watched_files import is_path, place_of
from customer_voice.models import Feedback, ImportBatch, WatchedFile, WatchedFolder
from customer_voice.services import (
    create_folder,
    discard_import,
    look_into_folder,
    queue_folders,
    retire_metric,
    switch_folder,
)
from overview.selectors import needs_of
from tests.customer_voice.conftest import MAPPING, csv_bytes, good_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings, organization) -> Path:
    """The operator's place for files, with the folder of the organization in it."""
    settings.WATCH_ROOT, settings.WATCH_BUCKET = str(tmp_path / "watched"), ""
    place = tmp_path / "watched" / organization.slug / "crm"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def folder(ada, root) -> WatchedFolder:
    return create_folder(by=ada, source="crm", path="crm")


@pytest.fixture
def recipe(bring_in, touchpoints):
    """A file of this source with these columns came in before."""
    return bring_in(csv_bytes(good_rows(2)), source="crm")


def put(root: Path, name: str, content: bytes, *, seconds: int = 120) -> Path:
    file = root / name
    file.write_bytes(content)
    then = (timezone.now() - timedelta(seconds=seconds)).timestamp()
    os.utime(file, (then, then))
    return file


def look(folder: WatchedFolder) -> WatchedFolder:
    """One look, as the worker does it."""
    folder.refresh_from_db()
    folder.queue_again()
    folder.save()
    look_into_folder(folder_id=folder.pk)
    folder.refresh_from_db()
    return folder


def kinds(member) -> list[str]:
    return [need.kind for need in needs_of(member)]


def test_a_nightly_file_comes_in_by_the_recipe_and_once(ada, root, folder, recipe):
    put(root, "monday.csv", csv_bytes(good_rows(5)))
    folder = look(folder)
    assert (folder.job_state, folder.failure, folder.failures_in_row) == (JobState.DONE, "", 0)
    file = WatchedFile.objects.get()
    assert (file.name, file.batch.stage) == ("monday.csv", ImportStage.IMPORTED)
    assert (file.batch.rows_created, file.batch.rows_unchanged) == (3, 2)
    assert Feedback.objects.count() == 5
    put(root, "copy of monday.csv", csv_bytes(good_rows(5)))
    folder = look(folder)
    folder = look(folder)
    assert (WatchedFile.objects.count(), ImportBatch.objects.count()) == (1, 2)
    assert (root / "monday.csv").exists()
    assert kinds(ada) == []


def test_newer_values_replace_what_is_known_or_wait_for_a_person(ada, ben, root, folder, recipe):
    rows = good_rows(2)
    put(root, "a.csv", csv_bytes([[*rows[0][:3], 10, *rows[0][4:]]]))
    look(folder)
    assert Feedback.objects.get(submission__external_id="r0").score == 10
    WatchedFolder.objects.update(replaces_known=False)
    put(root, "b.csv", csv_bytes([[*rows[0][:3], 3, *rows[0][4:]]]))
    look(folder)
    batch = WatchedFile.objects.get(name="b.csv").batch
    assert (batch.stage, batch.rows_replaced) == (ImportStage.CHECKED, 1)
    assert Feedback.objects.get(submission__external_id="r0").score == 10
    assert kinds(ada) == ["import_checked"]
    assert kinds(ben) == []


def test_a_file_with_a_bad_row_waits_whole(ada, root, folder, recipe):
    rows = good_rows(5)
    rows[3][3] = 11
    put(root, "bad.csv", csv_bytes(rows))
    look(folder)
    look(folder)
    batch = WatchedFile.objects.get().batch
    assert (batch.stage, batch.rows_rejected, batch.created_by) == (ImportStage.CHECKED, 1, None)
    assert Feedback.objects.count() == 2
    assert kinds(ada) == ["import_checked"]
    discard_import(batch=batch, by=ada)
    folder = look(folder)
    assert (folder.failure, WatchedFile.objects.get().batch) == ("", None)
    assert kinds(ada) == []


def test_other_columns_are_asked_for(ada, root, folder, recipe):
    put(
        root,
        "new.csv",
        csv_bytes([["r9", "2026-03-01", "web", 9, "x", "a", "y"]], (*MAPPING.values(), "more")),
    )
    look(folder)
    assert WatchedFile.objects.get().batch.stage == ImportStage.MAPPING
    assert kinds(ada) == ["import_columns"]


def test_a_recipe_whose_metric_is_retired_asks(ada, nps, root, folder, recipe):
    retire_metric(by=ada, metric=nps)
    put(root, "later.csv", csv_bytes(good_rows(4)))
    folder = look(folder)
    assert folder.failure == ""
    assert WatchedFile.objects.get().batch.stage == ImportStage.MAPPING


def test_what_is_no_table_is_named_and_holds_nothing_up(ada, root, folder, recipe):
    put(root, "a.pdf", b"%PDF-1.7 \x00\xff", seconds=300)
    put(root, "b.csv", csv_bytes(good_rows(3)))
    folder = look(folder)
    assert folder.failure == ""
    file = WatchedFile.objects.get(name="a.pdf")
    assert (file.state, bool(file.reason), file.batch) == ("unreadable", True, None)
    assert WatchedFile.objects.get(name="b.csv").batch.stage == ImportStage.IMPORTED
    assert kinds(ada) == ["folder_failing"]


def test_too_large_a_file_is_named(root, folder, settings):
    settings.UPLOAD_MAX_BYTES = 10
    put(root, "large.csv", b"x" * 11)
    look(folder)
    assert WatchedFile.objects.get().state == "unreadable"


def test_files_on_their_way_are_left_alone(root, folder, recipe):
    put(root, "fresh.csv", csv_bytes(good_rows(3)), seconds=10)
    for name in (".hidden.csv", "upload.csv.part", "~lock.csv", "x.tmp"):
        put(root, name, csv_bytes(good_rows(3)))
    (root / "below").mkdir()
    look(folder)
    assert WatchedFile.objects.count() == 0


def test_done_files_are_moved_where_that_is_wished(ada, root, folder, recipe):
    WatchedFolder.objects.update(moves_done=True)
    put(root, "monday.csv", csv_bytes(good_rows(5)))
    look(folder)
    assert not (root / "monday.csv").exists()
    assert (root / "done" / "monday.csv").exists()
    put(root, "monday.csv", csv_bytes(good_rows(6)))
    look(folder)
    assert sorted(file.name for file in (root / "done").iterdir()) == ["monday-2.csv", "monday.csv"]
    assert Feedback.objects.count() == 6


@pytest.mark.parametrize(
    "path",
    ["", "/", "..", "../other", "crm/../../x", "crm//x", "/etc", "a\\b", ".git", "a/ b", "x" * 300, "a\x00b"],
)
def test_no_path_leads_out(ada, root, path):
    assert not is_path(path)
    with pytest.raises((InvalidValues, ValueError)):
        place_of("northwind", path).files()
    if path not in {"/etc", "a\x00b"}:  # what is typed loses the slash before it, and what nobody sees
        with pytest.raises(InvalidValues):
            create_folder(by=ada, source="crm", path=path)


def test_no_link_leads_out(ada, root, folder, tmp_path, organization, recipe):
    outside = tmp_path / "outside"
    outside.mkdir()
    put(outside, "secret.csv", csv_bytes(good_rows(4)))
    (root / "link.csv").symlink_to(outside / "secret.csv")
    os.mkfifo(root / "pipe.csv")
    folder = look(folder)
    assert (folder.failure, WatchedFile.objects.count()) == ("", 0)
    with pytest.raises(FolderRefused), place_of(organization.slug, "crm").open("link.csv"):
        pass
    with pytest.raises(FolderRefused), place_of(organization.slug, "crm").open("pipe.csv"):
        pass
    (root.parent / "linked").symlink_to(outside)
    linked = look(create_folder(by=ada, source="crm", path="linked"))
    assert (linked.job_state, linked.failures_in_row) == (JobState.FAILED, 1)
    assert WatchedFile.objects.count() == 0


def test_each_organization_has_its_own_place(root, folder, dora, tmp_path):
    put(root, "ours.csv", csv_bytes(good_rows(4)))
    theirs = look(create_folder(by=dora, source="crm", path="crm"))
    assert theirs.job_state == JobState.FAILED
    assert WatchedFile.objects.count() == 0


def test_failures_are_told_after_three_and_looked_at_less_often(ada, root, folder):
    os.rmdir(root)
    for _number in range(3):
        assert "folder_failing" not in kinds(ada)
        folder = look(folder)
    assert folder.failures_in_row == 3
    assert kinds(ada) == ["folder_failing"]
    assert queue_folders(now=timezone.now() + timedelta(minutes=19)) == []
    assert len(queue_folders(now=timezone.now() + timedelta(minutes=21))) == 1
    WatchedFolder.objects.update(job_state=JobState.FAILED)
    switch_folder(by=ada, folder=folder, is_on=False)
    assert queue_folders(now=timezone.now() + timedelta(days=1)) == []
    assert kinds(ada) == []
    assert AuditEvent.objects.filter(verb="feed.switched_off").count() == 1


def test_nothing_is_looked_into_unless_the_operator_has_set_a_place(ada, root, folder, settings):
    settings.WATCH_ROOT = ""
    assert queue_folders(now=timezone.now() + timedelta(days=1)) == []
    with pytest.raises(FolderRefused):
        create_folder(by=ada, source="crm", path="more")


def test_an_object_store_is_read_in_the_same_way(
    ada, folder, settings, recipe, monkeypatch, tmp_path, organization
):
    settings.WATCH_ROOT, settings.WATCH_BUCKET = "", "bucket"
    store = FileSystemStorage(location=tmp_path / "bucket")
    monkeypatch.setitem(storages._storages, "watched", store)
    (tmp_path / "bucket" / organization.slug / "crm").mkdir(parents=True)
    put(tmp_path / "bucket" / organization.slug / "crm", "n.csv", csv_bytes(good_rows(5)))
    WatchedFolder.objects.update(moves_done=True)
    assert look(folder).failure == ""
    assert Feedback.objects.count() == 5
    assert (tmp_path / "bucket" / organization.slug / "crm" / "done" / "n.csv").exists()
    monkeypatch.delitem(storages._storages, "watched")
    assert "django-storages" in look(folder).failure
    assert InMemoryStorage is not None

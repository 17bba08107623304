"""The private keys of waves whose organization is deleted: nothing of them stays on the disk."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Organization
from accounts.services import delete_organization
from employee_voice import services
from employee_voice.credentials.keyfiles import KeyFolder
from employee_voice.models import KeysToDestroy, Wave
from employee_voice.services.keys import folder, sealing_name, sheets, sheets_name
from tests.factories.employee_voice import opened

pytestmark = pytest.mark.django_db
WORDS = {"by_name": "Operator", "reason": "contract ended"}


@pytest.fixture
def wave(ada, tree):
    wave = opened(ada, {"Care": 6})
    sheets().write(sheets_name(wave, "care"), b"codes")
    return wave


@pytest.fixture
def asked(monkeypatch):
    """What the worker was asked for."""
    found = []
    monkeypatch.setattr("common.messages.send", lambda task, *_arguments, about: found.append(task))
    return found


def files_on_disk(settings):
    return [path for path in Path(settings.KEYS_DIR).rglob("*") if path.is_file()]


def test_the_keys_of_an_open_wave_go_with_the_organization(
    settings, wave, asked, django_capture_on_commit_callbacks
):
    kinds = {path.relative_to(settings.KEYS_DIR).parts[0] for path in files_on_disk(settings)}
    assert kinds == {"signing", "sealing", "slips"}
    said = StringIO()
    options = {"slug": "northwind", "confirm": "Northwind Telecom", "by": "Operator", "reason": "ended"}
    with django_capture_on_commit_callbacks(execute=True):
        call_command("delete_organization", **options, stdout=said)
    assert files_on_disk(settings) == []
    assert "1 wave of an employee survey was running: its answers and its private keys are destroyed." in (
        said.getvalue()
    )
    assert asked == ["employee_voice.tasks.destroy_left_keys"]


def test_what_a_crash_left_is_destroyed_by_the_worker(settings, wave):
    delete_organization(organization=wave.survey.organization, **WORDS)  # and nothing after the commit
    assert files_on_disk(settings)
    services.destroy_left_keys()
    assert files_on_disk(settings) == []


def test_keys_that_were_being_made_are_destroyed_when_they_are_there(settings, wave):
    delete_organization(organization=wave.survey.organization, **WORDS)
    services.destroy_left_keys()
    folder().write(sealing_name(wave), b"made by a worker that knew nothing of it")
    services.destroy_left_keys()
    assert files_on_disk(settings) == []
    KeysToDestroy.objects.update(since=timezone.now() - timedelta(days=2))
    services.destroy_left_keys()
    assert not KeysToDestroy.objects.exists()


def test_keys_that_cannot_be_destroyed_stay_noted(settings, wave, monkeypatch):
    delete_organization(organization=wave.survey.organization, **WORDS)
    KeysToDestroy.objects.update(since=timezone.now() - timedelta(days=2))

    def refuse(self, name):
        raise PermissionError(name)

    with monkeypatch.context() as patch:
        patch.setattr(KeyFolder, "destroy", refuse)
        services.destroy_left_keys()
    assert KeysToDestroy.objects.count() == 1
    services.destroy_left_keys()
    assert files_on_disk(settings) == []
    assert not KeysToDestroy.objects.exists()


def test_no_wave_that_is_there_loses_its_keys(settings, ada, wave, asked, django_capture_on_commit_callbacks):
    before = files_on_disk(settings)
    other = Organization.objects.create(name="Other", slug="other")
    with django_capture_on_commit_callbacks(execute=True):
        delete_organization(organization=other, **WORDS)
    KeysToDestroy.objects.create(public_id=wave.public_id)  # as a restored database may say
    services.destroy_left_keys()
    assert files_on_disk(settings) == before
    assert Wave.objects.get().pk == wave.pk


def test_an_organization_without_waves_has_nothing_to_say(organization):
    assert delete_organization(organization=organization, **WORDS) == []
    assert not KeysToDestroy.objects.exists()

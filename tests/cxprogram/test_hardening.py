"""What production refuses, and what is written for this user alone."""

import os
import stat

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from cxprogram.secret import kept_key
from tests.cxprogram.test_modes import COMPLETE, load_settings, run_python


@pytest.mark.django_db
def test_the_demo_people_are_never_made_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not in production"):
        call_command("demo")
    with pytest.raises(CommandError, match="in production"):
        call_command("start", "--demo", "--port", "0")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"), [("CXPROGRAM_DEBUG", "true"), ("CXPROGRAM_HOSTS", "*"), ("CXPROGRAM_HOSTS", " ,")]
)
def test_production_refuses_what_would_open_it(name, value, tmp_path):
    run = load_settings({**COMPLETE, name: value}, tmp_path)
    assert run.returncode != 0
    assert f"ImproperlyConfigured: {name}" in run.stderr


def test_what_is_written_is_for_this_user_alone(tmp_path):
    kept_key(tmp_path / "var" / "secret_key")
    assert stat.S_IMODE(os.stat(tmp_path / "var").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(tmp_path / "var" / "secret_key").st_mode) == 0o600


ASK_HEALTH = """
from unittest import mock
import django
django.setup()
from django.test import Client
mock.patch("cxprogram.health.parts", return_value={"database": True, "storage": True}).start()
for headers in ({}, {"X-Forwarded-Proto": "https"}):
    print(Client().get("/health/", headers={"Host": "cx.example.org", **headers}).status_code)
"""


def test_the_start_asks_production_as_its_proxy_does(tmp_path):
    """A redirect to the public address would leave the machine, and fail where the proxy is not up yet."""
    environment = {**COMPLETE, "DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
    run = run_python(environment, tmp_path, "-c", ASK_HEALTH)
    assert run.stdout.split() == ["301", "200"], run.stderr

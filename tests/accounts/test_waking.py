"""A process that never ran a task wakes the worker all the same: a command, a web server just started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_floors import ROOT

BEGIN = """
import django
django.setup()
from accounts.choices import Role
from accounts.models import Membership, Organization, User
from django.core.management import call_command
"""
MAKE = """
from django.conf import settings
settings.MIGRATION_MODULES = {config.label: None for config in django.apps.apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
organization = Organization.objects.create(name="Northwind", slug="northwind")
for email, role in (("lead@example.org", Role.ADMINISTRATOR), ("ben@example.org", Role.COALITION_MEMBER)):
    user = User.objects.create(email=email, name=email)
    Membership.objects.create(organization=organization, user=user, role=role)
"""
COMMAND = """
call_command("make_administrator", slug="northwind", email="ben@example.org")
"""
BY_API = """
from django.test import Client
client = Client()
lead, ben = (Membership.objects.get(user__email=f"{name}@example.org") for name in ("lead", "ben"))
client.force_login(lead.user, backend="allauth.account.auth_backends.AuthenticationBackend")
path = f"/api/v1/o/northwind/members/{ben.pk}/"
answer = client.patch(path, {"role": "cx_leader"}, content_type="application/json")
assert answer.status_code == 200, answer.content
"""


def run(script: str, var: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
    return subprocess.run(
        [sys.executable, "-c", BEGIN + script],
        cwd=ROOT,
        env={**clean, "CXPROGRAM_VAR": str(var), "DJANGO_SETTINGS_MODULE": "cxprogram.settings"},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    (folder / "static").mkdir()
    made = run(MAKE, folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("way", [COMMAND, BY_API], ids=["command", "api"])
def test_a_role_change_wakes_the_delivery_of_what_happened(var, way):
    before = set((var / "queue").glob("*.msg"))
    done = run(way, var)
    assert (done.returncode, done.stderr) == (0, "")
    sent = [path.read_text() for path in set((var / "queue").glob("*.msg")) - before]
    assert any("accounts.tasks.deliver_events" in text for text in sent)

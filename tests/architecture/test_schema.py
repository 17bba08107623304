"""The API's document is committed: a change is seen in review. The database matches the models."""

import os
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture.test_floors import ROOT

DOCUMENT = ROOT / "docs" / "openapi.yaml"


def test_openapi_document_is_up_to_date():
    """Make it anew with: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    fresh = out.getvalue().strip()
    if os.environ.get("UPDATE_OPENAPI"):
        DOCUMENT.write_text(fresh + "\n", encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8").strip() == fresh


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())

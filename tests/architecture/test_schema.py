"""The API's document is committed: a change is seen in review. The database matches the models."""

import os
import re
from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.urls import get_resolver
from openapi_spec_validator import OpenAPIV30SpecValidator
from rest_framework import serializers

from common.strict import KnownFields
from tests.architecture.test_floors import ROOT

DOCUMENT = ROOT / "docs" / "openapi.yaml"


@cache
def document_of_api() -> dict[str, Any]:
    """The committed document. Read by the fast reader, once a process: the other one takes two seconds."""
    found: dict[str, Any] = yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


def test_openapi_document_is_up_to_date():
    """Make it anew with: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    fresh = out.getvalue().strip()
    if os.environ.get("UPDATE_OPENAPI"):
        DOCUMENT.write_text(fresh + "\n", encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8").strip() == fresh


def test_openapi_document_follows_the_standard():
    """Defaults included: what drf-spectacular's own check passes over."""
    document = document_of_api()
    assert [str(error) for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _taken(name: str) -> str:
    return name.removeprefix("Patched").removesuffix("Request")


def test_every_body_that_the_api_takes_is_refused_where_nothing_reads_a_field():
    """By the document: whatever stands under `requestBody`, and the rows in it, is read strictly."""
    get_resolver().url_patterns  # noqa: B018 - every view, and with it every serializer, is imported
    document = document_of_api()
    found = {
        match
        for path in document["paths"].values()
        for call in path.values()
        for match in re.findall(r"schemas/(\w+)", str(call.get("requestBody", "")))
    }
    found |= {
        match
        for name in list(found)
        for match in re.findall(r"schemas/(\w+Request)\b", str(document["components"]["schemas"][name]))
    }
    ours = [one for one in _below(serializers.Serializer) if not one.__module__.startswith("rest_framework")]
    names = {
        getattr(one, "_spectacular_annotation", {}).get("component_name")
        or one.__name__.removesuffix("Serializer"): one
        for one in ours
    }
    assert len(found) > 25
    unknown = [name for name in found if _taken(name) not in names]
    lax = [name for name in found if name not in unknown and not issubclass(names[_taken(name)], KnownFields)]
    assert not unknown
    assert not lax


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())

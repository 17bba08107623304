"""Organizations are walls."""

import inspect
import re
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.models import UniqueConstraint
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.constraints import SameOrganization
from accounts.models import Organization
from tests.architecture.test_floors import OURS, ROOT

# Rows that are not of one organization, and why.
SHARED = {
    "accounts.User": "a person may belong to several organizations",
    "accounts.Organization": "is the wall itself",
    "accounts.Letter": "goes to an address, which several organizations may know; the page asks whose it is",
    "accounts.Session": "is of a person, like the account",
    "employee_voice.KeysToDestroy": "outlives the organization that was deleted; names key files alone",
    "accounts.Erasure": "outlives the organization that was deleted; holds no name of a person",
}


def _reaches_organization(
    model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()
) -> bool:
    if model is Organization:
        return True
    return any(
        field.related_model not in seen and _reaches_organization(field.related_model, seen | {model})
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in OURS
        and field.related_model._meta.label != "accounts.User"
    )


def test_every_row_belongs_to_an_organization():
    without = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and model._meta.label not in SHARED
        and not _reaches_organization(model)
    ]
    assert not without


def test_what_customers_said_cannot_point_into_another_organization():
    """Each relation between rows of `customer_voice` that belong to organizations is held by the database.

    Relations that are older than the constraint are listed; none may be added. Points are left out: they are
    counted from the answers of one organization, and never written from outside; so are notes of what is to
    be counted, which are asked together with their organization and hold no figure.
    """
    older = {
        "customer_voice.Feedback.metric",
        "customer_voice.Feedback.batch",
        "customer_voice.ImportBatch.metric",
    }
    held, loose = set(), set()
    for model in apps.get_app_config("customer_voice").get_models():
        if model.__name__.endswith("Point") or model.__name__ == "RecountNote":
            continue
        owned = any(field.name == "organization" for field in model._meta.fields)
        tied = {one.field for one in model._meta.constraints if isinstance(one, SameOrganization)}
        for field in model._meta.fields:
            target = field.related_model
            if not owned or not isinstance(target, type) or target._meta.app_label != "customer_voice":
                continue
            (held if field.name in tied else loose).add(f"{model._meta.label}.{field.name}")
            if field.name in tied:
                keys = [one.fields for one in target._meta.constraints if isinstance(one, UniqueConstraint)]
                assert ("organization", "id") in keys, target
                assert not field.db_constraint
    assert loose == older
    assert held == {
        "customer_voice.AccountReference.account",
        "customer_voice.AccountTag.account",
        "customer_voice.CalendarVersion.calendar",
        "customer_voice.Channel.came_with",
        "customer_voice.Contact.account",
        "customer_voice.Contact.came_with",
        "customer_voice.Contact.placed_with",
        "customer_voice.ContactReference.contact",
        "customer_voice.CustomerAccount.came_with",
        "customer_voice.CustomerSurvey.channel",
        "customer_voice.CustomerSurvey.follows",
        "customer_voice.CustomerSurvey.source",
        "customer_voice.Feedback.account",
        "customer_voice.Feedback.channel",
        "customer_voice.Feedback.contact",
        "customer_voice.Feedback.submission",
        "customer_voice.FormerAnswer.account",
        "customer_voice.FormerAnswer.answer",
        "customer_voice.FormerAnswer.batch",
        "customer_voice.FormerAnswer.came_with",
        "customer_voice.FormerAnswer.channel",
        "customer_voice.FormerAnswer.contact",
        "customer_voice.FormerAnswer.metric",
        "customer_voice.FormerCustomer.account",
        "customer_voice.FormerCustomer.contact",
        "customer_voice.FormerCustomer.taken_list",
        "customer_voice.FormerMerge.account",
        "customer_voice.FormerMerge.contact",
        "customer_voice.MetricDefinition.counted_by",
        "customer_voice.ImportBatch.source",
        "customer_voice.IncomingWebhook.source",
        "customer_voice.IncomingWebhook.survey",
        "customer_voice.Mailbox.source",
        "customer_voice.SurveyTally.survey",
        "customer_voice.WatchedFile.batch",
        "customer_voice.WatchedFile.folder",
        "customer_voice.WatchedFolder.source",
        "customer_voice.WebhookCall.webhook",
        "customer_voice.Submission.batch",
        "customer_voice.Submission.source",
    }


def all_patterns(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        found += all_patterns(entry, route) if isinstance(entry, URLResolver) else [(route, entry)]
    return found


def test_every_screen_of_an_organization_passes_the_gate():
    ungated = [
        route
        for route, pattern in all_patterns()
        if route.startswith("o/<slug:organization>/")
        and not hasattr(pattern.callback, "required_action")
        # require_http_methods and the like wrap the gate
        and not hasattr(
            inspect.unwrap(pattern.callback, stop=lambda f: hasattr(f, "required_action")), "required_action"
        )
    ]
    assert not ungated


def test_every_api_view_says_what_it_needs():
    silent = []
    for route, pattern in all_patterns():
        if route.startswith("api/v1/o/<slug:organization>/"):
            view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
            if view is None or not getattr(view, "required_actions", None):
                silent.append(route)
    assert not silent


def test_views_get_objects_through_access_only():
    """`Model.objects` in a view would go past the wall."""
    offenders = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for label in OURS
        for path in [*Path(ROOT / label).glob("views.py"), *Path(ROOT / label).glob("views/*.py")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.objects\b|get_object_or_404", line)
    ]
    assert not offenders

"""The append-only trail."""

from typing import Any

from django.db import models

from accounts.models import AuditEvent, Organization, User


def record_event(
    *,
    organization: Organization,
    actor: User | None,
    verb: str,
    subject: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one row to the trail, in the caller's transaction. `before`/`after` hold JSON values."""
    return AuditEvent.objects.create(
        organization=organization,
        actor=actor,
        actor_name=str(actor) if actor else "",
        verb=verb,
        subject=str(subject)[:200],
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        before=before or {},
        after=after or {},
    )

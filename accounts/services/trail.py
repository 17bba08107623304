"""The append-only trail."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, Membership, Organization, User
from common.rows import DecidedMeanwhile


def record_event(
    *,
    organization: Organization,
    actor: User | None,
    verb: str,
    subject: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one row to the trail, in the caller's transaction.

    `before`/`after` hold JSON values of no language and no format: keys as in the code, amounts as text
    ("45678.00"), days and moments in ISO form, choices by their value. A save that left everything as it was
    (`before` is `after`) is no event. Every verb has its sentence in `accounts.wording`, every key its word
    in the app's `trail_words`.
    """
    if before and before == after:
        return
    AuditEvent.objects.create(
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


def require_as_seen(
    seen: str | None,
    *,
    now: str,
    said: Any,
    subject: models.Model,
    organization: Organization,
    **which: str,
) -> None:
    """Raises DecidedMeanwhile where a button was pressed on a page that showed another decision than the one
    that stands `now`: `said` is how that one reads, and the trail knows whose it is.

    `seen` is what the page carried; a caller that carries nothing has asked for its change whatever stands.
    `which` picks the entries among those of the subject, by a value that they hold. At most one query.
    """
    if seen is None or seen == now:
        return
    entries = AuditEvent.objects.of(organization).filter(
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        **{f"after__{key}": value for key, value in which.items()},
    )
    last = entries.first()
    name = (last.actor_name if last else "") or _("Someone")
    raise DecidedMeanwhile(
        _(
            "%(name)s decided otherwise after this page was opened: it is “%(state)s” now. Nothing was "
            "changed. Decide again if you still want to."
        )
        % {"name": name, "state": said}
    )


@transaction.atomic
def record_event_of_person(
    *,
    user: User,
    verb: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    by_the_person: bool = True,
) -> None:
    """What concerns the person and no single organization, in the trail of each the person belongs to.

    `by_the_person` is false where it is not proved who acted, such as for a failed sign-in.
    """
    for member in Membership.objects.active().filter(user=user).select_related("organization", "user"):
        record_event(
            organization=member.organization,
            actor=user if by_the_person else None,
            verb=verb,
            subject=member,
            before=before,
            after=after,
        )


def record_download(*, by: Membership, verb: str, subject: models.Model, **about: str) -> None:
    """Who took what out: a document, a table, the trail itself."""
    record_event(organization=by.organization, actor=by.user, verb=verb, subject=subject, after=dict(about))

"""Days of keys and invitations, for reminders."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Invitation
from common.dates import DateAhead, DateKind, DateQuestion


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(key="key", label=_("One of my API keys expires"), who=_("whose key it is"), days_before=7)
    yield DateKind(
        key="invitation",
        label=_("An invitation that was not accepted expires"),
        who=_("who sent it"),
        days_before=1,
    )


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Keys that work and invitations that wait, by the day on which they end. Two queries."""
    clock = question.organization.clock
    now, after = clock.now(), clock.start_of(question.last + timedelta(days=1))
    keys = ApiToken.objects.usable(now).filter(
        member__organization=question.organization, expires_at__gt=now, expires_at__lt=after
    )
    for key in keys.order_by("expires_at", "pk"):
        yield DateAhead(
            kind="key",
            subject=f"key:{key.pk}",
            on=clock.day_of(key.expires_at),
            people=(key.member_id,),
            title=_("Your key “%(name)s” expires"),
            words={"name": key.name},
            page="accounts:tokens",
        )
    waiting = Invitation.objects.of(question.organization).open(now).filter(expires_at__lt=after)
    for row in waiting.order_by("expires_at", "pk"):
        if row.invited_by_id is not None:
            yield DateAhead(
                kind="invitation",
                subject=f"invitation:{row.pk}",
                on=clock.day_of(row.expires_at),
                people=(row.invited_by_id,),
                title=_("The invitation of %(email)s expires"),
                words={"email": row.email},
                page="accounts:people",
            )

"""Money of initiatives that was entered in the organization's currency."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.models import Organization
from coalition.models import Initiative


def initiatives_with_money(organization: Organization) -> Iterator[str]:
    """How many initiatives name a cost or a benefit; the votes were on those figures. One query."""
    named = Q(one_off_cost__gt=0) | Q(yearly_cost__gt=0) | Q(expected_benefit__isnull=False)
    count = Initiative.objects.of(organization).filter(named).count()
    if count:
        yield ngettext(
            "%(count)s initiative has costs or benefits in it.",
            "%(count)s initiatives have costs or benefits in it.",
            count,
        ) % {"count": count}

"""Setting up an organization and its functions."""

from decimal import Decimal
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.choices import Currency, Role
from accounts.models import BusinessFunction, Membership, Organization, User
from accounts.services.events import emit
from accounts.services.trail import record_event
from common.errors import InvalidValues
from common.registry import bound_to_currency
from common.text import one_line
from wording.formats import is_territory
from wording.joining import sentences

HIGHEST_DISCOUNT_RATE_PCT = 50


def one_at_a_time(organization: Organization) -> None:
    """Hold the organization until the transaction ends, so that "look, then add" happens once.

    For rules over several rows (one open invitation per address, somebody always in charge, numbers in
    order) where two clicks at the same moment must not both find nothing. Needs a transaction. Rows that
    point at the organization can still be added: writers who do not ask here wait for nobody.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


@transaction.atomic
def create_organization(
    *,
    name: str,
    slug: str,
    founder: User,
    currency: str = "USD",
    time_zone: str = "UTC",
    is_demo: bool = False,
) -> Membership:
    """Make an organization and its first administrator. Raises InvalidValues when the slug is taken."""
    organization, is_new = Organization.objects.get_or_create(
        slug=slug,
        defaults={"name": name, "currency": currency, "time_zone": time_zone, "is_demo": is_demo},
    )
    if not is_new:
        raise InvalidValues(_("This short name is taken."), fields={"slug": _("This short name is taken.")})
    member: Membership = Membership.objects.create(
        organization=organization, user=founder, role=Role.ADMINISTRATOR
    )
    record_event(organization=organization, actor=founder, verb="organization.created", subject=organization)
    return member


@transaction.atomic
def update_organization(
    *,
    by: Membership,
    name: str,
    currency: str,
    time_zone: str,
    language: str,
    discount_rate_pct: Decimal,
    territory: str | None = None,
    confirms_finance: bool | None = None,
) -> Organization:
    """Change settings of the member's own organization; the trail keeps both states. Raises InvalidValues.

    `territory` and `confirms_finance` stay as they are when not given; the second is an administrator's to
    change. The currency stays once money was entered in it: another one would relabel what people approved.
    """
    organization = by.organization
    name = one_line(name)
    if territory is None:
        territory = organization.territory
    if confirms_finance is None:
        confirms_finance = organization.confirms_finance
    if confirms_finance != organization.confirms_finance and by.role != Role.ADMINISTRATOR:
        message = _("Only an administrator can change this.")
        raise InvalidValues(message, fields={"confirms_finance": message})
    offered = {
        "currency": currency in Currency.values,
        "time_zone": time_zone in available_timezones(),
        "language": language in dict(settings.LANGUAGES),
        "territory": not territory or is_territory(territory),
        "discount_rate_pct": 0 <= discount_rate_pct <= HIGHEST_DISCOUNT_RATE_PCT,
    }
    wrong = {field: _("Choose one of the answers.") for field, is_fine in offered.items() if not is_fine}
    if not name:
        wrong["name"] = _("Give the organization a name.")
    if currency != organization.currency and "currency" not in wrong:
        bounds = bound_to_currency(organization)
        if bounds:
            wrong["currency"] = sentences([_kept_currency(organization.currency), *bounds])
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before = {
        "name": organization.name,
        "currency": organization.currency,
        "time_zone": organization.time_zone,
        "language": organization.language,
        "territory": organization.territory,
        "discount_rate_pct": str(organization.discount_rate_pct),
        "confirms_finance": organization.confirms_finance,
    }
    after = {
        "name": name,
        "currency": currency,
        "time_zone": time_zone,
        "language": language,
        "territory": territory,
        "discount_rate_pct": str(discount_rate_pct),
        "confirms_finance": confirms_finance,
    }
    for field, value in after.items():
        setattr(organization, field, value)
    organization.save()
    organization.refresh_from_db(fields=["discount_rate_pct"])
    after["discount_rate_pct"] = str(organization.discount_rate_pct)  # 8 and 8.00 are one rate
    record_event(
        organization=organization,
        actor=by.user,
        verb="organization.changed",
        subject=organization,
        before=before,
        after=after,
    )
    if before["time_zone"] != time_zone:
        emit(
            kind="accounts.time_zone_changed",
            organization=organization,
            subject=organization,
            content={"before": before["time_zone"], "after": time_zone},
        )
    return organization


def _kept_currency(currency: str) -> str:
    return _("The currency stays %(currency)s: figures keep the currency they were entered in.") % {
        "currency": currency
    }


@transaction.atomic
def save_function(*, by: Membership, name: str, function: BusinessFunction | None = None) -> BusinessFunction:
    """Add or rename a business function. Raises InvalidValues: no name, or one in use."""
    name = one_line(name)
    if not name:
        message = _("Give the function a name.")
        raise InvalidValues(message, fields={"name": message})
    one_at_a_time(by.organization)
    others = BusinessFunction.objects.of(by.organization)
    if function is not None:
        others = others.exclude(pk=function.pk)
    if others.filter(name__iexact=name).exists():
        raise InvalidValues(
            _("There is already a function with this name."),
            fields={"name": _("There is already a function with this name.")},
        )
    if function is None:
        base = slugify(name)[:50] or "function"
        key, number = base, 2
        while BusinessFunction.objects.of(by.organization).filter(key=key).exists():
            key, number = f"{base}-{number}", number + 1
        function = BusinessFunction(organization=by.organization, key=key)
    before = {"name": function.name} if function.pk else {}
    function.name = name
    function.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="function.saved",
        subject=function,
        before=before,
        after={"name": name},
    )
    return function

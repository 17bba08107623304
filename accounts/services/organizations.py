"""Setting up an organization."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.choices import Action, Currency, Role, WeekStart
from accounts.errors import NoAccess
from accounts.models import Membership, Organization, User
from accounts.permissions import may, require_right
from accounts.services.events import emit
from accounts.services.trail import record_event
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.registry import Consequence, bound_to_currency, moved_by_zone
from common.rows import merged_row, put
from common.text import one_line
from wording.formats import is_territory, likely_territory, territory_names
from wording.joining import sentences

HIGHEST_DISCOUNT_RATE_PCT = 50


def one_at_a_time(organization: Organization) -> None:
    """Hold the organization until the transaction ends, so that "look, then add" happens once.

    For rules over several rows (one open invitation per address, somebody always in charge, numbers in
    order) where two clicks at the same moment must not both find nothing. Needs a transaction. Rows that
    point at the organization can still be added: writers who do not ask here wait for nobody.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def acting(by: Membership, action: Action | None = None) -> Membership:
    """Who acts, as the person is here now: holds the organization, in which people come, go and change roles.

    What somebody could do when the request began may be over when it is that request's turn. Raises NoAccess
    for somebody who was removed, RoleTooSmall (403) where `by` as read had the right to `action` and has lost
    it; whether there ever was a right is asked before. Needs a transaction. Two queries.
    """
    one_at_a_time(by.organization)
    now = Membership.objects.select_related("user", "organization", "function").get(pk=by.pk)
    if not now.has_access:
        raise NoAccess(_("%(name)s no longer has access.") % {"name": now.user})
    if action is not None and may(by.role, action):
        require_right(now.role, action)
    return now


@transaction.atomic
def create_organization(
    *,
    name: str,
    slug: str,
    founder: User,
    currency: str = "USD",
    time_zone: str = "UTC",
    language: str = settings.LANGUAGE_CODE,
    is_demo: bool = False,
) -> Membership:
    """Make an organization and its first administrator. Raises InvalidValues without a name and when the slug
    is taken."""
    if not one_line(name):
        message = _("Give the organization a name.")
        raise InvalidValues(message, fields={"name": message})
    organization, is_new = Organization.objects.get_or_create(
        slug=slug,
        defaults={
            "name": one_line(name),
            "currency": currency,
            "time_zone": time_zone,
            "language": language,
            "is_demo": is_demo,
        },
    )
    if not is_new:
        raise InvalidValues(_("This short name is taken."), fields={"slug": _("This short name is taken.")})
    member = Membership.objects.create(organization=organization, user=founder, role=Role.ADMINISTRATOR)
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
    week_begins: int | None = None,
    year_begins: int | None = None,
    confirms_finance: bool | None = None,
    accepts_consequences: bool = False,
) -> Organization:
    """Change settings of the member's own organization; the trail keeps both states. Raises InvalidValues,
    ConsequencesNotAccepted where another time zone moves figures and nobody has said that they know.

    What differs from `by.organization` as it was read is written; what somebody else changed since then
    stays. What is not given stays as it is; `confirms_finance` is an administrator's to change. Weeks and
    fiscal years are made when figures are read: no figure of a day moves, and fixed plans keep their
    weeks. The currency stays once money was entered in it: another one would relabel what people approved.
    """
    seen = by.organization
    by = acting(by)
    organization = by.organization
    given: dict[str, Any] = {
        "name": one_line(name),
        "currency": currency,
        "time_zone": time_zone,
        "language": language,
        "territory": seen.territory if territory is None else territory,
        "discount_rate_pct": discount_rate_pct,
        "week_begins": seen.week_begins if week_begins is None else week_begins,
        "year_begins": seen.year_begins if year_begins is None else year_begins,
        "confirms_finance": seen.confirms_finance if confirms_finance is None else confirms_finance,
    }
    values = merged_row(given, seen=seen, now=organization)
    if values["confirms_finance"] != organization.confirms_finance and by.role != Role.ADMINISTRATOR:
        message = _("Only an administrator can change this.")
        raise InvalidValues(message, fields={"confirms_finance": message})
    _refuse_unfit(organization, values)
    found = () if accepts_consequences else zone_consequences(organization, values)
    if any(one.is_to_accept for one in found):
        raise ConsequencesNotAccepted(one.text for one in found)
    before = _settings_of(organization)
    put(organization, values)
    organization.refresh_from_db(fields=["discount_rate_pct"])  # 8 and 8.00 are one rate
    record_event(
        organization=organization,
        actor=by.user,
        verb="organization.changed",
        subject=organization,
        before=before,
        after=_settings_of(organization),
    )
    if before["time_zone"] != organization.time_zone:
        emit(
            kind="accounts.time_zone_changed",
            organization=organization,
            subject=organization,
            content={"before": before["time_zone"], "after": organization.time_zone},
        )
    if before["year_begins"] != organization.year_begins:
        emit(
            kind="accounts.fiscal_year_changed",
            organization=organization,
            subject=organization,
            content={"before": before["year_begins"], "after": organization.year_begins, "by": by.pk},
        )
    return organization


def zone_consequences(organization: Organization, values: Mapping[str, Any]) -> tuple[Consequence, ...]:
    """What the time zone among these settings would bring: in higher rooms, and to the format of days and
    numbers where that follows the zone."""
    zone = values["time_zone"]
    if zone == organization.time_zone:
        return ()
    found = moved_by_zone(organization, zone)
    before, after = likely_territory(organization.time_zone), likely_territory(zone)
    if organization.territory or values["territory"] or before == after:
        return found
    text = _("The format of dates and numbers changes for all without a choice: %(after)s, not %(before)s.")
    names = dict(territory_names(get_language() or "en"))
    said = {"after": names.get(after, zone), "before": names.get(before, organization.time_zone)}
    return (*found, Consequence(text=text % said))


def _settings_of(organization: Organization) -> dict[str, Any]:
    """What the trail keeps."""
    return {
        "name": organization.name,
        "currency": organization.currency,
        "time_zone": organization.time_zone,
        "language": organization.language,
        "territory": organization.territory,
        "discount_rate_pct": str(organization.discount_rate_pct),
        "week_begins": organization.week_begins,
        "year_begins": organization.year_begins,
        "confirms_finance": organization.confirms_finance,
    }


def _refuse_unfit(organization: Organization, values: Mapping[str, Any]) -> None:
    currency, territory = values["currency"], values["territory"]
    offered = {
        "currency": currency in Currency.values,
        "time_zone": values["time_zone"] in available_timezones(),
        "language": values["language"] in dict(settings.LANGUAGES),
        "territory": not territory or is_territory(territory),
        "week_begins": values["week_begins"] in WeekStart.values,
        "year_begins": 1 <= values["year_begins"] <= 12,
        "discount_rate_pct": 0 <= values["discount_rate_pct"] <= HIGHEST_DISCOUNT_RATE_PCT,
    }
    wrong = {field: _("Choose one of the answers.") for field, is_fine in offered.items() if not is_fine}
    if not values["name"]:
        wrong["name"] = _("Give the organization a name.")
    if currency != organization.currency and "currency" not in wrong:
        bounds = bound_to_currency(organization)
        if bounds:
            wrong["currency"] = sentences([_kept_currency(organization.currency), *bounds])
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _kept_currency(currency: str) -> str:
    return _("The currency stays %(currency)s: figures keep the currency they were entered in.") % {
        "currency": currency
    }

"""What the values of accounts and contacts are called, on pages and in the trail."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CUSTOMER_FIELDS: dict[str, str | Promise] = {
    "name": _("Name"),
    "email": _("E-mail address"),
    "account": _("Customer account"),
    "segment": _("Segment"),
    "language": _("Language"),
    "consent": _("Consent to be asked"),
    "yearly_value": _("Value a year"),
    "currency": _("Currency"),
    "started_on": _("Customer since"),
    "renews_on": _("Renews on"),
    "left_on": _("Left on"),
    "people_total": _("People who can be asked"),
    "tags": _("Tags"),
}


def field_names() -> dict[str, str]:
    """In the language of the moment, with the reference."""
    return {
        "external_reference": str(_("Reference")),
        **{name: str(text) for name, text in CUSTOMER_FIELDS.items()},
    }

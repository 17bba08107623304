"""How an organization looks in what it hands out: its logo and its color."""

import hashlib
import secrets

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Branding, Membership
from accounts.pictures import Logo, logo_of
from accounts.services.organizations import acting
from accounts.services.trail import record_event
from common.colors import READABLE, WHITE, contrast, is_color, readable_on
from common.errors import InvalidValues
from wording.formats import reader


def refuse_unreadable(accent: str) -> None:
    """InvalidValues for what is no color, or cannot be read as text on white."""
    if not is_color(accent):
        _refuse(_("Write the color as # with six digits, such as #0b63a8."))
    ratio = contrast(accent, WHITE)
    if ratio < READABLE:
        _refuse(
            _(
                "This color is too light: its contrast on white is %(ratio)s to 1, and text needs "
                "%(needed)s to "
                "1. The nearest shade that can be read is %(shade)s."
            )
            % {
                "ratio": reader().number(ratio, 1),
                "needed": reader().number(READABLE, 1),
                "shade": readable_on(accent, WHITE),
            }
        )


def _refuse(message: str) -> None:
    raise InvalidValues(_("Some values cannot be used."), fields={"accent": message})


@transaction.atomic
def save_branding(
    *, by: Membership, accent: str | None = None, logo: bytes | None = None, seen: Branding | None = None
) -> Branding:
    """Color and logo of the member's organization. None: that stays as it is; an empty color is the product's
    own again. `seen`: as the writer has read it; what somebody else has changed since stays.

    Raises InvalidValues. The trail has both states of the color, and the digest of the logo.
    """
    picture = None if logo is None else logo_of(logo)
    if accent is not None:
        accent = accent.strip().lower()
        if accent:
            refuse_unreadable(accent)
    by = acting(by, Action.MANAGE_ORGANIZATION)
    row = _row_of(by)
    before = _state(row)
    if accent is not None and not (seen is not None and accent == seen.accent):
        row.accent = accent
    if picture is not None:
        _put_logo(row, picture)
    return _kept(row, by, before)


@transaction.atomic
def remove_logo(*, by: Membership) -> Branding:
    """Nothing new shows it. Documents that have it keep it. Doing it twice does no harm."""
    by = acting(by, Action.MANAGE_ORGANIZATION)
    row = _row_of(by)
    before = _state(row)
    row.logo, row.logo_digest, row.logo_width, row.logo_height = "", "", 0, 0
    return _kept(row, by, before)


def _row_of(by: Membership) -> Branding:
    """The organization is held (`acting`), so there is one."""
    found: Branding | None = Branding.objects.of(by.organization).first()
    return found or Branding(organization=by.organization)


def _put_logo(row: Branding, picture: Logo) -> None:
    """Under the name of its content: the file of a document's logo never changes."""
    digest = hashlib.sha256(picture.content).hexdigest()
    if digest == row.logo_digest:
        return
    storage = row.logo.storage
    name = row.logo.field.generate_filename(row, f"{row.organization_id}-{digest}.png")
    if not storage.exists(name):
        storage.save(name, ContentFile(picture.content))
    row.logo = name
    row.logo_digest, row.logo_width, row.logo_height = digest, picture.width, picture.height


def _state(row: Branding) -> dict[str, str]:
    return {"accent": row.accent, "logo_digest": row.logo_digest}


def _kept(row: Branding, by: Membership, before: dict[str, str]) -> Branding:
    after = _state(row)
    if after == before and row.pk is not None:
        return row
    row.public_id, row.changed_at = secrets.token_hex(16), timezone.now()
    row.save()
    if after != before:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="organization.branded",
            subject=by.organization,
            before={"accent": before["accent"], "logo_digest": before["logo_digest"]},
            after={"accent": after["accent"], "logo_digest": after["logo_digest"]},
        )
    return row

"""The first organization of an installation that nobody has set up yet, from a page instead of a command.

Only in the embedded mode, only while there is neither an organization nor a person, and only with the
code that `manage.py start` wrote for whoever started it. In production nobody is let in this way: there the
operator's command makes the first organization.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization, User
from accounts.services.organizations import create_organization
from common.errors import InvalidValues

FALLBACK_SLUG = "organization"  # where the name has no letter that an address can hold


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstValues:
    """What the first page asks for."""

    name: str
    slug: str
    language: str
    currency: str
    time_zone: str
    person: str
    email: str
    password: str


def has_organization() -> bool:
    """One query."""
    return Organization.objects.exists()


def may_be_first() -> bool:
    """Whether the first page is open: embedded, nobody there, and a code was written. Two queries at most."""
    return (
        settings.EMBEDDED
        and _code_file().exists()
        and not Organization.objects.exists()
        and not User.objects.exists()
    )


def write_first_code() -> str:
    """A new code for the first page, kept for this user of the machine alone. Empty where the page stays
    shut: in production, and where anybody or anything is there."""
    if not settings.EMBEDDED or Organization.objects.exists() or User.objects.exists():
        forget_first_code()
        return ""
    code, file = secrets.token_urlsafe(24), _code_file()
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(code, encoding="ascii")
    return code


def forget_first_code() -> None:
    _code_file().unlink(missing_ok=True)


@transaction.atomic
def found_first_organization(*, code: str, values: FirstValues) -> Membership:
    """Make the first person and the organization that they administer; the code is used up.

    An empty `slug` is made from the name. Raises InvalidValues for another code, a page that is shut, and a
    password that is too easy.
    """
    if not may_be_first() or not constant_time_compare(code, _code_file().read_text(encoding="ascii")):
        wrong = _("This code is not the one that the program showed when it started.")
        raise InvalidValues(wrong, fields={"code": wrong})
    try:
        validate_password(values.password)
    except ValidationError as error:
        raise InvalidValues(
            " ".join(error.messages), fields={"password": " ".join(error.messages)}
        ) from error
    founder = User.objects.create_user(values.email, values.password, name=values.person)
    member = create_organization(
        name=values.name,
        slug=values.slug or slugify(values.name)[:50].strip("-") or FALLBACK_SLUG,
        founder=founder,
        language=values.language,
        currency=values.currency,
        time_zone=values.time_zone,
    )
    transaction.on_commit(forget_first_code)
    return member


def _code_file() -> Path:
    return Path(settings.VAR_DIR) / "first-code.txt"

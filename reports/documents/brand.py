"""The organization's look in a document, as it was when the document was asked for."""

from functools import cache
from typing import Any

from accounts.brand import brand_of
from accounts.models import Branding, Organization
from reports.models import Report


def brand_content(organization: Organization) -> dict[str, Any]:
    """What goes into the content of a document, `brand`; nothing where the organization has none, so that the
    content of all other documents keeps its digest. One query."""
    brand = brand_of(organization)
    if brand is None:
        return {}
    return {"brand": {"accent": brand.accent, "logo": brand.logo, "logo_digest": brand.logo_digest}}


def logo_of(report: Report) -> bytes | None:
    """The PNG that this document shows; None where it has none, or its file is gone. No query."""
    name = (report.content.get("brand") or {}).get("logo")
    return _read(name) if name else None


def _read(name: str) -> bytes | None:
    storage = _storage()
    if not storage.exists(name):
        return None
    with storage.open(name) as file:
        content: bytes = file.read()
    return content


@cache
def _storage() -> Any:
    return Branding._meta.get_field("logo").storage

"""How an organization looks, as pages and documents ask for it."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from accounts.models import Branding, Organization
from accounts.pictures import light_logo
from common.colors import DARK, WHITE, contrast, readable_on, seen_on
from common.files import opened


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """`accent` as #rrggbb or empty; `logo` the name of its file or empty, with digest and size in pixels."""

    accent: str
    logo: str
    logo_digest: str
    logo_width: int
    logo_height: int
    public_id: str

    @property
    def accent_on_dark(self) -> str:
        """The shade of the color that can be read on the dark theme's ground."""
        return readable_on(self.accent, DARK) if self.accent else ""

    @property
    def button_on_dark(self) -> str:
        """The shade of the color in which a button stands out from that ground; white text is read on it."""
        return seen_on(self.accent, DARK) if self.accent else ""

    @property
    def contrasts(self) -> tuple[float, float]:
        """Of the color on white, and of its shade on the dark ground, to 1."""
        return contrast(self.accent, WHITE), contrast(self.accent_on_dark, DARK)

    @property
    def shown_height(self) -> int:
        """Of the logo on a page, in CSS pixels."""
        return min(40, self.logo_height)

    @property
    def shown_width(self) -> int:
        return round(self.logo_width * self.shown_height / self.logo_height) if self.logo_height else 0

    @property
    def style_url(self) -> str:
        """The style sheet of a page for respondents, with the place of the logo too."""
        return reverse("brand_style", args=[self.public_id])

    @property
    def logo_url(self) -> str:
        return reverse("brand_logo", args=[self.public_id]) if self.logo else ""


def brand_of(organization: Organization) -> Brand | None:
    """None where the organization has neither logo nor color. One query."""
    row = branding_of(organization)
    if row is None or not (row.accent or row.logo):
        return None
    return Brand(
        accent=row.accent,
        logo=row.logo.name or "",
        logo_digest=row.logo_digest,
        logo_width=row.logo_width,
        logo_height=row.logo_height,
        public_id=row.public_id,
    )


def branding_of(organization: Organization) -> Branding | None:
    """The row. One query."""
    found: Branding | None = Branding.objects.of(organization).first()
    return found


def light_logo_of(organization: Organization) -> bytes | None:
    """The logo for pages that have to be light; None without one. One query. Raises FileGone."""
    row = branding_of(organization)
    return None if row is None or not row.logo else _light_logo(row.logo.name, row.logo_digest)


@lru_cache(maxsize=64)
def _light_logo(name: str, _digest: str) -> bytes:
    """Drawn once in a process: the file under a name never changes."""
    with opened(Branding(logo=name).logo) as file:
        return light_logo(file.read())


def style_of(accent: str) -> str:
    """The style sheet of a page for respondents: the color on white, its lighter shades in the dark, and the
    logo on white in both, as it was made for paper. Without a color the place of the logo alone."""
    logo = (
        ".q-logo { margin: 0 0 1rem; }\n"
        ".q-logo img { max-width: 100%; height: auto; }\n"
        "@media (prefers-color-scheme: dark) {\n"
        "  .q-logo img { padding: .35rem .5rem; border-radius: 6px; background: #fff; }\n"
        "}\n"
    )
    if not accent:
        return logo
    dark, button = readable_on(accent, DARK), seen_on(accent, DARK)
    return logo + (
        f".q-page {{ --tblr-primary: {accent}; --tblr-link-color: {accent}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  .q-page {{ --tblr-primary: {button}; --tblr-link-color: {dark}; }}\n"
        "}\n"
    )
